"""Ways to a métier: what the whole graph promises, whoever asks. Named people are in test_cas_parcours.py."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from knowledge.loading import Connaissances, load_knowledge
from knowledge.schema import Famille, Niveau
from service.echelle import ladder
from service.orientation import Verdict
from service.parcours import Atout, Depart, Nature, Parcours, propose
from service.profil import EtudesMax
from service.recit import Recit
from service.reseau import Reseau

GENS = {
    "15 in troisième": Depart(niveau=Niveau.SANS_DIPLOME, age=15, jeune=True),
    "17 without diploma": Depart(niveau=Niveau.SANS_DIPLOME, age=17, jeune=True),
    "19 with the bac": Depart(niveau=Niveau.BAC, age=19, jeune=True),
    "cook of 41": Depart(niveau=Niveau.CAP_BEP, age=41, annees_travail=18, revenu=True),
    "nothing said": Depart(),
    "AVS for nine years": Depart(
        niveau=Niveau.SANS_DIPLOME, age=53, exerces=(("auxiliaire-de-vie-sociale", 9.0),), annees_travail=9
    ),
}


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


@pytest.fixture(scope="module")
def reseau(connaissances: Connaissances) -> Reseau:
    return Reseau(connaissances)


def _ways(reseau: Reseau, depart: Depart) -> list[Parcours]:
    return [way for slug in reseau.metiers for way in reseau.vers(slug, depart)]


@pytest.mark.parametrize("depart", GENS.values(), ids=GENS)
def test_every_metier_has_a_way_for_everyone_closed_or_not(reseau: Reseau, depart: Depart) -> None:
    assert all(reseau.vers(slug, depart) for slug in reseau.metiers)


@pytest.mark.parametrize("depart", GENS.values(), ids=GENS)
def test_no_way_takes_a_step_twice_nor_starts_from_where_it_goes(reseau: Reseau, depart: Depart) -> None:
    for way in _ways(reseau, depart):
        cles = [e.cle for e in way.etapes]
        assert len(set(cles)) == len(cles)
        assert way.metier not in cles


@pytest.mark.parametrize("depart", GENS.values(), ids=GENS)
def test_the_months_of_a_way_are_those_of_its_steps(reseau: Reseau, depart: Depart) -> None:
    for way in _ways(reseau, depart):
        known = [e.mois for e in way.etapes if e.mois is not None]
        if len(known) == len(way.etapes):
            assert way.mois_total == sum(known) + way.attente
        else:
            assert way.mois_total is None


@pytest.mark.parametrize("depart", GENS.values(), ids=GENS)
def test_the_same_question_gets_the_same_ways_whatever_was_asked_before(
    connaissances: Connaissances, depart: Depart
) -> None:
    forth, back = Reseau(connaissances), Reseau(connaissances)
    slugs = list(forth.metiers)
    first = {slug: [w.noms for w in forth.vers(slug, depart)] for slug in slugs}
    assert {slug: [w.noms for w in back.vers(slug, depart)] for slug in reversed(slugs)} == first


def test_no_validation_of_experience_where_the_law_has_none(
    connaissances: Connaissances, reseau: Reseau
) -> None:
    steps = [e for depart in GENS.values() for way in _ways(reseau, depart) for e in way.etapes]
    validated = {e.cle for e in steps if e.nature is Nature.VAE}
    assert validated
    assert all(connaissances.certifications[cle].vae.possible for cle in validated)


@pytest.mark.parametrize(("limite", "slug"), list(product(EtudesMax, ("infirmier", "aide-menager"))))
def test_open_ways_come_first(reseau: Reseau, limite: EtudesMax, slug: str) -> None:
    closed = [w.verdict(limite) is Verdict.BLOQUANT for w in reseau.vers(slug, GENS["nothing said"], limite)]
    assert closed == sorted(closed)


def test_what_is_proposed_has_the_shortest_and_the_soonest_paid(reseau: Reseau) -> None:
    shown = propose(reseau.vers("aide-soignant", GENS["17 without diploma"]), None)
    by_atout = {atout: way.noms for way, atouts in shown.items() for atout in atouts}
    assert by_atout[Atout.COURT] == ("formation DEAS",)
    assert by_atout[Atout.PAYE] == ("apprentissage DEAS",)


def test_when_every_way_is_closed_the_nearest_is_shown(reseau: Reseau) -> None:
    shown = propose(reseau.vers("ambulancier", Depart(permis=False)), None)
    (way,) = shown
    assert way.verdict(None) is Verdict.BLOQUANT


def test_someone_who_must_be_paid_is_shown_paid_ways_first(reseau: Reseau) -> None:
    first = reseau.vers("aide-soignant", GENS["cook of 41"])[0]
    assert first.noms == ("poste agent-de-service-hospitalier", "formation DEAS")


@pytest.mark.parametrize(("voix", "depart"), [("tu", "17 without diploma"), ("vous", "cook of 41")])
def test_every_way_can_be_told(connaissances: Connaissances, reseau: Reseau, voix: str, depart: str) -> None:
    recit = Recit(connaissances, "tu" if voix == "tu" else "vous", date(2026, 11, 22))
    for way in _ways(reseau, GENS[depart]):
        told = recit.tell(way)
        assert len(told.etapes) == len(way.etapes)
        said = [p for e in told.etapes for p in e.precisions if p.verdict is Verdict.BLOQUANT]
        said += [p for p in told.entree if p.verdict is Verdict.BLOQUANT]
        # What closes a way is always said.
        assert way.is_closed == bool(said)


def test_selection_is_told_to_whoever_passes_it(connaissances: Connaissances, reseau: Reseau) -> None:
    recit = Recit(connaissances, "vous")
    ways = {way.noms: recit.tell(way) for way in reseau.vers("aide-soignant", GENS["cook of 41"])}
    by_school = ways["formation DEAS",].etapes[0]
    after_work = ways["poste agent-de-service-hospitalier", "formation DEAS"].etapes[1]
    assert any(p.texte.startswith("Sélection") for p in by_school.precisions)
    assert not any(p.texte.startswith("Sélection") for p in after_work.precisions)


def test_what_is_required_to_practise_is_told_at_the_end(
    connaissances: Connaissances, reseau: Reseau
) -> None:
    told = Recit(connaissances, "tu").tell(reseau.vers("aide-soignant", GENS["nothing said"])[0])
    exigences = connaissances.metiers["aide-soignant"].exigences
    assert exigences.vaccination
    assert {exigences.diplome.texte, exigences.vaccination.texte} <= {p.texte for p in told.entree}


def test_the_next_date_is_that_of_the_coming_year_and_says_whose_it_is(
    connaissances: Connaissances, reseau: Reseau
) -> None:
    way = next(w for w in reseau.vers("infirmier", GENS["19 with the bac"]) if w.noms == ("formation DEI",))
    to_do = Recit(connaissances, "tu", date(2026, 11, 22)).tell(way).etapes[0].a_faire
    assert "12/03/2027" in to_do
    assert "2026" in to_do


def test_the_ladder_counts_diplomas_from_what_can_start_now(reseau: Reseau) -> None:
    rungs = {e.diplomes: e for e in ladder(reseau, Famille.SANTE, GENS["17 without diploma"]).echelons}
    assert "agent-de-service-hospitalier" in {m.metier.slug for m in rungs[0].marches}
    assert "aide-soignant" in {m.metier.slug for m in rungs[1].marches}
    nurse = next(m for e in rungs.values() for m in e.marches if m.metier.slug == "infirmier")
    assert len(nurse.parcours.diplomes) == next(n for n, e in rungs.items() if nurse in e.marches)


def test_every_metier_of_a_famille_is_on_the_ladder_or_said_to_be_closed(reseau: Reseau) -> None:
    for famille, depart in product(Famille, GENS.values()):
        found = ladder(reseau, famille, depart)
        told = [m.metier.slug for e in found.echelons for m in e.marches] + [
            m.metier.slug for m in found.fermes
        ]
        assert sorted(told) == sorted(s for s, m in reseau.metiers.items() if m.famille is famille)
