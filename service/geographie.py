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
from math import asin, cos, degrees, radians, sin, sqrt
from pathlib import Path
from typing import Protocol

from knowledge.loading import RACINE

CHEMIN = RACINE / "referentiels" / "communes.csv"
RAYON_TERRE_KM = 6371.0
CODE_INSEE = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)

DEPARTEMENTS = {
    "01": "Ain", "02": "Aisne", "03": "Allier", "04": "Alpes-de-Haute-Provence", "05": "Hautes-Alpes",
    "06": "Alpes-Maritimes", "07": "Ardèche", "08": "Ardennes", "09": "Ariège", "10": "Aube", "11": "Aude",
    "12": "Aveyron", "13": "Bouches-du-Rhône", "14": "Calvados", "15": "Cantal", "16": "Charente",
    "17": "Charente-Maritime", "18": "Cher", "19": "Corrèze", "2A": "Corse-du-Sud", "2B": "Haute-Corse",
    "21": "Côte-d'Or", "22": "Côtes-d'Armor", "23": "Creuse", "24": "Dordogne", "25": "Doubs",
    "26": "Drôme", "27": "Eure", "28": "Eure-et-Loir", "29": "Finistère", "30": "Gard",
    "31": "Haute-Garonne", "32": "Gers", "33": "Gironde", "34": "Hérault", "35": "Ille-et-Vilaine",
    "36": "Indre", "37": "Indre-et-Loire", "38": "Isère", "39": "Jura", "40": "Landes",
    "41": "Loir-et-Cher", "42": "Loire", "43": "Haute-Loire", "44": "Loire-Atlantique", "45": "Loiret",
    "46": "Lot", "47": "Lot-et-Garonne", "48": "Lozère", "49": "Maine-et-Loire", "50": "Manche",
    "51": "Marne", "52": "Haute-Marne", "53": "Mayenne", "54": "Meurthe-et-Moselle", "55": "Meuse",
    "56": "Morbihan", "57": "Moselle", "58": "Nièvre", "59": "Nord", "60": "Oise", "61": "Orne",
    "62": "Pas-de-Calais", "63": "Puy-de-Dôme", "64": "Pyrénées-Atlantiques", "65": "Hautes-Pyrénées",
    "66": "Pyrénées-Orientales", "67": "Bas-Rhin", "68": "Haut-Rhin", "69": "Rhône", "70": "Haute-Saône",
    "71": "Saône-et-Loire", "72": "Sarthe", "73": "Savoie", "74": "Haute-Savoie", "75": "Paris",
    "76": "Seine-Maritime", "77": "Seine-et-Marne", "78": "Yvelines", "79": "Deux-Sèvres", "80": "Somme",
    "81": "Tarn", "82": "Tarn-et-Garonne", "83": "Var", "84": "Vaucluse", "85": "Vendée", "86": "Vienne",
    "87": "Haute-Vienne", "88": "Vosges", "89": "Yonne", "90": "Territoire de Belfort", "91": "Essonne",
    "92": "Hauts-de-Seine", "93": "Seine-Saint-Denis", "94": "Val-de-Marne", "95": "Val-d'Oise",
    "971": "Guadeloupe", "972": "Martinique", "973": "Guyane", "974": "La Réunion",
    "975": "Saint-Pierre-et-Miquelon", "976": "Mayotte", "977": "Saint-Barthélemy", "978": "Saint-Martin",
    "986": "Wallis-et-Futuna", "987": "Polynésie française", "988": "Nouvelle-Calédonie",
}  # fmt: skip
"""Code → name, with the overseas collectivities that have communes."""
METROPOLE, CORSE = "metropole", "corse"

