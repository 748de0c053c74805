"""« Pas pour moi », and why: the reasons a métier may be set aside for, and what each says of the person."""

from __future__ import annotations

from knowledge.schema import Metier
from service.criteres import COEUR
from service.profil import GOUTS, EtudesMax, Profil

SALAIRE, AUTRE = "salaire", "autre"
"""Reasons that set the métier aside and say nothing of the others."""
# From this length on, « trop d'études » may be a reason.
LONG_MOIS = 9


def reasons(metier: Metier) -> tuple[str, ...]:
    """What may put someone off in this métier, as fields of the Profil, then pay and « autre »."""
    heart = [
        f"{champ}.{cle}"
        for champ in GOUTS
        for cle, intensite in getattr(metier.intensites, champ).items()
        if intensite.note >= COEUR
    ]
    often = [f"contraintes.{cle}" for cle, c in metier.conditions.items() if c.frequence.est_habituelle]
    long = ["etudes_max"] if metier.acces.duree_mois >= LONG_MOIS else []
    return (*heart, *often, *long, SALAIRE, AUTRE)


def meaning(raison: str, metier: Metier) -> Profil:
    """The part of a Profil a reason adds; nothing when it is none of this métier's."""
    if raison not in reasons(metier):
        return Profil()
    champ, _, cle = raison.partition(".")
    if champ in GOUTS:
        return Profil.model_validate({champ: {cle: -2}})
    if champ == "contraintes":
        return Profil.model_validate({champ: {cle: "non"}})
    if champ == "etudes_max":
        shorter = (e for e in reversed(EtudesMax) if e.mois < metier.acces.duree_mois)
        return Profil(etudes_max=next(shorter))
    return Profil()
