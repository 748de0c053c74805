"""A structure at work one morning, with its people and all they keep: for the tests of kept pages.

Each state says who asks, and where; `$nom` in an address or a
field stands for something of this world. The clock stands still, and no state undoes another: they may be
asked for in any order, and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from string import Template

from service.conversation import Conversation, Endroit, Parole, Reponse, Tour
from service.dossiers.ateliers import Atelier as Salle
from service.dossiers.codes import new_code, new_jeton, new_ref, read_code
from service.dossiers.comptes import Compte, Role
from service.dossiers.compteurs import Mesure
from service.dossiers.dossier import Auteur, Contenu, Dossier, Duree, Etape, Vu
from service.dossiers.entretiens import Carnet, Entretien
from service.dossiers.frein import PAR_CLE
from service.dossiers.partages import Quoi
from service.fiche import Action, Retouches
from service.profil import Situation
from tests.alentours import SAINT_DENIS
from tests.etats import CUISINIER, SMS, Etat
from tests.professionnels import Atelier, workshop

NULLE_PART = "https://127.0.0.1:9"
"""A provider of identities that never answers."""
TROIS = ("aide-soignant", "ambulancier", "aide-menager")
BLOQUE = "ABCD2345"
"""A code tried too often."""
DITS: tuple[Tour, ...] = (
    Parole(texte=SMS),
    Reponse(question="publics.bebes", choix="2"),
    Reponse(question="activites.soigner", choix="2"),
    Reponse(question="contraintes.nuit", choix="non"),
    Reponse(question="etudes_max", choix="1_an"),
    Endroit(commune=SAINT_DENIS),
)
ADULTE: tuple[Tour, ...] = (
    Parole(texte=CUISINIER),
    Reponse(question="publics.personnes_agees", choix="2"),
    Reponse(question="contraintes.port_de_charges", choix="non"),
)


class Qui(StrEnum):
    """Whose browser it is."""

    PERSONNE = "nobody"
    JEUNE = "has a full dossier, shared, in an interview under way"
    ADULTE = "has a dossier, in an interview just begun"
    NEUVE = "has a dossier with nothing in it"
    EXPIREE = "had one, past its day"
    PARTANTE = "has a dossier to erase: another one each time"
    CONSEIL = "counsellor"
    AILLEURS = "counsellor of another structure, where nothing was done yet"
    RESPONSABLE = "answers for the structure"
    ADMIN = "admin of the service"
    ENSEMBLE = "counsellor and person on one screen"


PERSONNES = frozenset(
    {Qui.PERSONNE, Qui.JEUNE, Qui.ADULTE, Qui.NEUVE, Qui.EXPIREE, Qui.PARTANTE, Qui.ENSEMBLE}
)


@dataclass(frozen=True)
class Garde:
    """One state of one page: GET without `data`, POST with it."""

    nom: str
    qui: Qui
    chemin: str
    data: Mapping[str, str | list[str]] | None = None
    status: int = 200
    avant: Garde | None = None
    """What the same browser sent first."""
    lien: bool = False
    """It shows a secret that opens something: it is there to be noted, sent or pressed once."""
    semblable: bool = False
    """Made of parts that other states show: a browser need not look at it again."""

    @property
    def accompagne(self) -> bool:
        """A page of those who accompany."""
        doors = ("/connexion", "/invitation", "/compte", "/administration", "/entretiens", "/ateliers")
        return self.chemin.startswith((*doors, "/structure"))


@dataclass
class Monde:
    """The world built: who is there, and the names of its things."""

    atelier: Atelier
    comptes: Mapping[Qui, Compte]
    appareils: Mapping[Qui, str]
    choses: Mapping[str, str]

    def cookies(self, qui: Qui) -> dict[str, str]:
        archives, kept = self.atelier.archives, {}
        compte = self.comptes.get(Qui.CONSEIL if qui is Qui.ENSEMBLE else qui)
        if compte:
            kept["conseil"] = archives.seances.open(compte)
        if qui is Qui.PARTANTE:
            kept["dossier"] = archives.dossiers.keep(Conversation(tours=DITS), Duree.SEMAINE)[1].appareil
        if qui in self.appareils:
            kept["dossier"] = self.appareils[qui]
        return kept

    def request(self, garde: Garde) -> Etat:
        """The same state with the things of this world in it, and codes that nobody has."""
        choses = {**self.choses, "code_inconnu": new_code(), "graine": new_jeton()}

        def fill(valeur: str | list[str]) -> str | list[str]:
            if isinstance(valeur, list):
                return [Template(one).substitute(choses) for one in valeur]
            return Template(valeur).substitute(choses)

        data = garde.data if garde.data is None else {nom: fill(valeur) for nom, valeur in garde.data.items()}
        return Etat(garde.nom, Template(garde.chemin).substitute(choses), data, garde.status)


# --- building ----------------------------------------------------------------------------------------------


@contextmanager
def world(dossier: Path, base: str = "sqlite") -> Iterator[Monde]:
    provider = {"oidc_emetteur": NULLE_PART, "oidc_client": "cap-soin", "oidc_secret": "pas vraiment"}
    with workshop(base, dossier, **provider) as atelier:
        yield _Chantier(atelier).build()


class _Chantier:
    """One world being built."""

    def __init__(self, atelier: Atelier) -> None:
        self.atelier, self.archives = atelier, atelier.archives
        self.choses: dict[str, str] = {}
        self.appareils: dict[Qui, str] = {}
        self.comptes = self._people()
        self.conseil = self.comptes[Qui.CONSEIL]

    def build(self) -> Monde:
        self._counters()
        self._dossiers()
        self._interviews()
        self._groups()
        self._doors()
        return Monde(self.atelier, self.comptes, self.appareils, self.choses)

    def _people(self) -> dict[Qui, Compte]:
        ici, autre = self.atelier.structure(), self.atelier.structure("Centre d'essai voisin")
        self.choses |= {"structure_ref": ici.ref}
        return {
            Qui.CONSEIL: self.atelier.compte("camille@essai.fr", ici),
            Qui.RESPONSABLE: self.atelier.compte("dominique@essai.fr", ici, Role.RESPONSABLE),
            Qui.AILLEURS: self.atelier.compte("sacha@voisin.fr", autre),
            Qui.ADMIN: self.atelier.compte("alix@service.fr", None, Role.ADMIN),
        }

    def _counters(self) -> None:
        """A month that is over, for the figures of the structure."""
        structure = self._structure()
        self.atelier.horloge.advance(days=-40)
        numbers = {Mesure.ENTRETIEN: 37, Mesure.REJOINT: 31, Mesure.FICHE: 22, Mesure.ATELIER: 4}
        for mesure, nombre in numbers.items():
            self.archives.compteurs.count(structure, mesure, nombre=nombre)
        for famille, nombre in (("sante", 21), ("social", 12), ("petite_enfance", 3)):
            self.archives.compteurs.count(structure, Mesure.FAMILLE, famille, nombre=nombre)
        self.archives.compteurs.count(structure, Mesure.ACHEVEMENT, "stable", nombre=25)
        self.archives.compteurs.count(structure, Mesure.ACHEVEMENT, "en_cours", nombre=11)
        self.atelier.horloge.advance(days=40)

    def _structure(self) -> int:
        assert self.conseil.structure
        return self.conseil.structure.id

    def _dossiers(self) -> None:
        self._keep(Qui.EXPIREE, DITS, Duree.SEMAINE)
        self.atelier.horloge.advance(days=8)
        jeune = self._keep(Qui.JEUNE, DITS, Duree.MOIS, Situation.JEUNE)
        self._keep(Qui.ADULTE, ADULTE, Duree.TRIMESTRE, Situation.RECONVERSION)
        self._keep(Qui.NEUVE, (), Duree.SEMAINE)
        self._fill(jeune)
        self.appareils[Qui.ENSEMBLE] = self.archives.dossiers.add_device(self._kept(Qui.ADULTE))
        self.choses |= {"etat_neuf": Conversation(public=Situation.JEUNE, tours=DITS).to_json()}
        self.choses |= {"etat_jeune": self._kept(Qui.JEUNE).conversation.to_json()}
        self.choses |= {"etat_adulte": self._kept(Qui.ADULTE).conversation.to_json()}

    def _keep(self, qui: Qui, tours: tuple[Tour, ...], duree: Duree, public: Situation | None = None) -> int:
        numero, cles = self.archives.dossiers.keep(Conversation(public=public, tours=tours), duree)
        self.appareils[qui] = cles.appareil
        return numero

    def _kept(self, qui: Qui) -> Dossier:
        return self.archives.dossiers.open(self.appareils[qui])

    def _fill(self, numero: int) -> None:
        """A ranking seen, notes, and steps of every kind."""
        self.choses |= {"etape": new_ref()}
        vu = Vu(le=self.atelier.horloge(), metiers=TROIS, versions={"connaissances": "2026.11"})
        etapes = (
            Etape(
                id=self.choses["etape"], texte="Appeler la mission locale", le=date(2026, 12, 4), qui="moi"
            ),
            Etape(id=new_ref(), texte="Visiter l'institut de Saint-Denis", le=date(2027, 1, 16)),
            Etape(id=new_ref(), texte="Demander à ma tante comment se passe une journée"),
            Etape(id=new_ref(), texte="Lire la page du métier", faite=True),
        )

        def change(contenu: Contenu) -> tuple[Contenu, str]:
            notes = "Demander pour les horaires.\nVoir aussi l'hôpital."
            made = contenu.seen(vu).model_copy(update={"notes": notes, "etapes": etapes})
            return made, "Étape ajoutée : Appeler la mission locale"

        self.archives.dossiers.act(numero, "essai", Auteur.PERSONNE, change)

    def _interviews(self) -> None:
        entretiens, horloge = self.archives.entretiens, self.atelier.horloge
        self._begin("depasse")
        horloge.advance(minutes=11)
        entretiens.close(self._begin("abandonne"))
        self._meet("ouvert", self._kept(Qui.ADULTE))
        compare = self._meet("compare", self._kept(Qui.JEUNE))
        entretiens.write(compare, _concluded)
        self.archives.partages.look(compare.dossier or 0, self.conseil, Quoi.FICHE)
        clos = self._meet("clos", self._other(ADULTE))
        entretiens.close(clos)
        self._meet("muet", self._other(()))
        retire = self._meet("retire", self._other(DITS))
        self.archives.partages.revoke(retire.dossier or 0, self.choses["structure_ref"])
        waiting = self._begin("attente").carnet.invitation
        assert waiting
        self.choses |= {"code_attente": waiting.code, "jeton_attente": waiting.jeton}

    def _begin(self, nom: str) -> Entretien:
        entretien = self.archives.entretiens.begin(self.conseil)
        self.choses[nom] = entretien.ref
        return entretien

    def _meet(self, nom: str, dossier: Dossier) -> Entretien:
        entretien = self._begin(nom)
        assert entretien.carnet.invitation
        self.archives.entretiens.join(entretien.carnet.invitation.code, dossier)
        return self.archives.entretiens.get(entretien.ref, self.conseil)

    def _other(self, tours: tuple[Tour, ...]) -> Dossier:
        """Of someone who is not seen otherwise."""
        numero, _ = self.archives.dossiers.keep(Conversation(tours=tours), Duree.SEMAINE)
        return self.archives.dossiers.get(numero)

    def _groups(self) -> None:
        for nom, nombre in (("douze", 12), ("sept", 7), ("trois", 3)):
            salle = self._group(nom)
            for rang in range(nombre):
                self._come(salle, rang)
        self.archives.ateliers.close(self._group("ferme"))
        entree = self._group("entree")
        self.choses |= {"code_atelier": entree.code or "", "jeton_atelier": entree.lien or ""}

    def _group(self, nom: str) -> Salle:
        self.choses[nom] = self.archives.ateliers.begin(self._structure(), self.conseil.id)
        return self.archives.ateliers.get(self.choses[nom], self._structure())

    def _come(self, salle: Salle, rang: int) -> None:
        """Two in three like babies and refuse nights; all saw three métiers."""
        tours = DITS if rang % 3 else ADULTE
        numero, _ = self.archives.dossiers.keep(Conversation(tours=tours), Duree.SEMAINE, atelier=salle.id)
        vu = Vu(le=self.atelier.horloge(), metiers=TROIS, versions={})
        self.archives.dossiers.act(numero, "vu", Auteur.PERSONNE, lambda c: (c.seen(vu), "Métiers proposés."))

    def _doors(self) -> None:
        comptes, frein = self.archives.comptes, self.archives.frein
        structure = self.conseil.structure
        self.choses |= {
            "invitation": comptes.invite("nouvelle@essai.fr", "Lou Essai", Role.CONSEIL, structure),
            "inconnu": new_ref(),
            "jeton_inconnu": new_jeton(),
        }
        for cle in (read_code(BLOQUE), f"compte:{BLOQUE.lower()}@essai.fr"):
            for _ in range(PAR_CLE):
                frein.count(adresse="203.0.113.0/24", cle=cle)


def _concluded(carnet: Carnet) -> Carnet:
    """A blind ranking given, actions agreed."""
    actions = (
        Action(quoi="Appeler l'institut", qui="la personne", le=date(2026, 12, 4)),
        Action(quoi="Envoyer la liste des stages", qui="la conseillère"),
    )
    avis = ("aide-soignant", "auxiliaire-de-puericulture")
    fiche = Retouches(actions=actions).model_dump(mode="json")
    return carnet.model_copy(update={"revele": True, "avis": avis, "fiche": fiche})
