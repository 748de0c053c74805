"""A text heard once: what all reading and measuring work from, so that nothing is computed twice.

Personal details are blanked first (`service/neutralisation.py`); then words are corrected and brought to one
gender. Every word keeps its place in the text, so that what is understood can be quoted as it was typed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from service.francais import Mot, clean, split_words
from service.neutralisation import Neutraliseur

CITES_DE_CHAQUE_COTE = 3
_PONCTUATION = frozenset(",.;:!?()…")


@dataclass(frozen=True)
class Ecoute:
    """One text, as the program hears it."""

    propre: str
    """Cleaned, as typed: what may be quoted."""
    masque: str
    """The same, with everything personal blanked; same length."""
    mots: tuple[Mot, ...]
    """The corrected words of `masque`, one gender."""

    @cached_property
    def neutre(self) -> str:
        """The words alone."""
        return " ".join(m.forme for m in self.mots)

    @cached_property
    def phrase(self) -> str:
        """The words with their punctuation: « j adore les bebes, pas les ados. »"""
        return " ".join(self._pieces)

    def clause_around(self, place: int) -> str:
        """The words as typed around a place of `phrase`, up to the punctuation, a few at most."""
        if not self.mots:
            return ""
        middle = max(0, bisect_right(self._debuts, place) - 1)
        ends = [i for i, piece in enumerate(self._pieces) if piece[-1] in _PONCTUATION]
        before = max((i + 1 for i in ends if i < middle), default=0)
        after = min((i for i in ends if i >= middle), default=len(self.mots) - 1)
        first = self.mots[max(before, middle - CITES_DE_CHAQUE_COTE)]
        last = self.mots[min(after, middle + CITES_DE_CHAQUE_COTE)]
        return self.propre[first.debut : last.fin]

    @cached_property
    def _pieces(self) -> list[str]:
        """Each word, and the punctuation that follows it before the next."""
        if not self.mots:
            return []
        ends = [*(m.debut for m in self.mots[1:]), len(self.masque)]
        marks = (self.masque[m.fin : end] for m, end in zip(self.mots, ends, strict=True))
        return [
            m.forme + "".join(c for c in mark if c in _PONCTUATION)
            for m, mark in zip(self.mots, marks, strict=True)
        ]

    @cached_property
    def _debuts(self) -> Sequence[int]:
        places, place = [], 0
        for piece in self._pieces:
            places.append(place)
            place += len(piece) + 1
        return places


def hear(texte: str, neutraliseur: Neutraliseur) -> Ecoute:
    """Hear one text. Never fails; an empty text has no words."""
    propre, orthographe = clean(texte), neutraliseur.orthographe
    masque = neutraliseur.mask(propre)
    corrected = orthographe.correct(split_words(masque))
    mots = (Mot(orthographe.one_gender(m.forme), m.debut, m.fin) for m in corrected)
    return Ecoute(propre, masque, tuple(mots))
