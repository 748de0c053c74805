"""The documents tell the truth: what they link to, name or command exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from web.api import catalogue, parcours, routes

RACINE = Path(__file__).parent.parent
DOCS = sorted(
    p for folder in (".", "docs", "docs/adr", "training/judgements") for p in (RACINE / folder).glob("*.md")
)
# The glossary settles words before the code that will bear them exists.
TRUE_TODAY = [doc for doc in DOCS if doc.name != "glossaire.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
# A path of the project between backticks; a star stands for several files.
OUR_PATH = re.compile(r"`((?:knowledge|models|service|web|training|tests|docs|\.ci)/[\w./*-]*)`")
OURS = re.compile(r"/api/v1/[\w/{}-]+")


def _named(chemin: Path) -> str:
    return chemin.relative_to(RACINE).as_posix()


def _links(chemin: Path) -> Iterator[str]:
    """Relative targets, without their anchor."""
    prose = FENCED.sub("", chemin.read_text(encoding="utf-8"))
    targets = ("".join(groups) for groups in LINK.findall(prose))
    return (t.partition("#")[0] for t in targets if not re.match(r"[a-z]+:|#", t))


@pytest.mark.parametrize("doc", DOCS, ids=_named)
def test_every_link_and_image_leads_to_a_file(doc: Path) -> None:
    assert not [target for target in _links(doc) if not (doc.parent / target).exists()]


@pytest.mark.parametrize("doc", TRUE_TODAY, ids=_named)
def test_every_path_named_exists(doc: Path) -> None:
    paths = OUR_PATH.findall(doc.read_text(encoding="utf-8"))
    assert not [path for path in paths if not any(RACINE.glob(path.rstrip("/")))]


@pytest.mark.parametrize("doc", DOCS, ids=_named)
def test_every_make_command_is_a_target(doc: Path) -> None:
    makefile = (RACINE / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    commands = re.findall(r"\bmake ([a-z-]+)", "\n".join(CODE.findall(doc.read_text(encoding="utf-8"))))
    assert set(commands) <= targets


def test_readme_names_every_route_of_the_api_and_no_other() -> None:
    every = (*routes.router.routes, *catalogue.router.routes, *parcours.router.routes)
    served = {route.path for route in every if isinstance(route, APIRoute)}
    assert set(OURS.findall((RACINE / "README.md").read_text(encoding="utf-8"))) == served


def test_every_decision_is_linked_from_a_document() -> None:
    linked = {(doc.parent / target).resolve() for doc in DOCS for target in _links(doc)}
    assert not [adr.name for adr in (RACINE / "docs/adr").glob("*.md") if adr not in linked]
