"""Accounts managed from the page and from the command line: who sees what, and what each act does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.dossiers.__main__ import main
from service.dossiers.codes import new_ref
from service.dossiers.comptes import Compte, Role, Structure
from service.dossiers.tables import INVITATION, SEANCE
from tests.alentours import Alentours
from tests.bases import BASES
from tests.professionnels import CHEZ_NOUS, PHRASE, Atelier, workshop
from web.app import create_app
from web.settings import Settings

PAGE = "/administration"
SACHA = {"nom": "Sacha Essai", "courriel": "sacha@exemple.fr", "role": "conseil"}


@pytest.fixture
def atelier(tmp_path: Path) -> Iterator[Atelier]:
    with workshop("sqlite", tmp_path) as made:
        yield made


@pytest.fixture
def site(conseiller: Conseiller, atelier: Atelier) -> Iterator[TestClient]:
    app = create_app(Settings(), conseiller, Alentours(), atelier.archives)
    with TestClient(app, headers=CHEZ_NOUS) as client:
        yield client


@pytest.fixture
def structure(atelier: Atelier) -> Structure:
    return atelier.structure()


@pytest.fixture
def autre(atelier: Atelier) -> Compte:
    """Of another structure."""
    return atelier.compte("dominique@exemple.fr", atelier.structure("Association d'ailleurs"))


@pytest.fixture
def responsable(site: TestClient, atelier: Atelier, structure: Structure, autre: Compte) -> Compte:
    """Signed in."""
    compte = atelier.compte("camille@exemple.fr", structure, Role.RESPONSABLE)
    atelier.sign_in(site, compte)
    return compte


@pytest.fixture
def admin(site: TestClient, atelier: Atelier, structure: Structure, autre: Compte) -> Compte:
    """Signed in."""
    compte = atelier.compte("admin@exemple.fr", None, Role.ADMIN)
    atelier.sign_in(site, compte)
    return compte


def link(page: str) -> str:
    found = re.search(r'value="http://testserver(/invitation/[\w-]{43})"', page)
    assert found
    return found[1]


# --- the page ------------------------------------------------------------------------------------------


def test_a_counsellor_finds_nothing_at_this_address(
    site: TestClient, atelier: Atelier, autre: Compte
) -> None:
    atelier.sign_in(site, autre)
    unknown = site.get("/nulle-part")
    page = site.get(PAGE)
    assert page.status_code == 404
    assert page.text == unknown.text
    assert site.post("/administration/inviter", data=SACHA).status_code == 404


def test_a_responsable_sees_the_accounts_of_one_structure(site: TestClient, responsable: Compte) -> None:
    page = unescape(site.get(PAGE).text)
    assert responsable.courriel in page
    assert "dominique@exemple.fr" not in page
    assert "Association d'ailleurs" not in page
    assert "Ajouter une structure" not in page


def test_a_responsable_invites_with_a_link_to_copy_shown_once(
    site: TestClient, atelier: Atelier, structure: Structure, responsable: Compte
) -> None:
    page = site.post("/administration/inviter", data=SACHA).text
    adresse = link(page)
    assert "Cap Soin n'envoie aucun message" in unescape(page)
    assert atelier.comptes.invitation(adresse.rpartition("/")[2]).structure == structure
    again = site.get(PAGE).text
    assert adresse not in again
    assert SACHA["courriel"] in again


@pytest.mark.parametrize(
    ("change", "status"),
    [({"courriel": "sacha"}, 422), ({"nom": " "}, 422), ({"role": "chef"}, 422), ({"role": "admin"}, 404),
     ({"courriel": "dominique@exemple.fr"}, 422)],
)  # fmt: skip
def test_an_invitation_is_refused_with(
    site: TestClient, atelier: Atelier, responsable: Compte, change: dict[str, str], status: int
) -> None:
    assert site.post("/administration/inviter", data=SACHA | change).status_code == status
    assert atelier.comptes.invitations() == []


@pytest.mark.parametrize("geste", ["desactiver", "activer", "supprimer"])
def test_an_account_of_another_structure_is_as_unknown_as_one_that_never_was(
    site: TestClient, atelier: Atelier, responsable: Compte, autre: Compte, geste: str
) -> None:
    theirs, nobody = (site.post(f"{PAGE}/comptes/{ref}/{geste}") for ref in (autre.ref, "inconnu"))
    assert (theirs.status_code, nobody.status_code) == (404, 404)
    assert theirs.text.replace(autre.ref, "") == nobody.text.replace("inconnu", "")
    assert atelier.comptes.get(autre.id) == autre


def test_a_deactivated_account_is_signed_out_and_may_come_back(
    site: TestClient, atelier: Atelier, structure: Structure, responsable: Compte
) -> None:
    sacha = atelier.compte("sacha@exemple.fr", structure)
    atelier.sign_in(site, responsable)
    assert "Désactivé" in site.post(f"{PAGE}/comptes/{sacha.ref}/desactiver").text
    assert not atelier.comptes.get(sacha.id).ouvert
    site.post(f"{PAGE}/comptes/{sacha.ref}/activer")
    assert atelier.comptes.get(sacha.id).ouvert


def test_a_responsable_does_not_delete_the_own_account(
    site: TestClient, atelier: Atelier, responsable: Compte
) -> None:
    reponse = site.post(f"{PAGE}/comptes/{responsable.ref}/supprimer")
    assert reponse.status_code == 422
    assert atelier.comptes.get(responsable.id).ouvert


@pytest.mark.parametrize("adresse", ["structures", "structures/{ref}/fermer", "structures/{ref}/rouvrir"])
def test_structures_are_not_for_a_responsable(
    site: TestClient, structure: Structure, responsable: Compte, adresse: str
) -> None:
    data = {"nom": "La mienne", "genre": "cep"}
    assert site.post(f"{PAGE}/{adresse.format(ref=structure.ref)}", data=data).status_code == 404


@pytest.mark.parametrize("adresse", ["comptes/{compte}/promouvoir", "structures/{structure}/vendre"])
def test_an_act_that_does_not_exist_is_not_found(
    site: TestClient, structure: Structure, admin: Compte, autre: Compte, adresse: str
) -> None:
    assert site.post(f"{PAGE}/{adresse.format(compte=autre.ref, structure=structure.ref)}").status_code == 404


def test_an_admin_adds_a_structure_and_invites_its_responsable(
    site: TestClient, atelier: Atelier, admin: Compte
) -> None:
    site.post(f"{PAGE}/structures", data={"nom": "CIO du Port", "genre": "cio"})
    (made,) = [s for s in atelier.comptes.structures() if s.nom == "CIO du Port"]
    form = SACHA | {"role": "responsable", "structure": made.ref}
    adresse = link(site.post(f"{PAGE}/inviter", data=form).text)
    assert atelier.comptes.invitation(adresse.rpartition("/")[2]).structure == made


@pytest.mark.parametrize("data", [{"nom": "", "genre": "cio"}, {"nom": "CIO", "genre": "autrement"}])
def test_a_structure_without_a_name_or_a_kind_is_refused(
    site: TestClient, admin: Compte, data: dict[str, str]
) -> None:
    assert site.post(f"{PAGE}/structures", data=data).status_code == 422


def test_a_closed_structure_signs_its_people_out_and_reopens(
    site: TestClient, atelier: Atelier, admin: Compte, autre: Compte
) -> None:
    assert autre.structure
    assert "Fermée" in site.post(f"{PAGE}/structures/{autre.structure.ref}/fermer").text
    assert not atelier.comptes.get(autre.id).ouvert
    site.post(f"{PAGE}/structures/{autre.structure.ref}/rouvrir")
    assert atelier.comptes.get(autre.id).ouvert


def test_a_link_follows_the_public_scheme(
    conseiller: Conseiller, atelier: Atelier, structure: Structure
) -> None:
    compte = atelier.compte("camille@exemple.fr", structure, Role.RESPONSABLE)
    app = create_app(Settings(https=True), conseiller, Alentours(), atelier.archives)
    with TestClient(app, headers=CHEZ_NOUS, base_url="https://testserver") as client:
        atelier.sign_in(client, compte)
        assert "https://testserver/invitation/" in client.post(f"{PAGE}/inviter", data=SACHA).text


# --- the command line ----------------------------------------------------------------------------------


@pytest.fixture(params=BASES)
def ici(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Atelier]:
    with workshop(request.param, tmp_path) as made:
        yield made


def test_from_nothing_to_a_first_account_by_commands(
    ici: Atelier, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["structure", "add", "Mission locale du Port", "--genre", "mission_locale"], ici.archives) == 0
    )
    (structure,) = ici.comptes.structures()
    asked = [
        "inviter",
        "camille@exemple.fr",
        "Camille",
        "--role",
        "responsable",
        "--structure",
        structure.ref,
    ]
    assert main([*asked, "--site", "https://capsoin.example/"], ici.archives) == 0
    jeton = re.search(r"https://capsoin\.example/invitation/([\w-]{43})\n", capsys.readouterr().out)
    assert jeton
    assert ici.comptes.invitation(jeton[1]).role is Role.RESPONSABLE


def test_an_account_and_a_structure_are_listed_closed_and_reopened(
    ici: Atelier, capsys: pytest.CaptureFixture[str]
) -> None:
    structure = ici.structure()
    compte = ici.compte("camille@exemple.fr", structure)
    assert main(["desactiver", "camille@exemple.fr"], ici.archives) == 0
    assert not ici.comptes.get(compte.id).actif
    main(["comptes", "--structure", structure.ref], ici.archives)
    assert "(désactivé)" in capsys.readouterr().out
    main(["reactiver", "camille@exemple.fr"], ici.archives)
    main(["structure", "close", structure.ref], ici.archives)
    main(["structure", "list"], ici.archives)
    assert "(fermée)" in capsys.readouterr().out
    assert not ici.comptes.get(compte.id).ouvert
    main(["structure", "reopen", structure.ref], ici.archives)
    assert ici.comptes.get(compte.id).ouvert


@pytest.mark.parametrize(
    "demande",
    [["desactiver", "nobody@exemple.fr"], ["structure", "close", "inconnue"], ["structure", "add", " "],
     ["inviter", "pas un courriel", "X", "--role", "admin"], ["inviter", "a@exemple.fr", "X"]],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_french_and_returns_1(
    ici: Atelier, capsys: pytest.CaptureFixture[str], demande: list[str]
) -> None:
    assert main(demande, ici.archives) == 1
    assert capsys.readouterr().err.strip().endswith(".")


def test_a_reference_is_never_read_as_an_option() -> None:
    assert not any(new_ref().startswith("-") for _ in range(2_000))


def test_purge_erases_what_is_past_its_day(ici: Atelier, capsys: pytest.CaptureFixture[str]) -> None:
    structure = ici.structure()
    ici.archives.seances.open(ici.compte("camille@exemple.fr", structure))
    ici.comptes.invite("sacha@exemple.fr", "Sacha", Role.CONSEIL, structure)
    ici.horloge.advance(days=7)
    assert main(["purge"], ici.archives) == 0
    assert "Tout ce qui avait expiré est effacé" in capsys.readouterr().out
    with ici.archives.coffre.reading() as connexion:
        assert [connexion.scalar(select(func.count()).select_from(t)) for t in (SEANCE, INVITATION)] == [0, 0]


def test_a_base_that_does_not_answer_returns_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with workshop("sqlite", tmp_path) as atelier:
        (tmp_path / "dossiers.sqlite").mkdir()
        assert main(["comptes"], atelier.archives) == 2
    assert PHRASE not in capsys.readouterr().err
