"""Which choice of the question on screen a free answer makes: « ouais, grave », « pas trop », « un an max ».

An answer is recognised when its words explain the sentence: what answers, what the question speaks of, and
small words. What speaks of something else is left to the reader of wishes. When unsure: no choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.schema import Choix, Lexique, Question, ReglesIntention
from service.ecoute import Ecoute
from service.formules import set_phrases, stems, stems_of
from service.francais import Mot, stem
from service.previsions import touched
from service.reperage import VIDES, Reperage, Trouvaille
from service.temps import training_limit

INCONNU = "je_ne_sais_pas"
# « sais pas quoi faire », « pas trop loin »: words that look like an answer and are not.
RIEN = "rien"
# A bare yes or no is only a direction: a word of degree beside it decides.
NUS = {"oui": "2", "non": "-2"}
POSITIFS = ("2", "1", "un_peu")
NEGATIFS = ("-2", "-1", "nie")
# A refusal turns the wish round when no more than this many words stand between them.
PORTEE_REFUS = 2
# More unknown words than this around an answer, and it is a story, to be read.
RESTE_MAX = 2
# A refusal without its object; the phrases that hold one are longer, and win.
_REFUS = ("pas", "plus", "aucun", "sans", "ni", "guère")
_CONTRASTE = frozenset("mais sauf sinon cependant pourtant".split())
# A new clause without a comma: « pas du tout je suis trop timide ».
_SUJETS = frozenset("je j on il ils mon".split())
_SUITES = frozenset("et aussi puis plus egalement".split())
_ORDINAUX = {
    "premier": 0, "1": 0, "1er": 0, "1ere": 0, "a": 0, "deuxieme": 1, "second": 1, "2": 1, "2e": 1, "2eme": 1,
    "troisieme": 2, "3": 2, "3e": 2, "3eme": 2, "quatrieme": 3, "4": 3, "4e": 3, "4eme": 3, "5": 4,
    "cinquieme": 4, "5eme": 4, "dernier": -1,
}  # fmt: skip
_NOMS_DE_CHOIX = frozenset(
    "le la l numero n reponse choix option proposition un je choisis prends dirais".split()
)
_DUREE = re.compile(r"\b(ans?|annees?|mois)\b")
_NON_DEPASSE = re.compile(r"\bpas plus (?:que |de |d )?")
_ECHELLES: Mapping[frozenset[str], Mapping[str, str]] = {
    frozenset({"2", "1", "-1", "-2"}): {
        "2": "2", "1": "1", "un_peu": "1", "-1": "-1", "-2": "-2", "nie": "-2",
    },
    frozenset({"oui", "un_peu", "non"}): {
        "2": "oui", "1": "oui", "un_peu": "un_peu", "-1": "un_peu", "-2": "non", "nie": "non",
    },
    frozenset({"oui", "non"}): {
        "2": "oui", "1": "oui", "un_peu": "oui", "-1": "non", "-2": "non", "nie": "non",
    },
}  # fmt: skip
"""By kind of question, what each nuance means; closed lists have none."""
_GESTES = {"passion": "2", "tiede": "1", "leve": "1", "reserve": "-1", "rejet": "-2", "rien": RIEN}


@dataclass(frozen=True)
class Choisi:
    """A choice, and whether the sentence says nothing more."""

    choix: str
    complete: bool


@dataclass(frozen=True)
class _Attendu:
    """What is known of one question: the words that answer it and those it is made of."""

    question: Question
    echelle: Mapping[str, str] | None
    propres: Reperage[str]
    intitules: Mapping[tuple[str, ...], str]
    """Labels, as stems, with their choice."""
    signes: Mapping[str, frozenset[str]]
    """Words that only one choice has."""
    mots: frozenset[str]
    champs: frozenset[str]


class Reponses:
    """Knows how the questions are answered. Built once; deterministic."""

    def __init__(self, regles: ReglesIntention, lexique: Lexique, questions: Iterable[Question]) -> None:
        nuances = [(e, v) for v, es in regles.reponses.items() for e in es]
        known = {stems(e) for e, _ in nuances}
        nuances += [
            (e, _GESTES[g])
            for g, es in lexique.operateurs.items()
            if g in _GESTES
            for e in es
            if stems(e) not in known and e not in _REFUS
        ]
        self._nuances = set_phrases([*nuances, *((mot, "nie") for mot in _REFUS)])
        self._seuls = {stems(e): v for v, es in regles.seuls.items() for e in es}
        self._champs = Reperage((mot, e.champ) for e in lexique.champs for mot in e.mots)
        self.liaisons = frozenset(s for e in regles.liaisons for s in stems(e)) | {stem(v) for v in VIDES}
        self._attendus = {q.id: _expect(q, regles, lexique) for q in questions}

    def choose(self, ecoute: Ecoute, question: Question) -> Choisi | None:
        """The choice this sentence makes, or None when it is not an answer to this question."""
        attendu = self._attendus.get(question.id)
        if attendu is None or not ecoute.mots:
            return None
        # A label typed as it stands, then as it is heard.
        choix = attendu.intitules.get(stems(ecoute.propre)) or attendu.intitules.get(stems_of(ecoute.mots))
        choix = choix or _by_rank(ecoute, question)
        if choix:
            return Choisi(choix, True)
        if attendu.echelle is None:
            return self._among(ecoute, attendu)
        return self._on_a_scale(ecoute, attendu, attendu.echelle)

    def _bare(self, whole: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(s for s in whole if s not in self.liaisons) or whole

    def _alone(self, ecoute: Ecoute) -> str | None:
        whole = stems_of(ecoute.mots)
        return self._seuls.get(whole) or self._seuls.get(self._bare(whole))

    def _on_a_scale(self, ecoute: Ecoute, attendu: _Attendu, echelle: Mapping[str, str]) -> Choisi | None:
        """An answer of more or less: « j'adore », « bof », « de temps en temps »."""
        vus = _longest(attendu.propres.find(ecoute.mots), self._nuances.find(ecoute.mots))
        vus = [v for v in vus if v.charge != RIEN]
        scene = _Scene(ecoute, vus, *self._named(ecoute, vus, attendu), attendu, self.liaisons)
        alone = self._alone(ecoute) if not scene.vus else None
        if alone:
            return Choisi(echelle.get(alone, alone), True)
        nuance = scene.nuance
        if nuance is None:
            return None
        return Choisi(echelle.get(nuance, nuance), scene.complete)

    def _named(
        self, ecoute: Ecoute, vus: Sequence[Trouvaille[str]], attendu: _Attendu
    ) -> tuple[Sequence[Trouvaille[str]], Sequence[Trouvaille[str]]]:
        """What the sentence names that the question speaks of, and what it names besides."""
        found = self._champs.find(ecoute.mots)
        sujet = [t for t in found if t.charge in attendu.champs]
        own = {t.debut for t in sujet}
        autres = [
            t
            for t in found
            if t.debut not in own
            and "." in t.charge
            and not any(v.debut <= t.debut and t.fin <= v.fin for v in vus)
            and not attendu.mots.issuperset(stems_of(ecoute.mots[t.debut : t.fin]))
        ]
        return sujet, autres

    def _among(self, ecoute: Ecoute, attendu: _Attendu) -> Choisi | None:
        """An answer taken from a closed list, or the reaction to a scene that it comes closest to."""
        if attendu.question.id == "etudes_max" and (limit := _length(ecoute)):
            return Choisi(limit, len(self._bare(stems_of(ecoute.mots))) <= 4)
        unsure = [v for v in self._nuances.find(ecoute.mots) if v.charge == INCONNU]
        vus = attendu.propres.find(ecoute.mots)
        points = _points(ecoute, vus, attendu)
        rest = self._unexplained(ecoute, [*unsure, *vus], attendu)
        best = _best(points, attendu)
        if best is None:
            alone = self._alone(ecoute) or (INCONNU if unsure else None)
            known = alone == INCONNU and not points and rest <= RESTE_MAX
            return Choisi(INCONNU, rest == 0) if known else None
        niveau = attendu.question.id == "niveau"
        if rest > (RESTE_MAX + 1 if niveau else RESTE_MAX):
            return None
        return Choisi(best, rest == 0 or not niveau)

    def _unexplained(self, ecoute: Ecoute, vus: Sequence[Trouvaille[str]], attendu: _Attendu) -> int:
        covered = {i for v in vus for i in range(v.debut, v.fin)}
        return sum(
            i not in covered and s not in self.liaisons and s not in attendu.mots
            for s, i in content(ecoute.mots)
        )


