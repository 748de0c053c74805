"""La bonne alternance: what is read of an offer and of a course, and how all of them are had."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.catalogue.fiches import Contrat, FormatInattendu, Formation, Genre, Lieu, Offre, Refus, Session
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation
from service.catalogue.sources import Autour
from service.catalogue.sources.api_alternance import BASE, HOTES, OFFRES_MAX, ApiAlternance
from service.catalogue.sources.reseau import Reponse, SourceEnPanne
from service.geographie import DEPARTEMENTS, Communes, load_communes

DOSSIER = Path(__file__).parent / "catalogue" / "api_alternance"
OFFRES = json.loads((DOSSIER / "offres.json").read_text("utf-8"))
FORMATIONS = json.loads((DOSSIER / "formations.json").read_text("utf-8"))
JOUR = date(2026, 11, 22)
CLE = "cle-inventee"
PERIMETRE = Perimetre(
    rome={
        "aide-soignant": ("J1501",),
        "assistant-de-vie-aux-familles": ("K1311",),
        "accompagnant-educatif-et-social": ("K1306",),
    },
    rncp={
        "aide-soignant": ("RNCP40692", "RNCP37231"),
        "assistant-de-vie-aux-familles": (),
        "accompagnant-educatif-et-social": ("RNCP36004",),
    },
    numeros={},
)


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


@pytest.fixture(scope="module")
def source(communes: Communes) -> ApiAlternance:
    return ApiAlternance(Reparation.load(communes), PERIMETRE, CLE, jour=JOUR, page=2)


class Passerelle:
    """The API as its specification describes it, in memory: it filters by code, place and page."""

    def __init__(self, offres: list[Any] = (), formations: list[Any] = ()) -> None:
        self.offres, self.formations = list(offres), list(formations)
        self.demandes: list[tuple[str, dict[str, Any]]] = []
        self.cles: set[str] = set()
        self.reponse: Reponse | None = None

    def get(self, url: str, *, params: Mapping[str, Any], headers: Mapping[str, str]) -> Reponse:
        chemin = url.removeprefix(f"{BASE}/")
        self.demandes.append((chemin, dict(params)))
        self.cles.add(headers["authorization"])
        if self.reponse:
            return self.reponse
        corps = {"job/v1/search": self._jobs, "formation/v1/search": self._formations}[chemin](params)
        return Reponse(200, {}, json.dumps(corps).encode())

    def _jobs(self, params: Mapping[str, Any]) -> Any:
        romes = set(params["romes"].split(","))
        departement = params.get("departements")
        found = [
            o
            for o in self.offres
            if romes & set(o["offer"]["rome_codes"])
            and (departement is None or o["workplace"]["location"]["address"].startswith(departement))
        ]
        return {"jobs": found[:OFFRES_MAX], "recruiters": OFFRES["recruiters"], "warnings": []}

    def _formations(self, params: Mapping[str, Any]) -> Any:
        romes, rncp = set(params.get("romes", "").split(",")), params.get("rncp")
        found = []
        for formation in self.formations:
            valeur = formation["certification"]["valeur"]
            codes = {r["code"] for r in valeur["domaines"]["rome"]["rncp"]}
            if codes & romes or valeur["identifiant"]["rncp"] == rncp:
                found.append(formation)
        taille, rang = params["page_size"], params["page_index"]
        pages = -(-len(found) // taille)
        pagination = {"page_count": pages, "page_index": rang, "page_size": taille}
        return {"data": found[rang * taille : (rang + 1) * taille], "pagination": pagination}


def changed(item: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the values at these dotted paths; `...` takes the field away."""
    copie = copy.deepcopy(item)
    for chemin, valeur in changes.items():
        *parents, dernier = chemin.split(".")
        lieu = copie
        for parent in parents:
            lieu = lieu[parent]
        if valeur is ...:
            del lieu[dernier]
        else:
            lieu[dernier] = valeur
    return copie


def offre(**changes: Any) -> dict[str, Any]:
    return changed(OFFRES["jobs"][0], {k.replace("__", "."): v for k, v in changes.items()})


def formation(**changes: Any) -> dict[str, Any]:
    return changed(FORMATIONS["data"][0], {k.replace("__", "."): v for k, v in changes.items()})


