"""Earlier jobs: from the person's words to a ROME appellation, then to what that job already taught.

A job title given as such goes to the nearest appellation by meaning; in free text only titles written out are
picked up, because a nearest neighbour always exists and most sentences name no job.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from knowledge.schema import Metier, Transfert
from models.encoder import Encodeur
from service.francais import flatten, split_words
from service.profil import GOUTS
from service.reperage import Reperage
from service.temps import is_past

# Under this cosine the nearest appellation is only the least far.
COSINUS_MIN = 0.6
# Longer appellations are rarely written out in a sentence, and would slow the start.
MOTS_MAX = 3


@dataclass(frozen=True)
class Appellation:
    code_rome: str
    libelle: str
    feminin: str


@dataclass(frozen=True)
class Acquis:
    """What earlier jobs bring."""

    savoirs: Mapping[str, float] = field(default_factory=dict)
    """Dotted field of a Profil → strength, at most 2."""
    en_mots: tuple[str, ...] = ()
    """The same, said to the person."""
    deja_exerces: frozenset[str] = frozenset()
    """Slugs of the 26 already practised."""


def load_appellations(chemin: Path) -> tuple[Appellation, ...]:
    """Read `referentiels/appellations.csv`."""
    with chemin.open(encoding="utf-8", newline="") as fichier:
        return tuple(Appellation(r["code_rome"], r["libelle"], r["feminin"]) for r in csv.DictReader(fichier))


class Experiences:
    """Knows every ROME appellation and what the jobs behind them teach."""

    def __init__(
        self,
        appellations: Sequence[Appellation],
        transferts: Sequence[Transfert],
        metiers: Mapping[str, Metier],
        encodeur: Encodeur,
    ) -> None:
        self._appellations = appellations
        self._encodeur = encodeur
        self._vecteurs = encodeur.encode([a.libelle for a in appellations])
        self._titres = Reperage(_written_titles(appellations))
        self._transferts = {code: t for t in transferts for code in t.rome}
        self._metiers_par_rome: dict[str, str] = {}
        for metier in metiers.values():
            self._metiers_par_rome.setdefault(metier.rome[0].code, metier.slug)

    def nearest(self, intitule: str) -> Appellation | None:
        """The ROME appellation closest in meaning, or None when none is close."""
        vecteur = self._encodeur.encode([intitule])[0]
        cosinus = self._vecteurs @ vecteur
        best = int(np.argmax(cosinus))
        return self._appellations[best] if cosinus[best] >= COSINUS_MIN else None

    def practised_in(self, texte: str) -> tuple[str, ...]:
        """ROME titles of the jobs a text says were practised: « caissière 14 ans », « ancien maçon »."""
        mots = split_words(texte)
        found = ((t.charge, mots[t.debut].debut, mots[t.fin - 1].fin) for t in self._titres.find(mots))
        return tuple(dict.fromkeys(a.libelle for a, debut, fin in found if is_past(texte, debut, fin)))

    def taught_by(self, appellations: Iterable[Appellation]) -> Acquis:
        """What these jobs bring, once each."""
        codes = dict.fromkeys(a.code_rome for a in appellations)
        found = [t for code in codes if (t := self._transfer(code))]
        unique = list({id(t): t for t in found}.values())
        savoirs: dict[str, float] = {}
        for transfert in unique:
            for champ, force in _fields(transfert):
                savoirs[champ] = min(2.0, savoirs.get(champ, 0) + force)
        practised = frozenset(self._metiers_par_rome[c] for c in codes if c in self._metiers_par_rome)
        return Acquis(savoirs, tuple(t.savoirs for t in unique), practised)

    def _transfer(self, code_rome: str) -> Transfert | None:
        prefixes = (code_rome[:n] for n in range(len(code_rome), 0, -1))
        return next((self._transferts[p] for p in prefixes if p in self._transferts), None)


def _written_titles(appellations: Sequence[Appellation]) -> Iterable[tuple[str, Appellation]]:
    """The short titles, each gender apart."""
    seen: set[str] = set()
    for appellation in appellations:
        for titre in (appellation.libelle, appellation.feminin):
            key = flatten(titre)
            if key not in seen and len(titre.split()) <= MOTS_MAX:
                seen.add(key)
                yield titre, appellation


def _fields(transfert: Transfert) -> Iterable[tuple[str, int]]:
    for champ in GOUTS:
        for cle, force in getattr(transfert, champ).items():
            yield f"{champ}.{cle}", force
