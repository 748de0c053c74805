"""Version 1 of the JSON API: the ways to a métier, for someone described by keys and figures alone.

A GET, so no words: an address is kept by browsers and journals. Titles of jobs go with a whole Profil, to
`/orientation`, whose `acces` is the first of these ways.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, HttpUrl, StringConstraints

from knowledge.schema import Niveau, Slug, Source
from service.conseiller import Conseiller, Personne
from service.orientation import Verdict
from service.parcours import TRAVAIL, Atout, Condition, Etape, Nature, Parcours, Statut, propose
from service.position import Position
from service.profil import EtudesMax, Experience, Profil, Situation
from service.recit import EtapeDite, Precision, Recit
from web.api.routes import WITH_QUERY
from web.api.schemas import Envoye, Recu
from web.api.strict import StrictRoute
from web.dependencies import ConseillerDep
from web.errors import Refusal

LIMITE = 4

router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["v1"])

ClesCertification = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(,[A-Z0-9]+)*$", max_length=200)]
"""Keys separated by commas: `DEAES,CAPAEPE`."""


class DemandeParcours(Recu):
    """Where someone stands; all optional but the métier."""

    metier: Slug
    public: Situation | None = None
    age: Annotated[int, Field(ge=14, le=75)] | None = None
    niveau: Niveau | None = None
    certifications: ClesCertification | None = None
    exerce: Slug | None = None
    """A métier practised, for `annees` years; without it, `annees` are of work of any kind."""
    annees: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] | None = None
    permis: bool | None = None
    etudes_max: EtudesMax | None = None
    revenu_pendant_formation: bool | None = None
    limite: Annotated[int, Field(ge=1, le=50)] = LIMITE

    def profil(self) -> Profil:
        """What a position does not hold."""
        worked = [Experience(intitule=TRAVAIL, annees=self.annees)] if self.exerce is None else []
        return Profil(public=self.public, permis=self.permis, experiences=worked)

    def position(self) -> Position:
        return Position(
            age=self.age,
            niveau=self.niveau,
            acquis=frozenset(self.certifications.split(",") if self.certifications else ()),
            exerces=((self.exerce, self.annees),) if self.exerce else (),
            etudes_max=self.etudes_max,
            revenu=self.revenu_pendant_formation,
        )


class SourceCitee(Envoye):
    organisme: str
    titre: str
    url: HttpUrl | None
    vu_le: date


class ConditionDite(Envoye):
    code: str
    verdict: Verdict


class PrecisionDite(Envoye):
    texte: str
    verdict: Verdict | None
    """Null for what is good to know and closes nothing."""
    source: SourceCitee | None


class EtapeDecrite(Envoye):
    nature: Nature
    cle: str
    """A certification; for a post, a métier or `travail`."""
    titre: str
    mois: int | None
    """Null when nobody gives the length."""
    au_plus: bool
    duree: str
    statut: Statut
    conditions: list[ConditionDite]
    precisions: list[PrecisionDite]
    a_faire: str


class ParcoursDecrit(Envoye):
    titre: str
    resume: str
    verdict: Verdict
    atouts: list[Atout]
    mois_formation: int | None
    mois_total: int | None
    mois_avant_paie: int | None
    etapes: list[EtapeDecrite]
    conditions: list[ConditionDite]
    """What the post itself asks for."""


class ParcoursTrouves(Envoye):
    metier: Slug
    parcours: list[ParcoursDecrit]
    total: int
    """Ways found, shown or not."""
    versions: dict[str, str]


@router.get("/parcours", responses=WITH_QUERY)
def chercher_parcours(
    demande: Annotated[DemandeParcours, Query()], conseiller: ConseillerDep
) -> ParcoursTrouves:
    """Les chemins vers un métier : le plus court, le plus tôt payé, le plus sûr, puis les autres."""
    _check(demande, conseiller)
    personne = Personne(demande.profil())
    found = demande.position().ways(demande.metier, personne, conseiller)
    shown = propose(found, demande.etudes_max)
    others = {way: () for way in found if way not in shown}
    recit = Recit(conseiller.connaissances, personne.profil.voix, date.today())
    ways = list({**shown, **others}.items())[: demande.limite]
    return ParcoursTrouves(
        metier=demande.metier,
        parcours=[_described(way, atouts, recit, demande.etudes_max) for way, atouts in ways],
        total=len(found),
        versions=conseiller.versions,
    )


def _check(demande: DemandeParcours, conseiller: Conseiller) -> None:
    """Raises Refusal."""
    metiers, certifications = conseiller.connaissances.metiers, conseiller.connaissances.certifications
    for champ, slug in (("metier", demande.metier), ("exerce", demande.exerce)):
        if slug is not None and slug not in metiers:
            raise Refusal(422, f"Le champ « {champ} » cite un métier inconnu.")
    if not demande.position().acquis <= certifications.keys():
        raise Refusal(422, "Le champ « certifications » cite une certification inconnue.")


def _described(
    way: Parcours, atouts: tuple[Atout, ...], recit: Recit, limite: EtudesMax | None
) -> ParcoursDecrit:
    dit = recit.tell(way, limite)
    return ParcoursDecrit(
        titre=dit.titre,
        resume=dit.resume,
        verdict=dit.verdict,
        atouts=list(atouts),
        mois_formation=way.mois_formation,
        mois_total=way.mois_total,
        mois_avant_paie=way.mois_avant_paie,
        etapes=[_step(fait, dite) for fait, dite in zip(way.etapes, dit.etapes, strict=True)],
        conditions=_conditions(way.entree),
    )


def _step(fait: Etape, dite: EtapeDite) -> EtapeDecrite:
    return EtapeDecrite(
        nature=fait.nature,
        cle=fait.cle,
        titre=dite.titre,
        mois=fait.mois,
        au_plus=fait.au_plus,
        duree=dite.duree,
        statut=fait.statut,
        conditions=_conditions(fait.conditions),
        precisions=[_precision(p) for p in dite.precisions],
        a_faire=dite.a_faire,
    )


def _conditions(conditions: tuple[Condition, ...]) -> list[ConditionDite]:
    return [ConditionDite.model_validate(condition) for condition in conditions]


def _precision(precision: Precision) -> PrecisionDite:
    return PrecisionDite(texte=precision.texte, verdict=precision.verdict, source=_cited(precision.source))


def _cited(source: Source | None) -> SourceCitee | None:
    return None if source is None else SourceCitee.model_validate(source)
