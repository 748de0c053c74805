"""The 26 métiers, reachable without answering anything: their two lists, and the page of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse

from knowledge.schema import Famille, Metier
from service.conseiller import Conseiller
from service.conversation import Conversation
from web import libelles
from web.dependencies import ConseillerDep
from web.rendering import render
from web.routes.envoi import Envoi, EnvoiInvalide
from web.routes.lieu import Saisie, read_lieu
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
EnvoiForm = Annotated[Envoi, Form()]


class Groupe(NamedTuple):
    """Métiers listed together under one heading."""

    ancre: str
    titre: str
    phrase: str
    metiers: list[Metier]


class Delai(NamedTuple):
    """How long before a first post: `des` months at least, less than `avant`."""

    ancre: str
    titre: str
    phrase: str
    des: int
    avant: int


DELAIS = (
    Delai("tout-de-suite", "Tout de suite ou presque", "Peu ou pas de formation avant de commencer.", 0, 2),
    Delai("moins-d-un-an", "Moins d'un an", "Quelques mois pour se former ou avoir un accord.", 2, 12),
    Delai("un-a-deux-ans", "Un à deux ans", "Une formation qui peut être payée.", 12, 36),
    Delai("trois-ans-et-plus", "Trois ans et plus", "Des études, après le bac.", 36, 97),
)


@router.get("/metiers")
def metiers(request: Request, conseiller: ConseillerDep) -> HTMLResponse:
    return _list(request, conseiller, "famille", _by_famille(conseiller.connaissances.metiers.values()))


@router.get("/metiers/par-duree")
def metiers_par_duree(request: Request, conseiller: ConseillerDep) -> HTMLResponse:
    return _list(request, conseiller, "duree", _by_delai(conseiller.connaissances.metiers.values()))


@router.get("/metiers/{slug}")
def metier(request: Request, slug: str, conseiller: ConseillerDep) -> HTMLResponse:
    return _metier(request, conseiller, slug, Conversation())


@router.post("/metiers/{slug}")
def metier_depuis_resultats(
    request: Request, slug: str, envoi: EnvoiForm, conseiller: ConseillerDep, suivi: SuiviDep
) -> HTMLResponse:
    """The same page in the reading asked for; it carries the answers, to go back to one's own métiers."""
    return _metier(request, conseiller, slug, _told(envoi, suivi))


def count_by_statut(conseiller: Conseiller) -> tuple[int, int]:
    """How many métiers the programme names, and how many we propose."""
    tous = conseiller.connaissances.metiers.values()
    nommes = sum(m.statut == "nomme" for m in tous)
    return nommes, len(tous) - nommes


def _list(request: Request, conseiller: Conseiller, vue: str, groupes: list[Groupe]) -> HTMLResponse:
    nommes, proposes = count_by_statut(conseiller)
    return render(request, "pages/metiers.html", vue=vue, groupes=groupes, nommes=nommes, proposes=proposes)


def _by_famille(tous: Iterable[Metier]) -> list[Groupe]:
    every = list(tous)
    return [
        Groupe(
            libelles.anchor(f),
            libelles.FAMILLES[f],
            libelles.FAMILLES_EN_BREF[f],
            [m for m in every if m.famille is f],
        )
        for f in Famille
    ]


def _by_delai(tous: Iterable[Metier]) -> list[Groupe]:
    shortest_first = sorted(tous, key=lambda m: m.acces.duree_mois)
    return [
        Groupe(ancre, titre, phrase, [m for m in shortest_first if des <= m.acces.duree_mois < avant])
        for ancre, titre, phrase, des, avant in DELAIS
    ]


def _metier(request: Request, conseiller: Conseiller, slug: str, told: Conversation) -> HTMLResponse:
    connaissances = conseiller.connaissances
    fiche = connaissances.metiers.get(slug)
    if fiche is None:
        raise HTTPException(404)
    return render(
        request,
        "pages/metier.html",
        metier=fiche,
        metiers=connaissances.metiers,
        certifications=[connaissances.certifications[c] for c in fiche.acces.certifications],
        dessins=_heart(fiche),
        facile=told.facile,
        etat=told.to_json() if _holds_answers(told) else None,
        voix=told.voix,
        saisi=read_lieu(Saisie(), told, conseiller.communes),
    )


def _told(envoi: Envoi, suivi: Suivi) -> Conversation:
    """The answers so far, in the reading asked for; none when they cannot be read."""
    try:
        return envoi.onto(suivi.current(envoi.conversation()))
    except EnvoiInvalide as refus:
        return refus.conversation


def _holds_answers(told: Conversation) -> bool:
    """Whether there is more in it than a reading, and so somewhere to go back to."""
    return told != Conversation(facile=told.facile)


def _heart(fiche: Metier) -> dict[str, str]:
    """Whom one works with most and what one does most, as the fields that have a pictogram."""
    publics, activites = fiche.intensites.publics, fiche.intensites.activites
    return {
        "publics": f"publics.{max(publics, key=lambda cle: publics[cle].note)}",
        "activites": f"activites.{max(activites, key=lambda cle: activites[cle].note)}",
    }
