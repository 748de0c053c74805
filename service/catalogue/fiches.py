"""An offre, a formation, an événement: one shape whatever the source.

Nothing here names a person: recruiters' contacts, phone numbers and e-mails have no field to be kept in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# Beyond, an identifier or an address is a mistake of its source.
CLE_MAX, URL_MAX = 200, 2000
DEMONSTRATION = "demonstration"
"""The source whose entries are invented; they are marked wherever they are shown."""


class Genre(StrEnum):
    """What a person may look for near their home."""

    OFFRE = "offre"
    FORMATION = "formation"
    EVENEMENT = "evenement"


class Contrat(StrEnum):
    """How an offre employs."""

    CDI = "cdi"
    CDD = "cdd"
    INTERIM = "interim"
    SAISONNIER = "saisonnier"
    APPRENTISSAGE = "apprentissage"
    PROFESSIONNALISATION = "professionnalisation"
    AUTRE = "autre"


ALTERNANCE = frozenset({Contrat.APPRENTISSAGE, Contrat.PROFESSIONNALISATION})


@dataclass(frozen=True, slots=True)
class Lieu:
    """Where it is, as well as the source lets us know.

    With coordinates a distance is told; with a département alone it is not; with neither, it is anywhere
    (`a_distance`) or the source did not say.
    """

    libelle: str
    """As shown: « Saint-Denis (93) »."""
    commune: str | None = None
    """INSEE code."""
    departement: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def situe(self) -> bool:
        """Whether a distance can be told."""
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Annonce:
    """What the three have in common. (`source`, `cle`) identifies it."""

    source: str
    """Name of the source: `france_travail`, `lheo`…"""
    cle: str
    """Identifier at the source, at most CLE_MAX characters."""
    url: str
    """Page of the source where a person can see it: http(s)."""
    titre: str
    """Plain text, mended by `reparation.clean_title`."""
    texte: str = ""
    """Start of the description, plain text, mended by `reparation.clean_text`."""
    lieu: Lieu
    codes: tuple[str, ...]
    """What it is about: ROME 4.0 codes (`J1501`), and RNCP numbers (`RNCP40692`) for a formation."""
    publie_le: date | None = None
    mis_a_jour_le: date | None = None
    """Last change at the source; None when the source does not date it."""
    jusqu_au: date | None = None
    """Last day it may be shown: the end of an offre, of the last session, the day of an événement."""
    a_distance: bool = False
    """True when one need not travel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offre(Annonce):
    """A job. None means that the source does not say."""

    employeur: str | None = None
    contrat: Contrat | None = None
    duree: str | None = None
    """As the source words it: « CDD 6 mois », « 35 h par semaine »."""
    temps_plein: bool | None = None
    debutant: bool | None = None
    """True when no experience is asked for."""
    handicap: bool | None = None
    """True when the employer says the post is open to disabled people, or is committed to it."""
    debut: date | None = None
    salaire: str | None = None
    """As the source words it."""
    reference: str | None = None
    """Identifier at France Travail, for an offre of theirs that another source passes on."""

    @property
    def alternance(self) -> bool:
        return self.contrat in ALTERNANCE


@dataclass(frozen=True, slots=True)
class Session:
    """Once that a formation is given; None where the source does not say, or says 00000000."""

    debut: date | None = None
    fin: date | None = None
    ouverte: bool | None = None
    """Whether one can still enrol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formation(Annonce):
    """A course given at a place; the same course at another place is another Formation."""

    organisme: str | None = None
    siret: str | None = None
    rncp: str | None = None
    """Number of the certification it leads to, as the source gives it: it may have ended since."""
    certification: str | None = None
    """Title of that certification, as the source words it."""
    alternance: bool | None = None
    financable: bool | None = None
    """True when someone else may pay for it (CPF, région…), as far as the source says."""
    heures: int | None = None
    cout: int | None = None
    """Euros, all taxes included."""
    sessions: tuple[Session, ...] = ()

    def next_session(self, jour: date) -> Session | None:
        """The first that starts on this day or later."""
        coming = [(s.debut, rang) for rang, s in enumerate(self.sessions) if s.debut and s.debut >= jour]
        return self.sessions[min(coming)[1]] if coming else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evenement(Annonce):
    """An open day, a forum, a meeting. `jusqu_au` is its day."""

    type: str
    """As shown: « Portes ouvertes », « Forum »…"""
    debut: datetime | None = None
    """Local time of the place, without a zone."""
    fin: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """A certification as the national register (RNCP) has it."""

    numero: str
    """`RNCP40692`."""
    intitule: str
    fin: date | None
    """Last day of registration."""
    actif: bool
    successeurs: tuple[str, ...] = ()
    """The numbers that replace this one."""


@dataclass(frozen=True, slots=True)
class Refus:
    """Something read that cannot be kept."""

    cle: str
    """Its identifier at the source, or its place in the file."""
    raison: str
    """In French, for the report of the import: « sans lieu », « code ROME hors de nos métiers »."""


class FormatInattendu(ValueError):
    """A file or an answer is not what its source documents; the message is French and quotes nothing."""


Fiche = Offre | Formation | Evenement
Lu = Fiche | Enregistrement | Refus
