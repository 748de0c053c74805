"""Who may see a dossier besides the person, until when, and who looked.

A dossier is shared with a structure, by the person, for a time. Without a row that is still valid nobody of
that structure sees anything of it: revoking deletes the row, and works at once. Every look is written down,
and shown to the person with the name of who looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from service.dossiers.coffre import Coffre
from service.dossiers.comptes import Compte
from service.dossiers.tables import CONSULTATION, DOSSIER, PARTAGE, STRUCTURE

# A page that renews itself is one look.
REGARD = timedelta(minutes=15)
REGARDS_MAX = 100


class Quoi(StrEnum):
    """What was looked at."""

    REPONSES = "reponses"
    FICHE = "fiche"


@dataclass(frozen=True)
class Partage:
    """One structure that may see a dossier now."""

    structure: str
    """Its ref."""
    nom: str
    depuis: datetime
    jusqu_au: datetime


@dataclass(frozen=True)
class Consultation:
    """One look."""

    nom: str
    """Of the structure."""
    qui: str
    quoi: Quoi
    le: datetime


class Partages:
    """Every share of the base. All methods raise CoffreInutilisable when it does not answer."""

    def __init__(self, coffre: Coffre) -> None:
        self._coffre = coffre

    def of(self, dossier: int) -> Sequence[Partage]:
        """Those still valid, oldest first; none outlives the dossier."""
        c = PARTAGE.c
        wanted = (
            select(STRUCTURE.c.ref, STRUCTURE.c.nom, c.depuis, c.jusqu_au, DOSSIER.c.expire_le)
            .join_from(PARTAGE, STRUCTURE, STRUCTURE.c.id == c.structure)
            .join(DOSSIER, DOSSIER.c.id == c.dossier)
            .where(c.dossier == dossier, c.jusqu_au > self._coffre.horloge())
            .order_by(c.depuis, STRUCTURE.c.id)
        )
        with self._coffre.reading() as connexion:
            return [
                Partage(row.ref, row.nom, row.depuis, min(row.jusqu_au, row.expire_le))
                for row in connexion.execute(wanted)
            ]

    def revoke(self, dossier: int, structure: str) -> None:
        """This structure (its ref) no longer sees this dossier; nothing happens if it did not."""
        named = select(STRUCTURE.c.id).where(STRUCTURE.c.ref == structure).scalar_subquery()
        mine = (PARTAGE.c.dossier == dossier) & (PARTAGE.c.structure == named)
        with self._coffre.writing() as connexion:
            connexion.execute(delete(PARTAGE).where(mine))

    def look(self, dossier: int, compte: Compte, quoi: Quoi) -> None:
        """Write down that this account looked, at most once in a quarter of an hour."""
        if compte.structure is None:
            return
        now = self._coffre.horloge()
        c = CONSULTATION.c
        row = {"dossier": dossier, "structure": compte.structure.id, "nom": compte.nom, "quoi": quoi.value}
        same = [c[nom] == valeur for nom, valeur in row.items()]
        lately = select(c.id).where(*same, c.le > now - REGARD).limit(1)
        with self._coffre.reading() as connexion:
            if connexion.scalar(lately) is not None:
                return
        with self._coffre.writing() as connexion:
            if connexion.scalar(lately) is None:
                connexion.execute(insert(CONSULTATION).values(**row, le=now))

    def looks(self, dossier: int) -> Sequence[Consultation]:
        """Who looked, newest first."""
        c = CONSULTATION.c
        wanted = (
            select(STRUCTURE.c.nom.label("structure"), c.nom, c.quoi, c.le)
            .join_from(CONSULTATION, STRUCTURE, STRUCTURE.c.id == c.structure)
            .where(c.dossier == dossier)
            .order_by(c.le.desc(), c.id.desc())
            .limit(REGARDS_MAX)
        )
        with self._coffre.reading() as connexion:
            return [
                Consultation(row.structure, row.nom, Quoi(row.quoi), row.le)
                for row in connexion.execute(wanted)
            ]


def grant(
    connexion: Connection, dossier: int, structure: int, *, depuis: datetime, jusqu_au: datetime
) -> None:
    """Share, inside a transaction of the caller; a share that exists is renewed."""
    mine = (PARTAGE.c.dossier == dossier) & (PARTAGE.c.structure == structure)
    connexion.execute(delete(PARTAGE).where(mine))
    row = {"dossier": dossier, "structure": structure, "depuis": depuis, "jusqu_au": jusqu_au}
    connexion.execute(insert(PARTAGE).values(row))


def is_shared(
    dossier: ColumnElement[int], structure: ColumnElement[int], now: datetime
) -> ColumnElement[bool]:
    """True of a dossier that is alive and that this structure may see now."""
    valid = and_(
        PARTAGE.c.dossier == dossier,
        PARTAGE.c.structure == structure,
        PARTAGE.c.jusqu_au > now,
        DOSSIER.c.id == PARTAGE.c.dossier,
        DOSSIER.c.expire_le > now,
    )
    return select(PARTAGE.c.dossier).where(valid).correlate_except(PARTAGE, DOSSIER).exists()
