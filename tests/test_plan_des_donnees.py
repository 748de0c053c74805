"""docs/donnees.md describes every column that is kept, and no other: why, how long, who sees it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from service.dossiers.tables import METADATA

PLAN = (Path(__file__).parent.parent / "docs" / "donnees.md").read_text(encoding="utf-8")
ENTETE = ["Colonne", "Pourquoi", "Combien de temps", "Qui voit"]
# Sealed too, though nobody said or wrote it: the secret of a counsellor's telephone.
AUTRES_SCELLES = {"compte.totp"}


def described(table: str) -> list[list[str]]:
    """The rows of this table's section: its heading first, cells without their marks."""
    section = re.search(rf"^## {table}\n(.*?)(?=^## |\Z)", PLAN, re.MULTILINE | re.DOTALL)
    lines = section[1].splitlines() if section else []
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]
    return [row for row in rows if set("".join(row)) - set("-:")]


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_every_column_is_described_with_its_reason_its_duration_and_who_sees_it(table: str) -> None:
    heading, *rows = described(table)
    assert heading == ENTETE
    assert sorted(row[0] for row in rows) == sorted(METADATA.tables[table].columns.keys())
    assert all(len(row) == len(ENTETE) and all(row) for row in rows)


def test_no_table_is_described_that_does_not_exist() -> None:
    assert set(re.findall(r"^## (\w+)$", PLAN, re.MULTILINE)) == set(METADATA.tables)


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_bytes_are_sealed_and_said_to_be(table: str) -> None:
    said = {row[0]: " ".join(row) for row in described(table)}
    for column in METADATA.tables[table].columns:
        if isinstance(column.type, LargeBinary):
            assert column.name == "contenu" or f"{table}.{column.name}" in AUTRES_SCELLES
            assert "scellé" in said[column.name]
