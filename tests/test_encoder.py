"""The static encoder, on the committed artefact."""

from __future__ import annotations

import numpy as np
import pytest

from models.encoder import ARTEFACT, EncodeurStatique
from models.manifest import Manifest, digest_files

OCTETS_MAX = 40 * 1024 * 1024


@pytest.fixture(scope="module")
def encodeur() -> EncodeurStatique:
    return EncodeurStatique.load()


def cosine(encodeur: EncodeurStatique, un: str, autre: str) -> float:
    a, b = encodeur.encode([un, autre])
    return float(a @ b)


def test_vectors_have_the_declared_shape_and_norm_one(encodeur: EncodeurStatique) -> None:
    vecteurs = encodeur.encode(["aide-soignante", "J'aime les enfants.", "travail de nuit"])
    assert vecteurs.shape == (3, encodeur.dimension)
    assert vecteurs.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vecteurs, axis=1), 1, atol=1e-5)


def test_a_text_has_one_vector_whatever_its_company(encodeur: EncodeurStatique) -> None:
    seul = encodeur.encode(["accompagner une personne âgée"])[0]
    en_groupe = encodeur.encode(["crèche", "accompagner une personne âgée", "conduire de nuit"])[1]
    np.testing.assert_allclose(seul, en_groupe, atol=1e-6)


def test_no_text_gives_no_row(encodeur: EncodeurStatique) -> None:
    assert encodeur.encode([]).shape == (0, encodeur.dimension)


@pytest.mark.parametrize("vide", ["", "   ", "…!?", "🙂", "日本"])
def test_a_text_without_letters_is_close_to_nothing(encodeur: EncodeurStatique, vide: str) -> None:
    assert not encodeur.encode([vide]).any()


@pytest.mark.parametrize(
    ("un", "autre"),
    [
        ("élève handicapé à l'école", "ELEVE HANDICAPE A L’ECOLE"),
        ("cœur", "coeur"),
        ("aide-soignante", "aide soignante"),
        ("bébé…", "bebe"),
    ],
)
def test_case_accents_and_punctuation_do_not_count(encodeur: EncodeurStatique, un: str, autre: str) -> None:
    assert cosine(encodeur, un, autre) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("texte", "proche", "loin"),
    [
        ("infirmière", "soins à l'hôpital", "jardinage"),
        ("bébé", "petite enfance", "comptabilité"),
        ("mamie", "personnes âgées", "informatique"),
        ("conduire une ambulance", "chauffeur", "couture"),
    ],
)
def test_meaning_brings_words_together(
    encodeur: EncodeurStatique, texte: str, proche: str, loin: str
) -> None:
    assert cosine(encodeur, texte, proche) > cosine(encodeur, texte, loin)


@pytest.mark.parametrize(
    ("faute", "juste", "autre"),
    [
        ("infirmierre", "infirmière", "boulanger"),
        ("educatrisse", "éducatrice", "mécanicien"),
        ("handicapeé", "handicapé", "banque"),
        ("ambulencier", "ambulancier", "coiffeur"),
    ],
)
def test_a_misspelt_word_stays_near_the_right_one(
    encodeur: EncodeurStatique, faute: str, juste: str, autre: str
) -> None:
    assert cosine(encodeur, faute, juste) > cosine(encodeur, faute, autre) + 0.1


def test_the_manifest_describes_the_files_that_are_there() -> None:
    fichiers = [ARTEFACT / nom for nom in ("model.safetensors", "tokenizer.json", "config.json")]
    assert Manifest.read(ARTEFACT).version == digest_files(fichiers)


def test_the_artefact_stays_small() -> None:
    assert sum(fichier.stat().st_size for fichier in ARTEFACT.iterdir()) <= OCTETS_MAX


def test_the_words_it_knows_are_words_and_not_pieces(encodeur: EncodeurStatique) -> None:
    assert {"infirmiere", "hopital", "mamie", "bebe"} <= encodeur.mots
    assert not {"educatr", "infirmierre", "", "re2"} & encodeur.mots


def test_model2vec_reads_the_same_files_and_agrees(encodeur: EncodeurStatique) -> None:
    model2vec = pytest.importorskip("model2vec")
    textes = ["J'aime m'occuper des autres", "educatrisse de jeunes enfants", ""]
    theirs = model2vec.StaticModel.from_pretrained(ARTEFACT).encode(textes)
    np.testing.assert_allclose(encodeur.encode(textes), theirs, atol=2e-3)
