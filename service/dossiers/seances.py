"""Who is signed in: a secret in a cookie, its digest here, for so long without a request, so long in all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from service.dossiers.codes import digest, is_jeton, new_jeton
from service.dossiers.coffre import Coffre
from service.dossiers.comptes import Compte, CompteIntrouvable, Comptes
from service.dossiers.reglages import ReglagesDossiers
from service.dossiers.tables import COMPTE, SEANCE

# Not a write at each request: a session may end this much too early, never too late.
PRECISION = timedelta(minutes=1)


class SeanceFinie(Exception):
    """Nobody is signed in with this secret, or not any more."""


class Seances:
    """All methods raise CoffreInutilisable when the base does not answer."""

    def __init__(self, coffre: Coffre, reglages: ReglagesDossiers) -> None:
        self._coffre = coffre
        self._comptes = Comptes(coffre)
        self._inactive = timedelta(minutes=reglages.seance_inactive_min)
        self._en_tout = timedelta(hours=reglages.seance_max_h)

    def open(self, compte: Compte) -> str:
        """A new secret, at each sign-in. Raises CompteIntrouvable for an account that is closed by now."""
        if not self._comptes.get(compte.id).ouvert:
            raise CompteIntrouvable
        jeton, now = new_jeton(), self._coffre.horloge()
        with self._coffre.writing() as connexion:
            row = {"empreinte": digest(jeton), "compte": compte.id, "cree_le": now, "vu_le": now}
            connexion.execute(insert(SEANCE).values(row))
            connexion.execute(update(COMPTE).where(COMPTE.c.id == compte.id).values(vu_le=now))
        return jeton

    def get(self, jeton: str) -> Compte:
        """Who is signed in with this secret, from now on seen at this moment. Raises SeanceFinie."""
        if not is_jeton(jeton):
            raise SeanceFinie
        mine, now = SEANCE.c.empreinte == digest(jeton), self._coffre.horloge()
        with self._coffre.reading() as connexion:
            row = connexion.execute(select(SEANCE).where(mine)).one_or_none()
        if row is None or now >= row.vu_le + self._inactive or now >= row.cree_le + self._en_tout:
            raise SeanceFinie
        try:
            compte = self._comptes.get(row.compte)
        except CompteIntrouvable:
            raise SeanceFinie from None
        if not compte.ouvert:
            raise SeanceFinie
        if now - row.vu_le >= PRECISION:
            with self._coffre.writing() as connexion:
                connexion.execute(update(SEANCE).where(mine).values(vu_le=now))
        return compte

    def close(self, jeton: str) -> None:
        with self._coffre.writing() as connexion:
            connexion.execute(delete(SEANCE).where(SEANCE.c.empreinte == digest(jeton)))

    def close_all(self, compte: Compte) -> None:
        """On every device."""
        with self._coffre.writing() as connexion:
            connexion.execute(delete(SEANCE).where(SEANCE.c.compte == compte.id))

    def erase_expired(self) -> int:
        """How many were over, and are gone."""
        now: datetime = self._coffre.horloge()
        over = or_(SEANCE.c.vu_le <= now - self._inactive, SEANCE.c.cree_le <= now - self._en_tout)
        with self._coffre.writing() as connexion:
            return connexion.execute(delete(SEANCE).where(over)).rowcount
