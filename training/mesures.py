"""Figures of quality, from rankings and labels alone: no model is called here, and only numpy is needed.

Every interval is a bootstrap: the texts are drawn again with replacement, always in the same order of
chance, and the middle 95 % of what comes out is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.chiffres import MESURES
from service.profil import GOUTS
from service.qualite import Accord, Chiffre, Confusion, Couverture, Mesure, Retrouve
from training.judgements_files import Enonce

Notes = NDArray[np.float64]
"""(texts, 4), in the order of MESURES."""
Classement = Sequence[str]
"""The métiers, best first; empty when no answer was given."""

GRAINE = 0
TIRAGES = 1000
BORNES = (2.5, 97.5)
RANGS_NDCG = 5
# What a good place is worth: an acceptable métier counts half of a right one.
GAIN_IDEAL, GAIN_BON = 1.0, 0.5


def rate(classements: Sequence[Classement], enonces: Sequence[Enonce]) -> Notes:
    """The four figures of each text; no answer is a miss, and shows nothing wrong either."""
    return np.array([_rate(c, e) for c, e in zip(classements, enonces, strict=True)], dtype=np.float64)


def summarise(notes: Notes) -> dict[Mesure, Chiffre]:
    """The four means, each with its interval."""
    return {mesure: share(valeurs) for mesure, valeurs in zip(MESURES, notes.T, strict=True)}


def share(values: NDArray[np.float64]) -> Chiffre:
    """The mean, with its interval."""
    return interval(lambda lignes: float(values[lignes].mean()), len(values))


def interval(statistic: Callable[[NDArray[np.intp]], float], n: int) -> Chiffre:
    """`statistic` of all rows, and between which values it falls when the rows are drawn again."""
    rng = np.random.default_rng(GRAINE)
    drawn = [statistic(rng.integers(0, n, n)) for _ in range(TIRAGES)]
    bas, haut = np.percentile(drawn, BORNES)
    return Chiffre(
        valeur=round(statistic(np.arange(n)), 4), bas=round(float(bas), 4), haut=round(float(haut), 4)
    )


def ndcg(gains: Sequence[float], possibles: Sequence[float], rangs: int = RANGS_NDCG) -> float:
    """Gains in the order given, discounted by rank, over the best order of all the `possibles`."""
    best = _discounted(sorted(possibles, reverse=True)[:rangs])
    return _discounted(gains[:rangs]) / best if best else 0.0


def kappa(un: NDArray[np.int_], autre: NDArray[np.int_]) -> float:
    """Cohen's: agreement beyond what the two habits of answering would give by chance."""
    size = int(max(un.max(), autre.max())) + 1
    seen = float((un == autre).mean())
    chance = float(np.bincount(un, minlength=size) @ np.bincount(autre, minlength=size)) / len(un) ** 2
    return (seen - chance) / (1 - chance) if chance < 1 else 1.0


def confusions(classements: Sequence[Classement], enonces: Sequence[Enonce]) -> list[Confusion]:
    """The errors of the first place met more than once: the first right métier → the one given."""
    wrong = [
        (e.ideal[0], c[0], c[0] in e.bon)
        for c, e in zip(classements, enonces, strict=True)
        if c and c[0] not in e.ideal
    ]
    counts = Counter((attendu, donne) for attendu, donne, _ in wrong)
    fine = Counter((attendu, donne) for attendu, donne, bon in wrong if bon)
    again = (pair for pair, times in counts.items() if times > 1)
    return [
        Confusion(attendu=pair[0], donne=pair[1], nombre=counts[pair], acceptable=fine[pair])
        for pair in sorted(again, key=lambda pair: (-counts[pair], pair))
    ]


