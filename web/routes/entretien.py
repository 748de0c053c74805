"""The counsellor's side of an interview: invite, follow, compare, move weights with the person, conclude.

Every act is a form that leads back to the page of the interview, with or without a script. What may be seen
is decided by `archives.entretiens`; what it does not give does not exist (404).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from knowledge.schema import Famille, Metier
from service.conseiller import Conseiller
from service.conversation import Conversation, Parole
from service.dossiers.archives import Archives
from service.dossiers.chronique import tell
from service.dossiers.codes import show_code
from service.dossiers.comptes import Compte
from service.dossiers.compteurs import Mesure
from service.dossiers.dossier import Auteur, Contenu, Dossier, DossierIntrouvable
from service.dossiers.entretiens import AVIS_MAX, Carnet, Entretien, pulse_of
from service.dossiers.partages import Quoi
from service.fil import Echange, follow
from service.matching import PREMIERS
from service.orientation import Orientation, Recommandation
from web.adresses import public_base
from web.cookies import drop_cookie
from web.dependencies import ArchivesDep, ConseillerDep
from web.errors import Refusal
from web.flux import stream
from web.qr import Qr, draw_qr
from web.rendering import render
from web.routes.conversation import answered
from web.routes.envoi import Envoi, EnvoiInvalide
from web.routes.seance import CompteDep
from web.routes.suivi import SuiviDep

router = APIRouter(include_in_schema=False)

JOURNAL_MAX = 12
AVIS_VIDE = "Choisissez au moins un métier, ou voyez le classement sans classer."
AVIS_DOUBLE = "Le même métier est choisi deux fois."


@dataclass(frozen=True)
class Salle:
    """An interview this account may see, whether or not somebody joined."""

    archives: Archives
    conseiller: Conseiller
    compte: Compte
    entretien: Entretien


@dataclass(frozen=True)
class Ouvert(Salle):
    """An interview somebody joined, with what they said so far."""

    dossier: Dossier

    @cached_property
    def echange(self) -> Echange:
        return follow(self.dossier.conversation, self.conseiller)


@dataclass(frozen=True)
class Invite:
    """What the person types or scans."""

    code: str
    page: str
    """Where to type it."""
    adresse: str
    qr: Qr
    minutes: int
    """Left; 0 when it no longer serves."""


@dataclass(frozen=True)
class Classement:
    """Both opinions, side by side."""

    avis: tuple[Recommandation, ...]
    """The counsellor's choice, each with the rank that Cap Soin gives it."""
    orientation: Orientation
    communs: frozenset[str]


class Avis(BaseModel):
    """The blind ranking: one field a place, so that each is a plain list to choose from."""

    premier: str = ""
    deuxieme: str = ""
    troisieme: str = ""
    passer: str = ""

    @property
    def choisis(self) -> tuple[str, ...]:
        return tuple(slug for slug in (self.premier, self.deuxieme, self.troisieme) if slug)


class Geste(BaseModel):
    """One act made with the person."""

    page: str = ""
    """The version it was made on: sent twice, it counts once."""
    importance: str = ""
    ecarter: str = ""
    remettre: str = ""

    def envoi(self) -> Envoi:
        return Envoi(importance=self.importance, ecarter=self.ecarter, remettre=self.remettre)


def get_salle(archives: ArchivesDep, conseiller: ConseillerDep, compte: CompteDep, ref: str) -> Salle:
    return Salle(archives, conseiller, compte, archives.entretiens.get(ref, compte))


SalleDep = Annotated[Salle, Depends(get_salle)]


def get_ouvert(salle: SalleDep) -> Ouvert:
    """Raises DossierIntrouvable until somebody joined."""
    numero = salle.entretien.dossier
    if numero is None:
        raise DossierIntrouvable
    dossier = salle.archives.dossiers.get(numero)
    return Ouvert(salle.archives, salle.conseiller, salle.compte, salle.entretien, dossier)


