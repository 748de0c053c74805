"""Comment devenir… : the ways to one métier, what may pay for them, whom to see; and the ladder of a famille.

What is told of oneself comes in the body of a form and goes with the page: no address holds any of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse

from knowledge.financement import Paie
from knowledge.loading import Connaissances
from knowledge.schema import Famille, Metier, Niveau
from service.conseiller import Conseiller, Personne
from service.contacts import Joindre, load_territoires, near, reach
from service.conversation import Conversation
from service.echelle import Marche, ladder
from service.financement import Piste, pistes
from service.libelles import value_label
from service.orientation import Verdict
from service.parcours import Parcours, propose
from service.position import Position, useful
from service.profil import EtudesMax
from service.recit import ParcoursDit, Recit
from service.reseau import Reseau, network
from service.verrous import Verrou, locks
from web import libelles
from web.frise import Frise, draw, longest
from web.rendering import render
from web.routes.lieu import Saisie, read_lieu
from web.routes.position import PositionSaisie
from web.routes.suivi import Suivi, SuiviDep

router = APIRouter(include_in_schema=False)
PositionForm = Annotated[PositionSaisie, Form()]

NIVEAUX = {niveau.value: value_label("niveau", niveau.value) for niveau in Niveau}
ETUDES = {etudes.value: value_label("etudes_max", etudes.value) for etudes in EtudesMax}
FAMILLES = {libelles.anchor(famille): famille for famille in Famille}


@dataclass(frozen=True)
class Visite:
    """Someone in front of these pages: what came with the form, and what was made of it."""

    conversation: Conversation
    personne: Personne
    position: Position
    saisie: PositionSaisie
    erreurs: Mapping[str, str]

    @property
    def status(self) -> int:
        return 422 if self.erreurs else 200

    @property
    def etat(self) -> str | None:
        """The answers to carry along; None when there are none, and so nowhere to go back to."""
        return self.conversation.to_json() if self.conversation != Conversation() else None


class Voie(NamedTuple):
    """One way, as the page shows it."""

    dit: ParcoursDit
    frise: Frise | None
    verrous: tuple[Verrou, ...]


class Groupe(NamedTuple):
    """What may help, by what it gives."""

    cle: str
    pistes: tuple[Piste, ...]


class Place(NamedTuple):
    """One métier on the ladder."""

    marche: Marche
    dit: ParcoursDit
    verrous: tuple[Verrou, ...]


@router.get("/parcours/{slug}")
def parcours(request: Request, slug: str, suivi: SuiviDep) -> HTMLResponse:
    return _parcours(request, slug, PositionSaisie(), suivi)


@router.post("/parcours/{slug}")
def parcours_depuis(request: Request, slug: str, saisie: PositionForm, suivi: SuiviDep) -> HTMLResponse:
    """The same page for someone who said where they stand, here or in the conversation."""
    return _parcours(request, slug, saisie, suivi)


@router.get("/echelle/{famille}")
def echelle(request: Request, famille: str, suivi: SuiviDep) -> HTMLResponse:
    return _echelle(request, famille, PositionSaisie(), suivi)


@router.post("/echelle/{famille}")
def echelle_depuis(request: Request, famille: str, saisie: PositionForm, suivi: SuiviDep) -> HTMLResponse:
    """The same ladder from where this person stands."""
    return _echelle(request, famille, saisie, suivi)


# --- the ways to one métier --------------------------------------------------------------------------------


def _parcours(request: Request, slug: str, saisie: PositionSaisie, suivi: Suivi) -> HTMLResponse:
    conseiller = suivi.conseiller
    connaissances = conseiller.connaissances
    metier = connaissances.metiers.get(slug)
    if metier is None:
        raise HTTPException(404)
    visite = _visite(saisie, suivi)
    voies = _ways(metier, visite, conseiller)
    return render(
        request,
        "pages/parcours.html",
        status=visite.status,
        metier=metier,
        devenir=metier.nom,
        voies=voies,
        groupes=_groups(voies, visite, connaissances),
        **_people(metier, visite, conseiller),
        **_form(visite, connaissances),
        offerts=_offered(metier, visite, network(connaissances)),
        familles=[(f, [m for m in connaissances.metiers.values() if m.famille is f]) for f in Famille],
    )


def _ways(metier: Metier, visite: Visite, conseiller: Conseiller) -> tuple[Voie, ...]:
    """The few ways worth showing, drawn to one scale."""
    personne, limite = visite.personne, visite.position.etudes_max
    found = visite.position.ways(metier.slug, personne, conseiller)
    recit = Recit(conseiller.connaissances, personne.voix, date.today())
    dits = [recit.tell(way, limite, atouts) for way, atouts in propose(found, limite).items()]
    scale = longest(dits)
    return tuple(
        Voie(dit, draw(dit, metier, scale), _locks(dit.parcours, visite, conseiller.connaissances))
        for dit in dits
    )


def _locks(way: Parcours, visite: Visite, connaissances: Connaissances) -> tuple[Verrou, ...]:
    limite = visite.position.etudes_max
    if way.is_open(limite):
        return ()
    return locks(way, limite, connaissances, visite.personne.voix, visite.position.age)


def _groups(voies: tuple[Voie, ...], visite: Visite, connaissances: Connaissances) -> list[Groupe]:
    """What may pay for these ways, in the order given."""
    ways = tuple(voie.dit.parcours for voie in voies)
    aimed = _level(ways, connaissances)
    found = pistes(visite.position.asks(visite.personne, ways, aimed), connaissances)
    return [Groupe(cle, tuple(group)) for cle, group in groupby(found, _kind)]


def _level(ways: tuple[Parcours, ...], connaissances: Connaissances) -> int | None:
    """European level of the nearest of the diplomas aimed at; None when one way needs none."""
    aimed = [connaissances.certifications[way.diplomes[-1]].niveau if way.diplomes else None for way in ways]
    known = [niveau for niveau in aimed if niveau is not None]
    return min(known) if len(known) == len(aimed) else None


def _kind(piste: Piste) -> str:
    if piste.verdict is Verdict.BLOQUANT:
        return "ferme"
    return "revenu" if piste.paie is Paie.LES_DEUX else piste.paie.value


def _people(metier: Metier, visite: Visite, conseiller: Conseiller) -> dict[str, Any]:
    """Whom to see, and the page of each contact a scheme names."""
    contacts = conseiller.connaissances.contacts
    commune = read_lieu(Saisie(), visite.conversation, conseiller.communes).commune
    territoire = load_territoires()[commune.departement] if commune else None
    pages: dict[str, Joindre] = {contact.cle: reach(contact, territoire) for contact in contacts}
    public = visite.personne.complet.public
    return {"contacts": near(contacts, public, commune, metier.slug), "guichets": pages}


# --- the ladder of a famille -------------------------------------------------------------------------------


def _echelle(request: Request, ancre: str, saisie: PositionSaisie, suivi: Suivi) -> HTMLResponse:
    conseiller = suivi.conseiller
    famille = FAMILLES.get(ancre)
    if famille is None:
        raise HTTPException(404)
    connaissances = conseiller.connaissances
    visite = _visite(saisie, suivi, short=True)
    # Who says nothing of their level sees the whole ladder, from its foot.
    position = replace(visite.position, niveau=visite.position.niveau or Niveau.SANS_DIPLOME)
    depart = position.departure(visite.personne, conseiller)
    found = ladder(network(connaissances), famille, depart, visite.position.etudes_max)
    place = _Placeur(visite, connaissances)
    return render(
        request,
        "pages/echelle.html",
        status=visite.status,
        famille=famille,
        familles=FAMILLES,
        echelons=[(e.diplomes, [place(m) for m in e.marches]) for e in found.echelons],
        fermes=[place(m) for m in found.fermes],
        **_form(visite, connaissances),
    )


class _Placeur:
    """Tells how one stands on the ladder, métier after métier."""

    def __init__(self, visite: Visite, connaissances: Connaissances) -> None:
        self._visite = visite
        self._connaissances = connaissances
        self._recit = Recit(connaissances, visite.personne.voix)

    def __call__(self, marche: Marche) -> Place:
        dit = self._recit.tell(marche.parcours, self._visite.position.etudes_max)
        return Place(marche, dit, _locks(marche.parcours, self._visite, self._connaissances))


# --- what came with the form -------------------------------------------------------------------------------


def _visite(saisie: PositionSaisie, suivi: Suivi, *, short: bool = False) -> Visite:
    """`short`: the form asked for the age and the level only, and the rest is as the conversation told it."""
    conseiller = suivi.conseiller
    conversation, personne, erreurs = suivi.read(saisie.etat)
    known = Position.of(personne, conseiller)
    if not saisie.repondu:
        shown = PositionSaisie.of(known, saisie.etat)
        return Visite(conversation, personne, known, shown, erreurs)
    read = (
        saisie.over(known, personne.voix) if short else saisie.read(conseiller.connaissances, personne.voix)
    )
    return Visite(conversation, personne, read[0], saisie, erreurs | read[1])


def _form(visite: Visite, connaissances: Connaissances) -> dict[str, Any]:
    """What the form needs on either page."""
    return {
        "saisie": visite.saisie,
        "erreurs": visite.erreurs,
        "dits": list(_said(visite.position, connaissances)),
        "niveaux": NIVEAUX,
        "etudes": ETUDES,
        "voix": visite.personne.voix,
        "etat": visite.etat,
    }


def _said(position: Position, connaissances: Connaissances) -> Iterator[str]:
    """What is known of where this person stands, a few words each."""
    if position.age:
        yield f"{position.age} ans"
    if position.niveau:
        yield NIVEAUX[position.niveau]
    yield from (connaissances.certifications[cle].titre for cle in sorted(position.acquis))
    yield from (connaissances.metiers[slug].titre.double for slug, _ in position.exerces)
    if position.etudes_max:
        yield ETUDES[position.etudes_max]
    if position.revenu:
        yield "un salaire pendant la formation"
    if position.statut:
        yield libelles.STATUTS[position.statut]


def _offered(metier: Metier, visite: Visite, reseau: Reseau) -> list[tuple[str, str]]:
    """The diplomas worth ticking, the lowest first: their keys and titles."""
    asked = useful(metier.slug, reseau) | visite.position.acquis
    every = (reseau.certifications[cle] for cle in asked)
    return [(c.cle, c.titre) for c in sorted(every, key=lambda c: (c.niveau or 0, c.titre))]
