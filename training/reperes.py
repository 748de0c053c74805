"""What the service is compared with, on the same texts: chance, habit, shared words, the encoder alone.

Each scores the 26 for a text by its closest passages of the métier files, as `models/index.py` counts them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from knowledge.passages import all_passages
from models.index import MEILLEURS_PASSAGES, digest_passages
from service.conseiller import Conseiller
from service.qualite import Modele
from training.corpus import fold
from training.evaluate import Canal, Similarites, dense, lexical, rate_ranking, read_melo
from training.judgements_files import Enonce, read_phrasings
from training.mesures import Notes, rate, summarise

# Robertson's usual values: no text of ours was used to choose them.
BM25_K1, BM25_B = 1.5, 0.75
HASARDS = 50
"""Random rankings averaged for the row « chance »."""
REPETITIONS = 5
"""Each text is answered this many times when speed is measured, so that setting up does not count."""


@dataclass(frozen=True)
class Repere:
    """A way of scoring the 26 for each text."""

    cle: str
    libelle: str
    version: str
    scores: Callable[[Sequence[str]], NDArray[Any]]
    """Texts → (texts, 26), higher is closer."""
    canal: Canal | None = None
    """The same on any texts, where that has a meaning."""


def compare(
    conseiller: Conseiller, enonces: Sequence[Enonce], jour: date, melo: Path | None
) -> Iterator[Modele]:
    """From chance to what was learned; `melo` is the folder of MELO-FR."""
    cles = sorted(conseiller.connaissances.metiers)
    chance = np.mean([rate(_shuffled(cles, len(enonces), g), enonces) for g in range(HASARDS)], axis=0)
    yield row("hasard", "Au hasard", "", jour, chance)
    frequent = Counter(slug for e in read_phrasings() for slug in e.ideal)
    habit = sorted(cles, key=lambda cle: (-frequent[cle], cle))
    yield row("frequent", "Toujours les plus fréquents", "", jour, rate([habit] * len(enonces), enonces))
    for repere in _scorers(conseiller, cles):
        yield _measure(repere, cles, enonces, jour, melo)


def row(cle: str, libelle: str, version: str, jour: date, notes: Notes) -> Modele:
    """One line of the table of models."""
    return Modele(cle=cle, libelle=libelle, version=version, date=jour, mesures=summarise(notes))


def speed(answer: Callable[[Sequence[str]], object], textes: Sequence[str]) -> float:
    """Texts a second, two figures: more would be a feature of the machine."""
    start = time.perf_counter()
    answer(textes[:1])
    prepared = time.perf_counter() - start
    answer(textes)
    seconds = time.perf_counter() - start - 2 * prepared
    return float(f"{len(textes) / seconds:.1e}")


def bm25(questions: Sequence[str], documents: Sequence[str]) -> Similarites:
    """Okapi BM25 on whole words of folded text."""
    counter = CountVectorizer(preprocessor=fold, tokenizer=str.split, token_pattern=None)
    tf = counter.fit_transform(documents).astype(np.float32)
    length = np.asarray(tf.sum(axis=1)).ravel()
    known = np.bincount(tf.indices, minlength=tf.shape[1])
    idf = np.log(1 + (len(documents) - known + 0.5) / (known + 0.5))
    longer = np.repeat(length / length.mean(), np.diff(tf.indptr))
    damped = tf.data * (BM25_K1 + 1) / (tf.data + BM25_K1 * (1 - BM25_B + BM25_B * longer))
    tf.data = (idf[tf.indices] * damped).astype(np.float32)
    return np.asarray((counter.transform(questions) @ tf.T).toarray(), dtype=np.float32)


def by_metier(similarites: Similarites, passages: Sequence[str], cles: Sequence[str]) -> Similarites:
    """Texts × passages → texts × métiers: the mean of the closest passages of each."""
    owners = np.array(passages)
    best = [np.sort(similarites[:, owners == cle], axis=1)[:, -MEILLEURS_PASSAGES:] for cle in cles]
    return np.stack([b.mean(axis=1) for b in best], axis=1)


def _measure(
    repere: Repere, cles: Sequence[str], enonces: Sequence[Enonce], jour: date, melo: Path | None
) -> Modele:
    textes = [e.texte for e in enonces]
    rankings = [[cles[i] for i in ordre] for ordre in np.argsort(-repere.scores(textes), kind="stable")]
    found = {"textes_par_seconde": speed(repere.scores, textes * REPETITIONS)}
    if melo and repere.canal:
        found["melo_map"] = round(rate_ranking(read_melo(melo), repere.canal)[0], 4)
    line = row(repere.cle, repere.libelle, repere.version, jour, rate(rankings, enonces))
    return line.model_copy(update=found)


def _scorers(conseiller: Conseiller, cles: Sequence[str]) -> Iterator[Repere]:
    passages = all_passages(conseiller.connaissances.metiers.values())
    documents, owners = [p.texte for p in passages], [p.cle for p in passages]
    fiches, encodeur = digest_passages(passages), conseiller.encodeur
    for cle, libelle, version, canal in (
        ("bm25", "Mots communs avec les fiches (BM25)", fiches, bm25),
        ("tfidf", "Morceaux de mots communs (TF-IDF)", fiches, lexical),
        ("statique", "Notre encodeur seul", encodeur.version, dense(encodeur)),
    ):
        yield Repere(cle, libelle, version, _over_passages(canal, documents, owners, cles), canal)

    def learned(textes: Sequence[str]) -> NDArray[np.float64]:
        opinions = [conseiller.entendre(t).avis.attractions for t in textes]
        return np.array([[opinion.get(cle, 0.0) for cle in cles] for opinion in opinions])

    version = conseiller.versions["modele"]
    yield Repere("appris", "Ce qui est appris, sans les règles", version, learned)


def _over_passages(
    canal: Canal, documents: Sequence[str], owners: Sequence[str], cles: Sequence[str]
) -> Callable[[Sequence[str]], Similarites]:
    return lambda textes: by_metier(canal(textes, documents), owners, cles)


def _shuffled(cles: Sequence[str], n: int, graine: int) -> list[list[str]]:
    rng = np.random.default_rng(graine)
    return [[cles[i] for i in rng.permutation(len(cles))] for _ in range(n)]
