"""Where the catalogue is kept: SQLite by default, PostgreSQL by its address; one writer, many readers.

Everything that speaks SQL is here and in `tables`. A batch is one transaction: what a killed import
leaves behind is whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import (
    URL,
    Connection,
    CursorResult,
    Engine,
    Row,
    Select,
    Table,
    case,
    create_engine,
    delete,
    event,
    exists,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.sql import ColumnElement

from service.catalogue.classement import Candidats
from service.catalogue.fiches import Enregistrement, Fiche, Genre, Session
from service.catalogue.lignes import TABLES, fiche_of, fit, row_of
from service.catalogue.recherche import CatalogueInutilisable, Filtres
from service.catalogue.reperes import (
    PREFERENCE,
    genre_of,
    rank_of,
    repere_of,
)
from service.catalogue.requetes import (
    AROUND,
    COUNT,
    FETCH,
    NEWEST,
    REPERE,
    SANS_DEBUT,
    SANS_LIEU,
    SESSION,
    SESSIONS,
    values_around,
    values_of,
)
from service.catalogue.tables import VERSION, Base
from service.geographie import Commune

OCCUPE_MS = 5_000
# Enough for the pages an import keeps coming back to.
CACHE_KO = 65_536
# Readers map the file instead of copying its pages.
CARTE_OCTETS = 1 << 30
# A statement with more values than this is refused by some SQLite builds.
VALEURS_MAX = 900

ENREGISTREMENT: Table = Base.metadata.tables["enregistrement"]
IMPORTATION: Table = Base.metadata.tables["importation"]


class Magasin:
    """The stored catalogue."""

    def __init__(self, adresse: str) -> None:
        """Nothing is opened yet. Raises CatalogueInutilisable for an address of no database we speak to."""
        self._url = _parse(adresse)
        try:
            self._lecture = _reading_engine(self.adresse)
        except ModuleNotFoundError as erreur:
            raise CatalogueInutilisable("PostgreSQL demande : pip install '.[postgresql]'") from erreur

    @property
    def adresse(self) -> str:
        """With its password: for our own eyes."""
        return self._url.render_as_string(hide_password=False)

    @property
    def fichier(self) -> Path | None:
        """The SQLite file, None for a server."""
        return Path(self._url.database) if self._url.database and self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def check(self) -> None:
        """Raises CatalogueInutilisable unless the tables are those of this version."""
        if self.fichier and not self.fichier.is_file():
            raise CatalogueInutilisable("Aucun catalogue n'a encore été importé.")
        with self._reading() as connexion:
            if not inspect(connexion).has_table("alembic_version"):
                raise CatalogueInutilisable("Cette base n'est pas un catalogue de Cap Soin.")
            version = connexion.scalar(text("SELECT version_num FROM alembic_version"))
        if version != VERSION:
            raise CatalogueInutilisable(
                "Ce catalogue est d'une autre version. À lancer : python -m service.catalogue migrer"
            )

    def close(self) -> None:
        self._lecture.dispose()
        if "_ecriture" in self.__dict__:
            self._ecriture.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Raises CatalogueInutilisable, whatever the database complains of."""
        try:
            with self._lecture.connect() as connexion:
                yield connexion
        except SQLAlchemyError as erreur:
            raise CatalogueInutilisable("Le catalogue ne répond pas.") from erreur

    # --- reading ---------------------------------------------------------------------------------------

    def around(
        self,
        genre: Genre,
        codes: Collection[str],
        commune: Commune,
        rayon_km: float,
        filtres: Filtres,
        jour: date,
    ) -> Candidats:
        """Every fiche of these codes that passes the filters, each once: those in a frame around the
        commune, and those whose département alone is known, or that are anywhere."""
        values = values_of(genre, codes, filtres, jour) | values_around(commune, rayon_km)
        with self._reading() as connexion:
            return _columns(connexion.execute(AROUND, values))

    def newest(
        self, genre: Genre, codes: Collection[str], filtres: Filtres, jour: date, *, debut: int, limite: int
    ) -> tuple[list[int], int]:
        """Wherever they are: `limite` fiches from the `debut`-th newest, and how many there are."""
        values = values_of(genre, codes, filtres, jour)
        with self._reading() as connexion:
            page = connexion.scalars(NEWEST, values | {"debut": debut, "limite": limite})
            return list(page), connexion.scalar(COUNT, values) or 0

    def fetch(self, genre: Genre, identifiants: Sequence[int]) -> dict[int, Fiche]:
        """The fiches of these identifiers, in this order; one removed meanwhile is left out."""
        values = {"identifiants": list(identifiants)}
        with self._reading() as connexion:
            rows = {row["id"]: row for row in connexion.execute(FETCH[genre], values).mappings()}
            sessions: dict[int, list[Session]] = {}
            for formation, *session in (
                connexion.execute(SESSIONS, values) if genre is Genre.FORMATION else ()
            ):
                sessions.setdefault(formation, []).append(Session(*session))
        return {i: fiche_of(genre, rows[i], sessions.get(i, ())) for i in identifiants if i in rows}

    def texts(self, genre: Genre, lot: int) -> Iterator[list[tuple[int, str, str]]]:
        """(identifier, title, text) of every fiche, by batches of `lot`, identifiers growing."""
        table = TABLES[genre]
        last = 0
        with self._reading() as connexion:
            chosen = select(table.c.id, table.c.titre, table.c.texte).order_by(table.c.id).limit(lot)
            while rows := connexion.execute(chosen.where(table.c.id > last)).all():
                yield [(row.id, row.titre, row.texte) for row in rows]
                last = rows[-1].id

    def counts(self) -> dict[str, dict[str, int]]:
        """Genre → source → how many fiches."""
        with self._reading() as connexion:
            return {
                genre.value: dict(
                    connexion.execute(
                        select(table.c.source, func.count()).group_by(table.c.source).order_by(table.c.source)
                    ).all()
                )
                for genre, table in TABLES.items()
            }

    def read_on(self) -> dict[str, date]:
        """Source → the day it was last read to its end."""
        i = IMPORTATION.c
        last = select(i.source, func.max(i.fin)).where(i.etat == "terminee").group_by(i.source)
        with self._reading() as connexion:
            return {source: fin.date() for source, fin in connexion.execute(last)}

    def readings(self) -> Sequence[Row[Any]]:
        """The last reading of each source, with the columns of `importation`."""
        i = IMPORTATION.c
        last = select(func.max(i.id)).group_by(i.source)
        with self._reading() as connexion:
            return connexion.execute(select(IMPORTATION).where(i.id.in_(last)).order_by(i.source)).all()

    def register(self) -> list[Enregistrement]:
        """All that was imported of the RNCP."""
        e = ENREGISTREMENT.c
        with self._reading() as connexion:
            rows = connexion.execute(select(e.numero, e.intitule, e.fin, e.actif, e.successeurs)).all()
        return [Enregistrement(n, i, fin, actif, tuple(s)) for n, i, fin, actif, s in rows]

    # --- writing ---------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, alone to write; nothing of it stays when it is cut."""
        with self._ecriture.begin() as connexion:
            if not self.is_sqlite:
                connexion.execute(text("LOCK TABLE importation IN EXCLUSIVE MODE"))
            yield connexion

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """One transaction to make the tables, or to change them. Raises CatalogueInutilisable."""
        try:
            with self._ecriture.begin() as connexion:
                yield connexion
        except OperationalError as erreur:
            raise CatalogueInutilisable(
                "La base du catalogue ne répond pas : vérifiez DATABASE_URL."
            ) from erreur

    @cached_property
    def _ecriture(self) -> Engine:
        return _writing_engine(self.adresse)

    def put(self, connexion: Connection, fiches: Sequence[Fiche], vue: int) -> None:
        """Add or replace; the last of two with the same key counts."""
        for genre in Genre:
            latest = {(f.source, f.cle): f for f in fiches if genre_of(f) is genre}
            if latest:
                _put(connexion, genre, latest, vue)

    def put_register(self, connexion: Connection, register: Sequence[Enregistrement], vue: int) -> None:
        latest = {e.numero: e for e in register}
        for part in _parts(list(latest)):
            connexion.execute(delete(ENREGISTREMENT).where(ENREGISTREMENT.c.numero.in_(part)))
        rows = [asdict(e) | {"successeurs": list(e.successeurs), "vue": vue} for e in latest.values()]
        if rows:
            connexion.execute(insert(ENREGISTREMENT), [fit(ENREGISTREMENT, row) for row in rows])

    def unseen(self, connexion: Connection, source: str, vue: int) -> dict[Genre, list[int]]:
        """The fiches of a source that this reading has not seen."""
        return {
            genre: list(connexion.scalars(select(t.c.id).where(t.c.source == source, t.c.vue != vue)))
            for genre, t in TABLES.items()
        }

    def held(self, connexion: Connection, genre: Genre, source: str) -> int:
        """How many fiches of a source there are."""
        table = TABLES[genre]
        return connexion.scalar(select(func.count()).where(table.c.source == source)) or 0

    def remove(self, connexion: Connection, genre: Genre, identifiants: Sequence[int]) -> None:
        for part in _parts(identifiants):
            _remove(connexion, genre, part)

    def mark_duplicates(self, connexion: Connection) -> None:
        """What a source we prefer publishes too is no longer found; what it no longer publishes is again."""
        for genre in (Genre.OFFRE, Genre.FORMATION):
            mine = REPERE.c.genre == genre.value
            connexion.execute(update(REPERE).where(mine, REPERE.c.doublon).values(doublon=False))
            doubles = _duplicates(genre)
            connexion.execute(update(REPERE).where(mine, REPERE.c.fiche.in_(doubles)).values(doublon=True))


