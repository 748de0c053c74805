"""The pages. A route reads, asks the conseiller, renders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from knowledge.schema import Famille
from service.chiffres import A_SAVOIR, tables
from service.conseiller import Conseiller
from service.conversation import Conversation
from service.fil import Echange, follow
from service.orientation import Recommandation
from service.profil import MetierInconnu
from service.qualite import read_qualite
from service.questionnaire import QuestionInconnue
from web.dependencies import ConseillerDep
from web.rendering import render
from web.routes.envoi import INCONNU, Envoi, EnvoiInvalide
from web.routes.lieu import Saisie, read_lieu, settle
from web.traces import dots, lines

router = APIRouter(include_in_schema=False)
EnvoiForm = Annotated[Envoi, Form()]

PROPOSES = 3


@router.get("/")
def accueil(request: Request) -> HTMLResponse:
    return render(request, "pages/accueil.html", texte="", erreur=None)


@router.get("/conversation")
@router.get("/resultats")
def recommencer() -> RedirectResponse:
    """These addresses need answers, and answers never travel in an address."""
    return RedirectResponse("/", status_code=303)


@router.post("/conversation")
def converser(request: Request, envoi: EnvoiForm, conseiller: ConseillerDep) -> HTMLResponse:
    try:
        conversation, echange = _follow(conseiller, envoi)
    except EnvoiInvalide as refus:
        return _refused(request, conseiller, envoi, refus)
    return _conversation(request, conversation, echange, texte=envoi.brouillon)


@router.post("/resultats")
def resultats(request: Request, envoi: EnvoiForm, conseiller: ConseillerDep) -> HTMLResponse:
    try:
        conversation, echange = _follow(conseiller, envoi)
    except EnvoiInvalide as refus:
        return _refused(request, conseiller, envoi, refus)
    saisi = read_lieu(envoi.saisie, conversation, conseiller.communes)
    conversation = settle(conversation, saisi)
    orientation = conseiller.orienter(echange.profil, PROPOSES, tout=True)
    metiers = conseiller.connaissances.metiers
    return render(
        request,
        "pages/resultats.html",
        "fragments/resultats.html",
        status=422 if saisi.erreur else 200,
        saisi=saisi,
        orientation=orientation,
        secours=echange.alerte or orientation.alerte,
        classement=_whole_ranking(conseiller, echange) if envoi.tout else (),
        ecartes=[metiers[slug] for slug in echange.profil.exclus if slug in metiers],
        voix=conversation.voix,
        etat=conversation.to_json(),
    )


@router.get("/metiers")
def metiers(request: Request, conseiller: ConseillerDep) -> HTMLResponse:
    tous = conseiller.connaissances.metiers.values()
    familles = [(f, [m for m in tous if m.famille is f]) for f in Famille]
    nommes, proposes = _counts(conseiller)
    return render(request, "pages/metiers.html", familles=familles, nommes=nommes, proposes=proposes)


@router.get("/metiers/{slug}")
def metier(request: Request, slug: str, conseiller: ConseillerDep) -> HTMLResponse:
    return _metier(request, conseiller, slug, conversation=None)


@router.post("/metiers/{slug}")
def metier_depuis_resultats(
    request: Request, slug: str, envoi: EnvoiForm, conseiller: ConseillerDep
) -> HTMLResponse:
    """The same page, which carries the answers so that one can go back to one's own métiers."""
    try:
        return _metier(request, conseiller, slug, conversation=envoi.conversation())
    except EnvoiInvalide:
        return _metier(request, conseiller, slug, conversation=None)


@router.get("/vos-donnees")
def vos_donnees(request: Request) -> HTMLResponse:
    return render(request, "pages/vos_donnees.html")


@router.get("/a-propos")
def a_propos(request: Request, conseiller: ConseillerDep) -> HTMLResponse:
    nommes, proposes = _counts(conseiller)
    return render(request, "pages/a_propos.html", nommes=nommes, proposes=proposes)


@router.get("/qualite")
def qualite(request: Request, conseiller: ConseillerDep) -> HTMLResponse:
    found = read_qualite()
    titres = {slug: m.titre.double for slug, m in conseiller.connaissances.metiers.items()}
    return render(
        request,
        "pages/qualite.html",
        qualite=found,
        tableaux=tables(found, titres),
        a_savoir=A_SAVOIR,
        points=dots(found.section("registre")),
        lignes=lines(found.courbe) if found.courbe else None,
        a_jour=found.versions["modele"] == conseiller.versions["modele"],
    )


def _follow(conseiller: Conseiller, envoi: Envoi) -> tuple[Conversation, Echange]:
    """The conversation with its newest answer. Raises EnvoiInvalide."""
    conversation = envoi.answered()
    try:
        return conversation, follow(conversation, conseiller)
    except (QuestionInconnue, MetierInconnu):
        # Either this answer or an older one; what came before is kept only if it can be followed.
        raise EnvoiInvalide(INCONNU, _kept(conseiller, envoi.conversation())) from None


def _kept(conseiller: Conseiller, avant: Conversation) -> Conversation:
    try:
        follow(avant, conseiller)
    except (QuestionInconnue, MetierInconnu):
        return Conversation(public=avant.public)
    return avant


def _conversation(
    request: Request,
    conversation: Conversation,
    echange: Echange,
    *,
    texte: str,
    erreur: str | None = None,
) -> HTMLResponse:
    return render(
        request,
        "pages/conversation.html",
        "fragments/conversation.html",
        status=422 if erreur else 200,
        echange=echange,
        voix=conversation.voix,
        etat=conversation.to_json(),
        tours=len(conversation.tours),
        texte=texte,
        erreur=erreur,
    )


def _refused(request: Request, conseiller: Conseiller, envoi: Envoi, refus: EnvoiInvalide) -> HTMLResponse:
    """The page as it was, with the reason next to the field and all that was typed still in it."""
    echange = follow(refus.conversation, conseiller)
    return _conversation(request, refus.conversation, echange, texte=envoi.texte, erreur=str(refus))


def _metier(
    request: Request, conseiller: Conseiller, slug: str, *, conversation: Conversation | None
) -> HTMLResponse:
    connaissances = conseiller.connaissances
    told = conversation or Conversation()
    fiche = connaissances.metiers.get(slug)
    if fiche is None:
        raise HTTPException(404)
    return render(
        request,
        "pages/metier.html",
        metier=fiche,
        metiers=connaissances.metiers,
        certifications=[connaissances.certifications[c] for c in fiche.acces.certifications],
        etat=conversation.to_json() if conversation else None,
        voix=told.voix,
        saisi=read_lieu(Saisie(), told, conseiller.communes),
    )


def _whole_ranking(conseiller: Conseiller, echange: Echange) -> tuple[Recommandation, ...]:
    every = len(conseiller.connaissances.metiers)
    return conseiller.orienter(echange.profil, every).recommandations


def _counts(conseiller: Conseiller) -> tuple[int, int]:
    """How many métiers the programme names, and how many we propose."""
    tous = conseiller.connaissances.metiers.values()
    nommes = sum(m.statut == "nomme" for m in tous)
    return nommes, len(tous) - nommes
