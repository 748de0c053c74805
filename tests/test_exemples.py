"""Labels as columns, and no hand on both sides of a measure."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.loading import load_knowledge
from models.comprehension import CHAMP, DETRESSE, HORS_SUJET, METIER
from training.exemples import Etiquettes, Exemple, fields, read_examples, split_by_author

ETIQUETTES = Etiquettes(("infirmier", "sage-femme"), ("suicide",))


@pytest.fixture(scope="module")
def exemples() -> list[Exemple]:
    return read_examples(list(load_knowledge().metiers.values()))[1]


def said(champs: dict[str, object]) -> dict[str, float]:
    values = dict(zip(ETIQUETTES.champs, fields(champs, ETIQUETTES), strict=True))
    return {champ: value for champ, value in values.items() if value}


def test_a_refusal_and_a_wish_are_two_columns() -> None:
    assert said({"publics": {"bebes": 2, "adolescents": -2}}) == {
        "publics.bebes+": 1.0,
        "publics.adolescents-": 1.0,
    }


def test_what_is_said_mildly_weighs_less() -> None:
    assert said({"contraintes": {"nuit": "un_peu"}, "cadres": {"hopital": 1}}) == {
        "cadres.hopital+": 0.7,
        "contraintes.nuit-": 0.7,
    }


def test_lengths_licence_and_income_have_columns() -> None:
    assert said({"etudes_max": "1_an", "permis": False, "revenu_pendant_formation": True}) == {
        "permis-": 1.0,
        "revenu_pendant_formation+": 1.0,
        "etudes_max.1_an": 1.0,
    }


def test_the_parts_cover_every_column_once() -> None:
    parts = [ETIQUETTES.part(p) for p in (METIER, CHAMP, DETRESSE, HORS_SUJET)]
    assert [i for part in parts for i in range(part.start, part.stop)] == list(range(len(ETIQUETTES.cles)))


def test_every_field_of_a_label_has_a_column(exemples: list[Exemple]) -> None:
    etiquettes, _ = read_examples(list(load_knowledge().metiers.values()))
    for exemple in exemples:
        if exemple.genre == "enonce" and exemple.enonce:
            stated = exemple.enonce.champs.get("publics", {})
            columns = exemple.cible[etiquettes.part(CHAMP)]
            assert np.count_nonzero(columns) >= sum(bool(v) for v in stated.values())


def test_no_hand_is_on_both_sides(exemples: list[Exemple]) -> None:
    learned, held = split_by_author(exemples)
    assert not {e.auteur for e in learned} & {e.auteur for e in held}
    assert {e.genre for e in held} >= {"enonce", "detresse", "hors_sujet"}


def test_nobody_judged_means_blank_not_zero(exemples: list[Exemple]) -> None:
    etiquettes, _ = read_examples(list(load_knowledge().metiers.values()))
    calls = [e for e in exemples if e.genre == "detresse" and e.cible[etiquettes.part(DETRESSE).start] == 1]
    assert calls
    assert all(np.isnan(e.cible[etiquettes.part(METIER)]).all() for e in calls)
