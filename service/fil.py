"""A conversation followed from its first answer: what was said, what was understood, what to ask.

Everything is derived anew from the answers at each turn; nothing is kept between two. What was read of a
text travels with it, and is read again only when it was not yet, or when some of it was taken back since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from knowledge.schema import Question, Source
from service import libelles, repliques
from service.conseiller import Conseiller, Personne, Propos
from service.conversation import (
    Conversation,
    Correction,
    Endroit,
    Exclusion,
    Immersion,
    Parole,
    Reponse,
    Reprise,
    Tour,
    answer,
)
from service.ecrits import Ecrit, Lu, join
from service.immersion import lesson
from service.intention import Acte, Intention
from service.orientation import Alerte, Indice
from service.profil import Profil, Voix
from service.questionnaire import ProchaineQuestion
from service.refus import meaning

# The same thing may have been said in several ways; beyond this, the text is a list of synonyms.
OUBLIS_MAX = 10
# After this many in a row, words are not the way: cards, and a human.
INCOMPRIS_MAX = 2


@dataclass(frozen=True)
class Message:
    """One bubble of the chat."""

    qui: str
    """`personne` or `guide`."""
    texte: str
    indices: tuple[Indice, ...] = ()
    metiers: tuple[str, ...] = ()
    """Slugs of the métiers it speaks of, to be gone to."""
    sources: tuple[Source, ...] = ()
    """Of the facts it tells."""
    proches: tuple[str, ...] = ()
    """Questions it can answer, when it could not answer this one."""


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

    conversation: Conversation
    """The same answers, with what was read of each text."""
    personne: Personne
    messages: tuple[Message, ...]
    compris: tuple[Puce, ...]
    alerte: Alerte | None
    acte: Acte | None
    """What the last turn did, when it was written."""
    incompris: bool
    """The last words were not understood, nor those before."""
    demander: Callable[[], ProchaineQuestion]

    @property
    def profil(self) -> Profil:
        """All that is known of the person: answered, or read."""
        return self.personne.complet

    @cached_property
    def prochaine(self) -> ProchaineQuestion:
        """Looked for only by pages that ask."""
        return self.demander()

    @property
    def question(self) -> Question | None:
        return self.prochaine.question

    @property
    def reste(self) -> int:
        return self.prochaine.reste

    @property
    def stable(self) -> bool:
        return self.prochaine.stable


def follow(conversation: Conversation, conseiller: Conseiller) -> Echange:
    """All that a conversation page shows. Raises QuestionInconnue."""
    fil = _Fil.of(conversation, conseiller)
    if fil.acte is Acte.REVENIR and fil.fresh:
        return follow(_back(conversation), conseiller)
    personne = fil.personne
    return Echange(
        fil.conversation,
        personne,
        tuple(fil.messages),
        _chips(personne),
        fil.alerte,
        fil.acte,
        fil.incompris >= INCOMPRIS_MAX,
        partial(_next, fil, personne),
    )


def told(conversation: Conversation, conseiller: Conseiller) -> Personne:
    """What was said so far, without the rest of a conversation page. Raises QuestionInconnue."""
    return _Fil.of(conversation, conseiller).personne


def _next(fil: _Fil, personne: Personne) -> ProchaineQuestion:
    """A question to be asked again, or about what was half understood, comes before the most telling one."""
    prochaine = fil.conseiller.ask(personne, fil.conversation.posees)
    if wanted := fil.conversation.reprise or fil.doubt():
        return replace(prochaine, question=fil.conseiller.questionnaire.question(wanted))
    return prochaine


def _back(conversation: Conversation) -> Conversation:
    """« Je me suis trompé » : the words go, and the question before is asked again."""
    before = conversation.undo()
    return before.add(Reprise(question=before.posees[-1])) if before.posees else before


@dataclass
class _Fil:
    """The answers applied in order; what is said last wins. The alert is that of the last turn."""

    conversation: Conversation
    conseiller: Conseiller
    answered: Profil
    tours: list[Tour] = field(default_factory=list)
    ecrits: list[Ecrit] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    alerte: Alerte | None = None
    acte: Acte | None = None
    fresh: bool = False
    """The last turn was read just now."""
    incompris: int = 0
    sujet: str | None = None
    """The métier spoken of last: a question that names none is about it."""

    @classmethod
    def of(cls, conversation: Conversation, conseiller: Conseiller) -> _Fil:
        fil = cls(conversation, conseiller, Profil(public=conversation.public))
        for place, tour in enumerate(conversation.tours):
            fil.alerte, fil.acte, fil.fresh = None, None, False
            if isinstance(tour, Parole):
                fil._hear(tour, conversation.tours[place + 1 :])
                continue
            fil.tours.append(tour)
            if isinstance(tour, Reponse):
                fil._choose(tour)
            elif isinstance(tour, Correction):
                fil.answered = fil.answered.without(tour.champ)
            elif isinstance(tour, Exclusion):
                fil._set_aside(tour)
            elif isinstance(tour, Immersion):
                fil._live(tour)
            elif isinstance(tour, Endroit) and tour.commune in conseiller.communes:
                update = {"commune": tour.commune, "rayon_km": tour.rayon_km}
                fil.answered = fil.answered.model_copy(update=update)
        fil.conversation = conversation.model_copy(update={"tours": tuple(fil.tours)})
        return fil

    @property
    def voix(self) -> Voix:
        return self.conversation.voix

    @property
    def personne(self) -> Personne:
        importances = {theme: a.facteur for theme, a in self.conversation.importances.items()}
        return Personne(self.answered, join(self.ecrits), importances, self.voix)

    def doubt(self) -> str | None:
        """A field the last words may have spoken of: it is asked rather than assumed."""
        last = self.tours[-1] if self.tours else None
        if not isinstance(last, Parole) or last.lu is None or last.lu.detresse:
            return None
        known = {*self.personne.complet.said_fields(), *self.conversation.posees}
        unsure = (i.champ for i in last.lu.indices if not i.sur and i.champ not in known)
        return next((champ for champ in unsure if self.conseiller.questionnaire.question(champ)), None)

    def _choose(self, reponse: Reponse) -> None:
        question, effet = self._effect(reponse)
        self.answered = effet.completed_by(self.answered)
        self.incompris = 0
        choice = self.conseiller.questionnaire.choice_text(reponse, self.voix, self.conversation.facile)
        self.messages += [
            Message("guide", question.dit(self.voix, self.conversation.facile)),
            Message("personne", choice),
        ]

    def _effect(self, reponse: Reponse) -> tuple[Question, Profil]:
        """What a choice adds; a broad question leaves what is known as it is."""
        read = {i.champ for e in self.ecrits for i in e.lecture.indices if i.sur}
        known = self.answered.said_fields() | read
        return self.conseiller.questionnaire.effect(reponse.question, reponse.choix, known)

    def _set_aside(self, exclusion: Exclusion) -> None:
        metier = self.conseiller.connaissances.metiers.get(exclusion.metier)
        if metier is None:
            return
        self.answered = self.answered.excluding(metier.slug)
        if exclusion.raison:
            self.answered = meaning(exclusion.raison, metier).completed_by(self.answered)

    def _live(self, immersion: Immersion) -> None:
        metier = self.conseiller.connaissances.metiers.get(immersion.metier)
        if metier is not None:
            learnt = lesson(immersion.ressenti, immersion.raison, metier, self.personne.complet)
            self.answered = learnt.completed_by(self.answered)

    # --- words ------------------------------------------------------------------------------------------

    def _hear(self, parole: Parole, suite: Sequence[Tour]) -> None:
        """Take in one text, read before or now."""
        oublis = tuple(t.champ for t in suite if isinstance(t, Correction))
        lu = self._carried(parole, oublis)
        self.fresh = lu is None
        if lu is None or (lu.detresse and not suite):
            # The reply to distress is never carried: it is said again from the words.
            lu = self._read(parole, oublis)
        parole = parole.model_copy(update={"lu": lu})
        self.tours.append(parole)
        self.messages.append(Message("personne", parole.texte))
        # Distress is answered at once and never becomes part of a profile.
        if not lu.detresse:
            self._take(parole, lu)

    def _carried(self, parole: Parole, oublis: tuple[str, ...]) -> Lu | None:
        lu = parole.lu
        if lu is None or lu.version != self.conseiller.version or lu.oublis != oublis:
            return None
        return lu if lu.fits(self.conseiller.slugs) else None

    def _read(self, parole: Parole, oublis: tuple[str, ...]) -> Lu:
        propos = self.conseiller.entendre(parole.texte)
        asked = self.conseiller.questionnaire.question(parole.question) if parole.question else None
        intention = self.conseiller.intentions.recognise(propos.ecoute, asked)
        reacts = intention.acte is Acte.REPONSE and asked is not None and asked.est_une_scene
        self.alerte = self.conseiller.alerter(propos, self.voix, repond=intention.is_plain or reacts)
        for champ in oublis:
            propos = self._without(propos, champ)
        ecrit = self.conseiller.ecrit(propos, detresse=self.alerte is not None)
        return Lu.of(ecrit, intention, self.conseiller.version, oublis)

    def _without(self, propos: Propos, champ: str) -> Propos:
        """The same text without the words a field was read from, which would draw to métiers otherwise.

        Nothing new is read in what is left of a sentence: only what was read before, less that field.
        """
        kept = propos.lecture.without(champ)
        for _ in range(OUBLIS_MAX):
            texte = propos.ecoute.propre
            found = next((i.mots for i in propos.lecture.indices if i.champ == champ), None)
            if found is None or found not in texte:
                break
            propos = self.conseiller.entendre(texte.replace(found, " ", 1))
        return replace(propos, lecture=kept)

    def _take(self, parole: Parole, lu: Lu) -> None:
        """What a text does: it answers, asks, or says something of the person."""
        self.acte = lu.intention.acte
        made = answer(parole)
        effet = self._effect(made)[1] if made else Profil()
        self.answered = effet.completed_by(self.answered)
        ecrit = lu.ecrit(parole.texte, self.conseiller.slugs)
        if lu.hors_sujet:
            self.ecrits.append(ecrit)
        elif lu.intention.acte is Acte.QUESTION:
            self._believe(ecrit.facts(), effet)
        elif _says_more(lu.intention):
            self._believe(ecrit, effet)
        self._reply(parole, lu)

    def _believe(self, ecrit: Ecrit, effet: Profil) -> None:
        """What is read counts, and what was answered before on the same fields no longer does."""
        for champ in effet.said_fields():
            ecrit = ecrit.without(champ)
        for champ in ecrit.lecture.profil.said_fields() - {"experiences", "diplomes"}:
            self.answered = self.answered.without(champ)
        self.ecrits.append(ecrit)

    def _reply(self, parole: Parole, lu: Lu) -> None:
        replique = repliques.reply(parole, lu, self.personne, self.conseiller, self.sujet)
        self.sujet = _subject(lu, replique.metiers) or self.sujet
        self.incompris = 0 if replique.compris else self.incompris + 1
        if self.incompris >= INCOMPRIS_MAX:
            replique = repliques.lost(self.voix)
        told = replique.texte, lu.indices, replique.metiers, replique.sources, replique.proches
        self.messages.append(Message("guide", *told))


def _subject(lu: Lu, told: Sequence[str]) -> str | None:
    """The métier one text is about: answered about, or else wished for by name."""
    wished = [i.champ.partition(".")[2] for i in lu.indices if i.champ.startswith("metier.") and i.valeur]
    return next(iter([*told, *wished]), None)


def _says_more(intention: Intention) -> bool:
    """Whether a text is to be read as a wish or an experience, besides what it does."""
    return intention.acte is Acte.PAROLE or (intention.acte is Acte.REPONSE and not intention.complete)


def _chips(personne: Personne) -> tuple[Puce, ...]:
    quoted = {i.champ: i.mots for i in personne.ecrit.lecture.indices}
    return tuple(
        Puce(
            champ,
            libelles.CHAMPS.get(champ, champ),
            libelles.value_label(champ, valeur),
            quoted.get(champ),
        )
        for champ, valeur in personne.complet.said()
    )
