"""The interview by its pages: inviting, agreeing, following, comparing blind first, moving weights, ending."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation
from service.dossiers.comptes import Compte
from service.dossiers.dossier import Duree
from service.dossiers.frein import PAR_ADRESSE
from tests.alentours import Alentours
from tests.dom import parse
from tests.professionnels import CHEZ_NOUS, Atelier, workshop
from web.app import create_app
from web.settings import Settings

MOTS = "j'adore les personnes agées, surtout pas les bébés"


class Table:
    """One counsellor and one person, each with their browser."""

    def __init__(self, atelier: Atelier, conseil: TestClient, personne: TestClient, compte: Compte) -> None:
        self.atelier, self.conseil, self.personne, self.compte = atelier, conseil, personne, compte
        self.ref = ""

    @property
    def page(self) -> str:
        return f"/entretiens/{self.ref}"

    @property
    def dossier(self) -> int:
        numero = self.atelier.archives.entretiens.get(self.ref, self.compte).dossier
        assert numero is not None
        return numero

    def begin(self) -> None:
        recu = self.conseil.post("/entretiens")
        assert recu.status_code == 200
        self.ref = recu.url.path.rpartition("/")[2]

    @property
    def version(self) -> str:
        """What the next act is made on: the page carries it as soon as the ranking is open."""
        return self.atelier.archives.dossiers.get(self.dossier).conversation.page or ""

    @property
    def code(self) -> str:
        return shown(self.conseil.get(self.page).text, r'grand-code">([^<]+)<')

    @property
    def lien(self) -> str:
        return shown(self.conseil.get(self.page).text, r'href="[^"]*(/rejoindre/[^"]+)"')

    def join(self, **choix: str) -> None:
        recu = self.personne.post("/rejoindre/accord", data={"cle": self.code, **choix})
        assert (recu.status_code, recu.url.path) == (200, "/conversation")

    def say(self, texte: str = MOTS) -> None:
        etat = value(self.personne.get("/conversation").text, "etat")
        recu = self.personne.post("/conversation", data={"etat": etat, "texte": texte, "envoyer": "1"})
        assert recu.status_code == 200

    def act(self, **geste: str) -> str:
        page = self.version
        return self.conseil.post(f"{self.page}/agir", data={"page": page, **geste}).text


def shown(html: str, motif: str) -> str:
    found = re.search(motif, html)
    assert found
    return found[1]


def value(html: str, nom: str) -> str:
    return next(n.attrs["value"] for n in parse(html).walk() if n.attrs.get("name") == nom)


@pytest.fixture(scope="module")
def ouvert(conseiller: Conseiller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    with workshop("sqlite", tmp_path_factory.mktemp("entretien")) as atelier:
        app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
        compte = atelier.compte("camille@essai.fr", atelier.structure())
        with TestClient(app, headers=CHEZ_NOUS) as conseil:
            atelier.sign_in(conseil, compte)
            yield Table(atelier, conseil, TestClient(app, headers=CHEZ_NOUS), compte)


@pytest.fixture
def table(ouvert: Table) -> Table:
    """Both at the table, an interview begun."""
    ouvert.personne.cookies.clear()
    ouvert.begin()
    return ouvert


@pytest.fixture
def ensemble(table: Table) -> Table:
    """The person joined, and said something."""
    table.join(public="reconversion")
    table.say()
    return table


def test_the_invitation_shows_a_code_a_picture_and_this_screen(table: Table) -> None:
    html = table.conseil.get(table.page).text
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4} [2-9A-HJKMNP-Z]{4}", table.code)
    assert 'class="qr"' in html
    assert "Répondre sur cet écran" in html
    assert "pendant 10 minutes" in html


def test_the_same_code_is_shown_until_another_is_asked_for(table: Table) -> None:
    first = table.code
    assert table.code == first
    table.conseil.post(f"{table.page}/code")
    assert table.code != first
    assert table.personne.post("/rejoindre", data={"code": first}).status_code == 422


def test_opening_the_link_says_who_will_see_what_and_joins_nothing(table: Table) -> None:
    recu = table.personne.get(table.lien)
    for told in ("Mission locale d&#39;essai", "Camille Essai", "Qui verra", "Jusqu'à quand", "arrêter"):
        assert told in recu.text
    assert recu.headers["X-Robots-Tag"] == "noindex"
    assert "dossier" not in table.personne.cookies
    assert table.atelier.archives.entretiens.get(table.ref, table.compte).dossier is None


def test_agreeing_makes_a_dossier_of_a_week_shared_with_this_structure(table: Table) -> None:
    table.join(public="jeune")
    archives = table.atelier.archives
    kept = archives.dossiers.get(table.dossier)
    assert kept.conversation.public == "jeune"
    assert (kept.expire_le - kept.cree_le).days == 7
    assert [p.nom for p in archives.partages.of(kept.id)] == ["Mission locale d'essai"]
    assert archives.dossiers.open(table.personne.cookies["dossier"]).id == kept.id


def test_agreeing_twice_shares_once(table: Table) -> None:
    code = table.code
    table.join()
    kept = table.dossier
    assert table.personne.post("/rejoindre/accord", data={"cle": code}).status_code == 422
    assert table.dossier == kept


def test_the_dossier_open_on_ones_own_phone_may_be_shared(table: Table) -> None:
    archives = table.atelier.archives
    numero, cles = archives.dossiers.keep(Conversation(), Duree.MOIS)
    table.personne.cookies.set("dossier", cles.appareil)
    assert "Mon dossier ouvert ici" in table.personne.get(table.lien).text
    table.join(ouvert="1")
    assert table.dossier == numero


def test_on_the_counsellors_screen_nobody_gets_the_dossier_of_the_person_before(table: Table) -> None:
    archives = table.atelier.archives
    numero, cles = archives.dossiers.keep(Conversation(), Duree.MOIS)
    table.conseil.cookies.set("dossier", cles.appareil)
    try:
        assert "Mon dossier ouvert ici" not in table.conseil.get(table.lien).text
        recu = table.conseil.post("/rejoindre/accord", data={"cle": table.code, "ouvert": "1"})
        assert table.dossier != numero
        assert f'href="{table.page}"' in recu.text
        # Closed here at the end, it is found again by who took a code.
        assert "Lui donner d'abord un code" in table.conseil.get(table.page).text
        ended = table.conseil.post(f"{table.page}/clore")
        assert ended.status_code == 200
        assert "dossier" not in {c.name for c in table.conseil.cookies.jar if c.value != cles.appareil}
    finally:
        for cookie in [c for c in table.conseil.cookies.jar if c.name == "dossier"]:
            table.conseil.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)


@pytest.mark.parametrize("faux", ["ABCD EFGH", "un code", "", "A" * 43])
def test_a_wrong_code_is_told_next_to_the_field_and_stays_there(table: Table, faux: str) -> None:
    recu = table.personne.post("/rejoindre", data={"code": faux})
    assert recu.status_code == 422
    champ = next(n for n in parse(recu.text).walk() if n.attrs.get("id") == "code")
    assert champ.attrs["aria-invalid"] == "true"
    assert champ.attrs["value"] == ("" if len(faux) == 43 else faux)


def test_one_who_tries_codes_is_stopped_and_a_classroom_is_not(table: Table) -> None:
    code = table.code
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    tries = [f"ZZZZZZ{alphabet[n // 31]}{alphabet[n % 31]}" for n in range(PAR_ADRESSE)]
    assert [table.personne.post("/rejoindre", data={"code": t}).status_code for t in tries[:30]] == [422] * 30
    assert table.personne.post("/rejoindre", data={"code": code}).status_code == 200
    for wrong in tries[30:]:
        table.personne.post("/rejoindre", data={"code": wrong})
    assert table.personne.post("/rejoindre", data={"code": code}).status_code == 429
    table.atelier.horloge.advance(minutes=20)
    table.atelier.sign_in(table.conseil, table.compte)


def test_the_counsellor_reads_what_was_said_and_what_was_understood(ensemble: Table) -> None:
    html = ensemble.conseil.get(ensemble.page).text
    assert "j&#39;adore les personnes agées" in html
    assert "surtout pas les bébés" in html
    assert "La question qui vient" in html
    texte = parse(html).text()
    assert "La personne, le" in texte


def test_a_button_is_quoted_only_with_its_question(ensemble: Table) -> None:
    etat = value(ensemble.personne.get("/conversation").text, "etat")
    ensemble.personne.post("/conversation", data={"etat": etat, "choix": "permis:oui"})
    document = parse(ensemble.conseil.get(ensemble.page).text)
    (words,) = [n for n in document.walk() if n.attrs.get("class") == "paroles"]
    assert "Oui" not in words.text()
    (answers,) = [n for n in document.walk() if n.attrs.get("id") == "ses-reponses"]
    assert "le permis B" in answers.text()
    assert "Oui" in answers.text()


def test_ours_stays_hidden_until_the_counsellor_ranked(ensemble: Table) -> None:
    hidden = ensemble.conseil.get(ensemble.page).text
    assert "entretien-metiers" not in hidden
    assert "poids-titre" not in hidden
    avis = {"premier": "sage-femme", "deuxieme": "aide-soignant"}
    both = ensemble.conseil.post(f"{ensemble.page}/avis", data=avis).text
    assert "Votre choix" in both
    assert "Cap Soin le place au rang" in both
    # Once ours is known, the choice is no longer blind, and no longer changes.
    ensemble.conseil.post(f"{ensemble.page}/avis", data={"premier": "ambulancier"})
    carnet = ensemble.atelier.archives.entretiens.get(ensemble.ref, ensemble.compte).carnet
    assert carnet.avis == ("sage-femme", "aide-soignant")


def test_ours_may_be_seen_without_ranking(ensemble: Table) -> None:
    html = ensemble.conseil.post(f"{ensemble.page}/avis", data={"passer": "1"}).text
    assert "Les métiers de Cap Soin" in html
    assert "Votre choix" not in html


@pytest.mark.parametrize(
    ("avis", "dit"),
    [
        ({}, "au moins un métier"),
        ({"premier": "astronaute"}, "au moins un métier"),
        ({"premier": "sage-femme", "troisieme": "sage-femme"}, "choisi deux fois"),
    ],
)
def test_a_ranking_that_is_none_is_said_and_kept_in_the_lists(
    ensemble: Table, avis: dict[str, str], dit: str
) -> None:
    recu = ensemble.conseil.post(f"{ensemble.page}/avis", data=avis)
    assert recu.status_code == 422
    assert dit in recu.text
    kept = [n for n in parse(recu.text).walk() if n.tag == "option" and "selected" in n.attrs]
    assert len(kept) == sum(slug == "sage-femme" for slug in avis.values())
    assert not ensemble.atelier.archives.entretiens.get(ensemble.ref, ensemble.compte).carnet.revele


def test_a_weight_moved_together_changes_the_dossier_and_both_read_it(ensemble: Table) -> None:
    ensemble.conseil.post(f"{ensemble.page}/avis", data={"passer": "1"})
    html = ensemble.act(importance="contraintes:beaucoup")
    told = "les horaires et la fatigue comptent beaucoup"
    assert told in parse(html).text()
    kept = ensemble.atelier.archives.dossiers.get(ensemble.dossier).conversation
    assert {t.value: a.value for t, a in kept.importances.items()} == {"contraintes": "beaucoup"}
    news = ensemble.personne.get("/dossier/direct", params={"depuis": 2}).text
    assert told in news
    assert "Voir le changement" in news


def test_the_same_act_sent_twice_counts_once(ensemble: Table) -> None:
    page = ensemble.version
    for _ in range(2):
        ensemble.conseil.post(f"{ensemble.page}/agir", data={"page": page, "ecarter": "sage-femme"})
    changes = ensemble.atelier.archives.dossiers.changes(ensemble.dossier)
    assert [c.quoi for c in changes].count("Métier écarté : Sage-femme.") == 1
    assert (
        ensemble.atelier.archives.dossiers.get(ensemble.dossier).conversation.tours[-1].genre == "exclusion"
    )


def test_a_metier_set_aside_together_is_taken_back_together(ensemble: Table) -> None:
    ensemble.conseil.post(f"{ensemble.page}/avis", data={"passer": "1"})
    assert "Remettre : Sage-femme" in ensemble.act(ecarter="sage-femme")
    assert "Remettre : Sage-femme" not in ensemble.act(remettre="sage-femme")


@pytest.mark.parametrize("geste", [{"importance": "tout:beaucoup"}, {"importance": "publics"}])
def test_an_act_that_does_not_exist_changes_nothing(ensemble: Table, geste: dict[str, str]) -> None:
    avant = ensemble.atelier.archives.dossiers.get(ensemble.dossier)
    page = ensemble.version
    assert ensemble.conseil.post(f"{ensemble.page}/agir", data={"page": page, **geste}).status_code == 422
    assert ensemble.atelier.archives.dossiers.get(ensemble.dossier) == avant


def test_a_person_hears_of_what_the_other_did_and_not_of_their_own(ensemble: Table) -> None:
    assert ensemble.personne.get("/dossier/direct").text.strip() == ""
    ensemble.act(importance="publics:peu")
    version = ensemble.atelier.archives.dossiers.get(ensemble.dossier).version
    assert "Importance" in ensemble.personne.get("/dossier/direct", params={"depuis": version - 1}).text
    assert ensemble.personne.get("/dossier/direct", params={"depuis": version}).text.strip() == ""


def test_the_chat_says_who_sees_the_answers_and_the_counsellors_screen_has_a_way_back(
    ensemble: Table,
) -> None:
    html = ensemble.personne.get("/conversation").text
    assert "Entretien avec Mission locale d&#39;essai" in html
    assert "Revenir à l'entretien" not in html
    assert "personne ne lit" not in html
    etat = value(html, "etat")
    assert "Entretien avec" in ensemble.personne.post("/resultats", data={"etat": etat}).text
    ensemble.conseil.post(f"{ensemble.page}/clore")
    assert "Entretien avec" not in ensemble.personne.get("/conversation").text


def test_stopping_the_share_closes_every_door_of_the_counsellor_at_once(ensemble: Table) -> None:
    structure = ensemble.atelier.archives.partages.of(ensemble.dossier)[0].structure
    unknown = ensemble.conseil.get("/entretiens/AAAAAAAAAAAAAAAA")
    ensemble.personne.post("/dossier/partages/arreter", data={"structure": structure}, follow_redirects=False)
    for chemin in ("", "/flux"):
        recu = ensemble.conseil.get(ensemble.page + chemin)
        assert (recu.status_code, recu.text) == (404, unknown.text)
    for chemin in ("/agir", "/avis", "/clore", "/code"):
        assert ensemble.conseil.post(ensemble.page + chemin, data={"passer": "1"}).status_code == 404
    assert ensemble.page not in ensemble.conseil.get("/entretiens").text


def test_somebody_of_another_structure_finds_nothing(ensemble: Table) -> None:
    atelier = ensemble.atelier
    try:
        autre = atelier.compte(f"{ensemble.ref}@ailleurs.fr", atelier.structure("Ailleurs"))
        atelier.sign_in(ensemble.conseil, autre)
        unknown = ensemble.conseil.get("/entretiens/AAAAAAAAAAAAAAAA")
        recu = ensemble.conseil.get(ensemble.page)
        assert (recu.status_code, recu.text) == (404, unknown.text)
        assert ensemble.ref not in ensemble.conseil.get("/entretiens").text
    finally:
        atelier.sign_in(ensemble.conseil, ensemble.compte)


def test_nobody_signed_in_is_led_to_the_door(ensemble: Table) -> None:
    for chemin in ("/entretiens", ensemble.page):
        recu = ensemble.personne.get(chemin, follow_redirects=False)
        assert (recu.status_code, recu.headers["Location"]) == (303, "/connexion")
    assert ensemble.personne.post("/entretiens").status_code == 404
    assert ensemble.personne.post(f"{ensemble.page}/clore").status_code == 404


def test_each_look_is_written_down(ensemble: Table) -> None:
    ensemble.conseil.get(ensemble.page)
    (look,) = ensemble.atelier.archives.partages.looks(ensemble.dossier)
    assert (look.qui, look.nom, look.quoi) == ("Camille Essai", "Mission locale d'essai", "reponses")


def test_the_list_tells_dates_and_references_and_nothing_of_anyone(ensemble: Table) -> None:
    texte = parse(ensemble.conseil.get("/entretiens").text).text()
    assert ensemble.ref[:6] in texte
    assert "bébés" not in texte
    assert "ésultat" not in texte


def test_an_ended_interview_can_be_read_and_is_counted_once(ensemble: Table) -> None:
    html = ensemble.conseil.post(f"{ensemble.page}/clore").text
    assert "Entretien terminé" in html
    assert "/fiche" in html
    assert "Terminer l'entretien" not in html
    # There is nothing left to rank blind.
    assert f"{ensemble.page}/avis" not in html


def test_words_reach_neither_logs_nor_addresses(table: Table, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="cap_soin"):
        lien, code = table.lien, table.code.replace(" ", "")
        table.personne.get(lien)
        table.join()
        table.say("xylophone pour mamie")
        table.conseil.get(table.page)
    for secret in ("xylophone", lien.rpartition("/")[2], code):
        assert secret not in caplog.text


def test_a_swap_equals_a_reload(ensemble: Table) -> None:
    """Each form of the page that htmx sends, every kind of button of it."""
    acts = (
        ("/avis", {"premier": ""}),
        ("/avis", {"premier": "sage-femme"}),
        ("/avis", {"passer": "1"}),
        ("/agir", {"importance": "publics:beaucoup"}),
        ("/agir", {"ecarter": "sage-femme"}),
        ("/agir", {"remettre": "sage-femme"}),
    )
    for chemin, data in acts:
        alone = ensemble.conseil.post(
            ensemble.page + chemin,
            data={"page": ensemble.version, **data},
            headers={"HX-Request": "true"},
        )
        refused = alone.status_code == 422
        whole = (
            ensemble.conseil.post(ensemble.page + chemin, data=data)
            if refused
            else ensemble.conseil.get(ensemble.page)
        )
        assert "<html" not in alone.text
        assert parse(alone.text).by_id("entretien") == parse(whole.text).by_id("entretien")
