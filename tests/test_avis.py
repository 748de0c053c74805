"""The lexicon and the learned reader together: who is believed about what."""

from __future__ import annotations

import pytest

from service.conseiller import Conseiller
from service.lecture import Lecture
from service.orientation import Indice


def read(conseiller: Conseiller, texte: str) -> dict[str, object]:
    return {i.champ: i.valeur for i in conseiller.entendre(texte).lecture.indices if i.sur}


@pytest.mark.parametrize(
    ("texte", "champ", "valeur"),
    [
        ("j'ai mal au dos, je cherche un métier près des gens", "contraintes.port_de_charges", "non"),
        ("les jeunes me plaisent mais j'ai pas le permis", "permis", False),
        ("il me faut un salaire pendant la formation", "revenu_pendant_formation", True),
    ],
)
def test_a_limit_the_lexicon_found_is_never_denied(
    conseiller: Conseiller, texte: str, champ: str, valeur: object
) -> None:
    assert read(conseiller, texte)[champ] == valeur


def test_what_the_lexicon_has_no_word_for_is_read(conseiller: Conseiller) -> None:
    texte = "porter quelqu'un dans son lit, chez lui, regarder le match après"
    assert read(conseiller, texte)["cadres.domicile_des_personnes"]


def test_a_place_named_in_passing_is_not_a_wish(conseiller: Conseiller) -> None:
    texte = "le sang ça va, les morts ça va, infirmier au SAMU un jour"
    alone = Conseiller.load(transformer=False)
    assert "cadres.route" in read(alone, texte)
    assert "cadres.route" not in read(conseiller, texte)


def test_both_readers_agree_and_the_words_of_the_lexicon_stay() -> None:
    lu = Lecture("t", (Indice("publics.bebes", 2, "bb"),))
    joined = lu.joined_by([Indice("publics.bebes", 1, "les bb oui")], frozenset())
    assert joined.indices == lu.indices


def test_a_sure_contradiction_is_believed_and_an_unsure_one_is_not() -> None:
    lu = Lecture("t", (Indice("publics.adolescents", 2, "ados"),))
    refus = Indice("publics.adolescents", -2, "les ados m'ont usée")
    assert lu.joined_by([refus], frozenset()).indices == (refus,)
    unsure = Indice("publics.adolescents", -2, "les ados m'ont usée", sur=False)
    assert lu.joined_by([unsure], frozenset()).indices == lu.indices


def test_what_is_denied_goes() -> None:
    lu = Lecture("t", (Indice("publics.bebes", 1, "crèche"), Indice("permis", False, "pas le permis")))
    assert [i.champ for i in lu.joined_by([], frozenset({"publics.bebes+"})).indices] == ["permis"]
