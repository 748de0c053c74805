"""What a speaker does with a thing they name: love it, want it, accept it, refuse it, hesitate.

Works on the words of one clause and on places in it; knows nothing of what the things are. The nearest
operator decides, the one before rather than the one after, unless a refusal answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.schema import Geste
from service.francais import Mot, stem
from service.reperage import VIDES, Trouvaille

REFUS: tuple[Geste, ...] = ("rejet", "reserve")
# How far, in words, a refusal reaches: « pas du tout envie de travailler avec les … ».
PORTEE_REFUS = 8
# How far a gesture that follows may answer: « les enfants, le matin, j'adore ».
PORTEE_APRES = 4
# An intensifier or an auxiliary may stand between a refusal and the wish it refuses: « pas trop envie ».
_ENTRE_DEUX = frozenset("tout trop vraiment tellement plus forcement non bien tres envie".split())
# These open on what follows and never answer what came before: « ni nuit ni week-end ».
_OUVRANTS = frozenset("ni sans sauf plutot lieu".split())
# After these, someone else is spoken of: « un bébé qui ne va pas bien ».
_AUTRUI = frozenset("qui quand parce si elle il elles ils".split())
# A clause that opens so starts afresh: a refusal made before does not reach it.
_REPRISES = frozenset("avec je j moi juste plutot".split())


@dataclass(frozen=True)
class Place:
    """Where an expression stands in a clause, end excluded."""

    debut: int
    fin: int


def own_gestures(
    clause: Sequence[Mot], found: Sequence[Trouvaille[Geste]], things: Sequence[Place]
) -> list[Trouvaille[Geste]]:
    """The operators that are not part of a thing's own name (« sans diplôme »), comparisons included."""
    kept = [
        g
        for g in found
        if g.charge != "rien" and not any(t.debut <= g.debut and g.fin <= t.fin for t in things)
    ]
    return sorted([*kept, *_comparisons(clause)], key=lambda g: g.debut)


def gesture(
    clause: Sequence[Mot], thing: Place, gestes: Sequence[Trouvaille[Geste]], things: Sequence[Place]
) -> Geste | None:
    """What the speaker does with one thing, or None when they only name it."""
    after = next((g for g in gestes if g.debut >= thing.fin), None)
    if after and clause[after.debut].forme not in _OUVRANTS and _answers_at_once(after, thing, things):
        return after.charge
    before = [g for g in gestes if g.debut < thing.fin]
    if before:
        return _before(clause, thing, before, gestes)
    return _after(clause, thing, after, gestes, things) if after else None


def continues(clause: Sequence[Mot], gestes: Sequence[Trouvaille[Geste]], heritage: Geste | None) -> bool:
    """Whether a clause without a gesture goes on with the one before: « pas de piqûres, de sang »."""
    content = [m for m in clause if m.forme not in VIDES]
    fresh = heritage in REFUS and bool(clause) and clause[0].forme in _REPRISES
    return not gestes and len(content) <= 4 and not fresh


def opens(clause: Sequence[Mot], gestes: Sequence[Trouvaille[Geste]]) -> bool:
    """Whether the first word that carries meaning is a gesture: « ça ne me dérange pas »."""
    first = next((i for i, m in enumerate(clause) if m.forme not in VIDES), 0)
    return bool(gestes) and gestes[0].debut <= first and clause[gestes[0].debut].forme not in _OUVRANTS


def with_refusal(
    clause: Sequence[Mot], geste: Trouvaille[Geste], gestes: Sequence[Trouvaille[Geste]]
) -> Geste:
    """The gesture itself, or the refusal that governs it: « pas envie », « jamais aimé »."""
    if geste.charge in (*REFUS, "leve"):
        return geste.charge
    for autre in gestes:
        if autre.charge in (*REFUS, "leve") and _side_by_side(clause, autre, geste):
            return autre.charge
    return geste.charge


def _before(
    clause: Sequence[Mot],
    thing: Place,
    before: Sequence[Trouvaille[Geste]],
    gestes: Sequence[Trouvaille[Geste]],
) -> Geste | None:
    nearest = before[-1]
    if nearest.charge in REFUS and thing.debut - nearest.fin > PORTEE_REFUS:
        return None
    # « pas peur du sang ni des piqûres »: « ni » repeats what was said, here that nothing is feared.
    if clause[nearest.debut].forme == "ni" and len(before) > 1 and before[-2].charge == "leve":
        return "leve"
    return with_refusal(clause, nearest, gestes)


def _after(
    clause: Sequence[Mot],
    thing: Place,
    after: Trouvaille[Geste],
    gestes: Sequence[Trouvaille[Geste]],
    things: Sequence[Place],
) -> Geste | None:
    gap = clause[thing.fin : after.debut]
    far = len([m for m in gap if m.forme not in VIDES]) > PORTEE_APRES
    others = any(thing.debut < t.debut < after.debut for t in things)
    of_another = any(m.forme in _AUTRUI for m in gap)
    opening = clause[after.debut].forme in _OUVRANTS
    return None if far or others or of_another or opening else with_refusal(clause, after, gestes)


def _answers_at_once(after: Trouvaille[Geste], thing: Place, things: Sequence[Place]) -> bool:
    """« les bébés non », « la nuit bof »: a refusal that follows at once and opens on nothing else."""
    follows = after.charge in REFUS and after.debut - thing.fin <= 1
    return follows and not any(after.fin <= t.debut <= after.fin + 4 for t in things)


def _side_by_side(clause: Sequence[Mot], one: Trouvaille[Geste], other: Trouvaille[Geste]) -> bool:
    gap = clause[one.fin : other.debut] or clause[other.fin : one.debut]
    between = [m for m in gap if m.forme not in VIDES]
    apart = one.fin <= other.debut or other.fin <= one.debut
    return apart and len(between) <= 2 and all(m.forme in _ENTRE_DEUX for m in between)


def _comparisons(clause: Sequence[Mot]) -> list[Trouvaille[Geste]]:
    """« plutôt les enfants que les vieux », « je préfère X que Y »: what follows « que » is set aside."""
    opened = next((i for i, m in enumerate(clause) if stem(m.forme) in ("plutot", "prefer")), None)
    if opened is None:
        return []
    return [
        Trouvaille(i, i + 1, "rejet")
        for i, mot in enumerate(clause[:-1])
        if mot.forme in ("que", "qu")
        and i > opened + 1
        and clause[i + 1].forme not in ("je", "j", "tu", "on")
    ]