def _parse(adresse: str) -> URL:
    """Hosts write `postgres://`; the driver is ours to choose."""
    try:
        url = make_url(adresse)
    except ArgumentError:
        url = URL.create("")
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise CatalogueInutilisable("DATABASE_URL doit commencer par sqlite:/// ou postgresql://")
    return url


def _reading_engine(adresse: str) -> Engine:
    """Each statement by itself: a reader never holds back the writer's checkpoint."""
    # A server may have closed a connection meanwhile; a file has not.
    is_file = make_url(adresse).get_backend_name() == "sqlite"
    # Someone waits for the page: a server that hangs is down.
    engine = create_engine(
        adresse if is_file else with_options(adresse, "-c statement_timeout=2000"),
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=not is_file,
        connect_args={} if is_file else {"connect_timeout": 2},
    )
    if is_file:
        event.listen(engine, "connect", _prepare_reader)
    return engine


def with_options(adresse: str, options: str) -> URL:
    """A PostgreSQL address with these options added to those it gives itself."""
    url = make_url(adresse)
    own = url.query.get("options", "")
    return url.update_query_dict({"options": f"{own} {options}".strip()})


def _prepare_reader(connexion: Any, _record: object) -> None:
    connexion.execute(f"PRAGMA busy_timeout={OCCUPE_MS}")
    connexion.execute(f"PRAGMA mmap_size={CARTE_OCTETS}")
    connexion.execute("PRAGMA query_only=ON")


