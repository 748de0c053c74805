"""After some days on site, in three taps: which métier, how it went, what made it so; then what changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from knowledge.schema import Famille, Metier
from service.conseiller import Conseiller
from service.conversation import Conversation, Immersion
from service.fil import Echange, told
from service.hypotheses import Changement, changes
from service.immersion import Ressenti, facets
from service.matching import PREMIERS
from service.refus import AUTRE
from web.dependencies import ConseillerDep
from web.libelles import FACETTES
from web.rendering import render
from web.routes.conversation import follow_sent, show_refusal
from web.routes.envoi import INCONNU, Envoi, EnvoiInvalide
from web.routes.resultats import named
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)


class Recit(Envoi):
    """What was tapped so far."""

    vecu: str = ""
    """`aide-soignant`, then `aide-soignant:mieux`."""


@dataclass(frozen=True)
class Pas:
    """The tap being asked for."""

    metier: Metier | None = None
    ressenti: Ressenti | None = None

    @property
    def facettes(self) -> list[tuple[str, str]]:
        """What may have made it so, and its words."""
        return [(cle, FACETTES[cle]) for cle in facets(self.metier)] if self.metier else []


@dataclass(frozen=True)
class Suite:
    """What one immersion changed in the ranking, and why."""

    metier: Metier
    immersion: Immersion
    changement: Changement
    rangs: tuple[int, int]
    """Of this métier, before and after."""
    appris: bool
    """Whether the answers are others than before."""

    @property
    def facette(self) -> str | None:
        """Its words; None for « autre », which says nothing of any métier."""
        return None if self.immersion.raison == AUTRE else FACETTES[self.immersion.raison]


@router.get("/immersion")
def ouvrir(request: Request, conseiller: ConseillerDep, suivi: SuiviDep) -> HTMLResponse:
    return raconter(request, Recit(), conseiller, suivi)


@router.post("/immersion")
def raconter(
    request: Request, recit: Annotated[Recit, Form()], conseiller: ConseillerDep, suivi: SuiviDep
) -> HTMLResponse:
    try:
        pas = _step(recit, suivi, conseiller)
        echange = follow_sent(suivi, recit)
    except EnvoiInvalide as refus:
        return show_refusal(request, suivi, recit, refus)
    if recit.immersion:
        return _outcome(request, conseiller, suivi, echange, recit)
    return _ask(request, conseiller, suivi, echange, pas, recit.revenir)


def _step(recit: Recit, suivi: Suivi, conseiller: Conseiller) -> Pas:
    """Raises EnvoiInvalide for a métier, an outcome or a facet that is not ours."""
    slug, _, rest = (recit.immersion or recit.vecu).partition(":")
    ressenti, _, raison = rest.partition(":")
    try:
        metier = conseiller.connaissances.metiers[slug] if slug else None
        pas = Pas(metier, Ressenti(ressenti) if ressenti else None)
    except (KeyError, ValueError):
        raise EnvoiInvalide(INCONNU, suivi.current(recit.conversation())) from None
    if recit.immersion and raison not in dict(pas.facettes):
        raise EnvoiInvalide(INCONNU, suivi.current(recit.conversation()))
    return pas


def _ask(
    request: Request, conseiller: Conseiller, suivi: Suivi, echange: Echange, pas: Pas, annule: str
) -> HTMLResponse:
    metiers = conseiller.connaissances.metiers
    said = bool(echange.profil.said_fields())
    first = conseiller.suppose(echange.personne).classement.slugs[:PREMIERS] if said else ()
    return render(
        request,
        "pages/immersion.html",
        pas=pas,
        annule=bool(annule),
        premiers=[metiers[slug] for slug in first],
        familles=[(f, [m for m in metiers.values() if m.famille is f]) for f in Famille],
        en_panne=suivi.en_panne,
        conversation=echange.conversation,
        voix=echange.conversation.voix,
        etat=echange.conversation.to_json(),
    )


def _outcome(
    request: Request, conseiller: Conseiller, suivi: Suivi, echange: Echange, recit: Recit
) -> HTMLResponse:
    suite = _compare(echange, recit, conseiller)
    return render(
        request,
        "pages/immersion_suite.html",
        suite=suite,
        changement=named(suite.changement, conseiller.connaissances.metiers),
        en_panne=suivi.en_panne,
        voix=echange.conversation.voix,
        etat=echange.conversation.to_json(),
    )


def _compare(echange: Echange, recit: Recit, conseiller: Conseiller) -> Suite:
    """With this immersion and without it: the same whether it is told now or sent again."""
    slug, ressenti, raison = recit.immersion.split(":")
    immersion = Immersion(metier=slug, ressenti=Ressenti(ressenti), raison=raison)
    before = told(_without(echange.conversation, immersion), conseiller)
    avant = conseiller.suppose(before).classement
    apres = conseiller.suppose(echange.personne).classement
    return Suite(
        conseiller.connaissances.metiers[slug],
        immersion,
        changes(avant.slugs, apres.slugs),
        (avant.rank(slug), apres.rank(slug)),
        before.complet != echange.personne.complet,
    )


def _without(conversation: Conversation, immersion: Immersion) -> Conversation:
    last = max((i for i, tour in enumerate(conversation.tours) if tour == immersion), default=None)
    tours = (tour for i, tour in enumerate(conversation.tours) if i != last)
    return conversation.model_copy(update={"tours": tuple(tours)})
