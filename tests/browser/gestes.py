"""What a person does on the pages, with or without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.etats import Etat

# One answers at most this many questions before the results.
QUESTIONS_MAX = 5


def show(page: Page, etat: Etat) -> None:
    """Reach a state as a form of our own site would: from the welcome page, by POST when needed."""
    if etat.data is None:
        page.goto(etat.chemin)
        return
    page.goto("/")
    with page.expect_navigation():
        page.evaluate(
            """([action, data]) => {
                const form = Object.assign(document.createElement("form"), {method: "post", action});
                for (const [name, value] of Object.entries(data)) {
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


def results(page: Page) -> None:
    page.locator("button[form=vers-resultats]").first.click()
    expect(page.locator("h1")).to_contain_text("convenir")
