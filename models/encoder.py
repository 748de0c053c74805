"""Text → vector. The protocol every encoder follows, and the default: a static French encoder.

The static encoder is a table of word and word-piece vectors, averaged (model2vec). Its tokenizer
carries the whole policy on spelling, so that training and serving cannot disagree: lower case,
accents and ligatures removed, anything that is not a letter or a digit is a space. « Élève »,
« ELEVE » and « élevé » are one word: people who type on a phone leave accents out, and that is
worth the loss.
An unknown or misspelt word is cut into known pieces, down to single letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from models.manifest import Manifest

ARTEFACT = Path(__file__).parent / "artefacts" / "encodeur"

# Texts tokenized at once: bounds the memory, and costs nothing beyond a few hundred.
LOT = 1024
# How the tokenizer marks a piece that begins a word.
DEBUT_DE_MOT = "▁"


class Encodeur(Protocol):
    """Anything that turns French text into unit vectors."""

    @property
    def dimension(self) -> int: ...

    @property
    def version(self) -> str:
        """Changes whenever the same text could give another vector."""
        ...

    @property
    def mots(self) -> frozenset[str]:
        """Ordinary words this encoder knows, lower case without accents; may be empty."""
        ...

    def encode(self, textes: Sequence[str]) -> NDArray[np.float32]:
        """Shape (n, dimension), rows of norm 1; a text without a known letter gives zeros."""
        ...


class EncodeurStatique:
    """The default: no transformer, no network, tens of thousands of short texts a second.

    The files are model2vec's (`StaticModel.from_pretrained` reads them too), but read here with
    numpy and tokenizers alone: model2vec keeps a second copy of the tokenizer and loads the hub's
    client, which doubles the time to start and the memory.
    """

    def __init__(self, table: NDArray[np.float16], tokenizer: Tokenizer, manifest: Manifest) -> None:
        self._table = table
        self._tokenizer = tokenizer
        self._manifest = manifest

    @classmethod
    def load(cls, dossier: Path = ARTEFACT) -> EncodeurStatique:
        """Read the committed artefact."""
        table = load_file(dossier / "model.safetensors")["embeddings"]
        tokenizer = Tokenizer.from_file(str(dossier / "tokenizer.json"))
        return cls(table, tokenizer, Manifest.read(dossier))

    @property
    def dimension(self) -> int:
        return int(self._table.shape[1])

    @property
    def version(self) -> str:
        return self._manifest.version

    @cached_property
    def mots(self) -> frozenset[str]:
        """The whole words of the vocabulary, lower case without accents: ordinary French."""
        # The table holds the unknown, then the words, then the pieces, « ▁educatr » among them.
        nombre = int(self._manifest.mesures["mots"])
        rangs = self._tokenizer.get_vocab().items()
        return frozenset(t.removeprefix(DEBUT_DE_MOT) for t, rang in rangs if 0 < rang <= nombre)

    def encode(self, textes: Sequence[str]) -> NDArray[np.float32]:
        sommes = np.zeros((len(textes), self.dimension), dtype=np.float32)
        for debut in range(0, len(textes), LOT):
            lus = self._tokenizer.encode_batch_fast(list(textes[debut : debut + LOT]))
            for ligne, lu in zip(sommes[debut:], lus, strict=False):
                # The sum points as the mean does. Half floats are widened before they add up.
                self._table[lu.ids].sum(axis=0, dtype=np.float32, out=ligne)
        return normalise(sommes)


def normalise(vecteurs: NDArray[Any]) -> NDArray[np.float32]:
    """Rows of norm 1; a row of zeros stays one, so that it is close to nothing."""
    larges = np.asarray(vecteurs, dtype=np.float32)
    normes = np.linalg.norm(larges, axis=1, keepdims=True)
    unitaires: NDArray[np.float32] = np.divide(larges, normes, out=np.zeros_like(larges), where=normes > 0)
    return unitaires
