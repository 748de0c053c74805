"""The French words shown for the closed lists of the field. Words only: no rule, no figure.

`tests/test_pages.py` checks that every value of each list has its words.
"""

from __future__ import annotations

from typing import NamedTuple

from knowledge.schema import Activite, Contrainte, Famille, Frequence, Niveau
from service import refus
from service.catalogue.fiches import Contrat, Genre
from service.conversation import Accent
from service.financement import Statut
from service.immersion import Ressenti
from service.libelles import CADRES, CHAMPS, PUBLICS, value_label
from service.libelles import FREQUENCES as FREQUENCES
from service.matching import Theme
from service.orientation import Certitude, Verdict
from service.reponses_mots import upper

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
    **{niveau: f"niveau {value_label('niveau', niveau.value)}" for niveau in Niveau},
    Niveau.SANS_DIPLOME: "sans diplôme",
}

CONTRAINTES: dict[Contrainte, str] = {
    **{contrainte: CHAMPS[f"contraintes.{contrainte}"] for contrainte in Contrainte},
    Contrainte.WEEK_END: "Week-ends",
}
"""Short, for the rows of a table."""

FREQUENCES_RANG: dict[Frequence, int] = {f: rang for rang, f in enumerate(Frequence)}
"""How many of the three dots are filled."""

VERDICTS: dict[Verdict, str] = {
    Verdict.COMPATIBLE: "Ça va",
    Verdict.A_VERIFIER: "À vérifier",
    Verdict.BLOQUANT: "Ça bloque",
}
"""On one requirement; short enough for the end of a line."""

THEMES: dict[Theme, str] = {
    Theme.PUBLICS: "Les personnes",
    Theme.ACTIVITES: "Les tâches",
    Theme.CADRES: "Le lieu de travail",
    Theme.CONTRAINTES: "Les horaires et la fatigue",
    Theme.ACCES: "Les études et le permis",
}

ACCENTS: dict[Accent, str] = {
    Accent.PEU: "Un peu",
    Accent.NORMAL: "Normal",
    Accent.BEAUCOUP: "Beaucoup",
}

_TACHES: dict[Activite, str] = {
    Activite.SOIGNER: "Les soins",
    Activite.TOILETTE: "Les soins du corps",
    Activite.EDUQUER: "Éduquer",
    Activite.ANIMER: "Animer un groupe",
    Activite.ECOUTER_ORIENTER: "Écouter et conseiller",
    Activite.CUISINER_ENTRETENIR: "La cuisine et le ménage",
    Activite.CONDUIRE: "La conduite",
    Activite.REEDUQUER: "La rééducation",
}

RAISONS: dict[str, str] = {
    **{f"publics.{cle}": f"Avec {mots}" for cle, mots in PUBLICS.items()},
    **{f"activites.{cle}": mots for cle, mots in _TACHES.items()},
    **{f"cadres.{cle}": upper(mots) for cle, mots in CADRES.items()},
    **{f"contraintes.{cle}": mots for cle, mots in CONTRAINTES.items()},
    "etudes_max": "Trop d'études",
    refus.SALAIRE: "La paie",
    refus.AUTRE: "Autre chose",
}
"""« Parce que… »: each reason one may set a métier aside for (`service.refus`)."""

FACETTES: dict[str, str] = {**RAISONS, refus.AUTRE: "L'équipe, ou autre chose"}
"""What one keeps of some days on site (`service.immersion`)."""

RESSENTIS: dict[Ressenti, str] = {
    Ressenti.MIEUX: "Mieux que prévu",
    Ressenti.COMME_PREVU: "Comme prévu",
    Ressenti.MOINS_BIEN: "Moins bien que prévu",
}

MESURES: dict[str, str] = {
    "entretien": "Entretiens commencés",
    "rejoint": "Entretiens rejoints par la personne",
    "fiche": "Fiches d'entretien sorties",
    "atelier": "Ateliers ouverts",
    "participant": "Personnes venues en atelier",
    "jours": "Jours avec un entretien",
    "famille": "Famille du premier métier, en fin d'entretien",
    "achevement": "Les trois premiers métiers, en fin d'entretien",
}
ACHEVEMENTS: dict[str, str] = {"stable": "Stables", "en_cours": "Encore en mouvement"}
"""What a structure counts (`service.dossiers.compteurs`)."""

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


STATUTS: dict[Statut, str] = {
    Statut.SALARIE_CDI: "en CDI (contrat à durée indéterminée)",
    Statut.SALARIE_CDD: "en CDD (contrat à durée déterminée)",
    Statut.AGENT_PUBLIC: "dans la fonction publique",
    Statut.DEMANDEUR_EMPLOI: "à la recherche d'un emploi, avec France Travail",
    Statut.ETUDES: "en études, au lycée ou au collège",
    Statut.INDEPENDANT: "à mon compte",
    Statut.SANS_ACTIVITE: "sans emploi et sans France Travail",
}
"""What one lives on today."""

AIDES: dict[str, str] = {
    "accompagnement": "Qui aide à choisir",
    "revenu": "De quoi vivre pendant la formation",
    "cout": "Qui peut payer les cours",
    "frais": "Les frais autour",
    "decouverte": "Essayer avant de s'engager",
    "ferme": "Ce qui semble fermé",
}
"""What a scheme gives, as a heading."""

OUVERTURES: dict[Verdict, str] = {
    Verdict.COMPATIBLE: "Ouvert en principe",
    Verdict.A_VERIFIER: "À vérifier",
    Verdict.BLOQUANT: "Fermé en principe",
}
"""On one scheme: nobody but its own desk decides."""


class Mots(NamedTuple):
    """A genre of the catalogue, in the turns a page needs."""

    titre: str
    un: str
    plusieurs: str
    rien: str


GENRES: dict[Genre, Mots] = {
    Genre.OFFRE: Mots("Offres", "offre", "offres", "Aucune offre trouvée"),
    Genre.FORMATION: Mots("Formations", "formation", "formations", "Aucune formation trouvée"),
    Genre.EVENEMENT: Mots("Événements", "événement", "événements", "Aucun événement trouvé"),
}

CONTRATS_A_CHOISIR: dict[Contrat, str] = {
    Contrat.CDI: "CDI, sans date de fin",
    Contrat.CDD: "CDD, avec une date de fin",
    Contrat.INTERIM: "Intérim",
    Contrat.SAISONNIER: "Saisonnier",
}
"""The boxes of the form; alternance is one more, which stands for two contracts."""

CONTRATS: dict[Contrat, str] = {
    Contrat.CDI: "CDI",
    Contrat.CDD: "CDD",
    Contrat.INTERIM: "Intérim",
    Contrat.SAISONNIER: "Saisonnier",
    Contrat.APPRENTISSAGE: "Apprentissage",
    Contrat.PROFESSIONNALISATION: "Contrat de professionnalisation",
    Contrat.AUTRE: "Autre contrat",
}

FILTRES: dict[str, str] = {
    "temps_plein": "Temps plein",
    "debutant": "Débutantes et débutants acceptés",
    "alternance": "En alternance",
    "handicap": "Ouvert aux personnes handicapées",
    "financable": "Financement possible",
}


def anchor(famille: Famille) -> str:
    """The family as a class name or an anchor: `grand-age`."""
    return famille.value.replace("_", "-")
