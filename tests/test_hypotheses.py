"""« Et si … ? »: what is announced is what answering does."""

from __future__ import annotations

from itertools import combinations

import pytest

from service.conseiller import Conseiller
from service.conversation import Conversation, Exclusion, Parole, Reponse, Tour
from service.fil import told
from service.hypotheses import ESSAIS_MAX, RANG_SURPRISE_MAX, Changement, Hypotheses, changes
from service.matching import PREMIERS
from service.profil import Situation
from tests.etats import CUISINIER, SMS

ENFANTS = (
    Reponse(question="publics.bebes", choix="2"),
    Reponse(question="activites.eduquer", choix="1"),
    Reponse(question="etudes_max", choix="1_an"),
    Reponse(question="permis", choix="non"),
)
REFUS = (
    Reponse(question="publics.personnes_agees", choix="2"),
    Reponse(question="contraintes.nuit", choix="non"),
    Reponse(question="contraintes.week_end", choix="non"),
    Reponse(question="contraintes.port_de_charges", choix="un_peu"),
    Reponse(question="revenu_pendant_formation", choix="oui"),
    Reponse(question="etudes_max", choix="6_mois"),
)
PERSONNES: dict[str, tuple[Tour, ...]] = {
    "an_sms": (Parole(texte=SMS),),
    "a_cook": (Parole(texte=CUISINIER),),
    "someone_for_babies": ENFANTS,
    "someone_who_refuses_much": REFUS,
    "both_words_and_answers": (Parole(texte=SMS), *REFUS),
}
CHACUN = pytest.mark.parametrize("tours", PERSONNES.values(), ids=PERSONNES)


def suppose(conseiller: Conseiller, *tours: Tour) -> Hypotheses:
    return conseiller.suppose(told(Conversation(public=Situation.JEUNE, tours=tours), conseiller))


@CHACUN
def test_a_trial_announces_exactly_what_the_answer_then_does(
    conseiller: Conseiller, tours: tuple[Tour, ...]
) -> None:
    before = suppose(conseiller, *tours)
    for essai in before.essais():
        after = suppose(conseiller, *tours, Reponse(question=essai.question, choix=essai.choix))
        assert changes(before.classement.slugs, after.classement.slugs) == essai.changement


@CHACUN
def test_every_trial_offered_changes_the_first_three_and_they_are_few(
    conseiller: Conseiller, tours: tuple[Tour, ...]
) -> None:
    essais = suppose(conseiller, *tours).essais()
    assert 0 < len(essais) <= ESSAIS_MAX
    assert all(essai.changement for essai in essais)


@CHACUN
def test_no_trial_is_what_was_answered_already(conseiller: Conseiller, tours: tuple[Tour, ...]) -> None:
    answered = {(t.question, t.choix) for t in tours if isinstance(t, Reponse)}
    assert not answered & {(e.question, e.choix) for e in suppose(conseiller, *tours).essais()}


def test_a_supposition_leaves_the_real_ranking_alone(conseiller: Conseiller) -> None:
    hypotheses = suppose(conseiller, *REFUS)
    before = hypotheses.classement.slugs
    hypotheses.essais()
    hypotheses.towards("sage-femme")
    assert hypotheses.classement.slugs == before == suppose(conseiller, *REFUS).classement.slugs


@CHACUN
def test_the_answer_said_to_bring_a_metier_in_does_bring_it_to_that_rank(
    conseiller: Conseiller, tours: tuple[Tour, ...]
) -> None:
    before = suppose(conseiller, *tours)
    moved = 0
    for slug in before.classement.slugs[PREMIERS:12]:
        for bascule in before.towards(slug)[:2]:
            after = suppose(conseiller, *tours, Reponse(question=bascule.question, choix=bascule.choix))
            assert after.classement.rank(slug) == bascule.rang <= PREMIERS
            moved += 1
    assert moved


