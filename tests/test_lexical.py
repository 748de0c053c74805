"""The lexical channel: titles found by their letters, whichever gender they are written in."""

from __future__ import annotations

import numpy as np
import pytest

from models.lexical import IndexLexical, fuse, masculine, one_gender

TITRES = (
    "aide-soignant",
    "aide-soignante de nuit",
    "ambulancier",
    "agente d'accueil",
    "animateur en gérontologie",
)


@pytest.fixture(scope="module")
def index() -> IndexLexical:
    return IndexLexical(TITRES)


@pytest.mark.parametrize(
    ("ecrit", "dit"),
    [
        ("Agent / Agente d'accueil", "Agent d accueil"),
        ("directeur comptable/directrice comptable", "directeur comptable"),
        ("superviseur/superviseuse d’échafaudeurs", "superviseur d échafaudeurs"),
        ("Chef / Cheffe d'équipe", "Chef d équipe"),
        ("Aide-soignante (H/F)", "Aide-soignante"),
        ("Ambulancier F/H", "Ambulancier"),
        ("infirmier·ère", "infirmier"),
        ("éducateur(trice) de jeunes enfants", "éducateur de jeunes enfants"),
        ("Garde d'enfants", "Garde d'enfants"),
        ("", ""),
    ],
)
def test_a_title_is_said_once(ecrit: str, dit: str) -> None:
    assert one_gender(ecrit) == dit


@pytest.mark.parametrize(
    ("feminin", "masculin"),
    [
        ("infirmiere", "infirmier"), ("educatrice", "educateur"), ("accompagnante", "accompagnant"),
        ("technicienne", "technicien"), ("aides", "aides"), ("sociale", "social"), ("vente", "vente"),
    ],
)  # fmt: skip
def test_feminine_endings_become_masculine(feminin: str, masculin: str) -> None:
    assert masculine(feminin) == masculin


@pytest.mark.parametrize("titre", TITRES)
def test_a_title_finds_itself_with_a_cosine_of_one(index: IndexLexical, titre: str) -> None:
    scores = index.scores(titre)
    assert scores.argmax() == TITRES.index(titre)
    assert scores.max() == pytest.approx(1, abs=1e-5)


def test_both_genders_of_a_title_have_the_same_scores(index: IndexLexical) -> None:
    np.testing.assert_allclose(index.scores("aide-soignant"), index.scores("Aide-soignante (H/F)"), rtol=1e-6)


def test_a_misspelt_title_still_finds_the_right_one(index: IndexLexical) -> None:
    assert TITRES[index.scores("ambulencié").argmax()] == "ambulancier"


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    index = IndexLexical(["agent de crèche", "agent de nuit", "agent de bureau", "chien de nuit"])
    scores = index.scores("agent chien")
    assert scores.argmax() == 3


@pytest.mark.parametrize("vide", ["", "  ", "…!", "🙂", "日本"])
def test_nothing_known_scores_nothing(index: IndexLexical, vide: str) -> None:
    assert not index.scores(vide).any()


def test_an_empty_catalogue_has_no_scores() -> None:
    assert IndexLexical([]).scores("aide-soignante").shape == (0,)


def test_the_share_says_how_much_letters_count() -> None:
    sens, lettres = np.array([0.8, 0.2], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)
    np.testing.assert_allclose(fuse(sens, lettres, part=0), sens)
    np.testing.assert_allclose(fuse(sens, lettres, part=1), lettres)
    np.testing.assert_allclose(fuse(sens, lettres, part=0.5), [0.4, 0.6])
