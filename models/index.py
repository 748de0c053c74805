"""Vectors of texts, compared by inner product. The only home of faiss.

Two indexes: `Index`, the few thousand passages of the métiers, in memory; `IndexSurDisque`, as many
numbered texts as one likes, in a file that processes map and share.

A passage is a key and a text; several passages share a key (a métier is said in many ways). The
index is exact: a few thousand vectors need no approximation. Saved, it carries a manifest: an index
made with another encoder or from other passages is refused, with the command that rebuilds it.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from models.encoder import Encodeur, normalise
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

    def __init__(self, raison: str, *, quoi: str = "des passages", commande: str = COMMANDE) -> None:
        super().__init__(f"L'index {quoi} est périmé : {raison}. À refaire : {commande}")


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

    def centres(self) -> dict[str, NDArray[np.float32]]:
        """Every key, with the mean direction of its passages: unit vectors."""
        return {cle: normalise(self._vecteurs[ou].mean(axis=0)[None])[0] for cle, ou in self._lignes.items()}

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


class IndexSurDisque:
    """Vectors of numbered texts in half precision, read from a file that the system maps.

    Three files a name: vectors, numbers, and a manifest that names both and is replaced last, so that a
    reader finds either the old index or the new one, whole.
    """

    def __init__(self, vecteurs: faiss.Index, numeros: NDArray[np.int64], manifest: Manifest) -> None:
        self._faiss = vecteurs
        self._numeros = numeros
        self.manifest = manifest

    def __len__(self) -> int:
        return len(self._numeros)

    @classmethod
    def build(
        cls,
        dossier: Path,
        nom: str,
        encodeur: Encodeur,
        lots: Iterable[Sequence[tuple[int, str]]],
        *,
        commande: str,
        date: str,
    ) -> Manifest:
        """Encode every (number, text), numbers growing, and write the files in place of the old ones."""
        index = faiss.IndexScalarQuantizer(
            encodeur.dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        numeros, digests = array("q"), []
        for lot in lots:
            index.add(encodeur.encode([texte for _, texte in lot]))
            numeros.extend(numero for numero, _ in lot)
            digests.append(digest_texts(f"{numero} {texte}" for numero, texte in lot))
        rangs = np.array(numeros, dtype=np.int64)
        manifest = Manifest(
            nom=nom,
            version=digest_texts([encodeur.version, *digests]),
            entrees={"encodeur": encodeur.version},
            commande=commande,
            date=date,
            mesures={"textes": len(rangs)},
        )
        _write_on_disk(dossier, index, rangs, manifest)
        return manifest

    @classmethod
    def open(cls, dossier: Path, nom: str, encodeur: Encodeur, *, commande: str) -> IndexSurDisque:
        """Map the index of this name. Raises IndexPerime when absent, or made with another encoder."""
        try:
            manifest = Manifest(**json.loads((dossier / f"{nom}.json").read_text(encoding="utf-8")))
            if manifest.entrees.get("encodeur") != encodeur.version:
                raise IndexPerime("l'encodeur a changé", quoi=nom, commande=commande)
            vecteurs, rangs = _disk_files(dossier, manifest)
            index: Any = faiss.read_index(str(vecteurs), faiss.IO_FLAG_MMAP_IFC)
            numeros = np.load(rangs, mmap_mode="r")
        except (OSError, RuntimeError, TypeError, ValueError) as erreur:
            if isinstance(erreur, IndexPerime):
                raise
            raise IndexPerime("il est absent ou illisible", quoi=nom, commande=commande) from erreur
        return cls(index, numeros, manifest)

    def scores(self, vecteur: NDArray[np.float32], numeros: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosine of each of these numbers; 0 for one that is not in the index."""
        cosinus = np.zeros(len(numeros), dtype=np.float32)
        if not len(self._numeros):
            return cosinus
        places = np.minimum(np.searchsorted(self._numeros, numeros), len(self._numeros) - 1)
        known = self._numeros[places] == numeros
        if known.any():
            cosinus[known] = self._faiss.reconstruct_batch(places[known]) @ vecteur
        return cosinus


def _write_on_disk(dossier: Path, index: Any, numeros: NDArray[np.int64], manifest: Manifest) -> None:
    dossier.mkdir(parents=True, exist_ok=True)
    vecteurs, rangs = _disk_files(dossier, manifest)
    # A file that others map is never written again: a new one takes its name.
    with _replacing(vecteurs) as partiel:
        faiss.write_index(index, str(partiel))
    with _replacing(rangs) as partiel, partiel.open("wb") as fichier:
        np.save(fichier, numeros)
    with _replacing(dossier / f"{manifest.nom}.json") as partiel:
        partiel.write_text(json.dumps(asdict(manifest), ensure_ascii=False), encoding="utf-8")
    # Whoever has the old files open keeps them until they are closed.
    for ancien in dossier.glob(f"{manifest.nom}-*"):
        if ancien not in (vecteurs, rangs):
            ancien.unlink(missing_ok=True)


@contextmanager
def _replacing(chemin: Path) -> Iterator[Path]:
    partiel = chemin.with_name(f"{chemin.name}.{os.getpid()}.partiel")
    try:
        yield partiel
        os.replace(partiel, chemin)
    finally:
        partiel.unlink(missing_ok=True)


def _disk_files(dossier: Path, manifest: Manifest) -> tuple[Path, Path]:
    base = f"{manifest.nom}-{manifest.version}"
    return dossier / f"{base}.faiss", dossier / f"{base}.npy"


def _mean_of_top(cosinus: NDArray[np.float32], meilleurs: int) -> float:
    return float(np.sort(cosinus)[-meilleurs:].mean())


def _read_files(dossier: Path) -> tuple[NDArray[np.float32], list[str]]:
    try:
        index: Any = faiss.read_index(str(dossier / VECTEURS))  # faiss ships no types
        cles = json.loads((dossier / CLES).read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError) as erreur:
        raise IndexPerime("un de ses fichiers est absent ou illisible") from erreur
    return index.reconstruct_n(0, index.ntotal), cles
