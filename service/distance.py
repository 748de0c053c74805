"""How far a person stands from a métier, for the ranking: months left, levels missing, what is held already.

Read off the best of their parcours, without their age, which never weighs on a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge.loading import Connaissances
from knowledge.schema import Metier
from service.diplomes import below
from service.orientation import Verdict
from service.parcours import Depart, Parcours
from service.profil import ProfilNeutre
from service.reseau import network

# What a missing level of study weighs, in months; never shown.
MOIS_PAR_NIVEAU = 12


@dataclass(frozen=True)
class Distance:
    """Where this person stands from this métier."""

    mois: int
    """Months before a first post, at most: training, and practice asked for before it."""
    mois_probables: float
    """The same when a school shortens it as schools usually do; weighs, and is never shown."""
    paliers: int
    """Levels of study missing to enter the usual training."""
    passerelle: str | None = None
    """Key of the certification held that opens or shortens the way."""
    acquis: str | None = None
    """Key of the certification held that already opens the métier."""
    longueur: Verdict = Verdict.A_VERIFIER
    """The training on the way, against the longest accepted."""


def distance(profil: ProfilNeutre, metier: Metier, connaissances: Connaissances) -> Distance:
    """Along the best way for what this person holds and accepts."""
    depart, limite = _departure(profil), profil.etudes_max
    reseau = network(connaissances)
    best = reseau.meilleur(metier.slug, depart, limite)
    usual = reseau.meilleur(metier.slug, replace(depart, niveau=None), limite)
    mois = metier.acces.duree_mois if best.mois_total is None else best.mois_total
    missing = below(profil.niveau, metier.acces.niveau_entree) if profil.niveau else 0
    # Working one's way round a missing level takes years; so does earning it: a year each, as it weighs.
    longer = missing * MOIS_PAR_NIVEAU if best.mois_probables > usual.mois_probables else 0
    # Waiting for an official approval is no training.
    probables = usual.mois_probables - usual.attente + longer
    return Distance(
        mois=mois,
        mois_probables=min(probables, mois),
        paliers=missing,
        passerelle=_crossed(best, profil.acquis, connaissances.metiers),
        acquis=best.acquis,
        longueur=best.length(limite),
    )


def _departure(profil: ProfilNeutre) -> Depart:
    practised = tuple((slug, None) for slug in sorted(profil.deja_exerces))
    return Depart(profil.acquis, profil.niveau, practised, aidant=bool(profil.aidant))


def _crossed(parcours: Parcours, acquis: frozenset[str], metiers: Mapping[str, Metier]) -> str | None:
    """The certification held that the way starts from, or that of the métier it starts from."""
    required = (str(c.seuil) for c in parcours.conditions if c.code == "diplome")
    origines = [lien.origine for etape in parcours.etapes for lien in etape.liens]
    practised = (c for o in origines if o in metiers for c in metiers[o].acces.certifications[:1])
    return next((cle for cle in (*required, *origines, *practised) if cle in acquis), None)
