"""axe on every page and state, in two widths, both themes and forced colours; thumbs."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_FILE_PATH  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.gestes import show
from tests.etats import A_REGARDER, Etat

pytestmark = pytest.mark.browser
CHAQUE_ETAT = pytest.mark.parametrize("etat", A_REGARDER, ids=lambda e: e.nom)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COULEURS = ("color-contrast", "link-in-text-block")
"""What may change with the theme alone."""
CIBLE_PX = 44

# Inside a sentence, a link is as tall as its line (WCAG 2.5.8, exception « inline »).
SMALL_TARGETS = """(min) => [...document.querySelectorAll("a, button, summary, textarea")]
  .filter((e) => e.offsetParent && !e.closest("p, li.source, .sources, .hors-ecran, h3"))
  .filter((e) => e.getBoundingClientRect().height < min)
  .map((e) => e.outerHTML.slice(0, 120))"""


def violations(page: Page, *regles: str) -> list[str]:
    """axe, evaluated rather than injected, so that our own CSP stays in force; all rules, or these."""
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    asked = {"type": "rule", "values": list(regles)} if regles else {"type": "tag", "values": TAGS}
    found = page.evaluate("asked => axe.run(document, {runOnly: asked, resultTypes: ['violations']})", asked)
    return [f"{v['id']} : {node['html']}" for v in found["violations"] for node in v["nodes"]]


@CHAQUE_ETAT
def test_axe_finds_nothing_at_any_width_or_theme(ouvre: OpenPage, etat: Etat) -> None:
    """One page a state, looked at in turn: loading it again for each theme took most of the time."""
    page = ouvre(reduced_motion="reduce", bypass_csp=False)
    show(page, etat)
    found = {"targets": page.evaluate(SMALL_TARGETS, CIBLE_PX)}
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found["360"] = violations(page)
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, *COULEURS)
    page.emulate_media(color_scheme="light", forced_colors="active")
    found["forced colours"] = violations(page, *COULEURS)
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 1280, "height": 900})
    found["1280"] = violations(page)
    page.emulate_media(color_scheme="dark")
    found["1280, dark"] = violations(page, *COULEURS)
    assert {name: faults for name, faults in found.items() if faults} == {}
