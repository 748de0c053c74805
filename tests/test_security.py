"""The gate: origins, hosts, limits, and logs that hold nobody's words (headers: test_entetes.py)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from service.conseiller import Conseiller
from service.orientation import Orientation
from service.profil import Profil
from tests.apart import run_apart
from web import security
from web.__main__ import server_options
from web.app import create_app
from web.errors import Refusal, ResponseCut, SafetyNet, respond
from web.settings import Settings

RACINE = Path(__file__).parent.parent
CANARY = "canari-7f3a"
JSON = {"content-type": "application/json"}
OWN = {"sec-fetch-site": "same-origin"}


class BrokenConseiller(Conseiller):
    """A real Conseiller whose orientation fails, with someone's words in the message."""

    def __init__(self, conseiller: Conseiller) -> None:
        self.__dict__.update(conseiller.__dict__)

    def orienter(
        self,
        profil: Profil,
        limite: int = 3,  # noqa: ARG002 (the signature of the real one)
        tout: bool = False,  # noqa: ARG002
    ) -> Orientation:
        raise RuntimeError(f"impossible de lire « {profil.envies} »")


@pytest.fixture(scope="module")
def app(conseiller: Conseiller) -> FastAPI:
    return create_app(Settings(), BrokenConseiller(conseiller))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


# --- https and cookies ---------------------------------------------------------------------------


def test_hsts_is_sent_only_when_the_public_comes_by_https(conseiller: Conseiller) -> None:
    def hsts(https: bool) -> str | None:
        with TestClient(create_app(Settings(https=https), conseiller)) as client:
            return client.get("/api/v1/sante").headers.get("strict-transport-security")

    assert hsts(True) == security.HSTS
    assert hsts(False) is None


def test_no_answer_sets_a_cookie(client: TestClient) -> None:
    for path in ("/", "/rien", "/api/v1/sante"):
        assert "set-cookie" not in client.get(path).headers


# --- origin --------------------------------------------------------------------------------------

