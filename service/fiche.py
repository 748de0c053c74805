"""The interview sheet: what a counsellor prepares, holds and concludes an interview with, on one page.

It is computed from what the person said (`service/preparation.py`). What a counsellor writes is kept apart
(`Retouches`): a new answer renews all that nobody rewrote, and nothing that somebody wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.schema import Slug
from service.catalogue.fiches import Genre
from service.orientation import Verdict

TEXTE_MAX = 1200
ACTION_MAX, QUI_MAX = 160, 40
CHOISIES_MAX, ACTIONS_MAX = 6, 6
# What most case-management tools accept in one note.
BLOC_MAX = 2500
COUPE = " […]"
POURQUOI = " → "
"""Between a question and why it is asked, which is for the counsellor alone."""


class Partie(StrEnum):
    """A part of the sheet that a counsellor may rewrite."""

    FORCES = "forces"
    CONTRADICTIONS = "contradictions"
    MANQUES = "manques"
    SONDES = "sondes"
    VIGILANCES = "vigilances"
    ROUTES = "routes"

    @property
    def titre(self) -> str:
        return TITRES[self]


TITRES = {
    Partie.FORCES: "Trois points d'appui, avec ses mots",
    Partie.CONTRADICTIONS: "À éclaircir ensemble",
    Partie.MANQUES: "Ce qui n'est pas dit",
    Partie.SONDES: "Cinq questions à poser",
    Partie.VIGILANCES: "Trois points de vigilance",
    Partie.ROUTES: "Chemins possibles",
}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Force(_Frozen):
    """Something to build on, in the person's words."""

    quoi: str
    mots: str = ""
    """As written; empty for what was said with a button."""
    ou: str
    """Where it was said: « écrit », « réponse à … »."""

    def __str__(self) -> str:
        return f"{self.quoi}. « {self.mots} » ({self.ou})" if self.mots else f"{self.quoi} ({self.ou})"


class Contradiction(_Frozen):
    """Two things said that hardly go together: to be asked about, never held against anyone."""

    dits: tuple[str, str]
    question: str

    def __str__(self) -> str:
        return f"{self.dits[0]}, mais {self.dits[1]}. {self.question}"


class Sonde(_Frozen):
    """An open question to ask aloud."""

    question: str
    pourquoi: str

    def __str__(self) -> str:
        return f"{self.question}{POURQUOI}{self.pourquoi}"


class Vigilance(_Frozen):
    """Something that closes one of the first métiers, or must be checked."""

    metier: str
    texte: str
    verdict: Verdict

    @property
    def mot(self) -> str:
        return "bloque" if self.verdict is Verdict.BLOQUANT else "à vérifier"

    def __str__(self) -> str:
        return f"{self.metier} : {self.texte} ({self.mot})"


class Route(_Frozen):
    """A way to one of the first métiers."""

    slug: Slug
    metier: str
    titre: str
    resume: str
    """How long, and whether one is paid on the way."""
    paie: str
    """Of the métier, gross by month."""
    a_faire: tuple[str, ...]
    """The first steps, with their date where there is one."""
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.metier} : {self.titre}. {self.resume} {' '.join(self.a_faire)}"


