"""One field for every code: it leads to the dossier, the interview or the workshop it is of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation
from service.dossiers.codes import new_code, show_code
from service.dossiers.dossier import Duree
from service.dossiers.frein import PAR_ADRESSE
from tests.alentours import Alentours
from tests.dom import parse
from tests.professionnels import CHEZ_NOUS, Atelier, workshop
from web.app import create_app
from web.settings import Settings


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Atelier]:
    with workshop("sqlite", tmp_path) as bureau:
        yield bureau


@pytest.fixture
def client(conseiller: Conseiller, bureau: Atelier) -> Iterator[TestClient]:
    with TestClient(
        create_app(Settings(), conseiller, Alentours(), bureau.archives), headers=CHEZ_NOUS
    ) as client:
        yield client


def send(client: TestClient, code: str) -> str:
    """Where it leads: the address, or the title of the page."""
    page = client.post("/reprendre", data={"code": show_code(code).lower()})
    titre = next(n for n in parse(page.text).walk() if n.tag == "h1").text()
    return f"{page.status_code} {page.url.path} {titre}"


def test_the_code_of_a_dossier_opens_it(client: TestClient, bureau: Atelier) -> None:
    _, cles = bureau.archives.dossiers.keep(Conversation(), Duree.SEMAINE)
    assert send(client, cles.code) == "200 /dossier Mon dossier"


def test_the_code_of_an_interview_asks_for_an_agreement(client: TestClient, bureau: Atelier) -> None:
    structure = bureau.structure("Mission locale des Essais")
    entretien = bureau.archives.entretiens.begin(bureau.compte("camille@example.org", structure))
    assert entretien.carnet.invitation
    page = client.post("/reprendre", data={"code": entretien.carnet.invitation.code})
    assert page.status_code == 200
    assert "Mission locale des Essais" in page.text
    assert [n for n in parse(page.text).walk() if n.attrs.get("action") == "/rejoindre/accord"]
    assert "dossier" not in client.cookies


def test_the_code_of_a_workshop_shows_its_door(client: TestClient, bureau: Atelier) -> None:
    structure = bureau.structure()
    compte = bureau.compte("camille@example.org", structure)
    ref = bureau.archives.ateliers.begin(structure.id, compte.id)
    code = bureau.archives.ateliers.get(ref, structure.id).code
    assert code
    page = client.post("/reprendre", data={"code": code})
    assert page.status_code == 200
    (field,) = [n for n in parse(page.text).walk() if n.attrs.get("name") == "code"]
    assert field.attrs["value"] == show_code(code)
    assert "dossier" not in client.cookies


def test_only_a_code_of_nothing_is_counted(client: TestClient, bureau: Atelier) -> None:
    entretien = bureau.archives.entretiens.begin(bureau.compte("camille@example.org", bureau.structure()))
    assert entretien.carnet.invitation
    for _ in range(PAR_ADRESSE + 1):
        assert client.post("/reprendre", data={"code": entretien.carnet.invitation.code}).status_code == 200
    assert client.post("/reprendre", data={"code": new_code()}).status_code == 404
