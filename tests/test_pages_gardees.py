"""What every page that needs a cookie shows, and what it never does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from tests import test_html
from tests.alentours import Alentours
from tests.dom import Node, parse
from tests.etats import ETATS
from tests.etats_gardes import GARDES
from tests.monde import Garde, Monde, Qui, world
from tests.professionnels import CHEZ_NOUS
from tests.test_lisibilite import (
    CONNAISSANCES,
    DISCUSSION_MIN,
    FICHE_MIN,
    PHRASE_MAX,
    blocks,
    ease,
    ended,
    hard,
    too_long,
    words,
)
from web.app import create_app
from web.settings import Settings

AUTREMENT = {
    "/garder": "only leads elsewhere",
    "/comparer": "only leads elsewhere",
    "/resultats": "only leads elsewhere",
    "/dossier/export.pdf": "a file",
    "/dossier/export.json": "a file",
    "/dossier/rappels.ics": "a file",
    "/entretiens/{ref}/fiche.pdf": "a file",
    "/structure/chiffres.csv": "a file",
    "/dossier/flux": "a stream",
    "/entretiens/{ref}/flux": "a stream",
    "/dossier/direct": "a piece of a page",
}
"""What GET answers with no page of its own."""
JETON = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")
ADRESSES = ("href", "action", "src", "formaction", "data-hx-post", "data-hx-get", "data-direct")
DISCUSSION = "/conversation"
SOURCE = re.compile(r"vus? le \d")
"""Where a figure comes from: names of others, no sentence of ours."""
TITRES = [t for m in CONNAISSANCES.metiers.values() for t in (m.titre.double, m.titre.dans_la_phrase)]
NOMS = re.compile("|".join(map(re.escape, TITRES)))
CHAQUE_ETAT = pytest.mark.parametrize("garde", GARDES, ids=lambda g: g.nom)


@dataclass(frozen=True)
class Recue:
    """What is read of an answer."""

    status: int
    html: str
    chemin: str
    cache: str


class Pages:
    """What each state answered, asked for once."""

    def __init__(self, monde: Monde, client: TestClient) -> None:
        self._monde, self.client = monde, client
        self._recues: dict[str, Recue] = {}
        self._arbres: dict[str, Node] = {}

    def of(self, garde: Garde) -> Recue:
        if garde.nom not in self._recues:
            self.client.cookies.clear()
            self.client.cookies.update(self._monde.cookies(garde.qui))
            if garde.avant:
                self._send(garde.avant)
            self._recues[garde.nom] = self._send(garde)
        return self._recues[garde.nom]

    def tree(self, garde: Garde) -> Node:
        if garde.nom not in self._arbres:
            self._arbres[garde.nom] = parse(self.of(garde).html)
        return self._arbres[garde.nom]

    def _send(self, garde: Garde) -> Recue:
        etat = self._monde.request(garde)
        method = "GET" if etat.data is None else "POST"
        recue = self.client.request(method, etat.chemin, data=etat.data)
        return Recue(recue.status_code, recue.text, recue.url.path, recue.headers.get("cache-control", ""))

    def routes(self, method: str) -> list[str]:
        contexts = iter_route_contexts(self.client.app.routes)  # type: ignore[attr-defined]
        return sorted({c.path for c in contexts if c.path and method in (c.methods or ())})


@pytest.fixture(scope="module")
def pages(conseiller: Conseiller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    dossier: Path = tmp_path_factory.mktemp("gardes")
    with world(dossier) as monde:
        app = create_app(Settings(), conseiller, Alentours(), monde.atelier.archives)
        with TestClient(app, headers=CHEZ_NOUS) as client:
            yield Pages(monde, client)


def leads(chemin: str, route: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", route), chemin) is not None


@CHAQUE_ETAT
def test_every_state_is_a_french_page_with_one_heading(pages: Pages, garde: Garde) -> None:
    document = pages.tree(garde)
    assert pages.of(garde).status == garde.status
    assert [n.attrs["lang"] for n in document.all("html")] == ["fr"]
    assert len(document.all("h1")) == 1
    assert document.all("title")[0].text().endswith("· Cap Soin")


@CHAQUE_ETAT
def test_a_field_that_is_refused_says_why_and_the_title_says_it_first(pages: Pages, garde: Garde) -> None:
    document = pages.tree(garde)
    refused = [node for node in document.walk() if node.attrs.get("aria-invalid") == "true"]
    for field in refused:
        told = [document.by_id(ident).text() for ident in field.attrs["aria-describedby"].split()]
        assert any(text.endswith(".") for text in told), field.attrs
    if refused or (garde.status == 422 and document.all("main")[0].all("form")):
        assert document.all("title")[0].text().startswith("Erreur : ")


@CHAQUE_ETAT
def test_no_script_or_style_is_inline_and_nothing_comes_from_elsewhere(pages: Pages, garde: Garde) -> None:
    document = pages.tree(garde)
    assert not document.all("style")
    for node in document.walk():
        assert not any(name == "style" or name.startswith("on") for name in node.attrs), node.attrs
        if node.tag in ("script", "img", "use"):
            assert node.children == []
            assert (node.attrs.get("src") or node.attrs["href"]).startswith("/")


@CHAQUE_ETAT
def test_identifiers_are_unique_and_labels_point_somewhere(pages: Pages, garde: Garde) -> None:
    document = pages.tree(garde)
    idents = [node.attrs["id"] for node in document.walk() if "id" in node.attrs]
    assert len(idents) == len(set(idents))
    for node in document.walk():
        for attribute in ("for", "form", "aria-labelledby", "aria-describedby"):
            assert set(node.attrs.get(attribute, "").split()) <= set(idents), node.attrs


@CHAQUE_ETAT
def test_every_form_and_every_link_leads_to_a_route(pages: Pages, garde: Garde) -> None:
    document, taken, shown = pages.tree(garde), pages.routes("POST"), pages.routes("GET")
    for form in document.all("form"):
        assert form.attrs["method"] == "post"
        # Without an address, a form goes where its page came from.
        action = form.attrs.get("action", pages.of(garde).chemin).partition("#")[0]
        assert any(leads(action, route) for route in taken), action
    for lien in document.all("a"):
        href = lien.attrs["href"].partition("#")[0]
        if href.startswith("/"):
            assert any(leads(href, route) for route in shown), href


@CHAQUE_ETAT
def test_no_secret_and_no_answer_is_in_an_address(pages: Pages, garde: Garde) -> None:
    for node in pages.tree(garde).walk():
        for attribute in ADRESSES:
            adresse = node.attrs.get(attribute, "")
            assert garde.lien or not JETON.search(adresse), adresse
            assert "?" not in adresse or adresse.startswith(("https://", "/static/")), adresse


@CHAQUE_ETAT
def test_a_page_that_holds_a_secret_is_kept_by_no_cache(pages: Pages, garde: Garde) -> None:
    assert pages.of(garde).cache == "no-store"


@CHAQUE_ETAT
def test_a_page_is_easy_enough_to_read(pages: Pages, garde: Garde) -> None:
    [main] = pages.tree(garde).all("main")
    textes = [NOMS.sub("ce métier", t) for t in blocks(main) if not SOURCE.search(t)]
    assert too_long(textes, PHRASE_MAX) == []
    if garde.chemin == DISCUSSION and garde.status != 404:
        assert hard(textes, DISCUSSION_MIN) == []
    page = " ".join(ended(t) for t in textes if words(t))
    assert ease(page) >= FICHE_MIN


@CHAQUE_ETAT
def test_no_median_dot_and_no_bare_none(pages: Pages, garde: Garde) -> None:
    text = pages.tree(garde).all("main")[0].text()
    assert not re.search(r"\w·\w", text)
    assert not re.search(r"\bNone\b|\{\{|\}\}|\[\]", text)


def test_those_who_accompany_reach_their_account_from_every_page(pages: Pages) -> None:
    """Where one signs out."""
    signed_in = [g for g in GARDES if g.accompagne and g.qui in ACCOMPAGNENT]
    inside = [g for g in signed_in if g.status == 200 or pages.tree(g).all("main")[0].all("form")]
    assert inside
    without = [g.nom for g in inside if not pages.tree(g).all("header")[0].all("a", href="/compte")]
    assert without == []


ACCOMPAGNENT = {Qui.CONSEIL, Qui.AILLEURS, Qui.RESPONSABLE, Qui.ADMIN}


def test_what_one_may_not_see_is_word_for_word_what_does_not_exist(pages: Pages) -> None:
    never = {qui: _main(pages, qui) for qui in ACCOMPAGNENT}
    hidden = [g for g in GARDES if g.status == 404 and g.qui in ACCOMPAGNENT]
    assert len(hidden) >= 5
    for garde in hidden:
        assert pages.tree(garde).all("main")[0].text() == never[garde.qui], garde.nom


def _main(pages: Pages, qui: Qui) -> str:
    never = Garde(f"jamais-{qui.name}", qui, "/jamais", status=404)
    return pages.tree(never).all("main")[0].text()


def test_every_page_of_the_site_is_in_a_list_of_states(pages: Pages) -> None:
    seen = [etat.chemin for etat in ETATS if etat.data is None]
    seen += [re.sub(r"\$\w+", "une-ref", garde.chemin) for garde in GARDES if garde.data is None]
    served = [r for r in pages.routes("GET") if not r.startswith(("/api/", "/static", "/openapi"))]
    missing = [r for r in served if not any(leads(chemin, r) for chemin in seen)]
    assert set(missing) == set(AUTREMENT)


def test_the_checkers_of_html_find_nothing(pages: Pages, tmp_path: Path) -> None:
    files = []
    for garde in GARDES:
        files.append(tmp_path / f"{garde.nom}.html")
        files[-1].write_text(pages.of(garde).html, encoding="utf-8")
    test_html.test_html_validate_finds_no_fault(files, tmp_path)
    test_html.test_the_nu_checker_finds_no_error(files)


def test_names_of_states_are_unique() -> None:
    assert len({g.nom for g in GARDES} | {e.nom for e in ETATS}) == len(GARDES) + len(ETATS)
