"""What people ask of a métier, and the words they ask it with; the sigles of the field.

Only types live here. The words are in `themes.yaml` and `glossaire.yaml`, the answers in the other files.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from knowledge.schema import Fiche, Source, Texte, Voix, check_sources


class Theme(StrEnum):
    """The facts that can be asked for."""

    SALAIRE = "salaire"
    FORMATION = "formation"
    DIPLOME = "diplome"
    VAE = "vae"
    FINANCEMENT = "financement"
    CONDITIONS = "conditions"
    HORAIRES = "horaires"
    AGE = "age"
    PASSERELLE = "passerelle"
    IMMERSION = "immersion"
    EVOLUTION = "evolution"
    RECRUTEMENT = "recrutement"
    DIFFERENCE = "difference"
    SIGLE = "sigle"
    OFFRES = "offres"
    AIDE_HUMAINE = "aide_humaine"


class ThemeConnu(Fiche):
    """How one theme is asked for.

    In the expressions, `metier`, `age00` and `lieu` stand for any métier named, any age, any place.
    """

    id: Theme
    question: Texte
    """The question as we would put it, {nom} being the métier; proposed when we did not understand."""
    seule: Texte
    """The same about no métier in particular."""
    sur: list[Texte] = Field(default_factory=list)
    """Leaves no doubt: « smic », « à partir de quel âge »."""
    fort: Annotated[list[Texte], Field(min_length=1)]
    """Enough alone."""
    faible: list[Texte] = Field(default_factory=list)
    """Counts when nothing stronger is said: often only what the person tells of themselves."""
    entre_deux: list[Texte] = Field(default_factory=list)
    """Says it when two métiers are named: « aide-soignante ou infirmière »."""
    avec_lieu: list[Texte] = Field(default_factory=list)
    """Says it when a place is named: « une école à Rennes »."""
    sauf: list[Texte] = Field(default_factory=list)
    """Takes the theme away: « la formation des enfants »."""
    exemples: Annotated[list[Texte], Field(min_length=8)]
    """Questions as people write them, searched by meaning when no expression is known."""


class ReglesQuestion(Fiche):
    """All the themes, and what is not ours to answer."""

    themes: Annotated[list[ThemeConnu], Field(min_length=1)]
    neutre: list[Texte]
    """Expressions that hold a word of a theme and do not ask for it: « personnes âgées »."""
    abreviations: dict[str, str]
    """Spellings that mean this in a question only: « cb » → « combien »."""
    dispositifs: dict[str, list[Texte]]
    """How people name the funding schemes, by key of `financements/`."""
    autres_metiers: list[Texte]
    """Jobs that are not ours, however near they are."""
    vecu: list[Texte]
    """What makes such a job a story of oneself: « je suis caissière »."""
    inconnu: list[Texte]
    """Facts that we cannot know, whatever the métier: « combien de places »."""
    hors_sujet: Annotated[list[Texte], Field(min_length=8)]
    """Questions about something else, or that we cannot answer; searched by meaning beside the others."""
    phrases: dict[str, Voix]
    """What is said around the facts, by key."""

    @model_validator(mode="after")
    def _every_theme_is_known(self) -> Self:
        missing = sorted(set(Theme) - {t.id for t in self.themes})
        if missing or len(self.themes) != len(Theme):
            raise ValueError(f"themes : il faut chaque thème une fois ; il manque {', '.join(missing)}")
        return self


class SigleConnu(Fiche):
    """An acronym: what it stands for, and what that is."""

    sigle: Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]
    sens: Texte
    """In full words, feminine and masculine both where it names people."""
    explication: Texte | None = None
    """One short sentence for what the words do not tell."""
    ambigu: Texte | None = None
    """Its other meaning in the same field."""
    source: str


class Glossaire(Fiche):
    """The sigles of care and social work, training and its funding."""

    sigles: Annotated[list[SigleConnu], Field(min_length=1)]
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _sources_known(self) -> Self:
        return check_sources(self, self.sources)

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        noms = [s.sigle.lower() for s in self.sigles]
        twice = sorted({nom for nom in noms if noms.count(nom) > 1})
        if twice:
            raise ValueError(f"sigles : en double : {', '.join(twice)}")
        return self
