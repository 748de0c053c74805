"""What comes first among what is near: distance, freshness, and closeness to what the person wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from service.catalogue.fiches import Genre
from service.geographie import RAYON_TERRE_KM, Commune

# Going there every day weighs most; among places alike, what resembles the métier and the words said; then
# what is recent. Chosen by reading pages of results, not learned.
POIDS_DISTANCE, POIDS_PROXIMITE, POIDS_FRAICHEUR = 0.45, 0.40, 0.15
# Around Paris there are thousands: the nearest and newest of them are compared to the words, which is
# a hundred pages more than anyone reads.
COMPARES_MAX = 2_000
# An offre loses half of its freshness in this many days; an événement or a session counts the days until.
DEMI_VIE_JOURS = 30
# What the source does not date is neither new nor old.
FRAICHEUR_INCONNUE = 0.25


@dataclass(frozen=True)
class Candidats:
    """What a search weighs, a column each, in the same order."""

    fiches: NDArray[np.int64]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]
    """NaN, as latitudes, where only a département is known, or nothing."""
    fraicheurs: NDArray[np.float64]
    """Day (proleptic ordinal) of the last change; 0 when unknown."""
    debuts: NDArray[np.float64]
    """Day it starts; NaN where the source does not say."""

    def __len__(self) -> int:
        return len(self.fiches)

    def unlocated(self) -> Candidats:
        """The same, without places."""
        nowhere = np.full(len(self), np.nan)
        return replace(self, latitudes=nowhere, longitudes=nowhere)

    def kept(self, which: NDArray[np.bool_]) -> Candidats:
        return Candidats(
            self.fiches[which],
            self.latitudes[which],
            self.longitudes[which],
            self.fraicheurs[which],
            self.debuts[which],
        )

    def joined(self, autres: Candidats) -> Candidats:
        return Candidats(
            np.concatenate([self.fiches, autres.fiches]),
            np.concatenate([self.latitudes, autres.latitudes]),
            np.concatenate([self.longitudes, autres.longitudes]),
            np.concatenate([self.fraicheurs, autres.fraicheurs]),
            np.concatenate([self.debuts, autres.debuts]),
        )


Proximite = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""The closeness of each of these fiches to what is looked for, about 0…1."""


@dataclass(frozen=True)
class Classes:
    """Fiches, the best first, with their distances (NaN where it cannot be told)."""

    fiches: NDArray[np.int64]
    distances_km: NDArray[np.float64]


def rank(
    candidats: Candidats,
    distances_km: NDArray[np.float64],
    *,
    genre: Genre,
    rayon_km: float,
    jour: date,
    proximite: Proximite,
) -> Classes:
    """All candidates, the best first; equal ones in the order of their numbers."""
    scores = POIDS_DISTANCE * np.nan_to_num(1 - distances_km / rayon_km)
    scores += POIDS_FRAICHEUR * _freshness(candidats, genre, jour)
    compared = _in_order(scores, candidats.fiches)[:COMPARES_MAX]
    closeness = proximite(candidats.fiches[compared])
    scores += POIDS_PROXIMITE * closeness.min(initial=0)
    scores[compared] += POIDS_PROXIMITE * (closeness - closeness.min(initial=0))
    order = _in_order(scores, candidats.fiches)
    return Classes(candidats.fiches[order], distances_km[order])


def _in_order(scores: NDArray[np.float64], fiches: NDArray[np.int64]) -> NDArray[np.int64]:
    order: NDArray[np.int64] = np.lexsort((fiches, -np.round(scores, 6)))
    return order


def distances(commune: Commune, candidats: Candidats) -> NDArray[np.float64]:
    """From a commune to each, in km as the crow flies; the same figure as `geographie.distance_km`."""
    lat = np.radians(candidats.latitudes)
    lon = np.radians(candidats.longitudes)
    here_lat, here_lon = np.radians(commune.latitude), np.radians(commune.longitude)
    h = np.sin((lat - here_lat) / 2) ** 2
    h += np.cos(here_lat) * np.cos(lat) * np.sin((lon - here_lon) / 2) ** 2
    km: NDArray[np.float64] = 2 * RAYON_TERRE_KM * np.arcsin(np.sqrt(h))
    return km


def _freshness(candidats: Candidats, genre: Genre, jour: date) -> NDArray[np.float64]:
    """1 today, half after (or before) DEMI_VIE_JOURS."""
    today = jour.toordinal()
    if genre is Genre.OFFRE:
        days = np.where(candidats.fraicheurs > 0, today - candidats.fraicheurs, np.nan)
    else:
        days = candidats.debuts - today
    fresh = 0.5 ** (np.clip(days, 0, None) / DEMI_VIE_JOURS)
    return np.nan_to_num(fresh, nan=FRAICHEUR_INCONNUE)
