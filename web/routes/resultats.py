"""The three métiers and the surprise, and all that can be discussed about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from knowledge.schema import Metier
from service.conseiller import Conseiller
from service.conversation import Reponse
from service.fil import Echange, follow, told
from service.hypotheses import Bascule, Changement, Essai, Hypotheses, changes
from service.libelles import supposition
from service.matching import PREMIERS
from service.orientation import Recommandation
from service.profil import Voix
from service.questionnaire import QuestionInconnue
from web.dependencies import ConseillerDep
from web.rendering import render
from web.routes.conversation import follow_sent, show_refusal
from web.routes.direct import live
from web.routes.envoi import INCONNU, Envoi, EnvoiInvalide
from web.routes.lieu import read_lieu
from web.routes.suivi import SuiviDep

router = APIRouter(include_in_schema=False)
EnvoiForm = Annotated[Envoi, Form()]


@dataclass(frozen=True)
class Supposition:
    """An « Et si … ? » as a button: what it sends, and its words."""

    valeur: str
    texte: str
    entrent: tuple[Metier, ...] = ()


@dataclass(frozen=True)
class PourquoiPas:
    """Why one métier is not among the first, and which single answers would bring it there."""

    reco: Recommandation
    suppositions: tuple[Supposition, ...]


@router.post("/resultats")
def resultats(request: Request, envoi: EnvoiForm, conseiller: ConseillerDep, suivi: SuiviDep) -> HTMLResponse:
    try:
        echange = follow_sent(suivi, envoi)
        essaye = _tried(envoi, echange, conseiller)
    except EnvoiInvalide as refus:
        return show_refusal(request, suivi, envoi, refus)
    saisi = read_lieu(envoi.saisie, echange.conversation, conseiller.communes)
    conversation = suivi.settle(echange.conversation, saisi)
    shown = essaye or echange
    orientation = conseiller.advise(shown.personne, PREMIERS, tout=True)
    if not essaye:
        suivi.show(conversation, orientation)
    hypotheses = conseiller.suppose(shown.personne)
    metiers = conseiller.connaissances.metiers
    return render(
        request,
        "pages/resultats.html",
        "fragments/resultats.html",
        status=422 if saisi.erreur else 200,
        saisi=saisi,
        orientation=orientation,
        secours=echange.alerte,
        changement=named(_change(envoi, hypotheses, conseiller), metiers),
        essai=Supposition(envoi.essai, _words(envoi.essai, conversation.voix)) if essaye else None,
        suppositions=[] if essaye else [_button(e, conversation.voix, metiers) for e in hypotheses.essais()],
        pourquoi_pas=_why_not(envoi.pourquoi_pas, shown, hypotheses, conseiller),
        classement=_whole_ranking(conseiller, shown) if envoi.tout else (),
        ecartes=[metiers[slug] for slug in echange.profil.exclus if slug in metiers],
        conversation=conversation,
        metiers=metiers,
        voix=conversation.voix,
        facile=conversation.facile,
        etat=conversation.to_json(),
        garde=suivi.garde(conversation),
        direct=live(request, suivi, conversation),
    )


def _tried(envoi: Envoi, echange: Echange, conseiller: Conseiller) -> Echange | None:
    """The same conversation with one answer supposed, kept nowhere. Raises EnvoiInvalide."""
    if not envoi.essai:
        return None
    question, _, choix = envoi.essai.partition(":")
    try:
        return follow(echange.conversation.add(Reponse(question=question, choix=choix)), conseiller)
    except (QuestionInconnue, ValueError):
        raise EnvoiInvalide(INCONNU, echange.conversation) from None


def _change(envoi: Envoi, now: Hypotheses, conseiller: Conseiller) -> Changement | None:
    """What this act changed in the first three; None for a page that was only opened."""
    if not envoi.changes_ranking:
        return None
    before = conseiller.suppose(told(envoi.conversation(), conseiller)).classement.slugs
    return changes(before, now.classement.slugs)


def _why_not(
    slug: str, echange: Echange, hypotheses: Hypotheses, conseiller: Conseiller
) -> PourquoiPas | None:
    if slug not in conseiller.connaissances.metiers:
        return None
    voix = echange.conversation.voix
    return PourquoiPas(
        conseiller.explain(echange.personne, slug),
        tuple(_button(bascule, voix, {}) for bascule in hypotheses.towards(slug)),
    )


def _button(possible: Essai | Bascule, voix: Voix, metiers: dict[str, Metier]) -> Supposition:
    valeur = f"{possible.question}:{possible.choix}"
    entrent = possible.changement.entrent if isinstance(possible, Essai) else ()
    return Supposition(valeur, _words(valeur, voix), tuple(metiers[slug] for slug in entrent))


def _words(valeur: str, voix: Voix) -> str:
    question, _, choix = valeur.partition(":")
    return supposition(question, choix, voix)


def named(changement: Changement | None, metiers: dict[str, Metier]) -> dict[str, list[Metier]] | None:
    """The métiers that came in, went out, and now come first; None when nothing was to be compared."""
    if changement is None:
        return None
    premier = [changement.premier] if changement.premier else []
    parts = {"entrent": changement.entrent, "sortent": changement.sortent, "premier": premier}
    return {nom: [metiers[slug] for slug in slugs] for nom, slugs in parts.items()}


def _whole_ranking(conseiller: Conseiller, echange: Echange) -> tuple[Recommandation, ...]:
    every = len(conseiller.connaissances.metiers)
    return conseiller.advise(echange.personne, every).recommandations
