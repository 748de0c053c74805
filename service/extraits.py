"""The sentences of a métier's file that answer a question best, found by meaning.

A file says four to six things that weigh; who asks about death at work must not be told of week-ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.schema import Metier
from models.encoder import Encodeur
from models.index import Index


@dataclass(frozen=True)
class _Phrase:
    cle: str
    """The métier it is about."""
    texte: str


class Extraits:
    """What weighs in each métier, indexed once."""

    def __init__(self, metiers: Mapping[str, Metier], encodeur: Encodeur) -> None:
        self._encodeur = encodeur
        self._phrases = [_Phrase(slug, texte) for slug, m in metiers.items() for texte in m.pese]
        self._index = Index.build(encodeur, self._phrases, date="")

    def closest(self, question: str, slug: str, combien: int) -> tuple[str, ...]:
        """What weighs in one métier, closest to the question first; never more than the file holds."""
        vecteurs = self._encodeur.encode([question])
        (found,) = self._index.search(vecteurs, len(self._phrases))
        own = [self._phrases[hit.position].texte for hit in found if hit.cle == slug]
        return tuple(own[:combien])
