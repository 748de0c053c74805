"""How many questions are enough, on made-up people: `python -m training.simulation --date DAY`.

Each person answers in three orders: the adaptive one, that of the files, and chance. What they are shown
after each question is compared with what they would be shown once every question is answered. Writes
`models/artefacts/simulation.json`, `docs/figures/questions.svg` and, from them, `docs/qualite.md`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.ranker import Poids
from service.conseiller import Conseiller
from service.diplomes import highest
from service.matching import PREMIERS, match
from service.previsions import touched
from service.profil import Profil, ProfilNeutre
from service.qualite import read_qualite
from service.questionnaire import ProchaineQuestion
from training import rapport
from training.bilan import FICHIER, FIGURE, ORDRES, Bilan, Groupe, Ordre, Reste
from training.figure import draw_lines
from training.personnes import Bruit, Personne, draw, personas
from training.qualite import DOCUMENT

GRAINE = 20261122
NOMBRE = 1040
MONTREES = 20
"""Questions up to which the three orders are compared."""
CHAMPS = (
    "publics", "activites", "cadres", "contraintes", "permis", "etudes_max", "revenu_pendant_formation",
    "aidant",
)  # fmt: skip
Trio = tuple[str, ...]


@dataclass(frozen=True)
class Etape:
    """What a person is shown after some questions, and what was foretold then."""

    trio: Trio
    prochaine: ProchaineQuestion | None = None


@dataclass(frozen=True)
class Vie:
    """One person, in the three orders and with everything answered."""

    etapes: dict[Ordre, list[Etape]]
    complet: Trio
    encore: Trio
    """Everything answered a second time."""

    @property
    def stable(self) -> int:
        """Questions asked when the first three are said to be stable."""
        steps = self.etapes["adaptatif"]
        return next(i for i, e in enumerate(steps) if e.prochaine and e.prochaine.stable)


class Simulateur:
    """Answers questions for made-up people, as the conversation would take their answers."""

    def __init__(self, conseiller: Conseiller, poids: Poids) -> None:
        self._conseiller = conseiller
        self._connaissances = conseiller.connaissances
        self._poids = poids
        self._champs = {q.id: touched(q) for q in self._connaissances.questions}

    def live(self, personne: Personne, rng: np.random.Generator) -> Vie:
        """Everything this person would be shown."""
        start = self._conseiller.neutral_view(personne.depart)
        ids = [q.id for q in self._connaissances.questions]
        shuffled = [ids[i] for i in rng.permutation(len(ids))]
        etapes: dict[Ordre, list[Etape]] = {
            "adaptatif": list(self._adaptive(personne, start)),
            "fichier": list(self._in_order(personne, start, ids)),
            "hasard": list(self._in_order(personne, start, shuffled)),
        }
        complet = self._all(personne.choix, personne.depart, start)
        return Vie(etapes, complet, self._all(personne.encore, personne.depart, start))

    def _adaptive(self, personne: Personne, start: ProfilNeutre) -> Iterator[Etape]:
        """Until nothing more is worth asking."""
        profil, posees = personne.depart, list[str]()
        while True:
            neutre = _seen(start, profil)
            trio, belief = self._rank(neutre)
            prochaine = self._conseiller.questionnaire.next_question(neutre, posees, belief)
            yield Etape(trio, prochaine)
            if prochaine.question is None:
                return
            posees.append(prochaine.question.id)
            profil = self._take(profil, prochaine.question.id, personne.choix)

    def _in_order(self, personne: Personne, start: ProfilNeutre, ids: Sequence[str]) -> Iterator[Etape]:
        """As many questions as are shown, what is known skipped."""
        profil, asked = personne.depart, 0
        yield Etape(self._rank(_seen(start, profil))[0])
        for identifiant in ids:
            if self._champs[identifiant] <= profil.said_fields():
                continue
            profil = self._take(profil, identifiant, personne.choix)
            yield Etape(self._rank(_seen(start, profil))[0])
            asked += 1
            if asked == MONTREES:
                return

    def _all(self, choix: dict[str, str], profil: Profil, start: ProfilNeutre) -> Trio:
        """Every question answered: the broad ones first, then each thing one by one, which is more exact."""
        for identifiant in sorted(self._champs, key=lambda i: len(self._champs[i]) == 1):
            profil = self._take(profil, identifiant, choix)
        return self._rank(_seen(start, profil))[0]

    def _take(self, profil: Profil, question: str, choix: dict[str, str]) -> Profil:
        known = profil.said_fields()
        effet = self._conseiller.questionnaire.effect(question, choix[question], known)[1]
        return effet.completed_by(profil)

    def _rank(self, neutre: ProfilNeutre) -> tuple[Trio, NDArray[np.float64]]:
        places = match(neutre, self._connaissances, self._poids).places
        belief = {p.metier.slug: p.croyance for p in places}
        trio = tuple(p.metier.slug for p in places[:PREMIERS])
        return trio, np.array([belief[slug] for slug in self._connaissances.metiers])


def _seen(start: ProfilNeutre, profil: Profil) -> ProfilNeutre:
    """What may be scored: the start (diplomas, experience), and what was answered since."""
    answered = {nom: getattr(profil, nom) for nom in CHAMPS}
    return replace(start, **answered, niveau=highest(start.niveau, profil.niveau))


# --- figures -------------------------------------------------------------------------------------------


def measure(cle: str, bruit: Bruit, vies: Sequence[Vie]) -> Groupe:
    """All that is reported of one group of people."""
    shown = range(MONTREES + 1)
    low, median, high = (float(q) for q in np.percentile([v.stable for v in vies], (25, 50, 75)))
    return Groupe(
        cle=cle,
        silence=bruit.silence,
        ecart=bruit.ecart,
        personnes=len(vies),
        questions=(low, median, high),
        accord={o: [_mean(vies, o, n) for n in shown] for o in ORDRES},
        meme_premier={o: [_mean(vies, o, n, first=True) for n in shown] for o in ORDRES},
        accord_stable={
            o: float(np.mean([_shared(_at(v, o, v.stable), v.complet) for v in vies])) for o in ORDRES
        },
        tenus=[float(np.mean([_shared(_at(v, "adaptatif", n), _last(v)) for v in vies])) for n in shown],
        tenus_stable=float(np.mean([_shared(_at(v, "adaptatif", v.stable), _last(v)) for v in vies])),
        repete=float(np.mean([_shared(v.complet, v.encore) for v in vies])),
        toutes=float(np.median([len(v.etapes["adaptatif"]) - 1 for v in vies])),
        reste=_left(vies),
    )


def _mean(vies: Iterable[Vie], ordre: Ordre, n: int, *, first: bool = False) -> float:
    if first:
        return float(np.mean([_at(v, ordre, n)[0] == v.complet[0] for v in vies]))
    return float(np.mean([_shared(_at(v, ordre, n), v.complet) for v in vies]))


def _at(vie: Vie, ordre: Ordre, n: int) -> Trio:
    """After `n` questions, or all there were."""
    steps = vie.etapes[ordre]
    return steps[min(n, len(steps) - 1)].trio


def _last(vie: Vie) -> Trio:
    return vie.etapes["adaptatif"][-1].trio


def _shared(first: Trio, second: Trio) -> float:
    return len(set(first) & set(second)) / PREMIERS


def _left(vies: Iterable[Vie]) -> Reste:
    """How true « encore environ N questions » was, while the first three were not stable."""
    errors: list[int] = []
    rises: list[bool] = []
    for vie in vies:
        said = [e.prochaine.reste for e in vie.etapes["adaptatif"] if e.prochaine][: vie.stable + 1]
        errors += [abs(n - (vie.stable - i)) for i, n in enumerate(said[:-1])]
        rises += [after > before + 2 for before, after in pairwise(said)]
    return Reste(erreur=float(np.mean(errors)), remontees=float(np.mean(rises)))


# --- command -------------------------------------------------------------------------------------------


def simulate(conseiller: Conseiller, people: Iterable[Personne], graine: int = GRAINE) -> list[Vie]:
    """The lives of these people, in the same order."""
    simulateur, rng = Simulateur(conseiller, Poids.load()), np.random.default_rng(graine)
    return [simulateur.live(personne, rng) for personne in people]


def _groups(conseiller: Conseiller, nombre: int) -> Iterator[Groupe]:
    once = Bruit()
    for cle, bruit, drawn in (("metiers", once, nombre), ("double", once.double, nombre // 2)):
        vies = simulate(conseiller, draw(drawn, conseiller.connaissances, bruit, GRAINE))
        yield measure(cle, bruit, vies)
    vies = simulate(conseiller, personas(conseiller.connaissances, once, GRAINE))
    yield measure("personas", once, vies)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True, type=date.fromisoformat, help="written with the figures")
    arguments.add_argument("--nombre", type=int, default=NOMBRE, help="people drawn around the métiers")
    options = arguments.parse_args()
    conseiller = Conseiller.load(transformer=False)
    groupes = tuple(_groups(conseiller, options.nombre))
    versions = {**conseiller.versions, "poids": Poids.load().version}
    bilan = Bilan(date=options.date, graine=GRAINE, versions=versions, groupes=groupes)
    FICHIER.write_text(bilan.model_dump_json(indent=1) + "\n", encoding="utf-8")
    FIGURE.parent.mkdir(exist_ok=True)
    FIGURE.write_text(draw_lines(bilan), encoding="utf-8")
    titres = {slug: m.titre.double for slug, m in conseiller.connaissances.metiers.items()}
    DOCUMENT.write_text(rapport.write(read_qualite(), titres), encoding="utf-8")
    for g in groupes:
        print(f"{g.cle:<9}", g.questions, {o: round(a, 3) for o, a in g.accord_stable.items()}, g.reste)


if __name__ == "__main__":
    main()
