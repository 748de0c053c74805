"""What is explained is what counted: exact weights, the person's words, both voices, no promise."""

from __future__ import annotations

import pytest

from service.conseiller import Conseiller
from service.profil import Profil

MAMIE = {"envies": "jador les ptit vieu, mais mal o do", "etudes_max": "1_an", "permis": False}


def test_reasons_and_cautions_add_up_to_the_score(conseiller: Conseiller) -> None:
    answer = conseiller.orienter(Profil.model_validate(MAMIE), 26, tout=True)
    totals = [sum(m.poids for m in (*r.motifs, *r.vigilances)) for r in answer.recommandations]
    assert totals == sorted(totals, reverse=True)
    first, last = answer.recommandations[0], answer.recommandations[-1]
    assert first.score > last.score


def test_reasons_quote_the_person(conseiller: Conseiller) -> None:
    answer = conseiller.orienter(Profil.model_validate(MAMIE), 3, tout=True)
    sentences = [m.texte for r in answer.recommandations for m in (*r.motifs, *r.vigilances)]
    assert any("« mal o do »" in s for s in sentences)


@pytest.mark.parametrize(
    ("public", "mots", "jamais"), [("jeune", "Tu", "vous"), ("reconversion", "Vous", "tu ")]
)
def test_each_public_is_spoken_to_in_its_voice(
    conseiller: Conseiller, public: str, mots: str, jamais: str
) -> None:
    profil = Profil.model_validate({**MAMIE, "public": public})
    answer = conseiller.orienter(profil, 26, tout=True)
    sentences = [m.texte for r in answer.recommandations for m in (*r.motifs, *r.vigilances)]
    assert any(s.startswith(mots) for s in sentences)
    assert not [s for s in sentences if f" {jamais}" in f" {s.lower()}"]


def test_nothing_is_promised_and_nothing_is_left_unfilled(conseiller: Conseiller) -> None:
    profils = [
        Profil.model_validate(p)
        for p in (
            MAMIE,
            {"diplomes": ["DEI"], "publics": {"bebes": 2}, "revenu_pendant_formation": True},
            {"experiences": [{"intitule": "cuisinier", "annees": 8}], "aidant": True, "exclus": ["infirmier"]},
            {"contraintes": {"nuit": "non", "week_end": "un_peu", "horaires_coupes": "non"}, "niveau": "sans_diplome"},
        )
    ]  # fmt: skip
    sentences = [
        m.texte
        for p in profils
        for r in conseiller.orienter(p, 26, tout=True).recommandations
        for m in (*r.motifs, *r.vigilances)
    ]
    assert sentences
    assert not [s for s in sentences if "fait pour" in s or "{" in s or "None" in s or "«  »" in s]
    assert not [s for s in sentences if not s.endswith(".")]


def test_the_short_account_is_part_of_the_full_one(conseiller: Conseiller) -> None:
    profil = Profil.model_validate(MAMIE)
    short = conseiller.orienter(profil, 3).recommandations
    full = conseiller.orienter(profil, 3, tout=True).recommandations
    for brief, whole in zip(short, full, strict=True):
        assert set(brief.motifs) <= set(whole.motifs)
        assert set(brief.vigilances) <= set(whole.vigilances)
