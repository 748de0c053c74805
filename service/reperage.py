"""Finds known expressions in a sequence of words, whatever their plural, gender or verb form.

Small words (articles, pronouns) never count: « aider à se laver » is found wherever the words that carry
meaning, « aider » and « laver », stand side by side. Which words count is a filter: formules.py has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from service.francais import Mot, split_words, stem

P = TypeVar("P")

# Words that carry no meaning of their own here. Negations are kept: they do.
VIDES = frozenset(
    "a ai as au aux avec avoir c ce ces cet cette d dans de des du elle elles en est et eux il ils j je l"
    " la le les leur leurs lui m ma me mes moi mon n ne nos notre nous on ont ou par pour qui s sa se ses"
    " si son sont sur t ta te tes toi ton tu un une vos votre vous y ca cela".split()
)


# « chez moi » and « chez eux » are two places.
TONIQUES = frozenset("moi toi nous vous eux elle elles lui soi".split())


@dataclass(frozen=True)
class Trouvaille(Generic[P]):
    """One expression found: which words of the sentence (raw indices, end excluded) and its payload."""

    debut: int
    fin: int
    charge: P


Filtre = Callable[[Sequence[Mot], int], bool]
"""Whether the word at this place counts."""


class Reperage(Generic[P]):
    """A set of expressions, each carrying a payload; the longest one wins at each place."""

    def __init__(self, expressions: Iterable[tuple[str, P]], compte: Filtre | None = None) -> None:
        self._compte = compte or carries_meaning
        self._par_tete: dict[str, dict[tuple[str, ...], list[P]]] = {}
        for expression, charge in expressions:
            racines = tuple(s for s, _ in placed_stems(split_words(expression), self._compte))
            charges = self._par_tete.setdefault(racines[0], {}).setdefault(racines, []) if racines else []
            if charge not in charges:
                charges.append(charge)
        self._tailles = {tete: max(map(len, known)) for tete, known in self._par_tete.items()}

    def find(self, mots: Sequence[Mot]) -> list[Trouvaille[P]]:
        """Every expression of the longest length at each place; several may share one place."""
        places = placed_stems(mots, self._compte)
        racines = tuple(s for s, _ in places)
        found: list[Trouvaille[P]] = []
        place = 0
        while place < len(places):
            size = self._longest(racines, place)
            if size:
                debut, fin = places[place][1], places[place + size - 1][1] + 1
                charges = self._par_tete[racines[place]][racines[place : place + size]]
                found += [Trouvaille(debut, fin, charge) for charge in charges]
            place += size or 1
        return found

    def _longest(self, racines: tuple[str, ...], place: int) -> int:
        """How many words the longest expression that starts here has; 0 when none does."""
        known = self._par_tete.get(racines[place])
        if known is None:
            return 0
        most = min(self._tailles[racines[place]], len(racines) - place)
        return next((n for n in range(most, 0, -1) if racines[place : place + n] in known), 0)


def placed_stems(mots: Sequence[Mot], compte: Filtre) -> list[tuple[str, int]]:
    """The stems of the words that count, with their place; all words when all are small: « j'y vais »."""
    kept = [(stem(m.forme), i) for i, m in enumerate(mots) if compte(mots, i)]
    return kept or [(stem(m.forme), i) for i, m in enumerate(mots)]


def carries_meaning(mots: Sequence[Mot], place: int) -> bool:
    """Whether a word says something by itself."""
    forme = mots[place].forme
    after_chez = place > 0 and mots[place - 1].forme == "chez"
    # « nouveau-né » loses its accent before it comes here.
    newborn = forme == "ne" and place > 0 and mots[place - 1].forme.startswith("nouveau")
    return forme not in VIDES or (after_chez and forme in TONIQUES) or newborn
