"""Structures, and the accounts of those who accompany: opened by invitation, closed by who answers for them.

A « responsable » sees and changes the accounts of one structure; an « admin » those of the service. What each
may do is decided in `gestion`, not in the pages. Someone who lost a password or a telephone is invited
again: the same account then takes new ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.dossiers.codes import digest, is_jeton, new_jeton, new_ref
from service.dossiers.coffre import Coffre
from service.dossiers.motdepasse import check_strength, hash_password, totp_step
from service.dossiers.tables import COMPTE, INVITATION, SEANCE, STRUCTURE

INVITATION_JOURS = 7
COURRIEL_MAX, NOM_MAX = 254, 120
_COURRIEL = re.compile(r"[^@\s<>\"',;()]{1,64}@[^@\s<>\"',;()]+\.[^@\s<>\"',;().]{2,}")


class Genre(StrEnum):
    """What a structure is."""

    MISSION_LOCALE = "mission_locale"
    CEP = "cep"
    FRANCE_TRAVAIL = "france_travail"
    CIO = "cio"
    ECOLE = "ecole"
    ASSOCIATION = "association"
    AUTRE = "autre"


class Role(StrEnum):
    """What an account may do."""

    CONSEIL = "conseil"
    RESPONSABLE = "responsable"
    ADMIN = "admin"


class CompteIntrouvable(Exception):
    """Unknown, deleted, expired or not theirs to see: never said which."""

    def __init__(self) -> None:
        super().__init__("Il n'y a rien à cette adresse.")


class SaisieRefusee(ValueError):
    """What was typed cannot be taken; the message is French and quotes nothing."""


@dataclass(frozen=True)
class Structure:
    id: int
    ref: str
    nom: str
    genre: Genre
    active: bool


@dataclass(frozen=True)
class Compte:
    """An account, without its secrets. `structure` is None for an admin of the service."""

    id: int
    ref: str
    role: Role
    courriel: str
    nom: str
    structure: Structure | None
    actif: bool
    local: bool
    """Whether it has a password here."""
    vu_le: datetime | None

    @property
    def ouvert(self) -> bool:
        """Whether it may be signed in to."""
        return self.actif and (self.structure is None or self.structure.active)


@dataclass(frozen=True)
class Invite:
    """Whom an invitation is for."""

    courriel: str
    nom: str
    role: Role
    structure: Structure | None
    expire_le: datetime


@dataclass(frozen=True)
class Preuves:
    """What proves who someone is: hashed, sealed."""

    mot_de_passe: str
    totp: bytes
    totp_pas: int | None


class Comptes:
    """Structures, accounts and invitations. All methods raise CoffreInutilisable when the base is down."""

    def __init__(self, coffre: Coffre) -> None:
        self._coffre = coffre

    # --- structures ------------------------------------------------------------------------------------

    def add_structure(self, nom: str, genre: Genre) -> Structure:
        """Raises SaisieRefusee."""
        row = {"ref": new_ref(), "nom": read_nom(nom), "genre": genre.value, "active": True}
        with self._coffre.writing() as connexion:
            made = connexion.execute(
                insert(STRUCTURE).values(**row, cree_le=self._coffre.horloge()).returning(STRUCTURE)
            )
            return _structure(made.one())

    def structures(self) -> Sequence[Structure]:
        """By name, closed ones included."""
        with self._coffre.reading() as connexion:
            rows = connexion.execute(select(STRUCTURE).order_by(STRUCTURE.c.nom, STRUCTURE.c.id))
            return [_structure(row) for row in rows]

    def structure(self, ref: str) -> Structure:
        """Raises CompteIntrouvable."""
        with self._coffre.reading() as connexion:
            row = connexion.execute(select(STRUCTURE).where(STRUCTURE.c.ref == ref)).one_or_none()
        if row is None:
            raise CompteIntrouvable
        return _structure(row)

    def set_structure_active(self, structure: Structure, *, active: bool) -> None:
        """Closed, nobody signs in to it any more, and those who are leave at once."""
        mine = select(COMPTE.c.id).where(COMPTE.c.structure == structure.id)
        with self._coffre.writing() as connexion:
            connexion.execute(update(STRUCTURE).where(STRUCTURE.c.id == structure.id).values(active=active))
            if not active:
                connexion.execute(delete(SEANCE).where(SEANCE.c.compte.in_(mine)))
                connexion.execute(delete(INVITATION).where(INVITATION.c.structure == structure.id))

    # --- accounts --------------------------------------------------------------------------------------

    def get(self, numero: int) -> Compte:
        """Raises CompteIntrouvable."""
        return self._one(COMPTE.c.id == numero)

    def by_ref(self, ref: str) -> Compte:
        """Raises CompteIntrouvable."""
        return self._one(COMPTE.c.ref == ref)

    def by_courriel(self, courriel: str) -> Compte:
        """Raises CompteIntrouvable."""
        return self._one(COMPTE.c.courriel == plain_courriel(courriel))

    def comptes(self, structure: Structure | None = None) -> Sequence[Compte]:
        """By name; of one structure, or all."""
        wanted = _SELECT.order_by(COMPTE.c.nom, COMPTE.c.id)
        if structure:
            wanted = wanted.where(COMPTE.c.structure == structure.id)
        with self._coffre.reading() as connexion:
            return [_compte(row) for row in connexion.execute(wanted)]

    def set_active(self, compte: Compte, *, actif: bool) -> None:
        """Deactivated, it is signed out everywhere at once."""
        with self._coffre.writing() as connexion:
            connexion.execute(update(COMPTE).where(COMPTE.c.id == compte.id).values(actif=actif))
            if not actif:
                connexion.execute(delete(SEANCE).where(SEANCE.c.compte == compte.id))

    def delete(self, compte: Compte) -> None:
        """Gone from the base and its log; what it wrote in interviews stays there, without its name."""
        with self._coffre.writing() as connexion:
            connexion.execute(delete(INVITATION).where(INVITATION.c.courriel == compte.courriel))
            connexion.execute(delete(COMPTE).where(COMPTE.c.id == compte.id))
        self._coffre.purge()

    # --- what proves who someone is --------------------------------------------------------------------

    def proofs(self, compte: Compte) -> Preuves | None:
        """None for an account that signs in elsewhere."""
        wanted = select(COMPTE.c.mot_de_passe, COMPTE.c.totp, COMPTE.c.totp_pas).where(
            COMPTE.c.id == compte.id
        )
        with self._coffre.reading() as connexion:
            row = connexion.execute(wanted).one_or_none()
        if row is None or row.mot_de_passe is None or row.totp is None:
            return None
        return Preuves(row.mot_de_passe, row.totp, row.totp_pas)

    def set_password(self, compte: Compte, mot_de_passe: str) -> None:
        """A new one: signed out everywhere. Raises MotDePasseFaible."""
        check_strength(mot_de_passe, compte.courriel)
        empreinte = hash_password(mot_de_passe)
        with self._coffre.writing() as connexion:
            connexion.execute(update(COMPTE).where(COMPTE.c.id == compte.id).values(mot_de_passe=empreinte))
            connexion.execute(delete(SEANCE).where(SEANCE.c.compte == compte.id))

    def rehash(self, compte: Compte, mot_de_passe: str) -> None:
        """The same password, with today's parameters."""
        empreinte = hash_password(mot_de_passe)
        with self._coffre.writing() as connexion:
            connexion.execute(update(COMPTE).where(COMPTE.c.id == compte.id).values(mot_de_passe=empreinte))

    def use_code(self, compte: Compte, code: str) -> bool:
        """Whether this code is the one of the telephone now, and was not used yet: it is from here on."""
        preuves = self.proofs(compte)
        if preuves is None:
            return False
        secret = self._coffre.unseal(preuves.totp)
        step = totp_step(secret, code, maintenant=self._coffre.horloge(), apres=preuves.totp_pas)
        if step is None:
            return False
        # Of two requests with the same code, one alone changes the row.
        fresh = (COMPTE.c.id == compte.id) & (COMPTE.c.totp_pas.is_(None) | (COMPTE.c.totp_pas < step))
        with self._coffre.writing() as connexion:
            return connexion.execute(update(COMPTE).where(fresh).values(totp_pas=step)).rowcount == 1

    # --- invitations -----------------------------------------------------------------------------------

    def invite(self, courriel: str, nom: str, role: Role, structure: Structure | None) -> str:
        """The secret of the link, for seven days and one use; an older link of the same e-mail dies.

        Raises SaisieRefusee.
        """
        courriel, nom = read_courriel(courriel), read_nom(nom)
        if (role is Role.ADMIN) != (structure is None):
            raise SaisieRefusee("Ce rôle ne va pas avec cette structure.")
        self._check_invitable(courriel, role, structure)
        jeton = new_jeton()
        row = {
            "empreinte": digest(jeton),
            "structure": structure and structure.id,
            "role": role.value,
            "courriel": courriel,
            "nom": nom,
            "expire_le": self._coffre.horloge() + timedelta(days=INVITATION_JOURS),
        }
        with self._coffre.writing() as connexion:
            connexion.execute(delete(INVITATION).where(INVITATION.c.courriel == courriel))
            connexion.execute(insert(INVITATION).values(row))
        return jeton

    def invitation(self, jeton: str) -> Invite:
        """Raises CompteIntrouvable."""
        found = self._alive(INVITATION.c.empreinte == digest(jeton)) if is_jeton(jeton) else []
        if not found:
            raise CompteIntrouvable
        return found[0]

    def invitations(self, structure: Structure | None = None) -> Sequence[Invite]:
        """Those nobody answered yet; of one structure, or all."""
        return self._alive(INVITATION.c.structure == structure.id) if structure else self._alive()

    def join(self, jeton: str, mot_de_passe: str, secret: str, code: str) -> Compte:
        """Answer an invitation with a password and the telephone's first code.

        Raises CompteIntrouvable, MotDePasseFaible, SaisieRefusee.
        """
        invite = self.invitation(jeton)
        check_strength(mot_de_passe, invite.courriel)
        step = totp_step(secret, code, maintenant=self._coffre.horloge(), apres=None)
        if step is None:
            raise SaisieRefusee("Ce code à 6 chiffres n'est pas celui de maintenant. Essayez le suivant.")
        proofs = {
            "mot_de_passe": hash_password(mot_de_passe),
            "totp": self._coffre.seal(secret),
            "totp_pas": step,
        }
        return self._answer(INVITATION.c.empreinte == digest(jeton), proofs)

    def recognise(self, sujet: str, courriel: str | None) -> Compte:
        """The account of someone whom the identity provider knows; bound to them the first time.

        `courriel` is None unless the provider verified it. Raises CompteIntrouvable: no account is made
        for someone who was not invited.
        """
        try:
            return self._one(COMPTE.c.sujet == sujet)
        except CompteIntrouvable:
            if courriel is None:
                raise
        plain = plain_courriel(courriel)
        free = (COMPTE.c.courriel == plain) & COMPTE.c.sujet.is_(None)
        with self._coffre.writing() as connexion:
            bound = connexion.execute(update(COMPTE).where(free).values(sujet=sujet)).rowcount
        if bound:
            return self._one(COMPTE.c.sujet == sujet)
        return self._answer(INVITATION.c.courriel == plain, {"sujet": sujet}, new_only=True)

    def erase_expired(self) -> int:
        """How many invitations were past their day, and are gone."""
        late = INVITATION.c.expire_le <= self._coffre.horloge()
        with self._coffre.writing() as connexion:
            return connexion.execute(delete(INVITATION).where(late)).rowcount

    # --- rows ------------------------------------------------------------------------------------------

    def _one(self, which: ColumnElement[bool]) -> Compte:
        with self._coffre.reading() as connexion:
            row = connexion.execute(_SELECT.where(which)).one_or_none()
        if row is None:
            raise CompteIntrouvable
        return _compte(row)

    def _alive(self, *which: ColumnElement[bool]) -> Sequence[Invite]:
        alive = (INVITATION.c.expire_le > self._coffre.horloge(), *which)
        joined = INVITATION.outerjoin(STRUCTURE, STRUCTURE.c.id == INVITATION.c.structure)
        wanted = select(INVITATION, *_STRUCTURE).select_from(joined).where(*alive).order_by(INVITATION.c.nom)
        with self._coffre.reading() as connexion:
            return [
                Invite(row.courriel, row.nom, Role(row.role), _joined(row), row.expire_le)
                for row in connexion.execute(wanted)
            ]

    def _check_invitable(self, courriel: str, role: Role, structure: Structure | None) -> None:
        if structure and not structure.active:
            raise SaisieRefusee("Cette structure est fermée.")
        try:
            known = self.by_courriel(courriel)
        except CompteIntrouvable:
            return
        if known.role is not role or known.structure != structure:
            raise SaisieRefusee("Ce courriel a déjà un autre compte. Il faut d'abord le supprimer.")
        if not known.actif:
            raise SaisieRefusee("Ce compte est désactivé. Réactivez-le d'abord.")

    def _answer(
        self, which: ColumnElement[bool], proofs: dict[str, Any], *, new_only: bool = False
    ) -> Compte:
        """Use up the invitation: a new account, or new proofs for the one it had."""
        alive = which & (INVITATION.c.expire_le > self._coffre.horloge())
        with self._coffre.writing() as connexion:
            row = connexion.execute(delete(INVITATION).where(alive).returning(*INVITATION.c)).one_or_none()
            if row is None:
                raise CompteIntrouvable
            numero = self._renew(connexion, row.courriel, proofs) if not new_only else None
            if numero is None:
                numero = self._insert(connexion, row, proofs)
        return self.get(numero)

    def _renew(self, connexion: Connection, courriel: str, proofs: dict[str, Any]) -> int | None:
        renewed = update(COMPTE).where(COMPTE.c.courriel == courriel).values(proofs).returning(COMPTE.c.id)
        numero: int | None = connexion.execute(renewed).scalar_one_or_none()
        connexion.execute(delete(SEANCE).where(SEANCE.c.compte == numero))
        return numero

    def _insert(self, connexion: Connection, invite: Row[Any], proofs: dict[str, Any]) -> int:
        row = {
            "ref": new_ref(),
            "structure": invite.structure,
            "role": invite.role,
            "courriel": invite.courriel,
            "nom": invite.nom,
            "actif": True,
            "cree_le": self._coffre.horloge(),
        }
        try:
            made = connexion.execute(insert(COMPTE).values(row | proofs).returning(COMPTE.c.id))
        except IntegrityError:
            # This e-mail is bound to somebody else there.
            raise CompteIntrouvable from None
        return int(made.scalar_one())


