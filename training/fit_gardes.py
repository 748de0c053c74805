"""Fits the second opinions of the guards, distress and off-topic: `python -m training.fit_gardes --date DAY`.

The rules of `service/` decide first; these models catch what they were not written for. Logistic regression
over pieces of words and the encoder's vector, one key for « any » (SIGNAL), then one per kind with enough
examples. Each threshold is set in cross-validation on ordinary phrasings: very few are ever disturbed.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from knowledge.loading import load_knowledge
from models import lineaire
from models.comprehension import SIGNAL
from models.encoder import EncodeurStatique
from models.lineaire import CASES, ModeleLineaire, hashed_pieces
from models.manifest import Manifest, digest_texts
from service.ecoute import hear
from service.lecture import Lecteur
from service.neutralisation import Neutraliseur
from training.fit_affinite import POIDS_DU_SENS, pieces_matrix
from training.judgements_files import DOSSIER, paroles, read_phrasings, read_test

# Share of ordinary phrasings each model may disturb.
DETRESSE_FAUSSES_ALARMES = 0.003
HORS_SUJET_FAUSSES_ALARMES = 0.005
PLIS = 5
DEBUTS = (1, 2, 4)
"""Beginnings of ordinary phrasings, in words, that count as ordinary too."""
REGULARISATION = 3.0
# A kind needs this many examples to be told from the others.
EXEMPLES_MIN = 12


@dataclass(frozen=True)
class Exemples:
    """Texts with the kind a guard should see in them, None when it should see nothing."""

    textes: Sequence[str]
    kinds: Sequence[str | None]
    ordinaires: NDArray[np.bool_]
    """Which are ordinary phrasings, on which the threshold is set."""
    juges: NDArray[np.bool_]
    """Which come from the files labelled for this guard, look-alikes among them."""


class Atelier:
    """What both fits share: the words as the guards hear them, and the encoder."""

    def __init__(self) -> None:
        connaissances = load_knowledge()
        self.encodeur = EncodeurStatique.load()
        lecteur = Lecteur.load(connaissances.metiers, self.encodeur.mots)
        self._neutraliseur = Neutraliseur.load(lecteur.orthographe)
        whole = [e.texte for e in (*read_phrasings(), *paroles(connaissances.metiers.values()))]
        # People also answer in three words, and a short text must not alarm for want of evidence.
        self.debuts = [" ".join(t.split()[:n]) for t in whole for n in DEBUTS]
        self.ordinaires = whole

    def words(self, texte: str) -> str:
        """As `Conseiller` gives them to the models: personal details blanked, spelling and gender one."""
        return hear(texte, self._neutraliseur).neutre

    def examples(self, fichiers: Sequence[str], champ: str) -> Exemples:
        """The labelled files, then the ordinary phrasings."""
        rows = [json.loads(ligne) for nom in fichiers for ligne in _lines(DOSSIER / nom)]
        kinds = [
            row[champ] if isinstance(row[champ], str) else (SIGNAL if row[champ] else None) for row in rows
        ]
        others = [*self.ordinaires, *self.debuts]
        place = np.arange(len(rows) + len(others)) - len(rows)
        return Exemples(
            [row["texte"] for row in rows] + others,
            kinds + [None] * len(others),
            (place >= 0) & (place < len(self.ordinaires)),
            place < 0,
        )

    def traits(self, textes: Sequence[str]) -> sp.csr_matrix:
        mots = [self.words(t) for t in textes]
        return sp.hstack([pieces_matrix(mots), self.encodeur.encode(mots) * POIDS_DU_SENS]).tocsr()


def fit_guard(
    atelier: Atelier, exemples: Exemples, fausses_alarmes: float, dossier: Path, jour: str
) -> Manifest:
    """Fit, set the threshold, save, and say how good it is."""
    traits = atelier.traits(exemples.textes)
    signal = np.array([k is not None for k in exemples.kinds])
    croisee = _cross_decide(traits, signal)
    threshold = float(np.quantile(croisee[exemples.ordinaires], 1 - fausses_alarmes))
    named = {k for k in exemples.kinds if k and k != SIGNAL}
    cles = [SIGNAL, *sorted(k for k in named if exemples.kinds.count(k) >= EXEMPLES_MIN)]
    targets = [signal, *(np.array([k == cle for k in exemples.kinds]) for cle in cles[1:])]
    fitted = [_fit(traits, target) for target in targets]
    weights = np.hstack([m.coef_.T for m in fitted]).astype(np.float32)
    bias = np.array([m.intercept_[0] for m in fitted], dtype=np.float32)
    bias[0] -= threshold
    digest = digest_texts(exemples.textes)
    modele = ModeleLineaire(tuple(cles), weights[:CASES], weights[CASES:] * POIDS_DU_SENS, bias, digest)
    look_alikes = ~signal & exemples.juges
    mesures = {
        "croisee.rappel": float(np.mean(croisee[signal] > threshold)),
        "croisee.sosies": float(np.mean(croisee[look_alikes] > threshold)),
        "croisee.ordinaires": fausses_alarmes,
        "enonces.fausses_alarmes": _alarms_apart(atelier, modele),
        "signaux": int(signal.sum()),
    }
    manifest = Manifest(
        nom=dossier.name,
        version=digest_texts([digest, atelier.encodeur.version]),
        entrees={"encodeur": atelier.encodeur.version, "enonces": digest},
        commande="python -m training.fit_gardes",
        date=jour,
        mesures={k: round(v, 4) for k, v in mesures.items()},
    )
    modele.save(dossier, manifest)
    return manifest


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True, help="written in the manifests")
    jour = arguments.parse_args().date
    warnings.simplefilter("ignore", ConvergenceWarning)
    atelier = Atelier()
    detresse = atelier.examples(_existing("detresse*.jsonl"), "attendu")
    print(fit_guard(atelier, detresse, DETRESSE_FAUSSES_ALARMES, lineaire.DETRESSE, jour).mesures)
    sujets = atelier.examples(_existing("hors_sujet*.jsonl"), "hors_sujet")
    print(fit_guard(atelier, sujets, HORS_SUJET_FAUSSES_ALARMES, lineaire.HORS_SUJET, jour).mesures)


def _existing(motif: str) -> list[str]:
    return sorted(f.name for f in DOSSIER.glob(motif))


def _lines(fichier: Path) -> list[str]:
    return [ligne for ligne in fichier.read_text(encoding="utf-8").splitlines() if ligne.strip()]


def _alarms_apart(atelier: Atelier, modele: ModeleLineaire) -> float:
    mots = [atelier.words(e.texte) for e in read_test()]
    vecteurs = atelier.encodeur.encode(mots)
    heard = (modele.scores(hashed_pieces(m), v) for m, v in zip(mots, vecteurs, strict=True))
    return float(np.mean([scores[SIGNAL] > 0 for scores in heard]))


def _fit(traits: sp.csr_matrix, target: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=REGULARISATION, max_iter=200, class_weight={0: 1, 1: 2}).fit(traits, target)


def _cross_decide(traits: sp.csr_matrix, target: NDArray[np.bool_]) -> NDArray[np.float64]:
    decisions = np.zeros(len(target))
    folds = np.random.default_rng(0).integers(0, PLIS, len(target))
    for fold in range(PLIS):
        held = folds == fold
        decisions[held] = _fit(traits[~held], target[~held]).decision_function(traits[held])
    return decisions


if __name__ == "__main__":
    main()
