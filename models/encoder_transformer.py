"""Any sentence-transformers model as an encoder.

`pip install .[transformers]`, then CAP_SOIN_ENCODEUR=its name; the caller reads the variable.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from models.encoder import normalise

# The e5 family was trained with a prefix on every text. « query: » on both sides is its own advice
# for likeness between texts, as opposed to questions looked up in documents.
PREFIXE_E5 = "query: "


class EncodeurTransformer:
    """A transformer behind the protocol `Encodeur`."""

    def __init__(self, model: SentenceTransformer, nom: str) -> None:
        self._model = model
        self._nom = nom
        self._prefixe = PREFIXE_E5 if "e5" in nom.lower().split("/")[-1].split("-") else ""

    @classmethod
    def load(cls, nom: str) -> EncodeurTransformer:
        """`nom` is a name on the hub or a local folder."""
        return cls(SentenceTransformer(nom, device="cpu"), nom)

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def version(self) -> str:
        return self._nom

    @property
    def mots(self) -> frozenset[str]:
        """None: its vocabulary is made of pieces of every language."""
        return frozenset()

    def encode(self, textes: Sequence[str]) -> NDArray[np.float32]:
        if not textes:
            return np.zeros((0, self.dimension), dtype=np.float32)
        prefixed = [self._prefixe + texte for texte in textes]
        vecteurs = normalise(self._model.encode(prefixed, show_progress_bar=False))
        # A transformer has an opinion about an empty text; the protocol says it must have none.
        vecteurs[[i for i, texte in enumerate(textes) if not texte.strip()]] = 0.0
        return vecteurs
