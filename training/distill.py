"""Makes the static French encoder (`models/artefacts/encodeur/`) out of the teacher.

    python -m training.distill --rome DIR --date 2026-11-21      # DIR: the ROME 4.0 archive

Three steps, all closed-form, so that the same inputs give the same digest:
1. every word of the vocabulary is read by the teacher; the principal axes keep 256 dimensions, and
   a frequent word weighs less (SIF);
2. sentences of the field are read by the teacher; the words move, as little as possible, so that
   the mean of a sentence's words points where the teacher points (a ridge around step 1);
3. word pieces are fitted on misspelt words, so that the pieces of a wrong spelling add up to the
   right word.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import scipy.linalg
import scipy.sparse
from model2vec import StaticModel
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sklearn.decomposition import PCA
from tokenizers import Tokenizer, models, pre_tokenizers

from models.encoder import ARTEFACT
from models.manifest import Manifest, digest_files, digest_texts
from training.corpus import NORMALISATION, Mot, fold, sentences, titles, vocabulary
from training.knowledge_files import read_metiers
from training.spelling import misspell
from training.teacher import NOM_MAITRE, load_teacher

Vecteurs = NDArray[np.float32]

DIMENSION = 256
GRAINE = 20261121
INCONNU = "[UNK]"
DEBUT = "▁"
PREFIXE = "query: "
LECTURES = Path(".cache/lectures.npz")
LOT = 4096

# Beyond this frequency a word says little (de, la, je…): half its weight is gone (Arora, 2017).
# Chosen among 1e-5…1e-3 on our own `paroles` (training/evaluate.py).
SIF = 1e-4
# The least a word may weigh when it is asked how far it may move.
POIDS_PLANCHER = 0.03
# How firmly a word holds to what the teacher said of it alone.
FERMETE_MOTS = 1.0
FERMETE_MORCEAUX = 1.0
FAUTES_PAR_MOT = 2
LONGUEUR_FAUTIVE = 5
OCCURRENCES_MORCEAU = 5
# Misspelt words nearest their right spelling, among 5,500: 28 % without these, 37 % with 3,000 starts.
MORCEAUX_DEBUT = 4_000
MORCEAUX_MILIEU = 2_000
# Enough for six digits of the solution; fixed, so that two runs stop at the same place.
ITERATIONS = 40


def distill(rome: Path, *, date: str, cible: Path = ARTEFACT) -> Manifest:
    """Write the artefact and its manifest."""
    phrases = sentences(rome, read_metiers())
    # Earlier jobs are of any domain: every word of every title is known whole.
    mots = vocabulary([*phrases, *titles(rome)])
    maitre = load_teacher()
    axes, vecteurs = _read_words(maitre, mots)
    vecteurs = _fit_sentences(_weigh(vecteurs, mots), mots, phrases, _read(maitre, phrases) @ axes.T)
    tokenizer = _tokenizer(mots, _pieces(maitre, mots))
    table = _fit_pieces(tokenizer, mots, vecteurs)
    _save(tokenizer, table, cible)
    manifest = _manifest(cible, mots, phrases, date=date)
    manifest.write(cible)
    return manifest


def _read(maitre: SentenceTransformer, textes: Sequence[str]) -> Vecteurs:
    """Centred, since e5 puts every text in the same narrow cone; then of norm 1."""
    bruts = _read_once(maitre, textes)
    return _unit(bruts - bruts.mean(axis=0))


def _read_once(maitre: SentenceTransformer, textes: Sequence[str]) -> Vecteurs:
    """Reading takes ten minutes on two cores, the rest of this file one: what was read is kept."""
    lus = _load_readings()
    absents = [texte for texte in textes if texte not in lus]
    for debut in range(0, len(absents), LOT):
        lot = absents[debut : debut + LOT]
        lus |= zip(lot, maitre.encode([PREFIXE + t for t in lot], batch_size=64), strict=True)
        LECTURES.parent.mkdir(parents=True, exist_ok=True)
        np.savez(LECTURES, textes=np.array(list(lus)), vecteurs=np.stack(list(lus.values())))
    return np.stack([lus[texte] for texte in textes])


def _load_readings() -> dict[str, Vecteurs]:
    if not LECTURES.exists():
        return {}
    garde = np.load(LECTURES)
    return dict(zip(garde["textes"].tolist(), garde["vecteurs"], strict=True))


def _read_words(maitre: SentenceTransformer, mots: Sequence[Mot]) -> tuple[Vecteurs, Vecteurs]:
    """Principal axes (256 × 384), and the unit vector of each word in them."""
    lus = _read(maitre, [mot.forme for mot in mots])
    pca = PCA(DIMENSION, svd_solver="covariance_eigh").fit(lus)
    return pca.components_, _unit(pca.transform(lus))


def _weigh(vecteurs: Vecteurs, mots: Sequence[Mot]) -> Vecteurs:
    return vecteurs * _weights(mots)[:, None]


def _weights(mots: Sequence[Mot]) -> Vecteurs:
    return np.array([SIF / (SIF + mot.frequence) for mot in mots], dtype=np.float32)


def _unit(vecteurs: Vecteurs) -> Vecteurs:
    return np.asarray(vecteurs / np.linalg.norm(vecteurs, axis=1, keepdims=True), dtype=np.float32)


def _fit_sentences(
    depart: Vecteurs, mots: Sequence[Mot], phrases: Sequence[str], cibles: Vecteurs
) -> Vecteurs:
    """Words such that sentences point at `cibles`: (BᵀB + D) Δ = Bᵀ(cibles − B·depart).

    D holds each word in place, in inverse proportion to its weight squared: « de » must stay mute.
    """
    rangs = {mot.cle: rang for rang, mot in enumerate(mots)}
    sommes = _counts([[rangs[m] for m in fold(p).split() if m in rangs] for p in phrases], len(mots))
    # Rows are scaled so that each sentence starts with norm 1: only its direction is learnt.
    normes = np.linalg.norm(sommes @ depart, axis=1)
    b = scipy.sparse.diags_array(1 / np.maximum(normes, 1e-3)) @ sommes
    fermete = FERMETE_MOTS / np.maximum(_weights(mots), POIDS_PLANCHER) ** 2
    gram = (b.T @ b + scipy.sparse.diags_array(fermete)).tocsr()
    return depart + _conjugate_gradient(gram, b.T @ (_unit(cibles) - b @ depart))


def _conjugate_gradient(gram: scipy.sparse.csr_array, droite: Vecteurs) -> Vecteurs:
    """Solve gram · x = droite for every column at once, scaled by the diagonal."""
    echelle = 1 / gram.diagonal()[:, None]
    x = np.zeros_like(droite)
    reste = droite.copy()
    direction = echelle * reste
    energie = (reste * direction).sum(axis=0)
    for _ in range(ITERATIONS):
        image = gram @ direction
        pas = energie / np.maximum((direction * image).sum(axis=0), 1e-12)
        x += pas * direction
        reste -= pas * image
        suivant = echelle * reste
        nouvelle = (reste * suivant).sum(axis=0)
        direction = suivant + nouvelle / np.maximum(energie, 1e-12) * direction
        energie = nouvelle
    return x.astype(np.float32)


def _counts(lignes: Sequence[Sequence[int]], colonnes: int) -> scipy.sparse.csr_array:
    """How many times each token is in each text."""
    debuts = np.cumsum([0, *(len(ligne) for ligne in lignes)])
    rangs = np.array([rang for ligne in lignes for rang in ligne], dtype=np.int64)
    forme = (len(lignes), colonnes)
    return scipy.sparse.csr_array((np.ones(len(rangs), np.float32), rangs, debuts), shape=forme)


def _pieces(maitre: SentenceTransformer, mots: Iterable[Mot]) -> list[str]:
    """The teacher's pieces of these words, common starts and insides, every letter and digit."""
    compte = Counter(p for mot in mots for p in maitre.tokenizer.tokenize(mot.cle))
    frequents = {p for p, n in compte.items() if n >= OCCURRENCES_MORCEAU and len(p) > 1}
    debuts = _commonest(MORCEAUX_DEBUT, (d for mot in mots for d in _starts(mot.cle)))
    milieux = _commonest(MORCEAUX_MILIEU, (m for mot in mots for m in _insides(mot.cle)))
    lettres = {*"abcdefghijklmnopqrstuvwxyz0123456789", DEBUT}
    return sorted((frequents | debuts | milieux | lettres) - {DEBUT + mot.cle for mot in mots})


