"""The learning curve: does the linear model still gain from more labelled phrasings?

Authors are drawn whole: a draw learns from some and is measured on others, never on both. The métier files'
own sentences, which the shipped model also learns from, are left out: only our phrasings are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from sklearn.linear_model import Ridge

from service.conseiller import Conseiller
from service.qualite import Chiffre, Courbe, Mesure, Point
from training.fit_affinite import ALPHA, Corpus, measure
from training.judgements_files import read_phrasings

TIRAGES, TAILLES, DEBUT = 3, 6, 250
PART_TENUE = 0.2


def learning_curve(conseiller: Conseiller, jour: date) -> Courbe:
    """The linear model alone, on more and more phrasings."""
    cles = sorted(conseiller.connaissances.metiers)
    corpus = Corpus(read_phrasings(), cles, conseiller.neutraliseur, conseiller.encodeur)
    runs = [_one_draw(corpus, cles, np.random.default_rng(graine)) for graine in range(TIRAGES)]
    points = [_point(draws) for draws in zip(*runs, strict=True)]
    return Courbe(
        date=jour,
        encodeur=conseiller.encodeur.version,
        tirages=TIRAGES,
        auteurs_tenus=round(PART_TENUE * len(set(corpus.auteurs))),
        points=tuple(points),
    )


def _one_draw(
    corpus: Corpus, cles: Sequence[str], rng: np.random.Generator
) -> list[tuple[int, dict[str, float]]]:
    auteurs = rng.permutation(np.unique(corpus.auteurs))
    cut = round(PART_TENUE * len(auteurs))
    held = np.isin(corpus.auteurs, auteurs[:cut])
    counts = np.cumsum([(corpus.auteurs == a).sum() for a in auteurs[cut:]])
    run = []
    for size in np.geomspace(DEBUT, counts[-1], TAILLES):
        taken = auteurs[cut : cut + 1 + int(np.searchsorted(counts, round(size)))]
        used = np.isin(corpus.auteurs, taken)
        model = Ridge(alpha=ALPHA).fit(corpus.traits[used], corpus.jugements[used])
        kept = [e for e, h in zip(corpus.enonces, held, strict=True) if h]
        run.append((int(used.sum()), measure(model.predict(corpus.traits[held]), kept, cles)))
    return run


def _point(draws: Sequence[tuple[int, dict[str, float]]]) -> Point:
    mesures: dict[Mesure, Chiffre] = {}
    for mesure in ("hit@1", "hit@3", "interdits@3"):
        values = [figures[mesure] for _, figures in draws]
        mesures[mesure] = Chiffre(
            valeur=round(float(np.mean(values)), 4), bas=round(min(values), 4), haut=round(max(values), 4)
        )
    return Point(phrases=round(np.mean([n for n, _ in draws])), mesures=mesures)
