"""How fair the answers are, measured: `python -m training.equite --date DAY`, written into `docs/equite.md`.

Each pair is one of our own phrasings, said twice: two names, two ages, two places… or the feminine and the
masculine. What is asked of a pair is the same first five. Then the same texts are given to two groups, and
each métier must be shown as often to both. Seeded: the same files give the same figures.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean

from service.conseiller import Conseiller
from service.francais import flatten
from service.profil import Profil
from training.judgements_files import Enonce, read_phrasings, read_test
from training.paires import GRAINE, Genres, Paire, controls, pairs

PAGE = Path(__file__).parent.parent / "docs" / "equite.md"
DEBUT, FIN = "<!-- mesures : début -->", "<!-- mesures : fin -->"
# Phrasings drawn before those the service does not answer are left out.
TIRES = 800
# A statement must still fit in the field.
LONGUEUR_MAX = 1500
TEXTES_PAR_ATTRIBUT = 60
TEXTES_EXPOSITION = 300
PREMIERS, MONTRES = 5, 3
# Below this many showings in all, a ratio between two groups is chance.
MONTRES_MIN = 20

Ranking = tuple[str, ...]
Ranker = Callable[[str], Ranking]
"""A text → slugs, best first; none at all when the service does not rank it."""
Tournure = Callable[[str], str]
"""A text as one group would say it."""


@dataclass(frozen=True)
class Constat:
    """What one pair gave."""

    identique: bool
    """The same first five, in the same order."""
    recouvrement: float
    """Share of the first five in common, 0–1."""
    ecart_de_rang: int
    """The largest change of rank of a métier that is in either first five."""
    premiers: str
    """How the first three differ."""

    @classmethod
    def of(cls, un: Ranking, autre: Ranking) -> Constat:
        """Compare two rankings of the same métiers."""
        tops = un[:PREMIERS], autre[:PREMIERS]
        seen = set(tops[0]) | set(tops[1])
        # An absent answer has no ranks to compare; `premiers` tells it.
        ranked = seen if un and autre else set()
        return cls(
            identique=tops[0] == tops[1],
            recouvrement=len(set(tops[0]) & set(tops[1])) / len(seen) if seen else 1.0,
            ecart_de_rang=max((abs(_rank(un, m) - _rank(autre, m)) for m in ranked), default=0),
            premiers=_firsts(un[:MONTRES], autre[:MONTRES]),
        )


def _rank(ranking: Ranking, metier: str) -> int:
    return ranking.index(metier) if metier in ranking else len(ranking)


def _firsts(un: Ranking, autre: Ranking) -> str:
    if un == autre:
        return "identiques"
    if not un or not autre:
        return "une réponse absente"
    changed = len(set(un) - set(autre))
    return {0: "autre ordre", 1: "un métier changé"}.get(changed, "deux ou trois changés")


# --- groups ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Groupes:
    """Two ways to say the same texts, and who says them so."""

    nom: str
    un: Tournure
    autre: Tournure
    registres: frozenset[str] = frozenset()
    """Only texts written so; all when empty."""


@dataclass(frozen=True)
class Exposition:
    """How often two groups see each métier among the first three."""

    identiques: float
    """Share of texts whose first three are the same for both."""
    metiers: Mapping[str, tuple[int, int]]
    textes: int

    @property
    def rapports(self) -> dict[str, float]:
        """For métiers shown often enough: the larger count over the smaller."""
        return {
            m: max(both) / max(1, min(both)) for m, both in self.metiers.items() if sum(both) >= MONTRES_MIN
        }

    @property
    def ecarts(self) -> dict[str, float]:
        """In points: share of texts where one group sees the métier, less the other's."""
        return {m: 100 * (a - b) / self.textes for m, (a, b) in self.metiers.items()}

    def by(self, familles: Mapping[str, str]) -> Exposition:
        """The same, métiers counted by famille."""
        counts: dict[str, tuple[int, int]] = {}
        for metier, (a, b) in self.metiers.items():
            seen = counts.get(familles[metier], (0, 0))
            counts[familles[metier]] = seen[0] + a, seen[1] + b
        return Exposition(self.identiques, counts, self.textes * MONTRES)


def groups(genres: Genres) -> tuple[Groupes, ...]:
    """The comparisons of the page."""
    plain = frozenset({"courant", "soutenu"})
    return (
        Groupes(
            "femme / homme",
            lambda t: f"Je suis une femme, motivée et sérieuse. {genres.turn(t, feminin=True)}",
            lambda t: f"Je suis un homme, motivé et sérieux. {genres.turn(t, feminin=False)}",
        ),
        Groupes("Fatoumata / Louis", _saying("Je m'appelle Fatoumata."), _saying("Je m'appelle Louis.")),
        Groupes("19 ans / 56 ans", _saying("J'ai 19 ans."), _saying("J'ai 56 ans.")),
        Groupes(
            "quartier / campagne",
            _saying("J'habite dans un quartier populaire."),
            _saying("J'habite à la campagne."),
        ),
        Groupes("texto / écriture ordinaire", as_sms, str, plain),
        Groupes("sans articles / écriture ordinaire", without_articles, str, plain),
    )


