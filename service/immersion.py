"""What a few days on site taught someone, as answers of the same kind: lived, so said last, so right."""

from __future__ import annotations

from enum import StrEnum

from knowledge.schema import Metier
from service.profil import GOUTS, Acceptation, Profil
from service.refus import AUTRE, reasons


class Ressenti(StrEnum):
    """How it went, next to what was expected."""

    MIEUX = "mieux"
    COMME_PREVU = "comme_prevu"
    MOINS_BIEN = "moins_bien"

    @property
    def plait(self) -> bool:
        """Whether the reason told is something liked."""
        return self is not Ressenti.MOINS_BIEN


def facets(metier: Metier) -> tuple[str, ...]:
    """What may have made it so: what this métier is made of, as fields of the Profil, then « autre ».

    Pay and length of training are not learned on site.
    """
    return tuple(r for r in reasons(metier) if r.partition(".")[0] in (*GOUTS, "contraintes", AUTRE))


def lesson(ressenti: Ressenti, raison: str, metier: Metier, connu: Profil) -> Profil:
    """The part of a Profil it adds to what was known; nothing for « autre », or for another métier's facet.

    Something liked as expected confirms what was said, and counts for a plain yes where nothing was.
    """
    champ, _, cle = raison.partition(".")
    if raison not in facets(metier) or raison == AUTRE:
        return Profil()
    if champ == "contraintes":
        accepted = Acceptation.OUI if ressenti.plait else Acceptation.NON
        return Profil.model_validate({champ: {cle: accepted}})
    degre = {Ressenti.MIEUX: 2, Ressenti.COMME_PREVU: 1, Ressenti.MOINS_BIEN: -2}[ressenti]
    if ressenti is Ressenti.COMME_PREVU:
        degre = max(degre, getattr(connu, champ).get(cle, 0))
    return Profil.model_validate({champ: {cle: degre}})
