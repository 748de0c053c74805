"""Where a person says they stand before a parcours: what the page of a métier asks, all optional.

A conversation tells some of it; the page shows that, and what is then written there replaces it. Métiers
practised are chosen from a list, so they are taken as they are: no title has to be recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.schema import Niveau
from service.conseiller import Conseiller, Personne
from service.ecrits import Ecrit
from service.financement import Demande, Statut
from service.lecture import Lecture
from service.orientation import Indice
from service.parcours import Depart, Nature, Parcours
from service.profil import EtudesMax, Experience, Profil
from service.reseau import Reseau, network


@dataclass(frozen=True)
class Position:
    """What is not said is None or empty."""

    age: int | None = None
    niveau: Niveau | None = None
    acquis: frozenset[str] = frozenset()
    """Certifications held."""
    exerces: tuple[tuple[str, float | None], ...] = ()
    """Slugs of the métiers practised, and years of each."""
    etudes_max: EtudesMax | None = None
    revenu: bool | None = None
    """Must be paid while training."""
    statut: Statut | None = None

    @classmethod
    def of(cls, personne: Personne, conseiller: Conseiller) -> Position:
        """As the conversation told it."""
        depart, complet = conseiller.departure(personne), personne.complet
        return cls(
            depart.age,
            depart.niveau,
            depart.acquis,
            depart.exerces,
            complet.etudes_max,
            complet.revenu_pendant_formation,
        )

    def departure(self, personne: Personne, conseiller: Conseiller) -> Depart:
        """The same, with all else that is known of this person."""
        others = list(_other_jobs(personne.complet, conseiller))
        profil = personne.complet.model_copy(
            update={
                "age": self.age,
                "niveau": self.niveau,
                "diplomes": sorted(self.acquis),
                "experiences": others,
                "etudes_max": self.etudes_max,
                "revenu_pendant_formation": self.revenu,
            }
        )
        practised = tuple(Indice(f"exerce.{slug}", True, "") for slug, _ in self.exerces)
        told = Personne(profil, Ecrit(Lecture("", practised), 0), voix=personne.voix)
        years = [*(e.annees for e in others), *(annees for _, annees in self.exerces)]
        worked = [annees for annees in years if annees is not None]
        return replace(
            conseiller.departure(told), exerces=self.exerces, annees_travail=sum(worked) if worked else None
        )

    def ways(self, slug: str, personne: Personne, conseiller: Conseiller) -> tuple[Parcours, ...]:
        """Every way from here to one métier, best first."""
        reseau = network(conseiller.connaissances)
        return reseau.vers(slug, self.departure(personne, conseiller), self.etudes_max)

    def asks(self, personne: Personne, ways: tuple[Parcours, ...], niveau_vise: int | None) -> Demande:
        """What may pay for these ways."""
        profil = personne.complet
        return Demande(
            voix=personne.voix,
            age=self.age,
            public=profil.public,
            statut=self.statut,
            besoin_revenu=self.revenu,
            natures=frozenset(e.nature for way in ways for e in way.etapes) or frozenset({Nature.POSTE}),
            niveau=self.niveau,
            diplome_vise_niveau=niveau_vise,
            permis=profil.permis,
        )


def useful(slug: str, reseau: Reseau) -> frozenset[str]:
    """The certifications worth asking about before one métier: those that open it, and what leads to them."""
    opened = reseau.ouvrent[slug]
    required = {cle for opener in opened for cle in reseau.certifications[opener].requiert}
    linked = {lien.origine for opener in opened for lien in reseau.liens[opener]}
    hired = {lien.origine for lien in reseau.liens[slug]}
    return frozenset({*opened, *required, *((linked | hired) & reseau.certifications.keys())})


def _other_jobs(profil: Profil, conseiller: Conseiller) -> Iterator[Experience]:
    """The earlier jobs that are none of the métiers: they count as years of work."""
    for experience in profil.experiences:
        alone = Personne(Profil(experiences=[experience]))
        if not conseiller.departure(alone).exerces:
            yield experience
