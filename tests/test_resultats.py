"""The three métiers and the surprise, and what can be discussed about them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Accent, Conversation
from service.matching import Theme
from service.orientation import Verdict
from service.refus import reasons
from tests.dom import Node, parse
from tests.etats import ADULTE, CUISINIER, DIFFICILE, FACILE, PAR_NOM, SMS, parole
from web import libelles


def page(client: TestClient, nom: str) -> Node:
    return parse(PAR_NOM[nom].ask(client).text)


def act(client: TestClient, etat: str, **data: str) -> Node:
    return parse(client.post("/resultats", data={"etat": etat, **data}).text)


def first_three(document: Node) -> list[str]:
    return [a.attrs["aria-labelledby"].removeprefix("carte-") for a in document.all("ol")[0].all("article")]


def kept(document: Node) -> Conversation:
    """The answers the page would send next."""
    etats = {i.attrs["value"] for i in document.all("input", name="etat")}
    assert len(etats) == 1, "every form carries the same answers"
    return Conversation.from_json(etats.pop())


def classed(document: Node, nom: str) -> list[Node]:
    return [n for n in document.walk() if nom in n.attrs.get("class", "").split()]


# --- the cards --------------------------------------------------------------------------------------


def test_each_card_says_what_it_is_why_and_what_next(client: TestClient, conseiller: Conseiller) -> None:
    document = page(client, "resultats")
    cards = document.all("article")
    assert len(cards) == 4
    for card in cards:
        metier = conseiller.connaissances.metiers[card.attrs["aria-labelledby"].removeprefix("carte-")]
        title = card.all("h2")[0].text()
        assert title.startswith(metier.titre.feminin)
        assert metier.titre.masculin.lower() in title.lower()
        assert libelles.FAMILLES[metier.famille] in card.text()
        assert metier.acces.premiere_etape.tu in card.text().replace("\u00a0", " ")
        assert "avant de commencer" in card.text()
        assert 1 <= len(classed(card, "raisons")[0].all("li")) <= 5
        assert "À savoir" in card.text()


def test_reasons_quote_the_person_and_what_was_said_comes_before_how_it_sounds(client: TestClient) -> None:
    reasons_shown = [li.text() for li in classed(page(client, "resultats"), "raisons")[0].all("li")]
    assert "« mamie »" in reasons_shown[0].replace("\u00a0", " ")
    assert len([r for r in reasons_shown if r.startswith("Ce que tu écris")]) == 1


def test_a_card_warns_once_of_each_thing(client: TestClient) -> None:
    for card in page(client, "comparer").all("dd") + page(client, "resultats-pourquoi-pas").all("article"):
        warnings = [li.text() for li in card.all("li", **{"class": "savoir"})]
        assert len(warnings) == len(set(warnings))
        assert not any("de nuit" in w or "le week-end :" in w for w in warnings)


def test_what_blocks_is_on_the_card_with_a_word_and_a_shape(client: TestClient) -> None:
    asked = page(client, "resultats-pourquoi-pas").by_id("pourquoi-pas")
    verdicts = classed(asked, "verdict")
    assert [v.text() for v in verdicts][:3] == ["Ça bloque"] * 3
    assert {v.text() for v in verdicts} == {"Ça bloque", "À vérifier"}
    assert all(v.all("svg") for v in verdicts)


def test_at_most_four_requirements_are_in_sight_and_the_others_one_step_further(client: TestClient) -> None:
    for card in page(client, "resultats-pourquoi-pas").all("article"):
        lists = classed(card, "verdicts")
        assert len(lists[0].all("dt")) <= 4
        if len(lists) > 1:
            assert lists[1] in [n for d in card.all("details") for n in d.walk()]
            assert "Voir tout" in next(d.all("summary")[0] for d in classed(card, "carte-plus")).text()


def test_pay_and_training_have_their_source_and_date(client: TestClient) -> None:
    for card in page(client, "resultats").all("article"):
        more = classed(card, "carte-plus")[0]
        assert len([s for s in more.all("small") if "vu le" in s.text()]) == 2


def test_the_surprise_is_one_more_card_and_says_its_real_rank(
    client: TestClient, conseiller: Conseiller
) -> None:
    document = page(client, "resultats")
    card = classed(document, "surprise")[0]
    slug = card.attrs["aria-labelledby"].removeprefix("carte-")
    assert slug not in first_three(document)
    ranked = [li.text() for li in classed(page(client, "resultats-tout"), "rangs")[0].all("li")]
    metier = conseiller.connaissances.metiers[slug]
    rang = next(int(line.split()[0]) for line in ranked if metier.titre.double in line)
    assert f"au rang {rang} sur 26" in card.text()
    familles = {conseiller.connaissances.metiers[s].famille for s in first_three(document)}
    assert metier.famille not in familles


def test_the_easy_reading_keeps_one_reason_and_one_caution_in_sight(
    client: TestClient, conseiller: Conseiller
) -> None:
    document = page(client, "resultats-faciles")
    assert first_three(document) == first_three(page(client, "resultats"))
    for card in document.all("article"):
        metier = conseiller.connaissances.metiers[card.attrs["aria-labelledby"].removeprefix("carte-")]
        in_sight = classed(card, "raisons")[0].all("li")
        assert len(in_sight) == 2
        assert all(li.all("svg") for li in in_sight)
        assert metier.facile.resume[0] in card.text()
        assert metier.resume not in card.text()
        behind = classed(card, "carte-plus")[0]
        assert classed(behind, "raisons")
        assert classed(behind, "verdicts") or not classed(card, "verdicts")


def test_the_answers_are_written_a_few_times_however_many_buttons(client: TestClient) -> None:
    document = page(client, "resultats-pourquoi-pas")
    assert len(document.all("button")) > 40
    assert len(document.all("input", name="etat")) <= 5


def test_every_button_outside_a_form_belongs_to_one(client: TestClient) -> None:
    for nom in ("resultats", "resultats-essai", "resultats-faciles", "resultats-ecartes", "resultats-tout"):
        document = page(client, nom)
        forms = {f.attrs["id"]: f for f in document.all("form") if "id" in f.attrs}
        inside = [b for f in document.all("form") for b in f.all("button")]
        for button in document.all("button"):
            if button not in inside and button.attrs.get("type") != "button":
                assert button.attrs["form"] in forms
                if button.attrs["form"] == "agir":
                    # htmx follows a button outside its form only when its type is written.
                    assert button.attrs["type"] == "submit"


# --- « pas pour moi » -------------------------------------------------------------------------------


def test_a_metier_can_be_set_aside_without_a_word_or_for_any_of_its_reasons(
    client: TestClient, conseiller: Conseiller
) -> None:
    document = page(client, "resultats")
    slug = first_three(document)[0]
    card = document.all("article")[0]
    metier = conseiller.connaissances.metiers[slug]
    offered = {b.attrs["value"]: b.text() for b in card.all("button", name="ecarter")}
    assert next(iter(offered)) == slug
    assert list(offered.values())[1:] == [libelles.RAISONS[r] for r in reasons(metier)]


def test_a_reason_is_kept_and_what_it_changed_is_said(client: TestClient, conseiller: Conseiller) -> None:
    before = page(client, "resultats")
    slug = first_three(before)[0]
    after = act(client, parole(SMS), ecarter=f"{slug}:publics.personnes_agees")
    assert slug not in first_three(after)
    banner = classed(after, "changement")[0].text()
    metiers = conseiller.connaissances.metiers
    came, left = (
        set(first_three(after)) - set(first_three(before)),
        set(first_three(before)) - set(first_three(after)),
    )
    assert left >= {slug}
    assert all(metiers[s].titre.double in banner for s in came | left)
    assert banner.count("Sort") == len(left)
    assert banner.count("Entre") == len(came)
    assert first_three(
        parse(client.post("/resultats", data={"etat": kept(after).to_json()}).text)
    ) == first_three(after)


@pytest.mark.parametrize("ecarter", ["astronaute", "astronaute:salaire", "aide-menager:prenom", ":"])
def test_a_forged_reason_or_metier_breaks_nothing(client: TestClient, ecarter: str) -> None:
    response = client.post("/resultats", data={"etat": DIFFICILE, "ecarter": ecarter})
    assert response.status_code in (200, 422)
    assert "prenom" not in parse(response.text).all("main")[0].text()


# --- « et si … ? » ----------------------------------------------------------------------------------


def test_a_trial_shows_the_ranking_it_would_give_and_keeps_the_real_answers(client: TestClient) -> None:
    plain = page(client, "resultats-raison")
    assert not classed(plain, "essai")
    trial = page(client, "resultats-essai")
    answered = act(client, DIFFICILE, choix="contraintes.week_end:oui")
    assert first_three(trial) == first_three(answered) != first_three(act(client, DIFFICILE))
    assert kept(trial) == Conversation.from_json(DIFFICILE)


def test_a_trial_can_be_kept_or_given_up(client: TestClient) -> None:
    trial = page(client, "resultats-essai")
    keep, give_up = classed(trial, "essai-actions")[0].all("button")
    assert (keep.attrs["name"], keep.attrs["value"]) == ("choix", "contraintes.week_end:oui")
    assert "name" not in give_up.attrs
    etat = trial.by_id("agir").all("input")[0].attrs["value"]
    after = act(client, etat, choix=keep.attrs["value"])
    assert first_three(after) == first_three(trial)
    assert kept(after).reponses["contraintes.week_end"] == "oui"
    assert first_three(act(client, etat)) == first_three(act(client, DIFFICILE))


def test_each_trial_offered_brings_in_the_metiers_it_names(
    client: TestClient, conseiller: Conseiller
) -> None:
    for button in act(client, DIFFICILE).all("button", name="essai"):
        named = button.all("small")[0].text() if button.all("small") else ""
        came = set(first_three(act(client, DIFFICILE, essai=button.attrs["value"])))
        came -= set(first_three(act(client, DIFFICILE)))
        assert {m.slug for m in conseiller.connaissances.metiers.values() if m.titre.double in named} == came


def test_no_other_trial_is_offered_during_one(client: TestClient) -> None:
    assert not page(client, "resultats-essai").all("button", name="essai")


@pytest.mark.parametrize("essai", ["permis:peut-etre", "prenom:oui", "permis", ":", "x" * 5000])
def test_a_forged_trial_is_refused_and_never_repeated(client: TestClient, essai: str) -> None:
    response = client.post("/resultats", data={"etat": DIFFICILE, "essai": essai})
    assert response.status_code == 422
    assert essai == ":" or f">{essai}<" not in response.text


# --- what counts, and what changed ------------------------------------------------------------------


def test_every_theme_has_three_weights_one_of_them_pressed(client: TestClient) -> None:
    section = page(client, "resultats").by_id("importances")
    groups = section.all("fieldset")
    assert [g.all("legend")[0].text() for g in groups] == [libelles.THEMES[t] for t in Theme]
    for group in groups:
        pressed = [b.text() for b in group.all("button") if b.attrs["aria-pressed"] == "true"]
        assert pressed == ["Normal"]
        assert [b.text() for b in group.all("button")] == [libelles.ACCENTS[a] for a in Accent]


def test_a_weight_moved_is_kept_and_can_be_put_back(client: TestClient) -> None:
    moved = act(client, DIFFICILE, importance="contraintes:beaucoup")
    assert kept(moved).importances == {Theme.CONTRAINTES: Accent.BEAUCOUP}
    pressed = [
        b.attrs["value"] for b in moved.all("button", name="importance") if b.attrs["aria-pressed"] == "true"
    ]
    assert "contraintes:beaucoup" in pressed
    assert len(pressed) == len(Theme)
    back = act(client, kept(moved).to_json(), importance="contraintes:normal")
    assert first_three(back) == first_three(act(client, DIFFICILE))


def test_what_counts_twice_weighs_twice_in_the_account(client: TestClient) -> None:
    def weight(document: Node) -> float:
        rows = document.by_id("pourquoi-pas").all("tbody")[0].all("tr")
        row = next(r for r in rows if "personnes âgées" in r.text())
        return float(row.all("td")[0].text().replace("\u2212", "-").replace(",", "."))

    plain = act(client, DIFFICILE, pourquoi_pas="infirmier")
    moved = act(client, DIFFICILE, importance="publics:beaucoup")
    doubled = act(client, kept(moved).to_json(), pourquoi_pas="infirmier")
    assert weight(doubled) == pytest.approx(2 * weight(plain), abs=0.011)


def test_an_act_that_changes_nothing_says_so(client: TestClient) -> None:
    banner = classed(page(client, "resultats-sans-changement"), "changement")[0]
    assert "Les trois premiers n'ont pas changé." in banner.text()
    assert not banner.all("li")


def test_a_page_only_opened_speaks_of_no_change(client: TestClient) -> None:
    for nom in ("resultats", "resultats-tout", "resultats-pourquoi-pas", "resultats-avec-lieu"):
        assert not classed(page(client, nom), "changement")


def test_what_changed_is_announced_and_takes_the_focus(client: TestClient) -> None:
    for nom in ("resultats-raison", "resultats-essai", "resultats-sans-changement"):
        document = page(client, nom)
        banner = classed(document, "changement")[0]
        focusable = [n for n in document.by_id("resultats").all("h2") if "tabindex" in n.attrs]
        assert focusable[0] in banner.walk(), "the script goes to the first of these"
        assert [n for n in banner.walk() if "data-annonce" in n.attrs]


@pytest.mark.parametrize("importance", ["publics:enorme", "prenom:beaucoup", "publics", ":"])
def test_a_forged_weight_is_refused(client: TestClient, importance: str) -> None:
    assert client.post("/resultats", data={"etat": DIFFICILE, "importance": importance}).status_code == 422


# --- « pourquoi pas … ? » ---------------------------------------------------------------------------


def test_any_metier_not_shown_can_be_asked_about(client: TestClient, conseiller: Conseiller) -> None:
    document = page(client, "resultats")
    offered = {o.attrs["value"] for o in document.by_id("metier-absent").all("option")}
    assert offered == set(conseiller.slugs) - set(first_three(document))
    assert len(document.by_id("metier-absent").all("optgroup")) == 5


def test_it_says_the_rank_the_account_and_what_would_bring_it_in(client: TestClient) -> None:
    asked = page(client, "resultats-pourquoi-pas-proche").by_id("pourquoi-pas")
    assert "au rang 6 sur 26" in asked.text()
    assert asked.all("table")
    buttons = asked.all("button", name="essai")
    assert buttons
    for button in buttons:
        tried = act(client, ADULTE, essai=button.attrs["value"])
        assert "ergotherapeute" in first_three(tried)


def test_it_says_so_when_no_single_answer_would_do(client: TestClient) -> None:
    asked = page(client, "resultats-pourquoi-pas").by_id("pourquoi-pas")
    assert "Aucune réponse seule ne suffirait" in asked.text()
    assert not asked.all("button", name="essai")


def test_the_metier_asked_about_stays_chosen(client: TestClient) -> None:
    options = page(client, "resultats-pourquoi-pas").by_id("metier-absent").all("option")
    assert [o.attrs["value"] for o in options if "selected" in o.attrs] == ["infirmier"]


def test_an_unknown_metier_is_not_explained(client: TestClient) -> None:
    document = act(client, DIFFICILE, pourquoi_pas="astronaute")
    assert not classed(document, "pourquoi-pas-reponse")
    assert "astronaute" not in document.text()


# --- the words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", [parole(SMS), ADULTE, FACILE], ids=["tu", "vous", "facile"])
def test_a_page_says_tu_or_vous_and_never_both(client: TestClient, etat: str) -> None:
    words = set(act(client, etat).all("main")[0].text().lower().replace("\u00a0", " ").split())
    tu, vous = {"tu", "toi", "tes", "ton"} & words, {"vous", "vos", "votre"} & words
    assert bool(tu) is not bool(vous), (tu, vous)


def test_nothing_is_promised_and_nobody_is_judged(client: TestClient) -> None:
    for nom in ("resultats", "resultats-adulte", "resultats-essai", "resultats-faciles"):
        text = page(client, nom).all("main")[0].text()
        assert "fait pour" not in text
        assert "%" not in text
        assert "Ce n'est pas un verdict" in text


def test_words_exist_for_every_theme_accent_and_verdict() -> None:
    assert set(libelles.THEMES) == set(Theme)
    assert set(libelles.ACCENTS) == set(Accent)
    assert set(libelles.VERDICTS) == set(Verdict)


def test_the_persons_words_are_in_their_answers_only(client: TestClient) -> None:
    html = client.post("/resultats", data={"etat": ADULTE}).text
    assert html.count(CUISINIER.replace("'", "&#39;")) == len(parse(html).all("input", name="etat"))
