"""Set phrases in a sentence, small words kept where they change the meaning: « pas pour moi ».

Where reperage.py looks for what sentences speak of, this is how people answer and ask: only articles,
pronouns before the verb and possessives are dropped. Knows no meanings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from service.francais import Mot, split_words
from service.reperage import Reperage, placed_stems

P = TypeVar("P")

PETITS = frozenset(
    "le la les l un une des de d du au aux a ai as ont ce cet cette ces c est sont je j tu t on il elle ils"
    " elles me m te se s nous vous ne n y en ca cela que qu mon ma mes ton ta tes son sa ses notre nos votre"
    " vos leur leurs".split()
)


def set_phrases(expressions: Iterable[tuple[str, P]]) -> Reperage[P]:
    """Phrases, each with what it says; of two that are heard the same, the first listed."""
    first: dict[tuple[str, ...], tuple[str, P]] = {}
    for expression, charge in expressions:
        first.setdefault(stems(expression), (expression, charge))
    return Reperage(first.values(), _counts)


def stems(texte: str) -> tuple[str, ...]:
    """The stems of an expression, small words left out; all of them when all are small: « je l'ai »."""
    return stems_of(split_words(texte))


def stems_of(mots: Sequence[Mot]) -> tuple[str, ...]:
    return tuple(s for s, _ in placed_stems(mots, _counts))


def _counts(mots: Sequence[Mot], place: int) -> bool:
    return mots[place].forme not in PETITS
