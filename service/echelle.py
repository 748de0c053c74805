"""The ladder of a famille: what can start now, then after one, two, three diplomas, for one person.

The rung of a métier is the number of diplomas still to be taken on the best way that is open to them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from knowledge.schema import Famille, Metier
from service.parcours import Depart, Nature, Parcours
from service.profil import EtudesMax
from service.reseau import Reseau


@dataclass(frozen=True)
class Marche:
    """One métier on its rung."""

    metier: Metier
    parcours: Parcours
    depuis: tuple[Metier, ...]
    """The métiers of lower rungs that one works in on the way."""


@dataclass(frozen=True)
class Echelon:
    diplomes: int
    """Diplomas still to be taken; 0 for what can start now."""
    marches: tuple[Marche, ...]


@dataclass(frozen=True)
class Echelle:
    famille: Famille
    echelons: tuple[Echelon, ...]
    fermes: tuple[Marche, ...]
    """The métiers to which every way we know is closed for now, with the nearest one."""


def ladder(reseau: Reseau, famille: Famille, depart: Depart, limite: EtudesMax | None = None) -> Echelle:
    """The métiers of one famille, on the rung where this person finds them."""
    rungs: defaultdict[int, list[Marche]] = defaultdict(list)
    closed: list[Marche] = []
    for metier in reseau.metiers.values():
        if metier.famille is not famille:
            continue
        best = _simplest(reseau.vers(metier.slug, depart, limite), limite)
        marche = Marche(metier, best, _worked_in(best, reseau))
        rung = rungs[len(best.diplomes)] if best.is_open(limite) else closed
        rung.append(marche)
    echelons = (Echelon(rang, tuple(sorted(rungs[rang], key=_length))) for rang in sorted(rungs))
    return Echelle(famille, tuple(echelons), tuple(sorted(closed, key=_length)))


def _simplest(ways: tuple[Parcours, ...], limite: EtudesMax | None) -> Parcours:
    """The open way with the fewest diplomas, since the rung counts them; the best one among equals."""
    opened = [way for way in ways if way.is_open(limite)]
    return min(opened or ways, key=lambda way: len(way.diplomes))


def _worked_in(parcours: Parcours, reseau: Reseau) -> tuple[Metier, ...]:
    slugs = (e.cle for e in parcours.etapes if e.nature is Nature.POSTE)
    return tuple(reseau.metiers[slug] for slug in slugs if slug in reseau.metiers)


def _length(marche: Marche) -> tuple[float, str]:
    return marche.parcours.mois_probables, marche.metier.slug
