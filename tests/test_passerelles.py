"""The graph in knowledge/passerelles: what it leads to, what it says, and the dates of an entry."""

from __future__ import annotations

import re
from datetime import date

import pytest

from knowledge.loading import Connaissances, load_knowledge
from knowledge.passerelle import Effet, Passerelle, next_moment
from knowledge.schema import Confiance, Niveau

MOTS_MAX = 20
SAID_TO_SOMEONE = re.compile(r"\b(vous|votre|vos|tu|te|toi|ton|ta|tes)\b|\bt'", re.IGNORECASE)
# What opens the entry of a training asks nothing of studies; the rest presupposes that one may enter.
OUVRENT = {Effet.ADMISSION, Effet.VAE}
TRAVAIL_SOCIAL = ("DEES", "DEASS", "DEEJE")


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


@pytest.fixture(scope="module")
def edges(connaissances: Connaissances) -> list[tuple[str, Passerelle]]:
    return [(o, p) for o, fiche in connaissances.passerelles.items() for p in fiche.passerelles]


def test_a_passerelle_is_told_in_two_short_sentences_to_nobody_in_particular(
    edges: list[tuple[str, Passerelle]],
) -> None:
    for origine, edge in edges:
        for texte in filter(None, (edge.texte, edge.doute)):
            sentences = re.split(r"(?<=[.!?])\s+", texte)
            longest = max(len(sentence.split()) for sentence in sentences)
            assert len(sentences) <= 2, (origine, texte)
            assert longest <= MOTS_MAX, (origine, texte)
            assert not SAID_TO_SOMEONE.search(texte), (origine, texte)


def test_what_rests_on_a_weak_source_says_its_doubt(connaissances: Connaissances) -> None:
    for origine, fiche in connaissances.passerelles.items():
        for edge in fiche.passerelles:
            weak = fiche.sources[edge.source].confiance is Confiance.FAIBLE
            assert edge.doute or not weak, (origine, edge.vers)
            assert not weak or edge.annees is None, "no figure rests on it"


@pytest.mark.parametrize(
    ("origine", "vers", "effet"),
    [
        ("auxiliaire-de-vie-sociale", "DEAES", Effet.VAE),
        ("assistant-de-vie-aux-familles", "DEAES", Effet.VAE),
        ("ADVF", "DEAES", Effet.ALLEGEMENT),
        ("DEAES", "DEAS", Effet.ALLEGEMENT),
        ("agent-de-service-hospitalier", "DEAS", Effet.SELECTION),
        ("agent-de-service-hospitalier", "DEAP", Effet.SELECTION),
        ("aide-soignant", "DEI", Effet.AVANCEE),
        ("CAPAEPE", "DEAP", Effet.ALLEGEMENT),
        ("DEAP", "DEEJE", Effet.ADMISSION),
        ("auxiliaire-de-puericulture", "DEEJE", Effet.VAE),
        ("DEME", "DEES", Effet.ADMISSION),
        ("moniteur-educateur", "DEES", Effet.VAE),
        ("DEME", "DETISF", Effet.ALLEGEMENT),
        ("DETISF", "DEME", Effet.ALLEGEMENT),
        ("mediateur-social", "DEES", Effet.VAE),
        ("BACASSP", "DEAS", Effet.ALLEGEMENT),
        ("SAPAT", "DEAP", Effet.ALLEGEMENT),
        ("travail", "DEI", Effet.ADMISSION),
        ("aidance", "DEAES", Effet.VAE),
    ],
)
def test_the_ladders_people_climb_are_known(
    edges: list[tuple[str, Passerelle]], origine: str, vers: str, effet: Effet
) -> None:
    assert [e for o, e in edges if (o, e.vers, e.effet) == (origine, vers, effet)]


def test_a_nurse_or_a_midwife_may_specialise_and_a_bts_leads_to_the_cesf(
    connaissances: Connaissances,
) -> None:
    certifications = connaissances.certifications
    assert set(certifications["DEPUER"].requiert) == {"DEI", "DESF"}
    assert "BTSESF" in certifications["DECESF"].requiert


def test_every_certification_is_within_reach_of_someone_who_left_school(
    connaissances: Connaissances, edges: list[tuple[str, Passerelle]]
) -> None:
    """No diploma, no bac, but work: what a search could never reach would be a hole in the files."""
    held: set[str] = set()
    while new := {
        c for c in connaissances.certifications if c not in held and _opens(c, held, connaissances, edges)
    }:
        held |= new
    assert held == set(connaissances.certifications)


def test_a_diploma_that_stands_for_the_bac_is_at_its_level(
    connaissances: Connaissances, edges: list[tuple[str, Passerelle]]
) -> None:
    levels = {
        o: connaissances.certifications[o].niveau
        for o, e in edges
        if e.effet is Effet.ADMISSION and o in connaissances.certifications
    }
    assert set(levels.values()) == {4}


def test_no_way_leads_to_a_state_diploma_of_social_work_before_twenty_without_the_bac(
    edges: list[tuple[str, Passerelle]],
) -> None:
    ages = {e.vers: e.age_minimum for o, e in edges if o == "travail" and e.effet is Effet.ADMISSION}
    assert {cle: ages[cle] for cle in TRAVAIL_SOCIAL} == dict.fromkeys(TRAVAIL_SOCIAL, 20)


def test_a_job_open_without_diploma_hires_before_training(connaissances: Connaissances) -> None:
    acces = {slug: metier.acces for slug, metier in connaissances.metiers.items()}
    unhired = {slug for slug, a in acces.items() if a.sans_diplome and not a.embauche}
    # The law asks a childminder for 80 hours of course before the first child.
    assert unhired == {"assistant-maternel"}
    assert {slug for slug, a in acces.items() if a.attente_mois} == {
        "assistant-maternel",
        "assistant-familial",
    }


def test_parcoursup_rules_the_entries_that_name_it(connaissances: Connaissances) -> None:
    for cle, certification in connaissances.certifications.items():
        named = "Parcoursup" in (certification.entree.selection or "")
        assert (certification.calendrier == "parcoursup") is named, cle


@pytest.mark.parametrize(
    ("jour", "fin", "mot"),
    [
        (date(2026, 11, 22), date(2027, 3, 12), "vœux"),
        (date(2027, 3, 12), date(2027, 3, 12), "formuler"),
        (date(2027, 3, 13), date(2027, 4, 1), "confirmer"),
        (date(2027, 7, 12), date(2028, 3, 12), "formuler"),
    ],
    ids=["in autumn, the next year", "the last day counts", "the day after", "too late for this year"],
)
def test_what_is_to_be_done_next_is_the_nearest_last_day(
    connaissances: Connaissances, jour: date, fin: date, mot: str
) -> None:
    echeance, last = next_moment(connaissances.calendriers["parcoursup"], jour)
    assert last == fin
    assert mot in echeance.texte


def _opens(
    cle: str, held: set[str], connaissances: Connaissances, edges: list[tuple[str, Passerelle]]
) -> bool:
    certification = connaissances.certifications[cle]
    if any(e.vers == cle and e.effet in OUVRENT and o in {*held, "travail"} for o, e in edges):
        return True
    if certification.requiert:
        return bool(held & set(certification.requiert))
    bac = bool(held & {"BACASSP", "SAPAT", "AEPA"})
    asked = certification.entree.niveau
    return asked in (Niveau.SANS_DIPLOME, Niveau.CAP_BEP) or (asked is Niveau.BAC and bac)
