"""The person's side of an interview under way: what the other changed, as it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.conversation import Conversation
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.dossier import Auteur, DossierIntrouvable
from service.dossiers.entretiens import EnCours
from web.cookies import cookie_name
from web.flux import stream
from web.rendering import render
from web.routes.seance import NOM as COMPTE
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Direct:
    """The interview that a page of the chat tells of."""

    entretien: EnCours
    retour: bool
    """The counsellor works in this same browser: a link leads back to their page."""


def live(request: Request, suivi: Suivi, conversation: Conversation) -> Direct | None:
    """The interview this conversation is part of now; None for one that nobody else sees."""
    # A fragment is swapped below what tells of it.
    if conversation.page is None or request.headers.get("HX-Request") == "true":
        return None
    try:
        dossier = suivi.of(conversation)
        running = suivi.archives.entretiens.running(dossier.id) if dossier else ()
    except CoffreInutilisable:
        return None
    return Direct(running[0], cookie_name(request, COMPTE) in request.cookies) if running else None


@router.get("/dossier/flux")
def flux(request: Request, suivi: SuiviDep) -> Response:
    dossier = suivi.dossier
    if dossier is None:
        raise DossierIntrouvable
    numero, dossiers = dossier.id, suivi.archives.dossiers

    def lire() -> str | None:
        version = dossiers.version(numero)
        return None if version is None else str(version)

    return stream(lire, request.app.state.arret)


@router.get("/dossier/direct")
def nouveautes(
    request: Request, suivi: SuiviDep, depuis: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> HTMLResponse:
    """What the counsellor changed since this version; nothing when all of it was the person's own."""
    dossier = suivi.dossier
    if dossier is None:
        raise DossierIntrouvable
    changements = [
        c for c in suivi.archives.dossiers.changes(dossier.id, after=depuis) if c.auteur is Auteur.CONSEIL
    ]
    return render(request, "fragments/entretien_nouveautes.html", changements=changements)
