"""The one place for a code: it opens a dossier, on this device or another, or leads to the interview or the
workshop it is of. A link opens a dossier too.

A page reached by a link does nothing until its button is pressed: the preview of a message opens nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from service.dossiers.codes import CodeIllisible, is_jeton, read_code, show_code
from service.dossiers.dossier import DossierIntrouvable
from service.dossiers.frein import FENETRE_S, TropDEssais
from web.adresses import rough_address
from web.cookies import set_cookie
from web.dependencies import ArchivesDep
from web.rendering import render
from web.routes.atelier import show_door
from web.routes.rejoindre import show_agreement
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
INCONNU = "Rien ne s'ouvre avec ce code. Vérifiez chaque signe. Il ne sert peut-être plus."
NOINDEX = {"X-Robots-Tag": "noindex"}


@router.get("/reprendre")
def demander_le_code(request: Request) -> HTMLResponse:
    return _ask(request)


@router.post("/reprendre")
def ouvrir_par_code(
    request: Request, suivi: SuiviDep, code: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    try:
        return _lead(request, suivi, read_code(code))
    except CodeIllisible as erreur:
        return _ask(request, code, str(erreur), status=422)
    except DossierIntrouvable:
        return _ask(request, code, INCONNU, status=404)
    except TropDEssais as erreur:
        return _ask(request, code, str(erreur), status=429)


@router.get("/reprendre/{jeton}")
def montrer_le_bouton(request: Request, jeton: str) -> HTMLResponse:
    """The same page for any link: only the button tells whether it still opens something."""
    response = render(request, "pages/reprendre_lien.html", jeton=jeton)
    response.headers.update(NOINDEX)
    return response


@router.post("/reprendre/{jeton}")
def ouvrir_par_lien(request: Request, jeton: str, archives: ArchivesDep) -> Response:
    if not is_jeton(jeton):
        raise DossierIntrouvable
    return _opened(request, archives.dossiers.resume(jeton))


def _lead(request: Request, suivi: Suivi, code: str) -> Response:
    """Where this code leads; one that leads nowhere is counted. Raises DossierIntrouvable or TropDEssais."""
    archives, adresse = suivi.archives, rough_address(request)
    archives.frein.check(adresse=adresse, cle=code)
    with suppress(DossierIntrouvable):
        return _opened(request, archives.dossiers.resume(code))
    with suppress(DossierIntrouvable):
        return show_agreement(request, suivi, archives.entretiens.expected(code), code)
    with suppress(DossierIntrouvable):
        archives.ateliers.find(code)
        return show_door(request, saisi=show_code(code))
    archives.frein.count(adresse=adresse, cle=code)
    raise DossierIntrouvable


def _opened(request: Request, appareil: str) -> Response:
    response = RedirectResponse("/dossier", status_code=303)
    set_cookie(request, response, appareil)
    return response


def _ask(request: Request, code: str = "", erreur: str | None = None, *, status: int = 200) -> HTMLResponse:
    response = render(request, "pages/reprendre.html", status=status, saisi=code, erreur=erreur)
    if status == 429:
        response.headers["Retry-After"] = str(FENETRE_S)
    return response
