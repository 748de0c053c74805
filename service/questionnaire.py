"""Which question to ask next: the one whose answer would tell most about the first three of the 26.

`service/previsions.py` imagines how the person might go on; a question is worth the more the futures in which
its answers differ end with different first three. The first three are stable when they would hardly change if
everything else were asked. What is known is not asked again, what decides whether a métier is possible comes
early, and nobody faces the same kind of question many times in a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.loading import Connaissances
from knowledge.schema import Choix, Question
from models.ranker import Poids
from service.conversation import Reponse
from service.matching import PREMIERS
from service.previsions import TIRAGES, Avenir, Previsions, known_values, touched
from service.profil import Profil, ProfilNeutre, Voix

# The first three are stable from this expected share of them still there once everything is answered; each
# question asked lowers it. On 260 simulated people (2026-11-22) a fixed 0.75 kept as many of them, 77 %, and
# asked half of the people 8 questions too, but one in twenty over 20 instead of 14.
SEUIL_STABLE, PATIENCE = 0.90, 0.02
# Questions left before that, fitted by least absolute error on 260 simulated people (2026-11-22): a start,
# more for the share of the first three that may still change, less for each question asked.
RESTE, RESTE_INSTABLE, RESTE_POSEE = 2.9, 8.2, 0.35
# Below this share of the first three that an answer would settle, a question is not worth a person's time.
GAIN_MIN = 0.002
# What decides whether a métier is possible, whatever one likes, in the order in which it is asked.
DECISIVES = ("etudes_max", "contraintes.port_de_charges", "carrefours.horaires", "permis", "niveau")
# In each round of four questions, the third is one of them, the fourth a mini-situation: the work as it is.
TOUR, DECISIVE, SCENE_AU_TOUR = 4, 2, 3
SCENE = "situations."


@dataclass(frozen=True)
class ProchaineQuestion:
    question: Question | None
    reste: int
    """Questions expected before the first three are stable; 0 when they are."""
    stable: bool


class QuestionInconnue(ValueError):
    """An answer to a question or with a choice that does not exist."""

    def __init__(self) -> None:
        super().__init__("Cette question ou cette réponse n'existe pas.")


class Questionnaire:
    """The questions, and what each can tell of the métiers."""

    def __init__(self, connaissances: Connaissances, poids: Poids) -> None:
        self._questions = {q.id: q for q in connaissances.questions}
        self._champs = {q.id: touched(q) for q in connaissances.questions}
        self._previsions = Previsions(connaissances, poids)

    def next_question(
        self, profil: ProfilNeutre, posees: Sequence[str], croyance: NDArray[np.float64]
    ) -> ProchaineQuestion:
        """The most telling question neither asked nor answered; `croyance` is in the métiers' order."""
        avenir = self._previsions.imagine(profil, croyance)
        gains = self._open(profil, avenir)
        left = {i: gain for i, gain in gains.items() if i not in posees and gain >= GAIN_MIN}
        stable = not left or avenir.gardes >= SEUIL_STABLE - PATIENCE * len(posees)
        expected = RESTE + RESTE_INSTABLE * (1 - avenir.gardes) - RESTE_POSEE * len(posees)
        reste = 0 if stable else min(len(left), max(1, round(expected)))
        return ProchaineQuestion(self._best(left, posees), reste, stable)

    def gains(self, profil: ProfilNeutre, croyance: NDArray[np.float64]) -> Mapping[str, float]:
        """What each question not answered yet is expected to settle of the first three, a share of them."""
        return self._open(profil, self._previsions.imagine(profil, croyance))

    def _open(self, profil: ProfilNeutre, avenir: Avenir) -> Mapping[str, float]:
        known = {champ for champ, _ in known_values(profil)}
        return {i: gain for i, gain in self._gains(avenir).items() if not self._champs[i] <= known}

    def _gains(self, avenir: Avenir) -> Mapping[str, float]:
        """What each question is expected to settle of the first three, as a share of them.

        The variance between its answers of « this métier ends among the first three », less what chance
        alone would show between so few draws.
        """
        weights = avenir.choisis.sum(axis=1, keepdims=True)
        means = avenir.choisis @ avenir.premiers / np.maximum(weights, 1e-6)
        overall = avenir.premiers.mean(axis=0)
        settled = np.add.reduceat((weights * means**2).sum(axis=1), self._previsions.debuts) / TIRAGES
        between = settled - float((overall**2).sum())
        within = PREMIERS - settled
        answers = np.add.reduceat((weights[:, 0] > 0).astype(float), self._previsions.debuts)
        chance = (answers - 1) * within / (TIRAGES - 1)
        return dict(zip(self._questions, ((between - chance) / PREMIERS).tolist(), strict=True))

    def _best(self, left: Mapping[str, float], posees: Sequence[str]) -> Question | None:
        """The most telling of those whose turn it is, else of those that make a change, else of all."""
        turn, wished = len(posees) % TOUR, list[str]()
        if turn == DECISIVE:
            wished = [i for i in DECISIVES if i in left][:1]
        elif turn == SCENE_AU_TOUR:
            wished = [i for i in left if i.startswith(SCENE)]
        if not wished:
            last = [_kind(i) for i in posees[-2:]]
            wished = [i for i in left if last != [_kind(i)] * 2]
        best = min(wished or left, key=lambda i: (-left[i], i), default=None)
        return self._questions[best] if best else None

    def question(self, identifiant: str) -> Question | None:
        """One question, by its id."""
        return self._questions.get(identifiant)

    def effect(self, question: str, choix: str, connus: Set[str] = frozenset()) -> tuple[Question, Profil]:
        """The question, and the part of a Profil the choice adds. Raises QuestionInconnue.

        What a plain question asks replaces what was known; a broad one, which says less of each field,
        leaves the fields of `connus` as they are.
        """
        found = Profil.model_validate(self._choice(question, choix).effet)
        if len(self._champs[question]) > 1:
            for champ in found.said_fields() & connus:
                found = found.without(champ)
        return self._questions[question], found

    def choice_text(self, reponse: Reponse, voix: Voix, facile: bool = False) -> str:
        """The words of the choice made. Raises QuestionInconnue."""
        return self._choice(reponse.question, reponse.choix).dit(voix, facile)

    def _choice(self, question: str, choix: str) -> Choix:
        choices = self._questions[question].choix if question in self._questions else []
        found = next((c for c in choices if c.id == choix), None)
        if found is None:
            raise QuestionInconnue
        return found


def _kind(question: str) -> str:
    """A mini-situation, a crossroads, or a plain question."""
    racine = question.partition(".")[0]
    return racine if racine in ("situations", "carrefours") else "simple"
