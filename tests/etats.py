"""Every page and every state of the web face, each reachable by one request. Shared by the page tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.testclient import TestClient

from service.conversation import Conversation, Endroit, Exclusion, Parole, Reponse
from service.profil import Situation
from tests.alentours import GUERET, OUESSANT, ROCHEFOURCHAT, SAINT_DENIS

SMS = "jador les ptit vieu, mamie jm occupe delle le mercredi. jai pas le bac"
CUISINIER = "Je suis cuisinier depuis 20 ans, j'ai 41 ans et j'ai mal au dos, je ne veux plus porter."
DETRESSE = "j'ai plus envie de vivre"
HORS_SUJET = "je veux coder des jeux vidéo"


def state(*tours: Reponse | Parole | Exclusion | Endroit, public: Situation = Situation.JEUNE) -> str:
    """The hidden field of someone who gave these answers."""
    return Conversation(public=public, tours=tours).to_json()


def parole(texte: str, public: Situation = Situation.JEUNE) -> str:
    return state(Parole(texte=texte), public=public)


REPONDU = state(
    Parole(texte=SMS),
    Reponse(question="publics.bebes", choix="2"),
    Reponse(question="situations.refus_toilette", choix="je_ne_sais_pas"),
)
INCOMPRIS = state(Parole(texte="blurp zorg gnif"), Parole(texte="grumf plok gnouf"))
PRET = state(
    Reponse(question="publics.bebes", choix="2"),
    Reponse(question="publics.enfants", choix="1"),
    Reponse(question="publics.personnes_agees", choix="-2"),
    Reponse(question="cadres.creche_ecole", choix="2"),
    Reponse(question="activites.soigner", choix="-2"),
    Reponse(question="activites.eduquer", choix="2"),
    Reponse(question="etudes_max", choix="1_an"),
    Reponse(question="contraintes.nuit", choix="non"),
    Reponse(question="niveau", choix="cap_bep"),
)
"""Someone whose first three hardly move any more."""
ADULTE = parole(CUISINIER, Situation.RECONVERSION)
ECARTE = state(Parole(texte=SMS), Exclusion(metier="aide-soignant"))
PROCHE = "/proche/aide-soignant"


def chez(commune: str, public: Situation = Situation.JEUNE) -> str:
    """Someone who wrote a sentence and told a place."""
    return state(Parole(texte=SMS), Endroit(commune=commune), public=public)


CHEMIN = "/parcours/aide-soignant"
LYCEENNE = {"age": "17", "niveau": "sans_diplome", "statut": "etudes", "revenu": "1"}
SALARIE: dict[str, str | list[str]] = {
    "age": "41",
    "niveau": "bac",
    "diplomes": ["DEAES"],
    "exerce": ["accompagnant-educatif-et-social", "aide-menager"],
    "annees": ["4", "1,5"],
    "etudes_max": "1_an",
    "statut": "salarie_cdi",
}


def repere(etat: str, dits: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """The form « Où en êtes-vous ? », sent."""
    return {"etat": etat, "repondu": "1", **dits}


DIFFICILE = state(
    Reponse(question="publics.personnes_agees", choix="2"),
    Reponse(question="activites.soigner", choix="2"),
    Reponse(question="contraintes.nuit", choix="non"),
    Reponse(question="contraintes.week_end", choix="non"),
    Reponse(question="contraintes.port_de_charges", choix="un_peu"),
    Reponse(question="permis", choix="non"),
    Reponse(question="etudes_max", choix="6_mois"),
)
"""Someone whose refusals close many doors."""
QUATRE = ("infirmier", "ambulancier", "sage-femme", "puericulteur")
FACILE = Conversation(public=Situation.JEUNE, facile=True, tours=(Parole(texte=SMS),)).to_json()
ICI = chez(SAINT_DENIS)
ADULTE_ICI = chez(SAINT_DENIS, Situation.RECONVERSION)


class Recu(Protocol):
    """What is read of an answer, whichever HTTP library the test client rests on."""

    @property
    def status_code(self) -> int: ...

    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Etat:
    """One state of one page: GET without `data`, POST with it."""

    nom: str
    chemin: str
    data: dict[str, str | list[str]] | None = None
    status: int = 200
    semblable: bool = False
    """Made of parts that other states show: a browser need not look at it again."""

    def ask(self, client: TestClient, *, htmx: bool = False) -> Recu:
        headers = {"HX-Request": "true"} if htmx else {}
        if self.data is None:
            return client.get(self.chemin, headers=headers)
        return client.post(self.chemin, data=self.data, headers=headers)


ETATS = (
    Etat("accueil", "/"),
    Etat("metiers", "/metiers"),
    Etat("metiers-par-duree", "/metiers/par-duree"),
    Etat("metier", "/metiers/aide-soignant"),
    Etat("metier-facile", "/metiers/aide-soignant", {"lecture": "facile"}),
    Etat("metier-depuis-resultats", "/metiers/aide-soignant", {"etat": parole(SMS)}),
    Etat("vos-donnees", "/vos-donnees"),
    Etat("a-propos", "/a-propos"),
    Etat("qualite", "/qualite"),
    Etat("introuvable", "/metiers/astronaute", status=404),
    Etat("debut-jeune", "/conversation", {"public": "jeune"}),
    Etat("debut-reconversion", "/conversation", {"public": "reconversion"}),
    Etat("debut-accompagne", "/conversation", {"public": "autre"}),
    Etat("compris", "/conversation", {"etat": state(), "texte": SMS, "envoyer": "1"}),
    Etat("compris-adulte", "/conversation", {"etat": ADULTE}),
    Etat("question-facile", "/conversation", {"etat": REPONDU, "lecture": "facile"}),
    Etat("question-vous", "/conversation", {"etat": REPONDU, "voix": "vous"}),
    Etat("question-reprise", "/conversation", {"etat": REPONDU, "reprendre": "publics.bebes"}),
    Etat("incompris", "/conversation", {"etat": INCOMPRIS}),
    Etat("aide-humaine", "/conversation", {"etat": parole("je veux parler à un vrai conseiller")}),
    Etat("question-de-fait", "/conversation", {"etat": parole("combien gagne une aide-soignante ?")}),
    Etat("question-inconnue", "/conversation", {"etat": parole("combien gagne un plombier ?")}),
    Etat("pourquoi-pas-en-mots", "/conversation", {"etat": parole("et pourquoi pas sage-femme ?")}),
    Etat("arrivee", "/conversation", {"etat": parole("montre-moi mes métiers")}),
    Etat("question-en-plus", "/conversation", {"etat": PRET, "continuer": "1"}),
    Etat("detresse", "/conversation", {"texte": DETRESSE, "envoyer": "1"}),
    Etat("erreur-vide", "/conversation", {"etat": state(), "envoyer": "1"}, 422),
    Etat("erreur-long", "/conversation", {"texte": "x" * 2001, "envoyer": "1"}, 422),
    Etat("erreur-etat", "/conversation", {"etat": "{", "texte": SMS, "envoyer": "1"}, 422),
    Etat("erreur-choix", "/conversation", {"etat": state(), "choix": "permis:peut-etre"}, 422),
    Etat("resultats", "/resultats", {"etat": parole(SMS)}),
    Etat("resultats-adulte", "/resultats", {"etat": ADULTE}),
    Etat("resultats-flous", "/resultats", {"etat": state()}),
    Etat("resultats-ecartes", "/resultats", {"etat": ECARTE}),
    Etat("resultats-raison", "/resultats", {"etat": DIFFICILE, "ecarter": "aide-menager:salaire"}),
    Etat("resultats-sans-changement", "/resultats", {"etat": DIFFICILE, "importance": "cadres:beaucoup"}),
    Etat("resultats-essai", "/resultats", {"etat": DIFFICILE, "essai": "contraintes.week_end:oui"}),
    Etat("resultats-pourquoi-pas", "/resultats", {"etat": DIFFICILE, "pourquoi_pas": "infirmier"}),
    Etat("resultats-pourquoi-pas-proche", "/resultats", {"etat": ADULTE, "pourquoi_pas": "ergotherapeute"}),
    Etat("resultats-faciles", "/resultats", {"etat": FACILE}),
    Etat("garder", "/garder", {"etat": parole(SMS)}),
    Etat("garder-adulte", "/garder", {"etat": ADULTE}, semblable=True),
    Etat("garder-sans-duree", "/dossier", {"etat": parole(SMS), "duree": ""}, 422),
    Etat("reprendre", "/reprendre"),
    Etat("reprendre-illisible", "/reprendre", {"code": "ABC 012"}, 422),
    Etat("reprendre-lien", f"/reprendre/{'A' * 43}"),
    Etat("reprendre-lien-inconnu", f"/reprendre/{'A' * 43}", {}, 404, semblable=True),
    Etat("comparer", "/comparer", {"etat": DIFFICILE, "metiers": ["aide-soignant", "aide-menager"]}),
    Etat("comparer-trois", "/comparer", {"metiers": ["infirmier", "ambulancier", "assistant-maternel"]}),
    Etat("comparer-trop-peu", "/comparer", {"etat": parole(SMS), "metiers": ["ambulancier"]}, 422),
    Etat("comparer-trop", "/comparer", {"metiers": [*QUATRE]}, 422),
    Etat("resultats-tout", "/resultats", {"etat": parole(SMS), "tout": "1"}),
    Etat("resultats-hors-sujet", "/resultats", {"etat": parole(HORS_SUJET)}),
    Etat("resultats-detresse", "/resultats", {"etat": parole(DETRESSE)}),
    Etat("resultats-avec-lieu", "/resultats", {"etat": ICI}),
    Etat("resultats-lieu-ambigu", "/resultats", {"etat": ADULTE, "lieu": "Saint-Denis", "situer": "1"}),
    Etat("resultats-lieu-inconnu", "/resultats", {"etat": parole(SMS), "lieu": "Zzz", "situer": "1"}, 422),
    Etat("metier-avec-lieu", "/metiers/aide-soignant", {"etat": ICI}),
    Etat("proche-sans-lieu", PROCHE),
    Etat("proche-sans-lieu-jeune", PROCHE, {"etat": parole(SMS)}),
    Etat("proche-lieu-vide", PROCHE, {"situer": "1"}, 422),
    Etat("proche-lieu-ambigu", PROCHE, {"etat": parole(SMS), "lieu": "saint denis", "situer": "1"}),
    Etat("proche-lieu-inconnu", PROCHE, {"etat": parole(SMS), "lieu": "Zzz", "situer": "1"}, 422),
    Etat("proche-offres", PROCHE, {"etat": ICI, "genre": "offre"}),
    Etat("proche-offres-page-2", PROCHE, {"etat": ADULTE_ICI, "genre": "offre", "page": "2"}),
    Etat("proche-formations", PROCHE, {"etat": ADULTE_ICI, "genre": "formation", "financable": "1"}),
    Etat("proche-evenements", PROCHE, {"etat": ICI, "genre": "evenement"}),
    Etat("proche-elargi", PROCHE, {"etat": chez(GUERET), "genre": "offre"}),
    Etat("proche-demonstration", PROCHE, {"lieu": "Lille", "genre": "offre"}),
    Etat("proche-rien", PROCHE, {"etat": chez(ROCHEFOURCHAT), "genre": "offre"}),
    Etat("proche-trop-de-filtres", PROCHE, {"etat": ICI, "genre": "offre", "a_partir_du": "2039-12-31"}),
    Etat("proche-source-en-panne", PROCHE, {"etat": chez(OUESSANT), "genre": "offre"}),
    Etat("proche-date-illisible", PROCHE, {"etat": ICI, "genre": "offre", "a_partir_du": "demain"}, 422),
    Etat("proche-etat-illisible", PROCHE, {"etat": "{", "lieu": "Lille", "situer": "1"}, 422),
    Etat("parcours", CHEMIN),
    Etat("parcours-jeune", CHEMIN, repere(parole(SMS), LYCEENNE)),
    Etat("parcours-adulte", CHEMIN, repere(ADULTE_ICI, SALARIE)),
    Etat("parcours-attente", "/parcours/assistant-maternel", {"etat": ADULTE_ICI}, semblable=True),
    Etat("parcours-sans-etape", "/parcours/mediateur-social", {"etat": ADULTE}, semblable=True),
    Etat("parcours-longs", "/parcours/puericulteur", {"etat": parole(SMS)}, semblable=True),
    Etat("parcours-fermes", "/parcours/sage-femme", repere(parole(SMS), LYCEENNE | {"etudes_max": "6_mois"})),
    Etat("parcours-erreur", CHEMIN, repere(parole(SMS), {"age": "douze", "exerce": "", "annees": "3"}), 422),
    Etat("parcours-etat-illisible", CHEMIN, {"etat": "{", "age": "17", "repondu": "1"}, 422, semblable=True),
    Etat("echelle", "/echelle/petite-enfance"),
    Etat("echelle-jeune", "/echelle/sante", repere(parole(SMS), {"age": "16", "niveau": "sans_diplome"})),
    Etat(
        "echelle-erreur",
        "/echelle/social",
        repere(ADULTE, {"age": "200", "niveau": "bac"}),
        422,
        semblable=True,
    ),
)
"""A new page or state is added here, and every test of pages, swaps and accessibility sees it."""

A_REGARDER = [etat for etat in ETATS if not etat.semblable]
PAR_NOM = {etat.nom: etat for etat in ETATS}
