"""The base of dossiers and accounts: opened, sealed, written by one at a time, and really emptied.

A write is one transaction. On SQLite it begins by taking the lock, so that two never read before one writes;
on PostgreSQL the row is locked by who reads it to change it (`for_update`). Readers never stay: a reader that
stays keeps what was erased in the log (-wal).
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from service.catalogue.magasin import with_options
from service.dossiers.codes import drawn_code, drawn_jeton, keyed_digest
from service.dossiers.migrations import migrate
from service.dossiers.reglages import ReglagesDossiers
from service.dossiers.tables import METADATA, VERSION

OCCUPE_MS = 5_000
# An erasure must be real within five seconds.
EFFACEMENT_S = 4.0
PAUSE_S = 0.05
LECTURE = "cap_soin_lecture"
TABLE_VERSION = "alembic_version_dossiers"

logger = logging.getLogger("cap_soin.dossiers")


class CoffreInutilisable(Exception):
    """The base does not answer, or is not ours; the message is French, and holds nothing of anyone."""


def utc_now() -> datetime:
    """UTC, without a zone: as it is stored."""
    return datetime.now(UTC).replace(tzinfo=None)


class Coffre:
    """Shared by threads. `horloge` gives UTC moments without a zone."""

    def __init__(self, adresse: str, secret: bytes, *, horloge: Callable[[], datetime] = utc_now) -> None:
        self.horloge = horloge
        self._url = make_url(adresse)
        self._cle_codes = hashlib.sha256(b"codes:" + secret).digest()
        self._sceau = Fernet(urlsafe_b64encode(hashlib.sha256(b"contenus:" + secret).digest()))
        try:
            self._moteur = _engine(adresse)
        except ModuleNotFoundError as erreur:
            raise CoffreInutilisable("PostgreSQL demande : pip install '.[postgresql]'") from erreur
        # Each statement by itself: a reader holds back neither an erasure nor a vacuum.
        self._lecture = {LECTURE: True} if self.fichier else {"isolation_level": "AUTOCOMMIT"}

    @classmethod
    def open(cls, reglages: ReglagesDossiers, *, horloge: Callable[[], datetime] = utc_now) -> Coffre:
        """The base made ready: its folder, its tables, its version. Raises CoffreInutilisable."""
        try:
            coffre = cls(reglages.base, reglages.read_secret(), horloge=horloge)
        except (ValueError, OSError) as erreur:
            raise CoffreInutilisable(str(erreur)) from erreur
        coffre.prepare()
        return coffre

    @property
    def fichier(self) -> Path | None:
        """The SQLite file, None for a server."""
        is_file = self._url.get_backend_name() == "sqlite"
        return Path(self._url.database) if is_file and self._url.database else None

    def prepare(self) -> None:
        """Make the tables, or bring them to this version; nothing is lost. Raises CoffreInutilisable."""
        if self.fichier:
            self.fichier.parent.mkdir(parents=True, exist_ok=True)
        with self.writing() as connexion:
            migrate(connexion)
        with self.reading() as connexion:
            version = connexion.scalar(text(f"SELECT version_num FROM {TABLE_VERSION}"))  # noqa: S608
            known = set(inspect(connexion).get_table_names())
        if version != VERSION or not set(METADATA.tables) <= known:
            raise CoffreInutilisable("La base des dossiers est d'une autre version que ce programme.")

    def close(self) -> None:
        self._moteur.dispose()

    # --- reading and writing ---------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Raises CoffreInutilisable, whatever the database complains of."""
        try:
            with self._moteur.connect().execution_options(**self._lecture) as connexion:
                yield connexion
        except SQLAlchemyError as erreur:
            raise _unusable(erreur) from None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, on the disk when it ends. Raises CoffreInutilisable."""
        try:
            with self._moteur.begin() as connexion:
                yield connexion
        except SQLAlchemyError as erreur:
            raise _unusable(erreur) from None

    def purge(self) -> None:
        """After a deletion: what was deleted leaves the file and its log too, within five seconds.

        On PostgreSQL the rows are vacuumed; its own log and backups hold sealed contents until they rotate.
        """
        if self.fichier is None:
            self._vacuum()
            return
        deadline = time.monotonic() + EFFACEMENT_S
        while self._checkpoint_is_busy():
            if time.monotonic() > deadline:
                raise CoffreInutilisable("L'effacement n'a pas pu être terminé : la base est occupée.")
            time.sleep(PAUSE_S)

    def _checkpoint_is_busy(self) -> bool:
        with self.reading() as connexion:
            return bool(connexion.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0])

    def _vacuum(self) -> None:
        with self.reading() as connexion:
            for table in METADATA.tables:
                connexion.execute(text(f"VACUUM {table}"))

    # --- sealing ---------------------------------------------------------------------------------------

    def seal(self, contenu: object) -> bytes:
        """JSON that only this secret opens."""
        return self._sceau.encrypt(json.dumps(contenu, ensure_ascii=False, separators=(",", ":")).encode())

    def unseal(self, scelle: bytes) -> Any:
        """What was sealed. Raises CoffreInutilisable when it was with another secret."""
        try:
            return json.loads(self._sceau.decrypt(bytes(scelle)))
        except InvalidToken:
            raise CoffreInutilisable("Le secret n'est pas celui de ces dossiers.") from None

    def digest_code(self, texte: str) -> str:
        """How a short code, or an address, is stored."""
        return keyed_digest(texte, self._cle_codes)

    def draw_code(self, graine: str) -> str:
        """The short code of a form's seed."""
        return drawn_code(graine, self._cle_codes)

    def draw_jeton(self, usage: str, graine: str) -> str:
        """The long secret of a form's seed, for this usage."""
        return drawn_jeton(usage, graine, self._cle_codes)


def _unusable(erreur: SQLAlchemyError) -> CoffreInutilisable:
    # The message of the database may hold values; the name of its complaint does not.
    logger.error("La base des dossiers ne répond pas : %s", type(erreur).__name__)
    busy = isinstance(erreur, OperationalError) and "locked" in str(erreur.orig)
    return CoffreInutilisable(
        "La base des dossiers est occupée." if busy else "La base des dossiers ne répond pas."
    )


def _engine(adresse: str) -> Engine:
    if make_url(adresse).get_backend_name() != "sqlite":
        return create_engine(
            with_options(adresse, "-c statement_timeout=5000"),
            pool_pre_ping=True,
            connect_args={"connect_timeout": 2},
            hide_parameters=True,
        )
    engine = create_engine(adresse, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connexion: Any, _record: object) -> None:
    # SQLAlchemy's recipe: sqlite3 must not begin transactions by itself.
    connexion.isolation_level = None
    connexion.execute(f"PRAGMA busy_timeout={OCCUPE_MS}")
    connexion.execute("PRAGMA journal_mode=WAL")
    connexion.execute("PRAGMA synchronous=FULL")
    connexion.execute("PRAGMA secure_delete=ON")
    connexion.execute("PRAGMA foreign_keys=ON")
    # Nothing of anyone in a temporary file.
    connexion.execute("PRAGMA temp_store=MEMORY")


def _begin(connexion: Connection) -> None:
    if not connexion.get_execution_options().get(LECTURE):
        connexion.exec_driver_sql("BEGIN IMMEDIATE")
