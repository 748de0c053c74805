"""The map of results: what its page carries, its outlines, its library, and who may serve its background."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from service.catalogue.fiches import Lieu, Offre
from service.catalogue.recherche import Trouvaille
from service.geographie import Communes, load_communes
from tests.dom import Node, parse
from web import rendering, security
from web.app import create_app
from web.plan import Point, points
from web.settings import Settings, Tuiles

LEAFLET = rendering.STATIQUES / "leaflet-1.9.4"
# Of the files of the npm package leaflet 1.9.4, unchanged.
EMPREINTES = {
    "leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    "leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
    "LICENSE": "53e8dc25862014e4324741ca18fbe3611e11d42ef69f59f86ea8c5389647d4cb",
}
CONTOURS_OCTETS = 90_000
GABARIT = "https://tuiles.example/fond/{z}/{x}/{y}.png"
CREDIT = "© Tuiles d'exemple"
Anneau = list[tuple[float, float]]


# ---------- What the page carries ----------


def draw(
    trouves: tuple[Point, ...], *, rayon_km: int | None = 20, tuiles: Tuiles | None = None, nom: str = "Lyon"
) -> str:
    centre = SimpleNamespace(nom=nom, latitude=45.7676, longitude=4.8346)
    module = rendering.environment().get_template("components/plan.html").module
    return str(module.plan(trouves, centre, rayon_km, [centre], tuiles))  # type: ignore[attr-defined]


def point(rang: int = 3, titre: str = "Aide-soignante", *, demonstration: bool = False) -> Point:
    return Point(45.75, 4.85, titre, rang, f"annonce-{rang}", demonstration)


def test_without_javascript_there_is_no_map() -> None:
    section = parse(draw((point(),))).all("section")[0]
    assert "hidden" in section.attrs


def test_without_any_place_to_show_there_is_no_map_at_all() -> None:
    assert draw(()).strip() == ""


def test_each_marker_leads_to_its_item_of_the_list_under_its_number() -> None:
    links = parse(draw((point(2), point(5, "Ambulancière")))).all("a")
    assert [(a.attrs["href"], a.attrs["data-rang"], a.text()) for a in links] == [
        ("#annonce-2", "2", "2. Aide-soignante"),
        ("#annonce-5", "5", "5. Ambulancière"),
    ]


def test_an_invented_entry_says_so_on_the_map() -> None:
    assert "exemple inventé" in draw((point(demonstration=True),))
    assert "exemple inventé" not in draw((point(),))


def test_nothing_in_a_title_becomes_a_tag_an_attribute_or_a_style() -> None:
    html = draw((point(titre='<script>alert(1)</script>" style="x'),), nom="<img src=x>")
    nodes = list(parse(html).walk())
    assert not [n for n in nodes if n.tag in {"script", "img", "style"}]
    assert not [n for n in nodes if "style" in n.attrs or any(name.startswith("on") for name in n.attrs)]


def test_a_distance_is_carried_only_when_there_is_one() -> None:
    def centre(rayon_km: int | None) -> Node:
        return parse(draw((point(),), rayon_km=rayon_km)).all("b")[0]

    assert centre(40).attrs["data-rayon-km"] == "40"
    assert "data-rayon-km" not in centre(None).attrs


def test_the_background_is_our_own_file_unless_tiles_are_set() -> None:
    ours = parse(draw((point(),))).by_id("plan").attrs
    assert ours["data-contours"].startswith("/static/contours.json?v=")
    assert "data-tuiles" not in ours
    theirs = draw((point(),), tuiles=Settings(tuiles=GABARIT, tuiles_credit=CREDIT).fond_de_carte)
    assert parse(theirs).by_id("plan").attrs["data-tuiles"] == GABARIT
    assert "contours.json" not in theirs
    assert CREDIT in parse(theirs).text()


def test_the_map_shows_what_has_a_place_and_keeps_the_numbers_of_the_list() -> None:
    situe = Lieu("Lyon (69)", "69123", "69", 45.7676, 4.8346)
    found = points(
        [trouve(situe), trouve(Lieu("Rhône", None, "69")), trouve(situe, a_distance=True), trouve(situe)]
    )
    assert [(p.rang, p.ancre, p.latitude) for p in found] == [
        (1, "annonce-1", 45.7676),
        (4, "annonce-4", 45.7676),
    ]


def trouve(lieu: Lieu, *, a_distance: bool = False) -> Trouvaille:
    offre = Offre(
        source="lheo",
        cle="1",
        url="https://example.org",
        titre="Offre",
        lieu=lieu,
        codes=("J1501",),
        publie_le=date(2026, 11, 1),
        a_distance=a_distance,
    )
    return Trouvaille(offre, "Source", 1.0)


# ---------- The outlines ----------


@pytest.fixture(scope="module")
def contours() -> dict[str, list[Anneau]]:
    lignes = json.loads((rendering.STATIQUES / "contours.json").read_text(encoding="ascii"))
    return {nom: [decode(ligne) for ligne in textes] for nom, textes in lignes.items()}


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


def decode(texte: str) -> Anneau:
    """« Encoded polyline », thousandths of a degree, longitude first."""
    deltas: list[int] = []
    valeur = decalage = 0
    for lettre in texte:
        bits = ord(lettre) - 63
        valeur |= (bits & 31) << decalage
        decalage += 5
        if not bits & 32:
            deltas.append(~(valeur >> 1) if valeur & 1 else valeur >> 1)
            valeur = decalage = 0
    assert decalage == 0, "a number is cut"
    x = y = 0
    anneau = []
    for dx, dy in zip(deltas[::2], deltas[1::2], strict=True):
        x, y = x + dx, y + dy
        anneau.append((x / 1000, y / 1000))
    return anneau


def on_land(terres: list[Anneau], longitude: float, latitude: float) -> bool:
    """By the number of borders met on the way west: even-odd, as the map fills them."""
    crossed = 0
    for anneau in terres:
        for (xa, ya), (xb, yb) in pairwise(anneau):
            if (ya > latitude) != (yb > latitude):
                crossed += xa + (latitude - ya) / (yb - ya) * (xb - xa) < longitude
    return crossed % 2 == 1


def test_the_outlines_are_light() -> None:
    assert (rendering.STATIQUES / "contours.json").stat().st_size <= CONTOURS_OCTETS


def test_large_towns_of_every_territory_are_on_land(
    contours: dict[str, list[Anneau]], communes: Communes
) -> None:
    inland = ["75056", "69123", "31555", "87085", "21231", "59350", "67482", "2B096", "97113", "97209"]
    inland += ["97353", "97422", "97610", "49126"]
    missed = [
        c.nom for c in map(communes.get, inland) if not on_land(contours["terres"], c.longitude, c.latitude)
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(-4.45, 48.1), (5.0, 43.0), (4.35, 50.85), (9.0, 43.2), (55.0, -20.8), (1.98, 42.46)],
    ids=["rade-de-brest", "mediterranee", "bruxelles", "au-nord-de-la-corse", "ocean-indien", "llivia"],
)
def test_the_sea_and_other_countries_are_not(
    contours: dict[str, list[Anneau]], longitude: float, latitude: float
) -> None:
    assert not on_land(contours["terres"], longitude, latitude)


def test_every_ring_is_closed_and_inner_borders_are_lines_between_departements(
    contours: dict[str, list[Anneau]],
) -> None:
    assert all(anneau[0] == anneau[-1] for anneau in contours["terres"])
    # 94 départements of the mainland and two of Corsica have far more than a hundred borders in common.
    assert len(contours["limites"]) > 200
    assert all(len(ligne) >= 2 for ligne in contours["limites"])


def test_a_border_between_two_departements_passes_where_it_should(contours: dict[str, list[Anneau]]) -> None:
    """Between Paris and Montreuil, which is in Seine-Saint-Denis."""
    points = [p for ligne in contours["limites"] for p in ligne]
    assert any(2.40 <= x <= 2.42 and 48.84 <= y <= 48.87 for x, y in points)


# ---------- The library ----------


@pytest.mark.parametrize("nom", EMPREINTES)
def test_leaflet_is_the_published_one(nom: str) -> None:
    assert hashlib.sha256((LEAFLET / nom).read_bytes()).hexdigest() == EMPREINTES[nom]


def test_nothing_else_of_leaflet_is_served() -> None:
    assert {p.name for p in LEAFLET.iterdir()} == EMPREINTES.keys()


# ---------- Tiles ----------


def policy(settings: Settings) -> dict[str, list[str]]:
    client = TestClient(create_app(settings))
    header = client.get("/static/icone.svg").headers["content-security-policy"]
    directives = [directive.split() for directive in header.split(";")]
    return {nom: sources for nom, *sources in directives}


def test_by_default_no_third_party_is_allowed() -> None:
    header = TestClient(create_app(Settings())).get("/static/icone.svg").headers["content-security-policy"]
    assert header == security.CSP
    assert "https:" not in header
    assert Settings().fond_de_carte is None


def test_a_tile_server_is_allowed_for_images_and_for_nothing_else() -> None:
    usual, opened = policy(Settings()), policy(Settings(tuiles=GABARIT, tuiles_credit=CREDIT))
    assert opened.pop("img-src") == [*usual.pop("img-src"), "https://tuiles.example"]
    assert opened == usual


def test_pages_find_the_tile_server_in_the_state_of_the_application() -> None:
    app = create_app(Settings(tuiles="https://t.example:8443/{z}/{x}/{y}?cle=a", tuiles_credit=f" {CREDIT} "))
    assert isinstance(app, Starlette)
    assert app.state.tuiles == Tuiles(
        "https://t.example:8443/{z}/{x}/{y}?cle=a", CREDIT, "https://t.example:8443"
    )


@pytest.mark.parametrize(
    "gabarit",
    [
        "http://tuiles.example/{z}/{x}/{y}.png",
        "https://tuiles.example/{z}/{x}.png",
        "https://tuiles.example/{z}/{x}/{y}/{y}.png",
        "https://{s}.tuiles.example/{z}/{x}/{y}.png",
        "https://tuiles.example/{z}/{x}/{y}{r}.png",
        "https://tuiles.example; script-src *//{z}/{x}/{y}.png",
        "https://tuiles.example/{z}/{x}/{y}.png; script-src *",
        "https://tuiles.example/{z}/{x}/{y}.png\n",
        "https://personne:secret@tuiles.example/{z}/{x}/{y}.png",
        "https://*/{z}/{x}/{y}.png",
        "//tuiles.example/{z}/{x}/{y}.png",
        "tuiles",
    ],
)
def test_a_template_that_cannot_be_trusted_stops_the_start(gabarit: str) -> None:
    with pytest.raises(ValidationError, match="CAP_SOIN_TUILES doit être une adresse https"):
        Settings(tuiles=gabarit, tuiles_credit=CREDIT)


def test_a_tile_server_without_its_credit_stops_the_start() -> None:
    with pytest.raises(ValidationError, match="CAP_SOIN_TUILES_CREDIT"):
        Settings(tuiles=GABARIT, tuiles_credit=" ")


def test_the_settings_of_the_map_are_documented() -> None:
    reglages = (Path(__file__).parent.parent / "docs" / "reglages.md").read_text(encoding="utf-8")
    assert "`CAP_SOIN_TUILES`" in reglages
    assert "`CAP_SOIN_TUILES_CREDIT`" in reglages
