"""« Près de chez vous » : offres, formations, événements around a place that is never in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse
from numpy.typing import NDArray

from knowledge.schema import Metier
from service.catalogue.ailleurs import AILLEURS
from service.catalogue.catalogue import Catalogue
from service.catalogue.fiches import Genre
from service.catalogue.recherche import RAYON_KM, Demande, Origine, Resultats
from service.conseiller import Conseiller, Personne
from service.conversation import Conversation, Endroit
from web.dependencies import CatalogueDep, ConseillerDep
from web.plan import Point, points
from web.rendering import render
from web.routes.lieu import LieuSaisi, read_lieu
from web.routes.recherche import CASES, RAYONS_KM, UTILES, Recherche
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
RechercheForm = Annotated[Recherche, Form()]

APERCU = {Genre.OFFRE: 1, Genre.FORMATION: 1, Genre.EVENEMENT: 1}
"""How many of each a preview shows."""
REPERES = 5
"""Names of towns on the map."""


@dataclass(frozen=True)
class Vue:
    """A search as the page shows it: what was asked for, and what was found when it could be looked for."""

    conversation: Conversation
    recherche: Recherche
    lieu: LieuSaisi
    genre: Genre
    rayon: int
    erreurs: Mapping[str, str] = field(default_factory=dict)
    """By field; `etat` and what no field of the page can send come first."""
    demande: Demande | None = None
    resultats: Resultats | None = None

    @property
    def pages(self) -> int:
        found = self.resultats.total if self.resultats else 0
        return ceil(found / self.demande.limite) if self.demande else 0

    @property
    def premier(self) -> int:
        """Rank of the first of this page."""
        return (self.demande.page - 1) * self.demande.limite + 1 if self.demande else 1

    @property
    def points(self) -> tuple[Point, ...]:
        return points(self.resultats.trouvailles, self.premier) if self.resultats else ()

    @property
    def repondu(self) -> bool:
        """Whether there are answers to go back to: someone may come straight from a métier."""
        answers = (t for t in self.conversation.tours if not isinstance(t, Endroit))
        return self.conversation.public is not None or any(answers)

    @property
    def status(self) -> int:
        return 422 if self.erreurs or self.lieu.erreur else 200


@router.get("/proche/{slug}")
def proche(
    request: Request, slug: str, conseiller: ConseillerDep, catalogue: CatalogueDep, suivi: SuiviDep
) -> HTMLResponse:
    metier = _metier(slug, conseiller)
    return _page(request, metier, _look(metier, Recherche(), conseiller, catalogue, suivi), conseiller)


@router.post("/proche/{slug}")
def chercher(
    request: Request,
    slug: str,
    envoi: RechercheForm,
    conseiller: ConseillerDep,
    catalogue: CatalogueDep,
    suivi: SuiviDep,
) -> HTMLResponse:
    metier = _metier(slug, conseiller)
    return _page(request, metier, _look(metier, envoi.unfiltered(), conseiller, catalogue, suivi), conseiller)


@router.post("/proche/{slug}/apercu")
def apercu(
    request: Request,
    slug: str,
    envoi: RechercheForm,
    conseiller: ConseillerDep,
    catalogue: CatalogueDep,
    suivi: SuiviDep,
) -> HTMLResponse:
    """The few lines that join a card once the advice is on screen, when the place is known."""
    metier = _metier(slug, conseiller)
    resultats = _glance(metier, envoi, conseiller, catalogue, suivi)
    return render(
        request,
        "fragments/apercu.html",
        metier=metier,
        resultats=resultats,
        en_panne=all(r.origine is Origine.INDISPONIBLE for r in resultats.values()),
        inventes=any(t.demonstration for r in resultats.values() for t in r.trouvailles),
    )


@router.post("/communes")
def suggerer(request: Request, envoi: RechercheForm, conseiller: ConseillerDep) -> HTMLResponse:
    """What may be meant by what is being typed; posted, so that no address holds a place."""
    communes = conseiller.communes.named(envoi.lieu) if envoi.lieu.strip() else []
    return render(request, "fragments/communes.html", communes=communes)


def _page(request: Request, metier: Metier, vue: Vue, conseiller: Conseiller) -> HTMLResponse:
    centre = vue.lieu.commune
    rayon_km = (vue.resultats.rayon_km if vue.resultats else None) or vue.rayon
    return render(
        request,
        "pages/proche.html",
        "fragments/proche.html",
        status=vue.status,
        metier=metier,
        vue=vue,
        voix=vue.conversation.voix,
        etat=vue.conversation.to_json(),
        reperes=conseiller.communes.landmarks(centre, rayon_km, REPERES) if centre else (),
        rayons=sorted({*RAYONS_KM, vue.rayon}),
        utiles=[case for case in CASES if case in UTILES[vue.genre]],
        contrats="contrat" in UTILES[vue.genre],
        ailleurs=AILLEURS[vue.genre],
        tuiles=request.app.state.tuiles,
        jour=date.today(),
    )


def _look(
    metier: Metier, recherche: Recherche, conseiller: Conseiller, catalogue: Catalogue, suivi: Suivi
) -> Vue:
    conversation, personne, erreurs = suivi.read(recherche.etat)
    lieu = read_lieu(recherche.saisie, conversation, conseiller.communes)
    voulu, refus = recherche.voulu()
    conversation = suivi.settle(conversation, lieu, voulu.rayon)
    rayon = voulu.rayon or (conversation.endroit and conversation.endroit.rayon_km) or RAYON_KM
    genre = voulu.genre or _first(metier)
    vue = Vue(conversation, recherche, lieu, genre, rayon, erreurs | refus)
    if vue.erreurs or lieu.commune is None:
        return vue
    demande = Demande(
        genre=genre,
        metier=metier.slug,
        commune=lieu.commune,
        rayon_km=rayon,
        filtres=voulu.filtres(genre),
        page=voulu.page,
    )
    resultats = catalogue.search(demande, _words(personne, conseiller))
    return replace(vue, demande=demande, resultats=resultats)


def _glance(
    metier: Metier, envoi: Recherche, conseiller: Conseiller, catalogue: Catalogue, suivi: Suivi
) -> dict[Genre, Resultats]:
    conversation, personne, _ = suivi.read(envoi.etat)
    commune = read_lieu(envoi.saisie, conversation, conseiller.communes).commune
    if commune is None:
        raise HTTPException(400)
    rayon = (conversation.endroit and conversation.endroit.rayon_km) or RAYON_KM
    demandes = [
        Demande(genre=genre, metier=metier.slug, commune=commune, rayon_km=rayon, limite=limite)
        for genre, limite in APERCU.items()
    ]
    return dict(zip(APERCU, catalogue.search_all(demandes, _words(personne, conseiller)), strict=True))


def _words(personne: Personne, conseiller: Conseiller) -> NDArray[np.float32] | None:
    """What was written, as it may be compared: neutral, without name, place or gender."""
    texte = personne.ecrit.lecture.texte
    return conseiller.direction(texte) if texte else None


def _first(metier: Metier) -> Genre:
    """What to show first: jobs where one may start without a diploma, else the courses that lead there."""
    return Genre.OFFRE if metier.acces.sans_diplome else Genre.FORMATION


def _metier(slug: str, conseiller: Conseiller) -> Metier:
    metier = conseiller.connaissances.metiers.get(slug)
    if metier is None:
        raise HTTPException(404)
    return metier
