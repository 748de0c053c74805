"""What a person erases is gone within five seconds: from the base, its log, its shared memory, temporary files.

The words are looked for, and so are the sealed bytes that held them: a seal that is broken one day must find
nothing left to open.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation
from service.dossiers.codes import new_jeton
from service.dossiers.dossier import DossierIntrouvable, Duree
from service.dossiers.tables import CHANGEMENT, DOSSIER, METADATA
from tests.alentours import Alentours
from tests.bases import BASES
from tests.dom import parse
from tests.professionnels import Atelier, workshop
from web.app import create_app
from web.settings import Settings

MARQUES = ("zqxparole", "zqxnotes", "zqxetape")
DELAI_S = 5.0
REGARD_S = 1.5
"""How long another reader keeps the base open while it is erased."""


@dataclass(frozen=True)
class Scene:
    """A browser with a dossier full of marks, and where they may lie."""

    atelier: Atelier
    client: TestClient
    dossier: Path
    temporaire: Path
    cookie: str

    @property
    def fichiers(self) -> list[Path]:
        """All that the service wrote."""
        return [p for racine in (self.dossier, self.temporaire) for p in racine.rglob("*") if p.is_file()]

    def erase(self) -> float:
        """Seconds it took the person to be told that it is done."""
        debut = time.monotonic()
        answer = self.client.post("/dossier/effacer", data={})
        assert answer.status_code == 200
        assert "n'existe plus" in parse(answer.text).text()
        return time.monotonic() - debut

    def sealed(self) -> list[bytes]:
        """Every sealed content of dossiers, as it is stored now."""
        with self.atelier.archives.coffre.reading() as connexion:
            return [
                bytes(contenu)
                for table in (DOSSIER, CHANGEMENT)
                for contenu in connexion.scalars(select(table.c.contenu))
            ]


@pytest.fixture(params=BASES)
def scene(
    request: pytest.FixtureRequest,
    conseiller: Conseiller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Scene]:
    caplog.set_level(logging.INFO)
    dossier, temporaire = tmp_path / "base", tmp_path / "tmp"
    dossier.mkdir()
    temporaire.mkdir()
    for nom in ("TMPDIR", "TMP", "TEMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(nom, str(temporaire))
    monkeypatch.setattr(tempfile, "tempdir", str(temporaire))
    with workshop(request.param, dossier) as atelier:
        app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
        with TestClient(app, headers={"Sec-Fetch-Site": "same-origin"}) as client:
            cookie = fill(client)
            yield Scene(atelier, client, dossier, temporaire, cookie)


def fill(client: TestClient) -> str:
    """Talk, keep, talk again, note, plan, export; what the cookie holds."""
    parole, notes, etape = MARQUES
    etat = hidden(client, "/conversation", {"public": "jeune"})["etat"]
    envoi = hidden(client, "/conversation", {"etat": etat, "texte": f"j'aime aider {parole}", "envoyer": "1"})
    garder = hidden(client, "/garder", {"etat": envoi["etat"]})
    client.post("/dossier", data=garder | {"duree": str(Duree.SEMAINE.value)})
    etat = hidden(client, "/conversation", {"etat": ""})["etat"]
    for tour in range(4):
        envoi = {"etat": etat, "texte": f"et encore {parole} {tour}", "envoyer": "1"}
        etat = hidden(client, "/conversation", envoi)["etat"]
    client.post("/resultats", data={"etat": etat})
    client.post("/dossier/notes", data={"notes": f"ne pas oublier {notes}"})
    client.post("/dossier/etapes", data={"texte": f"appeler {etape}"})
    for chemin in ("/dossier", "/dossier/papier", "/dossier/export.json", "/dossier/export.pdf"):
        assert client.get(chemin).status_code == 200
    assert all(marque in client.get("/dossier/export.json").text for marque in MARQUES)
    return client.cookies["dossier"]


def hidden(client: TestClient, chemin: str, data: dict[str, str]) -> dict[str, str]:
    """The hidden fields of the page that comes."""
    answer = client.post(chemin, data=data)
    assert answer.status_code == 200
    fields = parse(answer.text).all("input", type="hidden")
    return {n.attrs["name"]: n.attrs["value"] for n in reversed(fields)}


def where(marques: tuple[bytes, ...], fichiers: list[Path]) -> list[str]:
    """Which files hold one of these."""
    return [f.name for f in fichiers if any(marque in f.read_bytes() for marque in marques)]


WORDS = tuple(marque.encode() for marque in MARQUES)


SUR_FICHIER = pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
"""A reader of a server holds no file back."""


def test_what_is_erased_is_nowhere_five_seconds_after(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    sealed = scene.sealed()
    assert len(sealed) > len(MARQUES)
    assert not where(WORDS, scene.fichiers), "never in the clear, even before"
    if scene.atelier.archives.coffre.fichier:
        assert where(tuple(sealed), scene.fichiers), "or this test would prove nothing"
    assert scene.erase() < DELAI_S
    assert not where((*WORDS, *sealed), scene.fichiers)
    # Old versions were sealed too: no seal of any time is left.
    assert not [f for f in scene.fichiers if re.search(rb"gAAAAA[\w-]{60}", f.read_bytes())]
    assert not [marque for marque in MARQUES if marque in caplog.text]
    assert_no_row_is_left(scene)
    assert_it_answers_as_unknown(scene)


def assert_no_row_is_left(scene: Scene) -> None:
    with scene.atelier.archives.coffre.reading() as connexion:
        for table in METADATA.sorted_tables:
            for row in connexion.execute(select(table)).mappings():
                assert row.get("dossier") is None
                assert not any(isinstance(valeur, bytes | memoryview) for valeur in row.values()), table.name


def assert_it_answers_as_unknown(scene: Scene) -> None:
    with pytest.raises(DossierIntrouvable):
        scene.atelier.archives.dossiers.open(scene.cookie)
    scene.client.cookies.clear()
    answers = []
    for cookie in (scene.cookie, new_jeton()):
        headers = {"Cookie": f"dossier={cookie}"}
        answer = scene.client.get("/dossier/export.json", headers=headers)
        answers.append((answer.status_code, answer.text))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@SUR_FICHIER
def test_a_reader_who_looks_meanwhile_only_delays_it(scene: Scene) -> None:
    sealed, reads, leaves = tuple(scene.sealed()), threading.Event(), threading.Event()

    def look() -> None:
        connexion = open_reader(scene)
        reads.set()
        leaves.wait(REGARD_S)
        connexion.close()

    reader = threading.Thread(target=look)
    reader.start()
    reads.wait()
    took = scene.erase()
    reader.join()
    assert took < DELAI_S
    assert not where((*WORDS, *sealed), scene.fichiers)


@SUR_FICHIER
def test_a_reader_who_never_leaves_is_told_of_and_what_is_left_goes_later(scene: Scene) -> None:
    sealed, connexion = tuple(scene.sealed()), open_reader(scene)
    answer = scene.client.post("/dossier/effacer", data={})
    assert "L'effacement se termine" in parse(answer.text).text()
    assert where(sealed, scene.fichiers), "or the page would not have to say so"
    connexion.close()
    scene.atelier.archives.erase_expired()
    assert not where((*WORDS, *sealed), scene.fichiers)


def open_reader(scene: Scene) -> sqlite3.Connection:
    """Somebody else who reads the base, and keeps what it was from being written over."""
    fichier = scene.atelier.archives.coffre.fichier
    assert fichier
    connexion = sqlite3.connect(fichier)
    connexion.execute("BEGIN")
    connexion.execute("SELECT count(*) FROM dossier").fetchone()
    return connexion


def test_a_dossier_past_its_day_is_erased_as_well(scene: Scene) -> None:
    sealed = tuple(scene.sealed())
    scene.atelier.horloge.advance(days=Duree.SEMAINE.value)
    scene.atelier.archives.erase_expired()
    assert not where((*WORDS, *sealed), scene.fichiers)
    assert_no_row_is_left(scene)


def test_the_number_of_what_was_erased_is_never_given_again(scene: Scene) -> None:
    """A page or a stream that still held it would reach somebody else's."""
    dossiers = scene.atelier.archives.dossiers
    before = dossiers.open(scene.cookie).id
    scene.erase()
    numero, _ = dossiers.keep(Conversation(), Duree.SEMAINE)
    assert numero > before
    with pytest.raises(DossierIntrouvable):
        dossiers.get(before)