def numbered(nombre: int, **changes: Any) -> list[dict[str, Any]]:
    return [offre(identifier__partner_job_id=f"{n:03}", **changes) for n in range(nombre)]


@pytest.fixture
def read(source: ApiAlternance, tmp_path: Path):
    def read(*bruts: Any) -> list[Any]:
        fichier = tmp_path / "liste.json"
        fichier.write_text(json.dumps(bruts), "utf-8")
        return list(source.read(fichier))

    return read


def test_every_field_of_an_offer_of_france_travail_is_read(source: ApiAlternance) -> None:
    lue, _, _ = source.read(DOSSIER / "offres.json")
    assert lue == Offre(
        source="api_alternance",
        cle="France Travail/199XYZK",
        url="https://candidat.example.org/offres/199XYZK",
        titre="Aide-soignant en alternance",
        texte="Vous prenez soin de 14 résidents.",
        lieu=Lieu("Lyon 3e Arrondissement (69)", "69383", "69", 45.76, 4.849),
        codes=("J1501",),
        publie_le=date(2026, 11, 2),
        employeur="RESIDENCE LES TILLEULS INVENTES",
        contrat=Contrat.APPRENTISSAGE,
        duree="12 mois",
        reference="199XYZK",
    )
    assert lue.alternance


def test_an_offer_of_another_partner_keeps_its_dates_and_no_reference(source: ApiAlternance) -> None:
    _, lue, _ = source.read(DOSSIER / "offres.json")
    assert lue == Offre(
        source="api_alternance",
        cle="offres_emploi_lba/665f1c2ab8d3f0a1b2c3d4e6",
        url="https://alternance.example.org/emploi/offres_emploi_lba/665f/aide-à-domicile",
        titre="Auxiliaire de vie",
        texte="Aider à la toilette & aux repas · Lever · Coucher",
        lieu=Lieu("Attignat (01)", "01024", "01", 46.29, 5.16),
        codes=("K1311",),
        publie_le=date(2026, 11, 12),
        jusqu_au=date(2027, 1, 12),
        employeur="À Domicile Inventé",
        contrat=Contrat.APPRENTISSAGE,
        duree="18 mois",
        debut=date(2026, 12, 1),
    )


def test_every_field_of_a_course_is_read(source: ApiAlternance) -> None:
    (lue,) = source.read(DOSSIER / "formations.json")
    assert lue == Formation(
        source="api_alternance",
        cle="000001|A1#L01",
        url="https://labonnealternance.apprentissage.beta.gouv.fr/formation/000001%7CA1%23L01/diplome-d-etat-d-aide-soignant",
        titre="Diplôme d'Etat d'aide-soignant",
        texte="Devenir aide-soignant Dix blocs.",
        lieu=Lieu("Villeurbanne (69)", "69266", "69", 45.77, 4.88),
        codes=("RNCP40692", "J1501"),
        jusqu_au=date(2028, 8, 31),
        organisme="CFA SANTE INVENTE",
        siret="00000000000041",
        rncp="RNCP40692",
        certification="Diplôme d'Etat d'aide-soignant",
        alternance=True,
        financable=True,
        sessions=(
            Session(date(2026, 9, 1), date(2027, 8, 31)),
            Session(date(2027, 9, 1), date(2028, 8, 31)),
        ),
    )


def test_no_one_to_call_or_write_to_is_kept(source: ApiAlternance) -> None:
    kept = repr([*source.read(DOSSIER / "offres.json"), *source.read(DOSSIER / "formations.json")])
    for trace in (
        "Inventée",
        "inventee@",
        "autre@",
        "0400000000",
        "04 00",
        "0100000000",
        "partners_",
        "CLINIQUE",
    ):
        assert trace not in kept


