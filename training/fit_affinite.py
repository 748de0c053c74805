"""Fits `models/lineaire.py` on the labelled phrasings: `python -m training.fit_affinite`.

Ridge regression towards a graded judgement: a right métier 1, an acceptable one 0.4, a plainly wrong one
−0.3. Measured twice: in cross-validation where no author is on both sides, and on `enonces.jsonl`, which
was written apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold

from knowledge.loading import load_knowledge
from models import encoder, lineaire
from models.encoder import EncodeurStatique
from models.lineaire import CASES, ModeleLineaire, hashed_pieces
from models.manifest import Manifest, digest_texts
from service.ecoute import hear
from service.lecture import Lecteur
from service.neutralisation import Neutraliseur
from training.judgements_files import Enonce, paroles, read_phrasings, read_test

IDEAL, BON, INTERDIT = 1.0, 0.4, -0.3
# Chosen on the cross-validation by author; 0.5 to 2 differ by less than a point.
ALPHA = 1.0
# Next to the pieces, which have norm 1, the vector counts half: more of it lowers both measures.
POIDS_DU_SENS = 0.5
PLIS = 5


class Corpus:
    """Phrasings as numbers: pieces, vectors, judgements."""

    def __init__(
        self,
        enonces: Sequence[Enonce],
        cles: Sequence[str],
        neutraliseur: Neutraliseur,
        encodeur: EncodeurStatique,
    ) -> None:
        self.enonces = enonces
        textes = [hear(e.texte, neutraliseur).neutre for e in enonces]
        self.traits = sp.hstack(
            [pieces_matrix(textes), sp.csr_matrix(encodeur.encode(textes) * POIDS_DU_SENS)]
        ).tocsr()
        self.jugements = np.array([_judgement(e, cles) for e in enonces])
        self.auteurs = np.array([e.auteur for e in enonces])


def fit(corpus: Sequence[Corpus], alpha: float = ALPHA) -> Ridge:
    """One model on all these corpora together."""
    return Ridge(alpha=alpha).fit(
        sp.vstack([c.traits for c in corpus]), np.vstack([c.jugements for c in corpus])
    )


def cross_predict(corpus: Corpus, always: Corpus) -> NDArray[np.float64]:
    """Predictions for `corpus`, each made without anything by the same author."""
    predictions = np.zeros_like(corpus.jugements)
    for train, held in GroupKFold(PLIS).split(corpus.traits, groups=corpus.auteurs):
        traits = sp.vstack([corpus.traits[train], always.traits])
        jugements = np.vstack([corpus.jugements[train], always.jugements])
        predictions[held] = Ridge(alpha=ALPHA).fit(traits, jugements).predict(corpus.traits[held])
    return predictions


def measure(
    predictions: NDArray[np.float64], enonces: Sequence[Enonce], cles: Sequence[str]
) -> dict[str, float]:
    """hit@1, hit@3 and the share with a plainly wrong métier among the first three."""
    firsts = [[cles[i] for i in row] for row in np.argsort(-predictions, axis=1)[:, :3]]
    return {
        "hit@1": float(np.mean([f[0] in e.ideal for f, e in zip(firsts, enonces, strict=True)])),
        "hit@3": float(np.mean([bool(set(f) & set(e.ideal)) for f, e in zip(firsts, enonces, strict=True)])),
        "interdits@3": float(
            np.mean([bool(set(f) & set(e.interdits)) for f, e in zip(firsts, enonces, strict=True)])
        ),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--date", required=True, help="written in the manifest, so that a rerun is identical"
    )
    arguments.add_argument("--dossier", type=Path, default=lineaire.AFFINITE)
    options = arguments.parse_args()
    connaissances = load_knowledge()
    cles = sorted(connaissances.metiers)
    encodeur = EncodeurStatique.load(encoder.ARTEFACT)
    lecteur = Lecteur.load(connaissances.metiers, encodeur.mots)
    neutraliseur = Neutraliseur.load(lecteur.orthographe)
    ecrits, fiches, test = (
        Corpus(e, cles, neutraliseur, encodeur)
        for e in (read_phrasings(), paroles(connaissances.metiers.values()), read_test())
    )
    croisee = measure(cross_predict(ecrits, fiches), ecrits.enonces, cles)
    model = fit([ecrits, fiches])
    apart = measure(model.predict(test.traits), test.enonces, cles)
    textes = digest_texts(e.texte for c in (ecrits, fiches) for e in c.enonces)
    manifest = Manifest(
        nom="affinite",
        version=digest_texts([textes, encodeur.version, str(ALPHA)]),
        entrees={"encodeur": encodeur.version, "enonces": textes},
        commande="python -m training.fit_affinite",
        date=options.date,
        mesures={
            "enonces": len(ecrits.enonces) + len(fiches.enonces),
            **{f"croisee.{k}": round(v, 4) for k, v in croisee.items()},
            **{f"enonces.{k}": round(v, 4) for k, v in apart.items()},
        },
    )
    weights = model.coef_.T.astype(np.float32)
    ModeleLineaire(
        tuple(cles),
        weights[:CASES],
        weights[CASES:] * POIDS_DU_SENS,
        model.intercept_.astype(np.float32),
        manifest.version,
    ).save(options.dossier, manifest)
    print(manifest.mesures)


def pieces_matrix(textes: Sequence[str]) -> sp.csr_matrix:
    """Hashed pieces of each text, one row a text."""
    rows, columns, values = [], [], []
    for row, texte in enumerate(textes):
        for column, value in hashed_pieces(texte).items():
            rows.append(row)
            columns.append(column)
            values.append(value)
    return sp.csr_matrix((values, (rows, columns)), shape=(len(textes), CASES))


def _judgement(enonce: Enonce, cles: Sequence[str]) -> list[float]:
    grades = {
        **dict.fromkeys(enonce.interdits, INTERDIT),
        **dict.fromkeys(enonce.bon, BON),
        **dict.fromkeys(enonce.ideal, IDEAL),
    }
    return [grades.get(cle, 0.0) for cle in cles]


if __name__ == "__main__":
    main()
