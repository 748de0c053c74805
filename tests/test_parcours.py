"""Where a person stands from a métier: diplomas as people write them, months left, verdicts."""

from __future__ import annotations

import pytest

from knowledge.loading import Connaissances, load_knowledge
from knowledge.schema import Niveau
from service.diplomes import Diplomes
from service.orientation import Verdict
from service.parcours import distance, verdict
from service.profil import EtudesMax, ProfilNeutre
from service.temps import is_past, training_limit


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


@pytest.fixture(scope="module")
def diplomes(connaissances: Connaissances) -> Diplomes:
    return Diplomes(connaissances)


@pytest.mark.parametrize(
    ("ecrit", "cle"),
    [
        ("DEAES", "DEAES"), ("CAP_AEPE", "CAPAEPE"), ("cap aepe", "CAPAEPE"), ("Cap-AEPE", "CAPAEPE"),
        ("TP_ADVF", "ADVF"), ("BTS ESF", "BTSESF"), ("BAC_ASSP", "BACASSP"), ("bac pro assp", "BACASSP"),
        ("DEI", "DEI"), ("DEAS", "DEAS"), ("DEAMP", "DEAES"), ("diplôme d'état d'aide soignant", "DEAS"),
    ],
)  # fmt: skip
def test_a_diploma_is_recognised_however_it_is_written(diplomes: Diplomes, ecrit: str, cle: str) -> None:
    reconnus = diplomes.recognise([ecrit])
    assert cle in reconnus.acquis
    assert not reconnus.non_reconnus


def test_an_unknown_diploma_is_given_back_not_refused(diplomes: Diplomes) -> None:
    reconnus = diplomes.recognise(["BAFA", "diplôme de licorne"])
    assert reconnus.non_reconnus == ("diplôme de licorne",)


@pytest.mark.parametrize(
    ("ecrit", "niveau"),
    [("BAC_ST2S", Niveau.BAC), ("CAP cuisine", Niveau.CAP_BEP), ("BTS", Niveau.BAC_2), ("licence", Niveau.BAC_3_PLUS), ("BAFA", None)],
)  # fmt: skip
def test_a_diploma_tells_a_level(diplomes: Diplomes, ecrit: str, niveau: Niveau | None) -> None:
    assert diplomes.recognise([ecrit]).niveau is niveau


@pytest.mark.parametrize(
    ("profil", "slug", "mois"),
    [
        (ProfilNeutre(), "aide-soignant", 11),
        (ProfilNeutre(acquis=frozenset({"DEAS"})), "aide-soignant", 0),
        (ProfilNeutre(acquis=frozenset({"DEI"})), "puericulteur", 12),
        (ProfilNeutre(), "puericulteur", 48),
        (ProfilNeutre(acquis=frozenset({"BTSESF"})), "conseiller-economie-sociale-familiale", 12),
        (ProfilNeutre(niveau=Niveau.CAP_BEP), "infirmier", 48),
        (ProfilNeutre(etudes_max=EtudesMax.AUCUNE), "aide-menager", 0),
    ],
    ids=["nobody", "holder", "nurse", "from school", "after BTS", "CAP first a bac", "at once"],
)
def test_months_left_depend_on_what_is_held(
    connaissances: Connaissances, profil: ProfilNeutre, slug: str, mois: int
) -> None:
    assert distance(profil, connaissances.metiers[slug], connaissances).mois == mois


@pytest.mark.parametrize(
    ("profil", "slug", "attendu"),
    [
        (ProfilNeutre(etudes_max=EtudesMax.UN_AN, niveau=Niveau.BAC), "aide-soignant", Verdict.COMPATIBLE),
        (ProfilNeutre(etudes_max=EtudesMax.SIX_MOIS, niveau=Niveau.BAC), "infirmier", Verdict.BLOQUANT),
        (ProfilNeutre(permis=False), "ambulancier", Verdict.BLOQUANT),
        (ProfilNeutre(), "aide-soignant", Verdict.A_VERIFIER),
        (
            ProfilNeutre(etudes_max=EtudesMax.UN_AN, niveau=Niveau.BAC),
            "assistant-maternel",
            Verdict.A_VERIFIER,
        ),
    ],
    ids=["open", "too long", "no licence", "not asked yet", "agrément to obtain"],
)
def test_the_verdict_says_open_closed_or_to_check(
    connaissances: Connaissances, profil: ProfilNeutre, slug: str, attendu: Verdict
) -> None:
    metier = connaissances.metiers[slug]
    assert verdict(profil, metier, distance(profil, metier, connaissances)) is attendu


@pytest.mark.parametrize(
    ("texte", "limite"),
    [
        ("pas 6 ans d etudes", EtudesMax.TROIS_ANS),
        ("1 an d ecole ok", EtudesMax.UN_AN),
        ("une formation de trois ans", EtudesMax.TROIS_ANS),
        ("six mois de formation maximum", EtudesMax.SIX_MOIS),
        ("je veux pas trois ans d ecole", EtudesMax.UN_AN),
        ("cinq ans d etudes", EtudesMax.CINQ_ANS),
        ("14 ans de caisse", None),
        ("des enfants de 3 ans", None),
    ],
)
def test_a_length_of_training_is_read_and_nothing_else(texte: str, limite: EtudesMax | None) -> None:
    found = training_limit(texte)
    assert (found[0] if found else None) is limite


@pytest.mark.parametrize(
    ("texte", "mot", "passe"),
    [
        ("Caissière 14 ans chez un marchand", "Caissière", True),
        ("j'étais cuisinier à l'armée", "cuisinier", True),
        ("ancienne infirmière", "infirmière", True),
        ("je suis ambulancier depuis 2016", "ambulancier", True),
        ("je veux devenir infirmière", "infirmière", False),
        ("être ambulancier me plairait", "ambulancier", False),
        ("mon rêve : aide-soignante", "aide-soignante", False),
    ],
)
def test_a_job_done_is_not_a_job_wished_for(texte: str, mot: str, passe: bool) -> None:
    debut = texte.index(mot)
    assert is_past(texte, debut, debut + len(mot)) is passe
