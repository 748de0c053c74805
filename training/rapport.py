"""The figures of quality as a page for anyone: `Qualite` → the text of `docs/qualite.md`, in French.

The questionnaire is simulated apart (`training/simulation.py`); its last figures are joined here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.chiffres import A_SAVOIR, Tableau, tables
from service.qualite import Qualite
from training import bilan
from training.bilan import Bilan, read_bilan


def write(qualite: Qualite, titres: Mapping[str, str]) -> str:
    """The whole document; `titres` are the métiers' names by slug."""
    lines = [*_opening(qualite)]
    for tableau in tables(qualite, titres):
        lines += _section(tableau)
    lines += _questionnaire(read_bilan())
    return "\n".join(lines).rstrip() + "\n"


def _opening(qualite: Qualite) -> Iterator[str]:
    yield "# La qualité des réponses\n"
    yield f"Mesuré le {qualite.date:%d/%m/%Y}. Une commande écrit cette page. Ne la corrigez pas à la main.\n"
    yield from (f"- {phrase}" for phrase in A_SAVOIR)
    yield ""


def _questionnaire(simule: Bilan) -> Iterator[str]:
    yield "## Combien de questions suffisent ?\n"
    yield "\n".join((*bilan.opening(simule), ""))
    yield f"![{bilan.LEGENDE}](figures/{bilan.FIGURE.name})\n"
    for tableau in bilan.tableaux(simule):
        yield from _section(tableau, "###")


def _section(tableau: Tableau, niveau: str = "##") -> Iterator[str]:
    yield f"{niveau} {tableau.titre}\n"
    if tableau.phrases:
        yield "\n".join((*tableau.phrases, ""))
    yield f"| {' | '.join(tableau.entetes)} |"
    yield "|" + " --- |" * len(tableau.entetes)
    yield from (f"| {' | '.join(ligne)} |" for ligne in tableau.lignes)
    yield ""
