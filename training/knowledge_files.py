"""Reads the métier files that exist, without asking that the whole of knowledge be complete."""

from __future__ import annotations

from pathlib import Path

from knowledge.loading import RACINE, read_as
from knowledge.schema import Metier


def read_metiers(dossier: Path = RACINE / "metiers") -> list[Metier]:
    """Sorted by slug. Raises FicheInvalide."""
    return [read_as(chemin, Metier) for chemin in sorted(dossier.glob("*.yaml"))]
