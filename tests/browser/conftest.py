"""A real server, a real browser, and an ear for everything that must not happen in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from service.conseiller import Conseiller
from tests.browser.serveur import launch, serve

# A violation is an event before it is a line of the console, which may say nothing of it.
HEAR_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP : ${event.effectiveDirective} ${event.blockedURI}`));"""
# As long as any other wait: a machine that runs everything at once is slow to answer.
expect.set_options(timeout=10_000)
# What the browser logs by itself when we refuse, do not find, or a test cuts the line.
EXPECTED = (
    "the server responded with a status of 422",
    "the server responded with a status of 404",
    "the server responded with a status of 429",
    "the server responded with a status of 503",
    "net::ERR_INTERNET_DISCONNECTED",
    "htmx:sendError",
    "htmx:afterRequest",
)


@dataclass
class Oreille:
    """What a page did that nobody should notice: empty at the end of every test."""

    site: str
    troubles: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.add_init_script(HEAR_VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        expected = any(text in message.text for text in EXPECTED)
        if message.type in ("error", "warning") and not expected:
            self.troubles.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.troubles.append(request.url)


@pytest.fixture(scope="session")
def site(conseiller: Conseiller) -> Iterator[str]:
    with serve(conseiller) as address:
        yield address


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


OpenPage = Callable[..., Page]


@pytest.fixture
def ouvre(navigateur: Browser, site: str) -> Iterator[OpenPage]:
    """Opens pages with given browser options; fails if one erred, broke the CSP or called elsewhere."""
    oreille = Oreille(site)
    contexts = []

    def open_page(*, largeur: int = 360, **options: object) -> Page:
        viewport = {"width": largeur, "height": 780}
        context = navigateur.new_context(base_url=site, viewport=viewport, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        oreille.listen(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not oreille.troubles
