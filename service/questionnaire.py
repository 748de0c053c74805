"""Which question to ask next: the one on which the métiers still believed in differ most.

A question is telling when the ratings it touches are spread among the métiers, each counted by the belief
in it now: someone drawn to old people is not asked about crèches. One mini-situation, then two plain
questions, so that nobody faces the same kind many times in a row; what is already known is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.loading import Connaissances
from knowledge.schema import Choix, Question
from service.conversation import Reponse
from service.profil import Profil, ProfilNeutre, Voix

# After this many things known, the first three seldom change (to be measured by simulation).
ASSEZ_POUR_CONCLURE = 10
# The questions that decide whether a métier is possible come early, whatever the ratings say.
INDISPENSABLES = ("etudes_max", "contraintes.port_de_charges", "contraintes.nuit")
# As telling as a question on which the métiers differ widely.
TOUJOURS_UTILE = 1.5
SCENE = "situations."
UNE_SCENE_SUR = 3


@dataclass(frozen=True)
class ProchaineQuestion:
    question: Question | None
    reste: int
    stable: bool


class QuestionInconnue(ValueError):
    """An answer to a question or with a choice that does not exist."""

    def __init__(self) -> None:
        super().__init__("Cette question ou cette réponse n'existe pas.")


class Questionnaire:
    """The questions, and what each can tell of the métiers."""

    def __init__(self, connaissances: Connaissances) -> None:
        self._questions = {q.id: q for q in connaissances.questions}
        self._champs = {q.id: _touched(q) for q in connaissances.questions}
        self._notes = {q.id: _ratings(q, connaissances) for q in connaissances.questions}

    def next_question(
        self, profil: ProfilNeutre, posees: Sequence[str], croyance: NDArray[np.float64]
    ) -> ProchaineQuestion:
        """The most telling question neither asked nor answered; `croyance` is in the métiers' order."""
        known_fields = _filled(profil)
        left = [i for i in self._questions if i not in posees and not self._champs[i] <= known_fields]
        known = len(known_fields) + len(posees) // 2
        remaining = min(len(left), max(0, ASSEZ_POUR_CONCLURE - known))
        scene_turn = len(posees) % UNE_SCENE_SUR == 0
        best = min(
            left,
            key=lambda i: (i.startswith(SCENE) is not scene_turn, -self._telling(i, croyance), i),
            default=None,
        )
        question = self._questions[best] if best else None
        return ProchaineQuestion(question, remaining, remaining == 0)

    def _telling(self, question: str, croyance: NDArray[np.float64]) -> float:
        """How far apart the believed métiers are on what this question touches, in rating points."""
        notes = self._notes[question]
        if not len(notes):
            return TOUJOURS_UTILE if question in INDISPENSABLES else 0.0
        means = notes @ croyance
        spread = float(np.sqrt(((notes - means[:, None]) ** 2 @ croyance).max()))
        return spread + (TOUJOURS_UTILE if question in INDISPENSABLES else 0.0)

    def effect(self, question: str, choix: str) -> tuple[Question, Profil]:
        """The question, and the part of a Profil the choice adds. Raises QuestionInconnue."""
        found = self._choice(question, choix)
        return self._questions[question], Profil.model_validate(found.effet)

    def choice_text(self, reponse: Reponse, voix: Voix) -> str:
        """The words of the choice made."""
        return str(getattr(self._choice(reponse.question, reponse.choix).texte, voix))

    def _choice(self, question: str, choix: str) -> Choix:
        choices = self._questions[question].choix if question in self._questions else []
        found = next((c for c in choices if c.id == choix), None)
        if found is None:
            raise QuestionInconnue
        return found


def _ratings(question: Question, connaissances: Connaissances) -> NDArray[np.float64]:
    """The intensities of what a question touches, one row a field, one column a métier."""
    rows = [
        [float(getattr(m.intensites, f)[c].note) for m in connaissances.metiers.values()]
        for f, _, c in (champ.partition(".") for champ in sorted(_touched(question)))
        if f in ("publics", "activites", "cadres")
    ]
    return np.array(rows).reshape(len(rows), len(connaissances.metiers))


def _touched(question: Question) -> frozenset[str]:
    """The fields the choices of a question fill."""
    return frozenset(c for choix in question.choix for c in Profil.model_validate(choix.effet).said_fields())


def _filled(profil: ProfilNeutre) -> frozenset[str]:
    """The fields on which something is known."""
    keyed = {
        f"{nom}.{cle}"
        for nom in ("publics", "activites", "cadres", "contraintes")
        for cle in getattr(profil, nom)
    }
    plain = ("permis", "etudes_max", "niveau", "revenu_pendant_formation", "aidant")
    return frozenset(keyed | {nom for nom in plain if getattr(profil, nom) is not None})