EntretienDep = Annotated[Ouvert, Depends(get_ouvert)]


@router.get("/entretiens")
def liste(request: Request, archives: ArchivesDep, compte: CompteDep) -> HTMLResponse:
    if compte.structure is None:
        raise DossierIntrouvable
    return render(
        request, "pages/entretiens.html", compte=compte, entretiens=archives.entretiens.mine(compte)
    )


@router.post("/entretiens")
def commencer(archives: ArchivesDep, compte: CompteDep) -> Response:
    entretien = archives.entretiens.begin(compte)
    archives.compteurs.count(entretien.structure, Mesure.ENTRETIEN)
    return _back(entretien)


@router.get("/entretiens/{ref}")
def entretien(request: Request, salle: SalleDep) -> HTMLResponse:
    if salle.entretien.dossier is None:
        return _waiting(request, salle)
    return _opened(request, get_ouvert(salle))


@router.get("/entretiens/{ref}/flux")
def flux(request: Request, salle: SalleDep) -> Response:
    entretiens, ref, compte = salle.archives.entretiens, salle.entretien.ref, salle.compte
    return stream(lambda: entretiens.pulse(ref, compte), request.app.state.arret)


@router.post("/entretiens/{ref}/code")
def renouveler(salle: SalleDep) -> Response:
    return _back(salle.archives.entretiens.invite(salle.entretien))


@router.post("/entretiens/{ref}/avis")
def classer(request: Request, ouvert: EntretienDep, avis: Annotated[Avis, Form()]) -> Response:
    """The counsellor's own ranking, once: after ours is shown it would no longer be blind."""
    erreur = None if avis.passer else _refused(avis, ouvert.conseiller)
    if erreur:
        return _opened(request, ouvert, saisi=avis, erreur=erreur)

    def reveal(carnet: Carnet) -> Carnet:
        choisis = () if avis.passer else avis.choisis
        return carnet if carnet.revele else carnet.model_copy(update={"avis": choisis, "revele": True})

    return _back(ouvert.archives.entretiens.write(ouvert.entretien, reveal), "#classement")


@router.post("/entretiens/{ref}/agir")
def agir(ouvert: EntretienDep, geste: Annotated[Geste, Form()]) -> Response:
    """A weight moved, a métier set aside or taken back: written in the journal that both read."""

    def change(contenu: Contenu) -> tuple[Contenu, str]:
        avant = contenu.conversation
        apres = follow(_moved(geste, avant), ouvert.conseiller).conversation
        return contenu.model_copy(update={"conversation": apres}), tell(avant, apres, ouvert.conseiller)

    empreinte = hashlib.sha256(repr(("conseil", sorted(geste))).encode()).hexdigest()
    ouvert.archives.dossiers.act(ouvert.dossier.id, empreinte, Auteur.CONSEIL, change)
    return _back(ouvert.entretien, "#classement")


@router.post("/entretiens/{ref}/clore")
def clore(request: Request, salle: SalleDep, suivi: SuiviDep) -> Response:
    """The interview is over. On a screen that was shared, the person's dossier is closed too."""
    first_time = salle.entretien.clos_le is None
    closed = salle.archives.entretiens.close(salle.entretien)
    if first_time and closed.dossier is not None:
        _count(get_ouvert(salle))
    response = _back(closed)
    here = suivi.dossier
    if suivi.appareil and here and here.id == closed.dossier:
        salle.archives.dossiers.leave(suivi.appareil)
        drop_cookie(request, response)
    return response


# --- pages -------------------------------------------------------------------------------------------------


def _waiting(request: Request, salle: Salle) -> HTMLResponse:
    entretien = salle.entretien
    return render(
        request,
        "pages/entretien_attente.html",
        compte=salle.compte,
        entretien=entretien,
        invite=_invite(request, salle),
        version=pulse_of(entretien.version, None),
    )


