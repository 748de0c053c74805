"""France Travail: what is read of an offer, how a token lives, and how all offers are had 150 at a time."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.catalogue.fiches import Contrat, FormatInattendu, Offre, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation
from service.catalogue.sources import Autour, Genre
from service.catalogue.sources.france_travail import FranceTravail
from service.catalogue.sources.jeton import Cles, Jeton
from service.catalogue.sources.reseau import Reponse, SourceEnPanne
from service.geographie import Communes, load_communes

PAGE = Path(__file__).parent / "catalogue" / "france_travail" / "page.json"
JOUR = date(2026, 11, 22)
CLES = Cles("PAR_essai", "secret-invente")
PERIMETRE = Perimetre(
    rome={"aide-soignant": ("J1501",), "assistant-de-vie-aux-familles": ("K1311",)}, rncp={}, numeros={}
)


class Passerelle:
    """The gateway of France Travail as its documentation describes it, in memory."""

    def __init__(self, offres: list[dict[str, Any]] | None = None) -> None:
        self.offres = offres or []
        self.limite, self.debut_max = 150, 3000
        self.demandes: list[dict[str, Any]] = []
        self.formulaires: list[dict[str, str]] = []
        self.url_jeton = ""
        self.valables: set[str] = set()
        self.expires_in: object = 1499
        self.refus_de_jeton: str | None = None
        self.statut_force: int | None = None
        self.codes_refuses: set[str] = set()

    def post(
        self, url: str, *, json: Any = None, form: Mapping[str, str] | None = None, headers: Any = None
    ) -> Reponse:
        assert (json, headers) == (None, None)
        assert form is not None
        self.url_jeton = url
        self.formulaires.append(dict(form))
        if self.refus_de_jeton:
            return _json(400, {"error": self.refus_de_jeton, "error_description": "secret-invente"})
        jeton = f"jeton-{len(self.formulaires)}"
        self.valables = {jeton}
        return _json(200, {"access_token": jeton, "expires_in": self.expires_in, "token_type": "Bearer"})

    def get(
        self, url: str, *, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reponse:
        assert url == "https://api.francetravail.io/partenaire/offresdemploi/v2/offres/search"
        assert params is not None
        assert headers is not None
        self.demandes.append(dict(params))
        if self.statut_force:
            raise SourceEnPanne("refus", statut=self.statut_force)
        if headers["Authorization"].removeprefix("Bearer ") not in self.valables:
            raise SourceEnPanne("jeton refusé", statut=401)
        return self.search(params)

    def search(self, params: Mapping[str, Any]) -> Reponse:
        debut, fin = map(int, str(params["range"]).split("-"))
        if (
            debut > self.debut_max
            or fin - debut >= self.limite
            or self.codes_refuses & set(params["codeROME"].split(","))
        ):
            return _json(400, {"message": "La position de début doit être inférieure ou égale à 3000."})
        found = [offre for offre in self.offres if _matches(offre, params)]
        if not found[debut:]:
            return Reponse(204, {"content-range": "*/0"}, b"")
        page = found[debut : fin + 1]
        entetes = {"content-range": f"offres {debut}-{debut + len(page) - 1}/{len(found)}"}
        return _json(200 if len(page) == len(found) else 206, {"resultats": page}, entetes)


def _json(statut: int, corps: object, entetes: Mapping[str, str] | None = None) -> Reponse:
    return Reponse(statut, entetes or {}, json.dumps(corps).encode())


def _matches(offre: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    return (
        offre["romeCode"] in params["codeROME"].split(",")
        and offre["lieuTravail"]["codePostal"].startswith(params.get("departement", ""))
        and params.get("minCreationDate", "") <= offre["dateCreation"] <= params.get("maxCreationDate", "9")
    )


def _many(code: str, commune: tuple[str, str], nombre: int, *, ecart: timedelta) -> list[dict[str, Any]]:
    """Offers of one commune, created one after the other."""
    insee, postal = commune
    depart = datetime(2026, 11, 21, 12)
    return [
        {
            "id": f"{code}{insee}{rang}",
            "intitule": "Aide à domicile",
            "romeCode": code,
            "dateCreation": f"{depart - rang * ecart:%Y-%m-%dT%H:%M:%SZ}",
            "lieuTravail": {"libelle": "Ici", "codePostal": postal, "commune": insee},
        }
        for rang in range(nombre)
    ]


RENNES, LYON = ("35238", "35000"), ("69383", "69003")


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


@pytest.fixture(scope="module")
def reparation(communes: Communes) -> Reparation:
    return Reparation.load(communes)


@pytest.fixture
def source(reparation: Reparation) -> FranceTravail:
    return FranceTravail(reparation, PERIMETRE, CLES, jour=JOUR)


def _read(source: FranceTravail, dossier: Path, *offres: object) -> list[Any]:
    fichier = dossier / "offres.json"
    fichier.write_text(json.dumps(list(offres)), encoding="utf-8")
    return list(source.read(fichier))


def _with(**champs: object) -> dict[str, Any]:
    """The least an offer may say, and these fields."""
    return {
        "id": "1",
        "intitule": "Aide-soignant",
        "romeCode": "J1501",
        "lieuTravail": {"commune": "35238"},
    } | champs


# Reading an offer


def test_every_useful_field_of_an_offer_is_kept(source: FranceTravail) -> None:
    offre, apprentissage, _ = source.read(PAGE)
    assert isinstance(offre, Offre)
    assert (offre.source, offre.cle, offre.reference, offre.codes) == (
        "france_travail",
        "201ABCD",
        "201ABCD",
        ("J1501",),
    )
    assert offre.url == "https://emploi.example.org/offres/201ABCD"
    assert offre.publie_le == date(2026, 11, 10)
    assert offre.mis_a_jour_le == date(2026, 11, 21), "half past midnight in Paris"
    assert offre.employeur == "Les Tilleuls d'Essai"
    assert (offre.contrat, offre.temps_plein, offre.debutant, offre.handicap) == (
        Contrat.CDD,
        True,
        True,
        True,
    )
    assert offre.salaire == "Mensuel de 2050.00 Euros sur 12 mois"
    assert offre.duree is not None
    assert "6 Mois" in offre.duree
    assert "35H" in offre.duree
    assert isinstance(apprentissage, Offre)
    assert (apprentissage.contrat, apprentissage.alternance) == (Contrat.APPRENTISSAGE, True)
    assert (apprentissage.temps_plein, apprentissage.debutant, apprentissage.handicap) == (False, False, None)
    assert (apprentissage.employeur, apprentissage.salaire) == (None, None)
    assert apprentissage.url == "https://candidat.francetravail.fr/offres/recherche/detail/201APPR"
    assert apprentissage.mis_a_jour_le == date(2026, 11, 1)


def test_swapped_coordinates_are_put_right(source: FranceTravail) -> None:
    offre = next(iter(source.read(PAGE)))
    assert isinstance(offre, Offre)
    assert (offre.lieu.commune, offre.lieu.departement) == ("69383", "69")
    assert (offre.lieu.latitude, offre.lieu.longitude) == (45.7603, 4.849)


def test_a_script_in_a_title_or_a_description_comes_out_as_text(source: FranceTravail) -> None:
    offre = next(iter(source.read(PAGE)))
    assert isinstance(offre, Offre)
    assert "ehpad" in offre.titre.lower()
    assert "L'établissement Les Tilleuls d'Essai vous accueille." in offre.texte
    assert not {"<", ">"} & set(offre.titre + offre.texte)
    assert "alert" not in offre.titre + offre.texte


def test_no_field_names_a_contact_or_an_agency(source: FranceTravail) -> None:
    kept = " ".join(repr(lu) for lu in source.read(PAGE))
    for contact in (
        "Contactée",
        "Contact",
        "99 99",
        "06 00 00",
        "contact.example",
        "rh@",
        "Mme Essai",
        "agence",
    ):
        assert contact not in kept


@pytest.mark.parametrize(
    "nom", ["M. Jean Essai", "MME ESSAI", "madame camille essai", "Mlle Essai", "M ESSAI"]
)
def test_a_family_that_hires_is_not_named(source: FranceTravail, tmp_path: Path, nom: str) -> None:
    (offre,) = _read(source, tmp_path, _with(entreprise={"nom": nom}))
    assert offre.employeur is None


def test_a_company_whose_name_begins_like_a_title_keeps_it(source: FranceTravail, tmp_path: Path) -> None:
    (offre,) = _read(source, tmp_path, _with(entreprise={"nom": "Mmexpert Soins"}))
    assert offre.employeur == "Mmexpert Soins"


@pytest.mark.parametrize(
    ("champs", "contrat"),
    [
        ({"typeContrat": "CDI"}, Contrat.CDI),
        ({"typeContrat": "CDD", "natureContrat": "Contrat travail"}, Contrat.CDD),
        ({"typeContrat": "DDI"}, Contrat.CDD),
        ({"typeContrat": "MIS"}, Contrat.INTERIM),
        ({"typeContrat": "TTI"}, Contrat.INTERIM),
        ({"typeContrat": "DIN"}, Contrat.INTERIM),
        ({"typeContrat": "SAI"}, Contrat.SAISONNIER),
        ({"typeContrat": "LIB", "natureContrat": "Emploi non salarié"}, Contrat.AUTRE),
        ({"typeContrat": "FRA"}, Contrat.AUTRE),
        ({"typeContrat": "CDD", "natureContrat": "E2"}, Contrat.APPRENTISSAGE),
        ({"typeContrat": "CDD", "natureContrat": "Contrat apprentissage"}, Contrat.APPRENTISSAGE),
        ({"typeContrat": "CDI", "natureContrat": "FS"}, Contrat.PROFESSIONNALISATION),
        ({"typeContrat": "CDD", "natureContrat": "Cont. professionnalisation"}, Contrat.PROFESSIONNALISATION),
        ({}, None),
    ],
    ids=lambda valeur: str(valeur) if isinstance(valeur, dict) else "",
)
def test_the_contract_is_read_from_its_type_and_its_nature(
    source: FranceTravail, tmp_path: Path, champs: dict[str, str], contrat: Contrat | None
) -> None:
    (offre,) = _read(source, tmp_path, _with(**champs))
    assert offre.contrat is contrat


@pytest.mark.parametrize(
    ("exige", "debutant"), [("D", True), ("S", False), ("E", False), ("Z", None), (None, None)]
)
def test_only_an_offer_that_says_so_accepts_beginners(
    source: FranceTravail, tmp_path: Path, exige: str | None, debutant: bool | None
) -> None:
    (offre,) = _read(source, tmp_path, _with(experienceExige=exige))
    assert offre.debutant is debutant


@pytest.mark.parametrize(
    ("champs", "handicap"),
    [
        ({"accessibleTH": True}, True),
        ({"entrepriseAdaptee": True}, True),
        ({"employeurHandiEngage": True}, True),
        ({"entreprise": {"entrepriseAdaptee": True}}, True),
        ({"accessibleTH": False, "entrepriseAdaptee": False}, None),
        ({"accessibleTH": "oui"}, None),
    ],
)
def test_a_post_is_never_said_closed_to_disabled_people(
    source: FranceTravail, tmp_path: Path, champs: dict[str, object], handicap: bool | None
) -> None:
    (offre,) = _read(source, tmp_path, _with(**champs))
    assert offre.handicap is handicap


@pytest.mark.parametrize(
    ("libelle", "salaire"),
    [
        ("Horaire de 12,13 Euros à 12,13 Euros", "Horaire de 12,13 Euros à 12,13 Euros"),
        ("Mensuel de 2058,00 Euros", "Mensuel de 2058,00 Euros"),
        ("Annuel de", None),
        ("Annuel de 12,00 Euros à 28,00 Euros", None),
        ("Mensuel de 12,00 Euros", None),
    ],
)
def test_a_pay_without_a_likely_figure_is_left_out(
    source: FranceTravail, tmp_path: Path, libelle: str, salaire: str | None
) -> None:
    (offre,) = _read(source, tmp_path, _with(salaire={"libelle": libelle}))
    assert offre.salaire == salaire


def test_an_offer_that_says_almost_nothing_is_kept(source: FranceTravail, tmp_path: Path) -> None:
    (offre,) = _read(source, tmp_path, _with())
    rien = (
        offre.contrat,
        offre.duree,
        offre.temps_plein,
        offre.debutant,
        offre.handicap,
        offre.salaire,
        offre.debut,
    )
    assert rien == (None,) * 7
    assert (offre.texte, offre.employeur, offre.publie_le, offre.mis_a_jour_le) == ("", None, None, None)


@pytest.mark.parametrize(
    ("brut", "raison"),
    [
        (_with(id=None), "sans identifiant"),
        (_with(id="x" * 201), "sans identifiant"),
        (_with(romeCode="F1603"), "code ROME hors de nos métiers"),
        (_with(romeCode=None), "code ROME hors de nos métiers"),
        (_with(intitule=" (H/F) "), "sans titre"),
        (_with(lieuTravail={"libelle": "Belgique"}), "sans lieu"),
        (_with(lieuTravail=None), "sans lieu"),
    ],
    ids=str,
)
def test_what_cannot_be_shown_is_refused_with_its_reason(
    source: FranceTravail, tmp_path: Path, brut: dict[str, Any], raison: str
) -> None:
    (refus,) = _read(source, tmp_path, brut)
    assert isinstance(refus, Refus)
    assert refus.raison == raison


@pytest.mark.parametrize("valeur", [None, 7, 1.5, True, "texte", [], ["x"], {}, {"x": 1}, [[{}]]], ids=str)
def test_no_field_of_a_wrong_type_stops_a_reading(
    source: FranceTravail, tmp_path: Path, valeur: object
) -> None:
    champs = [*json.loads(PAGE.read_text("utf-8"))["resultats"][0]]
    offres = [_with(**{champ: valeur}) for champ in champs]
    offres += [_with(entreprise={"nom": valeur}), _with(salaire={"libelle": valeur})]
    offres += [
        _with(origineOffre={"urlOrigine": valeur}),
        _with(lieuTravail={"commune": valeur, "latitude": valeur}),
    ]
    lus = _read(source, tmp_path, valeur, *offres, _with(id="derniere"))
    assert len(lus) == len(offres) + 2
    assert isinstance(lus[-1], Offre)


def test_a_link_that_is_no_link_gives_way_to_the_page_of_the_offer(
    source: FranceTravail, tmp_path: Path
) -> None:
    (offre,) = _read(source, tmp_path, _with(id="a/b", origineOffre={"urlOrigine": "javascript:alert(1)"}))
    assert offre.url == "https://candidat.francetravail.fr/offres/recherche/detail/a%2Fb"


# Files


@pytest.mark.parametrize("forme", ["page", "liste", "lignes"])
@pytest.mark.parametrize("gz", [False, True], ids=["nu", "gzip"])
def test_a_page_a_list_and_lines_hold_the_same_offers(
    source: FranceTravail, tmp_path: Path, forme: str, gz: bool
) -> None:
    page = json.loads(PAGE.read_text("utf-8"))
    offres = page["resultats"]
    textes = {
        "page": json.dumps(
            {"filtresPossibles": [{"filtre": "typeContrat", "agregation": []}], **page}, indent=1
        ),
        "liste": json.dumps(offres),
        "lignes": "\n".join(map(json.dumps, offres)) + "\n\n",
    }
    fichier = tmp_path / "offres.json"
    corps = textes[forme].encode()
    fichier.write_bytes(gzip.compress(corps) if gz else corps)
    assert list(source.read(fichier)) == list(source.read(PAGE))


def test_a_broken_line_is_refused_and_the_next_one_read(source: FranceTravail, tmp_path: Path) -> None:
    fichier = tmp_path / "offres.jsonl"
    fichier.write_text(json.dumps(_with()) + '\n{"id": "2", \n' + json.dumps(_with(id="3")))
    un, deux, trois = source.read(fichier)
    assert isinstance(un, Offre)
    assert deux == Refus("ligne 2", "ligne illisible")
    assert isinstance(trois, Offre)


@pytest.mark.parametrize(
    "corps",
    [b"", b"pas du json", b'{"erreur": "quota"}', b'"texte"', b'{"resultats": null}', b"\x1f\x8b\x08casse"],
    ids=repr,
)
def test_a_file_of_something_else_is_said_so(source: FranceTravail, tmp_path: Path, corps: bytes) -> None:
    fichier = tmp_path / "autre.json"
    fichier.write_bytes(corps)
    with pytest.raises(FormatInattendu):
        list(source.read(fichier))


def test_a_mark_of_encoding_before_the_first_offer_is_passed_over(
    source: FranceTravail, tmp_path: Path
) -> None:
    fichier = tmp_path / "bom.json"
    fichier.write_bytes(b"\xef\xbb\xbf" + PAGE.read_bytes())
    assert list(source.read(fichier)) == list(source.read(PAGE))


def test_a_file_cut_short_gives_what_it_holds_then_says_so(source: FranceTravail, tmp_path: Path) -> None:
    fichier = tmp_path / "coupe.json"
    fichier.write_bytes(PAGE.read_bytes()[:-400])
    lus = source.read(fichier)
    assert isinstance(next(lus), Offre)
    with pytest.raises(FormatInattendu):
        list(lus)


# The token


def test_the_keys_hide_their_secret() -> None:
    assert "secret-invente" not in repr(CLES)


def test_a_token_is_asked_for_once_and_renewed_a_minute_before_it_ends() -> None:
    heure = [0.0]
    passerelle, jeton = Passerelle(), Jeton(CLES, "a b", horloge=lambda: heure[0])
    vus = []
    for heure[0] in (0.0, 1438.0, 1440.0):
        jeton.send(passerelle, lambda headers: vus.append(headers["Authorization"]) or _json(200, {}))  # type: ignore[arg-type]
    assert vus == ["Bearer jeton-1", "Bearer jeton-1", "Bearer jeton-2"]
    assert passerelle.url_jeton.endswith("/connexion/oauth2/access_token?realm=%2Fpartenaire")
    assert passerelle.formulaires[0] == {
        "grant_type": "client_credentials",
        "client_id": "PAR_essai",
        "client_secret": "secret-invente",
        "scope": "a b",
    }


def test_the_sandbox_asks_for_its_own_scopes_and_the_realm_can_be_changed() -> None:
    passerelle = Passerelle()
    jeton = Jeton(CLES, "api_x y", bac_a_sable=True, royaume="partenaire", url="https://jeton.example.org/t")
    jeton.send(passerelle, lambda _: _json(200, {}))  # type: ignore[arg-type]
    assert passerelle.formulaires[0]["scope"] == "testapi_x testy"
    assert passerelle.url_jeton == "https://jeton.example.org/t?realm=partenaire"


def test_a_token_refused_is_replaced_once(source: FranceTravail, communes: Communes) -> None:
    passerelle = Passerelle(_many("J1501", RENNES, 1, ecart=timedelta(hours=1)))
    autour = Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20)
    source.near(autour, passerelle)  # type: ignore[arg-type]
    passerelle.valables.clear()
    assert len(source.near(autour, passerelle)) == 1  # type: ignore[arg-type]
    assert len(passerelle.formulaires) == 2


def test_a_second_refusal_is_not_answered_by_a_third_token(source: FranceTravail, communes: Communes) -> None:
    passerelle = Passerelle()
    passerelle.statut_force = 401
    with pytest.raises(SourceEnPanne):
        source.near(Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20), passerelle)  # type: ignore[arg-type]
    assert len(passerelle.formulaires) == 2
    assert len(passerelle.demandes) == 2


@pytest.mark.parametrize(
    ("erreur", "a_verifier"),
    [
        ("invalid_client", "clé secrète"),
        ("invalid_scope", "abonnée"),
        ("unsupported_grant_type", "vérifiez"),
        ("<html>", "vérifiez"),
    ],
)
def test_a_refused_key_says_what_to_check_and_quotes_nothing(
    source: FranceTravail, communes: Communes, erreur: str, a_verifier: str
) -> None:
    passerelle = Passerelle()
    passerelle.refus_de_jeton = erreur
    with pytest.raises(SourceEnPanne, match=a_verifier) as panne:
        source.near(Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20), passerelle)  # type: ignore[arg-type]
    assert "secret" not in str(panne.value).replace("clé secrète", "")
    assert "html" not in str(panne.value)


def test_an_api_without_subscription_says_so(source: FranceTravail, communes: Communes) -> None:
    passerelle = Passerelle()
    passerelle.statut_force = 403
    with pytest.raises(SourceEnPanne, match="abonnée"):
        source.near(Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20), passerelle)  # type: ignore[arg-type]
    assert len(passerelle.formulaires) == 1, "a 403 is not a matter of token"


@pytest.mark.parametrize("jeton", [None, "", "a b", "a\r\nX: y", 12.5, {"x": 1}], ids=repr)
def test_an_answer_without_a_usable_token_is_a_format_error(jeton: object) -> None:
    class SansJeton(Passerelle):
        def post(self, *_: object, **__: object) -> Reponse:
            return _json(200, {"access_token": jeton, "expires_in": 1499})

    with pytest.raises(FormatInattendu):
        Jeton(CLES, "a").send(SansJeton(), lambda _: _json(200, {}))  # type: ignore[arg-type]


def test_threads_that_need_a_token_together_ask_for_one() -> None:
    passerelle, jeton = Passerelle(), Jeton(CLES, "a")
    depart = threading.Barrier(8)

    def ask() -> None:
        depart.wait()
        jeton.send(passerelle, lambda _: _json(200, {}))  # type: ignore[arg-type]

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passerelle.formulaires) == 1


def test_a_token_already_replaced_is_not_thrown_away() -> None:
    """Two threads are refused with the same token; the first renews it, the second uses what the first got."""
    passerelle, jeton = Passerelle(), Jeton(CLES, "a")
    vus: list[str] = []

    def refuse_the_first(headers: Mapping[str, str]) -> Reponse:
        vus.append(headers["Authorization"])
        if headers["Authorization"] == "Bearer jeton-1":
            if len(vus) == 1:
                jeton.send(passerelle, refuse_the_first)  # type: ignore[arg-type]
            raise SourceEnPanne("jeton refusé", statut=401)
        return _json(200, {})

    jeton.send(passerelle, refuse_the_first)  # type: ignore[arg-type]
    assert len(passerelle.formulaires) == 2


def test_a_token_without_a_lifetime_serves_once() -> None:
    passerelle, jeton = Passerelle(), Jeton(CLES, "a")
    passerelle.expires_in = "bientôt"
    for _ in range(2):
        jeton.send(passerelle, lambda _: _json(200, {}))  # type: ignore[arg-type]
    assert len(passerelle.formulaires) == 2


def test_without_a_key_nothing_is_asked(reparation: Reparation, communes: Communes) -> None:
    passerelle = Passerelle()
    sans_cle = FranceTravail(reparation, PERIMETRE, jour=JOUR)
    with pytest.raises(SourceEnPanne, match="clé"):
        sans_cle.near(Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20), passerelle)  # type: ignore[arg-type]
    assert not passerelle.formulaires
    assert not passerelle.demandes


# Near a commune


def test_a_search_near_a_commune_asks_for_the_closest_first(
    source: FranceTravail, communes: Communes
) -> None:
    passerelle = Passerelle(_many("J1501", RENNES, 3, ecart=timedelta(hours=1)))
    found = source.near(
        Autour(Genre.OFFRE, ("J1501", "K1311", "RNCP35830"), communes.get("35238"), 20),
        passerelle,  # type: ignore[arg-type]
    )
    assert [offre.cle for offre in found] == ["J1501352380", "J1501352381", "J1501352382"]
    assert passerelle.demandes == [
        {"codeROME": "J1501,K1311", "commune": "35238", "distance": 20, "sort": 2, "range": "0-149"}
    ]


@pytest.mark.parametrize(
    ("commune", "asked"),
    [("75056", "75101"), ("69123", "69381"), ("13055", "13201"), ("75112", "75112"), ("69383", "69383")],
)
def test_a_city_is_asked_for_by_an_arrondissement(
    source: FranceTravail, communes: Communes, commune: str, asked: str
) -> None:
    passerelle = Passerelle()
    assert source.near(Autour(Genre.OFFRE, ("J1501",), communes.get(commune), 10), passerelle) == []  # type: ignore[arg-type]
    assert passerelle.demandes[0]["commune"] == asked


def test_what_the_api_gives_beyond_the_distance_is_left_out(
    source: FranceTravail, communes: Communes
) -> None:
    """Up to 30 % too far, and all of Paris at once; a département alone may be near."""
    offres = _many("J1501", RENNES, 1, ecart=timedelta(hours=1)) + _many(
        "J1501", LYON, 1, ecart=timedelta(hours=1)
    )
    vague = _with(
        id="vague", lieuTravail={"libelle": "35 - Ille-et-Vilaine", "codePostal": ""}, dateCreation="2026"
    )
    found = source.near(
        Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20), Passerelle([*offres, vague])
    )  # type: ignore[arg-type]
    assert [offre.cle for offre in found] == ["J1501352380", "vague"]


def test_no_more_than_two_hundred_codes_are_asked_for_and_none_asks_nothing(
    source: FranceTravail, communes: Communes
) -> None:
    passerelle, rennes = Passerelle(), communes.get("35238")
    source.near(Autour(Genre.OFFRE, tuple(f"K{n:04}" for n in range(250)), rennes, 20), passerelle)  # type: ignore[arg-type]
    assert passerelle.demandes[0]["codeROME"].count(",") == 199
    assert source.near(Autour(Genre.OFFRE, ("RNCP35830",), rennes, 20), passerelle) == ()  # type: ignore[arg-type]
    assert len(passerelle.demandes) == 1


def test_a_refused_search_is_a_failure_not_an_empty_answer(source: FranceTravail, communes: Communes) -> None:
    passerelle = Passerelle()
    passerelle.codes_refuses = {"J1501"}
    with pytest.raises(SourceEnPanne):
        source.near(Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20), passerelle)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reponse",
    [
        _json(200, {"resultats": "beaucoup"}),
        _json(200, []),
        Reponse(200, {}, b"<html>"),
        _json(206, {"resultats": []}),
        _json(206, {"resultats": []}, {"content-range": "offres 0-149/beaucoup"}),
    ],
    ids=["texte", "liste", "html", "sans étendue", "étendue illisible"],
)
def test_an_answer_of_another_shape_is_a_format_error(
    source: FranceTravail, communes: Communes, reponse: Reponse
) -> None:
    class Autre(Passerelle):
        def search(self, _: Mapping[str, Any]) -> Reponse:
            return reponse

    with pytest.raises(FormatInattendu):
        source.near(Autour(Genre.OFFRE, ("J1501",), communes.get("35238"), 20), Autre())  # type: ignore[arg-type]


# All offers


@pytest.fixture(scope="module")
def sept_mille() -> list[dict[str, Any]]:
    """4,000 in one département, more than a search shows; 3,000 elsewhere, of both métiers."""
    heure = timedelta(hours=1)
    return [
        *_many("J1501", LYON, 4000, ecart=heure),
        *_many("J1501", RENNES, 2000, ecart=heure),
        *_many("K1311", RENNES, 1000, ecart=heure),
    ]


@pytest.fixture(scope="module")
def recolte(reparation: Reparation, sept_mille: list[dict[str, Any]]) -> tuple[Passerelle, list[Any]]:
    passerelle = Passerelle(sept_mille)
    source = FranceTravail(reparation, PERIMETRE, CLES, jour=JOUR)
    return passerelle, list(source.collect(passerelle))  # type: ignore[arg-type]


def test_seven_thousand_offers_come_each_exactly_once(
    recolte: tuple[Passerelle, list[Any]], sept_mille: list[dict[str, Any]]
) -> None:
    passerelle, lus = recolte
    assert all(isinstance(lu, Offre) for lu in lus)
    assert sorted(lu.cle for lu in lus) == sorted(offre["id"] for offre in sept_mille)
    assert len(passerelle.formulaires) == 1
    assert len(passerelle.demandes) < 250


def test_only_what_is_too_large_is_sliced(recolte: tuple[Passerelle, list[Any]]) -> None:
    demandes = recolte[0].demandes
    par_departement = {d["departement"] for d in demandes if d["codeROME"] == "J1501" and "departement" in d}
    assert len(par_departement) == 101, "all départements, overseas and Corsica too"
    assert not any("departement" in d for d in demandes if d["codeROME"] == "K1311")
    assert {d["departement"] for d in demandes if "minCreationDate" in d} == {"69"}
    written = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert all(written.fullmatch(d["minCreationDate"]) for d in demandes if "minCreationDate" in d)


def test_the_limits_of_the_api_are_settings(reparation: Reparation) -> None:
    """Older documents say 1,150 rather than 3,150: a search of 1,200 is then too large."""
    passerelle = Passerelle(_many("J1501", LYON, 1200, ecart=timedelta(hours=1)))
    passerelle.limite, passerelle.debut_max = 100, 1000
    source = FranceTravail(reparation, PERIMETRE, CLES, jour=JOUR, page=100, debut_max=1000)
    assert len(list(source.collect(passerelle))) == 1200  # type: ignore[arg-type]


def test_offers_of_one_instant_beyond_the_limit_are_said_out_of_reach(reparation: Reparation) -> None:
    offres = _many("J1501", LYON, 50, ecart=timedelta(0))
    passerelle = Passerelle(offres)
    passerelle.debut_max = 20
    source = FranceTravail(reparation, PERIMETRE, CLES, jour=JOUR, page=10, debut_max=20)
    lus: list[Any] = []
    with pytest.raises(SourceEnPanne, match="pas tout donné"):
        lus.extend(source.collect(passerelle))  # type: ignore[arg-type]
    assert sum(isinstance(lu, Offre) for lu in lus) == 30
    assert max(int(d["range"].split("-")[0]) for d in passerelle.demandes) == 20
    (refus,) = {lu.raison for lu in lus if isinstance(lu, Refus)}
    assert refus == "20 offres hors d'atteinte"


def test_an_offer_created_today_is_within_the_windows(reparation: Reparation) -> None:
    """One is the newest there can be, and it is already tomorrow for some."""
    offres = _many("J1501", LYON, 40, ecart=timedelta(days=30))
    offres[0]["dateCreation"] = "2026-11-22T23:59:59Z"
    passerelle = Passerelle(offres)
    passerelle.debut_max = 20
    source = FranceTravail(reparation, PERIMETRE, CLES, jour=JOUR, page=10, debut_max=20)
    assert len(list(source.collect(passerelle))) == 40  # type: ignore[arg-type]


def test_a_refused_code_does_not_stop_the_others_but_is_not_taken_for_empty(source: FranceTravail) -> None:
    passerelle = Passerelle(_many("K1311", RENNES, 2, ecart=timedelta(hours=1)))
    passerelle.codes_refuses = {"J1501"}
    lus: list[Any] = []
    with pytest.raises(SourceEnPanne):
        lus.extend(source.collect(passerelle))  # type: ignore[arg-type]
    assert [type(lu) for lu in lus] == [Refus, Offre, Offre]
    assert "J1501" in lus[0].cle


def test_nothing_to_offer_is_no_failure(source: FranceTravail) -> None:
    passerelle = Passerelle()
    assert list(source.collect(passerelle)) == []  # type: ignore[arg-type]
    assert [d["codeROME"] for d in passerelle.demandes] == ["J1501", "K1311"]


def test_a_server_that_gives_the_same_page_for_ever_is_found_out(source: FranceTravail) -> None:
    class Sourd(Passerelle):
        def search(self, params: Mapping[str, Any]) -> Reponse:
            return super().search({**params, "range": "0-149"})

    with pytest.raises(FormatInattendu):
        list(source.collect(Sourd(_many("J1501", RENNES, 400, ecart=timedelta(hours=1)))))  # type: ignore[arg-type]
