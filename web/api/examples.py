"""Examples shown in the API's description: invented people, nobody real."""

from __future__ import annotations

from fastapi.openapi.models import Example

PROFILS: dict[str, Example] = {
    "jeune": {
        "summary": "Une personne de 19 ans, sans le bac",
        "value": {
            "public": "jeune",
            "niveau": "cap_bep",
            "envies": "j'aime m'occuper des petits, pas l'hôpital",
            "publics": {"bebes": 2, "enfants": 2},
            "cadres": {"hopital": -2},
            "contraintes": {"nuit": "non"},
            "etudes_max": "1_an",
            "commune": "93066",
        },
    },
    "reconversion": {
        "summary": "Une personne en reconversion, avec des acquis",
        "value": {
            "public": "reconversion",
            "age": 44,
            "diplomes": ["CAP AEPE"],
            "experiences": [{"intitule": "caissière", "annees": 12}],
            "aidant": True,
            "publics": {"personnes_agees": 2},
            "permis": True,
            "revenu_pendant_formation": True,
            "rayon_km": 20,
            "commune": "69123",
        },
    },
    "rien": {"summary": "Rien n'est encore dit", "value": {}},
}
PROCHAINE_QUESTION: dict[str, Example] = {
    "debut": {"summary": "Au début", "value": {"profil": {}, "posees": []}},
    "milieu": {
        "summary": "Après une question",
        "value": {"profil": {"publics": {"bebes": 2}}, "posees": ["publics.bebes"]},
    },
}
REPONSE: dict[str, Example] = {
    "salaire": {
        "summary": "Un métier, un fait",
        "value": {"question": "combien gagne une aide-soignante ?", "profil": {}},
    },
    "deux": {
        "summary": "Deux faits, et ce que la personne a dit d'elle",
        "value": {
            "question": "jai 43 ans, cb de tps la formation dambulancier et qui paye",
            "profil": {"public": "reconversion", "age": 43},
        },
    },
    "inconnu": {"summary": "Un métier hors de la liste", "value": {"question": "salaire plombier"}},
}
