"""Fits the second opinion on distress: `python -m training.fit_detresse --date DAY`.

The rules of `service/detresse.py` decide first; this model catches what they were not written for. Logistic
regression over pieces of words and the encoder's vector: one key for « any distress », one per kind of help.
The threshold is set on ordinary phrasings, in cross-validation, so that very few of them are answered
with helplines.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from knowledge.loading import load_knowledge
from models import lineaire
from models.encoder import EncodeurStatique
from models.lineaire import CASES, ModeleLineaire
from models.manifest import Manifest, digest_texts
from service.garde import SIGNAL
from service.lecture import Lecteur
from service.neutralisation import Neutraliseur
from training.fit_affinite import POIDS_DU_SENS, pieces_matrix
from training.judgements_files import DOSSIER, paroles, read_phrasings, read_test

# Share of ordinary phrasings that may be answered with helplines by this model.
FAUSSES_ALARMES = 0.002
PLIS = 5
REGULARISATION = 3.0
# A kind of help needs this many examples to be told from the others.
EXEMPLES_MIN = 12


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True)
    options = arguments.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    connaissances = load_knowledge()
    encodeur = EncodeurStatique.load()
    neutraliseur = Neutraliseur.load(Lecteur.load(connaissances.metiers, encodeur.mots).orthographe)
    signaux = _read(DOSSIER / "detresse.jsonl")
    ordinaires = [e.texte for e in (*read_phrasings(), *paroles(connaissances.metiers.values()))]
    textes = [t for t, _ in signaux] + ordinaires
    kinds = [k for _, k in signaux] + [None] * len(ordinaires)
    mots = [neutraliseur.corrected_words(neutraliseur.mask(t)) for t in textes]
    traits = sp.hstack([pieces_matrix(mots), sp.csr_matrix(encodeur.encode(mots) * POIDS_DU_SENS)]).tocsr()
    alarme = np.array([k is not None for k in kinds])
    croisee = _cross_decide(traits, alarme)
    ordinary = np.arange(len(textes)) >= len(signaux)
    threshold = float(np.quantile(croisee[ordinary], 1 - FAUSSES_ALARMES))
    cles = [SIGNAL, *sorted({k for k in kinds if k and kinds.count(k) >= EXEMPLES_MIN})]
    targets = [alarme, *(np.array([k == cle for k in kinds]) for cle in cles[1:])]
    models = [_fit(traits, target) for target in targets]
    weights = np.hstack([m.coef_.T for m in models]).astype(np.float32)
    bias = np.array([m.intercept_[0] for m in models], dtype=np.float32)
    bias[0] -= threshold
    look_alikes = ~alarme & ~ordinary
    apart = [neutraliseur.corrected_words(neutraliseur.mask(e.texte)) for e in read_test()]
    digest = digest_texts(textes)
    modele = ModeleLineaire(tuple(cles), weights[:CASES], weights[CASES:] * POIDS_DU_SENS, bias, digest)
    vecteurs = encodeur.encode(apart)
    alarms_apart = np.mean([modele.scores(t, v)[SIGNAL] > 0 for t, v in zip(apart, vecteurs, strict=True)])
    mesures = {
        "croisee.rappel": float(np.mean(croisee[alarme] > threshold)),
        "croisee.sosies": float(np.mean(croisee[look_alikes] > threshold)),
        "croisee.ordinaires": FAUSSES_ALARMES,
        "enonces.fausses_alarmes": float(alarms_apart),
        "signaux": int(alarme.sum()),
    }
    manifest = Manifest(
        nom="detresse",
        version=digest_texts([digest, encodeur.version]),
        entrees={"encodeur": encodeur.version, "enonces": digest},
        commande="python -m training.fit_detresse",
        date=options.date,
        mesures={k: round(v, 4) for k, v in mesures.items()},
    )
    modele.save(lineaire.DETRESSE, manifest)
    print(manifest.mesures)


def _read(fichier: Path) -> list[tuple[str, str | None]]:
    rows = (json.loads(ligne) for ligne in fichier.read_text(encoding="utf-8").splitlines())
    return [(row["texte"], row["attendu"]) for row in rows]


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
