"""The checkers that only exist for node, pinned in `outils/` and installed by `make outils`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

DOSSIER = Path(__file__).parent / "outils"
TOUS = "CAP_SOIN_OUTILS"
"""Set to 1 where every checker must be there (`make test-browser`, `.ci/run`): a missing one then fails."""


def module(chemin: str) -> Path:
    """A file of an installed package, such as `vnu-jar/build/dist/vnu.jar`."""
    found = DOSSIER / "node_modules" / chemin
    if not found.exists():
        _missing(f"{chemin} : « make outils » l'installe")
    return found


def program(nom: str) -> str:
    """A program of the machine: node, java."""
    found = shutil.which(nom)
    if found is None:
        _missing(f"{nom} : paquet Debian absent")
    return str(found)


def _missing(message: str) -> None:
    if os.environ.get(TOUS) == "1":
        pytest.fail(message)
    pytest.skip(message)
