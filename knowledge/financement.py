"""What pays for a training, or for living meanwhile: one scheme per file in `financements/`.

Words and figures only: who may use a scheme is decided in service/dispositifs.py, which picks one of its
`cas`. A figure stands once, in `chiffres` or in a `grille`, with its source; sentences cite it by its key,
so that none can slip into the prose unsourced.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from knowledge.schema import Confiance, Fiche, Lien, Source, Texte, Voix, check_sources

CleFinancement = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
AGE = "age"
"""The one placeholder that is not a figure of the file: the person's own age."""


class Paie(StrEnum):
    """What a scheme gives."""

    ACCOMPAGNEMENT = "accompagnement"
    """Somebody to talk to, for weeks or months."""
    REVENU = "revenu"
    """Something to live on."""
    LES_DEUX = "les_deux"
    """The training and something to live on."""
    COUT = "cout"
    """The training only."""
    FRAIS = "frais"
    """What comes with it: rent, driving licence, childcare."""
    DECOUVERTE = "decouverte"
    """A try at the work itself."""


class Chiffre(Fiche):
    """One figure of a scheme: an amount, a length, an age."""

    cle: CleFinancement
    nom: Texte
    valeur: Annotated[float, Field(gt=0)]
    unite: Literal["€", "€ par mois", "€ par an", "%", "ans", "mois", "jours", "heures"]
    periode: Texte | None = None
    """Since when, where the source says it: « depuis le 1er janvier 2026 »."""
    source: str


class Tranche(Fiche):
    """One band of ages of a pay scale."""

    age_min: Annotated[int, Field(ge=14, le=75)]
    age_max: Annotated[int, Field(ge=14, le=75)] | None = None
    parts: Annotated[list[Annotated[int, Field(gt=0, le=100)]], Field(min_length=1)]
    """Least pay as a percentage of the SMIC, year after year of the contract; the last one goes on."""


class Grille(Fiche):
    """A pay scale by age and year."""

    nom: Texte
    tranches: Annotated[list[Tranche], Field(min_length=1)]
    source: str


class Smic(Fiche):
    """The minimum wage, before social contributions, for 35 hours a week."""

    mensuel_brut: Annotated[float, Field(gt=0)]
    depuis: date
    source: Source


class Financement(Fiche):
    """One scheme. `conditions`, `a_verifier` and `a_savoir` say neither tu nor vous."""

    cle: CleFinancement
    nom: Texte
    """In full words, its acronym after them."""
    paie: Paie
    a_quoi: Voix
    cas: Annotated[dict[str, Voix], Field(min_length=1)]
    """Why it may help, by situation that the rules tell apart."""
    conditions: list[Texte] = Field(default_factory=list)
    a_verifier: list[Texte] = Field(default_factory=list)
    a_savoir: list[Texte] = Field(default_factory=list)
    """What we do not ask, and may change everything: a recognised disability, a rule that just changed."""
    chiffres: list[Chiffre] = Field(default_factory=list)
    grille: Grille | None = None
    contact: str | None = None
    """Whom to see, a key of contacts.yaml."""
    lien: Lien | None = None
    source: str
    """Where the scheme as a whole was read."""
    sources: dict[str, Source]

    def valeur(self, cle: str) -> float:
        """The figure of that key. Raises KeyError: the rules ask for what the file must hold."""
        return self.by_key[cle].valeur

    @property
    def by_key(self) -> dict[str, Chiffre]:
        return {chiffre.cle: chiffre for chiffre in self.chiffres}

    def sentences(self) -> Iterator[str]:
        """Every sentence, with its placeholders."""
        for voix in (self.a_quoi, *self.cas.values()):
            yield from (voix.tu, voix.vous)
        yield from (*self.conditions, *self.a_verifier, *self.a_savoir)

    @model_validator(mode="after")
    def _sources_known(self) -> Self:
        return check_sources(self, self.sources)

    @model_validator(mode="after")
    def _somebody_or_some_page_to_turn_to(self) -> Self:
        if not (self.contact or self.lien):
            raise ValueError("un contact ou un lien est obligatoire")
        return self

    @model_validator(mode="after")
    def _no_figure_of_low_confidence(self) -> Self:
        figures: list[Chiffre | Grille] = [*self.chiffres, *([self.grille] if self.grille else [])]
        for figure in figures:
            if self.sources[figure.source].confiance is Confiance.FAIBLE:
                raise ValueError(f"« {figure.nom} » : sa source est de faible confiance")
        return self

    @model_validator(mode="after")
    def _no_figure_outside_chiffres(self) -> Self:
        known = {*self.by_key, AGE}
        for sentence in self.sentences():
            for words, cited, _, _ in Formatter().parse(sentence):
                if any(letter.isdigit() for letter in words):
                    raise ValueError(f"un nombre hors de « chiffres » : {sentence}")
                if cited is not None and cited not in known:
                    raise ValueError(f"chiffre cité mais absent de « chiffres » : {cited}")
        return self