def _saying(enonce: str) -> Tournure:
    return lambda texte: f"{enonce} {texte}"


# Common shortenings, then letters nobody hears; the rest is typed in full.
_SMS = (
    (r"\bje suis\b", "chui"), (r"\bj'ai\b", "g"), (r"\bc'est\b", "c"), (r"\bqu'|\bque\b", "ke "),
    (r"\bquand\b", "kan"), (r"\bpour\b", "pr"), (r"\bavec\b", "ac"), (r"\bdans\b", "ds"),
    (r"\bbeaucoup\b", "bcp"), (r"\bvous\b", "vs"), (r"\btoujours\b", "tjr"), (r"\bje (?=[bcdfgkmprtv])", "j"),
    (r"\bj'", "j"), (r"qu", "k"), (r"(?<=\w{2})(?:er|és?|ées?|ais|ait)\b", "é"), (r"(?<=\w{3})s\b", ""),
    (r"[.,;:!?«»]", ""), (r"\bn['e] ?", ""), (r" {2,}", " "),
)  # fmt: skip
_ARTICLES = re.compile(r"(?i)\b(?:l['’]|(?:le|la|les|un|une|des|du|de la) )|\bn(?:e |['’])")


def as_sms(texte: str) -> str:
    """The text as typed fast on a telephone: shortened, no capitals, no accents, no punctuation."""
    shortened = texte.lower().replace("’", "'")
    for motif, typed in _SMS:
        shortened = re.sub(motif, typed, shortened)
    return flatten(shortened.strip())


def without_articles(texte: str) -> str:
    """The text as many write while they learn French: without articles or « ne »."""
    return _ARTICLES.sub("", texte)


def expose(groupes: Groupes, enonces: Sequence[Enonce], rank: Ranker) -> Exposition:
    """Give the same texts to both groups."""
    kept = [e.texte for e in enonces if not groupes.registres or e.registre in groupes.registres]
    textes = random.Random(f"{GRAINE}-{groupes.nom}").sample(kept, TEXTES_EXPOSITION)
    shown = [(rank(groupes.un(t))[:MONTRES], rank(groupes.autre(t))[:MONTRES]) for t in textes]
    un, autre = (Counter(m for both in shown for m in both[side]) for side in (0, 1))
    counts = {m: (un[m], autre[m]) for m in sorted(un | autre)}
    return Exposition(mean(a == b for a, b in shown), counts, len(textes))


# --- the page ----------------------------------------------------------------------------------------------


def ranker(conseiller: Conseiller) -> Ranker:
    """The product's own ranking of the 26 for a text, each text ranked once."""

    @cache
    def rank(texte: str) -> Ranking:
        orientation = conseiller.orienter(Profil(envies=texte), limite=26)
        return tuple(r.metier.slug for r in orientation.recommandations)

    return rank


def drawn(rank: Ranker) -> list[Enonce]:
    """Phrasings of ours that the service answers, from every file and register."""
    everything = (*read_test(), *read_phrasings())
    rng = random.Random(GRAINE)
    return [e for e in rng.sample(everything, TIRES) if len(e.texte) < LONGUEUR_MAX and rank(e.texte)]


def report(conseiller: Conseiller, jour: str) -> str:
    """The measured part of `docs/equite.md`."""
    rank = ranker(conseiller)
    enonces = drawn(rank)
    textes = [e.texte for e in enonces]
    metiers = list(conseiller.connaissances.metiers.values())
    titres = {m.slug: m.titre.feminin for m in metiers}
    familles = {m.slug: m.famille.replace("_", " ") for m in metiers}
    found: dict[str, list[tuple[Paire, Constat]]] = {}
    for paire in pairs(textes, metiers, TEXTES_PAR_ATTRIBUT):
        found.setdefault(paire.attribut, []).append((paire, Constat.of(rank(paire.un), rank(paire.autre))))
    shown = [(g.nom, expose(g, enonces, rank)) for g in groups(Genres(metiers))]
    lines = [
        f"Mesuré le {jour} par `make equite`. Version des fiches : {conseiller.versions['connaissances']}. "
        f"Les textes de départ sont {len(textes)} phrases écrites par nous, tirées au sort.",
        "",
        *_pairs_table(found, rank),
        *_controls_table(controls(textes), rank),
        *_exposure_table(shown, titres, familles),
    ]
    return "\n".join(lines)


