"""The national register of certifications (France compétences): the daily zip of ten CSVs, or its folder.

Of some fifty thousand certifications it gives those of our métiers, what they replaced, and what
replaces them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.catalogue.fiches import Enregistrement, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation, clean_text, read_date, read_rncp
from service.catalogue.sources.fichiers import parts, readable, rows
from service.catalogue.validite import reach, reverse

INTITULE_MAX = 300
LIENS = frozenset({"Numero_Fiche", "Ancienne_Certification", "Nouvelle_Certification"})
FICHES = frozenset({"Numero_Fiche", "Intitule", "Date_Fin_Enregistrement", "Actif"})
Links = Mapping[str, set[str]]
"""Number → the numbers that replace it."""
# A cell may hold several: « RNCP5440|RNCP4504 ».
_NUMERO = re.compile(r"RNCP\s*\d{1,5}(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Rncp:
    """Reads the register."""

    reparation: Reparation
    perimetre: Perimetre

    nom = "rncp"
    libelle = "France compétences"

    def read(self, fichier: Path) -> Iterator[Enregistrement | Refus]:
        """The records of our certifications and of those linked to them; the rest is refused."""
        with readable():
            apres = _links(fichier)
            avant = reverse(apres)
            ours = frozenset(self.perimetre.numeros.values()) | {
                numero for numeros in self.perimetre.rncp.values() for numero in numeros
            }
            kept = frozenset(n for numero in ours for n in reach(numero, apres) | reach(numero, avant))
            for flux in parts(fichier, "*_Standard_*.csv"):
                for row in rows(flux, FICHES):
                    yield _record(row, kept, apres)


def _links(fichier: Path) -> Links:
    """What replaces what; each link is written on both its ends, or on one."""
    apres: defaultdict[str, set[str]] = defaultdict(set)
    for flux in parts(fichier, "*_Ancienne_Nouvelle_*.csv"):
        for row in rows(flux, LIENS):
            for numero in _numbers(row["Numero_Fiche"]):
                apres[numero].update(_numbers(row["Nouvelle_Certification"]))
                for ancien in _numbers(row["Ancienne_Certification"]):
                    apres[ancien].add(numero)
    return apres


def _numbers(cellule: str) -> set[str]:
    return {numero for brut in _NUMERO.findall(cellule) if (numero := read_rncp(brut))}


def _record(
    row: Mapping[str, str], kept: frozenset[str], apres: Mapping[str, set[str]]
) -> Enregistrement | Refus:
    numero = read_rncp(row["Numero_Fiche"])
    if numero not in kept or numero is None:
        return Refus(row["Numero_Fiche"], "certification hors de nos métiers")
    intitule = clean_text(row["Intitule"], INTITULE_MAX)
    if not intitule:
        return Refus(numero, "sans titre")
    if row["Actif"] not in ("ACTIVE", "INACTIVE"):
        return Refus(numero, "état inconnu")
    return Enregistrement(
        numero,
        intitule,
        fin=read_date(row["Date_Fin_Enregistrement"]),
        actif=row["Actif"] == "ACTIVE",
        successeurs=tuple(sorted((apres.get(numero, set()) & kept) - {numero})),
    )
