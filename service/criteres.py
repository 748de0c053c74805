"""The reasons that count, one small function each. `CRITERES` is at once the score and its documentation.

A criterion says how well one métier answers one thing a person said: a `Constat` in about −1…1, or None
when it does not apply. None never means zero. Weights are elsewhere (`models/artefacts/weights.json`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.loading import Connaissances
from knowledge.schema import Activite, Cadre, Contrainte, Frequence, Metier, Public
from service.diplomes import below
from service.distance import Distance, distance
from service.orientation import Verdict
from service.profil import GOUTS, Acceptation, ChampGout, ProfilNeutre

# Share of a wish met by a métier where the thing has intensity 0, 1, 2, 3, 4.
SOUHAIT = (-0.6, -0.25, 0.15, 0.6, 1.0)
# What a refusal costs there: a little of it can be lived with, the heart of the job cannot.
REFUS = (0.1, -0.15, -0.5, -0.9, -1.3)
# A taste read in free text counts for less than one answered: the text also weighs through `affinite`.
PART_LUE = 0.6
# What a refused constraint costs when the job imposes it never, sometimes, often, always.
IMPOSEE = {
    Frequence.JAMAIS: 0.25,
    Frequence.PARFOIS: -0.25,
    Frequence.SOUVENT: -1.0,
    Frequence.TOUJOURS: -1.4,
}


# From this intensity on, a thing belongs to the métier: refusing it is refusing the métier.
COEUR = 3


@dataclass(frozen=True)
class Situation:
    """One person before one métier: all a criterion may look at."""

    profil: ProfilNeutre
    metier: Metier
    distance: Distance
    niveau_metier: int | None
    """European level of the main certification of the métier."""
    niveau_acquis: int | None
    """Highest European level among the certifications held."""

    @classmethod
    def of(cls, profil: ProfilNeutre, metier: Metier, connaissances: Connaissances) -> Situation:
        certifications = connaissances.certifications
        main = [certifications[c].niveau for c in metier.acces.certifications[:1]]
        held = [n for c in profil.acquis if c in certifications and (n := certifications[c].niveau)]
        return cls(
            profil,
            metier,
            distance(profil, metier, connaissances),
            main[0] if main else None,
            max(held, default=None),
        )


@dataclass(frozen=True)
class Constat:
    """What one criterion found; `cas` says which sentence explains it."""

    code: str
    valeur: float
    cas: str


Critere = Callable[[Situation], Constat | None]


@dataclass(frozen=True)
class Gout:
    """A wish or a refusal on one key of publics, activités or cadres."""

    champ: ChampGout
    cle: Public | Activite | Cadre

    def concerns(self, profil: ProfilNeutre) -> bool:
        """Whether the person said anything of it."""
        return bool(getattr(profil, self.champ).get(self.cle))

    def __call__(self, s: Situation) -> Constat | None:
        degre = getattr(s.profil, self.champ).get(self.cle, 0)
        if not degre:
            return None
        note = getattr(s.metier.intensites, self.champ)[self.cle].note
        bareme, cas = (SOUHAIT, "souhait") if degre > 0 else (REFUS, "refus")
        code = f"{self.champ}.{self.cle}"
        share = abs(degre) / 2 * (PART_LUE if code in s.profil.lus else 1.0)
        return Constat(code, share * bareme[note], f"{cas}.{note}")


@dataclass(frozen=True)
class Limite:
    """A constraint of working life the person refuses, or accepts reluctantly."""

    cle: Contrainte

    def concerns(self, profil: ProfilNeutre) -> bool:
        """Whether the person said anything of it."""
        return self.cle in profil.contraintes

    def __call__(self, s: Situation) -> Constat | None:
        reponse = s.profil.contraintes.get(self.cle)
        if reponse is None or reponse is Acceptation.OUI:
            return None
        frequence = s.metier.conditions[self.cle].frequence
        share = 1.0 if reponse is Acceptation.NON else 0.35
        return Constat(f"contraintes.{self.cle}", share * IMPOSEE[frequence], f"{reponse}.{frequence}")


def duree(s: Situation) -> Constat | None:
    """Training left against the longest the person accepts."""
    limit = s.profil.etudes_max
    if limit is None:
        return None
    over = s.distance.mois_probables - limit.mois
    if over > 1:
        cas = "trop_long" if s.distance.longueur is Verdict.BLOQUANT else "long_avant"
        return Constat("acces.duree", -min(1.6, 0.5 + over / 24), cas)
    # Someone ready for years of study is rarely looking for a post without training.
    ambitious = limit.mois >= 36 and s.distance.mois >= limit.mois * 0.6
    return Constat("acces.duree", 0.5 if ambitious else 0.25 * (limit.mois < 36), "convient")


def niveau(s: Situation) -> Constat | None:
    """Level of study against the level the usual training asks for."""
    own = s.profil.niveau
    if own is None or s.distance.acquis or s.distance.passerelle:
        return None
    missing = below(own, s.metier.acces.niveau_entree)
    return Constat("acces.niveau", -0.35 * missing, "manque") if missing else None


def longues_etudes(s: Situation) -> Constat | None:
    """Without a word on study, five years of it are a last resort, more so without a diploma."""
    if s.profil.etudes_max is not None or s.distance.mois < 48:
        return None
    return Constat("acces.longueur", -0.3, "long")


def diplome_acquis(s: Situation) -> Constat | None:
    """A certification already held opens this métier."""
    return Constat("acces.acquis", 1.0, "acquis") if s.distance.acquis else None


def passerelle(s: Situation) -> Constat | None:
    """A certification already held shortens the way."""
    return Constat("acces.passerelle", 1.0, "passerelle") if s.distance.passerelle else None


def retour_en_arriere(s: Situation) -> Constat | None:
    """A métier that asks for much less than what is already held is rarely what a person looks for."""
    if s.niveau_acquis is None or s.distance.passerelle or s.distance.acquis:
        return None
    step_down = s.niveau_acquis - (s.niveau_metier or 3)
    return Constat("acces.retour", -0.4 * min(step_down, 3), "retour") if step_down >= 1 else None


def permis(s: Situation) -> Constat | None:
    """The driving licence, where it is asked for."""
    asked = s.metier.exigences.permis.niveau
    if s.profil.permis is not False or asked == "non":
        return None
    return Constat("permis", -1.4 if asked == "indispensable" else -0.4, asked)


def revenu(s: Situation) -> Constat | None:
    """Being paid during training."""
    if not s.profil.revenu_pendant_formation:
        return None
    if s.distance.mois <= 1:
        return Constat("revenu", 0.3, "tout_de_suite")
    return None if s.metier.acces.remunere else Constat("revenu", -0.6, "non_paye")


def experience(s: Situation) -> Constat | None:
    """What earlier jobs taught that serves here."""
    gain = sum(force * (_note(s.metier, champ) / 4) ** 1.5 for champ, force in s.profil.savoirs.items())
    return Constat("experience", min(1.0, gain / 2), "savoirs") if gain > 0.2 else None


def deja_exerce(s: Situation) -> Constat | None:
    """Practised already, or one of the same ROME sheet: who asks for advice mostly wants another."""
    return Constat("experience.metier", -1.0, "exerce") if s.metier.slug in s.profil.deja_exerces else None


def obstacle(s: Situation) -> Constat | None:
    """What was plainly refused, or cannot be, is part of this métier: more than a matter of degree."""
    count = sum(_obstacles(s))
    return Constat("obstacle", -toll(count), "obstacle") if count else None


def toll(obstacles: int) -> float:
    """What this many obstacles cost, before their weight: a second makes it worse, a third hardly."""
    return min(1.5, 0.5 + obstacles / 2) if obstacles else 0.0


def _obstacles(s: Situation) -> Iterator[bool]:
    limit = s.profil.etudes_max
    yield limit is not None and s.distance.mois_probables - limit.mois > 1
    yield s.profil.permis is False and s.metier.exigences.permis.niveau == "indispensable"
    for cle, reponse in s.profil.contraintes.items():
        yield reponse is Acceptation.NON and s.metier.conditions[cle].frequence.est_habituelle
    for champ in GOUTS:
        for cle, degre in getattr(s.profil, champ).items():
            yield degre == -2 and getattr(s.metier.intensites, champ)[cle].note >= COEUR


def aidant(s: Situation) -> Constat | None:
    """Having cared for a relative counts as experience where daily care is the job."""
    if not s.profil.aidant:
        return None
    notes = s.metier.intensites
    frailty = max(
        notes.publics[p].note
        for p in (Public.PERSONNES_AGEES, Public.ADULTES_HANDICAP, Public.PERSONNES_MALADES)
    )
    care = max(notes.activites[Activite.TOILETTE].note, notes.cadres[Cadre.DOMICILE_DES_PERSONNES].note)
    share = frailty / 4 * care / 4
    return Constat("aidant", share, "aidant") if share >= 0.5 else None


def evocation(s: Situation) -> Constat | None:
    """The métier is named, or one of its own gestures, tools or places."""
    force = s.profil.evocations.get(s.metier.slug)
    if not force:
        return None
    return Constat("evocation", force, "nomme" if force > 0 else "refuse")


def proximite(s: Situation) -> Constat | None:
    """What was written is close in meaning to what people of this métier say and do."""
    value = s.profil.proximites.get(s.metier.slug)
    return None if value is None else Constat("proximite", value, "proche" if value > 0 else "loin")


def affinite(s: Situation) -> Constat | None:
    """People who wrote such words were directed to this métier by those who labelled our phrasings."""
    value = s.profil.affinites.get(s.metier.slug)
    return None if value is None else Constat("affinite", value, "attire" if value > 0 else "loin")


def exclusion(s: Situation) -> Constat | None:
    """Set aside by the person: it stays visible, at the end."""
    return Constat("exclus", -100.0, "exclus") if s.metier.slug in s.profil.exclus else None


CRITERES: tuple[Critere, ...] = (
    *(Gout("publics", p) for p in Public),
    *(Gout("activites", a) for a in Activite),
    *(Gout("cadres", c) for c in Cadre),
    *(Limite(c) for c in Contrainte),
    duree,
    niveau,
    longues_etudes,
    diplome_acquis,
    passerelle,
    retour_en_arriere,
    permis,
    revenu,
    experience,
    deja_exerce,
    obstacle,
    aidant,
    evocation,
    proximite,
    affinite,
    exclusion,
)


def relevant(criteres: Sequence[Critere], profil: ProfilNeutre) -> tuple[Critere, ...]:
    """Those that may find something in this profile; most people speak of few things."""
    return tuple(c for c in criteres if not isinstance(c, Gout | Limite) or c.concerns(profil))


def _note(metier: Metier, champ: str) -> int:
    famille, _, cle = champ.partition(".")
    return int(getattr(metier.intensites, famille)[cle].note)
