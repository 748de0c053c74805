"""Remakes `appellations.csv` from the ROME 4.0 archive: every job title, masculine and feminine.

    python knowledge/referentiels/appellations.py DIR      # DIR: the unzipped archive

`libelle` is the masculine form, or the only one; `feminin` is empty when both are the same.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

SOURCE = "unix_referentiel_appellation_*_utf8.csv"
CIBLE = Path(__file__).with_suffix(".csv")
SEPARATEUR = " / "


def extract(dossier: Path) -> list[tuple[str, str, str]]:
    """(code_rome, libelle, feminin), sorted."""
    (fichier,) = dossier.glob(SOURCE)
    with fichier.open(encoding="utf-8", newline="") as lignes:
        rows = {
            (ligne["code_rome"], *split_genders(ligne["libelle_appellation_long"]))
            for ligne in csv.DictReader(lignes)
        }
    return sorted(rows)


def split_genders(libelle: str) -> tuple[str, str]:
    """« Agent / Agente d'accueil » → « Agent d'accueil », « Agente d'accueil ».

    The archive writes the masculine without the end of the title, which follows the feminine only.
    """
    masculin, separateur, feminin = libelle.strip().partition(SEPARATEUR)
    if not separateur:
        return masculin, ""
    mots, mots_feminins = masculin.split(" "), feminin.split(" ")
    # « Responsable commercial / Commerciale » : what both share at the start is written once too.
    debut = next((i for i, mot in enumerate(mots) if _stem(mot) == _stem(mots_feminins[0])), 0)
    if mots[debut:] == feminin.lower().split(" "):  # « Homme sage-femme / Sage-femme »
        debut = 0
    # The feminine has as many words as the masculine; what is beyond belongs to both.
    suite = mots_feminins[len(mots) - debut :]
    complet, complet_feminin = " ".join([*mots, *suite]), " ".join([*mots[:debut], *mots_feminins])
    return complet, "" if complet == complet_feminin else complet_feminin


def _stem(mot: str) -> str:
    return mot[:3].lower()


def write(rows: list[tuple[str, str, str]]) -> None:
    with CIBLE.open("w", encoding="utf-8", newline="") as fichier:
        table = csv.writer(fichier, lineterminator="\n")
        table.writerow(["code_rome", "libelle", "feminin"])
        table.writerows(rows)


if __name__ == "__main__":
    write(extract(Path(sys.argv[1])))
