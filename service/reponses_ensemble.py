"""What is told of several métiers together, or of all of them when none is named; `told` is the way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from knowledge.passerelle import Effet
from knowledge.schema import Confiance, Contrainte, Frequence, Metier, Origine, Source
from knowledge.theme import Theme
from service.libelles import duration
from service.reponses_faits import (
    METIERS_MAX,
    PASSERELLES_MAX,
    PISTES_MAX,
    Arete,
    Contexte,
    Dit,
    apprenticeship,
    edges,
    near_offers,
    people_to_see,
    reached,
    schemes,
    trial,
    vae_in_general,
)
from service.reponses_metier import THEMES
from service.reponses_mots import after, euros, lower, sentence, upper


def told(theme: Theme, c: Contexte) -> list[Dit]:
    """What is known of one theme, of each métier asked about; empty when nothing is."""
    if theme in _ENSEMBLE or not c.metiers:
        return list(_ENSEMBLE.get(theme, _SANS_METIER.get(theme, _nothing))(c))
    return [dit for metier in c.metiers for dit in THEMES[theme](metier, c)]


def _nothing(_c: Contexte) -> Iterator[Dit]:
    yield from ()


def _difference(c: Contexte) -> Iterator[Dit]:
    for m in c.metiers[:2] if len(c.metiers) > 1 else ():
        yield f"{upper(m.nom)}. {sentence(m.resume)}", m.sources["jugement"]
        yield after("La formation", m.acces.duree_texte), m.sources[m.acces.source]
        yield sentence(m.exigences.diplome.texte), m.sources[m.exigences.diplome.source]


def _passerelle(c: Contexte) -> Iterator[Dit]:
    if len(c.metiers) > 1:
        yield from _between(c.metiers[0], c.metiers[1], c)
    elif c.metiers:
        yield from _around(c.metiers[0], c)
    else:
        found = list(edges(c, c.acquis or frozenset({"DEAES", "DEAS"}), None))[:PASSERELLES_MAX]
        yield from _shortcuts("Un diplôme peut ouvrir ou raccourcir une formation.", found, c)


def _between(a: Metier, b: Metier, c: Contexte) -> Iterator[Dit]:
    for first, second in ((a, b), (b, a)):
        # What was practised, and its usual diploma, before the other diplomas that open the same work.
        usual = frozenset({first.slug, *first.acces.certifications[:1]})
        found = list(edges(c, usual, reached(second))) or list(edges(c, reached(first), reached(second)))
        if found:
            # The work done comes before the diploma that goes with it.
            found.sort(key=lambda arete: arete[0] != first.slug)
            opening = f"Vers {second.nom}, voici ce qui aide."
            yield from _shortcuts(opening, found[:PASSERELLES_MAX], c)
            return
    source = b.sources[b.acces.source]
    yield f"Vers {b.nom}, nous n'avons trouvé aucune passerelle.", source
    yield after("La formation entière", b.acces.duree_texte), source


def _around(m: Metier, c: Contexte) -> Iterator[Dit]:
    """What leads to it, from what the person holds if they said so, then what it leads to."""
    mine = list(edges(c, c.acquis, reached(m)))
    found = mine or [e for e in edges(c, None, reached(m)) if e[0] not in reached(m)]
    yield from _shortcuts(f"Vers {m.nom}, voici ce qui aide.", found[:2], c)
    onward = [e for e in edges(c, reached(m), None) if e[1].vers not in reached(m)]
    yield from _shortcuts(f"Quand on est {m.nom}, voici ce qui s'ouvre.", onward[:2], c)
    if not found and not onward:
        yield (
            f"Pour {m.nom}, nous n'avons trouvé aucune passerelle.",
            m.sources[m.acces.source],
        )


def _shortcuts(opening: str, edges: Iterable[Arete], c: Contexte) -> Iterator[Dit]:
    for origine, passerelle, source in edges:
        doubt = f" À vérifier : {lower(passerelle.doute)}" if passerelle.doute else ""
        way = f"De : {_called(origine, c)}. Vers : {_called(passerelle.vers, c)}."
        vae = " Par la validation des acquis de l'expérience." if passerelle.effet is Effet.VAE else ""
        yield f"{opening} {way}{vae} {passerelle.texte}{doubt}".strip(), source
        opening = ""


_GENERALES = {"bac": "le bac", "travail": "tout travail", "aidance": "l'aide à une personne proche"}


def _called(cle: str, c: Contexte) -> str:
    if cle in c.connaissances.metiers:
        return c.connaissances.metiers[cle].nom
    if cle in c.connaissances.certifications:
        return lower(c.connaissances.certifications[cle].titre)
    return _GENERALES[cle]


def _sigle(c: Contexte) -> Iterator[Dit]:
    if c.sigle:
        sigle = c.sigle
        parts = [f"{sigle.sigle} veut dire : {sigle.sens}.", sigle.explication, sigle.ambigu]
        yield " ".join(part for part in parts if part), c.glossaire.sources[sigle.source]


def _aide_humaine(c: Contexte) -> Iterator[Dit]:
    return people_to_see(c, None)


def _all(c: Contexte) -> list[Metier]:
    return list(c.connaissances.metiers.values())


def _salaires(c: Contexte) -> Iterator[Dit]:
    least, most = min(_all(c), key=_lowest), max(_all(c), key=_highest)
    source = least.sources[least.salaire.source]
    yield f"Ces métiers paient à partir de {euros(least.salaire.bas)} brut par mois, à temps plein.", source
    if least.salaire.precision:
        yield sentence(least.salaire.precision), source
    yield (
        f"Le plus haut que nous avons lu est {euros(most.salaire.haut)} : {most.nom}.",
        most.sources[most.salaire.source],
    )


def _lowest(m: Metier) -> tuple[int, int]:
    return m.salaire.bas, m.salaire.haut


def _highest(m: Metier) -> int:
    return m.salaire.haut


def _formations(c: Contexte) -> Iterator[Dit]:
    courts = [(m, m.sources[m.acces.source]) for m in _all(c) if m.acces.duree_mois == 0]
    yield from _examples("Certains métiers s'apprennent après l'embauche.", courts)
    longest = max(_all(c), key=lambda m: m.acces.duree_mois)
    yield (
        f"Le plus long demande {duration(longest.acces.duree_mois)} : {longest.nom}.",
        longest.sources[longest.acces.source],
    )


def _diplomes(c: Contexte) -> Iterator[Dit]:
    opened = [(m, m.sources[m.acces.source]) for m in _all(c) if m.acces.sans_diplome]
    yield from _examples("Un premier poste existe sans diplôme dans certains métiers.", opened)


def _examples(opening: str, metiers: Iterable[tuple[Metier, Source]]) -> Iterator[Dit]:
    """What is true of some métiers, then a few by name; those whose source is unsure are left out."""
    sure = [(m, source) for m, source in metiers if source.confiance is not Confiance.FAIBLE]
    for rang, (m, source) in enumerate(sure[:METIERS_MAX]):
        yield (
            (f"Ou encore : {m.nom}." if rang else f"{opening} Par exemple : {m.nom}."),
            source,
        )


def _recrutements(c: Contexte) -> Iterator[Dit]:
    wanted = sorted(_all(c), key=lambda m: -(m.recrutement.offres_par_demandeur or 0))[:PISTES_MAX]
    for m in wanted:
        yield (
            f"{upper(m.nom)}. {sentence(m.recrutement.texte)}",
            m.sources[m.recrutement.source],
        )


def _horaires_de_jour(c: Contexte) -> Iterator[Dit]:
    calm = [m for m in _all(c) if all(_never(m, x) for x in (Contrainte.NUIT, Contrainte.WEEK_END))]
    known = [(m, m.sources[Origine.JUGEMENT]) for m in calm]
    yield from _examples("Certains métiers ne demandent ni nuit ni week-end.", known)


def _never(m: Metier, cle: Contrainte) -> bool:
    return m.conditions[cle].frequence is Frequence.JAMAIS


def _conditions_en_general(c: Contexte) -> Iterator[Dit]:
    light = [m for m in _all(c) if _never(m, Contrainte.PORT_DE_CHARGES)]
    known = [(m, m.sources[Origine.JUGEMENT]) for m in light]
    yield from _examples("Chaque métier a ses côtés durs. Certains ne demandent pas de porter.", known)


def _ages(c: Contexte) -> Iterator[Dit]:
    asking = [m for m in _all(c) if m.exigences.age_minimum][:PISTES_MAX]
    for m in asking:
        yield from list(THEMES[Theme.AGE](m, replace(c, age=None)))[:1]
    yield "Nous n'avons trouvé aucun âge maximum dans les textes lus.", asking[0].sources["jugement"]
    yield from apprenticeship(c, None)


def _financements(c: Contexte) -> Iterator[Dit]:
    return schemes(c, None)


def _offres_en_general(c: Contexte) -> Iterator[Dit]:
    return near_offers(" de chaque métier", c)


_ENSEMBLE: Mapping[Theme, Callable[[Contexte], Iterator[Dit]]] = {
    Theme.DIFFERENCE: _difference,
    Theme.PASSERELLE: _passerelle,
    Theme.SIGLE: _sigle,
    Theme.AIDE_HUMAINE: _aide_humaine,
}
"""Those told of all the métiers at once, or of none."""
_SANS_METIER: Mapping[Theme, Callable[[Contexte], Iterator[Dit]]] = {
    Theme.SALAIRE: _salaires,
    Theme.FORMATION: _formations,
    Theme.DIPLOME: _diplomes,
    Theme.VAE: vae_in_general,
    Theme.FINANCEMENT: _financements,
    Theme.CONDITIONS: _conditions_en_general,
    Theme.HORAIRES: _horaires_de_jour,
    Theme.AGE: _ages,
    Theme.IMMERSION: trial,
    Theme.RECRUTEMENT: _recrutements,
    Theme.OFFRES: _offres_en_general,
}
"""What can be said honestly of all of them; nothing for the others."""