ORIGINS: dict[str, tuple[dict[str, str], bool]] = {
    "same_origin": ({"sec-fetch-site": "same-origin"}, True),
    "typed_address": ({"sec-fetch-site": "none"}, True),
    "same_site": ({"sec-fetch-site": "same-site"}, False),
    "cross_site": ({"sec-fetch-site": "cross-site"}, False),
    "unheard_of": ({"sec-fetch-site": "elsewhere"}, False),
    "cross_site_with_our_origin": (
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"}, False,
    ),
    "our_origin": ({"origin": "http://testserver"}, True),
    "other_origin": ({"origin": "https://ailleurs.example"}, False),
    "other_port": ({"origin": "http://testserver:81"}, False),
    "null_origin": ({"origin": "null"}, False),
    "broken_origin": ({"origin": "http://["}, False),
    "script": ({}, True),
    "script_with_cookie": ({"cookie": "a=b"}, False),
}  # fmt: skip
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def unsafe_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every declared unsafe route; a new one is tested without being listed."""
    return [
        (method, context.path.replace("{", "").replace("}", ""))
        for context in iter_route_contexts(app.routes)
        if context.path is not None
        for method in sorted(context.methods or ())
        if method in UNSAFE
    ]


@pytest.mark.parametrize(("headers", "allowed"), ORIGINS.values(), ids=ORIGINS.keys())
def test_another_site_can_use_no_unsafe_route(
    app: FastAPI, client: TestClient, headers: dict[str, str], allowed: bool
) -> None:
    routes = unsafe_routes(app)
    assert ("POST", "/api/v1/orientation") in routes
    for method, path in routes:
        refused = client.request(method, path, headers=headers).status_code == 403
        assert refused is not allowed, f"{method} {path}"


def test_two_contradicting_headers_are_refused(client: TestClient) -> None:
    headers = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]
    assert client.post("/api/v1/prochaine-question", headers=headers).status_code == 403


def test_reading_stays_open_to_other_sites(client: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://ailleurs.example"}
    assert client.get("/api/v1/metiers", headers=headers).status_code == 200


# --- hosts and limits ----------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "CapSoin.example"])
def test_our_own_names_are_answered(conseiller: Conseiller, host: str) -> None:
    with TestClient(create_app(Settings(hotes=("capsoin.example",)), conseiller)) as client:
        assert client.get("/api/v1/sante", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["ailleurs.example", "localhost.ailleurs.example", "localhost:x", "local host", "", "[::"],
)
def test_another_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/sante", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {f"x-{i}": "a" for i in range(120)}, 431),
        ("", {"x-a": "a" * 16_384}, 431),
        ("", {"x-a": "a" * 8_000}, 200),
        ("?q=" + "a" * 4_096, {}, 414),
    ],
    ids=["many_headers", "long_header", "a_large_cookie_passes", "long_address"],
)
def test_headers_and_addresses_are_bounded(
    client: TestClient, query: str, headers: dict[str, str], status: int
) -> None:
    assert client.get(f"/api/v1/sante{query}", headers=headers).status_code == status


def test_a_body_is_bounded_whether_or_not_it_says_its_size(client: TestClient) -> None:
    def in_pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 1_000

    declared = client.post("/api/v1/prochaine-question", content=b"a" * 65_537, headers=JSON)
    chunked = client.post("/api/v1/prochaine-question", content=in_pieces(), headers=JSON)
    assert (declared.status_code, chunked.status_code) == (413, 413)
    assert declared.headers["connection"] == "close"


def test_a_body_of_the_largest_size_passes(client: TestClient) -> None:
    body = json.dumps({"profil": {}, "posees": []}).encode().ljust(65_536)
    answer = client.post("/api/v1/prochaine-question", content=body, headers=JSON)
    assert answer.status_code == 200


async def _never() -> Message:
    await asyncio.sleep(60)
    raise AssertionError("unreachable")


async def _gone() -> Message:
    return {"type": "http.disconnect"}


async def _unreached(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("the application must not be called")


async def _drop(message: Message) -> None:
    raise AssertionError("nothing must be sent")


SCOPE: Scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}


def test_a_body_that_does_not_come_is_given_up() -> None:
    layer = security.BoundedBody(_unreached, deadline_s=0.05)
    with pytest.raises(Refusal) as refusal:
        run_apart(layer(SCOPE, _never, _drop))
    assert refusal.value.status_code == 408


def test_a_size_that_is_no_number_is_refused_even_if_the_server_let_it_through() -> None:
    scope = {**SCOPE, "headers": [(b"content-length", b"deux")]}
    with pytest.raises(Refusal) as refusal:
        run_apart(security.BoundedBody(_unreached)(scope, _never, _drop))
    assert refusal.value.status_code == 400


def test_nothing_is_computed_for_someone_who_has_gone() -> None:
    run_apart(security.BoundedBody(_unreached)(SCOPE, _gone, _drop))


def test_an_answer_that_breaks_half_way_does_not_carry_the_message_out() -> None:
    async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(CANARY)

    async def accept(message: Message) -> None:
        pass

    with pytest.raises(ResponseCut) as cut:
        run_apart(SafetyNet(breaks)(SCOPE, _gone, accept))
    assert cut.value.__suppress_context__
    assert CANARY not in str(cut.value)


class Unshowable(str):
    """A sentence that no page can show."""

    def __html__(self) -> str:
        raise RuntimeError(CANARY)


def test_a_broken_error_page_still_leaves_a_sentence(journal: list[str]) -> None:
    answer = respond(Request(SCOPE), 503, Unshowable("Revenez plus tard."))
    assert answer.status_code == 503
    assert bytes(answer.body).decode() == "Service indisponible. Revenez plus tard."
    assert not [line for line in journal if CANARY in line]


# --- logs ----------------------------------------------------------------------------------------

WITH_CANARY: dict[str, dict[str, Any]] = {
    "failure": {"url": "/api/v1/orientation", "json": {"envies": CANARY}},
    "wrong_value": {"url": "/api/v1/orientation", "json": {"public": CANARY}},
    "wrong_key": {"url": "/api/v1/orientation", "json": {CANARY: 1}},
    "inner_key": {"url": "/api/v1/orientation", "json": {"publics": {CANARY: 9}}},
    "slug": {"url": "/api/v1/orientation", "json": {"exclus": [CANARY]}},
    "question": {
        "url": "/api/v1/prochaine-question", "json": {"profil": {}, "posees": [CANARY]},
    },
    "broken_json": {"url": "/api/v1/orientation", "content": f'{{"envies": "{CANARY}'.encode(),
                    "headers": JSON},
    "query": {"url": f"/api/v1/orientation?{CANARY}={CANARY}", "json": {}},
    "path": {"url": f"/{CANARY}"},
    "api_path": {"url": f"/api/v1/metiers/{CANARY}", "method": "GET"},
    "search": {"url": f"/api/v1/communes?q={CANARY}", "method": "GET"},
    "form": {"url": "/", "data": {CANARY: CANARY}},
    "headers": {"url": "/api/v1/sante", "method": "GET",
                "headers": {"x-a": CANARY, "cookie": f"a={CANARY}", "user-agent": CANARY}},
    "host": {"url": "/", "method": "GET", "headers": {"host": f"{CANARY}.example"}},
    "origin": {"url": "/", "headers": {"origin": f"https://{CANARY}.example"}},
    "content_type": {"url": "/api/v1/orientation", "content": b"{}",
                     "headers": {"content-type": CANARY}},
    "method": {"url": "/", "method": CANARY.upper()},
}  # fmt: skip


class Recorder(logging.Handler):
    """Keeps every line of the application and of the libraries under it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record).lower())


