"""The interview: a counsellor invites, a person joins and agrees, both work on the same dossier.

An invitation is a code to be copied and a secret to be scanned; either serves once, within ten minutes.
Before somebody joins there is nobody to protect; after that, the interview is seen only while the dossier is
shared with its structure (`partages`). What the counsellor notes is sealed, apart from the dossier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update

from knowledge.schema import Slug
from service.dossiers.codes import digest, is_jeton, new_code, new_jeton, new_ref, read_code
from service.dossiers.coffre import Coffre, CoffreInutilisable
from service.dossiers.comptes import Compte
from service.dossiers.dossier import ESSAIS_MAX, Dossier, DossierIntrouvable
from service.dossiers.partages import grant, is_shared
from service.dossiers.tables import CLE, COMPTE, DOSSIER, ENTRETIEN, STRUCTURE

INVITATION = timedelta(minutes=10)
# Nobody came: it leaves the list, then the base.
OUBLI = timedelta(hours=12)
AVIS_MAX = 3
GENRE = "entretien"


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Invitation(_Kept):
    """What the person types or scans, kept sealed so that the page can show it again."""

    code: str
    jeton: str
    expire_le: datetime


class Carnet(_Kept):
    """All that the counsellor noted, sealed as one."""

    invitation: Invitation | None = None
    avis: Annotated[tuple[Slug, ...], Field(max_length=AVIS_MAX)] = ()
    """The métiers they thought of before seeing ours, the first one first."""
    revele: bool = False
    """Ours was shown."""
    fiche: dict[str, JsonValue] = {}
    """What was written on the sheet."""


@dataclass(frozen=True)
class Entretien:
    """An interview as it is now."""

    id: int
    ref: str
    structure: int
    compte: int | None
    dossier: int | None
    """None until somebody joins."""
    version: int
    carnet: Carnet = field(repr=False)
    cree_le: datetime
    clos_le: datetime | None


@dataclass(frozen=True)
class Attente:
    """What an invitation leads to, told before anybody agrees."""

    entretien: int
    structure: int
    nom: str
    """Of the structure."""
    qui: str | None
    """Who invites; None when that account is gone."""


@dataclass(frozen=True)
class EnCours:
    """An interview a person takes part in now, as told to them."""

    ref: str
    nom: str
    qui: str | None


class Entretiens:
    """Every interview of the base. All methods raise CoffreInutilisable when it does not answer."""

    def __init__(self, coffre: Coffre) -> None:
        self._coffre = coffre

    # --- the counsellor --------------------------------------------------------------------------------

    def begin(self, compte: Compte) -> Entretien:
        """A new one, that waits for somebody. Raises DossierIntrouvable for an account of no structure."""
        if compte.structure is None:
            raise DossierIntrouvable
        row = {"ref": new_ref(), "structure": compte.structure.id, "compte": compte.id, "version": 1}
        contenu = self._seal(Carnet())
        with self._coffre.writing() as connexion:
            connexion.execute(
                insert(ENTRETIEN).values(**row, contenu=contenu, cree_le=self._coffre.horloge())
            )
        return self.invite(self.get(str(row["ref"]), compte))

    def get(self, ref: str, compte: Compte) -> Entretien:
        """Raises DossierIntrouvable unless this account's structure may see it now."""
        with self._coffre.reading() as connexion:
            row = connexion.execute(select(ENTRETIEN).where(self._seen_by(ref, compte))).one_or_none()
        return self._read(row)

    def pulse(self, ref: str, compte: Compte) -> str | None:
        """What changes whenever the interview or its dossier does; None once it may not be seen."""
        versions = select(ENTRETIEN.c.version, DOSSIER.c.version).outerjoin_from(
            ENTRETIEN, DOSSIER, DOSSIER.c.id == ENTRETIEN.c.dossier
        )
        with self._coffre.reading() as connexion:
            row = connexion.execute(versions.where(self._seen_by(ref, compte))).one_or_none()
        return pulse_of(row[0], row[1]) if row else None

    def mine(self, compte: Compte) -> Sequence[Entretien]:
        """Those this account began and did not close, newest first."""
        now = self._coffre.horloge()
        c = ENTRETIEN.c
        waiting = c.dossier.is_(None) & (c.cree_le > now - OUBLI)
        alive = or_(waiting, is_shared(c.dossier, c.structure, now))
        wanted = select(ENTRETIEN).where(c.compte == compte.id, c.clos_le.is_(None), alive)
        with self._coffre.reading() as connexion:
            return [self._read(row) for row in connexion.execute(wanted.order_by(c.cree_le.desc(), c.id))]

    def write(self, entretien: Entretien, change: Callable[[Carnet], Carnet]) -> Entretien:
        """With what the counsellor noted. Raises DossierIntrouvable once it is gone.

        `change` may be called again when somebody wrote meanwhile.
        """
        for _ in range(ESSAIS_MAX):
            avant = self._by_id(entretien.id)
            carnet = change(avant.carnet)
            if carnet == avant.carnet or self._store(avant, carnet):
                return self._by_id(entretien.id)
        raise CoffreInutilisable("Trop de changements arrivent en même temps.")

    def invite(self, entretien: Entretien) -> Entretien:
        """With a new invitation; the older one no longer serves. Somebody who joined is not replaced."""
        if entretien.dossier is not None or entretien.clos_le is not None:
            return entretien
        expire_le = self._coffre.horloge() + INVITATION
        invitation = Invitation(code=new_code(), jeton=new_jeton(), expire_le=expire_le)
        rows = [
            {"empreinte": empreinte, "genre": GENRE, "entretien": entretien.id, "expire_le": expire_le}
            for empreinte in (self._coffre.digest_code(invitation.code), digest(invitation.jeton))
        ]
        with self._coffre.writing() as connexion:
            connexion.execute(delete(CLE).where(CLE.c.entretien == entretien.id))
            connexion.execute(insert(CLE), rows)
        return self.write(entretien, lambda carnet: carnet.model_copy(update={"invitation": invitation}))

    def close(self, entretien: Entretien) -> Entretien:
        """The interview is over; what was noted can still be read while the dossier is shared."""
        c = ENTRETIEN.c
        still = update(ENTRETIEN).where(c.id == entretien.id, c.clos_le.is_(None))
        with self._coffre.writing() as connexion:
            connexion.execute(delete(CLE).where(CLE.c.entretien == entretien.id))
            connexion.execute(still.values(clos_le=self._coffre.horloge(), version=c.version + 1))
        return self._by_id(entretien.id)

    def forget_abandoned(self) -> int:
        """How many that nobody joined are gone."""
        c = ENTRETIEN.c
        stale = c.dossier.is_(None) & (c.cree_le <= self._coffre.horloge() - OUBLI)
        with self._coffre.writing() as connexion:
            return connexion.execute(delete(ENTRETIEN).where(stale)).rowcount

    # --- the person ------------------------------------------------------------------------------------

    def expected(self, code_ou_jeton: str) -> Attente:
        """Who waits behind this code or secret.

        Raises DossierIntrouvable when nobody does (any more), CodeIllisible for what is neither.
        """
        with self._coffre.reading() as connexion:
            return self._expected(connexion, self._digest(code_ou_jeton))

    def join(self, code_ou_jeton: str, dossier: Dossier) -> Attente:
        """Share this dossier with the structure that waits; the invitation then serves no more.

        Raises as `expected` does.
        """
        empreinte, now = self._digest(code_ou_jeton), self._coffre.horloge()
        with self._coffre.writing() as connexion:
            attente = self._expected(connexion, empreinte)
            # Whoever deletes it first has joined: on PostgreSQL two may have read it.
            if connexion.execute(delete(CLE).where(CLE.c.empreinte == empreinte)).rowcount == 0:
                raise DossierIntrouvable
            connexion.execute(delete(CLE).where(CLE.c.entretien == attente.entretien))
            joined = {"dossier": dossier.id, "version": ENTRETIEN.c.version + 1}
            free = (ENTRETIEN.c.id == attente.entretien) & ENTRETIEN.c.dossier.is_(None)
            if connexion.execute(update(ENTRETIEN).where(free).values(joined)).rowcount == 0:
                raise DossierIntrouvable
            grant(connexion, dossier.id, attente.structure, depuis=now, jusqu_au=dossier.expire_le)
        return attente

    def running(self, dossier: int) -> Sequence[EnCours]:
        """The interviews this person is in now, newest first."""
        c = ENTRETIEN.c
        wanted = (
            select(c.ref, STRUCTURE.c.nom, COMPTE.c.nom.label("qui"))
            .join_from(ENTRETIEN, STRUCTURE, STRUCTURE.c.id == c.structure)
            .outerjoin(COMPTE, COMPTE.c.id == c.compte)
            .where(c.dossier == dossier, c.clos_le.is_(None))
            .where(is_shared(c.dossier, c.structure, self._coffre.horloge()))
            .order_by(c.cree_le.desc(), c.id.desc())
        )
        with self._coffre.reading() as connexion:
            return [EnCours(row.ref, row.nom, row.qui) for row in connexion.execute(wanted)]

    # --- rows ------------------------------------------------------------------------------------------

    def _seen_by(self, ref: str, compte: Compte) -> ColumnElement[bool]:
        c = ENTRETIEN.c
        structure = compte.structure.id if compte.structure else None
        shared = or_(c.dossier.is_(None), is_shared(c.dossier, c.structure, self._coffre.horloge()))
        return (c.ref == ref) & (c.structure == structure) & shared

    def _digest(self, code_ou_jeton: str) -> str:
        if is_jeton(code_ou_jeton):
            return digest(code_ou_jeton)
        return self._coffre.digest_code(read_code(code_ou_jeton))

    def _expected(self, connexion: Connection, empreinte: str) -> Attente:
        valid = (CLE.c.empreinte == empreinte) & (CLE.c.genre == GENRE)
        found = (
            select(
                ENTRETIEN.c.id, STRUCTURE.c.id.label("structure"), STRUCTURE.c.nom, COMPTE.c.nom.label("qui")
            )
            .join_from(CLE, ENTRETIEN, ENTRETIEN.c.id == CLE.c.entretien)
            .join(STRUCTURE, STRUCTURE.c.id == ENTRETIEN.c.structure)
            .outerjoin(COMPTE, COMPTE.c.id == ENTRETIEN.c.compte)
            .where(valid, CLE.c.expire_le > self._coffre.horloge(), STRUCTURE.c.active)
        )
        row = connexion.execute(found).one_or_none()
        if row is None:
            raise DossierIntrouvable
        return Attente(row.id, row.structure, row.nom, row.qui)

    def _by_id(self, numero: int) -> Entretien:
        with self._coffre.reading() as connexion:
            return self._read(
                connexion.execute(select(ENTRETIEN).where(ENTRETIEN.c.id == numero)).one_or_none()
            )

    def _store(self, avant: Entretien, carnet: Carnet) -> bool:
        """False when somebody wrote since `avant` was read."""
        same = (ENTRETIEN.c.id == avant.id) & (ENTRETIEN.c.version == avant.version)
        values = {"contenu": self._seal(carnet), "version": avant.version + 1}
        with self._coffre.writing() as connexion:
            return connexion.execute(update(ENTRETIEN).where(same).values(values)).rowcount > 0

    def _seal(self, carnet: Carnet) -> bytes:
        return self._coffre.seal(carnet.model_dump(mode="json"))

    def _read(self, row: Row[Any] | None) -> Entretien:
        if row is None:
            raise DossierIntrouvable
        try:
            carnet = Carnet.model_validate(self._coffre.unseal(row.contenu))
        except ValidationError:
            # The message would quote what was written.
            raise CoffreInutilisable("Un entretien n'a pas pu être relu.") from None
        return Entretien(
            row.id,
            row.ref,
            row.structure,
            row.compte,
            row.dossier,
            row.version,
            carnet,
            row.cree_le,
            row.clos_le,
        )


def pulse_of(entretien: int, dossier: int | None) -> str:
    """The versions of both, as the page and the stream write them."""
    return f"{entretien}.{dossier or 0}"