_ACCENTS = re.compile(r"[\u0300-\u036f]")
_SAINT = re.compile(r"\bst(e?)(?= )")
_NOMBRE = re.compile(r"(?:2[ab]|\d)\d*", re.ASCII)
_PONCTUATION = re.compile(r"[(),;]")
# On a map the whole city says it better, and twenty names on one point say nothing.
_ARRONDISSEMENT = " Arrondissement"
# « La Rochelle » is the port of 80,000, not the village of 40, whose postcode finds it.
SANS_DOUTE = 50
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

    @property
    def libelle(self) -> str:
        """As shown, and as it can be typed back: « Saint-Denis (93) »."""
        return f"{self.nom} ({self.departement})"


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


def zone(departement: str) -> str:
    """The land one can travel without crossing the sea: nothing is « near » on another."""
    if departement in ("2A", "2B"):
        return CORSE
    return METROPOLE if len(departement) == 2 else departement


def frame(centre: Place, rayon_km: float) -> tuple[float, float, float, float]:
    """South, north, west and east of all that is within this distance, in degrees."""
    high = degrees(rayon_km / RAYON_TERRE_KM)
    # The circle is widest a little away from its centre's parallel; no commune of ours is near a pole.
    wide = degrees(asin(min(1.0, sin(radians(high)) / cos(radians(centre.latitude)))))
    return (
        centre.latitude - high,
        centre.latitude + high,
        centre.longitude - wide,
        centre.longitude + wide,
    )


class Communes:
    """All communes, the most inhabited first; a Commune is built only when it is asked for."""

    def __init__(self, lignes: Iterable[list[str]]) -> None:
        self._lignes = sorted(lignes, key=lambda ligne: -int(ligne[4]))
        self._rang = {ligne[0]: rang for rang, ligne in enumerate(self._lignes)}
        self._noms = _Column(fold("\n".join(ligne[1] for ligne in self._lignes)).split("\n"))
        self._nombres = _Column(f" {ligne[0].lower()} {ligne[3]} " for ligne in self._lignes)

    def __len__(self) -> int:
        return len(self._lignes)

    def __iter__(self) -> Iterator[Commune]:
        return map(_commune, self._lignes)

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
        query = _flatten(q)
        if not query:
            return []
        rangs = self._rangs(query, limite) or self._named_and_numbered(query)
        return [_commune(self._lignes[rang]) for rang in rangs[:limite]]

    def named(self, q: str, limite: int = 6) -> list[Commune]:
        """Those that someone who wrote this may mean: one only when there is no doubt."""
        found = self.search(q, limite)
        nom = _bare(" ".join(mot for mot in _flatten(q).split() if not _NOMBRE.fullmatch(mot)))
        exact = [c for c in found if _bare(_flatten(c.nom)) == nom]
        if len(exact) > 1 and exact[0].population > SANS_DOUTE * exact[1].population:
            return exact[:1]
        return exact or found

    def landmarks(self, centre: Commune, rayon_km: float, limite: int = 5) -> list[Commune]:
        """The largest communes around, far enough from each other for their names to be read on a map."""
        apart_km = rayon_km / 3
        sud, nord, _, _ = frame(centre, rayon_km)
        chosen: list[Commune] = []
        for ligne in self._lignes:
            if not sud <= float(ligne[5]) <= nord or _ARRONDISSEMENT in ligne[1]:
                continue
            commune = _commune(ligne)
            near = distance_km(commune, centre) <= rayon_km
            if near and all(distance_km(commune, other) > apart_km for other in (centre, *chosen)):
                chosen.append(commune)
            if len(chosen) == limite:
                break
        return chosen

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


def _flatten(q: str) -> str:
    """What was typed as the table spells it: no accent, no punctuation, « saint » in full."""
    return _SAINT.sub(r"saint\1", " ".join(_PONCTUATION.sub(" ", fold(q)).split()))


def _bare(nom: str) -> str:
    return next((nom.removeprefix(a) for a in _ARTICLES[1:] if nom.startswith(a)), nom)


def fold(texte: str) -> str:
    """One spelling for all: no accent, no capital, a space for a hyphen or an apostrophe."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", texte.lower()))
    bare = bare.replace("œ", "oe").replace("æ", "ae")
    return bare.replace("-", " ").replace("'", " ").replace("’", " ")
