"""Communes: from a code to a place, from a few typed letters to a code, and distances.

Reads `knowledge/referentiels/communes.csv`. What is near whom is left to the catalogue.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Protocol

from knowledge.loading import RACINE

CHEMIN = RACINE / "referentiels" / "communes.csv"
RAYON_TERRE_KM = 6371.0
CODE_INSEE = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)

_ACCENTS = re.compile(r"[\u0300-\u036f]")
_SAINT = re.compile(r"\bst(e?)(?= )")
_NOMBRE = re.compile(r"(?:2[ab]|\d)\d*", re.ASCII)
# « havre » finds Le Havre: people drop the article.
_ARTICLES = ("", "le ", "la ", "les ", "l ")


class CommuneInconnue(LookupError):
    """No commune has this code. The message repeats only what has the shape of a code."""

    def __init__(self, code: str) -> None:
        known_shape = CODE_INSEE.fullmatch(code)
        super().__init__(
            f"Aucune commune ne porte le code {code}."
            if known_shape
            else "Ce code de commune n'est pas valable : il en faut un de l'Insee, comme 69123."
        )


class Place(Protocol):
    """Anything with a position in degrees."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


@dataclass(frozen=True)
class Commune:
    """A commune, or an arrondissement of Paris, Lyon or Marseille."""

    code: str
    nom: str
    departement: str
    """Two characters in the mainland (`69`, `2A`), three overseas (`974`)."""
    codes_postaux: tuple[str, ...]
    population: int
    latitude: float
    longitude: float


def load_communes(chemin: Path = CHEMIN) -> Communes:
    """Read the reference table, in about a tenth of a second."""
    with chemin.open(encoding="utf-8", newline="") as fichier:
        lignes = csv.reader(fichier)
        next(lignes)
        return Communes(lignes)


def distance_km(a: Place, b: Place) -> float:
    """As the crow flies, on a sphere (haversine): the road is longer."""
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half_lat = (lat_b - lat_a) / 2
    half_lon = radians(b.longitude - a.longitude) / 2
    h = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * RAYON_TERRE_KM * asin(sqrt(h))


class Communes:
    """All communes, the most inhabited first; a Commune is built only when it is asked for."""

    def __init__(self, lignes: Iterable[list[str]]) -> None:
        self._lignes = sorted(lignes, key=lambda ligne: -int(ligne[4]))
        self._rang = {ligne[0]: rang for rang, ligne in enumerate(self._lignes)}
        self._noms = _Column(fold("\n".join(ligne[1] for ligne in self._lignes)).split("\n"))
        self._nombres = _Column(f" {ligne[0].lower()} {ligne[3]} " for ligne in self._lignes)

    def __len__(self) -> int:
        return len(self._lignes)

    def __contains__(self, code: object) -> bool:
        return code in self._rang

    def get(self, code: str) -> Commune:
        """The commune of this INSEE code; Paris, Lyon and Marseille by city or arrondissement."""
        if code not in self._rang:
            raise CommuneInconnue(code)
        return _commune(self._lignes[self._rang[code]])

    def search(self, q: str, limite: int = 10) -> list[Commune]:
        """What someone may be typing: the start of a name, of a postcode, an INSEE code, or
        a name and a number (« Saint-Denis 93 »). Exact first, then the most inhabited."""
        query = _SAINT.sub(r"saint\1", " ".join(fold(q).split()))
        if not query:
            return []
        rangs = self._rangs(query, limite) or self._named_and_numbered(query)
        return [_commune(self._lignes[rang]) for rang in rangs[:limite]]

    def _rangs(self, query: str, limite: int | None) -> list[int]:
        """Rows, exact matches first; both lists come in order of population."""
        if _NOMBRE.match(query):
            exact = self._nombres.rows(f" {query} ", limite)
            begun = self._nombres.rows(f" {query}", limite)
        else:
            exact = self._noms.rows(f"\n{query}\n", limite)
            each = (self._noms.rows(f"\n{article}{query}", limite) for article in _ARTICLES)
            begun = sorted(rang for rangs in each for rang in rangs)
        return list(dict.fromkeys(exact + begun))

    def _named_and_numbered(self, query: str) -> list[int]:
        nombres = [mot for mot in query.split() if _NOMBRE.fullmatch(mot)]
        nom = " ".join(mot for mot in query.split() if mot not in nombres)
        if not nom or len(nombres) != 1:
            return []
        nombre = f" {nombres[0]}"
        return [rang for rang in self._rangs(nom, None) if nombre in self._nombres[rang]]


class _Column:
    """One text per row, joined, so that looking through all of them is one `str.find`."""

    def __init__(self, lignes: Iterable[str]) -> None:
        parts = [f"\n{ligne}" for ligne in lignes]
        self._texte = "".join(parts) + "\n"
        self._starts = [0, *accumulate(map(len, parts))]

    def __getitem__(self, rang: int) -> str:
        return self._texte[self._starts[rang] + 1 : self._starts[rang + 1]]

    def rows(self, motif: str, limite: int | None) -> list[int]:
        """The first rows where `motif` stands; it may begin and end with a newline."""
        return list(islice(self._occurrences(motif), limite))

    def _occurrences(self, motif: str) -> Iterator[int]:
        position = self._texte.find(motif)
        while position >= 0:
            rang = bisect_right(self._starts, position) - 1
            yield rang
            position = self._texte.find(motif, self._starts[rang + 1])


def _commune(ligne: list[str]) -> Commune:
    code, nom, departement, codes_postaux, population, latitude, longitude = ligne
    return Commune(
        code=code,
        nom=nom,
        departement=departement,
        codes_postaux=tuple(codes_postaux.split()),
        population=int(population),
        latitude=float(latitude),
        longitude=float(longitude),
    )


def fold(texte: str) -> str:
    """One spelling for all: no accent, no capital, a space for a hyphen or an apostrophe."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", texte.lower()))
    bare = bare.replace("œ", "oe").replace("æ", "ae")
    return bare.replace("-", " ").replace("'", " ").replace("’", " ")