@dataclass(frozen=True)
class _Scene:
    """One sentence before one question: what answers in it, and what else it says."""

    ecoute: Ecoute
    vus: Sequence[Trouvaille[str]]
    sujet: Sequence[Trouvaille[str]]
    autres: Sequence[Trouvaille[str]]
    attendu: _Attendu
    liaisons: frozenset[str]

    @property
    def nuance(self) -> str | None:
        """What is answered, None when the sentence is no answer."""
        if not self.vus:
            return None
        if self._elsewhere:
            return self._beside_another_subject()
        whole = _combined(self.vus, self._cuts)
        if self.complete:
            return whole
        if self._opens and self._answers_at_once:
            return whole or self._opening
        return whole if self._speaks_of_it and len(self._rest) <= RESTE_MAX else None

    @property
    def complete(self) -> bool:
        return not self.autres and not self._rest and _combined(self.vus, self._cuts) is not None

    @property
    def _elsewhere(self) -> bool:
        """Whether what is named besides may be what is answered: other people than those asked about, or a
        refusal. « oui, conduire me détend » stays an answer about the road."""
        racines = {c.partition(".")[0] for c in self.attendu.champs}
        same = any(t.charge.partition(".")[0] in racines for t in self.autres)
        refused = any(v.charge in ("non", *NEGATIFS) for v in self.vus)
        answers = self.vus[0].charge == "oui" and self._opens
        return bool(self.autres) and (same or refused or not (answers or self.sujet))

    def _beside_another_subject(self) -> str | None:
        """« oui, et j'aime aussi cuisiner » answers; « non, pas les bébés » corrects what was said before."""
        formes = [m.forme for m in self.ecoute.mots]
        between = formes[self.vus[0].fin : self.autres[0].debut]
        if not self._opens or self.vus[0].charge not in NUS:
            return None
        refused = any(v.charge in NEGATIFS for v in self.vus[1:])
        if self.vus[0].charge == "oui":
            return self._opening if _SUITES & set(between) and not refused else None
        prefers = any(stem(f) in ("prefer", "plutot", "mieux") for f in between)
        return self._opening if prefers and not refused else None

    @property
    def _opening(self) -> str | None:
        """What the first words answer, before the rest of the sentence."""
        first = min([c for c in self._cuts if c > self.vus[0].debut], default=self.vus[0].fin)
        return _combined([v for v in self.vus if v.debut < first], self._cuts)

    @property
    def _opens(self) -> bool:
        first = next((i for s, i in content(self.ecoute.mots) if not self._small(s, i)), None)
        return first is not None and first >= self.vus[0].debut

    @property
    def _answers_at_once(self) -> bool:
        """« oui si… », « jamais, … », « impossible j'ai… »; « j'aime le calme » speaks of something else."""
        first, mots = self.vus[0], self.ecoute.mots
        after = mots[first.fin].forme if first.fin < len(mots) else ""
        goes_on = after in _SUJETS if first.charge in NEGATIFS else after == "si" and first.charge == INCONNU
        return mots[first.debut].forme in NUS or first.fin in self._cuts or goes_on

    def _small(self, racine: str, place: int) -> bool:
        # A yes may be left alone when a longer answer follows: « oui, si on m'apprend ».
        return (racine in self.liaisons or racine == "oui") and not self._answers(place)

    def _answers(self, place: int) -> bool:
        return any(v.debut <= place < v.fin for v in self.vus)

    @property
    def _rest(self) -> list[str]:
        """Words that neither answer, nor belong to the question, nor are small."""
        known = self.liaisons | self.attendu.mots | {"oui"}
        said = [*self.vus, *self.sujet]
        return [
            s
            for s, i in content(self.ecoute.mots)
            if s not in known and not s.isdigit() and not any(t.debut <= i < t.fin for t in said)
        ]

    @property
    def _speaks_of_it(self) -> bool:
        words = [s for s, i in content(self.ecoute.mots) if not self._answers(i) and s not in self.liaisons]
        return bool(self.sujet) or any(s in self.attendu.mots for s in words)

    @property
    def _cuts(self) -> list[int]:
        """Where a new clause starts: after punctuation, at a contrast."""
        pieces = self.ecoute.phrase.split()
        marks = [i + 1 for i, p in enumerate(pieces) if not p[-1].isalnum()]
        return sorted({*marks, *(i for i, m in enumerate(self.ecoute.mots) if m.forme in _CONTRASTE)})


