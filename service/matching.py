"""All 26 métiers scored for one person: the sum of what each criterion found, exactly.

`score = Σ weight × constat`; softmax of the scores is the belief. Only a `ProfilNeutre` enters here, so
nothing personal can weigh. Equal scores are ordered by slug: same input, same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.loading import Connaissances
from knowledge.schema import Metier
from models.ranker import Poids, entropy, softmax
from service.criteres import CRITERES, Constat, Critere, Situation, relevant
from service.profil import ProfilNeutre

# A person is shown this many métiers at first, and stability is theirs.
PREMIERS = 3
# Below this share of the belief in the first three, nothing stands out: say so rather than pretend.
MASSE_CLAIRE = 0.30


class Theme(StrEnum):
    """What a person may count for more, or for less."""

    PUBLICS = "publics"
    ACTIVITES = "activites"
    CADRES = "cadres"
    CONTRAINTES = "contraintes"
    ACCES = "acces"


_THEMES = {**{t.value: t for t in Theme}, "permis": Theme.ACCES, "revenu": Theme.ACCES}
"""The first part of a code → its theme; what is in none is what the person wrote, or set aside."""

Importances = Mapping[Theme, float]
"""By theme, what its weights are multiplied by; one that is absent is left as it is."""


@dataclass(frozen=True)
class Contribution:
    """One reason and its exact share of the score."""

    constat: Constat
    poids: float


@dataclass(frozen=True)
class Place:
    """One métier in the ranking."""

    metier: Metier
    situation: Situation
    score: float
    """Before normalisation: the sum of the contributions."""
    croyance: float
    """After softmax over the 26, 0–1."""
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class Classement:
    """The 26, best first."""

    places: tuple[Place, ...]
    entropie: float

    @property
    def clair(self) -> bool:
        """Whether the first three stand out from the rest."""
        return sum(p.croyance for p in self.places[:PREMIERS]) >= MASSE_CLAIRE

    def rank(self, slug: str) -> int:
        """1 for the first. Raises StopIteration for a métier that is not one of ours."""
        return next(rang for rang, place in enumerate(self.places, 1) if place.metier.slug == slug)

    @property
    def slugs(self) -> tuple[str, ...]:
        """Best first."""
        return tuple(place.metier.slug for place in self.places)


def match(
    profil: ProfilNeutre,
    connaissances: Connaissances,
    poids: Poids,
    criteres: Sequence[Critere] = CRITERES,
    importances: Importances | None = None,
) -> Classement:
    """Score and rank every métier for this person; `importances` are the person's own."""
    criteres = relevant(criteres, profil)
    scored = []
    for metier in connaissances.metiers.values():
        situation = Situation.of(profil, metier, connaissances)
        contributions = _weigh(situation, poids, criteres, importances or {})
        scored.append((metier, situation, sum(c.poids for c in contributions), contributions))
    belief = softmax([score for _, _, score, _ in scored], poids.temperature)
    places = [
        Place(metier, situation, score, float(share), contributions)
        for (metier, situation, score, contributions), share in zip(scored, belief, strict=True)
    ]
    places.sort(key=lambda p: (-p.score, p.metier.slug))
    return Classement(tuple(places), entropy(belief))


def _weigh(
    situation: Situation, poids: Poids, criteres: Sequence[Critere], importances: Importances
) -> tuple[Contribution, ...]:
    found = (critere(situation) for critere in criteres)
    return tuple(
        Contribution(c, poids.of(c.code) * c.valeur * _moved(c.code, importances))
        for c in found
        if c and c.valeur
    )


def _moved(code: str, importances: Importances) -> float:
    theme = _THEMES.get(code.partition(".")[0]) if importances else None
    return importances.get(theme, 1.0) if theme else 1.0
