"""What every answer carries, of whatever class, and what a page may make the browser do."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.conseiller import Conseiller
from tests.alentours import Alentours
from tests.dom import parse
from tests.etats import ETATS, PROCHE, Etat
from tests.test_security import CANARY, OWN, BrokenConseiller, unsafe_routes
from web import security
from web.app import STATIC, create_app
from web.errors import SafetyNet
from web.security import BoundedBody, Capacity, SecurityHeaders
from web.settings import Settings

# Whichever HTTP library the test client rests on.
Answer = Any
Ask = Callable[[TestClient], Answer]
HTMX = "/static/htmx-2.0.11.min.js"
STYLE = "/static/app.css"
CHAQUE_ETAT = pytest.mark.parametrize("etat", ETATS, ids=lambda e: e.nom)
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
HTMX_SAFE = {
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "historyRestoreAsHxRequest": False,
    "includeIndicatorStyles": False,
    "timeout": 10_000,
}


def form(client: TestClient, path: str, **fields: str) -> Answer:
    return client.post(path, data=fields, headers=OWN)


CLASSES: dict[str, tuple[int, Ask]] = {
    "page": (200, lambda c: c.get("/")),
    "fragment": (200, lambda c: c.post("/conversation", data={"public": "jeune"}, headers=OWN | {"HX-Request": "true"})),
    "api": (200, lambda c: c.get("/api/v1/metiers")),
    "file": (200, lambda c: c.get(HTMX, headers={"accept-encoding": "identity"})),
    "compressed_file": (200, lambda c: c.get(HTMX, headers={"accept-encoding": "gzip"})),
    "part_of_a_file": (206, lambda c: c.get(HTMX, headers={"range": "bytes=0-9"})),
    "redirection": (303, lambda c: c.get("/ailleurs")),
    "file_unchanged": (304, lambda c: c.get(HTMX, headers={"if-none-match": "*"})),
    "unknown_host": (400, lambda c: c.get("/", headers={"host": "ailleurs.example"})),
    "other_site": (403, lambda c: c.post("/", headers={"sec-fetch-site": "cross-site"})),
    "page_not_found": (404, lambda c: c.get("/rien")),
    "file_not_found": (404, lambda c: c.get("/static/rien.js")),
    "api_not_found": (404, lambda c: c.get("/api/v1/rien")),
    "page_method": (405, lambda c: c.delete("/metiers")),
    "api_method": (405, lambda c: c.delete("/api/v1/metiers")),
    "file_method": (405, lambda c: c.delete(HTMX)),
    "too_long": (413, lambda c: c.post("/", content=b"a" * 70_000, headers=OWN)),
    "address_too_long": (414, lambda c: c.get("/?q=" + "a" * 5_000)),
    "compressed_body": (415, lambda c: c.post("/", content=b"a", headers=OWN | {"content-encoding": "gzip"})),
    "no_form": (415, lambda c: c.post("/conversation", json={}, headers=OWN)),
    "file_part_out_of_it": (416, lambda c: c.get(HTMX, headers={"range": "bytes=9999999-"})),
    "page_refusal": (422, lambda c: form(c, "/conversation", etat="{", envoyer="1")),
    "api_refusal": (422, lambda c: c.post("/api/v1/orientation", json={"age": 1})),
    "headers_too_long": (431, lambda c: c.get("/", headers={"x-long": "a" * 17_000})),
    "failure": (500, lambda c: c.post("/api/v1/orientation", json={})),
    "page_failure": (500, lambda c: form(c, "/panne", texte=CANARY)),
}  # fmt: skip


async def fail(request: Request) -> None:
    """A page that breaks with someone's words in the message."""
    raise RuntimeError(str(await request.form()))


@pytest.fixture(scope="module")
def client(conseiller: Conseiller) -> Iterator[TestClient]:
    """Follows no redirection; a page and every orientation of the API fail."""
    app = create_app(Settings(), BrokenConseiller(conseiller), Alentours())
    app.add_api_route("/ailleurs", lambda: RedirectResponse("/", 303), methods=["GET"])
    app.add_api_route("/panne", fail, methods=["POST"])
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def working(conseiller: Conseiller) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), conseiller, Alentours())) as client:
        yield client


