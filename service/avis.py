"""What learned models think of a text: métiers it draws to, fields it states, distress, another subject.

Two readers: a small transformer (`models/comprehension.py`), and linear models over pieces of words and the
static vector, which stand alone where the transformer is not wanted. Both hear neutral words only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models import lineaire
from models.comprehension import CHAMP, DETRESSE, HORS_SUJET, METIER, SIGNAL, Comprehension, Entendu
from models.encoder import Encodeur
from models.lineaire import ModeleLineaire, hashed_pieces
from service.ecoute import Ecoute
from service.orientation import Indice

# A taste or a length is read above the first probability; a limit, which can close a métier, above the
# second; both are asked about above the third. Chosen on authors the network never met (docs/modeles.md).
LU, LU_LIMITE, DEMANDE = 0.5, 0.7, 0.3
# Under this a taste or a length is not said, whatever the lexicon found: it is right there once in eight.
# A limit it found stands: there it is right four times in ten, and « j'ai mal au dos » must not be lost.
NIE = 0.1
_GOUTS_ET_DUREE = ("publics.", "activites.", "cadres.", "etudes_max.")
# A wish this sure is a clear one.
CLAIR = 0.85


@dataclass(frozen=True)
class Avis:
    """The opinions on one text."""

    attractions: Mapping[str, float]
    """How much the text draws to each métier, about −0.3…1."""
    appels: Mapping[str, float]
    """How much it calls for help, by kind; positive under SIGNAL when someone seems to."""
    ecart: float
    """Positive when it speaks of something else."""
    champs: tuple[Indice, ...] = ()
    """Fields it states, each with the words it was read from; unsure ones are to be asked about."""
    nies: frozenset[str] = frozenset()
    """What it does not say, as `Indice.sens`, whatever words of ours it holds."""
    entendu: Entendu | None = None
    """What the transformer understood, where there is one."""


RIEN = Avis({}, {}, 0.0)
"""The opinion on a text without a word."""


class Appris:
    """All that was learned. Built once; thread-safe; keeps nothing of what it reads."""

    def __init__(
        self,
        affinite: ModeleLineaire,
        detresse: ModeleLineaire,
        hors_sujet: ModeleLineaire,
        comprehension: Comprehension | None,
    ) -> None:
        self._affinite = affinite
        self._detresse = detresse
        self._hors_sujet = hors_sujet
        self._comprehension = comprehension
        parts = (affinite.version, comprehension.version if comprehension else "")
        self.version = "+".join(filter(None, parts))

    @classmethod
    def load(cls, encodeur: Encodeur, *, transformer: bool) -> Appris:
        """The saved models. Raises ModelePerime or ComprehensionAbsente."""
        return cls(
            lineaire.load(lineaire.AFFINITE, encodeur),
            lineaire.load(lineaire.DETRESSE, encodeur),
            lineaire.load(lineaire.HORS_SUJET, encodeur),
            Comprehension.load() if transformer else None,
        )

    def think(self, ecoute: Ecoute, vecteur: NDArray[np.float32]) -> Avis:
        """The opinions on one text; `vecteur` is the encoding of its neutral words."""
        if not ecoute.mots:
            return RIEN
        pieces = hashed_pieces(ecoute.neutre)
        attractions = self._affinite.scores(pieces, vecteur)
        if self._comprehension is None:
            appels = self._detresse.scores(pieces, vecteur)
            return Avis(attractions, appels, self._hors_sujet.scores(pieces, vecteur)[SIGNAL])
        entendu = self._comprehension.hear(ecoute.phrase)
        return Avis(
            join_attractions(attractions, entendu),
            entendu.scores(DETRESSE),
            entendu.score(HORS_SUJET + SIGNAL),
            tuple(_fields(entendu, ecoute)),
            frozenset(_denied(entendu)),
            entendu,
        )


def join_attractions(lineaire: Mapping[str, float], entendu: Entendu) -> dict[str, float]:
    """Both readers weigh the same: the linear one knows spellings, the transformer sentences."""
    return {slug: (lineaire[slug] + _probability(s)) / 2 for slug, s in entendu.scores(METIER).items()}


def _denied(entendu: Entendu) -> Iterator[str]:
    for cle, score in entendu.scores(CHAMP).items():
        if cle.startswith(_GOUTS_ET_DUREE) and _probability(score) < NIE:
            yield cle


def _fields(entendu: Entendu, ecoute: Ecoute) -> list[Indice]:
    """The fields stated, the surest first where two of them exclude each other."""
    found: dict[str, tuple[float, Indice]] = {}
    for cle, score in entendu.scores(CHAMP).items():
        sure = _probability(score)
        if sure < DEMANDE:
            continue
        champ, valeur = _meaning(cle, sure)
        needed = LU if cle.startswith(_GOUTS_ET_DUREE) else LU_LIMITE
        if champ not in found or found[champ][0] < sure:
            mots = ecoute.clause_around(entendu.place(CHAMP + cle))
            found[champ] = (sure, Indice(champ, valeur, mots, sur=sure >= needed))
    return [indice for _, indice in found.values()]


def _meaning(cle: str, sure: float) -> tuple[str, int | str | bool]:
    """« publics.bebes+ » → the field and its value; « etudes_max.1_an » names its value itself."""
    if cle.startswith("etudes_max."):
        champ, _, valeur = cle.partition(".")
        return champ, valeur
    champ, positive = cle[:-1], cle.endswith("+")
    if champ.startswith("contraintes."):
        return champ, "oui" if positive else "non"
    if "." not in champ:
        return champ, positive
    return champ, (2 if sure >= CLAIR else 1) * (1 if positive else -1)


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-score))
