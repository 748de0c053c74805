"""What is told of one métier: one small function per theme, in `THEMES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from knowledge.schema import Confiance, Contrainte, Metier, Source
from knowledge.theme import Theme
from service.diplomes import below
from service.libelles import CHAMPS, FREQUENCES
from service.reponses_faits import (
    PESE_MAX,
    PEU_SUR,
    SUITES_MAX,
    Contexte,
    Dit,
    apprenticeship,
    edges,
    first_certification,
    near_offers,
    reached,
    schemes,
    trial,
    vae_in_general,
)
from service.reponses_mots import after, euros, listed, lower, sentence, upper
from service.reseau import network


def _salaire(m: Metier, c: Contexte) -> Iterator[Dit]:
    salaire, source = m.salaire, m.sources[m.salaire.source]
    yield (
        f"{upper(m.nom)} : de {euros(salaire.bas)} à {euros(salaire.haut)} brut par mois.",
        source,
    )
    if salaire.precision:
        yield sentence(salaire.precision), source
    where = f" Ils valent pour toute la France, pas pour {c.commune.nom} seulement." if c.commune else ""
    yield f"Brut : avant les cotisations, à temps plein. Chiffres du {salaire.periode}.{where}", source


def _formation(m: Metier, c: Contexte) -> Iterator[Dit]:
    source = m.sources[m.acces.source]
    yield (
        f"Pour devenir {m.nom}, voici la formation. {sentence(m.acces.duree_texte)}",
        source,
    )
    if source.confiance is Confiance.FAIBLE:
        yield PEU_SUR, source
    certification = first_certification(m, c)
    if certification is None:
        return
    voies = certification.voies
    ways = (
        ("à l'école", voies.initiale),
        ("en apprentissage", voies.apprentissage),
        ("en formation continue", voies.continue_),
    )
    opened = [way for way, is_open in ways if is_open]
    if opened:
        yield f"Elle se suit {listed(opened, 'ou')}.", certification.sources[voies.source]
    entree = certification.entree
    if entree.selection:
        yield after("Pour être admise ou admis", entree.selection), certification.sources[entree.source]
    yield from _shortened(m, c)


def _shortened(m: Metier, c: Contexte) -> Iterator[Dit]:
    """What a diploma already held changes to the training."""
    for _, passerelle, source in list(edges(c, c.acquis, reached(m)))[:1]:
        votre = "ton" if c.voix == "tu" else "votre"
        yield f"Avec {votre} diplôme : {lower(passerelle.texte)}", source


def _diplome(m: Metier, c: Contexte) -> Iterator[Dit]:
    exigence = m.exigences.diplome
    opening = f"Pour devenir {m.nom}, voici ce qui est demandé."
    yield f"{opening} {sentence(exigence.texte)}", m.sources[exigence.source]
    certification = first_certification(m, c)
    if certification:
        entree, source = certification.entree, certification.sources[certification.entree.source]
        yield after("Pour entrer en formation", entree.texte), source
        if c.profil.niveau:
            yield _level(below(c.profil.niveau, entree.niveau) == 0, c), source
    if m.exigences.permis.niveau != "non":
        yield sentence(m.exigences.permis.texte), m.sources[m.exigences.permis.source]
    if m.exigences.agrement:
        yield sentence(m.exigences.agrement.texte), m.sources[m.exigences.agrement.source]


def _level(enough: bool, c: Contexte) -> str:
    votre = "Ton" if c.voix == "tu" else "Votre"
    return f"{votre} niveau d'études {'suffit' if enough else 'est plus bas que celui demandé'}."


def _vae(m: Metier, c: Contexte) -> Iterator[Dit]:
    yield from _vae_of_each(m, c)
    yield from vae_in_general(c)


def _vae_of_each(m: Metier, c: Contexte) -> Iterator[Dit]:
    answers = {True: "oui", False: "non", None: "à vérifier"}
    opening = f"Pour {m.nom}, voici les diplômes qui peuvent s'obtenir par l'expérience."
    for cle in network(c.connaissances).ouvrent[m.slug][:2]:
        certification = c.connaissances.certifications[cle]
        vae, source = certification.vae, certification.sources[certification.vae.source]
        yield f"{opening} {certification.titre} : {answers[vae.possible]}.".strip(), source
        opening = ""


def _financement(m: Metier, c: Contexte) -> Iterator[Dit]:
    paid = (
        "on peut souvent être payée ou payé"
        if m.acces.remunere
        else "la formation n'est pas payée en général"
    )
    yield f"Pour devenir {m.nom}, {paid}.", m.sources[m.acces.source]
    yield from schemes(c, first_certification(m, c))


def _conditions(m: Metier, c: Contexte) -> Iterator[Dit]:
    yield f"Comme {m.nom}, voici le travail. {sentence(m.resume)}", m.sources["jugement"]
    weighs = c.pese.get(m.slug, m.pese)[:PESE_MAX]
    yield " ".join(["Ce qui pèse.", *map(sentence, weighs)]), m.sources["jugement"]
    yield _constraint(m, Contrainte.PORT_DE_CHARGES)


def _horaires(m: Metier, _c: Contexte) -> Iterator[Dit]:
    source = m.sources[m.conditions[Contrainte.NUIT].origine]
    yield f"Comme {m.nom}, voici les horaires.", source
    yield from (
        _constraint(m, cle) for cle in (Contrainte.NUIT, Contrainte.WEEK_END, Contrainte.HORAIRES_COUPES)
    )
    part_time = [p for p in m.pese if "partiel" in p]
    yield from ((sentence(p), m.sources["jugement"]) for p in part_time[:1])


def _constraint(m: Metier, cle: Contrainte) -> Dit:
    condition = m.conditions[cle]
    precision = f", {condition.precision}" if condition.precision else ""
    # A frequency read in the ROME may carry our own remark.
    source = "jugement" if precision else condition.origine
    return f"{CHAMPS[f'contraintes.{cle}']} : {FREQUENCES[condition.frequence]}{precision}.", m.sources[
        source
    ]


def _age(m: Metier, c: Contexte) -> Iterator[Dit]:
    minimum, source = _minimum_age(m, c)
    if minimum:
        yield (
            f"Pour devenir {m.nom}, il faut avoir {minimum} ans à l'entrée en formation.",
            source,
        )
    else:
        yield (
            f"Pour devenir {m.nom}, nous n'avons lu aucun âge minimum propre au métier.",
            source,
        )
    yield "Nous n'avons trouvé aucun âge maximum dans les textes lus.", source
    early = c.age is not None and minimum is not None and c.age < minimum
    if c.age is not None:
        yield f"À {c.age} ans, {'il est encore tôt' if early else 'ces règles ne ferment donc rien'}.", source
    certification = first_certification(m, c)
    # An apprentice follows the same training: too young for one is too young for the other.
    if certification and certification.voies.apprentissage and not early:
        yield from apprenticeship(c, certification)


def _immersion(m: Metier, c: Contexte) -> Iterator[Dit]:
    etape = m.acces.premiere_etape
    yield (
        f"Pour découvrir ce travail, {m.nom}, voici un premier pas.",
        m.sources[m.acces.source],
    )
    yield etape.tu if c.voix == "tu" else etape.vous, m.sources[m.acces.source]
    yield from trial(c)


def _evolution(m: Metier, _c: Contexte) -> Iterator[Dit]:
    opening = f"Après avoir été {m.nom}, voici des suites possibles."
    for suite in m.suites[:SUITES_MAX]:
        yield f"{opening} {suite.nom}. {sentence(suite.texte)}".strip(), m.sources[suite.source]
        opening = ""


def _recrutement(m: Metier, c: Contexte) -> Iterator[Dit]:
    source = m.sources[m.recrutement.source]
    yield (
        f"Pour {m.nom}, voici ce que montrent les offres. {sentence(m.recrutement.texte)}",
        source,
    )
    where = f", pas pour {c.commune.nom} seulement" if c.commune else ""
    yield f"Cela vaut pour toute la France{where}. D'une ville à l'autre, cela change.", source


def _offres(m: Metier, c: Contexte) -> Iterator[Dit]:
    return near_offers(f" : {m.nom}", c)


def _minimum_age(m: Metier, c: Contexte) -> tuple[int | None, Source]:
    if m.exigences.age_minimum:
        return m.exigences.age_minimum.ans, m.sources[m.exigences.age_minimum.source]
    certification = first_certification(m, c)
    if certification and certification.entree.age_minimum:
        return certification.entree.age_minimum, certification.sources[certification.entree.source]
    return None, m.sources[m.acces.source]


THEMES: Mapping[Theme, Callable[[Metier, Contexte], Iterator[Dit]]] = {
    Theme.SALAIRE: _salaire,
    Theme.FORMATION: _formation,
    Theme.DIPLOME: _diplome,
    Theme.VAE: _vae,
    Theme.FINANCEMENT: _financement,
    Theme.CONDITIONS: _conditions,
    Theme.HORAIRES: _horaires,
    Theme.AGE: _age,
    Theme.IMMERSION: _immersion,
    Theme.EVOLUTION: _evolution,
    Theme.RECRUTEMENT: _recrutement,
    Theme.OFFRES: _offres,
}
