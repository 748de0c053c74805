"""Two or three métiers side by side, with or without answers."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from tests.dom import Node, parse
from tests.etats import DIFFICILE, PAR_NOM, SMS, parole
from web import libelles, rendering

LIGNES = {
    "ligne-resume", "ligne-journee", "ligne-qui", "ligne-ou", "ligne-plait", "ligne-pese",
    "ligne-formation", "ligne-rythme", "ligne-paie", "ligne-emploi",
}  # fmt: skip


def compare(client: TestClient, *metiers: str, etat: str = "", status: int = 200) -> Node:
    response = client.post("/comparer", data={"etat": etat, "metiers": list(metiers)})
    assert response.status_code == status
    return parse(response.text)


def cells(document: Node, ligne: str) -> list[Node]:
    """What one line says of each métier, in order."""
    section = next(s for s in document.all("section") if s.attrs.get("aria-labelledby") == ligne)
    direct = next(n for n in section.children if isinstance(n, Node) and n.tag == "dl")
    return [n for n in direct.children if isinstance(n, Node)]


def plain(node: Node) -> str:
    return node.text().replace("\u00a0", " ").replace("\u202f", " ")


def test_each_line_names_each_metier_in_the_order_chosen(client: TestClient, conseiller: Conseiller) -> None:
    chosen = ("sage-femme", "ambulancier", "aide-menager")
    document = compare(client, *chosen)
    titles = [conseiller.connaissances.metiers[s].titre.double for s in chosen]
    assert {s.attrs.get("aria-labelledby") for s in document.all("section")} == LIGNES
    for ligne in LIGNES:
        assert [cell.all("dt")[0].text() for cell in cells(document, ligne)] == titles


def test_every_metier_can_be_compared_and_its_facts_are_its_own(
    client: TestClient, conseiller: Conseiller
) -> None:
    for slug, metier in conseiller.connaissances.metiers.items():
        other = "infirmier" if slug != "infirmier" else "sage-femme"
        document = compare(client, slug, other)
        assert metier.pour_qui in plain(cells(document, "ligne-qui")[0])
        assert metier.ou in plain(cells(document, "ligne-ou")[0])
        assert all(t in plain(cells(document, "ligne-plait")[0]) for t in metier.plait)
        assert all(t in plain(cells(document, "ligne-pese")[0]) for t in metier.pese)
        assert metier.acces.duree_texte in plain(cells(document, "ligne-formation")[0])


def test_pay_jobs_and_training_have_their_source_and_date(client: TestClient, conseiller: Conseiller) -> None:
    chosen = ("aide-soignant", "mediateur-social")
    document = compare(client, *chosen)
    for place, slug in enumerate(chosen):
        metier = conseiller.connaissances.metiers[slug]
        for ligne, cle in (
            ("ligne-paie", metier.salaire.source),
            ("ligne-emploi", metier.recrutement.source),
            ("ligne-formation", metier.acces.source),
        ):
            source, text = metier.sources[cle], plain(cells(document, ligne)[place])
            assert source.organisme in text
            assert rendering.date_fr(source.vu_le) in text


def test_a_day_is_told_by_three_moments(client: TestClient, conseiller: Conseiller) -> None:
    document = compare(client, "aide-soignant", "infirmier")
    day = cells(document, "ligne-journee")[0]
    moments = conseiller.connaissances.metiers["aide-soignant"].journee
    assert len(day.all("p")) == 3
    assert moments[0].scene in plain(day)
    assert moments[-1].scene in plain(day)


def test_without_answers_nothing_is_judged(client: TestClient) -> None:
    document = compare(client, "aide-soignant", "aide-menager")
    assert not [n for n in document.walk() if "verdict" in n.attrs.get("class", "").split()]
    assert "ligne-moi" not in {s.attrs.get("aria-labelledby") for s in document.all("section")}


def test_with_answers_each_constraint_has_the_verdict_of_this_person(client: TestClient) -> None:
    document = parse(PAR_NOM["comparer"].ask(client).text)
    carer, helper = ([plain(p) for p in c.all("p")] for c in cells(document, "ligne-rythme"))
    assert carer[0] == "Travail de nuit : souvent Ça bloque"
    assert helper[0] == "Travail de nuit : jamais Ça va"
    assert carer[2] == "Journées en plusieurs morceaux : parfois"
    assert "plus que ce que tu acceptes Ça bloque" in plain(cells(document, "ligne-formation")[0])


def test_with_answers_it_says_what_goes_and_what_weighs_for_this_person(client: TestClient) -> None:
    document = parse(PAR_NOM["comparer"].ask(client).text)
    carer, helper = (plain(c) for c in cells(document, "ligne-moi"))
    assert "Tu aimerais soigner. Il y en a beaucoup ici." in carer
    assert "À savoir : Tu aimerais soigner. Il n'y en a pas ici." in helper


@pytest.mark.parametrize(
    "metiers",
    [
        pytest.param((), id="none"),
        pytest.param(("ambulancier",), id="one"),
        pytest.param(("ambulancier", "ambulancier"), id="the_same_twice"),
        pytest.param(("ambulancier", "astronaute"), id="one_of_them_unknown"),
        pytest.param(("ambulancier", "infirmier", "sage-femme", "puericulteur"), id="four"),
    ],
)
def test_anything_but_two_or_three_is_refused_and_what_was_ticked_stays(
    client: TestClient, conseiller: Conseiller, metiers: tuple[str, ...]
) -> None:
    document = compare(client, *metiers, etat=parole(SMS), status=422)
    assert "deux ou trois" in document.by_id("choix-erreur").text()
    assert document.all("title")[0].text().startswith("Erreur")
    boxes = document.all("input", type="checkbox")
    assert {b.attrs["value"] for b in boxes} == set(conseiller.slugs)
    assert {b.attrs["value"] for b in boxes if "checked" in b.attrs} == set(metiers) - {"astronaute"}
    assert "astronaute" not in document.text()


def test_the_choice_is_by_famille_and_tied_to_the_error(client: TestClient) -> None:
    document = compare(client, status=422)
    groups = document.all("fieldset")
    assert [g.all("legend")[0].text() for g in groups] == list(libelles.FAMILLES.values())
    assert all(g.attrs["aria-describedby"] == "choix-erreur" for g in groups)


def test_answers_follow_to_the_comparison_and_back(client: TestClient) -> None:
    document = parse(PAR_NOM["comparer"].ask(client).text)
    assert {i.attrs["value"] for i in document.all("input", name="etat")} == {DIFFICILE}
    assert document.all("form", action="/resultats")
    assert document.all("form", action="/metiers/aide-soignant")


def test_without_answers_it_leads_back_to_the_list(client: TestClient) -> None:
    document = compare(client, "aide-soignant", "infirmier")
    assert not document.all("form", action="/resultats")
    assert {"/metiers", "/metiers/aide-soignant"} <= {
        a.attrs["href"] for a in document.all("main")[0].all("a")
    }


def test_other_metiers_can_be_chosen_from_a_comparison(client: TestClient) -> None:
    document = compare(client, "aide-soignant", "infirmier")
    ticked = {b.attrs["value"] for b in document.all("input", type="checkbox") if "checked" in b.attrs}
    assert ticked == {"aide-soignant", "infirmier"}


@pytest.mark.parametrize("etat", ["{", "[]", '{"tours":[{"genre":"reponse","question":"x","choix":"y"}]}'])
def test_answers_that_cannot_be_read_leave_the_facts(client: TestClient, etat: str) -> None:
    assert cells(compare(client, "aide-soignant", "infirmier", etat=etat), "ligne-paie")


def test_the_results_offer_to_compare_the_cards_two_ticked(client: TestClient) -> None:
    document = parse(PAR_NOM["resultats"].ask(client).text)
    boxes = document.by_id("comparer").all("input", name="metiers")
    cards = [a.attrs["aria-labelledby"].removeprefix("carte-") for a in document.all("article")]
    assert [b.attrs["value"] for b in boxes] == cards
    assert ["checked" in b.attrs for b in boxes] == [True, True, False, False]