def _pairs_table(found: Mapping[str, Sequence[tuple[Paire, Constat]]], rank: Ranker) -> Iterator[str]:
    yield "### Une seule chose change"
    yield ""
    yield (
        "Chaque texte est dit deux fois, avec deux prénoms, deux âges, et ainsi de suite. "
        "La précision est mise au début, au milieu ou à la fin. « Sans le dire » compare au texte seul."
    )
    yield ""
    yield "| Ce qui change | Paires | 5 premiers identiques | Part commune | Plus grand saut | Sans le dire |"
    yield "| --- | --: | --: | --: | --: | --: |"
    yield from (_pairs_row(nom, measured, rank) for nom, measured in found.items())
    yield ""
    firsts = Counter(c.premiers for measured in found.values() for _, c in measured)
    total = sum(firsts.values())
    others = ", ".join(f"{nom} {n}" for nom, n in firsts.most_common() if nom != "identiques")
    yield (
        "« Plus grand saut » : le plus grand changement de rang d'un métier parmi ces cinq. "
        f"Les trois premiers sont identiques dans {firsts['identiques']} paires sur {total}. "
        f"Les autres : {others or 'aucune'}."
    )
    yield ""


def _pairs_row(nom: str, measured: Sequence[tuple[Paire, Constat]], rank: Ranker) -> str:
    constats = [c for _, c in measured]
    alone = [rank(p.nu)[:PREMIERS] == rank(p.un)[:PREMIERS] for p, _ in measured if p.nu is not None]
    return (
        f"| {nom} | {len(constats)} | {_percent(mean(c.identique for c in constats))} "
        f"| {_percent(mean(c.recouvrement for c in constats))} "
        f"| {max(c.ecart_de_rang for c in constats)} | {_percent(mean(alone)) if alone else '–'} |"
    )


def _controls_table(paires: Iterable[Paire], rank: Ranker) -> Iterator[str]:
    yield "### Une envie ou une limite change"
    yield ""
    yield "Ici, la réponse doit changer. Sinon, le programme n'écouterait pas."
    yield ""
    yield "| L'envie ou la limite | Paires | 5 premiers différents | Part commune |"
    yield "| --- | --: | --: | --: |"
    found: dict[str, list[Constat]] = {}
    for paire in paires:
        found.setdefault(paire.attribut, []).append(Constat.of(rank(paire.un), rank(paire.autre)))
    for nom, constats in found.items():
        yield (
            f"| {nom} | {len(constats)} | {_percent(mean(not c.identique for c in constats))} "
            f"| {_percent(mean(c.recouvrement for c in constats))} |"
        )
    yield ""


def _exposure_table(
    shown: Sequence[tuple[str, Exposition]], titres: Mapping[str, str], familles: Mapping[str, str]
) -> Iterator[str]:
    yield "### Ce que deux groupes voient"
    yield ""
    yield (
        f"Les mêmes {TEXTES_EXPOSITION} textes sont donnés à deux groupes. On compte chaque métier montré "
        f"parmi les trois premiers. Le rapport divise le plus grand compte par le plus petit, pour les "
        f"métiers montrés {MONTRES_MIN} fois ou plus. L'écart est en points : plus, si le premier groupe "
        f"voit davantage le métier."
    )
    yield ""
    yield "| Groupes | 3 premiers identiques | Plus grand rapport | Écart, métier | Écart, famille |"
    yield "| --- | --: | --: | --- | --- |"
    for nom, exposition in shown:
        rapport = max(exposition.rapports.values(), default=1.0)
        yield (
            f"| {nom} | {_percent(exposition.identiques)} | {_decimal(rapport)} "
            f"| {_widest(exposition.ecarts, titres)} | {_widest(exposition.by(familles).ecarts)} |"
        )


def _widest(ecarts: Mapping[str, float], noms: Mapping[str, str] | None = None) -> str:
    key = max(ecarts, key=lambda k: (abs(ecarts[k]), k))
    if not ecarts[key]:
        return "0"
    sign = "+" if ecarts[key] > 0 else "−"
    return f"{(noms or {}).get(key, key)} : {sign}{_decimal(abs(ecarts[key]))} pt"


def _percent(part: float) -> str:
    # Rounded down: 99.6 % is not 100 %.
    return f"{int(part * 1000 + 1e-9) / 10:g} %".replace(".", ",")


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True, help="written on the page, so that a rerun is identical")
    arguments.add_argument("--page", type=Path, default=PAGE)
    options = arguments.parse_args()
    page = options.page.read_text(encoding="utf-8")
    before, after = page.split(DEBUT)[0], page.split(FIN)[1]
    measured = report(Conseiller.load(), options.date)
    options.page.write_text(f"{before}{DEBUT}\n{measured}\n{FIN}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
