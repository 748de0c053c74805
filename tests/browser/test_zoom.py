"""Enlarged, spaced out or twelve times narrower, a page loses nothing: WCAG 1.4.4, 1.4.10 and 1.4.12."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.gestes import show
from tests.etats import A_REGARDER, Etat

pytestmark = pytest.mark.browser
CHAQUE_ETAT = pytest.mark.parametrize("etat", A_REGARDER, ids=lambda e: e.nom)
# What is left of 1280 by 1024 pixels looked at four times larger.
LARGEUR, HAUTEUR = 320, 256
# What a person may ask of any text (WCAG 1.4.12).
ESPACES = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }"""
DEUX_FOIS = "html { font-size: 200% !important; }"
# A sheet made by script is no inline style: the security policy stays in force.
RESTYLE = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""

# Texts that a box cuts off, and pairs of texts drawn over one another.
LOST = """() => {
  const apart = "[hidden], .evitement, svg, svg *, option, select, textarea, .leaflet-container *";
  const up = (e, test) => e !== null && e !== document.body
    && (test(getComputedStyle(e)) || up(e.parentElement, test));
  const shown = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(apart)
    && !up(e, (style) => style.clipPath !== "none");
  const stays = (e) => up(e, (style) => ["sticky", "fixed"].includes(style.position));
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && shown(node.parentElement) && !stays(node.parentElement)) texts.push(node);
  }
  const cut = texts.filter(({parentElement: own}) => {
    for (let e = own; e && e !== document.body; e = e.parentElement) {
      const {overflowX, overflowY} = getComputedStyle(e);
      if (["hidden", "clip"].includes(overflowX) && e.scrollWidth > e.clientWidth + 1) return true;
      if (["hidden", "clip"].includes(overflowY) && e.scrollHeight > e.clientHeight + 1) return true;
    }
    return false;
  }).map((node) => `cut: ${node.data.trim().slice(0, 60)}`);
  const lines = texts.flatMap((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].map((r) => ({node, r}));
  }).sort((a, b) => a.r.top - b.r.top);
  const over = [];
  lines.forEach((one, i) => {
    for (let j = i + 1; j < lines.length && lines[j].r.top < one.r.bottom - 1; j += 1) {
      const other = lines[j];
      const high = Math.min(one.r.bottom, other.r.bottom) - Math.max(one.r.top, other.r.top);
      const wide = Math.min(one.r.right, other.r.right) - Math.max(one.r.left, other.r.left);
      const small = Math.min(one.r.height, other.r.height);
      if (one.node !== other.node && wide > 3 && high > small * 0.5) {
        over.push(`over: ${one.node.data.trim().slice(0, 40)} | ${other.node.data.trim().slice(0, 40)}`);
      }
    }
  });
  return [...new Set([...cut, ...over])];
}"""
WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility())
    .map((e) => `wide: ${e.outerHTML.slice(0, 80)}`)"""
# How much of the screen is held by what does not scroll.
STICKY_SHARE = """() => [...document.querySelectorAll("body *")]
  .filter((e) => ["sticky", "fixed"].includes(getComputedStyle(e).position) && e.checkVisibility())
  .reduce((sum, e) => sum + e.getBoundingClientRect().height, 0) / innerHeight"""


def wider_than_the_screen(page: Page) -> list[str]:
    """What makes the page scroll sideways, if anything does."""
    found: list[str] = page.evaluate(WIDE)
    return found


def faults(page: Page) -> list[str]:
    return [*wider_than_the_screen(page), *page.evaluate(LOST)]


@CHAQUE_ETAT
def test_nothing_is_lost_at_400_percent_nor_with_texts_spaced_out_or_doubled(
    ouvre: OpenPage, etat: Etat
) -> None:
    page = ouvre(reduced_motion="reduce")
    page.set_viewport_size({"width": LARGEUR, "height": HAUTEUR})
    show(page, etat)
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert not faults(page)
    assert page.evaluate(STICKY_SHARE) <= 0.5
    page.evaluate(RESTYLE, ESPACES)
    assert not faults(page)
    page.set_viewport_size({"width": 2 * LARGEUR, "height": 900})
    page.evaluate(RESTYLE, DEUX_FOIS)
    assert not faults(page)
