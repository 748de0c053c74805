"""What a person meets on the two lists of métiers and on the page of each."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation
from tests.dom import Node, parse
from tests.etats import PAR_NOM, SMS, parole
from web import rendering

LISTES = ("metiers", "metiers-par-duree")


def page(client: TestClient, nom: str) -> Node:
    return parse(PAR_NOM[nom].ask(client).text)


def slug_of(tile: Node) -> str:
    return tile.attrs["href"].rpartition("/")[2]


def test_every_metier_has_its_page_and_both_genders_in_its_title(
    client: TestClient, conseiller: Conseiller
) -> None:
    for slug, metier in conseiller.connaissances.metiers.items():
        heading = parse(client.get(f"/metiers/{slug}").text).all("h1")[0].text()
        assert metier.titre.feminin in heading
        assert metier.titre.masculin in heading


def test_the_list_says_which_metiers_are_our_proposal(client: TestClient, conseiller: Conseiller) -> None:
    tiles = {
        a.attrs["href"].rpartition("/")[2]: "Notre proposition" in a.text()
        for a in page(client, "metiers").all("a", **{"class": "tuile"})
    }
    proposed = {s: m.statut == "propose" for s, m in conseiller.connaissances.metiers.items()}
    assert tiles == proposed


def test_every_figure_of_pay_has_its_source_and_date(client: TestClient, conseiller: Conseiller) -> None:
    for slug, metier in conseiller.connaissances.metiers.items():
        source = metier.sources[metier.salaire.source]
        pay = parse(client.get(f"/metiers/{slug}").text).by_id("paie")
        section = next(
            n for n in parse(client.get(f"/metiers/{slug}").text).all("section") if pay in n.children
        )
        assert source.organisme in section.text()
        assert rendering.date_fr(source.vu_le) in section.text()


def test_a_metier_seen_from_results_leads_back_to_them(client: TestClient) -> None:
    back = page(client, "metier-depuis-resultats").all("form", action="/resultats")[0]
    etat = back.all("input", name="etat")[0].attrs["value"]
    assert Conversation.from_json(etat).tours


@pytest.mark.parametrize("nom", LISTES)
def test_both_lists_show_each_metier_once_and_let_it_be_compared(
    client: TestClient, conseiller: Conseiller, nom: str
) -> None:
    document = page(client, nom)
    slugs = sorted(conseiller.connaissances.metiers)
    form = document.all("form", action="/comparer")[0]
    assert sorted(slug_of(a) for a in form.all("a", **{"class": "tuile"})) == slugs
    assert sorted(i.attrs["value"] for i in form.all("input", type="checkbox", name="metiers")) == slugs
    assert [b.text() for b in form.all("button")] == ["Comparer"]


@pytest.mark.parametrize("nom", LISTES)
def test_ticking_a_metier_is_apart_from_opening_it(client: TestClient, nom: str) -> None:
    document = page(client, nom)
    assert not [i for a in document.all("a") for i in a.all("input")]
    boxes = [label for label in document.all("label") if label.all("input", type="checkbox")]
    for label, tile in zip(boxes, document.all("a", **{"class": "tuile"}), strict=True):
        assert label.text() == f"Comparer : {tile.all('strong')[0].text()}"


def test_each_list_leads_to_the_other_and_says_which_is_shown(client: TestClient) -> None:
    adresses = {nom: PAR_NOM[nom].chemin for nom in LISTES}
    for nom, adresse in adresses.items():
        views = page(client, nom).all("a", **{"class": "genre"})
        assert {a.attrs["href"] for a in views} == {*adresses.values(), "/echelle/petite-enfance"}
        assert [a.attrs["href"] for a in views if a.attrs.get("aria-current") == "page"] == [adresse]


def test_metiers_by_duration_go_from_the_shortest_to_the_longest(
    client: TestClient, conseiller: Conseiller
) -> None:
    metiers = conseiller.connaissances.metiers
    sections = page(client, "metiers-par-duree").all("section")
    assert [s.all("h2")[0].text() for s in sections] == [
        "Tout de suite ou presque",
        "Moins d'un an",
        "Un à deux ans",
        "Trois ans et plus",
    ]
    mois = [
        [metiers[slug_of(a)].acces.duree_mois for a in s.all("a", **{"class": "tuile"})] for s in sections
    ]
    assert [(groupe[0], groupe[-1]) for groupe in mois] == [(0, 0), (4, 11), (12, 24), (36, 72)]
    assert all(groupe == sorted(groupe) for groupe in mois)


def test_a_tile_by_duration_says_how_long_and_whether_without_diploma(
    client: TestClient, conseiller: Conseiller
) -> None:
    for tile in page(client, "metiers-par-duree").all("a", **{"class": "tuile"}):
        acces = conseiller.connaissances.metiers[slug_of(tile)].acces
        assert acces.duree_texte in tile.text()
        assert ("Possible sans diplôme" in tile.text()) == acces.sans_diplome


def test_a_day_is_told_in_both_genders(client: TestClient) -> None:
    day = page(client, "metier").by_id("journee").text()
    assert day == "Une journée d'aide-soignante ou d'aide-soignant"
    moniteur = parse(client.get("/metiers/moniteur-educateur").text).by_id("journee").text()
    assert moniteur == "Une journée de monitrice éducatrice ou de moniteur éducateur"


def test_easy_reading_comes_first_and_the_whole_file_stays_at_hand(
    client: TestClient, conseiller: Conseiller
) -> None:
    document = page(client, "metier-facile")
    facile = conseiller.connaissances.metiers["aide-soignant"].facile
    told = [p.text() for p in document.by_id("facile").all("p")]
    assert told == [*facile.resume, *facile.avec_qui, *facile.ce_qu_on_fait, *facile.dur, *facile.pour_entrer]
    whole = document.all("details")[0]
    assert whole.all("summary")[0].text() == "Voir la fiche complète"
    assert {"journee", "pese", "sources"} <= {n.attrs.get("id") for n in whole.walk()}


def test_every_heading_of_easy_reading_has_its_pictogram(client: TestClient, conseiller: Conseiller) -> None:
    for slug in conseiller.connaissances.metiers:
        facile = parse(client.post(f"/metiers/{slug}", data={"lecture": "facile"}).text).by_id("facile")
        headings = facile.all("h2")
        assert len(headings) == 5
        for heading in headings:
            feuille, _, symbole = heading.all("use")[0].attrs["href"].partition("#")
            assert f'id="{symbole}"' in client.get(feuille).text


def test_either_reading_offers_the_other(client: TestClient) -> None:
    for nom, autre in (("metier", "facile"), ("metier-facile", "normale")):
        form = page(client, nom).all("form", **{"class": "lecture"})[0]
        assert [b.attrs["value"] for b in form.all("button", name="lecture")] == [autre]
        assert not form.all("input", name="etat")


def test_changing_the_reading_keeps_the_answers(client: TestClient) -> None:
    easy = parse(client.post("/metiers/aide-soignant", data={"etat": parole(SMS), "lecture": "facile"}).text)
    form = easy.all("form", **{"class": "lecture"})[0]
    etat = form.all("input", name="etat")[0].attrs["value"]
    assert "mamie" in etat
    again = parse(client.post("/metiers/infirmier", data={"etat": etat}).text)
    assert again.all("div", id="facile"), "the reading goes with the answers"
    back = parse(client.post("/metiers/infirmier", data={"etat": etat, "lecture": "normale"}).text)
    assert not back.all("div", id="facile")


def test_answers_that_cannot_be_read_still_show_the_metier(client: TestClient) -> None:
    response = client.post("/metiers/aide-soignant", data={"etat": "{", "lecture": "facile"})
    assert response.status_code == 200
    assert not parse(response.text).all("input", name="etat", value="{")
