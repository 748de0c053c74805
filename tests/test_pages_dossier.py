"""A dossier from its pages: kept, resumed elsewhere, changed, taken away, closed, erased; nothing twice, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation
from service.dossiers.archives import Archives
from service.dossiers.codes import new_code, new_jeton
from service.dossiers.frein import PAR_ADRESSE
from service.dossiers.reglages import ReglagesDossiers
from service.dossiers.tables import DOSSIER
from tests.alentours import Alentours
from tests.dom import parse
from tests.etats import DETRESSE, ICI, SMS, Recu, parole
from web.app import create_app
from web.settings import Settings

MEME_SITE = {"Sec-Fetch-Site": "same-origin"}
CODE = re.compile(r"\b[2-9A-Z]{4} [2-9A-Z]{4}\b")
LIEN = re.compile(r"/reprendre/[A-Za-z0-9_-]{43}")


@dataclass
class Montre:
    """A clock the test moves."""

    maintenant: datetime = datetime(2026, 11, 22, 9, 0)

    def __call__(self) -> datetime:
        return self.maintenant

    def wait(self, **duree: float) -> None:
        self.maintenant += timedelta(**duree)


@dataclass
class Banc:
    """The service, its base, its clock, and one browser; `another()` is one more."""

    archives: Archives
    montre: Montre
    conseiller: Conseiller
    browsers: list[TestClient] = field(default_factory=list)

    @property
    def site(self) -> TestClient:
        return self.browsers[0] if self.browsers else self.another()

    def another(self) -> TestClient:
        app = create_app(Settings(), self.conseiller, Alentours(), self.archives)
        browser = TestClient(app, headers=MEME_SITE)
        browser.__enter__()
        self.browsers.append(browser)
        return browser


@pytest.fixture
def banc(conseiller: Conseiller, tmp_path: Path) -> Iterator[Banc]:
    montre = Montre()
    reglages = ReglagesDossiers(
        dossiers=f"sqlite:///{tmp_path / 'dossiers.sqlite'}", secret_fichier=tmp_path / "secret"
    )
    banc = Banc(Archives(reglages, horloge=montre), montre, conseiller)
    yield banc
    for browser in banc.browsers:
        browser.__exit__(None, None, None)


def fields(recu: Recu, action: str) -> dict[str, str]:
    """What the form with this action carries, as the page shows it."""
    form = next(f for f in parse(recu.text).all("form") if f.attrs.get("action", "").startswith(action))
    typed = {t.attrs["name"]: t.text().removeprefix("\n") for t in form.all("textarea")}
    inputs = {
        i.attrs["name"]: i.attrs.get("value", "") for i in form.all("input") if i.attrs.get("type") != "radio"
    }
    return inputs | typed


def keep(site: TestClient, etat: str = parole(SMS), duree: str = "30") -> Recu:
    """As a person does: the chat's button, then the form."""
    asked = site.post("/garder", data={"etat": etat})
    return site.post("/dossier", data=fields(asked, "/dossier") | {"duree": duree})


def code_of(recu: Recu) -> str:
    found = CODE.search(recu.text)
    assert found
    return found[0]


def link_of(recu: Recu) -> str:
    found = LIEN.search(recu.text)
    assert found
    return found[0]


def text(recu: Recu) -> str:
    main = parse(recu.text).by_id("contenu")
    return " ".join(main.text().split())


def dossiers(banc: Banc) -> int:
    with banc.archives.coffre.reading() as connexion:
        return connexion.scalar(select(func.count()).select_from(DOSSIER)) or 0


# --- keeping --------------------------------------------------------------------------------------------


def test_the_form_says_what_is_kept_and_thirty_days_are_chosen(banc: Banc) -> None:
    page = banc.site.post("/garder", data={"etat": parole(SMS)})
    chosen = [i.attrs["value"] for i in parse(page.text).all("input", type="radio") if "checked" in i.attrs]
    assert chosen == ["30"]
    for words in ("Ce qui est gardé", "Qui le voit", "Comment l'effacer"):
        assert words in text(page)
    assert not banc.archives.reglages.secret_fichier.exists()


def test_keeping_shows_a_code_and_a_link_once_and_the_dossier_is_open(banc: Banc) -> None:
    made = keep(banc.site)
    assert made.status_code == 200
    code, link = code_of(made), link_of(made)
    page = banc.site.get("/dossier")
    assert page.status_code == 200
    assert code not in page.text
    assert link not in page.text
    assert "22 décembre 2026" in text(page)