def _writing_engine(adresse: str) -> Engine:
    engine = create_engine(adresse)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_writer)
        event.listen(engine, "begin", lambda connexion: connexion.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare_writer(connexion: Any, _record: object) -> None:
    # SQLAlchemy's recipe: sqlite3 must not begin transactions by itself.
    connexion.isolation_level = None
    connexion.execute(f"PRAGMA busy_timeout={OCCUPE_MS}")
    connexion.execute("PRAGMA journal_mode=WAL")
    connexion.execute("PRAGMA synchronous=FULL")
    connexion.execute("PRAGMA foreign_keys=ON")
    connexion.execute(f"PRAGMA cache_size=-{CACHE_KO}")


def _columns(result: CursorResult[Any]) -> Candidats:
    """A fiche of two codes comes twice and is kept once. There may be thousands: they are taken as the
    driver gives them, without SQLAlchemy making something of each."""
    with result:
        rows = result.cursor.fetchall() if result.cursor else []
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 5)
    _, first = np.unique(table[:, 0], return_index=True)
    fiches, latitudes, longitudes, fraicheurs, debuts = table[first].T
    return Candidats(
        fiches.astype(np.int64),
        np.where(latitudes == SANS_LIEU, np.nan, latitudes),
        np.where(longitudes == SANS_LIEU, np.nan, longitudes),
        fraicheurs,
        np.where(debuts == SANS_DEBUT, np.nan, debuts),
    )


