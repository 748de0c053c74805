"""What the guide says back to words: what it understood, why it asks, why a métier stands where it stands.

Templates of `knowledge/repliques.yaml`, filled with what was said and what is known; nothing is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from knowledge import schema
from knowledge.loading import RACINE, read_as
from service.conseiller import Conseiller, Personne
from service.conversation import Parole, Reponse
from service.ecrits import Lu
from service.intention import Acte
from service.orientation import Motif, Recommandation
from service.profil import Voix
from service.question import evoked

# How many reasons are told on each side.
RAISONS = 2


@dataclass(frozen=True)
class Replique:
    """One answer of the guide."""

    texte: str
    metiers: tuple[str, ...] = ()
    compris: bool = True
    sources: tuple[schema.Source, ...] = ()
    proches: tuple[str, ...] = ()


def reply(
    parole: Parole, lu: Lu, personne: Personne, conseiller: Conseiller, sujet: str | None = None
) -> Replique:
    """What is said back to one text, as it was understood; `sujet` is the métier spoken of before."""
    acte = lu.intention.acte
    if acte is Acte.QUESTION:
        return _fact(parole.texte, personne, conseiller, evoked(lu.indices) or sujet)
    if acte in _TOUTES_FAITES:
        return Replique(_say(_TOUTES_FAITES[acte], personne.voix))
    if acte in _SELON_ACTE:
        return _SELON_ACTE[acte](parole, lu, personne, conseiller)
    if known := conseiller.garde.reply(parole.texte, personne.voix, off_topic=lu.hors_sujet):
        return Replique(known, compris=not lu.hors_sujet)
    understood = bool(lu.indices or lu.intitules)
    return Replique(_say("compris" if understood else "pas_compris", personne.voix), compris=understood)


@cache
def _texts() -> Mapping[str, schema.Voix]:
    texts: Mapping[str, schema.Voix] = read_as(RACINE / "repliques.yaml", dict[str, schema.Voix])
    return texts


def _say(cle: str, voix: Voix) -> str:
    return str(getattr(_texts()[cle], voix))


def lost(voix: Voix) -> Replique:
    """When words failed more than once: the same sentence is not said again, other ways are shown."""
    return Replique(_say("perdu", voix), compris=False)


def _noted(parole: Parole, lu: Lu, personne: Personne, conseiller: Conseiller) -> Replique:
    made = Reponse(question=parole.question or "", choix=lu.intention.choix or "")
    choix = conseiller.questionnaire.choice_text(made, personne.voix)
    return Replique(_say("note", personne.voix).format(choix=choix.rstrip(".")))


def _why_asked(parole: Parole, _lu: Lu, personne: Personne, conseiller: Conseiller) -> Replique:
    question = parole.question and conseiller.questionnaire.question(parole.question)
    if not question:
        return Replique(_say("sans_question", personne.voix))
    aide = question.aide and getattr(question.aide, personne.voix)
    return Replique(aide or _say("scene", personne.voix))


def _fact(question: str, personne: Personne, conseiller: Conseiller, sujet: str | None) -> Replique:
    """The answer to a question of fact, or « je ne sais pas » with what can be asked instead."""
    profil = personne.complet.model_copy(update={"envies": ""})
    reponse = conseiller.reponses.answer(question, profil, sujet, personne.voix)
    return Replique(reponse.texte, reponse.metiers, sources=reponse.sources, proches=reponse.proches)


def _standing(_parole: Parole, lu: Lu, personne: Personne, conseiller: Conseiller) -> Replique:
    """Why a métier stands where it does: the strongest reasons on each side, none left out."""
    metiers = lu.intention.metiers
    if not metiers:
        return Replique(_say("sans_question", personne.voix))
    told = (conseiller.explain(personne, slug) for slug in metiers)
    total = len(conseiller.slugs)
    return Replique("\n".join(_account(reco, total, personne.voix) for reco in told), metiers)


def _account(reco: Recommandation, total: int, voix: Voix) -> str:
    rang = "1er" if reco.rang == 1 else f"{reco.rang}e"
    lines = [_say("rang", voix).format(titre=reco.metier.titre.double, rang=rang, total=total)]
    lines += _side("Ce qui va :", reco.motifs)
    lines += _side("Ce qui pèse :", reco.vigilances)
    return "\n".join(lines)


def _side(titre: str, motifs: tuple[Motif, ...]) -> list[str]:
    return [f"{titre} {' '.join(m.texte for m in motifs[:RAISONS])}"] if motifs else []


_TOUTES_FAITES = {Acte.PASSER: "passe", Acte.RESULTATS: "prets", Acte.AIDE_HUMAINE: "humain"}
"""Said in the same words to all: the act → the key of its text."""
_SELON_ACTE: Mapping[Acte, Callable[[Parole, Lu, Personne, Conseiller], Replique]] = {
    Acte.REPONSE: _noted,
    Acte.POURQUOI_QUESTION: _why_asked,
    Acte.POURQUOI_METIER: _standing,
    Acte.POURQUOI_PAS: _standing,
}
