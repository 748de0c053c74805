"""Diplomas as people write them, and the level of study they prove."""

from __future__ import annotations

import pytest

from knowledge.loading import Connaissances, load_knowledge
from knowledge.schema import Niveau
from service.diplomes import Diplomes


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


@pytest.fixture(scope="module")
def diplomes(connaissances: Connaissances) -> Diplomes:
    return Diplomes(connaissances)


@pytest.mark.parametrize(
    ("ecrit", "cle"),
    [
        ("DEAES", "DEAES"), ("CAP_AEPE", "CAPAEPE"), ("cap aepe", "CAPAEPE"), ("Cap-AEPE", "CAPAEPE"),
        ("TP_ADVF", "ADVF"), ("BTS ESF", "BTSESF"), ("BAC_ASSP", "BACASSP"), ("bac pro assp", "BACASSP"),
        ("DEI", "DEI"), ("DEAS", "DEAS"), ("DEAMP", "DEAES"), ("diplôme d'état d'aide soignant", "DEAS"),
    ],
)  # fmt: skip
def test_a_diploma_is_recognised_however_it_is_written(diplomes: Diplomes, ecrit: str, cle: str) -> None:
    reconnus = diplomes.recognise([ecrit])
    assert cle in reconnus.acquis
    assert not reconnus.non_reconnus


def test_an_unknown_diploma_is_given_back_not_refused(diplomes: Diplomes) -> None:
    reconnus = diplomes.recognise(["BAFA", "diplôme de licorne"])
    assert reconnus.non_reconnus == ("diplôme de licorne",)


@pytest.mark.parametrize(
    ("ecrit", "niveau"),
    [("BAC_ST2S", Niveau.BAC), ("CAP cuisine", Niveau.CAP_BEP), ("BTS", Niveau.BAC_2), ("licence", Niveau.BAC_3_PLUS), ("BAFA", None)],
)  # fmt: skip
def test_a_diploma_tells_a_level(diplomes: Diplomes, ecrit: str, niveau: Niveau | None) -> None:
    assert diplomes.recognise([ecrit]).niveau is niveau


@pytest.mark.parametrize(
    ("ecrits", "niveau"),
    [(["DEAS"], None), (["DEAS", "CAP cuisine"], Niveau.CAP_BEP), (["bac pro ASSP"], Niveau.BAC), (["DEI"], Niveau.BAC_3_PLUS)],
    ids=["level of the bac", "CAP beside it", "a bac", "above"],
)  # fmt: skip
def test_a_title_of_the_level_of_the_bac_is_not_the_bac(
    diplomes: Diplomes, ecrits: list[str], niveau: Niveau | None
) -> None:
    assert diplomes.recognise(ecrits).scolaire is niveau