def coverage(classements: Sequence[Classement], enonces: Sequence[Enonce], cles: Sequence[str]) -> Couverture:
    """Which métiers are ever shown, and how often each is when it is right."""
    firsts = {c[0] for c in classements if c}
    threes = {slug for c in classements for slug in c[:3]}
    pairs = list(zip(classements, enonces, strict=True))
    metiers = [
        Retrouve(
            metier=cle,
            attendu=sum(cle in e.ideal for e in enonces),
            montre=sum(cle in e.ideal and cle in c[:3] for c, e in pairs),
        )
        for cle in cles
    ]
    return Couverture(
        total=len(cles),
        en_premier=len(firsts),
        dans_les_trois=len(threes),
        jamais=tuple(sorted(set(cles) - threes)),
        metiers=tuple(metiers),
    )


def agreement(un: Sequence[Enonce], autre: Sequence[Enonce]) -> Accord:
    """Two readings of the same texts, in the same order."""
    pairs = list(zip(un, autre, strict=True))
    shares = {
        # Either way round: no reading is the right one.
        "premier_dans_ideal": [((a.ideal[0] in b.ideal) + (b.ideal[0] in a.ideal)) / 2 for a, b in pairs],
        "ideaux_communs": [float(bool(set(a.ideal) & set(b.ideal))) for a, b in pairs],
        "ideal_contre_interdit": [
            float(bool(set(a.ideal) & set(b.interdits) or set(b.ideal) & set(a.interdits))) for a, b in pairs
        ],
    }
    numbers = {slug: i for i, slug in enumerate(sorted({e.ideal[0] for e in (*un, *autre)}))}
    first, second = (np.array([numbers[e.ideal[0]] for e in lecture]) for lecture in (un, autre))
    return Accord(
        n=len(pairs),
        kappa=interval(lambda lignes: kappa(first[lignes], second[lignes]), len(pairs)),
        **{nom: share(np.array(values)) for nom, values in shares.items()},
        **_signs_agreement(pairs),
    )


def signs(champs: Mapping[str, Any]) -> dict[str, int]:
    """What a label says for or against: `publics.bebes` → 1, `contraintes.nuit` → −1."""
    return dict(_signs(champs))


def _rate(classement: Classement, enonce: Enonce) -> tuple[float, float, float, float]:
    gains = {**dict.fromkeys(enonce.bon, GAIN_BON), **dict.fromkeys(enonce.ideal, GAIN_IDEAL)}
    return (
        float(bool(set(classement[:1]) & set(enonce.ideal))),
        float(bool(set(classement[:3]) & set(enonce.ideal))),
        ndcg([gains.get(slug, 0.0) for slug in classement], list(gains.values())),
        float(bool(set(classement[:3]) & set(enonce.interdits))),
    )


def _discounted(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(rang + 1) for rang, gain in enumerate(gains, 1)))


def _signs_agreement(pairs: Sequence[tuple[Enonce, Enonce]]) -> dict[str, Chiffre]:
    counts = np.array([_count_signs(signs(a.champs), signs(b.champs)) for a, b in pairs], dtype=np.float64)

    def ratio(part: int, whole: int) -> Chiffre:
        return interval(
            lambda lignes: float(counts[lignes, part].sum() / max(counts[lignes, whole].sum(), 1)), len(pairs)
        )

    return {
        "champs_precision": ratio(0, 3),
        "champs_rappel": ratio(0, 2),
        "champs_contraires": ratio(1, 2),
    }


def _count_signs(un: Mapping[str, int], autre: Mapping[str, int]) -> tuple[int, int, int, int]:
    """Said by both alike, said by both the opposite way, said by one, said by the other."""
    shared = un.keys() & autre.keys()
    alike = sum(un[champ] == autre[champ] for champ in shared)
    return alike, len(shared) - alike, len(un), len(autre)


def _signs(champs: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for racine in GOUTS:
        said = champs.get(racine, {}).items()
        yield from ((f"{racine}.{cle}", 1 if degre > 0 else -1) for cle, degre in said if degre)
    for cle, accord in champs.get("contraintes", {}).items():
        yield f"contraintes.{cle}", -1 if accord == "non" else 1
