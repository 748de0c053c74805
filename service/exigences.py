"""What a métier asks for, against what a person said: each thing has its verdict, none is silent.

The same conditions weigh on the score in criteres.py; here they are told one by one, whatever they weigh.
"""

from __future__ import annotations

from knowledge.schema import Contrainte, Frequence
from service.criteres import Situation
from service.libelles import CHAMPS, FREQUENCES, duration
from service.orientation import Exigence, Verdict
from service.profil import Acceptation, Voix

_ORDRE = (Verdict.BLOQUANT, Verdict.A_VERIFIER, Verdict.COMPATIBLE)


def requirements(s: Situation, age: int | None, voix: Voix) -> tuple[Exigence, ...]:
    """What the métier asks for, against what this person said: blocking first, then to be checked.

    A constraint nobody spoke of is told where the job imposes it often, so that it is not discovered later.
    """
    found = [e for e in (_length(s, voix), _level(s, voix), _licence(s, voix), _minimum_age(s, age)) if e]
    found += [e for cle in Contrainte if (e := _constraint(s, cle))]
    return tuple(sorted(found, key=lambda e: _ORDRE.index(e.verdict)))


def _length(s: Situation, voix: Voix) -> Exigence | None:
    if s.profil.etudes_max is None:
        return None
    mois, verdict = s.distance.mois, s.distance.longueur
    when = f"dans {duration(mois)} environ" if mois else "sans longue formation"
    texte = f"Premier poste : {when}"
    if verdict is Verdict.BLOQUANT:
        texte += ", plus que ce que tu acceptes" if voix == "tu" else ", plus que ce que vous acceptez"
    return Exigence("etudes_max", verdict, texte)


def _level(s: Situation, voix: Voix) -> Exigence | None:
    if s.profil.niveau is None or s.distance.acquis or s.distance.passerelle:
        return None
    if not s.distance.paliers:
        return Exigence("niveau", Verdict.COMPATIBLE, "Niveau d'études suffisant pour entrer en formation")
    tien = "ton" if voix == "tu" else "votre"
    return Exigence("niveau", Verdict.A_VERIFIER, f"La formation demande plus que {tien} niveau d'études")


def _licence(s: Situation, voix: Voix) -> Exigence | None:
    asked = s.metier.exigences.permis.niveau
    if asked == "non":
        return None
    texte = "Permis B indispensable" if asked == "indispensable" else "Permis B souvent demandé"
    if s.profil.permis:
        return Exigence("permis", Verdict.COMPATIBLE, texte)
    if s.profil.permis is None:
        return Exigence("permis", Verdict.A_VERIFIER, texte)
    missing = "tu ne l'as pas encore" if voix == "tu" else "vous ne l'avez pas encore"
    closed = Verdict.BLOQUANT if asked == "indispensable" else Verdict.A_VERIFIER
    return Exigence("permis", closed, f"{texte}, {missing}")


def _minimum_age(s: Situation, age: int | None) -> Exigence | None:
    minimum = s.metier.exigences.age_minimum
    if minimum is None or age is None or age >= minimum.ans:
        return None
    # The age of entry into training, or that of practice: the sentence says which. A year passes soon.
    soon = minimum.ans - age <= 1
    return Exigence("age", Verdict.A_VERIFIER if soon else Verdict.BLOQUANT, minimum.texte.rstrip("."))


def _constraint(s: Situation, cle: Contrainte) -> Exigence | None:
    reponse, frequence = s.profil.contraintes.get(cle), s.metier.conditions[cle].frequence
    often = frequence.est_habituelle
    if reponse is None and not often:
        return None
    texte = f"{CHAMPS[f'contraintes.{cle}']} : {FREQUENCES[frequence]}"
    if frequence is Frequence.JAMAIS or reponse is Acceptation.OUI:
        verdict = Verdict.COMPATIBLE
    elif reponse is Acceptation.NON and often:
        verdict = Verdict.BLOQUANT
    else:
        verdict = Verdict.A_VERIFIER
    return Exigence(f"contraintes.{cle}", verdict, texte)
