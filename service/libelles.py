"""How the fields of a Profil are named inside a French sentence. Words only, no rule."""

from __future__ import annotations

from knowledge.schema import Activite, Cadre, Contrainte, Frequence, Niveau, Public
from service.profil import GOUTS, Voix

PUBLICS: dict[Public, str] = {
    Public.BEBES: "des bébés",
    Public.ENFANTS: "des enfants",
    Public.ADOLESCENTS: "des adolescentes et des adolescents",
    Public.ADULTES_HANDICAP: "des personnes handicapées",
    Public.PERSONNES_AGEES: "des personnes âgées",
    Public.PERSONNES_MALADES: "des personnes malades",
    Public.FAMILLES_PRECARITE: "des familles en difficulté",
}
"""After « avec » and « auprès de » : « avec des bébés »."""

ACTIVITES: dict[Activite, str] = {
    Activite.SOIGNER: "soigner",
    Activite.TOILETTE: "aider à se laver et à s'habiller",
    Activite.EDUQUER: "éduquer et faire grandir",
    Activite.ANIMER: "animer des activités",
    Activite.ECOUTER_ORIENTER: "écouter, conseiller et aider dans les démarches",
    Activite.CUISINER_ENTRETENIR: "cuisiner et tenir une maison",
    Activite.CONDUIRE: "conduire",
    Activite.REEDUQUER: "aider à retrouver des gestes",
}
"""After « aimer » : « vous aimez animer des activités »."""

CADRES: dict[Cadre, str] = {
    Cadre.DOMICILE_DES_PERSONNES: "chez les personnes",
    Cadre.CHEZ_SOI: "chez soi",
    Cadre.HOPITAL: "à l'hôpital",
    Cadre.EHPAD: "en maison de retraite",
    Cadre.CRECHE_ECOLE: "en crèche ou à l'école",
    Cadre.FOYER_INSTITUTION: "en foyer ou en établissement",
    Cadre.QUARTIER_RUE: "dans un quartier, dehors",
    Cadre.BUREAU: "dans un bureau",
    Cadre.ROUTE: "sur la route",
}
"""After « travailler » : « travailler à l'hôpital »."""

CONTRAINTES: dict[Contrainte, str] = {
    Contrainte.NUIT: "le travail de nuit",
    Contrainte.WEEK_END: "le travail le week-end",
    Contrainte.HORAIRES_COUPES: "les journées en plusieurs morceaux",
    Contrainte.PORT_DE_CHARGES: "les charges lourdes à porter",
}

CHAMPS: dict[str, str] = {
    **{f"publics.{c}": t.removeprefix("des ").capitalize() for c, t in PUBLICS.items()},
    **{f"activites.{c}": t.capitalize() for c, t in ACTIVITES.items()},
    **{f"cadres.{c}": f"Travailler {t}" for c, t in CADRES.items()},
    "contraintes.nuit": "Travail de nuit",
    "contraintes.week_end": "Travail le week-end",
    "contraintes.horaires_coupes": "Journées en plusieurs morceaux",
    "contraintes.port_de_charges": "Porter, soulever",
    "permis": "Permis B",
    "niveau": "Niveau d'études",
    "etudes_max": "Formation",
    "revenu_pendant_formation": "Payé pendant la formation",
    "aidant": "A aidé un proche",
    "experiences": "Expérience",
    "diplomes": "Diplôme",
}
"""A field alone, as shown on a chip."""

FREQUENCES: dict[Frequence, str] = {
    Frequence.JAMAIS: "jamais",
    Frequence.PARFOIS: "parfois",
    Frequence.SOUVENT: "souvent",
    Frequence.TOUJOURS: "toujours",
}

VALEURS: dict[str, dict[object, str]] = {
    "degre": {2: "beaucoup", 1: "oui", -1: "plutôt non", -2: "non"},
    "contraintes": {"oui": "accepté", "un_peu": "un peu", "non": "non"},
    "permis": {True: "oui", False: "non"},
    "niveau": {
        "sans_diplome": "sans diplôme",
        "cap_bep": "CAP ou BEP",
        "bac": "bac",
        "bac_2": "bac + 2",
        "bac_3_plus": "bac + 3 ou plus",
    },
    "etudes_max": {
        "aucune": "commencer tout de suite",
        "6_mois": "6 mois au plus",
        "1_an": "1 an au plus",
        "3_ans": "3 ans au plus",
        "5_ans": "longues études possibles",
    },
    "revenu_pendant_formation": {True: "nécessaire", False: "pas nécessaire"},
    "aidant": {True: "oui", False: "non"},
}


def value_label(champ: str, valeur: object) -> str:
    """The value of a field in words: (`publics.bebes`, −2) → « non »."""
    racine = champ.partition(".")[0]
    mots = VALEURS.get("degre" if racine in GOUTS else racine, {})
    return mots.get(valeur, str(valeur))


def duration(mois: int) -> str:
    """A duration in the unit people use: none, months, then years when they fall right."""
    if mois == 0:
        return "pas de formation longue"
    if mois % 12 == 0:
        return "1 an" if mois == 12 else f"{mois // 12} ans"
    # « 18 mois » is what people say; « 71 mois » is not.
    return f"{mois} mois" if mois < 24 else f"{mois // 12} ans et {mois % 12} mois"


ETUDES: dict[str, str] = {
    "aucune": "de commencer tout de suite",
    "6_mois": "6 mois de formation",
    "1_an": "1 an de formation",
    "3_ans": "3 ans de formation",
    "5_ans": "de longues études",
}
"""After « accepter »."""


NIVEAUX_DEMANDES: dict[Niveau, str] = {
    Niveau.CAP_BEP: "un CAP ou un diplôme de même niveau",
    Niveau.BAC: "le bac ou un diplôme de même niveau",
    Niveau.BAC_2: "un diplôme de niveau bac + 2",
    Niveau.BAC_3_PLUS: "un diplôme de niveau bac + 3",
}
"""After « il faut »."""


def supposition(question: str, choix: str, voix: Voix) -> str:
    """Another answer as a question: (`contraintes.nuit`, `oui`) → « Et si tu acceptais … ? »."""
    champ, _, cle = question.partition(".")
    tu = voix == "tu"
    if champ == "contraintes":
        verb = {"oui": ("acceptais", "acceptiez"), "non": ("refusais", "refusiez")}.get(choix)
        what = CONTRAINTES[Contrainte(cle)]
        return _suppose(tu, verb or ("acceptais un peu", "acceptiez un peu"), what)
    if question == "etudes_max":
        return _suppose(tu, ("acceptais", "acceptiez"), ETUDES[choix])
    if question == "permis":
        return _suppose(tu, ("avais", "aviez"), "le permis B")
    if question == "revenu_pendant_formation":
        return _suppose(tu, ("pouvais te former", "pouviez vous former"), "sans salaire")
    thing = {
        "publics": lambda: f"travailler avec {PUBLICS[Public(cle)]}",
        "activites": lambda: ACTIVITES[Activite(cle)],
        "cadres": lambda: f"travailler {CADRES[Cadre(cle)]}",
    }.get(champ)
    if thing is None:
        return f"{CHAMPS.get(question, 'Une autre réponse')} : {value_label(question, choix)}"
    return f"Et si {thing()} {'te' if tu else 'vous'} plaisait ?"


def _suppose(tu: bool, verbe: tuple[str, str], quoi: str) -> str:
    return f"Et si {'tu' if tu else 'vous'} {verbe[0] if tu else verbe[1]} {quoi} ?"
