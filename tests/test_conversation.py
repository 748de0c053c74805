"""A conversation is its answers: replayed in order, corrected, undone, never stored."""

from __future__ import annotations

import pytest

from service.conseiller import Conseiller
from service.conversation import (
    TOURS_MAX,
    Conversation,
    Correction,
    EtatIllisible,
    Exclusion,
    Parole,
    Passe,
    Reponse,
)
from service.fil import follow
from service.profil import Situation
from service.questionnaire import QuestionInconnue


def _said(*tours: object, public: Situation | None = Situation.JEUNE) -> Conversation:
    return Conversation.model_validate({"public": public, "tours": tours})


def test_an_answer_adds_what_its_choice_means(conseiller: Conseiller) -> None:
    echange = follow(_said(Reponse(question="publics.bebes", choix="2")), conseiller)
    assert echange.profil.publics == {"bebes": 2}


def test_i_do_not_know_adds_nothing_and_is_not_asked_again(conseiller: Conseiller) -> None:
    echange = follow(_said(Reponse(question="publics.bebes", choix="je_ne_sais_pas")), conseiller)
    assert not echange.profil.publics
    assert echange.question
    assert echange.question.id != "publics.bebes"


def test_words_are_read_and_shown_as_chips(conseiller: Conseiller) -> None:
    echange = follow(_said(Parole(texte="jador les ptit vieu")), conseiller)
    chips = {p.champ: p for p in echange.compris}
    assert chips["publics.personnes_agees"].mots


def test_a_chip_removed_no_longer_counts(conseiller: Conseiller) -> None:
    said = _said(Parole(texte="j'adore les bébés et les personnes âgées"))
    corrected = said.add(Correction(champ="publics.bebes"))
    before, after = follow(said, conseiller), follow(corrected, conseiller)
    assert before.profil.publics.keys() == {"bebes", "personnes_agees"}
    assert after.profil.publics.keys() == {"personnes_agees"}
    first = conseiller.orienter(after.profil, 1).recommandations[0].metier
    assert first.intensites.publics["bebes"].note < 2  # type: ignore[index]


def test_what_is_said_last_is_right(conseiller: Conseiller) -> None:
    echange = follow(
        _said(Reponse(question="publics.bebes", choix="2"), Parole(texte="non, surtout pas les bébés")),
        conseiller,
    )
    assert echange.profil.publics["bebes"] == -2  # type: ignore[index]


def test_questions_follow_what_was_said(conseiller: Conseiller) -> None:
    """Someone drawn to old people is not asked first about crèches."""
    question = follow(_said(Parole(texte="jador les ptit vieu")), conseiller).question
    assert question
    touched = {champ for choix in question.choix for champ in choix.effet}
    assert "bebes" not in str([c.effet for c in question.choix])
    assert touched


def test_a_skipped_question_is_not_asked_again(conseiller: Conseiller) -> None:
    first = follow(_said(), conseiller).question
    assert first
    second = follow(_said(Passe(question=first.id)), conseiller).question
    assert second
    assert second.id != first.id


def test_undo_gives_back_the_state_before(conseiller: Conseiller) -> None:
    before = _said(Parole(texte="j'aime conduire"))
    assert before.add(Reponse(question="publics.bebes", choix="2")).undo() == before


def test_a_metier_set_aside_leaves_the_first_three(conseiller: Conseiller) -> None:
    said = _said(Parole(texte="j'adore les bébés"))
    first = conseiller.orienter(follow(said, conseiller).profil, 1).recommandations[0].metier.slug
    after = follow(said.add(Exclusion(metier=first)), conseiller).profil
    assert first not in [r.metier.slug for r in conseiller.orienter(after, 3).recommandations]


def test_the_count_of_questions_left_goes_down_to_zero(conseiller: Conseiller) -> None:
    conversation, counts = _said(), []
    for _ in range(40):
        echange = follow(conversation, conseiller)
        counts.append(echange.reste)
        if echange.question is None:
            break
        conversation = conversation.add(
            Reponse(question=echange.question.id, choix=echange.question.choix[0].id)
        )
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


def test_distress_comes_before_anything_else(conseiller: Conseiller) -> None:
    echange = follow(_said(Parole(texte="j'ai envie de mourir")), conseiller)
    assert echange.alerte
    assert echange.alerte.numeros[0].numero == "3114"


def test_a_state_survives_the_trip_through_the_page() -> None:
    said = _said(Parole(texte="« é » ' \" <b>"), Reponse(question="permis", choix="oui"))
    assert Conversation.from_json(said.to_json()) == said


@pytest.mark.parametrize(
    "etat",
    ["", "null", "[]", "{", '{"tours": [{"genre": "x"}]}', '{"public": "roi"}', '{"a": 1}', "[" * 5000],
)
def test_a_state_we_did_not_write_is_refused_without_quoting_it(etat: str) -> None:
    with pytest.raises(EtatIllisible) as refus:
        Conversation.from_json(etat)
    assert etat not in str(refus.value) or not etat


def test_an_invented_question_is_refused(conseiller: Conseiller) -> None:
    with pytest.raises(QuestionInconnue):
        follow(_said(Reponse(question="publics.licornes", choix="2")), conseiller)


def test_a_very_long_conversation_keeps_its_end() -> None:
    conversation = _said()
    for i in range(TOURS_MAX + 5):
        conversation = conversation.add(Parole(texte=f"mot {i}"))
    assert len(conversation.tours) == TOURS_MAX
    assert conversation.tours[-1] == Parole(texte=f"mot {TOURS_MAX + 4}")
