"""Tuning the encoder: which pairs are shown, and what is kept out of them."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from training.corpus import Fiche, fiches, forms, hold_out
from training.evaluate import Melo, pooled, rate_ranking
from training.finetune import Source, plan, sources
from training.judgements_files import read_phrasings, read_test
from training.knowledge_files import read_metiers


def fiche(code: str, famille: str, *titres: str) -> Fiche:
    return Fiche(code, famille, (titres[0],), tuple((t,) for t in titres), (f"fait {code}",), ())


FICHES = tuple(fiche(f"K{i}", f"F{i // 2}", f"métier {i}", f"travail {i}") for i in range(20))
TITRES = {f.code: [t for titre in f.titres for t in titre] for f in FICHES}


def seeded(graine: int) -> random.Random:
    return random.Random(graine)  # noqa: S311


def write_table(dossier: Path, nom: str, lignes: Sequence[Mapping[str, str]]) -> None:
    with (dossier / f"{nom}_v1_utf8.csv").open("w", encoding="utf-8", newline="") as fichier:
        table = csv.DictWriter(fichier, list(lignes[0]))
        table.writeheader()
        table.writerows(lignes)


def write_archive(dossier: Path) -> None:
    """Two métiers of one family, as the ROME archive writes them."""
    agent = "Agent / Agente d'accueil"
    write_table(
        dossier,
        "unix_referentiel_code_rome",
        [
            {"code_rome": "M2", "libelle_rome": "Standardiste", "code_rome_parent": "M1"},
            {"code_rome": "M1", "libelle_rome": agent, "code_rome_parent": "M1"},
        ],
    )
    write_table(
        dossier,
        "unix_referentiel_appellation",
        [
            {"code_ogr": "1", "code_rome": "M1", "libelle_appellation_long": agent},
            {"code_ogr": "2", "code_rome": "M2", "libelle_appellation_long": "Standardiste"},
        ],
    )
    write_table(
        dossier,
        "unix_texte",
        [
            {"code_rome": "M1", "libelle_type_texte": "definition", "libelle_texte": "Reçoit l''usager."},
            {"code_rome": "M1", "libelle_type_texte": "acces_metier", "libelle_texte": "Ouvert à tous."},
        ],
    )
    write_table(dossier, "unix_item", [{"code_ogr": "9", "libelle": "Accueillir"}])
    write_table(
        dossier,
        "unix_liens_rome_referentiels",
        [{"code_rome": "M1", "code_ogr": "9"}, {"code_rome": "M1", "code_ogr": "1"}],
    )


def test_a_title_has_its_masculine_its_feminine_and_both() -> None:
    assert forms("Agent / Agente d'accueil") == (
        "Agent d'accueil", "Agente d'accueil", "Agent / Agente d'accueil",
    )  # fmt: skip
    assert forms("Sage-femme") == ("Sage-femme",)


def test_the_archive_is_read_by_metier(tmp_path: Path) -> None:
    write_archive(tmp_path)
    premier, second = fiches(tmp_path)
    assert premier.code == "M1"
    assert premier.titres == (forms("Agent / Agente d'accueil"),)
    assert premier.definitions == ("Reçoit l'usager.",)
    assert premier.competences == ("Accueillir",)
    assert (second.code, second.famille, second.definitions) == ("M2", "M1", ())


def test_a_family_is_never_both_learned_and_measured() -> None:
    apprises, retenues = hold_out(FICHES, part=0.3, graine=1)
    assert len(retenues) == 6
    assert {*apprises, *retenues} == set(FICHES)
    assert not {f.famille for f in apprises} & {f.famille for f in retenues}
    assert hold_out(FICHES, part=0.3, graine=1) == (apprises, retenues)


def test_a_pair_is_of_one_metier_and_a_batch_never_repeats_one() -> None:
    metier = {texte: code for code, textes in TITRES.items() for texte in textes}
    for lot in plan([Source(TITRES, TITRES, lot=8)], 3, seeded(1)):
        assert all(gauche != droite and metier[gauche] == metier[droite] for gauche, droite in lot)
        assert len({metier[gauche] for gauche, _ in lot}) == len(lot)


def test_a_short_last_batch_is_left_out() -> None:
    # Of 20 métiers: the four left by batches of 8 are half a batch, those left by batches of 16 are not.
    assert [len(lot) for lot in plan([Source(TITRES, TITRES, lot=16)], 1, seeded(1))] == [16]
    assert sorted(len(lot) for lot in plan([Source(TITRES, TITRES, lot=8)], 1, seeded(1))) == [4, 8, 8]


def test_the_same_seed_shows_the_same_pairs() -> None:
    one, other, third = (plan([Source(TITRES, TITRES, lot=8)], 2, seeded(g)) for g in (1, 1, 2))
    assert one == other
    assert one != third


def test_misspelt_texts_are_on_the_left_only() -> None:
    groupes = {"K": ["aide-soignante"]}
    ((paire,),) = plan([Source(groupes, groupes, lot=1, fautes=1.0)], 1, seeded(1))
    assert paire[0] not in ("aide-soignante", "aide soignante")
    assert paire[1] == "aide-soignante"


def test_what_measures_is_never_learned() -> None:
    metiers = read_metiers()
    matiere = sources(FICHES, read_phrasings(), metiers)
    learned = {t for s in matiere for g in (s.gauche, s.droite) for textes in g.values() for t in textes}
    assert learned & {m.resume for m in metiers}
    assert not learned & {parole for m in metiers for parole in m.paroles}
    assert not learned & {enonce.texte for enonce in read_test()}


RANGEE = Melo(["a"], ["x", "y", "z"], [{0, 2}], ["C1", "C2", "C1"])


def test_average_precision_counts_the_labels_that_were_not_found() -> None:
    scores = np.array([[0.9, 0.8, 0.1]], dtype=np.float32)
    assert rate_ranking(RANGEE, lambda _, __: scores)[0] == pytest.approx((1 + 2 / 3) / 2)
    loin = Melo(["a"], [str(i) for i in range(300)], [{0, 299}], ["C"] * 300)
    falling = np.arange(300, 0, -1, dtype=np.float32)[None]
    assert rate_ranking(loin, lambda _, __: falling)[0] == pytest.approx(1 / 2)
    assert rate_ranking(loin, lambda _, __: np.where(falling > 299, -1, falling)) == (0, 0, 0)


def test_names_of_one_occupation_share_the_best_score() -> None:
    scores = np.array([[0.9, 0.8, 0.1]], dtype=np.float32)
    shared = pooled(lambda _, __: scores, RANGEE.concepts)(RANGEE.titres, RANGEE.libelles)
    np.testing.assert_allclose(shared, [[0.9, 0.8, 0.9]])
