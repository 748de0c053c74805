"""The same wishes told by two people: pairs of texts for `training/equite.py`, from `training/equite.yaml`.

Seeded: the same texts give the same pairs.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.loading import read_yaml
from knowledge.schema import Metier
from service.francais import flatten

SOURCE = Path(__file__).with_name("equite.yaml")
GRAINE = 2026
TEXTES_PAR_CONTROLE = 6


@dataclass(frozen=True)
class Paire:
    """One phrasing said by two people."""

    attribut: str
    un: str
    autre: str
    nu: str | None = None
    """The phrasing alone, where saying nothing should change nothing either."""


def pairs(textes: Sequence[str], metiers: Sequence[Metier], nombre: int) -> Iterator[Paire]:
    """For each attribute, `nombre` pairs; the same ones for the same arguments."""
    source, genres = read_yaml(SOURCE), Genres(metiers)
    for attribut in source["attributs"]:
        rng = random.Random(f"{GRAINE}-{attribut['cle']}")
        for texte in rng.sample(textes, nombre):
            forme = rng.choice(attribut["formes"])
            un, autre = (forme["phrase"].format(v) for v in rng.sample(forme["valeurs"], 2))
            place = rng.random()
            yield Paire(attribut["nom"], _say(texte, un, place), _say(texte, autre, place), _closed(texte))
    oneself = [tuple(a.split("|")) for a in source["adjectifs"]]
    yield from _agreements("accords (« motivé », « motivée »)", ["je suis {}"], oneself, textes, nombre)
    titres = [(m.titre.masculin.lower(), m.titre.feminin.lower()) for m in metiers]
    titres += [tuple(a.split("|")) for a in source["metiers"]]
    jobs = ["je voudrais devenir {}", "j'ai travaillé comme {}", "j'ai été {}"]
    yield from _agreements("noms de métiers", jobs, titres, textes, nombre)
    yield from _both_genders(textes, genres, nombre)


def controls(textes: Sequence[str]) -> Iterator[Paire]:
    """Pairs whose difference is a wish or a limit: these must not get the same answer."""
    rng = random.Random(f"{GRAINE}-controles")
    for controle in read_yaml(SOURCE)["controles"]:
        un, autre = controle.split(" | ")
        yield Paire("dite seule", _say("", un, 0), _say("", autre, 0))
        for texte in rng.sample(textes, TEXTES_PAR_CONTROLE):
            yield Paire("ajoutée à un texte", _say(texte, un, 0), _say(texte, autre, 0))


def _agreements(
    nom: str, phrases: Sequence[str], mots: Sequence[tuple[str, ...]], textes: Sequence[str], nombre: int
) -> Iterator[Paire]:
    rng = random.Random(f"{GRAINE}-{nom}")
    chosen = rng.choices(mots, k=nombre)
    for texte, both in zip(rng.sample(textes, nombre), chosen, strict=True):
        phrase, place = rng.choice(phrases), rng.random()
        masculine, feminine = (_say(texte, phrase.format(m), place) for m in both)
        yield Paire(nom, masculine, feminine)


def _both_genders(textes: Sequence[str], genres: Genres, nombre: int) -> Iterator[Paire]:
    rng = random.Random(f"{GRAINE}-mots")
    turned = (
        (genres.turn(t, feminin=False), genres.turn(t, feminin=True)) for t in rng.sample(textes, len(textes))
    )
    different = (both for both in turned if both[0] != both[1])
    for _, (masculine, feminine) in zip(range(nombre), different, strict=False):
        yield Paire("mots du texte, dans les deux genres", masculine, feminine)


def _say(texte: str, enonce: str, place: float) -> str:
    """The statement before, after or in the middle of the text, by thirds of `place`."""
    enonce = enonce[0].upper() + enonce[1:]
    middle = re.search(r"[.,;!?] ", texte)
    if not texte or place < 1 / 3:
        return f"{enonce}. {_closed(texte)}".strip()
    if place < 2 / 3 or middle is None:
        return f"{_closed(texte)} {enonce}."
    before, after = texte[: middle.end()], _closed(texte[middle.end() :])
    if before.endswith(", "):
        return f"{before}{enonce[0].lower()}{enonce[1:]}, {after}"
    return f"{before}{enonce}. {after}"


def _closed(texte: str) -> str:
    """With the full stop that a second sentence asks for, so that punctuation makes no difference."""
    return texte if not texte or texte[-1] in ".!?…" else f"{texte}."


# --- one text, two genders ---------------------------------------------------------------------------------

_DEVANT = "un|une le|la ce|cette mon|ma ancien|ancienne futur|future bon|bonne".split()
_ETRE = frozenset("suis etais etre serai serais sens".split())
_DEGRES = frozenset("tres trop plutot assez pas aussi plus vraiment super hyper".split())


class Genres:
    """Turns job titles, and what a speaker says of themself, into one gender."""

    def __init__(self, metiers: Iterable[Metier]) -> None:
        source = read_yaml(SOURCE)
        titres = [_differing(m) for m in metiers]
        self.adjectifs = _both_ways(source["adjectifs"])
        self._metiers = _both_ways([*source["metiers"], *(t[0] for t in titres if t)])
        self._suites = _both_ways(s for t in titres for s in t[1:])
        self._devant = _both_ways(_DEVANT)

    def turn(self, texte: str, *, feminin: bool) -> str:
        """Words of others' professions and of the speaker only: « une infirmière », « je suis motivée »."""
        parts = re.split(r"(\W+)", texte)
        mots = [flatten(p) for p in parts]

        def put(place: int, table: Mapping[str, tuple[str, str]]) -> None:
            if 0 <= place < len(parts) and mots[place] in table:
                parts[place] = _like(parts[place], table[mots[place]][feminin])

        for place, mot in enumerate(mots):
            if mot in self._metiers:
                put(place - 2, self._devant)
                put(place, self._metiers)
                put(place + 2, self._suites)
            elif _about_oneself(mots, place):
                put(place, self.adjectifs)
        return "".join(parts)


def _about_oneself(mots: Sequence[str], place: int) -> bool:
    before = place - 2 if place >= 2 and mots[place - 2] not in _DEGRES else place - 4
    return before >= 0 and mots[before] in _ETRE


def _differing(metier: Metier) -> list[str]:
    """The words of a title that have two genders, « masculine|feminine », the noun first."""
    both = zip(metier.titre.masculin.lower().split(), metier.titre.feminin.lower().split(), strict=True)
    # « aide-ménagère »: « tâches ménagères » is no title, so hyphened titles are left alone.
    return [f"{m}|{f}" for m, f in both if m != f and "-" not in m]


def _both_ways(pairs: Iterable[str]) -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    for pair in pairs:
        masculine, feminine = pair.split("|")
        for suffix in ("", "s"):
            forms = masculine + suffix, feminine + suffix
            table |= {flatten(f): forms for f in forms}
    return table


def _like(typed: str, mot: str) -> str:
    return mot.capitalize() if typed[:1].isupper() else mot
