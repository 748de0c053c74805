"""The shape of the project, read from the imports: one direction, and one home for each heavy dependency."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

RACINE = Path(__file__).parent.parent
OURS = ("knowledge", "models", "service", "training", "web")
MAY_IMPORT = {
    "knowledge": {"knowledge"},
    "models": {"models"},
    "service": {"service", "knowledge", "models"},
    "web": {"web", "service", "knowledge", "models"},
    "training": {"training", "service", "knowledge", "models"},
}
HOMES = {
    "faiss": ("models/index.py",),
    "model2vec": ("models/encoder.py", "training/"),
    "sentence_transformers": ("models/encoder_transformer.py", "training/"),
    "sklearn": ("training/",),
    "onnxruntime": ("models/comprehension.py", "training/"),
    "torch": ("training/",),
    "transformers": ("training/",),
    "sqlalchemy": ("service/catalogue/", "service/dossiers/"),
    "alembic": ("service/catalogue/migrations/", "service/dossiers/migrations/"),
    "argon2": ("service/dossiers/motdepasse.py",),
    "cryptography": ("service/dossiers/coffre.py",),
    "joserfc": ("service/dossiers/openid.py",),
    "pyotp": ("service/dossiers/",),
    "icalendar": ("service/dossiers/calendrier.py",),
    "segno": ("web/qr.py",),
    "weasyprint": ("web/pdf.py",),
    "fastapi": ("web/",),
    "starlette": ("web/",),
    "jinja2": ("web/",),
    "uvicorn": ("web/",),
    "httpx": ("service/catalogue/sources/reseau.py", "service/dossiers/openid.py"),
    "httpcore": ("service/catalogue/sources/reseau.py",),
}
FILES = sorted(p for folder in OURS for p in (RACINE / folder).rglob("*.py"))


def imported(chemin: Path) -> Iterator[str]:
    """Top-level names of the packages a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(chemin.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("chemin", FILES, ids=lambda p: p.relative_to(RACINE).as_posix())
def test_imports_go_one_way(chemin: Path) -> None:
    folder = chemin.relative_to(RACINE).parts[0]
    forbidden = {name for name in imported(chemin) if name in OURS} - MAY_IMPORT[folder]
    assert not forbidden, f"{folder} must not import {', '.join(sorted(forbidden))}"


@pytest.mark.parametrize("chemin", FILES, ids=lambda p: p.relative_to(RACINE).as_posix())
def test_each_heavy_dependency_has_one_home(chemin: Path) -> None:
    place = chemin.relative_to(RACINE).as_posix()
    strays = {n for n in imported(chemin) if n in HOMES and not place.startswith(HOMES[n])}
    assert not strays, f"{place} imports {', '.join(sorted(strays))}"


def test_running_app_never_imports_training() -> None:
    app = [p for p in FILES if p.relative_to(RACINE).parts[0] != "training"]
    assert not [p for p in app if "training" in set(imported(p))]


def test_nothing_reads_the_shared_folder_of_the_workplace() -> None:
    """The project must build, run and pass its tests without `../shared`."""
    running = [p for p in FILES if p.relative_to(RACINE).parts[0] != "training"]
    marker = "../" + "shared"
    assert not [p for p in running if marker in p.read_text(encoding="utf-8")]


def test_files_stay_short() -> None:
    """Over 400 lines a file is nearly always two ideas (../docs/architecture.md)."""
    long = {p.name: n for p in FILES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 450}
    assert long.keys() <= {"schema.py"}
