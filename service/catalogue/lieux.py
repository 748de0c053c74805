"""Where something is, from whatever a source says: commune, postcode, coordinates, a name, a département.

A commune's code is believed over a postcode, a postcode over a name, and all of them over coordinates, which
say where exactly once they agree.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from service.catalogue.fiches import Lieu
from service.geographie import DEPARTEMENTS, Commune, Communes, distance_km, fold

# Farther from its commune, a point is a mistake: the largest communes of the mainland are 20 km wide.
ECART_MAX_KM = 30

PARIS = "75"
"""The only département that is a commune."""
VILLES_A_ARRONDISSEMENTS = frozenset({"75056", "69123", "13055"})
ETRANGER = frozenset(
    {"allemagne", "andorre", "autriche", "belgique", "canada", "espagne", "etranger", "grece", "irlande"}
    | {"italie", "luxembourg", "maroc", "monaco", "pays bas", "portugal", "royaume uni", "suisse"}
)
"""Written as a place by sources that go beyond the border; Suisse is a village of Moselle too."""

_DEP = r"\d{2,3}|2[AB]"
_DEP_NOM = re.compile(rf"\s*({_DEP})\s*[-–:]\s*(\D.*)", re.IGNORECASE | re.DOTALL)
_NOM_DEP = re.compile(rf"(.+?)\s*[(\[]\s*({_DEP})\s*[)\]]\s*", re.IGNORECASE | re.DOTALL)
_POSTAL_NOM = re.compile(r"(|.*\D)(\d{5})(?!\d)\W*(.*)", re.DOTALL)
_SUR = re.compile(r"\bs/", re.IGNORECASE)
_CEDEX = re.compile(r"\bcedex\b.*")
_DEPT = re.compile(r"\(?\bd[ée]p(?:t|artement)?\b\.?\)?", re.IGNORECASE)
_SAINT = re.compile(r"\bst(e?)\b")
_ARRONDISSEMENT = re.compile(r"(paris|lyon|marseille)\W*0?(\d{1,2})\W*(?:er|e|eme)?(?:\W*arr.*)?\W*")
_NOM = re.compile(r"[^\W_]+")


class Point(NamedTuple):
    latitude: float
    longitude: float


class Indices(NamedTuple):
    """What a source says, read but not yet believed."""

    commune: str
    code_postal: str
    departement: str
    nom: str
    """Folded name of a commune."""


class Lieux:
    """Every commune by code, postcode, name and position."""

    def __init__(self, communes: Communes) -> None:
        self._par_code: dict[str, Commune] = {}
        self._par_postal: defaultdict[str, list[Commune]] = defaultdict(list)
        for commune in communes:  # the most inhabited first: so are all lists
            self._par_code[commune.code] = commune
            if commune.code not in VILLES_A_ARRONDISSEMENTS:
                for code_postal in commune.codes_postaux:
                    self._par_postal[code_postal].append(commune)
        self._libelles = {code: c.libelle for code, c in self._par_code.items()}
        self._proches = [c for code, c in self._par_code.items() if code not in VILLES_A_ARRONDISSEMENTS]
        self._vecteurs = _on_sphere([(c.latitude, c.longitude) for c in self._proches])
        self._deps = np.array([c.departement for c in self._proches])
        self._noms_deps = {_name(nom): code for code, nom in DEPARTEMENTS.items()}

    def place(
        self,
        *,
        libelle: object = "",
        commune: object = None,
        code_postal: object = None,
        departement: object = None,
        latitude: object = None,
        longitude: object = None,
    ) -> Lieu | None:
        """The place as our own table names it; None when it is nowhere in France."""
        point = _point(latitude, longitude)
        sure = self._par_code.get(commune) if isinstance(commune, str) and commune != code_postal else None
        if sure is None:
            indices = self._read(libelle, commune, code_postal, departement)
            possibles = self._possible(indices)
            if not possibles:
                return self._somewhere(indices, point)
        else:
            possibles = (sure,)
        return self._settle(possibles, point)

    @cached_property
    def _par_nom(self) -> Mapping[str, Sequence[Commune]]:
        """Made when first needed: it takes as long as all the rest."""
        named: defaultdict[str, list[Commune]] = defaultdict(list)
        for commune in self._par_code.values():
            named[_name(commune.nom)].append(commune)
        return dict(named)

    def _settle(self, possibles: Sequence[Commune], point: Point | None) -> Lieu:
        """The point when it is by one of these communes, however it was written; else the first of them."""
        for lu in _readings(point) if point else ():
            proche = possibles[0] if len(possibles) == 1 else min(possibles, key=lambda c: distance_km(c, lu))
            if distance_km(proche, lu) <= ECART_MAX_KM:
                return self._lieu(proche, lu)
        return self._lieu(possibles[0], Point(possibles[0].latitude, possibles[0].longitude))

    def _lieu(self, commune: Commune, point: Point) -> Lieu:
        libelle = self._libelles[commune.code]
        return Lieu(libelle, commune.code, commune.departement, point.latitude, point.longitude)

    def _read(self, libelle: object, commune: object, code_postal: object, departement: object) -> Indices:
        code, postal = _code(commune), _code(code_postal)
        # A postcode is sometimes written where the commune's code is due; 69003 is both.
        known = self._par_code.get(code)
        if code in self._par_postal and (
            known is None or (code == postal and postal not in known.codes_postaux)
        ):
            code, postal = "", postal if postal in self._par_postal else code
        said = self._departement(departement) or _departement_of(postal)
        dit = self._read_libelle(str(libelle or ""), said)
        return Indices(
            commune=self._current(code),
            code_postal=postal or dit.code_postal,
            departement=dit.departement or _departement_of(code),
            nom=dit.nom,
        )

    def _read_libelle(self, libelle: str, departement: str) -> Indices:
        """`departement`: what else says it. « 53 - Mayenne », « Creuse » alone are départements, though there
        are communes of these names too."""
        postal, nom, whole = "", libelle, not departement
        if found := _POSTAL_NOM.fullmatch(libelle):
            postal, nom = found[2], found[3] or found[1]
            departement, whole = departement or _departement_of(postal), False
        elif found := _DEP_NOM.fullmatch(libelle):
            departement, nom = departement or self._departement(found[1]), found[2]
        elif found := _NOM_DEP.fullmatch(libelle):
            departement, nom = departement or self._departement(found[2]), found[1]
        named = self._departement(_DEPT.sub("", nom)) if whole or _DEPT.search(nom) else ""
        if named and named != PARIS and departement in ("", named):
            return Indices("", postal, named, "")
        return Indices("", postal, departement, _name(nom))

    def _current(self, code: str) -> str:
        """Corsica was 20 before 1976; numbers were kept when it became 2A and 2B."""
        if code.startswith("20"):
            return next((c for c in (f"2A{code[2:]}", f"2B{code[2:]}") if c in self._par_code), code)
        return code

    def _departement(self, brut: object) -> str:
        texte = str(brut or "").strip().upper()
        code = texte.zfill(2) if texte.isdecimal() else texte
        if code in DEPARTEMENTS or code in ("20", "99"):
            return code
        return self._noms_deps.get(_name(texte), "")

    def _possible(self, indices: Indices) -> Sequence[Commune]:
        if sure := self._par_code.get(indices.commune):
            return (sure,)
        du_nom = self._par_nom.get(indices.nom, ())
        if du_code := self._par_postal.get(indices.code_postal):
            # « 75020 Paris » is the arrondissement, not the city.
            return [c for c in du_code if c in du_nom] or du_code
        if indices.departement:
            return [c for c in du_nom if c.departement in _parts(indices.departement)]
        return du_nom if len(du_nom) == 1 and indices.nom not in ETRANGER else ()

    def _somewhere(self, indices: Indices, point: Point | None) -> Lieu | None:
        """No commune is said: the one nearest to the point, or the département alone."""
        if indices.departement == "99" or indices.nom in ETRANGER:
            return None
        for lu in _readings(point, signs=bool(indices.departement)) if point else ():
            if proche := self._nearest(lu, indices.departement):
                return self._lieu(proche, lu)
        if indices.departement in DEPARTEMENTS:
            nom = DEPARTEMENTS[indices.departement]
            return Lieu(f"{nom} ({indices.departement})", departement=indices.departement)
        return None

    def _nearest(self, point: Point, departement: str) -> Commune | None:
        """One product over all communes: a twentieth of a millisecond."""
        cosinus = self._vecteurs @ _on_sphere([point])[0]
        if departement:
            cosinus[~np.isin(self._deps, _parts(departement))] = -1
        proche = self._proches[int(cosinus.argmax())]
        return proche if distance_km(proche, point) <= ECART_MAX_KM else None


def _readings(point: Point, *, signs: bool = True) -> Iterator[Point]:
    """As written; swapped; with a sign lost, where a commune or a département can prove it."""
    both = [p for p in (point, Point(point.longitude, point.latitude)) if abs(p.latitude) <= 90]
    yield from both
    for lat, lon in both if signs else ():
        yield from (Point(lat, -lon), Point(-lat, lon), Point(-lat, -lon))


def _point(latitude: object, longitude: object) -> Point | None:
    lat, lon = _degrees(latitude), _degrees(longitude)
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    return Point(lat, lon)


def _degrees(brut: object) -> float | None:
    if isinstance(brut, str):
        brut = brut.strip().replace(",", ".")
    elif isinstance(brut, bool) or not isinstance(brut, (int, float)):
        return None
    try:
        lu = float(brut)
    except (ValueError, OverflowError):
        return None
    return lu if math.isfinite(lu) and abs(lu) <= 180 else None


def _on_sphere(points: Sequence[tuple[float, float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    lat, lon = np.radians(np.array(points, dtype=np.float64)).T
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def _code(brut: object) -> str:
    """Five characters; a spreadsheet takes the first zero away."""
    if isinstance(brut, bool) or not isinstance(brut, (str, int)):
        return ""
    code = str(brut).replace(" ", "").upper()
    return code.zfill(5) if len(code) == 4 and code.isdecimal() else code


def _departement_of(code: str) -> str:
    """The département at the start of a commune's code or of a postcode."""
    if len(code) != 5:
        return ""
    if code.startswith("20"):
        return "2A" if code[2] in "01" else "2B"
    debut = code[:3] if code.startswith(("97", "98")) else code[:2]
    return debut if debut in DEPARTEMENTS or debut == "99" else ""


def _parts(departement: str) -> list[str]:
    return ["2A", "2B"] if departement == "20" else [departement]


def _name(brut: str) -> str:
    """One spelling: « ST DENIS CEDEX 2 » → « saint denis », « LYON 03 » → « lyon 3e arrondissement »."""
    nom = _CEDEX.sub("", fold(_SUR.sub(" sur ", brut)))
    nom = " ".join(_NOM.findall(_SAINT.sub(r"saint\1", nom)))
    if found := _ARRONDISSEMENT.fullmatch(nom):
        rang = int(found[2])
        return f"{found[1]} {rang}{'er' if rang == 1 else 'e'} arrondissement"
    return nom
