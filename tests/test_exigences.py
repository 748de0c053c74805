"""What a métier asks for, told one thing at a time: a verdict for each, and nothing left out silently."""

from __future__ import annotations

from typing import Any

import pytest

from service.conseiller import Conseiller, Personne
from service.orientation import Exigence, Verdict
from service.profil import Profil, Voix

VA, VOIR, BLOQUE = Verdict.COMPATIBLE, Verdict.A_VERIFIER, Verdict.BLOQUANT


def exigences(conseiller: Conseiller, slug: str, voix: Voix = "vous", **dit: Any) -> dict[str, Exigence]:
    personne = Personne(Profil.model_validate(dit), voix=voix)
    return {e.code: e for e in conseiller.explain(personne, slug).exigences}


@pytest.mark.parametrize(
    ("slug", "dit", "code", "verdict"),
    [
        pytest.param("aide-soignant", {"nuit": "non"}, "contraintes.nuit", BLOQUE, id="often_and_refused"),
        pytest.param("aide-soignant", {"nuit": "un_peu"}, "contraintes.nuit", VOIR, id="often_and_a_little"),
        pytest.param("aide-soignant", {"nuit": "oui"}, "contraintes.nuit", VA, id="often_and_accepted"),
        pytest.param("aide-soignant", {}, "contraintes.nuit", VOIR, id="often_and_never_spoken_of"),
        pytest.param("auxiliaire-de-puericulture", {"nuit": "non"}, "contraintes.nuit", VOIR, id="sometimes"),
        pytest.param("auxiliaire-de-puericulture", {}, "contraintes.nuit", None, id="sometimes_and_unspoken"),
        pytest.param("aide-menager", {"nuit": "non"}, "contraintes.nuit", VA, id="never_and_refused"),
        pytest.param("aide-menager", {}, "contraintes.nuit", None, id="never_and_unspoken"),
    ],
)
def test_a_constraint_is_told_when_it_was_spoken_of_or_weighs_often(
    conseiller: Conseiller, slug: str, dit: dict[str, str], code: str, verdict: Verdict | None
) -> None:
    found = exigences(conseiller, slug, contraintes=dit).get(code)
    assert (found.verdict if found else None) is verdict


@pytest.mark.parametrize(
    ("slug", "dit", "verdict"),
    [
        pytest.param("infirmier", {}, None, id="nothing_said"),
        pytest.param("infirmier", {"etudes_max": "3_ans"}, VA, id="as_long_as_accepted"),
        pytest.param("infirmier", {"etudes_max": "1_an"}, BLOQUE, id="three_times_too_long"),
        pytest.param("aide-menager", {"etudes_max": "aucune"}, VA, id="no_training_at_all"),
        pytest.param("assistant-maternel", {"etudes_max": "aucune"}, VA, id="a_few_days_are_no_studies"),
        pytest.param("infirmier", {"etudes_max": "aucune", "diplomes": ["DEI"]}, VA, id="holds_the_diploma"),
    ],
)
def test_the_length_of_training_is_judged_against_what_is_accepted(
    conseiller: Conseiller, slug: str, dit: dict[str, Any], verdict: Verdict | None
) -> None:
    found = exigences(conseiller, slug, **dit).get("etudes_max")
    assert (found.verdict if found else None) is verdict


@pytest.mark.parametrize(
    ("slug", "permis", "verdict"),
    [
        pytest.param("ambulancier", False, BLOQUE, id="needed_and_missing"),
        pytest.param("ambulancier", None, VOIR, id="needed_and_unknown"),
        pytest.param("ambulancier", True, VA, id="needed_and_held"),
        pytest.param("aide-menager", False, VOIR, id="often_asked_and_missing"),
        pytest.param("aide-soignant", False, None, id="not_asked"),
    ],
)
def test_a_licence_closes_only_where_it_is_indispensable(
    conseiller: Conseiller, slug: str, permis: bool | None, verdict: Verdict | None
) -> None:
    found = exigences(conseiller, slug, permis=permis).get("permis")
    assert (found.verdict if found else None) is verdict


@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        pytest.param(None, None, id="unknown"),
        pytest.param(17, None, id="old_enough"),
        pytest.param(16, VOIR, id="a_year_short"),
        pytest.param(14, BLOQUE, id="years_short"),
    ],
)
def test_age_is_only_spoken_of_when_it_is_missing(
    conseiller: Conseiller, age: int | None, verdict: Verdict | None
) -> None:
    found = exigences(conseiller, "aide-soignant", age=age).get("age")
    assert (found.verdict if found else None) is verdict


@pytest.mark.parametrize(
    ("slug", "dit", "verdict"),
    [
        pytest.param("infirmier", {}, None, id="unknown"),
        pytest.param("infirmier", {"niveau": "sans_diplome"}, VOIR, id="below"),
        pytest.param("infirmier", {"niveau": "bac"}, VA, id="enough"),
        pytest.param("infirmier", {"niveau": "bac", "diplomes": ["DEI"]}, None, id="holds_the_diploma"),
    ],
)
def test_a_level_too_low_is_to_be_checked_never_closed(
    conseiller: Conseiller, slug: str, dit: dict[str, Any], verdict: Verdict | None
) -> None:
    found = exigences(conseiller, slug, **dit).get("niveau")
    assert (found.verdict if found else None) is verdict


def test_what_blocks_comes_first_then_what_is_to_be_checked(conseiller: Conseiller) -> None:
    order = (BLOQUE, VOIR, VA)
    dit = {"contraintes": {"nuit": "non", "week_end": "oui"}, "permis": False, "etudes_max": "6_mois"}
    seen = set()
    for slug in conseiller.slugs:
        verdicts = [e.verdict for e in exigences(conseiller, slug, **dit).values()]
        assert verdicts == sorted(verdicts, key=order.index)
        seen |= set(verdicts)
    assert seen == set(order)


def test_each_thing_is_told_once(conseiller: Conseiller) -> None:
    personne = Personne(Profil.model_validate({"contraintes": {"nuit": "non"}, "permis": False, "age": 15}))
    for slug in conseiller.slugs:
        codes = [e.code for e in conseiller.explain(personne, slug).exigences]
        assert len(codes) == len(set(codes))


def test_tu_and_vous_say_the_same_to_each(conseiller: Conseiller) -> None:
    dit: dict[str, Any] = {"permis": False, "age": 15, "niveau": "sans_diplome", "etudes_max": "6_mois"}
    tu, vous = (exigences(conseiller, "infirmier", voix, **dit) for voix in ("tu", "vous"))
    assert [(c, e.verdict) for c, e in tu.items()] == [(c, e.verdict) for c, e in vous.items()]
    assert any(tu[code].texte != vous[code].texte for code in tu)
    assert not any(" vous " in f" {e.texte} " for e in tu.values())
    assert not any(" tu " in f" {e.texte} " for e in vous.values())
