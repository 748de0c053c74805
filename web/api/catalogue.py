"""Version 1 of the JSON API: what is near, as the contract describes it."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from knowledge.schema import Slug
from service.catalogue.fiches import Contrat, Genre
from service.catalogue.recherche import (
    LIMITE,
    RAYON_KM,
    RAYON_MAX_KM,
    Demande,
    Filtres,
    Origine,
    Resultats,
    Trouvaille,
)
from service.conseiller import Conseiller
from service.profil import CodeInsee
from web.api.routes import WITH_QUERY
from web.api.schemas import Envoye, Recu
from web.api.strict import StrictRoute
from web.dependencies import CatalogueDep, ConseillerDep
from web.errors import Refusal

PAGE_MAX = 1000
ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["v1"])


def _written_in_full(jour: object) -> object:
    """Pydantic takes « 0 » for the first day of 1970."""
    if isinstance(jour, str) and not ISO.fullmatch(jour):
        raise PydanticCustomError("date_parsing", "not a date")
    return jour


Jour = Annotated[date, BeforeValidator(_written_in_full)]


class Recherche(Recu):
    """What is asked for, whatever the genre; without a commune, the newest of the whole country."""

    metier: Slug | None = None
    commune: CodeInsee | None = None
    rayon_km: Annotated[int, Field(ge=1, le=RAYON_MAX_KM)] = RAYON_KM
    limite: Annotated[int, Field(ge=1, le=100)] = LIMITE
    page: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 1
    a_partir_du: Jour | None = None

    def filtres(self) -> Filtres:
        return Filtres(a_partir_du=self.a_partir_du)


class RechercheOffres(Recherche):
    contrat: Contrat | None = None
    temps_plein: bool = False
    debutant: bool = False
    alternance: bool = False
    handicap: bool = False

    def filtres(self) -> Filtres:
        return Filtres(
            contrats=frozenset([self.contrat] if self.contrat else []),
            temps_plein=self.temps_plein,
            debutant=self.debutant,
            alternance=self.alternance,
            handicap=self.handicap,
            a_partir_du=self.a_partir_du,
        )


class RechercheFormations(Recherche):
    alternance: bool = False
    financable: bool = False

    def filtres(self) -> Filtres:
        return Filtres(alternance=self.alternance, financable=self.financable, a_partir_du=self.a_partir_du)


class Annonce(Envoye):
    """What the three genres share; fields of a fiche that are not named here are not published."""

    titre: str
    texte: str
    lieu: str
    commune: str | None
    departement: str | None
    latitude: float | None
    longitude: float | None
    distance_km: float | None
    """As the crow flies; null when only the département is known."""
    a_distance: bool
    source: str
    url: str
    publie_le: date | None
    mis_a_jour_le: date | None
    demonstration: bool
    """True when this is invented."""


class AnnonceOffre(Annonce):
    employeur: str | None
    contrat: Contrat | None
    duree: str | None
    temps_plein: bool | None
    debutant: bool | None
    handicap: bool | None
    debut: date | None
    salaire: str | None


class SessionFormation(Envoye):
    debut: date | None
    fin: date | None
    ouverte: bool | None


class DiplomePrepare(Envoye):
    """The certification as it stands today: `ancien` is the ended number that the source still gives."""

    numero: str
    intitule: str
    fin: date | None
    en_vigueur: bool | None
    ancien: str | None


class AnnonceFormation(Annonce):
    organisme: str | None
    diplome: DiplomePrepare | None
    alternance: bool | None
    financable: bool | None
    heures: int | None
    cout: int | None
    sessions: list[SessionFormation]


HeureLocale = Annotated[
    datetime,
    WithJsonSchema({"type": "string", "description": "Heure du lieu, sans fuseau : 2026-12-01T14:00:00"}),
]
"""JSON Schema's `date-time` wants an offset, which sources do not give reliably."""


class AnnonceEvenement(Annonce):
    type: str
    debut: HeureLocale | None
    fin: HeureLocale | None


class Page(Envoye):
    """`elargi`: nothing was within the distance asked for, and `rayon_km` is the one searched instead."""

    total: int
    rayon_km: int | None
    elargi: bool
    origine: Origine
    vu_le: date | None
    """Day the source was read."""
    avis: str | None
    """What went wrong at the source, if something did."""


class PageOffres(Page):
    resultats: list[AnnonceOffre]


class PageFormations(Page):
    resultats: list[AnnonceFormation]


class PageEvenements(Page):
    resultats: list[AnnonceEvenement]


@router.get("/offres", responses=WITH_QUERY)
def chercher_offres(
    recherche: Annotated[RechercheOffres, Query()], catalogue: CatalogueDep, conseiller: ConseillerDep
) -> PageOffres:
    """Les offres d'emploi, les plus proches et les plus ressemblantes d'abord."""
    return PageOffres.model_validate(_page(catalogue.search(_demande(Genre.OFFRE, recherche, conseiller))))


@router.get("/formations", responses=WITH_QUERY)
def chercher_formations(
    recherche: Annotated[RechercheFormations, Query()], catalogue: CatalogueDep, conseiller: ConseillerDep
) -> PageFormations:
    """Les formations, avec le diplôme tel qu'il vaut aujourd'hui."""
    demande = _demande(Genre.FORMATION, recherche, conseiller)
    return PageFormations.model_validate(_page(catalogue.search(demande)))


@router.get("/evenements", responses=WITH_QUERY)
def chercher_evenements(
    recherche: Annotated[Recherche, Query()], catalogue: CatalogueDep, conseiller: ConseillerDep
) -> PageEvenements:
    """Portes ouvertes, forums et réunions à venir."""
    demande = _demande(Genre.EVENEMENT, recherche, conseiller)
    return PageEvenements.model_validate(_page(catalogue.search(demande)))


def _demande(genre: Genre, recherche: Recherche, conseiller: Conseiller) -> Demande:
    """Raises CommuneInconnue, or Refusal."""
    if recherche.metier and recherche.metier not in conseiller.connaissances.metiers:
        raise Refusal(422, "Le champ « metier » cite un métier inconnu.")
    return Demande(
        genre=genre,
        metier=recherche.metier,
        commune=conseiller.communes.get(recherche.commune) if recherche.commune else None,
        rayon_km=recherche.rayon_km,
        filtres=recherche.filtres(),
        page=recherche.page,
        limite=recherche.limite,
    )


def _page(resultats: Resultats) -> dict[str, object]:
    return {
        "resultats": [_annonce(trouvaille) for trouvaille in resultats.trouvailles],
        "total": resultats.total,
        "rayon_km": resultats.rayon_km,
        "elargi": resultats.elargi,
        "origine": resultats.origine,
        "vu_le": resultats.vu_le,
        "avis": resultats.avis,
    }


def _annonce(trouvaille: Trouvaille) -> dict[str, object]:
    fiche, km = trouvaille.fiche, trouvaille.distance_km
    named = {champ.name: getattr(fiche, champ.name) for champ in fields(fiche)}
    lieu = {nom: getattr(fiche.lieu, nom) for nom in ("commune", "departement", "latitude", "longitude")}
    return (
        named
        | lieu
        | {
            "lieu": fiche.lieu.libelle,
            "distance_km": None if km is None else round(km, 1),
            "source": trouvaille.source,
            "demonstration": trouvaille.demonstration,
            "diplome": trouvaille.diplome,
        }
    )