@pytest.fixture
def journal() -> Iterator[list[str]]:
    recorder = Recorder()
    # httpx is the test's own client, and says what it asks for.
    loggers = [logging.getLogger(nom) for nom in ("cap_soin", "uvicorn", "fastapi", "asyncio")]
    for logger in loggers:
        logger.addHandler(recorder)
        logger.setLevel(logging.INFO)
    yield recorder.lines
    for logger in loggers:
        logger.removeHandler(recorder)
        logger.setLevel(logging.NOTSET)


@pytest.mark.parametrize("sent", WITH_CANARY.values(), ids=WITH_CANARY.keys())
def test_nothing_sent_is_logged_nor_sent_back(
    client: TestClient, journal: list[str], sent: dict[str, Any]
) -> None:
    answer = client.request(**({"method": "POST"} | sent))
    assert len(journal) >= 1
    assert not [line for line in journal if CANARY in line]
    assert CANARY not in answer.text.lower()
    assert CANARY not in str(answer.headers).lower()


def test_a_failure_leaves_its_kind_and_its_place(client: TestClient, journal: list[str]) -> None:
    answer = client.post("/api/v1/orientation", json={"envies": "x"})
    failure = next(line for line in journal if "runtimeerror" in line)
    assert "web/api/routes.py" in failure
    assert answer.status_code == 500
    assert answer.json()["detail"].endswith("Vous pouvez réessayer.")


def test_the_journal_names_the_declared_route(client: TestClient, journal: list[str]) -> None:
    client.get("/api/v1/metiers/aide-soignant?x=1")
    assert any("get /api/v1/metiers/{slug} 422" in line for line in journal)


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_documented(field: str) -> None:
    name = f"CAP_SOIN_{field.upper()}"
    assert f"| `{name}` |" in (RACINE / "docs/reglages.md").read_text(encoding="utf-8")


def test_public_names_are_read_from_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAP_SOIN_HOTES", "Capsoin.example, www.capsoin.example,")
    assert Settings().hotes == ("capsoin.example", "www.capsoin.example")


async def _caller(mandataires: str) -> str:
    """Who a request comes from, as the application sees it, when a proxy of this machine speaks for someone."""
    seen: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])

    # The logs of the other tests stay as they are.
    options = server_options(Settings(mandataires=mandataires)) | {"log_config": None}  # type: ignore[arg-type]
    config = uvicorn.Config(application, **options)
    config.load()
    headers = [(b"x-forwarded-for", b"203.0.113.7, 198.51.100.9")]
    scope = {"type": "http", "client": ("127.0.0.1", 5000), "headers": headers, "scheme": "http"}
    await config.loaded_app(scope, None, None)
    return seen[0]


@pytest.mark.parametrize(
    ("mandataires", "vu"), [("", "127.0.0.1"), ("127.0.0.1", "198.51.100.9"), ("10.0.0.1", "127.0.0.1")]
)
def test_only_a_proxy_that_is_trusted_says_who_calls(mandataires: str, vu: str) -> None:
    assert run_apart(_caller(mandataires)) == vu
