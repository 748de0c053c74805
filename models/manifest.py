"""What a saved artefact is: which files, made from what, by which command, and how good.

A manifest lies beside its files as `manifest.json`. `version` is the digest of those files: two
artefacts of the same version give the same numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

FICHIER = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """The identity card of an artefact."""

    nom: str
    version: str
    """Digest of the artefact's own files."""
    entrees: Mapping[str, str]
    """What it was made from: name → digest or version."""
    commande: str
    """The command that remakes it."""
    date: str
    """ISO day it was made; given by the caller, never read from a clock here."""
    mesures: Mapping[str, float] = field(default_factory=dict)
    origine: str = ""
    """Free text: licences, and what the figures were measured on."""

    def write(self, dossier: Path) -> None:
        """Save beside the artefact."""
        texte = json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True)
        (dossier / FICHIER).write_text(texte + "\n", encoding="utf-8")

    @classmethod
    def read(cls, dossier: Path) -> Manifest:
        """Raises OSError when there is none, TypeError or ValueError when it is not one."""
        return cls(**json.loads((dossier / FICHIER).read_text(encoding="utf-8")))


def digest_files(chemins: Iterable[Path]) -> str:
    """Twelve hexadecimal digits over names and contents, whatever the order given."""
    digest = hashlib.sha256()
    for chemin in sorted(chemins):
        digest.update(chemin.name.encode())
        digest.update(hashlib.sha256(chemin.read_bytes()).digest())
    return digest.hexdigest()[:12]


def digest_texts(textes: Iterable[str]) -> str:
    """Twelve hexadecimal digits over texts, in the order given."""
    digest = hashlib.sha256()
    for texte in textes:
        digest.update(texte.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:12]
