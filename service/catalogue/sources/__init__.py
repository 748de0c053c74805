"""Where offres, formations and événements come from: one adapter a source, all of one protocol.

An adapter knows one documented format and nothing of the store. It streams, mends what is known to be
broken, and says what it refuses and why; it never raises for one bad item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from service.catalogue.fiches import Fiche, Genre, Lu
from service.catalogue.lieux import Point
from service.catalogue.sources.reseau import Client
from service.geographie import Commune, distance_km


@dataclass(frozen=True)
class Autour:
    """What is asked of a source live: these codes, within this distance."""

    genre: Genre
    codes: tuple[str, ...]
    """ROME 4.0 codes, and RNCP numbers for formations."""
    commune: Commune
    rayon_km: int

    def holds(self, fiche: Fiche) -> bool:
        """What one need not travel for is within it, and what names its département alone may be."""
        lieu = fiche.lieu
        if fiche.a_distance or lieu.latitude is None or lieu.longitude is None:
            return True
        return distance_km(self.commune, Point(lieu.latitude, lieu.longitude)) <= self.rayon_km


class Source(Protocol):
    """A source of the catalogue."""

    @property
    def nom(self) -> str:
        """As in `Annonce.source`, and on the command line."""
        ...

    @property
    def libelle(self) -> str:
        """As shown to people: « France Travail »."""
        ...

    def read(self, fichier: Path) -> Iterator[Lu]:
        """Everything in a file of this source's format, one item at a time.

        Raises FormatInattendu when the file as a whole is not of this format.
        """
        ...


class SourceEnLigne(Source, Protocol):
    """A source that can also be asked over the network, with a key."""

    @property
    def genres(self) -> frozenset[Genre]: ...

    def near(self, autour: Autour, client: Client) -> Sequence[Fiche]:
        """What is near, for one page of results. Raises SourceEnPanne, FormatInattendu."""
        ...

    def collect(self, client: Client) -> Iterator[Lu]:
        """All that the source has for our métiers. Raises SourceEnPanne, FormatInattendu."""
        ...
