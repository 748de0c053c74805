"""Straight answers to questions of fact: short, sourced, or « I do not know » and whom to ask.

What is asked is read in question.py, what is known is told in reponses_metier.py; here both meet one person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.loading import RACINE, Connaissances, read_as
from knowledge.schema import Confiance, Source
from knowledge.theme import Glossaire, ReglesQuestion, SigleConnu, Theme
from models import lineaire
from models.encoder import Encodeur
from service import contacts
from service.audition import Auditeur
from service.contacts import Joindre
from service.diplomes import Diplomes
from service.extraits import Extraits
from service.francais import Orthographe
from service.geographie import Communes
from service.orientation import Alerte
from service.profil import MetierInconnu, Profil, Voix
from service.question import Demande, Questions
from service.reponses_ensemble import told
from service.reponses_faits import PESE_MAX, Contexte, Dit
from service.reponses_mots import unexplained

METIERS_MAX = 2
"""Beyond two métiers an answer is a page: they can be compared on theirs."""
PROCHES_MAX = 2
_DE_LA_PLUS_SURE = (Confiance.HAUTE, Confiance.MOYENNE, Confiance.FAIBLE)
# « AS » in « AS ou ASH » is a métier already named in full words.
_SANS_EXPLICATION = frozenset({"ES", "ME", "AS", "AP", "DE", "RS", "TP"})


@dataclass(frozen=True)
class Reponse:
    """One answer."""

    texte: str
    theme: Theme | None
    """The first fact told; None when nothing is known, and then `contacts` says whom to ask."""
    themes: tuple[Theme, ...] = ()
    metier: str | None = None
    metiers: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    confiance: Confiance | None = None
    """Of the least sure of the sources."""
    contacts: tuple[Joindre, ...] = ()
    proches: tuple[str, ...] = ()
    """Questions we can answer, when this one we cannot."""


def answer_to(alerte: Alerte) -> Reponse:
    """Distress comes before any fact: what to say, and whom to call."""
    numeros = (f"{n.numero} : {n.pour}" for n in alerte.numeros)
    return Reponse("\n".join([alerte.message, *numeros]), None)


class Reponses:
    """Built once by `load`; keeps nothing of what it is asked."""

    def __init__(
        self,
        questions: Questions,
        regles: ReglesQuestion,
        glossaire: Glossaire,
        connaissances: Connaissances,
        communes: Communes,
        extraits: Extraits,
    ) -> None:
        self.questions = questions
        self._extraits = extraits
        self._regles = {theme.id: theme for theme in regles.themes}
        self._phrases = regles.phrases
        self.glossaire = glossaire
        self._connaissances = connaissances
        self._communes = communes
        self._diplomes = Diplomes(connaissances)

    @classmethod
    def load(
        cls,
        connaissances: Connaissances,
        encodeur: Encodeur,
        orthographe: Orthographe,
        communes: Communes,
    ) -> Reponses:
        """With `themes.yaml`, `glossaire.yaml` and what was learned. Raises FicheInvalide, ModelePerime."""
        regles: ReglesQuestion = read_as(RACINE / "themes.yaml", ReglesQuestion)
        glossaire: Glossaire = read_as(RACINE / "glossaire.yaml", Glossaire)
        auditeur = Auditeur(regles, glossaire, connaissances, orthographe, communes, encodeur.mots)
        modele = lineaire.load(lineaire.QUESTIONS, encodeur)
        questions = Questions(regles, modele, auditeur, encodeur)
        extraits = Extraits(connaissances.metiers, encodeur)
        return cls(questions, regles, glossaire, connaissances, communes, extraits)

    def answer(
        self, texte: str, profil: Profil, metier: str | None = None, voix: Voix | None = None
    ) -> Reponse:
        """The answer to one question; `metier` is the one spoken of before. Raises MetierInconnu.

        `voix`: how this person chose to be spoken to, when it is not as their situation would have it.
        """
        if metier is not None and metier not in self._connaissances.metiers:
            raise MetierInconnu
        demande = self.questions.read(texte, metier)
        contexte = self._contexte(texte, demande, profil, voix or profil.voix)
        facts = {theme: told(theme, contexte) for theme in demande.themes}
        known = {theme: dits for theme, dits in facts.items() if dits}
        if not known:
            return self._unknown(texte, demande, contexte)
        return self._known(known, contexte)

    def _contexte(self, texte: str, demande: Demande, profil: Profil, voix: Voix) -> Contexte:
        slugs = demande.metiers[:METIERS_MAX]
        asked = slugs if Theme.CONDITIONS in demande.themes else ()
        own = self._communes.get(profil.commune) if profil.commune else None
        return Contexte(
            connaissances=self._connaissances,
            glossaire=self.glossaire,
            metiers=tuple(self._connaissances.metiers[s] for s in slugs),
            profil=profil,
            voix=voix,
            age=demande.age or profil.age,
            acquis=self._diplomes.recognise(profil.diplomes).acquis,
            commune=demande.commune or own,
            sigle=demande.sigle,
            dispositifs=demande.dispositifs,
            pese={slug: self._extraits.closest(texte, slug, PESE_MAX) for slug in asked},
        )

    def _known(self, known: dict[Theme, list[Dit]], contexte: Contexte) -> Reponse:
        dits = [dit for theme in known for dit in known[theme]]
        paragraphs = [" ".join(texte for texte, _ in known[theme]) for theme in known]
        texte = "\n".join([*paragraphs, *self._which(known, contexte)])
        explained = unexplained(texte, self._sigles())
        texte = " ".join([texte, *(f"{s.sigle} : {s.sens}." for s in explained)])
        sources = [source for _, source in dits] + [self.glossaire.sources[s.source] for s in explained]
        metiers = tuple(m.slug for m in contexte.metiers)
        return Reponse(
            texte=texte,
            theme=next(iter(known)),
            themes=tuple(known),
            metier=_asked_about(next(iter(known)), metiers),
            metiers=metiers,
            sources=_once(sources),
            confiance=max((s.confiance for s in sources), key=_DE_LA_PLUS_SURE.index),
        )

    def _which(self, known: Iterable[Theme], contexte: Contexte) -> list[str]:
        """Ask of which métier, where the answer was about all of them."""
        told_of_none = not contexte.metiers and any(t in _D_UN_METIER for t in known)
        return [self._say("quel_metier", contexte)] if told_of_none else []

    def _unknown(self, texte: str, demande: Demande, contexte: Contexte) -> Reponse:
        profil = contexte.profil
        near = contacts.near(self._connaissances.contacts, profil.public, contexte.commune)[:1]
        parts = [self._say("inconnu_metier" if demande.autre_metier else "inconnu", contexte)]
        parts += [self._say("contact", contexte).format(nom=j.contact.nom) for j in near]
        return Reponse(" ".join(parts), None, contacts=near, proches=self._close(texte, contexte))

    def _close(self, texte: str, contexte: Contexte) -> tuple[str, ...]:
        """The questions we know that are the closest, about the métier if there is one."""
        themes = [self._regles[t] for t in self.questions.closest(texte)[:PROCHES_MAX]]
        if not contexte.metiers:
            return tuple(t.seule for t in themes)
        nom = contexte.metiers[0].nom
        return tuple(t.question.format(nom=nom) for t in themes)

    def _say(self, cle: str, contexte: Contexte) -> str:
        return str(getattr(self._phrases[cle], contexte.voix))

    def _sigles(self) -> list[SigleConnu]:
        return [s for s in self.glossaire.sigles if s.sigle not in _SANS_EXPLICATION]


_D_UN_METIER = frozenset({Theme.SALAIRE, Theme.FORMATION, Theme.CONDITIONS, Theme.AGE, Theme.PASSERELLE})
"""Answered much better once the métier is known."""


def _asked_about(theme: Theme, metiers: tuple[str, ...]) -> str | None:
    """The métier the question is about: where one goes, when one goes from one to the other."""
    return next(iter(reversed(metiers) if theme is Theme.PASSERELLE else metiers), None)


def _once(sources: Iterable[Source]) -> tuple[Source, ...]:
    kept: list[Source] = []
    for source in sources:
        if source not in kept:
            kept.append(source)
    return tuple(kept)