@pytest.mark.parametrize("duree", ["", "8", "365", "trente"])
def test_no_other_duration_is_taken_and_the_answers_stay_in_the_form(banc: Banc, duree: str) -> None:
    refus = keep(banc.site, duree=duree)
    assert refus.status_code == 422
    assert "Choisissez une durée" in text(refus)
    assert Conversation.from_json(fields(refus, "/dossier")["etat"]).tours


def test_the_same_form_sent_twice_makes_one_dossier_and_shows_the_same_code(banc: Banc) -> None:
    asked = banc.site.post("/garder", data={"etat": parole(SMS)})
    sent = fields(asked, "/dossier") | {"duree": "7"}
    twice = banc.another()
    both = [banc.site.post("/dossier", data=sent), twice.post("/dossier", data=sent)]
    assert code_of(both[0]) == code_of(both[1])
    assert link_of(both[0]) == link_of(both[1])
    assert dossiers(banc) == 1
    assert twice.get("/dossier").status_code == 200


def test_the_form_of_an_erased_dossier_makes_nothing_anew(banc: Banc) -> None:
    asked = banc.site.post("/garder", data={"etat": parole(SMS)})
    sent = fields(asked, "/dossier") | {"duree": "7"}
    banc.site.post("/dossier", data=sent)
    banc.site.post("/dossier/effacer")
    again = banc.site.post("/dossier", data=sent, follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "/reprendre")
    assert dossiers(banc) == 0


def test_a_call_for_help_is_not_kept(banc: Banc) -> None:
    keep(banc.site, parole(DETRESSE))
    contenu = banc.site.get("/dossier/export.json").json()["contenu"]
    assert contenu["conversation"]["tours"] == []


def test_whoever_keeps_already_is_shown_their_dossier(banc: Banc) -> None:
    keep(banc.site)
    chat = banc.site.get("/conversation")
    assert not [f for f in parse(chat.text).all("form") if f.attrs["action"] == "/garder"]
    again = banc.site.post("/garder", data=fields(chat, "/resultats"), follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "/dossier")


def test_answers_that_cannot_be_read_make_no_dossier(banc: Banc) -> None:
    assert banc.site.post("/garder", data={"etat": "{"}).status_code == 422
    assert banc.site.post("/dossier", data={"etat": "{", "duree": "7"}).status_code == 422
    assert not banc.archives.reglages.secret_fichier.exists()


# --- resuming -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda c: c.replace(" ", "-"), lambda c: f" {c.replace(' ', '')}. "]
)
def test_the_code_opens_the_dossier_on_another_device_however_it_is_typed(
    banc: Banc, typed: Callable[[str], str]
) -> None:
    code = code_of(keep(banc.site))
    elsewhere = banc.another()
    opened = elsewhere.post("/reprendre", data={"code": typed(code)})
    assert opened.url.path == "/dossier"
    assert "mamie" in elsewhere.get("/conversation").text


def test_a_wrong_code_is_said_next_to_the_field_and_stays_in_it(banc: Banc) -> None:
    banc.site.get("/reprendre")
    unknown, unreadable = new_code(), "ABC-0"
    for typed, status in ((unknown, 404), (unreadable, 422)):
        page = banc.site.post("/reprendre", data={"code": typed})
        field = parse(page.text).by_id("code")
        assert page.status_code == status
        assert field.attrs["value"] == typed
        assert field.attrs["aria-invalid"] == "true"
        assert "code-erreur" in field.attrs["aria-describedby"]


def test_trying_codes_is_slowed_down_and_the_field_is_kept(banc: Banc) -> None:
    for _ in range(PAR_ADRESSE):
        assert banc.site.post("/reprendre", data={"code": new_code()}).status_code == 404
    code = code_of(keep(banc.another()))
    slowed = banc.site.post("/reprendre", data={"code": code})
    assert slowed.status_code == 429
    assert slowed.headers["retry-after"] == "900"
    assert parse(slowed.text).by_id("code").attrs["value"] == code
    banc.montre.wait(minutes=16)
    assert banc.site.post("/reprendre", data={"code": code}).url.path == "/dossier"


def test_looking_at_a_link_opens_nothing_and_pressing_its_button_does(banc: Banc) -> None:
    link = link_of(keep(banc.site))
    elsewhere = banc.another()
    for _ in range(2):
        preview = elsewhere.get(link)
        assert preview.status_code == 200
        assert preview.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in preview.headers
    assert elsewhere.post(link).url.path == "/dossier"


