"""A conversation is its answers: replayed in order, corrected, undone, never stored."""

from __future__ import annotations

from itertools import pairwise

import pytest

from service.conseiller import Conseiller
from service.conversation import (
    TOURS_MAX,
    Accent,
    Conversation,
    Correction,
    EtatIllisible,
    Exclusion,
    Importance,
    Parole,
    Passe,
    Reponse,
    Reprise,
)
from service.fil import follow, told
from service.intention import Acte
from service.matching import Theme
from service.profil import Profil, Situation
from service.questionnaire import QuestionInconnue


def _said(*tours: object, public: Situation | None = Situation.JEUNE) -> Conversation:
    return Conversation.model_validate({"public": public, "tours": tours})


def _profil_of(public: Situation) -> Profil:
    return Profil(public=public)


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


def test_a_question_asked_again_keeps_its_answer_until_another_is_given(conseiller: Conseiller) -> None:
    said = _said(Reponse(question="publics.bebes", choix="2"), Reponse(question="permis", choix="oui"))
    again = said.add(Reprise(question="publics.bebes"))
    echange = follow(again, conseiller)
    assert echange.question
    assert echange.question.id == "publics.bebes"
    assert echange.profil.publics["bebes"] == 2  # type: ignore[index]
    changed = again.add(Reponse(question="publics.bebes", choix="-2"))
    assert changed.reponses == {"permis": "oui", "publics.bebes": "-2"}
    assert follow(changed, conseiller).profil.publics["bebes"] == -2  # type: ignore[index]
    assert again.undo() == said


def test_a_question_tells_facts_and_no_wish(conseiller: Conseiller) -> None:
    echange = follow(_said(Parole(texte="jai pas le bac cest grave?")), conseiller)
    assert echange.acte is Acte.QUESTION
    assert echange.profil == Profil(public=Situation.JEUNE, niveau="sans_diplome")
    assert not echange.personne.ecrit.attractions


def test_a_broad_answer_leaves_what_was_plainly_said(conseiller: Conseiller) -> None:
    broad = next(q for q in conseiller.connaissances.questions if q.id == "carrefours.enfance")
    choix = next(c for c in broad.choix if "bebes" in str(c.effet))
    said = _said(Parole(texte="surtout pas les bébés"), Reponse(question=broad.id, choix=choix.id))
    assert follow(said, conseiller).profil.publics["bebes"] < 0  # type: ignore[index]


def test_an_answer_in_words_settles_the_question(conseiller: Conseiller) -> None:
    echange = follow(_said(Parole(texte="ouais grave", question="publics.bebes")), conseiller)
    assert echange.acte is Acte.REPONSE
    assert echange.profil.publics["bebes"] == 2  # type: ignore[index]
    assert echange.conversation.reponses == {"publics.bebes": "2"}
    assert echange.question
    assert echange.question.id != "publics.bebes"


def test_a_correction_in_words_wins_over_an_answer(conseiller: Conseiller) -> None:
    said = _said(
        Reponse(question="publics.bebes", choix="2"),
        Parole(texte="non en fait pas les bébés", question="contraintes.nuit"),
    )
    echange = follow(said, conseiller)
    assert echange.profil.publics["bebes"] < 0  # type: ignore[index]
    assert "nuit" not in echange.profil.contraintes


def test_i_made_a_mistake_asks_the_question_before_again(conseiller: Conseiller) -> None:
    said = _said(
        Reponse(question="publics.bebes", choix="2"),
        Parole(texte="je me suis trompé à la question d'avant", question="permis"),
    )
    echange = follow(said, conseiller)
    assert echange.question
    assert echange.question.id == "publics.bebes"
    assert not any(isinstance(t, Parole) for t in echange.conversation.tours)


def test_why_is_answered_with_the_reason_of_the_question(conseiller: Conseiller) -> None:
    echange = follow(
        _said(Parole(texte="pourquoi tu me demandes ça ?", question="publics.bebes")), conseiller
    )
    question = conseiller.questionnaire.question("publics.bebes")
    assert question
    assert question.aide
    assert echange.messages[-1].texte == question.aide.tu
    assert echange.profil == _profil_of(Situation.JEUNE)


def test_why_not_a_metier_tells_its_rank_and_its_reasons(conseiller: Conseiller) -> None:
    said = _said(Parole(texte="j'adore les bébés"), Parole(texte="et pourquoi pas infirmier ?"))
    last = follow(said, conseiller).messages[-1]
    assert last.metiers == ("infirmier",)
    assert "sur 26" in last.texte


