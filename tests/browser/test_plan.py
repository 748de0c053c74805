"""The map in a browser: opened by thumb, mouse or keyboard, alone or after a swap, and no third party."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.routing import Route as Chemin
from starlette.staticfiles import StaticFiles

from service.geographie import Communes, load_communes
from tests.browser.conftest import OpenPage
from tests.browser.serveur import run
from tests.browser.test_accessibilite import violations
from web import rendering
from web.plan import Point
from web.security import SecurityHeaders
from web.settings import Settings, Tuiles

pytestmark = pytest.mark.browser

PAGE = """{% extends "pages/base.html" %}{% from "components/plan.html" import plan %}
{% block titre %}Essai{% endblock %}
{% block contenu %}
<h1>Près de {{ centre.nom }}</h1>
<div data-hx-target="#region" data-hx-swap="outerHTML">
<button type="button" data-hx-get="/suite/{{ centre.code }}/{{ rayon_km }}">Suite</button></div>
{% include region %}
<script src="{{ statique("plan.js") }}" defer></script>
{% endblock %}"""
REGION = """{% from "components/plan.html" import plan %}
<div id="region">{{ plan(points, centre, rayon_km, reperes, tuiles) }}
<ol>{% for p in points %}<li id="{{ p.ancre }}" tabindex="-1">{{ p.titre }}</li>{% endfor %}</ol></div>"""
TUILES = Settings(
    tuiles="https://tuiles.example/{z}/{x}/{y}.png", tuiles_credit="© Tuiles d'exemple"
).fond_de_carte
UN_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005050280b5"
    "a3d4bd0000000049454e44ae426082"
)
# Two at the same place, one that cannot be confused with them, all around Lyon.
LYON, RAYON_KM = "69123", 20
DECALAGES = ((0.0, 0.0), (0.0, 0.0), (0.12, 0.1))
OUVRIR, CACHER = "Voir la carte", "Cacher la carte"


@dataclass(frozen=True)
class Essai:
    """A page with nothing but the map and its list, under the security policy of the application."""

    communes: Communes
    tuiles: Tuiles | None

    def app(self) -> Starlette:
        origine = self.tuiles.origine if self.tuiles else None
        return Starlette(
            routes=[
                Chemin("/{code}/{rayon_km:int}", lambda request: self.answer(request, PAGE)),
                Chemin("/suite/{code}/{rayon_km:int}", lambda request: self.answer(request, REGION)),
                Mount("/static", StaticFiles(directory=rendering.STATIQUES)),
            ],
            middleware=[Middleware(SecurityHeaders, https=False, tuiles=origine)],
        )

    def answer(self, request: Request, source: str) -> Response:
        centre = self.communes.get(request.path_params["code"])
        rayon_km = request.path_params["rayon_km"]
        env = rendering.environment()
        html = env.from_string(source).render(
            chemin="/",
            mon_dossier=False,
            region=env.from_string(REGION),
            points=[
                Point(
                    centre.latitude + dy,
                    centre.longitude + dx,
                    f"Offre {rang}",
                    rang,
                    f"annonce-{rang}",
                    False,
                )
                for rang, (dx, dy) in enumerate(DECALAGES, start=1)
            ],
            centre=centre,
            rayon_km=rayon_km,
            reperes=self.communes.landmarks(centre, rayon_km),
            tuiles=self.tuiles,
        )
        return HTMLResponse(html)


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


@pytest.fixture(scope="module")
def site(communes: Communes) -> Iterator[str]:
    """In place of the whole application's: `ouvre` listens to this one."""
    with run(Essai(communes, None).app()) as address:
        yield address


def show(page: Page, code: str = LYON, rayon_km: int = RAYON_KM) -> None:
    """Go to the page and open its map, if it is not open yet."""
    page.goto(f"/{code}/{rayon_km}")
    button = page.get_by_role("button", name=re.compile("la carte"))
    if button.inner_text() == OUVRIR:
        button.click()
    expect(marks(page).first).to_be_visible()


def marks(page: Page) -> Locator:
    return page.locator(".plan-marque")


def focused(page: Page) -> str:
    return str(
        page.evaluate(
            "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
        )
    )


def test_without_javascript_the_list_stands_alone(ouvre: OpenPage) -> None:
    page = ouvre(java_script_enabled=False)
    page.goto(f"/{LYON}/20")
    expect(page.locator("#plan")).to_be_hidden()
    expect(page.locator("li", has_text="Offre 3")).to_be_visible()


