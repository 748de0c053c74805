"""What the form of « près de chez vous » sends, checked; what was typed is kept whatever it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from service.catalogue.fiches import ALTERNANCE, Contrat, Genre
from service.catalogue.recherche import Filtres
from service.catalogue.reparation import read_date
from web.routes.envoi import INCONNU
from web.routes.lieu import Saisie

RAYONS_KM = (5, 10, 20, 40, 80)
PAGE_MAX = 1000
REFUS = {"a_partir_du": "Cette date n'a pas pu être lue. Exemple : 15/01/2027."}
CASES = ("temps_plein", "debutant", "alternance", "handicap", "financable")
UTILES: dict[Genre, frozenset[str]] = {
    Genre.OFFRE: frozenset({"contrat", "temps_plein", "debutant", "alternance", "handicap", "a_partir_du"}),
    Genre.FORMATION: frozenset({"alternance", "financable", "a_partir_du"}),
    Genre.EVENEMENT: frozenset({"a_partir_du"}),
}
"""The filters each genre has an answer to; the others are kept for when one comes back."""


def _date(texte: object) -> date:
    jour = read_date(texte)
    if jour is None:
        raise ValueError(texte)
    return jour


class Voulu(BaseModel):
    """The same form once read; what was left empty is absent."""

    genre: Genre | None = None
    rayon: Annotated[int, Field(ge=min(RAYONS_KM), le=max(RAYONS_KM))] | None = None
    page: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 1
    contrat: frozenset[Contrat] = frozenset()
    temps_plein: bool = False
    debutant: bool = False
    alternance: bool = False
    handicap: bool = False
    financable: bool = False
    a_partir_du: Annotated[date, BeforeValidator(_date)] | None = None

    def filtres(self, genre: Genre) -> Filtres:
        """Those this genre has an answer to."""
        utiles = UTILES[genre]
        asked = {case: case in utiles and getattr(self, case) for case in CASES}
        contrats = self.contrat if "contrat" in utiles else frozenset[Contrat]()
        # For a job, « en alternance » is one more kind of contract: it widens the choice of the others.
        if genre is Genre.OFFRE and asked.pop("alternance"):
            contrats |= ALTERNANCE
        return Filtres(contrats=contrats, a_partir_du=self.a_partir_du, **asked)


class Recherche(BaseModel):
    """The fields of the form, all text; an absent field is empty."""

    etat: str = ""
    lieu: str = ""
    commune: str = ""
    situer: str = ""
    rayon: str = ""
    genre: str = ""
    page: str = ""
    contrat: list[str] = []
    temps_plein: str = ""
    debutant: str = ""
    alternance: str = ""
    handicap: str = ""
    financable: str = ""
    a_partir_du: str = ""
    sans_filtres: str = ""

    @property
    def saisie(self) -> Saisie:
        return Saisie(self.lieu, self.commune, self.situer)

    def voulu(self) -> tuple[Voulu, dict[str, str]]:
        """What is asked for as far as it can be read, and by field a sentence on what cannot."""
        given = {nom: value for nom in Voulu.model_fields if (value := getattr(self, nom))}
        try:
            return Voulu.model_validate(given), {}
        except ValidationError as error:
            unread = {str(e["loc"][0]) for e in error.errors()}
        readable = {nom: value for nom, value in given.items() if nom not in unread}
        return Voulu.model_validate(readable), {nom: REFUS.get(nom, INCONNU) for nom in unread}

    def unfiltered(self) -> Recherche:
        """The same search, all filters taken off when the person asked for it."""
        if not self.sans_filtres:
            return self
        off: dict[str, Any] = {"contrat": [], "a_partir_du": "", **dict.fromkeys(CASES, "")}
        return self.model_copy(update=off)

    def kept(self, genre: Genre) -> Iterator[tuple[str, str]]:
        """The filters this genre does not show, to be carried along: (`financable`, `1`)."""
        for nom in ("contrat", *CASES):
            if nom not in UTILES[genre]:
                value = getattr(self, nom)
                yield from ((nom, v) for v in (value if isinstance(value, list) else [value]) if v)

    def actifs(self, genre: Genre) -> int:
        """How many of the filters shown are on."""
        shown = (getattr(self, nom) for nom in UTILES[genre])
        return sum(len(v) if isinstance(v, list) else bool(v) for v in shown)
