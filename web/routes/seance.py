"""Who is signed in in this browser: a counsellor, or nobody. Pages of counsellors ask for a `CompteDep`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from service.dossiers.archives import Archives
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.comptes import Compte, CompteIntrouvable
from service.dossiers.gestion import Gestion
from service.dossiers.seances import SeanceFinie
from web.cookies import cookie_name, drop_cookie, set_cookie
from web.dependencies import ArchivesDep
from web.errors import Refusal

NOM = "conseil"
ENTREE = "/connexion"
# What is begun (a password given, a departure to the provider) is soon finished, or begun again.
ATTENTE = timedelta(minutes=10)


def get_compte(request: Request, archives: ArchivesDep) -> Compte:
    """The account signed in. A page asked for leads to the door; anything else does not exist."""
    try:
        return archives.seances.get(request.cookies.get(cookie_name(request, NOM), ""))
    except SeanceFinie:
        if request.method == "GET":
            raise Refusal(
                303, "Connectez-vous pour ouvrir cette page.", headers={"Location": ENTREE}
            ) from None
        raise Refusal(404) from None


CompteDep = Annotated[Compte, Depends(get_compte)]
"""The account signed in."""


def get_gestion(archives: ArchivesDep, compte: CompteDep) -> Gestion:
    """What the account signed in may do to others; 404 when that is nothing."""
    try:
        return Gestion(archives.comptes, compte)
    except CompteIntrouvable:
        raise Refusal(404) from None


GestionDep = Annotated[Gestion, Depends(get_gestion)]


def sign_in(request: Request, response: Response, archives: Archives, compte: Compte) -> None:
    """A new session, whatever the browser had. Raises CompteIntrouvable for a closed account."""
    archives.seances.close(request.cookies.get(cookie_name(request, NOM), ""))
    set_cookie(request, response, archives.seances.open(compte), NOM)


def sign_out(request: Request, response: Response, archives: Archives) -> None:
    archives.seances.close(request.cookies.get(cookie_name(request, NOM), ""))
    drop_cookie(request, response, NOM)


def wait(request: Request, response: Response, archives: Archives, nom: str, attente: dict[str, Any]) -> None:
    """Keep in this browser, sealed, what a sign-in has reached; `nom` says which sign-in."""
    until = archives.coffre.horloge() + ATTENTE
    sealed = archives.coffre.seal({"nom": nom, "fin": until.isoformat(), "attente": attente})
    set_cookie(request, response, sealed.decode(), nom)


def waiting(request: Request, archives: Archives, nom: str) -> dict[str, Any] | None:
    """What was kept under this name, None when there is nothing, or it is too old, or not ours."""
    sealed = request.cookies.get(cookie_name(request, nom))
    if not sealed:
        return None
    coffre = archives.coffre
    try:
        kept = coffre.unseal(sealed.encode())
    except CoffreInutilisable:
        return None
    ours = isinstance(kept, dict) and kept.get("nom") == nom
    if not ours or datetime.fromisoformat(kept["fin"]) <= coffre.horloge():
        return None
    attente: dict[str, Any] = kept["attente"]
    return attente
