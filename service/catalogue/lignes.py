"""From a fiche to the row that keeps it, and back. No SQL here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Final

from sqlalchemy import Integer, RowMapping, String, Table

from service.catalogue.fiches import Contrat, Evenement, Fiche, Formation, Genre, Lieu, Offre, Session
from service.catalogue.reperes import imprint
from service.catalogue.tables import Base

ROME_VERSION = "4.0"
"""Every ROME code kept is of this version: `reparation` maps the older ones."""
ENTIER_MAX = 2**31 - 1
# What a row keeps otherwise than under the name of the field.
_A_PART: Final = frozenset({"lieu", "codes", "sessions"})

TABLES: dict[Genre, Table] = {
    Genre.OFFRE: Base.metadata.tables["offre"],
    Genre.FORMATION: Base.metadata.tables["formation"],
    Genre.EVENEMENT: Base.metadata.tables["evenement"],
}
CLASSES: dict[Genre, type[Fiche]] = {
    Genre.OFFRE: Offre,
    Genre.FORMATION: Formation,
    Genre.EVENEMENT: Evenement,
}
_CHAMPS: dict[Genre, tuple[str, ...]] = {
    genre: tuple(f.name for f in fields(classe) if f.name not in _A_PART) for genre, classe in CLASSES.items()
}


def row_of(genre: Genre, fiche: Fiche, *, identifiant: int, vue: int) -> dict[str, Any]:
    """The row of the table of this genre."""
    row = {nom: getattr(fiche, nom) for nom in _CHAMPS[genre]}
    row |= {
        "id": identifiant,
        "vue": vue,
        "lieu": fiche.lieu.libelle,
        "commune": fiche.lieu.commune,
        "departement": fiche.lieu.departement,
        "latitude": fiche.lieu.latitude,
        "longitude": fiche.lieu.longitude,
        "codes": " ".join(fiche.codes),
        "rome_version": ROME_VERSION,
        "empreinte": imprint(fiche),
    }
    return fit(TABLES[genre], row)


def fiche_of(genre: Genre, row: RowMapping, sessions: Sequence[Session]) -> Fiche:
    """The fiche that this row keeps."""
    named = {nom: row[nom] for nom in _CHAMPS[genre]}
    lieu = Lieu(row["lieu"], row["commune"], row["departement"], row["latitude"], row["longitude"])
    named |= {"lieu": lieu, "codes": tuple(row["codes"].split())}
    if genre is Genre.OFFRE:
        named["contrat"] = Contrat(row["contrat"]) if row["contrat"] else None
    elif genre is Genre.FORMATION:
        named["sessions"] = tuple(sessions)
    return CLASSES[genre](**named)


def fit(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row as every database accepts it: texts no longer than their column and valid UTF-8, integers
    that fit. One absurd value of a feed must not cost a whole batch on PostgreSQL."""
    texts, integers = _limits(table.name)
    for nom, length in texts:
        if value := row[nom]:
            row[nom] = _sound(value)[:length]
    for nom in integers:
        if (number := row[nom]) is not None and abs(number) > ENTIER_MAX:
            row[nom] = None
    return row


@cache
def _limits(table: str) -> tuple[tuple[tuple[str, int | None], ...], tuple[str, ...]]:
    """The columns of text, each with its length, and those of integers that a source fills."""
    columns = Base.metadata.tables[table].columns
    texts = tuple((c.name, c.type.length) for c in columns if isinstance(c.type, String))
    filled = (c.name for c in columns if isinstance(c.type, Integer) and not c.primary_key)
    return texts, tuple(nom for nom in filled if nom != "vue")


def _sound(texte: str) -> str:
    if texte.isascii() and "\0" not in texte:
        return texte
    return texte.replace("\0", "").encode("utf-8", "ignore").decode()
