"""The index of passages: searching, scoring, and refusing to serve what is out of date."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.passages import all_passages, passages_of
from models.encoder import EncodeurStatique
from models.index import ARTEFACT, CLES, COMMANDE, VECTEURS, Index, IndexPerime, load
from models.manifest import Manifest
from tests.conftest import FakeEncoder, PassageCourt
from training.knowledge_files import read_metiers

Passages = tuple[PassageCourt, ...]
JOUR = "2026-11-21"


@pytest.fixture
def index(fake_encoder: FakeEncoder, passages_courts: Passages) -> Index:
    return Index.build(fake_encoder, passages_courts, date=JOUR)


def test_a_passage_finds_itself_first(
    index: Index, fake_encoder: FakeEncoder, passages_courts: Passages
) -> None:
    textes = [p.texte for p in passages_courts]
    trouves = index.search(fake_encoder.encode(textes), k=1)
    assert [ligne[0].position for ligne in trouves] == list(range(len(textes)))
    assert [ligne[0].cle for ligne in trouves] == [p.cle for p in passages_courts]


def test_results_come_best_first(index: Index, fake_encoder: FakeEncoder) -> None:
    (trouves,) = index.search(fake_encoder.encode(["conduire la nuit"]), k=5)
    assert [r.score for r in trouves] == sorted((r.score for r in trouves), reverse=True)


def test_asking_for_more_than_there_is_gives_what_there_is(
    index: Index, fake_encoder: FakeEncoder, passages_courts: Passages
) -> None:
    (trouves,) = index.search(fake_encoder.encode(["conduire"]), k=100)
    assert len(trouves) == len(passages_courts)


def test_every_key_has_a_score_and_the_right_one_is_first(index: Index, fake_encoder: FakeEncoder) -> None:
    scores = index.scores_by_key(fake_encoder.encode(["conduire une ambulance"])[0])
    assert set(scores) == {"sage-femme", "ambulancier"}
    assert max(scores, key=lambda cle: scores[cle]) == "ambulancier"


def test_a_score_is_the_mean_of_the_closest_passages(index: Index, fake_encoder: FakeEncoder) -> None:
    vecteurs = fake_encoder.encode(["conduire de nuit"])
    cosinus = sorted(
        (r.score for r in index.search(vecteurs, k=5)[0] if r.cle == "ambulancier"), reverse=True
    )
    best = index.scores_by_key(vecteurs[0], meilleurs=1)
    best_two = index.scores_by_key(vecteurs[0], meilleurs=2)
    assert best["ambulancier"] == pytest.approx(cosinus[0], abs=1e-6)
    assert best_two["ambulancier"] == pytest.approx(sum(cosinus[:2]) / 2, abs=1e-6)


def test_a_saved_index_answers_the_same(
    index: Index, fake_encoder: FakeEncoder, passages_courts: Passages, tmp_path: Path
) -> None:
    index.save(tmp_path)
    again = load(tmp_path, fake_encoder, passages_courts)
    vecteur = fake_encoder.encode(["suivre un malade"])[0]
    assert again.scores_by_key(vecteur) == index.scores_by_key(vecteur)
    assert again.manifest == index.manifest


def test_another_encoder_is_refused_with_the_command(
    index: Index, passages_courts: Passages, tmp_path: Path
) -> None:
    index.save(tmp_path)
    with pytest.raises(IndexPerime, match="encodeur") as refus:
        load(tmp_path, FakeEncoder(version="fake-2"), passages_courts)
    assert COMMANDE in str(refus.value)


def test_changed_passages_are_refused_with_the_command(
    index: Index, fake_encoder: FakeEncoder, passages_courts: Passages, tmp_path: Path
) -> None:
    index.save(tmp_path)
    changed = (*passages_courts[:-1], PassageCourt("ambulancier", "rassurer pendant le trajet"))
    with pytest.raises(IndexPerime, match="fiches") as refus:
        load(tmp_path, fake_encoder, changed)
    assert COMMANDE in str(refus.value)


@pytest.mark.parametrize("fichier", ["manifest.json", VECTEURS, CLES])
def test_a_missing_file_is_refused_with_the_command(
    fichier: str,
    index: Index,
    fake_encoder: FakeEncoder,
    passages_courts: Passages,
    tmp_path: Path,
) -> None:
    index.save(tmp_path)
    (tmp_path / fichier).unlink()
    with pytest.raises(IndexPerime) as refus:
        load(tmp_path, fake_encoder, passages_courts)
    assert COMMANDE in str(refus.value)


def test_a_manifest_survives_writing_and_reading(tmp_path: Path) -> None:
    manifest = Manifest("essai", "abc", {"entree": "def"}, "make x", JOUR, {"hit@1": 0.5}, "là")
    manifest.write(tmp_path)
    assert Manifest.read(tmp_path) == manifest


def test_the_committed_index_matches_the_files_and_the_encoder() -> None:
    load(ARTEFACT, EncodeurStatique.load(), all_passages(read_metiers()))


def test_every_metier_has_passages_and_none_speaks_of_what_weighs() -> None:
    for metier in read_metiers():
        textes = [passage.texte for passage in passages_of(metier)]
        assert set(metier.paroles) <= set(textes)
        assert not set(metier.pese) & set(textes)
