"""A group: people come in with a code, each with a dossier of their own; the screen of the room shows nobody.

An address that is opened does nothing, since machines open addresses too: only the button comes in.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from service.conversation import Conversation
from service.dossiers.archives import Archives
from service.dossiers.ateliers import Atelier, portray
from service.dossiers.codes import CodeIllisible, is_jeton, new_jeton, show_code
from service.dossiers.comptes import Compte
from service.dossiers.dossier import DossierIntrouvable, Duree
from service.dossiers.frein import TropDEssais
from web.adresses import public_base, rough_address
from web.cookies import has_dossier, set_cookie
from web.dependencies import ArchivesDep, ConseillerDep
from web.qr import draw_qr
from web.rendering import render
from web.routes.seance import CompteDep

router = APIRouter(include_in_schema=False)
INCONNU = "Ce code n'ouvre pas d'atelier. Regardez bien l'écran, ou demandez à la personne qui anime."
CODE_MAX = 20
NOINDEX = {"X-Robots-Tag": "noindex"}


class Entree(BaseModel):
    """What the form at the door sends."""

    code: str = ""
    graine: str = ""
    """Drawn with the form: sent twice, it makes one dossier."""


EntreeForm = Annotated[Entree, Form()]


# --- the people ------------------------------------------------------------------------------------------


@router.get("/atelier")
def porte(request: Request) -> HTMLResponse:
    return show_door(request)


@router.post("/atelier")
def entrer(request: Request, entree: EntreeForm, archives: ArchivesDep) -> HTMLResponse:
    typed = entree.code[:CODE_MAX]
    try:
        return _come_in(request, archives, _found(request, archives, typed), entree)
    except TropDEssais as refus:
        return show_door(request, str(refus), status=429, saisi=typed)
    except CodeIllisible as refus:
        return show_door(request, str(refus), status=422, saisi=typed)
    except DossierIntrouvable:
        return show_door(request, INCONNU, status=422, saisi=typed)


@router.get("/atelier/{jeton}")
def porte_du_lien(request: Request, jeton: str) -> HTMLResponse:
    if not is_jeton(jeton):
        raise DossierIntrouvable
    response = show_door(request, lien=jeton)
    response.headers.update(NOINDEX)
    return response


@router.post("/atelier/{jeton}")
def entrer_par_lien(request: Request, jeton: str, entree: EntreeForm, archives: ArchivesDep) -> HTMLResponse:
    if not is_jeton(jeton):
        raise DossierIntrouvable
    return _come_in(request, archives, archives.ateliers.find(jeton), entree)


def show_door(
    request: Request, erreur: str | None = None, *, status: int = 200, saisi: str = "", lien: str = ""
) -> HTMLResponse:
    return render(
        request,
        "pages/atelier_porte.html",
        status=status,
        erreur=erreur,
        saisi=saisi,
        lien=lien,
        graine=new_jeton(),
        deja=has_dossier(request),
    )


def _found(request: Request, archives: Archives, code: str) -> Atelier:
    """Raises TropDEssais, CodeIllisible or DossierIntrouvable; only a code that is nobody's is a try."""
    frein, adresse = archives.frein, rough_address(request)
    frein.check(adresse=adresse, cle=code)
    try:
        return archives.ateliers.find(code)
    except DossierIntrouvable:
        frein.count(adresse=adresse, cle=code)
        raise


def _come_in(request: Request, archives: Archives, atelier: Atelier, entree: Entree) -> HTMLResponse:
    """A dossier of their own, of which they alone get the keys."""
    graine = entree.graine if is_jeton(entree.graine) else None
    cles = archives.dossiers.keep(Conversation(), Duree.SEMAINE, atelier=atelier.id, graine=graine)[1]
    response = render(
        request,
        "pages/atelier_entree.html",
        code=show_code(cles.code),
        lien=f"{public_base(request)}/reprendre/{cles.lien}",
    )
    set_cookie(request, response, cles.appareil)
    return response


# --- the counsellor --------------------------------------------------------------------------------------


@router.get("/ateliers")
def ateliers(request: Request, archives: ArchivesDep, compte: CompteDep) -> HTMLResponse:
    ouverts = archives.ateliers.opened(structure_of(compte))
    codes = [(atelier, show_code(atelier.code or "")) for atelier in ouverts]
    return render(request, "pages/ateliers.html", compte=compte, ouverts=codes)


@router.post("/ateliers")
def ouvrir(archives: ArchivesDep, compte: CompteDep) -> Response:
    ref = archives.ateliers.begin(structure_of(compte), compte.id)
    return RedirectResponse(f"/ateliers/{ref}", status_code=303)


@router.get("/ateliers/{ref}")
def ecran(
    request: Request, ref: str, archives: ArchivesDep, conseiller: ConseillerDep, compte: CompteDep
) -> HTMLResponse:
    atelier = archives.ateliers.get(ref, structure_of(compte))
    atelier = archives.ateliers.refresh(atelier, partial(portray, conseiller=conseiller))
    if not atelier.ouvert:
        return render(request, "pages/atelier_clos.html", compte=compte)
    base = public_base(request)
    return render(
        request,
        "pages/atelier.html",
        compte=compte,
        atelier=atelier,
        code=show_code(atelier.code or ""),
        adresse=f"{base.partition('://')[2]}/atelier",
        dessin=draw_qr(f"{base}/atelier/{atelier.lien}"),
    )


@router.post("/ateliers/{ref}/clore")
def clore(ref: str, archives: ArchivesDep, compte: CompteDep) -> Response:
    archives.ateliers.close(archives.ateliers.get(ref, structure_of(compte)))
    return RedirectResponse(f"/ateliers/{ref}", status_code=303)


def structure_of(compte: Compte) -> int:
    """Raises DossierIntrouvable for an account of the service, which accompanies nobody."""
    if compte.structure is None:
        raise DossierIntrouvable
    return compte.structure.id
