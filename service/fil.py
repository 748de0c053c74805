"""A conversation followed from its first answer: what was said, what was understood, what to ask.

Everything is derived anew from the answers at each turn; nothing is kept between two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.schema import Question
from service import libelles
from service.conseiller import Conseiller
from service.conversation import Conversation, Correction, Exclusion, Parole, Reponse
from service.lecture import Lecture
from service.orientation import Alerte, Indice
from service.profil import Profil, Voix

COMPRIS: dict[Voix, str] = {
    "tu": "Voici ce que j'ai compris. Tu peux enlever ce qui est faux.",
    "vous": "Voici ce que j'ai compris. Vous pouvez enlever ce qui est faux.",
}
PAS_COMPRIS: dict[Voix, str] = {
    "tu": "Je n'ai pas bien compris. Dis-le autrement, ou réponds à la question ci-dessous.",
    "vous": "Je n'ai pas bien compris. Dites-le autrement, ou répondez à la question ci-dessous.",
}
# The same thing may have been said in several ways; beyond this, the text is a list of synonyms.
OUBLIS_MAX = 10


@dataclass(frozen=True)
class Message:
    """One bubble of the chat."""

    qui: str
    """`personne` or `guide`."""
    texte: str
    indices: tuple[Indice, ...] = ()


@dataclass(frozen=True)
class Puce:
    """One thing understood, shown as a chip that can be removed."""

    champ: str
    libelle: str
    valeur: str
    mots: str | None = None


@dataclass(frozen=True)
class Echange:
    """All a conversation page needs."""

    profil: Profil
    messages: tuple[Message, ...]
    compris: tuple[Puce, ...]
    question: Question | None
    reste: int
    stable: bool
    alerte: Alerte | None


def follow(conversation: Conversation, conseiller: Conseiller) -> Echange:
    """All that a conversation page shows, derived from the answers given."""
    profil, messages, lectures = _replay(conversation, conseiller)
    dernier = conversation.tours[-1] if conversation.tours else None
    written = dernier.texte if isinstance(dernier, Parole) else ""
    prochaine = conseiller.prochaine_question(profil, conversation.posees)
    return Echange(
        profil,
        messages,
        _chips(profil, lectures),
        prochaine.question,
        prochaine.reste,
        prochaine.stable,
        conseiller.alerter(written, conversation.voix),
    )


def _replay(
    conversation: Conversation, conseiller: Conseiller
) -> tuple[Profil, tuple[Message, ...], list[Lecture]]:
    """Apply the answers in order; what is said last wins."""
    profil = Profil(public=conversation.public)
    messages: list[Message] = []
    lectures: list[Lecture] = []
    for tour in conversation.tours:
        if isinstance(tour, Reponse):
            question, effet = conseiller.questionnaire.effect(tour.question, tour.choix)
            profil = effet.completed_by(profil)
            voix = conversation.voix
            messages += [
                Message("guide", getattr(question.texte, voix)),
                Message("personne", conseiller.questionnaire.choice_text(tour, voix)),
            ]
        elif isinstance(tour, Parole) and conseiller.alerter(tour.texte, conversation.voix):
            # Distress is answered at once and never becomes part of a profile.
            messages.append(Message("personne", tour.texte))
        elif isinstance(tour, Parole):
            lecture = _read_turn(tour.texte, conseiller)
            lectures.append(lecture)
            messages += [
                Message("personne", tour.texte),
                _answer(tour.texte, lecture, conversation.voix, conseiller),
            ]
            profil = lecture.profil.completed_by(profil)
            profil = profil.with_words(tour.texte)
        elif isinstance(tour, Correction):
            profil = _forget(profil, tour.champ, conseiller)
            lectures = [lecture.without(tour.champ) for lecture in lectures]
        elif isinstance(tour, Exclusion) and tour.metier in conseiller.connaissances.metiers:
            profil = profil.excluding(tour.metier)
    return profil, tuple(messages), lectures


def _forget(profil: Profil, champ: str, conseiller: Conseiller) -> Profil:
    """Unsay a field, and the written words it was read from, which would be read again otherwise."""
    profil = profil.without(champ)
    for _ in range(OUBLIS_MAX):
        found = next((i for i in conseiller.lire(profil.envies).indices if i.champ == champ), None)
        if found is None or found.mots not in profil.envies:
            break
        profil = profil.model_copy(update={"envies": profil.envies.replace(found.mots, " ", 1)})
    return profil


def _read_turn(texte: str, conseiller: Conseiller) -> Lecture:
    """What a message says of a profile: nothing when it speaks of something else."""
    lecture = conseiller.lire(texte)
    if conseiller.speaks_of_something_else(texte, lecture.mots_utiles):
        return Lecture(lecture.texte, (), hors_sujet=True)
    return lecture


def _answer(texte: str, lecture: Lecture, voix: Voix, conseiller: Conseiller) -> Message:
    """What the guide says back to free text: a known answer, or what was understood."""
    if reply := conseiller.garde.reply(texte, voix, off_topic=lecture.hors_sujet):
        return Message("guide", reply)
    if lecture.indices or lecture.intitules:
        return Message("guide", COMPRIS[voix], lecture.indices)
    return Message("guide", PAS_COMPRIS[voix])


def _chips(profil: Profil, lectures: Sequence[Lecture]) -> tuple[Puce, ...]:
    quoted = {i.champ: i.mots for lecture in lectures for i in lecture.indices}
    return tuple(
        Puce(
            champ,
            libelles.CHAMPS.get(champ, champ),
            libelles.value_label(champ, valeur),
            quoted.get(champ),
        )
        for champ, valeur in profil.said()
    )
