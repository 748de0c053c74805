"""Pages that need a cookie, in a browser: axe at both ends, nothing sideways, targets for thumbs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from service.conseiller import Conseiller
from tests.alentours import Alentours
from tests.browser.conftest import OpenPage
from tests.browser.gestes import show
from tests.browser.serveur import run
from tests.browser.test_accessibilite import CIBLE_PX, SMALL_TARGETS, violations
from tests.browser.test_zoom import wider_than_the_screen
from tests.etats_gardes import A_REGARDER
from tests.monde import Garde, Monde, world
from web.app import create_app
from web.settings import Settings

pytestmark = pytest.mark.browser
CHAQUE_ETAT = pytest.mark.parametrize("garde", A_REGARDER, ids=lambda g: g.nom)


@pytest.fixture(scope="module")
def monde(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monde]:
    dossier: Path = tmp_path_factory.mktemp("gardes")
    with world(dossier) as monde:
        yield monde


@pytest.fixture(scope="module")
def site(conseiller: Conseiller, monde: Monde) -> Iterator[str]:
    """In place of the usual one: the same site, over this world."""
    app = create_app(Settings(), conseiller, Alentours(), monde.atelier.archives)
    with run(app) as address:
        yield address
        # Pages that follow live hold a line each.
        app.state.arret.set()


def reach(page: Page, site: str, monde: Monde, garde: Garde) -> None:
    """As whoever it is of, and after what they did before."""
    cookies = monde.cookies(garde.qui)
    page.context.add_cookies([{"name": nom, "value": valeur, "url": site} for nom, valeur in cookies.items()])
    if garde.avant:
        show(page, monde.request(garde.avant))
    show(page, monde.request(garde))


@CHAQUE_ETAT
def test_a_kept_page_is_accessible_and_fits(ouvre: OpenPage, site: str, monde: Monde, garde: Garde) -> None:
    page = ouvre(reduced_motion="reduce")
    reach(page, site, monde, garde)
    assert page.locator("h1").count() == 1
    targets = [] if garde.accompagne else page.evaluate(SMALL_TARGETS, CIBLE_PX)
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = {"targets": targets, "360": violations(page)}
    page.set_viewport_size({"width": 320, "height": 640})
    found["320"] = wider_than_the_screen(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    found["1280, dark"] = violations(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
