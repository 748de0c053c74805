"""Reading aloud with the browser's own voice: French or nothing, and never longer than one wants."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.gestes import start

pytestmark = pytest.mark.browser

# A machine whose voices are given; what it is asked to say stays in `dit`, until `finir()`.
SYNTHESE = """(langues) => {
  const voix = langues.map((lang) => ({lang, name: lang}));
  const synthese = Object.assign(new EventTarget(), {
    dit: [], file: [],
    getVoices: () => voix,
    speak(parole) { this.dit.push(parole); this.file.push(parole); },
    cancel() { for (const parole of this.file.splice(0)) parole.dispatchEvent(new Event("error")); },
    finir() { for (const parole of this.file.splice(0)) parole.dispatchEvent(new Event("end")); },
  });
  window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); this.text = text; }
    set onend(f) { this.addEventListener("end", f); }
    set onerror(f) { this.addEventListener("error", f); }
  };
  Object.defineProperty(window, "speechSynthesis", {value: synthese, configurable: true});
}"""
SANS_SYNTHESE = "delete window.speechSynthesis; delete Window.prototype.speechSynthesis"
# What a template of ours writes: hidden until app.js knows that it can be kept.
BOUTONS = """() => {
  const region = document.getElementById("conversation") ?? document.getElementById("contenu");
  region.insertAdjacentHTML("afterbegin",
    `<button type="button" id="lire-tout" data-lire="#lu-deux, .lu-un" hidden>Écouter</button>
     <button type="button" id="lire-un" data-lire=".lu-un" hidden>Écouter</button>
     <p class="lu-un">Bonjour. Comment vas-tu ?</p><h2 id="lu-deux">Un titre</h2>
     <p class="lu-un" id="coupe">De 7 h à 14 h 30, pour 1 867 €…<span hidden>caché</span></p>`);
  speechSynthesis?.dispatchEvent(new Event("voiceschanged"));
}"""


@pytest.fixture
def lue(ouvre: OpenPage) -> Page:
    """The conversation, on a machine that speaks French, with two texts that can be heard."""
    return speaking(ouvre, "['en-US', 'fr-CA', 'fr-FR']")


def speaking(ouvre: OpenPage, langues: str) -> Page:
    page = ouvre()
    page.add_init_script(f"({SYNTHESE})({langues})")
    start(page, "Je cherche ma voie")
    page.evaluate(BOUTONS)
    return page


def said(page: Page) -> list[str]:
    found: list[str] = page.evaluate("speechSynthesis.dit.map((parole) => parole.text)")
    return found


def test_the_texts_named_are_read_in_their_order_a_line_at_a_time(lue: Page) -> None:
    lue.locator("#lire-tout").click()
    assert said(lue) == ["Un titre", "Bonjour.", "Comment vas-tu ?", "De 7 h à 14 h 30, pour 1 867 €…"]


def test_the_voice_is_french_and_a_little_slow(lue: Page) -> None:
    lue.locator("#lire-un").click()
    voices = lue.evaluate("speechSynthesis.dit.map((p) => [p.voice.lang, p.lang, p.rate])")
    assert voices == [["fr-FR", "fr-FR", 0.95]] * 3


def test_pressing_again_stops_and_a_second_button_takes_over(lue: Page) -> None:
    one, all_of_it = lue.locator("#lire-un"), lue.locator("#lire-tout")
    one.click()
    expect(one).to_have_attribute("aria-pressed", "true")
    all_of_it.click()
    expect(one).to_have_attribute("aria-pressed", "false")
    expect(all_of_it).to_have_attribute("aria-pressed", "true")
    all_of_it.click()
    expect(all_of_it).to_have_attribute("aria-pressed", "false")
    assert lue.evaluate("speechSynthesis.file.length") == 0


def test_the_button_comes_up_when_everything_is_said(lue: Page) -> None:
    lue.locator("#lire-un").click()
    lue.evaluate("speechSynthesis.finir()")
    expect(lue.locator("#lire-un")).to_have_attribute("aria-pressed", "false")
    lue.locator("#lire-un").click()
    assert len(said(lue)) == 6


def test_an_answer_silences_what_was_being_read(lue: Page) -> None:
    lue.locator("#lire-un").click()
    lue.locator(".un-choix").first.click()
    expect(lue.locator("#lire-un")).to_have_count(0)
    assert lue.evaluate("speechSynthesis.file.length") == 0


def test_leaving_the_page_silences_it_too(lue: Page) -> None:
    lue.locator("#lire-un").click()
    lue.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert lue.evaluate("speechSynthesis.file.length") == 0


@pytest.mark.parametrize(
    ("langues", "shown"), [("['fr_FR']", True), ("['en-GB', 'de-DE', 'frr']", False), ("[]", False)]
)
def test_buttons_show_only_where_a_french_voice_exists(ouvre: OpenPage, langues: str, shown: bool) -> None:
    page = speaking(ouvre, langues)
    assert page.locator("#lire-tout").is_visible() is shown


def test_nothing_shows_nor_breaks_where_the_browser_cannot_speak(ouvre: OpenPage) -> None:
    page = ouvre()
    page.add_init_script(SANS_SYNTHESE)
    start(page, "Je cherche ma voie")
    assert page.evaluate("window.speechSynthesis === undefined")
    page.evaluate(BOUTONS.replace("speechSynthesis?.", "window.speechSynthesis?."))
    page.locator(".un-choix").first.click()
    expect(page.locator(".bulle.personne")).to_be_visible()
    expect(page.locator("[data-lire]:visible")).to_have_count(0)
