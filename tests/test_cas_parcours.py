"""Parcours of named people, written from the sources by someone who had not read the code.

How a case reads: tests/cas_parcours/petite_enfance.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.conseiller import Conseiller, Personne
from service.orientation import Verdict
from service.parcours import Parcours
from service.profil import EtudesMax, Profil

DOSSIER = Path(__file__).parent / "cas_parcours"


def _cases() -> Iterator[Any]:
    for fichier in sorted(DOSSIER.glob("*.yaml")):
        for cas in yaml.safe_load(fichier.read_text(encoding="utf-8")):
            yield pytest.param(cas, id=cas["id"])


CASES = list(_cases())


def test_there_are_enough_cases_and_enough_adults() -> None:
    ages = [case.values[0]["profil"].get("age") or 0 for case in CASES]
    assert len(ages) >= 150
    assert sum(age > 30 for age in ages) >= 20


@pytest.mark.parametrize("cas", CASES)
def test_the_ways_of_a_person_are_those_of_the_sources(conseiller: Conseiller, cas: dict[str, Any]) -> None:
    profil = Profil.model_validate(cas["profil"])
    found = conseiller.parcours(Personne(profil), cas["metier"])
    opened = {way.noms: way for way in found if way.verdict(profil.etudes_max) is not Verdict.BLOQUANT}
    attendu = cas["attendu"]
    missing = [chain for chain in attendu.get("dont", []) if tuple(chain) not in opened]
    assert not missing, f"absents : {missing} ; ouverts : {sorted(opened)}"
    unwanted = [chain for chain in attendu.get("sans", []) if tuple(chain) in opened]
    assert not unwanted
    blocked = {name for way in found for name in _blocked(way, profil.etudes_max)}
    assert set(attendu.get("bloquant", [])) <= blocked
    if "deja" in attendu:
        assert (found[0].acquis is not None) == attendu["deja"]
    _check_months(attendu, list(opened.values()))


def _check_months(attendu: dict[str, Any], opened: list[Parcours]) -> None:
    known = [w for w in opened if w.mois_total is not None]
    shortest = min(known, key=lambda w: (w.mois_total, w.mois_formation or 0), default=None)
    for name in ("mois_formation", "mois_total"):
        if name in attendu:
            assert shortest is not None
            assert getattr(shortest, name) == attendu[name], (name, shortest.noms)
    if "mois_avant_paie" in attendu:
        paid = [w.mois_avant_paie for w in opened if w.mois_avant_paie is not None]
        assert min(paid) == attendu["mois_avant_paie"]


def _blocked(way: Parcours, limite: EtudesMax | None) -> Iterator[str]:
    """« formation DEAP: age », for each condition that closes a way; its last post as « poste <métier> »."""
    post = f"poste {way.metier}"
    steps = [*((e.nom, e.conditions) for e in way.etapes), (post, way.entree)]
    for step, conditions in steps:
        yield from (f"{step}: {c.code}" for c in conditions if c.verdict is Verdict.BLOQUANT)
    if way.length(limite) is Verdict.BLOQUANT:
        yield from (f"{step}: etudes_max" for step, _ in steps)
