"""What is kept, table by table; the same on SQLite and PostgreSQL. docs/donnees.md says why each column is.

Whatever a person said or a counsellor wrote is in a column `contenu`, sealed (`coffre`): JSON that a copy of
the base does not tell without the operator's secret. Moments are UTC, without a zone.

The number of what was erased is never given again (`sqlite_autoincrement`; PostgreSQL never does): whoever
still held it, a page that writes, a stream that looks, would reach somebody else's.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

VERSION = "0001"
"""The migration that makes these tables."""
METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)
REF, EMPREINTE, NOM, COURRIEL = String(24), String(64), String(120), String(254)

STRUCTURE = Table(
    "structure",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", REF, nullable=False, unique=True),
    Column("nom", NOM, nullable=False),
    Column("genre", String(24), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("cree_le", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
COMPTE = Table(
    "compte",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", REF, nullable=False, unique=True),
    Column("structure", Integer, ForeignKey("structure.id", ondelete="CASCADE"), index=True),
    Column("role", String(12), nullable=False),
    Column("courriel", COURRIEL, nullable=False, unique=True),
    Column("nom", NOM, nullable=False),
    Column("mot_de_passe", String(200)),
    Column("totp", LargeBinary),
    Column("totp_pas", Integer),
    Column("sujet", String(255), unique=True),
    Column("actif", Boolean, nullable=False),
    Column("cree_le", DateTime, nullable=False),
    Column("vu_le", DateTime),
    sqlite_autoincrement=True,
)
INVITATION = Table(
    "invitation",
    METADATA,
    Column("empreinte", EMPREINTE, primary_key=True),
    Column("structure", Integer, ForeignKey("structure.id", ondelete="CASCADE")),
    Column("role", String(12), nullable=False),
    Column("courriel", COURRIEL, nullable=False),
    Column("nom", NOM, nullable=False),
    Column("expire_le", DateTime, nullable=False),
)
SEANCE = Table(
    "seance",
    METADATA,
    Column("empreinte", EMPREINTE, primary_key=True),
    Column("compte", Integer, ForeignKey("compte.id", ondelete="CASCADE"), nullable=False),
    Column("cree_le", DateTime, nullable=False),
    Column("vu_le", DateTime, nullable=False),
)
ATELIER = Table(
    "atelier",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", REF, nullable=False, unique=True),
    Column("structure", Integer, ForeignKey("structure.id", ondelete="CASCADE"), nullable=False),
    Column("compte", Integer, ForeignKey("compte.id", ondelete="SET NULL")),
    Column("contenu", LargeBinary),
    Column("cree_le", DateTime, nullable=False),
    Column("clos_le", DateTime),
    sqlite_autoincrement=True,
)
DOSSIER = Table(
    "dossier",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", REF, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("contenu", LargeBinary, nullable=False),
    Column("atelier", Integer, ForeignKey("atelier.id", ondelete="SET NULL"), index=True),
    Column("cree_le", DateTime, nullable=False),
    Column("expire_le", DateTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)
ENTRETIEN = Table(
    "entretien",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", REF, nullable=False, unique=True),
    Column("structure", Integer, ForeignKey("structure.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("compte", Integer, ForeignKey("compte.id", ondelete="SET NULL")),
    Column("dossier", Integer, ForeignKey("dossier.id", ondelete="CASCADE"), index=True),
    Column("version", Integer, nullable=False),
    Column("contenu", LargeBinary, nullable=False),
    Column("cree_le", DateTime, nullable=False),
    Column("clos_le", DateTime),
    sqlite_autoincrement=True,
)
CLE = Table(
    "cle",
    METADATA,
    Column("empreinte", EMPREINTE, primary_key=True),
    Column("genre", String(12), nullable=False),
    Column("dossier", Integer, ForeignKey("dossier.id", ondelete="CASCADE"), index=True),
    Column("entretien", Integer, ForeignKey("entretien.id", ondelete="CASCADE"), index=True),
    Column("atelier", Integer, ForeignKey("atelier.id", ondelete="CASCADE"), index=True),
    Column("expire_le", DateTime, nullable=False),
)
CHANGEMENT = Table(
    "changement",
    METADATA,
    Column("dossier", Integer, ForeignKey("dossier.id", ondelete="CASCADE"), primary_key=True),
    Column("numero", Integer, primary_key=True),
    Column("geste", EMPREINTE, nullable=False),
    Column("auteur", String(12), nullable=False),
    Column("contenu", LargeBinary, nullable=False),
    Column("le", DateTime, nullable=False),
    UniqueConstraint("dossier", "geste"),
)
PARTAGE = Table(
    "partage",
    METADATA,
    Column("dossier", Integer, ForeignKey("dossier.id", ondelete="CASCADE"), primary_key=True),
    Column("structure", Integer, ForeignKey("structure.id", ondelete="CASCADE"), primary_key=True),
    Column("depuis", DateTime, nullable=False),
    Column("jusqu_au", DateTime, nullable=False),
)
CONSULTATION = Table(
    "consultation",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("dossier", Integer, ForeignKey("dossier.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("structure", Integer, ForeignKey("structure.id", ondelete="CASCADE"), nullable=False),
    Column("nom", NOM, nullable=False),
    Column("quoi", String(24), nullable=False),
    Column("le", DateTime, nullable=False),
)
COMPTEUR = Table(
    "compteur",
    METADATA,
    Column("structure", Integer, ForeignKey("structure.id", ondelete="CASCADE"), primary_key=True),
    Column("jour", Date, primary_key=True),
    Column("mesure", String(24), primary_key=True),
    Column("valeur", String(40), primary_key=True),
    Column("nombre", Integer, nullable=False),
)
ESSAI = Table(
    "essai",
    METADATA,
    Column("cle", EMPREINTE, primary_key=True),
    Column("fenetre", Integer, primary_key=True),
    Column("nombre", Integer, nullable=False),
)
