"""The questionnaire's content: what it may add to a Profil, and how it speaks to people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from statistics import mean

import pytest

from knowledge.loading import RACINE, read_as
from knowledge.schema import Activite, Cadre, Contrainte, Niveau, Public, Question
from service.profil import EtudesMax, Profil

QUESTIONS: list[Question] = read_as(RACINE / "questions.yaml", list[Question])
SITUATIONS: list[Question] = read_as(RACINE / "situations.yaml", list[Question])
CARREFOURS: list[Question] = read_as(RACINE / "carrefours.yaml", list[Question])
TOUTES = QUESTIONS + SITUATIONS + CARREFOURS
CLES = {"publics": Public, "activites": Activite, "cadres": Cadre, "contraintes": Contrainte}

TUTOIEMENT = re.compile(r"\b(tu|te|toi|ton|ta|tes)\b|\bt'", re.IGNORECASE)
VOUVOIEMENT = re.compile(r"(?<!rendez-)\b(vous|votre|vos)\b", re.IGNORECASE)
# Typographic riddles (étudiant·e, employé(e)) and promises the style guide forbids.
INTERDITS = re.compile(r"[·•]|\(e\)|\(s\)|\bfaite? pour (toi|vous)\b|\bgaranti", re.IGNORECASE)
# « un » and « une » are articles.
NOMBRE = re.compile(r"\b(deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|vingt|trente|cent)\b", re.I)
EFFET_MIN, EFFET_MAX = -1, 2
SCENE_MOTS_MAX = 40
PHRASE_MOTS_MAX = 20
PHRASE_MOTS_MOYENNE = 12


def phrases(question: Question) -> Iterator[tuple[str, str]]:
    """Everything a question shows: the voice (tu or vous), the words."""
    dites = [question, *question.choix]
    textes = [question.aide, *(e.texte for e in dites), *(e.facile for e in dites)]
    for texte in filter(None, textes):
        yield "tu", texte.tu
        yield "vous", texte.vous


def sentence_lengths(texte: str) -> list[int]:
    return [len(words(phrase)) for phrase in re.split(r"[.?!]+", texte) if words(phrase)]


def words(texte: str) -> list[str]:
    return re.findall(r"[\w'-]+", texte)


@pytest.mark.parametrize("question", TOUTES, ids=lambda q: q.id)
def test_a_choice_adds_a_valid_part_of_a_profil(question: Question) -> None:
    for choix in question.choix:
        profil = Profil.model_validate(choix.effet)
        assert profil.model_dump(mode="json", exclude_unset=True) == choix.effet


@pytest.mark.parametrize("question", TOUTES, ids=lambda q: q.id)
def test_only_i_do_not_know_adds_nothing(question: Question) -> None:
    assert [c.id for c in question.choix if not c.effet] == ["je_ne_sais_pas"]


def test_question_ids_are_unique() -> None:
    assert [nom for nom, n in Counter(q.id for q in TOUTES).items() if n > 1] == []


@pytest.mark.parametrize("question", TOUTES, ids=lambda q: q.id)
def test_choices_differ_in_id_in_words_and_in_effect(question: Question) -> None:
    assert len({c.id for c in question.choix}) == len(question.choix)
    for facile in (False, True):
        assert len({c.dit("tu", facile) for c in question.choix}) == len(question.choix)
    assert len({repr(c.effet) for c in question.choix}) == len(question.choix)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_plain_question_only_touches_the_field_it_names(question: Question) -> None:
    champ, _, cle = question.id.partition(".")
    for choix in question.choix:
        valeur = choix.effet.get(champ)
        assert set(choix.effet) <= {champ}
        assert not cle or valeur is None or (isinstance(valeur, dict) and set(valeur) == {cle})


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_id_of_a_choice_says_its_value(question: Question) -> None:
    champ, _, cle = question.id.partition(".")
    for choix in (c for c in question.choix if c.effet):
        valeur = choix.effet[champ]
        if isinstance(valeur, dict):
            valeur = valeur[cle]
        oui_non = {"True": "oui", "False": "non"}
        assert choix.id == oui_non.get(str(valeur), str(valeur))


def test_every_key_of_the_contract_has_its_question() -> None:
    attendues = {f"{champ}.{cle}" for champ, cles in CLES.items() for cle in cles}
    attendues |= {"permis", "etudes_max", "niveau", "revenu_pendant_formation", "aidant"}
    assert {q.id for q in QUESTIONS} == attendues


@pytest.mark.parametrize("champ", ["publics", "activites", "cadres"])
def test_every_taste_can_be_loved_and_refused(champ: str) -> None:
    for question in QUESTIONS:
        if question.id.startswith(f"{champ}."):
            assert [c.id for c in question.choix] == ["2", "1", "-1", "-2", "je_ne_sais_pas"]


@pytest.mark.parametrize(("nom", "valeurs"), [("niveau", Niveau), ("etudes_max", EtudesMax)])
def test_every_value_of_a_closed_list_can_be_chosen(
    nom: str, valeurs: type[Niveau] | type[EtudesMax]
) -> None:
    question = next(q for q in QUESTIONS if q.id == nom)
    assert [c.id for c in question.choix] == [*valeurs, "je_ne_sais_pas"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_plain_question_says_why_it_is_asked(question: Question) -> None:
    assert question.aide is not None


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda q: q.id)
def test_a_reaction_informs_several_fields_with_small_values(situation: Question) -> None:
    for choix in (c for c in situation.choix if c.effet):
        profil = Profil.model_validate(choix.effet)
        valeurs = [*profil.publics.values(), *profil.activites.values(), *profil.cadres.values()]
        assert set(choix.effet) <= {"publics", "activites", "cadres"}
        assert len(valeurs) >= 2
        assert all(EFFET_MIN <= v <= EFFET_MAX and v != 0 for v in valeurs)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda q: q.id)
def test_a_situation_is_short_and_leaves_a_real_choice(situation: Question) -> None:
    assert situation.id.startswith("situations.")
    assert len(words(situation.texte.tu)) <= SCENE_MOTS_MAX
    assert len(words(situation.texte.vous)) <= SCENE_MOTS_MAX
    assert 3 <= sum(bool(c.effet) for c in situation.choix) <= 4


@pytest.mark.parametrize("carrefour", CARREFOURS, ids=lambda q: q.id)
def test_a_crossroads_has_four_to_six_roads_that_each_tell_several_things(carrefour: Question) -> None:
    assert carrefour.id.startswith("carrefours.")
    roads = [Profil.model_validate(c.effet) for c in carrefour.choix if c.effet]
    assert 4 <= len(roads) <= 6
    assert all(len(road.said_fields()) >= 2 for road in roads)
    assert all(
        EFFET_MIN <= v <= EFFET_MAX and v != 0
        for road in roads
        for v in (*road.publics.values(), *road.activites.values(), *road.cadres.values())
    )


@pytest.mark.parametrize("carrefour", CARREFOURS, ids=lambda q: q.id)
def test_a_crossroads_says_why_it_is_asked(carrefour: Question) -> None:
    assert carrefour.aide is not None


def test_crossroads_stay_few() -> None:
    assert len(CARREFOURS) <= 8


@pytest.mark.parametrize("champ", ["publics", "activites", "cadres"])
def test_situations_together_touch_every_taste(champ: str) -> None:
    touched: set[str] = set()
    for choix in (c for situation in SITUATIONS for c in situation.choix):
        touched |= set(getattr(Profil.model_validate(choix.effet), champ))
    assert touched == set(CLES[champ])


@pytest.mark.parametrize("question", TOUTES, ids=lambda q: q.id)
def test_a_question_keeps_to_one_voice(question: Question) -> None:
    assert all(TUTOIEMENT.search(question.dit("tu", facile)) for facile in (False, True))
    assert all(VOUVOIEMENT.search(question.dit("vous", facile)) for facile in (False, True))
    for voix, texte in phrases(question):
        autre = VOUVOIEMENT if voix == "tu" else TUTOIEMENT
        assert autre.search(texte) is None, texte


@pytest.mark.parametrize("question", TOUTES, ids=lambda q: q.id)
def test_the_easy_wording_is_told_where_there_is_one(question: Question) -> None:
    for enonce in (question, *question.choix):
        assert enonce.dit("vous", True) == (enonce.facile or enonce.texte).vous
        assert enonce.dit("tu", False) == enonce.texte.tu


@pytest.mark.parametrize("question", TOUTES, ids=lambda q: q.id)
def test_an_easy_wording_gives_figures_as_digits(question: Question) -> None:
    for enonce in filter(lambda e: e.facile, (question, *question.choix)):
        assert not NOMBRE.search(enonce.dit("tu", True)), enonce.dit("tu", True)


@pytest.mark.parametrize("question", TOUTES, ids=lambda q: q.id)
def test_a_question_is_plain_and_promises_nothing(question: Question) -> None:
    for _, texte in phrases(question):
        assert INTERDITS.search(texte) is None, texte
        assert max(sentence_lengths(texte)) <= PHRASE_MOTS_MAX, texte


def test_sentences_are_short_on_average() -> None:
    longueurs = [n for q in TOUTES for _, texte in phrases(q) for n in sentence_lengths(texte)]
    assert mean(longueurs) <= PHRASE_MOTS_MOYENNE
