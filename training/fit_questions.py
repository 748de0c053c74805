"""Fits the theme of a question of fact: `python -m training.fit_questions --date DAY`.

Logistic regression over pieces of words and the encoder's vector, one key per theme and one for what is not
ours to answer. Measured on the part « preuve » of `questions.jsonl`, by another hand and never learned.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from knowledge.loading import RACINE, load_knowledge, read_as
from knowledge.theme import Glossaire, ReglesQuestion
from models import encoder, lineaire
from models.encoder import EncodeurStatique
from models.lineaire import CASES, ModeleLineaire
from models.manifest import Manifest, digest_texts
from service.audition import Auditeur
from service.geographie import load_communes
from service.lecture import Lecteur
from service.question import AUCUN
from training.fit_affinite import POIDS_DU_SENS, pieces_matrix
from training.judgements_files import DOSSIER

REGULARISATION = 40.0
"""From 12 to 40, less than a point of difference on lines kept apart."""


# What the inverse document frequency of a piece is, about, so that pieces keep their norm.
RARETE_MOYENNE = 4.0


class Ligne(NamedTuple):
    texte: str
    theme: str


def learned() -> Iterator[Ligne]:
    """All that may be learned: the files written for it, the part « reglage », the words of each theme."""
    measured = {_same(raw["texte"]) for raw in _read("questions.jsonl", "preuve")}
    for fichier in sorted(DOSSIER.glob("questions_*.jsonl")):
        rows = (raw for raw in _read(fichier.name) if _same(raw["texte"]) not in measured)
        yield from (Ligne(raw["texte"], raw["theme"] or AUCUN) for raw in rows)
    yield from (Ligne(raw["texte"], raw["theme"] or AUCUN) for raw in _read("questions.jsonl", "reglage"))
    regles = _rules()
    # Expressions are learned as short questions: worth three points on « preuve », the model alone.
    yield from (Ligne(e, t.id) for t in regles.themes for e in (*t.exemples, *t.sur, *t.fort))
    yield from (Ligne(e, AUCUN) for e in (*regles.hors_sujet, *regles.inconnu, *regles.autres_metiers))


class Atelier:
    """How questions are heard and encoded; needs no model fitted before."""

    def __init__(self) -> None:
        connaissances = load_knowledge()
        self.encodeur = EncodeurStatique.load(encoder.ARTEFACT)
        mots = self.encodeur.mots
        orthographe = Lecteur.load(connaissances.metiers, mots).orthographe
        glossaire: Glossaire = read_as(RACINE / "glossaire.yaml", Glossaire)
        self._auditeur = Auditeur(_rules(), glossaire, connaissances, orthographe, load_communes(), mots)

    def traits(self, textes: Sequence[str]) -> sp.csr_matrix:
        mots = [self._auditeur.hear(texte).texte for texte in textes]
        return sp.hstack([pieces_matrix(mots), self.encodeur.encode(mots) * POIDS_DU_SENS]).tocsr()


def fit(lignes: Sequence[Ligne], atelier: Atelier) -> ModeleLineaire:
    """One model of all the themes; pieces that many questions share weigh less, as the weights keep."""
    traits = atelier.traits([ligne.texte for ligne in lignes])
    rarity = _rarity(traits)
    scaled = traits @ sp.diags(rarity)
    fitted = LogisticRegression(C=REGULARISATION, max_iter=400).fit(scaled, [li.theme for li in lignes])
    weights = (fitted.coef_.T * rarity[:, None]).astype(np.float32)
    return ModeleLineaire(
        tuple(str(cle) for cle in fitted.classes_),
        weights[:CASES],
        weights[CASES:] * POIDS_DU_SENS,
        fitted.intercept_.astype(np.float32),
        digest_texts([ligne.texte for ligne in lignes]),
    )


def _rarity(traits: sp.csr_matrix) -> NDArray[np.float64]:
    """Inverse document frequency of each piece, about 1 on average; 1 for the vector."""
    shared = np.asarray((traits > 0).sum(axis=0)).ravel()
    rare = (np.log((1 + traits.shape[0]) / (1 + shared)) + 1) / RARETE_MOYENNE
    return np.where(np.arange(traits.shape[1]) < CASES, rare, 1.0)


def _same(texte: str) -> str:
    """What two questions share when they are one."""
    return re.sub(r"\W+", "", texte.lower())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True, help="written in the manifest")
    jour = arguments.parse_args().date
    atelier = Atelier()
    lignes = list(learned())
    modele = fit(lignes, atelier)
    apart = [Ligne(raw["texte"], raw["theme"] or AUCUN) for raw in _read("questions.jsonl", "preuve")]
    mesures = {"preuve.seul": _share_right(modele, apart, atelier), "lignes": float(len(lignes))}
    version = digest_texts([modele.version, atelier.encodeur.version])
    entrees = {"encodeur": atelier.encodeur.version, "questions": modele.version}
    commande = "python -m training.fit_questions"
    manifest = Manifest("questions", version, entrees, commande, jour, mesures)
    modele.save(lineaire.QUESTIONS, manifest)
    print(mesures)


def _share_right(modele: ModeleLineaire, lignes: Sequence[Ligne], atelier: Atelier) -> float:
    """The model alone, before the expressions are heard."""
    traits = atelier.traits([ligne.texte for ligne in lignes])
    weights = np.vstack([modele.morceaux, modele.sens / POIDS_DU_SENS])
    best = np.argmax(traits @ weights + modele.biais, axis=1)
    return round(float(np.mean([modele.cles[b] == li.theme for b, li in zip(best, lignes, strict=True)])), 4)


def _rules() -> ReglesQuestion:
    rules: ReglesQuestion = read_as(RACINE / "themes.yaml", ReglesQuestion)
    return rules


def _read(nom: str, part: str | None = None) -> Iterator[dict[str, str]]:
    with (DOSSIER / nom).open(encoding="utf-8") as lignes:
        rows = (json.loads(ligne) for ligne in lignes if ligne.strip())
        yield from (row for row in rows if part is None or row["part"] == part)


if __name__ == "__main__":
    main()
