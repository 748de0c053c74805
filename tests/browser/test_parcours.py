"""Journeys of people, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.gestes import answer, answer_all, results, say, start
from tests.etats import CUISINIER, DETRESSE, SMS

pytestmark = pytest.mark.browser
AVEC_ET_SANS_JS = pytest.mark.parametrize("js", [True, False], ids=["js", "sans-js"])


@AVEC_ET_SANS_JS
def test_a_girl_of_17_without_bac_who_writes_sms_gets_three_metiers(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je cherche ma voie")
    say(page, SMS)
    expect(page.locator(".puce").first).to_be_visible()
    answer_all(page)
    results(page)
    expect(page.locator("article.carte:not(.surprise)")).to_have_count(3)
    expect(page.locator("h1")).to_contain_text("te convenir")


@AVEC_ET_SANS_JS
def test_a_cook_of_41_with_a_bad_back_is_told_what_weighs_on_it(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je veux changer de métier")
    say(page, CUISINIER)
    expect(page.locator(".puce", has_text="Porter").first).to_be_visible()
    results(page)
    expect(page.locator("h1")).to_contain_text("vous convenir")
    page.locator(".pourquoi summary").first.click()
    expect(page.locator("table").first).to_contain_text("Total")


@AVEC_ET_SANS_JS
def test_a_chip_removed_stays_removed(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je cherche ma voie")
    say(page, SMS)
    chip = page.locator(".fil button[name=retirer]").first
    champ = chip.get_attribute("value")
    chip.click()
    expect(page.locator(f'button[name=retirer][value="{champ}"]')).to_have_count(0)
    answer(page)
    expect(page.locator(f'button[name=retirer][value="{champ}"]')).to_have_count(0)


@AVEC_ET_SANS_JS
def test_distress_is_met_with_numbers_then_one_may_resume(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je cherche ma voie")
    page.fill("#texte", DETRESSE)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator('a[href="tel:3114"]')).to_be_visible()
    expect(page.locator(".un-choix")).to_have_count(0)
    page.get_by_role("button", name="Reprendre").click()
    expect(page.locator(".un-choix").first).to_be_visible()


@AVEC_ET_SANS_JS
def test_one_can_go_back_one_answer_at_a_time(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je cherche ma voie")
    first = page.locator("#question-titre").inner_text()
    answer(page)
    page.get_by_role("button", name="Revenir", exact=True).click()
    expect(page.locator("#question-titre")).to_have_text(first)
    expect(page.locator(".bulle.personne")).to_have_count(0)


@AVEC_ET_SANS_JS
def test_not_for_me_then_back_to_the_conversation_keeps_the_answers(ouvre: OpenPage, js: bool) -> None:
    page = ouvre(java_script_enabled=js)
    start(page, "Je cherche ma voie")
    say(page, SMS)
    results(page)
    page.locator(".raisons-refus summary").first.click()
    aside = page.locator("button[name=ecarter]").first
    slug = aside.get_attribute("value")
    aside.click()
    expect(page.locator(f"button[name=remettre][value={slug}]")).to_be_visible()
    page.get_by_role("button", name="Revenir à la discussion").click()
    expect(page.locator(".bulle.personne")).to_contain_text(SMS)


def test_a_metier_seen_from_the_results_leads_back_to_them(ouvre: OpenPage) -> None:
    page = ouvre(java_script_enabled=False)
    start(page, "Je cherche ma voie")
    say(page, SMS)
    results(page)
    page.get_by_role("button", name="Découvrir").first.click()
    expect(page.get_by_role("heading", name="Ce qui pèse")).to_be_visible()
    page.get_by_role("button", name="Revenir à mes métiers").first.click()
    expect(page.locator("article.carte:not(.surprise)")).to_have_count(3)


def test_an_answer_is_announced_once(ouvre: OpenPage) -> None:
    page = ouvre()
    start(page, "Je cherche ma voie")
    say(page, SMS)
    question = page.locator("#question-titre").inner_text()
    expect(page.locator("#annonces p", has_text=question)).to_have_count(1)


def test_the_whole_ranking_is_read_from_its_title(ouvre: OpenPage) -> None:
    page = ouvre()
    start(page, "Je cherche ma voie")
    say(page, SMS)
    results(page)
    page.get_by_role("button", name="Voir tout le classement").click()
    expect(page.locator("#classement-titre")).to_be_focused()
    expect(page.locator("#classement-titre")).to_be_in_viewport()


def test_losing_the_connection_keeps_the_page_and_says_so(ouvre: OpenPage) -> None:
    page = ouvre()
    start(page, "Je cherche ma voie")
    page.fill("#texte", SMS)
    page.context.set_offline(True)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#panne")).to_be_visible()
    expect(page.locator("#texte")).to_have_value(SMS)


def test_a_message_too_long_comes_back_to_the_field_with_the_reason(ouvre: OpenPage) -> None:
    page = ouvre()
    start(page, "Je cherche ma voie")
    long = "j'aime aider " * 200
    page.fill("#texte", long)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#texte-erreur")).to_contain_text("La limite est de 2000")
    expect(page.locator("#texte")).to_have_value(long)
    expect(page.locator("#texte")).to_be_focused()
