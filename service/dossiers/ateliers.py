"""A group in a room: one code for all, a dossier for each, and a screen that shows nobody.

The dossiers belong to the people: no counsellor sees any of them. The screen shows figures to the nearest
five below, and changes only once five more people have finished: a figure that moves when one person taps
tells who. Nor is a figure that leaves fewer than five out ever shown, since it tells what everyone said. So
nothing but how many have finished is told of a room of five to nine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from service.conseiller import Conseiller
from service.dossiers.codes import digest, is_jeton, new_code, new_jeton, new_ref, read_code
from service.dossiers.coffre import Coffre
from service.dossiers.compteurs import Compteurs, Mesure
from service.dossiers.dossier import Contenu, DossierIntrouvable
from service.dossiers.tables import ATELIER, CLE, DOSSIER
from service.fil import told
from service.profil import Acceptation

PAS = 5
"""No smaller group is ever shown, nor a smaller difference between two looks at the screen."""
DUREE = timedelta(hours=4)
GENRE = "atelier"

Portrait = frozenset[str]
"""What one person adds to the figures: `familles.sante`, `publics.bebes`, `contraintes.nuit`."""


class Publication(BaseModel):
    """What the screen shows, every figure to the nearest five below."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    termine: int = 0
    """People who went as far as their three métiers."""
    nombres: Mapping[str, int] = {}
    """By key of a portrait; one that is absent is not shown, and may be zero."""

    def of(self, genre: str) -> list[tuple[str, int]]:
        """The keys of one kind, without it, the most frequent first."""
        found = [(cle.partition(".")[2], n) for cle, n in self.nombres.items() if cle.startswith(f"{genre}.")]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


