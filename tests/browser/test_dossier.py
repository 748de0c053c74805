"""A dossier in a real browser: kept here, resumed there, with and without JavaScript; axe on every state."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.gestes import answer, results, say, start
from tests.browser.test_accessibilite import CIBLE_PX, COULEURS, SMALL_TARGETS, violations
from tests.etats import SMS

pytestmark = pytest.mark.browser
AVEC_ET_SANS = pytest.mark.parametrize("javascript", [True, False], ids=["js", "sans-js"])


def keep(page: Page) -> str:
    """From the chat; the code that is shown."""
    start(page, "Je cherche ma voie")
    say(page, SMS)
    page.get_by_role("button", name="Garder mes réponses").click()
    page.get_by_role("button", name="Garder et voir mon code").click()
    code = page.locator(".code-court").inner_text()
    assert re.fullmatch(r"[2-9A-Z]{4} [2-9A-Z]{4}", code)
    return code


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()


@AVEC_ET_SANS
def test_stop_on_the_bus_and_resume_at_home(ouvre: OpenPage, javascript: bool) -> None:
    bus = ouvre(java_script_enabled=javascript)
    code = keep(bus)
    bus.get_by_role("link", name="Continuer la discussion").click()
    expect(bus.locator(".bulle.personne").last).to_contain_text(SMS)
    home = ouvre(largeur=1280, java_script_enabled=javascript)
    home.goto("/")
    home.locator("#contenu").get_by_role("link", name="J'ai un code").click()
    home.fill("#code", code.lower())
    press(home, "Continuer")
    expect(home.locator("h1")).to_have_text("Mon dossier")
    home.get_by_role("link", name="Reprendre ma discussion").click()
    expect(home.locator(".bulle.personne").last).to_contain_text(SMS)
    answer(home)
    bus.reload()
    expect(bus.get_by_text("Tes réponses, et ce que j'ai compris")).to_be_visible()


@AVEC_ET_SANS
def test_back_after_erasing_shows_nothing_of_it(ouvre: OpenPage, javascript: bool) -> None:
    page = ouvre(java_script_enabled=javascript)
    keep(page)
    page.get_by_role("link", name="Voir mon dossier").click()
    page.fill("#notes-texte", "mamie Jeannine")
    press(page, "Enregistrer mes notes")
    expect(page.locator("#notes-texte")).to_have_value("mamie Jeannine")
    press(page, "Tout effacer maintenant")
    expect(page.locator("h1")).to_have_text("Ce dossier n'existe plus")
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("Jeannine")
    assert not [c for c in page.context.cookies() if c["name"].endswith("dossier")]


def states(page: Page) -> Iterator[str]:
    """Each state of the dossier's pages, on screen when its name is given."""
    keep(page)
    yield "code"
    page.goto("/dossier")
    yield "dossier neuf"
    page.goto("/conversation")
    yield "discussion gardée"
    results(page)
    yield "résultats gardés"
    fill(page)
    yield "dossier plein"
    page.fill("#etape-texte", "   ")
    press(page, "Ajouter cette étape")
    yield "étape refusée"
    conflict(page)
    yield "notes de deux pages"
    page.goto("/dossier/rappels")
    yield "dates"
    page.goto("/dossier/papier")
    yield "papier"
    page.goto("/dossier")
    press(page, "Avoir un nouveau code")
    yield "nouveau code"
    page.goto("/")
    yield "accueil avec dossier"
    page.goto("/dossier")
    press(page, "Fermer sur cet appareil")
    yield "fermé"


def fill(page: Page) -> None:
    page.goto("/dossier")
    for texte, le in (("Appeler la mission locale", "2027-01-12"), ("Demander un stage à l'Ehpad", "")):
        page.fill("#etape-texte", texte)
        page.fill("#etape-le", le)
        page.fill("#etape-qui", "moi")
        press(page, "Ajouter cette étape")
    press(page, "C'est fait")
    page.fill("#notes-texte", "Une idée, un lieu, une question.")
    press(page, "Enregistrer mes notes")
    expect(page.locator("#notes-texte")).to_have_value("Une idée, un lieu, une question.")


def conflict(page: Page) -> None:
    """The same notes changed from two tabs."""
    page.goto("/dossier")
    other = page.context.new_page()
    other.goto("/dossier")
    other.fill("#notes-texte", "Écrit ailleurs")
    press(other, "Enregistrer mes notes")
    expect(other.locator("#notes-texte")).to_have_value("Écrit ailleurs")
    other.close()
    page.fill("#notes-texte", "Écrit ici")
    press(page, "Enregistrer mes notes")
    expect(page.locator("#notes")).to_contain_text("Écrit ailleurs")
    expect(page.locator("#notes-texte")).to_have_value("Écrit ici")


def faults(page: Page) -> list[str]:
    """What axe and thumbs complain of, in two widths and both themes."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = [f"petit : {one}" for one in page.evaluate(SMALL_TARGETS, CIBLE_PX)]
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 780})
        found += violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"déborde à {width}")
        page.emulate_media(color_scheme="dark")
        found += violations(page, *COULEURS)
        page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 360, "height": 780})
    return found


def test_axe_finds_nothing_on_any_state_of_a_dossier(ouvre: OpenPage) -> None:
    page = ouvre(reduced_motion="reduce")
    found = {state: faults(page) for state in states(page)}
    assert {state: list(those) for state, those in found.items() if those} == {}
