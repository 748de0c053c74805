"""What is asked of the catalogue, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.catalogue.fiches import DEMONSTRATION, Contrat, Fiche, Genre
from service.geographie import Commune

# Half an hour by car in the country, by train around a large town.
RAYON_KM = 20
RAYON_MAX_KM = 200
LIMITE = 20


class CatalogueInutilisable(RuntimeError):
    """The store is absent, of another version, or does not answer; the message is French."""


class Origine(StrEnum):
    """Where an answer comes from."""

    DIRECT = "direct"
    IMPORTE = "importe"
    DEMONSTRATION = "demonstration"
    INDISPONIBLE = "indisponible"
    """The live source failed, and nothing was imported to take its place."""


@dataclass(frozen=True, kw_only=True)
class Filtres:
    """What a person asks for besides a métier and a place; what is not said by the source does not pass."""

    contrats: frozenset[Contrat] = frozenset()
    """Empty: any."""
    temps_plein: bool = False
    debutant: bool = False
    alternance: bool = False
    handicap: bool = False
    financable: bool = False
    a_partir_du: date | None = None
    """Starts this day or later; what has no start date passes."""


@dataclass(frozen=True, kw_only=True)
class Demande:
    """What is looked for."""

    genre: Genre
    metier: str | None = None
    """Slug; None for any of the 26."""
    commune: Commune | None = None
    """None: the whole country, the newest first."""
    rayon_km: int = RAYON_KM
    filtres: Filtres = Filtres()
    page: int = 1
    limite: int = LIMITE


@dataclass(frozen=True)
class Diplome:
    """The certification a formation leads to, as it stands today."""

    numero: str
    intitule: str
    fin: date | None
    en_vigueur: bool | None
    """None when we do not know its end."""
    ancien: str | None = None
    """The number the source gave, when it has ended and this one replaces it."""


@dataclass(frozen=True)
class Trouvaille:
    """One thing found."""

    fiche: Fiche
    source: str
    """As shown: « France Travail »."""
    distance_km: float | None
    """As the crow flies; None when only a département is known, or when no place was asked."""
    diplome: Diplome | None = None

    @property
    def demonstration(self) -> bool:
        return self.fiche.source == DEMONSTRATION


@dataclass(frozen=True)
class Resultats:
    """One page of what was found."""

    trouvailles: tuple[Trouvaille, ...]
    total: int
    """Over all pages."""
    rayon_km: int | None
    """The distance searched in the end; None for the whole country."""
    elargi: bool
    """True when nothing was within the distance asked for."""
    origine: Origine
    vu_le: date | None
    """Day the source was read; None when nothing could be."""
    avis: str | None = None
    """What went wrong at the source, in French, when something did."""
