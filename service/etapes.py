"""One step of a way, built for one person: what a certification asks of them, after the steps before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from knowledge.passerelle import Effet
from knowledge.schema import Certification, Niveau
from service.diplomes import NIVEAUX, below, highest
from service.orientation import Verdict
from service.parcours import TRAVAIL, Condition, Depart, Etape, Lien, Nature, Statut

# Ages of apprenticeship: from the end of the troisième; up to 29, and to 34 in some cases
# (code du travail, L. 6222-1 and after).
APPRENTI_MIN, APPRENTI_SUR, APPRENTI_MAX = 15, 29, 34


class Chaine(NamedTuple):
    """Steps so far, and what they bring."""

    etapes: tuple[Etape, ...] = ()
    noms: tuple[str, ...] = ()
    """What tells two chains apart."""
    niveau: Niveau | None = None
    mois: float = 0.0
    rang: tuple[int, float, int] = (0, 0.0, 0)
    """Blocking conditions, months, conditions to check: what chains are kept by."""

    def then(self, etape: Etape, niveau: Niveau | None = None) -> Chaine:
        verdicts = [c.verdict for c in etape.conditions]
        blocked, _, doubts = self.rang
        mois = self.mois + etape.mois_probables
        rang = (
            blocked + verdicts.count(Verdict.BLOQUANT),
            mois,
            doubts + verdicts.count(Verdict.A_VERIFIER),
        )
        noms = (*self.noms, etape.nom)
        return Chaine((*self.etapes, etape), noms, highest(self.niveau, niveau), mois, rang)

    def holds(self, cle: str) -> bool:
        return any(e.cle == cle for e in self.etapes)


class Etapes:
    """Builds the steps of one person."""

    def __init__(self, depart: Depart) -> None:
        self.depart = depart
        self.exerces = dict(depart.exerces)
        self._faites: dict[tuple[object, ...], Etape] = {}

    def finished(
        self,
        certification: Certification,
        before: Chaine,
        liens: Sequence[Lien],
        conditions: tuple[Condition, ...] = (),
        only: Lien | None = None,
    ) -> Iterator[Chaine]:
        """The ways to take one certification after `before`; `only`: those that use this passerelle."""
        if before.holds(certification.cle):
            return
        validated = [lien for lien in liens if lien.passerelle.effet is Effet.VAE]
        taught = [lien for lien in liens if lien.passerelle.effet is not Effet.VAE]
        reached = _niveau(certification)
        if validated and certification.vae.possible and only in (None, *validated):
            yield before.then(self._validation(certification, validated, conditions), reached)
        if only in validated:
            return
        for nature, statut, own in self._voies(certification, before):
            asked = (*conditions, *own)
            yield before.then(self._training(nature, statut, certification, before, taught, asked), reached)

    def _validation(
        self, certification: Certification, liens: Sequence[Lien], conditions: tuple[Condition, ...]
    ) -> Etape:
        doubts = tuple(Condition("doute", Verdict.A_VERIFIER) for lien in liens[:1] if lien.passerelle.doute)
        found = (*conditions, *doubts)
        return Etape(
            Nature.VAE, certification.cle, None, Statut.SALARIE, conditions=found, liens=tuple(liens[:1])
        )

    def _voies(
        self, certification: Certification, before: Chaine
    ) -> Iterator[tuple[Nature, Statut, tuple[Condition, ...]]]:
        """How it is taught, what one is meanwhile, and what this asks for besides the entry."""
        voies = certification.voies
        if voies.initiale or voies.continue_:
            statut = self._status(certification, before)
            yield Nature.FORMATION, statut, self._means(statut)
        if voies.apprentissage:
            yield Nature.APPRENTISSAGE, Statut.APPRENTI, _apprentice_age(self._age_after(before))

    def _means(self, statut: Statut) -> tuple[Condition, ...]:
        """Who pays the person meanwhile: an employer who agrees, or someone to be found."""
        if statut is Statut.SALARIE:
            return (Condition("employeur", Verdict.A_VERIFIER),)
        return (Condition("revenu", Verdict.A_VERIFIER),) if self.depart.revenu else ()

    def _training(
        self,
        nature: Nature,
        statut: Statut,
        certification: Certification,
        before: Chaine,
        liens: Sequence[Lien],
        conditions: tuple[Condition, ...],
    ) -> Etape:
        """The same step comes after many others: it is built once."""
        held = next((r for r in certification.requiert if self._holds(r, before)), None)
        origines = tuple((lien.origine, lien.passerelle.effet) for lien in liens)
        age = self._age_after(before)
        key = nature, statut, certification.cle, before.niveau, age, held, origines, conditions
        if key not in self._faites:
            later = next((lien for lien in liens if lien.passerelle.effet is Effet.AVANCEE), None)
            shorter = any(lien.passerelle.effet is Effet.ALLEGEMENT for lien in liens)
            mois = self._months(certification, nature, before) if later is None else later.passerelle.mois
            found = (*conditions, *self._asked(certification, before, liens, held))
            self._faites[key] = Etape(
                nature, certification.cle, mois, statut, shorter and later is None, found, tuple(liens)
            )
        return self._faites[key]

    def _asked(
        self, certification: Certification, before: Chaine, liens: Sequence[Lien], held: str | None
    ) -> Iterator[Condition]:
        """What the entry asks for, with what the passerelles change."""
        effets = {lien.passerelle.effet for lien in liens}
        opened = next((lien for lien in liens if lien.passerelle.effet is Effet.ADMISSION), None)
        enough = before.niveau is not None and not below(before.niveau, certification.entree.niveau)
        if opened and not enough:
            yield from self._admitted(opened, before)
        elif certification.requiert:
            yield Condition("diplome", Verdict.COMPATIBLE if held else Verdict.BLOQUANT, held)
        elif Effet.AVANCEE not in effets:
            yield from level(certification.entree.niveau, before.niveau)
        if Effet.SELECTION in effets:
            yield Condition("selection", Verdict.COMPATIBLE)
        if any(self._is_unsure(lien) for lien in liens):
            yield Condition("pratique", Verdict.A_VERIFIER)
        if any(lien.passerelle.doute for lien in liens if lien.passerelle.effet is not Effet.ALLEGEMENT):
            yield Condition("doute", Verdict.A_VERIFIER)
        yield from self._minimum_age(certification.entree.age_minimum, before)
        if certification.entree.permis:
            yield from self.licence()

    def licence(self) -> Iterator[Condition]:
        if not self.depart.permis:
            closed = self.depart.permis is False
            yield Condition("permis", Verdict.BLOQUANT if closed else Verdict.A_VERIFIER)

    def _holds(self, cle: str, before: Chaine) -> bool:
        return cle in self.depart.acquis or before.holds(cle)

    def _admitted(self, lien: Lien, before: Chaine) -> Iterator[Condition]:
        yield Condition("admission", Verdict.COMPATIBLE, lien.passerelle.vers)
        yield from self._minimum_age(lien.passerelle.age_minimum, before)

    def _is_unsure(self, lien: Lien) -> bool:
        """Practised, and nobody said for how long."""
        asked = lien.passerelle.annees is not None
        return asked and lien.origine in self.exerces and self.exerces[lien.origine] is None

    def _minimum_age(self, minimum: int | None, before: Chaine) -> Iterator[Condition]:
        age = self._age_after(before)
        if minimum is None:
            return
        if age is None:
            if self.depart.jeune:
                yield Condition("age", Verdict.A_VERIFIER, minimum)
        elif age < minimum:
            # A year passes soon, and applications are sent months ahead.
            soon = minimum - age <= 1
            yield Condition("age", Verdict.A_VERIFIER if soon else Verdict.BLOQUANT, minimum)

    def _age_after(self, before: Chaine) -> int | None:
        return None if self.depart.age is None else self.depart.age + int(before.mois // 12)

    def _status(self, certification: Certification, before: Chaine) -> Statut:
        last = before.etapes[-1] if before.etapes else None
        if last is not None and last.nature is Nature.POSTE and last.cle != TRAVAIL:
            return Statut.SALARIE
        return Statut.ELEVE if self.depart.jeune and certification.voies.initiale else Statut.STAGIAIRE

    def _months(self, certification: Certification, nature: Nature, before: Chaine) -> int | None:
        has_one = before.niveau is not None and before.niveau is not Niveau.SANS_DIPLOME
        if nature is Nature.FORMATION and has_one and certification.mois_adulte is not None:
            return certification.mois_adulte
        if nature is Nature.APPRENTISSAGE and certification.mois_apprentissage is not None:
            return certification.mois_apprentissage
        return certification.mois


def post(cle: str, mois: int | None, conditions: tuple[Condition, ...] = ()) -> Etape:
    return Etape(Nature.POSTE, cle, mois, Statut.SALARIE, conditions=conditions)


@cache
def level(asked: Niveau, own: Niveau | None) -> tuple[Condition, ...]:
    if asked is Niveau.SANS_DIPLOME:
        return ()
    if own is None:
        return (Condition("niveau", Verdict.A_VERIFIER, asked),)
    return (Condition("niveau", Verdict.BLOQUANT if below(own, asked) else Verdict.COMPATIBLE, asked),)


@cache
def _apprentice_age(age: int | None) -> tuple[Condition, ...]:
    if age is not None and APPRENTI_MIN < age <= APPRENTI_SUR:
        return ()
    closed = age is not None and not APPRENTI_MIN <= age <= APPRENTI_MAX
    return (Condition("age", Verdict.BLOQUANT if closed else Verdict.A_VERIFIER, APPRENTI_SUR),)


def _niveau(certification: Certification) -> Niveau | None:
    """The level of study it proves to a school: a title of the level of the bac is not the bac."""
    niveau = None if certification.niveau is None else NIVEAUX.get(certification.niveau)
    return niveau if niveau is not Niveau.BAC or certification.baccalaureat else Niveau.CAP_BEP
