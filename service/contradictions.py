"""What a person said that hardly goes together: each time the two things said, and a question about them.

Nobody is caught out: people change their minds, and words are read by a program. The rules are ours, and few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.schema import Contrainte
from service import libelles
from service.citations import quote
from service.conseiller import Conseiller
from service.conversation import Correction, Exclusion, Parole, Reponse, answer
from service.ecrits import Lu
from service.fiche import Contradiction
from service.fil import Echange
from service.hypotheses import Hypotheses
from service.orientation import Verdict
from service.profil import GOUTS, Acceptation, EtudesMax
from service.questionnaire import Questionnaire

MAX = 3
# Where people of whom one dreams are met: refusing every one of these places is refusing them.
LIEUX = {
    "publics.personnes_agees": ("cadres.ehpad", "cadres.domicile_des_personnes"),
    "publics.bebes": ("cadres.creche_ecole", "cadres.chez_soi"),
    "publics.enfants": ("cadres.creche_ecole", "cadres.chez_soi"),
    "publics.personnes_malades": ("cadres.hopital", "cadres.domicile_des_personnes"),
}
REFUS_DU_SOIN = ("cadres.hopital", "contraintes.nuit", "contraintes.week_end")
TRAJETS = ("cadres.domicile_des_personnes", "cadres.route", "activites.conduire")


@dataclass(frozen=True)
class _Dit:
    """One thing said of one field."""

    valeur: object
    citation: str

    @property
    def pour(self) -> bool:
        return self.sens > 0

    @property
    def contre(self) -> bool:
        return self.sens < 0

    @property
    def sens(self) -> int:
        if isinstance(self.valeur, int):
            return self.valeur
        return {Acceptation.OUI.value: 1, Acceptation.NON.value: -1}.get(str(self.valeur), 0)


@dataclass(frozen=True)
class Propos:
    """One person before the rules: what they said of each field, in order, and where it leads."""

    echange: Echange
    conseiller: Conseiller
    hypotheses: Hypotheses

    @cached_property
    def dits(self) -> Mapping[str, list[_Dit]]:
        """Field → all that was said of it, the last one last; what was taken back is gone."""
        found: dict[str, list[_Dit]] = {}
        for tour in self.echange.conversation.tours:
            if isinstance(tour, Correction):
                found.pop(tour.champ, None)
            if isinstance(tour, Parole) and tour.lu and not tour.lu.detresse:
                for champ, dit in _read(tour.texte, tour.lu):
                    found.setdefault(champ, []).append(dit)
            if made := answer(tour):
                for champ, dit in _chosen(made, self.conseiller.questionnaire):
                    found.setdefault(champ, []).append(dit)
        return found

    def last(self, champ: str) -> _Dit | None:
        """What is known of a field now."""
        racine, _, cle = champ.partition(".")
        known = getattr(self.echange.profil, racine)
        valeur = known.get(cle) if cle else known
        said = [d for d in self.dits.get(champ, []) if d.valeur == valeur]
        return said[-1] if said and valeur is not None else None

    def wanted(self, champ: str) -> _Dit | None:
        return dit if (dit := self.last(champ)) and dit.pour else None

    def refused(self, champ: str) -> _Dit | None:
        return dit if (dit := self.last(champ)) and dit.contre else None


Regle = Callable[[Propos], Iterator[Contradiction]]


def contradictions(
    echange: Echange, conseiller: Conseiller, hypotheses: Hypotheses
) -> tuple[Contradiction, ...]:
    """The first ones, the plainest first."""
    propos = Propos(echange, conseiller, hypotheses)
    found = (c for regle in REGLES for c in regle(propos))
    return tuple(dict.fromkeys(found))[:MAX]


# --- the rules ---------------------------------------------------------------------------------------------


def opposed(propos: Propos) -> Iterator[Contradiction]:
    """The same thing wanted and refused, in words or with buttons."""
    for dits in propos.dits.values():
        last = dits[-1]
        other = next((d for d in reversed(dits) if last.sens * d.sens < 0), None)
        if other:
            yield Contradiction(
                dits=(other.citation, last.citation),
                question="Qu'est-ce qui a changé, ou de quoi cela dépend-il ?",
            )


def set_aside(propos: Propos) -> Iterator[Contradiction]:
    """A métier spoken of with warmth, then set aside."""
    aside = {t.metier for t in propos.echange.conversation.tours if isinstance(t, Exclusion)}
    for slug in sorted(aside & propos.conseiller.connaissances.metiers.keys()):
        nom = propos.conseiller.connaissances.metiers[slug].nom
        for dit in (d for d in propos.dits.get(f"metier.{slug}", []) if d.pour):
            dits = (dit.citation, f"a mis de côté le métier {_of(propos, slug)}")
            yield Contradiction(dits=dits, question=f"Qu'est-ce qui a déçu dans le métier : {nom} ?")


def too_long(propos: Propos) -> Iterator[Contradiction]:
    """A métier dreamt of, and less time than it takes."""
    limite, dit = propos.echange.profil.etudes_max, propos.last("etudes_max")
    for place in propos.hypotheses.classement.places if limite and dit else ():
        dreamt = [d for d in propos.dits.get(f"metier.{place.metier.slug}", []) if d.pour]
        if dreamt and dit and place.situation.distance.longueur is Verdict.BLOQUANT:
            duree = libelles.duration(place.situation.distance.mois)
            yield Contradiction(
                dits=(dreamt[-1].citation, dit.citation),
                question=f"Ce métier demande {duree} environ. Qu'est-ce qui limite le temps de formation ?",
            )


def unpaid(propos: Propos) -> Iterator[Contradiction]:
    """A salary needed while training, and a first métier whose schools pay none."""
    dit, first = propos.last("revenu_pendant_formation"), propos.hypotheses.classement.places[0]
    if dit and dit.valeur is True and not first.metier.acces.remunere and first.situation.distance.mois > 1:
        yield Contradiction(
            dits=(dit.citation, f"son premier métier passe par une école sans salaire : {first.metier.nom}"),
            question="Qui pourrait aider à vivre pendant la formation ?",
        )


def care_without_its_hours(propos: Propos) -> Iterator[Contradiction]:
    """Care wanted, and most of where and when it is given refused."""
    wish = propos.wanted("activites.soigner")
    refusals = [dit for champ in REFUS_DU_SOIN if (dit := propos.refused(champ))]
    if wish and len(refusals) > 1:
        yield Contradiction(
            dits=(wish.citation, " et ".join(d.citation for d in refusals)),
            question="Quels soins, dans quel lieu et à quelles heures, iraient quand même ?",
        )


def wash_without_lifting(propos: Propos) -> Iterator[Contradiction]:
    """Daily care wanted, and lifting refused, which mostly goes with it."""
    wish, limit = propos.wanted("activites.toilette"), propos.refused("contraintes.port_de_charges")
    if wish and limit:
        yield Contradiction(
            dits=(wish.citation, limit.citation),
            question="Avec un lève-personne ou à deux, est-ce que porter resterait impossible ?",
        )


def people_without_their_places(propos: Propos) -> Iterator[Contradiction]:
    """People one wants to be with, and every place where they are refused."""
    for champ, lieux in LIEUX.items():
        wish, refusals = propos.wanted(champ), [propos.refused(lieu) for lieu in lieux]
        if wish and all(refusals):
            told = " et ".join(r.citation for r in refusals if r)
            yield Contradiction(
                dits=(wish.citation, told), question="Où aimeriez-vous rencontrer ces personnes ?"
            )


def road_without_licence(propos: Propos) -> Iterator[Contradiction]:
    """Work that one drives to, without a licence."""
    dit = propos.last("permis")
    wish = next((d for champ in TRAJETS if (d := propos.wanted(champ))), None)
    if wish and dit and dit.valeur is False:
        yield Contradiction(
            dits=(wish.citation, dit.citation),
            question="Passer le permis est-il prévu, ou faut-il chercher sans ?",
        )


REGLES: tuple[Regle, ...] = (
    opposed,
    too_long,
    set_aside,
    unpaid,
    care_without_its_hours,
    wash_without_lifting,
    people_without_their_places,
    road_without_licence,
)


# --- what was said -----------------------------------------------------------------------------------------


def _read(texte: str, lu: Lu) -> Iterator[tuple[str, _Dit]]:
    """What was surely read of one text, in its words."""
    for indice in lu.indices:
        if indice.sur:
            words = quote(texte, indice.mots) or indice.mots
            yield indice.champ, _Dit(indice.valeur, f"« {words} » (écrit)")


def _chosen(made: Reponse, questionnaire: Questionnaire) -> Iterator[tuple[str, _Dit]]:
    """What a button says, when its question asks one thing: a broad one says less of each."""
    found = list(questionnaire.effect(made.question, made.choix)[1].said())
    if len(found) == 1:
        champ, valeur = found[0]
        yield champ, _Dit(_plain(valeur), f"« {label(champ, valeur)} » (répondu)")


def _plain(valeur: object) -> object:
    return valeur.value if isinstance(valeur, Acceptation | EtudesMax) else valeur


def label(champ: str, valeur: object) -> str:
    """One thing said with a button, in words: « soigner : beaucoup »."""
    racine, _, cle = champ.partition(".")
    nom = libelles.CHAMPS.get(champ, champ)
    if racine == "contraintes":
        nom = libelles.CONTRAINTES[Contrainte(cle)]
    said = libelles.value_label(champ, valeur)
    return f"{nom[0].lower() + nom[1:] if racine in GOUTS else nom} : {said}"


def _of(propos: Propos, slug: str) -> str:
    return propos.conseiller.connaissances.metiers[slug].titre.apres_de
