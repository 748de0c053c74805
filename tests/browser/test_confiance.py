"""What a page keeps of a person, what another site can do with it, and whether we would hear a breach."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import OpenPage, Oreille
from tests.browser.gestes import answer, results, say, start
from tests.etats import SMS

pytestmark = pytest.mark.browser
AILLEURS = "http://ailleurs.example"
KEPT = """async () => ({
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  bases: (await indexedDB.databases()).map((base) => base.name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING: dict[str, object] = {"local": [], "session": [], "bases": [], "caches": [], "workers": 0}


def kept(page: Page) -> dict[str, object]:
    assert page.context.cookies() == []
    found: dict[str, object] = page.evaluate(KEPT)
    return found


@pytest.mark.parametrize(
    "chemin", ["/", "/metiers", "/metiers/aide-soignant", "/proche/aide-soignant", "/rien"]
)
def test_nothing_is_kept_of_someone_who_only_looks(ouvre: OpenPage, chemin: str) -> None:
    page = ouvre()
    page.goto(chemin)
    page.wait_for_load_state("networkidle")
    assert kept(page) == NOTHING


def test_a_whole_journey_leaves_nothing_either_and_no_address_tells_of_it(ouvre: OpenPage) -> None:
    page = ouvre()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    start(page, "Je cherche ma voie")
    say(page, SMS)
    answer(page)
    results(page)
    assert kept(page) == NOTHING
    assert not [url for url in asked if "mamie" in url or "?" in url.replace("?v=", "")]


@pytest.mark.parametrize(
    "chemin", ["/conversation", "/resultats", "/proche/aide-soignant", "/api/v1/orientation"]
)
def test_a_form_of_another_site_is_refused(navigateur: Browser, site: str, chemin: str) -> None:
    page = navigateur.new_page()

    def serve_form(route: Route) -> None:
        form = f'<form method="post" action="{site}{chemin}"><input name="texte"><button>Oui</button></form>'
        route.fulfill(body=form, content_type="text/html")

    page.route(f"{AILLEURS}/**", serve_form)
    page.goto(AILLEURS)
    with page.expect_navigation() as sent:
        page.get_by_role("button").click()
    assert sent.value.status == 403
    page.close()


BREACHES = {
    "style": "document.body.setAttribute('style', 'color: red')",
    "image": f"document.body.insertAdjacentHTML('beforeend', '<img src=\"{AILLEURS}/a.png\">')",
    "frame": "document.body.insertAdjacentHTML('beforeend', '<iframe src=\"/metiers\"></iframe>')",
    "script": """const script = document.createElement("script");
        script.textContent = "window.entre = 1";
        document.head.append(script)""",
    "call": f"fetch('{AILLEURS}/').catch(() => {{}})",
}


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_of_the_policy_is_stopped_and_heard(navigateur: Browser, site: str, breach: str) -> None:
    page = navigateur.new_page(base_url=site)
    ear = Oreille(site)
    ear.listen(page)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert ear.troubles == []
    page.evaluate(f"() => {{ {breach}; }}")
    # A busy machine tells of it when it can.
    for _ in range(50):
        if any(trouble.startswith("CSP : ") for trouble in ear.troubles):
            break
        page.wait_for_timeout(200)
    assert [trouble for trouble in ear.troubles if trouble.startswith("CSP : ")]
    assert page.evaluate("window.entre") is None
    page.close()
