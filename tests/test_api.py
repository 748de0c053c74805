"""The JSON API against its contract: what it answers, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from knowledge.schema import Question
from service.conseiller import Conseiller
from tests.bases import invented
from web.app import create_app
from web.settings import Settings

API = "/api/v1"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client(conseiller: Conseiller) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), conseiller, invented(conseiller))) as client:
        yield client


def test_an_orientation_has_exactly_the_fields_of_the_contract(client: TestClient) -> None:
    profil = {"publics": {"personnes_agees": 2}, "contraintes": {"week_end": "non"}}
    answer = client.post(f"{API}/orientation", json=profil)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "recommandations", "resultat_clair", "hors_sujet", "alerte",
        "prochaine_question", "non_reconnus", "versions",
    }  # fmt: skip
    assert set(body["recommandations"][0]) == {
        "metier", "titre", "rang", "score", "confiance", "motifs", "vigilances", "acces",
    }  # fmt: skip
    assert set(body["recommandations"][0]["acces"]) == {"duree_mois", "verdict", "premiere_etape"}


@pytest.mark.parametrize(("query", "expected"), [("", 3), ("?limite=1", 1), ("?limite=26", 26)])
def test_limite_is_the_number_of_metiers_returned(client: TestClient, query: str, expected: int) -> None:
    body = client.post(f"{API}/orientation{query}", json={"publics": {"bebes": 2}}).json()
    assert [r["rang"] for r in body["recommandations"]] == list(range(1, expected + 1))


def test_every_choice_of_every_question_adds_to_a_profil_that_is_accepted(
    client: TestClient,
) -> None:
    questions = client.get(f"{API}/questions").json()
    assert len(questions) > 10
    for question in questions:
        last = question["choix"][-1]
        answer = client.post(f"{API}/orientation?limite=1", json=last["effet"])
        assert answer.status_code == 200, question["id"]


def test_the_next_question_is_one_not_asked_yet(client: TestClient) -> None:
    first = client.post(f"{API}/prochaine-question", json={"profil": {}, "posees": []}).json()
    asked = Question.model_validate(first["question"]).id
    second = client.post(f"{API}/prochaine-question", json={"profil": {}, "posees": [asked]}).json()
    assert second["question"]["id"] != asked
    assert set(second) == {"question", "reste", "stable"}


def test_no_question_remains_once_all_were_asked(client: TestClient) -> None:
    ids = [question["id"] for question in client.get(f"{API}/questions").json()]
    body = client.post(f"{API}/prochaine-question", json={"profil": {}, "posees": ids}).json()
    assert body["question"] is None


def test_the_26_metiers_come_with_dated_sources(client: TestClient) -> None:
    metiers = client.get(f"{API}/metiers").json()
    assert len(metiers) == 26
    for metier in metiers:
        cited = metier["salaire"]["source"]
        assert metier["sources"][cited]["vu_le"], metier["slug"]


def test_a_metier_is_the_same_alone_and_in_the_list(client: TestClient) -> None:
    listed = {metier["slug"]: metier for metier in client.get(f"{API}/metiers").json()}
    alone = client.get(f"{API}/metiers/aide-soignant").json()
    assert alone == listed["aide-soignant"]


def test_what_is_only_for_searching_is_not_published(client: TestClient) -> None:
    assert not {"paroles", "signes"} & set(client.get(f"{API}/metiers/aide-soignant").json())


def test_a_commune_is_found_by_the_beginning_of_its_name(client: TestClient) -> None:
    found = client.get(f"{API}/communes", params={"q": "saint-den"}).json()
    assert "93066" in [commune["code"] for commune in found]
    assert set(found[0]) == {"code", "nom", "departement", "codes_postaux", "population"}


def test_sante_says_what_is_loaded(client: TestClient) -> None:
    body = client.get(f"{API}/sante").json()
    assert body["etat"] == "ok"
    assert body["metiers"] == 26
    assert set(body["versions"]) == {"connaissances", "modele"}
    assert body["sources_vues"]["du"] <= body["sources_vues"]["au"]
    assert {genre: e["origine"] for genre, e in body["catalogue"].items()} == dict.fromkeys(
        ("offre", "formation", "evenement"), "demonstration"
    )
    assert all(e["nombre"] > 0 for e in body["catalogue"].values())


REFUSED: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "unknown_field": ("POST", "/orientation", {"json": {"licorne": 1}}, 422, "champ inconnu"),
    "unknown_key": ("POST", "/orientation", {"json": {"publics": {"licornes": 1}}}, 422, "publics"),
    "too_sure": ("POST", "/orientation", {"json": {"publics": {"bebes": 3}}}, 422, "publics.bebes"),
    "text_for_number": ("POST", "/orientation", {"json": {"age": "20"}}, 422, "age"),
    "true_for_number": ("POST", "/orientation", {"json": {"rayon_km": True}}, 422, "rayon_km"),
    "too_young": ("POST", "/orientation", {"json": {"age": 13}}, 422, "14"),
    "too_long": ("POST", "/orientation", {"json": {"envies": "a" * 2001}}, 422, "2000"),
    "unknown_commune": ("POST", "/orientation", {"json": {"commune": "99999"}}, 422, "commune"),
    "unknown_metier": ("POST", "/orientation", {"json": {"exclus": ["dragon"]}}, 422, "exclus"),
    "limite_0": ("POST", "/orientation?limite=0", {"json": {}}, 422, "limite"),
    "limite_27": ("POST", "/orientation?limite=27", {"json": {}}, 422, "limite"),
    "limite_twice": ("POST", "/orientation?limite=1&limite=2", {"json": {}}, 422, "deux fois"),
    "unknown_parameter": ("POST", "/orientation?tri=nom", {"json": {}}, 422, "limite"),
    "unknown_detail": ("POST", "/orientation?detail=rien", {"json": {}}, 422, "tout"),
    "no_body": ("POST", "/orientation", {"headers": JSON}, 422, "obligatoire"),
    "a_list": ("POST", "/orientation", {"json": []}, 422, "objet"),
    "a_form": ("POST", "/orientation", {"data": {"age": "20"}}, 415, "application/json"),
    "latin_1": (
        "POST", "/orientation",
        {"content": b"{}", "headers": {"content-type": "application/json; charset=latin-1"}},
        415, "UTF-8",
    ),
    "cut_json": ("POST", "/orientation", {"content": b'{"age":', "headers": JSON}, 400, "JSON"),
    "question_without_profil": ("POST", "/prochaine-question", {"json": {}}, 422, "profil"),
    "unknown_question": (
        "POST", "/prochaine-question", {"json": {"profil": {}, "posees": ["a.b"]}}, 422, "posees",
    ),
    "unknown_slug": ("GET", "/metiers/dragon", {}, 404, "métier"),
    "no_q": ("GET", "/communes", {}, 422, "q"),
    "query_on_a_plain_list": ("GET", "/metiers?page=2", {}, 422, "aucun"),
    "unknown_address": ("GET", "/dragons", {}, 404, "adresse"),
    "wrong_method": ("DELETE", "/metiers", {}, 405, "méthode"),
    "offres_too_far": ("GET", "/offres?rayon_km=201", {}, 422, "rayon_km"),
    "offres_unknown_parameter": ("GET", "/offres?tri=nom", {}, 422, "rayon_km"),
    "offres_unknown_metier": ("GET", "/offres?metier=dragon", {}, 422, "metier"),
    "offres_unknown_commune": ("GET", "/offres?commune=99999", {}, 422, "commune"),
    "offres_unknown_contract": ("GET", "/offres?contrat=pirate", {}, 422, "contrat"),
    "offres_page_0": ("GET", "/offres?page=0", {}, 422, "page"),
    "formations_filter_of_offres": ("GET", "/formations?debutant=true", {}, 422, "financable"),
    "evenements_number_for_a_day": ("GET", "/evenements?a_partir_du=0", {}, 422, "2027-01-31"),
    "evenements_bad_day": ("GET", "/evenements?a_partir_du=demain", {}, 422, "a_partir_du"),
    "empty_reponse": ("POST", "/reponse", {"json": {"question": " "}}, 422, "question"),
}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "sent", "status", "word"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_is_a_problem_document_that_says_what_is_wrong(
    client: TestClient, method: str, path: str, sent: dict[str, Any], status: int, word: str
) -> None:
    answer = client.request(method, API + path, **sent)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert answer.status_code == problem["status"] == status
    assert word in problem["detail"]


CATALOGUE = ["offres", "formations", "evenements"]


@pytest.mark.parametrize("genre", CATALOGUE)
def test_what_is_near_has_the_fields_of_the_contract(client: TestClient, genre: str) -> None:
    body = client.get(f"{API}/{genre}?metier=aide-soignant&commune=75056&rayon_km=50").json()
    assert set(body) == {"resultats", "total", "rayon_km", "elargi", "origine", "vu_le", "avis"}
    assert body["total"] >= len(body["resultats"]) > 0
    for found in body["resultats"]:
        assert {"source", "url", "mis_a_jour_le", "distance_km", "demonstration"} <= set(found)
        assert found["distance_km"] <= body["rayon_km"]
        assert found["demonstration"] is True
        assert "reference" not in found


def test_nothing_near_is_looked_for_farther_and_told(client: TestClient) -> None:
    body = client.get(f"{API}/formations?metier=sage-femme&commune=15014&rayon_km=1").json()
    assert body["elargi"]
    assert body["rayon_km"] > 1


@pytest.mark.parametrize("genre", CATALOGUE)
def test_pages_of_what_is_near_do_not_overlap(client: TestClient, genre: str) -> None:
    pages = [client.get(f"{API}/{genre}?limite=3&page={n}").json()["resultats"] for n in (1, 2, 3)]
    shown = [(f["titre"], f["lieu"], f["mis_a_jour_le"], str(f)) for page in pages for f in page]
    assert len(shown) == len(set(shown)) == 9


def test_a_page_beyond_the_last_is_empty(client: TestClient) -> None:
    body = client.get(f"{API}/offres?metier=aide-soignant&commune=75056&page=900").json()
    assert body["resultats"] == []
    assert body["total"] > 0


def test_a_filter_of_the_api_is_applied(client: TestClient) -> None:
    every = client.get(f"{API}/offres?limite=100").json()
    kept = client.get(f"{API}/offres?limite=100&contrat=cdi&temps_plein=true").json()
    assert 0 < kept["total"] < every["total"]
    assert {(f["contrat"], f["temps_plein"]) for f in kept["resultats"]} == {("cdi", True)}


def test_the_diploma_of_a_formation_comes_as_it_stands(client: TestClient) -> None:
    body = client.get(f"{API}/formations?metier=aide-soignant&commune=75056&rayon_km=100").json()
    diplomes = {f["diplome"]["numero"]: f["diplome"] for f in body["resultats"]}
    assert diplomes["RNCP40692"]["intitule"] == "Diplôme d'État d'aide-soignant"
    assert set(diplomes["RNCP40692"]) == {"numero", "intitule", "fin", "en_vigueur", "ancien"}


def test_a_wrong_method_names_the_right_one(client: TestClient) -> None:
    assert client.delete(f"{API}/metiers").headers["allow"] == "GET"


def test_the_description_lists_the_metiers_and_the_questions(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    slugs = schemas["Profil"]["properties"]["exclus"]["items"]["enum"]
    ids = schemas["DemandeProchaineQuestion"]["properties"]["posees"]["items"]["enum"]
    assert "aide-soignant" in slugs
    asked = client.get("/openapi.json").json()["paths"][f"{API}/offres"]["get"]["parameters"]
    assert slugs in [p["schema"]["anyOf"][0]["enum"] for p in asked if p["name"] == "metier"]
    assert ids == [question["id"] for question in client.get(f"{API}/questions").json()]


def test_the_description_is_absent_when_switched_off(conseiller: Conseiller) -> None:
    with TestClient(create_app(Settings(documentation=False), conseiller)) as client:
        assert [client.get(path).status_code for path in ("/openapi.json", "/docs", "/redoc")] == [
            404, 404, 404,
        ]  # fmt: skip
