"""The figures of a structure: days and tens, of nobody, from which nothing smaller can be worked out."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.dossiers.comptes import Role
from service.dossiers.compteurs import PAS, VALEURS, Mesure, Tranche
from service.dossiers.tables import COMPTEUR
from tests.alentours import Alentours
from tests.bases import BASES
from tests.dom import parse
from tests.professionnels import Atelier, workshop
from web.app import create_app
from web.libelles import ACHEVEMENTS, FAMILLES, MESURES
from web.settings import Settings


@pytest.fixture(params=BASES)
def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Atelier]:
    with workshop(request.param, tmp_path) as bureau:
        yield bureau


def fill(bureau: Atelier, structure: int, jour: date, nombre: int, mesure: Mesure, valeur: str = "") -> None:
    row = {"structure": structure, "jour": jour, "mesure": mesure.value, "valeur": valeur, "nombre": nombre}
    with bureau.archives.coffre.writing() as connexion:
        connexion.execute(insert(COMPTEUR).values(row))


def test_each_count_adds_one_to_its_day_and_holds_nothing_else(bureau: Atelier) -> None:
    structure, compteurs = bureau.structure().id, bureau.archives.compteurs
    compteurs.count(structure, Mesure.ENTRETIEN)
    bureau.horloge.advance(hours=3)
    compteurs.count(structure, Mesure.ENTRETIEN)
    compteurs.count(structure, Mesure.FAMILLE, "sante")
    compteurs.count(structure, Mesure.PARTICIPANT, nombre=7)
    with bureau.archives.coffre.reading() as connexion:
        rows = {tuple(row) for row in connexion.execute(select(COMPTEUR)).all()}
    today = date(2026, 11, 23)
    assert rows == {
        (structure, today, "entretien", "", 2),
        (structure, today, "famille", "sante", 1),
        (structure, today, "participant", "", 7),
    }


@pytest.mark.parametrize(
    ("mesure", "valeur"),
    [(Mesure.FAMILLE, "Léa"), (Mesure.FAMILLE, ""), (Mesure.ENTRETIEN, "sante"), (Mesure.ACHEVEMENT, "oui")],
)
def test_a_value_out_of_its_list_never_gets_in(tmp_path: Path, mesure: Mesure, valeur: str) -> None:
    with workshop("sqlite", tmp_path) as bureau:
        structure = bureau.structure().id
        with pytest.raises(ValueError, match="ne se compte pas"):
            bureau.archives.compteurs.count(structure, mesure, valeur)


def test_people_go_on_when_a_counter_cannot_be_kept(tmp_path: Path) -> None:
    with workshop("sqlite", tmp_path) as bureau:
        compteurs = bureau.archives.compteurs
        compteurs.count(404, Mesure.ENTRETIEN)
        assert compteurs.months(404) == []


def test_a_month_is_shown_once_it_is_over_and_only_to_its_structure(bureau: Atelier) -> None:
    ours, theirs = bureau.structure("Ici").id, bureau.structure("Ailleurs").id
    fill(bureau, ours, date(2026, 10, 1), 6, Mesure.ENTRETIEN)
    fill(bureau, ours, date(2026, 10, 31), 7, Mesure.ENTRETIEN)
    fill(bureau, ours, date(2026, 11, 2), 50, Mesure.ENTRETIEN)
    fill(bureau, theirs, date(2026, 9, 2), 90, Mesure.ENTRETIEN)
    months = bureau.archives.compteurs.months(ours)
    assert [m.premier for m in months] == [date(2026, 10, 1)]
    assert (months[0].volumes["entretien"], months[0].volumes["jours"]) == (Tranche(10), Tranche(0))
    bureau.horloge.maintenant = datetime(2026, 12, 1)
    assert [m.premier.month for m in bureau.archives.compteurs.months(ours)] == [11, 10]


@pytest.mark.parametrize(
    ("nombre", "dit"), [(0, "moins de 10"), (9, "moins de 10"), (10, "10 à 19"), (47, "40 à 49")]
)
def test_a_number_is_told_to_the_ten(nombre: int, dit: str) -> None:
    assert str(Tranche.of(nombre)) == dit


@pytest.mark.parametrize(("cases", "pas", "highest"), [(2, 10, 20), (3, 6, 12), (5, 6, 6)])
def test_no_small_cell_can_be_worked_out_from_the_others_and_their_total(
    cases: int, pas: int, highest: int
) -> None:
    """Someone who knows the rule, all that is shown, and every table that would show the same."""
    assert max(len(v) for v in VALEURS.values()) <= 5 < PAS
    possible: dict[tuple[Tranche, ...], list[set[int]]] = defaultdict(lambda: [set() for _ in range(cases)])
    for cells in itertools.product(range(highest), repeat=cases):
        shown = tuple(Tranche.of(nombre, pas) for nombre in (*cells, sum(cells)))
        for known, nombre in zip(possible[shown], cells, strict=True):
            known.add(nombre)
    whole = [
        (shown, known)
        for shown, known in possible.items()
        # Beyond the numbers tried here, more tables would show the same.
        if all(tranche.au_moins + pas <= highest for tranche in shown[:-1])
    ]
    assert len(whole) > 3
    for figures, options in whole:
        for tranche, numbers in zip(figures, options, strict=False):
            assert tranche.au_moins > 0 or len(numbers) > 1, (figures, options)


def test_every_figure_has_its_words() -> None:
    assert {m.value for m in Mesure} | {"jours"} == set(MESURES)
    assert {v for valeurs in VALEURS.values() for v in valeurs} == set(ACHEVEMENTS) | set(FAMILLES)


def test_its_counsellors_read_and_download_the_same_figures_and_nobody_else_does(
    conseiller: Conseiller, tmp_path: Path
) -> None:
    with workshop("sqlite", tmp_path) as bureau:
        ours, theirs = bureau.structure("Ici"), bureau.structure("Ailleurs")
        fill(bureau, ours.id, date(2026, 10, 8), 24, Mesure.ENTRETIEN)
        fill(bureau, ours.id, date(2026, 10, 8), 3, Mesure.FAMILLE, "sante")
        app = create_app(Settings(), conseiller, Alentours(), bureau.archives)
        with TestClient(app, follow_redirects=True) as site:
            assert site.get("/structure/chiffres.csv").url.path == "/connexion"
            bureau.sign_in(site, bureau.compte("ici@essai.fr", ours))
            text = parse(site.get("/structure").text).text()
            assert "Octobre 2026" in text
            assert "Entretiens commencés 20 à 29" in text
            assert "Santé moins de 10" in text
            rows = site.get("/structure/chiffres.csv").content.decode("utf-8-sig").splitlines()
            assert rows[0] == "mois;mesure;valeur;nombre"
            assert {"2026-10;entretien;;20 à 29", "2026-10;famille;sante;moins de 10"} <= set(rows)
            assert not any(row.endswith((";24", ";3")) for row in rows)
            bureau.sign_in(site, bureau.compte("ailleurs@essai.fr", theirs))
            assert "Aucun mois fini" in site.get("/structure").text
            bureau.sign_in(site, bureau.compte("service@essai.fr", None, Role.ADMIN))
            assert site.get("/structure").status_code == 404
