"""« Et si … ? »: what the ranking would be if one answer were another, and what changed between two rankings.

Nothing is guessed: each supposition is scored by the same criteria as the real answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.schema import Contrainte, Frequence
from service.criteres import COEUR
from service.matching import PREMIERS, Classement, Place
from service.profil import GOUTS, SIMPLES, Acceptation, EtudesMax, Profil, ProfilNeutre
from service.questionnaire import Questionnaire

# Further down, a métier is no surprise any more: it does not fit.
RANG_SURPRISE_MAX = 12
ESSAIS_MAX = 4
# What closes a métier, or what the person has already tried or set aside, is no idea to offer.
_SANS_SURPRISE = frozenset({"obstacle", "exclus", "experience.metier"})


@dataclass(frozen=True)
class Changement:
    """What differs between two rankings, in their first places; slugs."""

    entrent: tuple[str, ...]
    sortent: tuple[str, ...]
    premier: str | None
    """The new first one, when it is another."""

    def __bool__(self) -> bool:
        return bool(self.entrent or self.sortent or self.premier)


@dataclass(frozen=True)
class Essai:
    """One answer changed, and what it changes."""

    question: str
    choix: str
    changement: Changement


@dataclass(frozen=True)
class Bascule:
    """One answer that would bring a métier to this rank."""

    question: str
    choix: str
    rang: int


class Hypotheses:
    """The suppositions worth making for one person."""

    def __init__(
        self,
        neutre: ProfilNeutre,
        questionnaire: Questionnaire,
        classe: Callable[[ProfilNeutre], Classement],
    ) -> None:
        self.neutre = neutre
        """All that weighs on it."""
        self._questionnaire = questionnaire
        self._classe = classe
        self.classement = classe(neutre)
        """The ranking as things stand."""

    def essais(self) -> tuple[Essai, ...]:
        """The limits that would change the first three if they were lifted, or were there."""
        now = self.classement.slugs
        tried = (Essai(q, c, changes(now, self.supposing(q, c).slugs)) for q, c in _limits(self.neutre))
        return tuple(essai for essai in tried if essai.changement)[:ESSAIS_MAX]

    def towards(self, slug: str) -> tuple[Bascule, ...]:
        """The single answers that would bring this métier among the first three, the most telling first."""
        place = self.classement.places[self.classement.rank(slug) - 1]
        found = (Bascule(q, c, self.supposing(q, c).rank(slug)) for q, c in _favouring(place, self.neutre))
        return tuple(sorted((b for b in found if b.rang <= PREMIERS), key=lambda b: (b.rang, b.question)))

    def supposing(self, question: str, choix: str) -> Classement:
        """The ranking with this answer instead. Raises QuestionInconnue."""
        effet = self._questionnaire.effect(question, choix)[1]
        return self._classe(with_answer(self.neutre, effet))


def with_answer(neutre: ProfilNeutre, effet: Profil) -> ProfilNeutre:
    """What may be scored, with one answer more or another; `effet` is the part of a Profil it adds."""
    said = effet.said_fields()
    merged: dict[str, Mapping[str, object]] = {
        nom: {**getattr(neutre, nom), **getattr(effet, nom)} for nom in (*GOUTS, "contraintes")
    }
    plain = {nom: getattr(effet, nom) for nom in SIMPLES if nom in said}
    return replace(neutre, **merged, **plain, lus=neutre.lus - said)  # type: ignore[arg-type]


def changes(avant: Sequence[str], apres: Sequence[str]) -> Changement:
    """What differs between the first places of two rankings, given as slugs, best first."""
    before, after = avant[:PREMIERS], apres[:PREMIERS]
    return Changement(
        tuple(s for s in after if s not in before),
        tuple(s for s in before if s not in after),
        after[0] if after and after[:1] != before[:1] else None,
    )


def surprise_of(classement: Classement, montres: int) -> Place | None:
    """The best métier of a family not yet shown, when nothing stands in its way."""
    if not classement.clair:
        return None
    familles = {place.metier.famille for place in classement.places[:montres]}
    return next(
        (
            place
            for place in classement.places[montres:RANG_SURPRISE_MAX]
            if place.metier.famille not in familles
            and not any(c.constat.code in _SANS_SURPRISE for c in place.contributions)
        ),
        None,
    )


def _limits(neutre: ProfilNeutre) -> Iterator[tuple[str, str]]:
    """Questions on what one accepts, each with the other answer."""
    for cle in Contrainte:
        reponse = neutre.contraintes.get(cle)
        yield f"contraintes.{cle}", "non" if reponse in (None, Acceptation.OUI) else "oui"
    if neutre.etudes_max is not None:
        longer = next((e for e in EtudesMax if e.mois > neutre.etudes_max.mois), None)
        yield "etudes_max", longer or EtudesMax.UN_AN
    if neutre.permis is False:
        yield "permis", "oui"
    if neutre.revenu_pendant_formation:
        yield "revenu_pendant_formation", "non"


def _favouring(place: Place, neutre: ProfilNeutre) -> Iterator[tuple[str, str]]:
    """The answers that speak for one métier and are not given yet."""
    metier = place.metier
    for champ in GOUTS:
        degres = getattr(neutre, champ)
        for cle, intensite in getattr(metier.intensites, champ).items():
            degre = degres.get(cle, 0)
            if intensite.note >= COEUR and degre <= 0:
                yield f"{champ}.{cle}", "1" if degre < 0 else "2"
    for cle, reponse in neutre.contraintes.items():
        if reponse is not Acceptation.OUI and metier.conditions[cle].frequence is not Frequence.JAMAIS:
            yield f"contraintes.{cle}", "oui"
    limit = neutre.etudes_max
    if limit is not None and place.situation.distance.mois > limit.mois:
        enough = (e for e in EtudesMax if e.mois >= place.situation.distance.mois)
        yield "etudes_max", next(enough, EtudesMax.CINQ_ANS)
    if neutre.permis is False and metier.exigences.permis.niveau != "non":
        yield "permis", "oui"
    if neutre.revenu_pendant_formation and not metier.acces.remunere:
        yield "revenu_pendant_formation", "non"