_STRUCTURE = [column.label(f"structure_{column.name}") for column in STRUCTURE.c]
_SELECT: Select[Any] = select(COMPTE, *_STRUCTURE).select_from(
    COMPTE.outerjoin(STRUCTURE, STRUCTURE.c.id == COMPTE.c.structure)
)


def _structure(row: Row[Any]) -> Structure:
    return Structure(row.id, row.ref, row.nom, Genre(row.genre), row.active)


def _joined(row: Row[Any]) -> Structure | None:
    if row.structure_id is None:
        return None
    return Structure(
        row.structure_id,
        row.structure_ref,
        row.structure_nom,
        Genre(row.structure_genre),
        row.structure_active,
    )


def _compte(row: Row[Any]) -> Compte:
    return Compte(
        row.id,
        row.ref,
        Role(row.role),
        row.courriel,
        row.nom,
        _joined(row),
        row.actif,
        row.mot_de_passe is not None,
        row.vu_le,
    )


def plain_courriel(ecrit: str) -> str:
    """As it is compared: without case or spaces around."""
    return ecrit.strip().casefold()


def read_courriel(ecrit: str) -> str:
    """Raises SaisieRefusee."""
    courriel = plain_courriel(ecrit)
    if len(courriel) > COURRIEL_MAX or not _COURRIEL.fullmatch(courriel):
        raise SaisieRefusee("Ce courriel n'a pas la forme attendue : prenom.nom@exemple.fr.")
    return courriel


def read_nom(ecrit: str) -> str:
    """Raises SaisieRefusee."""
    nom = " ".join(ecrit.split())
    if not nom or len(nom) > NOM_MAX or not nom.isprintable():
        raise SaisieRefusee(f"Un nom compte de 1 à {NOM_MAX} signes.")
    return nom
