"""Finds set phrases in a sentence, small words kept where they change the meaning: « pas pour moi ».

Beside reperage.py, which finds what sentences speak of and drops every small word, this finds how people
answer and ask; only articles, pronouns before the verb and possessives are dropped. Knows no meanings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from service.francais import Mot, split_words, stem
from service.reperage import Trouvaille

P = TypeVar("P")

PETITS = frozenset(
    "le la les l un une des de d du au aux a ai as ont ce cet cette ces c est sont je j tu t on il elle ils"
    " elles me m te se s nous vous ne n y en ca cela que qu mon ma mes ton ta tes son sa ses notre nos votre"
    " vos leur leurs".split()
)


class Formules(Generic[P]):
    """Set phrases, each with what it says; the longest one wins at each place, the first listed if equal."""

    def __init__(self, expressions: Iterable[tuple[str, P]]) -> None:
        self._par_tete: dict[str, dict[tuple[str, ...], P]] = {}
        for expression, charge in expressions:
            racines = stems(expression)
            if racines:
                self._par_tete.setdefault(racines[0], {}).setdefault(racines, charge)
        self._tailles = {tete: max(map(len, known)) for tete, known in self._par_tete.items()}

    def find(self, mots: Sequence[Mot]) -> list[Trouvaille[P]]:
        """Every phrase, from left to right; two never share a word."""
        content = placed_stems(mots)
        racines = tuple(s for s, _ in content)
        found: list[Trouvaille[P]] = []
        place = 0
        while place < len(content):
            size = self._longest(racines, place)
            if size:
                charge = self._par_tete[racines[place]][racines[place : place + size]]
                found.append(Trouvaille(content[place][1], content[place + size - 1][1] + 1, charge))
            place += size or 1
        return found

    def _longest(self, racines: tuple[str, ...], place: int) -> int:
        """How many words the longest phrase that starts here has; 0 when none does."""
        known = self._par_tete.get(racines[place])
        if known is None:
            return 0
        most = min(self._tailles[racines[place]], len(racines) - place)
        return next((n for n in range(most, 0, -1) if racines[place : place + n] in known), 0)


def stems(texte: str) -> tuple[str, ...]:
    """The stems of an expression, small words left out."""
    return stems_of(split_words(texte))


def stems_of(mots: Sequence[Mot]) -> tuple[str, ...]:
    return tuple(s for s, _ in placed_stems(mots))


def placed_stems(mots: Sequence[Mot]) -> list[tuple[str, int]]:
    """The same with the place of each word; all words count when all are small: « je l'ai »."""
    kept = [(stem(m.forme), i) for i, m in enumerate(mots) if m.forme not in PETITS]
    return kept or [(stem(m.forme), i) for i, m in enumerate(mots)]
