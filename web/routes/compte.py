"""The door of those who accompany: signing in, answering an invitation, one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, SecretStr

from service.dossiers.archives import Archives
from service.dossiers.codes import digest
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.comptes import COURRIEL_MAX, Compte, CompteIntrouvable, Invite, SaisieRefusee
from service.dossiers.frein import TropDEssais
from service.dossiers.identification import IdentificationRefusee
from service.dossiers.motdepasse import (
    LONGUEUR_MAX,
    LONGUEUR_MIN,
    MotDePasseFaible,
    new_totp,
    show_secret,
    totp_address,
    verify_password,
)
from service.dossiers.openid import OpenIdEnPanne, OpenIdRefuse
from web.adresses import public_base, rough_address
from web.cookies import drop_cookie
from web.dependencies import ArchivesDep
from web.errors import Refusal
from web.qr import draw_qr
from web.rendering import render
from web.routes.seance import ENTREE, CompteDep, sign_in, sign_out, wait, waiting

router = APIRouter(include_in_schema=False)

RETOUR = "/connexion/openid/retour"
DOUBLE, OPENID = "double", "openid"
AILLEURS_REFUSE = "Cette connexion n'a pas abouti. Vous pouvez recommencer."
SANS_COMPTE = "Aucun compte n'est prévu ici pour vous. Demandez une invitation à votre structure."
DIFFERENTS = "Les deux mots de passe ne sont pas les mêmes."
ANCIEN_FAUX = "Votre mot de passe actuel n'est pas celui-là."


class Entree(BaseModel):
    """A password typed at the door."""

    courriel: str = ""
    mot_de_passe: SecretStr = SecretStr("")


class Code(BaseModel):
    code: str = ""


class Arrivee(BaseModel):
    """An invitation answered."""

    mot_de_passe: SecretStr = SecretStr("")
    encore: SecretStr = SecretStr("")
    code: str = ""
    cle: str = ""
    """The secret of the QR code shown, sealed."""


class Changement(BaseModel):
    actuel: SecretStr = SecretStr("")
    mot_de_passe: SecretStr = SecretStr("")
    encore: SecretStr = SecretStr("")


# --- with a password -----------------------------------------------------------------------------------


@router.get("/connexion")
def connexion(request: Request, archives: ArchivesDep) -> HTMLResponse:
    return _door(request, archives)


@router.post("/connexion")
def entrer(request: Request, envoi: Annotated[Entree, Form()], archives: ArchivesDep) -> Response:
    mot_de_passe = envoi.mot_de_passe.get_secret_value()
    try:
        compte = archives.identification.check_password(
            envoi.courriel, mot_de_passe, adresse=rough_address(request)
        )
    except (IdentificationRefusee, TropDEssais) as refus:
        return _door(request, archives, str(refus), courriel=envoi.courriel, status=_status(refus))
    response = RedirectResponse("/connexion/double", 303)
    wait(request, response, archives, DOUBLE, {"compte": compte.ref})
    return response


@router.get("/connexion/double")
def double(request: Request, archives: ArchivesDep) -> Response:
    if waiting(request, archives, DOUBLE) is None:
        return RedirectResponse(ENTREE, 303)
    return render(request, "pages/double.html", erreur=None)


@router.post("/connexion/double")
def verifier(request: Request, envoi: Annotated[Code, Form()], archives: ArchivesDep) -> Response:
    attente = waiting(request, archives, DOUBLE)
    if attente is None:
        return RedirectResponse(ENTREE, 303)
    try:
        compte = archives.comptes.by_ref(attente["compte"])
        archives.identification.check_code(compte, envoi.code, adresse=rough_address(request))
        return _welcome(request, archives, compte, DOUBLE)
    except (IdentificationRefusee, TropDEssais) as refus:
        return render(request, "pages/double.html", erreur=str(refus), status=_status(refus))
    except CompteIntrouvable:
        return RedirectResponse(ENTREE, 303)


# --- elsewhere -----------------------------------------------------------------------------------------


@router.get("/connexion/openid")
def partir(request: Request, archives: ArchivesDep) -> Response:
    """A link rather than a form: our security policy lets no form lead elsewhere."""
    openid = archives.openid
    if openid is None:
        raise Refusal(404)
    try:
        depart = openid.begin(public_base(request) + RETOUR)
    except OpenIdEnPanne:
        return _door(request, archives, _down(openid.nom), status=503)
    response = RedirectResponse(depart.adresse, 303)
    wait(request, response, archives, OPENID, depart.attente)
    return response


@router.get(RETOUR)
def revenir(request: Request, archives: ArchivesDep) -> Response:
    openid = archives.openid
    if openid is None:
        raise Refusal(404)
    attente = waiting(request, archives, OPENID)
    try:
        if attente is None:
            raise OpenIdRefuse
        identite = openid.finish(attente, request.query_params)
        compte = archives.comptes.recognise(identite.sujet, identite.courriel)
        return _welcome(request, archives, compte, OPENID)
    except OpenIdRefuse:
        response = _door(request, archives, AILLEURS_REFUSE, status=403)
    except CompteIntrouvable:
        response = _door(request, archives, SANS_COMPTE, status=403)
    except OpenIdEnPanne:
        response = _door(request, archives, _down(openid.nom), status=503)
    drop_cookie(request, response, OPENID)
    return response


# --- an invitation -------------------------------------------------------------------------------------


@router.get("/invitation/{jeton}")
def invitation(request: Request, jeton: str, archives: ArchivesDep) -> HTMLResponse:
    return _invited(request, archives, jeton, _find(archives, jeton), new_totp())


@router.post("/invitation/{jeton}")
def rejoindre(
    request: Request, jeton: str, envoi: Annotated[Arrivee, Form()], archives: ArchivesDep
) -> Response:
    invite = _find(archives, jeton)
    secret = _unseal_key(archives, jeton, envoi.cle)
    mot_de_passe = envoi.mot_de_passe.get_secret_value()
    try:
        if mot_de_passe != envoi.encore.get_secret_value():
            return _invited(request, archives, jeton, invite, secret, {"encore": DIFFERENTS})
        compte = archives.comptes.join(jeton, mot_de_passe, secret, envoi.code)
        return _welcome(request, archives, compte, DOUBLE)
    except MotDePasseFaible as refus:
        return _invited(request, archives, jeton, invite, secret, {"mot_de_passe": str(refus)})
    except SaisieRefusee as refus:
        return _invited(request, archives, jeton, invite, secret, {"code": str(refus)})
    except CompteIntrouvable:
        raise Refusal(404) from None


# --- one's own account ---------------------------------------------------------------------------------


@router.get("/compte")
def mon_compte(request: Request, compte: CompteDep) -> HTMLResponse:
    return render(request, "pages/compte.html", compte=compte, erreurs={}, fait=None)


@router.post("/compte/mot-de-passe")
def changer(
    request: Request, envoi: Annotated[Changement, Form()], compte: CompteDep, archives: ArchivesDep
) -> Response:
    try:
        erreurs = _change(archives, compte, envoi, rough_address(request))
    except TropDEssais as refus:
        erreurs = {"actuel": str(refus)}
    if erreurs:
        return render(request, "pages/compte.html", status=422, compte=compte, erreurs=erreurs, fait=None)
    fait = "Votre mot de passe est changé. Les autres appareils sont déconnectés."
    response = render(request, "pages/compte.html", compte=compte, erreurs={}, fait=fait)
    sign_in(request, response, archives, compte)
    return response


@router.post("/compte/seances")
def fermer_partout(request: Request, compte: CompteDep, archives: ArchivesDep) -> Response:
    archives.seances.close_all(compte)
    return deconnexion(request, archives)


@router.post("/deconnexion")
def deconnexion(request: Request, archives: ArchivesDep) -> Response:
    response = RedirectResponse(ENTREE, 303)
    sign_out(request, response, archives)
    # The pages of the people accompanied leave this browser too.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


# --- parts ---------------------------------------------------------------------------------------------


def _door(
    request: Request,
    archives: Archives,
    erreur: str | None = None,
    *,
    courriel: str = "",
    status: int = 200,
) -> HTMLResponse:
    ailleurs = archives.openid and archives.openid.nom
    return render(
        request,
        "pages/connexion.html",
        status=status,
        erreur=erreur,
        courriel=courriel[:COURRIEL_MAX],
        ailleurs=ailleurs,
        minutes=archives.reglages.seance_inactive_min,
    )


def _welcome(request: Request, archives: Archives, compte: Compte, attente: str) -> Response:
    """Signed in. Raises CompteIntrouvable for an account closed by now."""
    # Someone of a structure comes to accompany; an admin of the service, to manage.
    response = RedirectResponse("/entretiens" if compte.structure else "/administration", 303)
    sign_in(request, response, archives, compte)
    drop_cookie(request, response, attente)
    return response


def _find(archives: Archives, jeton: str) -> Invite:
    try:
        return archives.comptes.invitation(jeton)
    except CompteIntrouvable:
        raise Refusal(404, "Cette invitation n'existe pas, ou ne vaut plus. Demandez-en une autre.") from None


def _invited(
    request: Request,
    archives: Archives,
    jeton: str,
    invite: Invite,
    secret: str,
    erreurs: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return render(
        request,
        "pages/invitation.html",
        status=422 if erreurs else 200,
        invite=invite,
        erreurs=erreurs or {},
        secret=show_secret(secret),
        qr=draw_qr(totp_address(secret, invite.courriel)),
        cle=archives.coffre.seal({"totp": secret, "pour": digest(jeton)}).decode(),
        ailleurs=archives.openid and archives.openid.nom,
        longueurs=(LONGUEUR_MIN, LONGUEUR_MAX),
    )


def _unseal_key(archives: Archives, jeton: str, cle: str) -> str:
    """The secret of the QR code that was shown; a new one when the field is not ours."""
    try:
        kept = archives.coffre.unseal(cle.encode())
    except CoffreInutilisable:
        return new_totp()
    ours = isinstance(kept, dict) and kept.get("pour") == digest(jeton)
    return str(kept["totp"]) if ours else new_totp()


def _change(archives: Archives, compte: Compte, envoi: Changement, adresse: str) -> dict[str, str]:
    """What is wrong, by field; nothing once the password is changed. Raises TropDEssais."""
    cle = f"compte:{compte.courriel}"
    archives.frein.check(adresse=adresse, cle=cle)
    preuves = archives.comptes.proofs(compte)
    if not verify_password(preuves.mot_de_passe if preuves else None, envoi.actuel.get_secret_value()):
        archives.frein.count(adresse=adresse, cle=cle)
        return {"actuel": ANCIEN_FAUX}
    mot_de_passe = envoi.mot_de_passe.get_secret_value()
    if mot_de_passe != envoi.encore.get_secret_value():
        return {"encore": DIFFERENTS}
    try:
        archives.comptes.set_password(compte, mot_de_passe)
    except MotDePasseFaible as refus:
        return {"mot_de_passe": str(refus)}
    return {}


def _status(refus: Exception) -> int:
    return 429 if isinstance(refus, TropDEssais) else 422


def _down(nom: str) -> str:
    return f"La connexion par {nom} ne répond pas. Réessayez plus tard, ou utilisez un mot de passe."