@pytest.mark.parametrize(
    ("brut", "raison"),
    [
        pytest.param(OFFRES["jobs"][2], "code ROME hors de nos métiers", id="another job"),
        pytest.param(offre(offer__rome_codes=[]), "code ROME hors de nos métiers", id="no code"),
        pytest.param(offre(offer__status="Filled"), "offre terminée", id="filled"),
        pytest.param(offre(offer__status="Cancelled"), "offre terminée", id="cancelled"),
        pytest.param(offre(offer__publication={"expiration": "2026-11-21T00:00:00.000Z"}), "offre terminée", id="expired yesterday"),
        pytest.param(offre(offer__title=" (H/F) "), "sans titre", id="no title"),
        pytest.param(offre(apply__url="javascript:alert(1)"), "sans page où la voir", id="no page"),
        pytest.param(offre(apply=...), "sans page où la voir", id="nothing to apply by"),
        pytest.param(offre(workplace__location=None), "sans lieu", id="no place"),
        pytest.param(offre(identifier={}), "sans identifiant", id="no identifier"),
        pytest.param(offre(identifier__partner_job_id="a\u0000b"), "sans identifiant", id="an identifier no base can hold"),
        pytest.param(OFFRES["recruiters"][0], "ni offre ni formation", id="a firm without an offer"),
        pytest.param(formation(certification__valeur={"identifiant": {"rncp": "RNCP36629"}}), "certification hors de nos métiers", id="another diploma"),
        pytest.param(formation(certification={}), "certification hors de nos métiers", id="no diploma"),
        pytest.param(formation(statut__catalogue="archivé"), "formation terminée", id="archived"),
        pytest.param(formation(statut__catalogue="supprimé"), "formation terminée", id="deleted"),
        pytest.param(formation(sessions=[{"debut": "2025-09-01", "fin": "2026-11-21"}]), "formation terminée", id="all sessions over"),
        pytest.param(formation(certification__valeur__intitule=None), "sans titre", id="no title of a course"),
        pytest.param(formation(lieu=None), "sans lieu", id="no place of a course"),
        pytest.param(formation(identifiant=3), "sans identifiant", id="no identifier of a course"),
        pytest.param(None, "ni offre ni formation", id="null"),
        pytest.param([1], "ni offre ni formation", id="a list"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_and_the_rest_is_read(read, brut: Any, raison: str) -> None:
    first, second = read(brut, offre())
    assert isinstance(first, Refus)
    assert first.raison == raison
    assert isinstance(second, Offre)


@pytest.mark.parametrize(
    ("brut", "champ", "attendu"),
    [
        pytest.param(offre(offer__publication={"expiration": "2026-11-21T23:30:00.000Z"}), "jusqu_au", JOUR, id="expires today in Paris"),
        pytest.param(offre(workplace__location__geopoint={"coordinates": [45.76, 4.849]}), "lieu", Lieu("Lyon 3e Arrondissement (69)", "69383", "69", 45.76, 4.849), id="coordinates swapped"),
        pytest.param(offre(contract__remote="remote", workplace__location=None), "lieu", Lieu("À distance"), id="remote needs no place"),
        pytest.param(offre(contract__remote="remote"), "a_distance", True, id="remote"),
        pytest.param(offre(contract__remote="hybrid"), "a_distance", False, id="hybrid is not remote"),
        pytest.param(offre(contract__type=["Professionnalisation"]), "contrat", Contrat.PROFESSIONNALISATION, id="the other contract"),
        pytest.param(offre(contract__type=[]), "contrat", None, id="no contract said"),
        pytest.param(offre(contract=None), "duree", None, id="no contract at all"),
        pytest.param(offre(contract__duration=0), "duree", None, id="no length"),
        pytest.param(offre(workplace__name="Madame Zoé Inventée"), "employeur", None, id="a person who employs"),
        pytest.param(offre(workplace=3, contract__remote="remote"), "employeur", None, id="no workplace"),
        pytest.param(offre(identifier__partner_label="FRANCE TRAVAIL"), "reference", "199XYZK", id="partner in capitals"),
        pytest.param(offre(identifier__partner_label="Hellowork"), "reference", None, id="another partner's number"),
        pytest.param(offre(identifier={"id": "abc"}), "cle", "abc", id="its own identifier failing a partner's"),
        pytest.param(offre(offer__rome_codes=["K1302", "J1501"], offer__title="Auxiliaire de vie"), "codes", ("K1311", "J1501"), id="a code of V3"),
        pytest.param(formation(onisep__intitule="AIDE-SOIGNANT"), "titre", "Aide-soignant", id="the title of Onisep first"),
        pytest.param(formation(certification__valeur__intitule__rncp=None), "certification", "Diplome d'etat d'aide-soignant", id="the title of the CFD"),
        pytest.param(formation(certification__valeur__identifiant__rncp=None), "codes", ("J1501",), id="no number"),
        pytest.param(formation(modalite__entierement_a_distance=True, lieu=None), "lieu", Lieu("À distance"), id="a remote course needs no place"),
        pytest.param(formation(lieu__geolocalisation={"coordinates": [45.77, 4.88]}), "lieu", Lieu("Villeurbanne (69)", "69266", "69", 45.77, 4.88), id="a course with its coordinates swapped"),
        pytest.param(formation(lieu__adresse__commune=None), "lieu", Lieu("Villeurbanne (69)", "69266", "69", 45.77, 4.88), id="a postcode without a commune"),
        pytest.param(formation(sessions=[]), "sessions", (), id="no session said"),
        pytest.param(formation(sessions=[]), "jusqu_au", None, id="no session, no end"),
        pytest.param(formation(sessions=[{"debut": "2027-01-04", "fin": None}]), "jusqu_au", None, id="a session without an end"),
        pytest.param(formation(sessions=[{"debut": "2025-09-01", "fin": "2026-11-22"}]), "jusqu_au", JOUR, id="ends today"),
        pytest.param(formation(formateur__organisme=None), "organisme", None, id="no school"),
        pytest.param(formation(formateur__organisme__etablissement={"enseigne": "Le CFA"}), "organisme", "Le CFA", id="the sign over the door"),
        pytest.param(formation(formateur__organisme__identifiant={"siret": "12"}), "siret", None, id="a broken siret"),
    ],
)  # fmt: skip
def test_a_field_is_read_whatever_state_it_is_in(read, brut: Any, champ: str, attendu: object) -> None:
    (lue,) = read(brut)
    assert getattr(lue, champ) == attendu


def test_a_course_known_by_a_code_of_v3_is_ours(read) -> None:
    certification = {
        "identifiant": {"rncp": None},
        "intitule": {"rncp": "Accompagnant éducatif et social"},
        "domaines": {"rome": {"rncp": [{"code": "K1301"}, {"code": "K1302"}, {"code": None}, 3]}},
    }
    (lue,) = read(formation(certification__valeur=certification))
    assert lue.codes == ("K1306",)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
CHEMINS = sorted(
    {f"{a}.{b}" for item in (OFFRES["jobs"][1], FORMATIONS["data"][0]) for a, v in item.items() if isinstance(v, dict) for b in v}
    | {"offer.publication.expiration", "workplace.location.geopoint", "workplace.location.address", "sessions", "offer"}
    | {"lieu.adresse.commune", "certification.valeur.identifiant", "certification.valeur.domaines", "identifier"}
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(CHEMINS), JSON, min_size=1, max_size=3),
    st.sampled_from(["offre", "formation"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_item_raises_whatever_the_types(read, changes: dict[str, Any], genre: str) -> None:
    item = OFFRES["jobs"][1] if genre == "offre" else FORMATIONS["data"][0]
    own = {chemin: v for chemin, v in changes.items() if chemin.split(".")[0] in item}
    in_order = dict(sorted(own.items(), key=lambda change: -change[0].count(".")))
    (lue,) = read(changed(item, in_order))
    assert isinstance(lue, Offre | Formation | Refus)


def test_a_file_may_be_a_page_a_list_or_lines_compressed_or_not(
    source: ApiAlternance, tmp_path: Path
) -> None:
    jobs = OFFRES["jobs"]
    lines = "\n".join(json.dumps(job) for job in jobs)
    for nom, contenu in (
        ("page.json", json.dumps({"_note": "x", **OFFRES}).encode()),
        ("liste.json", json.dumps(jobs).encode()),
        ("lignes.jsonl", lines.encode()),
        ("page.json.gz", gzip.compress(json.dumps(OFFRES).encode())),
    ):
        fichier = tmp_path / nom
        fichier.write_bytes(contenu)
        assert [lu.cle for lu in source.read(fichier)] == [
            "France Travail/199XYZK", "offres_emploi_lba/665f1c2ab8d3f0a1b2c3d4e6", "PASS/A-2026-1",
        ], nom  # fmt: skip


def test_courses_may_come_by_lines_and_a_broken_line_is_passed_over(
    source: ApiAlternance, tmp_path: Path
) -> None:
    fichier = tmp_path / "formations.jsonl"
    ligne = json.dumps(formation())
    fichier.write_text(f"{ligne}\n{ligne[:50]}\n{ligne}\n", "utf-8")
    first, broken, last = source.read(fichier)
    assert isinstance(first, Formation)
    assert broken == Refus("ligne 2", "ligne illisible")
    assert isinstance(last, Formation)


@pytest.mark.parametrize("contenu", ["{}", '{"resultats": []}', "pas du JSON", "", '{"jobs": [{"offer"'])
def test_a_file_of_another_format_is_told(source: ApiAlternance, tmp_path: Path, contenu: str) -> None:
    fichier = tmp_path / "autre.json"
    fichier.write_text(contenu, "utf-8")
    with pytest.raises(FormatInattendu):
        list(source.read(fichier))


def around(communes: Communes, genre: Genre, *codes: str, rayon_km: int = 20) -> Autour:
    return Autour(genre, codes, communes.get("69383"), rayon_km)


def test_offers_are_asked_by_code_and_place_in_one_question(
    source: ApiAlternance, communes: Communes
) -> None:
    passerelle = Passerelle([offre(), offre()])
    (found,) = source.near(around(communes, Genre.OFFRE, "J1501", "RNCP40692"), passerelle)
    assert found.cle == "France Travail/199XYZK"
    (demande,) = passerelle.demandes
    assert demande == (
        "job/v1/search",
        {"latitude": 45.7603, "longitude": 4.849, "radius": 20, "romes": "J1501"},
    )
    assert passerelle.cles == {f"Bearer {CLE}"}


def test_no_more_than_the_api_allows_is_asked(source: ApiAlternance, communes: Communes) -> None:
    passerelle = Passerelle()
    source.near(around(communes, Genre.OFFRE, "J1501", rayon_km=500), passerelle)
    assert passerelle.demandes[0][1]["radius"] == 200


def test_what_is_too_far_or_about_something_else_is_left_out(
    source: ApiAlternance, communes: Communes
) -> None:
    elsewhere = {"address": "01340 ATTIGNAT", "geopoint": None}
    far = offre(workplace__location=elsewhere, offer__rome_codes=["K1306"])
    other = offre(offer__title="Infirmier", offer__rome_codes=["J1501", "K1306"])
    alike = offre(offer__rome_codes=["K1302"], offer__title="Auxiliaire de vie")
    ended = offre(offer__status="Filled")
    offres = [changed(o, {"identifier.partner_job_id": n}) for n, o in enumerate((far, other, ended, alike))]
    passerelle = Passerelle(offres)
    assert [o.titre for o in source.near(around(communes, Genre.OFFRE, "K1306"), passerelle)] == ["Infirmier"]


def test_nothing_is_asked_about_no_code(source: ApiAlternance, communes: Communes) -> None:
    passerelle = Passerelle()
    assert source.near(around(communes, Genre.OFFRE, "RNCP40692"), passerelle) == ()
    assert source.near(around(communes, Genre.FORMATION), passerelle) == ()
    assert passerelle.demandes == []


def test_courses_are_asked_by_number_and_by_codes_of_both_versions(
    source: ApiAlternance, communes: Communes
) -> None:
    passerelle = Passerelle(formations=[formation()])
    assert source.near(around(communes, Genre.FORMATION, "RNCP36004", "K1306"), passerelle) == []
    ((chemin, params),) = passerelle.demandes
    assert chemin == "formation/v1/search"
    assert params["rncp"] == "RNCP36004"
    assert set(params["romes"].split(",")) == {"K1306", "K1301", "K1302"}


def test_a_person_waits_for_two_pages_of_courses_at_most(source: ApiAlternance, communes: Communes) -> None:
    bruts = [formation(identifiant={"cle_ministere_educatif": f"c{n}"}) for n in range(7)]
    passerelle = Passerelle(formations=bruts)
    found = source.near(around(communes, Genre.FORMATION, "J1501"), passerelle)
    assert [f.cle for f in found] == ["c0", "c1", "c2", "c3"]
    assert [params["page_index"] for _, params in passerelle.demandes] == [0, 1]


def test_one_page_of_courses_needs_one_question(source: ApiAlternance, communes: Communes) -> None:
    passerelle = Passerelle(formations=[formation()])
    assert len(source.near(around(communes, Genre.FORMATION, "J1501"), passerelle)) == 1
    assert len(passerelle.demandes) == 1


def test_everything_is_collected_once(source: ApiAlternance) -> None:
    bruts = [formation(identifiant={"cle_ministere_educatif": f"c{n}"}) for n in range(5)]
    bac = formation(identifiant={"cle_ministere_educatif": "bac"})
    bac["certification"]["valeur"] |= {
        "identifiant": {"rncp": "RNCP37231"},
        "domaines": {"rome": {"rncp": []}},
    }
    passerelle = Passerelle(OFFRES["jobs"][:1] * 2, [*bruts, bac])
    lus = list(source.collect(passerelle))
    assert [lu.cle for lu in lus] == ["France Travail/199XYZK", "c0", "c1", "c2", "c3", "c4", "bac"]
    assert not any(isinstance(lu, Refus) for lu in lus)
    asked = [params["departements"] for chemin, params in passerelle.demandes if chemin == "job/v1/search"]
    assert asked == list(DEPARTEMENTS)
    assert not any("latitude" in params for _, params in passerelle.demandes)


def test_a_departement_with_too_many_offers_is_asked_by_metier(source: ApiAlternance) -> None:
    aides = numbered(OFFRES_MAX - 1)
    autres = [offre(identifier__partner_job_id=f"K{n}", offer__rome_codes=["K1311"]) for n in range(4)]
    lus = list(source.collect(Passerelle(aides + autres)))
    assert len(lus) == len(aides) + len(autres)
    assert all(isinstance(lu, Offre) for lu in lus)


def test_offers_beyond_what_a_search_gives_are_told(source: ApiAlternance) -> None:
    lus = list(source.collect(Passerelle(numbered(OFFRES_MAX + 10))))
    assert sum(isinstance(lu, Offre) for lu in lus) == OFFRES_MAX
    assert [lu for lu in lus if isinstance(lu, Refus)] == [
        Refus("69 J1501", "offres au-delà de ce que donne une recherche")
    ]


@pytest.mark.parametrize(
    ("reponse", "erreur"),
    [
        pytest.param(Reponse(400, {}, b"{}"), SourceEnPanne, id="refused"),
        pytest.param(Reponse(404, {}, b"{}"), SourceEnPanne, id="not there"),
        pytest.param(Reponse(200, {}, b"{}"), FormatInattendu, id="another shape"),
        pytest.param(Reponse(200, {}, b'{"jobs": {}, "data": 3}'), FormatInattendu, id="no lists"),
        pytest.param(Reponse(200, {}, b"<html>"), FormatInattendu, id="a page"),
        pytest.param(Reponse(200, {}, b"[]"), FormatInattendu, id="a list"),
    ],
)
@pytest.mark.parametrize("genre", [Genre.OFFRE, Genre.FORMATION])
def test_an_answer_that_is_none_is_told(
    source: ApiAlternance, communes: Communes, genre: Genre, reponse: Reponse, erreur: type[Exception]
) -> None:
    passerelle = Passerelle()
    passerelle.reponse = reponse
    with pytest.raises(erreur):
        source.near(around(communes, genre, "J1501"), passerelle)


def test_without_a_key_nothing_is_asked(source: ApiAlternance, communes: Communes) -> None:
    without = ApiAlternance(source.reparation, PERIMETRE, jour=JOUR)
    passerelle = Passerelle()
    with pytest.raises(SourceEnPanne):
        without.near(around(communes, Genre.OFFRE, "J1501"), passerelle)
    assert passerelle.demandes == []


def test_the_key_is_never_shown(source: ApiAlternance) -> None:
    assert CLE not in repr(source)


def test_the_client_may_reach_the_base() -> None:
    assert BASE.split("/")[2] in HOTES
