"""The bars of a parcours: as wide as the months they stand for, and the words of the list beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from knowledge.loading import Connaissances, load_knowledge
from knowledge.schema import Niveau
from service.parcours import Depart, Parcours
from service.recit import ParcoursDit, Recit
from service.reseau import network
from web.frise import BARRE_MIN, LARGEUR, NATURES, Frise, draw, longest, rows

JOUR = date(2026, 11, 22)
DEPARTS = {
    "nothing said": Depart(),
    "a pupil of 17": Depart(age=17, jeune=True, niveau=Niveau.SANS_DIPLOME),
    "a carer of 41": Depart(age=41, niveau=Niveau.CAP_BEP, exerces=(("aide-soignant", 4.0),)),
}


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


def ways(connaissances: Connaissances) -> Iterator[tuple[ParcoursDit, Parcours]]:
    recit = Recit(connaissances, "vous", JOUR)
    for slug in connaissances.metiers:
        for depart in DEPARTS.values():
            for way in network(connaissances).vers(slug, depart):
                yield recit.tell(way), way


def drawn(connaissances: Connaissances) -> Iterator[tuple[ParcoursDit, Frise]]:
    for dit, way in ways(connaissances):
        frise = draw(dit, connaissances.metiers[way.metier], longest([dit]))
        if frise:
            yield dit, frise


def find(connaissances: Connaissances, slug: str, *noms: str) -> ParcoursDit:
    found = network(connaissances).vers(slug, Depart())
    way = next(way for way in found if way.noms == noms)
    return Recit(connaissances, "vous", JOUR).tell(way)


def test_each_thing_that_takes_time_has_its_bar_and_its_words(connaissances: Connaissances) -> None:
    for dit, frise in drawn(connaissances):
        assert len(frise.barres) == len(dit.etapes) + bool(dit.parcours.attente)
        for rang, (barre, row) in enumerate(zip(frise.barres, rows(dit), strict=True), 1):
            assert barre.texte.startswith(f"{rang}. {NATURES[barre.nature]}, ")
            assert row.titre in frise.description
            assert row.duree.rstrip(".") in frise.description


def test_a_way_that_takes_less_than_a_month_has_no_drawing(connaissances: Connaissances) -> None:
    at_once = [(dit, way) for dit, way in ways(connaissances) if way.mois_total == 0]
    assert at_once
    for dit, way in at_once:
        assert draw(dit, connaissances.metiers[way.metier], 60) is None


def test_bars_follow_each_other_and_stay_in_the_drawing(connaissances: Connaissances) -> None:
    for _, frise in drawn(connaissances):
        ends = [round(b.x + b.largeur, 1) for b in frise.barres]
        assert [b.x for b in frise.barres] == pytest.approx([0.0, *ends[:-1]], abs=0.11)
        assert frise.arrivee == pytest.approx(ends[-1], abs=0.11)
        # Very short bars are widened to be seen, a hundredth or two each.
        assert ends[-1] <= LARGEUR + BARRE_MIN * len(frise.barres)


def test_bars_are_as_wide_as_their_months(connaissances: Connaissances) -> None:
    dit = find(connaissances, "aide-soignant", "poste agent-de-service-hospitalier", "formation DEAS")
    frise = draw(dit, connaissances.metiers["aide-soignant"], longest([dit]))
    assert frise
    poste, formation = frise.barres
    months = [etape.mois for etape in dit.etapes]
    assert None not in months
    assert poste.largeur / formation.largeur == pytest.approx(months[0] / months[1], rel=0.01)  # type: ignore[operator]
    assert frise.arrivee == pytest.approx(LARGEUR, abs=0.1)


def test_an_unknown_length_is_said_and_gives_no_date_to_what_follows(connaissances: Connaissances) -> None:
    unknown = [frise for dit, frise in drawn(connaissances) if any(row.mois is None for row in rows(dit))]
    assert unknown
    for frise in unknown:
        assert frise.graduations == ()
        assert all(b.connue != b.texte.endswith("durée inconnue") for b in frise.barres)


def test_next_to_a_long_way_a_short_one_is_shorter_and_can_be_read(connaissances: Connaissances) -> None:
    short = find(connaissances, "aide-soignant", "formation DEAS")
    metier = connaissances.metiers["aide-soignant"]
    alone, beside = draw(short, metier, longest([short])), draw(short, metier, 84)
    assert alone
    assert beside
    assert alone.arrivee == pytest.approx(LARGEUR)
    assert LARGEUR / 4 < beside.arrivee < LARGEUR / 2


def test_marks_start_at_zero_and_end_within_the_way(connaissances: Connaissances) -> None:
    for _, frise in drawn(connaissances):
        if frise.graduations:
            assert frise.graduations[0].libelle == "0"
            assert frise.graduations[-1].x <= frise.arrivee + 0.1
            assert len(frise.graduations) <= 5


def test_the_wait_for_an_official_approval_is_drawn(connaissances: Connaissances) -> None:
    for dit, frise in drawn(connaissances):
        waits = [barre for barre in frise.barres if barre.nature == "accord"]
        assert len(waits) == bool(dit.parcours.attente)
