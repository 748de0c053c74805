"""What a person meets on « Comment devenir… » and on the ladder of a famille."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from knowledge.schema import Famille, Niveau
from service.conseiller import Conseiller, Personne
from service.conversation import Conversation
from service.dispositifs import Statut
from service.orientation import Verdict
from service.parcours import Depart
from service.position import Position, useful
from service.profil import EtudesMax, Experience, Profil
from service.reseau import network
from service.verrous import locks
from tests.dom import Node, parse
from tests.etats import ADULTE, CHEMIN, LYCEENNE, PAR_NOM, SALARIE, SMS, parole, repere
from web import libelles
from web.routes.position import PositionSaisie

ETAPES = {"class": "etapes"}


def page(client: TestClient, nom: str) -> Node:
    return parse(PAR_NOM[nom].ask(client).text)


def sent(client: TestClient, chemin: str, etat: str = "", **dits: str | list[str]) -> Node:
    return parse(client.post(chemin, data=repere(etat, dits)).text)


def ways(document: Node) -> list[Node]:
    """The first, open, then those behind a details."""
    return [n for n in document.walk() if "voie" in n.attrs.get("class", "").split()]


def value(document: Node, ident: str) -> str:
    """What a field shows."""
    field = document.by_id(ident)
    if field.tag == "input":
        return field.attrs["value"]
    return next((o.attrs["value"] for o in field.all("option") if "selected" in o.attrs), "")


# --- the ways ------------------------------------------------------------------------------------------------


def test_every_metier_has_ways_open_to_anybody_and_says_both_genders(
    client: TestClient, conseiller: Conseiller
) -> None:
    for slug, metier in conseiller.connaissances.metiers.items():
        document = parse(client.get(f"/parcours/{slug}").text)
        heading = document.all("h1")[0].text()
        assert metier.nom in heading
        assert ways(document)


def test_an_unknown_metier_or_famille_is_not_found(client: TestClient) -> None:
    for chemin in ("/parcours/astronaute", "/echelle/astronautes", "/echelle/petite_enfance"):
        assert client.get(chemin).status_code == 404
        assert client.post(chemin, data={"age": "17", "repondu": "1"}).status_code == 404


@pytest.mark.parametrize(
    "nom", ["parcours", "parcours-jeune", "parcours-adulte", "parcours-attente", "parcours-longs"]
)
def test_the_list_says_what_the_drawing_says(client: TestClient, nom: str) -> None:
    for way in ways(page(client, nom)):
        steps = [
            li
            for ol in way.all("ol", **ETAPES)
            for li in ol.all("li")
            if "etape" in li.attrs.get("class", "")
        ]
        for drawing in way.all("svg", role="img"):
            told = drawing.all("desc")[0].text()
            rows = [t for t in drawing.all("text") if t.attrs["class"] == "frise-nom"]
            assert len(rows) == len(steps)
            for step in steps[:-1]:
                assert step.all("h4")[0].text() in told or "Attente" in step.text()
                assert step.all("p", **{"class": "etape-duree"})[0].text().rstrip(".") in told


def test_the_first_way_is_open_and_the_others_are_one_step_further(client: TestClient) -> None:
    first, *others = ways(page(client, "parcours"))
    assert first.tag == "article"
    assert others
    assert {way.tag for way in others} == {"details"}


def test_every_step_has_a_length_and_a_training_has_a_source_and_a_date(client: TestClient) -> None:
    for nom in ("parcours", "parcours-jeune", "parcours-longs"):
        for way in ways(page(client, nom)):
            for step in way.all("ol", **ETAPES)[0].all("li", **{"class": "etape formation"}):
                assert step.all("p", **{"class": "etape-duree"})[0].text()
                assert re.search(r"vu le \d+", step.text())
                assert "D'abord :" in step.text() or "À faire alors :" in step.text()


def test_when_every_way_is_closed_it_says_what_closes_it_and_what_would_open_it(client: TestClient) -> None:
    [way] = ways(page(client, "parcours-fermes"))
    assert "Ce chemin semble fermé" in way.text()
    assert "Il s'ouvre si tu acceptes de longues études." in way.text()
    assert "Il faut le bac" in way.text()
    assert "Ça bloque" in way.text()


def test_a_diploma_already_held_opens_the_metier_at_once(client: TestClient) -> None:
    [way] = ways(sent(client, CHEMIN, diplomes=["DEAS"]))
    assert "déjà le diplôme" in way.text()
    assert not way.all("svg", role="img")


# --- what is told of oneself -----------------------------------------------------------------------------------


def test_a_young_person_is_tu_and_an_adult_vous(client: TestClient) -> None:
    assert "Où en es-tu" in page(client, "parcours-jeune").text()
    assert "Où en êtes-vous" in page(client, "parcours-adulte").text()
    assert "Où en êtes-vous" in page(client, "parcours").text()


def test_what_was_told_is_shown_again_as_typed(client: TestClient) -> None:
    document = page(client, "parcours-adulte")
    assert value(document, "age") == "41"
    assert value(document, "niveau") == "bac"
    assert value(document, "etudes_max") == "1_an"
    assert value(document, "statut") == "salarie_cdi"
    assert [value(document, f"exerce-{r}") for r in (0, 1)] == SALARIE["exerce"]
    assert [value(document, f"annees-{r}") for r in (0, 1)] == SALARIE["annees"]
    ticked = [i.attrs["value"] for i in document.all("input", name="diplomes") if "checked" in i.attrs]
    assert ticked == ["DEAES"]


def test_what_the_conversation_knows_fills_the_form_in(client: TestClient) -> None:
    etat = Conversation().to_json()
    assert value(parse(client.post(CHEMIN, data={"etat": etat}).text), "niveau") == ""
    assert (
        value(parse(client.post(CHEMIN, data={"etat": parole("j'ai le bac, et le permis")}).text), "niveau")
        == "bac"
    )


def test_a_field_emptied_in_the_form_is_no_longer_known(client: TestClient) -> None:
    etat = parole("j'ai le bac, et le permis")
    assert value(sent(client, CHEMIN, etat, niveau=""), "niveau") == ""


@pytest.mark.parametrize(
    ("dits", "champ"),
    [
        ({"age": "douze"}, "age"),
        ({"age": "12"}, "age"),
        ({"age": "200"}, "age"),
        ({"exerce": "aide-menager", "annees": "beaucoup"}, "annees-0"),
        ({"exerce": "aide-menager", "annees": "99"}, "annees-0"),
        ({"exerce": "", "annees": "3"}, "exerce-0"),
    ],
)
def test_a_refusal_stands_next_to_its_field_and_keeps_what_was_typed(
    client: TestClient, dits: dict[str, str], champ: str
) -> None:
    response = client.post(CHEMIN, data=repere(parole(SMS), dits | {"niveau": "bac"}))
    document = parse(response.text)
    assert response.status_code == 422
    field = document.by_id(champ)
    assert field.attrs["aria-invalid"] == "true"
    said = document.by_id(field.attrs["aria-describedby"]).text()
    assert said.endswith(".")
    assert not any(typed in said for typed in dits.values() if typed.isalpha())
    assert value(document, "niveau") == "bac"
    assert value(document, champ) == dits.get(champ.partition("-")[0], "")
    assert document.all("title")[0].text().startswith("Erreur : ")


@pytest.mark.parametrize(
    "dits", [{"niveau": "doctorat"}, {"diplomes": "ZZZ"}, {"exerce": "astronaute"}, {"statut": "roi"}]
)
def test_a_value_that_is_in_no_list_is_refused(client: TestClient, dits: dict[str, str]) -> None:
    assert client.post(CHEMIN, data=repere("", dits)).status_code == 422


@pytest.mark.parametrize(
    ("typed", "years"), [("2", 2.0), ("1,5", 1.5), ("1.5 an", 1.5), ("12 ans", 12.0), (" 3 ", 3.0)]
)
def test_years_are_read_as_people_write_them(conseiller: Conseiller, typed: str, years: float) -> None:
    saisie = PositionSaisie(exerce=["aide-menager"], annees=[typed], age="17 ans")
    position, erreurs = saisie.read(conseiller.connaissances, "vous")
    assert (position.exerces, position.age, erreurs) == ((("aide-menager", years),), 17, {})


def test_nothing_told_of_oneself_gets_into_an_address(client: TestClient) -> None:
    for nom in ("parcours-jeune", "parcours-adulte", "echelle-jeune"):
        document = page(client, nom)
        sent_to = [f.attrs["action"] for f in document.all("form")]
        sent_to += [b.attrs["formaction"] for b in document.all("button") if "formaction" in b.attrs]
        own = [a.attrs["href"] for a in document.all("a") if a.attrs["href"].startswith("/")]
        assert not [adresse for adresse in (*sent_to, *own) if "?" in adresse]


def test_the_answers_go_on_to_the_other_pages(client: TestClient) -> None:
    for nom in ("parcours-jeune", "echelle-jeune"):
        states = {i.attrs["value"] for i in page(client, nom).all("input", name="etat")}
        assert states == {Conversation.from_json(parole(SMS)).to_json()}


# --- money and people -------------------------------------------------------------------------------------------


def test_each_figure_of_the_money_card_has_its_source_and_date(client: TestClient) -> None:
    card = page(client, "parcours-jeune").by_id("financement")
    figures = [div for dl in card.all("dl") for div in dl.all("div")]
    assert any("€" in figure.text() for figure in figures)
    for figure in figures:
        assert re.search(r"vu le \d+", figure.text()), figure.text()


def test_the_money_card_follows_the_situation(client: TestClient) -> None:
    pupil, employee = (
        page(client, nom).by_id("financement").text() for nom in ("parcours-jeune", "parcours-adulte")
    )
    assert "Projet de transition professionnelle" in employee
    assert "Projet de transition professionnelle" not in pupil
    assert "Contrat d'apprentissage" in pupil


def test_whom_to_see_is_told_for_the_place_that_is_known(client: TestClient) -> None:
    people = page(client, "parcours-adulte").all("section", **{"aria_labelledby": "voir-titre"})[0]
    assert "Seine-Saint-Denis" in people.text() or "Île-de-France" in people.text()


# --- the ladder ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("famille", Famille)
def test_every_metier_of_a_famille_stands_once_on_its_ladder(
    client: TestClient, conseiller: Conseiller, famille: Famille
) -> None:
    document = parse(client.get(f"/echelle/{libelles.anchor(famille)}").text)
    places = document.all("li", **{"class": "barreau panneau"})
    led_to = [a.attrs["href"] for place in places for a in place.all("a") if "/parcours/" in a.attrs["href"]]
    wanted = [
        f"/parcours/{m.slug}" for m in conseiller.connaissances.metiers.values() if m.famille is famille
    ]
    assert sorted(led_to) == sorted(wanted)


def test_rungs_go_up_and_closed_ones_come_last_with_why(client: TestClient) -> None:
    document = page(client, "echelle-jeune")
    rungs = document.all("ol", **{"class": "echelons"})[0]
    titles = [h.text() for h in rungs.all("h2")]
    assert titles[0] == "Maintenant"
    assert titles == sorted(titles, key=lambda t: (t.startswith("Fermé"), t.startswith("+"), t))
    closed = [li for li in rungs.all("li") if "ferme" in li.attrs.get("class", "").split()]
    for place in (p for rung in closed for p in rung.all("li", **{"class": "barreau panneau"})):
        assert place.all("p")[0].text().startswith(("Il faut", "Ce chemin", "Il est trop tôt", "L'âge"))


def test_the_ladder_starts_from_the_level_that_is_told(client: TestClient) -> None:
    bare, bac = (
        sent(client, "/echelle/sante", niveau=n).by_id("contenu").text() for n in ("sans_diplome", "bac")
    )
    assert bare != bac


def test_the_lists_and_the_metier_lead_to_the_ways(client: TestClient) -> None:
    assert "/echelle/petite-enfance" in [a.attrs["href"] for a in page(client, "metiers").all("a")]
    assert CHEMIN in [a.attrs["href"] for a in page(client, "metier").all("a")]
    assert CHEMIN in [f.attrs["action"] for f in page(client, "metier-depuis-resultats").all("form")]
    for card in page(client, "resultats").all("article"):
        assert [b for b in card.all("button") if b.attrs.get("formaction", "").startswith("/parcours/")]


# --- below the pages -------------------------------------------------------------------------------------------------


def test_practice_chosen_from_the_list_is_taken_as_it_is(conseiller: Conseiller) -> None:
    for slug in conseiller.connaissances.metiers:
        position = Position(exerces=((slug, 2.0),))
        depart = position.departure(Personne(Profil()), conseiller)
        assert depart.exerces == ((slug, 2.0),)
        assert depart.annees_travail == 2.0


def test_other_jobs_of_the_conversation_still_count_as_work(conseiller: Conseiller) -> None:
    told = Personne(Profil(experiences=[Experience(intitule="cuisinier", annees=20.0)]))
    position = Position.of(told, conseiller)
    assert position.exerces == ()
    assert position.departure(told, conseiller).annees_travail == 20.0


def test_a_position_read_from_a_conversation_changes_nothing(conseiller: Conseiller) -> None:
    told = Personne(
        Profil(age=30, niveau=Niveau.BAC, diplomes=["DEAES"], etudes_max=EtudesMax.UN_AN, permis=True)
    )
    assert Position.of(told, conseiller).departure(told, conseiller) == conseiller.departure(told)


def test_the_diplomas_asked_about_lead_to_the_metier(conseiller: Conseiller) -> None:
    reseau = network(conseiller.connaissances)
    asked = useful("aide-soignant", reseau)
    assert {"DEAS", "DEAP", "DEAES", "BACASSP"} <= asked
    for slug in reseau.metiers:
        assert useful(slug, reseau) <= reseau.certifications.keys()


def test_whatever_closes_a_way_is_said_with_what_opens_it(conseiller: Conseiller) -> None:
    reseau = network(conseiller.connaissances)
    for age in (14, 16, 41, 62):
        depart = Depart(age=age, niveau=None, permis=False, jeune=age < 18)
        for slug in reseau.metiers:
            for way in reseau.vers(slug, depart, EtudesMax.AUCUNE):
                closed = way.verdict(EtudesMax.AUCUNE) is Verdict.BLOQUANT
                found = locks(way, EtudesMax.AUCUNE, conseiller.connaissances, "tu", age)
                assert bool(found) == closed
                assert all(verrou.ferme and verrou.ouvre for verrou in found)


def test_every_situation_and_verdict_has_its_words() -> None:
    assert set(libelles.STATUTS) == set(Statut)
    assert set(libelles.OUVERTURES) == set(Verdict)


def test_a_pupil_is_told_of_apprenticeship_from_her_own_age(client: TestClient) -> None:
    document = sent(client, CHEMIN, ADULTE, **LYCEENNE)
    assert "17" in document.by_id("financement").text()
