"""The catalogue as it is stored; the same on SQLite and PostgreSQL.

`repere` is the index every search goes through: one row per fiche and code, in the order it is looked
up (genre, code, sector, latitude), with all that filters and ranking need, so that a fiche itself is
read only when it is shown.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.catalogue.fiches import CLE_MAX, URL_MAX

VERSION = "0001"
"""The migration that makes these tables: a catalogue of another version is brought to it, or refused."""
# Only a column that SQLite calls INTEGER is the number of the row itself.
Numero = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Every table of the catalogue."""


class TableImportation(Base):
    """One reading of one source: what is being read, how far, what was refused."""

    __tablename__ = "importation"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40), index=True)
    origine: Mapped[str] = mapped_column(String(64))
    """Digest of the files read; empty for the network, where a reading cannot be resumed."""
    complete: Mapped[bool]
    """Whether what this reading does not see is to be removed at its end."""
    etat: Mapped[str] = mapped_column(String(12))
    """`en_cours`, `terminee`, `interrompue`."""
    position: Mapped[int]
    """Items read and committed: a reading taken up again starts after them."""
    gardees: Mapped[int]
    retirees: Mapped[int]
    refus: Mapped[dict[str, int]] = mapped_column(JSON)
    """Reason → how many."""
    debut: Mapped[datetime]
    fin: Mapped[datetime | None]


class _Fiche:
    """What the three kinds have in common."""

    id: Mapped[int] = mapped_column(Numero, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(40))
    cle: Mapped[str] = mapped_column(String(CLE_MAX))
    url: Mapped[str] = mapped_column(String(URL_MAX))
    titre: Mapped[str] = mapped_column(String(200))
    texte: Mapped[str] = mapped_column(Text)
    lieu: Mapped[str] = mapped_column(String(120))
    commune: Mapped[str | None] = mapped_column(String(5))
    departement: Mapped[str | None] = mapped_column(String(3))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    codes: Mapped[str] = mapped_column(String(400))
    """Separated by spaces."""
    publie_le: Mapped[date | None]
    mis_a_jour_le: Mapped[date | None]
    jusqu_au: Mapped[date | None]
    a_distance: Mapped[bool]
    rome_version: Mapped[str] = mapped_column(String(10))
    empreinte: Mapped[str | None] = mapped_column(String(16), index=True)
    """The same for the same thing published by two sources; None when it cannot be told."""
    vue: Mapped[int] = mapped_column(ForeignKey("importation.id"))
    """The last reading that saw it."""


class TableOffre(_Fiche, Base):
    __tablename__ = "offre"
    __table_args__ = (UniqueConstraint("source", "cle"),)

    employeur: Mapped[str | None] = mapped_column(String(200))
    contrat: Mapped[str | None] = mapped_column(String(20))
    duree: Mapped[str | None] = mapped_column(String(200))
    temps_plein: Mapped[bool | None]
    debutant: Mapped[bool | None]
    handicap: Mapped[bool | None]
    debut: Mapped[date | None]
    salaire: Mapped[str | None] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(CLE_MAX), index=True)


class TableFormation(_Fiche, Base):
    __tablename__ = "formation"
    __table_args__ = (UniqueConstraint("source", "cle"),)

    organisme: Mapped[str | None] = mapped_column(String(200))
    siret: Mapped[str | None] = mapped_column(String(14))
    rncp: Mapped[str | None] = mapped_column(String(10))
    certification: Mapped[str | None] = mapped_column(String(300))
    alternance: Mapped[bool | None]
    financable: Mapped[bool | None]
    heures: Mapped[int | None]
    cout: Mapped[int | None]


class TableSession(Base):
    """When a formation is given."""

    __tablename__ = "session"

    formation: Mapped[int] = mapped_column(
        Numero, ForeignKey("formation.id", ondelete="CASCADE"), primary_key=True
    )
    rang: Mapped[int] = mapped_column(primary_key=True)
    debut: Mapped[date | None]
    fin: Mapped[date | None]
    ouverte: Mapped[bool | None]


class TableEvenement(_Fiche, Base):
    __tablename__ = "evenement"
    __table_args__ = (UniqueConstraint("source", "cle"),)

    type: Mapped[str] = mapped_column(String(80))
    debut: Mapped[datetime | None]
    fin: Mapped[datetime | None]


class TableEnregistrement(Base):
    """A certification in the national register."""

    __tablename__ = "enregistrement"

    numero: Mapped[str] = mapped_column(String(10), primary_key=True)
    intitule: Mapped[str] = mapped_column(String(300))
    fin: Mapped[date | None]
    actif: Mapped[bool]
    successeurs: Mapped[list[str]] = mapped_column(JSON)
    vue: Mapped[int] = mapped_column(ForeignKey("importation.id"))


class TableRepere(Base):
    """Where to look for a fiche: see the module."""

    __tablename__ = "repere"
    __table_args__: Any = (
        Index("ix_repere_fiche", "genre", "fiche"),
        {"sqlite_with_rowid": False},
    )

    genre: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    secteur: Mapped[str] = mapped_column(String(12), primary_key=True)
    latitude: Mapped[float] = mapped_column(primary_key=True)
    fiche: Mapped[int] = mapped_column(Numero, primary_key=True)
    longitude: Mapped[float]
    fraicheur: Mapped[int]
    """Day (proleptic ordinal) of the last change; 0 when unknown."""
    debut: Mapped[int | None]
    fin: Mapped[int]
    """Last day it may be shown."""
    traits: Mapped[int]
    """What filters ask, as bits: see `reperes`."""
    doublon: Mapped[bool]
    """True when a source we prefer says the same."""
