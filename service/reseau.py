"""The graph of posts, trainings and passerelles, walked for one person: every way we know to a métier.

Ways are composed from the files alone: who is hired without training, which certification opens which
métier, what opens or shortens each training (`knowledge/passerelles`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from knowledge.loading import Connaissances
from knowledge.passerelle import Effet
from knowledge.schema import Certification, Metier, Niveau
from service.diplomes import below
from service.etapes import Chaine, Etapes, level, post
from service.orientation import Verdict
from service.parcours import AIDANCE, BAC, TRAVAIL, Condition, Depart, Lien, Nature, Parcours
from service.profil import EtudesMax

# « aide à domicile → AES → aide-soignant → infirmier »: the longest ladder told at once.
DIPLOMES_MAX = 3
# Of all the ways to hold one diploma, this many are told, and this many built upon: others differ little.
GARDES_MAX, PROLONGES_MAX = 20, 2
# Oldest age at which a way starts with a bac professionnel taken at school.
LYCEE_MAX = 20


@lru_cache(maxsize=4)
def network(connaissances: Connaissances) -> Reseau:
    """The graph of these files, built once."""
    return Reseau(connaissances)


class Reseau:
    """The graph, read once from the files; `vers` walks it for one person."""

    def __init__(self, connaissances: Connaissances) -> None:
        self.metiers = connaissances.metiers
        self.certifications = connaissances.certifications
        self.liens: defaultdict[str, list[Lien]] = defaultdict(list)
        for origine, fiche in connaissances.passerelles.items():
            for passerelle in fiche.passerelles:
                self.liens[passerelle.vers].append(Lien(origine, passerelle))
        self.ouvrent = {m.slug: self._openers(m) for m in self.metiers.values()}
        # One person asks for the 26 at once, and a forecast for the same person many times.
        self._search = lru_cache(maxsize=256)(lambda depart: _Recherche(self, depart))
        self.meilleur = lru_cache(maxsize=8192)(self._best)

    def vers(self, slug: str, depart: Depart, limite: EtudesMax | None = None) -> tuple[Parcours, ...]:
        """Every way found to one métier, best first; blocked ones last. Raises KeyError."""
        found = self._search(depart).vers(self.metiers[slug])
        return tuple(sorted(found, key=lambda parcours: parcours.order(limite)))

    def _best(self, slug: str, depart: Depart, limite: EtudesMax | None = None) -> Parcours:
        """The first of them. Raises KeyError."""
        found = self._search(depart).vers(self.metiers[slug])
        return min(found, key=lambda parcours: parcours.order(limite))

    def _openers(self, metier: Metier) -> tuple[str, ...]:
        """The certifications that open a métier: the main one, and the others where none is compulsory."""
        main, *others = metier.acces.certifications or [""]
        if not main:
            return ()
        if metier.exigences.diplome.obligatoire or self.certifications[main].obligatoire:
            return (main,)
        # A BTS that the main diploma builds upon is a step towards it, not the diploma.
        return (main, *(cle for cle in others if cle not in self.certifications[main].requiert))


@dataclass
class _Recherche:
    """The ways of one person, found once each."""

    reseau: Reseau
    depart: Depart
    _diplomes: dict[tuple[str, int], list[Chaine]] = field(default_factory=dict)
    _postes: dict[tuple[str, int], tuple[Chaine, tuple[Condition, ...]] | None] = field(default_factory=dict)
    _parcours: dict[str, tuple[Parcours, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.exerces = dict(self.depart.exerces)
        self.etapes = Etapes(self.depart)
        self.debut = Chaine(niveau=self.depart.niveau)

    def vers(self, metier: Metier) -> tuple[Parcours, ...]:
        """Every way to a first post in this métier, in no order."""
        if metier.slug not in self._parcours:
            found: dict[tuple[str, ...], Parcours] = {}
            for parcours in self._arrivals(metier):
                same = found.get(parcours.noms)
                if f"poste {metier.slug}" not in parcours.noms and (same is None or same.is_closed):
                    found[parcours.noms] = parcours
            self._parcours[metier.slug] = tuple(found.values())
        return self._parcours[metier.slug]

    def _arrivals(self, metier: Metier) -> Iterator[Parcours]:
        held = next((c for c in self.reseau.ouvrent[metier.slug] if c in self.depart.acquis), None)
        if held:
            yield Parcours(metier.slug, (), tuple(self._post(metier)), acquis=held)
        if held and held == self.reseau.ouvrent[metier.slug][0]:
            return
        for chaine, conditions in self._hired(metier, DIPLOMES_MAX):
            found = (*conditions, *self._post(metier))
            yield Parcours(metier.slug, chaine.etapes, found, metier.acces.attente_mois)

    def _post(self, metier: Metier) -> Iterator[Condition]:
        """What the post asks for, whatever the way."""
        if metier.exigences.permis.niveau == "indispensable":
            yield from self.etapes.licence()
        if metier.exigences.agrement:
            yield Condition("agrement", Verdict.A_VERIFIER)

    # --- being hired ------------------------------------------------------------------------------------

    def _hired(self, metier: Metier, diplomes: int) -> Iterator[tuple[Chaine, tuple[Condition, ...]]]:
        """The chains after which one can be hired, and what the hiring asks for."""
        if metier.slug in self.exerces and not metier.exigences.diplome.obligatoire:
            yield self.debut, ()
        elif metier.acces.embauche:
            yield self.debut, tuple(self._direct(metier))
        for lien in self.reseau.liens[metier.slug]:
            rare = (Condition("embauche", Verdict.A_VERIFIER),) if lien.passerelle.doute else ()
            for chaine, conditions in self._crossed(lien, diplomes):
                yield chaine, (*conditions, *rare)
        for cle in self.reseau.ouvrent[metier.slug]:
            yield from ((chaine, ()) for chaine in self._holding(cle, diplomes))

    def _direct(self, metier: Metier) -> Iterator[Condition]:
        if metier.acces.embauche == "possible":
            yield Condition("embauche", Verdict.A_VERIFIER)
        if not metier.acces.sans_diplome:
            yield from level(metier.acces.niveau_entree, self.depart.niveau)

    # --- holding a certification ------------------------------------------------------------------------

    def _holding(self, cle: str, diplomes: int) -> list[Chaine]:
        """The best chains that end with this certification; empty steps when it is held already."""
        if cle in self.depart.acquis:
            return [self.debut]
        if diplomes <= 0:
            return []
        key = cle, diplomes
        if key not in self._diplomes:
            self._diplomes[key] = []  # a way that comes back to its own end is no way
            self._diplomes[key] = self._obtained(self.reseau.certifications[cle], diplomes)
        return self._diplomes[key]

    def _obtained(self, certification: Certification, diplomes: int) -> list[Chaine]:
        """The ways to one certification: taken at once, then built upon something else first."""
        liens = self.reseau.liens[certification.cle]
        ready = [lien for lien in liens if self._is_ready(lien)]
        at_once = list(self.etapes.finished(certification, self.debut, ready))
        closed = all(chaine.rang[0] for chaine in at_once)
        later = self._later(certification, liens, ready, diplomes, meanwhile=closed)
        return [*at_once, *_kept(later, GARDES_MAX, beside=at_once)]

    def _later(
        self,
        certification: Certification,
        liens: Sequence[Lien],
        ready: Sequence[Lien],
        diplomes: int,
        *,
        meanwhile: bool,
    ) -> Iterator[Chaine]:
        if not any(cle in self.depart.acquis for cle in certification.requiert):
            for cle in certification.requiert:
                ways = self._holding(cle, diplomes - 1)
                # The way that is closed says what is asked for.
                for chaine in (*self._opened(cle, diplomes - 1), *[w for w in ways[:1] if w.rang[0]]):
                    yield from self.etapes.finished(certification, chaine, ready)
        for lien in liens:
            if lien in ready:
                continue
            for chaine, conditions in self._crossed(lien, diplomes, meanwhile=meanwhile):
                yield from self.etapes.finished(certification, chaine, [*ready, lien], conditions, only=lien)

    def _is_ready(self, lien: Lien) -> bool:
        """Whether the person stands at this end of the passerelle already."""
        asked = lien.passerelle.annees
        if self._is_too_young(lien):
            return False
        if lien.origine in self.depart.acquis:
            return True
        if lien.origine == AIDANCE:
            return self.depart.aidant
        if lien.origine == BAC:
            return self.depart.niveau is not None and not below(self.depart.niveau, Niveau.BAC)
        if lien.origine == TRAVAIL:
            worked = self.depart.annees_travail
            return asked is None or (worked is not None and worked >= asked)
        if lien.origine not in self.exerces:
            return False
        years = self.exerces[lien.origine]
        return asked is None or years is None or years >= asked

    def _is_too_young(self, lien: Lien) -> bool:
        minimum, age = lien.passerelle.age_minimum, self.depart.age
        return minimum is not None and age is not None and age < minimum

    def _crossed(
        self, lien: Lien, diplomes: int, *, meanwhile: bool = False
    ) -> Iterator[tuple[Chaine, tuple[Condition, ...]]]:
        """The chains that lead to the near end of a passerelle."""
        origine = lien.origine
        if self._is_ready(lien):
            yield self.debut, ()
        elif self._is_too_young(lien):
            return
        elif origine in self.reseau.certifications:
            yield from ((chaine, ()) for chaine in self._earned(lien, diplomes, meanwhile))
        elif origine == TRAVAIL:
            yield self.debut.then(post(TRAVAIL, self._missing(lien))), ()
        elif origine in self.reseau.metiers:
            first = self._first_post(self.reseau.metiers[origine], diplomes - 1)
            if first and not first[0].holds(lien.passerelle.vers):
                chaine, conditions = first
                yield chaine.then(post(origine, self._missing(lien), conditions)), ()

    def _opened(self, cle: str, diplomes: int) -> list[Chaine]:
        """The few ways to hold a certification that another is built upon."""
        return [chaine for chaine in self._holding(cle, diplomes) if not chaine.rang[0]][:PROLONGES_MAX]

    def _earned(self, lien: Lien, diplomes: int, meanwhile: bool) -> Iterator[Chaine]:
        """The same, for a certification that opens or shortens the next one.

        Nobody goes to school twice to shorten a school: only those gain by it who work their way to the
        first, or to whom the second is closed in the meantime.
        """
        if lien.passerelle.effet is Effet.SELECTION:
            return
        if lien.passerelle.effet is Effet.EMBAUCHE:
            yield from self._holding(lien.origine, min(diplomes, 1))
            return
        diplomes -= 1
        if lien.passerelle.effet is Effet.ADMISSION and not self._prepares(lien):
            return
        if lien.passerelle.effet is not Effet.ALLEGEMENT:
            yield from self._opened(lien.origine, diplomes)
            return
        if meanwhile:
            # One detour is enough; and what is found must not depend on where the search began.
            yield from self._opened(lien.origine, min(diplomes, 1))
            return
        chaines = self._holding(lien.origine, diplomes)
        paid = (c for c in chaines if c.etapes and c.etapes[0].nature in (Nature.POSTE, Nature.VAE))
        yield from islice((c for c in paid if not c.rang[0]), 1)

    def _prepares(self, lien: Lien) -> bool:
        """Whether one takes this diploma on purpose: a bac, or one that shortens what follows.

        Any title of the level of the bac opens some schools; nobody takes one of another field for that.
        """
        if self.reseau.certifications[lien.origine].baccalaureat:
            return self._may_go_to_school()
        others = self.reseau.liens[lien.passerelle.vers]
        return any(o.origine == lien.origine and o.passerelle.effet is Effet.ALLEGEMENT for o in others)

    def _may_go_to_school(self) -> bool:
        """Whether three years of lycée may come first: past twenty, people find other ways to that level."""
        age = self.depart.age
        return self.depart.jeune and (age is None or age <= LYCEE_MAX)

    def _first_post(self, metier: Metier, diplomes: int) -> tuple[Chaine, tuple[Condition, ...]] | None:
        """The simplest way to be hired there, None when every one is closed."""
        key = metier.slug, diplomes
        if key not in self._postes:
            self._postes[key] = None  # a post that is asked for to reach itself is no way
            opened = (found for found in self._hired(metier, diplomes) if not _is_closed(*found))
            at_once = metier.slug in self.exerces or metier.acces.embauche == "courante"
            self._postes[key] = next(opened, None) if at_once else min(opened, key=_by_rank, default=None)
        return self._postes[key]

    def _missing(self, lien: Lien) -> int | None:
        """Months of practice still asked for; None when nobody says how long."""
        asked = lien.passerelle.annees
        if asked is None:
            return None
        done = self.depart.annees_travail if lien.origine == TRAVAIL else self.exerces.get(lien.origine)
        return round((asked - (done or 0)) * 12)


def _kept(chaines: Iterable[Chaine], count: int, beside: Sequence[Chaine]) -> list[Chaine]:
    """The best of them, without those that only add steps to another."""
    best: list[Chaine] = []
    for chaine in sorted(chaines, key=lambda chaine: chaine.rang):
        if len(best) == count:
            break
        if not any(_adds_steps(chaine.noms, kept.noms) for kept in (*beside, *best)):
            best.append(chaine)
    return best


def _adds_steps(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    """Whether a chain is another with steps in between: it starts the same way and comes to the same end."""
    if longer[:1] != shorter[:1]:
        return False
    steps = iter(longer)
    return all(step in steps for step in shorter)


def _is_closed(chaine: Chaine, conditions: tuple[Condition, ...]) -> bool:
    return bool(chaine.rang[0]) or any(c.verdict is Verdict.BLOQUANT for c in conditions)


def _by_rank(hired: tuple[Chaine, tuple[Condition, ...]]) -> tuple[int, float, int]:
    return hired[0].rang
