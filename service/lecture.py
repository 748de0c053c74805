"""Reads what a person writes into the fields of a Profil, each with the words it was read from.

A text is cut into clauses; in each, expressions of the lexicon are found, and the operator nearest to an
expression (want, love, refuse, hesitate, lift a refusal) says what the speaker does with it. What is
refused is refused, contrasts are read to the end, and nothing is read that was not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from knowledge.loading import RACINE, read_as, read_yaml
from knowledge.schema import Geste, Lexique, Metier
from service.francais import Mot, Orthographe, clean, flatten, split_words
from service.gestes import REFUS, Place, continues, gesture, opens, own_gestures, with_refusal
from service.orientation import Indice
from service.profil import GOUTS, Profil
from service.reperage import Reperage, Trouvaille
from service.temps import is_past, training_limit

_DEGRE = {"passion": 2, "envie": 2, "tiede": 1, "leve": 1, "rejet": -2, "reserve": -1}
# Expressions that hold a known word and mean something else: « sang-froid », « réseaux sociaux ».
RIEN = "rien"
# The force of a métier called by its name, or by a gesture nobody else makes.
NOMME = 3
# « surtout pas avec les », up to the thing itself.
_FERME = re.compile(r"\bsurtout pas\b(?:[ '’]+\w+){0,3}[ '’]*$", re.I)
_BREAK = re.compile(r"[.!?;:,…\n()\[\]/]|\s[-–—]\s")
_CONTRASTE = frozenset("mais sauf hormis contrairement sinon cependant pourtant tandis".split())
_CONTRASTE_A_DEUX = frozenset({("par", "contre"), ("en", "revanche"), ("au", "lieu"), ("a", "part")})


@dataclass(frozen=True)
class Lecture:
    """What was read in one text."""

    texte: str
    indices: tuple[Indice, ...]
    intitules: tuple[str, ...] = ()
    """Earlier jobs named in the text, as typed."""
    mots_utiles: int = 0
    """How many expressions bore on these métiers; none at all suggests an off-topic text."""
    hors_sujet: bool = False
    """True when the text speaks of something else, and was not read."""

    @cached_property
    def profil(self) -> Profil:
        """The same as a partial Profil: only what is sure, and fields the contract has."""
        parts: dict[str, object] = {}
        for indice in self.indices:
            racine, _, cle = indice.champ.partition(".")
            if not indice.sur or racine in ("metier", "exerce"):
                continue
            if not cle:
                parts[racine] = indice.valeur
            else:
                parts.setdefault(racine, {})[cle] = indice.valeur  # type: ignore[index]
        parts["experiences"] = [{"intitule": i} for i in self.intitules[:30]]
        return Profil.model_validate(parts)

    def with_jobs(self, intitules: tuple[str, ...]) -> Lecture:
        """The same, with the earlier jobs named in it."""
        return replace(self, intitules=intitules)

    def joined_by(self, appris: Sequence[Indice], nies: Set[str]) -> Lecture:
        """The same, with what a learned reader understood, and without what it denies.

        The lexicon knows the words it found, not the sentence: « les ados m'ont usée » is no wish. Where both
        read a field the same way, the lexicon's words and degree are kept. « Surtout pas les bébés » stands,
        which the learned reader loses behind « j'adore les personnes âgées, ».
        """
        firm = {i.champ for i in self.indices if self._is_firm(i)}
        kept = {i.champ: i for i in self.indices if i.champ in firm or i.sens not in nies}
        for indice in appris:
            known = kept.get(indice.champ)
            contrary = indice.sur and known is not None and known.sens != indice.sens
            if known is None or (contrary and indice.champ not in firm):
                kept[indice.champ] = indice
        return replace(self, indices=tuple(kept.values()))

    def _is_firm(self, indice: Indice) -> bool:
        """A refusal that no sentence softens."""
        before = self.texte.partition(indice.mots)[0]
        return indice.valeur in (_DEGRE["rejet"], "non") and _FERME.search(before) is not None

    def without(self, champ: str) -> Lecture:
        """The same, with one field unsaid."""
        return replace(self, indices=tuple(i for i in self.indices if i.champ != champ))

    @property
    def exerces(self) -> frozenset[str]:
        """Slugs of the métiers the text says were practised."""
        return frozenset(
            i.champ.removeprefix("exerce.") for i in self.indices if i.champ.startswith("exerce.")
        )

    @property
    def metiers(self) -> dict[str, float]:
        """How strongly each métier is alluded to, −1…1."""
        return {
            i.champ.removeprefix("metier."): float(i.valeur) / 3
            for i in self.indices
            if i.champ.startswith("metier.")
        }


@dataclass(frozen=True)
class _Cible:
    champ: str
    valeur: bool | str | None = None
    force: int = 1


@dataclass(frozen=True)
class _Vu:
    """One target found, with what its speaker does with it."""

    cible: _Cible
    mots: str
    geste: Geste | None


class Lecteur:
    """Reads free text. Built once; deterministic; a few hundred microseconds a text."""

    def __init__(
        self,
        lexique: Lexique,
        metiers: Mapping[str, Metier],
        abreviations: Mapping[str, str],
        connus: Iterable[str] = (),
    ) -> None:
        self.lexique = lexique
        self._operateurs = Reperage(
            (mot, geste) for geste, mots in lexique.operateurs.items() for mot in mots
        )
        targets = list(_targets(lexique, metiers))
        self._things = Reperage((e, c) for e, c in targets if not c.champ.startswith("metier."))
        # Apart, so that a métier's sign (« travailler en crèche ») does not hide the field it speaks of.
        self._signes = Reperage((e, c) for e, c in targets if c.champ.startswith("metier."))
        spelled = [e for e, _ in targets] + [m for ms in lexique.operateurs.values() for m in ms]
        words = {m.forme for e in spelled for m in split_words(e)}
        self.orthographe = Orthographe(abreviations, words, connus)

    @classmethod
    def load(cls, metiers: Mapping[str, Metier], connus: Iterable[str]) -> Lecteur:
        """With the lexicon and the everyday language of `knowledge/`; `connus` are ordinary French words."""
        lexique: Lexique = read_as(RACINE / "lexique.yaml", Lexique)
        return cls(lexique, metiers, read_yaml(RACINE / "langage_courant.yaml")["abreviations"], connus)

    def read(self, texte: str) -> Lecture:
        """Read one text of any register. Never fails; an empty text gives an empty reading."""
        propre = clean(texte)
        vus: list[_Vu] = []
        heritage: Geste | None = None
        dernier = 0
        for clause in self.clauses(propre):
            trouves = self._read_clause(propre, clause, heritage)
            vus = vus + trouves.vus if trouves.vus else _answer_back(vus, dernier, trouves.reponse)
            dernier = len(trouves.vus) or dernier
            heritage = trouves.heritage
        return Lecture(propre, self._with_length(propre, _resolve(vus)), mots_utiles=len(vus))

    def _with_length(self, propre: str, indices: tuple[Indice, ...]) -> tuple[Indice, ...]:
        """A length of training written in figures says more than a general word about study."""
        for clause in self.clauses(propre):
            if found := training_limit(" ".join(m.forme for m in clause)):
                limit, mots = found
                others = tuple(i for i in indices if i.champ != "etudes_max")
                return (*others, Indice("etudes_max", limit.value, mots))
        return indices

    def clauses(self, propre: str) -> list[list[Mot]]:
        """The corrected words of a cleaned text, cut at punctuation and contrasts."""
        clauses: list[list[Mot]] = [[]]
        fin = 0
        for mot in self.orthographe.correct(split_words(propre)):
            cut = mot.debut >= fin and _BREAK.search(propre, fin, mot.debut)
            if clauses[-1] and (cut or _opens_contrast(clauses[-1][-1], mot)):
                clauses.append([])
            clauses[-1].append(mot)
            fin = mot.fin
        return [c for c in clauses if c]

    def _read_clause(self, propre: str, clause: list[Mot], heritage: Geste | None) -> _Clause:
        things, signes = self._things.find(clause), self._signes.find(clause)
        named = [Place(t.debut, t.fin) for t in things]
        gestes = own_gestures(clause, self._operateurs.find(clause), named)
        inherited = heritage if continues(clause, gestes, heritage) else None
        vus = [
            _Vu(
                _of_the_past(propre, clause, t),
                _quote(propre, clause, t),
                gesture(clause, Place(t.debut, t.fin), gestes, named) or inherited,
            )
            for t in [*things, *signes]
            if t.charge.champ != RIEN
        ]
        reponse = with_refusal(clause, gestes[0], gestes) if opens(clause, gestes) else None
        return _Clause(vus, reponse, vus[-1].geste if vus else None)


@dataclass(frozen=True)
class _Clause:
    vus: list[_Vu]
    reponse: Geste | None
    """The gesture the clause opens with; without a thing of its own, it answers the clause before."""
    heritage: Geste | None


def _opens_contrast(avant: Mot, mot: Mot) -> bool:
    return mot.forme in _CONTRASTE or (avant.forme, mot.forme) in _CONTRASTE_A_DEUX


def _targets(lexique: Lexique, metiers: Mapping[str, Metier]) -> Iterable[tuple[str, _Cible]]:
    for entree in lexique.champs:
        for mot in entree.mots:
            yield mot, _Cible(entree.champ, entree.valeur)
    for metier in metiers.values():
        named = {metier.titre.feminin, metier.titre.masculin, *metier.autres_noms}
        forces = {flatten(nom): (nom, NOMME) for nom in named}
        forces |= {flatten(s.expression): (s.expression, s.force) for s in metier.signes}
        for mot, force in forces.values():
            yield mot, _Cible(f"metier.{metier.slug}", force=force)


def _answer_back(vus: list[_Vu], dernier: int, reponse: Geste | None) -> list[_Vu]:
    """« les bébés, non merci », « la nuit, j'adore »: the things of the clause before get this answer.

    A refusal answers the last thing named whatever was said of it; a wish, only what nobody spoke of.
    """
    if not vus or reponse is None:
        return vus
    place = len(vus) - dernier
    answered = [replace(v, geste=reponse) if v.geste is None else v for v in vus[place:]]
    if reponse in REFUS:
        answered[-1] = replace(answered[-1], geste=reponse)
    return vus[:place] + answered


def _of_the_past(propre: str, clause: Sequence[Mot], cible: Trouvaille[_Cible]) -> _Cible:
    """A métier named as already practised is an experience, not a wish."""
    racine, _, slug = cible.charge.champ.partition(".")
    named = racine == "metier" and cible.charge.force == NOMME
    if named and is_past(propre, clause[cible.debut].debut, clause[cible.fin - 1].fin):
        return _Cible(f"exerce.{slug}", True)
    return cible.charge


def _quote(propre: str, clause: Sequence[Mot], cible: Trouvaille[_Cible]) -> str:
    return propre[clause[cible.debut].debut : clause[cible.fin - 1].fin]


def _resolve(vus: Sequence[_Vu]) -> tuple[Indice, ...]:
    """One value per field: a refusal beats a wish only when said last or more strongly."""
    short = len(vus) <= 2
    found: dict[str, Indice] = {}
    for vu in vus:
        indice = _read_one(vu, short)
        if indice is None:
            continue
        known = found.get(indice.champ)
        found[indice.champ] = indice if known is None else _strongest(known, indice)
    return tuple(found.values())


def _read_one(vu: _Vu, short: bool) -> Indice | None:
    champ, geste = vu.cible.champ, vu.geste
    degre = _DEGRE[geste] if geste else (2 if short else 1)
    racine = champ.partition(".")[0]
    if racine in GOUTS:
        return Indice(champ, degre, vu.mots)
    if racine == "metier":
        signe = 1 if degre > 0 else -1
        return Indice(champ, signe * vu.cible.force, vu.mots)
    if racine == "contraintes" and vu.cible.valeur is None:
        accepted = {2: "oui", 1: "oui", -1: "un_peu", -2: "non"}[degre]
        # A bare mention is not an agreement: « la nuit » alone says nothing.
        return Indice(champ, accepted, vu.mots) if geste else None
    if vu.cible.valeur is None:
        return Indice(champ, degre > 0, vu.mots)
    if champ == "niveau" and geste and vu.cible.valeur != "sans_diplome":
        # « je veux passer un CAP » speaks of a diploma to come.
        return None
    # « pas payé pendant la formation » is already an expression of its own; only a yes can be denied.
    return None if geste in REFUS and vu.cible.valeur is True else Indice(champ, vu.cible.valeur, vu.mots)


def _strongest(known: Indice, new: Indice) -> Indice:
    if not isinstance(known.valeur, int) or not isinstance(new.valeur, int):
        return new
    if known.champ.startswith("metier."):
        both = known.valeur + new.valeur
        mots = known.mots if known.mots == new.mots else f"{known.mots}, {new.mots}"
        return Indice(known.champ, max(-4, min(4, both)), mots)
    return new if abs(new.valeur) >= abs(known.valeur) else known
