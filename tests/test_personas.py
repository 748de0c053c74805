"""Named people with whole profiles: what a counsellor would expect them to be told."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.conseiller import Conseiller
from service.orientation import Verdict
from service.profil import Profil

PERSONAS: dict[str, dict[str, Any]] = {
    p.stem: yaml.safe_load(p.read_text(encoding="utf-8"))
    for p in sorted((Path(__file__).parent / "personas").glob("*.yaml"))
}


def _ranking(conseiller: Conseiller, persona: dict[str, Any]) -> list[str]:
    profil = Profil.model_validate(persona["profil"])
    return [r.metier.slug for r in conseiller.orienter(profil, 26).recommandations]


@pytest.mark.parametrize("nom", PERSONAS)
def test_all_26_are_ranked_for_everyone(conseiller: Conseiller, nom: str) -> None:
    ranking = _ranking(conseiller, PERSONAS[nom])
    assert sorted(ranking) == sorted(conseiller.connaissances.metiers)


def test_most_people_find_a_right_metier_in_the_first_three(conseiller: Conseiller) -> None:
    rankings = {nom: _ranking(conseiller, p)[:3] for nom, p in PERSONAS.items()}
    hits = [bool(set(rankings[nom]) & set(p["ideal"])) for nom, p in PERSONAS.items()]
    assert len(hits) >= 30
    assert statistics.mean(hits) >= 0.9, [n for n, h in zip(rankings, hits, strict=True) if not h]


def test_a_plainly_wrong_metier_is_rare_in_the_first_three(conseiller: Conseiller) -> None:
    wrong = [nom for nom, p in PERSONAS.items() if set(_ranking(conseiller, p)[:3]) & set(p["interdits"])]
    assert len(wrong) / len(PERSONAS) <= 0.25, wrong


def test_karim_who_cannot_lift_is_warned_wherever_one_lifts(conseiller: Conseiller) -> None:
    profil = Profil.model_validate(PERSONAS["karim"]["profil"])
    ranked = {r.metier.slug: r for r in conseiller.orienter(profil, 26, tout=True).recommandations}
    codes = {v.code for v in ranked["aide-soignant"].vigilances}
    assert "contraintes.port_de_charges" in codes


def test_lea_without_the_bac_is_told_what_stands_in_the_way(conseiller: Conseiller) -> None:
    profil = Profil.model_validate(
        {**PERSONAS["lea"]["profil"], "niveau": "sans_diplome", "etudes_max": "1_an"}
    )
    ranked = {r.metier.slug: r for r in conseiller.orienter(profil, 26).recommandations}
    assert ranked["infirmier"].acces.verdict is Verdict.BLOQUANT
    assert ranked["garde-d-enfants-a-domicile"].acces.verdict is not Verdict.BLOQUANT


def test_a_metier_set_aside_goes_last_and_stays_visible(conseiller: Conseiller) -> None:
    persona = PERSONAS["karim"]
    first = _ranking(conseiller, persona)[0]
    after = _ranking(conseiller, {**persona, "profil": {**persona["profil"], "exclus": [first]}})
    assert after[-1] == first
    assert len(after) == 26


def test_the_same_person_always_gets_the_same_answer(conseiller: Conseiller) -> None:
    profil = Profil.model_validate(PERSONAS["karim"]["profil"])
    assert conseiller.orienter(profil, 26) == conseiller.orienter(profil, 26)


def test_every_metier_comes_first_three_for_someone(conseiller: Conseiller) -> None:
    seen = {slug for p in PERSONAS.values() for slug in _ranking(conseiller, p)[:3]}
    assert seen == set(conseiller.connaissances.metiers)
