"""Two or three métiers side by side, with or without answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from knowledge.schema import Famille
from web.dependencies import ConseillerDep
from web.rendering import render
from web.routes.envoi import Envoi
from web.routes.suivi import SuiviDep

router = APIRouter(include_in_schema=False)
EnvoiForm = Annotated[Envoi, Form()]

MIN, MAX = 2, 3
PAS_ASSEZ = "Il faut deux ou trois métiers pour comparer."
TROP = "Trois métiers au plus tiennent côte à côte : il faut en garder deux ou trois."


@router.post("/comparer")
def comparer(request: Request, envoi: EnvoiForm, conseiller: ConseillerDep, suivi: SuiviDep) -> HTMLResponse:
    conversation, personne, _ = suivi.read(envoi.etat)
    repondu = bool(conversation.tours)
    metiers = conseiller.connaissances.metiers
    choisis = [slug for slug in dict.fromkeys(envoi.metiers) if slug in metiers]
    erreur = _refusal(len(choisis))
    return render(
        request,
        "pages/comparer.html",
        status=422 if erreur else 200,
        erreur=erreur,
        choisis=choisis,
        colonnes=() if erreur else tuple(conseiller.explain(personne, slug) for slug in choisis),
        repondu=repondu,
        familles=[(f, [m for m in metiers.values() if m.famille is f]) for f in Famille],
        voix=conversation.voix,
        etat=conversation.to_json(),
    )


def _refusal(combien: int) -> str | None:
    if combien < MIN:
        return PAS_ASSEZ
    return TROP if combien > MAX else None
