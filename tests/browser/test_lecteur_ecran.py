"""What a screen reader says, heard from a virtual one: as written in transcriptions/, each answer once.

`make transcriptions` writes them again; read the difference aloud before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests import outillage
from tests.browser.gestes import results, say, show, start
from tests.etats import DETRESSE, PAR_NOM, SMS

pytestmark = pytest.mark.browser
TRANSCRIPTIONS = Path(__file__).parent / "transcriptions"
LECTEUR = "@guidepup/virtual-screen-reader/lib/esm/index.browser.js"
ADRESSE = "/static/lecteur-virtuel.js"
# A module of our own origin: the security policy stays in force.
START = f"""async () => {{
  window.lecteur = (await import("{ADRESSE}")).virtual;
  await lecteur.start({{container: document.body}});
}}"""
TAKE = """async () => {
  const said = await lecteur.spokenPhraseLog();
  await lecteur.clearSpokenPhraseLog();
  return said;
}"""
# Which question comes depends on the models: its words are not what is checked here.
WORDS = """() => ({
  question: document.getElementById("question-titre")?.innerText,
  cle: document.querySelector("[name=passer]")?.value,
  choix: [...document.querySelectorAll(".un-choix")].map((un) => un.innerText),
})"""
SETTLED_MS = 400


@dataclass
class Ecoute:
    """A page, and all that was said of it since one started to listen."""

    page: Page
    lines: list[str] = field(default_factory=list)

    def enter(self, nombre: int) -> None:
        """A page has just come: its title, then as many items as given."""
        self.page.evaluate(START)
        for _ in range(nombre):
            self.page.evaluate("lecteur.next()")
        self._write(f"page : {self.page.title()}")

    def after(self, geste: str, act: Callable[[], object]) -> None:
        """What is said once this is done."""
        words = self._words()
        act()
        self._wait()
        self._write(geste, words)

    def _wait(self) -> None:
        count = -1
        while count != (count := self.page.evaluate("lecteur.spokenPhraseLog().then((said) => said.length)")):
            self.page.wait_for_timeout(SETTLED_MS)

    def _write(self, titre: str, before: dict[str, str] | None = None) -> None:
        heard = self.page.evaluate(TAKE)
        words = {**(before or {}), **self._words()}
        self.lines += [f"# {titre}", *(_masked(phrase, words) for phrase in heard)]

    def _words(self) -> dict[str, str]:
        found = self.page.evaluate(WORDS)
        named = dict.fromkeys(found["choix"], "<un choix>")
        named |= {found["question"]: "<la question>", found["cle"]: "<sa clé>"}
        return {text: mask for text, mask in named.items() if text}


def _masked(phrase: str, words: dict[str, str]) -> str:
    flat = " ".join(phrase.split())
    for text, mask in words.items():
        flat = flat.replace(" ".join(text.split()), mask)
    # A button also tells its value: the question and the choice, in our own words.
    return flat.split("<un choix>")[0] + "<un choix>" if "<un choix>" in flat else flat


@pytest.fixture
def ecoute(navigateur: Browser, site: str) -> Iterator[Ecoute]:
    source = outillage.module(LECTEUR)
    # Not `ouvre`: the virtual reader itself trips over what a swap takes away from under it.
    context = navigateur.new_context(
        base_url=site, viewport={"width": 360, "height": 780}, reduced_motion="reduce"
    )

    def serve_reader(route: Route) -> None:
        route.fulfill(path=source, content_type="text/javascript")

    context.route(f"**{ADRESSE}", serve_reader)
    yield Ecoute(context.new_page())
    context.close()


def compare(ecoute: Ecoute, nom: str) -> None:
    golden = TRANSCRIPTIONS / f"{nom}.txt"
    said = "\n".join(ecoute.lines) + "\n"
    if os.environ.get("TRANSCRIRE") == "1":
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def press(page: Page, nom: str) -> Callable[[], None]:
    return lambda: page.get_by_role("button", name=nom).first.click()


def test_someone_writes_and_is_answered(ecoute: Ecoute) -> None:
    page = ecoute.page
    start(page, "Je cherche ma voie")
    ecoute.enter(24)
    ecoute.after("va dans le champ", page.locator("#texte").focus)
    ecoute.after("écrit", lambda: say(page, SMS))
    heard = ecoute.lines[ecoute.lines.index("# écrit") :]
    assert len([line for line in heard if "Guide :" in line]) == 1
    assert len([line for line in heard if "<la question>" in line]) == 1
    compare(ecoute, "ecrire")


def test_someone_answers_passes_and_goes_back(ecoute: Ecoute) -> None:
    page = ecoute.page
    show(page, PAR_NOM["compris"])
    ecoute.enter(0)
    ecoute.after("répond", page.locator(".un-choix").first.click)
    ecoute.after("passe", press(page, "Passer"))
    ecoute.after("revient en arrière", press(page, "Revenir"))
    assert len([line for line in ecoute.lines if "<la question>" in line]) == 3
    assert not [line for line in ecoute.lines if "Guide :" in line]
    compare(ecoute, "repondre")


def test_someone_in_distress_hears_the_message_and_the_numbers_first(ecoute: Ecoute) -> None:
    page = ecoute.page
    start(page, "Je cherche ma voie")
    ecoute.enter(0)
    page.fill("#texte", DETRESSE)
    ecoute.after("écrit", press(page, "Envoyer"))
    ecoute.after("reprend", press(page, "Reprendre"))
    compare(ecoute, "detresse")


def test_someone_hears_what_is_wrong_from_the_field(ecoute: Ecoute) -> None:
    page = ecoute.page
    start(page, "Je veux changer de métier")
    ecoute.enter(0)
    ecoute.after("envoie sans écrire", press(page, "Envoyer"))
    page.goto("/proche/aide-soignant")
    ecoute.enter(0)
    page.fill("#lieu", "Zzz")
    ecoute.after("cherche un lieu qui n'existe pas", page.locator("button[name=situer]").first.click)
    page.fill("#lieu", "Guéret")
    ecoute.after("cherche un lieu", page.locator("button[name=situer]").first.click)
    compare(ecoute, "erreurs")


def test_someone_hears_what_changes_in_the_results(ecoute: Ecoute) -> None:
    page = ecoute.page
    show(page, PAR_NOM["compris"])
    results(page)
    ecoute.enter(12)
    ecoute.after("ouvre le classement", press(page, "Voir tout le classement"))
    compare(ecoute, "resultats")