def _put(connexion: Connection, genre: Genre, fiches: Mapping[tuple[str, str], Fiche], vue: int) -> None:
    table = TABLES[genre]
    known = _known(connexion, table, list(fiches))
    # The writer is alone: the next number is nobody else's.
    following = (connexion.scalar(select(func.max(table.c.id))) or 0) + 1
    for part in _parts(list(known.values())):
        _remove(connexion, genre, part)
    numbered = []
    for key, fiche in fiches.items():
        identifiant = known.get(key)
        if identifiant is None:
            identifiant, following = following, following + 1
        numbered.append((identifiant, fiche))
    connexion.execute(insert(table), [row_of(genre, f, identifiant=i, vue=vue) for i, f in numbered])
    if reperes := [row for i, f in numbered for row in _repere_rows(genre, i, f)]:
        connexion.execute(insert(REPERE), reperes)
    if sessions := [row for i, f in numbered for row in _session_rows(i, f)]:
        connexion.execute(insert(SESSION), sessions)


def _known(
    connexion: Connection, table: Table, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    known: dict[tuple[str, str], int] = {}
    for source in {source for source, _ in keys}:
        for part in _parts([cle for s, cle in keys if s == source]):
            mine = select(table.c.cle, table.c.id).where(table.c.source == source, table.c.cle.in_(part))
            known |= {(source, cle): identifiant for cle, identifiant in connexion.execute(mine)}
    return known


def _repere_rows(genre: Genre, identifiant: int, fiche: Fiche) -> Iterator[dict[str, Any]]:
    repere = repere_of(fiche)
    if repere is None:
        return
    common = {
        "genre": genre.value,
        "secteur": repere.secteur,
        "latitude": repere.latitude,
        "longitude": repere.longitude,
        "fiche": identifiant,
        "fraicheur": repere.fraicheur,
        "debut": repere.debut,
        "fin": repere.fin,
        "traits": repere.traits,
        "doublon": False,
    }
    yield from ({**common, "code": code} for code in dict.fromkeys(fiche.codes))


def _session_rows(identifiant: int, fiche: Fiche) -> Iterator[dict[str, Any]]:
    for rang, session in enumerate(getattr(fiche, "sessions", ())):
        yield {
            "formation": identifiant,
            "rang": rang,
            "debut": session.debut,
            "fin": session.fin,
            "ouverte": session.ouverte,
        }


def _remove(connexion: Connection, genre: Genre, identifiants: Sequence[int]) -> None:
    r = REPERE.c
    connexion.execute(delete(REPERE).where(r.genre == genre.value, r.fiche.in_(identifiants)))
    if genre is Genre.FORMATION:
        connexion.execute(delete(SESSION).where(SESSION.c.formation.in_(identifiants)))
    connexion.execute(delete(TABLES[genre]).where(TABLES[genre].c.id.in_(identifiants)))


def _duplicates(genre: Genre) -> Select[tuple[int]]:
    """The fiches that another source, one we prefer, publishes too."""
    table, autre = TABLES[genre], TABLES[genre].alias()
    same = autre.c.empreinte == table.c.empreinte
    if genre is Genre.OFFRE:
        same |= (autre.c.source == PREFERENCE[0]) & (autre.c.cle == table.c.reference)
    preferred = _preference(autre.c.source) < _preference(table.c.source)
    return select(table.c.id).where(table.c.source != PREFERENCE[0], exists().where(same, preferred))


def _preference(source: ColumnElement[str]) -> ColumnElement[int]:
    return case({nom: rank_of(nom) for nom in PREFERENCE}, value=source, else_=len(PREFERENCE))


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[i : i + VALEURS_MAX] for i in range(0, len(values), VALEURS_MAX))
