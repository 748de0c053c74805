"""The French words shown for the closed lists of the field. Words only: no rule, no figure.

`tests/test_pages.py` checks that every value of each list has its words.
"""

from __future__ import annotations

from knowledge.schema import Contrainte, Famille, Frequence, Niveau
from service.orientation import Certitude, Verdict

FAMILLES: dict[Famille, str] = {
    Famille.PETITE_ENFANCE: "Petite enfance",
    Famille.SANTE: "Santé",
    Famille.HANDICAP: "Handicap",
    Famille.GRAND_AGE: "Grand âge",
    Famille.SOCIAL: "Social",
}

FAMILLES_EN_BREF: dict[Famille, str] = {
    Famille.PETITE_ENFANCE: "Des tout-petits et de leurs parents.",
    Famille.SANTE: "Soigner, transporter, tenir les lieux propres.",
    Famille.HANDICAP: "Aider une personne à vivre comme elle l'entend.",
    Famille.GRAND_AGE: "Être là pour des personnes âgées, chaque jour.",
    Famille.SOCIAL: "Écouter, protéger, ouvrir des droits.",
}

NIVEAUX: dict[Niveau, str] = {
    Niveau.SANS_DIPLOME: "sans diplôme",
    Niveau.CAP_BEP: "niveau CAP ou BEP",
    Niveau.BAC: "niveau bac",
    Niveau.BAC_2: "niveau bac + 2",
    Niveau.BAC_3_PLUS: "niveau bac + 3 ou plus",
}

CONTRAINTES: dict[Contrainte, str] = {
    Contrainte.NUIT: "Travail de nuit",
    Contrainte.WEEK_END: "Week-ends",
    Contrainte.HORAIRES_COUPES: "Journées en plusieurs morceaux",
    Contrainte.PORT_DE_CHARGES: "Porter, soulever",
}

FREQUENCES: dict[Frequence, str] = {
    Frequence.JAMAIS: "jamais",
    Frequence.PARFOIS: "parfois",
    Frequence.SOUVENT: "souvent",
    Frequence.TOUJOURS: "toujours",
}

FREQUENCES_RANG: dict[Frequence, int] = {f: rang for rang, f in enumerate(Frequence)}
"""How many of the three dots are filled."""

VERDICTS: dict[Verdict, str] = {
    Verdict.COMPATIBLE: "Compatible avec vos réponses",
    Verdict.A_VERIFIER: "À vérifier",
    Verdict.BLOQUANT: "Pas possible tout de suite",
}

VERDICTS_TU: dict[Verdict, str] = {
    **VERDICTS,
    Verdict.COMPATIBLE: "Compatible avec tes réponses",
}

CERTITUDES: dict[Certitude, str] = {
    Certitude.FORTE: "plusieurs réponses vont dans ce sens",
    Certitude.MOYENNE: "à confirmer avec d'autres réponses",
    Certitude.FAIBLE: "une simple piste pour le moment",
}

RECRUTEMENT: dict[str, str] = {
    "tres_recherche": "Très recherché",
    "recherche": "Recherché",
    "equilibre": "Autant de postes que de candidatures",
}


def anchor(famille: Famille) -> str:
    """The family as a class name or an anchor: `grand-age`."""
    return famille.value.replace("_", "-")
