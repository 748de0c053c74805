"""Lighthouse gives its highest mark to one page of each kind, for accessibility and for good practices."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import outillage
from tests.etats import PAR_NOM

pytestmark = pytest.mark.browser
PAGES = (
    "accueil", "metiers", "metier", "compris", "question-facile", "detresse", "resultats", "comparer",
    "proche-offres",
)  # fmt: skip
LIMIT_S = 300
# Most of an audit is waiting for a page to be at rest.
AT_ONCE = 3


@pytest.fixture(scope="module")
def report(site: str) -> dict[str, Any]:
    """What is said of every page."""
    outillage.module("lighthouse/package.json")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda pages: judge(site, pages), (PAGES[i::AT_ONCE] for i in range(AT_ONCE)))
    return {nom: judged for part in parts for nom, judged in part.items()}


def judge(site: str, pages: Sequence[str]) -> dict[str, Any]:
    etats = [{"nom": nom, "chemin": PAR_NOM[nom].chemin, "data": PAR_NOM[nom].data} for nom in pages]
    found = subprocess.run(
        [outillage.program("node"), "lighthouse.mjs", site], input=json.dumps(etats),
        capture_output=True, text=True, cwd=outillage.DOSSIER, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    judged: dict[str, Any] = json.loads(found.stdout)
    return judged


@pytest.mark.parametrize("nom", PAGES)
def test_lighthouse_gives_its_highest_mark(report: dict[str, Any], nom: str) -> None:
    judged = report[nom]
    assert judged["erreur"] is None
    assert judged["fautes"] == []
    assert judged["notes"] == {"accessibility": 1, "best-practices": 1}
