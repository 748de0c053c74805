"""What is near, asked in one place: the live sources, else what was imported, else the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.loading import Connaissances
from models.encoder import Encodeur, normalise
from models.index import IndexSurDisque
from service.catalogue.classement import Candidats, Classes, Proximite, distances, rank
from service.catalogue.direct import Direct
from service.catalogue.fiches import Fiche, Formation, Genre
from service.catalogue.liste import Liste, without_duplicates
from service.catalogue.perimetre import Perimetre
from service.catalogue.recherche import (
    RAYON_MAX_KM,
    CatalogueInutilisable,
    Demande,
    Diplome,
    Filtres,
    Origine,
    Resultats,
    Trouvaille,
)
from service.catalogue.sources import Autour
from service.catalogue.validite import Registre
from service.geographie import Commune

# Where one looks next when nothing is near, in km: twice as far each time, then to the end.
PALIERS_KM = (40, 80, 150, RAYON_MAX_KM)
# A live source is asked twice at most: the page must not wait.
PALIER_DIRECT_KM = 100
# The title and the first lines say what an offre is about; the rest repeats what all of them say.
LETTRES_ENCODEES = 160
COMMANDE_INDEX = "python -m service.catalogue index"
SECONDES_PAR_JOUR = 86_400


class Fonds(Protocol):
    """Something that can be searched: the store, or a list in memory."""

    def around(
        self,
        genre: Genre,
        codes: Collection[str],
        commune: Commune,
        rayon_km: float,
        filtres: Filtres,
        jour: date,
    ) -> Candidats: ...

    def newest(
        self, genre: Genre, codes: Collection[str], filtres: Filtres, jour: date, *, debut: int, limite: int
    ) -> tuple[list[int], int]: ...

    def fetch(self, genre: Genre, identifiants: Sequence[int]) -> Mapping[int, Fiche]: ...


class Stock(Fonds, Protocol):
    """What was imported: `magasin.Magasin`, named here so that SQL is loaded only where there is some."""

    def counts(self) -> dict[str, dict[str, int]]: ...

    def read_on(self) -> dict[str, date]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Importe:
    """The imported catalogue as it was last opened."""

    stock: Stock
    index: Mapping[Genre, IndexSurDisque]
    registre: Registre
    perimetre: Perimetre
    """Widened by the register: a diploma is found by any number it has had."""
    vu_le: Mapping[Genre, date]
    """For the genres that hold something: the day their oldest source was read."""
    nombres: Mapping[Genre, int]


@dataclass(frozen=True)
class _Fonds:
    """What answers one question, and what to say of it."""

    fonds: Fonds
    origine: Origine
    vu_le: date | None
    avis: str | None = None
    index: IndexSurDisque | None = None
    portee_km: int = RAYON_MAX_KM
    """How far it can be looked in; a live source knows no more than it was asked for."""


@dataclass(frozen=True)
class Etat:
    """Where the answers of one genre come from."""

    origine: Origine
    nombre: int | None
    """None for a live source, which does not say."""
    vu_le: date | None


def text_to_encode(titre: str, texte: str) -> str:
    """What of a fiche is compared to a person's words."""
    return f"{titre} {texte[:LETTRES_ENCODEES]}"


