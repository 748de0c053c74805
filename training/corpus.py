"""The French the encoder is made from: which words it knows whole, and sentences of the field.

Inputs: the ROME 4.0 archive (Licence Ouverte), our own knowledge files, and the frequent French
words of the package wordfreq (data CC BY-SA 4.0: it says which words to know and how frequent they
are). No evaluation data.
"""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, normalizers

from knowledge.passages import all_passages
from knowledge.referentiels.appellations import extract as extract_appellations
from knowledge.referentiels.appellations import split_genders
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
    # `fold` is used where this package is not installed.
    from wordfreq import top_n_list, word_frequency

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


@dataclass(frozen=True)
class Fiche:
    """A métier of the ROME, in the words of the archive."""

    code: str
    famille: str
    """The older, wider métier it was cut from: its neighbours say nearly the same."""
    nom: tuple[str, ...]
    titres: tuple[tuple[str, ...], ...]
    """Its appellations, each in all its forms."""
    definitions: tuple[str, ...]
    competences: tuple[str, ...]


def fiches(rome: Path) -> list[Fiche]:
    """Every métier of the archive, of all domains, sorted by code."""
    metiers = {ligne["code_rome"]: ligne for ligne in _read_table(rome, "unix_referentiel_code_rome")}
    definitions, competences = _definitions(rome), _competences(rome)
    lignes = sorted(_read_table(rome, "unix_referentiel_appellation"), key=lambda ligne: ligne["code_ogr"])
    libelles: defaultdict[str, list[str]] = defaultdict(list)
    for ligne in lignes:
        libelles[ligne["code_rome"]].append(ligne["libelle_appellation_long"])
    return [
        Fiche(
            code=code,
            famille=ligne["code_rome_parent"],
            nom=forms(ligne["libelle_rome"]),
            titres=tuple(forms(libelle) for libelle in libelles[code]),
            definitions=tuple(definitions[code]),
            competences=tuple(sorted(competences[code])),
        )
        for code, ligne in sorted(metiers.items())
    ]


def forms(libelle: str) -> tuple[str, ...]:
    """« Agent / Agente d'accueil » → masculine, feminine, and both as the archive writes them."""
    masculin, feminin = split_genders(libelle)
    return (masculin, feminin, libelle) if feminin else (masculin,)


def hold_out(toutes: Iterable[Fiche], *, part: float, graine: int) -> tuple[list[Fiche], list[Fiche]]:
    """The métiers to learn from, then those to measure on; a family is never on both sides."""
    toutes = list(toutes)
    familles = sorted({fiche.famille for fiche in toutes})
    random.Random(graine).shuffle(familles)
    retenues = set(familles[: round(len(familles) * part)])
    return (
        [fiche for fiche in toutes if fiche.famille not in retenues],
        [fiche for fiche in toutes if fiche.famille in retenues],
    )


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


def _definitions(rome: Path) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for ligne in _read_table(rome, "unix_texte"):
        if ligne["libelle_type_texte"] == "definition":
            found[ligne["code_rome"]].append(ligne["libelle_texte"].replace("''", "'").strip())
    return found


def _competences(rome: Path) -> Mapping[str, set[str]]:
    libelles = {ligne["code_ogr"]: ligne["libelle"].strip() for ligne in _read_table(rome, "unix_item")}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for lien in _read_table(rome, "unix_liens_rome_referentiels"):
        if lien["code_ogr"] in libelles:
            found[lien["code_rome"]].add(libelles[lien["code_ogr"]])
    return found


def _read_table(rome: Path, nom: str) -> Iterator[dict[str, str]]:
    (fichier,) = rome.glob(f"{nom}_v*_utf8.csv")
    with fichier.open(encoding="utf-8", newline="") as lignes:
        yield from csv.DictReader(lignes)
