"""How good are the encoders? Three tables, printed.

    python -m training.evaluate paroles            # our own sentences, one left out at a time
    python -m training.evaluate melo DIR           # MELO-FR: ROME titles → ESCO labels
    python -m training.evaluate rome DIR           # the ROME archive: titles → titles of the same métier

`paroles` asks which métier a sentence was written for, from the other sentences of the 26 alone. It
compares encoders; it is not a measure of the product, whose sentences come from people.
`rome` is where the choices of `models/lexical.py` and `training/finetune.py` were made, on métiers that
`finetune --retenir` leaves out. `--accorde DIR` says which tuned encoder is compared.
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
from models.index import MEILLEURS_PASSAGES
from models.lexical import IndexLexical, fuse, one_gender
from training.corpus import fiches, fold, hold_out
from training.knowledge_files import read_metiers

Similarites = NDArray[np.float32]
Canal = Callable[[Sequence[str], Sequence[str]], Similarites]
"""Queries × documents → a matrix of similarities."""

# As trec_eval is called by MELO's authors: beyond this rank, a label is not found.
RANG_MAX = 100
TITRES_PAR_FICHE = 3
"""Titles of a ROME métier that become queries; the others are what is searched."""
PARTS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)


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


def shipped_lexical(questions: Sequence[str], documents: Sequence[str]) -> Similarites:
    """The lexical channel of the product."""
    index = IndexLexical(documents)
    return np.stack([index.scores(question) for question in questions])


def titled(canal: Canal) -> Canal:
    """The same on titles said once, not in both genders."""
    return lambda questions, documents: canal(
        [one_gender(q) for q in questions], [one_gender(d) for d in documents]
    )


def mixed(encodeur: Canal, lettres: Canal = shipped_lexical) -> Canal:
    """Meaning and letters, mixed as in the product."""
    return lambda questions, documents: fuse(encodeur(questions, documents), lettres(questions, documents))


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
    """Titles, labels, and for each title which labels are right."""

    titres: list[str]
    libelles: list[str]
    justes: list[set[int]]
    concepts: list[str]
    """For each label, the occupation it is a name of."""


def read_melo(dossier: Path) -> Melo:
    titres = dict(_read_tsv(dossier / "queries.tsv"))
    libelles = dict(_read_tsv(dossier / "corpus_elements.tsv"))
    rang = {cle: i for i, cle in enumerate(libelles)}
    justes: dict[str, set[int]] = {cle: set() for cle in titres}
    for titre, _, libelle, pertinence in _read_tsv(dossier / "annotations.tsv"):
        if pertinence == "1":
            justes[titre].add(rang[libelle])
    # « C002089_fr_000 » is the first French name of the occupation C002089.
    concepts = [cle.partition("_")[0] for cle in libelles]
    return Melo(list(titres.values()), list(libelles.values()), [justes[cle] for cle in titres], concepts)


def read_rome(dossier: Path) -> Melo:
    """The same question asked of the ROME: from some titles of a métier kept apart, find its others."""
    from training.finetune import GRAINE, RETENUE

    toutes = fiches(dossier)
    retenues = {f.code for f in hold_out(toutes, part=RETENUE, graine=GRAINE)[1]}
    titres = [(f.code, t) for f in toutes if f.code in retenues for t in f.titres[:TITRES_PAR_FICHE]]
    autres = [
        (f.code, forme)
        for f in toutes
        for titre in (f.titres[TITRES_PAR_FICHE:] if f.code in retenues else f.titres)
        for forme in titre
    ]
    places: dict[str, set[int]] = {f.code: set() for f in toutes}
    for place, (code, _) in enumerate(autres):
        places[code].add(place)
    justes = [places[code] for code, _ in titres]
    return Melo([t[-1] for _, t in titres], [t for _, t in autres], justes, [code for code, _ in autres])


def pooled(canal: Canal, concepts: Sequence[str]) -> Canal:
    """Every label takes the score of the best label of its occupation.

    Uses which labels name the same occupation, which ESCO publishes but published baselines do not use.
    """
    _, numeros = np.unique(concepts, return_inverse=True)

    def compare(questions: Sequence[str], documents: Sequence[str]) -> Similarites:
        similarites = canal(questions, documents)
        best = np.full((int(numeros.max()) + 1, len(questions)), -np.inf, dtype=np.float32)
        np.maximum.at(best, numeros, similarites.T)
        return best[numeros].T

    return compare


def rate_ranking(melo: Melo, canal: Canal) -> tuple[float, float, float]:
    """MAP, MRR, A@1, over the titles that have at least one right label."""
    ordres = np.argsort(-canal(melo.titres, melo.libelles), axis=1, kind="stable")[:, :RANG_MAX]
    notes = [
        _rate(np.flatnonzero(np.isin(ordre, list(justes))) + 1, len(justes))
        for ordre, justes in zip(ordres, melo.justes, strict=True)
        if justes
    ]
    moyenne = np.mean(notes, axis=0)
    return float(moyenne[0]), float(moyenne[1]), float(moyenne[2])


def canaux(accorde: Path | None = None) -> dict[str, Canal]:
    """What is compared, by the name printed."""
    # Only the teacher needs torch: the other figures are measured without it (training/qualite.py).
    from models.encoder_transformer import EncodeurTransformer
    from training.reperes import bm25
    from training.teacher import NOM_MAITRE, load_teacher

    return {
        "BM25": bm25,
        "lexical (char TF-IDF)": lexical,
        "lexical as shipped": shipped_lexical,
        "teacher e5-small": dense(EncodeurTransformer(load_teacher(), NOM_MAITRE)),
        **_with_lexical("static", EncodeurStatique.load()),
        **(_with_lexical("tuned", EncodeurStatique.load(accorde)) if accorde else {}),
    }


def _with_lexical(nom: str, encodeur: Encodeur) -> dict[str, Canal]:
    canal = dense(encodeur)
    return {nom: canal, f"{nom}, one gender": titled(canal), f"{nom} + lexical": mixed(titled(canal))}


def _rate_shares(rome: Melo, encodeur: Encodeur) -> dict[str, tuple[float, float, float]]:
    """What each share of the lexical channel gives."""
    sens = titled(dense(encodeur))(rome.titres, rome.libelles)
    lettres = shipped_lexical(rome.titres, rome.libelles)

    def rate(part: float) -> tuple[float, float, float]:
        return rate_ranking(rome, lambda _, __: fuse(sens, lettres, part=part))

    return {f"lexical share {part}": rate(part) for part in PARTS}


def _rank(similarites: Similarites, metiers: NDArray[np.str_], juste: str) -> int:
    scores = {m: np.sort(similarites[metiers == m])[-MEILLEURS_PASSAGES:].mean() for m in set(metiers)}
    return 1 + sum(score > scores[juste] for score in scores.values())


def _rate(rangs: NDArray[np.intp], justes: int) -> tuple[float, float, float]:
    """From the ranks of the right labels that were found, first rank 1, and how many there are."""
    if not len(rangs):
        return 0.0, 0.0, 0.0
    precision = (np.arange(1, len(rangs) + 1) / rangs).sum() / justes
    return float(precision), float(1 / rangs[0]), float(rangs[0] == 1)


def _read_tsv(chemin: Path) -> list[list[str]]:
    with chemin.open(encoding="utf-8", newline="") as lignes:
        return list(csv.reader(lignes, delimiter="\t", quoting=csv.QUOTE_NONE))


def _print_table(entetes: Sequence[str], lignes: Mapping[str, Sequence[float]]) -> None:
    print(f"{'':<24}" + "".join(f"{entete:>8}" for entete in entetes))
    for nom, valeurs in lignes.items():
        print(f"{nom:<24}" + "".join(f"{valeur:8.3f}" for valeur in valeurs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--accorde", type=Path, help="folder of a tuned encoder, to compare it too")
    commandes = parser.add_subparsers(dest="commande", required=True)
    commandes.add_parser("paroles")
    commandes.add_parser("melo").add_argument("dossier", type=Path)
    commandes.add_parser("rome").add_argument("dossier", type=Path)
    a = parser.parse_args()
    if a.commande == "melo":
        melo, canaux_ = read_melo(a.dossier), canaux(a.accorde)
        canaux_ |= {
            f"{nom}, pooled": pooled(c, melo.concepts) for nom, c in canaux_.items() if "+ lexical" in nom
        }
        _print_table(["MAP", "MRR", "A@1"], {nom: rate_ranking(melo, c) for nom, c in canaux_.items()})
    elif a.commande == "rome":
        encodeur = EncodeurStatique.load(a.accorde) if a.accorde else EncodeurStatique.load()
        _print_table(["MAP", "MRR", "A@1"], _rate_shares(read_rome(a.dossier), encodeur))
    else:
        questions = [Question(m.slug, parole) for m in read_metiers() for parole in m.paroles]
        _print_table(["hit@1", "hit@3"], {nom: hits(questions, c) for nom, c in canaux(a.accorde).items()})


if __name__ == "__main__":
    main()
