"""Texts found by the letters they share: titles of jobs, of training courses, of offers.

The other half of a search by meaning: names, acronyms and rare words that an encoder averages away.
Both genders of a title are one text here: « Agent / Agente d'accueil », « agente d'accueil (H/F) » and
« agent d'accueil » share all their pieces.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

# Lengths of the pieces. Chosen, with all below, on ROME titles kept apart (`training.evaluate rome`).
LETTRES = (2, 3, 4)
PART_LEXICALE = 0.1
"""Share of this channel when mixed with the cosine of the encoder."""

_MENTION = re.compile(r"\(?\b[hfm]\s*[/-]\s*[hfm]\b\)?", re.IGNORECASE)
_FINALES = "e|ne|le|te|ère|trice|euse|ve"
_INCLUSIF = re.compile(rf"(?<=\w)(?:\((?:{_FINALES})\)|[·•](?:{_FINALES}))")
_MOT = re.compile(r"[^\W_]+")
_FEMININS = (
    ("trice", "teur"), ("euse", "eur"), ("iere", "ier"), ("ienne", "ien"), ("elle", "el"), ("ive", "if"),
    ("effe", "ef"), ("ante", "ant"), ("ente", "ent"), ("ale", "al"), ("ere", "er"), ("ee", "e"),
    ("ure", "ur"),
)  # fmt: skip


def one_gender(titre: str) -> str:
    """The title said once: « Agent / Agente d'accueil (H/F) » → « Agent d accueil ».

    Without a slash the words stay as they are.
    """
    simple = _INCLUSIF.sub("", _MENTION.sub("", titre))
    if "/" not in simple:
        return simple.strip()
    # A dict keeps the first spelling of each word, in order.
    said: dict[str, str] = {}
    for mot in _MOT.findall(simple):
        said.setdefault(masculine(_fold(mot)), mot)
    return " ".join(said.values())


def masculine(mot: str) -> str:
    """A folded word with a masculine ending: for names of jobs, and to compare, never to show."""
    singulier = mot[:-1] if mot.endswith("s") and len(mot) > 4 else mot
    for feminin, masculin in _FEMININS:
        if singulier.endswith(feminin) and len(singulier) > len(feminin) + 1:
            return singulier.removesuffix(feminin) + masculin
    return mot


class IndexLexical:
    """Texts by their pieces of words, weighted by rarity; scores are cosines."""

    def __init__(self, textes: Sequence[str]) -> None:
        self._nombre = len(textes)
        counts = [_pieces(texte) for texte in textes]
        known = Counter(piece for count in counts for piece in count)
        self._idf = {p: 1 + math.log((1 + self._nombre) / (1 + n)) for p, n in known.items()}
        listes: defaultdict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for place, count in enumerate(counts):
            for piece, weight in self._weigh(count).items():
                listes[piece][0].append(place)
                listes[piece][1].append(weight)
        self._listes = {
            piece: (np.array(places, dtype=np.int32), np.array(weights, dtype=np.float32))
            for piece, (places, weights) in listes.items()
        }

    def scores(self, requete: str) -> NDArray[np.float32]:
        """One cosine per text, in the order given; zeros when no piece is known."""
        total = np.zeros(self._nombre, dtype=np.float32)
        for piece, weight in self._weigh(_pieces(requete)).items():
            places, weights = self._listes[piece]
            total[places] += weight * weights
        return total

    def _weigh(self, count: Counter[str]) -> dict[str, float]:
        """Norm 1; pieces never indexed count for nothing."""
        weights = {p: (1 + math.log(n)) * self._idf[p] for p, n in count.items() if p in self._idf}
        norm = math.sqrt(sum(w * w for w in weights.values()))
        return {p: w / norm for p, w in weights.items()}


def fuse(
    dense: NDArray[np.float32], lexical: NDArray[np.float32], *, part: float = PART_LEXICALE
) -> NDArray[np.float32]:
    """Both cosines in one score; each keeps its own scale, so a single request needs no other."""
    mixed: NDArray[np.float32] = (1 - part) * dense + part * lexical
    return mixed


def _pieces(texte: str) -> Counter[str]:
    return Counter(piece for mot in _words(texte) for piece in _cut(f" {mot} "))


def _words(texte: str) -> Iterator[str]:
    return (masculine(m) for m in _MOT.findall(_fold(one_gender(texte))))


def _cut(borde: str) -> Iterator[str]:
    return (borde[i : i + n] for n in LETTRES for i in range(len(borde) - n + 1))


def _fold(texte: str) -> str:
    """Lower case, no accents, ligatures opened."""
    opened = texte.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFKD", opened) if not unicodedata.combining(c))
