"""Hears a question: its words, with one word for every métier, every age and every place that it names.

Unlike the rest of the program it sets nothing personal aside: an age or a town is here what is asked about.
Nothing of it is kept, and none of it can reach a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from knowledge.loading import Connaissances
from knowledge.theme import Glossaire, ReglesQuestion, SigleConnu
from service.ecoute import Ecoute
from service.francais import Mot, Orthographe, clean, flatten, split_words
from service.geographie import Commune, Communes, fold
from service.noms import Noms
from service.reperage import Trouvaille

METIER, AGE, LIEU = "metier", "age00", "lieu"
"""The words that stand for any métier, any age, any place."""

AGE_MIN, AGE_MAX = 14, 75
# « à lille » without a capital is a place when the town is known to many: « die » is a word first.
HABITANTS_SANS_MAJUSCULE = 20_000
_EN_LETTRES = frozenset("quatorze quinze seize vingt trente quarante cinquante soixante".split())
_UNITES = frozenset("et un deux trois quatre cinq six sept huit neuf dix".split())
_ANS = frozenset("ans an balais piges berges".split())
_DUREE_AVANT = frozenset("depuis pendant durant dans en y apres".split())
_DUREE_APRES = frozenset("de d dans chez comme apres".split())
_LIEU = re.compile(
    r"\b(?:[àÀaA]|sur|vers|pr[èe]s de|autour de|proche de|c[ôo]t[ée] de|de|du|d['’]|dans le|dans la)\s*"
    r"((?:[A-ZÀ-Ý][\w'’]*(?:[- ](?:[A-ZÀ-Ý][\w'’]*|sur|sous|lès|les|la|le|en|de))*)|(?:[\w]+(?:-\w+)*))"
)
_DEFINIT_AVANT = re.compile(
    r"(?:\bc (?:est )+quoi|\bqu (?:est )+(?:c est|ce)(?: que?)?(?: c est)*(?: que?)?"
    r"|veut dire|veulent dire|signifie|sigles?|definition)"
    r"(?: (?:un|le|la|les|l|des|du|de|d|que|qu|ce|donc))*$"
)
_DEFINIT = re.compile(
    r"\bc (?:est )+quoi\b|\bqu (?:est )+(?:c est|ce) (?:que? )?c est|\bveut dire|\bveulent dire"
    r"|\bsignifi|\bkesako|\bsigle|\babreviation|\bqui est (?:c est|ce)|\bc est du chinois"
)


@dataclass(frozen=True)
class Entendue:
    """One question, or a part of one, as it is heard."""

    mots: tuple[Mot, ...]
    metiers: tuple[str, ...]
    """Slugs, in order."""
    commune: Commune | None
    age: int | None
    sigle: SigleConnu | None
    """The acronym whose meaning is asked for."""
    sigle_pres: bool
    """The question stands beside it: « c'est quoi un AES »."""

    @property
    def texte(self) -> str:
        return " ".join(m.forme for m in self.mots)


class Auditeur:
    """Built once; deterministic; about a millisecond a question."""

    def __init__(
        self,
        regles: ReglesQuestion,
        glossaire: Glossaire,
        connaissances: Connaissances,
        orthographe: Orthographe,
        communes: Communes,
        mots: frozenset[str],
    ) -> None:
        self._mots = _Mots(regles.abreviations, orthographe)
        self._noms = Noms(connaissances.metiers)
        self._sigles = _Sigles(glossaire, mots)
        self._communes = communes
        # Of two towns of one name, the most inhabited, which comes first.
        self._villes = {fold(c.nom): c.code for c in reversed(list(communes))}

    def hear(self, texte: str) -> Entendue:
        """Never fails; an empty text has no words."""
        ecoute = self._mots.hear(texte)
        named = self._noms.find(ecoute)
        lieux = list(self._places(ecoute.propre))
        mots = _joined(_with_ages(ecoute.mots), [span for span, _ in lieux], LIEU)
        mots = _joined(mots, _spans(ecoute, named), METIER)
        sigle, beside = self._sigles.asked(ecoute) or (None, False)
        return Entendue(
            mots=tuple(mots),
            metiers=tuple(dict.fromkeys(t.charge for t in named)),
            commune=lieux[0][1] if lieux else None,
            age=_age_said(ecoute.propre, mots),
            sigle=sigle,
            sigle_pres=beside,
        )

    def _places(self, propre: str) -> Iterator[tuple[tuple[int, int], Commune]]:
        """The communes named, with their place in the text."""
        for found in _LIEU.finditer(propre):
            code = self._villes.get(fold(found.group(1)))
            commune = self._communes.get(code) if code else None
            if commune and (found.group(1)[0].isupper() or commune.population >= HABITANTS_SANS_MAJUSCULE):
                yield found.span(1), commune


