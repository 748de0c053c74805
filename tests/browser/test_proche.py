"""From the advice to what is near, with and without JavaScript: nothing is slowed down, nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.gestes import results, say, show, start
from tests.etats import CUISINIER, PAR_NOM, SMS

pytestmark = pytest.mark.browser
AVEC_ET_SANS_JS = pytest.mark.parametrize("js", [True, False], ids=["js", "sans-js"])


def find(page: Page, lieu: str) -> None:
    """Type a place and press the button next to it."""
    page.fill("#lieu", lieu)
    page.locator("button[name=situer]").first.click()


@AVEC_ET_SANS_JS
def test_a_girl_of_17_finds_a_course_near_her(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je cherche ma voie")
    say(page, SMS)
    results(page)
    find(page, "saint denis")
    page.get_by_role("button", name="Saint-Denis Seine-Saint-Denis (93)").click()
    expect(page.locator(".chez")).to_contain_text("Tu cherches près de Saint-Denis (93)")
    page.get_by_role("button", name="Voir les offres et les formations").first.click()
    expect(page.locator("h1")).to_contain_text("Près de chez toi")
    page.get_by_role("button", name="Formations").click()
    expect(page.locator("#proche-titre")).to_contain_text("45 formations")
    expect(page.locator("article").first).to_contain_text("RNCP40692, qui remplace RNCP35830")
    page.get_by_role("button", name="Mes métiers").click()
    expect(page.locator(".chez")).to_contain_text("Saint-Denis (93)")


@AVEC_ET_SANS_JS
def test_a_cook_of_41_in_the_country_is_told_how_far_it_is(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je veux changer de métier")
    say(page, CUISINIER)
    results(page)
    page.get_by_role("button", name="Voir les offres et les formations").first.click()
    find(page, "gueret")
    page.get_by_role("button", name="Offres").click()
    expect(page.locator(".message-etat.calme")).to_contain_text("Voici ce qu'il y a à 40")
    expect(page.locator(".proche-liste")).to_contain_text("à vol d'oiseau")


@AVEC_ET_SANS_JS
def test_filters_narrow_the_search_and_come_off_at_once(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    show(page, PAR_NOM["proche-offres"]) if js else show_without_script(page)
    page.locator(".filtres summary").click()
    page.get_by_label("À partir du").fill("2039-12-31")
    page.get_by_role("button", name="Chercher avec ces choix").click()
    expect(page.locator("#proche-titre")).to_contain_text("Aucune offre trouvée")
    page.get_by_role("button", name="Enlever mes choix").click()
    expect(page.locator("#proche-titre")).to_contain_text("45 offres")


def show_without_script(page: Page) -> None:
    page.goto("/proche/aide-soignant")
    find(page, "Saint-Denis 93")
    page.get_by_role("button", name="Offres").click()


@AVEC_ET_SANS_JS
def test_a_place_that_is_not_found_stays_in_the_field_which_has_the_focus(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    page.goto("/proche/aide-soignant")
    find(page, "Zzz")
    expect(page.locator("#lieu-erreur")).to_be_visible()
    expect(page.locator("#lieu")).to_have_value("Zzz")
    expect(page.locator("#lieu")).to_be_focused()


def test_communes_are_suggested_while_one_types_and_no_address_holds_them(ouvre: OpenPage) -> None:
    page = ouvre()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/proche/aide-soignant")
    page.locator("#lieu").press_sequentially("saint den")
    expect(page.locator("#communes option").first).to_have_attribute("value", "Saint-Denis (974)")
    find(page, "Saint-Denis (93)")
    expect(page.locator("article").first).to_be_visible()
    assert not [url for url in asked if "saint" in url.lower() or "?q=" in url]


def test_enter_in_the_field_searches_the_place_typed(ouvre: OpenPage) -> None:
    page = ouvre()
    page.goto("/proche/aide-soignant")
    page.fill("#lieu", "Guéret")
    page.keyboard.press("Enter")
    expect(page.locator("#proche-titre")).to_contain_text("Guéret (23)")
    expect(page.locator("#proche-titre")).to_be_focused()


def test_previews_come_after_the_advice_and_move_nothing(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page, PAR_NOM["resultats-avec-lieu"])
    expect(page.locator(".apercu dl")).to_have_count(page.locator("article").count())
    assert page.evaluate("document.activeElement === document.body && scrollY === 0")
    expect(page.locator("#panne")).to_be_hidden()


def test_previews_add_less_than_a_screen_to_each_card(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page, PAR_NOM["resultats-avec-lieu"])
    expect(page.locator(".apercu dl")).to_have_count(page.locator("article").count())
    for preview in page.locator(".apercu").all():
        box = preview.bounding_box()
        assert box
        assert box["height"] < 400


def test_a_source_that_never_answers_leaves_the_advice_and_the_way(ouvre: OpenPage) -> None:
    page = ouvre()

    def silent(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/apercu", silent)
    show(page, PAR_NOM["resultats-avec-lieu"])
    expect(page.locator("[data-panne]").first).to_be_visible()
    expect(page.locator("#panne")).to_be_hidden()
    expect(page.locator("article.carte:not(.surprise) h2")).to_have_count(3)
    page.get_by_role("button", name="Voir les offres et les formations").first.click()
    expect(page.locator("h1")).to_contain_text("Près de chez toi")


def test_the_next_page_starts_at_its_title(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page, PAR_NOM["proche-offres"])
    page.get_by_role("button", name="Voir la suite").click()
    expect(page.locator("#annonce-21")).to_be_attached()
    expect(page.locator("#proche-titre")).to_be_focused()
    expect(page.locator("#proche-titre")).to_be_in_viewport()
