"""A conversation is the set of answers given, nothing else; every page is derived from it.

It travels with the form as JSON and is never stored. Order matters: what is said last is right.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

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


class Correction(_Tour):
    """A chip removed: what was understood of this field no longer counts."""

    genre: Literal["correction"] = "correction"
    champ: _Id


class Passe(_Tour):
    """A question skipped."""

    genre: Literal["passe"] = "passe"
    question: _Id


class Exclusion(_Tour):
    """A métier set aside: « pas pour moi »."""

    genre: Literal["exclusion"] = "exclusion"
    metier: _Id


class Endroit(_Tour):
    """Where the person is, and how far they would go."""

    genre: Literal["endroit"] = "endroit"
    commune: CodeInsee
    rayon_km: Annotated[int, Field(ge=1, le=200)] | None = None


Tour = Annotated[Reponse | Parole | Correction | Passe | Exclusion | Endroit, Field(discriminator="genre")]


class Conversation(BaseModel):
    """The answers so far, oldest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    public: Situation | None = None
    tours: Annotated[tuple[Tour, ...], Field(max_length=TOURS_MAX)] = ()

    @property
    def voix(self) -> Voix:
        """tu for young people, vous for all others."""
        return "tu" if self.public is Situation.JEUNE else "vous"

    @property
    def posees(self) -> tuple[str, ...]:
        """Questions answered or skipped."""
        return tuple(t.question for t in self.tours if isinstance(t, Reponse | Passe))

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
        return self.model_dump_json(exclude_defaults=False)

    def add(self, tour: Tour) -> Self:
        """One more answer; the oldest go when there are too many, or too many words."""
        tours = (*self.tours, tour)[-TOURS_MAX:]
        while sum(len(t.texte) for t in tours if isinstance(t, Parole)) > LETTRES_MAX:
            oldest = next(i for i, t in enumerate(tours) if isinstance(t, Parole))
            tours = tours[:oldest] + tours[oldest + 1 :]
        return self.model_copy(update={"tours": tours})

    def at(self, endroit: Endroit) -> Self:
        """With this place instead of any told before."""
        kept = tuple(t for t in self.tours if not isinstance(t, Endroit))
        return self.model_copy(update={"tours": kept}).add(endroit)

    def undo(self) -> Self:
        """Without the last answer; a place is not one, and is changed where it is asked."""
        last = max((i for i, t in enumerate(self.tours) if not isinstance(t, Endroit)), default=None)
        tours = () if last is None else self.tours[:last] + self.tours[last + 1 :]
        return self.model_copy(update={"tours": tours})
