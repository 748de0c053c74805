"""How far a person stands from a métier, for the ranking."""

from __future__ import annotations

import pytest

from knowledge.loading import Connaissances, load_knowledge
from knowledge.schema import Niveau
from service.distance import distance
from service.orientation import Verdict
from service.profil import EtudesMax, ProfilNeutre


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


@pytest.mark.parametrize(
    ("profil", "slug", "mois"),
    [
        (ProfilNeutre(), "aide-soignant", 11),
        (ProfilNeutre(acquis=frozenset({"DEAS"})), "aide-soignant", 0),
        (ProfilNeutre(acquis=frozenset({"DEI"})), "puericulteur", 12),
        (ProfilNeutre(), "puericulteur", 48),
        (ProfilNeutre(acquis=frozenset({"BTSESF"})), "conseiller-economie-sociale-familiale", 12),
        (ProfilNeutre(niveau=Niveau.CAP_BEP), "infirmier", 71),
        (ProfilNeutre(etudes_max=EtudesMax.AUCUNE), "aide-menager", 0),
    ],
    ids=["nobody", "holder", "nurse", "from school", "after BTS", "CAP: aide-soignant first", "at once"],
)
def test_months_left_depend_on_what_is_held(
    connaissances: Connaissances, profil: ProfilNeutre, slug: str, mois: int
) -> None:
    assert distance(profil, connaissances.metiers[slug], connaissances).mois == mois


def test_what_is_held_shortens_by_an_amount_only_the_school_says(connaissances: Connaissances) -> None:
    metier = connaissances.metiers["aide-soignant"]
    found = distance(ProfilNeutre(acquis=frozenset({"DEAES"})), metier, connaissances)
    assert (found.passerelle, found.mois) == ("DEAES", 11)
    assert found.mois_probables < 11


@pytest.mark.parametrize(
    ("limite", "slug", "attendu"),
    [
        (EtudesMax.UN_AN, "aide-soignant", Verdict.COMPATIBLE),
        (EtudesMax.SIX_MOIS, "infirmier", Verdict.BLOQUANT),
        (None, "aide-soignant", Verdict.A_VERIFIER),
    ],
    ids=["open", "too long", "not asked yet"],
)
def test_the_training_is_held_against_the_longest_accepted(
    connaissances: Connaissances, limite: EtudesMax | None, slug: str, attendu: Verdict
) -> None:
    profil = ProfilNeutre(etudes_max=limite, niveau=Niveau.BAC)
    assert distance(profil, connaissances.metiers[slug], connaissances).longueur is attendu
