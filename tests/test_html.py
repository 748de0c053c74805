"""Valid HTML, whatever the state: html-validate and the Nu checker find nothing to say."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests import outillage
from tests.etats import ETATS


@pytest.fixture(scope="module")
def pages(client: TestClient, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every state as a file of its own, named after it."""
    folder = tmp_path_factory.mktemp("pages")
    for etat in ETATS:
        (folder / f"{etat.nom}.html").write_text(etat.ask(client).text, encoding="utf-8")
    return sorted(folder.iterdir())


def test_html_validate_finds_no_fault(pages: list[Path], tmp_path: Path) -> None:
    program = outillage.module("html-validate/bin/html-validate.mjs")
    rules = outillage.DOSSIER / ".htmlvalidate.mjs"
    # It leaves before a long report has gone down a pipe; its rules are found next to its packages.
    report = tmp_path / "report.json"
    found = subprocess.run(
        [outillage.program("node"), program, "--config", rules, "--formatter", f"json={report}", *pages],
        capture_output=True, text=True, cwd=outillage.DOSSIER, check=False,
    )  # fmt: skip
    faults = [
        f"{Path(page['filePath']).stem}:{fault['line']} {fault['ruleId']} : {fault['message']}"
        for page in json.loads(report.read_text(encoding="utf-8"))
        for fault in page["messages"]
    ]
    assert not faults, "\n".join(faults)
    assert found.returncode == 0, found.stderr


def test_the_nu_checker_finds_no_error(pages: list[Path]) -> None:
    jar = outillage.module("vnu-jar/build/dist/vnu.jar")
    found = subprocess.run(
        [outillage.program("java"), "-jar", jar, "--errors-only", "--format", "json", *pages],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    faults = [
        f"{Path(fault['url']).stem}:{fault.get('lastLine')} {fault['message']}"
        for fault in json.loads(found.stderr)["messages"]
    ]
    assert not faults, "\n".join(faults)
    assert found.returncode == 0, found.stderr
