"""From a ROME code that may be of the old version (V3) to the code of ROME 4.0.

Feeds do not say which version they follow, and the same code may mean two things: K1302 was all help at
home in V3, and is one job of four since. Rules, in order:

1. a code whose family did not split, or that is no V3 code, is kept;
2. of a family that split, the title decides: the code of the longest ROME title of the family written in it;
3. failing that, the code of the nearest ROME title of the family, when it is near enough and clearly nearer
   than those of the code itself;
4. else the code is kept.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from knowledge.loading import RACINE
from models.lexical import IndexLexical, masculine, one_gender
from service.geographie import fold

PARENTS = RACINE / "referentiels" / "rome_parents.csv"
APPELLATIONS = RACINE / "referentiels" / "appellations.csv"
# Chosen on the ROME titles of the families, each looked for among the others: five in six that move are
# right, and one in forty that should have stayed moves.
COSINUS_MIN = 0.6
ECART_MIN = 0.2
# Half the titles of a feed are the same few.
TITRES_RETENUS = 20_000

_CODE = re.compile(r"[A-Z]\d{4}", re.ASCII)
_MOT = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Famille:
    """The 4.0 codes that one V3 code became, with their titles."""

    parent: str
    titres: Sequence[tuple[str, str]] = field(repr=False)
    """(title, 4.0 code)."""

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(code for _, code in self.titres)

    @cached_property
    def _ecrits(self) -> dict[str, str]:
        return {_key(titre): code for titre, code in self.titres}

    @cached_property
    def _index(self) -> IndexLexical:
        return IndexLexical([titre for titre, _ in self.titres])

    @cached_property
    def _rangs(self) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
        return np.array([code for _, code in self.titres])

    def child(self, titre: str) -> str:
        return self._written(titre) or self._nearest(titre) or self.parent

    def _written(self, titre: str) -> str | None:
        mots = _key(titre).split()
        for longueur in range(len(mots), 0, -1):
            for debut in range(len(mots) - longueur + 1):
                if code := self._ecrits.get(" ".join(mots[debut : debut + longueur])):
                    return code
        return None

    def _nearest(self, titre: str) -> str | None:
        scores = self._index.scores(titre)
        best = int(scores.argmax())
        own = float(scores[self._rangs == self.parent].max(initial=0))
        clear = scores[best] >= max(COSINUS_MIN, own + ECART_MIN)
        return str(self._rangs[best]) if clear else None


@dataclass(frozen=True)
class CodesRome:
    """The families that split."""

    familles: Mapping[str, Famille] = field(repr=False)
    _seen: dict[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, parents: Path = PARENTS, appellations: Path = APPELLATIONS) -> Self:
        enfants: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for ligne in _rows(parents):
            enfants[ligne["code_rome_parent"]][ligne["code_rome"]] = ligne["libelle"]
        titres: defaultdict[str, list[str]] = defaultdict(list)
        for ligne in _rows(appellations):
            titres[ligne["code_rome"]] += filter(None, (ligne["libelle"], ligne["feminin"]))
        return cls(
            {
                parent: Famille(
                    parent,
                    [(titre, code) for code in codes for titre in (one_gender(codes[code]), *titres[code])],
                )
                for parent, codes in enfants.items()
                if len(codes) > 1
            }
        )

    def current(self, code: object, titre: str = "") -> str | None:
        """None for what is not written as a ROME code."""
        lu = code.strip().upper() if isinstance(code, str) else ""
        if not _CODE.fullmatch(lu):
            return None
        famille = self.familles.get(lu)
        if famille is None or not titre:
            return lu
        known = self._seen.get((lu, titre))
        if known is None:
            if len(self._seen) >= TITRES_RETENUS:
                self._seen.clear()
            known = self._seen[lu, titre] = famille.child(titre)
        return known

    def former(self, code: str) -> tuple[str, ...]:
        """The V3 codes, other than itself, that may stand for this 4.0 code."""
        return tuple(p for p, famille in self.familles.items() if p != code and code in famille.codes)


def _rows(chemin: Path) -> Iterable[dict[str, str]]:
    with chemin.open(encoding="utf-8", newline="") as fichier:
        yield from csv.DictReader(fichier)


def _key(titre: str) -> str:
    return " ".join(masculine(mot) for mot in _MOT.findall(fold(one_gender(titre))))
