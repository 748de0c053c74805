"""The questions of an interview come from what is uncertain for this person, and say what they would change."""

from __future__ import annotations

import pytest

from service.conseiller import Conseiller
from service.conversation import Conversation, Parole, Reponse
from service.fil import Echange, follow
from service.hypotheses import changes
from service.profil import Situation
from service.sondes import MAX, OUVERTES, PAR_GENRE_MAX, Doute, sondes
from tests.etats import ADULTE, DIFFICILE, PRET, REPONDU, state

GENS = {"rien": state(), "court": REPONDU, "adulte": ADULTE, "presque sûr": PRET, "difficile": DIFFICILE}


A_DEMI = "Je me suis occupé de ma mère pendant 3 ans, j'adore les personnes âgées, et j'ai un CAP cuisine"


def echange(etat: str, conseiller: Conseiller) -> Echange:
    return follow(Conversation.from_json(etat), conseiller)


def asked(echange: Echange, conseiller: Conseiller) -> tuple[Doute, ...]:
    return sondes(echange, conseiller, conseiller.suppose(echange.personne))


def saying(*tours: Reponse | Parole, conseiller: Conseiller) -> Echange:
    return follow(Conversation(public=Situation.RECONVERSION, tours=tours), conseiller)


@pytest.mark.parametrize("etat", GENS.values(), ids=GENS.keys())
def test_five_open_questions_none_of_them_on_what_was_answered(etat: str, conseiller: Conseiller) -> None:
    known = echange(etat, conseiller)
    found = asked(known, conseiller)
    assert len(found) == MAX
    assert not {d.champ for d in found} & known.personne.profil.said_fields()
    genres = [d.champ.partition(".")[0] for d in found]
    assert all(genres.count(g) <= PAR_GENRE_MAX for g in genres)
    assert all(d.sonde.question.endswith(("?", ".")) and d.sonde.pourquoi for d in found)


def test_two_people_are_not_asked_the_same_questions(conseiller: Conseiller) -> None:
    sets = [{d.champ for d in asked(echange(etat, conseiller), conseiller)} for etat in GENS.values()]
    assert len({frozenset(s) for s in sets}) > 3


def test_the_first_open_field_asked_is_the_one_that_tells_most(conseiller: Conseiller) -> None:
    known = echange(state(), conseiller)
    hypotheses = conseiller.suppose(known.personne)
    shares = {p.metier.slug: p.croyance for p in hypotheses.classement.places}
    belief = [shares[slug] for slug in conseiller.connaissances.metiers]
    gains = conseiller.questionnaire.gains(hypotheses.neutre, belief)  # type: ignore[arg-type]
    most = max((c for c in OUVERTES if c in gains), key=lambda c: gains[c])
    assert asked(known, conseiller)[0].champ == most


def test_what_a_question_says_it_would_change_does_change(conseiller: Conseiller) -> None:
    """« Si c'est « beaucoup », X entre dans les trois premiers » : the same answer, given, brings X there."""
    told = 0
    for etat in GENS.values():
        known = echange(etat, conseiller)
        now = conseiller.suppose(known.personne)
        for doute in asked(known, conseiller):
            if "« beaucoup »" not in doute.sonde.pourquoi or "entre dans" not in doute.sonde.pourquoi:
                continue
            after = follow(known.conversation.add(Reponse(question=doute.champ, choix="2")), conseiller)
            changed = changes(now.classement.slugs, conseiller.suppose(after.personne).classement.slugs)
            noms = [conseiller.connaissances.metiers[slug].nom for slug in changed.entrent]
            assert any(nom in doute.sonde.pourquoi for nom in noms)
            told += 1
    assert told > 5


def test_an_answer_given_is_no_longer_asked_for(conseiller: Conseiller) -> None:
    known = echange(REPONDU, conseiller)
    first = asked(known, conseiller)[0].champ
    answered = follow(known.conversation.add(Reponse(question=first, choix="-2")), conseiller)
    assert first not in {d.champ for d in asked(answered, conseiller)}


def test_words_half_understood_are_asked_about_and_quoted(conseiller: Conseiller) -> None:
    known = saying(Parole(texte=A_DEMI), conseiller=conseiller)
    unsure = [i for t in known.conversation.tours if isinstance(t, Parole) and t.lu for i in t.lu.indices]
    assert any(not i.sur for i in unsure), "this sentence is here for what is not sure in it"
    quoted = [d.sonde for d in asked(known, conseiller) if "Vous avez écrit" in d.sonde.question]
    assert len(quoted) == 1
    assert any(i.mots in quoted[0].question for i in unsure if not i.sur)
    assert "moitié" in quoted[0].pourquoi


def test_each_open_question_is_about_a_field_that_exists(conseiller: Conseiller) -> None:
    assert all(conseiller.questionnaire.question(champ) for champ in OUVERTES)
    plain = {q.id for q in conseiller.connaissances.questions if not q.id.startswith(("situ", "carr"))}
    assert plain <= OUVERTES.keys(), "a new question needs its open form"


def test_open_questions_are_short_and_of_both_genders() -> None:
    for texte in OUVERTES.values():
        assert all(len(phrase.split()) <= 20 for phrase in texte.replace("?", ".").split("."))
        assert "(" not in texte
        assert "·" not in texte
