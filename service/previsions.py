"""What a person has not said yet, imagined many times over: the first three they may end with.

Each draw picks a métier among those believed in, answers every open field as someone drawn to it might, and
ranks the 26 again. What a field adds to the scores is read off the real `match`, once. The draws are the same
for everyone (fixed chance), so the same profile always gets the same forecast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from knowledge.loading import Connaissances
from knowledge.schema import Choix, Question
from models.ranker import Poids
from service.criteres import toll
from service.matching import PREMIERS, Classement, match
from service.profil import GOUTS, SIMPLES, Acceptation, Profil, ProfilNeutre

Reels = NDArray[np.float32]
Entiers = NDArray[np.intp]
_Effet = Sequence[tuple[str, object]]

TIRAGES = 128
GRAINE = 7
# How many answers in a hundred are « je ne sais pas ».
SILENCE = 0.10
DEGRES = (-2, -1, 1, 2)
# What someone drawn to a métier answers of a thing it has with intensity 0, 1, 2, 3, 4: −2, −1, 1, 2.
# From the tastes labelled in our phrasings, less clear-cut where nothing is said, one answer in seven off
# by a step (training/personnes.py draws people with the same figures).
REPONSES = np.array(
    [
        (0.40, 0.53, 0.07, 0.00),
        (0.22, 0.54, 0.22, 0.02),
        (0.02, 0.22, 0.54, 0.22),
        (0.00, 0.05, 0.50, 0.45),
        (0.00, 0.02, 0.27, 0.71),
    ]
)
# Scores are sums of what was said, so the belief made from them is surer than a person is.
PRUDENCE = 4.0
# How firmly a broad question is answered by what one likes most.
FERMETE = 1.5
ACCEPTE = {Acceptation.OUI: 1.0, Acceptation.UN_PEU: 0.0, Acceptation.NON: -1.0}


@dataclass(frozen=True)
class Avenir:
    """What the draws say of one person now."""

    premiers: Reels
    """(draws, métiers): 1 where the métier ends among the first three."""
    choisis: Reels
    """(choices, draws): how likely each choice is to be made."""
    gardes: float
    """Expected share of the first three of now still there at the end."""


class Previsions:
    """Tables read once off `match`; `imagine` uses them for one person."""

    def __init__(self, connaissances: Connaissances, poids: Poids) -> None:
        questions = [[tuple(said(c)) for c in q.choix] for q in connaissances.questions]
        values = _values(chain.from_iterable(chain.from_iterable(questions)))
        self.champs = tuple(values)
        self._rang = {champ: i for i, champ in enumerate(self.champs)}
        self._valeurs = list(values.values())
        self.silence = max(len(v) for v in self._valeurs)
        self._temperature = poids.temperature
        self._obstacle = poids.of("obstacle")
        self._couts = np.array([toll(n) for n in range(len(self.champs) + 1)], np.float32)
        self._apports, self._obstacles = self._tabulate(connaissances, poids)
        self._nombres = self._as_numbers()
        self._reponses = self._answers(connaissances)
        self._choices(questions)

    # --- what is read once ------------------------------------------------------------------------------

    def _tabulate(self, connaissances: Connaissances, poids: Poids) -> tuple[Reels, Reels]:
        """What each value of each field adds to each score, obstacles apart since they do not add up."""
        shape = (len(self.champs), self.silence + 1, len(connaissances.metiers))
        apports, obstacles = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        empty, _ = _scores(match(ProfilNeutre(), connaissances, poids), connaissances)
        for i, champ in enumerate(self.champs):
            for j, valeur in enumerate(self._valeurs[i]):
                alone = match(_only(champ, valeur), connaissances, poids)
                scores, obstacle = _scores(alone, connaissances)
                obstacles[i, j] = obstacle < 0
                apports[i, j] = scores - obstacle - empty
        return apports, obstacles

    def _as_numbers(self) -> Reels:
        """How much a value is for or against, to guess which road of a broad question is taken."""
        nombres = np.zeros((len(self.champs), self.silence + 1), np.float32)
        for i, champ in enumerate(self.champs):
            for j, valeur in enumerate(self._valeurs[i]):
                nombres[i, j] = _for_or_against(champ, valeur)
        return nombres

    def _answers(self, connaissances: Connaissances) -> Entiers:
        """(métiers, draws, fields): the value that someone drawn to this métier gives in this draw."""
        chance = np.random.default_rng(GRAINE).random((TIRAGES, len(self.champs)))
        found = np.empty((len(connaissances.metiers), TIRAGES, len(self.champs)), np.intp)
        for i, champ in enumerate(self.champs):
            shares = self._shares(i, champ, connaissances)
            reached = shares.cumsum(axis=1)[:, None, :-1] <= chance[None, :, i, None]
            found[:, :, i] = reached.sum(axis=2)
        return found

    def _shares(self, i: int, champ: str, connaissances: Connaissances) -> NDArray[np.float64]:
        """(métiers, values and silence): who answers what."""
        shares = np.zeros((len(connaissances.metiers), self.silence + 1))
        racine, _, cle = champ.partition(".")
        known = self._valeurs[i]
        for m, metier in enumerate(connaissances.metiers.values()):
            if racine in GOUTS:
                shares[m, : len(known)] = REPONSES[getattr(metier.intensites, racine)[cle].note]
            else:
                shares[m, : len(known)] = 1 / len(known)
        shares *= (1 - SILENCE) / shares.sum(axis=1, keepdims=True)
        shares[:, self.silence] += SILENCE
        return shares

    def _choices(self, questions: Sequence[Sequence[_Effet]]) -> None:
        """Where the choices of each question stand: a value of one field, or a road over several."""
        rows = [choix for q in questions for choix in q]
        sizes = np.array([len(q) for q in questions])
        fields_of = [sorted({champ for choix in q for champ, _ in choix}) for q in questions]
        alone = np.array([len(f) == 1 for f in fields_of])
        self.debuts = _starts(sizes)
        self._larges = np.repeat(~alone, sizes)
        self._champ = np.repeat([self._rang[f[0]] for f in fields_of], sizes)
        self._valeur = np.array([self._place(choix) for choix in rows])
        self._muet = np.array([not choix for choix in rows])[self._larges]
        self._routes = self._roads([choix for choix, large in zip(rows, self._larges, strict=True) if large])
        self._tailles_larges = sizes[~alone]
        self._debuts_larges = _starts(self._tailles_larges)

    def _place(self, choix: _Effet) -> int:
        """The rank of the value said, among those of its field."""
        values = [self._valeurs[self._rang[c]].index(v) for c, v in choix]
        return values[0] if len(values) == 1 else self.silence

    def _roads(self, choix: Sequence[_Effet]) -> Reels:
        """(roads, fields): what each road is for or against, long ones no stronger than short ones."""
        roads = np.zeros((len(choix), len(self.champs)), np.float32)
        for r, effet in enumerate(choix):
            for champ, valeur in effet:
                roads[r, self._rang[champ]] = _for_or_against(champ, valeur)
        roads /= np.sqrt(np.maximum(np.abs(roads).sum(axis=1, keepdims=True), 1))
        return roads

    # --- one person -------------------------------------------------------------------------------------

    def imagine(self, profil: ProfilNeutre, croyance: NDArray[np.float64]) -> Avenir:
        """The futures of this person; `croyance` is in the order of the métiers."""
        scores = self._temperature * np.log(np.maximum(croyance, 1e-300))
        known = self.known(profil)
        answers = self._drawn(croyance)
        for i, j in known.items():
            answers[:, i] = j
        ends = self.ends(scores, answers, known)
        firsts = np.zeros(ends.shape, np.float32)
        np.put_along_axis(firsts, np.argpartition(-ends, PREMIERS - 1, axis=1)[:, :PREMIERS], 1, axis=1)
        now = np.argsort(-scores, kind="stable")[:PREMIERS]
        return Avenir(firsts, self._chosen(answers), float(firsts[:, now].sum(axis=1).mean() / PREMIERS))

    def known(self, profil: ProfilNeutre) -> dict[int, int]:
        """Rank of each field known → rank of its value; a value no question offers counts as silence."""
        found = {}
        for champ, valeur in known_values(profil):
            if champ in self._rang:
                i = self._rang[champ]
                values = self._valeurs[i]
                found[i] = values.index(valeur) if valeur in values else self.silence
        return found

    def _drawn(self, croyance: NDArray[np.float64]) -> Entiers:
        """(draws, fields): what people who end up drawn to the métiers believed in would answer."""
        belief = np.maximum(croyance, 1e-300) ** (1 / PRUDENCE)
        steps = np.cumsum(belief) / belief.sum()
        metiers = np.searchsorted(steps, (np.arange(TIRAGES) + 0.5) / TIRAGES).clip(0, len(belief) - 1)
        drawn: Entiers = self._reponses[metiers, np.arange(TIRAGES)]
        return drawn

    def ends(self, scores: NDArray[np.float64], answers: Entiers, known: Mapping[int, int]) -> Reels:
        """(draws, métiers): the scores once everything is answered."""
        opened = np.array([i for i in range(len(self.champs)) if i not in known], np.intp)
        added = self._apports[opened, answers[:, opened]].sum(axis=1)
        more = self._obstacles[opened, answers[:, opened]].sum(axis=1)
        before = sum((self._obstacles[i, j] for i, j in known.items()), np.zeros(len(scores), np.float32))
        ends: Reels = scores + added - self._obstacle * (self._cost(before + more) - self._cost(before))
        return ends

    def _cost(self, obstacles: Reels) -> Reels:
        """What so many obstacles take from a score, before their weight."""
        cost: Reels = self._couts[obstacles.astype(np.intp)]
        return cost

    def _chosen(self, answers: Entiers) -> Reels:
        """(choices, draws): the value answered, or for a broad question the roads it makes likely."""
        chosen: Reels = (answers.T[self._champ] == self._valeur[:, None]).astype(np.float32)
        tastes = self._nombres[np.arange(len(self.champs))[:, None], answers.T]
        pull = np.exp(FERMETE * (self._routes @ tastes))
        pull[self._muet] = 0
        total = np.add.reduceat(pull, self._debuts_larges)
        pull *= (1 - SILENCE) / np.repeat(total, self._tailles_larges, axis=0)
        pull[self._muet] = SILENCE
        chosen[self._larges] = pull
        return chosen


def known_values(profil: ProfilNeutre) -> Iterator[tuple[str, object]]:
    """What is known of a person, field by field."""
    for nom in (*GOUTS, "contraintes"):
        yield from ((f"{nom}.{cle}", valeur) for cle, valeur in getattr(profil, nom).items())
    for nom in SIMPLES:
        if (valeur := getattr(profil, nom)) is not None:
            yield nom, valeur


def touched(question: Question) -> frozenset[str]:
    """The fields the choices of a question speak of."""
    return frozenset(champ for choix in question.choix for champ, _ in said(choix))


def said(choix: Choix) -> Iterator[tuple[str, object]]:
    """What one choice says, field by field."""
    return Profil.model_validate(choix.effet).said()


def _values(effets: Iterable[tuple[str, object]]) -> dict[str, list[object]]:
    """All that may be answered of each field, degrees by rising order."""
    found: dict[str, list[object]] = {}
    for champ, valeur in effets:
        values = found.setdefault(champ, list(DEGRES) if champ.partition(".")[0] in GOUTS else [])
        if valeur not in values:
            values.append(valeur)
    return found


def _starts(sizes: Entiers) -> Entiers:
    return np.cumsum(sizes) - sizes


def _for_or_against(champ: str, valeur: object) -> float:
    if isinstance(valeur, Acceptation):
        return ACCEPTE[valeur]
    return float(valeur) if champ.partition(".")[0] in GOUTS and isinstance(valeur, int) else 0.0


def _only(champ: str, valeur: object) -> ProfilNeutre:
    """Someone of whom one thing is known."""
    racine, _, cle = champ.partition(".")
    profil = Profil.model_validate({racine: {cle: valeur} if cle else valeur})
    return ProfilNeutre(**{f.name: getattr(profil, f.name) for f in fields(ProfilNeutre) if f.name == racine})


def _scores(classement: Classement, connaissances: Connaissances) -> tuple[Reels, Reels]:
    """The scores in the order of the métiers, and the part of each that obstacles took."""
    places = {p.metier.slug: p for p in classement.places}
    ordered = [places[slug] for slug in connaissances.metiers]
    taken = [sum(c.poids for c in p.contributions if c.constat.code == "obstacle") for p in ordered]
    return np.array([p.score for p in ordered], np.float32), np.array(taken, np.float32)
