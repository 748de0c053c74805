"""A few hundred fiches searched in memory: what a live source just gave, or the demonstration.

It answers the same questions as the store, in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import numpy as np

from service.catalogue.classement import Candidats
from service.catalogue.fiches import Fiche, Genre
from service.catalogue.recherche import Filtres
from service.catalogue.reperes import (
    PARTOUT,
    Repere,
    genre_of,
    imprint,
    one_of,
    rank_of,
    repere_of,
    required,
    sector_of_departement,
)
from service.geographie import Commune, zone


class Liste:
    """Fiches, numbered by their place; those of a genre and of codes are found by looking at all."""

    def __init__(self, fiches: Iterable[Fiche]) -> None:
        self._fiches = tuple(fiches)
        self._reperes = tuple(repere_of(fiche) for fiche in self._fiches)

    def __len__(self) -> int:
        return len(self._fiches)

    def count(self, genre: Genre) -> int:
        return sum(genre_of(fiche) is genre for fiche in self._fiches)

    def around(
        self,
        genre: Genre,
        codes: Collection[str],
        commune: Commune,
        rayon_km: float,  # noqa: ARG002 - the caller measures; nothing is gained by a frame here
        filtres: Filtres,
        jour: date,
    ) -> Candidats:
        """As Magasin.around."""
        here = {zone(commune.departement)}
        anywhere = {sector_of_departement(commune.departement), PARTOUT}
        wanted = list(self._wanted(genre, codes, filtres, jour))
        near = _columns([(i, r) for i, r in wanted if r.secteur in here])
        return near.joined(_columns([(i, r) for i, r in wanted if r.secteur in anywhere]).unlocated())

    def newest(
        self, genre: Genre, codes: Collection[str], filtres: Filtres, jour: date, *, debut: int, limite: int
    ) -> tuple[list[int], int]:
        """As Magasin.newest."""
        wanted = sorted(self._wanted(genre, codes, filtres, jour), key=lambda found: -found[1].fraicheur)
        return [i for i, _ in wanted[debut : debut + limite]], len(wanted)

    def fetch(self, genre: Genre, identifiants: Sequence[int]) -> dict[int, Fiche]:  # noqa: ARG002
        """As Magasin.fetch; a number says the genre too."""
        return {i: self._fiches[i] for i in identifiants}

    def _wanted(
        self, genre: Genre, codes: Collection[str], filtres: Filtres, jour: date
    ) -> Iterable[tuple[int, Repere]]:
        for i, (fiche, repere) in enumerate(zip(self._fiches, self._reperes, strict=True)):
            if repere is None or genre_of(fiche) is not genre or not set(codes) & set(fiche.codes):
                continue
            if repere.fin >= jour.toordinal() and _passes(repere, filtres):
                yield i, repere


def without_duplicates(fiches: Iterable[Fiche]) -> list[Fiche]:
    """What several sources publish, once, from the one we prefer."""
    owners: dict[str, str] = {}
    kept = []
    for fiche in sorted(fiches, key=lambda f: rank_of(f.source)):
        keys = [key for key in (getattr(fiche, "reference", None), imprint(fiche)) if key]
        if all(owners.setdefault(key, fiche.source) == fiche.source for key in keys):
            kept.append(fiche)
    return kept


def _passes(repere: Repere, filtres: Filtres) -> bool:
    all_of, any_of, after = required(filtres), one_of(filtres), filtres.a_partir_du
    if repere.traits & all_of != all_of or (any_of and not repere.traits & any_of):
        return False
    return after is None or repere.debut is None or repere.debut >= after.toordinal()


def _columns(found: Sequence[tuple[int, Repere]]) -> Candidats:
    return Candidats(
        np.array([i for i, _ in found], dtype=np.int64),
        np.array([r.latitude for _, r in found], dtype=np.float64),
        np.array([r.longitude for _, r in found], dtype=np.float64),
        np.array([r.fraicheur for _, r in found], dtype=np.float64),
        np.array([np.nan if r.debut is None else r.debut for _, r in found], dtype=np.float64),
    )
