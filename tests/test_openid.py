"""Signing in at an identity provider: the flow as ProConnect speaks it, and every way it must not be believed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.dossiers.comptes import CompteIntrouvable, Role
from service.dossiers.openid import OpenId, OpenIdEnPanne, OpenIdRefuse
from tests.alentours import Alentours
from tests.fournisseur import AUTRE_CLE, CLE, CLIENT, SECRET, Fournisseur, Mensonges, provider
from tests.professionnels import CHEZ_NOUS, Atelier, workshop
from web.app import create_app
from web.settings import Settings

RETOUR = "https://capsoin.example/connexion/openid/retour"
CAMILLE = "camille@exemple.fr"


@pytest.fixture
def fournisseur() -> Iterator[Fournisseur]:
    with provider() as running:
        yield running


@pytest.fixture
def openid(fournisseur: Fournisseur) -> OpenId:
    return OpenId(fournisseur.adresse, CLIENT, SECRET, nom="ProConnect", delai_s=2.0)


@pytest.fixture
def atelier(tmp_path: Path, fournisseur: Fournisseur) -> Iterator[Atelier]:
    set_ = {"oidc_emetteur": fournisseur.adresse, "oidc_client": CLIENT, "oidc_secret": SECRET}
    with workshop("sqlite", tmp_path, **set_) as made:
        yield made


@pytest.fixture
def site(conseiller: Conseiller, atelier: Atelier) -> Iterator[TestClient]:
    app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
    with TestClient(app, headers=CHEZ_NOUS, follow_redirects=False) as client:
        yield client


def come_back(site: TestClient, fournisseur: Fournisseur, **change: str) -> Any:
    """The whole way: leave, sign in there, come back with this changed."""
    depart = site.get("/connexion/openid")
    assert depart.status_code == 303
    recu = fournisseur.authorize(depart.headers["location"]) | change
    return site.get("/connexion/openid/retour", params=recu)


# --- what the provider says ----------------------------------------------------------------------------


@pytest.mark.parametrize("en_clair", [False, True], ids=["signed", "json"])
def test_the_person_who_signed_in_there_is_known_here(
    openid: OpenId, fournisseur: Fournisseur, *, en_clair: bool
) -> None:
    fournisseur.mensonges = Mensonges(en_clair=en_clair)
    depart = openid.begin(RETOUR)
    identite = openid.finish(depart.attente, fournisseur.authorize(depart.adresse))
    assert identite.courriel == CAMILLE
    assert "sujet-1" not in identite.sujet


def test_the_departure_holds_neither_our_secret_nor_the_verifier(openid: OpenId) -> None:
    depart = openid.begin(RETOUR)
    demande = parse_qs(urlsplit(depart.adresse).query)
    assert demande["scope"] == ["openid email"]
    assert demande["redirect_uri"] == [RETOUR]
    assert depart.attente["verifier"] not in depart.adresse
    assert SECRET not in depart.adresse


@pytest.mark.parametrize(
    "mensonges",
    [
        pytest.param(Mensonges(id_token={"nonce": "un autre"}), id="another nonce"),
        pytest.param(Mensonges(id_token={"nonce": None}), id="no nonce"),
        pytest.param(Mensonges(id_token={"aud": "un-autre-service"}), id="for another service"),
        pytest.param(Mensonges(id_token={"aud": [CLIENT, "x"], "azp": "x"}), id="asked by another service"),
        pytest.param(Mensonges(id_token={"iss": "https://ailleurs.example"}), id="by another issuer"),
        pytest.param(Mensonges(id_token={"exp": int(time.time()) - 3600}), id="expired"),
        pytest.param(Mensonges(id_token={"exp": None}), id="without an end"),
        pytest.param(Mensonges(id_token={"iat": int(time.time()) + 3600}), id="of the future"),
        pytest.param(Mensonges(id_token={"sub": None}), id="of nobody"),
        pytest.param(Mensonges(id_token={"sub": "quelqu'un d'autre"}), id="of somebody else than userinfo"),
        pytest.param(Mensonges(sans_signature=True), id="alg none"),
        pytest.param(Mensonges(cle=AUTRE_CLE), id="signed with another key"),
        pytest.param(Mensonges(infos={"sub": "un autre"}, en_clair=True), id="userinfo of somebody else"),
        pytest.param(Mensonges(infos={"aud": "un-autre-service"}), id="userinfo for another service"),
    ],
)
def test_an_identity_is_not_believed_when(
    openid: OpenId, fournisseur: Fournisseur, mensonges: Mensonges
) -> None:
    fournisseur.mensonges = mensonges
    depart = openid.begin(RETOUR)
    with pytest.raises(OpenIdRefuse):
        openid.finish(depart.attente, fournisseur.authorize(depart.adresse))


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_not_believed(
    openid: OpenId, fournisseur: Fournisseur, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = OctKey.import_key(CLE.as_pem(private=False).hex())
    monkeypatch.setattr(
        Fournisseur, "_sign", lambda _, claims: jwt.encode({"alg": "HS256", "kid": "2026"}, claims, public)
    )
    depart = openid.begin(RETOUR)
    with pytest.raises(OpenIdRefuse):
        openid.finish(depart.attente, fournisseur.authorize(depart.adresse))


@pytest.mark.parametrize(
    "change",
    [{"state": "un autre"}, {"state": ""}, {"code": ""}, {"code": "inventé"}, {"error": "access_denied"},
     {"iss": "https://ailleurs.example"}],
)  # fmt: skip
def test_a_return_is_refused_with(openid: OpenId, fournisseur: Fournisseur, change: dict[str, str]) -> None:
    depart = openid.begin(RETOUR)
    with pytest.raises(OpenIdRefuse):
        openid.finish(depart.attente, fournisseur.authorize(depart.adresse) | change)


def test_a_code_taken_from_another_departure_is_refused(openid: OpenId, fournisseur: Fournisseur) -> None:
    mine, theirs = openid.begin(RETOUR), openid.begin(RETOUR)
    stolen = fournisseur.authorize(theirs.adresse)["code"]
    recu = fournisseur.authorize(mine.adresse) | {"code": stolen}
    with pytest.raises(OpenIdRefuse):
        openid.finish(mine.attente, recu)


def test_a_code_serves_once(openid: OpenId, fournisseur: Fournisseur) -> None:
    depart = openid.begin(RETOUR)
    recu = fournisseur.authorize(depart.adresse)
    openid.finish(depart.attente, recu)
    with pytest.raises(OpenIdRefuse):
        openid.finish(depart.attente, recu)


@pytest.mark.parametrize(
    ("verified", "surs", "kept"), [(True, False, True), (False, True, False), (None, False, False)]
)
def test_an_email_counts_only_when_verified(
    fournisseur: Fournisseur, *, verified: bool | None, surs: bool, kept: bool
) -> None:
    openid = OpenId(fournisseur.adresse, CLIENT, SECRET, nom="ProConnect", courriels_surs=surs)
    fournisseur.mensonges = Mensonges(infos={"email_verified": verified})
    depart = openid.begin(RETOUR)
    identite = openid.finish(depart.attente, fournisseur.authorize(depart.adresse))
    assert identite.courriel == (CAMILLE if kept else None)


def test_a_provider_known_to_verify_every_email_need_not_say_so(fournisseur: Fournisseur) -> None:
    openid = OpenId(fournisseur.adresse, CLIENT, SECRET, nom="ProConnect", courriels_surs=True)
    fournisseur.mensonges = Mensonges(infos={"email_verified": None})
    depart = openid.begin(RETOUR)
    assert openid.finish(depart.attente, fournisseur.authorize(depart.adresse)).courriel == CAMILLE


@pytest.mark.parametrize(
    "decouverte",
    [{"issuer": "https://ailleurs.example"}, {"token_endpoint": "https://ailleurs.example/token"},
     {"authorization_endpoint": "https://ailleurs.example/"}, {"authorization_endpoint": "javascript:alert(1)"},
     {"jwks_uri": None}],
)  # fmt: skip
def test_a_provider_that_leads_elsewhere_is_out_of_order(
    openid: OpenId, fournisseur: Fournisseur, decouverte: dict[str, object]
) -> None:
    fournisseur.mensonges = Mensonges(decouverte=decouverte)
    with pytest.raises(OpenIdEnPanne):
        openid.begin(RETOUR)


@pytest.mark.parametrize("statut", [302, 500, 503])
def test_a_provider_that_fails_or_redirects_is_out_of_order(
    openid: OpenId, fournisseur: Fournisseur, statut: int
) -> None:
    fournisseur.mensonges = Mensonges(statut=statut)
    with pytest.raises(OpenIdEnPanne):
        openid.begin(RETOUR)


def test_a_slow_provider_is_given_up_within_one_deadline_for_all_requests(fournisseur: Fournisseur) -> None:
    openid = OpenId(fournisseur.adresse, CLIENT, SECRET, nom="ProConnect", delai_s=0.5)
    depart = openid.begin(RETOUR)
    recu = fournisseur.authorize(depart.adresse)
    fournisseur.mensonges = Mensonges(attente_s=0.3)
    started = time.monotonic()
    with pytest.raises(OpenIdEnPanne):
        openid.finish(depart.attente, recu)
    assert time.monotonic() - started < 1.0


# --- the account here ----------------------------------------------------------------------------------


def test_someone_invited_arrives_without_any_password(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur
) -> None:
    structure = atelier.structure()
    atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, structure)
    reponse = come_back(site, fournisseur)
    assert (reponse.status_code, reponse.headers["location"]) == (303, "/entretiens")
    page = site.get("/compte")
    assert page.status_code == 200
    assert "Changer de mot de passe" not in page.text
    (compte,) = atelier.comptes.comptes(structure)
    assert not compte.local
    assert atelier.comptes.invitations() == []


def test_someone_known_is_recognised_even_with_another_email(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur
) -> None:
    compte = atelier.compte(CAMILLE, atelier.structure())
    come_back(site, fournisseur)
    fournisseur.mensonges = Mensonges(infos={"email": "nouveau.nom@exemple.fr"})
    assert come_back(site, fournisseur).headers["location"] == "/entretiens"
    assert [c.ref for c in atelier.comptes.comptes()] == [compte.ref]


def test_another_person_with_the_same_email_does_not_take_the_account(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur
) -> None:
    atelier.compte(CAMILLE, atelier.structure())
    come_back(site, fournisseur)
    site.cookies.clear()
    fournisseur.mensonges = Mensonges(id_token={"sub": "sujet-2"}, infos={"sub": "sujet-2"})
    reponse = come_back(site, fournisseur)
    assert reponse.status_code == 403
    assert site.get("/compte").status_code == 303


@pytest.mark.parametrize(
    "infos", [{"email": "inconnue@exemple.fr"}, {"email_verified": False}, {"email": None}]
)
def test_nobody_gets_an_account_without_an_invitation(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur, infos: dict[str, object]
) -> None:
    atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, atelier.structure())
    fournisseur.mensonges = Mensonges(infos=infos)
    reponse = come_back(site, fournisseur)
    assert reponse.status_code == 403
    assert "Aucun compte n'est prévu ici pour vous." in unescape(reponse.text)
    assert "inconnue@exemple.fr" not in reponse.text
    assert atelier.comptes.comptes() == []


def test_an_invitation_past_its_day_makes_no_account(atelier: Atelier) -> None:
    atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, atelier.structure())
    atelier.horloge.advance(days=7)
    with pytest.raises(CompteIntrouvable):
        atelier.comptes.recognise("sujet", CAMILLE)


def test_a_deactivated_account_does_not_come_in_by_this_door_either(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur
) -> None:
    atelier.comptes.set_active(atelier.compte(CAMILLE, atelier.structure()), actif=False)
    assert come_back(site, fournisseur).status_code == 403
    assert site.get("/compte").status_code == 303


def test_a_return_nobody_left_for_is_refused(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur
) -> None:
    atelier.compte(CAMILLE, atelier.structure())
    recu = fournisseur.authorize(site.get("/connexion/openid").headers["location"])
    site.cookies.clear()
    assert site.get("/connexion/openid/retour", params=recu).status_code == 403


def test_a_departure_is_good_for_ten_minutes_and_one_return(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur
) -> None:
    atelier.compte(CAMILLE, atelier.structure())
    recu = fournisseur.authorize(site.get("/connexion/openid").headers["location"])
    atelier.horloge.advance(minutes=10)
    assert site.get("/connexion/openid/retour", params=recu).status_code == 403
    assert come_back(site, fournisseur, state="un autre").status_code == 403
    assert "openid" not in site.cookies


def test_the_cookie_of_a_departure_tells_nothing(site: TestClient) -> None:
    depart = site.get("/connexion/openid")
    state = parse_qs(urlsplit(depart.headers["location"]).query)["state"][0]
    cookie = depart.headers["set-cookie"]
    assert state not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_with_the_provider_down_the_password_is_still_there(
    site: TestClient, atelier: Atelier, fournisseur: Fournisseur
) -> None:
    fournisseur.mensonges = Mensonges(statut=500)
    page = site.get("/connexion/openid")
    assert page.status_code == 503
    assert "La connexion par ProConnect ne répond pas." in page.text
    compte = atelier.compte(CAMILLE, atelier.structure())
    site.follow_redirects = True
    atelier.sign_in(site, compte)


def test_without_a_provider_there_is_no_such_door(conseiller: Conseiller, tmp_path: Path) -> None:
    with workshop("sqlite", tmp_path) as atelier:
        app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
        with TestClient(app) as client:
            assert client.get("/connexion/openid").status_code == 404
            assert client.get("/connexion/openid/retour").status_code == 404
            assert "ProConnect" not in client.get("/connexion").text
