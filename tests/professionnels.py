"""A structure, accounts and a telephone, for the tests of those who accompany."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from sqlalchemy import text
from starlette.testclient import TestClient

from service.dossiers.archives import Archives
from service.dossiers.coffre import Coffre
from service.dossiers.comptes import Compte, Comptes, Genre, Role, Structure
from service.dossiers.reglages import ReglagesDossiers
from tests.bases import POSTGRESQL, SCHEMA

DEBUT = datetime(2026, 11, 23, 9, 0, 5)
SECRET = "un secret d'essai de plus de trente-deux signes"  # noqa: S105
PHRASE = "le tilleul sent bon en juin"
TELEPHONE = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHEZ_NOUS = {"Sec-Fetch-Site": "same-origin"}


class Horloge:
    """The hour it is told."""

    def __init__(self) -> None:
        self.maintenant = DEBUT

    def __call__(self) -> datetime:
        return self.maintenant

    def advance(self, **duree: float) -> None:
        self.maintenant += timedelta(**duree)


@dataclass(frozen=True)
class Atelier:
    """Everything of one test: the clock, and what is kept."""

    horloge: Horloge
    archives: Archives

    @property
    def comptes(self) -> Comptes:
        return self.archives.comptes

    def structure(self, nom: str = "Mission locale d'essai") -> Structure:
        return self.comptes.add_structure(nom, Genre.MISSION_LOCALE)

    def compte(self, courriel: str, structure: Structure | None, role: Role = Role.CONSEIL) -> Compte:
        """Invited, and joined with PHRASE and TELEPHONE; the code used is half an hour old."""
        jeton = self.comptes.invite(courriel, "Camille Essai", role, structure)
        compte = self.comptes.join(jeton, PHRASE, TELEPHONE, self.code())
        self.horloge.advance(minutes=30)
        return compte

    def code(self, secret: str = TELEPHONE) -> str:
        """What the telephone shows now."""
        return pyotp.TOTP(secret).at(self.horloge().replace(tzinfo=UTC))

    def sign_in(self, client: TestClient, compte: Compte) -> None:
        """As a person does, through the two forms."""
        client.cookies.clear()
        client.headers.update(CHEZ_NOUS)
        self.horloge.advance(minutes=1)
        client.post("/connexion", data={"courriel": compte.courriel, "mot_de_passe": PHRASE})
        client.post("/connexion/double", data={"code": self.code()})
        assert any(cookie.name.endswith("conseil") for cookie in client.cookies.jar)


@contextmanager
def workshop(base: str, dossier: Path, **reglages: object) -> Iterator[Atelier]:
    """An empty base on `sqlite` or `postgresql`, at the hour DEBUT."""
    adresse = f"sqlite:///{dossier / 'dossiers.sqlite'}"
    if base == "postgresql":
        adresse = f"{POSTGRESQL}?options=-csearch_path%3D{SCHEMA}"
        _empty(adresse)
    # What is set in the environment of the tests does not count here.
    ours = {"DATABASE_URL": "", "dossiers": adresse, "secret": SECRET, **reglages}
    if base == "postgresql":
        ours["DATABASE_URL"] = adresse
    horloge = Horloge()
    archives = Archives(ReglagesDossiers(**ours), horloge=horloge)
    try:
        yield Atelier(horloge, archives)
    finally:
        archives.close()


def _empty(adresse: str) -> None:
    coffre = Coffre(adresse, SECRET.encode())
    with coffre.writing() as connexion:
        connexion.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connexion.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    coffre.close()