def test_on_a_phone_nothing_is_fetched_before_the_map_is_opened(ouvre: OpenPage) -> None:
    page = ouvre()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{LYON}/20")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "leaflet" in url or "contours" in url]
    page.get_by_role("button", name=OUVRIR).click()
    expect(marks(page).first).to_be_visible()
    assert len([url for url in asked if "leaflet" in url or "contours" in url]) == 3


def test_on_a_large_screen_the_map_is_there_and_can_be_closed(ouvre: OpenPage) -> None:
    page = ouvre(largeur=1280)
    page.goto(f"/{LYON}/20")
    expect(marks(page).first).to_be_visible()
    page.get_by_role("button", name=CACHER).click()
    expect(marks(page).first).to_be_hidden()
    page.get_by_role("button", name=OUVRIR).click()
    expect(marks(page).first).to_be_visible()


def test_markers_bear_the_numbers_of_the_list_and_say_how_many_are_at_one_place(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page)
    assert marks(page).all_inner_texts() == ["2 ici", "3"]
    assert [m.get_attribute("aria-label") for m in marks(page).all()] == [
        "2 ici, dans la liste : 1, 2",
        "3. Offre 3",
    ]


def test_several_at_the_same_place_can_each_be_reached(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page)
    marks(page).first.click()
    links = page.locator(".leaflet-popup a[href^='#annonce']")
    assert links.all_inner_texts() == ["1. Offre 1", "2. Offre 2"]
    links.nth(1).click()
    expect(page.locator("#annonce-2")).to_be_focused()


def test_the_keyboard_opens_a_marker_and_escape_comes_back_to_it(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page)
    page.get_by_role("button", name=CACHER).focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        if focused(page) == "3. Offre 3":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup a", has_text="3. Offre 3")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    assert focused(page) == "3. Offre 3"


def test_closing_a_popup_by_its_button_comes_back_to_the_marker(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page)
    marks(page).last.click()
    page.get_by_role("button", name="Fermer").click()
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    assert focused(page) == "3. Offre 3"


def test_a_popup_stays_inside_the_map_of_a_phone(ouvre: OpenPage) -> None:
    page = ouvre(reduced_motion="reduce")
    show(page)
    marks(page).first.click()
    popup, cadre = (page.locator(s).bounding_box() for s in (".leaflet-popup", ".plan-cadre"))
    assert popup
    assert cadre
    assert cadre["x"] <= popup["x"]
    assert popup["x"] + popup["width"] <= cadre["x"] + cadre["width"]
    assert cadre["y"] <= popup["y"]


def test_the_circle_is_as_large_as_the_distance_searched(ouvre: OpenPage) -> None:
    page = ouvre(largeur=1280, reduced_motion="reduce")
    show(page, rayon_km=40)
    circle = page.locator(".plan-rayon").bounding_box()
    scale = page.locator(".leaflet-control-scale-line")
    bar = scale.bounding_box()
    assert circle
    assert bar
    km_per_px = int(scale.inner_text().split()[0]) / bar["width"]
    assert circle["width"] * km_per_px == pytest.approx(80, rel=0.06)


def test_without_a_distance_there_is_no_circle(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page, rayon_km=0)
    expect(page.locator(".plan-rayon")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "rayon_km"), [(LYON, 20), ("29019", 40), ("97411", 20), ("75056", 10), ("59350", 200)]
)
def test_the_place_searched_is_named_and_no_name_hides_another(
    ouvre: OpenPage, communes: Communes, code: str, rayon_km: int
) -> None:
    page = ouvre(reduced_motion="reduce")
    show(page, code, rayon_km)
    names = page.locator(".plan-repere span:visible")
    assert names.first.inner_text() != ""
    assert communes.get(code).nom in names.all_inner_texts()
    boxes = sorted((b["x"], b["y"], b["width"]) for n in names.all() if (b := n.bounding_box()))
    for (xa, ya, width), (xb, yb, _) in pairwise(boxes):
        assert xb >= xa + width or abs(ya - yb) >= 12


def test_land_is_drawn_under_the_place(ouvre: OpenPage) -> None:
    page = ouvre(reduced_motion="reduce")
    show(page, "97411")
    assert page.locator(".plan-terre").evaluate(
        """(path) => {
            const frame = path.ownerSVGElement.closest(".plan-cadre").getBoundingClientRect();
            const land = (x, y) => document.elementsFromPoint === undefined ? null
              : path.isPointInFill(new DOMPoint(x, y).matrixTransform(path.getScreenCTM().inverse()));
            const middle = frame.x + frame.width / 2;
            return [land(middle, frame.bottom - 40), land(middle, frame.y + 40)];
        }"""
    ) == [True, False]


