"""axe on every page and state, in both widths and both themes; thumbs."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_FILE_PATH  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.gestes import show
from tests.etats import ETATS, Etat

pytestmark = pytest.mark.browser
CHAQUE_ETAT = pytest.mark.parametrize("etat", ETATS, ids=lambda e: e.nom)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CIBLE_PX = 44

# Inside a sentence, a link is as tall as its line (WCAG 2.5.8, exception « inline »).
SMALL_TARGETS = """(min) => [...document.querySelectorAll("a, button, summary, textarea")]
  .filter((e) => e.offsetParent && !e.closest("p, li.source, .sources, .hors-ecran, h3"))
  .filter((e) => e.getBoundingClientRect().height < min)
  .map((e) => e.outerHTML.slice(0, 120))"""


def violations(page: Page) -> list[str]:
    """axe, evaluated rather than injected as a script, so that our own CSP stays in force."""
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)[
        "violations"
    ]
    return [f"{v['id']} : {node['html']}" for v in found for node in v["nodes"]]


@CHAQUE_ETAT
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("largeur", [360, 1280])
def test_axe_finds_nothing(ouvre: OpenPage, etat: Etat, theme: str, largeur: int) -> None:
    page = ouvre(largeur=largeur, color_scheme=theme, reduced_motion="reduce", bypass_csp=False)
    show(page, etat)
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page) == []


@CHAQUE_ETAT
def test_targets_fit_a_thumb(ouvre: OpenPage, etat: Etat) -> None:
    page = ouvre()
    show(page, etat)
    assert page.evaluate(SMALL_TARGETS, CIBLE_PX) == []


@CHAQUE_ETAT
def test_forced_colours_hide_nothing(ouvre: OpenPage, etat: Etat) -> None:
    page = ouvre(forced_colors="active")
    show(page, etat)
    assert violations(page) == []
