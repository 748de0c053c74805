"""« Garder mes réponses »: what the person is told first, then the code and the link, shown once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from service.conversation import Conversation, Parole
from service.dossiers.codes import is_jeton, new_jeton
from service.dossiers.dossier import Cles, Dossier, DossierIntrouvable, Duree
from web.adresses import public_base
from web.cookies import set_cookie
from web.rendering import render
from web.routes.conversation import follow_sent, show_refusal
from web.routes.envoi import Envoi, EnvoiInvalide
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
DUREE_ABSENTE = "Choisissez une durée : 7, 30 ou 90 jours."


class Demande(BaseModel):
    """What the form of a new dossier sends."""

    etat: str = ""
    duree: str = ""
    graine: str = ""
    """Drawn with the page: the form sent twice makes one dossier."""


DemandeForm = Annotated[Demande, Form()]


@router.get("/garder")
def rien_a_garder() -> RedirectResponse:
    """Answers never travel in an address."""
    return RedirectResponse("/", status_code=303)


@router.post("/garder")
def proposer(request: Request, demande: DemandeForm, suivi: SuiviDep) -> Response:
    try:
        conversation = _to_keep(suivi, demande.etat)
    except EnvoiInvalide as refus:
        return show_refusal(request, suivi, Envoi(etat=demande.etat), refus)
    if conversation.page:
        return RedirectResponse("/dossier", status_code=303)
    return _ask(request, conversation)


@router.post("/dossier")
def garder(request: Request, demande: DemandeForm, suivi: SuiviDep) -> Response:
    try:
        conversation = _to_keep(suivi, demande.etat)
    except EnvoiInvalide as refus:
        return show_refusal(request, suivi, Envoi(etat=demande.etat), refus)
    graine = demande.graine if is_jeton(demande.graine) else None
    if conversation.page:
        return _already_kept(request, suivi, graine)
    duree = read_duree(demande.duree)
    if duree is None:
        return _ask(request, conversation, erreur=DUREE_ABSENTE)
    try:
        _, cles = suivi.archives.dossiers.keep(conversation, duree, graine=graine)
    except DossierIntrouvable:
        # This form has served already, and what it made was closed or erased since.
        return RedirectResponse("/reprendre", status_code=303)
    return show_keys(request, suivi.archives.dossiers.open(cles.appareil), cles)


def _already_kept(request: Request, suivi: Suivi, graine: str | None) -> Response:
    """A page with no answer yet is of any dossier: its form sent twice must still show the code."""
    try:
        return show_keys(request, *suivi.archives.dossiers.renewed_by(graine or new_jeton()))
    except DossierIntrouvable:
        return RedirectResponse("/dossier", status_code=303)


def read_duree(ecrite: str) -> Duree | None:
    return next((duree for duree in Duree if str(duree.value) == ecrite), None)


def show_keys(request: Request, dossier: Dossier, cles: Cles, *, nouvelles: bool = False) -> HTMLResponse:
    """The code and the link, to be noted now; this browser keeps the dossier open."""
    response = render(
        request,
        "pages/garder_cles.html",
        dossier=dossier,
        cles=cles,
        lien=f"{public_base(request)}/reprendre/{cles.lien}",
        nouvelles=nouvelles,
        voix=dossier.conversation.voix,
        mon_dossier=True,
    )
    set_cookie(request, response, cles.appareil)
    return response


def _ask(request: Request, conversation: Conversation, *, erreur: str | None = None) -> HTMLResponse:
    return render(
        request,
        "pages/garder.html",
        status=422 if erreur else 200,
        etat=conversation.to_json(),
        graine=new_jeton(),
        durees=tuple(Duree),
        duree=Duree.MOIS,
        erreur=erreur,
        voix=conversation.voix,
    )


def _to_keep(suivi: Suivi, etat: str) -> Conversation:
    """What would be kept: a call for help is answered, and kept nowhere. Raises EnvoiInvalide."""
    conversation = follow_sent(suivi, Envoi(etat=etat)).conversation
    kept = (t for t in conversation.tours if not (isinstance(t, Parole) and t.lu and t.lu.detresse))
    return conversation.model_copy(update={"tours": tuple(kept)})
