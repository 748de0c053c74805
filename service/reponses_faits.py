"""What answers share: who asks, the diplomas and shortcuts around a métier, schemes that pay, people to see.

Every sentence comes with the source of what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.financement import Paie
from knowledge.loading import Connaissances
from knowledge.passerelle import Passerelle
from knowledge.schema import Certification, Metier, Source
from knowledge.theme import Glossaire, SigleConnu
from service import contacts
from service.dispositifs import Demande as DemandeAide
from service.financement import Piste, pistes
from service.geographie import Commune
from service.orientation import Verdict
from service.profil import Profil, Voix
from service.reponses_mots import sentence

Dit = tuple[str, Source]
"""A sentence or two, and where what they say was read."""

# How many of each are told: an answer is read on a phone.
PESE_MAX, SUITES_MAX, PISTES_MAX, PASSERELLES_MAX, METIERS_MAX, CONTACTS_MAX = 2, 3, 3, 3, 4, 2
PEU_SUR = "C'est à vérifier auprès de l'école : notre source est peu sûre."


@dataclass(frozen=True)
class Contexte:
    """Who asks, about what."""

    connaissances: Connaissances
    glossaire: Glossaire
    metiers: tuple[Metier, ...]
    profil: Profil = field(default_factory=Profil)
    voix: Voix = "vous"
    age: int | None = None
    """Said in the question, else in the profile."""
    acquis: frozenset[str] = frozenset()
    """Certifications held."""
    commune: Commune | None = None
    sigle: SigleConnu | None = None
    dispositifs: tuple[str, ...] = ()
    """The schemes named in the question."""
    pese: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By métier, what weighs there, what is closest to the question first."""


def certifications_of(m: Metier, c: Contexte) -> list[Certification]:
    return [c.connaissances.certifications[cle] for cle in m.acces.certifications]


def first_certification(m: Metier, c: Contexte) -> Certification | None:
    """The usual way in comes first in the file."""
    return next(iter(certifications_of(m, c)), None)


def reached(m: Metier) -> frozenset[str]:
    """The métier and the diplomas that open it."""
    return frozenset({m.slug, *m.acces.certifications})


Arete = tuple[str, Passerelle, Source]
"""From what, the edge, where it was read."""


def edges(c: Contexte, origines: frozenset[str] | None, vers: frozenset[str] | None) -> Iterator[Arete]:
    """The edges from any of these to any of those; None for all."""
    for fiche in c.connaissances.passerelles.values():
        if origines is not None and fiche.origine not in origines:
            continue
        for passerelle in fiche.passerelles:
            if vers is None or passerelle.vers in vers:
                yield fiche.origine, passerelle, fiche.sources[passerelle.source]


def schemes(c: Contexte, certification: Certification | None) -> Iterator[Dit]:
    """The schemes named, else those that pay an income or the course for this person."""
    known = _pistes(c, certification)
    named = [p for p in known if p.cle in c.dispositifs]
    opened = [p for p in known if p.verdict is not Verdict.BLOQUANT and p.paie in _PAIENT]
    for piste in named or opened[:PISTES_MAX]:
        said = [f"{piste.nom}.", piste.a_quoi, *([piste.pourquoi] if named else [])]
        yield " ".join(said), main_source(c, piste.cle)
        yield from _pay(piste)


_PAIENT = frozenset({Paie.REVENU, Paie.LES_DEUX, Paie.COUT})


def _pistes(c: Contexte, certification: Certification | None) -> tuple[Piste, ...]:
    apprentices = certification is None or certification.voies.apprentissage
    demande = DemandeAide.of(
        c.profil.model_copy(update={"age": c.age}),
        natures=frozenset({"formation", "apprentissage"} if apprentices else {"formation"}),
        diplome_vise_niveau=certification.niveau if certification else None,
    )
    return pistes(demande, c.connaissances)


def main_source(c: Contexte, cle: str) -> Source:
    """Where a scheme as a whole was read."""
    fiche = c.connaissances.financements[cle]
    return fiche.sources[fiche.source]


def _pay(piste: Piste) -> Iterator[Dit]:
    """What an apprentice of that age is paid at least: a share of the minimum wage, each with its source."""
    for montant in (m for m in piste.montants if len(m.sources) > 1):
        part, smic = montant.sources
        yield f"Salaire de la première année, au moins : {montant.texte}.", part
        yield f"C'est {montant.periode}.", smic


def apprenticeship(c: Contexte, certification: Certification | None) -> Iterator[Dit]:
    """Whether one may still be an apprentice, at that age or in general."""
    fiche = c.connaissances.financements["apprentissage"]
    source = fiche.sources[fiche.by_key["age_max"].source]
    yield from ((f"{p.nom}. {p.pourquoi}", source) for p in _pistes(c, certification) if p.cle == fiche.cle)


def trial(c: Contexte) -> Iterator[Dit]:
    """How one tries a métier, whichever it is."""
    for piste in (p for p in _pistes(c, None) if p.paie is Paie.DECOUVERTE):
        yield f"{piste.nom}. {piste.a_quoi}", main_source(c, piste.cle)


def vae_in_general(c: Contexte) -> Iterator[Dit]:
    """What the validation of experience is, and who guides through it."""
    vae, source = c.connaissances.financements["vae"], main_source(c, "vae")
    yield f"{vae.nom}. {getattr(vae.a_quoi, c.voix)}", source
    yield sentence(vae.conditions[0]), source
    yield from people_to_see(c, ("france_vae",))


def near_offers(who: str, c: Contexte) -> Iterator[Dit]:
    """Where the offers are: the catalogue has them, and a service that looks at them with people."""
    found = list(people_to_see(c, ("france_travail",)))
    where = f"à {c.commune.nom} et autour" if c.commune else "autour d'une commune"
    for _, source in found[:1]:
        yield f"La page « Près de chez vous » a les offres{who}.", source
        yield f"Les formations y sont aussi. Elle cherche {where}, et dit d'où vient chaque offre.", source
    yield from found


def people_to_see(c: Contexte, cles: tuple[str, ...] | None) -> Iterator[Dit]:
    """Those named, or the first who serve this person."""
    every = c.connaissances.contacts
    slug = c.metiers[0].slug if c.metiers else None
    serving = [j.contact for j in contacts.near(every, c.profil.public, c.commune, slug)]
    chosen = [x for x in every if x.cle in cles] if cles else serving[:CONTACTS_MAX]
    for contact in chosen:
        yield f"{contact.nom}. {getattr(contact.aide, c.voix)}", contact.source
