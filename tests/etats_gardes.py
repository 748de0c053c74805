"""Every page and state that needs a cookie and rows, in the world of tests/monde.py."""

from __future__ import annotations

from tests.etats import DETRESSE
from tests.monde import BLOQUE, Garde, Qui
from tests.professionnels import PHRASE

_PASSE = {"courriel": "camille@essai.fr", "mot_de_passe": PHRASE}
_ENTREE = Garde("", Qui.PERSONNE, "/connexion", _PASSE)
_P, _J, _A, _N = Qui.PERSONNE, Qui.JEUNE, Qui.ADULTE, Qui.NEUVE
_C, _R, _S = Qui.CONSEIL, Qui.RESPONSABLE, Qui.ADMIN

DOSSIER = (
    Garde("dossier", _J, "/dossier"),
    Garde("dossier-adulte", _A, "/dossier"),
    Garde("dossier-vide", _N, "/dossier"),
    Garde("dossier-fini", Qui.EXPIREE, "/dossier", status=404),
    Garde("dossier-ferme", _P, "/dossier/fermer", {}),
    Garde("dossier-efface", Qui.PARTANTE, "/dossier/effacer", {}),
    Garde("dossier-notes-longues", _J, "/dossier/notes", {"notes": "x" * 4001}, 422),
    Garde("dossier-notes-entretemps", _J, "/dossier/notes", {"notes": "autre chose", "lues": "avant"}, 422),
    Garde("dossier-etape-vide", _N, "/dossier/etapes", {"texte": " "}, 422),
    Garde(
        "dossier-etape-date", _J, "/dossier/etapes", {"texte": "Appeler", "le": "demain"}, 422, semblable=True
    ),
    Garde("dossier-duree-absente", _A, "/dossier/duree", {"duree": "8"}, 422),
    Garde(
        "dossier-cles", _P, "/dossier", {"etat": "$etat_neuf", "duree": "30", "graine": "$graine"}, lien=True
    ),
    Garde("dossier-nouveau-code", Qui.PARTANTE, "/dossier/code", {"graine": "$graine"}, lien=True),
    Garde("dossier-papier", _J, "/dossier/papier"),
    Garde("dossier-papier-vide", _N, "/dossier/papier", semblable=True),
    Garde("dossier-rappels", _J, "/dossier/rappels"),
    Garde("dossier-rappels-vides", _A, "/dossier/rappels"),
    Garde("dossier-sans-cookie", _P, "/dossier/papier", status=404),
    Garde("reprendre-inconnu", _P, "/reprendre", {"code": "$code_inconnu"}, 404),
    Garde("reprendre-trop", _P, "/reprendre", {"code": BLOQUE}, 429),
    Garde("accueil-avec-dossier", _J, "/"),
    Garde("discussion-gardee", _N, "/conversation"),
    Garde("discussion-en-entretien", _J, "/conversation"),
    Garde("discussion-en-entretien-adulte", _A, "/conversation"),
    Garde("discussion-un-seul-ecran", Qui.ENSEMBLE, "/conversation"),
    Garde("discussion-perdue", Qui.EXPIREE, "/conversation", {"etat": "$etat_jeune"}),
    Garde(
        "discussion-refus", _A, "/conversation", {"etat": "$etat_adulte", "envoyer": "1"}, 422, semblable=True
    ),
    Garde("discussion-detresse", _N, "/conversation", {"texte": DETRESSE, "envoyer": "1"}),
    Garde("resultats-en-entretien", _J, "/resultats", {"etat": "$etat_jeune"}),
    Garde("resultats-perdus", Qui.EXPIREE, "/resultats", {"etat": "$etat_jeune"}, semblable=True),
    Garde("immersion", _J, "/immersion"),
    Garde("immersion-sans-dossier", _P, "/immersion"),
    Garde("immersion-ressenti", _J, "/immersion", {"etat": "$etat_jeune", "vecu": "aide-soignant"}),
    Garde("immersion-raison", _A, "/immersion", {"etat": "$etat_adulte", "vecu": "ambulancier:moins_bien"}),
    Garde(
        "immersion-suite",
        _P,
        "/immersion",
        {"etat": "$etat_neuf", "immersion": "aide-soignant:moins_bien:autre"},
    ),
    Garde("immersion-inconnue", _P, "/immersion", {"vecu": "astronaute"}, 422),
)
"""What a person keeps, and the chat once it is kept."""

ENTREES = (
    Garde("rejoindre", _P, "/rejoindre"),
    Garde("rejoindre-illisible", _P, "/rejoindre", {"code": "mon code"}, 422),
    Garde("rejoindre-inconnu", _P, "/rejoindre", {"code": "$code_inconnu"}, 422, semblable=True),
    Garde("rejoindre-trop", _P, "/rejoindre", {"code": BLOQUE}, 429, semblable=True),
    Garde("rejoindre-code", _P, "/rejoindre", {"code": "$code_attente"}),
    Garde("rejoindre-lien", _J, "/rejoindre/$jeton_attente", lien=True),
    Garde("rejoindre-cet-ecran", Qui.ENSEMBLE, "/rejoindre/$jeton_attente", lien=True),
    Garde("rejoindre-lien-fini", _P, "/rejoindre/$jeton_inconnu", status=422, semblable=True),
    Garde("rejoindre-accord-fini", _P, "/rejoindre/accord", {"cle": "$code_inconnu"}, 422, semblable=True),
    Garde("atelier-porte", _P, "/atelier"),
    Garde("atelier-porte-dossier", _J, "/atelier"),
    Garde("atelier-porte-lien", _P, "/atelier/$jeton_atelier", lien=True),
    Garde("atelier-porte-illisible", _P, "/atelier", {"code": "essai"}, 422),
    Garde("atelier-porte-inconnu", _P, "/atelier", {"code": "$code_inconnu"}, 422, semblable=True),
    Garde("atelier-porte-trop", _P, "/atelier", {"code": BLOQUE}, 429, semblable=True),
    Garde("atelier-porte-lien-inconnu", _P, "/atelier/$jeton_inconnu", {}, 404, semblable=True),
    Garde("atelier-entree", _P, "/atelier", {"code": "$code_atelier", "graine": "$graine"}, lien=True),
)
"""Joining an interview or a group."""

