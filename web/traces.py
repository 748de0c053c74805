"""Where the marks of the plots of /qualite stand, in the units of their `viewBox`: no colour, no rule.

Each plot is drawn next to the table that says the same: it is for the eye alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from service.chiffres import MESURES, count
from service.qualite import Courbe, Mesure, Section

# As wide as the narrowest screen, so that letters keep their size there.
LARGEUR = 320
GAUCHE, DROITE = 8, 308
HAUT_LIGNE = 46
"""A group: its name, then its marks under it."""
GRADUATIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
TRACEES: tuple[Mesure, ...] = ("hit@3", "hit@1")
COURBE_GAUCHE, COURBE_HAUT, COURBE_BAS = 40, 14, 200
ECART_NOM = 10


@dataclass(frozen=True)
class Graduation:
    place: float
    libelle: str


@dataclass(frozen=True)
class Marque:
    """One figure and its bounds on a horizontal axis."""

    mesure: Mesure
    y: float
    x: float
    bas: float
    haut: float


@dataclass(frozen=True)
class Rangee:
    """One group of texts."""

    libelle: str
    y: float
    marques: tuple[Marque, ...]


@dataclass(frozen=True)
class Points:
    """A horizontal plot: a row a group."""

    hauteur: float
    rangees: tuple[Rangee, ...]
    graduations: tuple[Graduation, ...]


@dataclass(frozen=True)
class Trace:
    """One line of a curve."""

    mesure: Mesure
    nom: str
    points: tuple[tuple[float, float], ...]
    y_nom: float


@dataclass(frozen=True)
class Lignes:
    """A plot of lines: shares against a count, each doubling as wide as the one before."""

    traces: tuple[Trace, ...]
    verticales: tuple[Graduation, ...]
    horizontales: tuple[Graduation, ...]


def dots(section: Section) -> Points:
    """The shares of each group, as marks with their margins."""
    rangees = []
    for rang, ligne in enumerate(section.lignes):
        y = rang * HAUT_LIGNE + 14
        marques = tuple(
            Marque(m, y + 12 + 10 * i, *(_across(v) for v in (c.valeur, c.bas, c.haut)))
            for i, m in enumerate(TRACEES)
            for c in [ligne.mesures[m]]
        )
        rangees.append(Rangee(ligne.libelle, y, marques))
    scale = tuple(Graduation(_across(v), _percent(v)) for v in GRADUATIONS)
    return Points(len(rangees) * HAUT_LIGNE + 20, tuple(rangees), scale)


def lines(courbe: Courbe) -> Lignes:
    """Each figure of the learning curve against the number of phrasings."""
    places = _spread([p.phrases for p in courbe.points])
    seen = [m for m in MESURES if m in courbe.points[0].mesures]
    traces = []
    for mesure in seen:
        heights = [_up(p.mesures[mesure].valeur) for p in courbe.points]
        points = tuple(zip(places, heights, strict=True))
        traces.append(Trace(mesure, MESURES[mesure].court, points, min(heights[-3:]) - ECART_NOM))
    return Lignes(
        tuple(traces),
        tuple(Graduation(x, count(p.phrases)) for x, p in zip(places, courbe.points, strict=True)),
        tuple(Graduation(_up(v), _percent(v)) for v in GRADUATIONS),
    )


def _across(share: float) -> float:
    return round(GAUCHE + share * (DROITE - GAUCHE), 1)


def _up(share: float) -> float:
    return round(COURBE_BAS - share * (COURBE_BAS - COURBE_HAUT), 1)


def _spread(counts: Sequence[int]) -> list[float]:
    """On a scale of doublings, from one edge to the other."""
    first, last = math.log(counts[0]), math.log(counts[-1])
    left, right = COURBE_GAUCHE + 12, DROITE - 14
    return [round(left + (math.log(n) - first) / (last - first) * (right - left), 1) for n in counts]


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u00a0%"
