"""Whether a certification can still be prepared, and which one replaces it when it cannot.

What we know by heart (`knowledge/certifications`) is the base; the national register, once imported, is
believed over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from knowledge.loading import Connaissances
from service.catalogue.fiches import Enregistrement
from service.catalogue.perimetre import Perimetre
from service.catalogue.recherche import Diplome


class Registre:
    """Certifications by number, and what replaces what."""

    def __init__(
        self, enregistrements: Iterable[Enregistrement] = (), connaissances: Connaissances | None = None
    ) -> None:
        self._lus = {e.numero: e for e in enregistrements}
        known = {e.numero: e for e in _known(connaissances)} if connaissances else {}
        self._fiches = known | {e.numero: _completed(e, known.get(e.numero)) for e in self._lus.values()}
        self._apres = {e.numero: e.successeurs for e in self._fiches.values()}
        self._avant = reverse(self._apres)

    def en_vigueur(self, numero: str, jour: date) -> Diplome:
        """The certification as it stands that day: itself, or what replaced it once it has ended."""
        depart = self._fiches.get(numero)
        if depart is None:
            return Diplome(numero, "", None, None)
        # Of equals the nearest: max keeps the first.
        fiche = max(self._heirs(depart, jour), key=lambda f: self._preference(f, jour))
        ancien = numero if fiche.numero != numero else None
        return Diplome(fiche.numero, fiche.intitule, fiche.fin, self._vaut(fiche, jour), ancien)

    def same(self, numero: str) -> frozenset[str]:
        """Every number of the same diploma over time: what it replaced, and what replaced it.

        Not what replaced the same one beside it: a diploma that became two makes them no single one.
        """
        return reach(numero, self._apres) | reach(numero, self._avant)

    def widen(self, perimetre: Perimetre) -> Perimetre:
        """The same métiers, found by any number that their certifications have had."""
        rncp = {
            slug: tuple(dict.fromkeys([*numeros, *sorted(n for m in numeros for n in self.same(m))]))
            for slug, numeros in perimetre.rncp.items()
        }
        return replace(perimetre, rncp=rncp)

    def _heirs(self, depart: Enregistrement, jour: date) -> Iterator[Enregistrement]:
        """It, then what replaces those of them that have ended, the nearest first."""
        seen = {depart.numero}
        turn = [depart]
        while turn:
            yield from turn
            ended = [fiche for fiche in turn if self._vaut(fiche, jour) is False]
            turn = []
            for fiche in ended:
                new = [n for n in fiche.successeurs if n not in seen]
                seen.update(new)
                turn += [self._successor(fiche, numero) for numero in new]

    def _successor(self, fiche: Enregistrement, numero: str) -> Enregistrement:
        """One that nobody described bears the title of what it replaces, and no date."""
        return self._fiches.get(numero) or Enregistrement(numero, fiche.intitule, fin=None, actif=True)

    def _vaut(self, fiche: Enregistrement, jour: date) -> bool | None:
        """None when we do not know: no date, and the register was not read."""
        if not fiche.actif:
            return False
        if fiche.fin is not None:
            return jour <= fiche.fin
        return True if fiche.numero in self._lus else None

    def _preference(self, fiche: Enregistrement, jour: date) -> tuple[int, date]:
        """In force first, then unknown, then ended; each time what ends last."""
        vaut = self._vaut(fiche, jour)
        return {True: 2, None: 1, False: 0}[vaut], fiche.fin or (date.min if vaut is False else date.max)


def reach(depart: str, liens: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The start, and all that the links lead to from it."""
    seen = {depart}
    turn = [depart]
    while turn:
        new = {numero for fiche in turn for numero in liens.get(fiche, ())} - seen
        seen |= new
        turn = list(new)
    return frozenset(seen)


def reverse(liens: Mapping[str, Iterable[str]]) -> Mapping[str, set[str]]:
    """The same links, the other way."""
    envers: defaultdict[str, set[str]] = defaultdict(set)
    for numero, autres in liens.items():
        for autre in autres:
            envers[autre].add(numero)
    return envers


def _known(connaissances: Connaissances) -> Iterator[Enregistrement]:
    for certification in connaissances.certifications.values():
        if rncp := certification.rncp:
            successeurs = (rncp.successeur,) if rncp.successeur else ()
            yield Enregistrement(rncp.numero, certification.titre, rncp.fin, True, successeurs)
            for ancien in rncp.anciens:
                yield Enregistrement(ancien, certification.titre, None, False, (rncp.numero,))


def _completed(lu: Enregistrement, known: Enregistrement | None) -> Enregistrement:
    """A register of some months ago may not name a successor that we know of."""
    if lu.successeurs or known is None:
        return lu
    return replace(lu, successeurs=known.successeurs)