class _Carnet(BaseModel):
    """What an open atelier keeps, sealed; nothing of it stays when it is closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    lien: str
    publication: Publication = Publication()


@dataclass(frozen=True)
class Atelier:
    """One group, as its structure sees it."""

    id: int
    ref: str
    structure: int
    cree_le: datetime
    ferme_le: datetime
    """When its code stops, or stopped."""
    code: str | None = field(default=None, repr=False)
    lien: str | None = field(default=None, repr=False)
    """None once it is closed, and the same for the code."""
    publication: Publication = field(default_factory=Publication)
    entres: int = 0
    """People who came in, to the nearest five below."""

    @property
    def ouvert(self) -> bool:
        return self.code is not None


class Ateliers:
    """Every group of the base. All methods raise CoffreInutilisable when it does not answer."""

    def __init__(self, coffre: Coffre, compteurs: Compteurs) -> None:
        self._coffre = coffre
        self._compteurs = compteurs

    def begin(self, structure: int, compte: int) -> str:
        """The ref of a new one, open for four hours."""
        now, carnet = self._coffre.horloge(), _Carnet(code=new_code(), lien=new_jeton())
        row = {"ref": new_ref(), "structure": structure, "compte": compte, "cree_le": now}
        keys = (self._coffre.digest_code(carnet.code), digest(carnet.lien))
        with self._coffre.writing() as connexion:
            made = insert(ATELIER).values(row | {"contenu": self._seal(carnet)}).returning(ATELIER.c.id)
            numero = connexion.execute(made).scalar_one()
            common = {"genre": GENRE, "atelier": numero, "expire_le": now + DUREE}
            connexion.execute(insert(CLE), [common | {"empreinte": key} for key in keys])
        self._compteurs.count(structure, Mesure.ATELIER)
        return str(row["ref"])

    def get(self, ref: str, structure: int) -> Atelier:
        """One of this structure's own. Raises DossierIntrouvable."""
        self.close_past()
        return self._one((ATELIER.c.ref == ref) & (ATELIER.c.structure == structure))

    def opened(self, structure: int) -> Sequence[Atelier]:
        """Those of this structure that people can still join, the newest first."""
        self.close_past()
        mine = select(ATELIER).where(ATELIER.c.structure == structure, ATELIER.c.clos_le.is_(None))
        with self._coffre.reading() as connexion:
            rows = connexion.execute(mine.order_by(ATELIER.c.id.desc())).all()
            return [self._read(connexion, row) for row in rows]

    def find(self, code_ou_lien: str) -> Atelier:
        """The open one that this code or link leads to. Raises DossierIntrouvable or CodeIllisible."""
        is_lien = is_jeton(code_ou_lien)
        key = digest(code_ou_lien) if is_lien else self._coffre.digest_code(read_code(code_ou_lien))
        mine = (CLE.c.empreinte == key) & (CLE.c.genre == GENRE) & (CLE.c.expire_le > self._coffre.horloge())
        return self._one(ATELIER.c.id.in_(select(CLE.c.atelier).where(mine)))

    def close(self, atelier: Atelier) -> None:
        """Its code leads nowhere, its figures are gone; the dossiers stay, and are of no group any more."""
        self._close([atelier.id])

    def close_past(self) -> None:
        """Those whose time is over."""
        now = self._coffre.horloge()
        past = select(ATELIER.c.id).where(ATELIER.c.clos_le.is_(None), ATELIER.c.cree_le <= now - DUREE)
        with self._coffre.reading() as connexion:
            found = connexion.scalars(past).all()
        if found:
            self._close(found)

    def refresh(self, atelier: Atelier, portrait: Callable[[Contenu], Portrait]) -> Atelier:
        """The same, its figures made anew if five more people have finished since."""
        if not atelier.ouvert:
            return atelier
        finished = [contenu for contenu in self._contents(atelier) if contenu.vus]
        if _steps(len(finished)) <= atelier.publication.termine:
            return atelier
        self._publish(atelier, publish([portrait(contenu) for contenu in finished]))
        return self._one(ATELIER.c.id == atelier.id)

    def _close(self, numeros: Sequence[int]) -> None:
        these, now = ATELIER.c.id.in_(numeros), self._coffre.horloge()
        people = select(ATELIER.c.structure, func.count()).join(DOSSIER, DOSSIER.c.atelier == ATELIER.c.id)
        with self._coffre.writing() as connexion:
            came = connexion.execute(people.where(these).group_by(ATELIER.c.structure)).all()
            still_open = update(ATELIER).where(these, ATELIER.c.clos_le.is_(None))
            connexion.execute(still_open.values(clos_le=now, contenu=None))
            connexion.execute(update(DOSSIER).where(DOSSIER.c.atelier.in_(numeros)).values(atelier=None))
            connexion.execute(delete(CLE).where(CLE.c.atelier.in_(numeros)))
        for structure, nombre in came:
            self._compteurs.count(structure, Mesure.PARTICIPANT, nombre=nombre)

    # --- rows ------------------------------------------------------------------------------------------

    def _contents(self, atelier: Atelier) -> list[Contenu]:
        mine = DOSSIER.c.atelier == atelier.id, DOSSIER.c.expire_le > self._coffre.horloge()
        with self._coffre.reading() as connexion:
            sealed = connexion.scalars(select(DOSSIER.c.contenu).where(*mine)).all()
        return [Contenu.model_validate(self._coffre.unseal(contenu)) for contenu in sealed]

    def _publish(self, atelier: Atelier, publication: Publication) -> None:
        """Two screens may get here at once: the first figures of a step are those that stay."""
        same = (ATELIER.c.id == atelier.id) & ATELIER.c.clos_le.is_(None)
        with self._coffre.writing() as connexion:
            kept = connexion.scalar(select(ATELIER.c.contenu).where(same).with_for_update())
            carnet = self._unseal(kept)
            if carnet is None or carnet.publication.termine >= publication.termine:
                return
            sealed = self._seal(carnet.model_copy(update={"publication": publication}))
            connexion.execute(update(ATELIER).where(same).values(contenu=sealed))

    def _one(self, which: Any) -> Atelier:
        with self._coffre.reading() as connexion:
            row = connexion.execute(select(ATELIER).where(which)).one_or_none()
            if row is None:
                raise DossierIntrouvable
            return self._read(connexion, row)

    def _read(self, connexion: Connection, row: Row[Any]) -> Atelier:
        end = row.clos_le or row.cree_le + DUREE
        carnet = self._unseal(row.contenu)
        if carnet is None:
            return Atelier(row.id, row.ref, row.structure, row.cree_le, end)
        alive = (DOSSIER.c.atelier == row.id) & (DOSSIER.c.expire_le > self._coffre.horloge())
        entered = connexion.scalar(select(func.count()).select_from(DOSSIER).where(alive)) or 0
        shown = carnet.code, carnet.lien, carnet.publication, _steps(entered)
        return Atelier(row.id, row.ref, row.structure, row.cree_le, end, *shown)

    def _seal(self, carnet: _Carnet) -> bytes:
        return self._coffre.seal(carnet.model_dump(mode="json"))

    def _unseal(self, sealed: bytes | None) -> _Carnet | None:
        return None if sealed is None else _Carnet.model_validate(self._coffre.unseal(sealed))


def publish(portraits: Sequence[Portrait]) -> Publication:
    """What may be shown of these people: what five at least share, and five at least do not."""
    seen = Counter(cle for portrait in portraits for cle in portrait)
    others = len(portraits) - PAS
    nombres = {cle: _steps(min(nombre, others)) for cle, nombre in seen.items()}
    return Publication(termine=_steps(len(portraits)), nombres={c: n for c, n in nombres.items() if n > 0})


def portray(contenu: Contenu, conseiller: Conseiller) -> Portrait:
    """The familles of the three métiers shown last, the people liked, the constraints refused."""
    profil = told(contenu.conversation, conseiller).complet
    metiers = conseiller.connaissances.metiers
    shown = contenu.vus[-1].metiers if contenu.vus else ()
    familles = {f"familles.{metiers[slug].famille}" for slug in shown if slug in metiers}
    liked = {f"publics.{cle}" for cle, degre in profil.publics.items() if degre > 0}
    refused = {f"contraintes.{c}" for c, reponse in profil.contraintes.items() if reponse is Acceptation.NON}
    return frozenset(familles | liked | refused)


def _steps(nombre: int) -> int:
    return nombre // PAS * PAS
