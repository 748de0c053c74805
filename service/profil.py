"""The Profil of the contract: what a person may tell us, all optional, nothing else accepted.

Values are strict: `"2"` is not 2 and `true` is not 1. Messages are in French because a person may read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.schema import Activite, Cadre, Contrainte, Niveau, Public, Slug

ENVIES_MAX = 2000

Voix = Literal["tu", "vous"]

ChampGout = Literal["publics", "activites", "cadres"]
GOUTS: tuple[ChampGout, ...] = get_args(ChampGout)
"""Fields of degrees, by key: what one likes, and where."""
SIMPLES = ("permis", "niveau", "etudes_max", "revenu_pendant_formation", "aidant")
"""Fields of one value that weigh on a score."""


class MetierInconnu(ValueError):
    """A slug in `exclus` that is not one of the 26; the message is French and says only that."""

    def __init__(self) -> None:
        super().__init__("Le champ « exclus » contient un métier qui n'est pas dans notre liste.")


class Situation(StrEnum):
    """The contract's `public`: by situation, never by age."""

    JEUNE = "jeune"
    RECONVERSION = "reconversion"
    AUTRE = "autre"


class Acceptation(StrEnum):
    """Whether a person accepts a constraint."""

    OUI = "oui"
    UN_PEU = "un_peu"
    NON = "non"


class EtudesMax(StrEnum):
    """Longest training a person accepts."""

    AUCUNE = "aucune"
    SIX_MOIS = "6_mois"
    UN_AN = "1_an"
    TROIS_ANS = "3_ans"
    CINQ_ANS = "5_ans"

    @property
    def mois(self) -> int:
        """The same in months; « aucune » leaves room for a few days of adaptation."""
        return {"aucune": 0, "6_mois": 6, "1_an": 12, "3_ans": 36, "5_ans": 72}[self.value]


Degre = Annotated[int, Field(strict=True, ge=-2, le=2)]
"""−2 surely not, 0 indifferent or nothing said, 2 surely."""
Intitule = Annotated[str, StringConstraints(strict=True, max_length=120)]
CodeInsee = Annotated[str, StringConstraints(strict=True, pattern=r"^(\d{2}|2[AB])\d{3}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Experience(_Strict):
    """An earlier job, placement or volunteering, in the person's words."""

    intitule: Intitule
    annees: Annotated[float, Field(strict=True, ge=0, le=60, allow_inf_nan=False)] | None = None


class Profil(_Strict):
    """All fields optional, as in contrat.md; unknown fields and values are refused."""

    public: Situation | None = None
    age: Annotated[int, Field(strict=True, ge=14, le=75)] | None = None
    niveau: Niveau | None = None
    diplomes: Annotated[list[Intitule], Field(max_length=30)] = Field(default_factory=list)
    experiences: Annotated[list[Experience], Field(max_length=30)] = Field(default_factory=list)
    aidant: Annotated[bool, Field(strict=True)] | None = None
    envies: Annotated[str, StringConstraints(strict=True, max_length=ENVIES_MAX)] = ""
    publics: dict[Public, Degre] = Field(default_factory=dict)
    activites: dict[Activite, Degre] = Field(default_factory=dict)
    cadres: dict[Cadre, Degre] = Field(default_factory=dict)
    contraintes: dict[Contrainte, Acceptation] = Field(default_factory=dict)
    permis: Annotated[bool, Field(strict=True)] | None = None
    etudes_max: EtudesMax | None = None
    revenu_pendant_formation: Annotated[bool, Field(strict=True)] | None = None
    commune: CodeInsee | None = None
    rayon_km: Annotated[int, Field(strict=True, ge=1, le=200)] | None = None
    exclus: Annotated[list[Slug], Field(max_length=26)] = Field(default_factory=list)

    @property
    def voix(self) -> Voix:
        """How to speak to this person."""
        return "tu" if self.public is Situation.JEUNE else "vous"

    def completed_by(self, autre: Profil) -> Self:
        """This profil, with what `autre` says where this one says nothing."""
        merged = {nom: _complete(getattr(self, nom), getattr(autre, nom)) for nom in type(self).model_fields}
        return type(self).model_validate(merged)

    def said(self) -> Iterator[tuple[str, object]]:
        """What the person said, field by field: (`publics.bebes`, 2). Free text and place are left out."""
        for nom in _MONTRES:
            value = getattr(self, nom)
            if isinstance(value, dict):
                yield from ((f"{nom}.{cle}", v) for cle, v in value.items() if v)
            elif isinstance(value, list):
                yield from ((nom, getattr(v, "intitule", v)) for v in value)
            elif value is not None:
                yield nom, value

    def said_fields(self) -> set[str]:
        """The fields said, without their values."""
        return {champ for champ, _ in self.said()}

    def without(self, champ: str) -> Self:
        """This profile, with one field unsaid."""
        racine, _, cle = champ.partition(".")
        if racine not in _MONTRES:
            return self
        value = getattr(self, racine)
        if cle:
            return self.model_copy(update={racine: {k: v for k, v in value.items() if k != cle}})
        return self.model_copy(update={racine: type(value)() if isinstance(value, list) else None})

    def with_words(self, texte: str) -> Self:
        """This profile, with one more thing written; the oldest words go when there is no room."""
        return self.model_copy(update={"envies": f"{self.envies} {texte}".strip()[-ENVIES_MAX:]})

    def excluding(self, slug: str) -> Self:
        """This profile, with one more métier set aside."""
        kept = [s for s in self.exclus if s != slug]
        return self.model_copy(update={"exclus": [*kept, slug]})


_MONTRES = (*GOUTS, "contraintes", *SIMPLES, "diplomes", "experiences")


def _complete(own: object, other: object) -> object:
    if isinstance(own, dict) and isinstance(other, dict):
        return {**other, **own}
    if isinstance(own, list) and isinstance(other, list):
        return own + [item for item in other if item not in own]
    return other if own is None or own == "" else own


@dataclass(frozen=True)
class ProfilNeutre:
    """All that may weigh on a score. No age, name, gender, place or free text: the type says so."""

    publics: Mapping[Public, int] = field(default_factory=dict)
    activites: Mapping[Activite, int] = field(default_factory=dict)
    cadres: Mapping[Cadre, int] = field(default_factory=dict)
    contraintes: Mapping[Contrainte, Acceptation] = field(default_factory=dict)
    permis: bool | None = None
    etudes_max: EtudesMax | None = None
    niveau: Niveau | None = None
    revenu_pendant_formation: bool | None = None
    aidant: bool | None = None
    acquis: frozenset[str] = frozenset()
    """Keys of the certifications already held."""
    savoirs: Mapping[str, float] = field(default_factory=dict)
    """What earlier jobs prepared for: dotted field → strength, 0–2."""
    deja_exerces: frozenset[str] = frozenset()
    """Slugs of the métiers already practised."""
    evocations: Mapping[str, float] = field(default_factory=dict)
    """Métiers named or alluded to: slug → −4/3…4/3."""
    proximites: Mapping[str, float] = field(default_factory=dict)
    """Closeness of what was written to each métier's passages, −1…1 around the mean of the 26."""
    affinites: Mapping[str, float] = field(default_factory=dict)
    """How much what was written attracts to each métier, as learned from labelled phrasings, about −0.3…1."""
    lus: frozenset[str] = frozenset()
    """Dotted fields read in free text rather than answered."""
    exclus: frozenset[str] = frozenset()
