"""What closes a way to a métier, and what would open it: said when no way is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from knowledge.loading import Connaissances
from knowledge.schema import Niveau
from service.etapes import APPRENTI_MIN, APPRENTI_SUR
from service.libelles import ETUDES, NIVEAUX_DEMANDES, duration
from service.orientation import Verdict
from service.parcours import Condition, Etape, Nature, Parcours
from service.profil import EtudesMax, Voix

TROP_LONG = (
    "Ce chemin prend {duree}. C'est plus que ce que tu acceptes.",
    "Ce chemin prend {duree}. C'est plus que ce que vous acceptez.",
)
PLUS_LONG = ("Il s'ouvre si tu acceptes {etudes}.", "Il s'ouvre si vous acceptez {etudes}.")
TROP_JEUNE = (
    "Tu peux attendre, et faire un stage d'ici là.",
    "Vous pouvez attendre, et faire un stage d'ici là.",
)
APPRENTI_TROP_JEUNE = "Il est trop tôt pour un contrat d'apprentissage."
APPRENTI_TROP_AGE = "L'âge de l'apprentissage est passé, sauf exception."
APPRENTI_OUVRE = (
    "Une école ou un emploi peuvent mener au même diplôme. Demande à un conseiller ou à une conseillère.",
    "Une école ou un emploi peuvent mener au même diplôme. Demandez à un conseiller ou à une conseillère.",
)
NIVEAU_OUVRE = (
    "Tu peux d'abord passer un diplôme de ce niveau. Une école ou un emploi y mènent.",
    "Vous pouvez d'abord passer un diplôme de ce niveau. Une école ou un emploi y mènent.",
)
DIPLOME_OUVRE = ("Tu peux d'abord passer ce diplôme.", "Vous pouvez d'abord passer ce diplôme.")
PERMIS_OUVRE = (
    "Il s'ouvre si tu passes le permis B. Des aides existent pour le payer.",
    "Il s'ouvre si vous passez le permis B. Des aides existent pour le payer.",
)


class Verrou(NamedTuple):
    ferme: str
    ouvre: str


def locks(
    parcours: Parcours, limite: EtudesMax | None, connaissances: Connaissances, voix: Voix, age: int | None
) -> tuple[Verrou, ...]:
    """Each thing that closes this way, once, with what would open it."""
    told = _Verrous(connaissances, 0 if voix == "tu" else 1, age)
    return tuple(dict.fromkeys(told.of(parcours, limite)))


class _Verrous:
    def __init__(self, connaissances: Connaissances, rang: int, age: int | None) -> None:
        self._certifications = connaissances.certifications
        self._rang = rang
        self._age = age

    def of(self, parcours: Parcours, limite: EtudesMax | None) -> Iterator[Verrou]:
        if parcours.length(limite) is Verdict.BLOQUANT:
            yield self._too_long(parcours)
        for etape in parcours.etapes:
            yield from (self._of(c, etape) for c in etape.conditions if c.verdict is Verdict.BLOQUANT)
        yield from (self._of(c, None) for c in parcours.entree if c.verdict is Verdict.BLOQUANT)

    def _too_long(self, parcours: Parcours) -> Verrou:
        mois = parcours.mois_formation
        duree = f"{duration(mois)} de formation" if mois else "une formation"
        long_enough = (e for e in EtudesMax if parcours.length(e) is not Verdict.BLOQUANT)
        etudes = ETUDES[next(long_enough, EtudesMax.CINQ_ANS)]
        return Verrou(TROP_LONG[self._rang].format(duree=duree), PLUS_LONG[self._rang].format(etudes=etudes))

    def _of(self, condition: Condition, etape: Etape | None) -> Verrou:
        if condition.code == "niveau":
            return Verrou(
                f"Il faut {NIVEAUX_DEMANDES[Niveau(str(condition.seuil))]}.", NIVEAU_OUVRE[self._rang]
            )
        if condition.code == "age":
            return self._of_age(condition, etape)
        if condition.code == "diplome" and etape:
            asked = (self._certifications[c].titre for c in self._certifications[etape.cle].requiert)
            return Verrou(f"Il faut d'abord ce diplôme : {' ou '.join(asked)}.", DIPLOME_OUVRE[self._rang])
        return Verrou("Il faut le permis B.", PERMIS_OUVRE[self._rang])

    def _of_age(self, condition: Condition, etape: Etape | None) -> Verrou:
        if etape is None or etape.nature is not Nature.APPRENTISSAGE or condition.seuil != APPRENTI_SUR:
            return Verrou(f"Il faut avoir {condition.seuil} ans.", TROP_JEUNE[self._rang])
        if self._age is not None and self._age < APPRENTI_MIN:
            return Verrou(APPRENTI_TROP_JEUNE, TROP_JEUNE[self._rang])
        return Verrou(APPRENTI_TROP_AGE, APPRENTI_OUVRE[self._rang])
