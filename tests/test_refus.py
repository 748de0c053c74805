"""« Pas pour moi », and why: a reason speaks of this métier, and of the others that share it."""

from __future__ import annotations

import pytest

from knowledge.schema import Frequence, Metier
from service.conseiller import Conseiller
from service.conversation import Conversation, Exclusion, Reponse
from service.fil import told
from service.profil import EtudesMax, Profil
from service.refus import AUTRE, LONG_MOIS, SALAIRE, meaning, reasons
from web import libelles

AGEES = Reponse(question="publics.personnes_agees", choix="2")


@pytest.fixture(scope="module")
def metiers(conseiller: Conseiller) -> dict[str, Metier]:
    return conseiller.connaissances.metiers


def ranks(conseiller: Conseiller, *exclusions: Exclusion) -> tuple[str, ...]:
    conversation = Conversation(tours=(AGEES, *exclusions))
    return conseiller.suppose(told(conversation, conseiller)).classement.slugs


def test_every_reason_of_every_metier_has_its_words_and_pay_and_other_come_last(
    metiers: dict[str, Metier],
) -> None:
    for metier in metiers.values():
        found = reasons(metier)
        assert set(found) <= set(libelles.RAISONS)
        assert found[-2:] == (SALAIRE, AUTRE)
        assert len(found) == len(set(found)) > 2


def test_what_is_not_in_a_metier_is_no_reason_to_leave_it(metiers: dict[str, Metier]) -> None:
    for metier in metiers.values():
        for raison in reasons(metier)[:-2]:
            champ, _, cle = raison.partition(".")
            if champ == "contraintes":
                conditions = {c.value: x.frequence for c, x in metier.conditions.items()}
                assert conditions[cle] in (Frequence.SOUVENT, Frequence.TOUJOURS)
            elif champ == "etudes_max":
                assert metier.acces.duree_mois >= LONG_MOIS
            else:
                notes = {c.value: x.note for c, x in getattr(metier.intensites, champ).items()}
                assert notes[cle] >= 3


def test_too_long_a_training_means_less_than_this_one(metiers: dict[str, Metier]) -> None:
    for metier in metiers.values():
        if "etudes_max" in reasons(metier):
            limit = meaning("etudes_max", metier).etudes_max
            assert limit is not None
            assert limit.mois < metier.acces.duree_mois
    assert meaning("etudes_max", metiers["infirmier"]).etudes_max is EtudesMax.UN_AN


@pytest.mark.parametrize(
    ("slug", "raison", "dit"),
    [
        pytest.param("aide-soignant", "activites.toilette", {"activites": {"toilette": -2}}, id="a_task"),
        pytest.param(
            "aide-soignant", "publics.personnes_agees", {"publics": {"personnes_agees": -2}}, id="people"
        ),
        pytest.param("aide-soignant", "cadres.hopital", {"cadres": {"hopital": -2}}, id="a_place"),
        pytest.param("aide-soignant", "contraintes.nuit", {"contraintes": {"nuit": "non"}}, id="nights"),
        pytest.param("aide-soignant", SALAIRE, {}, id="pay_says_nothing_of_the_others"),
        pytest.param("aide-soignant", AUTRE, {}, id="other_says_nothing_of_the_others"),
        pytest.param("aide-menager", "contraintes.nuit", {}, id="a_reason_of_another_metier"),
        pytest.param("aide-menager", "etudes_max", {}, id="no_training_is_never_too_long"),
        pytest.param("aide-soignant", "prenom", {}, id="a_reason_nobody_wrote"),
    ],
)
def test_a_reason_says_what_it_says(
    metiers: dict[str, Metier], slug: str, raison: str, dit: dict[str, object]
) -> None:
    assert meaning(raison, metiers[slug]) == Profil.model_validate(dit)


def test_without_a_reason_only_the_metier_set_aside_moves(conseiller: Conseiller) -> None:
    before = ranks(conseiller)
    for raison in (None, SALAIRE, AUTRE):
        after = ranks(conseiller, Exclusion(metier="aide-soignant", raison=raison))
        assert after == (*(s for s in before if s != "aide-soignant"), "aide-soignant")


def test_refusing_care_of_the_body_takes_down_those_who_give_it(
    conseiller: Conseiller, metiers: dict[str, Metier]
) -> None:
    before = ranks(conseiller)
    after = ranks(conseiller, Exclusion(metier="aide-soignant", raison="activites.toilette"))
    notes = {s: m.intensites.activites for s, m in metiers.items() if s != "aide-soignant"}
    washing = [s for s, n in notes.items() if {c.value: x.note for c, x in n.items()}["toilette"] >= 3]
    assert len(washing) >= 3
    assert sum(after.index(s) for s in washing) > sum(before.index(s) for s in washing)


def test_put_back_a_metier_takes_its_reason_with_it(conseiller: Conseiller) -> None:
    aside = Conversation(tours=(AGEES, Exclusion(metier="aide-soignant", raison="activites.toilette")))
    kept = aside.model_copy(update={"tours": tuple(t for t in aside.tours if not isinstance(t, Exclusion))})
    assert conseiller.suppose(told(kept, conseiller)).classement.slugs == ranks(conseiller)
