"""The person joins an interview: who will see what is said first, then their agreement makes it so.

An address that is opened does nothing, since machines open addresses too: only the button joins.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from service.conversation import Conversation
from service.dossiers.codes import CodeIllisible, is_jeton, read_code
from service.dossiers.compteurs import Mesure
from service.dossiers.dossier import Dossier, DossierIntrouvable, Duree
from service.dossiers.entretiens import Attente
from service.dossiers.frein import TropDEssais
from service.profil import Situation
from web.adresses import rough_address
from web.cookies import cookie_name, set_cookie
from web.dependencies import ArchivesDep
from web.rendering import render
from web.routes.seance import NOM as COMPTE
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
DUREE = Duree.SEMAINE
"""For a dossier made here; the person may change it afterwards."""
FINI = "Ce code ne sert plus, ou il n'est pas le bon. Demandez un nouveau code."
NOINDEX = {"X-Robots-Tag": "noindex"}


class Saisie(BaseModel):
    code: str = ""


class Accord(BaseModel):
    """What the person agreed to."""

    cle: str = ""
    """The code or the secret that brought them here."""
    ouvert: str = ""
    """Share the dossier open in this browser, rather than a new one."""
    public: str = ""

    @property
    def situation(self) -> Situation | None:
        return Situation(self.public) if self.public in set(Situation) else None


class Arret(BaseModel):
    structure: str = ""


@router.get("/rejoindre")
def code(request: Request) -> HTMLResponse:
    return _ask(request)


@router.post("/rejoindre")
def chercher(request: Request, saisie: Annotated[Saisie, Form()], suivi: SuiviDep) -> HTMLResponse:
    return _agreement(request, suivi, saisie.code)


@router.get("/rejoindre/{jeton}")
def lien(request: Request, jeton: str, suivi: SuiviDep) -> HTMLResponse:
    return _agreement(request, suivi, jeton)


@router.post("/rejoindre/accord")
def accord(request: Request, accord: Annotated[Accord, Form()], suivi: SuiviDep) -> Response:
    try:
        _expected(request, suivi, accord.cle)
        kept = suivi.dossier if accord.ouvert and not _shares_a_screen(request) else None
        appareil, dossier = (suivi.appareil, kept) if kept else _new_dossier(suivi, accord)
        attente = _join(suivi, accord.cle, dossier, made=kept is None)
    except TropDEssais as refus:
        return _ask(request, str(refus), status=429)
    except (DossierIntrouvable, CodeIllisible):
        return _ask(request, FINI, status=422)
    suivi.archives.compteurs.count(attente.structure, Mesure.REJOINT)
    response = RedirectResponse("/conversation", status_code=303)
    set_cookie(request, response, appareil or "")
    return response


@router.post("/dossier/partages/arreter")
def arreter(arret: Annotated[Arret, Form()], archives: ArchivesDep, suivi: SuiviDep) -> Response:
    dossier = suivi.dossier
    if dossier is None:
        raise DossierIntrouvable
    archives.partages.revoke(dossier.id, arret.structure)
    return RedirectResponse("/dossier", status_code=303)


def _ask(request: Request, erreur: str | None = None, *, status: int = 200, saisi: str = "") -> HTMLResponse:
    return render(request, "pages/rejoindre.html", status=status, erreur=erreur, saisi=saisi)


def _agreement(request: Request, suivi: Suivi, cle: str) -> HTMLResponse:
    """Who waits, and what agreeing means; the code asked again when it leads nowhere."""
    shown = "" if is_jeton(cle) else cle[:20]
    try:
        attente = _expected(request, suivi, cle)
    except TropDEssais as refus:
        return _ask(request, str(refus), status=429, saisi=shown)
    except CodeIllisible as refus:
        return _ask(request, str(refus), status=422, saisi=shown)
    except DossierIntrouvable:
        return _ask(request, FINI, status=422, saisi=shown)
    return show_agreement(request, suivi, attente, cle)


def show_agreement(request: Request, suivi: Suivi, attente: Attente, cle: str) -> HTMLResponse:
    """Who will see what, before anything is shared."""
    response = render(
        request,
        "pages/rejoindre_accord.html",
        attente=attente,
        cle=cle,
        jusqu_au=suivi.archives.coffre.horloge() + timedelta(days=DUREE),
        ouvert=None if _shares_a_screen(request) else suivi.dossier,
    )
    response.headers.update(NOINDEX)
    return response


def _expected(request: Request, suivi: Suivi, cle: str) -> Attente:
    """Tries are counted only when they fail. Raises TropDEssais, DossierIntrouvable, CodeIllisible."""
    adresse = rough_address(request)
    frein, essai = suivi.archives.frein, cle if is_jeton(cle) else read_code(cle)
    frein.check(adresse=adresse, cle=essai)
    try:
        return suivi.archives.entretiens.expected(essai)
    except DossierIntrouvable:
        frein.count(adresse=adresse, cle=essai)
        raise


def _shares_a_screen(request: Request) -> bool:
    """A counsellor is signed in here: the dossier open in this browser may be that of the person before."""
    return cookie_name(request, COMPTE) in request.cookies


def _new_dossier(suivi: Suivi, accord: Accord) -> tuple[str, Dossier]:
    dossiers = suivi.archives.dossiers
    numero, cles = dossiers.keep(Conversation(public=accord.situation), DUREE)
    return cles.appareil, dossiers.get(numero)


def _join(suivi: Suivi, cle: str, dossier: Dossier, *, made: bool) -> Attente:
    """Somebody may have used the code since: a dossier made for nothing is not left behind."""
    try:
        return suivi.archives.entretiens.join(cle, dossier)
    except DossierIntrouvable:
        if made:
            suivi.archives.dossiers.erase(dossier.id)
        raise
