"""What the API receives and answers, field for field as the contract names it.

Values of the knowledge base (questions, sources, sentences in tu and vous) keep their own types.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from knowledge.schema import (
    Acces,
    CodeRomeCite,
    Condition,
    Confiance,
    Contrainte,
    Exigences,
    Famille,
    Intensites,
    Lien,
    Moment,
    Question,
    Recrutement,
    Salaire,
    Sigle,
    Slug,
    Source,
    Suite,
    Titre,
)
from knowledge.theme import Theme
from service.catalogue.fiches import Genre
from service.catalogue.recherche import Origine
from service.orientation import Certitude, Verdict
from service.profil import Profil

QUESTION_MAX = 500
"""Longest question asked in a person's words."""


class Recu(BaseModel):
    """What we receive: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Envoye(BaseModel):
    """What we answer, read from the service's own types."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Motif(Envoye):
    code: str
    texte: str
    poids: float


class Vigilance(Envoye):
    code: str
    texte: str
    niveau: Verdict | None
    """None when nothing is required: the person said they would rather avoid it."""
    poids: float


class AccesPersonnel(Envoye):
    duree_mois: int
    verdict: Verdict
    premiere_etape: str


class Recommandation(Envoye):
    metier: Slug
    titre: str
    rang: int
    score: float
    confiance: Certitude
    motifs: list[Motif]
    vigilances: list[Vigilance]
    acces: AccesPersonnel


class NumeroUtile(Envoye):
    numero: str
    pour: str
    horaires: str | None


class Alerte(Envoye):
    type: str
    message: str
    numeros: list[NumeroUtile]


class Orientation(Envoye):
    recommandations: list[Recommandation]
    resultat_clair: bool
    hors_sujet: bool
    alerte: Alerte | None
    prochaine_question: str | None
    non_reconnus: list[str]
    versions: dict[str, str]


IdQuestion = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z_]+(\.[a-z_]+)?$")]


class DemandeProchaineQuestion(Recu):
    profil: Profil
    posees: Annotated[list[IdQuestion], Field(max_length=200)] = []


class ProchaineQuestion(Envoye):
    question: Question | None
    reste: int
    stable: bool


class Metier(Envoye):
    """One of the 26, with its facts; each `source` is a key of `sources`."""

    slug: Slug
    titre: Titre
    autres_noms: list[str]
    statut: Literal["nomme", "propose"]
    famille: Famille
    familles_secondaires: list[Famille]
    rome: list[CodeRomeCite]
    rome_version: str
    riasec: str
    resume: str
    journee: list[Moment]
    pour_qui: str
    ou: str
    plait: list[str]
    pese: list[str]
    intensites: Intensites
    conditions: dict[Contrainte, Condition]
    exigences: Exigences
    acces: Acces
    salaire: Salaire
    recrutement: Recrutement
    suites: list[Suite]
    glossaire: list[Sigle]
    en_savoir_plus: Lien
    sources: dict[str, Source]


class Commune(Envoye):
    code: str
    nom: str
    departement: str
    codes_postaux: list[str]
    population: int


class Periode(Envoye):
    du: date
    au: date


class EtatCatalogue(Envoye):
    """Where the answers of a genre come from; `nombre` is null for a live source."""

    origine: Origine
    nombre: int | None
    vu_le: date | None


class Sante(Envoye):
    etat: Literal["ok"] = "ok"
    versions: dict[str, str]
    metiers: int
    certifications: int
    questions: int
    sources_vues: Periode
    """When the oldest and the newest of our sources were read."""
    catalogue: dict[Genre, EtatCatalogue]


class DemandeReponse(Recu):
    question: Annotated[
        str,
        StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=QUESTION_MAX),
    ]
    profil: Profil = Profil()


class SourceReponse(Envoye):
    organisme: str
    url: HttpUrl | None
    vu_le: date


class Reponse(Envoye):
    reponse: str
    theme: Theme | None
    """Null when we do not know: then no source, and whom to ask is in `reponse`."""
    metier: Slug | None
    sources: list[SourceReponse]
    confiance: Confiance | None


class Probleme(BaseModel):
    """RFC 9457; `detail` never repeats what was sent."""

    type: str
    title: str
    status: int
    detail: str
