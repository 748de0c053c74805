"""Which schemes may help one person: one small function per scheme, named as its file in `financements/`.

`REGLES` is at once what runs and its documentation. A rule picks a case of the file and its verdict; the
words and the figures, limits of age included, stay in the file. Nothing here asks about health: what a
recognised disability changes is told to everyone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.financement import Financement
from knowledge.schema import Niveau
from service.orientation import Verdict
from service.profil import Profil, Situation, Voix

MAJORITE = 18
# The end of the programme's « jeunes », and of the mission locale.
JEUNE_MAX = 25
# A level-4 diploma takes 1,000 hours or more: the short trainings before a post cannot hold it.
NIVEAU_TROP_LONG = 4


class Statut(StrEnum):
    """What one lives on today."""

    SALARIE_CDI = "salarie_cdi"
    SALARIE_CDD = "salarie_cdd"
    AGENT_PUBLIC = "agent_public"
    DEMANDEUR_EMPLOI = "demandeur_emploi"
    ETUDES = "etudes"
    INDEPENDANT = "independant"
    SANS_ACTIVITE = "sans_activite"


SALARIES = frozenset({Statut.SALARIE_CDI, Statut.SALARIE_CDD})
EN_POSTE = SALARIES | {Statut.AGENT_PUBLIC, Statut.INDEPENDANT}
SANS_EMPLOI = frozenset({Statut.DEMANDEUR_EMPLOI, Statut.SANS_ACTIVITE})


@dataclass(frozen=True)
class Demande:
    """One person before one parcours; all that is not said is None or empty."""

    voix: Voix = "vous"
    age: int | None = None
    public: Situation | None = None
    statut: Statut | None = None
    besoin_revenu: bool | None = None
    natures: frozenset[str] = frozenset()
    """What the parcours is made of: `formation`, `apprentissage`, `vae`, `poste`; empty when not known."""
    niveau: Niveau | None = None
    diplome_vise_niveau: int | None = None
    """European level, 3 to 8."""
    permis: bool | None = None

    @classmethod
    def of(
        cls,
        profil: Profil,
        *,
        statut: Statut | None = None,
        natures: frozenset[str] = frozenset(),
        diplome_vise_niveau: int | None = None,
    ) -> Demande:
        """What a Profil says of it, with what it does not hold."""
        return cls(
            voix=profil.voix,
            age=profil.age,
            public=profil.public,
            statut=statut,
            besoin_revenu=profil.revenu_pendant_formation,
            natures=natures,
            niveau=profil.niveau,
            diplome_vise_niveau=diplome_vise_niveau,
            permis=profil.permis,
        )

    @property
    def mineur(self) -> bool:
        """Known to be under age."""
        return self.age is not None and self.age < MAJORITE

    @property
    def jeune(self) -> bool:
        """By age where it is said, else by situation."""
        return self.public is Situation.JEUNE if self.age is None else self.age <= JEUNE_MAX

    @property
    def peut_etre_salarie(self) -> bool:
        """Nothing is said of work, and the person is of an age to have some."""
        return self.statut is None and not self.jeune

    def may_include(self, *natures: str) -> bool:
        """Whether the parcours holds one of these, or is not known."""
        return not self.natures or not self.natures.isdisjoint(natures)


@dataclass(frozen=True)
class Cas:
    """What a rule found: one of the `cas` of the file, and the figures of the file to put forward."""

    nom: str
    verdict: Verdict = Verdict.A_VERIFIER
    chiffres: tuple[str, ...] = ()
    contact: str | None = None
    """Whom this person should see, when it is not the one of the file."""


Regle = Callable[[Demande, Financement], Cas | None]


def cep(d: Demande, _: Financement) -> Cas | None:
    """Open to whoever works or wants to; the young without a job have their own."""
    if d.statut is Statut.ETUDES or d.mineur or (d.jeune and d.statut not in EN_POSTE):
        return None
    if d.statut in SALARIES:
        return Cas("salarie", Verdict.COMPATIBLE)
    return Cas(d.statut or "inconnu", Verdict.COMPATIBLE)


def mission_locale(d: Demande, f: Financement) -> Cas | None:
    """For the young who left school, working little or not at all."""
    if d.statut not in (None, *SANS_EMPLOI) or not _may_be_of_age(d, f):
        return None
    if d.age is None:
        return Cas("age_inconnu")
    return Cas("inconnu") if d.statut is None else Cas("sortie", Verdict.COMPATIBLE)


def cio(d: Demande, _: Financement) -> Cas | None:
    """For pupils and students, and for those under age who left school."""
    if d.statut is Statut.ETUDES:
        return Cas("etudes", Verdict.COMPATIBLE)
    if d.mineur and d.statut not in EN_POSTE:
        return Cas("ouvert", Verdict.COMPATIBLE)
    return None


def transition_pro(d: Demande, _: Financement) -> Cas | None:
    """For employees of the private sector; years of work are not asked, so always to be checked."""
    if d.mineur or not d.may_include("formation"):
        return None
    if d.statut is Statut.SALARIE_CDI:
        return Cas("cdi")
    if d.statut is Statut.SALARIE_CDD:
        return Cas("cdd")
    return Cas("inconnu") if d.peut_etre_salarie else None


def periode_reconversion(d: Demande, _: Financement) -> Cas | None:
    """For any employee of the private sector whose employer agrees."""
    if d.mineur or not d.may_include("formation", "vae"):
        return None
    if d.statut in SALARIES:
        return Cas("salarie")
    return Cas("inconnu") if d.peut_etre_salarie else None


def demission_reconversion(d: Demande, _: Financement) -> Cas | None:
    """For those with years of work behind them, which the young hardly ever have."""
    if d.mineur or not d.may_include("formation"):
        return None
    if d.statut is Statut.SALARIE_CDI:
        return Cas("cdi")
    return Cas("inconnu") if d.peut_etre_salarie else None


def apprentissage(d: Demande, f: Financement) -> Cas | None:
    """By age alone. Past it, people still expect it: they are told why not."""
    if not d.may_include("apprentissage", *(("formation",) if _past(d, f, "age_max") else ())):
        return None
    if d.age is None:
        return Cas("age_inconnu")
    if d.age < f.valeur("age_troisieme"):
        return Cas("trop_tot", Verdict.BLOQUANT)
    if d.age < f.valeur("age_min"):
        return Cas("quinze")
    if not _past(d, f, "age_max"):
        return Cas("age", Verdict.COMPATIBLE)
    return Cas("trop_tard", Verdict.BLOQUANT) if _past(d, f, "age_exception") else Cas("trente")


def contrat_pro(d: Demande, f: Financement) -> Cas | None:
    """For the young, then for jobseekers of any age."""
    if not d.may_include("apprentissage", "formation") or (d.age is not None and d.age < f.valeur("age_min")):
        return None
    if d.age is None:
        return None if d.statut in EN_POSTE else Cas("age_inconnu")
    if not _past(d, f, "age_max"):
        return Cas("jeune", Verdict.COMPATIBLE)
    if d.statut is Statut.DEMANDEUR_EMPLOI:
        return Cas("demandeur", Verdict.COMPATIBLE)
    if d.statut is None:
        return Cas("inconnu")
    return Cas("minima") if d.statut is Statut.SANS_ACTIVITE else None


def poei(d: Demande, _: Financement) -> Cas | None:
    """A few weeks before a post that is promised."""
    return _registered(d) if _is_short(d) else None


def poec(d: Demande, _: Financement) -> Cas | None:
    """The same in a group, without a promise."""
    return _registered(d) if _is_short(d) else None


def remuneration_stagiaire(d: Demande, _: Financement) -> Cas | None:
    """What is paid without unemployment benefit goes by age; the benefit itself is not asked."""
    cas = _registered(d)
    if cas is None or not d.may_include("formation"):
        return None
    if d.age is None:
        return cas
    return replace(cas, chiffres=("jeune" if d.jeune else "adulte",))


def etudes_promotionnelles(d: Demande, _: Financement) -> Cas | None:
    """For those already employed by a hospital or an institution; the employer is not asked."""
    if d.mineur or not d.may_include("formation"):
        return None
    if d.statut is Statut.AGENT_PUBLIC:
        return Cas("agent_public")
    if d.statut in SALARIES:
        return Cas("salarie")
    return Cas("inconnu") if d.peut_etre_salarie else None


def conge_formation_public(d: Demande, _: Financement) -> Cas | None:
    wanted = d.statut is Statut.AGENT_PUBLIC and d.may_include("formation")
    return Cas("agent_public") if wanted else None


def bourses(d: Demande, _: Financement) -> Cas | None:
    """For those who enter as pupils or students; income is not asked."""
    if not d.may_include("formation") or d.statut in EN_POSTE:
        return None
    if d.statut is None:
        return Cas("inconnu") if d.jeune else None
    return Cas(d.statut)


def cej(d: Demande, f: Financement) -> Cas | None:
    """For the young neither working nor studying; those under age get less, and nobody says how much."""
    if d.statut not in (None, *SANS_EMPLOI) or not _may_be_of_age(d, f):
        return None
    allocation = () if d.mineur else ("allocation",)
    return Cas("sans_emploi" if d.statut and d.age is not None else "inconnu", chiffres=allocation)


def e2c(d: Demande, f: Financement) -> Cas | None:
    """For the young who left school with nothing."""
    return _second_chance(d, f)


def epide(d: Demande, f: Financement) -> Cas | None:
    """The same, boarding."""
    return _second_chance(d, f)


def cpf(d: Demande, f: Financement) -> Cas | None:
    """For whoever has worked; what the account holds is not asked."""
    too_young = d.age is not None and d.age < f.valeur("age_min")
    if too_young or not d.may_include("formation", "vae"):
        return None
    rythme = "_sans_diplome" if d.niveau is Niveau.SANS_DIPLOME else ""
    verse = ("participation", f"alimentation{rythme}", f"plafond{rythme}")
    if d.statut in SALARIES:
        return Cas("salarie", Verdict.COMPATIBLE, verse)
    if d.statut is Statut.INDEPENDANT:
        return Cas(d.statut, Verdict.COMPATIBLE, verse)
    if d.statut in (Statut.AGENT_PUBLIC, Statut.DEMANDEUR_EMPLOI):
        return Cas(d.statut, Verdict.COMPATIBLE)
    return Cas(d.statut or "inconnu", chiffres=("participation",))


def aif(d: Demande, _: Financement) -> Cas | None:
    return _registered(d) if d.may_include("formation") else None


def region(d: Demande, _: Financement) -> Cas | None:
    """For jobseekers and those going on with their studies; employees have other doors."""
    if not d.may_include("formation") or d.statut in EN_POSTE:
        return None
    return Cas(d.statut or "inconnu")


def vae(d: Demande, _: Financement) -> Cas | None:
    """Where the parcours holds one; where it is not known, for those who may have practised."""
    if "vae" in d.natures:
        return Cas("vae")
    unknown = not d.natures and not d.jeune and d.statut is not Statut.ETUDES
    return Cas("possible") if unknown else None


def faf(d: Demande, _: Financement) -> Cas | None:
    wanted = d.statut is Statut.INDEPENDANT and d.may_include("formation", "vae")
    return Cas("independant") if wanted else None


def permis(d: Demande, _: Financement) -> Cas | None:
    """For those of age who said that they have no licence."""
    if d.permis is not False or d.mineur:
        return None
    contact = "mission_locale" if d.jeune and d.statut is not Statut.ETUDES else None
    if d.statut is Statut.DEMANDEUR_EMPLOI:
        return Cas("demandeur", chiffres=("plafond",), contact=contact)
    return Cas("autre", contact=contact)


def mobili_jeune(d: Demande, f: Financement) -> Cas | None:
    """Only beside an apprenticeship that is known to be wanted."""
    if "apprentissage" not in d.natures or _past(d, f, "age_max"):
        return None
    return Cas("alternance" if d.age is not None else "age_inconnu", chiffres=("montant",))


def garde_enfants(d: Demande, _: Financement) -> Cas | None:
    """Whether there are children is not asked: it is told to every jobseeker of age."""
    cas = _registered(d)
    return replace(cas, chiffres=("montant",)) if cas and d.may_include("formation", "poste") else None


def service_civique(d: Demande, f: Financement) -> Cas | None:
    if d.statut in EN_POSTE or not _may_be_of_age(d, f):
        return None
    paid = ("indemnite", "accueil")
    return Cas("age_inconnu", chiffres=paid) if d.age is None else Cas("age", Verdict.COMPATIBLE, paid)


def pmsmp(d: Demande, f: Financement) -> Cas | None:
    """For whoever somebody accompanies, which decides who signs."""
    if d.statut in EN_POSTE:
        return Cas("en_poste", contact="cep")
    at_school = d.statut is Statut.ETUDES or (d.age is not None and d.age < f.valeur("age_mission_locale"))
    contact = "cio" if at_school else "mission_locale" if d.jeune else None
    registered = d.statut is Statut.DEMANDEUR_EMPLOI
    verdict = Verdict.COMPATIBLE if registered else Verdict.A_VERIFIER
    return Cas(d.statut or "inconnu", verdict, contact=contact)


REGLES: tuple[Regle, ...] = (
    cep, mission_locale, cio, cej, e2c, epide,
    etudes_promotionnelles, transition_pro, apprentissage, contrat_pro, periode_reconversion,
    conge_formation_public, remuneration_stagiaire, poei, poec, bourses, demission_reconversion,
    cpf, region, vae, aif, faf,
    permis, mobili_jeune, garde_enfants,
    pmsmp, service_civique,
)  # fmt: skip
"""By what they pay, then the ones that help most people first."""


def _may_be_of_age(d: Demande, f: Financement) -> bool:
    """Within the limits of the file; an age that is not said passes for the young only."""
    if d.age is None:
        return d.jeune
    return f.valeur("age_min") <= d.age <= f.valeur("age_max")


def _past(d: Demande, f: Financement, limite: str) -> bool:
    return d.age is not None and d.age > f.valeur(limite)


def _registered(d: Demande) -> Cas | None:
    """What France Travail gives to those registered with it."""
    if d.mineur:
        return None
    cases = {Statut.DEMANDEUR_EMPLOI: "demandeur", Statut.SANS_ACTIVITE: "inscription", None: "inconnu"}
    nom = cases.get(d.statut)
    return Cas(nom) if nom else None


def _is_short(d: Demande) -> bool:
    return d.may_include("formation", "poste") and (d.diplome_vise_niveau or 0) < NIVEAU_TROP_LONG


def _second_chance(d: Demande, f: Financement) -> Cas | None:
    if d.statut not in (None, *SANS_EMPLOI) or d.niveau not in (None, Niveau.SANS_DIPLOME):
        return None
    if not _may_be_of_age(d, f):
        return None
    known = d.statut and d.niveau and d.age is not None
    return Cas("sans_diplome" if known else "inconnu")