def test_what_brings_a_metier_closest_comes_first(conseiller: Conseiller) -> None:
    rangs = [b.rang for b in suppose(conseiller, *REFUS).towards("animateur-en-gerontologie")]
    assert len(rangs) > 1
    assert rangs == sorted(rangs)


def test_someone_without_a_licence_learns_that_it_would_open_driving(conseiller: Conseiller) -> None:
    tours = (*REFUS, Reponse(question="permis", choix="non"))
    towards = suppose(conseiller, *tours).towards("accompagnateur-mobilite")
    assert ("permis", "oui") in {(b.question, b.choix) for b in towards}


def test_what_was_answered_in_favour_is_not_suggested_again(conseiller: Conseiller) -> None:
    questions = {b.question for b in suppose(conseiller, *ENFANTS).towards("educateur-de-jeunes-enfants")}
    assert "etudes_max" in questions
    assert "publics.bebes" not in questions


@pytest.mark.parametrize(
    ("avant", "apres", "attendu"),
    [
        pytest.param("abcde", "abcde", Changement((), (), None), id="nothing"),
        pytest.param("abcde", "abced", Changement((), (), None), id="only_further_down"),
        pytest.param("abcde", "acbde", Changement((), (), None), id="the_same_three_the_same_first"),
        pytest.param("abcde", "bacde", Changement((), (), "b"), id="another_first"),
        pytest.param("abcde", "abdce", Changement(("d",), ("c",), None), id="one_comes_in"),
        pytest.param("abcde", "deabc", Changement(("d", "e"), ("b", "c"), "d"), id="two_come_in"),
        pytest.param("", "abc", Changement(("a", "b", "c"), (), "a"), id="from_nothing"),
        pytest.param("abc", "", Changement((), ("a", "b", "c"), None), id="to_nothing"),
    ],
)
def test_a_change_is_told_by_who_comes_in_who_goes_out_and_who_is_first(
    avant: str, apres: str, attendu: Changement
) -> None:
    assert changes(tuple(avant), tuple(apres)) == attendu
    assert bool(attendu) is (attendu != Changement((), (), None))


@CHACUN
def test_the_surprise_is_of_another_family_not_far_down_and_nothing_closes_it(
    conseiller: Conseiller, tours: tuple[Tour, ...]
) -> None:
    personne = told(Conversation(public=Situation.JEUNE, tours=tours), conseiller)
    orientation = conseiller.advise(personne, PREMIERS, tout=True)
    shown = orientation.recommandations
    surprise = orientation.surprise
    if surprise is None:
        return
    assert surprise.metier.famille not in {reco.metier.famille for reco in shown}
    assert PREMIERS < surprise.rang <= RANG_SURPRISE_MAX
    assert not {"obstacle", "exclus", "experience.metier"} & {v.code for v in surprise.vigilances}


def test_there_is_a_surprise_for_most(conseiller: Conseiller) -> None:
    found = [
        conseiller.advise(told(Conversation(tours=t), conseiller), PREMIERS).surprise
        for t in PERSONNES.values()
    ]
    assert len([s for s in found if s]) >= 3


def test_a_metier_set_aside_is_never_the_surprise(conseiller: Conseiller) -> None:
    personne = told(Conversation(tours=ENFANTS), conseiller)
    first = conseiller.advise(personne, PREMIERS).surprise
    assert first
    aside = told(Conversation(tours=(*ENFANTS, Exclusion(metier=first.metier.slug))), conseiller)
    other = conseiller.advise(aside, PREMIERS).surprise
    assert other is None or other.metier.slug != first.metier.slug


def test_without_a_clear_result_there_is_no_surprise(conseiller: Conseiller) -> None:
    orientation = conseiller.advise(told(Conversation(), conseiller), PREMIERS)
    assert not orientation.resultat_clair
    assert orientation.surprise is None


def test_people_who_differ_are_offered_different_trials(conseiller: Conseiller) -> None:
    offered = [suppose(conseiller, *tours).essais() for tours in PERSONNES.values()]
    assert all(one != other for one, other in combinations(offered, 2))
