"""What the form « Où en êtes-vous ? » sends, checked; what was typed is shown again whatever it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from typing import TypeVar

from pydantic import BaseModel

from knowledge.loading import Connaissances
from knowledge.schema import Niveau
from service.financement import Statut
from service.position import Position
from service.profil import EtudesMax, Voix
from web.routes.envoi import INCONNU

E = TypeVar("E", bound=StrEnum)

AGE_MIN, AGE_MAX = 14, 75
ANNEES_MAX = 60
EXERCES_MAX = 3
"""Rows for métiers practised: as many as the page shows at once."""
REFUS: Mapping[str, tuple[str, str]] = {
    "age": (
        f"Écris ton âge en chiffres, de {AGE_MIN} à {AGE_MAX} ans.",
        f"Écrivez votre âge en chiffres, de {AGE_MIN} à {AGE_MAX} ans.",
    ),
    "annees": (
        f"Écris un nombre d'années, de 0 à {ANNEES_MAX}. Exemple : 2 ou 1,5.",
        f"Écrivez un nombre d'années, de 0 à {ANNEES_MAX}. Exemple : 2 ou 1,5.",
    ),
    "exerce": ("Choisis le métier de ces années.", "Choisissez le métier de ces années."),
}
_ENTIER = re.compile(r"(\d{1,3})(?: ?ans)?")
_NOMBRE = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)(?: ?ans?)?")


@dataclass(frozen=True)
class Ligne:
    """A métier practised, as the form shows it."""

    metier: str = ""
    annees: str = ""


class PositionSaisie(BaseModel):
    """The fields of the form, all text; an absent field is empty."""

    etat: str = ""
    repondu: str = ""
    """Sent by the form itself: what is empty there was left empty."""
    age: str = ""
    niveau: str = ""
    diplomes: list[str] = []
    exerce: list[str] = []
    annees: list[str] = []
    etudes_max: str = ""
    revenu: str = ""
    statut: str = ""

    @property
    def lignes(self) -> list[Ligne]:
        """The rows filled, and an empty one while there is room."""
        rows = [Ligne(m, a) for m, a in zip_longest(self.exerce, self.annees, fillvalue="") if m or a]
        return [*rows[:EXERCES_MAX], Ligne()][:EXERCES_MAX]

    @classmethod
    def of(cls, position: Position, etat: str) -> PositionSaisie:
        """The form filled with what is known already."""
        return cls(
            etat=etat,
            age=str(position.age or ""),
            niveau=position.niveau or "",
            diplomes=sorted(position.acquis),
            exerce=[slug for slug, _ in position.exerces],
            annees=[_written(annees) for _, annees in position.exerces],
            etudes_max=position.etudes_max or "",
            revenu="1" if position.revenu else "",
            statut=position.statut or "",
        )

    def read(self, connaissances: Connaissances, voix: Voix) -> tuple[Position, dict[str, str]]:
        """Where the person stands as far as it can be read, and by field a sentence on what cannot."""
        lecture = _Lecture(voix)
        position = Position(
            age=lecture.age(self.age),
            niveau=lecture.one_of(Niveau, "niveau", self.niveau),
            acquis=frozenset(lecture.known("diplomes", self.diplomes, connaissances.certifications)),
            exerces=lecture.jobs(self.lignes, connaissances.metiers),
            etudes_max=lecture.one_of(EtudesMax, "etudes_max", self.etudes_max),
            revenu=True if self.revenu else None,
            statut=lecture.one_of(Statut, "statut", self.statut),
        )
        return position, lecture.erreurs

    def over(self, position: Position, voix: Voix) -> tuple[Position, dict[str, str]]:
        """That position, with the age and the level of this form: the short one of the ladder."""
        lecture = _Lecture(voix)
        changed = replace(
            position, age=lecture.age(self.age), niveau=lecture.one_of(Niveau, "niveau", self.niveau)
        )
        return changed, lecture.erreurs


class _Lecture:
    """Reads one field after another; the refusals of all of them are shown together."""

    def __init__(self, voix: Voix) -> None:
        self.erreurs: dict[str, str] = {}
        self._rang = 0 if voix == "tu" else 1

    def age(self, texte: str) -> int | None:
        typed = _squeezed(texte)
        found = _ENTIER.fullmatch(typed)
        if found and AGE_MIN <= int(found[1]) <= AGE_MAX:
            return int(found[1])
        if typed:
            self.erreurs["age"] = REFUS["age"][self._rang]
        return None

    def one_of(self, kind: type[E], champ: str, texte: str) -> E | None:
        if not texte:
            return None
        try:
            return kind(texte)
        except ValueError:
            self.erreurs[champ] = INCONNU
            return None

    def known(self, champ: str, cles: Iterable[str], connues: Mapping[str, object]) -> list[str]:
        asked = list(cles)
        kept = [cle for cle in asked if cle in connues]
        if len(kept) < len(asked):
            self.erreurs[champ] = INCONNU
        return kept

    def jobs(
        self, lignes: Sequence[Ligne], metiers: Mapping[str, object]
    ) -> tuple[tuple[str, float | None], ...]:
        """Each métier once, with its years; the errors bear the rank of their row."""
        found: dict[str, float | None] = {}
        for rang, ligne in enumerate(lignes):
            annees = self._years(f"annees-{rang}", ligne.annees)
            if ligne.metier in metiers:
                found[ligne.metier] = annees
            elif ligne.metier:
                self.erreurs[f"exerce-{rang}"] = INCONNU
            elif ligne.annees:
                self.erreurs[f"exerce-{rang}"] = REFUS["exerce"][self._rang]
        return tuple(found.items())

    def _years(self, champ: str, texte: str) -> float | None:
        typed = _squeezed(texte)
        found = _NOMBRE.fullmatch(typed)
        if found and (annees := float(found[1].replace(",", "."))) <= ANNEES_MAX:
            return annees
        if typed:
            self.erreurs[champ] = REFUS["annees"][self._rang]
        return None


def _squeezed(texte: str) -> str:
    return " ".join(texte.lower().split())


def _written(annees: float | None) -> str:
    return "" if annees is None else f"{annees:g}".replace(".", ",")
