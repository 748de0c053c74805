"""Recognises diplomas as people write them, and what they open: a level of study, certifications held."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.loading import Connaissances
from knowledge.schema import Certification, Diplome, Niveau
from service.francais import clean, flatten

_SEPARATORS = re.compile(r"[\W_]+")
# European level of a title → level of study of the contract.
NIVEAUX = {3: Niveau.CAP_BEP, 4: Niveau.BAC, 5: Niveau.BAC_2, 6: Niveau.BAC_3_PLUS, 7: Niveau.BAC_3_PLUS}
_RANGS = {niveau: rang for rang, niveau in enumerate(Niveau)}


@dataclass(frozen=True)
class Reconnus:
    acquis: frozenset[str]
    """Keys of certifications held, older diplomas counted as what replaced them."""
    niveau: Niveau | None
    """The highest level these diplomas prove; None when they prove none."""
    scolaire: Niveau | None
    """The same, where a title of the level of the bac is not taken for the bac."""
    non_reconnus: tuple[str, ...]
    """As typed."""


class Diplomes:
    """Every spelling of every diploma we know: case, accents, spaces, hyphens, underscores ignored."""

    def __init__(self, connaissances: Connaissances) -> None:
        self._cles: dict[str, str] = {}
        self._niveaux: dict[str, int | None] = {}
        self._bacs: set[str] = set()
        self._equivaut: dict[str, str] = {}
        for certification in connaissances.certifications.values():
            self._add(certification.cle, [certification.titre, *certification.autres_noms])
            self._niveaux[certification.cle] = certification.niveau
            self._note_bac(certification)
        for diplome in connaissances.diplomes.values():
            self._add(diplome.cle, [diplome.titre, *diplome.autres_noms])
            self._niveaux[diplome.cle] = diplome.niveau
            self._note_bac(diplome)
            if diplome.equivaut:
                self._equivaut[diplome.cle] = diplome.equivaut

    def recognise(self, intitules: Iterable[str]) -> Reconnus:
        """What a list of diplomas means; an unknown one is returned, never refused."""
        cles, unknown = set(), []
        for intitule in intitules:
            cle = self._cles.get(_key(intitule))
            if cle is None:
                unknown.append(intitule)
            else:
                cles.add(cle)
        levels = {c: NIVEAUX[n] for c in cles if (n := self._niveaux.get(c)) in NIVEAUX}
        schooling = (n for c, n in levels.items() if n is not Niveau.BAC or c in self._bacs)
        acquis = frozenset(self._equivaut.get(c, c) for c in cles)
        return Reconnus(acquis, highest(*levels.values()), highest(*schooling), tuple(unknown))

    def _note_bac(self, diplome: Certification | Diplome) -> None:
        if diplome.baccalaureat:
            self._bacs.add(diplome.cle)

    def _add(self, cle: str, noms: Iterable[str]) -> None:
        for nom in (cle, *noms):
            self._cles.setdefault(_key(nom), cle)


def highest(*niveaux: Niveau | None) -> Niveau | None:
    """The highest of the levels given."""
    return max((n for n in niveaux if n is not None), key=_RANGS.__getitem__, default=None)


def below(niveau: Niveau, requis: Niveau) -> int:
    """How many steps `niveau` is under `requis`; 0 when it is enough."""
    return max(0, _RANGS[requis] - _RANGS[niveau])


def _key(intitule: str) -> str:
    return _SEPARATORS.sub("", flatten(clean(intitule)))
