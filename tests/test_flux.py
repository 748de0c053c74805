"""Streams: versions as they come, an end when there is nothing to follow, and never in the way of pages."""

from __future__ import annotations

import http.client
import itertools
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from service.conseiller import Conseiller
from service.conversation import Conversation
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.dossier import Dossier, Duree
from tests.alentours import Alentours
from tests.apart import run_apart
from tests.professionnels import CHEZ_NOUS, Atelier, workshop
from web import flux
from web.__main__ import Serveur, server_options
from web.app import create_app
from web.security import Capacity
from web.settings import Settings

Suite = Iterator[str | Exception | None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rhythm, a hundred times faster."""
    for nom in ("PAUSE_S", "SILENCE_S", "VIE_S"):
        monkeypatch.setattr(flux, nom, getattr(flux, nom) / 100)


def sent(suite: Suite, *, arret: threading.Event | None = None, at_most: int = 40) -> list[str]:
    """What a browser is sent while the base tells these versions, one at each look."""

    def lire() -> str | None:
        found = next(suite)
        if isinstance(found, Exception):
            raise found
        return found

    async def read() -> list[str]:
        stream = flux.versions(lire, arret or threading.Event())
        got = []
        async for event in stream:
            got.append(event.decode())
            if len(got) == at_most:
                break
        return got

    return run_apart(read())


def test_each_version_is_told_once_and_the_end_is_told() -> None:
    assert sent(iter(["1.1", "1.1", "1.2", "1.2", None])) == [
        "retry: 2000\n\n",
        "data: 1.1\n\n",
        "data: 1.2\n\n",
        "event: fin\ndata: fin\n\n",
    ]


def test_a_base_that_does_not_answer_ends_nothing() -> None:
    panne = CoffreInutilisable("La base des dossiers ne répond pas.")
    assert sent(iter(["3", panne, panne, "4", None]))[1:] == [
        "data: 3\n\n",
        "data: 4\n\n",
        "event: fin\ndata: fin\n\n",
    ]


def test_a_silent_stream_says_that_it_lives() -> None:
    assert sent(itertools.repeat("7"), at_most=4)[2:] == [": ping\n\n", ": ping\n\n"]


def test_a_stream_ends_after_its_time_without_saying_it_is_over() -> None:
    got = sent(itertools.repeat("7"), at_most=10_000)
    assert "event: fin" not in "".join(got)
    assert len(got) < 100


def test_a_server_that_stops_ends_its_streams() -> None:
    arret = threading.Event()

    def suite() -> Suite:
        yield "1"
        arret.set()
        yield "2"

    assert sent(suite(), arret=arret)[1:] == ["data: 1\n\n", "data: 2\n\n"]


def test_streams_are_counted_apart_and_one_too_many_is_told_to_stay_away() -> None:
    codes: list[int] = []

    async def nested(scope: Scope, receive: Receive, send: Send) -> None:
        """Asks for a page and for one more stream while this stream is open."""
        if scope["path"] == "/a/flux" and len(codes) < 2:
            codes.append(await status(capacity, "/page"))
            codes.append(await status(capacity, "/b/flux"))
        await PlainTextResponse("")(scope, receive, send)

    capacity = Capacity(nested, at_once=1, streams=1)
    assert run_apart(status(capacity, "/a/flux")) == 200
    assert codes == [200, 204]
    assert run_apart(status(capacity, "/a/flux")) == 200


async def status(app: ASGIApp, chemin: str) -> int:
    """Of the answer to a GET."""
    started: list[int] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        if isinstance(message, dict) and message["type"] == "http.response.start":
            started.append(message["status"])

    await app({"type": "http", "method": "GET", "path": chemin, "headers": []}, receive, send)
    return started[0]


@pytest.fixture(scope="module")
def atelier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atelier]:
    with workshop("sqlite", tmp_path_factory.mktemp("flux")) as atelier:
        yield atelier


@pytest.fixture(scope="module")
def site(conseiller: Conseiller, atelier: Atelier) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), conseiller, Alentours(), atelier.archives)) as site:
        yield site


@contextmanager
def once_begun(act: Callable[[], None]) -> Iterator[None]:
    """Do this when an answer has begun, which the log of the traffic tells."""

    class Begun(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "/flux 200" in record.getMessage():
                threading.Thread(target=act).start()

    journal, handler = logging.getLogger("cap_soin.acces"), Begun()
    level = journal.level
    journal.addHandler(handler)
    journal.setLevel(logging.INFO)
    try:
        yield
    finally:
        journal.removeHandler(handler)
        journal.setLevel(level)


def kept(atelier: Atelier, site: TestClient) -> Dossier:
    numero, cles = atelier.archives.dossiers.keep(Conversation(), Duree.SEMAINE)
    site.cookies.set("dossier", cles.appareil)
    return atelier.archives.dossiers.get(numero)


def test_a_person_follows_their_own_dossier_until_it_is_erased(atelier: Atelier, site: TestClient) -> None:
    dossier = kept(atelier, site)
    with once_begun(lambda: atelier.archives.dossiers.erase(dossier.id)):
        recu = site.get("/dossier/flux")
    assert recu.text.startswith("retry: 2000\n\n")
    assert recu.text.endswith("event: fin\ndata: fin\n\n")
    assert recu.headers["content-type"].startswith("text/event-stream")
    assert recu.headers["X-Accel-Buffering"] == "no"
    assert recu.headers["Cache-Control"] == "no-store"


def test_a_counsellor_follows_until_the_share_is_revoked(atelier: Atelier, site: TestClient) -> None:
    compte = atelier.compte("camille@essai.fr", atelier.structure())
    atelier.sign_in(site, compte)
    archives, dossier = atelier.archives, kept(atelier, site)
    entretien = archives.entretiens.begin(compte)
    assert entretien.carnet.invitation
    archives.entretiens.join(entretien.carnet.invitation.jeton, dossier)
    structure = archives.partages.of(dossier.id)[0].structure
    with once_begun(lambda: archives.partages.revoke(dossier.id, structure)):
        recu = site.get(f"/entretiens/{entretien.ref}/flux")
    assert recu.text.startswith("retry: 2000\n\n")
    assert recu.text.endswith("event: fin\ndata: fin\n\n")


@pytest.mark.parametrize("chemin", ["/dossier/flux", "/dossier/direct"])
def test_without_a_dossier_there_is_nothing_to_follow(site: TestClient, chemin: str) -> None:
    site.cookies.clear()
    assert site.get(chemin, headers=CHEZ_NOUS).status_code == 404


def test_a_server_told_to_stop_does_not_wait_for_its_streams(
    conseiller: Conseiller, atelier: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, "VIE_S", 600.0)
    settings = Settings()
    app = create_app(settings, conseiller, Alentours(), atelier.archives)
    options = {**server_options(settings), "log_config": None, "log_level": "error"}
    server = Serveur(uvicorn.Config(app, **options), app.state.arret)
    _, cles = atelier.archives.dossiers.keep(Conversation(), Duree.SEMAINE)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        ligne = http.client.HTTPConnection(*listening.getsockname(), timeout=20)
        ligne.request("GET", "/dossier/flux", headers={"Cookie": f"dossier={cles.appareil}"})
        with closing(ligne), ligne.getresponse() as answer:
            assert answer.readline() == b"retry: 2000\n"
            server.should_exit = True
            # Well under the ten seconds after which answers are cut.
            thread.join(5)
            assert not thread.is_alive()
            assert b"fin" not in answer.read()
