"""The keyboard alone: journeys finished, no trap, the focus always seen, the field never far."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.gestes import show
from tests.etats import CUISINIER, DETRESSE, PAR_NOM, SMS

pytestmark = pytest.mark.browser
# One of each kind: what the others have, one of these has too.
PAGES = (
    "accueil", "metiers", "metier", "vos-donnees", "introuvable", "debut-jeune", "compris", "question-facile",
    "incompris", "detresse", "erreur-vide", "resultats", "resultats-tout", "comparer", "proche-offres",
    "proche-lieu-ambigu",
)  # fmt: skip
TABS_MAX = 12
STOPS_MAX = 250
"""More than any page has; a page that never lets go reaches it."""

# What has the focus: whether it is outlined, on screen, and not hidden under something that stays in sight.
FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const box = here.getBoundingClientRect();
  const outlined = (e) => e && getComputedStyle(e).outlineStyle !== "none"
    && parseFloat(getComputedStyle(e).outlineWidth) > 0;
  const ring = outlined(here) || outlined(here.parentElement) || outlined(here.parentElement?.parentElement);
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight
    && box.right > 0 && box.left < innerWidth;
  const points = [...here.getClientRects()].flatMap((r) =>
    [0.5, 0.1, 0.9].map((share) => [r.x + r.width / 2, r.y + r.height * share]));
  const at = points.filter(([, y]) => y > 0 && y < innerHeight)
    .map((point) => document.elementFromPoint(...point));
  const label = here.labels?.[0];
  const uncovered = at.some((e) => e && (here.contains(e) || e.contains(here) || label?.contains(e)));
  here.dataset.passages = Number(here.dataset.passages ?? 0) + 1;
  return {ring, seen, uncovered, again: here.dataset.passages > 1, html: here.outerHTML.slice(0, 160)};
}"""
FIELD = "#texte, #lieu"
TO_FIELD = "a[href='#texte']"


def press_until(page: Page, condition: str, key: str = "Tab", most: int = TABS_MAX) -> int:
    """How many presses it takes until the focused element matches."""
    for count in range(1, most + 1):
        page.keyboard.press(key)
        if page.evaluate("c => document.activeElement.matches(c)", condition):
            return count
    raise AssertionError(f"{condition} is more than {most} presses away")


def reach_field(page: Page) -> None:
    """By its own link where there is one, as whoever knows the page does."""
    if page.locator(TO_FIELD).count():
        activate(page, TO_FIELD, TABS_MAX - 1)
        expect(page.locator("#texte")).to_be_focused()
    else:
        press_until(page, FIELD)


def activate(page: Page, condition: str, most: int = TABS_MAX) -> None:
    press_until(page, condition, most=most)
    page.keyboard.press("Enter")


def begin(page: Page, porte: str) -> None:
    page.goto("/")
    activate(page, f"button[value={porte}]")
    expect(page.locator("#question-titre")).to_be_visible()


def write(page: Page, texte: str) -> None:
    reach_field(page)
    page.keyboard.type(texte)
    page.keyboard.press("Enter")
    expect(page.locator(".bulle.personne").last).to_contain_text(texte)
    expect(page.locator("#texte")).to_be_focused()
    expect(page.locator("#texte")).to_have_value("")


@pytest.mark.parametrize("nom", PAGES)
def test_tab_goes_through_the_page_always_seen_and_comes_out(ouvre: OpenPage, nom: str) -> None:
    page = ouvre(reduced_motion="reduce")
    show(page, PAR_NOM[nom])
    # Some pages put the focus where it helps; the walk starts from the top.
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    page.locator(".evitement").first.focus()
    faults, stops = [], 0
    while (focus := page.evaluate(FOCUS)) and not focus["again"]:
        stops += 1
        assert stops < STOPS_MAX
        if not (focus["ring"] and focus["seen"] and focus["uncovered"]):
            faults.append(focus)
        page.keyboard.press("Tab")
    assert stops > 5
    assert focus is None or "evitement" in focus["html"]
    assert not faults


@pytest.mark.parametrize("nom", ["accueil", "debut-jeune", "compris", "question-facile", "proche-sans-lieu"])
def test_the_field_is_near(ouvre: OpenPage, nom: str) -> None:
    page = ouvre()
    show(page, PAR_NOM[nom])
    page.evaluate("() => document.activeElement.blur()")
    reach_field(page)


def test_a_girl_of_17_writes_then_answers_then_sees_her_metiers(ouvre: OpenPage) -> None:
    page = ouvre(largeur=1280)
    begin(page, "jeune")
    write(page, SMS)
    press_until(page, ".un-choix", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#question-titre")).to_be_focused()
    press_until(page, "button[form=vers-resultats]", "Shift+Tab", 20)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("te convenir")


def test_a_cook_of_41_opens_why_and_sets_a_metier_aside(ouvre: OpenPage) -> None:
    page = ouvre(largeur=1280)
    begin(page, "reconversion")
    write(page, CUISINIER)
    press_until(page, "button[form=vers-resultats]", "Shift+Tab", 30)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("vous convenir")
    press_until(page, ".pourquoi summary", most=60)
    page.keyboard.press("Space")
    expect(page.locator(".pourquoi table").first).to_be_visible()


def test_a_chip_misread_is_taken_off(ouvre: OpenPage) -> None:
    page = ouvre(largeur=1280)
    begin(page, "jeune")
    write(page, SMS)
    chips = page.locator(".fil button[name=retirer]")
    champ = chips.first.get_attribute("value")
    press_until(page, f'.fil button[name=retirer][value="{champ}"]', "Shift+Tab", 30)
    page.keyboard.press("Enter")
    expect(page.locator(f'button[name=retirer][value="{champ}"]')).to_have_count(0)


def test_someone_in_distress_reaches_a_number_then_may_resume(ouvre: OpenPage) -> None:
    page = ouvre()
    page.goto("/")
    press_until(page, "#texte")
    page.keyboard.type(DETRESSE)
    page.keyboard.press("Enter")
    expect(page.locator(".secours")).to_be_visible()
    press_until(page, 'a[href="tel:3114"]')
    activate(page, ".secours button")
    expect(page.locator(".un-choix").first).to_be_visible()


def test_a_metier_is_found_in_the_list_and_left_again(ouvre: OpenPage) -> None:
    page = ouvre()
    page.goto("/metiers")
    activate(page, 'main a[href="/metiers/aide-soignant"]', 80)
    expect(page.locator("h1")).to_contain_text("Aide-soignant")
    activate(page, 'a[href="/metiers"]')
    expect(page.locator("h1")).not_to_contain_text("Aide-soignant")


def test_a_place_is_typed_and_what_is_near_is_read(ouvre: OpenPage) -> None:
    page = ouvre()
    page.goto("/proche/aide-soignant")
    press_until(page, "#lieu")
    page.keyboard.type("Guéret")
    page.keyboard.press("Enter")
    expect(page.locator("#proche-titre")).to_be_focused()


def test_the_link_to_the_contents_skips_the_header(ouvre: OpenPage) -> None:
    page = ouvre()
    page.goto("/metiers")
    page.keyboard.press("Tab")
    expect(page.locator(".evitement")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