def _invite(request: Request, salle: Salle) -> Invite | None:
    invitation = salle.entretien.carnet.invitation
    if invitation is None or salle.entretien.clos_le:
        return None
    page = f"{public_base(request)}/rejoindre"
    adresse = f"{page}/{invitation.jeton}"
    left = invitation.expire_le - salle.archives.coffre.horloge()
    minutes = max(0, -(-int(left.total_seconds()) // 60))
    return Invite(show_code(invitation.code), page.partition("//")[2], adresse, draw_qr(adresse), minutes)


def _opened(
    request: Request, ouvert: Ouvert, *, saisi: Avis | None = None, erreur: str | None = None
) -> HTMLResponse:
    ouvert.archives.partages.look(ouvert.dossier.id, ouvert.compte, Quoi.REPONSES)
    conversation = ouvert.echange.conversation
    metiers = ouvert.conseiller.connaissances.metiers
    journal = ouvert.archives.dossiers.changes(ouvert.dossier.id)
    return render(
        request,
        "pages/entretien.html",
        "fragments/entretien_page.html",
        status=422 if erreur else 200,
        compte=ouvert.compte,
        entretien=ouvert.entretien,
        dossier=ouvert.dossier,
        echange=ouvert.echange,
        paroles=[t.texte for t in ouvert.echange.conversation.tours if isinstance(t, Parole)],
        reponses=answered(ouvert.conseiller, conversation),
        classement=_compare(ouvert) if ouvert.entretien.carnet.revele else None,
        familles=[(f, [m for m in metiers.values() if m.famille is f]) for f in Famille],
        ecartes=[metiers[slug] for slug in ouvert.echange.profil.exclus if slug in metiers],
        importances=conversation.importances,
        journal=journal[::-1][:JOURNAL_MAX],
        version=pulse_of(ouvert.entretien.version, ouvert.dossier.version),
        saisi=saisi or Avis(),
        erreur=erreur,
    )


def _compare(ouvert: Ouvert) -> Classement:
    personne = ouvert.echange.personne
    orientation = ouvert.conseiller.advise(personne, PREMIERS)
    avis = tuple(ouvert.conseiller.explain(personne, slug) for slug in _known(ouvert))
    ours = {reco.metier.slug for reco in orientation.recommandations}
    return Classement(avis, orientation, frozenset(ours & {reco.metier.slug for reco in avis}))


def _known(ouvert: Ouvert) -> Sequence[str]:
    """The counsellor's choice, without a métier that is no longer ours."""
    metiers: dict[str, Metier] = ouvert.conseiller.connaissances.metiers
    return [slug for slug in ouvert.entretien.carnet.avis if slug in metiers]


def _refused(avis: Avis, conseiller: Conseiller) -> str | None:
    """Why this ranking cannot be taken."""
    if not avis.choisis or not set(avis.choisis) <= set(conseiller.connaissances.metiers):
        return AVIS_VIDE
    return None if len(set(avis.choisis)) == len(avis.choisis) <= AVIS_MAX else AVIS_DOUBLE


def _moved(geste: Geste, avant: Conversation) -> Conversation:
    try:
        return geste.envoi().onto(avant)
    except EnvoiInvalide as refus:
        raise Refusal(422, str(refus)) from None


def _count(ouvert: Ouvert) -> None:
    """For the structure's own figures: a famille, and whether the questions came to their end."""
    compteurs, structure = ouvert.archives.compteurs, ouvert.entretien.structure
    first = ouvert.conseiller.advise(ouvert.echange.personne, 1).recommandations
    if first and ouvert.echange.conversation.tours:
        compteurs.count(structure, Mesure.FAMILLE, first[0].metier.famille)
    compteurs.count(structure, Mesure.ACHEVEMENT, "stable" if ouvert.echange.stable else "en_cours")


def _back(entretien: Entretien, ancre: str = "") -> RedirectResponse:
    return RedirectResponse(f"/entretiens/{entretien.ref}{ancre}", status_code=303)
