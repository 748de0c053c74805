"""The door of those who accompany, as a browser meets it: two forms, an invitation, one's own account."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.dossiers.comptes import Compte, Role
from service.dossiers.frein import PAR_CLE
from tests.alentours import Alentours
from tests.professionnels import CHEZ_NOUS, PHRASE, Atelier, workshop
from web.app import create_app
from web.settings import Settings

CAMILLE = "camille@exemple.fr"
AUTRE = "une tout autre phrase"


@pytest.fixture
def atelier(tmp_path: Path) -> Iterator[Atelier]:
    with workshop("sqlite", tmp_path) as made:
        yield made


@pytest.fixture
def site(conseiller: Conseiller, atelier: Atelier) -> Iterator[TestClient]:
    app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
    with TestClient(app, headers=CHEZ_NOUS, follow_redirects=False) as client:
        yield client


@pytest.fixture
def camille(atelier: Atelier) -> Compte:
    return atelier.compte(CAMILLE, atelier.structure())


def invite(atelier: Atelier, role: Role = Role.CONSEIL) -> str:
    structure = None if role is Role.ADMIN else atelier.structure()
    return f"/invitation/{atelier.comptes.invite(CAMILLE, 'Camille Essai', role, structure)}"


def answer(site: TestClient, atelier: Atelier, adresse: str, **change: str) -> dict[str, str]:
    """The form of an invitation, filled as the page shows it, with this changed."""
    page = unescape(site.get(adresse).text)
    secret = re.search(r'class="compte-cle">([A-Z2-7 ]+)<', page)
    cle = re.search(r'name="cle" value="([^"]+)"', page)
    assert secret
    assert cle
    code = atelier.code(secret[1].replace(" ", ""))
    return {"cle": cle[1], "mot_de_passe": PHRASE, "encore": PHRASE, "code": code} | change


def first_step(site: TestClient, mot_de_passe: str = PHRASE) -> int:
    form = {"courriel": CAMILLE, "mot_de_passe": mot_de_passe}
    return int(site.post("/connexion", data=form).status_code)


# --- signing in ----------------------------------------------------------------------------------------


def test_password_then_code_opens_the_account(site: TestClient, atelier: Atelier, camille: Compte) -> None:
    assert first_step(site) == 303
    assert site.get("/connexion/double").status_code == 200
    reponse = site.post("/connexion/double", data={"code": atelier.code()})
    assert (reponse.status_code, reponse.headers["location"]) == (303, "/entretiens")
    assert camille.nom in site.get("/compte").text
    assert "double" not in site.cookies


def test_the_password_alone_opens_nothing(site: TestClient, camille: Compte) -> None:
    first_step(site)
    assert site.get("/compte").headers["location"] == "/connexion"
    assert "conseil" not in site.cookies


def test_the_code_alone_opens_nothing(site: TestClient, atelier: Atelier, camille: Compte) -> None:
    reponse = site.post("/connexion/double", data={"code": atelier.code()})
    assert reponse.headers["location"] == "/connexion"
    assert "conseil" not in site.cookies


def test_between_password_and_code_ten_minutes_pass_at_most(
    site: TestClient, atelier: Atelier, camille: Compte
) -> None:
    first_step(site)
    atelier.horloge.advance(minutes=10)
    assert site.post("/connexion/double", data={"code": atelier.code()}).headers["location"] == "/connexion"


def test_the_cookie_of_one_step_does_not_serve_for_another(
    site: TestClient, atelier: Atelier, camille: Compte
) -> None:
    first_step(site)
    site.cookies.set("conseil", site.cookies["double"])
    assert site.get("/compte").status_code == 303
    site.cookies.clear()
    site.cookies.set("double", atelier.archives.coffre.seal({"compte": camille.ref}).decode())
    assert site.post("/connexion/double", data={"code": atelier.code()}).headers["location"] == "/connexion"


def test_a_wrong_password_and_an_unknown_email_get_the_same_page(site: TestClient, camille: Compte) -> None:
    pages = [
        site.post("/connexion", data={"courriel": courriel, "mot_de_passe": AUTRE})
        for courriel in (CAMILLE, "nobody@exemple.fr")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    assert pages[0].text.replace(CAMILLE, "") == pages[1].text.replace("nobody@exemple.fr", "")
    assert AUTRE not in pages[0].text


def test_too_many_failures_are_told_and_the_right_password_waits_too(
    site: TestClient, camille: Compte
) -> None:
    assert [first_step(site, AUTRE) for _ in range(PAR_CLE)] == [422] * PAR_CLE
    assert first_step(site) == 429


def test_a_second_sign_in_gives_a_new_secret_and_ends_the_first(
    site: TestClient, atelier: Atelier, camille: Compte
) -> None:
    site.follow_redirects = True
    atelier.sign_in(site, camille)
    first = site.cookies["conseil"]
    atelier.horloge.advance(minutes=1)
    first_step(site)
    site.post("/connexion/double", data={"code": atelier.code()})
    assert site.cookies["conseil"] != first
    site.cookies.set("conseil", first)
    site.follow_redirects = False
    site.cookies.clear()
    site.cookies.set("conseil", first)
    assert site.get("/compte").status_code == 303


@pytest.mark.parametrize("nom", ["conseil", "double"])
def test_with_https_cookies_are_for_us_alone(
    conseiller: Conseiller, atelier: Atelier, camille: Compte, nom: str
) -> None:
    app = create_app(Settings(https=True), conseiller, Alentours(), atelier.archives)
    with TestClient(app, headers=CHEZ_NOUS, base_url="https://testserver", follow_redirects=False) as client:
        answers = [
            client.post("/connexion", data={"courriel": CAMILLE, "mot_de_passe": PHRASE}),
            client.post("/connexion/double", data={"code": atelier.code()}),
        ]
    given = [c for a in answers for c in a.headers.get_list("set-cookie") if c.startswith(f"__Host-{nom}=")]
    assert given
    for cookie in given:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_signing_out_ends_the_session_on_our_side_too(
    site: TestClient, atelier: Atelier, camille: Compte
) -> None:
    site.follow_redirects = True
    atelier.sign_in(site, camille)
    jeton = site.cookies["conseil"]
    site.follow_redirects = False
    assert site.post("/deconnexion").headers["location"] == "/connexion"
    assert "conseil" not in site.cookies
    site.cookies.set("conseil", jeton)
    assert site.get("/compte").status_code == 303


def test_without_a_session_a_page_leads_to_the_door_and_an_act_does_not_exist(site: TestClient) -> None:
    for adresse in ("/compte", "/administration"):
        assert site.get(adresse).headers["location"] == "/connexion"
    for adresse in (
        "/compte/mot-de-passe",
        "/compte/seances",
        "/administration/inviter",
        "/administration/structures",
    ):
        assert site.post(adresse, data={"nom": "x"}).status_code == 404


def test_nothing_of_a_sign_in_is_in_the_log(
    site: TestClient, atelier: Atelier, camille: Compte, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        first_step(site, AUTRE)
        first_step(site)
        code = atelier.code()
        site.post("/connexion/double", data={"code": code})
        site.get(adresse := invite_other(atelier))
    # The client of the tests writes its own log, with whole addresses.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert ours
    for secret in (CAMILLE, PHRASE, AUTRE, code, site.cookies["conseil"], adresse.rpartition("/")[2]):
        assert secret not in repr(ours)


def invite_other(atelier: Atelier) -> str:
    jeton = atelier.comptes.invite("sacha@exemple.fr", "Sacha", Role.ADMIN, None)
    return f"/invitation/{jeton}"


# --- an invitation -------------------------------------------------------------------------------------


def test_an_invitation_says_who_invites_and_looking_at_it_uses_nothing(
    site: TestClient, atelier: Atelier
) -> None:
    adresse = invite(atelier)
    for _ in range(3):
        page = unescape(site.get(adresse).text)
    assert "Mission locale d'essai vous invite" in page
    assert '<svg class="qr"' in page
    assert atelier.comptes.comptes() == []


def test_an_answered_invitation_opens_the_account_and_is_gone(site: TestClient, atelier: Atelier) -> None:
    adresse = invite(atelier)
    reponse = site.post(adresse, data=answer(site, atelier, adresse))
    assert (reponse.status_code, reponse.headers["location"]) == (303, "/entretiens")
    assert CAMILLE in site.get("/compte").text
    assert site.get(adresse).status_code == 404


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        ({"mot_de_passe": "court", "encore": "court"}, "de 12 à 128 signes"),
        ({"mot_de_passe": "motdepasse2026", "encore": "motdepasse2026"}, "trop courant"),
        ({"encore": AUTRE}, "ne sont pas les mêmes"),
        ({"code": "000000"}, "n'est pas celui de maintenant"),
        ({"cle": "falsifiée"}, "n'est pas celui de maintenant"),
    ],
)
def test_a_badly_answered_invitation_says_what_is_wrong_and_stays(
    site: TestClient, atelier: Atelier, change: dict[str, str], dit: str
) -> None:
    adresse = invite(atelier)
    reponse = site.post(adresse, data=answer(site, atelier, adresse, **change))
    assert reponse.status_code == 422
    assert dit in unescape(reponse.text)
    assert PHRASE not in reponse.text
    assert atelier.comptes.comptes() == []
    assert site.get(adresse).status_code == 200


def test_after_an_error_the_telephone_already_linked_still_serves(site: TestClient, atelier: Atelier) -> None:
    adresse = invite(atelier)
    form = answer(site, atelier, adresse)
    page = site.post(adresse, data=form | {"encore": AUTRE}).text
    cle = re.search(r'name="cle" value="([^"]+)"', page)
    assert cle
    assert site.post(adresse, data=form | {"cle": cle[1]}).status_code == 303


def test_the_key_of_another_invitation_is_not_taken(site: TestClient, atelier: Atelier) -> None:
    adresse, other = invite(atelier), invite_other(atelier)
    reponse = site.post(adresse, data=answer(site, atelier, other))
    assert reponse.status_code == 422


@pytest.mark.parametrize("jeton", ["x", "x" * 43, "%00", "é" * 43])
def test_an_unknown_invitation_does_not_exist(site: TestClient, jeton: str) -> None:
    assert site.get(f"/invitation/{jeton}").status_code == 404
    assert site.post(f"/invitation/{jeton}", data={"code": "1"}).status_code == 404


# --- one's own account ---------------------------------------------------------------------------------


def signed_in(site: TestClient, atelier: Atelier, compte: Compte) -> None:
    site.follow_redirects = True
    atelier.sign_in(site, compte)
    site.follow_redirects = False


def test_a_changed_password_signs_out_the_other_devices_and_not_this_one(
    site: TestClient, atelier: Atelier, camille: Compte
) -> None:
    elsewhere = atelier.archives.seances.open(camille)
    signed_in(site, atelier, camille)
    form = {"actuel": PHRASE, "mot_de_passe": AUTRE, "encore": AUTRE}
    assert site.post("/compte/mot-de-passe", data=form).status_code == 200
    assert site.get("/compte").status_code == 200
    site.cookies.clear()
    site.cookies.set("conseil", elsewhere)
    assert site.get("/compte").status_code == 303
    assert (first_step(site), first_step(site, AUTRE)) == (422, 303)


@pytest.mark.parametrize(
    ("change", "dit"),
    [({"actuel": AUTRE}, "n'est pas celui-là"), ({"encore": PHRASE}, "ne sont pas les mêmes"),
     ({"mot_de_passe": "court", "encore": "court"}, "de 12 à 128 signes")],
)  # fmt: skip
def test_a_password_is_not_changed_when(
    site: TestClient, atelier: Atelier, camille: Compte, change: dict[str, str], dit: str
) -> None:
    signed_in(site, atelier, camille)
    form = {"actuel": PHRASE, "mot_de_passe": AUTRE, "encore": AUTRE} | change
    reponse = site.post("/compte/mot-de-passe", data=form)
    assert reponse.status_code == 422
    assert dit in unescape(reponse.text)
    assert first_step(site) == 303


def test_somebody_at_an_open_screen_cannot_try_passwords_for_ever(
    site: TestClient, atelier: Atelier, camille: Compte
) -> None:
    signed_in(site, atelier, camille)
    form = {"actuel": "au hasard", "mot_de_passe": AUTRE, "encore": AUTRE}
    for _ in range(PAR_CLE):
        site.post("/compte/mot-de-passe", data=form)
    reponse = site.post("/compte/mot-de-passe", data=form | {"actuel": PHRASE})
    assert "Trop d'essais" in unescape(reponse.text)


def test_signing_out_everywhere_reaches_the_other_devices(
    site: TestClient, atelier: Atelier, camille: Compte
) -> None:
    elsewhere = atelier.archives.seances.open(camille)
    signed_in(site, atelier, camille)
    assert site.post("/compte/seances").headers["location"] == "/connexion"
    site.cookies.clear()
    site.cookies.set("conseil", elsewhere)
    assert site.get("/compte").status_code == 303


def test_the_page_ends_with_the_session(site: TestClient, atelier: Atelier, camille: Compte) -> None:
    signed_in(site, atelier, camille)
    atelier.horloge.maintenant += timedelta(minutes=30)
    assert site.get("/compte").status_code == 303


def test_an_admin_arrives_where_accounts_are_managed(site: TestClient, atelier: Atelier) -> None:
    adresse = invite(atelier, Role.ADMIN)
    reponse = site.post(adresse, data=answer(site, atelier, adresse))
    assert reponse.headers["location"] == "/administration"
    assert site.get("/administration").status_code == 200
