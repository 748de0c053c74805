"""What a person meets on every page and in every state."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from knowledge.schema import Contrainte, Famille, Frequence, Niveau
from service.conseiller import Conseiller
from service.orientation import Certitude, Verdict
from tests.dom import Node, parse
from tests.etats import ETATS, HORS_SUJET, PAR_NOM, SMS, Etat, parole, state
from web import libelles, rendering

LOADED = (("script", "src"), ("link", "href"), ("img", "src"), ("form", "action"), ("use", "href"))
CHAQUE_ETAT = pytest.mark.parametrize("etat", ETATS, ids=lambda e: e.nom)


def page(client: TestClient, nom: str) -> Node:
    return parse(PAR_NOM[nom].ask(client).text)


@CHAQUE_ETAT
def test_every_state_is_a_french_page_with_one_heading(client: TestClient, etat: Etat) -> None:
    response = etat.ask(client)
    document = parse(response.text)
    assert response.status_code == etat.status
    assert [n.attrs["lang"] for n in document.all("html")] == ["fr"]
    assert len(document.all("h1")) == 1
    assert document.all("title")[0].text().endswith("· Cap Soin")


@CHAQUE_ETAT
def test_nothing_is_loaded_from_elsewhere(client: TestClient, etat: Etat) -> None:
    document = parse(etat.ask(client).text)
    for tag, attribute in LOADED:
        for node in document.all(tag):
            assert node.attrs[attribute].startswith("/"), node.attrs


@CHAQUE_ETAT
def test_no_script_or_style_is_inline(client: TestClient, etat: Etat) -> None:
    document = parse(etat.ask(client).text)
    assert not document.all("style")
    assert all(node.children == [] for node in document.all("script"))
    for node in document.walk():
        assert not any(name == "style" or name.startswith("on") for name in node.attrs), node


@CHAQUE_ETAT
def test_identifiers_are_unique_and_labels_point_somewhere(client: TestClient, etat: Etat) -> None:
    document = parse(etat.ask(client).text)
    idents = [node.attrs["id"] for node in document.walk() if "id" in node.attrs]
    assert len(idents) == len(set(idents))
    for node in document.walk():
        for attribute in ("for", "form", "aria-labelledby", "aria-describedby"):
            assert set(node.attrs.get(attribute, "").split()) <= set(idents), node.attrs


@CHAQUE_ETAT
def test_it_says_it_is_a_program_and_whom_to_call(client: TestClient, etat: Etat) -> None:
    footer = parse(etat.ask(client).text).all("footer")[0]
    assert "Cap Soin est un programme. Personne ne lit" in footer.text()
    assert {a.attrs["href"] for a in footer.all("a")} >= {"tel:112", "sms:114"}


@CHAQUE_ETAT
def test_answers_never_travel_in_an_address(client: TestClient, etat: Etat) -> None:
    document = parse(etat.ask(client).text)
    for form in document.all("form"):
        assert form.attrs["method"] == "post"
    for lien in document.all("a"):
        assert "?" not in lien.attrs["href"] or lien.attrs["href"].startswith("http")


@CHAQUE_ETAT
def test_no_median_dot_and_no_bare_none(client: TestClient, etat: Etat) -> None:
    text = parse(etat.ask(client).text).all("main")[0].text()
    assert not re.search(r"\w·\w", text)
    assert not re.search(r"\bNone\b|\{\{|\}\}", text)


def test_the_three_doors_choose_tu_or_vous(client: TestClient) -> None:
    assert "tes mots" in page(client, "debut-jeune").text()
    assert "vos mots" in page(client, "debut-reconversion").text()
    assert "vos mots" in page(client, "debut-accompagne").text()


def test_results_show_three_metiers_with_reasons_and_a_way_out(client: TestClient) -> None:
    document = page(client, "resultats")
    cards = document.all("article")
    assert len(document.all("ol", **{"class": "cartes"})[0].all("article")) == 3
    assert "Ce n'est pas un verdict" in document.all("main")[0].text()
    for card in cards:
        assert "Le premier pas" in card.text()
        assert card.all("button", name="ecarter")


def test_the_contributions_shown_add_up_to_their_total(client: TestClient) -> None:
    for table in page(client, "resultats").all("table"):
        shown = [
            float(row.all("td")[-1].text().replace("\u2212", "-").replace(",", "."))
            for part in ("tbody", "tfoot")
            for row in table.all(part)[0].all("tr")
        ]
        # Each weight is rounded to a hundredth, so the sum may be off by half of one per line.
        assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=0.005 * len(shown))


def test_a_metier_set_aside_leaves_the_first_three_and_can_come_back(client: TestClient) -> None:
    before = page(client, "resultats").all("article")[0].all("button", name="ecarter")[0]
    slug = before.attrs["value"]
    aside = parse(client.post("/resultats", data={"etat": parole(SMS), "ecarter": slug}).text)
    assert slug not in [b.attrs["value"] for b in aside.all("button", name="ecarter")]
    assert slug in [b.attrs["value"] for b in aside.all("button", name="remettre")]
    etat = aside.all("input", name="etat")[0].attrs["value"]
    back = parse(client.post("/resultats", data={"etat": etat, "remettre": slug}).text)
    assert slug in [b.attrs["value"] for b in back.all("button", name="ecarter")]


def test_without_a_clear_result_it_says_so(client: TestClient) -> None:
    assert "pas assez d'éléments" in page(client, "resultats-flous").text()


def test_off_topic_proposes_no_metier_and_says_it(client: TestClient) -> None:
    document = page(client, "resultats-hors-sujet")
    assert not document.all("article")
    assert "Je n'ai pas trouvé de lien" in document.all("h1")[0].text()
    assert HORS_SUJET not in document.all("title")[0].text()


@pytest.mark.parametrize("nom", ["detresse", "resultats-detresse"])
def test_distress_shows_numbers_first_and_no_metier(client: TestClient, nom: str) -> None:
    main = page(client, nom).all("main")[0]
    assert "tel:3114" in [a.attrs["href"] for a in main.all("a")]
    assert not main.all("article")
    assert not main.all("button", name="choix")
    assert "Continuer plus tard" in main.text()
    assert [b.text() for b in main.all("button", name="revenir")] == ["Reprendre"]


@pytest.mark.parametrize("nom", ["erreur-vide", "erreur-long", "erreur-etat", "erreur-choix"])
def test_a_refusal_is_tied_to_the_field_and_keeps_what_was_typed(client: TestClient, nom: str) -> None:
    document = page(client, nom)
    field = document.by_id("texte")
    assert field.attrs["aria-invalid"] == "true"
    assert document.by_id(field.attrs["aria-describedby"]).text().endswith(".")
    assert field.text() == (PAR_NOM[nom].data or {}).get("texte", "")


def test_in_distress_the_numbers_come_before_anything_else_said(client: TestClient) -> None:
    main = page(client, "detresse").all("main")[0]
    assert not main.all("ol")
    assert "sms:114" in [a.attrs["href"] for a in main.all("a")]


def test_choosing_a_button_keeps_the_sentence_being_typed(client: TestClient) -> None:
    start = page(client, "debut-jeune")
    choix = start.all("button", name="choix")[0].attrs["value"]
    data = {"etat": state(), "choix": choix, "texte": "je n'ai pas fini"}
    assert parse(client.post("/conversation", data=data).text).by_id("texte").text() == data["texte"]


def test_a_question_proposed_is_asked_and_what_was_being_typed_stays(client: TestClient) -> None:
    etat = parole("combien gagne un plombier ?")
    page = client.post(
        "/conversation", data={"etat": etat, "demander": "Qu'est-ce que la VAE ?", "texte": "et sinon"}
    )
    assert "et sinon</textarea>" in page.text
    assert "sans reprendre toute la formation" in page.text


def test_what_was_typed_comes_back_as_text_and_never_as_html(client: TestClient) -> None:
    data = {"texte": "<script>alert(1)</script>", "envoyer": "1"}
    html = client.post("/conversation", data=data).text
    assert "<script>alert" not in html
    assert "<script>alert(1)</script>" in unescape(html)


@pytest.mark.parametrize("chemin", ["/conversation", "/resultats"])
def test_a_page_that_needs_answers_sends_back_to_the_start(client: TestClient, chemin: str) -> None:
    response = client.get(chemin, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/")


def test_the_privacy_notice_is_short(client: TestClient) -> None:
    assert len(page(client, "vos-donnees").all("article")[0].text().split()) <= 250


def test_every_closed_list_has_its_words() -> None:
    assert set(libelles.FAMILLES) == set(libelles.FAMILLES_EN_BREF) == set(Famille)
    assert set(libelles.NIVEAUX) == set(Niveau)
    assert set(libelles.CONTRAINTES) == set(Contrainte)
    assert set(libelles.FREQUENCES) == set(libelles.FREQUENCES_RANG) == set(Frequence)
    assert set(libelles.VERDICTS) == set(Verdict)
    assert set(libelles.CERTITUDES) == set(Certitude)


def test_every_mini_situation_has_its_drawing(conseiller: Conseiller) -> None:
    for question in conseiller.connaissances.questions:
        drawn = rendering.scene_url(question.id) is not None
        assert drawn == question.id.startswith("situations."), question.id


def test_every_pictogram_used_is_drawn(client: TestClient) -> None:
    drawn = {
        f"{rendering.static_url(sheet.name)}#{symbol.attrs['id']}"
        for sheet in rendering.STATIQUES.glob("pictos*.svg")
        for symbol in parse(sheet.read_text(encoding="utf-8")).all("symbol")
    }
    for etat in ETATS:
        for use in parse(etat.ask(client).text).all("use"):
            assert use.attrs["href"] in drawn


def test_french_spaces_do_not_break() -> None:
    typed = rendering.bind_spaces("« mamie » : à 17 h ?")
    assert typed == "«\u00a0mamie\u00a0»\u00a0: à 17\u00a0h\u00a0?"


@pytest.mark.parametrize(
    ("mois", "texte"),
    [(0, "Sans longue formation"), (11, "11 mois"), (12, "1 an"), (36, "3 ans"), (18, "18 mois")],
)
def test_a_duration_is_said_in_the_unit_people_use(mois: int, texte: str) -> None:
    assert rendering.duree_mois(mois) == texte
