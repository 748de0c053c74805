"""What a search asks of the database, written once: SQLAlchemy compiles each statement the first time only.

The values that change are named in the statements and given by `values_of`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, Table, bindparam, func, literal, select, union_all

from service.catalogue.fiches import Genre
from service.catalogue.lignes import TABLES
from service.catalogue.recherche import Filtres
from service.catalogue.reperes import PARTOUT, one_of, required, sector_of_departement
from service.catalogue.tables import Base
from service.geographie import Commune, frame, zone

REPERE: Table = Base.metadata.tables["repere"]
SESSION: Table = Base.metadata.tables["session"]

# Numbers that stand for nothing: a column without NULL is read ten times faster.
SANS_LIEU, SANS_DEBUT = 999.0, 0

_r, _s = REPERE.c, SESSION.c
_tous, _un = bindparam("tous", type_=Integer), bindparam("un", type_=Integer)
_WANTED = (
    _r.genre == bindparam("genre"),
    _r.code.in_(bindparam("codes", expanding=True)),
    _r.fin >= bindparam("jour"),
    _r.doublon.is_(False),
    _r.traits.bitwise_and(_tous) == _tous,
    (_un == 0) | (_r.traits.bitwise_and(_un) != 0),
    _r.debut.is_(None) | (_r.debut >= bindparam("apres")),
)

_DEBUT = func.coalesce(_r.debut, SANS_DEBUT)
AROUND = union_all(
    select(_r.fiche, _r.latitude, _r.longitude, _r.fraicheur, _DEBUT).where(
        *_WANTED,
        _r.secteur == bindparam("zone"),
        _r.latitude.between(bindparam("sud"), bindparam("nord")),
        _r.longitude.between(bindparam("ouest"), bindparam("est")),
    ),
    select(_r.fiche, literal(SANS_LIEU), literal(SANS_LIEU), _r.fraicheur, _DEBUT).where(
        *_WANTED, _r.secteur.in_([bindparam("departement"), PARTOUT])
    ),
)
"""Columns of Candidats: in a frame, then what has no nearer place than a département."""

NEWEST = (
    select(_r.fiche)
    .where(*_WANTED)
    .group_by(_r.fiche)
    .order_by(func.max(_r.fraicheur).desc(), _r.fiche)
    .offset(bindparam("debut", type_=Integer))
    .limit(bindparam("limite", type_=Integer))
)
COUNT = select(func.count(func.distinct(_r.fiche))).where(*_WANTED)

FETCH: dict[Genre, Select[Any]] = {
    genre: select(table).where(table.c.id.in_(bindparam("identifiants", expanding=True)))
    for genre, table in TABLES.items()
}
SESSIONS = (
    select(_s.formation, _s.debut, _s.fin, _s.ouverte)
    .where(_s.formation.in_(bindparam("identifiants", expanding=True)))
    .order_by(_s.formation, _s.rang)
)


def values_of(genre: Genre, codes: Collection[str], filtres: Filtres, jour: date) -> dict[str, object]:
    """Of the conditions that every search has."""
    after = filtres.a_partir_du
    return {
        "genre": genre.value,
        "codes": sorted(codes),
        "jour": jour.toordinal(),
        "tous": int(required(filtres)),
        "un": int(one_of(filtres)),
        "apres": after.toordinal() if after else 0,
    }


def values_around(commune: Commune, rayon_km: float) -> dict[str, object]:
    """Of AROUND, besides those."""
    sud, nord, ouest, est = frame(commune, rayon_km)
    return {
        "zone": zone(commune.departement),
        "departement": sector_of_departement(commune.departement),
        "sud": sud,
        "nord": nord,
        "ouest": ouest,
        "est": est,
    }
