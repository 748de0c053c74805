"""What a person does with a sentence in the chat, given the question on screen.

Answers it, skips it, asks why, asks for a fact, for the results, for someone… or simply speaks: a wish, an
experience, a correction. Which choice an answer makes is found in choix.py. When unsure, the person speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.loading import RACINE, Connaissances, read_as
from knowledge.schema import Lexique, Metier, PhrasesActe, Question, ReglesIntention
from service.choix import Reponses, content
from service.ecoute import Ecoute
from service.formules import set_phrases, stems, stems_of
from service.francais import Mot
from service.noms import Noms
from service.reperage import Trouvaille


class Acte(StrEnum):
    """What a sentence does."""

    REPONSE = "reponse"
    PASSER = "passer"
    REVENIR = "revenir"
    RESULTATS = "resultats"
    POURQUOI_QUESTION = "pourquoi_question"
    POURQUOI_METIER = "pourquoi_metier"
    POURQUOI_PAS = "pourquoi_pas"
    QUESTION = "question"
    AIDE_HUMAINE = "aide_humaine"
    PAROLE = "parole"
    """Anything else, to be read as a wish, an experience or a correction."""


@dataclass(frozen=True)
class Intention:
    """What a sentence does, and with what."""

    acte: Acte
    choix: str | None = None
    """For REPONSE: the choice of the question on screen."""
    metiers: tuple[str, ...] = ()
    """For POURQUOI_METIER, POURQUOI_PAS and QUESTION: the métiers named, in order."""
    complete: bool = False
    """For REPONSE: the sentence says nothing more than the answer."""

    @property
    def is_plain(self) -> bool:
        """Whether it is all about the question on screen, or the tool."""
        return self.acte in _SUR_L_OUTIL or (self.acte is Acte.REPONSE and self.complete)


_SUR_L_OUTIL = frozenset({Acte.PASSER, Acte.REVENIR, Acte.RESULTATS, Acte.POURQUOI_QUESTION})
PAROLE = Intention(Acte.PAROLE)
# What follows is the speaker's own argument, not what is asked.
_ARGUMENT = re.compile(r"\b(?:alors que|vu que|parce que|sachant que|puisque|car)\b")
# Words that ask, where a clause opens. « ce » is heard « c est » (langage_courant.yaml).
_OUVRE = re.compile(
    r"(?:^|[.!?,;:] )(?:(?:bonjour|bonsoir|salut|et|mais|non|oui|alors|donc|sinon|svp) )*"
    r"(?:combien|comment|quels?(?! que soit)|quand (?:est|on)|pourquoi(?! pas)|a quel|de quel|dans quel"
    r"|pour quel|en combien|a combien|qui (?:paye|finance|peut))\b"
)
_EST_CE_QUE = re.compile(
    # « est-ce que », and not « c'est ce que ».
    r"(?<!est )\best (?:c est|ce) (?:que?|qu)\b|\bqu est (?:c est|ce) (?:que?|qui?)\b|\bc (?:est )+quoi\b"
    r"|\bcombien\b|\bquels? (?:est|sont)\b|(?<!encore )\bfaut (?:il|t il|combien|quoi|quel)\b"
    r"|\bpeut on\b|\by a t il\b|\bquoi (?:exactement|comme)\b"
)
_SOUHAIT = re.compile(
    r"\b(?:je (?:veux|voudrais|cherche|souhaite|souhaiterais|reve|prefere|deteste|suis|sais)"
    r"|j (?:aime|adore|aimerais|ai))\b(?! savoir| connaitre| demander| une question| un question)"
)
_JE = re.compile(r"\b(?:je|j|mon|mes|moi|me|m)\b")
# A clause that only keeps the talk going: « et vous ? », « tu vois ? ».
_RELANCE = re.compile(
    r"(?:^|[.!?,;:] )(?:et )?(?:vous|toi|tu vois|vous voyez|non|hein|ok|d accord|tu comprends|vous comprenez"
    r"|c est possible|possible|quoi|c est bon|ca vous va|ca te va|voila|vous en pensez quoi"
    r"|tu en penses quoi)\?$"
)


class Intentions:
    """Built once by `load`; deterministic; a few hundred microseconds a text at most."""

    def __init__(
        self,
        regles: ReglesIntention,
        lexique: Lexique,
        questions: Iterable[Question],
        metiers: Mapping[str, Metier],
    ) -> None:
        self._reponses = Reponses(regles, lexique, questions)
        self._commandes = _Commandes(regles.actes, self._reponses.liaisons)
        self._noms = Noms(metiers)
        self._faits = set_phrases(
            [(e, "fort") for e in regles.faits.fort]
            + [(e, "theme") for e in regles.faits.theme]
            + [(e, "sauf") for e in regles.faits.sauf]
        )
        self._metiers = set_phrases(
            (e, genre) for genre, es in regles.metiers.model_dump().items() for e in es
        )

    @classmethod
    def load(cls, connaissances: Connaissances, lexique: Lexique) -> Intentions:
        """With `knowledge/intentions.yaml`. Raises FicheInvalide."""
        regles: ReglesIntention = read_as(RACINE / "intentions.yaml", ReglesIntention)
        return cls(regles, lexique, connaissances.questions, connaissances.metiers)

    def recognise(self, ecoute: Ecoute, question: Question | None) -> Intention:
        """What one sentence does. Never fails; silence is PAROLE."""
        if not ecoute.mots:
            return PAROLE
        metiers = self._noms.find(ecoute)
        acte = self._commandes.find(ecoute)
        # « montre-moi le métier d'infirmière » asks for one fact, not for the results.
        if acte and not (acte is Acte.RESULTATS and metiers):
            # Once no question is on screen, « pourquoi ? » is about what is shown.
            shown = acte is Acte.POURQUOI_QUESTION and question is None
            return Intention(Acte.POURQUOI_METIER if shown else acte)
        themes = self._faits.find(ecoute.mots)
        faits = {t.charge for t in themes}
        about = self._about(ecoute, metiers, faits)
        if about or _asks(ecoute, faits):
            return about or Intention(Acte.QUESTION, metiers=_slugs(metiers))
        answer = self._answer(ecoute, question)
        asks = _ends_asking(ecoute) and not (answer and answer.complete and "theme" not in faits)
        if answer and not asks:
            return answer
        asked = _may_ask(ecoute, faits, metiers, not self._rest(ecoute, themes)) and "sauf" not in faits
        return Intention(Acte.QUESTION, metiers=_slugs(metiers)) if asked else PAROLE

    def _answer(self, ecoute: Ecoute, question: Question | None) -> Intention | None:
        choisi = self._reponses.choose(ecoute, question) if question else None
        return Intention(Acte.REPONSE, choix=choisi.choix, complete=choisi.complete) if choisi else None

    def _about(self, ecoute: Ecoute, metiers: Sequence[Trouvaille[str]], faits: set[str]) -> Intention | None:
        """« pourquoi infirmière ? », « et pourquoi pas sage-femme ? », « et assistante sociale alors ? »."""
        asked = _before_argument(ecoute)
        cues = self._metiers.find(asked)
        genres = {t.charge for t in cues}
        slugs = _slugs(metiers)
        if "pourquoi_seul" in genres and "absent" not in genres and not (metiers and _refused(asked)):
            return Intention(Acte.POURQUOI_METIER, metiers=slugs)
        if not metiers:
            return None
        why = next((t for t in cues if t.charge.startswith("pourquoi") or _is_why_not(asked, t)), None)
        if why is None:
            left_out = self._adds(ecoute, metiers) or ("absent" in genres and _is_missed(ecoute, faits))
            return Intention(Acte.POURQUOI_PAS, metiers=slugs) if left_out else None
        if faits & {"fort", "theme"}:
            return None
        if "absent" not in genres and not _refused(asked[why.fin :]):
            return Intention(Acte.POURQUOI_METIER, metiers=slugs)
        # « aide-soignante, pourquoi pas », « pourquoi pas aide-soignante, ça me tente »: a wish.
        put_first = metiers[0].debut < why.debut and _is_why_not(asked, why)
        wished = ("envie" in genres or put_first) and not ecoute.propre.endswith("?")
        return None if wished else Intention(Acte.POURQUOI_PAS, metiers=slugs)

    def _adds(self, ecoute: Ecoute, metiers: Sequence[Trouvaille[str]]) -> bool:
        """« et infirmière alors », « et infirmière ? »: a métier put forward, and nothing else."""
        et = [t for t in self._metiers.find(ecoute.mots) if t.charge == "et"]
        if self._rest(ecoute, [*metiers, *et]):
            return False
        opens, asks = ecoute.mots[0].forme in ("et", "ou"), ecoute.propre.endswith("?")
        return (opens and (bool(et) or asks)) or (bool(et) and asks)

    def _rest(self, ecoute: Ecoute, known: Sequence[Trouvaille[str]]) -> list[str]:
        """The words that carry meaning, outside of those known."""
        covered = {i for t in known for i in range(t.debut, t.fin)}
        return [s for s, i in content(ecoute.mots) if i not in covered and s not in self._reponses.liaisons]


class _Commandes:
    """The acts that need no subject, first listed first."""

    def __init__(self, actes: Mapping[str, PhrasesActe], liaisons: frozenset[str]) -> None:
        self._ordre = tuple(Acte(nom) for nom in actes)
        self._liaisons = liaisons
        self._seuls = {stems(e): Acte(nom) for nom, p in reversed(list(actes.items())) for e in p.seul}
        self._dits = set_phrases((e, Acte(nom)) for nom, p in actes.items() for e in p.dit)
        self._saufs = set_phrases((e, Acte(nom)) for nom, p in actes.items() for e in p.sauf)

    def find(self, ecoute: Ecoute) -> Acte | None:
        whole = stems_of(ecoute.mots)
        alone = self._seuls.get(whole)
        alone = alone or self._seuls.get(tuple(s for s in whole if s not in self._liaisons))
        saufs = {t.charge for t in self._saufs.find(ecoute.mots)}
        if alone and alone not in saufs:
            return alone
        dits = {t.charge for t in self._dits.find(ecoute.mots)} - saufs
        return next((a for a in self._ordre if a in dits), None)


def _slugs(metiers: Sequence[Trouvaille[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.charge for t in metiers))


def _before_argument(ecoute: Ecoute) -> Sequence[Mot]:
    """What is asked, without the reasons given: « pourquoi infirmière, alors que je n'aime pas le sang »."""
    found = _ARGUMENT.search(ecoute.neutre)
    if found is None:
        return ecoute.mots
    return ecoute.mots[: len(ecoute.neutre[: found.start()].split())]


