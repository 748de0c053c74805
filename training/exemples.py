"""All that was labelled, as numbers a network can learn: one row a text, a blank where nobody judged.

A text is what the program hears of it (`service/ecoute.py`): personal details set aside, spelling and gender
made one, punctuation kept.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.schema import Activite, Cadre, Contrainte, Metier, Public
from models.comprehension import CHAMP, DETRESSE, HORS_SUJET, METIER, SIGNAL
from service.profil import EtudesMax
from training.judgements_files import DOSSIER, Enonce, paroles, read_phrasings

IDEAL, BON, INTERDIT = 1.0, 0.4, -0.5
# « un peu », or a mild wish: said, but not loudly.
CLAIR, LEGER = 1.0, 0.7
DEGRES: Mapping[str, Iterable[Any]] = {"publics": Public, "activites": Activite, "cadres": Cadre}
GRAINE = 0
# One author in this many is kept aside, by kind of text; few hands wrote for the guards.
TENUS = {"enonce": 8, "detresse": 4, "hors_sujet": 4}
# Every n-th phrasing is also shown cut after a few words: a short text must not alarm for want of evidence.
UN_DEBUT_SUR = 8
DEBUTS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Etiquettes:
    """The columns, in order: a métier each, a field and its sign each, a kind of distress each, off topic."""

    metiers: tuple[str, ...]
    genres: tuple[str, ...]

    @property
    def champs(self) -> tuple[str, ...]:
        degres = (f"{nom}.{cle}{signe}" for nom, cles in DEGRES.items() for cle in cles for signe in "+-")
        limites = (f"contraintes.{cle}{signe}" for cle in Contrainte for signe in "+-")
        autres = ("permis+", "permis-", "aidant+", "revenu_pendant_formation+")
        return (*degres, *limites, *autres, *(f"etudes_max.{e}" for e in EtudesMax))

    @property
    def cles(self) -> tuple[str, ...]:
        """As the artefact names its heads."""
        return (
            *(METIER + m for m in self.metiers),
            *(CHAMP + c for c in self.champs),
            *(DETRESSE + g for g in (SIGNAL, *self.genres)),
            HORS_SUJET + SIGNAL,
        )

    def part(self, prefixe: str) -> slice:
        """The columns whose key begins so."""
        places = [i for i, cle in enumerate(self.cles) if cle.startswith(prefixe)]
        return slice(places[0], places[-1] + 1)


@dataclass(frozen=True)
class Exemple:
    """One text, whose it is ("" when nobody is named), and what it should give: NaN where nobody judged."""

    texte: str
    auteur: str
    cible: NDArray[np.float32]
    genre: str
    """`enonce`, `fiche`, `debut`, `detresse` or `hors_sujet`."""
    enonce: Enonce | None = None


def read_examples(metiers: Sequence[Metier], dossier: Path = DOSSIER) -> tuple[Etiquettes, list[Exemple]]:
    """Everything to learn from, in a fixed order; `enonces.jsonl` is not among it."""
    detresse = list(_rows(dossier, "detresse*.jsonl"))
    genres = tuple(sorted({row["attendu"] for row in detresse if row["attendu"]}))
    etiquettes = Etiquettes(tuple(sorted(m.slug for m in metiers)), genres)
    exemples = [*_of_phrasings(etiquettes, metiers, dossier)]
    for row in detresse:
        cible = _blank(etiquettes)
        _say_distress(cible, etiquettes, row["attendu"])
        if not row["attendu"]:
            cible[etiquettes.part(HORS_SUJET)] = 0
        exemples.append(Exemple(row["texte"], row.get("auteur", ""), cible, "detresse"))
    for row in _rows(dossier, "hors_sujet*.jsonl"):
        cible = _blank(etiquettes)
        _say_distress(cible, etiquettes, None)
        cible[etiquettes.part(HORS_SUJET)] = float(row["hors_sujet"])
        exemples.append(Exemple(row["texte"], row.get("auteur", ""), cible, "hors_sujet"))
    return etiquettes, exemples


def _of_phrasings(etiquettes: Etiquettes, metiers: Sequence[Metier], dossier: Path) -> Iterator[Exemple]:
    ecrits = read_phrasings(dossier)
    for genre, enonces in (("enonce", ecrits), ("fiche", paroles(metiers))):
        for enonce in enonces:
            cible = _ordinary(etiquettes)
            cible[etiquettes.part(METIER)] = [_grade(enonce, m) for m in etiquettes.metiers]
            # The métier files' own phrases were never labelled field by field.
            if genre == "enonce":
                cible[etiquettes.part(CHAMP)] = fields(enonce.champs, etiquettes)
            yield Exemple(enonce.texte, enonce.auteur, cible, genre, enonce)
    for i, enonce in enumerate(ecrits[::UN_DEBUT_SUR]):
        debut = " ".join(enonce.texte.split()[: DEBUTS[i % len(DEBUTS)]])
        yield Exemple(debut, enonce.auteur, _ordinary(etiquettes), "debut")


def split_by_author(exemples: Sequence[Exemple]) -> tuple[list[Exemple], list[Exemple]]:
    """To learn from, and to measure on: no named hand is on both sides."""
    kept: set[str] = set()
    for genre, one_in in TENUS.items():
        authors = sorted({e.auteur for e in exemples if e.genre == genre and e.auteur})
        random.Random(GRAINE).shuffle(authors)
        kept.update(authors[::one_in])
    return [e for e in exemples if e.auteur not in kept], [e for e in exemples if e.auteur in kept]


def fields(champs: Mapping[str, Any], etiquettes: Etiquettes) -> list[float]:
    """What a Profil says, column by column; 0 for what it does not say."""
    said: dict[str, float] = {}
    for nom in DEGRES:
        for cle, degre in champs.get(nom, {}).items():
            if degre:
                said[f"{nom}.{cle}{'+' if degre > 0 else '-'}"] = CLAIR if abs(degre) == 2 else LEGER
    for cle, reponse in champs.get("contraintes", {}).items():
        signe = "+" if reponse == "oui" else "-"
        said[f"contraintes.{cle}{signe}"] = LEGER if reponse == "un_peu" else CLAIR
    for nom in ("permis", "aidant", "revenu_pendant_formation"):
        if champs.get(nom) is not None:
            said[f"{nom}{'+' if champs[nom] else '-'}"] = CLAIR
    if champs.get("etudes_max"):
        said[f"etudes_max.{champs['etudes_max']}"] = CLAIR
    return [said.get(champ, 0.0) for champ in etiquettes.champs]


def _grade(enonce: Enonce, metier: str) -> float:
    if metier in enonce.ideal:
        return IDEAL
    return BON if metier in enonce.bon else INTERDIT if metier in enonce.interdits else 0.0


def _blank(etiquettes: Etiquettes) -> NDArray[np.float32]:
    return np.full(len(etiquettes.cles), np.nan, dtype=np.float32)


def _ordinary(etiquettes: Etiquettes) -> NDArray[np.float32]:
    """Neither a call for help nor another subject."""
    cible = _blank(etiquettes)
    _say_distress(cible, etiquettes, None)
    cible[etiquettes.part(HORS_SUJET)] = 0
    return cible


def _say_distress(cible: NDArray[np.float32], etiquettes: Etiquettes, genre: str | None) -> None:
    part = etiquettes.part(DETRESSE)
    cible[part] = 0
    if genre is not None:
        cible[part.start] = cible[part.start + 1 + etiquettes.genres.index(genre)] = 1


def _rows(dossier: Path, motif: str) -> Iterator[dict[str, Any]]:
    for fichier in sorted(dossier.glob(motif)):
        for ligne in fichier.read_text(encoding="utf-8").splitlines():
            if ligne.strip():
                yield json.loads(ligne)
