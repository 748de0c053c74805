"""Two or three métiers side by side, with or without answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from knowledge.schema import Famille
from service.conseiller import Conseiller, Personne
from service.conversation import Conversation
from service.fil import told
from service.orientation import Recommandation
from service.profil import MetierInconnu, Profil
from service.questionnaire import QuestionInconnue
from web.dependencies import ConseillerDep
from web.rendering import render
from web.routes.envoi import Envoi, EnvoiInvalide

router = APIRouter(include_in_schema=False)
EnvoiForm = Annotated[Envoi, Form()]

MIN, MAX = 2, 3
PAS_ASSEZ = "Il faut deux ou trois métiers pour comparer."
TROP = "Trois métiers au plus tiennent côte à côte : il faut en garder deux ou trois."


@router.post("/comparer")
def comparer(request: Request, envoi: EnvoiForm, conseiller: ConseillerDep) -> HTMLResponse:
    conversation, personne = _told(envoi, conseiller)
    metiers = conseiller.connaissances.metiers
    choisis = [slug for slug in dict.fromkeys(envoi.metiers) if slug in metiers]
    erreur = _refusal(len(choisis))
    return render(
        request,
        "pages/comparer.html",
        status=422 if erreur else 200,
        erreur=erreur,
        choisis=choisis,
        colonnes=() if erreur else tuple(_column(slug, personne, conseiller) for slug in choisis),
        repondu=personne is not None,
        familles=[(f, [m for m in metiers.values() if m.famille is f]) for f in Famille],
        voix=conversation.voix,
        etat=conversation.to_json(),
    )


def _told(envoi: Envoi, conseiller: Conseiller) -> tuple[Conversation, Personne | None]:
    """What was answered; None when nothing was, or nothing that can be read again."""
    try:
        conversation = envoi.conversation()
        return conversation, told(conversation, conseiller) if conversation.tours else None
    except (EnvoiInvalide, QuestionInconnue, MetierInconnu):
        return Conversation(), None


def _column(slug: str, personne: Personne | None, conseiller: Conseiller) -> Recommandation:
    """One métier, told to this person; without answers only its facts are shown."""
    return conseiller.explain(personne or Personne(Profil()), slug)


def _refusal(combien: int) -> str | None:
    if combien < MIN:
        return PAS_ASSEZ
    return TROP if combien > MAX else None
