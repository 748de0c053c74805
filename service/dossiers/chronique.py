"""What an act changed, in one French sentence that the person and their counsellor both read."""

from __future__ import annotations

from service import libelles
from service.conseiller import Conseiller
from service.conversation import (
    Accent,
    Conversation,
    Correction,
    Endroit,
    Exclusion,
    Immersion,
    Importance,
    Parole,
    Passe,
    Reponse,
    Reprise,
    Tour,
    answer,
)
from service.immersion import Ressenti
from service.matching import Theme

MOTS_MAX = 80
THEMES = {
    Theme.PUBLICS: "les personnes",
    Theme.ACTIVITES: "les tâches",
    Theme.CADRES: "le lieu de travail",
    Theme.CONTRAINTES: "les horaires et la fatigue",
    Theme.ACCES: "les études et le permis",
}
RESSENTIS = {
    Ressenti.MIEUX: "mieux que prévu",
    Ressenti.COMME_PREVU: "comme prévu",
    Ressenti.MOINS_BIEN: "moins bien que prévu",
}
ACCENTS = {Accent.PEU: "un peu", Accent.NORMAL: "normalement", Accent.BEAUCOUP: "beaucoup"}


def tell(avant: Conversation, apres: Conversation, conseiller: Conseiller) -> str:
    """What the newest turn says; an act that takes back, or only changes how to speak, is told too."""
    added = [tour for tour in apres.tours if tour not in avant.tours]
    if added:
        return _told(added[-1], conseiller)
    removed = [tour for tour in avant.tours if tour not in apres.tours]
    if removed:
        return f"Annulé. {_told(removed[-1], conseiller)}"
    if len(apres.tours) != len(avant.tours):
        return "La même réponse, encore une fois."
    return "Changement dans la façon de présenter la discussion."


def _told(tour: Tour, conseiller: Conseiller) -> str:
    match tour:
        case Parole():
            made = answer(tour)
            understood = f" Compris : {_chosen(made, conseiller)}" if made else ""
            return f"Écrit : « {_excerpt(tour.texte)} ».{understood}"
        case Reponse():
            return _chosen(tour, conseiller)
        case Correction(champ=champ):
            return f"Retiré de ce qui a été compris : {libelles.CHAMPS.get(champ, 'une réponse')}."
        case Passe(question=cle):
            return f"Question passée : {_asked(cle, conseiller)}"
        case Reprise(question=cle):
            return f"Question à reprendre : {_asked(cle, conseiller)}"
        case Exclusion(metier=slug):
            return f"Métier écarté : {_title(slug, conseiller)}."
        case Immersion(metier=slug, ressenti=ressenti, raison=raison):
            what = libelles.CHAMPS.get(raison, "autre chose")
            return f"Immersion, {_title(slug, conseiller)} : {RESSENTIS[ressenti]}. Ce qui a compté : {what}."
        case Importance(theme=theme, accent=accent):
            return f"Importance : {THEMES[theme]} comptent {ACCENTS[accent]}."
        case Endroit(commune=code):
            known = code in conseiller.communes
            return f"Lieu : {conseiller.communes.get(code).libelle if known else 'une commune'}."


def _excerpt(texte: str) -> str:
    mots = " ".join(texte.split())
    return mots if len(mots) <= MOTS_MAX else mots[: MOTS_MAX - 1].rstrip() + "…"


def _chosen(tour: Reponse, conseiller: Conseiller) -> str:
    question = conseiller.questionnaire.question(tour.question)
    made = next((c for c in question.choix if c.id == tour.choix), None) if question else None
    words = f"« {made.dit('vous', False)} »." if made else "une réponse qui n'existe plus."
    return f"{_asked(tour.question, conseiller)} {words}"


def _asked(cle: str, conseiller: Conseiller) -> str:
    question = conseiller.questionnaire.question(cle)
    return question.dit("vous", False) if question else "une question qui n'existe plus."


def _title(slug: str, conseiller: Conseiller) -> str:
    metier = conseiller.connaissances.metiers.get(slug)
    return metier.titre.double if metier else "un métier qui n'existe plus"
