"""How much a structure works with Cap Soin, without anything of anyone: a day, what is counted, how many.

Nothing is shown but tens, « moins de 10 », « 10 à 19 », of whole months that are over. Exact figures next to
their total give the small ones away, and a figure that grows while one looks tells whom it grew by.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from knowledge.schema import Famille
from service.dossiers.coffre import Coffre, CoffreInutilisable
from service.dossiers.tables import COMPTEUR

PAS = 10
"""No smaller number of people or acts is ever shown, nor a smaller difference."""

logger = logging.getLogger("cap_soin.dossiers")


class Mesure(StrEnum):
    """What is counted; `valeur` says which one for the last two, and is empty for the others."""

    ENTRETIEN = "entretien"
    """Begun by a counsellor."""
    REJOINT = "rejoint"
    """The person came into it."""
    FICHE = "fiche"
    """A sheet printed, or taken as a file."""
    ATELIER = "atelier"
    PARTICIPANT = "participant"
    """Someone came into a group."""
    FAMILLE = "famille"
    """Of the first métier, in a concluded interview."""
    ACHEVEMENT = "achevement"
    """Whether the first three were stable, in a concluded interview."""


VALEURS: dict[Mesure, tuple[str, ...]] = {
    Mesure.FAMILLE: tuple(famille.value for famille in Famille),
    Mesure.ACHEVEMENT: ("stable", "en_cours"),
}
JOURS = "jours"
"""Days on which an interview was begun."""


@dataclass(frozen=True)
class Tranche:
    """A number, to the nearest ten below."""

    au_moins: int

    @classmethod
    def of(cls, nombre: int, pas: int = PAS) -> Tranche:
        return cls(nombre // pas * pas)

    def __str__(self) -> str:
        return f"{self.au_moins} à {self.au_moins + PAS - 1}" if self.au_moins else f"moins de {PAS}"


@dataclass(frozen=True)
class Mois:
    """What may be shown of one month that is over."""

    premier: date
    volumes: Mapping[str, Tranche]
    """By measure, and JOURS."""
    parts: Mapping[Mesure, Mapping[str, Tranche]]

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Measure, value, number: as a spreadsheet shows them."""
        yield from ((mesure, "", str(tranche)) for mesure, tranche in self.volumes.items())
        for mesure, valeurs in self.parts.items():
            yield from ((mesure, valeur, str(tranche)) for valeur, tranche in valeurs.items())


class Compteurs:
    """Every counter of the base."""

    def __init__(self, coffre: Coffre) -> None:
        self._coffre = coffre

    def count(self, structure: int, mesure: Mesure, valeur: str = "", *, nombre: int = 1) -> None:
        """So many more today. What people do goes on uncounted when the base does not answer.

        Raises ValueError for a value out of its closed list: nothing of anyone may get in here.
        """
        if valeur not in VALEURS.get(mesure, ("",)):
            raise ValueError("Cette valeur ne se compte pas.")
        try:
            self._add(structure, mesure, valeur, nombre)
        except CoffreInutilisable:
            logger.warning("Un compteur n'a pas pu être tenu.")

    def months(self, structure: int) -> Sequence[Mois]:
        """Every month that is over and in which something was counted, the newest first.

        Raises CoffreInutilisable.
        """
        by_month: dict[date, _Comptes] = defaultdict(_Comptes)
        for jour, mesure, valeur, nombre in self._rows(structure):
            by_month[jour.replace(day=1)].add(jour, Mesure(mesure), valeur, nombre)
        return [by_month[premier].published(premier) for premier in sorted(by_month, reverse=True)]

    def _rows(self, structure: int) -> Sequence[tuple[date, str, str, int]]:
        c = COMPTEUR.c
        this_month = self._coffre.horloge().date().replace(day=1)
        mine = select(c.jour, c.mesure, c.valeur, c.nombre).where(c.structure == structure)
        with self._coffre.reading() as connexion:
            rows = connexion.execute(mine.where(c.jour < this_month)).all()
        return [(row.jour, row.mesure, row.valeur, row.nombre) for row in rows]

    def _add(self, structure: int, mesure: Mesure, valeur: str, nombre: int) -> None:
        today = self._coffre.horloge().date()
        row = {"structure": structure, "jour": today, "mesure": mesure.value, "valeur": valeur}
        with self._coffre.writing() as connexion:
            insert = sqlite.insert if connexion.dialect.name == "sqlite" else postgresql.insert
            more = insert(COMPTEUR).values(row | {"nombre": nombre})
            connexion.execute(
                more.on_conflict_do_update(
                    index_elements=COMPTEUR.primary_key.columns, set_={"nombre": COMPTEUR.c.nombre + nombre}
                )
            )


class _Comptes:
    """The counts of one month as they are: never shown."""

    def __init__(self) -> None:
        self._totaux: dict[Mesure, int] = defaultdict(int)
        self._valeurs = {mesure: dict.fromkeys(valeurs, 0) for mesure, valeurs in VALEURS.items()}
        self._jours: set[date] = set()

    def add(self, jour: date, mesure: Mesure, valeur: str, nombre: int) -> None:
        self._totaux[mesure] += nombre
        if mesure in self._valeurs:
            self._valeurs[mesure][valeur] += nombre
        if mesure is Mesure.ENTRETIEN:
            self._jours.add(jour)

    def published(self, premier: date) -> Mois:
        whole = [mesure for mesure in Mesure if mesure not in VALEURS]
        volumes = {mesure.value: Tranche.of(self._totaux[mesure]) for mesure in whole}
        parts = {
            mesure: {valeur: Tranche.of(nombre) for valeur, nombre in valeurs.items()}
            for mesure, valeurs in self._valeurs.items()
        }
        return Mois(premier, volumes | {JOURS: Tranche.of(len(self._jours))}, parts)
