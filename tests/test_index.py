"""The indexes, in memory and on disk: searching, scoring, and refusing to serve what is out of date."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.passages import all_passages, passages_of
from models.encoder import EncodeurStatique
from models.index import ARTEFACT, CLES, COMMANDE, VECTEURS, Index, IndexPerime, IndexSurDisque, load
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


# --- on disk -------------------------------------------------------------------------------------------

TEXTES = [(2, "toilette et repas"), (5, "bébés en crèche"), (9, "conduire une ambulance")]
REMAKE = "python -m refaire"


def build(dossier: Path, encodeur: FakeEncoder, textes: list[tuple[int, str]] = TEXTES) -> None:
    lots = [textes[:2], textes[2:]]
    IndexSurDisque.build(dossier, "offre", encodeur, lots, commande=REMAKE, date="2026-11-22")


def test_each_number_has_the_cosine_of_its_text(tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    build(tmp_path, fake_encoder)
    index = IndexSurDisque.open(tmp_path, "offre", fake_encoder, commande=REMAKE)
    vecteur = fake_encoder.encode(["bébés en crèche"])[0]
    expected = [fake_encoder.encode([texte])[0] @ vecteur for _, texte in TEXTES]
    assert index.scores(vecteur, np.array([2, 5, 9])).tolist() == pytest.approx(expected, abs=2e-3)
    assert len(index) == 3


def test_a_number_that_is_not_there_is_close_to_nothing(tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    build(tmp_path, fake_encoder)
    index = IndexSurDisque.open(tmp_path, "offre", fake_encoder, commande=REMAKE)
    scores = index.scores(fake_encoder.encode(["toilette"])[0], np.array([1, 3, 10, 2]))
    assert scores[:3].tolist() == [0, 0, 0]
    assert scores[3] > 0


def test_an_index_of_nothing_answers_too(tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    build(tmp_path, fake_encoder, [])
    index = IndexSurDisque.open(tmp_path, "offre", fake_encoder, commande=REMAKE)
    assert index.scores(fake_encoder.encode(["toilette"])[0], np.array([1, 2])).tolist() == [0, 0]


def test_a_reader_keeps_its_index_while_another_is_made(tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    build(tmp_path, fake_encoder)
    old = IndexSurDisque.open(tmp_path, "offre", fake_encoder, commande=REMAKE)
    vecteur, numbers = fake_encoder.encode(["bébés"])[0], np.array([2, 5, 9])
    before = old.scores(vecteur, numbers).tolist()
    build(tmp_path, fake_encoder, [(2, "bébés"), (5, "camions"), (9, "bébés")])
    assert old.scores(vecteur, numbers).tolist() == before
    new = IndexSurDisque.open(tmp_path, "offre", fake_encoder, commande=REMAKE)
    assert new.scores(vecteur, numbers).tolist() == pytest.approx([1, 0, 1], abs=0.3)
    assert len(list(tmp_path.iterdir())) == 3


def test_the_same_texts_make_the_same_version(tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    versions = set()
    for textes in (TEXTES, TEXTES, [(2, "autre chose"), *TEXTES[1:]]):
        build(tmp_path, fake_encoder, textes)
        versions.add(IndexSurDisque.open(tmp_path, "offre", fake_encoder, commande=REMAKE).manifest.version)
    assert len(versions) == 2


@pytest.mark.parametrize("broken", ["manifest", "vectors", "numbers", "encoder"])
def test_an_index_on_disk_that_cannot_be_used_is_refused_with_the_command(
    tmp_path: Path, fake_encoder: FakeEncoder, broken: str
) -> None:
    build(tmp_path, fake_encoder)
    suffixes = {"manifest": ".json", "vectors": ".faiss", "numbers": ".npy"}
    if broken in suffixes:
        (chemin,) = tmp_path.glob(f"*{suffixes[broken]}")
        chemin.write_bytes(b"{")
    encodeur = FakeEncoder(version="fake-2") if broken == "encoder" else fake_encoder
    with pytest.raises(IndexPerime, match=REMAKE):
        IndexSurDisque.open(tmp_path, "offre", encodeur, commande=REMAKE)


def test_the_centre_of_a_key_points_to_its_passages(
    fake_encoder: FakeEncoder, passages_courts: tuple[PassageCourt, ...]
) -> None:
    index = Index.build(fake_encoder, passages_courts, date="2026-11-22")
    centre = index.centres()["sage-femme"]
    cosines = {p.cle: fake_encoder.encode([p.texte])[0] @ centre for p in passages_courts}
    assert np.linalg.norm(centre) == pytest.approx(1, abs=1e-5)
    assert cosines["sage-femme"] > cosines["ambulancier"]
