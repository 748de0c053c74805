"""Vectors of passages, searched by inner product. The only home of faiss.

A passage is a key and a text; several passages share a key (a métier is said in many ways). The
index is exact: a few thousand vectors need no approximation. Saved, it carries a manifest: an index
made with another encoder or from other passages is refused, with the command that rebuilds it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from models.encoder import Encodeur
from models.manifest import Manifest, digest_texts

ARTEFACT = Path(__file__).parent / "artefacts" / "index"
COMMANDE = "python -m training.build_index"
VECTEURS, CLES = "vecteurs.faiss", "cles.json"

# Several close passages say more than one: the mean of this many is steadier than the single best.
MEILLEURS_PASSAGES = 3


class Passage(Protocol):
    """What can be indexed."""

    @property
    def cle(self) -> str: ...

    @property
    def texte(self) -> str: ...


class IndexPerime(RuntimeError):
    """The saved index cannot be used as it is; the message says how to rebuild it."""

    def __init__(self, raison: str) -> None:
        super().__init__(f"L'index des passages est périmé : {raison}. À refaire : {COMMANDE}")


@dataclass(frozen=True)
class Resultat:
    """A passage found: its key, its position among the passages, its cosine."""

    cle: str
    position: int
    score: float


class Index:
    """Passages of métiers, by closeness of meaning."""

    def __init__(self, vecteurs: NDArray[np.float32], cles: Sequence[str], manifest: Manifest) -> None:
        if len(vecteurs) != len(cles):
            raise ValueError(f"{len(vecteurs)} vecteurs pour {len(cles)} passages")
        self.manifest = manifest
        self.cles = tuple(cles)
        self._vecteurs = vecteurs
        self._faiss = faiss.IndexFlatIP(vecteurs.shape[1])
        self._faiss.add(vecteurs)
        self._lignes = {cle: np.flatnonzero(np.array(cles) == cle) for cle in dict.fromkeys(cles)}

    @classmethod
    def build(cls, encodeur: Encodeur, passages: Sequence[Passage], *, date: str) -> Index:
        """Encode every passage now."""
        vecteurs = encodeur.encode([p.texte for p in passages])
        manifest = Manifest(
            nom="index",
            version=digest_texts([encodeur.version, digest_passages(passages)]),
            entrees={"encodeur": encodeur.version, "passages": digest_passages(passages)},
            commande=COMMANDE,
            date=date,
            mesures={"passages": len(passages), "cles": len({p.cle for p in passages})},
        )
        return cls(vecteurs, [p.cle for p in passages], manifest)

    def search(self, vecteurs: NDArray[np.float32], k: int) -> list[list[Resultat]]:
        """The `k` closest passages of each vector, best first."""
        scores, positions = self._faiss.search(vecteurs, min(k, len(self.cles)))
        return [
            [Resultat(self.cles[p], int(p), float(s)) for s, p in zip(ligne, ou, strict=True)]
            for ligne, ou in zip(scores, positions, strict=True)
        ]

    def scores_by_key(
        self, vecteur: NDArray[np.float32], *, meilleurs: int = MEILLEURS_PASSAGES
    ) -> dict[str, float]:
        """Every key, with the mean cosine of its `meilleurs` closest passages."""
        cosinus = self._vecteurs @ vecteur.reshape(-1)
        return {cle: _mean_of_top(cosinus[ou], meilleurs) for cle, ou in self._lignes.items()}

    def save(self, dossier: Path) -> None:
        """Write vectors, keys and manifest."""
        dossier.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self._faiss, str(dossier / VECTEURS))
        (dossier / CLES).write_text(json.dumps(self.cles, indent=0) + "\n", encoding="utf-8")
        self.manifest.write(dossier)


def load(dossier: Path, encodeur: Encodeur, passages: Sequence[Passage]) -> Index:
    """The saved index, if it was made with this encoder from these passages. Raises IndexPerime."""
    try:
        manifest = Manifest.read(dossier)
    except (OSError, TypeError, ValueError) as erreur:
        raise IndexPerime("il est absent ou illisible") from erreur
    if manifest.entrees.get("encodeur") != encodeur.version:
        raise IndexPerime("l'encodeur a changé")
    if manifest.entrees.get("passages") != digest_passages(passages):
        raise IndexPerime("les fiches des métiers ont changé")
    return Index(*_read_files(dossier), manifest)


def digest_passages(passages: Sequence[Passage]) -> str:
    """Changes with any key, any text, or their order."""
    return digest_texts(part for p in passages for part in (p.cle, p.texte))


def _mean_of_top(cosinus: NDArray[np.float32], meilleurs: int) -> float:
    return float(np.sort(cosinus)[-meilleurs:].mean())


def _read_files(dossier: Path) -> tuple[NDArray[np.float32], list[str]]:
    try:
        index: Any = faiss.read_index(str(dossier / VECTEURS))  # faiss ships no types
        cles = json.loads((dossier / CLES).read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError) as erreur:
        raise IndexPerime("un de ses fichiers est absent ou illisible") from erreur
    return index.reconstruct_n(0, index.ntotal), cles
