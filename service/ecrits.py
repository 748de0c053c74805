"""What a person wrote, as it weighs on the ranking: what was read of each text, and of all of them together.

Reading a text takes most of the time of an answer, and every page is derived anew from all that was said: so
what was read travels with the text (`Lu`), small enough for a form, and is believed only by the version of
the program that read it. It came back from outside: whatever is in it can only change this person's own page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.intention import Acte, Intention
from service.lecture import Lecture
from service.orientation import Indice
from service.profil import ENVIES_MAX, Profil

# Attractions and closeness travel as whole thousandths: finer than any rank depends on.
MILLE = 1000
# A long text does not silence a short one said later.
MOTS_MAX = 30

_FAITS = ("contraintes.", "permis", "niveau", "etudes_max", "revenu_pendant_formation", "aidant")

_Millieme = Annotated[int, Field(ge=-2 * MILLE, le=2 * MILLE)]
_Mots = Annotated[str, Field(max_length=ENVIES_MAX)]


@dataclass(frozen=True)
class Ecrit:
    """One text, or several, read."""

    lecture: Lecture
    mots: int
    """How many words were heard."""
    attractions: Mapping[str, float] = field(default_factory=dict)
    """How much it draws to each métier, about −0.3…1."""
    proximites: Mapping[str, float] = field(default_factory=dict)
    """How close it is to the passages of each métier, −1…1."""
    hors_sujet: bool = False
    """True when it speaks of something else, and weighs nothing."""
    detresse: bool = False
    """True when it calls for help: answered at once, never part of a profile."""

    def facts(self) -> Self:
        """Only what is said of one's situation: a question about a métier is no wish for it."""
        kept = tuple(i for i in self.lecture.indices if i.champ.startswith(_FAITS))
        return replace(
            self, lecture=replace(self.lecture, indices=kept), mots=0, attractions={}, proximites={}
        )

    def without(self, champ: str) -> Self:
        """The same, with one field unsaid; what the words draw to stays."""
        return replace(self, lecture=self.lecture.without(champ))


RIEN = Ecrit(Lecture("", ()), 0)
"""Nothing written."""


class Lu(BaseModel):
    """What was understood of one text, as it travels."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[str, Field(max_length=200)]
    oublis: tuple[_Mots, ...] = ()
    """The fields the person took back, whose words were left out of this reading."""
    intention: Intention = Intention(Acte.PAROLE)
    indices: Annotated[tuple[Indice, ...], Field(max_length=100)] = ()
    intitules: Annotated[tuple[_Mots, ...], Field(max_length=30)] = ()
    mots: Annotated[int, Field(ge=0, le=ENVIES_MAX)] = 0
    attractions: Annotated[tuple[_Millieme, ...], Field(max_length=50)] = ()
    proximites: Annotated[tuple[_Millieme, ...], Field(max_length=50)] = ()
    hors_sujet: bool = False
    detresse: bool = False

    @model_validator(mode="after")
    def _is_a_profil(self) -> Self:
        """Fields and values are those of the contract. Raises ValidationError."""
        try:
            Profil.model_validate(Lecture("", self.indices, self.intitules).profil)
        except (TypeError, AttributeError) as error:
            raise ValueError from error
        return self

    @classmethod
    def of(cls, ecrit: Ecrit, intention: Intention, version: str, oublis: tuple[str, ...]) -> Self:
        """What to carry of this reading."""
        return cls(
            version=version,
            oublis=oublis,
            intention=intention,
            indices=ecrit.lecture.indices,
            intitules=ecrit.lecture.intitules,
            mots=ecrit.mots,
            attractions=_thousandths(ecrit.attractions),
            proximites=_thousandths(ecrit.proximites),
            hors_sujet=ecrit.hors_sujet,
            detresse=ecrit.detresse,
        )

    def fits(self, metiers: Sequence[str]) -> bool:
        """Whether its numbers are about these métiers."""
        return all(len(v) in (0, len(metiers)) for v in (self.attractions, self.proximites))

    def ecrit(self, texte: str, metiers: Sequence[str]) -> Ecrit:
        """The reading again; `metiers` are all the slugs."""
        lecture = Lecture(texte, self.indices, self.intitules, hors_sujet=self.hors_sujet)
        return Ecrit(
            lecture,
            self.mots,
            _fractions(metiers, self.attractions),
            _fractions(metiers, self.proximites),
            self.hors_sujet,
            self.detresse,
        )


def join(ecrits: Sequence[Ecrit]) -> Ecrit:
    """Several texts as one: what is read last is right, and what they draw to is their mean by length."""
    told = [e for e in ecrits if not e.hors_sujet and not e.detresse]
    if not told:
        return replace(RIEN, hors_sujet=any(e.hors_sujet for e in ecrits))
    indices = {i.champ: i for e in told for i in e.lecture.indices}
    intitules = tuple(dict.fromkeys(t for e in told for t in e.lecture.intitules))
    return Ecrit(
        Lecture(" ".join(e.lecture.texte for e in told), tuple(indices.values()), intitules),
        sum(e.mots for e in told),
        _mean([(e.attractions, e.mots) for e in told]),
        _mean([(e.proximites, e.mots) for e in told]),
    )


def _mean(parts: Sequence[tuple[Mapping[str, float], int]]) -> dict[str, float]:
    weighed = [(values, min(mots, MOTS_MAX)) for values, mots in parts if values and mots]
    total = sum(mots for _, mots in weighed)
    slugs = weighed[0][0] if weighed else {}
    return {slug: sum(v[slug] * mots for v, mots in weighed) / total for slug in slugs}


def _thousandths(values: Mapping[str, float]) -> tuple[int, ...]:
    return tuple(round(values[slug] * MILLE) for slug in sorted(values))


def _fractions(metiers: Sequence[str], values: Sequence[int]) -> dict[str, float]:
    return {slug: v / MILLE for slug, v in zip(sorted(metiers), values, strict=False)}