def test_after_two_misunderstandings_other_ways_are_shown(conseiller: Conseiller) -> None:
    once = _said(Parole(texte="blurp zorg gnif"))
    twice = once.add(Parole(texte="grumf plok gnouf"))
    assert not follow(once, conseiller).incompris
    after = follow(twice, conseiller)
    assert after.incompris
    assert after.messages[-1].texte != follow(once, conseiller).messages[-1].texte
    assert not follow(twice.add(Reponse(question="permis", choix="oui")), conseiller).incompris


def test_what_was_read_travels_and_changes_nothing(conseiller: Conseiller) -> None:
    said = _said(
        Parole(texte="jador les ptit vieu, jai pas le bac"),
        Reponse(question="permis", choix="non"),
        Parole(texte="je suis caissière depuis 10 ans"),
        Correction(champ="niveau"),
    )
    first = follow(said, conseiller)
    carried = Conversation.from_json(first.conversation.to_json())
    assert all(t.lu for t in carried.tours if isinstance(t, Parole))
    second = follow(carried, conseiller)
    assert (second.personne, second.compris, second.messages) == (
        first.personne,
        first.compris,
        first.messages,
    )


@pytest.mark.parametrize(
    "texte", ["jador les ptit vieu", "écouter les gens, les aider avec leurs papiers, sans les nuits"]
)
def test_the_chat_and_the_api_rank_the_same_words_alike(conseiller: Conseiller, texte: str) -> None:
    chat = conseiller.advise(told(_said(Parole(texte=texte)), conseiller), 26)
    api = conseiller.orienter(Profil(envies=texte, public=Situation.JEUNE), 26)
    assert [r.metier.slug for r in chat.recommandations] == [r.metier.slug for r in api.recommandations]


def test_what_another_version_read_is_read_again(conseiller: Conseiller) -> None:
    first = follow(_said(Parole(texte="j'adore les bébés")), conseiller)
    parole = first.conversation.tours[0]
    assert isinstance(parole, Parole)
    assert parole.lu
    old = parole.lu.model_copy(update={"version": "autrefois", "indices": ()})
    again = follow(_said(parole.model_copy(update={"lu": old})), conseiller)
    assert again.profil == first.profil


@pytest.mark.parametrize(
    "indices",
    [
        '{"champ": "publics.licornes", "valeur": 2, "mots": "x"}',
        '{"champ": "publics", "valeur": 2, "mots": "x"}',
    ],
)
def test_a_reading_that_is_none_of_ours_is_refused(indices: str) -> None:
    etat = f'{{"tours": [{{"genre": "parole", "texte": "x", "lu": {{"version": "1", "indices": [{indices}]}}}}]}}'
    with pytest.raises(EtatIllisible):
        Conversation.from_json(etat)


def test_a_reason_for_setting_aside_counts_beyond_that_metier(conseiller: Conseiller) -> None:
    said = _said(Parole(texte="je veux m'occuper des personnes âgées"))
    with_reason = said.add(Exclusion(metier="aide-soignant", raison="activites.toilette"))
    assert follow(with_reason, conseiller).profil.activites == {"toilette": -2}
    invented = said.add(Exclusion(metier="aide-soignant", raison="publics.bebes"))
    assert not follow(invented, conseiller).profil.activites


def test_what_counts_more_weighs_more_and_the_account_stays_exact(conseiller: Conseiller) -> None:
    said = _said(
        Reponse(question="publics.bebes", choix="2"), Reponse(question="activites.conduire", choix="2")
    )
    moved = said.add(Importance(theme=Theme.PUBLICS, accent=Accent.BEAUCOUP))
    before, after = (conseiller.explain(told(c, conseiller), "puericulteur") for c in (said, moved))
    weights = [{m.code: m.poids for m in (*r.motifs, *r.vigilances)} for r in (before, after)]
    assert weights[1]["publics.bebes"] == pytest.approx(2 * weights[0]["publics.bebes"], abs=2e-4)
    assert weights[1]["activites.conduire"] == weights[0]["activites.conduire"]
    assert moved.add(Importance(theme=Theme.PUBLICS, accent=Accent.NORMAL)).importances == {
        Theme.PUBLICS: Accent.NORMAL
    }


