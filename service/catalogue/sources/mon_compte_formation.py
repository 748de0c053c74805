"""Mon Compte Formation (Caisse des Dépôts): the CSV export of its open catalogue.

A row is a course, all its sessions in one département together: no town, no dates, no address of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from service.catalogue.fiches import Formation, Lieu, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation, clean_text, clean_title, read_date, read_rncp
from service.catalogue.sources.fichiers import amount, decimal, key, parts, readable, rows, siret

# The export names no page of its own: people search there by the title.
PAGE = "https://www.moncompteformation.gouv.fr/"
COLONNES = frozenset(
    """date_extract nom_of code_rncp intitule_certification siret numero_formation intitule_formation
    objectif_formation nb_session_active nb_session_a_distance nombre_heures_total_mean frais_ttc_tot_mean
    code_departement""".split()
)


class Entete(NamedTuple):
    """What a row must have to be kept."""

    cle: str
    titre: str
    rncp: str
    lieu: Lieu


@dataclass(frozen=True)
class MonCompteFormation:
    """Reads the export."""

    reparation: Reparation
    perimetre: Perimetre

    nom = "mon_compte_formation"
    libelle = "Mon Compte Formation"

    def read(self, fichier: Path) -> Iterator[Formation | Refus]:
        """Every row, kept or refused."""
        with readable():
            for flux in parts(fichier, "*.csv"):
                yield from (self._read(row) for row in rows(flux, COLONNES))

    def _read(self, row: Mapping[str, str]) -> Formation | Refus:
        cle = key(row["numero_formation"], row["siret"], row["code_departement"])
        rncp = read_rncp(row["code_rncp"])
        if rncp is None or not self.perimetre.keeps((rncp,)):
            return Refus(cle, "certification hors de nos métiers")
        if not row["numero_formation"]:
            return Refus(cle, "sans identifiant")
        if decimal(row["nb_session_active"]) == 0:
            return Refus(cle, "sans session ouverte")
        titre = clean_title(row["intitule_formation"])
        if not titre:
            return Refus(cle, "sans titre")
        lieu = self.reparation.lieux.place(departement=row["code_departement"])
        if lieu is None:
            return Refus(cle, "sans lieu")
        return self._formation(row, Entete(cle, titre, rncp, lieu))

    def _formation(self, row: Mapping[str, str], entete: Entete) -> Formation:
        return Formation(
            source=self.nom,
            cle=entete.cle,
            url=PAGE,
            titre=entete.titre,
            texte=clean_text(row["objectif_formation"]),
            lieu=entete.lieu,
            codes=(entete.rncp,),
            mis_a_jour_le=read_date(row["date_extract"]),
            a_distance=_remote(row),
            organisme=clean_text(row["nom_of"], 200) or None,
            siret=siret(row["siret"]),
            rncp=entete.rncp,
            certification=clean_text(row["intitule_certification"], 300) or None,
            financable=True,
            heures=amount(row["nombre_heures_total_mean"]),
            cout=amount(row["frais_ttc_tot_mean"]),
        )


def _remote(row: Mapping[str, str]) -> bool:
    """True when no session asks one to travel."""
    active, a_distance = decimal(row["nb_session_active"]), decimal(row["nb_session_a_distance"])
    return active is not None and a_distance is not None and a_distance >= active > 0
