"""All that is kept, opened the first time somebody asks to keep something, and not before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from service.dossiers.ateliers import Ateliers
from service.dossiers.coffre import Coffre, utc_now
from service.dossiers.comptes import Comptes
from service.dossiers.compteurs import Compteurs
from service.dossiers.dossier import Dossiers
from service.dossiers.entretiens import Entretiens
from service.dossiers.frein import Frein
from service.dossiers.identification import Identification
from service.dossiers.openid import OpenId
from service.dossiers.partages import Partages
from service.dossiers.reglages import ReglagesDossiers
from service.dossiers.seances import Seances


class Archives:
    """One for the whole service. Every attribute raises CoffreInutilisable while the base does not answer."""

    def __init__(
        self, reglages: ReglagesDossiers | None = None, *, horloge: Callable[[], datetime] = utc_now
    ) -> None:
        self.reglages = reglages or ReglagesDossiers()
        self._horloge = horloge
        self._verrou = threading.Lock()
        self._coffre: Coffre | None = None

    @property
    def coffre(self) -> Coffre:
        """Opened once; tried again at the next request if it could not be."""
        with self._verrou:
            if self._coffre is None:
                self._coffre = Coffre.open(self.reglages, horloge=self._horloge)
            return self._coffre

    @cached_property
    def dossiers(self) -> Dossiers:
        return Dossiers(self.coffre)

    @cached_property
    def entretiens(self) -> Entretiens:
        return Entretiens(self.coffre)

    @cached_property
    def partages(self) -> Partages:
        return Partages(self.coffre)

    @cached_property
    def ateliers(self) -> Ateliers:
        return Ateliers(self.coffre, self.compteurs)

    @cached_property
    def compteurs(self) -> Compteurs:
        return Compteurs(self.coffre)

    @cached_property
    def frein(self) -> Frein:
        return Frein(self.coffre)

    @cached_property
    def comptes(self) -> Comptes:
        return Comptes(self.coffre)

    @cached_property
    def seances(self) -> Seances:
        return Seances(self.coffre, self.reglages)

    @cached_property
    def identification(self) -> Identification:
        return Identification(self.comptes, self.frein)

    @cached_property
    def openid(self) -> OpenId | None:
        """None when no identity provider is set."""
        return OpenId.of(self.reglages)

    def erase_expired(self) -> int:
        """How many dossiers were past their day, and are gone, with all else whose time is over.

        A base that was never made stays so. Raises CoffreInutilisable.
        """
        if not self._is_there():
            return 0
        self.ateliers.close_past()
        self.entretiens.forget_abandoned()
        self.seances.erase_expired()
        self.comptes.erase_expired()
        self.frein.forget_past()
        gone = self.dossiers.erase_expired()
        # Even when nothing expired: an erasure whose last trace could not be removed at once ends here.
        self.coffre.purge()
        return gone

    def _is_there(self) -> bool:
        fichier = self.reglages.fichier
        return self._coffre is not None or fichier is None or fichier.exists()

    def close(self) -> None:
        if self._coffre is not None:
            self._coffre.close()
