"""A dossier open in a browser: every act is kept once, whatever the tab, the button or the page it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation, Parole, Reponse
from service.dossiers.archives import Archives
from service.dossiers.dossier import Contenu, Duree
from service.dossiers.reglages import ReglagesDossiers
from tests.alentours import Alentours
from tests.dom import parse
from tests.etats import DETRESSE, SMS, Recu
from web.app import create_app
from web.settings import Settings

CHAT = "/conversation"
Envoyer = Callable[..., Recu]


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    return Archives(
        ReglagesDossiers(
            dossiers=f"sqlite:///{tmp_path / 'dossiers.sqlite'}", secret_fichier=tmp_path / "secret"
        )
    )


@pytest.fixture
def site(conseiller: Conseiller, archives: Archives) -> Iterator[TestClient]:
    app = create_app(Settings(), conseiller, Alentours(), archives)
    with TestClient(app, headers={"Sec-Fetch-Site": "same-origin"}) as site:
        yield site


@pytest.fixture
def numero(archives: Archives, site: TestClient) -> int:
    """The dossier open in this browser."""
    numero, cles = archives.dossiers.keep(Conversation(), Duree.MOIS)
    site.cookies.set("dossier", cles.appareil)
    return numero


def etat(recu: Recu) -> str:
    """What the page carries, to be sent with the next act."""
    found = [n for n in parse(recu.text).walk() if n.attrs.get("name") == "etat"]
    return found[0].attrs["value"]


def begin(site: TestClient) -> str:
    return etat(site.post(CHAT, data={"public": "jeune"}))


def kept(archives: Archives, numero: int) -> Contenu:
    return archives.dossiers.get(numero).contenu


def test_without_a_dossier_no_base_is_even_made(site: TestClient, archives: Archives) -> None:
    page = etat(site.post(CHAT, data={"public": "jeune", "texte": SMS, "envoyer": "1"}))
    site.post("/resultats", data={"etat": page})
    site.post("/proche/aide-soignant", data={"etat": page, "lieu": "Lyon"})
    fichier = Path(archives.reglages.base.removeprefix("sqlite:///"))
    assert not fichier.exists()
    assert not archives.reglages.secret_fichier.exists()


def test_an_act_sent_twice_is_kept_once(site: TestClient, archives: Archives, numero: int) -> None:
    page = begin(site)
    both = [site.post(CHAT, data={"etat": page, "choix": "permis:oui"}) for _ in range(2)]
    assert [r.status_code for r in both] == [200, 200]
    assert etat(both[0]) == etat(both[1])
    assert kept(archives, numero).conversation.tours == (Reponse(question="permis", choix="oui"),)


def test_undo_sent_twice_undoes_once(site: TestClient, archives: Archives, numero: int) -> None:
    page = begin(site)
    page = etat(site.post(CHAT, data={"etat": page, "choix": "permis:oui"}))
    page = etat(site.post(CHAT, data={"etat": page, "choix": "aidant:oui"}))
    for _ in range(2):
        site.post(CHAT, data={"etat": page, "revenir": "1"})
    assert kept(archives, numero).conversation.reponses == {"permis": "oui"}


def test_two_tabs_lose_nothing_of_each_other(site: TestClient, archives: Archives, numero: int) -> None:
    both = begin(site)
    site.post(CHAT, data={"etat": both, "choix": "permis:oui"})
    shown = site.post(CHAT, data={"etat": both, "choix": "contraintes.nuit:non"})
    assert kept(archives, numero).conversation.reponses == {"permis": "oui", "contraintes.nuit": "non"}
    assert Conversation.from_json(etat(shown)).reponses.keys() == {"permis", "contraintes.nuit"}


def test_going_back_to_answer_otherwise_changes_the_answer(
    site: TestClient, archives: Archives, numero: int
) -> None:
    page = begin(site)
    site.post(CHAT, data={"etat": page, "choix": "permis:oui"})
    site.post(CHAT, data={"etat": page, "choix": "permis:non"})
    assert kept(archives, numero).conversation.reponses == {"permis": "non"}


def test_a_place_and_the_ranking_shown_are_kept_once(
    site: TestClient, archives: Archives, numero: int
) -> None:
    page = etat(site.post(CHAT, data={"etat": begin(site), "texte": SMS, "envoyer": "1"}))
    page = etat(site.post("/resultats", data={"etat": page, "lieu": "Lyon"}))
    site.post("/resultats", data={"etat": page})
    site.post("/proche/aide-soignant", data={"etat": page})
    contenu = kept(archives, numero)
    assert contenu.conversation.endroit
    assert contenu.conversation.endroit.commune == "69123"
    assert len(contenu.vus) == 1
    assert len(contenu.vus[0].metiers) == 3
    assert contenu.vus[0].versions


def test_a_call_for_help_is_answered_and_not_kept(site: TestClient, archives: Archives, numero: int) -> None:
    shown = site.post(CHAT, data={"etat": begin(site), "texte": DETRESSE, "envoyer": "1"})
    assert "3114" in shown.text
    assert kept(archives, numero).conversation.tours == ()
    site.post(CHAT, data={"etat": etat(shown), "choix": "permis:oui"})
    assert kept(archives, numero).conversation.reponses == {"permis": "oui"}


def test_what_is_refused_leaves_the_dossier_and_the_words_as_they_were(
    site: TestClient, archives: Archives, numero: int
) -> None:
    page = etat(site.post(CHAT, data={"etat": begin(site), "choix": "permis:oui"}))
    long = "a" * 2001
    refused = site.post(CHAT, data={"etat": page, "texte": long, "envoyer": "1"})
    assert refused.status_code == 422
    assert long in refused.text
    site.post(CHAT, data={"etat": etat(refused), "choix": "aidant:oui"})
    assert kept(archives, numero).conversation.reponses == {"permis": "oui", "aidant": "oui"}


def test_a_page_begun_without_the_dossier_goes_on_without_it(
    site: TestClient, archives: Archives, numero: int
) -> None:
    alone = Conversation(tours=(Parole(texte=SMS),)).to_json()
    shown = site.post(CHAT, data={"etat": alone, "choix": "permis:oui"})
    assert Conversation.from_json(etat(shown)).reponses == {"permis": "oui"}
    assert kept(archives, numero).conversation.tours == ()


def test_a_page_of_a_dossier_erased_elsewhere_goes_on_alone(
    site: TestClient, archives: Archives, numero: int
) -> None:
    page = etat(site.post(CHAT, data={"etat": begin(site), "choix": "permis:oui"}))
    archives.dossiers.erase(numero)
    shown = Conversation.from_json(etat(site.post(CHAT, data={"etat": page, "choix": "aidant:oui"})))
    assert shown.reponses == {"permis": "oui", "aidant": "oui"}
    assert shown.page is None


def test_a_base_that_does_not_answer_never_takes_the_advice_away(
    site: TestClient, archives: Archives, numero: int
) -> None:
    page = etat(site.post(CHAT, data={"etat": begin(site), "choix": "permis:oui"}))
    fichier = archives.coffre.fichier
    assert fichier
    archives.close()
    fichier.unlink()
    fichier.mkdir()
    shown = site.post(CHAT, data={"etat": page, "choix": "aidant:oui"})
    assert shown.status_code == 200
    assert Conversation.from_json(etat(shown)).reponses == {"permis": "oui", "aidant": "oui"}


def test_every_change_is_told_in_one_sentence(site: TestClient, archives: Archives, numero: int) -> None:
    page = etat(site.post(CHAT, data={"etat": begin(site), "texte": SMS, "envoyer": "1"}))
    page = etat(site.post(CHAT, data={"etat": page, "choix": "permis:oui"}))
    page = etat(site.post("/resultats", data={"etat": page, "ecarter": "aide-soignant"}))
    page = etat(site.post("/resultats", data={"etat": page, "importance": "contraintes:beaucoup"}))
    site.post(CHAT, data={"etat": page, "revenir": "1"})
    told = [c.quoi for c in archives.dossiers.changes(numero)]
    assert told[0] == "Changement dans la façon de présenter la discussion."
    assert told[1].startswith("Écrit : « jador les ptit vieu")
    assert "Oui" in told[2]
    assert "Métier écarté : Aide-soignante / Aide-soignant." in told
    assert "Importance : les horaires et la fatigue comptent beaucoup." in told
    assert told[-1].startswith("Annulé.")
