"""A swap equals a reload, for every htmx form of every state."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from tests.alentours import Alentours
from tests.dom import Node, parse
from tests.etats import ETATS, SMS, Etat
from web import rendering
from web.app import create_app
from web.settings import Settings

FORM = re.compile(r"<form\b[^>]*?data-hx-post.*?</form>", re.DOTALL)
# Attributes the template computes are left out: they differ from state to state.
ATTRIBUTE = re.compile(r'(data-hx-[a-z-]+)="([^"{]*)"(?=[ >])')
BUTTON = re.compile(r'<button[^>]*\bname="([a-z]+)"')


@pytest.fixture(scope="module")
def client(conseiller: Conseiller) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), conseiller, Alentours())) as client:
        yield client


def htmx_forms(document: Node) -> list[Node]:
    return [f for f in document.all("form") if "data-hx-post" in f.attrs]


def submissions(form: Node) -> Iterator[dict[str, str]]:
    """One per kind of button of the form, with its hidden fields and some text in its field."""
    hidden = {i.attrs["name"]: i.attrs["value"] for i in form.all("input")}
    typed = {t.attrs["name"]: SMS for t in form.all("textarea")}
    buttons = {b.attrs["name"]: b.attrs["value"] for b in form.all("button") if "name" in b.attrs}
    for name, value in buttons.items():
        yield {**hidden, **typed, name: value}


@pytest.mark.parametrize("etat", ETATS, ids=lambda e: e.nom)
def test_a_swap_equals_a_reload(client: TestClient, etat: Etat) -> None:
    before = parse(etat.ask(client).text).by_id("contenu")
    for form in htmx_forms(before):
        for data in submissions(form):
            chemin = form.attrs["data-hx-post"]
            fragment = client.post(chemin, data=data, headers={"HX-Request": "true"})
            reload = client.post(chemin, data=data)
            assert fragment.status_code == reload.status_code
            region = parse(fragment.text).children
            target = form.attrs["data-hx-target"].removeprefix("#")
            assert len(region) == 1
            assert isinstance(region[0], Node)
            assert before.replaced(target, region[0]) == parse(reload.text).by_id("contenu")


@pytest.mark.parametrize("etat", [e for e in ETATS if e.status == 422], ids=lambda e: e.nom)
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
        source = template.read_text(encoding="utf-8")
        written = FORM.findall(source)
        assert len(written) == source.count("data-hx-post"), f"{template} : a form is not closed"
        for form in written:
            attrs, buttons = dict(ATTRIBUTE.findall(form)), set(BUTTON.findall(form))
            assert any(attrs.items() <= seen.items() and buttons <= names for seen, names in tested), (
                f"{template.name} : {attrs}"
            )


def test_attributes_are_written_in_the_valid_form(client: TestClient) -> None:
    for etat in ETATS:
        for node in parse(etat.ask(client).text).walk():
            assert not any(name.startswith("hx-") for name in node.attrs), node.attrs


def test_a_page_without_region_is_whole_even_for_htmx(client: TestClient) -> None:
    response = client.get("/metiers", headers={"HX-Request": "true"})
    assert parse(response.text).all("footer")
