"""Reads what a person writes into the fields of a Profil, each with the words it was read from.

A text is cut into clauses; in each, expressions of the lexicon are found, and the operator nearest to an
expression (want, love, refuse, hesitate, lift a refusal) says what the speaker does with it. What is
refused is refused, contrasts are read to the end, and nothing is read that was not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from knowledge.loading import RACINE, read_as, read_yaml
from knowledge.schema import Geste, Lexique, Metier
from service.francais import Mot, Orthographe, clean, flatten, split_words
from service.orientation import Indice
from service.profil import Profil
from service.reperage import VIDES, Reperage, Trouvaille
from service.temps import is_past, training_limit

# How far, in words, a refusal reaches: « pas du tout envie de travailler avec les … ».
PORTEE_REFUS = 8
# An intensifier or an auxiliary may stand between a refusal and the wish it refuses: « pas trop envie ».
ENTRE_DEUX = frozenset("du tout trop vraiment tellement plus forcement non bien tres envie".split())

_DEGRE = {"passion": 2, "envie": 2, "tiede": 1, "leve": 1, "rejet": -2, "reserve": -1}
_REFUS = ("rejet", "reserve")
# Expressions that hold a known word and mean something else: « sang-froid », « réseaux sociaux ».
RIEN = "rien"
# These open on what follows and never answer what came before: « ni nuit ni week-end ».
_OUVRANTS = frozenset("ni sans sauf".split())
# The force of a métier called by its name, or by a gesture nobody else makes.
NOMME = 3
_DEGRES = ("publics.", "activites.", "cadres.")
_BREAK = re.compile(r"[.!?;:,…\n()\[\]/]|\s[-–—]\s")
_CONTRASTE = frozenset("mais sauf hormis contrairement sinon cependant pourtant tandis".split())


@dataclass(frozen=True)
class Lecture:
    """What was read in one text."""

    texte: str
    indices: tuple[Indice, ...]
    intitules: tuple[str, ...] = ()
    """Earlier jobs named in the text, as typed."""
    mots_utiles: int = 0
    """How many expressions bore on these métiers; none at all suggests an off-topic text."""

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
        self._operateurs = Reperage(
            (mot, geste) for geste, mots in lexique.operateurs.items() for mot in mots
        )
        targets = list(_targets(lexique, metiers))
        self._cibles = Reperage(targets)
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
        for clause in self.clauses(propre):
            trouves = self._read_clause(propre, clause, heritage)
            vus = _answer_back(vus, trouves) if not trouves.cibles else vus + trouves.cibles
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
            if (mot.debut >= fin and _BREAK.search(propre, fin, mot.debut)) or (mot.forme in _CONTRASTE and clauses[-1]):
                clauses.append([])
            clauses[-1].append(mot)
            fin = mot.fin
        return [c for c in clauses if c]

    def _read_clause(self, propre: str, clause: list[Mot], heritage: Geste | None) -> _Clause:
        gestes = [g for g in self._operateurs.find(clause) if g.charge != "rien"]
        cibles = [c for c in self._cibles.find(clause) if c.charge.champ != RIEN]
        inherited = heritage if _continues(clause, gestes) else None
        vus = [
            _Vu(
                _of_the_past(propre, clause, c),
                _quote(propre, clause, c),
                _gesture(clause, c, gestes, cibles) or inherited,
            )
            for c in cibles
        ]
        last = vus[-1].geste if vus else None
        return _Clause(vus, gestes, last)


@dataclass(frozen=True)
class _Clause:
    cibles: list[_Vu]
    gestes: list[Trouvaille[Geste]]
    heritage: Geste | None


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


def _continues(clause: Sequence[Mot], gestes: Sequence[Trouvaille[Geste]]) -> bool:
    """A clause without a gesture of its own goes on with the one before: « ni piqûres, ni sang »."""
    return not gestes and len(clause) <= 6


def _gesture(
    clause: Sequence[Mot],
    cible: Trouvaille[_Cible],
    gestes: Sequence[Trouvaille[Geste]],
    cibles: Sequence[Trouvaille[_Cible]],
) -> Geste | None:
    """What the speaker does with one expression: the nearest operator decides, after before."""
    after = next((g for g in gestes if g.debut >= cible.fin), None)
    if after and clause[after.debut].forme not in _OUVRANTS and _speaks_back(after, cible, cibles):
        return after.charge
    before = [g for g in gestes if g.debut < cible.fin and not _inside(g, cible)]
    if not before:
        if after and not any(c.debut > cible.debut and c.debut < after.debut for c in cibles):
            return _with_refusal(clause, after, gestes)
        return None
    nearest = before[-1]
    if nearest.charge in _REFUS and cible.debut - nearest.fin > PORTEE_REFUS:
        return None
    return _with_refusal(clause, nearest, gestes)


def _speaks_back(
    after: Trouvaille[Geste], cible: Trouvaille[_Cible], cibles: Sequence[Trouvaille[_Cible]]
) -> bool:
    """« les bébés non », « la nuit bof »: a refusal that follows at once and opens on nothing else."""
    follows = after.charge in _REFUS and after.debut - cible.fin <= 1
    return follows and not any(after.fin <= c.debut <= after.fin + 4 for c in cibles)


def _with_refusal(
    clause: Sequence[Mot], geste: Trouvaille[Geste], gestes: Sequence[Trouvaille[Geste]]
) -> Geste:
    """The gesture itself, or the refusal that governs it: « pas envie », « jamais aimé »."""
    if geste.charge in (*_REFUS, "leve"):
        return geste.charge
    for autre in gestes:
        if autre.charge not in (*_REFUS, "leve"):
            continue
        gap = clause[autre.fin : geste.debut] or clause[geste.fin : autre.debut]
        between = [m for m in gap if m.forme not in VIDES]
        adjacent = autre.fin <= geste.debut or geste.fin <= autre.debut
        if adjacent and len(between) <= 2 and all(m.forme in ENTRE_DEUX for m in between):
            return autre.charge
    return geste.charge


def _inside(geste: Trouvaille[Geste], cible: Trouvaille[_Cible]) -> bool:
    return geste.debut >= cible.debut and geste.fin <= cible.fin


def _answer_back(vus: list[_Vu], clause: _Clause) -> list[_Vu]:
    """« les bébés, non merci », « les petits, oui »: a clause without a thing speaks of the one before."""
    if not vus or not clause.gestes or clause.gestes[0].debut:
        return vus
    geste, dernier = clause.gestes[0].charge, vus[-1]
    if geste not in _REFUS and dernier.geste is not None:
        return vus
    return [*vus[:-1], replace(dernier, geste=geste)]


def _of_the_past(propre: str, clause: Sequence[Mot], cible: Trouvaille[_Cible]) -> _Cible:
    """A métier named as already practised is an experience, not a wish."""
    racine, _, slug = cible.charge.champ.partition(".")
    if racine == "metier" and cible.charge.force == NOMME:
        if is_past(propre, clause[cible.debut].debut, clause[cible.fin - 1].fin):
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
    if champ.startswith(_DEGRES):
        return Indice(champ, degre, vu.mots)
    if champ.startswith("metier."):
        signe = 1 if degre > 0 else -1
        return Indice(champ, signe * vu.cible.force, vu.mots)
    if champ.startswith("contraintes.") and vu.cible.valeur is None:
        accepted = {2: "oui", 1: "oui", -1: "un_peu", -2: "non"}[degre]
        # A bare mention is not an agreement: « la nuit » alone says nothing.
        return Indice(champ, accepted, vu.mots) if geste else None
    if vu.cible.valeur is None:
        return Indice(champ, degre > 0, vu.mots)
    if champ == "niveau" and geste and vu.cible.valeur != "sans_diplome":
        # « je veux passer un CAP » speaks of a diploma to come.
        return None
    # « pas payé pendant la formation » is already an expression of its own; only a yes can be denied.
    return None if geste in _REFUS and vu.cible.valeur is True else Indice(champ, vu.cible.valeur, vu.mots)


def _strongest(known: Indice, new: Indice) -> Indice:
    if not isinstance(known.valeur, int) or not isinstance(new.valeur, int):
        return new
    if known.champ.startswith("metier."):
        both = known.valeur + new.valeur
        mots = known.mots if known.mots == new.mots else f"{known.mots}, {new.mots}"
        return Indice(known.champ, max(-4, min(4, both)), mots)
    return new if abs(new.valeur) >= abs(known.valeur) else known
