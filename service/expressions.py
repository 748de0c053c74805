"""Finds expressions in a text, whatever its spelling, plurals, genders and verb forms.

Unlike reperage.py, small words count here (« me tuer » is not « tuer »), words may be put in groups, and an
expression may be a sequence or a handful of words close together. Knows nothing of what expressions mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.schema import Signes
from service.francais import Orthographe, clean, flatten, split_words, stem

# How many transparent words may stand between two words of a sequence.
ECART = 4
# Words of an unordered expression must stand within this many words of one sentence.
FENETRE = 11
FIN = "."
VIRGULE = ","

_FORMES = {
    "j": "je", "m": "me", "t": "te", "s": "se", "l": "le", "d": "de", "n": "ne", "qu": "que", "c": "ce",
    "tous": "tout", "toute": "tout", "toutes": "tout",
}  # fmt: skip
# Left out of sequences, so that « envi mourir » is « envie de mourir ».
_ARTICLES = frozenset("ne de du la le les un une des a au aux que".split())

# Where the small word is what matters: « je suis de trop » is not « je suis trop vieille ».
_ENTIERS = frozenset({("de", "trop")})


@dataclass(frozen=True)
class Parole:
    """A corrected word, or a mark: its form, and every name an expression may call it by."""

    forme: str
    noms: frozenset[str]


@dataclass(frozen=True)
class Vu:
    """An expression found: its words (end excluded), and the entry it comes from."""

    debut: int
    fin: int
    signe: Signes
    noms: tuple[str, ...]
    d_un_autre: bool = False
    """True for « se tuer », the form under which « me tuer » is said of someone else."""


class Oreille:
    """Turns text into words, corrected towards the expressions worth hearing."""

    def __init__(
        self,
        abreviations: Mapping[str, str],
        cibles: Iterable[str],
        groupes: Mapping[str, Iterable[str]],
        transparents: Iterable[str],
        connus: Iterable[str],
    ) -> None:
        self._groupes: dict[str, set[str]] = {}
        self.noms_de_groupes = frozenset(groupes)
        grouped = [(nom, flatten(mot)) for nom, mots in groupes.items() for mot in mots]
        for nom, mot in grouped:
            self._groupes.setdefault(mot, set()).add(nom)
        self._transparents = frozenset(flatten(t) for t in transparents)
        targets = {m.forme for e in cibles for m in split_words(e)} | {mot for _, mot in grouped}
        self._orthographe = Orthographe(abreviations, targets, [*connus, *self._transparents])
        self._noms = lru_cache(maxsize=20_000)(self._find_names)

    def words(self, texte: str) -> list[Parole]:
        """The words of a text, with its commas and full stops kept as marks."""
        propre = clean(texte)
        mots: list[Parole] = []
        fin = 0
        for mot in self._orthographe.correct(split_words(propre)):
            mark = _mark(propre[fin : mot.debut])
            if mark and mots:
                mots.append(Parole(mark, frozenset({mark})))
            forme = _FORMES.get(mot.forme, mot.forme)
            mots.append(Parole(forme, self._noms(forme)))
            fin = mot.fin
        return mots

    def _find_names(self, forme: str) -> frozenset[str]:
        groupes = self._groupes.get(forme, set()) | self._groupes.get(_masculine(forme), set())
        return frozenset({forme, _root(forme)} | groupes)

    def end(self, mots: Sequence[Parole], place: int, noms: Sequence[str]) -> int | None:
        """Where the sequence that starts at `place` ends, or None when it is not there."""
        for rang, nom in enumerate(noms):
            limit = place + (ECART if rang else 0)
            while place < len(mots) and nom not in mots[place].noms:
                if place >= limit or mots[place].forme not in self._transparents:
                    return None
                place += 1
            if place >= len(mots):
                return None
            place += 1
        return place


class Repertoire:
    """Expressions with what they say, found in the words of a text.

    `exact` keeps articles; `formes` also keeps verb forms apart, « étais » from « être ».
    """

    def __init__(
        self, oreille: Oreille, signes: Iterable[Signes], *, exact: bool = False, formes: bool = False
    ) -> None:
        self._oreille = oreille
        self._name = str if formes else _root
        self._par_tete: dict[str, list[tuple[tuple[str, ...], Signes, bool]]] = {}
        self._ensembles: list[tuple[tuple[str, ...], Signes]] = []
        for signe in signes:
            for expression in signe.expressions:
                self._add(self._names(expression, exact or signe.forme != "suite"), signe)

    def _names(self, expression: str, exact: bool) -> tuple[str, ...]:
        noms: list[str] = []
        pieces = expression.split()
        for piece, suivante in zip(pieces, [*pieces[1:], ""], strict=True):
            if piece in self._oreille.noms_de_groupes:
                noms.append(piece)
                continue
            formes = [_FORMES.get(m.forme, m.forme) for m in split_words(piece)]
            kept = exact or (piece, suivante) in _ENTIERS
            noms += [self._name(f) for f in formes if kept or f not in _ARTICLES]
        return tuple(noms)

    def _add(self, noms: tuple[str, ...], signe: Signes) -> None:
        if signe.forme != "suite":
            self._ensembles.append((noms, signe))
            return
        self._par_tete.setdefault(noms[0], []).append((noms, signe, False))
        if signe.porte == "soi" and "me" in noms:
            autre = tuple("se" if nom == "me" else nom for nom in noms)
            self._par_tete.setdefault(autre[0], []).append((autre, signe, True))

    def find(self, mots: Sequence[Parole]) -> list[Vu]:
        """Every expression found, at every place."""
        suites = [
            Vu(place, fin, signe, noms, d_un_autre)
            for place, mot in enumerate(mots)
            for nom in mot.noms
            for noms, signe, d_un_autre in self._par_tete.get(nom, ())
            if (fin := self._oreille.end(mots, place, noms)) is not None
        ]
        return suites + list(self._together(mots))

    def _together(self, mots: Sequence[Parole]) -> Iterable[Vu]:
        places: dict[str, list[int]] = {}
        for place, mot in enumerate(mots):
            for nom in mot.noms:
                places.setdefault(nom, []).append(place)
        for noms, signe in self._ensembles:
            if all(nom in places for nom in noms) and (span := _narrowest(noms, places, mots)):
                yield Vu(span[0], span[1], signe, noms)


def _narrowest(
    noms: Sequence[str], places: Mapping[str, Sequence[int]], mots: Sequence[Parole]
) -> tuple[int, int] | None:
    """The narrowest stretch of one sentence that holds a different word for each name."""
    best: tuple[int, int] | None = None
    for start in places[noms[0]]:
        taken = [start]
        for nom in noms[1:]:
            # In a pair, the first opens: « je … mourir », not « il veut mourir, je … ».
            free = [p for p in places[nom] if p not in taken and (len(noms) > 2 or p > start)]
            if not free:
                break
            taken.append(min(free, key=lambda p: abs(p - start)))
        debut, fin = min(taken), max(taken) + 1
        whole = len(taken) == len(noms) and fin - debut <= FENETRE
        breaks = (FIN,) if len(noms) > 2 else (FIN, VIRGULE)
        if whole and not any(m.forme in breaks for m in mots[debut:fin]):
            best = min(best or (debut, fin), (debut, fin), key=lambda s: s[1] - s[0])
    return best


def _mark(between: str) -> str | None:
    """The punctuation between two words: a full stop, a comma, or nothing that cuts."""
    if any(c in between for c in ".!?\n"):
        return FIN
    return VIRGULE if any(c in between for c in ",;:()…") else None


def _root(forme: str) -> str:
    """The stem, or the word itself when its stem says nothing: « tuer » must not become « tu »."""
    root = stem(_masculine(forme))
    return root if len(root) >= 3 else forme


def _masculine(forme: str) -> str:
    """« fatiguees » as « fatigue »: without its accent, the stemmer takes a participle for a noun."""
    singular = forme.removesuffix("s")
    return singular.removesuffix("e") if singular.endswith("ee") else forme
