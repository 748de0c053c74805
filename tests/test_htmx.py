"""A swap equals a reload, for every htmx form of every state."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.dom import Node, parse
from tests.etats import ETATS, SMS, Etat
from web import rendering

SANS_FRAGMENT = ("/comparer", "/parcours/", "/echelle/", "/dossier", "/reprendre")
"""Pages where nothing is swapped."""
EN_SEANCE = "entretien_"
"""Parts of a page for who is signed in: `test_entretien` swaps them."""
FORM = re.compile(r"<form\b[^>]*?data-hx-post.*?</form>", re.DOTALL)
# Attributes the template computes are left out: they differ from state to state.
ATTRIBUTE = re.compile(r'(data-hx-[a-z-]+)="([^"{]*)"(?=[ >])')
BUTTON = re.compile(r'<button[^>]*\bname="([a-z]+)"')


def htmx_forms(document: Node) -> list[Node]:
    return [f for f in document.all("form") if "data-hx-post" in f.attrs]


def buttons_of(form: Node, document: Node) -> list[Node]:
    """Those that send it: inside it, or elsewhere and belonging to it. None when it sends itself."""
    if "data-hx-trigger" in form.attrs:
        return []
    ident = form.attrs.get("id")
    found = form.all("button") + (document.all("button", form=ident) if ident else [])
    return [b for b in found if b.attrs.get("type") != "button"]


def submissions(form: Node, document: Node) -> Iterator[dict[str, str]]:
    """One per kind of button of the form, with its hidden fields, some text in its field, the last of each list."""
    hidden = {i.attrs["name"]: i.attrs["value"] for i in form.all("input")}
    typed = {t.attrs["name"]: SMS for t in form.all("textarea")}
    chosen = {s.attrs["name"]: s.all("option")[-1].attrs["value"] for s in form.all("select")}
    named = {b.attrs.get("name", ""): b.attrs.get("value", "") for b in buttons_of(form, document)}
    for name, value in named.items():
        yield {**hidden, **typed, **chosen, **({name: value} if name else {})}


@pytest.mark.parametrize("etat", ETATS, ids=lambda e: e.nom)
def test_a_swap_equals_a_reload(client: TestClient, etat: Etat) -> None:
    before = parse(etat.ask(client).text).by_id("contenu")
    for form in htmx_forms(before):
        for data in submissions(form, before):
            chemin = form.attrs["data-hx-post"]
            fragment = client.post(chemin, data=data, headers={"HX-Request": "true"})
            reload = client.post(chemin, data=data)
            assert fragment.status_code == reload.status_code
            region = parse(fragment.text).children
            target = form.attrs["data-hx-target"].removeprefix("#")
            assert len(region) == 1
            assert isinstance(region[0], Node)
            assert before.replaced(target, region[0]) == parse(reload.text).by_id("contenu")


@pytest.mark.parametrize(
    "etat",
    [e for e in ETATS if e.status == 422 and not e.chemin.startswith(SANS_FRAGMENT)],
    ids=lambda e: e.nom,
)
def test_a_refusal_is_a_fragment_too(client: TestClient, etat: Etat) -> None:
    region = parse(etat.ask(client, htmx=True).text).children[0]
    assert isinstance(region, Node)
    assert region == parse(etat.ask(client).text).by_id(region.attrs["id"])


def test_every_htmx_form_of_the_templates_is_among_those_tested(client: TestClient) -> None:
    tested = [
        (dict(form.attrs), {b.attrs.get("name") for b in form.all("button")})
        for etat in ETATS
        for form in htmx_forms(parse(etat.ask(client).text))
    ]
    for template in sorted((rendering.DOSSIER / "templates").rglob("*.html")):
        if template.name.startswith(EN_SEANCE):
            continue
        source = template.read_text(encoding="utf-8")
        written = FORM.findall(source)
        assert len(written) == source.count("data-hx-post"), f"{template} : a form is not closed"
        for form in written:
            attrs, buttons = dict(ATTRIBUTE.findall(form)), set(BUTTON.findall(form))
            # One state need not show every button of a form; together they must.
            seen = [names for known, names in tested if attrs.items() <= known.items()]
            assert seen, f"{template.name} : {attrs}"
            assert buttons <= set().union(*seen), f"{template.name} : {attrs}"


def test_attributes_are_written_in_the_valid_form(client: TestClient) -> None:
    for etat in ETATS:
        for node in parse(etat.ask(client).text).walk():
            assert not any(name.startswith("hx-") for name in node.attrs), node.attrs


def test_a_page_without_region_is_whole_even_for_htmx(client: TestClient) -> None:
    response = client.get("/metiers", headers={"HX-Request": "true"})
    assert parse(response.text).all("footer")
