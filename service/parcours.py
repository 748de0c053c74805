"""What a parcours is: steps from where a person stands to a first post in a métier, and what each asks for.

Only types and sums here; reseau.py finds the ways, recit.py tells them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from knowledge.passerelle import Passerelle
from knowledge.schema import Niveau
from service.orientation import Verdict
from service.profil import EtudesMax

# Months counted for a step whose length nobody gives, to put ways in order; never shown.
MOIS_SUPPOSES = 12
# What is left of a training for someone exempted from part of it, to put ways in order; never shown.
PART_RESTANTE = 0.6
# A training a little longer than said is to be discussed, not refused.
TOLERANCE = 1.25
SEVERITE = (Verdict.BLOQUANT, Verdict.A_VERIFIER, Verdict.COMPATIBLE)
# The origins of passerelles that are neither a certification nor a métier.
TRAVAIL, AIDANCE, BAC = "travail", "aidance", "bac"


class Nature(StrEnum):
    """What one does during a step."""

    POSTE = "poste"
    FORMATION = "formation"
    APPRENTISSAGE = "apprentissage"
    VAE = "vae"


class Statut(StrEnum):
    """What one is during a step."""

    ELEVE = "eleve"
    APPRENTI = "apprenti"
    SALARIE = "salarie"
    STAGIAIRE = "stagiaire"


CodeCondition = Literal[
    "niveau", "diplome", "age", "pratique", "admission", "selection", "doute",
    "embauche", "agrement", "permis", "revenu", "employeur",
]  # fmt: skip


class Condition(NamedTuple):
    """One thing asked for on the way, against what is known of the person."""

    code: CodeCondition
    verdict: Verdict
    seuil: str | int | None = None
    """What is asked: a level, an age in years, the key of a diploma, a length in months."""


class Lien(NamedTuple):
    """A passerelle, with where it starts."""

    origine: str
    passerelle: Passerelle


class Etape(NamedTuple):
    """One step."""

    nature: Nature
    cle: str
    """A certification; for a post, a métier or `travail`."""
    mois: int | None
    """None when nobody says how long."""
    statut: Statut
    au_plus: bool = False
    """The school shortens it, and says by how much."""
    conditions: tuple[Condition, ...] = ()
    liens: tuple[Lien, ...] = ()
    """The passerelles that open or shorten it."""

    @property
    def nom(self) -> str:
        """What tells it from another: `formation DEAS`."""
        return f"{self.nature} {self.cle}"

    @property
    def mois_probables(self) -> float:
        """To put ways in order; never shown."""
        mois = MOIS_SUPPOSES if self.mois is None else self.mois
        return mois * PART_RESTANTE if self.au_plus else mois

    @property
    def est_une_formation(self) -> bool:
        return self.nature is not Nature.POSTE


@dataclass(frozen=True)
class Depart:
    """Where a person stands: all that may open or close a way."""

    acquis: frozenset[str] = frozenset()
    """Certifications held."""
    niveau: Niveau | None = None
    exerces: tuple[tuple[str, float | None], ...] = ()
    """Métiers practised and years of each, None when not said."""
    annees_travail: float | None = None
    """Years worked, whatever the job; None when nothing is known of them."""
    aidant: bool = False
    age: int | None = None
    jeune: bool = False
    """At school or just out of it, from what they say of themselves."""
    permis: bool | None = None
    revenu: bool = False
    """Must be paid while training."""


@dataclass(frozen=True)
class Parcours:
    """One way to a first post in a métier."""

    metier: str
    etapes: tuple[Etape, ...]
    entree: tuple[Condition, ...] = ()
    """What the post itself asks for."""
    attente: int = 0
    """Months between the last step and the post, for an official approval."""
    acquis: str | None = None
    """The certification already held that opens the métier."""

    @property
    def noms(self) -> tuple[str, ...]:
        """Its steps: `poste agent-de-service-hospitalier`, `formation DEAS`."""
        return tuple(etape.nom for etape in self.etapes)

    @property
    def conditions(self) -> Iterator[Condition]:
        for etape in self.etapes:
            yield from etape.conditions
        yield from self.entree

    @property
    def is_closed(self) -> bool:
        """Whether one of its conditions is not met, whatever training is accepted."""
        return any(c.verdict is Verdict.BLOQUANT for c in self.conditions)

    @property
    def doutes(self) -> int:
        """How many of its conditions are to be checked."""
        return sum(c.verdict is Verdict.A_VERIFIER for c in self.conditions)

    @property
    def mois_formation(self) -> int | None:
        """Months of training; None when one of the steps has no known length."""
        return _sum(e.mois for e in self.etapes if e.est_une_formation)

    @property
    def mois_total(self) -> int | None:
        """Training, practice asked for, and waiting; None when one of them has no known length."""
        total = _sum(e.mois for e in self.etapes)
        return None if total is None else total + self.attente

    @property
    def mois_avant_paie(self) -> int | None:
        """Months before the first paid day of the way."""
        before: list[int | None] = []
        for etape in self.etapes:
            if etape.statut in (Statut.APPRENTI, Statut.SALARIE):
                return _sum(before)
            before.append(etape.mois)
        return self.mois_total

    @property
    def au_plus(self) -> bool:
        """Whether a school may shorten it further."""
        return any(e.au_plus for e in self.etapes)

    @property
    def mois_probables(self) -> float:
        """Total months to put ways in order; never shown."""
        return sum(e.mois_probables for e in self.etapes) + self.attente

    @property
    def formation_probable(self) -> float:
        return sum(e.mois_probables for e in self.etapes if e.est_une_formation)

    @property
    def diplomes(self) -> tuple[str, ...]:
        """The certifications obtained on the way."""
        return tuple(e.cle for e in self.etapes if e.est_une_formation)

    def verdict(self, limite: EtudesMax | None) -> Verdict:
        """The hardest of its conditions, the longest training accepted included."""
        found = {c.verdict for c in self.conditions} | {self.length(limite)}
        return next(v for v in SEVERITE if v in found)

    def is_open(self, limite: EtudesMax | None) -> bool:
        """Whether nothing closes it, be it a condition or the longest training accepted."""
        return self.verdict(limite) is not Verdict.BLOQUANT

    def length(self, limite: EtudesMax | None) -> Verdict:
        """Its training against the longest accepted; unknown lengths are to be checked."""
        if limite is None:
            return Verdict.A_VERIFIER if self.mois_formation != 0 else Verdict.COMPATIBLE
        if self.formation_probable > max(limite.mois * TOLERANCE, 1):
            return Verdict.BLOQUANT
        surely = self.mois_formation is not None and self.mois_formation <= max(limite.mois, 1)
        return Verdict.COMPATIBLE if surely else Verdict.A_VERIFIER

    def order(self, limite: EtudesMax | None) -> tuple[object, ...]:
        """Sorts ways: open first, then as people are usually hired, then of known length, then the shortest.

        A way that is only too long is nearer than one that a condition closes.
        """
        conditions = list(self.conditions)
        closed = 2 * self.is_closed + (self.length(limite) is Verdict.BLOQUANT)
        rare = any(c.code == "embauche" for c in conditions)
        unpaid = any(c.code == "revenu" for c in conditions)
        unknown = self.mois_total is None
        length = self.mois_probables, self.formation_probable
        return closed, rare, unpaid, unknown, *length, self.doutes, len(self.etapes)


class Atout(StrEnum):
    """What one way has over the others."""

    COURT = "court"
    PAYE = "paye"
    SUR = "sur"


PROPOSES_MAX = 4


def propose(found: Sequence[Parcours], limite: EtudesMax | None) -> dict[Parcours, tuple[Atout, ...]]:
    """The few ways worth showing, best first, and what each has over the others.

    The shortest, the one paid soonest, the surest, then others that start otherwise. When every way is
    closed, the nearest one, so that the person sees what closes it.
    """
    ways = sorted(found, key=lambda way: way.order(limite))
    opened = [way for way in ways if way.is_open(limite)]
    if not opened:
        return dict.fromkeys(ways[:1], ())
    best = {
        Atout.COURT: min(opened, key=lambda way: way.mois_probables),
        Atout.PAYE: min(opened, key=_until_paid),
        Atout.SUR: min(opened, key=lambda way: way.doutes),
    }
    kept = dict.fromkeys([opened[0], *best.values()])
    starts = {way.noms[:1] for way in kept}
    for way in opened:
        if len(kept) < PROPOSES_MAX and way.noms[:1] not in starts:
            kept[way] = None
            starts.add(way.noms[:1])
    alone = len(kept) == 1
    return {way: () if alone else tuple(a for a, b in best.items() if b is way) for way in kept}


def _until_paid(way: Parcours) -> float:
    paid = way.mois_avant_paie
    return way.mois_probables if paid is None else paid


def _sum(mois: Iterable[int | None]) -> int | None:
    known = list(mois)
    return None if None in known else sum(m for m in known if m is not None)