def _starts(mot: str) -> Iterator[str]:
    """A stem says what a word is about; « educatr » brings « educatrisse » near « educatrice »."""
    return (DEBUT + mot[:n] for n in range(4, 8) if n < len(mot))


def _insides(mot: str) -> Iterator[str]:
    return (mot[i : i + n] for n in range(2, 6) for i in range(1, len(mot) - n + 1))


def _commonest(nombre: int, morceaux: Iterable[str]) -> set[str]:
    compte = Counter(morceaux)
    return set(sorted(compte, key=lambda morceau: (-compte[morceau], morceau))[:nombre])


def _tokenizer(mots: Sequence[Mot], morceaux: Sequence[str]) -> Tokenizer:
    """Cuts a text into the fewest known tokens: a known word is always whole."""
    tokens = [*(DEBUT + mot.cle for mot in mots), *morceaux]
    tokenizer = Tokenizer(models.Unigram([(INCONNU, 0.0), *((t, _score(t)) for t in tokens)], 0))
    tokenizer.normalizer = NORMALISATION
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def _score(token: str) -> float:
    """A token costs more than any gain by length; among equals, a long piece beats two halves."""
    return -10 + 0.1 * min(len(token), 16) ** 1.5


def _fit_pieces(tokenizer: Tokenizer, mots: Sequence[Mot], vecteurs: Vecteurs) -> Vecteurs:
    """The table: nothing for the unknown, the words as they are, the pieces by least squares."""
    hasard = random.Random(GRAINE)
    longs = [rang for rang, mot in enumerate(mots) if len(mot.cle) >= LONGUEUR_FAUTIVE]
    cibles = [rang for rang in longs for _ in range(FAUTES_PAR_MOT)]
    connus = {mot.cle for mot in mots}
    fautes = [(rang, misspell(mots[rang].cle, hasard)) for rang in cibles]
    fautes = [(rang, faute) for rang, faute in fautes if faute not in connus]
    lus = tokenizer.encode_batch_fast([faute for _, faute in fautes], add_special_tokens=False)
    compte = _counts([encodage.ids for encodage in lus], tokenizer.get_vocab_size())
    premier = 1 + len(mots)
    manque = vecteurs[[rang for rang, _ in fautes]] - compte[:, 1:premier] @ vecteurs
    libres = compte[:, premier:]
    gram = (libres.T @ libres).toarray() + FERMETE_MORCEAUX * np.eye(libres.shape[1])
    morceaux = scipy.linalg.solve(gram, libres.T @ manque, assume_a="pos")
    return np.vstack([np.zeros((1, DIMENSION)), vecteurs, morceaux]).astype(np.float32)


