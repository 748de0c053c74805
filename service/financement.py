"""Can I afford it: what may pay for a training or for living meanwhile, and why, for one person.

Puts the case that a rule picked (dispositifs.py) into the words and figures of its file, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from knowledge.financement import AGE, Chiffre, Financement, Grille, Paie, Smic
from knowledge.loading import Connaissances
from knowledge.schema import Lien, Source
from service.dispositifs import REGLES, Cas, Demande, Statut
from service.orientation import Verdict

__all__ = ["Demande", "Montant", "Piste", "Statut", "paie_apprenti", "pistes"]

ORDRE = (
    (Paie.ACCOMPAGNEMENT,),
    (Paie.REVENU, Paie.LES_DEUX),
    (Paie.COUT,),
    (Paie.FRAIS,),
    (Paie.DECOUVERTE,),
)
"""First who helps, then what one lives on, then what pays the course, then the rest."""
SANS_REVENU = "Cela paie les cours seulement. Il faut un autre revenu à côté."


@dataclass(frozen=True)
class Montant:
    """A figure to show, with where it was read."""

    nom: str
    valeur: float
    texte: str
    """« 566,17 € par mois », « environ 802 € brut par mois »."""
    periode: str | None
    """Since when, where it is known."""
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Piste:
    """A scheme that may help this person, ready to be shown."""

    cle: str
    nom: str
    verdict: Verdict
    """`bloquant` only where the person would expect the scheme: `pourquoi` then says why not."""
    paie: Paie
    a_quoi: str
    pourquoi: str
    conditions: tuple[str, ...]
    a_verifier: tuple[str, ...]
    a_savoir: tuple[str, ...]
    montants: tuple[Montant, ...]
    contact: str | None
    """Whom to see, a key of contacts.yaml."""
    lien: Lien | None
    sources: tuple[Source, ...]


def pistes(demande: Demande, connaissances: Connaissances) -> tuple[Piste, ...]:
    """What may help this person: who advises first, what one lives on, what pays; refusals come last."""
    found = []
    for regle in REGLES:
        financement = connaissances.financements[regle.__name__]
        cas = regle(demande, financement)
        if cas is not None:
            found.append(_piste(financement, cas, demande, connaissances.smic))
    return tuple(sorted(found, key=lambda piste: _rang(piste, demande)))


def paie_apprenti(age: int, annee: int, connaissances: Connaissances) -> Montant | None:
    """The least pay of an apprentice of that age in that year of the contract, before contributions."""
    financement = connaissances.financements["apprentissage"]
    return _paie(financement, age, annee, connaissances.smic)


def _piste(f: Financement, cas: Cas, d: Demande, smic: Smic) -> Piste:
    said = _Said(f, d)
    pay = _paie(f, d.age, 1, smic) if d.age is not None and cas.verdict is not Verdict.BLOQUANT else None
    lone_course = d.besoin_revenu is True and f.paie is Paie.COUT
    return Piste(
        cle=f.cle,
        nom=f.nom,
        verdict=cas.verdict,
        paie=f.paie,
        a_quoi=said.voice(f.a_quoi.tu, f.a_quoi.vous),
        pourquoi=said.voice(f.cas[cas.nom].tu, f.cas[cas.nom].vous),
        conditions=said.all(f.conditions),
        a_verifier=((SANS_REVENU,) if lone_course else ()) + said.all(f.a_verifier),
        a_savoir=said.all(f.a_savoir),
        montants=(*((pay,) if pay else ()), *(_montant(f.by_key[c], f.sources) for c in cas.chiffres)),
        contact=cas.contact or f.contact,
        lien=f.lien,
        sources=tuple(f.sources.values()),
    )


class _Said:
    """The sentences of one file, for one person."""

    def __init__(self, f: Financement, d: Demande) -> None:
        self._voix = d.voix
        self._figures = {c.cle: _figure(c) for c in f.chiffres}
        if d.age is not None:
            self._figures[AGE] = f"{d.age}\u00a0ans"

    def voice(self, tu: str, vous: str) -> str:
        return (tu if self._voix == "tu" else vous).format_map(self._figures)

    def all(self, phrases: list[str]) -> tuple[str, ...]:
        return tuple(phrase.format_map(self._figures) for phrase in phrases)


def _figure(chiffre: Chiffre) -> str:
    """A figure with its unit, as written in French: « 1 300 jours », « 566,17 € »."""
    whole = chiffre.valeur == int(chiffre.valeur)
    number = f"{chiffre.valeur:,.0f}" if whole else f"{chiffre.valeur:,.2f}"
    number = number.replace(",", "\u202f").replace(".", ",")
    unite = "an" if chiffre.valeur == 1 and chiffre.unite == "ans" else chiffre.unite
    return f"{number}\u00a0{unite}"


def _montant(chiffre: Chiffre, sources: Mapping[str, Source]) -> Montant:
    return Montant(chiffre.nom, chiffre.valeur, _figure(chiffre), chiffre.periode, (sources[chiffre.source],))


def _paie(f: Financement, age: int, annee: int, smic: Smic) -> Montant | None:
    """The share of the minimum wage for that age and year, rounded down to the euro."""
    part = _part(f.grille, age, annee) if f.grille else None
    if f.grille is None or part is None:
        return None
    valeur = floor(smic.mensuel_brut * part / 100)
    texte = f"environ {valeur:,d}".replace(",", "\u202f") + "\u00a0€ brut par mois"
    periode = f"{part}\u00a0% du SMIC au {smic.depuis:%d/%m/%Y}"
    return Montant(f.grille.nom, valeur, texte, periode, (f.sources[f.grille.source], smic.source))


def _part(grille: Grille, age: int, annee: int) -> int | None:
    for tranche in grille.tranches:
        if annee >= 1 and tranche.age_min <= age <= (tranche.age_max or age):
            return tranche.parts[min(annee, len(tranche.parts)) - 1]
    return None


def _rang(piste: Piste, demande: Demande) -> tuple[bool, int]:
    """Refusals last; the cost of the course before the income of those who need none."""
    ordre = list(ORDRE)
    if demande.besoin_revenu is False:
        ordre[1], ordre[2] = ordre[2], ordre[1]
    rang = next(i for i, group in enumerate(ordre) if piste.paie in group)
    return piste.verdict is Verdict.BLOQUANT, rang
