"""`GET /api/v1/parcours`: ways to a métier for someone described by keys and figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.conseiller import Conseiller
from tests.bases import invented
from web.app import create_app
from web.settings import Settings

PARCOURS = "/api/v1/parcours"


@pytest.fixture(scope="module")
def client(conseiller: Conseiller) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), conseiller, invented(conseiller))) as client:
        yield client


def test_a_way_has_its_steps_their_conditions_and_their_sources(client: TestClient) -> None:
    query = {"metier": "infirmier", "age": "17", "niveau": "sans_diplome", "public": "jeune"}
    body = client.get(PARCOURS, params=query).json()
    assert set(body) == {"metier", "parcours", "total", "versions"}
    first = body["parcours"][0]
    assert set(first) == {
        "titre", "resume", "verdict", "atouts", "mois_formation", "mois_total", "mois_avant_paie", "etapes",
        "conditions",
    }  # fmt: skip
    assert [e["cle"] for e in first["etapes"]] == ["DEAS", "aide-soignant", "DEI"]
    assert [e["nature"] for e in first["etapes"][:2]] == ["formation", "poste"]
    said = [p for e in first["etapes"] for p in e["precisions"]]
    assert any(p["source"] and p["source"]["vu_le"] for p in said)


def test_what_is_held_opens_the_way(client: TestClient) -> None:
    query = {"metier": "puericulteur", "certifications": "DEI"}
    first = client.get(PARCOURS, params=query).json()["parcours"][0]
    assert (first["mois_formation"], [e["cle"] for e in first["etapes"]]) == (12, ["DEPUER"])


def test_years_of_a_metier_count(client: TestClient) -> None:
    query = {"metier": "infirmier", "certifications": "DEAS", "exerce": "aide-soignant", "annees": "4"}
    first = client.get(PARCOURS, params=query).json()["parcours"][0]
    assert first["mois_formation"] == 24
    assert first["verdict"] == "a_verifier"


def test_years_of_any_work_open_a_way_without_the_bac(client: TestClient) -> None:
    query = {"metier": "infirmier", "niveau": "cap_bep", "annees": "3"}
    first = client.get(PARCOURS, params=query).json()["parcours"][0]
    assert [e["cle"] for e in first["etapes"]] == ["DEI"]


def test_more_ways_are_given_when_asked_for(client: TestClient) -> None:
    few = client.get(PARCOURS, params={"metier": "aide-soignant"}).json()
    many = client.get(PARCOURS, params={"metier": "aide-soignant", "limite": "50"}).json()
    assert len(few["parcours"]) <= 4 < len(many["parcours"]) == few["total"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"metier": "plombier"},
        {"metier": "aide-soignant", "certifications": "PERMIS"},
        {"metier": "aide-soignant", "certifications": "deas;drop"},
        {"metier": "aide-soignant", "exerce": "plombier"},
        {"metier": "aide-soignant", "age": "9"},
        {"metier": "aide-soignant", "envies": "des mots"},
    ],
    ids=["nothing", "unknown metier", "unknown key", "no keys", "unknown job", "a child", "words"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_french(client: TestClient, query: dict[str, str]) -> None:
    answer = client.get(PARCOURS, params=query)
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert detail.endswith(".")
    assert not any(value in detail for value in query.values())


def test_the_acces_of_a_recommendation_is_the_first_of_these_ways(client: TestClient) -> None:
    profil = {"niveau": "sans_diplome", "age": 17, "public": "jeune"}
    ranked = client.post("/api/v1/orientation?limite=26", json=profil).json()["recommandations"]
    for reco in ranked:
        query = {"metier": reco["metier"], "niveau": "sans_diplome", "age": "17", "public": "jeune"}
        way = client.get(PARCOURS, params=query).json()["parcours"][0]
        assert reco["acces"]["verdict"] == way["verdict"]
        if way["mois_total"] is not None:
            assert reco["acces"]["duree_mois"] == way["mois_total"]
