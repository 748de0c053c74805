"""Which question to ask next: the one whose answers would move the ranking most, over the 26.

First version: an order derived once from the ratings (a question on which the métiers differ most comes
first), mixed so that the person never faces the same kind of question many times in a row; what is already
known is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.loading import Connaissances
from knowledge.schema import Choix, Question
from service.conversation import Reponse
from service.profil import Profil, ProfilNeutre, Voix

# After this many things known, the first three seldom change (to be measured by simulation).
ASSEZ_POUR_CONCLURE = 10
# The questions that decide whether a métier is possible come early, whatever the ratings say.
INDISPENSABLES = ("etudes_max", "contraintes.port_de_charges", "contraintes.nuit")


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
    """The questions and the order derived from what we know of the métiers."""

    def __init__(self, connaissances: Connaissances) -> None:
        self._questions = {q.id: q for q in connaissances.questions}
        self._champs = {q.id: _touched(q) for q in connaissances.questions}
        self._ordre = _derive_order(connaissances)

    @property
    def questions(self) -> tuple[Question, ...]:
        """In the order they are asked."""
        return tuple(self._questions[i] for i in self._ordre)

    def next_question(self, profil: ProfilNeutre, posees: Sequence[str]) -> ProchaineQuestion:
        """The first question neither asked nor already answered by what is known."""
        known_fields = _filled(profil)
        left = [i for i in self._ordre if i not in posees and not self._champs[i] <= known_fields]
        known = len(known_fields) + len(posees) // 2
        remaining = min(len(left), max(0, ASSEZ_POUR_CONCLURE - known))
        question = self._questions[left[0]] if left else None
        return ProchaineQuestion(question, remaining, remaining == 0)

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


def _derive_order(connaissances: Connaissances) -> tuple[str, ...]:
    """Scenes and plain questions in turn, the most telling of each kind first."""
    scenes = [q for q in connaissances.questions if q.id.startswith("situations.")]
    others = [q for q in connaissances.questions if not q.id.startswith("situations.")]
    telling = {q.id: _telling(q, connaissances) for q in connaissances.questions}
    scenes.sort(key=lambda q: (-telling[q.id], q.id))
    others.sort(key=lambda q: (q.id not in INDISPENSABLES, -telling[q.id], q.id))
    mixed: list[str] = []
    while scenes or others:
        # One scene for two plain questions: a scene says more, and takes longer to read.
        mixed += [q.id for q in scenes[:1] + others[:2]]
        scenes, others = scenes[1:], others[2:]
    return tuple(mixed)


def _telling(question: Question, connaissances: Connaissances) -> float:
    """How much the métiers differ on what this question touches (standard deviation of ratings)."""
    fields = {
        (famille, cle)
        for choix in question.choix
        for famille in ("publics", "activites", "cadres")
        for cle in Profil.model_validate(choix.effet).model_dump()[famille]
    }
    spreads = [
        float(np.std([getattr(m.intensites, f)[c].note for m in connaissances.metiers.values()]))
        for f, c in fields
    ]
    return max(spreads, default=0.0)


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
