"""The French the encoder is made from: which words it knows whole, and sentences of the field.

Inputs: the ROME 4.0 archive (Licence Ouverte), our own knowledge files, and the frequent French
words of the package wordfreq (data CC BY-SA 4.0: it says which words to know and how frequent they
are). No evaluation data.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, normalizers
from wordfreq import top_n_list, word_frequency

from knowledge.passages import all_passages
from knowledge.referentiels.appellations import extract as extract_appellations
from knowledge.schema import Metier

# Beyond this rank come names, typing errors and rare conjugations: pieces do as well.
MOTS_FREQUENTS = 40_000
# What a word seen only in the ROME archive is worth: as rare as the last of the frequent words.
FREQUENCE_PLANCHER = 1e-7

# Health, and services to people: only their texts are worth the teacher's time.
GRANDS_DOMAINES = ("J", "K")

NORMALISATION = normalizers.Sequence(
    [
        normalizers.NFKD(),
        normalizers.StripAccents(),
        normalizers.Lowercase(),
        normalizers.Replace("œ", "oe"),
        normalizers.Replace("æ", "ae"),
        normalizers.Replace(Regex("[^a-z0-9]+"), " "),
        normalizers.Strip(),
    ]
)


@dataclass(frozen=True)
class Mot:
    """A word the encoder knows whole."""

    cle: str
    """As the tokenizer sees it: lower case, no accent."""
    forme: str
    """Its commonest spelling, shown to the teacher."""
    frequence: float


def sentences(rome: Path, metiers: Iterable[Metier]) -> list[str]:
    """Texts of the archive, our domains' job titles in both genders, our passages; sorted."""
    appellations = titles(rome, GRANDS_DOMAINES)
    own = (passage.texte for passage in all_passages(metiers))
    return sorted({*_rome_texts(rome), *appellations, *own})


def titles(rome: Path, domaines: tuple[str, ...] = ("",)) -> list[str]:
    """Job titles of these domains (all by default), in both genders."""
    rows = [row for row in extract_appellations(rome) if row[0].startswith(domaines)]
    return [forme for _, *formes in rows for forme in formes if forme]


def vocabulary(phrases: Iterable[str]) -> list[Mot]:
    """Frequent French words, then every word of `phrases`, commonest first."""
    formes: dict[str, str] = {}
    frequences: Counter[str] = Counter()
    for forme in top_n_list("fr", MOTS_FREQUENTS):
        for cle in fold(forme).split():
            formes.setdefault(cle, forme if cle == fold(forme) else cle)
            frequences[cle] += word_frequency(forme, "fr")
    for forme in _words_by_count(phrases):
        formes.setdefault(fold(forme), forme)
        frequences[fold(forme)] = max(frequences[fold(forme)], FREQUENCE_PLANCHER)
    mots = [Mot(cle, formes[cle], f) for cle, f in frequences.items() if cle.isalpha()]
    return sorted(mots, key=lambda mot: (-mot.frequence, mot.cle))


def fold(texte: str) -> str:
    """A text as the encoder's tokenizer sees it."""
    return str(NORMALISATION.normalize_str(texte))


def _words_by_count(phrases: Iterable[str]) -> Iterator[str]:
    # Splitting on what folding turns into spaces keeps the accents the teacher should see.
    separateur = str.maketrans(dict.fromkeys("'’-–/.,;:!?()[]«»\"+*&%°|_", " "))
    mots = (mot for phrase in phrases for mot in phrase.lower().translate(separateur).split())
    compte = Counter(mots)
    ordered = sorted(compte, key=lambda mot: (-compte[mot], mot))
    return (mot for mot in ordered if fold(mot).isalpha())


def _rome_texts(rome: Path) -> Iterator[str]:
    """Definitions, access and skills of the métiers of our domains; contexts of work."""
    for ligne in _read_table(rome, "unix_texte"):
        if ligne["code_rome"].startswith(GRANDS_DOMAINES):
            # The archive doubles its apostrophes.
            yield ligne["libelle_texte"].replace("''", "'").strip()
    liens = _read_table(rome, "unix_liens_rome_referentiels")
    ours = {lien["code_ogr"] for lien in liens if lien["code_rome"].startswith(GRANDS_DOMAINES)}
    for ligne in _read_table(rome, "unix_item"):
        if ligne["code_ogr"] in ours:
            yield ligne["libelle"].strip()
    for ligne in _read_table(rome, "unix_referentiel_contexte_travail"):
        yield ligne["libelle_cont_travail"].strip()


def _read_table(rome: Path, nom: str) -> Iterator[dict[str, str]]:
    (fichier,) = rome.glob(f"{nom}_v*_utf8.csv")
    with fichier.open(encoding="utf-8", newline="") as lignes:
        yield from csv.DictReader(lignes)