class Choisie(_Frozen):
    """An offre, a formation or an événement chosen together, as its source had it that day."""

    genre: Genre
    source: Annotated[str, StringConstraints(max_length=60)]
    nom: Annotated[str, StringConstraints(max_length=80)]
    """The source, as shown."""
    cle: Annotated[str, StringConstraints(max_length=200)]
    titre: Annotated[str, StringConstraints(max_length=200)]
    lieu: Annotated[str, StringConstraints(max_length=120)] = ""
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^(https?://|/)")]
    vu_le: date

    @property
    def valeur(self) -> str:
        """What tells it from all others, as a form sends it back."""
        return f"{self.source}|{self.cle}"

    def __str__(self) -> str:
        where = f", {self.lieu}" if self.lieu else ""
        return f"{self.titre}{where} ({self.nom}, vu le {self.vu_le:%d/%m/%Y})"


class Action(_Frozen):
    """Something agreed: what, who, before when."""

    quoi: Annotated[str, StringConstraints(min_length=1, max_length=ACTION_MAX)]
    qui: Annotated[str, StringConstraints(max_length=QUI_MAX)] = ""
    le: date | None = None

    def __str__(self) -> str:
        when = f"avant le {self.le:%d/%m/%Y}" if self.le else "sans date"
        return f"{self.quoi} ({', '.join(p for p in (self.qui, when) if p)})"


_Texte = Annotated[str, StringConstraints(max_length=TEXTE_MAX)]


class Retouches(_Frozen):
    """All that a counsellor changed or added on one sheet."""

    textes: dict[Partie, _Texte] = Field(default_factory=dict)
    """A part as rewritten, one line each; a part that is absent is computed anew at each answer."""
    choisies: Annotated[tuple[Choisie, ...], Field(max_length=CHOISIES_MAX)] = ()
    actions: Annotated[tuple[Action, ...], Field(max_length=ACTIONS_MAX)] = ()


class Fiche(_Frozen):
    """The sheet as it is now."""

    le: date
    metiers: tuple[str, ...]
    """The first ones for this person, as shown."""
    clair: bool
    """Whether they stand out from the rest."""
    forces: tuple[Force, ...]
    contradictions: tuple[Contradiction, ...]
    manques: tuple[str, ...]
    sondes: tuple[Sonde, ...]
    vigilances: tuple[Vigilance, ...]
    routes: tuple[Route, ...]
    versions: dict[str, str]
    retouches: Retouches = Retouches()

    @property
    def sources(self) -> tuple[str, ...]:
        """Of the figures of the routes."""
        return tuple(dict.fromkeys(source for route in self.routes for source in route.sources))

    def corrected_by(self, retouches: Retouches) -> Self:
        """The same sheet, as its counsellor left it."""
        return self.model_copy(update={"retouches": retouches})

    def computed(self, partie: Partie) -> str:
        """A part as the answers make it, one line for each thing."""
        return "\n".join(map(str, getattr(self, partie.value)))

    def text(self, partie: Partie) -> str:
        """A part as it stands: rewritten, or else computed."""
        return self.retouches.textes.get(partie, self.computed(partie))

    def rewritten(self, partie: Partie) -> tuple[str, ...] | None:
        """The lines somebody wrote in place of what was computed; None when nobody did."""
        texte = self.retouches.textes.get(partie)
        return None if texte is None else tuple(_lines(texte))

    def mark(self, partie: Partie) -> str:
        """What a form sends back with a part, to tell whether somebody rewrote it since it was shown."""
        return mark(self.text(partie))

    def block(self) -> str:
        """The whole as plain text for the counsellor's own software, BLOC_MAX signs at most.

        What was agreed comes first and is whole; the longest of the other parts loses lines, one by one.
        """
        head = f"Fiche d'entretien Cap Soin, {self.le:%d/%m/%Y}\nMétiers : {', '.join(self.metiers)}"
        agreed = _section("Convenu", map(str, self.retouches.actions))
        chosen = _section("Offres et formations choisies", map(str, self.retouches.choisies))
        top = "\n\n".join(p for p in (head, agreed, chosen) if p)
        told = {p.titre: [line.partition(POURQUOI)[0] for line in _lines(self.text(p))] for p in Partie}
        _cut({titre: lines for titre, lines in told.items() if lines}, BLOC_MAX - len(top))
        return "\n\n".join([top, *(_section(t, lines) for t, lines in told.items() if lines)])[:BLOC_MAX]


def mark(texte: str) -> str:
    """A short mark of a text, the same however a form sends its lines."""
    return hashlib.sha256("\n".join(_lines(texte)).encode()).hexdigest()[:16]


def _section(titre: str, lignes: Iterable[str]) -> str:
    told = [f"- {ligne}" for ligne in lignes]
    return "\n".join([titre.upper(), *told]) if told else ""


def _lines(texte: str) -> Iterator[str]:
    return (ligne.strip() for ligne in texte.splitlines() if ligne.strip())


def _cut(parts: dict[str, list[str]], room: int) -> None:
    """Shortens the longest part until all fit, one line at a time, then within its last line."""
    while sum(len(_section(titre, lignes)) + 2 for titre, lignes in parts.items()) > room:
        longest = max(parts.values(), key=lambda lignes: (len(lignes) > 1, sum(map(len, lignes))))
        if len(longest) > 1:
            longest.pop()
            longest[-1] = longest[-1].removesuffix(COUPE) + COUPE
        elif len(longest[0]) > 4 * len(COUPE):
            longest[0] = longest[0][: len(longest[0]) * 3 // 4].rstrip() + COUPE
        else:
            return