def assert_guarded(answer: Answer) -> None:
    headers = answer.headers
    assert {name: headers.get(name) for name in security.HEADERS} == security.HEADERS
    assert "set-cookie" not in headers


@pytest.mark.parametrize(("status", "ask"), CLASSES.values(), ids=CLASSES.keys())
def test_every_class_of_answer_carries_the_same_headers(client: TestClient, status: int, ask: Ask) -> None:
    answer = ask(client)
    assert answer.status_code == status
    assert_guarded(answer)
    assert CANARY not in answer.text


@CHAQUE_ETAT
def test_every_state_carries_them_too(working: TestClient, etat: Etat) -> None:
    assert_guarded(etat.ask(working))


async def _slow(scope: Scope, receive: Receive, send: Send) -> None:
    """A person who announces a body and sends none of it."""
    await asyncio.sleep(60)


class Unhurried:
    """Keeps the application from receiving anything."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def nothing() -> Message:
            await asyncio.sleep(60)
            raise AssertionError("unreachable")

        await self.app(scope, nothing if scope["type"] == "http" else receive, send)


def test_a_body_too_slow_and_a_full_house_carry_them_too() -> None:
    slow = SecurityHeaders(SafetyNet(Unhurried(BoundedBody(_slow, deadline_s=0.05))), https=False)
    full = SecurityHeaders(SafetyNet(Capacity(_slow, at_once=0)), https=False)
    for app, status in ((slow, 408), (full, 503)):
        answer = TestClient(app).post("/conversation")
        assert answer.status_code == status
        assert_guarded(answer)
        assert "réessayer" in parse(answer.text).by_id("contenu").text()
    assert TestClient(full).get("/").headers["retry-after"] == str(security.RETRY_AFTER_S)


def test_a_place_is_freed_when_the_answer_is_given_and_when_it_fails() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/panne":
            raise RuntimeError(CANARY)
        await PlainTextResponse("servi")(scope, receive, send)

    client = TestClient(SafetyNet(Capacity(app, at_once=1)))
    assert [client.get(path).status_code for path in ("/", "/panne", "/panne", "/")] == [200, 500, 500, 200]


def test_the_policy_is_the_strictest_that_serves_our_pages() -> None:
    directives = [directive.strip().split(" ", 1) for directive in security.CSP.split(";")]
    assert dict(directives) == POLICY


@CHAQUE_ETAT
def test_htmx_may_neither_evaluate_nor_store_nor_call_elsewhere(working: TestClient, etat: Etat) -> None:
    document = parse(etat.ask(working).text)
    (config,) = document.all("meta", name="htmx-config")
    assert HTMX_SAFE.items() <= json.loads(config.attrs["content"]).items()
    for node in document.walk():
        assert not any(name.startswith(("data-hx-on", "hx-")) for name in node.attrs), node.attrs
        assert "js:" not in node.attrs.get("data-hx-vals", "") + node.attrs.get("data-hx-headers", "")
        assert "[" not in node.attrs.get("data-hx-trigger", "")


# --- never sent back ------------------------------------------------------------------------------

MARKUP = f'"><b id="{CANARY}" data-hx-get="/metiers" data-hx-trigger="load">{CANARY}</b>'


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/conversation", {"texte": MARKUP, "envoyer": "1"}),
        ("/resultats", {"etat": json.dumps({"tours": [{"genre": "parole", "texte": MARKUP}]})}),
        (PROCHE, {"lieu": MARKUP, "situer": "1"}),
    ],
    ids=["sentence", "state", "place"],
)
def test_markup_that_is_typed_stays_text(working: TestClient, path: str, fields: dict[str, str]) -> None:
    document = parse(form(working, path, **fields).text)
    assert not [n for n in document.walk() if n.attrs.get("id") == CANARY]
    assert not document.all("b", data_hx_get="/metiers")


@pytest.mark.parametrize(
    "fields", [{CANARY: CANARY}, {"etat": CANARY}, {"etat": f'{{"{CANARY}": 1}}'}], ids=str
)
def test_a_page_that_refuses_repeats_nothing(
    client: TestClient, working: TestClient, fields: dict[str, str]
) -> None:
    assert isinstance(working.app, FastAPI)
    routes = [path for method, path in unsafe_routes(working.app) if not path.startswith("/api/")]
    assert "/conversation" in routes
    for path in routes:
        for asked in (client, working):
            answer = asked.post(path, data=fields, headers=OWN)
            assert CANARY not in answer.text, path
            assert CANARY not in str(answer.headers), path


# --- caches and compression ------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "ask"), CLASSES.values(), ids=CLASSES.keys())
def test_only_a_file_found_is_cached(client: TestClient, status: int, ask: Ask) -> None:
    cached = ask(client).headers["cache-control"] != "no-store"
    assert cached is (
        ask in [CLASSES[k][1] for k in ("file", "compressed_file", "part_of_a_file", "file_unchanged")]
    )


@pytest.mark.parametrize(
    ("path", "cached"),
    [
        (f"{STYLE}?v=1", security.CACHE_VERSIONED),
        (HTMX, security.CACHE_VERSIONED),
        ("/static/leaflet-1.9.4/leaflet.css", security.CACHE_VERSIONED),
        (STYLE, security.CACHE_STATIC),
        ("/static/absent-1.2.3.js?v=1", "no-store"),
    ],
)
def test_a_file_is_kept_for_ever_when_its_address_changes_with_it(
    client: TestClient, path: str, cached: str
) -> None:
    assert client.get(path).headers["cache-control"] == cached


def test_a_page_varies_with_htmx_and_a_document_does_not(client: TestClient) -> None:
    plain = {"accept-encoding": "identity"}
    assert client.get("/", headers=plain).headers["vary"].lower().split(", ").count("hx-request") == 1
    assert "hx-request" not in client.get("/api/v1/metiers").headers.get("vary", "").lower()


@CHAQUE_ETAT
def test_a_page_made_for_someone_is_never_compressed(working: TestClient, etat: Etat) -> None:
    compressed = "content-encoding" in etat.ask(working).headers
    assert compressed is (etat.data is None and "?" not in etat.chemin)


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/metiers?x=1", {}), ("/metiers", {"cookie": "a=b"}), ("/metiers", {"accept-encoding": "identity"})],
    ids=["query", "cookie", "not_accepted"],
)
def test_neither_is_one_that_could_be(working: TestClient, path: str, headers: dict[str, str]) -> None:
    assert "content-encoding" not in working.get(path, headers=headers).headers


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1, GZIP ; q=0.5", "gzip"),
        ("gzip;q=0, br", None),
        ("gzip;q=0.00", None),
        ("gzip;q=a", None),
        ("identity", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_file_is_compressed_for_whoever_accepts_it(
    client: TestClient, accepted: str, coding: str | None
) -> None:
    answer = client.get(STYLE, headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.content == (STATIC / "app.css").read_bytes()


def test_each_form_of_a_file_has_its_own_tag(client: TestClient) -> None:
    tags = [client.get(STYLE, headers={"accept-encoding": a}).headers["etag"] for a in ("gzip", "identity")]
    assert len(set(tags)) == 2
    for accepted, tag in (("gzip", tags[0]), ("identity", tags[1])):
        headers = {"accept-encoding": accepted, "if-none-match": tag}
        assert client.get(STYLE, headers=headers).status_code == 304


def test_a_part_of_a_file_is_a_part_of_the_plain_one(client: TestClient) -> None:
    answer = client.get(STYLE, headers={"accept-encoding": "gzip", "range": "bytes=0-9"})
    assert answer.content == (STATIC / "app.css").read_bytes()[:10]
    assert "content-encoding" not in answer.headers


def test_a_file_that_does_not_shrink_is_sent_as_it_is(client: TestClient) -> None:
    font = next(Path(STATIC, "fonts").glob("*.woff2"))
    answer = client.get(f"/static/fonts/{font.name}", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert len(gzip.compress(answer.content)) > 0.98 * len(answer.content)
