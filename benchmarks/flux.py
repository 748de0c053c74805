"""Feeds as large as one likes, invented, in the exact format of two sources: for measuring the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import IO
from xml.sax.saxutils import escape

from knowledge.loading import Connaissances
from knowledge.schema import Metier
from service.geographie import Commune, Communes

# Real offres are this long: the import is measured on what it has to mend, cut and keep.
PHRASES = (
    "Vous accompagnez les personnes dans les gestes de la vie quotidienne.",
    "Vous travaillez en équipe, un week-end sur deux, avec des transmissions écrites.",
    "<br/>Le poste est &agrave; pourvoir d&egrave;s maintenant, dans un établissement de 80 places.",
    "Vous aimez écouter, observer et rendre compte. Une tenue est fournie.",
    "Les horaires sont connus un mois à l'avance. Un véhicule de service est possible.",
    "Vous participez aux projets de l'établissement et à l'accueil des stagiaires.",
)
CONTRATS = ("CDI", "CDD", "MIS", "SAI")


def write_offres(
    chemin: Path, nombre: int, connaissances: Connaissances, communes: Communes, jour: date
) -> None:
    """JSON lines as France Travail gives offers."""
    hasard = Random(nombre)
    with chemin.open("w", encoding="utf-8") as flux:
        for numero, (metier, commune) in enumerate(_drawn(nombre, connaissances, communes, hasard)):
            flux.write(json.dumps(_offre(numero, metier, commune, jour, hasard), ensure_ascii=False) + "\n")


def write_formations(
    chemin: Path, nombre: int, connaissances: Connaissances, communes: Communes, jour: date
) -> None:
    """LHÉO 2.3, as a Carif-Oref gives courses."""
    hasard = Random(nombre)
    with chemin.open("w", encoding="utf-8") as flux:
        flux.write('<?xml version="1.0" encoding="UTF-8"?>\n<lheo xmlns="http://lheo.gouv.fr/2.3"><offres>\n')
        for numero, (metier, commune) in enumerate(_drawn(nombre, connaissances, communes, hasard)):
            _write_formation(flux, numero, metier, commune, connaissances, jour, hasard)
        flux.write("</offres></lheo>\n")


def _drawn(
    nombre: int, connaissances: Connaissances, communes: Communes, hasard: Random
) -> Iterator[tuple[Metier, Commune]]:
    """A métier at random, and a commune as likely as it is inhabited."""
    metiers = list(connaissances.metiers.values())
    everywhere = list(communes)
    weights = [c.population for c in everywhere]
    places = hasard.choices(everywhere, weights, k=nombre)
    return ((hasard.choice(metiers), place) for place in places)


def _offre(numero: int, metier: Metier, commune: Commune, jour: date, hasard: Random) -> dict[str, object]:
    vu = jour - timedelta(days=hasard.randint(0, 60))
    # A few hundred metres away from the town hall; one in twenty comes with its coordinates swapped.
    latitude = commune.latitude + hasard.uniform(-0.01, 0.01)
    longitude = commune.longitude + hasard.uniform(-0.01, 0.01)
    if numero % 20 == 0:
        latitude, longitude = longitude, latitude
    return {
        "id": f"{numero:07d}",
        "intitule": f"{metier.titre.masculin} / {metier.titre.feminin} (H/F)",
        "description": " ".join(hasard.choices(PHRASES, k=8)),
        "dateCreation": f"{vu}T08:00:00.000Z",
        "dateActualisation": f"{vu}T08:00:00.000Z",
        "lieuTravail": {
            "libelle": f"{commune.departement} - {commune.nom.upper()}",
            "latitude": latitude,
            "longitude": longitude,
            "codePostal": commune.codes_postaux[0],
            "commune": commune.code,
        },
        "romeCode": metier.rome[0].code,
        "romeLibelle": metier.rome[0].libelle,
        "appellationlibelle": metier.titre.masculin,
        "entreprise": {"nom": f"Employeur inventé {numero % 9000}", "entrepriseAdaptee": False},
        "typeContrat": hasard.choice(CONTRATS),
        "natureContrat": "Contrat travail",
        "experienceExige": hasard.choice("DSE"),
        "experienceLibelle": "Débutant accepté",
        "salaire": {"libelle": "Mensuel de 1900.0 Euros à 2100.0 Euros sur 12.0 mois"},
        "dureeTravailLibelleConverti": hasard.choice(("Temps plein", "Temps partiel")),
        "alternance": False,
        "contact": {"nom": "Personne inventée", "courriel": "personne@example.org"},
        "nombrePostes": 1,
        "accessibleTH": numero % 7 == 0,
        "origineOffre": {"origine": "1", "urlOrigine": f"https://example.org/offre/{numero}"},
    }


def _write_formation(
    flux: IO[str],
    numero: int,
    metier: Metier,
    commune: Commune,
    connaissances: Connaissances,
    jour: date,
    hasard: Random,
) -> None:
    held = (connaissances.certifications[cle].rncp for cle in metier.acces.certifications)
    rncp = next((r.numero for r in held if r), None)
    debut = jour + timedelta(days=hasard.randint(10, 300))
    known = f"<certification><code-RNCP>{rncp}</code-RNCP></certification>" if rncp else ""
    flux.write(
        f'<formation numero="F{numero}"><domaine-formation><code-ROME>{metier.rome[0].code}</code-ROME>'
        f"</domaine-formation><intitule-formation>{escape(metier.titre.double)}</intitule-formation>"
        f"<objectif-formation>{escape(' '.join(hasard.choices(PHRASES, k=5)))}</objectif-formation>"
        f"<certifiante>1</certifiante>{known}<url-formation><urlweb>https://example.org/f/{numero}</urlweb>"
        f'</url-formation><action numero="A{numero}"><modalites-enseignement>0</modalites-enseignement>'
        "<lieu-de-formation><coordonnees><adresse>"
        f"<codepostal>{commune.codes_postaux[0]}</codepostal><ville>{escape(commune.nom)}</ville>"
        f"<code-INSEE-commune>{commune.code}</code-INSEE-commune><geolocalisation>"
        f"<latitude>{commune.latitude}</latitude><longitude>{commune.longitude}</longitude></geolocalisation>"
        "</adresse></coordonnees></lieu-de-formation><session><periode>"
        f"<debut>{debut:%Y%m%d}</debut><fin>{debut + timedelta(days=300):%Y%m%d}</fin></periode>"
        "<etat-recrutement>1</etat-recrutement></session></action><organisme-formation-responsable>"
        f"<SIRET-organisme-formation><SIRET>{numero:014d}</SIRET></SIRET-organisme-formation>"
        f"<nom-organisme>Organisme inventé {numero % 900}</nom-organisme>"
        "</organisme-formation-responsable></formation>\n"
    )
