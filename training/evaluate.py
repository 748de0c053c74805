"""How good are the encoders? Two tables, printed.

    python -m training.evaluate paroles            # our own sentences, one left out at a time
    python -m training.evaluate melo DIR           # MELO-FR: ROME titles → ESCO labels

`paroles` asks which métier a sentence was written for, from the other sentences of the 26 alone. It
compares encoders; it is not a measure of the product, whose sentences come from people.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from models.encoder import Encodeur, EncodeurStatique
from models.encoder_transformer import EncodeurTransformer
from models.index import MEILLEURS_PASSAGES
from training.corpus import fold
from training.knowledge_files import read_metiers
from training.teacher import NOM_MAITRE, load_teacher

Similarites = NDArray[np.float32]
Canal = Callable[[Sequence[str], Sequence[str]], Similarites]
"""Queries × documents → a matrix of similarities."""

# The lexical channel's share in the mix; neither channel has a unit, so it is a plain opinion.
PART_LEXICALE = 0.5


@dataclass(frozen=True)
class Question:
    """A sentence and the métier it was written for."""

    metier: str
    texte: str


def lexical(questions: Sequence[str], documents: Sequence[str]) -> Similarites:
    """Cosine of character n-grams, on folded text."""
    tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, preprocessor=fold).fit(
        documents
    )
    produit = tfidf.transform(questions) @ tfidf.transform(documents).T
    return np.asarray(produit.toarray(), dtype=np.float32)


def dense(encodeur: Encodeur) -> Canal:
    """Cosine of an encoder's vectors."""

    def compare(questions: Sequence[str], documents: Sequence[str]) -> Similarites:
        return encodeur.encode(questions) @ encodeur.encode(documents).T

    return compare


def mixed(un: Canal, autre: Canal) -> Canal:
    """Both channels, each brought to the same spread first."""

    def compare(questions: Sequence[str], documents: Sequence[str]) -> Similarites:
        a, b = (_standardise(c(questions, documents)) for c in (un, autre))
        return (1 - PART_LEXICALE) * a + PART_LEXICALE * b

    return compare


def hits(questions: Sequence[Question], canal: Canal) -> tuple[float, float]:
    """Hit@1 and hit@3, each question against all the others."""
    textes = [q.texte for q in questions]
    similarites = canal(textes, textes)
    np.fill_diagonal(similarites, -np.inf)
    metiers = np.array([q.metier for q in questions])
    rangs = np.array([_rank(ligne, metiers, m) for ligne, m in zip(similarites, metiers, strict=True)])
    return float((rangs == 1).mean()), float((rangs <= 3).mean())


@dataclass(frozen=True)
class Melo:
    """MELO-FR: titles, labels, and for each title which labels are right."""

    titres: list[str]
    libelles: list[str]
    justes: list[set[int]]


def read_melo(dossier: Path) -> Melo:
    titres = dict(_read_tsv(dossier / "queries.tsv"))
    libelles = dict(_read_tsv(dossier / "corpus_elements.tsv"))
    rang = {cle: i for i, cle in enumerate(libelles)}
    justes: dict[str, set[int]] = {cle: set() for cle in titres}
    for titre, _, libelle, pertinence in _read_tsv(dossier / "annotations.tsv"):
        if pertinence == "1":
            justes[titre].add(rang[libelle])
    return Melo(list(titres.values()), list(libelles.values()), [justes[cle] for cle in titres])


def rate_ranking(melo: Melo, canal: Canal) -> tuple[float, float, float]:
    """MAP, MRR, A@1, over the titles that have at least one right label."""
    ordres = np.argsort(-canal(melo.titres, melo.libelles), axis=1, kind="stable")
    notes = [
        _rate(np.flatnonzero(np.isin(ordre, list(justes))) + 1)
        for ordre, justes in zip(ordres, melo.justes, strict=True)
        if justes
    ]
    moyenne = np.mean(notes, axis=0)
    return float(moyenne[0]), float(moyenne[1]), float(moyenne[2])


def canaux() -> Mapping[str, Canal]:
    """What is compared, by the name printed."""
    statique = dense(EncodeurStatique.load())
    maitre = dense(EncodeurTransformer(load_teacher(), NOM_MAITRE))
    return {
        "lexical (char TF-IDF)": lexical,
        "teacher e5-small": maitre,
        "static": statique,
        "static + lexical": mixed(statique, lexical),
        "teacher + lexical": mixed(maitre, lexical),
    }


def _rank(similarites: Similarites, metiers: NDArray[np.str_], juste: str) -> int:
    scores = {m: np.sort(similarites[metiers == m])[-MEILLEURS_PASSAGES:].mean() for m in set(metiers)}
    return 1 + sum(score > scores[juste] for score in scores.values())


def _rate(rangs: NDArray[np.intp]) -> tuple[float, float, float]:
    precision = (np.arange(1, len(rangs) + 1) / rangs).mean()
    return float(precision), float(1 / rangs[0]), float(rangs[0] == 1)


def _standardise(similarites: Similarites) -> Similarites:
    return (similarites - similarites.mean()) / similarites.std()


def _read_tsv(chemin: Path) -> list[list[str]]:
    with chemin.open(encoding="utf-8", newline="") as lignes:
        return list(csv.reader(lignes, delimiter="\t", quoting=csv.QUOTE_NONE))


def _print_table(entetes: Sequence[str], lignes: Mapping[str, Sequence[float]]) -> None:
    print(f"{'':<24}" + "".join(f"{entete:>8}" for entete in entetes))
    for nom, valeurs in lignes.items():
        print(f"{nom:<24}" + "".join(f"{valeur:8.3f}" for valeur in valeurs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commandes = parser.add_subparsers(dest="commande", required=True)
    commandes.add_parser("paroles")
    commandes.add_parser("melo").add_argument("dossier", type=Path)
    arguments = parser.parse_args()
    if arguments.commande == "melo":
        melo = read_melo(arguments.dossier)
        rated = {nom: rate_ranking(melo, canal) for nom, canal in canaux().items()}
        _print_table(["MAP", "MRR", "A@1"], rated)
    else:
        questions = [Question(m.slug, parole) for m in read_metiers() for parole in m.paroles]
        _print_table(["hit@1", "hit@3"], {nom: hits(questions, canal) for nom, canal in canaux().items()})


if __name__ == "__main__":
    main()
