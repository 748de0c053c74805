"""What a form of the chat sends, and the answer it adds to the conversation.

A form carries one action. What was typed travels with every action, so that choosing a button never
costs anyone their sentence.
"""

from __future__ import annotations

from pydantic import BaseModel, TypeAdapter

from service.conversation import (
    Accent,
    Conversation,
    Correction,
    EtatIllisible,
    Exclusion,
    Immersion,
    Importance,
    Parole,
    Passe,
    Reponse,
    Reprise,
    Tour,
)
from service.immersion import Ressenti
from service.matching import Theme
from service.profil import ENVIES_MAX, Situation, Voix
from web.routes.lieu import Saisie

VIDE = "Le message est vide. Quelques mots suffisent."
INCONNU = "Ce choix n'existe pas ici. Les boutons de la page sont les bons."
ILLISIBLE = "Les réponses d'avant n'ont pas pu être relues. Nous repartons du début."


_VOIX: TypeAdapter[Voix] = TypeAdapter(Voix)
_FACILE = {"facile": True, "normale": False}


class EnvoiInvalide(ValueError):
    """What was sent cannot be taken; the message is French, for the person, and quotes nothing."""

    def __init__(self, message: str, conversation: Conversation) -> None:
        super().__init__(message)
        self.conversation = conversation
        """What could still be read, to be shown again."""


class Envoi(BaseModel):
    """The fields of the chat's forms, all text; an absent field is empty."""

    etat: str = ""
    public: str = ""
    voix: str = ""
    lecture: str = ""
    question: str = ""
    choix: str = ""
    texte: str = ""
    envoyer: str = ""
    demander: str = ""
    """A question proposed by the guide, asked as if it had been typed."""
    passer: str = ""
    continuer: str = ""
    revenir: str = ""
    reprendre: str = ""
    retirer: str = ""
    ecarter: str = ""
    remettre: str = ""
    immersion: str = ""
    """`aide-soignant:mieux:activites.toilette`."""
    importance: str = ""
    essai: str = ""
    pourquoi_pas: str = ""
    metiers: list[str] = []
    tout: str = ""
    lieu: str = ""
    commune: str = ""
    situer: str = ""

    @property
    def saisie(self) -> Saisie:
        return Saisie(self.lieu, self.commune, self.situer)

    @property
    def brouillon(self) -> str:
        """What stays in the field: everything typed, until it is sent."""
        return "" if self.envoyer else self.texte

    @property
    def changes_ranking(self) -> bool:
        """Whether this act may move the first places."""
        return any(
            (
                self.choix,
                self.ecarter,
                self.remettre,
                self.retirer,
                self.immersion,
                self.importance,
                self.essai,
            )
        )

    def conversation(self) -> Conversation:
        """The answers before this one. Raises EnvoiInvalide."""
        if not self.etat:
            return Conversation()
        try:
            return Conversation.from_json(self.etat)
        except EtatIllisible:
            raise EnvoiInvalide(ILLISIBLE, Conversation()) from None

    def onto(self, avant: Conversation) -> Conversation:
        """This conversation with what the form adds or takes back. Raises EnvoiInvalide."""
        try:
            return self._apply(avant)
        except EnvoiInvalide:
            raise
        except (ValueError, KeyError):
            raise EnvoiInvalide(INCONNU, avant) from None

    def _apply(self, avant: Conversation) -> Conversation:
        if self.revenir:
            return avant.undo()
        if self.remettre:
            return _taken_back(avant, self.remettre)
        if self.continuer:
            return avant.model_copy(update={"encore": True})
        if self.public or self.voix or self.lecture:
            return self._spoken_to(avant)
        tour = self._tour(avant)
        return avant.add(tour) if tour else avant

    def _spoken_to(self, avant: Conversation) -> Conversation:
        """How to address this person: their situation, tu or vous, which reading."""
        said = {
            "public": Situation(self.public) if self.public else avant.public,
            "voix_choisie": _VOIX.validate_python(self.voix) if self.voix else avant.voix_choisie,
            "facile": _FACILE[self.lecture] if self.lecture else avant.facile,
        }
        return avant.model_copy(update=said)

    def _tour(self, avant: Conversation) -> Tour | None:
        if self.choix:
            question, _, choix = self.choix.partition(":")
            return Reponse(question=question, choix=choix)
        if self.passer:
            return Passe(question=self.passer)
        if self.reprendre:
            return Reprise(question=self.reprendre)
        if self.retirer:
            return Correction(champ=self.retirer)
        if self.ecarter:
            metier, _, raison = self.ecarter.partition(":")
            return Exclusion(metier=metier, raison=raison or None)
        if self.immersion:
            metier, ressenti, raison = self.immersion.split(":")
            return Immersion(metier=metier, ressenti=Ressenti(ressenti), raison=raison)
        if self.importance:
            theme, _, accent = self.importance.partition(":")
            return Importance(theme=Theme(theme), accent=Accent(accent))
        if self.demander:
            return self._parole(self.demander, avant)
        return self._parole(self.texte, avant) if self.envoyer else None

    def _parole(self, ecrit: str, avant: Conversation) -> Parole:
        # Browsers send line ends as two characters; people count one.
        texte = ecrit.replace("\r\n", "\n").strip()
        if not texte:
            raise EnvoiInvalide(VIDE, avant)
        if len(texte) > ENVIES_MAX:
            raise EnvoiInvalide(
                f"Ce message compte {len(texte)} caractères. La limite est de {ENVIES_MAX}.", avant
            )
        return Parole(texte=texte, question=self.question or None)


def _taken_back(conversation: Conversation, metier: str) -> Conversation:
    """Without the turn that set this métier aside, and so without its reason."""
    kept = (t for t in conversation.tours if not (isinstance(t, Exclusion) and t.metier == metier))
    return conversation.model_copy(update={"tours": tuple(kept)})