def _save(tokenizer: Tokenizer, table: Vecteurs, cible: Path) -> None:
    config = {"model_type": "model2vec", "architectures": ["StaticModel"], "hidden_dim": DIMENSION}
    model = StaticModel(table.astype(np.float16), tokenizer, config, normalize=True)
    model.save_pretrained(cible)
    (cible / "README.md").unlink(missing_ok=True)  # model2vec's card, which speaks of another model
    (cible / "model.safetensors").chmod(0o644)  # safetensors writes for its owner alone


def _manifest(cible: Path, mots: Sequence[Mot], phrases: Sequence[str], *, date: str) -> Manifest:
    fichiers = [cible / nom for nom in ("model.safetensors", "tokenizer.json", "config.json")]
    return Manifest(
        nom="encodeur-statique",
        version=digest_files(fichiers),
        entrees={
            "maitre": NOM_MAITRE,
            "mots": digest_texts(mot.cle for mot in mots),
            "phrases": digest_texts(phrases),
        },
        commande="python -m training.distill --rome DIR",
        date=date,
        mesures={"mots": len(mots), "phrases": len(phrases), "dimension": DIMENSION},
        origine=(
            "Teacher: intfloat/multilingual-e5-small (MIT). Texts: ROME 4.0, France Travail, "
            "version 460 (Licence Ouverte 2.0), and our own. Choice and frequency of words: "
            "wordfreq 3.1 (CC BY-SA 4.0)."
        ),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rome", type=Path, required=True, help="folder of the ROME 4.0 archive")
    parser.add_argument("--date", required=True, help="ISO day written in the manifest")
    arguments = parser.parse_args()
    print(distill(arguments.rome, date=arguments.date))