def content(mots: Sequence[Mot]) -> list[tuple[str, int]]:
    """The stems of the words that carry meaning, with their place."""
    return [(stem(m.forme), i) for i, m in enumerate(mots) if m.forme not in VIDES]


def _expect(question: Question, regles: ReglesIntention, lexique: Lexique) -> _Attendu:
    ids = [c.id for c in question.choix if c.id != INCONNU]
    echelle = _ECHELLES.get(frozenset(ids))
    said = [(e, c) for c, es in regles.questions.get(question.id, {}).items() for e in es]
    said += _valued(question, lexique)
    labels = {c.id: frozenset(s for t in _wordings(c) for s in stems(t)) for c in question.choix}
    return _Attendu(
        question=question,
        echelle=echelle,
        propres=set_phrases((e, _nuance(c) if echelle else c) for e, c in said),
        intitules={stems(t): c.id for c in question.choix for t in _wordings(c)},
        signes={c: labels[c].difference(*(labels[d] for d in ids if d != c)) for c in ids},
        mots=frozenset(s for t in _wordings(question) for s in stems(t)),
        champs=touched(question),
    )


def _nuance(choix: str) -> str:
    return NUS.get(choix, choix)


def _wordings(enonce: Question | Choix) -> set[str]:
    """In both voices and both readings."""
    return {d for facile in (False, True) for d in (enonce.dit("tu", facile), enonce.dit("vous", facile))}