class _Mots:
    """Hears a question with all it says, ages and places too: they are what is asked, and nothing is kept."""

    def __init__(self, abreviations: Mapping[str, str], orthographe: Orthographe) -> None:
        self._abreviations = {flatten(k): [m.forme for m in split_words(v)] for k, v in abreviations.items()}
        self._orthographe = orthographe

    def hear(self, texte: str) -> Ecoute:
        propre = clean(texte)
        corrected = self._orthographe.correct(self._opened(split_words(propre)))
        mots = tuple(Mot(self._orthographe.one_gender(m.forme), m.debut, m.fin) for m in corrected)
        return Ecoute(propre, propre, mots)

    def _opened(self, mots: Iterable[Mot]) -> Iterator[Mot]:
        for mot in mots:
            for forme in self._abreviations.get(mot.forme, [mot.forme]):
                yield Mot(forme, mot.debut, mot.fin)


class _Sigles:
    """The acronyms we know, and whether one is asked about."""

    def __init__(self, glossaire: Glossaire, mots: frozenset[str]) -> None:
        self._sigles = {" ".join(m.forme for m in split_words(s.sigle)): s for s in glossaire.sigles}
        self._ordinaires = mots

    def asked(self, ecoute: Ecoute) -> tuple[SigleConnu, bool] | None:
        """« c'est quoi un AES », « VAE ça veut dire quoi », « AES ? »; whether the question is beside it."""
        typed = split_words(ecoute.propre)
        for mot, after_it in zip_longest(typed, typed[1:]):
            # « L.AS » is typed in two.
            both = f"{mot.forme} {after_it.forme}" if after_it else ""
            sigle = self._sigles.get(both) or self._sigles.get(mot.forme)
            capital = ecoute.propre[mot.debut : mot.fin].isupper()
            if sigle is None or not (capital or mot.forme not in self._ordinaires or len(typed) == 1):
                continue
            before = " ".join(m.forme for m in ecoute.mots if m.fin <= mot.debut)
            after = " ".join(m.forme for m in ecoute.mots if m.debut >= mot.fin)
            if not (before or after) or _DEFINIT_AVANT.search(before):
                return sigle, True
            if _DEFINIT.search(after) or _DEFINIT.search(before):
                return sigle, False
        return None


def _with_ages(mots: Sequence[Mot]) -> list[Mot]:
    """One word for « 43 ans » or « quarante-deux ans », where it is not how long something lasted."""
    kept: list[Mot] = []
    rang = 0
    while rang < len(mots):
        end = _age_ends(mots, rang)
        if end and not _lasts(mots, rang, end):
            kept.append(Mot(AGE, mots[rang].debut, mots[rang].fin))
            rang = end
        else:
            kept.append(mots[rang])
            rang += 1
    return kept


def _age_ends(mots: Sequence[Mot], rang: int) -> int | None:
    """Past the last word of an age that begins here."""
    if not _is_number(mots[rang].forme):
        return None
    end = rang + 1
    while end < len(mots) and mots[rang].forme.isalpha() and mots[end].forme in _UNITES:
        end += 1
    return end + 1 if end < len(mots) and mots[end].forme in _ANS else None


def _age_said(propre: str, mots: Iterable[Mot]) -> int | None:
    said = (propre[m.debut : m.fin] for m in mots if m.forme == AGE)
    return next((int(mot) for mot in said if mot.isdigit()), None)


def _is_number(forme: str) -> bool:
    return forme in _EN_LETTRES or (forme.isdigit() and AGE_MIN <= int(forme) <= AGE_MAX)


def _lasts(mots: Sequence[Mot], rang: int, end: int) -> bool:
    before = mots[rang - 1].forme if rang else ""
    after = mots[end].forme if end < len(mots) else ""
    return before in _DUREE_AVANT or after in _DUREE_APRES


def _joined(mots: Iterable[Mot], spans: Sequence[tuple[int, int]], forme: str) -> list[Mot]:
    """The same words, those inside each span (in letters of the text) said by one."""
    kept: list[Mot] = []
    for mot in mots:
        inside = next((s for s in spans if s[0] <= mot.debut < s[1]), None)
        if inside is None:
            kept.append(mot)
        elif not kept or kept[-1] != Mot(forme, *inside):
            kept.append(Mot(forme, *inside))
    return kept


def _spans(ecoute: Ecoute, named: Iterable[Trouvaille[str]]) -> list[tuple[int, int]]:
    return sorted({(ecoute.mots[t.debut].debut, ecoute.mots[t.fin - 1].fin) for t in named})
