"""How good the service was when last measured: `models/artefacts/qualite.json`.

Written by `training/qualite.py`; `service/chiffres.py` puts it into words and tables. Measuring is left to
`training/`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from models.lineaire import AFFINITE

FICHIER = AFFINITE.parent / "qualite.json"
Mesure = Literal["hit@1", "hit@3", "ndcg@5", "interdits@3"]


class _Forme(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Chiffre(_Forme):
    """A figure with the bounds between which 95 % of resampled materials fall."""

    valeur: float
    bas: float
    haut: float


class Ligne(_Forme):
    """The four figures on one group of texts."""

    cle: str
    libelle: str
    n: int
    mesures: dict[Mesure, Chiffre]


class Section(_Forme):
    """The same texts, cut one way: by register, by public…"""

    axe: str
    libelle: str
    lignes: tuple[Ligne, ...]


class Confusion(_Forme):
    """A métier given first where another was expected."""

    attendu: str
    donne: str
    nombre: int
    acceptable: int
    """How often the one given was among the acceptable ones."""


class Retrouve(_Forme):
    """One métier: in how many texts it is a right one, and in how many of them it is shown."""

    metier: str
    attendu: int
    montre: int


class Couverture(_Forme):
    """Which of the 26 are ever shown."""

    total: int
    en_premier: int
    dans_les_trois: int
    jamais: tuple[str, ...]
    metiers: tuple[Retrouve, ...]


class Garde(_Forme):
    """What one learned model hears of one thing, on texts it did not learn from."""

    cle: str
    libelle: str
    version: str
    rappel: float
    """Share of the calls, or of the other subjects, that it hears."""
    sosies: float
    """Share of the look-alikes it takes for one."""


class Alarme(_Forme):
    """How often the whole service takes one of our ordinary phrasings for something else."""

    cle: str
    libelle: str
    part: Chiffre


class Accord(_Forme):
    """How far two readings of the same texts agree."""

    n: int
    premier_dans_ideal: Chiffre
    ideaux_communs: Chiffre
    kappa: Chiffre
    ideal_contre_interdit: Chiffre
    champs_precision: Chiffre
    champs_rappel: Chiffre
    champs_contraires: Chiffre


class Modele(_Forme):
    """One way of answering, on the same texts; None where it was not measured or has no meaning."""

    cle: str
    libelle: str
    version: str
    date: date
    mesures: dict[Mesure, Chiffre]
    melo_map: float | None = None
    textes_par_seconde: float | None = None


class Point(_Forme):
    """The learned model alone, fitted on this many phrasings; bounds are the lowest and highest draw."""

    phrases: int
    mesures: dict[Mesure, Chiffre]


class Courbe(_Forme):
    """Quality against the number of labelled phrasings, on authors never learned from."""

    date: date
    encodeur: str
    tirages: int
    auteurs_tenus: int
    points: tuple[Point, ...]


class Qualite(_Forme):
    """All that was measured at once."""

    date: date
    commande: str
    versions: dict[str, str]
    ensemble: Ligne
    personas: Ligne
    sections: tuple[Section, ...]
    sans_reponse: int
    confusions: tuple[Confusion, ...]
    couverture: Couverture
    gardes: tuple[Garde, ...]
    alarmes: tuple[Alarme, ...]
    accord: Accord
    modeles: tuple[Modele, ...]
    courbe: Courbe | None = None

    def section(self, axe: str) -> Section:
        return next(s for s in self.sections if s.axe == axe)


@cache
def read_qualite(fichier: Path = FICHIER) -> Qualite:
    """The figures last written. Raises OSError or ValidationError."""
    return Qualite.model_validate_json(fichier.read_text(encoding="utf-8"))
