"""The real adapters of the sources that have a key, made to knock at a server of ours: only the host differs.

with ordinary() as serveur:
    for source in with_keys(conseiller).live(JOUR):
        local(source, serveur.url)  # and `client_of` to reach it
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from service.catalogue.perimetre import Perimetre
from service.catalogue.reglages import Reglages
from service.catalogue.sources import SourceEnLigne, evenements, france_travail
from service.catalogue.sources.annuaire import Annuaire
from service.catalogue.sources.api_alternance import ApiAlternance
from service.catalogue.sources.jeton import Cles, Jeton
from service.catalogue.sources.reseau import Client
from service.catalogue.validite import Registre
from service.conseiller import Conseiller
from tests.catalogue.pannes import SCRIPT, Serveur

IDENTIFIANT, SECRET, CLE, JETON = "PAR_identifiant-essai", "secret-essai-1", "cle-essai-2", "jeton-essai-3"
CHEMIN_JETON = "/jeton"
ORDINAIRE = json.dumps(
    {
        "resultats": [
            {
                "id": "201ESSAI",
                "intitule": f"Aide-soignante {SCRIPT} &lt;img src=x onerror=alert(1)&gt; de nuit",
                "description": f"En équipe {SCRIPT} de nuit.",
                "lieuTravail": {"libelle": "69 - LYON 03", "commune": "69383"},
                "romeCode": "J1501",
                "entreprise": {"nom": f"Les Tilleuls {SCRIPT}"},
                "origineOffre": {"urlOrigine": "javascript:alert(1)"},
            }
        ],
        "jobs": [
            {
                "identifier": {"partner_label": "essai", "partner_job_id": "J1"},
                "workplace": {
                    "name": f"Les Lilas {SCRIPT}",
                    "location": {
                        "address": "69003 LYON",
                        "geopoint": {"coordinates": [4.849, 45.76], "type": "Point"},
                    },
                },
                "apply": {"url": "https://alternance.example.org/J1"},
                "contract": {"type": ["Apprentissage"]},
                "offer": {
                    "title": f"Apprentie aide-soignante {SCRIPT}",
                    "rome_codes": ["J1501"],
                    "status": "Active",
                    "publication": {"creation": "2026-11-02T18:31:44.295Z"},
                },
            }
        ],
        "data": [
            {
                "identifiant": {"cle_ministere_educatif": "A1#L01"},
                "statut": {"catalogue": "publié"},
                "certification": {
                    "valeur": {
                        "identifiant": {"rncp": "RNCP40692"},
                        "intitule": {"rncp": f"Diplôme d'État {SCRIPT} d'aide-soignant"},
                    }
                },
                "lieu": {"adresse": {"commune": {"code_insee": "69266", "nom": "Villeurbanne"}}},
            }
        ],
        "pagination": {"page_count": 1},
        "totalElements": 1,
        "content": [
            {
                "id": 20001,
                "titre": f"Portes ouvertes {SCRIPT}",
                "description": f"Venez {SCRIPT}",
                "type": f"Forum {SCRIPT}",
                "codesRome": ["J"],
                "ville": "Lyon",
                "codeInsee": "69123",
                "dateEvenement": "2026-12-03T08:30:00.000+00:00",
            }
        ],
    }
).encode()
"""What each of the sources would answer on a good day, in one body; every text holds a script."""


@contextmanager
def ordinary() -> Iterator[Serveur]:
    """A server that gives tokens, and answers every search well until it is told otherwise."""
    with Serveur() as serveur:
        serveur.normal[CHEMIN_JETON] = json.dumps({"access_token": JETON, "expires_in": 1499}).encode()
        serveur.corps = ORDINAIRE
        yield serveur


def with_keys(conseiller: Conseiller) -> Annuaire:
    reglages = Reglages(
        france_travail_id=IDENTIFIANT,
        france_travail_secret=SECRET,
        api_alternance_cle=CLE,
        france_travail_par_seconde=50,
    )
    connaissances = conseiller.connaissances
    perimetre = Registre(connaissances=connaissances).widen(Perimetre.of(connaissances))
    return Annuaire(connaissances, conseiller.communes, reglages, perimetre)


def local(source: SourceEnLigne, url: str) -> SourceEnLigne:
    """The same adapter at this address."""
    if isinstance(source, ApiAlternance):
        return replace(source, base=url)
    assert isinstance(source, france_travail.FranceTravail | evenements.Evenements)
    portees = {"france_travail": france_travail.PORTEES, "evenements": evenements.PORTEES}[source.nom]
    jeton = Jeton(Cles(IDENTIFIANT, SECRET), portees, url=url + CHEMIN_JETON)
    return replace(source, base=url, jeton=jeton)


def client_of(annuaire: Annuaire, source: SourceEnLigne, *, page: bool) -> Client:
    """The real deadline, weight and pace."""
    client = annuaire.client(source, page=page)
    client.hotes = frozenset({"127.0.0.1"})
    return client