def _refused(mots: Sequence[Mot]) -> bool:
    return any(m.forme in ("pas", "jamais", "plus") for m in mots)


def _is_missed(ecoute: Ecoute, faits: set[str]) -> bool:
    """« je ne vois pas aide-soignante dans la liste », and not « je veux … »."""
    return (ecoute.propre.endswith("?") or "fort" not in faits) and not _SOUHAIT.search(ecoute.neutre)


def _is_why_not(mots: Sequence[Mot], cue: Trouvaille[str]) -> bool:
    return cue.charge == "absent" and mots[cue.debut].forme == "pourquoi"


def _asks(ecoute: Ecoute, faits: set[str]) -> bool:
    """Whether the words themselves ask for a fact, mark or no mark."""
    if "sauf" in faits:
        return False
    return "fort" in faits or bool(_EST_CE_QUE.search(ecoute.neutre) or _OUVRE.search(ecoute.phrase))


def _ends_asking(ecoute: Ecoute) -> bool:
    return ecoute.phrase.endswith("?") and not _RELANCE.search(ecoute.phrase)


def _may_ask(ecoute: Ecoute, faits: set[str], metiers: Sequence[Trouvaille[str]], only_facts: bool) -> bool:
    """A question mark that is no mere courtesy, or key words: « salaire aide-soignante »."""
    if _ends_asking(ecoute):
        return bool(faits) or not _SOUHAIT.search(ecoute.neutre)
    speaks = _JE.search(ecoute.neutre) is not None
    return "theme" in faits and not speaks and (bool(metiers) or only_facts)
