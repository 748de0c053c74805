"""The figures of quality: counted right on cases small enough to do by hand, and all of them shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import log2
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from models import lineaire
from models.manifest import Manifest
from service.chiffres import MESURES, count, decimal, percent, tables
from service.conseiller import Conseiller
from service.qualite import Chiffre, Qualite, read_qualite
from tests.dom import Node, parse
from training import rapport
from training.judgements_files import Enonce
from training.mesures import agreement, confusions, coverage, interval, kappa, ndcg, rate, share, signs
from web.app import create_app
from web.settings import Settings
from web.traces import dots, lines

DOCUMENT = Path(__file__).parent.parent / "docs" / "qualite.md"
CRECHE = Enonce("1", "", "", "", ideal=("auxiliaire",), bon=("assistant",), interdits=("ambulancier",))
TOUT_FAUX = ["ambulancier", "facteur", "assistant", "auxiliaire"]


@pytest.fixture(scope="module")
def qualite() -> Qualite:
    return read_qualite()


@pytest.fixture(scope="module")
def titres(conseiller: Conseiller) -> dict[str, str]:
    return {slug: m.titre.double for slug, m in conseiller.connaissances.metiers.items()}


@pytest.fixture(scope="module")
def page(conseiller: Conseiller) -> Iterator[Node]:
    with TestClient(create_app(Settings(), conseiller)) as client:
        yield parse(client.get("/qualite").text)


@pytest.mark.parametrize(
    ("gains", "possibles", "attendu"),
    [
        ([1, 0.5, 0], [0.5, 1], 1.0),
        ([0, 1, 0], [1], 1 / log2(3)),
        ([0.5, 1], [1, 0.5], (0.5 + 1 / log2(3)) / (1 + 0.5 / log2(3))),
        ([0, 0, 0, 0, 0, 1], [1], 0.0),
        ([], [1], 0.0),
    ],
    ids=["best-order", "second-place", "swapped", "sixth-place", "no-answer"],
)
def test_ndcg_counts_how_high_the_right_metiers_stand(
    gains: list[float], possibles: list[float], attendu: float
) -> None:
    assert ndcg(gains, possibles) == pytest.approx(attendu)


@pytest.mark.parametrize(
    ("un", "autre", "attendu"),
    [
        ([0, 1, 2], [0, 1, 2], 1.0),
        ([0, 0, 1, 1], [0, 1, 1, 1], 0.5),
        ([0, 1], [1, 0], -1.0),
        ([3, 3], [3, 3], 1),
    ],
    ids=["same", "by-hand", "opposite", "one-answer-only"],
)
def test_kappa_is_the_agreement_beyond_chance(un: list[int], autre: list[int], attendu: float) -> None:
    assert kappa(np.array(un), np.array(autre)) == pytest.approx(attendu)


def test_the_four_figures_of_a_text_are_those_of_its_labels() -> None:
    notes = rate([["auxiliaire", "assistant"], TOUT_FAUX, []], [CRECHE] * 3)
    assert notes[0].tolist() == [1, 1, 1, 0]
    assert notes[1].tolist()[:2] + notes[1].tolist()[3:] == [0, 0, 1]
    assert notes[2].tolist() == [0, 0, 0, 0], "no answer is a miss, and shows nothing wrong"


def test_the_same_texts_give_the_same_margins_and_they_hold_the_figure() -> None:
    values = np.array([1.0, 0, 1, 1, 0, 1, 0, 1])
    once, again = share(values), share(values)
    assert once == again
    assert once.bas < once.valeur == 0.625 < once.haut


def test_a_figure_that_never_varies_has_no_margin() -> None:
    assert interval(lambda lignes: float(len(lignes)), 7) == Chiffre(valeur=7, bas=7, haut=7)


def test_errors_met_twice_are_counted_with_the_acceptable_ones_apart() -> None:
    answers = [["assistant"], ["assistant"], ["ambulancier"], ["auxiliaire"], []]
    found = confusions(answers, [CRECHE] * 5)
    assert [(c.attendu, c.donne, c.nombre, c.acceptable) for c in found] == [
        ("auxiliaire", "assistant", 2, 2)
    ]


def test_a_metier_never_shown_is_named() -> None:
    found = coverage([TOUT_FAUX, []], [CRECHE, CRECHE], sorted(TOUT_FAUX))
    assert (found.en_premier, found.dans_les_trois, found.jamais) == (1, 3, ("auxiliaire",))
    assert [(m.attendu, m.montre) for m in found.metiers if m.metier == "auxiliaire"] == [(2, 0)]


def test_a_label_speaks_for_or_against() -> None:
    champs = {
        "publics": {"bebes": -2, "enfants": 0},
        "contraintes": {"nuit": "non", "week_end": "un_peu"},
        "permis": True,
    }
    assert signs(champs) == {"publics.bebes": -1, "contraintes.nuit": -1, "contraintes.week_end": 1}


def test_two_readings_are_compared_either_way_round() -> None:
    first = replace(CRECHE, champs={"publics": {"bebes": 2, "enfants": 1}})
    second = replace(
        CRECHE,
        ideal=("assistant", "auxiliaire"),
        interdits=(),
        champs={"publics": {"bebes": 1, "enfants": -1, "adolescents": 1}},
    )
    upset = replace(CRECHE, ideal=("ambulancier",), interdits=("auxiliaire",))
    found = agreement([first, CRECHE], [second, upset])
    # The first of `first` is right for `second`, not the reverse; CRECHE and `upset` share nothing.
    assert found.premier_dans_ideal.valeur == 0.25
    assert found.ideaux_communs.valeur == 0.5
    assert found.ideal_contre_interdit.valeur == 0.5
    assert found.champs_precision.valeur == pytest.approx(1 / 3, abs=1e-4)
    assert (found.champs_rappel.valeur, found.champs_contraires.valeur) == (0.5, 0.5)


def test_the_figures_are_of_the_models_that_are_shipped(conseiller: Conseiller, qualite: Qualite) -> None:
    remake = "the models have changed: make evaluate"
    assert qualite.versions["modele"] == conseiller.versions["modele"], remake
    for dossier in (lineaire.AFFINITE, lineaire.DETRESSE, lineaire.HORS_SUJET):
        assert qualite.versions[dossier.name] == Manifest.read(dossier).version, remake


def test_every_text_is_counted_once_in_each_cut(qualite: Qualite) -> None:
    assert {s.axe: sum(ligne.n for ligne in s.lignes) for s in qualite.sections} == {
        s.axe: qualite.ensemble.n for s in qualite.sections
    }


def test_the_service_does_better_than_chance_and_shared_words(qualite: Qualite) -> None:
    first = {m.cle: m.mesures["hit@1"] for m in qualite.modeles}
    simple = ("hasard", "frequent", "bm25", "tfidf", "statique")
    assert all(first[cle].haut < first["service"].bas for cle in simple)


def test_every_figure_measured_is_in_a_table(qualite: Qualite, titres: dict[str, str]) -> None:
    cells = {cell for t in tables(qualite, titres) for row in t.lignes for cell in row}
    for chiffre in _figures(qualite):
        bounds = chiffre.valeur, chiffre.bas, chiffre.haut
        as_share = f"{percent(bounds[0])} ({100 * bounds[1]:.0f}\u00a0à\u00a0{100 * bounds[2]:.0f})"
        as_note = f"{decimal(bounds[0])} ({decimal(bounds[1])}\u00a0à\u00a0{decimal(bounds[2])})"
        assert cells & {as_share, as_note}, chiffre


def test_the_page_shows_every_row_of_every_table(
    page: Node, qualite: Qualite, titres: dict[str, str]
) -> None:
    for tableau in tables(qualite, titres):
        table = next(t for t in page.all("table") if t.all("caption", id=f"t-{tableau.cle}"))
        shown = [[c.text() for c in row.children if isinstance(c, Node)] for row in table.all("tr")]
        assert shown == [[_squeezed(c) for c in row] for row in (tableau.entetes, *tableau.lignes)]


def test_every_figure_comes_with_a_sentence_on_the_page(
    page: Node, qualite: Qualite, titres: dict[str, str]
) -> None:
    text = page.all("main")[0].text()
    for sentence in [s.phrase for s in MESURES.values()] + [
        p for t in tables(qualite, titres) for p in t.phrases
    ]:
        assert _squeezed(sentence) in text


def test_the_page_says_when_the_program_has_changed_since(
    page: Node, conseiller: Conseiller, qualite: Qualite
) -> None:
    changed = qualite.versions["modele"] != conseiller.versions["modele"]
    assert ("Le programme a changé depuis cette mesure" in page.text()) == changed


def test_each_plot_has_the_rows_of_its_table(page: Node, qualite: Qualite) -> None:
    registers, curve = page.all("svg", **{"class": "trace-figure"})
    names = [t.text() for t in registers.all("text", **{"class": "nom"})]
    assert names == [ligne.libelle for ligne in qualite.section("registre").lignes]
    assert qualite.courbe is not None
    counts = [_squeezed(count(p.phrases)) for p in qualite.courbe.points]
    assert [t.text() for t in curve.all("text")][5 : 5 + len(counts)] == counts
    assert {len(line.attrs["points"].split()) for line in curve.all("polyline")} == {len(counts)}


def test_a_higher_figure_stands_further_right_and_higher_up(qualite: Qualite) -> None:
    marks = [m for row in dots(qualite.section("registre")).rangees for m in row.marques]
    assert all(m.bas <= m.x <= m.haut for m in marks)
    assert qualite.courbe is not None
    heights = {t.mesure: t.points[-1][1] for t in lines(qualite.courbe).traces}
    # In SVG, up is small.
    assert heights["hit@3"] < heights["hit@1"]


@pytest.mark.parametrize(("gain", "mot"), [(0.02, "monte encore"), (0.0, "presque plate")])
def test_it_says_whether_more_phrasings_would_help(
    qualite: Qualite, titres: dict[str, str], gain: float, mot: str
) -> None:
    assert qualite.courbe is not None
    before = qualite.courbe.points[0]
    better = Chiffre(valeur=before.mesures["hit@1"].valeur + gain, bas=0, haut=1)
    last = before.model_copy(update={"mesures": {**before.mesures, "hit@1": better}})
    courbe = qualite.courbe.model_copy(update={"points": (before, last)})
    shown = tables(qualite.model_copy(update={"courbe": courbe}), titres)
    assert mot in " ".join(next(t for t in shown if t.cle == "courbe").phrases)


def test_the_document_says_what_the_file_says(qualite: Qualite, titres: dict[str, str]) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == rapport.write(qualite, titres)


def _figures(value: object) -> Iterator[Chiffre]:
    if isinstance(value, Chiffre):
        yield value
    elif isinstance(value, BaseModel):
        for nom in type(value).model_fields:
            yield from _figures(getattr(value, nom))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _figures(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _figures(item)


def _squeezed(texte: str) -> str:
    """As the tree of a page gives it: all white space is one space."""
    return " ".join(texte.split())
