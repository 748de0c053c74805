"""The catalogue on each database it may live in, and fiches to put there: for the tests of the store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from service.catalogue.catalogue import Catalogue
from service.catalogue.fiches import Contrat, Evenement, Fiche, Formation, Lieu, Offre, Session
from service.catalogue.magasin import IMPORTATION, Magasin
from service.catalogue.migrations import migrate
from service.catalogue.ouverture import open_catalogue
from service.catalogue.reglages import Reglages
from service.conseiller import Conseiller

POSTGRESQL = os.environ.get("CAP_SOIN_TEST_POSTGRESQL", "")
"""Address of a database that may be emptied; `.ci/run` starts one."""
SCHEMA = f"essai_{os.environ.get('PYTEST_XDIST_WORKER', 'seul')}"
"""Where in this database: tests that run at the same time do not meet."""
BASES = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRESQL, reason="CAP_SOIN_TEST_POSTGRESQL")),
]
JOUR = date(2026, 11, 22)
MAINTENANT = datetime(2026, 11, 22, 9, 0)

LYON = Lieu("Lyon (69)", "69123", "69", 45.7676, 4.8344)
VILLEURBANNE = Lieu("Villeurbanne (69)", "69266", "69", 45.7719, 4.8901)
OFFRE = Offre(
    source="france_travail",
    cle="1",
    url="https://example.org/1",
    titre="Aide-soignante ou aide-soignant",
    texte="En équipe, de jour.",
    lieu=LYON,
    codes=("J1501",),
    publie_le=date(2026, 11, 1),
    mis_a_jour_le=date(2026, 11, 20),
    jusqu_au=date(2026, 12, 31),
    employeur="Résidence inventée",
    contrat=Contrat.CDI,
    temps_plein=True,
    debutant=True,
    handicap=None,
    salaire="selon convention",
    reference="1",
)
FORMATION = Formation(
    source="lheo",
    cle="F1",
    url="https://example.org/f1",
    titre="Diplôme d'État d'aide-soignant",
    lieu=VILLEURBANNE,
    codes=("RNCP40692",),
    organisme="Institut inventé",
    siret="12345678900012",
    rncp="RNCP40692",
    financable=True,
    sessions=(Session(date(2027, 1, 4), date(2027, 12, 10), True), Session()),
)
EVENEMENT = Evenement(
    source="evenements",
    cle="E1",
    url="https://example.org/e1",
    titre="Portes ouvertes",
    lieu=LYON,
    codes=("J",),
    jusqu_au=date(2026, 12, 1),
    type="Portes ouvertes",
    debut=datetime(2026, 12, 1, 14, 0),
    fin=datetime(2026, 12, 1, 17, 0),
)


@contextmanager
def empty_magasin(nom: str, dossier: Path) -> Iterator[Magasin]:
    """A new store on `sqlite` or `postgresql`, its tables made, and one reading to which fiches belong."""
    magasin = Magasin(address(nom, dossier))
    try:
        with magasin.migrating() as connexion:
            if nom == "postgresql":
                connexion.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
                connexion.execute(text(f"CREATE SCHEMA {SCHEMA}"))
            migrate(connexion)
        yield magasin
    finally:
        magasin.close()


def address(nom: str, dossier: Path) -> str:
    ours = f"{POSTGRESQL}?options=-csearch_path%3D{SCHEMA}"
    return ours if nom == "postgresql" else f"sqlite:///{dossier / 'catalogue.sqlite'}"


def fill(magasin: Magasin, *fiches: Fiche, vue: int = 1) -> None:
    """Put fiches there, as a reading of this number."""
    reading = {
        "id": vue, "source": "essai", "origine": "", "complete": True, "etat": "terminee", "position": 0,
        "gardees": 0, "retirees": 0, "refus": {}, "debut": MAINTENANT, "fin": MAINTENANT,
    }  # fmt: skip
    with magasin.writing() as connexion:
        if connexion.scalar(text(f"SELECT count(*) FROM importation WHERE id = {vue}")) == 0:  # noqa: S608
            connexion.execute(insert(IMPORTATION), [reading])
        magasin.put(connexion, fiches, vue)
        magasin.mark_duplicates(connexion)


def offre(cle: str, **autres: object) -> Offre:
    """An offre like OFFRE, and no duplicate of it."""
    return replace(OFFRE, cle=cle, reference=cle, **autres)  # type: ignore[arg-type]


def invented(conseiller: Conseiller) -> Catalogue:
    """The demonstration catalogue, whatever was imported on this machine."""
    nowhere = Reglages(DATABASE_URL="sqlite:////nonexistent/catalogue.sqlite")  # type: ignore[call-arg]
    return open_catalogue(
        conseiller.connaissances,
        conseiller.communes,
        conseiller.encodeur,
        conseiller.centres,
        nowhere,
        jour=lambda: JOUR,
    )
