"""Remakes `rome_parents.csv` from the ROME 4.0 archive: which 4.0 codes each V3 code became.

    python knowledge/referentiels/rome_parents.py DIR      # DIR: the unzipped archive

A code kept from V3 to 4.0 is its own parent, and may have other children: K1302 was all help at home. Job
titles moved between families too, so the parents of titles count beside those of codes. Kept: health and
services (J and K), and the families of our métiers elsewhere.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

CODES = "unix_referentiel_code_rome_v*_utf8.csv"
APPELLATIONS = "unix_referentiel_appellation_v*_utf8.csv"
CIBLE = Path(__file__).with_suffix(".csv")
GRANDS_DOMAINES = ("J", "K")
# Animation workshops, accompanied transport: what our métiers take from other domains.
FAMILLES = ("G1202", "N4102")


def extract(dossier: Path) -> list[tuple[str, str, str]]:
    """(code_rome, code_rome_parent, libelle), sorted by parent."""
    codes = _read(dossier, CODES)
    libelles = {ligne["code_rome"]: ligne["libelle_rome"].strip() for ligne in codes}
    couples = {
        (ligne["code_rome"], ligne["code_rome_parent"])
        for ligne in codes + _read(dossier, APPELLATIONS)
        if ligne["code_rome_parent"]
    }
    kept = (
        c
        for c in couples
        if c[1] in FAMILLES or c[0].startswith(GRANDS_DOMAINES) or c[1].startswith(GRANDS_DOMAINES)
    )
    return sorted(((code, parent, libelles[code]) for code, parent in kept), key=lambda r: (r[1], r[0]))


def _read(dossier: Path, motif: str) -> list[dict[str, str]]:
    (fichier,) = dossier.glob(motif)
    with fichier.open(encoding="utf-8", newline="") as lignes:
        return list(csv.DictReader(lignes))


def write(rows: list[tuple[str, str, str]]) -> None:
    with CIBLE.open("w", encoding="utf-8", newline="") as fichier:
        table = csv.writer(fichier, lineterminator="\n")
        table.writerow(["code_rome", "code_rome_parent", "libelle"])
        table.writerows(rows)


if __name__ == "__main__":
    write(extract(Path(sys.argv[1])))
