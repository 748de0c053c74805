"""All that is kept of a person, given back to them whole.

What is left out opens doors or means nothing to anyone: digests of keys, numbers of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, Row, Select, select

from service.dossiers.archives import Archives
from service.dossiers.dossier import PROPRES, Auteur, Contenu, Dossier
from service.dossiers.tables import ATELIER, CLE, COMPTE, CONSULTATION, ENTRETIEN, PARTAGE, STRUCTURE


class _Rendu(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DossierRendu(_Rendu):
    """The dossier itself: what names it, and its dates."""

    ref: str
    version: int
    cree_le: datetime
    expire_le: datetime
    atelier: str | None
    """The structure of the workshop it was begun in."""


class ChangementRendu(_Rendu):
    numero: int
    auteur: Auteur
    quoi: str
    le: datetime


class PartageRendu(_Rendu):
    structure: str
    depuis: datetime
    jusqu_au: datetime


class ConsultationRendue(_Rendu):
    structure: str
    nom: str
    quoi: str
    le: datetime


class EntretienRendu(_Rendu):
    ref: str
    structure: str
    conseil: str | None
    """Who held it."""
    version: int
    contenu: Any
    """What was written during it, the sheet included."""
    cree_le: datetime
    clos_le: datetime | None


class CleRendue(_Rendu):
    """Something that opens the dossier: a code, a link, a device. What it is is known to nobody but you."""

    genre: str
    expire_le: datetime


class Export(_Rendu):
    """Everything the base holds of one dossier, all moments in UTC."""

    format: Literal["cap-soin-dossier-1"] = "cap-soin-dossier-1"
    exporte_le: datetime
    dossier: DossierRendu
    contenu: Contenu
    changements: tuple[ChangementRendu, ...]
    partages: tuple[PartageRendu, ...]
    consultations: tuple[ConsultationRendue, ...]
    entretiens: tuple[EntretienRendu, ...]
    cles: tuple[CleRendue, ...]


def export(archives: Archives, dossier: Dossier) -> Export:
    """Raises CoffreInutilisable."""
    lecture = _Lecture(archives, dossier)
    return Export(
        exporte_le=archives.coffre.horloge(),
        dossier=DossierRendu(
            ref=dossier.ref,
            version=dossier.version,
            cree_le=dossier.cree_le,
            expire_le=dossier.expire_le,
            atelier=lecture.atelier(),
        ),
        contenu=dossier.contenu,
        changements=tuple(
            ChangementRendu(numero=c.numero, auteur=c.auteur, quoi=c.quoi, le=c.le)
            for c in archives.dossiers.changes(dossier.id)
        ),
        partages=lecture.partages(),
        consultations=lecture.consultations(),
        entretiens=lecture.entretiens(),
        cles=lecture.cles(),
    )


class _Lecture:
    """The rows that belong to one dossier."""

    def __init__(self, archives: Archives, dossier: Dossier) -> None:
        self._coffre = archives.coffre
        self._dossier = dossier

    def atelier(self) -> str | None:
        mine = ATELIER.c.id == self._dossier.atelier
        rows = self._rows(select(STRUCTURE.c.nom).join(ATELIER).where(mine))
        return rows[0].nom if rows else None

    def partages(self) -> tuple[PartageRendu, ...]:
        c = PARTAGE.c
        found = select(STRUCTURE.c.nom.label("structure"), c.depuis, c.jusqu_au).join(STRUCTURE)
        rows = self._rows(found.where(self._mine(c.dossier)).order_by(c.depuis))
        return tuple(PartageRendu.model_validate(dict(row._mapping)) for row in rows)

    def consultations(self) -> tuple[ConsultationRendue, ...]:
        c = CONSULTATION.c
        found = select(STRUCTURE.c.nom.label("structure"), c.nom, c.quoi, c.le).join(STRUCTURE)
        rows = self._rows(found.where(self._mine(c.dossier)).order_by(c.le))
        return tuple(ConsultationRendue.model_validate(dict(row._mapping)) for row in rows)

    def entretiens(self) -> tuple[EntretienRendu, ...]:
        c = ENTRETIEN.c
        who = [STRUCTURE.c.nom.label("structure"), COMPTE.c.nom.label("conseil")]
        held = select(c.ref, *who, c.version, c.contenu, c.cree_le, c.clos_le).join(
            STRUCTURE, STRUCTURE.c.id == c.structure
        )
        named = held.outerjoin(COMPTE, COMPTE.c.id == c.compte)
        rows = self._rows(named.where(self._mine(c.dossier)).order_by(c.cree_le))
        return tuple(
            EntretienRendu.model_validate(dict(row._mapping) | {"contenu": self._coffre.unseal(row.contenu)})
            for row in rows
        )

    def cles(self) -> tuple[CleRendue, ...]:
        c = CLE.c
        found = select(c.genre, c.expire_le).where(self._mine(c.dossier), c.genre.in_(PROPRES))
        return tuple(
            CleRendue(genre=row.genre, expire_le=row.expire_le)
            for row in self._rows(found.order_by(c.genre, c.expire_le))
        )

    def _mine(self, column: Column[Any]) -> Any:
        return column == self._dossier.id

    def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        with self._coffre.reading() as connexion:
            return connexion.execute(statement).all()
