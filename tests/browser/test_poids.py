"""What a page costs on the line, for a phone with little data."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import OpenPage
from tests.browser.gestes import transferred
from tests.dom import parse
from tests.etats import ETATS, Etat

pytestmark = pytest.mark.browser
PAGE_MAX_BYTES = 120_000
JS_MAX_BYTES = 60_000
PAR_ADRESSE = [etat for etat in ETATS if etat.data is None]
ASKED_AGAIN = """() => performance.getEntriesByType("resource")
  .filter((one) => one.transferSize > 0).map((one) => one.name)"""


def received(page: Page, chemin: str) -> list[Response]:
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(chemin)
    page.wait_for_load_state("networkidle")
    return responses


@pytest.mark.parametrize("etat", PAR_ADRESSE, ids=lambda e: e.nom)
def test_a_page_whose_address_one_was_given_is_light(ouvre: OpenPage, etat: Etat) -> None:
    sizes = [(r.request.resource_type, transferred(r)) for r in received(ouvre(), etat.chemin)]
    assert sum(size for _, size in sizes) <= PAGE_MAX_BYTES
    assert sum(size for kind, size in sizes if kind == "script") <= JS_MAX_BYTES


def test_the_second_page_fetches_again_nothing_that_the_first_one_had(ouvre: OpenPage) -> None:
    page = ouvre()
    first = {response.url for response in received(page, "/")}
    assert any("app.css" in url for url in first)
    page.goto("/metiers")
    page.wait_for_load_state("networkidle")
    assert not first & set(page.evaluate(ASKED_AGAIN))


@pytest.mark.parametrize("etat", PAR_ADRESSE, ids=lambda e: e.nom)
def test_htmx_is_there_wherever_something_is_swapped(ouvre: OpenPage, etat: Etat) -> None:
    page = ouvre()
    page.goto(etat.chemin)
    swaps = any(name.startswith("data-hx-") for node in parse(page.content()).walk() for name in node.attrs)
    assert page.evaluate("typeof htmx === 'object'") or not swaps
