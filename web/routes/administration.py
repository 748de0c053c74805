"""The accounts of a structure, for who answers for them; those of the service, for its admins.

No message is sent: a link is shown once, and copied by who invites. What is allowed is decided by `Gestion`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from service.dossiers.comptes import CompteIntrouvable, Genre, Role, SaisieRefusee
from web.adresses import public_base
from web.errors import Refusal
from web.rendering import render
from web.routes.seance import CompteDep, GestionDep

router = APIRouter(include_in_schema=False)

PAGE = "/administration"
GENRES = {
    Genre.MISSION_LOCALE: "Mission locale",
    Genre.CEP: "Conseil en évolution professionnelle (CEP)",
    Genre.FRANCE_TRAVAIL: "France Travail",
    Genre.CIO: "Centre d'information et d'orientation (CIO)",
    Genre.ECOLE: "École ou centre de formation",
    Genre.ASSOCIATION: "Association",
    Genre.AUTRE: "Autre structure",
}
ROLES = {
    Role.CONSEIL: "Conseillère ou conseiller",
    Role.RESPONSABLE: "Responsable de la structure",
    Role.ADMIN: "Administration du service",
}
CHOIX = "Ce choix n'existe pas ici. Les choix de la page sont les bons."


class Invitation(BaseModel):
    """Whom to invite, as typed."""

    nom: str = ""
    courriel: str = ""
    role: str = Role.CONSEIL.value
    structure: str = ""


class NouvelleStructure(BaseModel):
    nom: str = ""
    genre: str = ""


@router.get(PAGE)
def administration(request: Request, compte: CompteDep, gestion: GestionDep) -> HTMLResponse:
    return _page(request, compte, gestion)


@router.post("/administration/inviter")
def inviter(
    request: Request, envoi: Annotated[Invitation, Form()], compte: CompteDep, gestion: GestionDep
) -> Response:
    if envoi.role not in set(Role):
        return _page(request, compte, gestion, saisie=envoi, erreurs={"inviter": CHOIX})
    try:
        jeton = gestion.invite(envoi.courriel, envoi.nom, Role(envoi.role), envoi.structure)
    except SaisieRefusee as refus:
        return _page(request, compte, gestion, saisie=envoi, erreurs={"inviter": str(refus)})
    except CompteIntrouvable:
        raise Refusal(404) from None
    return _page(request, compte, gestion, lien=f"{public_base(request)}/invitation/{jeton}")


@router.post("/administration/comptes/{ref}/{geste}")
def gerer(request: Request, ref: str, geste: str, compte: CompteDep, gestion: GestionDep) -> Response:
    try:
        match geste:
            case "desactiver" | "activer":
                gestion.set_active(ref, actif=geste == "activer")
            case "supprimer":
                gestion.delete(ref)
            case _:
                raise Refusal(404)
    except SaisieRefusee as refus:
        return _page(request, compte, gestion, erreurs={"comptes": str(refus)})
    except CompteIntrouvable:
        raise Refusal(404) from None
    return RedirectResponse(PAGE, 303)


@router.post("/administration/structures")
def ajouter(
    request: Request, envoi: Annotated[NouvelleStructure, Form()], compte: CompteDep, gestion: GestionDep
) -> Response:
    try:
        if envoi.genre not in set(Genre):
            raise SaisieRefusee(CHOIX)
        gestion.add_structure(envoi.nom, Genre(envoi.genre))
    except SaisieRefusee as refus:
        return _page(request, compte, gestion, erreurs={"structures": str(refus)})
    except CompteIntrouvable:
        raise Refusal(404) from None
    return RedirectResponse(PAGE, 303)


@router.post("/administration/structures/{ref}/{geste}")
def gerer_structure(ref: str, geste: str, gestion: GestionDep) -> Response:
    if geste not in ("fermer", "rouvrir"):
        raise Refusal(404)
    try:
        gestion.set_structure_active(ref, active=geste == "rouvrir")
    except CompteIntrouvable:
        raise Refusal(404) from None
    return RedirectResponse(PAGE, 303)


def _page(
    request: Request,
    compte: CompteDep,
    gestion: GestionDep,
    *,
    saisie: Invitation | None = None,
    erreurs: dict[str, str] | None = None,
    lien: str | None = None,
) -> HTMLResponse:
    return render(
        request,
        "pages/administration.html",
        status=422 if erreurs else 200,
        compte=compte,
        gestion=gestion,
        saisie=saisie or Invitation(),
        erreurs=erreurs or {},
        lien=lien,
        roles={role: ROLES[role] for role in gestion.roles},
        genres=GENRES,
    )
