"""After some days on site: three taps say something lived, and the ranking follows it, or says why it does not."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from knowledge.schema import Metier
from service.conseiller import Conseiller
from service.conversation import Conversation, Immersion, Reponse
from service.dossiers.archives import Archives
from service.dossiers.chronique import tell
from service.dossiers.dossier import Duree
from service.fil import told
from service.immersion import Ressenti, facets, lesson
from service.profil import Profil, Situation
from service.refus import AUTRE
from tests.dom import Node, parse
from tests.etats import Etat, state
from web.libelles import FACETTES

NOUS = {"Sec-Fetch-Site": "same-origin"}
AGEES = Reponse(question="publics.personnes_agees", choix="2")
SOIGNER = Reponse(question="activites.soigner", choix="2")
DEGOUT = Immersion(metier="aide-soignant", ressenti=Ressenti.MOINS_BIEN, raison="activites.toilette")
JEUNE = state(AGEES, SOIGNER)
ADULTE = state(AGEES, SOIGNER, public=Situation.RECONVERSION)
ETATS = (
    Etat("immersion", "/immersion"),
    Etat("immersion-depuis-resultats", "/immersion", {"etat": JEUNE}),
    Etat("immersion-ressenti", "/immersion", {"etat": JEUNE, "vecu": "aide-soignant"}),
    Etat("immersion-raison", "/immersion", {"etat": ADULTE, "vecu": "aide-soignant:mieux"}),
    Etat("immersion-raison-contre", "/immersion", {"etat": JEUNE, "vecu": "aide-soignant:moins_bien"}),
    Etat("immersion-change", "/immersion", {"etat": JEUNE, "immersion": "aide-soignant:moins_bien:activites.toilette"}),
    Etat("immersion-confirme", "/immersion", {"etat": ADULTE, "immersion": "aide-soignant:comme_prevu:publics.personnes_agees"}),
    Etat("immersion-autre", "/immersion", {"etat": JEUNE, "immersion": "aide-soignant:moins_bien:autre"}),
    Etat("immersion-annulee", "/immersion", {"etat": state(AGEES, SOIGNER), "revenir": "1"}),
    Etat("immersion-inconnue", "/immersion", {"etat": JEUNE, "vecu": "astronaute"}, 422),
)  # fmt: skip
"""Every state of these pages, each reached by one request."""


@pytest.fixture(scope="module")
def metiers(conseiller: Conseiller) -> dict[str, Metier]:
    return conseiller.connaissances.metiers


def slugs(conseiller: Conseiller, *tours: Reponse | Immersion) -> tuple[str, ...]:
    return conseiller.suppose(told(Conversation(tours=tours), conseiller)).classement.slugs


def sent_on(page: Node) -> str:
    return page.all("input", name="etat")[-1].attrs["value"]


def test_what_may_have_counted_is_made_of_the_metier_and_has_its_words(metiers: dict[str, Metier]) -> None:
    for metier in metiers.values():
        found = facets(metier)
        assert set(found) <= set(FACETTES)
        assert found[-1] == AUTRE
        assert len(found) >= 3, metier.slug
        assert not {"etudes_max", "salaire"} & set(found)


@pytest.mark.parametrize(
    ("ressenti", "raison", "connu", "dit"),
    [
        ("mieux", "activites.toilette", {}, {"activites": {"toilette": 2}}),
        ("moins_bien", "activites.toilette", {"toilette": 2}, {"activites": {"toilette": -2}}),
        ("comme_prevu", "activites.toilette", {}, {"activites": {"toilette": 1}}),
        ("comme_prevu", "activites.toilette", {"toilette": 2}, {"activites": {"toilette": 2}}),
        ("comme_prevu", "activites.toilette", {"toilette": -2}, {"activites": {"toilette": 1}}),
        ("mieux", "contraintes.nuit", {}, {"contraintes": {"nuit": "oui"}}),
        ("comme_prevu", "contraintes.nuit", {}, {"contraintes": {"nuit": "oui"}}),
        ("moins_bien", "contraintes.nuit", {}, {"contraintes": {"nuit": "non"}}),
        ("moins_bien", AUTRE, {}, {}),
        ("mieux", "publics.bebes", {}, {}),
        ("mieux", "salaire", {}, {}),
    ],
)
def test_what_was_lived_says_what_it_says(
    metiers: dict[str, Metier], ressenti: str, raison: str, connu: dict[str, int], dit: dict[str, object]
) -> None:
    known = Profil.model_validate({"activites": connu})
    assert lesson(Ressenti(ressenti), raison, metiers["aide-soignant"], known) == Profil.model_validate(dit)


def test_what_was_lived_replaces_what_was_imagined_and_the_last_word_is_right(conseiller: Conseiller) -> None:
    imagined = Reponse(question="activites.toilette", choix="2")
    after = told(Conversation(tours=(imagined, DEGOUT)), conseiller).complet
    assert after.activites == {"toilette": -2}
    again = told(Conversation(tours=(DEGOUT, imagined)), conseiller).complet
    assert again.activites == {"toilette": 2}


def test_care_of_the_body_disliked_on_site_takes_down_those_who_give_it(
    conseiller: Conseiller, metiers: dict[str, Metier]
) -> None:
    before, after = slugs(conseiller, AGEES, SOIGNER), slugs(conseiller, AGEES, SOIGNER, DEGOUT)
    washing = [
        slug
        for slug, metier in metiers.items()
        if {c.value: i.note for c, i in metier.intensites.activites.items()}["toilette"] >= 3
    ]
    assert len(washing) >= 3
    assert sum(after.index(s) for s in washing) > sum(before.index(s) for s in washing)


def test_taken_back_it_leaves_the_ranking_as_it_was(conseiller: Conseiller) -> None:
    lived = Conversation(tours=(AGEES, SOIGNER)).add(DEGOUT)
    assert lived.undo() == Conversation(tours=(AGEES, SOIGNER))
    assert Conversation.from_json(lived.to_json()) == lived


def test_the_chronicle_tells_it(conseiller: Conseiller) -> None:
    before = Conversation(tours=(AGEES,))
    said = tell(before, before.add(DEGOUT), conseiller)
    assert said == (
        "Immersion, Aide-soignante / Aide-soignant : moins bien que prévu. "
        "Ce qui a compté : Aider à se laver et à s'habiller."
    )
    assert tell(before.add(DEGOUT), before, conseiller) == f"Annulé. {said}"


@pytest.mark.parametrize("etat", ETATS, ids=[etat.nom for etat in ETATS])
def test_each_state_answers_a_well_formed_page(client: TestClient, etat: Etat) -> None:
    recu = etat.ask(client)
    assert recu.status_code == etat.status
    assert len(parse(recu.text).all("h1")) == 1


def test_three_taps_are_enough_and_the_page_says_what_moved(
    client: TestClient, conseiller: Conseiller
) -> None:
    page = parse(client.post("/immersion", data={"etat": JEUNE}).text)
    taps = 0
    for wanted in (
        "aide-soignant",
        "aide-soignant:moins_bien",
        "aide-soignant:moins_bien:activites.toilette",
    ):
        button = next(b for b in page.all("button") if b.attrs.get("value") == wanted)
        page = parse(
            client.post("/immersion", data={"etat": sent_on(page), button.attrs["name"]: wanted}).text
        )
        taps += 1
    before, after = slugs(conseiller, AGEES, SOIGNER), slugs(conseiller, AGEES, SOIGNER, DEGOUT)
    assert taps == 3
    assert DEGOUT in Conversation.from_json(sent_on(page)).tours
    text = page.text()
    for slug in set(after[:3]) - set(before[:3]):
        assert f"{conseiller.connaissances.metiers[slug].titre.double}" in text
    assert f"place {before.index('aide-soignant') + 1} à la place {after.index('aide-soignant') + 1}" in text


@pytest.mark.parametrize(
    ("immersion", "phrase"),
    [
        ("aide-soignant:moins_bien:autre", "Cela ne dit rien des autres métiers."),
        ("aide-soignant:mieux:publics.personnes_agees", "Tu l'avais déjà dit."),
    ],
)
def test_when_nothing_moves_the_page_says_so_and_why(client: TestClient, immersion: str, phrase: str) -> None:
    text = parse(client.post("/immersion", data={"etat": JEUNE, "immersion": immersion}).text).text()
    assert "Les trois premiers n'ont pas changé." in text
    assert phrase in text


@pytest.mark.parametrize(
    "recit",
    [
        {"vecu": "astronaute"},
        {"vecu": "aide-soignant:genial"},
        {"immersion": "aide-soignant:mieux:publics.bebes"},
        {"immersion": "aide-soignant:mieux"},
        {"immersion": "aide-soignant"},
    ],
)
def test_a_tap_that_is_on_no_page_is_refused_and_nothing_is_lost(
    client: TestClient, recit: dict[str, str]
) -> None:
    answer = client.post("/immersion", data={"etat": JEUNE, **recit})
    assert answer.status_code == 422
    assert Conversation.from_json(sent_on(parse(answer.text))).tours == (AGEES, SOIGNER)


def test_in_a_dossier_it_is_kept_once_however_often_it_is_sent(client: TestClient) -> None:
    archives = Archives()
    numero, cles = archives.dossiers.keep(Conversation.from_json(JEUNE), Duree.SEMAINE)
    client.cookies.set("dossier", cles.appareil)
    try:
        page = parse(client.get("/immersion").text)
        tap = {"etat": sent_on(page), "immersion": "aide-soignant:moins_bien:activites.toilette"}
        first, again = (client.post("/immersion", data=tap, headers=NOUS) for _ in range(2))
        kept = archives.dossiers.get(numero)
        assert kept.conversation.tours == (AGEES, SOIGNER, DEGOUT)
        assert parse(first.text).text() == parse(again.text).text()
        client.post("/immersion", data={"etat": sent_on(parse(again.text)), "revenir": "1"}, headers=NOUS)
        assert archives.dossiers.get(numero).conversation.tours == (AGEES, SOIGNER)
        assert [c.quoi.split(",")[0] for c in archives.dossiers.changes(numero)] == [
            "Immersion",
            "Annulé. Immersion",
        ]
    finally:
        client.cookies.clear()
        archives.close()


def test_the_results_lead_there_with_the_answers(client: TestClient) -> None:
    page = parse(client.post("/resultats", data={"etat": JEUNE}).text)
    assert page.all("button", formaction="/immersion", form="aller")
