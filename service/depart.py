"""Where a person stands before a parcours, from all they told: certifications, level, jobs and years, age.

A score never sees any of this but through `ProfilNeutre`; an age only opens or closes a way in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from knowledge.loading import Connaissances
from knowledge.schema import Metier, Niveau
from service.diplomes import NIVEAUX, Diplomes, below, highest
from service.ecoute import Ecoute
from service.noms import Noms
from service.parcours import Depart
from service.profil import Experience, Profil, ProfilNeutre, Situation


def proved_by(practised: Iterable[str], metiers: Mapping[str, Metier]) -> frozenset[str]:
    """Who has practised a métier closed without its diploma holds that diploma."""
    return frozenset(
        metiers[slug].acces.certifications[0]
        for slug in practised
        if metiers[slug].exigences.diplome.obligatoire and metiers[slug].acces.certifications
    )


class Departs:
    """Built once; `of` is asked for each person."""

    def __init__(
        self, connaissances: Connaissances, diplomes: Diplomes, hear: Callable[[str], Ecoute]
    ) -> None:
        self._connaissances = connaissances
        self._diplomes = diplomes
        self._noms = Noms(connaissances.metiers)
        self._hear = hear

    def of(self, complet: Profil, neutre: ProfilNeutre) -> Depart:
        """`complet`: all that was answered or read; `neutre`: the same as it is scored."""
        reconnus = self._diplomes.recognise(complet.diplomes)
        practised = dict.fromkeys(sorted(neutre.deja_exerces)) | self._practised(complet.experiences)
        worked = [e.annees for e in complet.experiences if e.annees is not None]
        return Depart(
            acquis=reconnus.acquis | self._proved(practised, complet),
            niveau=highest(complet.niveau, reconnus.scolaire),
            exerces=tuple(practised.items()),
            annees_travail=sum(worked) if worked else None,
            aidant=bool(neutre.aidant),
            age=complet.age,
            jeune=complet.public is Situation.JEUNE,
            permis=neutre.permis,
            revenu=bool(neutre.revenu_pendant_formation),
        )

    def _practised(self, experiences: Iterable[Experience]) -> dict[str, float | None]:
        """Years in each métier that a title names, None when some of them were not counted."""
        years: dict[str, float | None] = {}
        for experience in experiences:
            for slug in self._named(experience.intitule):
                known = years.get(slug, 0.0)
                annees = experience.annees
                years[slug] = None if known is None or annees is None else known + annees
        return years

    def _named(self, intitule: str) -> list[str]:
        """A title that may be two métiers counts for both: each school looks at what was really done."""
        return [trouvaille.charge for trouvaille in self._noms.find(self._hear(intitule))]

    def _proved(self, practised: Iterable[str], complet: Profil) -> frozenset[str]:
        """What their jobs prove they hold, unless what they say of their diplomas tells otherwise."""
        if complet.diplomes:
            return frozenset()
        certifications = self._connaissances.certifications
        levels = {c: certifications[c].niveau for c in proved_by(practised, self._connaissances.metiers)}
        return frozenset(c for c, niveau in levels.items() if _may_hold(complet.niveau, niveau))


def _may_hold(declared: Niveau | None, niveau: int | None) -> bool:
    return declared is None or niveau is None or not below(declared, NIVEAUX[niveau])
