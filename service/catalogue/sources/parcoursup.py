"""Parcoursup: the yearly CSV of the ministry (`fr-esr-parcoursup`), one row a course and establishment.

It knows no RNCP number, only the name of a filière: a closed table says which of them lead to a métier
of ours. It has no dates either: one applies from January to March, and starts in September.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service.catalogue.fiches import Formation, Lieu, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation, clean_text, clean_title, clean_url
from service.catalogue.sources.fichiers import digest, parts, readable, rows
from service.geographie import fold

ACCUEIL = "https://www.parcoursup.gouv.fr/"
FICHE = "https://dossierappel.parcoursup.fr/Candidat/public/fiches/afficherFicheFormation?g_ta_cod="
OFFICIEL = frozenset(
    """session cod_uai g_ea_lib_vx dep ville_etab form_lib_voe_acc lib_for_voe_ins cod_aff_form
    g_olocalisation_des_formations lien_form_psup""".split()
)
EXTRAIT = frozenset("uai etablissement filiere lat lon".split())
# The figures of a session come out some months after it: in January the newest may be two years old.
AGE_MAX = 2

# Start of the folded name of a filière → key of the certification. Not here, on purpose: SP3S, psychology,
# PASS and L.AS, which open several ways, and DEETS, which trains workshop instructors.
FILIERES = {
    "d e infirmier": "DEI",
    "d e educateur specialise": "DEES",
    "d e assistant de service social": "DEASS",
    "d e educateur de jeunes enfants": "DEEJE",
    "d e ergotherapeute": "DEERGO",
    "bts services economie sociale familiale": "BTSESF",
    "economie sociale familiale": "BTSESF",
    "but carrieres sociales parcours assistance sociale": "BUTCS",
    "but carrieres sociales parcours education specialisee": "BUTCS",
    "but carrieres sociales parcours animation sociale et socioculturelle": "BUTCS",
}
_MOT = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Parcoursup:
    """Reads the yearly file, and the short form of it without addresses."""

    reparation: Reparation
    perimetre: Perimetre
    jour: date

    nom = "parcoursup"
    libelle = "Parcoursup"

    def read(self, fichier: Path) -> Iterator[Formation | Refus]:
        """Every row, kept or refused."""
        with readable():
            for flux in parts(fichier, "*.csv"):
                yield from (self._read(_Ligne.of(row)) for row in rows(flux, OFFICIEL, EXTRAIT))

    def _read(self, ligne: _Ligne) -> Formation | Refus:
        cle = ligne.cle
        certification = next(filter(None, map(_certification, ligne.filieres)), None)
        if certification is None:
            return Refus(cle, "filière hors de nos métiers")
        rncp = self.perimetre.numeros.get(certification)
        if rncp is None:
            return Refus(cle, "diplôme sans numéro RNCP connu")
        if ligne.session.isdecimal() and int(ligne.session) < self.jour.year - AGE_MAX:
            return Refus(cle, "session trop ancienne")
        # Never empty: a filière was found in it.
        titre = clean_title(next(filter(None, ligne.filieres)))
        a_distance = "distanciel" in _words(titre)
        lieu = self.reparation.lieux.place(
            libelle=ligne.ville,
            departement=ligne.departement,
            latitude=ligne.latitude,
            longitude=ligne.longitude,
        )
        if lieu is None and not a_distance:
            return Refus(cle, "sans lieu")
        return Formation(
            source=self.nom,
            cle=cle,
            url=ligne.url,
            titre=titre,
            lieu=lieu or Lieu("À distance"),
            codes=(rncp,),
            a_distance=a_distance,
            organisme=clean_text(ligne.etablissement, 200) or None,
            rncp=rncp,
            alternance=True if "apprentissage" in _words(titre) else None,
        )


@dataclass(frozen=True)
class _Ligne:
    """A row, whichever form it comes in."""

    cle: str
    session: str
    etablissement: str
    filieres: tuple[str, ...]
    """Names of the filière, the fullest first; some empty."""
    ville: str
    departement: str
    latitude: str
    longitude: str
    url: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> _Ligne:
        return cls._official(row) if "cod_aff_form" in row else cls._short(row)

    @classmethod
    def _official(cls, row: Mapping[str, str]) -> _Ligne:
        numero = row["cod_aff_form"] if row["cod_aff_form"].isdecimal() else ""
        latitude, _, longitude = row["g_olocalisation_des_formations"].partition(",")
        filieres = (row["lib_for_voe_ins"], row.get("fil_lib_voe_acc", ""), row["form_lib_voe_acc"])
        return cls(
            cle=numero or digest(row["cod_uai"], *filieres),
            session=row["session"],
            etablissement=row["g_ea_lib_vx"],
            filieres=filieres,
            ville=row["ville_etab"],
            departement=row["dep"],
            latitude=latitude,
            longitude=longitude,
            url=clean_url(row["lien_form_psup"]) or (f"{FICHE}{numero}" if numero else ACCUEIL),
        )

    @classmethod
    def _short(cls, row: Mapping[str, str]) -> _Ligne:
        return cls(
            cle=digest(row["uai"], row["etablissement"], row["filiere"]),
            session="",
            etablissement=row["etablissement"],
            filieres=(row["filiere"],),
            ville="",
            departement="",
            latitude=row["lat"],
            longitude=row["lon"],
            url=ACCUEIL,
        )


def _certification(filiere: str) -> str | None:
    """« BTS - Services - Economie sociale familiale - en apprentissage » → BTSESF."""
    name = " ".join(_words(filiere))
    return next((cle for debut, cle in FILIERES.items() if f"{name} ".startswith(f"{debut} ")), None)


def _words(texte: str) -> list[str]:
    return _MOT.findall(fold(texte))
