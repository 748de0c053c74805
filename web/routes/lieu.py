"""Where a person says they are: read from one field, kept in the conversation, shown again as typed."""

from __future__ import annotations

from dataclasses import dataclass

from service.conversation import Conversation, Endroit
from service.geographie import Commune, Communes
from service.profil import Voix

VIDE: dict[Voix, str] = {
    "tu": "Écris le nom de ta commune, ou ton code postal.",
    "vous": "Écrivez le nom de votre commune, ou votre code postal.",
}
INTROUVABLE: dict[Voix, str] = {
    "tu": "Je ne trouve pas cette commune. Essaie avec ton code postal.",
    "vous": "Je ne trouve pas cette commune. Essayez avec votre code postal.",
}
# The longest name of a commune has 45 letters; with its postcode and some words around, twice that.
LETTRES_MAX = 100


@dataclass(frozen=True)
class LieuSaisi:
    """What the place field shows, and what was made of it."""

    texte: str = ""
    commune: Commune | None = None
    """Where the person is, once that is sure."""
    choix: tuple[Commune, ...] = ()
    """The communes it may be, for the person to choose."""
    erreur: str | None = None


@dataclass(frozen=True)
class Saisie:
    """What a form says of a place: the text typed, the code of a button, whether the place was asked for."""

    lieu: str = ""
    commune: str = ""
    situer: str = ""


def read_lieu(saisie: Saisie, conversation: Conversation, communes: Communes) -> LieuSaisi:
    """A button wins over the text, and the text over what was told before."""
    if saisie.commune:
        known = saisie.commune in communes
        return _known(communes.get(saisie.commune)) if known else _refused("", INTROUVABLE, conversation)
    texte = " ".join(saisie.lieu.split())
    before = _told(conversation, communes)
    if not texte and saisie.situer:
        return _refused(texte, VIDE, conversation)
    if not texte or (before.commune and texte == before.texte):
        return before
    found = communes.named(texte) if len(texte) <= LETTRES_MAX else []
    if not found:
        return _refused(texte, INTROUVABLE, conversation)
    return _known(found[0]) if len(found) == 1 else LieuSaisi(texte, choix=tuple(found))


def settle(conversation: Conversation, lieu: LieuSaisi, rayon_km: int | None = None) -> Conversation:
    """The conversation with that place in it, when it is sure."""
    if lieu.commune is None:
        return conversation
    before = conversation.endroit
    if rayon_km is None and before:
        rayon_km = before.rayon_km
    endroit = Endroit(commune=lieu.commune.code, rayon_km=rayon_km)
    return conversation if endroit == before else conversation.at(endroit)


def _told(conversation: Conversation, communes: Communes) -> LieuSaisi:
    endroit = conversation.endroit
    known = endroit is not None and endroit.commune in communes
    return _known(communes.get(endroit.commune)) if endroit and known else LieuSaisi()


def _known(commune: Commune) -> LieuSaisi:
    return LieuSaisi(commune.libelle, commune)


def _refused(texte: str, phrase: dict[Voix, str], conversation: Conversation) -> LieuSaisi:
    return LieuSaisi(texte, erreur=phrase[conversation.voix])
