"""A conversation followed from its first answer: what was said, what was understood, what to ask.

Everything is derived anew from the answers at each turn; nothing is kept between two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.schema import Question
from service import libelles
from service.conseiller import Conseiller, Propos
from service.conversation import Conversation, Correction, Endroit, Exclusion, Parole, Reponse
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
    profil, messages, lectures, alerte = _replay(conversation, conseiller)
    prochaine = conseiller.prochaine_question(profil, conversation.posees)
    return Echange(
        profil,
        messages,
        _chips(profil, lectures),
        prochaine.question,
        prochaine.reste,
        prochaine.stable,
        alerte,
    )


def told(conversation: Conversation, conseiller: Conseiller) -> Profil:
    """What was said so far, without the rest of a conversation page."""
    return _replay(conversation, conseiller)[0]


def _replay(
    conversation: Conversation, conseiller: Conseiller
) -> tuple[Profil, tuple[Message, ...], list[Lecture], Alerte | None]:
    """Apply the answers in order; what is said last wins. The alert is that of the last turn."""
    profil = Profil(public=conversation.public)
    messages: list[Message] = []
    lectures: list[Lecture] = []
    alerte: Alerte | None = None
    for tour in conversation.tours:
        alerte = None
        if isinstance(tour, Reponse):
            question, effet = conseiller.questionnaire.effect(tour.question, tour.choix)
            profil = effet.completed_by(profil)
            voix = conversation.voix
            messages += [
                Message("guide", getattr(question.texte, voix)),
                Message("personne", conseiller.questionnaire.choice_text(tour, voix)),
            ]
        elif isinstance(tour, Parole):
            propos = conseiller.entendre(tour.texte)
            alerte = conseiller.alerter(propos, conversation.voix)
            messages.append(Message("personne", tour.texte))
            # Distress is answered at once and never becomes part of a profile.
            if alerte is None:
                lecture = _relevant(propos)
                lectures.append(lecture)
                messages.append(_answer(tour.texte, lecture, conversation.voix, conseiller))
                profil = lecture.profil.completed_by(profil).with_words(tour.texte)
        elif isinstance(tour, Correction):
            profil = _forget(profil, tour.champ, conseiller)
            lectures = [lecture.without(tour.champ) for lecture in lectures]
        elif isinstance(tour, Exclusion) and tour.metier in conseiller.connaissances.metiers:
            profil = profil.excluding(tour.metier)
        elif isinstance(tour, Endroit) and tour.commune in conseiller.communes:
            profil = profil.model_copy(update={"commune": tour.commune, "rayon_km": tour.rayon_km})
    return profil, tuple(messages), lectures, alerte


def _forget(profil: Profil, champ: str, conseiller: Conseiller) -> Profil:
    """Unsay a field, and the written words it was read from, which would be read again otherwise."""
    profil = profil.without(champ)
    for _ in range(OUBLIS_MAX):
        found = next(
            (i for i in conseiller.entendre(profil.envies).lecture.indices if i.champ == champ), None
        )
        if found is None or found.mots not in profil.envies:
            break
        profil = profil.model_copy(update={"envies": profil.envies.replace(found.mots, " ", 1)})
    return profil


def _relevant(propos: Propos) -> Lecture:
    """What a message says of a profile: nothing when it speaks of something else."""
    return Lecture(propos.lecture.texte, (), hors_sujet=True) if propos.hors_sujet else propos.lecture


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
