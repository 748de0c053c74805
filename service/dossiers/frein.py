"""How often something may be tried: counted per key and window, without keeping who tried.

Only failures are counted. A classroom behind one address mistypes a code now and then and is never stopped;
someone who tries codes one after the other soon is.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.dossiers.coffre import Coffre
from service.dossiers.tables import ESSAI

FENETRE_S = 15 * 60
"""What is counted is forgotten after two windows."""
PAR_ADRESSE = 60
"""Two failures for each of thirty pupils, in a quarter of an hour."""
PAR_CLE = 5
"""Of one code, one account."""


class TropDEssais(Exception):
    """To be told to the person, with how long to wait; the message is French."""

    def __init__(self) -> None:
        super().__init__("Trop d'essais. Attendez un quart d'heure, ou utilisez le lien.")


class Frein:
    """Tries that failed, counted by all processes together."""

    def __init__(self, coffre: Coffre) -> None:
        self._coffre = coffre

    def check(self, *, adresse: str, cle: str) -> None:
        """Raises TropDEssais once this address, or this key, failed too often lately."""
        limits = {self._digest("adresse", adresse): PAR_ADRESSE, self._digest("cle", cle): PAR_CLE}
        counted = select(ESSAI.c.cle, ESSAI.c.nombre).where(
            ESSAI.c.cle.in_(limits), ESSAI.c.fenetre == self._fenetre()
        )
        with self._coffre.reading() as connexion:
            if any(nombre >= limits[key] for key, nombre in connexion.execute(counted)):
                raise TropDEssais

    def count(self, *, adresse: str, cle: str) -> None:
        """One more failure of both."""
        fenetre = self._fenetre()
        with self._coffre.writing() as connexion:
            connexion.execute(delete(ESSAI).where(ESSAI.c.fenetre < fenetre - 1))
            insert = sqlite.insert if connexion.dialect.name == "sqlite" else postgresql.insert
            for key in (self._digest("adresse", adresse), self._digest("cle", cle)):
                first = insert(ESSAI).values(cle=key, fenetre=fenetre, nombre=1)
                more = first.on_conflict_do_update(
                    index_elements=[ESSAI.c.cle, ESSAI.c.fenetre], set_={"nombre": ESSAI.c.nombre + 1}
                )
                connexion.execute(more)

    def forget(self, *, cle: str) -> None:
        """After a success: the failures of this key no longer count."""
        mine = update(ESSAI).where(ESSAI.c.cle == self._digest("cle", cle)).values(nombre=0)
        with self._coffre.writing() as connexion:
            connexion.execute(mine)

    def forget_past(self) -> None:
        """What is too old to count."""
        with self._coffre.writing() as connexion:
            connexion.execute(delete(ESSAI).where(ESSAI.c.fenetre < self._fenetre() - 1))

    def _fenetre(self) -> int:
        return int(_seconds(self._coffre.horloge())) // FENETRE_S

    def _digest(self, genre: str, valeur: str) -> str:
        return self._coffre.digest_code(f"{genre}:{valeur}")


def _seconds(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()
