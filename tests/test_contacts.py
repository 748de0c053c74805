"""The people one can be sent to: every one of them real, reachable, and told in easy words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.testclient import TestClient

from knowledge.loading import RACINE, load_knowledge, read_yaml
from knowledge.schema import Confiance, Contact, Proximite, Source
from service.conseiller import Conseiller
from service.contacts import Joindre, load_territoires, near
from service.conversation import Conversation, Endroit
from service.geographie import DEPARTEMENTS, Commune, load_communes
from service.profil import Situation
from tests.alentours import Alentours
from tests.dom import parse
from web.app import create_app
from web.settings import Settings

CONNAISSANCES = load_knowledge()
CONTACTS = CONNAISSANCES.contacts
COMMUNES = load_communes()
ANNUAIRE = "lannuaire.service-public.gouv.fr"
HOTES = {
    ANNUAIRE, "prendresoin.francetravail.fr", "www.francetravail.fr", "mon-cep.org", "vae.gouv.fr",
    "www.transitionspro.fr",
    "www.iledefrance.fr", "www.centre-valdeloire.fr", "www.bourgognefranchecomte.fr", "parcours-metier.normandie.fr",
    "www.hautsdefrance.fr", "formation.grandest.fr", "www.paysdelaloire.fr", "www.bretagne.bzh",
    "les-aides.nouvelle-aquitaine.fr", "www.laregion.fr", "www.auvergnerhonealpes.fr", "www.maregionsud.fr",
    "orientazione.isula.corsica", "www.regionguadeloupe.fr", "www.agefma.mq", "guyane-formation.formanoo.org",
    "regionreunion.com", "www.cariforef-mayotte.yt",
}  # fmt: skip
"""Where people may be sent: the sites of public services and régions, and those of two networks by région."""
RESEAUX = re.compile(r"[a-z]+\.avenir-actifs\.org|www\.transitionspro-[a-z]+\.fr")
TELEPHONE = re.compile(r"\d{2}( \d{2}){4}|0 \d{3}( \d{2,3}){2,3}|\d{4}")
SIGLE = re.compile(r"\b[A-Z]{2,}\b")

each_contact = pytest.mark.parametrize("contact", CONTACTS, ids=lambda c: c.cle)


def test_a_contact_is_known_once() -> None:
    assert len({c.cle for c in CONTACTS}) == len({c.nom for c in CONTACTS}) == len(CONTACTS)


@pytest.mark.parametrize("public", Situation)
def test_everyone_has_at_least_two_people_to_turn_to(public: Situation) -> None:
    assert sum(public in c.publics for c in CONTACTS) >= 2


def test_an_adult_is_not_sent_to_the_mission_locale() -> None:
    [mission] = [c for c in CONTACTS if c.cle == "mission_locale"]
    assert mission.publics == [Situation.JEUNE]


def at(
    code: str, public: Situation = Situation.RECONVERSION, metier: str | None = None
) -> dict[str, Joindre]:
    """Whom somebody of this commune is sent to, by key."""
    return {j.contact.cle: j for j in near(CONTACTS, public, COMMUNES.get(code), metier)}


def one_commune_of_each() -> Iterator[Commune]:
    """The most inhabited of each département and collectivity."""
    seen: set[str] = set()
    for commune in COMMUNES:
        if commune.departement not in seen:
            seen.add(commune.departement)
            yield commune


def pages() -> Iterator[tuple[Commune, Joindre]]:
    """All that can be shown to anyone, anywhere."""
    for commune in one_commune_of_each():
        for public in Situation:
            for joindre in near(CONTACTS, public, commune, "assistant-maternel"):
                yield commune, joindre


@each_contact
def test_a_contact_can_be_reached(contact: Contact) -> None:
    assert contact.url is None or contact.url.scheme == "https"
    assert contact.telephone is None or TELEPHONE.fullmatch(contact.telephone)


@each_contact
def test_a_contact_was_read_at_a_source_we_trust(contact: Contact) -> None:
    source = contact.source
    assert source.url is not None
    assert source.url.scheme == "https"
    assert source.confiance is not Confiance.FAIBLE
    assert source.vu_le <= date.today()


@each_contact
def test_an_acronym_stands_in_the_name_only_with_its_words(contact: Contact) -> None:
    told = (contact.pour_qui.tu, contact.pour_qui.vous, contact.aide.tu, contact.aide.vous)
    assert not any(SIGLE.search(texte) for texte in told)
    for sigle in SIGLE.findall(contact.nom):
        assert len(re.findall(r"\w{3,}", contact.nom.replace(sigle, ""))) >= len(sigle)


def test_every_departement_has_its_region() -> None:
    territoires = load_territoires()
    assert set(territoires) == set(DEPARTEMENTS) == {c.departement for c in COMMUNES}
    assert len({t.region for t in territoires.values() if len(t.region) == 2}) == 18
    assert len({t.region for t in territoires.values()}) == len({t.nom_region for t in territoires.values()})


def test_two_departements_never_share_a_page_of_the_directory() -> None:
    paths = [t.annuaire for t in load_territoires().values() if t.annuaire]
    assert len(set(paths)) == len(paths) == 99
    assert all(re.fullmatch(r"[a-z-]+/[a-z-]+", path) for path in paths)


@pytest.mark.parametrize("public", Situation)
def test_everywhere_in_france_somebody_can_be_reached(public: Situation) -> None:
    alone = [
        c.libelle
        for c in one_commune_of_each()
        if sum(j.url is not None for j in near(CONTACTS, public, c)) < 4
    ]
    assert alone == []


def test_people_are_sent_to_sites_we_know_only() -> None:
    urls = {j.url for _, j in pages() if j.url} | {str(c.url) for c in CONTACTS if c.url}
    parts = [urlsplit(url) for url in urls]
    assert {p.scheme for p in parts} == {"https"}
    assert {h for p in parts if not RESEAUX.fullmatch(h := p.hostname or "")} == HOTES


def test_an_address_says_no_more_than_the_departement() -> None:
    said = set()
    for commune, joindre in pages():
        url = joindre.url or ""
        said |= {url for told in (commune.code, *commune.codes_postaux) if told in url}
        if urlsplit(url).query or "@" in url or "{" in url:
            said.add(url)
    assert said == set()


PROCHES = {
    "Paris": ("75056", "france_travail", "navigation/ile-de-france/paris/france_travail", "Paris"),
    "an arrondissement of Paris": ("75113", "cap_emploi", "navigation/ile-de-france/paris/cap_emploi", "Paris"),
    "Lyon": ("69123", "cap_emploi", "navigation/auvergne-rhone-alpes/rhone/cap_emploi", "Rhône"),
    "Marseille": (
        "13055", "france_travail", "navigation/provence-alpes-cote-d-azur/bouches-du-rhone/france_travail",
        "Bouches-du-Rhône",
    ),
    "Ajaccio": ("2A004", "cap_emploi", "navigation/corse/corse-du-sud/cap_emploi", "Corse-du-Sud"),
    "Saint-Denis de La Réunion": ("97411", "transitions_pro", "transitionspro-reunion.fr", "La Réunion"),
    "Mamoudzou": ("97611", "cep", "oceanindien.avenir-actifs.org", "Mayotte"),
    "Fort-de-France": ("97209", "region", "agefma.mq", "Martinique"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "cle", "morceau", "lieu"), PROCHES.values(), ids=PROCHES)
def test_someone_is_sent_to_the_page_of_their_departement_or_region(
    code: str, cle: str, morceau: str, lieu: str
) -> None:
    joindre = at(code)[cle]
    assert morceau in (joindre.url or "")
    assert joindre.lieu == lieu
    assert joindre.source != joindre.contact.source


def test_without_a_page_of_its_own_a_place_gets_the_page_of_all_france() -> None:
    for code in ("97411", "97502", "98818"):
        joindre = at(code, Situation.JEUNE)["mission_locale"]
        assert joindre.url == str(joindre.contact.url)
        assert joindre.lieu is None


def test_someone_who_did_not_say_where_gets_the_pages_of_all_france() -> None:
    assert [(j.url, j.lieu) for j in near(CONTACTS, None, None)] == [
        (str(c.url), None) for c in CONTACTS if Situation.AUTRE in c.publics and not c.metiers
    ]


def test_the_approval_is_for_those_who_will_need_it() -> None:
    assert "departement" not in at("69123")
    assert "departement" not in at("69123", metier="aide-soignant")
    assert {"departement", "cep"} <= at("69123", metier="assistant-maternel").keys()
    assert {slug for c in CONTACTS for slug in c.metiers} <= CONNAISSANCES.metiers.keys()


def test_a_network_by_region_forgets_no_region() -> None:
    regions = {t.region for t in load_territoires().values() if len(t.region) == 2}
    served = {c.cle: set(c.pres.regions) for c in CONTACTS if c.pres and c.pres.regions}
    assert served.keys() == {"cep", "transitions_pro", "region"}
    assert all(regions <= known for known in served.values())


def test_every_address_near_was_read_somewhere() -> None:
    sources = [c.pres.source for c in CONTACTS if c.pres]
    assert len(sources) == 8
    assert all(s.url and s.vu_le <= date.today() and s.confiance is not Confiance.FAIBLE for s in sources)


def test_the_table_of_departements_says_where_it_comes_from() -> None:
    fiche = read_yaml(RACINE / "referentiels" / "SOURCES-departements.yaml")["departements.csv"]
    assert len(fiche["sources"]) == 2
    assert all(s["url"].startswith("https://") and s["vu_le"] <= date.today() for s in fiche["sources"])


@pytest.mark.parametrize(
    "pres",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"departement": "https://a.fr/bretagne/cio"}, id="no place for the département"),
        pytest.param(
            {"departement": "https://a.fr/{commune}/{departement}/cio"}, id="something else asked for"
        ),
        pytest.param({"departement": "http://a.fr/{departement}/cio"}, id="not encrypted"),
        pytest.param({"regions": {"Bretagne": "https://a.fr/"}}, id="a name for a code"),
    ],
)
def test_an_address_near_that_cannot_work_is_refused(pres: dict[str, object]) -> None:
    source = Source(organisme="Test", titre="Test", vu_le=date(2026, 11, 22), confiance=Confiance.HAUTE)
    with pytest.raises(ValidationError):
        TypeAdapter(Proximite).validate_python({**pres, "source": source})


def test_someone_who_asks_for_a_person_in_the_chat_is_shown_those_of_their_departement(
    conseiller: Conseiller,
) -> None:
    conversation = Conversation(public=Situation.JEUNE).at(Endroit(commune="29232", rayon_km=None))
    envoi = {"etat": conversation.to_json(), "texte": "je veux parler à quelqu'un", "envoyer": "1"}
    with TestClient(create_app(Settings(), conseiller, Alentours())) as client:
        aide = parse(client.post("/conversation", data=envoi).text).by_id("aide")
    assert f"https://{ANNUAIRE}/navigation/bretagne/finistere/mission_locale" in {
        a.attrs.get("href") for a in aide.all("a")
    }
    assert "Trouver le plus proche (Finistère)" in aide.text()
