"""The figures of quality as a page for anyone: `Qualite` → the text of `docs/qualite.md`, in French."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.chiffres import A_SAVOIR, Tableau, tables
from service.qualite import Qualite


def write(qualite: Qualite, titres: Mapping[str, str]) -> str:
    """The whole document; `titres` are the métiers' names by slug."""
    lines = [*_opening(qualite)]
    for tableau in tables(qualite, titres):
        lines += _section(tableau)
    return "\n".join(lines).rstrip() + "\n"


def _opening(qualite: Qualite) -> Iterator[str]:
    yield "# La qualité des réponses\n"
    yield f"Mesuré le {qualite.date:%d/%m/%Y}. Une commande écrit cette page. Ne la corrigez pas à la main.\n"
    yield from (f"- {phrase}" for phrase in A_SAVOIR)
    yield ""


def _section(tableau: Tableau) -> Iterator[str]:
    yield f"## {tableau.titre}\n"
    if tableau.phrases:
        yield "\n".join((*tableau.phrases, ""))
    yield f"| {' | '.join(tableau.entetes)} |"
    yield "|" + " --- |" * len(tableau.entetes)
    yield from (f"| {' | '.join(ligne)} |" for ligne in tableau.lignes)
    yield ""