CONSEIL = (
    Garde("entretiens", _C, "/entretiens"),
    Garde("entretiens-aucun", Qui.AILLEURS, "/entretiens"),
    Garde("entretien-attente", _C, "/entretiens/$attente", lien=True),
    Garde("entretien-code-fini", _C, "/entretiens/$depasse"),
    Garde("entretien-abandonne", _C, "/entretiens/$abandonne"),
    Garde("entretien-sans-avis", _C, "/entretiens/$ouvert"),
    Garde("entretien-sans-reponse", _C, "/entretiens/$muet"),
    Garde("entretien-avis-vide", _C, "/entretiens/$ouvert/avis", {}, 422),
    Garde(
        "entretien-avis-double",
        _C,
        "/entretiens/$ouvert/avis",
        {"premier": "ambulancier", "deuxieme": "ambulancier"},
        422,
        semblable=True,
    ),
    Garde("entretien-classements", _C, "/entretiens/$compare"),
    Garde("entretien-clos", _C, "/entretiens/$clos"),
    Garde("entretien-retire", _C, "/entretiens/$retire", status=404, semblable=True),
    Garde("entretien-ailleurs", Qui.AILLEURS, "/entretiens/$compare", status=404, semblable=True),
    Garde("entretien-inconnu", _C, "/entretiens/$inconnu", status=404),
    Garde("entretien-geste-refuse", _C, "/entretiens/$ouvert/agir", {"importance": "rien"}, 422),
    Garde("fiche", _C, "/entretiens/$ouvert/fiche"),
    Garde("fiche-conclue", _C, "/entretiens/$compare/fiche"),
    Garde("fiche-sans-reponse", _C, "/entretiens/$muet/fiche"),
    Garde(
        "fiche-erreurs",
        _C,
        "/entretiens/$ouvert/fiche",
        {"quoi": ["", "x" * 500], "qui": ["moi", ""], "le": ["", "demain"], "forces": "y" * 5000},
        422,
    ),
    Garde("fiche-avant-reponses", _C, "/entretiens/$attente/fiche", status=404, semblable=True),
    Garde("fiche-ailleurs", Qui.AILLEURS, "/entretiens/$compare/fiche", status=404, semblable=True),
    Garde("ateliers", _C, "/ateliers"),
    Garde("ateliers-aucun", Qui.AILLEURS, "/ateliers"),
    Garde("atelier-trois", _C, "/ateliers/$trois"),
    Garde("atelier-sept", _C, "/ateliers/$sept"),
    Garde("atelier-douze", _C, "/ateliers/$douze"),
    Garde("atelier-ferme", _C, "/ateliers/$ferme"),
    Garde("atelier-ailleurs", Qui.AILLEURS, "/ateliers/$trois", status=404, semblable=True),
    Garde("structure", _C, "/structure"),
    Garde("structure-sans-chiffre", Qui.AILLEURS, "/structure"),
)
"""Interviews, sheets, groups, figures."""

COMPTES = (
    Garde("connexion", _P, "/connexion"),
    Garde("connexion-refusee", _P, "/connexion", {"courriel": "qui@essai.fr", "mot_de_passe": "non"}, 422),
    Garde(
        "connexion-trop",
        _P,
        "/connexion",
        {"courriel": f"{BLOQUE.lower()}@essai.fr", "mot_de_passe": "non"},
        429,
        semblable=True,
    ),
    Garde("connexion-double", _P, "/connexion/double", avant=_ENTREE),
    Garde("connexion-double-refusee", _P, "/connexion/double", {"code": "12"}, 422, avant=_ENTREE),
    Garde("connexion-ailleurs-en-panne", _P, "/connexion/openid", status=503),
    Garde("connexion-ailleurs-refusee", _P, "/connexion/openid/retour", status=403, semblable=True),
    Garde("invitation", _P, "/invitation/$invitation", lien=True),
    Garde("invitation-erreur", _P, "/invitation/$invitation", {"mot_de_passe": PHRASE}, 422, lien=True),
    Garde("invitation-finie", _P, "/invitation/$jeton_inconnu", status=404),
    Garde("compte", _C, "/compte"),
    Garde("compte-admin", _S, "/compte", semblable=True),
    Garde("compte-erreur", _R, "/compte/mot-de-passe", {"actuel": "non"}, 422),
    Garde("administration", _R, "/administration"),
    Garde("administration-service", _S, "/administration"),
    Garde("administration-refus", _R, "/administration/inviter", {"nom": "Lou", "courriel": "lou"}, 422),
    Garde(
        "administration-lien",
        _R,
        "/administration/inviter",
        {"nom": "Noa Essai", "courriel": "noa@essai.fr", "role": "conseil", "structure": "$structure_ref"},
        lien=True,
    ),
    Garde(
        "administration-structure-refusee", _S, "/administration/structures", {"nom": ""}, 422, semblable=True
    ),
    Garde("administration-interdite", _C, "/administration", status=404, semblable=True),
)
"""Doors and accounts of those who accompany."""

GARDES = (*DOSSIER, *ENTREES, *CONSEIL, *COMPTES)
"""A new page or state is added here, and every test of kept pages sees it."""
A_REGARDER = [garde for garde in GARDES if not garde.semblable]
