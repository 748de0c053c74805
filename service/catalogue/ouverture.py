"""The catalogue made ready for the web: live where there are keys, imported where there is a store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knowledge.loading import Connaissances
from models.encoder import Encodeur
from models.index import IndexPerime, IndexSurDisque
from service.catalogue.catalogue import COMMANDE_INDEX, Catalogue, Importe
from service.catalogue.direct import Direct
from service.catalogue.fiches import Fiche, Genre, Lu
from service.catalogue.perimetre import Perimetre
from service.catalogue.recherche import CatalogueInutilisable
from service.catalogue.reglages import Reglages
from service.catalogue.sources import Autour, SourceEnLigne
from service.catalogue.sources.annuaire import DELAI_PAGE_S, LIBELLES, Annuaire
from service.catalogue.sources.reseau import Client
from service.catalogue.validite import Registre
from service.geographie import Communes

if TYPE_CHECKING:
    from service.catalogue.magasin import Magasin

TEMOIN = "derniere-lecture"
"""A file of the index folder that is touched at the end of every import."""

logger = logging.getLogger("cap_soin.catalogue")


def open_catalogue(
    connaissances: Connaissances,
    communes: Communes,
    encodeur: Encodeur,
    centres: Mapping[str, NDArray[np.float32]],
    reglages: Reglages,
    *,
    jour: Callable[[], date],
) -> Catalogue:
    """Whatever is set, something answers; what cannot be used is told in the log, with the command."""
    perimetre = Registre(connaissances=connaissances).widen(Perimetre.of(connaissances))
    annuaire = Annuaire(connaissances, communes, reglages, perimetre)
    live = [_Daily(source, jour) for source in annuaire.live(jour())]
    return Catalogue(
        connaissances,
        encodeur,
        centres,
        jour=jour,
        libelles=LIBELLES,
        importe=_Opener(reglages, connaissances, encodeur),
        demonstration=lambda: annuaire.demonstration(jour()).entries(),
        direct=_direct(live, annuaire) if live else None,
    )


def tell_services(reglages: Reglages) -> None:
    """Have the services that run open the catalogue again, at their next search."""
    reglages.index.mkdir(parents=True, exist_ok=True)
    (reglages.index / TEMOIN).touch()


def _direct(live: Sequence[SourceEnLigne], annuaire: Annuaire) -> Direct:
    return Direct(live, lambda source: annuaire.client(source, page=True), delai_s=DELAI_PAGE_S)


@dataclass(frozen=True)
class _Daily:
    """A live source that knows what day it is, however long the program runs."""

    source: Any
    """An adapter: a frozen dataclass with a field `jour`."""
    jour: Callable[[], date]

    @property
    def nom(self) -> str:
        return str(self.source.nom)

    @property
    def libelle(self) -> str:
        return str(self.source.libelle)

    @property
    def genres(self) -> frozenset[Genre]:
        return frozenset(self.source.genres)

    def read(self, fichier: Path) -> Iterator[Lu]:
        return self._today.read(fichier)

    def near(self, autour: Autour, client: Client) -> Sequence[Fiche]:
        return self._today.near(autour, client)

    def collect(self, client: Client) -> Iterator[Lu]:
        return self._today.collect(client)

    @property
    def _today(self) -> SourceEnLigne:
        today: SourceEnLigne = replace(self.source, jour=self.jour())
        return today


@dataclass
class _Opener:
    """The imported catalogue, opened again when an import has changed it."""

    reglages: Reglages
    connaissances: Connaissances
    encodeur: Encodeur
    _marque: int | None = field(default=None, init=False)
    _importe: Importe | None = field(default=None, init=False)

    def __call__(self) -> Importe | None:
        """None when nothing was ever imported. Raises CatalogueInutilisable, and tries again next time."""
        marque = _modified(self.reglages.index / TEMOIN)
        if marque != self._marque:
            # Two threads may open it at once: the last one is kept, and both are right.
            old, self._importe, self._marque = self._importe, self._open(), marque
            if old:
                # A search that goes on keeps its connection until its end.
                old.stock.close()
        return self._importe

    def _open(self) -> Importe | None:
        # Loaded here, so that a service without a store starts without SQL.
        from service.catalogue.magasin import Magasin

        try:
            magasin = Magasin(self.reglages.base)
            if magasin.fichier and not magasin.fichier.is_file():
                return None
            return self._read(magasin)
        except CatalogueInutilisable as erreur:
            # What an operator must do is for the log; a person is told that it does not answer.
            logger.warning("%s", erreur)
            raise CatalogueInutilisable("Le catalogue ne répond pas pour le moment.") from erreur

    def _read(self, magasin: Magasin) -> Importe | None:
        try:
            magasin.check()
            counts, days = magasin.counts(), magasin.read_on()
            register = magasin.register()
        except CatalogueInutilisable:
            magasin.close()
            raise
        vu_le = {
            genre: min(days[source] for source in by_source if source in days)
            for genre in Genre
            if (by_source := counts[genre.value]) and set(by_source) & set(days)
        }
        if not vu_le:
            magasin.close()
            return None
        registre = Registre(register, self.connaissances)
        perimetre = registre.widen(Perimetre.of(self.connaissances))
        nombres = {genre: sum(counts[genre.value].values()) for genre in vu_le}
        return Importe(magasin, dict(self._indexes()), registre, perimetre, vu_le, nombres)

    def _indexes(self) -> Iterator[tuple[Genre, IndexSurDisque]]:
        for genre in Genre:
            try:
                yield (
                    genre,
                    IndexSurDisque.open(
                        self.reglages.index, genre.value, self.encodeur, commande=COMMANDE_INDEX
                    ),
                )
            except IndexPerime as erreur:
                logger.warning("%s", erreur)


def _modified(chemin: Path) -> int:
    try:
        return chemin.stat().st_mtime_ns
    except OSError:
        return 0
