"""A text heard once: neutral words, their punctuation, and the way back to what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.conseiller import Conseiller
from service.ecoute import Ecoute


def heard(conseiller: Conseiller, texte: str) -> Ecoute:
    return conseiller.entendre(texte).ecoute


def test_words_are_corrected_and_keep_their_punctuation(conseiller: Conseiller) -> None:
    ecoute = heard(conseiller, "Jador les bébés, pas les ados !")
    assert ecoute.phrase == "je adore les bebes, pas les ados!"
    assert ecoute.neutre == "je adore les bebes pas les ados"


def test_the_words_around_are_quoted_as_typed(conseiller: Conseiller) -> None:
    ecoute = heard(conseiller, "Jador les bébés, pas les ados !")
    assert ecoute.clause_around(ecoute.phrase.index("bebes")) == "Jador les bébés"
    assert ecoute.clause_around(ecoute.phrase.index("ados")) == "pas les ados"


def test_a_long_clause_is_quoted_in_part(conseiller: Conseiller) -> None:
    ecoute = heard(conseiller, "un deux trois quatre cinq six sept huit neuf dix onze douze")
    assert ecoute.clause_around(ecoute.phrase.index("six")) == "trois quatre cinq six sept huit neuf"


def test_personal_details_are_not_heard(conseiller: Conseiller) -> None:
    ecoute = heard(conseiller, "Je m'appelle Fatou, j'aime les enfants.")
    assert "fatou" not in ecoute.phrase.lower()
    assert len(ecoute.masque) == len(ecoute.propre)


@pytest.mark.parametrize("vide", ["", "   ", "…", "!!!"])
def test_silence_has_no_words(conseiller: Conseiller, vide: str) -> None:
    ecoute = heard(conseiller, vide)
    assert (ecoute.mots, ecoute.phrase, ecoute.neutre) == ((), "", "")
    assert ecoute.clause_around(0) == ""


@given(texte=st.text(max_size=200), place=st.integers(0, 300))
def test_a_quote_is_always_part_of_the_text(conseiller: Conseiller, texte: str, place: int) -> None:
    ecoute = heard(conseiller, texte)
    assert ecoute.clause_around(place) in ecoute.propre
