"""From a fiche to what a search looks at: its codes, where it is, its dates, what filters ask of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntFlag
from functools import reduce
from operator import or_

from service.catalogue.fiches import Contrat, Evenement, Fiche, Formation, Genre, Offre
from service.catalogue.recherche import Filtres
from service.geographie import fold, zone

PARTOUT = "partout"
"""The sector of what one need not travel for."""
SANS_FIN = date.max.toordinal()


PREFERENCE = ("france_travail", "lheo", "api_alternance", "parcoursup", "mon_compte_formation")
"""Whom to believe when two sources publish the same thing, best first."""


class Trait(IntFlag):
    """What a filter may ask of a fiche; unset when the source does not say."""

    TEMPS_PLEIN = 1
    DEBUTANT = 2
    HANDICAP = 4
    ALTERNANCE = 8
    FINANCABLE = 16
    CDI = 32
    CDD = 64
    INTERIM = 128
    SAISONNIER = 256
    APPRENTISSAGE = 512
    PROFESSIONNALISATION = 1024
    AUTRE = 2048


CONTRATS: dict[Contrat, Trait] = {contrat: Trait[contrat.name] for contrat in Contrat}


@dataclass(frozen=True, slots=True)
class Repere:
    """One fiche as a search sees it; days are proleptic ordinals."""

    secteur: str
    """A zone of the country when a distance can be told, else a département, else `partout`."""
    latitude: float
    longitude: float
    fraicheur: int
    debut: int | None
    fin: int
    traits: int


def genre_of(fiche: Fiche) -> Genre:
    match fiche:
        case Offre():
            return Genre.OFFRE
        case Formation():
            return Genre.FORMATION
        case Evenement():
            return Genre.EVENEMENT


def repere_of(fiche: Fiche) -> Repere | None:
    """None when nothing says where it is, so that nobody could find it."""
    secteur = _sector(fiche)
    if secteur is None:
        return None
    fraicheur = fiche.mis_a_jour_le or fiche.publie_le
    return Repere(
        secteur=secteur,
        latitude=fiche.lieu.latitude or 0.0,
        longitude=fiche.lieu.longitude or 0.0,
        fraicheur=fraicheur.toordinal() if fraicheur else 0,
        debut=_start(fiche),
        fin=fiche.jusqu_au.toordinal() if fiche.jusqu_au else SANS_FIN,
        traits=int(_traits(fiche)),
    )


def sector_of_departement(departement: str) -> str:
    """Where the fiches are kept whose département alone is known."""
    return f"dep {departement}"


def rank_of(source: str) -> int:
    """The place of a source in PREFERENCE; those unknown come last, together."""
    return PREFERENCE.index(source) if source in PREFERENCE else len(PREFERENCE)


def required(filtres: Filtres) -> Trait:
    """The traits a fiche must all have."""
    asked = {
        Trait.TEMPS_PLEIN: filtres.temps_plein,
        Trait.DEBUTANT: filtres.debutant,
        Trait.HANDICAP: filtres.handicap,
        Trait.ALTERNANCE: filtres.alternance,
        Trait.FINANCABLE: filtres.financable,
    }
    return _union(trait for trait, wanted in asked.items() if wanted)


def one_of(filtres: Filtres) -> Trait:
    """The traits of which a fiche must have one; none asked for means any."""
    return _union(CONTRATS[contrat] for contrat in filtres.contrats)


def imprint(fiche: Fiche) -> str | None:
    """The same for the same offre or formation at two sources; None when it cannot be told."""
    match fiche:
        case Offre(employeur=str(), lieu=lieu) if lieu.commune:
            parts = (fiche.titre, fiche.employeur or "", lieu.commune)
        case Formation(rncp=str(), siret=str(), lieu=lieu) if lieu.commune:
            parts = (fiche.rncp or "", fiche.siret or "", lieu.commune)
        case _:
            return None
    return hashlib.sha256(fold("\0".join(parts)).encode()).hexdigest()[:16]


def _sector(fiche: Fiche) -> str | None:
    lieu = fiche.lieu
    if lieu.situe and lieu.departement:
        return zone(lieu.departement)
    if fiche.a_distance:
        return PARTOUT
    return sector_of_departement(lieu.departement) if lieu.departement else None


def _start(fiche: Fiche) -> int | None:
    if isinstance(fiche, Formation):
        days = [s.debut for s in fiche.sessions if s.debut and s.ouverte is not False]
        return max(days).toordinal() if days else None
    return fiche.debut.toordinal() if fiche.debut else None


def _traits(fiche: Fiche) -> Trait:
    traits = Trait(0)
    if isinstance(fiche, Offre):
        said = {
            Trait.TEMPS_PLEIN: fiche.temps_plein,
            Trait.DEBUTANT: fiche.debutant,
            Trait.HANDICAP: fiche.handicap,
            Trait.ALTERNANCE: fiche.alternance,
        }
        traits = _union(trait for trait, value in said.items() if value)
        traits |= CONTRATS[fiche.contrat] if fiche.contrat else Trait(0)
    elif isinstance(fiche, Formation):
        traits |= Trait.ALTERNANCE if fiche.alternance else Trait(0)
        traits |= Trait.FINANCABLE if fiche.financable else Trait(0)
    return traits


def _union(traits: Iterable[Trait]) -> Trait:
    return reduce(or_, traits, Trait(0))