def _valued(question: Question, lexique: Lexique) -> Iterable[tuple[str, str]]:
    """The lexicon's expressions that give a choice's very value: « un BTS » is « bac + 2 »."""
    racine, _, cle = question.id.partition(".")
    for choix in question.choix:
        effet = choix.effet.get(racine)
        valeur = effet.get(cle) if isinstance(effet, dict) else effet
        for entree in lexique.champs:
            if entree.champ == question.id and valeur is not None and entree.valeur == valeur:
                yield from ((mot, choix.id) for mot in entree.mots)


def _by_rank(ecoute: Ecoute, question: Question) -> str | None:
    """« la 2 », « le premier », « réponse 3 »."""
    formes = [m.forme for m in ecoute.mots]
    ranks = [_ORDINAUX[f] for f in formes if f in _ORDINAUX]
    named = len(formes) > 1 or not question.id.startswith(("etudes_max", "niveau"))
    if len(ranks) != 1 or not named or not _NOMS_DE_CHOIX.issuperset(f for f in formes if f not in _ORDINAUX):
        return None
    ids = [c.id for c in question.choix if c.id != INCONNU]
    return ids[ranks[0]] if ranks[0] < len(ids) else None


def _length(ecoute: Ecoute) -> str | None:
    """A bare length, here, is a length of study."""
    mots = _NON_DEPASSE.sub("", ecoute.neutre)
    found = training_limit(_DUREE.sub(r"\1 de formation", mots)) if _DUREE.search(mots) else None
    return found[0].value if found else None


def _points(ecoute: Ecoute, vus: Sequence[Trouvaille[str]], attendu: _Attendu) -> dict[str, int]:
    """By choice, how many words of the sentence are its own."""
    points: dict[str, int] = {}
    for vu in vus:
        points[vu.charge] = points.get(vu.charge, 0) + 2
    if attendu.question.id.startswith("situations."):
        for racine in stems_of(ecoute.mots):
            for choix, signes in attendu.signes.items():
                points[choix] = points.get(choix, 0) + (racine in signes)
    return {c: n for c, n in points.items() if n}


def _best(points: Mapping[str, int], attendu: _Attendu) -> str | None:
    """The one choice that stands out; of several diplomas, the highest."""
    if attendu.question.id == "niveau":
        return max(points, key=[c.id for c in attendu.question.choix].index, default=None)
    ranked = sorted(points, key=lambda c: -points[c])
    if not ranked or points[ranked[0]] < 2:
        return None
    return ranked[0] if len(ranked) == 1 or points[ranked[0]] > points[ranked[1]] else None


def _longest(propres: Sequence[Trouvaille[str]], communs: Sequence[Trouvaille[str]]) -> list[Trouvaille[str]]:
    """One reading of each place: the longer; as long, the one that belongs to the question."""
    kept: list[Trouvaille[str]] = []
    for vu in sorted([*propres, *communs], key=lambda v: v.debut - v.fin):
        if not any(k.debut < vu.fin and vu.debut < k.fin for k in kept):
            kept.append(vu)
    return sorted(kept, key=lambda v: v.debut)


def _combined(vus: Sequence[Trouvaille[str]], cuts: Sequence[int]) -> str | None:
    """What several words of answer say together, None when they contradict each other."""
    nus = {v.charge for v in vus if v.charge in NUS}
    dits = _turned_round([v for v in vus if v.charge not in NUS and v.charge != INCONNU], cuts)
    if not dits:
        if any(v.charge == INCONNU for v in vus):
            return INCONNU
        return NUS[nus.pop()] if len(nus) == 1 else None
    positif = [d for d in dits if d in POSITIFS]
    if positif and len(positif) < len(dits):
        # « pas trop, mais pourquoi pas »: what is said last softens what was said first.
        return dits[-1] if dits[-1] in ("1", "un_peu") else None
    if positif:
        strongest = min(positif, key=("un_peu", "2", "1").index)
        return strongest if "non" not in nus or strongest != "2" else None
    strongest = min(dits, key=NEGATIFS.index)
    return strongest if "oui" not in nus else ("1" if strongest in ("-1", "nie") else None)


def _turned_round(vus: Sequence[Trouvaille[str]], cuts: Sequence[int]) -> list[str]:
    """The nuances in order, a wish next to a refusal in one clause being refused: « me botte pas »."""
    dits = [v.charge for v in vus]
    for place, (avant, apres) in enumerate(pairwise(vus)):
        opposed = (avant.charge in POSITIFS) != (apres.charge in POSITIFS)
        cut = any(avant.fin <= c <= apres.debut for c in cuts)
        if opposed and not cut and apres.debut - avant.fin <= PORTEE_REFUS:
            dits[place] = dits[place + 1] = next(c for c in (avant.charge, apres.charge) if c in NEGATIFS)
    return dits
