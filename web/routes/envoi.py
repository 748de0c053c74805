"""What a form of the chat sends, and the answer it adds to the conversation.

A form carries one action. What was typed travels with every action, so that choosing a button never
costs anyone their sentence.
"""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from service.conversation import (
    Conversation,
    Correction,
    EtatIllisible,
    Exclusion,
    Parole,
    Passe,
    Reponse,
    Tour,
)
from service.profil import ENVIES_MAX
from web.routes.lieu import Saisie

VIDE = "Le message est vide. Quelques mots suffisent."
INCONNU = "Ce choix n'existe pas ici. Les boutons de la page sont les bons."
ILLISIBLE = "Les réponses d'avant n'ont pas pu être relues. Nous repartons du début."


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
    choix: str = ""
    texte: str = ""
    envoyer: str = ""
    passer: str = ""
    revenir: str = ""
    retirer: str = ""
    ecarter: str = ""
    remettre: str = ""
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

    def conversation(self) -> Conversation:
        """The answers before this one. Raises EnvoiInvalide."""
        if not self.etat:
            return Conversation()
        try:
            return Conversation.from_json(self.etat)
        except EtatIllisible:
            raise EnvoiInvalide(ILLISIBLE, Conversation()) from None

    def answered(self) -> Conversation:
        """The conversation with what this form adds or takes back. Raises EnvoiInvalide."""
        avant = self.conversation()
        try:
            return self._apply(avant)
        except ValidationError:
            raise EnvoiInvalide(INCONNU, avant) from None

    def _apply(self, avant: Conversation) -> Conversation:
        if self.revenir:
            return avant.undo()
        if self.remettre:
            return _without(avant, Exclusion(metier=self.remettre))
        if self.public:
            return Conversation.model_validate({"public": self.public, "tours": avant.tours})
        tour = self._tour(avant)
        return avant.add(tour) if tour else avant

    def _tour(self, avant: Conversation) -> Tour | None:
        if self.choix:
            question, _, choix = self.choix.partition(":")
            return Reponse(question=question, choix=choix)
        if self.passer:
            return Passe(question=self.passer)
        if self.retirer:
            return Correction(champ=self.retirer)
        if self.ecarter:
            return Exclusion(metier=self.ecarter)
        return self._parole(avant) if self.envoyer else None

    def _parole(self, avant: Conversation) -> Parole:
        # Browsers send line ends as two characters; people count one.
        texte = self.texte.replace("\r\n", "\n").strip()
        if not texte:
            raise EnvoiInvalide(VIDE, avant)
        if len(texte) > ENVIES_MAX:
            raise EnvoiInvalide(
                f"Ce message compte {len(texte)} caractères. La limite est de {ENVIES_MAX}.", avant
            )
        return Parole(texte=texte)


def _without(conversation: Conversation, tour: Tour) -> Conversation:
    return conversation.model_copy(update={"tours": tuple(t for t in conversation.tours if t != tour)})
