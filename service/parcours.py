"""How far a person stands from a métier: months of training left, and whether a condition is in the way.

First version: the usual shortest door. Routes through other métiers come with the graph of passerelles.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.loading import Connaissances
from knowledge.schema import Certification, Metier
from service.diplomes import below
from service.orientation import Verdict
from service.profil import ProfilNeutre

# Bringing someone one level up (CAP → bac, say) before a training that asks for it, in months.
MOIS_PAR_NIVEAU = 12
# What is left of a training for someone exempted from part of it; the school decides the exact share.
PART_RESTANTE = 0.6
# A training a little longer than said is to be discussed, not refused.
TOLERANCE = 1.25


@dataclass(frozen=True)
class Distance:
    """Where this person stands from this métier."""

    mois: int
    """Training left before a first post, in months."""
    paliers: int
    """Levels of study missing to enter the usual training."""
    passerelle: str | None = None
    """Key of the certification held that opens or shortens the way."""
    acquis: str | None = None
    """Key of the certification held that already opens the métier."""


def distance(profil: ProfilNeutre, metier: Metier, connaissances: Connaissances) -> Distance:
    """The shortest of the doors we know."""
    certifications = [connaissances.certifications[c] for c in metier.acces.certifications]
    if held := _sufficient(certifications, metier, profil.acquis):
        return Distance(0, 0, acquis=held)
    for certification in certifications:
        if bridge := _bridge(certification, profil.acquis):
            return Distance(_shortened(certification, metier, bridge), 0, passerelle=bridge)
    niveau = profil.niveau
    missing = below(niveau, metier.acces.niveau_entree) if niveau else 0
    if metier.acces.sans_diplome and profil.etudes_max and not profil.etudes_max.mois:
        return Distance(0, missing)
    return Distance(metier.acces.duree_mois + missing * MOIS_PAR_NIVEAU, missing)


def verdict(profil: ProfilNeutre, metier: Metier, ecart: Distance) -> Verdict:
    """Whether the way in is open, to be checked, or closed for what this person accepts."""
    limit = profil.etudes_max
    if limit and ecart.mois > max(limit.mois * TOLERANCE, 1):
        return Verdict.BLOQUANT
    if metier.exigences.permis.niveau == "indispensable" and profil.permis is False:
        return Verdict.BLOQUANT
    known = limit is not None and (profil.niveau is not None or ecart.acquis is not None)
    open_door = known and not ecart.paliers and metier.exigences.agrement is None
    return Verdict.COMPATIBLE if open_door else Verdict.A_VERIFIER


def _sufficient(certifications: list[Certification], metier: Metier, acquis: frozenset[str]) -> str | None:
    """The certification held that opens the métier at once: the main one, or any where none is compulsory."""
    if not certifications:
        return None
    main, *others = certifications
    if main.cle in acquis:
        return main.cle
    if metier.exigences.diplome.obligatoire:
        return None
    # A BTS that the main diploma builds upon is a step towards it, not the diploma.
    return next((c.cle for c in others if c.cle in acquis and c.cle not in main.requiert), None)


def _bridge(certification: Certification, acquis: frozenset[str]) -> str | None:
    required = [*certification.requiert, *(a.depuis for a in certification.allegements)]
    return next((cle for cle in required if cle in acquis), None)


def _shortened(certification: Certification, metier: Metier, bridge: str) -> int:
    months = certification.mois if certification.mois is not None else metier.acces.duree_mois
    return months if bridge in certification.requiert else round(months * PART_RESTANTE)
