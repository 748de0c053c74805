"""People made up for the simulation: what they like, what they can do, what they would answer.

Most are drawn around one métier: each taste near what our labelled phrasings show of people directed to a
métier where the thing has that intensity. The others are the personas of the tests. An answer to a given
question is drawn once for a person, whatever the order in which it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from numpy.random import Generator

from knowledge.loading import RACINE, Connaissances
from knowledge.schema import Activite, Cadre, Metier, Public, Question
from service.previsions import ACCEPTE, said, touched
from service.profil import Acceptation, Profil

PERSONAS = RACINE.parent / "tests" / "personas"
GOUTS: Mapping[str, Iterable[str]] = {"publics": Public, "activites": Activite, "cadres": Cadre}
# Mean and spread of a taste, on the scale of the answers (−2 surely not, 2 surely), where the métier has the
# thing with intensity 0 to 4. Stated tastes in training/judgements: −1.8 ± 0.5, −1.1 ± 1.2, 1.0 ± 1.0,
# 1.5 ± 0.6, 1.8 ± 0.4; a little nearer to indifference, since people only state what they feel strongly.
GOUT_MOYEN = (-1.3, -0.7, 0.7, 1.4, 1.8)
GOUT_ECART = (0.7, 0.9, 0.9, 0.65, 0.45)
# What people can or accept, whatever they like: our guess of a plausible spread, with no survey behind it.
POSSIBLE: Mapping[str, Mapping[Any, float]] = {
    "contraintes.nuit": {"oui": 0.3, "un_peu": 0.3, "non": 0.4},
    "contraintes.week_end": {"oui": 0.4, "un_peu": 0.4, "non": 0.2},
    "contraintes.horaires_coupes": {"oui": 0.35, "un_peu": 0.35, "non": 0.3},
    "contraintes.port_de_charges": {"oui": 0.55, "un_peu": 0.25, "non": 0.2},
    "permis": {True: 0.65, False: 0.35},
    "etudes_max": {"aucune": 0.15, "6_mois": 0.15, "1_an": 0.3, "3_ans": 0.3, "5_ans": 0.1},
    "niveau": {"sans_diplome": 0.15, "cap_bep": 0.25, "bac": 0.35, "bac_2": 0.12, "bac_3_plus": 0.13},
    "revenu_pendant_formation": {True: 0.5, False: 0.5},
    "aidant": {True: 0.25, False: 0.75},
}
# Facts are known for sure: nobody is one step off on their driving licence.
FAITS = ("permis", "niveau", "aidant")


@dataclass(frozen=True)
class Bruit:
    """How imperfectly people answer."""

    silence: float = 0.10
    """Share of « je ne sais pas »."""
    ecart: float = 0.15
    """Share of answers off by a step, or of second choices on a broad question."""

    @property
    def double(self) -> Bruit:
        return Bruit(2 * self.silence, 2 * self.ecart)


@dataclass(frozen=True)
class Personne:
    """Someone made up: what they start by saying, and the choice they would make on each question."""

    depart: Profil
    choix: dict[str, str]
    """Question → choice."""
    encore: dict[str, str]
    """The same, asked everything a second time on another day."""


def draw(nombre: int, connaissances: Connaissances, bruit: Bruit, graine: int) -> Iterator[Personne]:
    """People drawn around each métier in turn."""
    rng = np.random.default_rng(graine)
    metiers = list(connaissances.metiers.values())
    for i in range(nombre):
        truth = {**_tastes(metiers[i % len(metiers)], rng), **_possible(rng)}
        first, second = (_answers(truth, connaissances.questions, bruit, rng) for _ in range(2))
        yield Personne(Profil(), first, second)


def personas(connaissances: Connaissances, bruit: Bruit, graine: int) -> Iterator[Personne]:
    """The personas of the tests; what their profile leaves out is drawn around the métier expected.

    They start from their situation, diplomas and experience, and say the rest by answering.
    """
    rng = np.random.default_rng(graine)
    for fichier in sorted(PERSONAS.glob("*.yaml")):
        persona = yaml.safe_load(fichier.read_text(encoding="utf-8"))
        profil = Profil.model_validate(persona["profil"])
        metier = connaissances.metiers[persona["ideal"][0]]
        stated = {c: v for c, v in profil.said() if c not in ("diplomes", "experiences")}
        truth = {**_tastes(metier, rng), **_possible(rng), **stated}
        depart = Profil(public=profil.public, diplomes=profil.diplomes, experiences=profil.experiences)
        first, second = (_answers(truth, connaissances.questions, bruit, rng) for _ in range(2))
        yield Personne(depart, first, second)


def _tastes(metier: Metier, rng: Generator) -> dict[str, object]:
    """How much each thing is liked, from −2 to 2 and a little beyond."""
    tastes: dict[str, object] = {}
    for nom, cles in GOUTS.items():
        for cle in cles:
            note = getattr(metier.intensites, nom)[cle].note
            tastes[f"{nom}.{cle}"] = GOUT_MOYEN[note] + GOUT_ECART[note] * rng.standard_normal()
    return tastes


def _possible(rng: Generator) -> dict[str, object]:
    return {
        champ: list(shares)[rng.choice(len(shares), p=list(shares.values()))]
        for champ, shares in POSSIBLE.items()
    }


def _answers(
    truth: Mapping[str, object], questions: Iterable[Question], bruit: Bruit, rng: Generator
) -> dict[str, str]:
    return {q.id: _answer(truth, q, bruit, rng) for q in questions}


def _answer(truth: Mapping[str, object], question: Question, bruit: Bruit, rng: Generator) -> str:
    silent, off, side = rng.random(3)
    if silent < bruit.silence:
        return "je_ne_sais_pas"
    real = [c for c in question.choix if c.effet]
    fits = [_fit(dict(said(c)), truth) for c in real]
    best = int(np.argmax(fits))
    if off < bruit.ecart and question.id not in FAITS:
        if len(touched(question)) > 1:
            best = int(np.argsort(fits)[-2])
        else:
            best = min(max(best + (1 if side < 0.5 else -1), 0), len(real) - 1)
    return real[best].id


def _fit(effet: Mapping[str, object], truth: Mapping[str, object]) -> float:
    """How well a choice says what the person feels: the nearest degree, or the road liked most."""
    if len(effet) == 1:
        return -sum(_far(v, truth[champ]) for champ, v in effet.items())
    liked, size = 0.0, 0.0
    for champ, valeur in effet.items():
        if isinstance(valeur, Acceptation):
            liked -= 3 * _far(valeur, truth[champ]) ** 2
            size += 1
        else:
            liked += float(valeur) * float(truth[champ])  # type: ignore[arg-type]
            size += abs(float(valeur))  # type: ignore[arg-type]
    return float(liked / size**0.5)


def _far(valeur: object, vrai: object) -> float:
    if isinstance(valeur, Acceptation):
        return abs(ACCEPTE[valeur] - ACCEPTE[Acceptation(str(vrai))])
    if isinstance(valeur, int) and not isinstance(valeur, bool):
        return abs(valeur - float(vrai))  # type: ignore[arg-type]
    return float(str(valeur) != str(vrai))
