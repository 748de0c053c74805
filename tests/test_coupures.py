"""A server that is killed loses nothing it acknowledged: three kills here, a hundred in `benchmarks.coupures`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.coupures import empty_schema, measure
from tests.bases import BASES, POSTGRESQL, SCHEMA

COUPURES = 3


@pytest.mark.lent
@pytest.mark.parametrize("base", BASES)
def test_turns_acknowledged_before_a_kill_are_kept_once_and_whole(base: str, tmp_path: Path) -> None:
    postgresql = base == "postgresql"
    adresse = (
        empty_schema(POSTGRESQL, f"{SCHEMA}_coupures") if postgresql else f"sqlite:///{tmp_path / 'd.sqlite'}"
    )
    bilan = measure(COUPURES, adresse, tmp_path)
    assert bilan.sain, str(bilan)
    assert bilan.coupures == COUPURES
    assert bilan.acquittes >= COUPURES
