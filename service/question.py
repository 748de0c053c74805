"""What a question asks for: which facts, about which métiers, where.

Expressions (knowledge/themes.yaml) and a linear model learned from examples (training/fit_questions.py) add
up: the first are sure of what they know, the second knows more wordings. What is not ours to answer has its
own score: when it wins nothing is understood, and no answer is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.theme import ReglesQuestion, SigleConnu, Theme, ThemeConnu
from models.encoder import Encodeur
from models.lineaire import ModeleLineaire, hashed_pieces
from service.audition import LIEU, METIER, Auditeur, Entendue
from service.formules import PETITS, set_phrases, stems
from service.francais import Mot, split_words
from service.geographie import Commune
from service.orientation import Indice
from service.reperage import Trouvaille

AUCUN = "aucun"
"""The key of what is not ours to answer."""
# How much expressions count beside what was learned: set on lines the model had not seen.
PART_DITE = 0.5
# How much an expression tells, by its length in words: more words mislead less.
POIDS = (1.0, 1.5, 2.0)
POIDS_FAIBLE, POIDS_DOUBLE, POIDS_SUR, POIDS_SIGLE = 0.5, 1.8, 2.2, 3.0
# No wording of ours outweighs this: the question names what nobody gave us.
POIDS_INCONNU = 9.0
# A part of a question asks for a theme of its own when it beats the others by this much; the whole question
# still counts in it for this share. Both set on questions.jsonl, part « reglage ».
SURETE, RAPPEL = 3.0, 0.6
THEMES_MAX = 3
# How far a story of oneself may stand from the job it tells: « je suis une ancienne caissière ».
AUTOUR_DU_METIER = 3
# Strength, of 3, from which words point to one métier and no other.
EVOQUE = 3
_PARTIES = re.compile(r"[,;.?!:\n]+|\s(?:et|é|mais|puis|sinon)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Demande:
    """One question, understood."""

    themes: tuple[Theme, ...]
    """What is asked, in order; empty when it is not understood or not ours."""
    metiers: tuple[str, ...] = ()
    """Those named, else the one spoken of before."""
    commune: Commune | None = None
    sigle: SigleConnu | None = None
    age: int | None = None
    dispositifs: tuple[str, ...] = ()
    """The funding schemes named, as keys of `financements/`."""
    autre_metier: bool = False
    """It is about a job that is not one of ours."""


def evoked(indices: Iterable[Indice]) -> str | None:
    """The métier that words plainly point to without naming it: « l'IFSI », « conduire l'ambulance »."""
    found = {i.champ.removeprefix("metier."): int(i.valeur) for i in indices if i.champ.startswith("metier.")}
    best = max(found, key=lambda slug: found[slug], default=None)
    return best if best and found[best] >= EVOQUE else None


class Questions:
    """Built once; deterministic; keeps nothing of what it reads."""

    def __init__(
        self,
        regles: ReglesQuestion,
        modele: ModeleLineaire,
        auditeur: Auditeur,
        encodeur: Encodeur,
    ) -> None:
        self._auditeur = auditeur
        self._themes = _Expressions(regles)
        self._modele = modele
        self._encodeur = encodeur

    def read(self, texte: str, metier: str | None = None) -> Demande:
        """What one question asks; `metier` is the one spoken of before. Never fails."""
        heard = self._auditeur.hear(texte)
        return Demande(
            themes=self._asked(texte, heard),
            metiers=heard.metiers or ((metier,) if metier else ()),
            commune=heard.commune,
            sigle=heard.sigle,
            age=heard.age,
            dispositifs=self._themes.schemes(heard.mots),
            autre_metier=self._themes.is_about_another(heard),
        )

    def closest(self, texte: str) -> list[Theme]:
        """All the themes, those most like the question first."""
        scores = self._scores(self._auditeur.hear(texte))
        return sorted(Theme, key=lambda theme: -scores[theme])

    def _asked(self, texte: str, heard: Entendue) -> tuple[Theme, ...]:
        if not any(len(mot.forme) > 1 and mot.forme in self._encodeur.mots for mot in heard.mots):
            return ()
        whole = self._scores(heard)
        best = max(whole, key=lambda cle: whole[cle])
        if best == AUCUN:
            return ()
        parts = [part for part in _PARTIES.split(texte) if part.strip()]
        scores = [self._scores(self._auditeur.hear(part)) for part in parts] if len(parts) > 1 else []
        places = {theme: rang for rang, theme in reversed(list(_sure(scores, whole)))}
        if best not in places:
            places[best] = max(range(len(scores)), key=lambda rang: scores[rang][best], default=0)
        return tuple(Theme(cle) for cle in sorted(places, key=lambda cle: places[cle]))[:THEMES_MAX]

    def _scores(self, heard: Entendue) -> dict[str, float]:
        """How likely each theme is, and that none is asked: what was learned, and what expressions say."""
        texte = heard.texte
        scores = self._modele.scores(hashed_pieces(texte), self._encodeur.encode([texte])[0])
        for theme, poids in self._themes.find(heard).items():
            scores[theme] += PART_DITE * poids
        if self._themes.is_about_another(heard) or self._themes.is_unknown(heard.mots):
            scores[AUCUN] += POIDS_INCONNU
        return scores


def _sure(parts: Sequence[Mapping[str, float]], whole: Mapping[str, float]) -> Iterator[tuple[int, str]]:
    """The parts that plainly ask for a theme, and which."""
    for rang, scores in enumerate(parts):
        mixed = {cle: score + RAPPEL * whole[cle] for cle, score in scores.items()}
        first, second = sorted(mixed, key=lambda cle: -mixed[cle])[:2]
        if first != AUCUN and mixed[first] - mixed[second] >= SURETE:
            yield rang, first


class _Expressions:
    """The set phrases of every theme, and those that are not ours."""

    def __init__(self, regles: ReglesQuestion) -> None:
        self._phrases = set_phrases([(e, None) for e in regles.neutre] + list(_weighed(regles.themes)))
        self._courts = frozenset(
            e.lower() for t in regles.themes for e in (*t.sur, *t.fort, *t.faible) if len(e) <= 3
        )
        self._entre_deux = set_phrases((e, t.id) for t in regles.themes for e in t.entre_deux)
        self._avec_lieu = set_phrases((e, t.id) for t in regles.themes for e in t.avec_lieu)
        self._sauf = set_phrases((e, t.id) for t in regles.themes for e in t.sauf)
        self._inconnu = set_phrases((e, True) for e in regles.inconnu)
        self._dispositifs = set_phrases((e, cle) for cle, es in regles.dispositifs.items() for e in es)
        self._autres = set_phrases((e, True) for e in regles.autres_metiers)
        self._vecu = set_phrases((e, True) for e in regles.vecu)
        # « suis » tells a life, « être » does not, and both have one stem.
        self._vecu_formes = frozenset(_typed(split_words(e)) for e in regles.vecu)

    def find(self, heard: Entendue) -> dict[Theme, float]:
        """How plainly each theme is said."""
        mots = heard.mots
        formes = [m.forme for m in mots]
        found = [t.charge for t in self._phrases.find(mots) if t.charge and self._is_word(mots, t)]
        if formes.count(METIER) > 1:
            found += [(t.charge, POIDS_DOUBLE) for t in self._entre_deux.find(mots)]
        if LIEU in formes:
            found += [(t.charge, POIDS_DOUBLE) for t in self._avec_lieu.find(mots)]
        if heard.sigle:
            found.append((Theme.SIGLE, POIDS_SIGLE if heard.sigle_pres else POIDS_DOUBLE))
        out = {t.charge for t in self._sauf.find(mots)}
        return {theme: poids for theme, poids in sorted(found, key=lambda said: said[1]) if theme not in out}

    def _is_word(self, mots: Sequence[Mot], found: Trouvaille[tuple[Theme, float] | None]) -> bool:
        """A word of three letters must be typed as we write it: « va » has the stem of « vae »."""
        alone = found.fin - found.debut == 1
        return not alone or len(mots[found.debut].forme) > 3 or mots[found.debut].forme in self._courts

    def schemes(self, mots: Sequence[Mot]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.charge for t in self._dispositifs.find(mots)))

    def is_unknown(self, mots: Sequence[Mot]) -> bool:
        return bool(self._inconnu.find(mots))

    def is_about_another(self, heard: Entendue) -> bool:
        """Whether another job is asked about, and none of ours, rather than told as one's own."""
        mots = heard.mots
        vecu = [v for v in self._vecu.find(mots) if _typed(mots[v.debut : v.fin]) in self._vecu_formes]
        asked = (autre for autre in self._autres.find(mots) if not any(_near(v, autre) for v in vecu))
        # « ATSEM, ça veut dire quoi ? » asks for words, which we have.
        return not heard.metiers and not heard.sigle and any(asked)


def _weighed(themes: Iterable[ThemeConnu]) -> Iterator[tuple[str, tuple[Theme, float]]]:
    """Every expression with its theme and its weight. Those cut down to one word by `stems` tell little."""
    for theme in themes:
        yield from ((e, (theme.id, POIDS_SUR)) for e in theme.sur)
    for theme in themes:
        for expression in theme.fort:
            size, typed = len(stems(expression)), len(split_words(expression))
            poids = POIDS_FAIBLE if size == 1 < typed else POIDS[min(size, 3) - 1]
            yield expression, (theme.id, poids)
    for theme in themes:
        yield from ((e, (theme.id, POIDS_FAIBLE)) for e in theme.faible)


def _typed(mots: Sequence[Mot]) -> tuple[str, ...]:
    return tuple(m.forme for m in mots if m.forme not in PETITS)


def _near(vecu: Trouvaille[bool], autre: Trouvaille[bool]) -> bool:
    if vecu.debut < autre.fin and autre.debut < vecu.fin:
        return True
    return 0 <= autre.debut - vecu.fin <= AUTOUR_DU_METIER or 0 <= vecu.debut - autre.fin <= 1
