"""All the sources, made ready: the one place where a new adapter is added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from knowledge.loading import Connaissances
from service.catalogue.perimetre import Perimetre
from service.catalogue.reglages import Reglages
from service.catalogue.reparation import Reparation
from service.catalogue.sources import Source, SourceEnLigne, api_alternance, jeton
from service.catalogue.sources.api_alternance import ApiAlternance
from service.catalogue.sources.demonstration import Demonstration
from service.catalogue.sources.evenements import Evenements
from service.catalogue.sources.france_travail import FranceTravail
from service.catalogue.sources.jeton import Cles
from service.catalogue.sources.lheo import Lheo
from service.catalogue.sources.mon_compte_formation import MonCompteFormation
from service.catalogue.sources.parcoursup import Parcoursup
from service.catalogue.sources.reseau import Client
from service.catalogue.sources.rncp import Rncp
from service.geographie import Communes

# A feed of one métier may weigh this much; an answer to one page never does.
POIDS_IMPORT = 50_000_000
DELAI_IMPORT_S = 60.0
PATIENCE_S = 120.0
# Two questions in a row must leave the page within three seconds: see `catalogue`.
DELAI_PAGE_S = 1.2
POIDS_PAGE = 5_000_000

LIBELLES = {
    source.nom: source.libelle
    for source in (
        FranceTravail, ApiAlternance, Lheo, Parcoursup, MonCompteFormation, Rncp, Evenements, Demonstration,
    )
}  # fmt: skip
"""Name of a source → as shown to people."""


@dataclass
class Annuaire:
    """Makes the adapters, with the keys there are."""

    connaissances: Connaissances
    communes: Communes
    reglages: Reglages
    perimetre: Perimetre
    """Widened by the register, so that a diploma is kept under any number it has had."""

    @cached_property
    def reparation(self) -> Reparation:
        """Made when something is to be mended: a service that shows only what was imported starts without."""
        return Reparation.load(self.communes)

    def sources(self, jour: date) -> dict[str, Source]:
        """Every source that can be read from a file or from the network, by name."""
        outils = (self.reparation, self.perimetre)
        every: tuple[Source, ...] = (
            self._france_travail(jour),
            self._alternance(jour),
            self._evenements(jour),
            Lheo(*outils, jour),
            Parcoursup(*outils, jour),
            MonCompteFormation(*outils),
            Rncp(*outils),
        )
        return {source.nom: source for source in every}

    def live(self, jour: date) -> Iterator[SourceEnLigne]:
        """The sources that have their key."""
        if self._cles():
            yield self._france_travail(jour)
            yield self._evenements(jour)
        if self.reglages.api_alternance_cle.get_secret_value():
            yield self._alternance(jour)

    def client(self, source: Source, *, page: bool) -> Client:
        """How one source is reached: quickly for a page, patiently for an import."""
        ours = source.nom in ("france_travail", "evenements")
        return Client(
            hotes=jeton.HOTES if ours else api_alternance.HOTES,
            delai_s=DELAI_PAGE_S if page else DELAI_IMPORT_S,
            poids_max=POIDS_PAGE if page else POIDS_IMPORT,
            cadence_s=1 / self.reglages.france_travail_par_seconde if ours else 0.0,
            patience_s=0.0 if page else PATIENCE_S,
        )

    def demonstration(self, jour: date) -> Demonstration:
        return Demonstration(self.perimetre, self.connaissances, self.communes, jour)

    def _france_travail(self, jour: date) -> FranceTravail:
        sable = self.reglages.bac_a_sable
        return FranceTravail(self.reparation, self.perimetre, self._cles(), jour=jour, bac_a_sable=sable)

    def _evenements(self, jour: date) -> Evenements:
        sable = self.reglages.bac_a_sable
        return Evenements(self.reparation, self.perimetre, self._cles(), jour=jour, bac_a_sable=sable)

    def _alternance(self, jour: date) -> ApiAlternance:
        cle = self.reglages.api_alternance_cle.get_secret_value() or None
        return ApiAlternance(self.reparation, self.perimetre, cle, jour=jour)

    def _cles(self) -> Cles | None:
        secret = self.reglages.france_travail_secret.get_secret_value()
        named = self.reglages.france_travail_id
        return Cles(named, secret) if named and secret else None