def test_an_unknown_an_expired_and_a_misshapen_link_get_the_same_answer(banc: Banc) -> None:
    expired = link_of(keep(banc.site, duree="7"))
    banc.montre.wait(days=8)
    elsewhere = banc.another()
    answers = [elsewhere.post(a) for a in (expired, f"/reprendre/{new_jeton()}", "/reprendre/abc")]
    assert {a.status_code for a in answers} == {404}
    assert len({a.text for a in answers}) == 1
    pages = [elsewhere.get(a).text.replace(a, "") for a in (expired, f"/reprendre/{new_jeton()}")]
    assert pages[0] == pages[1]


def test_without_a_dossier_its_page_asks_for_the_code_and_the_rest_is_unknown(banc: Banc) -> None:
    asked = banc.site.get("/dossier", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/reprendre")
    unknown = banc.site.get("/nulle-part")
    for address in ("papier", "rappels", "rappels.ics", "export.json", "export.pdf"):
        found = banc.site.get(f"/dossier/{address}")
        assert (found.status_code, text(found)) == (404, text(unknown))
    for address in ("notes", "etapes", "duree", "code", "effacer"):
        assert banc.site.post(f"/dossier/{address}").status_code == 404


# --- the page -------------------------------------------------------------------------------------------


def test_the_ranking_shown_is_remembered_with_its_date_and_versions(banc: Banc) -> None:
    keep(banc.site)
    banc.site.post("/resultats", data=fields(banc.site.get("/dossier"), "/resultats"))
    page = banc.site.get("/dossier")
    titles = [li.text() for li in parse(page.text).by_id("contenu").all("ol")[0].all("li")]
    assert len(titles) == 3
    assert "Proposés le 22 novembre 2026 à 10\u00a0h" in page.text
    assert "Versions" in text(page)


def test_what_was_set_aside_is_told(banc: Banc) -> None:
    keep(banc.site)
    sent = fields(banc.site.get("/dossier"), "/resultats")
    banc.site.post("/resultats", data=sent | {"ecarter": "aide-soignant"})
    titre = banc.conseiller.connaissances.metiers["aide-soignant"].titre.double
    assert f"mis de côté {titre}" in text(banc.site.get("/dossier"))


def write(site: TestClient, page: Recu, notes: str) -> Recu:
    return site.post("/dossier/notes", data=fields(page, "/dossier/notes") | {"notes": notes})


def notes_of(site: TestClient) -> str:
    return fields(site.get("/dossier"), "/dossier/notes")["notes"]


def test_notes_are_kept_as_written_and_never_as_markup(banc: Banc) -> None:
    keep(banc.site)
    written = "<b>Appeler</b> l'Ifas\r\nMardi"
    write(banc.site, banc.site.get("/dossier"), written)
    assert "<b>" not in banc.site.get("/dossier").text
    assert banc.site.get("/dossier/export.json").json()["contenu"]["notes"] == "<b>Appeler</b> l'Ifas\nMardi"


def test_an_older_page_never_writes_over_newer_notes(banc: Banc) -> None:
    keep(banc.site)
    first_tab, second_tab = banc.site.get("/dossier"), banc.site.get("/dossier")
    write(banc.site, first_tab, "Appeler la mission locale")
    both = write(banc.site, second_tab, "Demander un stage")
    assert both.status_code == 422
    assert "Appeler la mission locale" in text(both)
    assert fields(both, "/dossier/notes")["notes"] == "Demander un stage"
    assert notes_of(banc.site) == "Appeler la mission locale"
    write(banc.site, both, "Appeler, puis demander un stage")
    assert notes_of(banc.site) == "Appeler, puis demander un stage"


def test_notes_sent_again_from_an_older_page_change_nothing(banc: Banc) -> None:
    keep(banc.site)
    page = banc.site.get("/dossier")
    write(banc.site, page, "Premier")
    write(banc.site, banc.site.get("/dossier"), "Second")
    assert write(banc.site, page, "Premier").status_code == 200
    assert notes_of(banc.site) == "Second"


def test_notes_too_long_are_refused_and_stay_on_the_page(banc: Banc) -> None:
    keep(banc.site)
    refus = write(banc.site, banc.site.get("/dossier"), "x" * 4001)
    assert refus.status_code == 422
    assert "La limite est de 4000" in text(refus)
    assert fields(refus, "/dossier/notes")["notes"] == "x" * 4001


def plan(site: TestClient, texte: str, le: str = "", qui: str = "", page: Recu | None = None) -> Recu:
    sent = fields(page or site.get("/dossier"), "/dossier/etapes")
    return site.post("/dossier/etapes", data=sent | {"texte": texte, "le": le, "qui": qui})


def steps(recu: Recu) -> list[str]:
    return [
        " ".join(li.text().split())
        for li in parse(recu.text).walk()
        if "etape-ligne" in li.attrs.get("class", "")
    ]


def gesture(recu: Recu, rang: int = 0) -> tuple[str, dict[str, str]]:
    forms = [f for f in parse(recu.text).all("form") if f.attrs["action"].startswith("/dossier/etapes/")]
    return forms[rang].attrs["action"], {i.attrs["name"]: i.attrs["value"] for i in forms[rang].all("input")}


def test_steps_are_shown_by_date_then_ticked_and_removed(banc: Banc) -> None:
    keep(banc.site)
    plan(banc.site, "Écrire à l'Ifas", "2027-02-01", "moi")
    plan(banc.site, "Relire mes notes")
    page = plan(banc.site, "Appeler", "2026-12-01")
    assert [s.split(" 1er")[0].split(" C'est")[0] for s in steps(page)] == [
        "Appeler",
        "Écrire à l'Ifas",
        "Relire mes notes",
    ]
    action, sent = gesture(page)
    page = banc.site.post(action, data=sent | {"faire": "faite"})
    assert steps(page)[-1].startswith("Fait : Appeler")
    action, sent = gesture(page)
    assert not [s for s in steps(banc.site.post(action, data=sent | {"faire": "enlever"})) if "Ifas" in s]


def test_a_step_sent_twice_is_added_once_and_a_removed_one_stays_removed(banc: Banc) -> None:
    keep(banc.site)
    older = banc.site.get("/dossier")
    for _ in range(2):
        page = plan(banc.site, "Appeler", page=older)
    assert len(steps(page)) == 1
    action, sent = gesture(page)
    banc.site.post(action, data=sent | {"faire": "enlever"})
    assert steps(plan(banc.site, "Appeler", page=older)) == []
    assert banc.site.post(action, data=sent | {"faire": "faite"}).status_code == 200


@pytest.mark.parametrize(
    ("texte", "le", "reason"),
    [
        ("  ", "", "Écrivez ce qu'il y a à faire"),
        ("Appeler", "demain", "Cette date n'a pas pu être lue"),
        ("Appeler", "0001-01-01", "Cette date n'a pas pu être lue"),
        ("x" * 201, "", "C'est trop long"),
    ],
    ids=["vide", "mots", "an-1", "long"],
)
def test_a_step_that_cannot_be_taken_stays_in_its_fields(
    banc: Banc, texte: str, le: str, reason: str
) -> None:
    keep(banc.site)
    refus = plan(banc.site, texte, le, "ma conseillère")
    assert refus.status_code == 422
    assert reason in text(refus)
    kept = fields(refus, "/dossier/etapes")
    assert (kept["texte"], kept["le"], kept["qui"]) == (texte, le, "ma conseillère")


def test_forty_steps_are_enough(banc: Banc) -> None:
    keep(banc.site)
    for rang in range(40):
        plan(banc.site, f"Étape {rang}")
    assert "déjà 40 étapes" in text(plan(banc.site, "Une de trop"))


def test_the_last_changes_are_told(banc: Banc) -> None:
    keep(banc.site)
    plan(banc.site, "Appeler")
    for rang in range(25):
        write(banc.site, banc.site.get("/dossier"), f"Note {rang}")
    told = [
        li
        for li in parse(banc.site.get("/dossier").text).all("ol")
        if "changements" in li.attrs.get("class", "")
    ]
    lines = told[0].all("li")
    assert len(lines) == 21
    assert "Notes changées" in lines[0].text()


def test_the_date_of_the_end_moves_with_the_duration(banc: Banc) -> None:
    keep(banc.site, duree="7")
    banc.montre.wait(days=5)
    page = banc.site.post("/dossier/duree", data={"duree": "90"})
    assert "25 février 2027" in text(page)
    banc.montre.wait(days=80)
    assert banc.site.get("/dossier").status_code == 200
    assert banc.site.post("/dossier/duree", data={"duree": "1000"}).status_code == 422


def test_a_new_code_ends_the_old_one_and_closes_the_other_devices(banc: Banc) -> None:
    made = keep(banc.site)
    elsewhere, stranger = banc.another(), banc.another()
    elsewhere.post("/reprendre", data={"code": code_of(made)})
    sent = fields(banc.site.get("/dossier"), "/dossier/code")
    fresh = banc.site.post("/dossier/code", data=sent)
    assert code_of(fresh) != code_of(made)
    assert elsewhere.get("/dossier").status_code == 404
    assert stranger.post("/reprendre", data={"code": code_of(made)}).status_code == 404
    assert stranger.post(link_of(made)).status_code == 404
    assert stranger.post("/reprendre", data={"code": code_of(fresh)}).url.path == "/dossier"


def test_a_new_code_asked_for_twice_shows_the_same_one_and_loses_nobody(banc: Banc) -> None:
    keep(banc.site)
    sent = fields(banc.site.get("/dossier"), "/dossier/code")
    before = banc.site.cookies["dossier"]
    first = banc.site.post("/dossier/code", data=sent)
    banc.site.cookies.clear()
    banc.site.cookies.set("dossier", before)
    second = banc.site.post("/dossier/code", data=sent)
    assert code_of(first) == code_of(second)
    banc.site.cookies.clear()
    assert banc.site.post("/reprendre", data={"code": code_of(first)}).url.path == "/dossier"


# --- leaving --------------------------------------------------------------------------------------------


def test_closing_here_leaves_the_dossier_for_its_code(banc: Banc) -> None:
    code = code_of(keep(banc.site))
    appareil = banc.site.cookies["dossier"]
    closed = banc.site.post("/dossier/fermer")
    assert "fermé sur cet appareil" in text(closed)
    assert "dossier" not in banc.site.cookies
    banc.site.cookies.set("dossier", appareil)
    assert banc.site.get("/dossier").status_code == 404
    banc.site.cookies.clear()
    assert banc.site.post("/reprendre", data={"code": code}).url.path == "/dossier"


def test_one_press_erases_everything_and_the_page_proves_it(banc: Banc) -> None:
    made = keep(banc.site)
    appareil = banc.site.cookies["dossier"]
    gone = banc.site.post("/dossier/effacer")
    assert gone.status_code == 200
    assert "Ce dossier n'existe plus" in text(gone)
    assert "storage" in gone.headers["clear-site-data"]
    assert "dossier" not in banc.site.cookies
    assert dossiers(banc) == 0
    banc.site.cookies.set("dossier", appareil)
    assert banc.site.get("/dossier").status_code == 404
    assert banc.site.post("/reprendre", data={"code": code_of(made)}).status_code == 404
    assert banc.site.post("/dossier/effacer").status_code == 404


def test_past_its_day_a_dossier_says_so_and_the_chat_goes_on_without_it(banc: Banc) -> None:
    keep(banc.site, duree="7")
    chat = banc.site.get("/conversation")
    banc.montre.wait(days=7)
    went_on = banc.site.post("/conversation", data=fields(chat, "/resultats") | {"choix": "permis:oui"})
    assert went_on.status_code == 200
    assert "n'est plus ouvert ici" in text(went_on)
    over = banc.site.get("/dossier")
    assert over.status_code == 404
    assert "Sa durée est finie" in text(over)
    assert "dossier" not in banc.site.cookies


def test_when_the_base_fails_the_chat_goes_on_and_says_that_nothing_more_is_kept(banc: Banc) -> None:
    keep(banc.site, ICI)
    chat = banc.site.get("/conversation")
    sent = fields(chat, "/resultats")
    banc.archives.coffre.close()
    fichier = banc.archives.coffre.fichier
    assert fichier
    fichier.rename(fichier.with_suffix(".ailleurs"))
    fichier.mkdir()
    for address in ("/conversation", "/resultats"):
        page = banc.site.post(address, data=sent | {"choix": "permis:oui"})
        assert page.status_code == 200
        assert "ne répond pas" in text(page)
    lost = banc.site.get("/dossier")
    assert lost.status_code == 503
    assert "Rien n'est perdu" in text(lost)


# --- around ---------------------------------------------------------------------------------------------


def links(recu: Recu) -> set[str]:
    return {a.attrs["href"] for a in parse(recu.text).all("a")}


def test_the_way_back_to_the_dossier_is_in_the_header_and_at_the_door(banc: Banc) -> None:
    assert "/dossier" not in links(banc.site.get("/"))
    assert "/reprendre" in links(banc.site.get("/"))
    keep(banc.site)
    assert "/dossier" in links(banc.site.get("/"))
    assert "/dossier" in links(banc.site.get("/metiers"))


def test_no_page_is_found_by_a_robot_nor_kept_by_a_browser(banc: Banc) -> None:
    link = link_of(keep(banc.site))
    for address in ("/dossier", "/dossier/papier", "/dossier/export.json", link):
        assert banc.site.get(address).headers["cache-control"] == "no-store"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_plain_http(conseiller: Conseiller, banc: Banc) -> None:
    app = create_app(Settings(https=True), conseiller, Alentours(), banc.archives)
    with TestClient(app, base_url="https://testserver", headers=MEME_SITE) as site:
        cookie = keep(site).headers["set-cookie"]
    assert cookie.startswith("__Host-dossier=")
    for rule in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert rule in cookie
    assert "Max-Age" not in cookie
