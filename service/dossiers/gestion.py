"""What one account may do to others: a « responsable » in one structure, an « admin » in all, others nothing.

What is not theirs does not exist for them: CompteIntrouvable, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.dossiers.comptes import (
    Compte,
    CompteIntrouvable,
    Comptes,
    Genre,
    Invite,
    Role,
    SaisieRefusee,
    Structure,
)


class Gestion:
    """Raises CompteIntrouvable, also when made for someone who manages nothing."""

    def __init__(self, comptes: Comptes, auteur: Compte) -> None:
        if auteur.role not in (Role.RESPONSABLE, Role.ADMIN):
            raise CompteIntrouvable
        self._comptes = comptes
        self._auteur = auteur

    @property
    def tout(self) -> bool:
        """Whether it is the whole service."""
        return self._auteur.role is Role.ADMIN

    @property
    def roles(self) -> tuple[Role, ...]:
        """Those that may be given."""
        return tuple(Role) if self.tout else (Role.CONSEIL, Role.RESPONSABLE)

    def structures(self) -> Sequence[Structure]:
        own = self._auteur.structure
        return self._comptes.structures() if self.tout else [own] if own else []

    def comptes(self) -> Sequence[Compte]:
        return self._comptes.comptes(None if self.tout else self._own())

    def invitations(self) -> Sequence[Invite]:
        return self._comptes.invitations(None if self.tout else self._own())

    def invite(self, courriel: str, nom: str, role: Role, structure: str) -> str:
        """The secret of the link. `structure` is a ref, empty for an admin. Raises SaisieRefusee."""
        if role not in self.roles:
            raise CompteIntrouvable
        where = self._own() if not self.tout else self._comptes.structure(structure) if structure else None
        return self._comptes.invite(courriel, nom, role, where)

    def set_active(self, ref: str, *, actif: bool) -> None:
        """Raises SaisieRefusee for one's own account: somebody must be left who can undo it."""
        self._comptes.set_active(self._other(ref), actif=actif)

    def delete(self, ref: str) -> None:
        """Raises SaisieRefusee for one's own account."""
        self._comptes.delete(self._other(ref))

    def add_structure(self, nom: str, genre: Genre) -> Structure:
        """Raises SaisieRefusee."""
        if not self.tout:
            raise CompteIntrouvable
        return self._comptes.add_structure(nom, genre)

    def set_structure_active(self, ref: str, *, active: bool) -> None:
        if not self.tout:
            raise CompteIntrouvable
        self._comptes.set_structure_active(self._comptes.structure(ref), active=active)

    def _own(self) -> Structure:
        if self._auteur.structure is None:
            raise CompteIntrouvable
        return self._auteur.structure

    def _other(self, ref: str) -> Compte:
        compte = self._comptes.by_ref(ref)
        if not self.tout and (compte.structure is None or compte.structure.id != self._own().id):
            raise CompteIntrouvable
        if compte.id == self._auteur.id:
            raise SaisieRefusee("Votre propre compte se gère par quelqu'un d'autre.")
        return compte
