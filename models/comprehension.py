"""Text → what it means, as learned from our phrasings: a small transformer, then linear heads.

Each head is linear on the mean of the pieces' states, so the share of every word in a score is exact: what
was understood can be shown with the words it came from. Scores are log-odds; the heads were calibrated, and
those of the guards shifted, by `training/fit_comprehension.py`. Keys are strings; this module does not know
what they are. ONNX Runtime on one thread; no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from models.manifest import Manifest

ARTEFACT = Path(__file__).parent / "artefacts" / "comprehension"
RESEAU, MORCEAUX, TETES = "reseau.onnx", "tokenizer.json", "tetes.npz"
MORCEAUX_MAX = 256
"""What is written beyond is not heard by this model: about a page on a phone, one text in ten thousand."""
# How the keys begin, by task.
METIER, CHAMP, DETRESSE, HORS_SUJET = "metier.", "champ.", "detresse.", "hors_sujet."
SIGNAL = "signal"
"""The key of a guard that says « any »."""


class ComprehensionAbsente(RuntimeError):
    """The learned reader is missing or unreadable; the message names the command that makes it."""

    def __init__(self) -> None:
        super().__init__("Le lecteur appris est absent ou illisible. Pour le refaire : make train")


@dataclass(frozen=True)
class Entendu:
    """What one text means."""

    cles: Mapping[str, int]
    valeurs: NDArray[np.float32]
    """Log-odds, one per key."""
    parts: NDArray[np.float32]
    """Share of each piece in each score, (pieces, keys)."""
    places: tuple[int, ...]
    """Where each piece begins in the text."""

    def score(self, cle: str) -> float:
        """Log-odds of one key. Raises KeyError."""
        return float(self.valeurs[self.cles[cle]])

    def scores(self, prefixe: str) -> dict[str, float]:
        """The scores whose key begins so, named by what follows."""
        return {
            cle.removeprefix(prefixe): float(self.valeurs[i])
            for cle, i in self.cles.items()
            if cle.startswith(prefixe)
        }

    def place(self, cle: str) -> int:
        """Where in the text the piece that weighs most in this score begins."""
        return self.places[int(self.parts[:, self.cles[cle]].argmax())]


class Comprehension:
    """The transformer and its heads. Thread-safe; keeps nothing of what it hears."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        cles: tuple[str, ...],
        poids: NDArray[np.float32],
        biais: NDArray[np.float32],
        version: str,
    ) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._cles = {cle: i for i, cle in enumerate(cles)}
        self._poids = poids
        self._biais = biais
        self.version = version

    @classmethod
    def load(cls, dossier: Path = ARTEFACT) -> Comprehension:
        """Raises ComprehensionAbsente."""
        try:
            manifest = Manifest.read(dossier)
            with np.load(dossier / TETES) as arrays:
                cles, poids, biais = (arrays[nom] for nom in ("cles", "poids", "biais"))
            tokenizer = Tokenizer.from_file(str(dossier / MORCEAUX))
            session = onnxruntime.InferenceSession(
                dossier / RESEAU, _one_thread(), providers=["CPUExecutionProvider"]
            )
        except (OSError, TypeError, ValueError, KeyError) as erreur:
            raise ComprehensionAbsente from erreur
        tokenizer.no_padding()
        tokenizer.enable_truncation(MORCEAUX_MAX)
        noms = tuple(str(c) for c in cles)
        return cls(session, tokenizer, noms, poids.astype(np.float32), biais, manifest.version)

    def hear(self, texte: str) -> Entendu:
        """What this text means; of an empty one, what the heads say of nothing."""
        encoded = self._tokenizer.encode(texte)
        ids = np.array([encoded.ids], dtype=np.int64)
        (etats,) = self._session.run(None, {"ids": ids, "masque": np.ones_like(ids)})
        parts = (etats[0] @ self._poids) / len(encoded.ids)
        return Entendu(
            self._cles, parts.sum(axis=0) + self._biais, parts, tuple(o[0] for o in encoded.offsets)
        )


def _one_thread() -> onnxruntime.SessionOptions:
    """A server answers many people at once: one thread a text, and the same sums in the same order."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return options
