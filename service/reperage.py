"""Finds known expressions in a sequence of words, whatever their plural, gender or verb form.

Small words (articles, pronouns) never count: « aider à se laver » is found wherever the words that carry
meaning, « aider » and « laver », stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


class Reperage(Generic[P]):
    """A set of expressions, each carrying a payload; the longest one wins at each place."""

    def __init__(self, expressions: Iterable[tuple[str, P]]) -> None:
        self._par_tete: dict[str, list[tuple[tuple[str, ...], P]]] = {}
        for expression, charge in expressions:
            stems = tuple(s for s, _ in _content(split_words(expression)))
            candidats = self._par_tete.setdefault(stems[0], []) if stems else []
            if (stems, charge) not in candidats:
                candidats.append((stems, charge))
        for candidats in self._par_tete.values():
            candidats.sort(key=lambda c: -len(c[0]))

    def find(self, mots: Sequence[Mot]) -> list[Trouvaille[P]]:
        """Every expression of the longest length at each place; several may share one place."""
        content = _content(mots)
        found: list[Trouvaille[P]] = []
        place = 0
        while place < len(content):
            hits = self._at(content, place)
            found += hits
            place += max((self._width(content, place, h) for h in hits), default=1)
        return found

    def _at(self, content: list[tuple[str, int]], place: int) -> list[Trouvaille[P]]:
        hits: list[Trouvaille[P]] = []
        longest = 0
        for stems, charge in self._par_tete.get(content[place][0], ()):
            if len(stems) < longest:
                break
            window = content[place : place + len(stems)]
            if tuple(s for s, _ in window) == stems:
                longest = len(stems)
                hits.append(Trouvaille(window[0][1], window[-1][1] + 1, charge))
        return hits

    @staticmethod
    def _width(content: list[tuple[str, int]], place: int, hit: Trouvaille[P]) -> int:
        return sum(1 for _, raw in content[place:] if raw < hit.fin)


def _content(mots: Sequence[Mot]) -> list[tuple[str, int]]:
    kept = [(stem(m.forme), i) for i, m in enumerate(mots) if _carries_meaning(mots, i)]
    # An expression made of small words only (« j'y vais ») still means something.
    return kept or [(stem(m.forme), i) for i, m in enumerate(mots)]


def _carries_meaning(mots: Sequence[Mot], place: int) -> bool:
    forme = mots[place].forme
    after_chez = place > 0 and mots[place - 1].forme == "chez"
    # « nouveau-né » loses its accent before it comes here.
    newborn = forme == "ne" and place > 0 and mots[place - 1].forme.startswith("nouveau")
    return forme not in VIDES or (after_chez and forme in TONIQUES) or newborn
