"""What a métier says of itself, cut into short passages to be searched by meaning.

Only what tells one métier from another by what people do, like and where: requirements, pay and
access are rules' matter, not likeness. `pese` is left out: someone who writes « je ne veux pas
porter » must not be drawn to the métiers that say how heavy it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge.schema import Metier


class Genre(StrEnum):
    """Which part of the file a passage comes from."""

    NOM = "nom"
    RESUME = "resume"
    SCENE = "scene"
    POUR_QUI = "pour_qui"
    OU = "ou"
    PLAIT = "plait"
    PAROLE = "parole"


@dataclass(frozen=True)
class Passage:
    """One text of one métier."""

    metier: str
    genre: Genre
    texte: str

    @property
    def cle(self) -> str:
        """The name an index knows the métier by."""
        return self.metier


def passages_of(metier: Metier) -> tuple[Passage, ...]:
    """All of them, in the order of the file."""
    return tuple(Passage(metier.slug, genre, texte) for genre, texte in _texts(metier))


def all_passages(metiers: Iterable[Metier]) -> tuple[Passage, ...]:
    """Those of every métier, sorted by slug so that the same files give the same index."""
    ranges = sorted(metiers, key=lambda metier: metier.slug)
    return tuple(passage for metier in ranges for passage in passages_of(metier))


def _texts(metier: Metier) -> Iterator[tuple[Genre, str]]:
    yield Genre.NOM, metier.titre.feminin
    yield Genre.NOM, metier.titre.masculin
    yield from ((Genre.NOM, nom) for nom in metier.autres_noms)
    yield Genre.RESUME, metier.resume
    yield from ((Genre.SCENE, moment.scene) for moment in metier.journee)
    yield Genre.POUR_QUI, metier.pour_qui
    yield Genre.OU, metier.ou
    yield from ((Genre.PLAIT, texte) for texte in metier.plait)
    yield from ((Genre.PAROLE, texte) for texte in metier.paroles)
