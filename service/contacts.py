"""Whom a person may reach for real, and the official page of their département or région to find them.

What a contact does is knowledge; here is only which one serves this person, and how near its page can be.
An address holds the name of a département or of a région, never more: the commune stays with us.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.loading import RACINE
from knowledge.schema import Contact, Source
from service.geographie import DEPARTEMENTS, Commune
from service.profil import Situation

CHEMIN = RACINE / "referentiels" / "departements.csv"


@dataclass(frozen=True)
class Territoire:
    """A département or an overseas collectivity, in its région."""

    departement: str
    region: str
    """INSEE code: `53`."""
    nom_region: str
    annuaire: str | None
    """Its path in the directory of the administration: `bretagne/morbihan`; None where we do not know it."""


@dataclass(frozen=True)
class Joindre:
    """A contact, and the page where this person finds it."""

    contact: Contact
    url: str | None
    """None when it is reached by phone only."""
    lieu: str | None
    """What the page is about: « Morbihan », « Bretagne »; None for the whole of France."""
    source: Source
    """Where the address of that page was read."""


@cache
def load_territoires(chemin: Path = CHEMIN) -> Mapping[str, Territoire]:
    """By code of département."""
    with chemin.open(encoding="utf-8", newline="") as fichier:
        lignes = csv.reader(fichier)
        next(lignes)
        return {code: Territoire(code, region, nom, path or None) for code, region, nom, path in lignes}


def near(
    contacts: Iterable[Contact],
    public: Situation | None,
    commune: Commune | None,
    metier: str | None = None,
) -> tuple[Joindre, ...]:
    """Those who serve this person, in the order of the file; `metier`: the one they are on the way to."""
    wanted = public or Situation.AUTRE
    serving = (c for c in contacts if wanted in c.publics and (not c.metiers or metier in c.metiers))
    territoire = load_territoires()[commune.departement] if commune else None
    return tuple(reach(contact, territoire) for contact in serving)


def reach(contact: Contact, territoire: Territoire | None) -> Joindre:
    """The page of the département or of the région where there is one, that of all France otherwise."""
    pres = contact.pres
    if pres and territoire:
        if pres.departement and territoire.annuaire:
            url = pres.departement.format(departement=territoire.annuaire)
            return Joindre(contact, url, DEPARTEMENTS[territoire.departement], pres.source)
        if territoire.region in pres.regions:
            url = str(pres.regions[territoire.region])
            return Joindre(contact, url, territoire.nom_region, pres.source)
    return Joindre(contact, str(contact.url) if contact.url else None, None, contact.source)
