"""The conversation: one turn sent, the page it leads to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from service.conseiller import Conseiller
from service.contacts import Joindre, near
from service.conversation import Conversation
from service.fil import Echange, follow
from service.intention import Acte
from service.profil import MetierInconnu, Situation
from service.questionnaire import QuestionInconnue
from web.rendering import render
from web.routes.direct import live
from web.routes.envoi import INCONNU, Envoi, EnvoiInvalide
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
EnvoiForm = Annotated[Envoi, Form()]


@router.get("/conversation")
def poursuivre(request: Request, suivi: SuiviDep) -> Response:
    """The discussion that this browser keeps; without one, there is nothing to show."""
    dossier = suivi.dossier
    if dossier is None:
        return recommencer()
    return converser(request, Envoi(etat=dossier.conversation.to_json()), suivi)


@router.get("/resultats")
@router.get("/comparer")
def recommencer() -> RedirectResponse:
    """These addresses need answers, and answers never travel in an address."""
    return RedirectResponse("/", status_code=303)


@router.post("/conversation")
def converser(request: Request, envoi: EnvoiForm, suivi: SuiviDep) -> HTMLResponse:
    try:
        echange = follow_sent(suivi, envoi)
    except EnvoiInvalide as refus:
        return show_refusal(request, suivi, envoi, refus)
    return _conversation(request, suivi, echange, texte=envoi.brouillon)


def follow_sent(suivi: Suivi, envoi: Envoi) -> Echange:
    """The conversation with its newest answer. Raises EnvoiInvalide."""
    try:
        return suivi.follow(envoi)
    except (QuestionInconnue, MetierInconnu):
        # Either this answer or an older one; what came before is kept only if it can be followed.
        avant = suivi.current(envoi.conversation())
        raise EnvoiInvalide(INCONNU, _kept(suivi.conseiller, avant)) from None


def show_refusal(request: Request, suivi: Suivi, envoi: Envoi, refus: EnvoiInvalide) -> HTMLResponse:
    """The page as it was, with the reason next to the field and all that was typed still in it."""
    echange = follow(refus.conversation, suivi.conseiller)
    return _conversation(request, suivi, echange, texte=envoi.texte, erreur=str(refus))


def contacts_for(
    conseiller: Conseiller, public: Situation | None, commune: str | None = None
) -> tuple[Joindre, ...]:
    """Who may receive this person, the nearest to their situation first, and where near their commune."""
    around = conseiller.communes.get(commune) if commune else None
    return near(conseiller.connaissances.contacts, public, around)


def _kept(conseiller: Conseiller, avant: Conversation) -> Conversation:
    try:
        follow(avant, conseiller)
    except (QuestionInconnue, MetierInconnu):
        return Conversation(public=avant.public)
    return avant


def _conversation(
    request: Request,
    suivi: Suivi,
    echange: Echange,
    *,
    texte: str,
    erreur: str | None = None,
) -> HTMLResponse:
    conversation, conseiller = echange.conversation, suivi.conseiller
    human = echange.incompris or echange.acte is Acte.AIDE_HUMAINE
    return render(
        request,
        "pages/conversation.html",
        "fragments/conversation.html",
        status=422 if erreur else 200,
        echange=echange,
        conversation=conversation,
        voix=conversation.voix,
        facile=conversation.facile,
        etat=conversation.to_json(),
        garde=suivi.garde(conversation),
        direct=live(request, suivi, conversation),
        reponses=answered(conseiller, conversation),
        contacts=contacts_for(conseiller, conversation.public, echange.profil.commune) if human else (),
        metiers=conseiller.connaissances.metiers,
        texte=texte,
        erreur=erreur,
    )


def answered(conseiller: Conseiller, conversation: Conversation) -> list[tuple[str, str, str]]:
    """Each answer given: the question's id, its words, the words of the choice."""
    found = []
    for cle, choix in conversation.reponses.items():
        question = conseiller.questionnaire.question(cle)
        made = next((c for c in question.choix if c.id == choix), None) if question else None
        if question and made:
            voix, facile = conversation.voix, conversation.facile
            found.append((cle, question.dit(voix, facile), made.dit(voix, facile)))
    return found
