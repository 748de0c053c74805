"""A conversation is the set of answers given, nothing else; every page is derived from it.

It travels with the form as JSON and is never stored. Order matters: what is said last is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from service.ecrits import Lu
from service.immersion import Ressenti
from service.intention import Acte
from service.matching import Theme
from service.profil import ENVIES_MAX, CodeInsee, Situation, Voix

# A conversation of this many turns is a script or a mistake, and the form must stay light on a slow phone.
TOURS_MAX = 120
# The state travels with each form, and a form is refused over 64 kB.
LETTRES_MAX = 8000


class EtatIllisible(ValueError):
    """The state sent back by the page is not one we wrote; the message is French and quotes nothing."""

    def __init__(self) -> None:
        super().__init__("Le fil de la conversation n'a pas pu être relu.")


class _Tour(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,60}$")]


class Reponse(_Tour):
    """A choice made on a question."""

    genre: Literal["reponse"] = "reponse"
    question: _Id
    choix: _Id


class Parole(_Tour):
    """Something written freely."""

    genre: Literal["parole"] = "parole"
    texte: Annotated[str, StringConstraints(min_length=1, max_length=ENVIES_MAX)]
    question: _Id | None = None
    """The question on screen when it was written."""
    lu: Lu | None = None
    """What was understood of it, so that no page has to read it twice; never shown as it is."""


class Correction(_Tour):
    """A chip removed: what was understood of this field no longer counts."""

    genre: Literal["correction"] = "correction"
    champ: _Id


class Passe(_Tour):
    """A question skipped."""

    genre: Literal["passe"] = "passe"
    question: _Id


class Reprise(_Tour):
    """A question to be asked again, its answer kept until another is given."""

    genre: Literal["reprise"] = "reprise"
    question: _Id


class Exclusion(_Tour):
    """A métier set aside: « pas pour moi », and what about it, when it is said."""

    genre: Literal["exclusion"] = "exclusion"
    metier: _Id
    raison: _Id | None = None


class Immersion(_Tour):
    """Some days on site (placement, civic service, a visit): how it went, and what made it so."""

    genre: Literal["immersion"] = "immersion"
    metier: _Id
    ressenti: Ressenti
    raison: _Id


class Accent(StrEnum):
    """How much a theme counts for the person."""

    PEU = "peu"
    NORMAL = "normal"
    BEAUCOUP = "beaucoup"

    @property
    def facteur(self) -> float:
        """What the weight of the theme is multiplied by."""
        return {"peu": 0.5, "normal": 1.0, "beaucoup": 2.0}[self.value]


class Importance(_Tour):
    """How much a theme counts, moved by the person."""

    genre: Literal["importance"] = "importance"
    theme: Theme
    accent: Accent


class Endroit(_Tour):
    """Where the person is, and how far they would go."""

    genre: Literal["endroit"] = "endroit"
    commune: CodeInsee
    rayon_km: Annotated[int, Field(ge=1, le=200)] | None = None


Tour = Annotated[
    Reponse | Parole | Correction | Passe | Reprise | Exclusion | Immersion | Importance | Endroit,
    Field(discriminator="genre"),
]
_SETTINGS = (Endroit, Importance)
"""Changed where they are asked, not by going back."""


class Conversation(BaseModel):
    """The answers so far, oldest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    public: Situation | None = None
    voix_choisie: Voix | None = None
    facile: bool = False
    """Easy-to-read texts: shorter, one idea a sentence, with pictograms."""
    encore: bool = False
    """The person goes on with questions though the first three are stable."""
    tours: Annotated[tuple[Tour, ...], Field(max_length=TOURS_MAX)] = ()
    page: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16}\.\d{1,9}$")] | None = None
    """Which dossier a page shows, and its version; None for a page that nothing is kept of."""

    @property
    def voix(self) -> Voix:
        """As asked for; else tu for young people, vous for all others."""
        return self.voix_choisie or ("tu" if self.public is Situation.JEUNE else "vous")

    @property
    def posees(self) -> tuple[str, ...]:
        """Questions answered or skipped."""
        return tuple(dict.fromkeys(q for t in self.tours if (q := _settled(t))))

    @property
    def reponses(self) -> dict[str, str]:
        """Each question answered, and the choice that counts, in the order first given."""
        return {t.question: t.choix for tour in self.tours if (t := answer(tour))}

    @property
    def reprise(self) -> str | None:
        """The question to ask again now."""
        last = self.tours[-1] if self.tours else None
        return last.question if isinstance(last, Reprise) else None

    @property
    def importances(self) -> Mapping[Theme, Accent]:
        """What the person moved, by theme."""
        return {t.theme: t.accent for t in self.tours if isinstance(t, Importance)}

    @property
    def endroit(self) -> Endroit | None:
        """The place told last."""
        return next((t for t in reversed(self.tours) if isinstance(t, Endroit)), None)

    @classmethod
    def from_json(cls, etat: str) -> Self:
        """Read the state a page sent back. Raises EtatIllisible."""
        try:
            return cls.model_validate_json(etat)
        except (ValidationError, RecursionError):
            raise EtatIllisible from None

    def to_json(self) -> str:
        return self.model_dump_json(exclude_none=True)

    def add(self, tour: Tour) -> Self:
        """One more answer; the oldest go when there are too many, or too many words."""
        tours = (*self._answered_before(tour), tour)[-TOURS_MAX:]
        while sum(len(t.texte) for t in tours if isinstance(t, Parole)) > LETTRES_MAX:
            oldest = next(i for i, t in enumerate(tours) if isinstance(t, Parole))
            tours = tours[:oldest] + tours[oldest + 1 :]
        return self.model_copy(update={"tours": tours})

    def _answered_before(self, tour: Tour) -> tuple[Tour, ...]:
        """The turns this one leaves standing: a question asked again is answered once."""
        if isinstance(tour, Importance):
            return tuple(t for t in self.tours if not (isinstance(t, Importance) and t.theme == tour.theme))
        if self.reprise is None:
            return self.tours
        before = self.tours[:-1]
        if isinstance(tour, Reponse | Passe) and tour.question == self.reprise:
            return tuple(t for t in before if not _asks(t, tour.question))
        return before

    def at(self, endroit: Endroit) -> Self:
        """With this place instead of any told before."""
        kept = tuple(t for t in self.tours if not isinstance(t, Endroit))
        return self.model_copy(update={"tours": kept}).add(endroit)

    def undo(self) -> Self:
        """Without the last answer; a setting is not one, and is changed where it is asked."""
        last = max((i for i, t in enumerate(self.tours) if not isinstance(t, _SETTINGS)), default=None)
        if last is None:
            return self
        return self.model_copy(update={"tours": self.tours[:last] + self.tours[last + 1 :]})


def answer(tour: Tour) -> Reponse | None:
    """The choice a turn makes, by a button or in words."""
    if isinstance(tour, Reponse):
        return tour
    if isinstance(tour, Parole) and tour.question and tour.lu and tour.lu.intention.choix:
        return Reponse(question=tour.question, choix=tour.lu.intention.choix)
    return None


def _settled(tour: Tour) -> str | None:
    """The question this turn answers or skips."""
    if isinstance(tour, Passe):
        return tour.question
    if isinstance(tour, Parole) and tour.lu and tour.lu.intention.acte is Acte.PASSER:
        return tour.question
    made = answer(tour)
    return made.question if made else None


def _asks(tour: Tour, question: str) -> bool:
    return isinstance(tour, Reponse | Passe) and tour.question == question
