"""Sources asked while someone waits for a page: one deadline for all, and none spoils it for the others.

Each question runs in a thread of its own, which may outlive the page but not the program, nor take more than
one of the few places of its source. What it brings back too late is kept for whoever asks next. An answer is
fresh for an hour, and stands in for a source that fails for at most a day: what France Travail lets us keep.
A source that keeps failing, or asks us to wait, is left alone for a while.

Nothing a person typed is kept here: an answer is found again by codes and by distance. What several sources
say of the same thing is left to the caller.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field

from service.catalogue.fiches import Fiche, Genre
from service.catalogue.sources import Autour, SourceEnLigne
from service.catalogue.sources.reseau import Client, SourceEnPanne

# France Travail shows the offres of the moment: until its licence is read at registration, no longer copy.
GARDE_MAX_S = 24 * 3600
# Three in a row is no accident; a minute is what a short maintenance or a restart takes.
ECHECS_MAX = 3
REPOS_S = 60.0
# Questions a source answers at once; the others wait for their turn within the deadline.
PLACES = 4

_Cle = tuple[str, Genre, tuple[str, ...], str, int]


@dataclass(frozen=True)
class Prise:
    """What the sources answered."""

    fiches: tuple[Fiche, ...]
    """In the order of the sources, each in its own order."""
    age_s: float
    """Age of the oldest answer used; 0 when there is none."""
    pannes: tuple[str, ...]
    """Sources that did not answer this time, as shown to people, even where an older answer stands in."""


@dataclass(frozen=True)
class _Releve:
    """What a source answered, and when it was asked."""

    fiches: tuple[Fiche, ...]
    a: float


@dataclass(eq=False)
class _Appel:
    """One question on its way to a source, however many people asked it."""

    cle: _Cle
    a: float
    lu: Future[_Releve] = field(default_factory=Future)
    abandonne: bool = False
    """Given up by those who waited: already counted as a failure."""


@dataclass
class _Disjoncteur:
    """Whether a source is worth asking."""

    echecs: int = 0
    panne_a: float = -math.inf
    jusqu_a: float = -math.inf

    def lets_through(self, now: float) -> bool:
        """After the rest, one question goes first, alone; if it never comes back the rest starts again."""
        if now < self.jusqu_a:
            return False
        if self.echecs >= ECHECS_MAX:
            self.jusqu_a = now + REPOS_S
        return True

    def failed(self, now: float, attendre_s: float | None) -> None:
        """What a source asks us to wait is granted from the first time."""
        self.echecs, self.panne_a = self.echecs + 1, now
        if attendre_s is None:
            attendre_s = REPOS_S if self.echecs >= ECHECS_MAX else 0.0
        self.jusqu_a = max(self.jusqu_a, now + attendre_s)

    def succeeded(self, asked_a: float) -> None:
        """A question asked before the last failure says nothing of what came after it."""
        if asked_a >= self.panne_a:
            self.echecs, self.jusqu_a = 0, -math.inf


@dataclass
class _Poste:
    """A source, and what is known of its health."""

    source: SourceEnLigne
    client: Client
    disjoncteur: _Disjoncteur = field(default_factory=_Disjoncteur)
    places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(PLACES))


class Direct:
    """The sources that have a key, asked at the same time. May be shared by threads."""

    def __init__(
        self,
        sources: Sequence[SourceEnLigne],
        fabrique: Callable[[SourceEnLigne], Client],
        *,
        horloge: Callable[[], float] = time.monotonic,
        delai_s: float = 2.5,
        frais_s: float = 3600,
        garde_s: float = GARDE_MAX_S,
        entrees_max: int = 500,
    ) -> None:
        """`fabrique` makes the client of a source, closed with this. `horloge` dates the answers; what is
        waited is waited in real time."""
        if not 0 <= frais_s <= garde_s <= GARDE_MAX_S:
            raise ValueError("une réponse se garde 24 heures au plus, et n'est pas fraîche plus longtemps")
        self._postes = tuple(_Poste(source, fabrique(source)) for source in sources)
        self._horloge, self._delai_s = horloge, delai_s
        self._frais_s, self._garde_s, self._entrees_max = frais_s, garde_s, entrees_max
        self._verrou = threading.Lock()
        self._releves: OrderedDict[_Cle, _Releve] = OrderedDict()
        self._appels: dict[_Cle, _Appel] = {}

    def covers(self, genre: Genre) -> bool:
        """Whether a source may be asked for this."""
        return any(genre in poste.source.genres for poste in self._postes)

    def near(self, autour: Autour) -> Prise:
        """What is near, from every source of this genre, within `delai_s`. Never fails."""
        postes = [poste for poste in self._postes if autour.genre in poste.source.genres]
        appels = [self._call(poste, autour) for poste in postes]
        wait([appel.lu for appel in appels if not appel.abandonne], timeout=self._delai_s)
        for poste, appel in zip(postes, appels, strict=True):
            self._abandon(poste, appel)
        answers = [_answered(appel) for appel in appels]
        releves = [
            releve
            for appel, answer in zip(appels, answers, strict=True)
            if (releve := answer or self._older(appel.cle))
        ]
        return Prise(
            fiches=tuple(fiche for releve in releves for fiche in releve.fiches),
            age_s=max((self._horloge() - releve.a for releve in releves), default=0.0),
            pannes=tuple(
                poste.source.libelle for poste, answer in zip(postes, answers, strict=True) if answer is None
            ),
        )

    def close(self) -> None:
        """Close the clients; a question still on its way fails by itself."""
        for poste in self._postes:
            poste.client.close()

    def _call(self, poste: _Poste, autour: Autour) -> _Appel:
        """The question to one source: answered already, on its way, sent now, or given up at once."""
        codes = tuple(sorted(set(autour.codes)))
        cle = (poste.source.nom, autour.genre, codes, autour.commune.code, autour.rayon_km)
        now = self._horloge()
        appel = _Appel(cle, now)
        with self._verrou:
            self._forget(now)
            releve = self._releves.get(cle)
            if releve and now - releve.a < self._frais_s:
                self._releves.move_to_end(cle)
                appel.lu.set_result(releve)
                return appel
            if cle in self._appels:
                return self._appels[cle]
            if not poste.disjoncteur.lets_through(now):
                appel.abandonne = True
                return appel
            self._appels[cle] = appel
        self._send(poste, autour, appel)
        return appel

    def _send(self, poste: _Poste, autour: Autour, appel: _Appel) -> None:
        # Not an executor: its threads are awaited when the program ends, and a few that hang stop it for all.
        thread = threading.Thread(
            target=self._ask, args=(poste, autour, appel), daemon=True, name=f"direct-{poste.source.nom}"
        )
        try:
            thread.start()
        except RuntimeError as panne:
            self._settle(poste, appel, panne)

    def _ask(self, poste: _Poste, autour: Autour, appel: _Appel) -> None:
        """In its thread. Whatever an adapter raises, a mistake of ours included, is its source failing."""
        if not poste.places.acquire(timeout=self._delai_s):
            self._settle(poste, appel, SourceEnPanne("trop de demandes à la fois"))
            return
        issue: tuple[Fiche, ...] | Exception
        try:
            issue = tuple(poste.source.near(autour, poste.client))
        except Exception as panne:
            issue = panne
        finally:
            poste.places.release()
        self._settle(poste, appel, issue)

    def _settle(self, poste: _Poste, appel: _Appel, issue: tuple[Fiche, ...] | Exception) -> None:
        """Write down how a question ended. A late answer is kept, but was asked before it was given up."""
        with self._verrou:
            del self._appels[appel.cle]
            if isinstance(issue, Exception):
                if not appel.abandonne:
                    attendre_s = issue.attendre_s if isinstance(issue, SourceEnPanne) else None
                    poste.disjoncteur.failed(self._horloge(), attendre_s)
                appel.lu.set_exception(issue)
                return
            releve = _Releve(issue, appel.a)
            self._keep(appel.cle, releve)
            poste.disjoncteur.succeeded(appel.a)
            appel.lu.set_result(releve)

    def _abandon(self, poste: _Poste, appel: _Appel) -> None:
        """Give up a question that is still on its way. It is not waited for again, by anyone."""
        with self._verrou:
            if not (appel.abandonne or appel.lu.done()):
                appel.abandonne = True
                poste.disjoncteur.failed(self._horloge(), None)

    def _older(self, cle: _Cle) -> _Releve | None:
        """What was answered before, if it may still be shown."""
        with self._verrou:
            self._forget(self._horloge())
            return self._releves.get(cle)

    def _keep(self, cle: _Cle, releve: _Releve) -> None:
        self._releves[cle] = releve
        self._releves.move_to_end(cle)
        while len(self._releves) > self._entrees_max:
            self._releves.popitem(last=False)

    def _forget(self, now: float) -> None:
        """Drop what may be kept no longer."""
        for cle in [cle for cle, releve in self._releves.items() if now - releve.a >= self._garde_s]:
            del self._releves[cle]


def _answered(appel: _Appel) -> _Releve | None:
    if not appel.lu.done() or appel.lu.exception():
        return None
    return appel.lu.result()
