"""Version 1 of the JSON API, exactly as the contract describes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query

from knowledge.loading import Connaissances
from knowledge.schema import Question
from service import orientation as service
from service.profil import Profil
from web.api import schemas
from web.api.examples import PROCHAINE_QUESTION, PROFILS, REPONSE
from web.api.strict import StrictRoute
from web.dependencies import CatalogueDep, ConseillerDep
from web.errors import PROBLEM_JSON, TITLES, Refusal

COMMUNES_MAX = 10


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The declared errors of a route; `default` stands for what the gate may refuse."""
    content = {PROBLEM_JSON: {"schema": schemas.Probleme.model_json_schema()}}
    named: dict[int | str, dict[str, Any]] = {
        status: {"description": TITLES[status], "content": content} for status in statuses
    }
    return named | {"default": {"description": "Autre refus", "content": content}}


router = APIRouter(prefix="/api/v1", route_class=StrictRoute, tags=["v1"])
WITH_BODY = _problems(400, 413, 415, 422)
WITH_QUERY = _problems(422)
WITH_SLUG = _problems(404, 422)


@router.post("/orientation", responses=WITH_BODY)
def orienter(
    profil: Annotated[Profil, Body(openapi_examples=PROFILS)],
    conseiller: ConseillerDep,
    limite: Annotated[int, Query(ge=1, le=26)] = 3,
    detail: Literal["tout"] | None = None,
) -> schemas.Orientation:
    """Les métiers qui peuvent convenir, et pourquoi."""
    return _orientation(conseiller.orienter(profil, limite=limite, tout=detail == "tout"))


@router.get("/questions", responses=WITH_QUERY)
def lister_questions(conseiller: ConseillerDep) -> list[Question]:
    """Tout le questionnaire."""
    return list(conseiller.connaissances.questions)


@router.post("/prochaine-question", responses=WITH_BODY)
def demander_prochaine_question(
    demande: Annotated[schemas.DemandeProchaineQuestion, Body(openapi_examples=PROCHAINE_QUESTION)],
    conseiller: ConseillerDep,
) -> schemas.ProchaineQuestion:
    """La question la plus utile à poser maintenant."""
    known = {question.id for question in conseiller.connaissances.questions}
    if not known.issuperset(demande.posees):
        raise Refusal(422, "Le champ « posees » cite une question inconnue.")
    prochaine = conseiller.prochaine_question(demande.profil, demande.posees)
    return schemas.ProchaineQuestion.model_validate(prochaine)


@router.get("/metiers", responses=WITH_QUERY)
def lister_metiers(conseiller: ConseillerDep) -> list[schemas.Metier]:
    """Les 26 métiers, avec leurs faits, sources et dates."""
    metiers = conseiller.connaissances.metiers.values()
    return [schemas.Metier.model_validate(metier) for metier in metiers]


@router.get("/metiers/{slug}", responses=WITH_SLUG)
def montrer_metier(slug: str, conseiller: ConseillerDep) -> schemas.Metier:
    """Un métier."""
    metier = conseiller.connaissances.metiers.get(slug)
    if metier is None:
        raise Refusal(404, "Ce métier n'est pas dans notre liste.")
    return schemas.Metier.model_validate(metier)


@router.get("/communes", responses=WITH_QUERY)
def chercher_communes(
    q: Annotated[str, Query(min_length=1, max_length=100, examples=["saint-den"])],
    conseiller: ConseillerDep,
) -> list[schemas.Commune]:
    """Les communes dont le nom ou le code postal commence ainsi."""
    communes = conseiller.communes.search(q, COMMUNES_MAX)
    return [schemas.Commune.model_validate(commune) for commune in communes]


@router.get("/sante", responses=WITH_QUERY)
def dire_sante(conseiller: ConseillerDep, catalogue: CatalogueDep) -> schemas.Sante:
    """Le service répond, et voici ce qu'il a chargé."""
    connaissances = conseiller.connaissances
    return schemas.Sante(
        versions=conseiller.versions,
        metiers=len(connaissances.metiers),
        certifications=len(connaissances.certifications),
        questions=len(connaissances.questions),
        sources_vues=_reading_period(connaissances),
        catalogue={g: schemas.EtatCatalogue.model_validate(e) for g, e in catalogue.state().items()},
    )


@router.post("/reponse", responses=WITH_BODY)
def repondre(
    demande: Annotated[schemas.DemandeReponse, Body(openapi_examples=REPONSE)],
    conseiller: ConseillerDep,
) -> schemas.Reponse:
    """Une réponse courte à une question, avec ses sources, ou « je ne sais pas »."""
    reponse = conseiller.repondre(demande.question, demande.profil)
    return schemas.Reponse(
        reponse=reponse.texte,
        theme=reponse.theme,
        metier=reponse.metier,
        sources=[schemas.SourceReponse.model_validate(source) for source in reponse.sources],
        confiance=reponse.confiance,
    )


def _orientation(orientation: service.Orientation) -> schemas.Orientation:
    return schemas.Orientation(
        recommandations=[_recommandation(r) for r in orientation.recommandations],
        resultat_clair=orientation.resultat_clair,
        hors_sujet=orientation.hors_sujet,
        alerte=_alerte(orientation.alerte),
        prochaine_question=orientation.prochaine_question,
        non_reconnus=list(orientation.non_reconnus),
        versions=orientation.versions,
    )


def _alerte(alerte: service.Alerte | None) -> schemas.Alerte | None:
    # The contract knows one type; which distress it is stays between the message and its numbers.
    return None if alerte is None else schemas.Alerte.model_validate(replace(alerte, type="detresse"))


def _recommandation(recommandation: service.Recommandation) -> schemas.Recommandation:
    return schemas.Recommandation(
        metier=recommandation.metier.slug,
        titre=recommandation.metier.titre.double,
        rang=recommandation.rang,
        score=recommandation.score,
        confiance=recommandation.confiance,
        motifs=[schemas.Motif.model_validate(m) for m in recommandation.motifs],
        vigilances=[schemas.Vigilance.model_validate(v) for v in recommandation.vigilances],
        acces=schemas.AccesPersonnel.model_validate(recommandation.acces),
    )


def _reading_period(connaissances: Connaissances) -> schemas.Periode:
    days: list[date] = [
        source.vu_le for metier in connaissances.metiers.values() for source in metier.sources.values()
    ]
    return schemas.Periode(du=min(days), au=max(days))
