"""Who may reach what: every route of the site, seven roles, things that are theirs, others', gone or never were.

The routes are read from the application: one that no rule below names makes this file fail. What may not be
seen answers exactly as what does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import func, select
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation, Parole
from service.dossiers.codes import new_jeton, new_ref
from service.dossiers.comptes import Compte, Role, Structure
from service.dossiers.dossier import Duree
from service.dossiers.tables import METADATA
from tests.alentours import Alentours
from tests.bases import BASES
from tests.etats import SMS
from tests.professionnels import Atelier, workshop
from web.app import create_app
from web.settings import Settings


class Qui(StrEnum):
    PERSONNE = "nobody"
    A = "person A, whose dossier it is"
    B = "person B, who has another"
    X = "counsellor of structure 1"
    Y = "counsellor of structure 2"
    RESPONSABLE = "responsable of structure 1"
    ADMIN = "admin of the service"


class Etat(StrEnum):
    OUVERT = "open, or shared"
    AILLEURS = "of somebody else, or of another structure"
    RETIRE = "no longer shared"
    EFFACE = "erased"
    EXPIRE = "expired"
    INCONNU = "never was"


COMPTES = {Qui.X, Qui.Y, Qui.RESPONSABLE, Qui.ADMIN}
ACCOMPAGNENT = {Qui.X, Qui.Y, Qui.RESPONSABLE}
GERENT = {Qui.RESPONSABLE, Qui.ADMIN}
CHEZ_X = {Qui.X, Qui.RESPONSABLE}

OUVERTES = """
GET /  GET /a-propos  GET /qualite  GET /vos-donnees  GET /echelle/{famille}  POST /echelle/{famille}
GET /metiers  GET /metiers/par-duree  GET /metiers/{slug}  POST /metiers/{slug}  POST /communes
GET /conversation  POST /conversation  GET /resultats  POST /resultats  GET /comparer  POST /comparer
GET /parcours/{slug}  POST /parcours/{slug}
GET /proche/{slug}  POST /proche/{slug}  POST /proche/{slug}/apercu
GET /immersion  POST /immersion  GET /garder  POST /garder  POST /dossier  POST /dossier/fermer
GET /reprendre  POST /reprendre  GET /reprendre/{jeton}  POST /reprendre/{jeton}
GET /rejoindre  POST /rejoindre  GET /rejoindre/{jeton}  POST /rejoindre/accord
GET /atelier  POST /atelier  GET /atelier/{jeton}  POST /atelier/{jeton}
GET /connexion  POST /connexion  GET /connexion/double  POST /connexion/double
GET /connexion/openid  GET /connexion/openid/retour  POST /deconnexion
GET /invitation/{jeton}  POST /invitation/{jeton}
"""
"""Whoever comes: what they do without a secret is shown, what a secret opens is tested where it is made."""


@dataclass(frozen=True)
class Regle:
    """Who may, when the thing is open to them."""

    permis: set[Qui]
    data: dict[str, str] | None = None
    flux: bool = False
    """It answers for minutes when it may be seen: only refusals are asked for."""


DOSSIER = {Qui.A}
REGLES = {
    "GET /dossier": Regle(DOSSIER),
    "POST /dossier/notes": Regle(DOSSIER, {"notes": "à voir"}),
    "POST /dossier/etapes": Regle(DOSSIER, {"texte": "appeler"}),
    "POST /dossier/etapes/{etape}": Regle(DOSSIER, {"faire": "faite"}),
    "POST /dossier/duree": Regle(DOSSIER, {"duree": "90"}),
    "POST /dossier/code": Regle(DOSSIER),
    "POST /dossier/effacer": Regle(DOSSIER),
    "GET /dossier/papier": Regle(DOSSIER),
    "GET /dossier/export.pdf": Regle(DOSSIER),
    "GET /dossier/export.json": Regle(DOSSIER),
    "GET /dossier/rappels": Regle(DOSSIER),
    "GET /dossier/rappels.ics": Regle(DOSSIER),
    "GET /dossier/flux": Regle(DOSSIER, flux=True),
    "GET /dossier/direct": Regle(DOSSIER),
    "POST /dossier/partages/arreter": Regle(DOSSIER),
    "GET /compte": Regle(COMPTES),
    "POST /compte/mot-de-passe": Regle(COMPTES),
    "POST /compte/seances": Regle(COMPTES),
    "GET /entretiens": Regle(ACCOMPAGNENT),
    "POST /entretiens": Regle(ACCOMPAGNENT),
    "GET /entretiens/{ref}": Regle(CHEZ_X),
    "GET /entretiens/{ref}/flux": Regle(CHEZ_X, flux=True),
    "POST /entretiens/{ref}/code": Regle(CHEZ_X),
    "POST /entretiens/{ref}/avis": Regle(CHEZ_X, {"passer": "1"}),
    "POST /entretiens/{ref}/agir": Regle(CHEZ_X, {"importance": "publics:peu"}),
    "POST /entretiens/{ref}/clore": Regle(CHEZ_X),
    "GET /entretiens/{ref}/fiche": Regle(CHEZ_X),
    "POST /entretiens/{ref}/fiche": Regle(CHEZ_X),
    "GET /entretiens/{ref}/fiche.pdf": Regle(CHEZ_X),
    "GET /ateliers": Regle(ACCOMPAGNENT),
    "POST /ateliers": Regle(ACCOMPAGNENT),
    "GET /ateliers/{ref}": Regle(CHEZ_X),
    "POST /ateliers/{ref}/clore": Regle(CHEZ_X),
    "GET /structure": Regle(ACCOMPAGNENT),
    "GET /structure/chiffres.csv": Regle(ACCOMPAGNENT),
    "GET /administration": Regle(GERENT),
    "POST /administration/inviter": Regle(GERENT, {"role": "conseil"}),
    "POST /administration/comptes/{ref}/{geste}": Regle(GERENT),
    "POST /administration/structures": Regle({Qui.ADMIN}, {"nom": "Autre", "genre": "autre"}),
    "POST /administration/structures/{ref}/{geste}": Regle({Qui.ADMIN}),
}
PORTES = ("/connexion", "/reprendre")
Reponse = tuple[int, str, str]


@dataclass
class Lieux:
    """The service, its accounts, and a way to make each thing anew."""

    atelier: Atelier
    client: TestClient
    un: Structure
    comptes: dict[Qui, Compte]
    cible: Compte
    cookies: dict[str, str]
    """Of the persons, for the thing that is asked for."""

    def ask(self, route: str, qui: Qui, ref: str) -> Reponse:
        """What this role gets: status, where it is sent, what it reads."""
        method, _, chemin = route.partition(" ")
        for nom, valeur in (("{ref}", ref), ("{etape}", ref), ("{geste}", self._gesture(route))):
            chemin = chemin.replace(nom, valeur)
        data = None if method == "GET" else (REGLES[route].data or {})
        answer = self._send(method, chemin, data, self._cookie(qui))
        return answer.status_code, answer.headers.get("location", ""), answer.text

    def make(self, route: str, etat: Etat) -> str:
        """A thing in this state, and its ref in an address; what opens a dossier goes to the cookies."""
        archives = self.atelier.archives
        if route.startswith("POST /administration/comptes"):
            return self.cible.ref if etat is Etat.OUVERT else new_ref()
        if route.startswith("POST /administration/structures/"):
            return self.comptes_structure(etat)
        structure, compte = self.un, self.comptes[Qui.Y if etat is Etat.AILLEURS else Qui.X]
        numero, cles = archives.dossiers.keep(Conversation(tours=(Parole(texte=SMS),)), Duree.SEMAINE)
        dossier = archives.dossiers.get(numero)
        ref = archives.entretiens.begin(compte).ref
        entretien = archives.entretiens.get(ref, compte)
        assert entretien.carnet.invitation
        archives.entretiens.join(entretien.carnet.invitation.code, dossier)
        if route.split()[1].startswith("/ateliers"):
            assert compte.structure
            ref = archives.ateliers.begin(compte.structure.id, compte.id)
        self.cookies = {"A": new_jeton() if etat is Etat.AILLEURS else cles.appareil, "B": new_jeton()}
        match etat:
            case Etat.RETIRE:
                archives.partages.revoke(numero, structure.ref)
            case Etat.EFFACE:
                archives.dossiers.erase(numero)
            case Etat.EXPIRE:
                self.atelier.horloge.advance(days=Duree.SEMAINE.value)
            case Etat.INCONNU:
                self.cookies["A"], ref = new_jeton(), new_ref()
        return ref

    def comptes_structure(self, etat: Etat) -> str:
        return self.atelier.structure().ref if etat is Etat.OUVERT else new_ref()

    def count(self) -> dict[str, int]:
        """How many rows each table has, those that a look may add left out."""
        with self.atelier.archives.coffre.reading() as connexion:
            tables = (t for t in METADATA.sorted_tables if t.name not in ("seance", "essai"))
            return {t.name: connexion.scalar(select(func.count()).select_from(t)) or 0 for t in tables}

    def _gesture(self, route: str) -> str:
        return "fermer" if "structures" in route else "desactiver"

    def _cookie(self, qui: Qui) -> str:
        if qui in self.comptes:
            return f"conseil={self.atelier.archives.seances.open(self.comptes[qui])}"
        if qui is Qui.PERSONNE:
            return ""
        return f"dossier={self.cookies['A' if qui is Qui.A else 'B']}"

    def _send(self, method: str, chemin: str, data: dict[str, str] | None, cookie: str) -> httpx.Response:
        headers = {"Sec-Fetch-Site": "same-origin"} | ({"Cookie": cookie} if cookie else {})
        self.client.cookies.clear()
        return self.client.request(method, chemin, data=data, headers=headers, follow_redirects=False)


@pytest.fixture(scope="module", params=BASES)
def lieux(
    request: pytest.FixtureRequest, conseiller: Conseiller, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lieux]:
    dossier: Path = tmp_path_factory.mktemp("acces")
    with workshop(request.param, dossier) as atelier:
        un, deux = atelier.structure("Mission locale une"), atelier.structure("Mission locale deux")
        comptes = {
            Qui.X: atelier.compte("x@exemple.fr", un),
            Qui.Y: atelier.compte("y@exemple.fr", deux),
            Qui.RESPONSABLE: atelier.compte("r@exemple.fr", un, Role.RESPONSABLE),
            Qui.ADMIN: atelier.compte("admin@exemple.fr", None, Role.ADMIN),
        }
        cible = atelier.compte("cible@exemple.fr", un)
        app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
        with TestClient(app) as client:
            yield Lieux(atelier, client, un, comptes, cible, {})


def routes(client: TestClient) -> set[str]:
    """Every page of the site; the API keeps nothing and knows nobody."""
    return {
        f"{method} {context.path}"
        for context in iter_route_contexts(client.app.routes)  # type: ignore[attr-defined]
        if context.path and not context.path.startswith(("/api/", "/static", "/openapi"))
        for method in (context.methods or set()) - {"HEAD"}
    }


def test_every_route_has_a_rule(lieux: Lieux) -> None:
    ouvertes = set(re.split(r"\s{2,}|\n", OUVERTES.strip()))
    assert routes(lieux.client) == ouvertes | REGLES.keys()
    assert not ouvertes & REGLES.keys()


@pytest.mark.parametrize("route", REGLES)
def test_nobody_else_gets_in_and_the_forbidden_is_the_unknown(lieux: Lieux, route: str) -> None:
    never = {qui: lieux.ask(route, qui, lieux.make(route, Etat.INCONNU)) for qui in Qui}
    for etat in states(route):
        for qui in Qui:
            ref = lieux.make(route, etat)
            if may(route, qui, etat):
                if not REGLES[route].flux:
                    assert not refused(route, lieux.ask(route, qui, ref)), f"{qui}: {etat}"
                continue
            before = lieux.count()
            answer = lieux.ask(route, qui, ref)
            assert refused(route, answer), f"{qui}, {etat}: {answer[0]}"
            assert answer == never[qui], f"{qui}, {etat}"
            assert lieux.count() == before


def states(route: str) -> list[Etat]:
    """Those that mean something for what this route is about."""
    if "/entretiens/" in route:
        return list(Etat)
    if "/ateliers/" in route:
        return [Etat.OUVERT, Etat.AILLEURS, Etat.INCONNU]
    if "/dossier" in route:
        return [Etat.OUVERT, Etat.AILLEURS, Etat.EFFACE, Etat.EXPIRE, Etat.INCONNU]
    return [Etat.OUVERT, Etat.INCONNU] if "{ref}" in route else [Etat.OUVERT]


def may(route: str, qui: Qui, etat: Etat) -> bool:
    regle = REGLES[route]
    if etat is Etat.AILLEURS and regle.permis == CHEZ_X:
        return qui is Qui.Y
    return qui in regle.permis and etat is Etat.OUVERT


def refused(route: str, answer: Reponse) -> bool:
    """It does not exist; or, for a page that is only asked for, there is the door."""
    status, where, _ = answer
    return status == 404 or (route.startswith("GET") and status == 303 and where in PORTES)