def test_zooming_in_parts_what_was_together_and_never_the_same_place(ouvre: OpenPage) -> None:
    page = ouvre(reduced_motion="reduce")
    show(page, rayon_km=200)
    expect(marks(page)).to_have_text(["3 ici"])
    marks(page).first.click()
    for _ in range(3):
        page.get_by_role("button", name="Agrandir").click()
    expect(marks(page)).to_have_text(["2 ici", "3"])


def test_after_a_swap_the_map_is_there_again_as_the_person_left_it(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page)
    page.evaluate("document.querySelector('.plan-cadre').dataset.ancien = 1")
    page.get_by_role("button", name="Suite").click()
    expect(page.locator(".plan-cadre[data-ancien]")).to_have_count(0)
    expect(marks(page)).to_have_text(["2 ici", "3"])
    page.get_by_role("button", name=CACHER).click()
    page.get_by_role("button", name="Suite").click()
    expect(page.get_by_role("button", name=OUVRIR)).to_be_visible()
    expect(page.locator(".plan-cadre")).to_have_count(0)


def test_a_map_that_cannot_be_fetched_says_so_and_can_be_tried_again(navigateur: Browser, site: str) -> None:
    page = navigateur.new_page(base_url=site, viewport={"width": 360, "height": 780})
    page.route("**/contours.json*", lambda route: route.abort(), times=1)
    page.goto(f"/{LYON}/20")
    page.get_by_role("button", name=OUVRIR).click()
    expect(page.get_by_role("status").filter(has_text="La liste dit la même chose")).to_be_visible()
    page.get_by_role("button", name=OUVRIR).click()
    expect(marks(page).first).to_be_visible()
    expect(page.get_by_text("n'a pas pu s'ouvrir")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("largeur", [360, 1280])
def test_axe_finds_nothing_on_the_map_nor_in_what_it_opens(ouvre: OpenPage, theme: str, largeur: int) -> None:
    page = ouvre(largeur=largeur, color_scheme=theme, reduced_motion="reduce")
    show(page)
    assert violations(page) == []
    marks(page).first.click()
    assert violations(page) == []


def test_forced_colours_keep_land_circle_and_markers(ouvre: OpenPage) -> None:
    page = ouvre(forced_colors="active")
    show(page)
    assert violations(page) == []
    strokes = [
        page.locator(s).first.evaluate("e => getComputedStyle(e).stroke")
        for s in (".plan-terre", ".plan-limite", ".plan-rayon")
    ]
    assert "none" not in strokes
    assert strokes[2] != strokes[0]
    assert page.locator(".plan-marque").first.evaluate("e => getComputedStyle(e).borderStyle") == "solid"


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_whoever_asked_for_calm(ouvre: OpenPage, motion: str, moves: bool) -> None:
    page = ouvre(reduced_motion=motion)
    show(page)
    assert page.locator(".plan-cadre.leaflet-fade-anim").count() == moves
    assert (
        page.locator(".leaflet-zoom-animated.leaflet-zoom-anim, .plan-cadre .leaflet-proxy").count() == moves
    )


def test_controls_and_markers_fit_a_thumb(ouvre: OpenPage) -> None:
    page = ouvre()
    show(page)
    marks(page).first.click()
    for control in page.locator(".leaflet-bar a, .leaflet-popup-close-button").all():
        box = control.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_nothing_scrolls_sideways_with_the_map_open(ouvre: OpenPage) -> None:
    page = ouvre(largeur=320)
    page.set_viewport_size({"width": 320, "height": 700})
    show(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_tile_server_is_asked_for_images_and_nobody_else(navigateur: Browser, communes: Communes) -> None:
    asked: list[str] = []
    violated: list[str] = []

    def serve_tile(route: Route) -> None:
        route.fulfill(body=UN_PIXEL, content_type="image/png")

    with run(Essai(communes, TUILES).app()) as address:
        page = navigateur.new_page(base_url=address, viewport={"width": 1280, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: violated.append(message.text))
        page.route("https://tuiles.example/**", serve_tile)
        show(page)
        expect(page.get_by_text("Fond de carte : © Tuiles d'exemple.")).to_be_visible()
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
        page.close()
    elsewhere = [url for url in asked if not url.startswith((address, "data:"))]
    assert elsewhere
    assert all(re.fullmatch(r"https://tuiles\.example/\d+/\d+/\d+\.png", url) for url in elsewhere)
    assert not [url for url in asked if "contours" in url]
    assert violated == []
