"""What opens or shortens a way: from a diploma held or a métier practised to a diploma or a post.

One file per origin in `passerelles/`. An edge nobody could confirm keeps its `doute`, and is shown as
« à vérifier ».
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from knowledge.schema import CleCertification, Fiche, Slug, Source, Texte, check_sources

JourDeLAnnee = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""Month and day, `03-12`: the same every year, as far as we know."""


ORIGINES_GENERALES = ("bac", "travail", "aidance")
"""`bac`: that level of study, whatever the diploma; `travail`: any job; `aidance`: a relative cared for."""


class Effet(StrEnum):
    """What a passerelle does."""

    ALLEGEMENT = "allegement"
    """Part of the training is not to be done again; the school says which."""
    AVANCEE = "avancee"
    """One enters the training later: `mois` are left."""
    ADMISSION = "admission"
    """Opens the entry of a training that the level of study, or a diploma required, would close."""
    SELECTION = "selection"
    """Exempts from the selection, or from part of it."""
    VAE = "vae"
    """What was practised can be validated as this diploma."""
    EMBAUCHE = "embauche"
    """Opens a post of this métier that the usual condition would close."""


class Passerelle(Fiche):
    """One edge of the graph."""

    vers: CleCertification | Slug
    """A certification, or a métier for `embauche`."""
    effet: Effet
    annees: Annotated[float, Field(gt=0, le=10)] | None = None
    """Years of practice asked for, full time; None when holding or having practised is enough."""
    age_minimum: Annotated[int, Field(ge=14, le=75)] | None = None
    mois: Annotated[int, Field(ge=0, le=96)] | None = None
    """Training left, for `avancee`."""
    texte: Texte
    doute: Texte | None = None
    """What sources disagree on, or what changed since: the edge is then « à vérifier »."""
    source: str

    @model_validator(mode="after")
    def _later_entry_says_what_is_left(self) -> Self:
        if (self.effet is Effet.AVANCEE) != (self.mois is not None):
            raise ValueError("mois : à donner pour une avancée, et seulement pour elle")
        return self

    @property
    def vers_un_metier(self) -> bool:
        """True when it leads to a post rather than to a diploma."""
        return self.effet is Effet.EMBAUCHE


class Passerelles(Fiche):
    """All that starts from one diploma, one métier, or from work of any kind."""

    origine: CleCertification | Slug | Literal["bac", "travail", "aidance"]
    """A certification held; a métier practised; or one of `ORIGINES_GENERALES`."""
    passerelles: Annotated[list[Passerelle], Field(min_length=1)]
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _leads_elsewhere_once(self) -> Self:
        ends = Counter((p.vers, p.effet) for p in self.passerelles)
        for (vers, effet), count in ends.items():
            if vers == self.origine:
                raise ValueError(f"vers : {vers} est aussi l'origine")
            if count > 1:
                raise ValueError(f"vers : {vers} est donné {count} fois pour l'effet {effet}")
        return self

    @model_validator(mode="after")
    def _years_are_those_of_a_job(self) -> Self:
        # A diploma held does not say which job its years of practice would be counted in.
        is_job = not (self.origine.isupper() or self.origine in ("bac", "aidance"))
        if not is_job and any(p.annees for p in self.passerelles):
            raise ValueError("annees : seulement quand l'origine est un métier ou « travail »")
        return self

    @model_validator(mode="after")
    def _sources_known(self) -> Self:
        return check_sources(self, self.sources)


class Echeance(Fiche):
    """What is to be done between two days of the year."""

    debut: JourDeLAnnee
    fin: JourDeLAnnee
    texte: Texte
    """What one does then: « on inscrit ses vœux »."""
    doute: Texte | None = None
    """Where the days could not be confirmed."""


class Calendrier(Fiche):
    """The dates of one way of entering, as they were in a given year."""

    cle: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
    nom: Texte
    echeances: Annotated[list[Echeance], Field(min_length=1)]
    annee: int
    """The school year the dates were read for; another year's are near, and to be checked."""
    source: Source


def next_moment(calendrier: Calendrier, jour: date) -> tuple[Echeance, date]:
    """What is to be done now or next, and the last day for it, seen from `jour`."""
    ends = [(e, _next(e.fin, jour)) for e in calendrier.echeances]
    return min(ends, key=lambda found: found[1])


def _next(jour_de_l_annee: str, jour: date) -> date:
    mois, rang = (int(part) for part in jour_de_l_annee.split("-"))
    this_year = date(jour.year, mois, rang)
    return this_year if this_year >= jour else date(jour.year + 1, mois, rang)
