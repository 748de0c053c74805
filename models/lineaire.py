"""Text → one number per key, learned from labelled phrasings (`training/fit_*.py`).

A linear model over hashed pieces of words and the encoder's vector, read with numpy alone: the pieces
carry spelling, the vector carries meaning. Keys are strings; this module does not know what they are.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.encoder import Encodeur
from models.manifest import Manifest

_ARTEFACTS = Path(__file__).parent / "artefacts"
AFFINITE = _ARTEFACTS / "affinite"
"""How much a text attracts to each métier."""
HORS_SUJET = _ARTEFACTS / "hors_sujet"
"""How much a text speaks of something else."""
DETRESSE = _ARTEFACTS / "detresse"
"""How much a text calls for help, by kind of help."""
QUESTIONS = _ARTEFACTS / "questions"
"""Which fact a question asks for."""
POIDS = "poids.npz"
COMMANDE = "make fit"
CASES = 1 << 15
"""Buckets of the hashed pieces; more changes nothing measurable on our material."""
LETTRES = (2, 3, 4, 5)


class ModelePerime(RuntimeError):
    """The saved model was not made for this encoder; the message names the command that remakes it."""

    def __init__(self, raison: str) -> None:
        super().__init__(f"Un modèle est périmé : {raison}. Pour le refaire : {COMMANDE}")


@dataclass(frozen=True)
class ModeleLineaire:
    """A linear model, saved as plain arrays."""

    cles: tuple[str, ...]
    morceaux: NDArray[np.float32]
    """Weights of the hashed pieces, (CASES, n)."""
    sens: NDArray[np.float32]
    """Weights of the encoder's vector, (dimension, n)."""
    biais: NDArray[np.float32]
    version: str

    def scores(self, pieces: Mapping[int, float], vecteur: NDArray[np.float32]) -> dict[str, float]:
        """One number per key, higher is closer; `pieces` and `vecteur` are of the same text."""
        total = self.biais + vecteur @ self.sens
        if pieces:
            places, values = zip(*pieces.items(), strict=True)
            total = total + np.asarray(values, dtype=np.float32) @ self.morceaux[list(places)]
        return dict(zip(self.cles, total.tolist(), strict=True))

    def save(self, dossier: Path, manifest: Manifest) -> None:
        dossier.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            dossier / POIDS,
            cles=np.array(self.cles),
            morceaux=self.morceaux.astype(np.float16),
            sens=self.sens.astype(np.float16),
            biais=self.biais,
        )
        manifest.write(dossier)


def load(dossier: Path, encodeur: Encodeur) -> ModeleLineaire:
    """The saved model, if it was fitted on this encoder's vectors. Raises ModelePerime."""
    try:
        manifest = Manifest.read(dossier)
        with np.load(dossier / POIDS) as arrays:
            parts = {nom: arrays[nom] for nom in ("cles", "morceaux", "sens", "biais")}
    except (OSError, TypeError, ValueError, KeyError) as erreur:
        raise ModelePerime("il est absent ou illisible") from erreur
    if manifest.entrees.get("encodeur") != encodeur.version:
        raise ModelePerime("l'encodeur a changé")
    return ModeleLineaire(
        tuple(str(c) for c in parts["cles"]),
        parts["morceaux"].astype(np.float32),
        parts["sens"].astype(np.float32),
        parts["biais"].astype(np.float32),
        manifest.version,
    )


def hashed_pieces(texte: str) -> dict[int, float]:
    """Bucket → weight of the pieces of a text of plain words; the squares of the weights sum to 1."""
    counts = Counter(zlib.crc32(piece.encode()) % CASES for piece in _pieces(texte))
    if not counts:
        return {}
    damped = {place: 1 + math.log(n) for place, n in counts.items()}
    norm = math.sqrt(sum(v * v for v in damped.values()))
    return {place: v / norm for place, v in damped.items()}


def _pieces(texte: str) -> Iterator[str]:
    mots = texte.split()
    yield from (f"{a} {b}" for a, b in pairwise(mots))
    for mot in mots:
        bordered = f"^{mot}$"
        yield bordered
        for length in LETTRES:
            yield from (bordered[i : i + length] for i in range(len(bordered) - length + 1))
