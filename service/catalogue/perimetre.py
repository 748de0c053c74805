"""Which ROME codes and RNCP numbers are about our 26 métiers, and which codes to look for one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.loading import Connaissances
from service.catalogue.fiches import Genre


@dataclass(frozen=True)
class Perimetre:
    """Read from the knowledge base; a feed holds far more than our métiers."""

    rome: Mapping[str, tuple[str, ...]]
    """Slug → its ROME 4.0 codes, the main one first."""
    rncp: Mapping[str, tuple[str, ...]]
    """Slug → the RNCP numbers of the certifications that lead to it."""
    numeros: Mapping[str, str]
    """Key of a certification → its RNCP number, for those that have one."""

    @classmethod
    def of(cls, connaissances: Connaissances) -> Perimetre:
        metiers, certifications = connaissances.metiers, connaissances.certifications
        numeros = {c.cle: c.rncp.numero for c in certifications.values() if c.rncp}
        return cls(
            rome={slug: tuple(cite.code for cite in m.rome) for slug, m in metiers.items()},
            rncp={
                slug: tuple(numeros[c] for c in m.acces.certifications if c in numeros)
                for slug, m in metiers.items()
            },
            numeros=numeros,
        )

    def codes(self, genre: Genre, slug: str | None = None) -> frozenset[str]:
        """What to look for: one métier, or all. Événements name no more than the letter of a ROME code."""
        slugs = self.rome if slug is None else (slug,)
        rome = frozenset(code for s in slugs for code in self.rome[s])
        match genre:
            case Genre.OFFRE:
                return rome
            case Genre.FORMATION:
                return rome | frozenset(numero for s in slugs for numero in self.rncp[s])
            case Genre.EVENEMENT:
                return rome | frozenset(code[0] for code in rome)

    def keeps(self, codes: tuple[str, ...]) -> bool:
        """Whether one of these codes is ours."""
        return not self._ours.isdisjoint(codes)

    @cached_property
    def _ours(self) -> frozenset[str]:
        return self.codes(Genre.FORMATION)