def test_tu_or_vous_is_as_asked_for_whoever_one_is() -> None:
    assert Conversation(public=Situation.JEUNE).voix == "tu"
    assert Conversation(public=Situation.JEUNE, voix_choisie="vous").voix == "vous"
    assert Conversation(public=Situation.RECONVERSION).voix == "vous"


def test_undo_gives_back_the_state_before(conseiller: Conseiller) -> None:
    before = _said(Parole(texte="j'aime conduire"))
    assert before.add(Reponse(question="publics.bebes", choix="2")).undo() == before


def test_a_metier_set_aside_leaves_the_first_three(conseiller: Conseiller) -> None:
    said = _said(Parole(texte="j'adore les bébés"))
    first = conseiller.orienter(follow(said, conseiller).profil, 1).recommandations[0].metier.slug
    after = follow(said.add(Exclusion(metier=first)), conseiller).profil
    assert first not in [r.metier.slug for r in conseiller.orienter(after, 3).recommandations]


def test_the_count_of_questions_left_reaches_zero_without_jumping_up(conseiller: Conseiller) -> None:
    conversation, counts = _said(), []
    for _ in range(40):
        echange = follow(conversation, conseiller)
        counts.append(echange.reste)
        if echange.question is None:
            break
        conversation = conversation.add(
            Reponse(question=echange.question.id, choix=echange.question.choix[0].id)
        )
    assert all(after <= before + 2 for before, after in pairwise(counts))
    assert counts[-1] == 0


def test_distress_comes_before_anything_else(conseiller: Conseiller) -> None:
    echange = follow(_said(Parole(texte="j'ai envie de mourir")), conseiller)
    assert echange.alerte
    assert echange.alerte.numeros[0].numero == "3114"


@pytest.mark.parametrize(
    ("texte", "question"),
    [
        ("j'ai pas envie de répondre", "publics.bebes"),
        ("je me suis trompé à la question d'avant", "publics.bebes"),
        ("je lui tiens la main et je parle avec elle", "situations.veille_operation"),
        ("non je suis trop jeune", "permis"),
        ("aucune idée", "publics.enfants"),
    ],
)
def test_an_answer_to_the_question_is_not_a_call_for_help(
    conseiller: Conseiller, texte: str, question: str
) -> None:
    assert follow(_said(Parole(texte=texte, question=question)), conseiller).alerte is None


@pytest.mark.parametrize(
    "texte", ["j'ai envie de mourir", "je veux en finir", "non je veux mourir", "je suis de trop"]
)
def test_a_call_for_help_is_heard_whatever_was_asked(conseiller: Conseiller, texte: str) -> None:
    for question in ("publics.bebes", "contraintes.nuit", "situations.refus_toilette"):
        assert follow(_said(Parole(texte=texte, question=question)), conseiller).alerte


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


def test_a_question_of_fact_is_answered_with_its_sources(conseiller: Conseiller) -> None:
    message = follow(_said(Parole(texte="combien gagne une aide-soignante ?")), conseiller).messages[-1]
    salaire = conseiller.connaissances.metiers["aide-soignant"].salaire
    assert f"{salaire.bas:,}".replace(",", "\u202f") in message.texte
    assert conseiller.connaissances.metiers["aide-soignant"].sources[salaire.source] in message.sources


def test_a_question_without_a_metier_is_about_the_one_spoken_of_last(conseiller: Conseiller) -> None:
    tours = (Parole(texte="je veux devenir ambulancier"), Parole(texte="ça dure combien de temps ?"))
    assert follow(_said(*tours), conseiller).messages[-1].metiers == ("ambulancier",)


def test_what_is_not_known_is_said_and_other_questions_are_proposed(conseiller: Conseiller) -> None:
    message = follow(_said(Parole(texte="combien gagne un plombier ?")), conseiller).messages[-1]
    assert not message.sources
    assert message.proches
    asked = follow(_said(Parole(texte=message.proches[0])), conseiller)
    assert asked.acte is Acte.QUESTION
    assert asked.messages[-1].sources


def test_facts_are_told_as_one_chose_to_be_spoken_to(conseiller: Conseiller) -> None:
    said = _said(Parole(texte="qu'est-ce que la VAE ?"), public=Situation.RECONVERSION)
    as_adult = follow(said, conseiller).messages[-1].texte
    as_young = follow(said.model_copy(update={"voix_choisie": "tu"}), conseiller).messages[-1].texte
    assert "Votre expérience" in as_adult
    assert "Ton expérience" in as_young
