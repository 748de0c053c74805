"""The questions worth an interview: those whose answer would move the first three métiers the most.

They come from what is uncertain in the belief: words half understood, two métiers side by side, and the
fields whose answer tells most (`Questionnaire.gains`). Each says why it is asked, with what would change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from knowledge.schema import Contrainte, Metier
from service import libelles
from service.conseiller import Conseiller
from service.conversation import Parole
from service.fiche import Sonde
from service.fil import Echange
from service.hypotheses import Changement, Hypotheses, changes
from service.matching import PREMIERS, Place
from service.orientation import Indice
from service.profil import GOUTS, Acceptation

MAX = 5
A_DEMI_MAX, ECARTS_MAX, PAR_GENRE_MAX = 1, 1, 2
# Two métiers whose beliefs differ by less than this share of the larger one stand side by side.
PRES = 0.25
# A difference of intensity under this one separates no two métiers.
ECART_MIN = 2

# Asked aloud, to make someone tell rather than say yes or no.
OUVERTES: Mapping[str, str] = {
    "publics.bebes": "Racontez-moi un moment passé avec un bébé. Qu'est-ce qui vous a plu, ou pesé ?",
    "publics.enfants": "Quand vous êtes avec des enfants, que faites-vous ensemble ?",
    "publics.adolescents": "Comment cela se passe quand un jeune vous répond mal ?",
    "publics.adultes_handicap": "Qu'évoque pour vous un travail avec des personnes handicapées ?",
    "publics.personnes_agees": "Parlez-moi d'une personne âgée que vous connaissez bien.",
    "publics.personnes_malades": "Comment réagissez-vous à côté de quelqu'un qui souffre ?",
    "publics.familles_precarite": "Que diriez-vous à une famille qui ne peut plus payer son loyer ?",
    "activites.soigner": "Faire une piqûre, refaire un pansement : que ressentez-vous à cette idée ?",
    "activites.toilette": "Aider quelqu'un à se laver : qu'est-ce qui serait facile, ou difficile ?",
    "activites.eduquer": "Qu'avez-vous déjà appris à quelqu'un, et comment vous y êtes-vous pris ?",
    "activites.animer": "Quel moment avez-vous déjà organisé pour d'autres ?",
    "activites.ecouter_orienter": "Qui vient vous voir en cas de souci, et que faites-vous alors ?",
    "activites.cuisiner_entretenir": "Les repas, le ménage, les courses : quelle place au travail ?",
    "activites.conduire": "Combien de temps par jour vous verriez-vous au volant ?",
    "activites.reeduquer": "Avez-vous déjà aidé quelqu'un à refaire un geste ? Racontez.",
    "cadres.domicile_des_personnes": "Entrer chez les gens, y travailler sans collègue : qu'en pensez-vous ?",
    "cadres.chez_soi": "Travailler chez vous, avec des enfants accueillis : est-ce faisable, et voulu ?",
    "cadres.hopital": "Quel souvenir gardez-vous d'un hôpital ?",
    "cadres.ehpad": "Êtes-vous déjà entré ou entrée dans une maison de retraite ? Qu'avez-vous vu ?",
    "cadres.creche_ecole": "Dans une crèche ou une école, où seriez-vous à votre place ?",
    "cadres.foyer_institution": "Le quotidien d'un foyer avec ses habitants : que vous dit cette idée ?",
    "cadres.quartier_rue": "Travailler dehors, aller vers les gens : qu'est-ce que cela demande de vous ?",
    "cadres.bureau": "Quelle part de votre journée pourrait se passer assis ou assise à un bureau ?",
    "cadres.route": "Changer de lieu plusieurs fois par jour : qu'est-ce que cela change pour vous ?",
    "contraintes.nuit": "Comment vivriez-vous des nuits de travail, et qui compte sur vous le soir ?",
    "contraintes.week_end": "Que font vos week-ends aujourd'hui, et que pourriez-vous en donner ?",
    "contraintes.horaires_coupes": "Travailler tôt, s'arrêter, reprendre le soir : comment feriez-vous ?",
    "contraintes.port_de_charges": "Dans la journée, que pouvez-vous porter ou soulever sans souffrir ?",
    "etudes_max": "Combien de temps pouvez-vous consacrer à une formation, et pourquoi ce temps-là ?",
    "niveau": "Jusqu'où êtes-vous allé ou allée à l'école, et comment cela s'est-il passé ?",
    "permis": "Comment vous déplacez-vous, et où en êtes-vous du permis ?",
    "revenu_pendant_formation": "De quoi vivriez-vous pendant une formation ?",
    "aidant": "De qui vous occupez-vous, ou vous êtes-vous occupé ou occupée, dans votre vie ?",
}
FREQUENCES = {"jamais": 0, "parfois": 1, "souvent": 3, "toujours": 4}


@dataclass(frozen=True)
class Doute:
    """Something not known, that would tell."""

    champ: str
    sonde: Sonde


def sondes(echange: Echange, conseiller: Conseiller, hypotheses: Hypotheses) -> tuple[Doute, ...]:
    """Five questions at most, no field twice, not all of one kind."""
    sondeur = _Sondeur(echange, conseiller, hypotheses)
    kept: dict[str, Doute] = {}
    for doute in (*sondeur.half_understood(), *sondeur.ties(), *sondeur.telling()):
        genre = doute.champ.partition(".")[0]
        same = sum(champ.partition(".")[0] == genre for champ in kept)
        if doute.champ not in kept and same < PAR_GENRE_MAX and len(kept) < MAX:
            kept[doute.champ] = doute
    return tuple(kept.values())


@dataclass(frozen=True)
class _Sondeur:
    echange: Echange
    conseiller: Conseiller
    hypotheses: Hypotheses

    @cached_property
    def connus(self) -> set[str]:
        return self.echange.profil.said_fields()

    # --- words half understood --------------------------------------------------------------------------

    def half_understood(self) -> Iterator[Doute]:
        """What some words may have meant, the most telling first; it was not counted."""
        found = [i for i in self._unsure() if i.champ in OUVERTES and i.champ not in self.connus]
        for indice in sorted(found, key=lambda i: -self.gains.get(i.champ, 0.0))[:A_DEMI_MAX]:
            question = f"Vous avez écrit « {indice.mots} ». Pouvez-vous m'en dire plus ?"
            guess = f"Mots à moitié compris, peut-être « {libelles.CHAMPS[indice.champ]} »."
            pourquoi = f"{guess} {self.effect(indice.champ)}"
            yield Doute(indice.champ, Sonde(question=question, pourquoi=pourquoi))

    def _unsure(self) -> Iterator[Indice]:
        """Guesses from words of which nothing else was understood."""
        for tour in self.echange.conversation.tours:
            lu = tour.lu if isinstance(tour, Parole) else None
            if lu is None or lu.detresse:
                continue
            taken = [*(i.mots for i in lu.indices if i.sur), *lu.intitules]
            yield from (i for i in lu.indices if not i.sur and not _overlaps(i.mots, taken))

    # --- two métiers side by side -----------------------------------------------------------------------

    def ties(self) -> Iterator[Doute]:
        """What separates two métiers that stand side by side, of what the person did not speak of."""
        classement = self.hypotheses.classement
        # Of someone who said nearly nothing, all 26 stand side by side.
        places = classement.places[: PREMIERS + 1] if classement.clair else ()
        close = [
            (a, b)
            for rang, a in enumerate(places)
            for b in places[rang + 1 :]
            if b.croyance >= a.croyance * (1 - PRES)
        ]
        for a, b in close[:ECARTS_MAX]:
            if (champ := self._separating(a, b)) is not None:
                yield Doute(champ, Sonde(question=OUVERTES[champ], pourquoi=_between(champ, a, b)))

    def _separating(self, a: Place, b: Place) -> str | None:
        """The field where two métiers differ most; the most telling of equals."""
        gaps = {c: abs(_presence(a.metier, c) - _presence(b.metier, c)) for c in _FIELDS}
        known = self.connus | {c for c in gaps if gaps[c] < ECART_MIN}
        return max(gaps.keys() - known, key=lambda c: (gaps[c], self.gains.get(c, 0.0), c), default=None)

    # --- what would tell most ---------------------------------------------------------------------------

    @cached_property
    def gains(self) -> Mapping[str, float]:
        """What each question that is still open is expected to settle of the first three."""
        shares = {p.metier.slug: p.croyance for p in self.hypotheses.classement.places}
        belief = np.array([shares[slug] for slug in self.conseiller.connaissances.metiers])
        return self.conseiller.questionnaire.gains(self.hypotheses.neutre, belief)

    def telling(self) -> Iterator[Doute]:
        """Open fields by what they tell, then what was read in words and never asked."""
        opened = [champ for champ in OUVERTES if champ in self.gains]
        for champ in sorted(opened, key=lambda c: (-self.gains[c], c)):
            yield Doute(champ, Sonde(question=OUVERTES[champ], pourquoi=self.effect(champ)))
        for champ in sorted(self.hypotheses.neutre.lus & OUVERTES.keys()):
            pourquoi = f"Lu dans ses mots, jamais demandé. {self.effect(champ)}"
            yield Doute(champ, Sonde(question=OUVERTES[champ], pourquoi=pourquoi))

    def effect(self, champ: str) -> str:
        """What the answers would do to the first three, tried one by one."""
        now = self.hypotheses.classement.slugs
        question = self.conseiller.questionnaire.question(champ)
        for choix in _clearest([c.id for c in question.choix if c.effet] if question else []):
            changed = changes(now, self.hypotheses.supposing(champ, choix).slugs)
            if changed:
                return self._told(champ, choix, changed)
        return "La réponse précise l'ordre des premiers métiers."

    def _told(self, champ: str, choix: str, changed: Changement) -> str:
        """« Si la réponse est « non » : aide-soignante sort des trois premiers. »"""
        metiers = self.conseiller.connaissances.metiers
        said = libelles.value_label(champ, _value(champ, choix))
        if changed.entrent:
            what = f"{metiers[changed.entrent[0]].nom} entre dans les trois premiers"
        elif changed.premier:
            what = f"{metiers[changed.premier].nom} passe en premier"
        else:
            what = f"{metiers[changed.sortent[0]].nom} sort des trois premiers"
        return f"Si c'est « {said} », {what}."


_FIELDS = tuple(c for c in OUVERTES if c.partition(".")[0] in (*GOUTS, "contraintes"))


def _overlaps(mots: str, taken: Sequence[str]) -> bool:
    """Whether these words hold, or belong to, words that were understood."""
    said = mots.casefold()
    return any(t.casefold() in said or said in t.casefold() for t in taken)


def _between(champ: str, a: Place, b: Place) -> str:
    more, less = sorted((a.metier, b.metier), key=lambda m: -_presence(m, champ))
    return (
        f"Deux métiers sont presque à égalité. « {libelles.CHAMPS[champ]} » compte plus "
        f"pour {more.nom} que pour {less.nom}."
    )


def _presence(metier: Metier, champ: str) -> int:
    """How much of a thing there is in a métier, 0 to 4."""
    racine, _, cle = champ.partition(".")
    if racine == "contraintes":
        return FREQUENCES[metier.conditions[Contrainte(cle)].frequence.value]
    return int(getattr(metier.intensites, racine)[cle].note)


def _clearest(choix: Sequence[str]) -> Sequence[str]:
    """The plain answers first: much, surely not, yes, no; then the others."""
    plain = ("2", "-2", Acceptation.NON.value, Acceptation.OUI.value)
    return sorted(choix, key=lambda c: plain.index(c) if c in plain else len(plain))


def _value(champ: str, choix: str) -> object:
    """The value a plain choice stands for."""
    if champ.partition(".")[0] in GOUTS:
        return int(choix)
    return choix == "oui" if champ in ("permis", "revenu_pendant_formation", "aidant") else choix
