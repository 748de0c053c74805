"""What an orientation is made of: the types returned by matching and shown by web. No computing here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.schema import Confiance, Metier


class Certitude(StrEnum):
    """The contract's `confiance` of a recommendation."""

    FORTE = "forte"
    MOYENNE = "moyenne"
    FAIBLE = "faible"


class Verdict(StrEnum):
    """What a requirement does to a métier for this person; never removes it silently."""

    COMPATIBLE = "compatible"
    A_VERIFIER = "a_verifier"
    BLOQUANT = "bloquant"


@dataclass(frozen=True)
class Indice:
    """One thing read in free text: the field, its value, and the words it was read from."""

    champ: str
    """Dotted path in the Profil, `publics.bebes`; or `metier.sage-femme` for a métier alluded to."""
    valeur: int | str | bool
    mots: str
    """The person's own words, as typed."""
    sur: bool = True
    """False when it should be asked rather than assumed."""

    @property
    def sens(self) -> str:
        """The field and which way it goes: `publics.bebes+`, `contraintes.nuit-`, `etudes_max.1_an`."""
        if self.champ == "etudes_max":
            return f"{self.champ}.{self.valeur}"
        positive = self.valeur == "oui" if isinstance(self.valeur, str) else self.valeur > 0
        return f"{self.champ}{'+' if positive else '-'}"


@dataclass(frozen=True)
class Motif:
    """A reason that counted, positive or negative; `poids` is its exact share of the score."""

    code: str
    texte: str
    poids: float
    niveau: Verdict | None = None


@dataclass(frozen=True)
class AccesPersonnel:
    duree_mois: int
    verdict: Verdict
    premiere_etape: str


@dataclass(frozen=True)
class Exigence:
    """One thing the métier asks for, against what the person said of it."""

    code: str
    """As a field of the Profil: `contraintes.nuit`, `permis`, `etudes_max`, `niveau`, `age`…"""
    verdict: Verdict
    texte: str


@dataclass(frozen=True)
class Recommandation:
    metier: Metier
    rang: int
    score: float
    """Softmax belief, 0–1."""
    confiance: Certitude
    motifs: tuple[Motif, ...]
    vigilances: tuple[Motif, ...]
    acces: AccesPersonnel
    exigences: tuple[Exigence, ...] = ()
    """What is asked for and was spoken of, or weighs on most people; blocking ones first."""


@dataclass(frozen=True)
class NumeroUtile:
    numero: str
    pour: str
    horaires: str | None = None


@dataclass(frozen=True)
class Alerte:
    """Distress: shown before anything else."""

    type: str
    message: str
    numeros: tuple[NumeroUtile, ...]


@dataclass(frozen=True)
class Orientation:
    recommandations: tuple[Recommandation, ...]
    resultat_clair: bool
    hors_sujet: bool
    alerte: Alerte | None
    prochaine_question: str | None
    non_reconnus: tuple[str, ...]
    versions: dict[str, str]
    lecture: tuple[Indice, ...] = field(default=())
    surprise: Recommandation | None = None
    """A métier of another family, further down, that may be worth a look."""


__all__ = [
    "AccesPersonnel",
    "Alerte",
    "Certitude",
    "Confiance",
    "Exigence",
    "Indice",
    "Motif",
    "NumeroUtile",
    "Orientation",
    "Recommandation",
    "Verdict",
]
