"""What a person does on the pages, with or without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Page, Response, expect

from tests.etats import Etat

# More than the questionnaire ever asks before it has enough to propose.
QUESTIONS_MAX = 25
# A page of our own site with nothing to load.
BARE = "/static/htmx-LICENSE.txt"


def show(page: Page, etat: Etat) -> None:
    """Reach a state by its address, or by a form sent from our own site."""
    page.goto(etat.chemin if etat.data is None else BARE)
    if etat.data is not None:
        submit(page, etat)


def submit(page: Page, etat: Etat) -> None:
    """The form of a state, sent from the page on screen."""
    with page.expect_navigation():
        page.evaluate(
            """([action, data]) => {
                const form = Object.assign(document.createElement("form"), {method: "post", action});
                const fields = Object.entries(data).flatMap(([name, values]) =>
                  [values].flat().map((value) => [name, value]));
                for (const [name, value] of fields) {
                    const field = document.createElement("textarea");
                    field.name = name;
                    field.value = value;
                    form.append(field);
                }
                document.body.append(form);
                form.submit();
            }""",
            [etat.chemin, etat.data],
        )


def start(page: Page, porte: str) -> None:
    """Through one of the three doors."""
    page.goto("/")
    page.get_by_role("button", name=porte).click()
    expect(page.locator("#question-titre")).to_be_visible()
    # On a busy machine a test writes before the scripts and the font are there; a person does not.
    page.wait_for_load_state()


def say(page: Page, texte: str) -> None:
    """Write and send; the sentence is then in the thread."""
    page.fill("#texte", texte)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".bulle.personne").last).to_contain_text(texte)


def answer(page: Page, rang: int = 0) -> None:
    """Press one of the choices; the next question then replaces this one."""
    choix = page.locator(".un-choix").nth(rang)
    value = choix.get_attribute("value") or ""
    choix.click()
    expect(page.locator(f'.un-choix[value="{value}"]')).to_have_count(0)


def answer_all(page: Page) -> None:
    """Press the first choice of each question, until there is enough to propose three métiers."""
    for _ in range(QUESTIONS_MAX):
        if page.locator(".arrivee").count():
            return
        answer(page)
    raise AssertionError(f"{QUESTIONS_MAX} questions, and more to come")


def results(page: Page) -> None:
    page.locator("button[form=vers-resultats]").first.click()
    expect(page.locator("h1")).to_contain_text("convenir")


def transferred(response: Response) -> int:
    """Bytes that came by the line, headers included; none for what the browser had kept."""
    sizes = response.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