class Catalogue:
    """May be shared by threads: what changes is replaced whole."""

    def __init__(
        self,
        connaissances: Connaissances,
        encodeur: Encodeur,
        centres: Mapping[str, NDArray[np.float32]],
        *,
        jour: Callable[[], date],
        libelles: Mapping[str, str],
        importe: Callable[[], Importe | None] = lambda: None,
        demonstration: Callable[[], Iterable[Fiche]] = tuple,
        direct: Direct | None = None,
    ) -> None:
        """`centres` points to each métier; `jour` is today; `libelles` names sources as shown; `importe`
        gives the imported catalogue of the moment (it may raise CatalogueInutilisable), `demonstration` the
        invented one."""
        self._registre = Registre(connaissances=connaissances)
        self.perimetre = self._registre.widen(Perimetre.of(connaissances))
        self._encodeur = encodeur
        self._centres = centres
        self._jour = jour
        self._libelles = libelles
        self._importe = importe
        self._demonstration = demonstration
        self._invente: tuple[date, Liste] | None = None
        self._direct = direct

    def search(self, demande: Demande, vecteur: NDArray[np.float32] | None = None) -> Resultats:
        """One page of what is near; `vecteur` is what the person wrote, neutral. Never fails."""
        try:
            return self._search(demande, vecteur)
        except CatalogueInutilisable as panne:
            return Resultats((), 0, None, False, Origine.INDISPONIBLE, None, str(panne))

    def search_all(
        self, demandes: Sequence[Demande], vecteur: NDArray[np.float32] | None = None
    ) -> list[Resultats]:
        """Several searches at once: a live source that hangs costs its deadline once."""
        if self._direct is None:
            return [self.search(demande, vecteur) for demande in demandes]
        with ThreadPoolExecutor(max_workers=len(demandes)) as threads:
            return list(threads.map(lambda demande: self.search(demande, vecteur), demandes))

    def state(self) -> dict[Genre, Etat]:
        """What each genre is answered from, without asking anyone."""
        opened = self._opened()
        return {genre: self._state(genre, *opened) for genre in Genre}

    def _state(self, genre: Genre, importe: Importe | None, panne: str | None) -> Etat:
        if self._direct and self._direct.covers(genre):
            return Etat(Origine.DIRECT, None, None)
        if importe and genre in importe.vu_le:
            return Etat(Origine.IMPORTE, importe.nombres[genre], importe.vu_le[genre])
        if importe or panne or self._direct:
            return Etat(Origine.INDISPONIBLE, 0, None)
        return Etat(Origine.DEMONSTRATION, self._invented().count(genre), self._jour())

    def close(self) -> None:
        """What was opened for the searches: the connections of live sources, and of the store."""
        if self._direct:
            self._direct.close()
        if importe := self._opened()[0]:
            importe.stock.close()

    def _search(self, demande: Demande, vecteur: NDArray[np.float32] | None) -> Resultats:
        importe, panne = self._opened()
        registre = importe.registre if importe else self._registre
        perimetre = importe.perimetre if importe else self.perimetre
        codes = perimetre.codes(demande.genre, demande.metier)
        fonds = self._choose(demande, codes, importe, panne)
        if fonds is None:
            avis = panne or "Aucune source n'est branchée pour le moment."
            return Resultats((), 0, None, False, Origine.INDISPONIBLE, None, avis)
        page = self._everywhere if demande.commune is None else self._near
        return page(demande, codes, fonds, registre, vecteur)

    def _opened(self) -> tuple[Importe | None, str | None]:
        """The imported catalogue, or why it cannot be used: live sources answer all the same."""
        try:
            return self._importe(), None
        except CatalogueInutilisable as erreur:
            return None, str(erreur)

    # --- whom to ask -----------------------------------------------------------------------------------

    def _choose(
        self, demande: Demande, codes: Collection[str], importe: Importe | None, panne: str | None
    ) -> _Fonds | None:
        live = self._ask_live(demande, codes)
        if live and live.origine is Origine.DIRECT:
            return live
        avis = live.avis if live else None
        if importe and demande.genre in importe.vu_le:
            vu_le, index = importe.vu_le[demande.genre], importe.index.get(demande.genre)
            return _Fonds(importe.stock, Origine.IMPORTE, vu_le, avis, index)
        if live or importe or panne or self._direct:
            return live
        return _Fonds(self._invented(), Origine.DEMONSTRATION, self._jour())

    def _ask_live(self, demande: Demande, codes: Collection[str]) -> _Fonds | None:
        """None when no live source has this genre, or no place was told."""
        if self._direct is None or demande.commune is None or not self._direct.covers(demande.genre):
            return None
        autour = Autour(demande.genre, tuple(sorted(codes)), demande.commune, demande.rayon_km)
        prise = self._direct.near(autour)
        liste = Liste(without_duplicates(prise.fiches))
        alone = not prise.pannes and not self._within(liste, demande, demande.commune, codes)
        if alone and autour.rayon_km < PALIER_DIRECT_KM:
            autour = replace(autour, rayon_km=PALIER_DIRECT_KM)
            prise = self._direct.near(autour)
            liste = Liste(without_duplicates(prise.fiches))
        avis = _said_of(prise.pannes, prise.age_s) if prise.pannes else None
        origine = Origine.DIRECT if prise.fiches or not prise.pannes else Origine.INDISPONIBLE
        vu_le = self._jour() - timedelta(days=prise.age_s // SECONDES_PAR_JOUR)
        return _Fonds(liste, origine, vu_le, avis, portee_km=autour.rayon_km)

    def _within(self, liste: Liste, demande: Demande, commune: Commune, codes: Collection[str]) -> bool:
        """Whether anything that was asked for is within the distance asked for."""
        found = liste.around(demande.genre, codes, commune, demande.rayon_km, demande.filtres, self._jour())
        return bool((distances(commune, found) <= demande.rayon_km).any())

    def _invented(self) -> Liste:
        """The demonstration of the day: its dates are near."""
        today = self._jour()
        if self._invente is None or self._invente[0] != today:
            self._invente = today, Liste(self._demonstration())
        return self._invente[1]

    # --- one page --------------------------------------------------------------------------------------

    def _near(
        self,
        demande: Demande,
        codes: Collection[str],
        fonds: _Fonds,
        registre: Registre,
        vecteur: NDArray[np.float32] | None,
    ) -> Resultats:
        assert demande.commune is not None  # noqa: S101 - `_search` sends the others elsewhere
        found, km, rayon_km = self._widening(demande, demande.commune, codes, fonds)
        classes = rank(
            found,
            km,
            genre=demande.genre,
            rayon_km=rayon_km,
            jour=self._jour(),
            proximite=self._closeness(demande, fonds, vecteur),
        )
        return Resultats(
            trouvailles=self._page(demande, fonds.fonds, registre, classes),
            total=len(classes.fiches),
            rayon_km=rayon_km,
            elargi=rayon_km > demande.rayon_km,
            origine=fonds.origine,
            vu_le=fonds.vu_le,
            avis=fonds.avis,
        )

    def _widening(
        self, demande: Demande, commune: Commune, codes: Collection[str], fonds: _Fonds
    ) -> tuple[Candidats, NDArray[np.float64], int]:
        """What is within the distance asked for, or within the first one that holds something.

        What has no distance is found with the rest; alone, it is found at the distance asked for. When there
        is nothing at all, the last distance says how far one looked.
        """
        paliers = sorted({*PALIERS_KM, fonds.portee_km})
        farther = (p for p in paliers if demande.rayon_km < p <= fonds.portee_km)
        answers = []
        for rayon_km in (demande.rayon_km, *farther):
            found = fonds.fonds.around(demande.genre, codes, commune, rayon_km, demande.filtres, self._jour())
            km = distances(commune, found)
            within = ~(km > rayon_km)
            answers.append((found.kept(within), km[within], rayon_km))
            if np.isfinite(km[within]).any():
                return answers[-1]
        return answers[0] if len(answers[0][0]) else answers[-1]

    def _everywhere(
        self,
        demande: Demande,
        codes: Collection[str],
        fonds: _Fonds,
        registre: Registre,
        _vecteur: NDArray[np.float32] | None,
    ) -> Resultats:
        """The newest of the whole country."""
        debut = (demande.page - 1) * demande.limite
        ids, total = fonds.fonds.newest(
            demande.genre, codes, demande.filtres, self._jour(), debut=debut, limite=demande.limite
        )
        nowhere = dict.fromkeys(ids)
        trouvailles = self._described(demande.genre, fonds.fonds, registre, nowhere)
        return Resultats(trouvailles, total, None, False, fonds.origine, fonds.vu_le, fonds.avis)

    def _page(
        self, demande: Demande, fonds: Fonds, registre: Registre, classes: Classes
    ) -> tuple[Trouvaille, ...]:
        window = slice((demande.page - 1) * demande.limite, demande.page * demande.limite)
        pairs = zip(classes.fiches[window].tolist(), classes.distances_km[window].tolist(), strict=True)
        shown = {fiche: None if np.isnan(km) else km for fiche, km in pairs}
        return self._described(demande.genre, fonds, registre, shown)

    def _described(
        self, genre: Genre, fonds: Fonds, registre: Registre, shown: Mapping[int, float | None]
    ) -> tuple[Trouvaille, ...]:
        fiches = fonds.fetch(genre, list(shown))
        return tuple(
            Trouvaille(
                fiche=fiche,
                source=self._libelles.get(fiche.source, fiche.source),
                distance_km=km,
                diplome=self._diplome(fiche, registre),
            )
            for identifiant, km in shown.items()
            # One may have been removed since it was found.
            if (fiche := fiches.get(identifiant))
        )

    def _diplome(self, fiche: Fiche, registre: Registre) -> Diplome | None:
        if not isinstance(fiche, Formation) or fiche.rncp is None:
            return None
        return registre.en_vigueur(fiche.rncp, self._jour())

    def _closeness(self, demande: Demande, fonds: _Fonds, vecteur: NDArray[np.float32] | None) -> Proximite:
        """Closeness to the métier, and to what the person wrote when they wrote something."""
        aims = [v for v in (self._centres.get(demande.metier or ""), vecteur) if v is not None]
        if not aims or (fonds.index is None and fonds.origine is Origine.IMPORTE):
            return lambda fiches: np.zeros(len(fiches), dtype=np.float32)
        aim = normalise(np.stack(aims).sum(axis=0)[None])[0]
        if fonds.index is not None:
            index = fonds.index
            return lambda fiches: index.scores(aim, fiches)
        return lambda fiches: self._encoded(demande.genre, fonds.fonds, fiches) @ aim

    def _encoded(self, genre: Genre, fonds: Fonds, fiches: NDArray[np.int64]) -> NDArray[np.float32]:
        read = fonds.fetch(genre, fiches.tolist())
        return self._encodeur.encode([text_to_encode(f.titre, f.texte) for f in read.values()])


def _said_of(pannes: Sequence[str], age_s: float) -> str:
    names = " et ".join(pannes)
    verbe = "ne répond pas" if len(pannes) == 1 else "ne répondent pas"
    # What was answered for this very page has an age too, of an instant.
    if heures := round(age_s / 3600):
        return f"{names} {verbe} pour le moment. Une partie de ces résultats date d'environ {heures} h."
    return f"{names} {verbe} pour le moment."
