"""The adaptive questionnaire: what it asks next, when it says that enough is known, and that it is true."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.loading import Connaissances
from models.ranker import Poids
from service.conseiller import Conseiller
from service.matching import match
from service.previsions import Previsions, touched
from service.profil import Profil, ProfilNeutre
from service.questionnaire import ProchaineQuestion, QuestionInconnue, Questionnaire
from training.bilan import FIGURE, read_bilan
from training.figure import draw_lines
from training.personnes import Bruit, draw
from training.simulation import Vie, measure, simulate

ASSEZ = 20


@pytest.fixture(scope="module")
def connaissances(conseiller: Conseiller) -> Connaissances:
    return conseiller.connaissances


@pytest.fixture(scope="module")
def vies(conseiller: Conseiller) -> list[Vie]:
    """One person drawn around each métier, followed in the three orders."""
    return simulate(conseiller, draw(26, conseiller.connaissances, Bruit(), 3))


def _belief(neutre: ProfilNeutre, connaissances: Connaissances) -> NDArray[np.float64]:
    shares = {p.metier.slug: p.croyance for p in match(neutre, connaissances, Poids.load()).places}
    return np.array([shares[slug] for slug in connaissances.metiers])


def _next(conseiller: Conseiller, profil: Profil, *posees: str) -> ProchaineQuestion:
    neutre = conseiller.neutral_view(profil)
    return conseiller.questionnaire.next_question(neutre, posees, _belief(neutre, conseiller.connaissances))


def _asked(conseiller: Conseiller, profil: Profil, nombre: int) -> list[str]:
    """The first questions, nothing answered: « je ne sais pas » every time."""
    posees: list[str] = []
    for _ in range(nombre):
        question = _next(conseiller, profil, *posees).question
        assert question
        posees.append(question.id)
    return posees


def test_who_loves_old_people_and_refuses_babies_is_not_asked_about_creches(conseiller: Conseiller) -> None:
    profil = Profil.model_validate({"publics": {"personnes_agees": 2, "bebes": -2}})
    first = _next(conseiller, profil).question
    assert first
    assert not touched(first) & {"cadres.creche_ecole", "publics.enfants"}
    assert "cadres.creche_ecole" not in _asked(conseiller, profil, 4)


def test_what_is_known_is_not_asked(conseiller: Conseiller) -> None:
    profil = Profil.model_validate(
        {
            "publics": {"bebes": 2},
            "contraintes": {"nuit": "non", "week_end": "oui", "horaires_coupes": "non"},
            "etudes_max": "1_an",
        }
    )
    known = profil.said_fields()
    for identifiant in _asked(conseiller, profil, 15):
        question = conseiller.questionnaire.question(identifiant)
        assert question
        assert not touched(question) <= known


def test_a_question_asked_is_never_asked_again(conseiller: Conseiller) -> None:
    asked = _asked(conseiller, Profil(), 25)
    assert len(set(asked)) == len(asked)


def test_the_first_question_is_broad(conseiller: Conseiller) -> None:
    first = _next(conseiller, Profil()).question
    assert first
    assert len(touched(first)) > 2


def test_the_longest_training_accepted_is_asked_early(conseiller: Conseiller) -> None:
    assert "etudes_max" in _asked(conseiller, Profil(), 3)


def test_lifting_is_asked_of_who_would_care_for_bodies(conseiller: Conseiller) -> None:
    profil = Profil.model_validate({"publics": {"personnes_agees": 2}, "activites": {"toilette": 2}})
    assert "contraintes.port_de_charges" in _asked(conseiller, profil, 8)


def test_a_mini_situation_comes_in_every_four_questions(conseiller: Conseiller) -> None:
    asked = _asked(conseiller, Profil(), 12)
    scenes = [i.startswith("situations.") for i in asked]
    assert all(any(scenes[i : i + 4]) for i in (0, 4, 8))
    assert not any(all(scenes[i : i + 3]) for i in range(10))


def test_the_same_profile_gets_the_same_question(conseiller: Conseiller) -> None:
    profil = Profil.model_validate({"publics": {"adolescents": 2}, "permis": False})
    neutre = conseiller.neutral_view(profil)
    belief = _belief(neutre, conseiller.connaissances)
    remade = Questionnaire(conseiller.connaissances, Poids.load())
    assert remade.next_question(neutre, (), belief) == _next(conseiller, profil)


def test_nothing_is_left_to_ask_of_who_said_everything(conseiller: Conseiller) -> None:
    profil = Profil.model_validate(
        {
            "publics": dict.fromkeys(_keys(conseiller, "publics"), 1),
            "activites": dict.fromkeys(_keys(conseiller, "activites"), 1),
            "cadres": dict.fromkeys(_keys(conseiller, "cadres"), 1),
            "contraintes": dict.fromkeys(_keys(conseiller, "contraintes"), "oui"),
            "permis": True,
            "etudes_max": "5_ans",
            "niveau": "bac",
            "revenu_pendant_formation": False,
            "aidant": False,
        }
    )
    assert _next(conseiller, profil) == ProchaineQuestion(None, 0, True)


def _keys(conseiller: Conseiller, champ: str) -> list[str]:
    ids = (q.id.partition(".") for q in conseiller.connaissances.questions)
    return [cle for racine, _, cle in ids if racine == champ]


def test_questions_may_go_on_once_the_first_three_are_stable(vies: list[Vie]) -> None:
    said = [e.prochaine for v in vies for e in v.etapes["adaptatif"] if e.prochaine]
    assert any(p.stable and p.question for p in said)


def test_no_question_is_left_exactly_when_the_first_three_are_stable(vies: list[Vie]) -> None:
    said = [e.prochaine for v in vies for e in v.etapes["adaptatif"] if e.prochaine]
    assert all((p.reste == 0) is p.stable for p in said)
    assert {p.stable for p in said} == {True, False}


def test_people_of_every_metier_reach_a_stable_first_three_in_20_questions(vies: list[Vie]) -> None:
    assert max(v.stable for v in vies) <= ASSEZ


def test_the_adaptive_order_finds_more_of_the_first_three_than_the_fixed_one(vies: list[Vie]) -> None:
    groupe = measure("metiers", Bruit(), vies)
    assert groupe.accord_stable["adaptatif"] > groupe.accord_stable["fichier"]


def test_the_tables_foretell_the_scores_that_match_gives(connaissances: Connaissances) -> None:
    """Two refusals at once: what obstacles cost does not add up, and is foretold all the same."""
    poids = Poids.load()
    one = ProfilNeutre(publics={"bebes": 2})  # type: ignore[dict-item]
    both = ProfilNeutre(publics={"bebes": 2}, activites={"toilette": -2, "soigner": -2})  # type: ignore[dict-item]
    previsions = Previsions(connaissances, poids)
    answers = np.full((1, len(previsions.champs)), previsions.silence)
    for champ, valeur in previsions.known(both).items():
        answers[0, champ] = valeur
    foretold = previsions.ends(_scores(one, connaissances, poids), answers, previsions.known(one))
    assert np.allclose(foretold[0], _scores(both, connaissances, poids), atol=1e-3)


def _scores(neutre: ProfilNeutre, connaissances: Connaissances, poids: Poids) -> NDArray[np.float64]:
    scores = {p.metier.slug: p.score for p in match(neutre, connaissances, poids).places}
    return np.array([scores[slug] for slug in connaissances.metiers])


def test_a_broad_answer_leaves_what_is_known_as_it_is(conseiller: Conseiller) -> None:
    effet = conseiller.questionnaire.effect("carrefours.decor", "petits", {"publics.bebes"})[1]
    assert effet.said_fields() == {"publics.enfants", "activites.animer", "cadres.creche_ecole"}


def test_a_plain_answer_replaces_what_is_known(conseiller: Conseiller) -> None:
    assert conseiller.questionnaire.effect("publics.bebes", "-2", {"publics.bebes"})[1].publics == {
        "bebes": -2
    }


def test_an_unknown_question_is_none_and_its_answer_refused(conseiller: Conseiller) -> None:
    assert conseiller.questionnaire.question("publics.licornes") is None
    with pytest.raises(QuestionInconnue):
        conseiller.questionnaire.effect("publics.licornes", "2")


def test_the_plot_is_that_of_the_figures_and_can_be_read_aloud() -> None:
    written = FIGURE.read_text(encoding="utf-8")
    assert written == draw_lines(read_bilan())
    root = ET.fromstring(written)  # noqa: S314 (our own file)
    assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
