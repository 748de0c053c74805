"""Mes événements emploi: what is read of an event, in which time, and how they are asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from service.catalogue.fiches import Evenement, FormatInattendu, Genre, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation
from service.catalogue.sources import Autour
from service.catalogue.sources.evenements import Evenements
from service.catalogue.sources.jeton import Cles
from service.catalogue.sources.reseau import Reponse, SourceEnPanne
from service.geographie import Communes, load_communes

PAGE = Path(__file__).parent / "catalogue" / "evenements" / "page.json"
JOUR = date(2026, 11, 22)
CLES = Cles("PAR_essai", "secret-invente")
PERIMETRE = Perimetre(
    rome={"aide-soignant": ("J1501",), "animateur": ("K1206", "G1202"), "accompagnateur": ("N4108",)},
    rncp={},
    numeros={},
)


class Passerelle:
    """The events API, in memory: pages, past events without `dateDebut`, one sector at a time."""

    def __init__(self, evenements: list[dict[str, Any]]) -> None:
        self.evenements = evenements
        self.jetons: list[Mapping[str, str]] = []
        self.demandes: list[tuple[dict[str, list[str]], dict[str, Any]]] = []
        self.total: object = None

    def post(
        self, url: str, *, json: Any = None, form: Mapping[str, str] | None = None, headers: Any = None
    ) -> Reponse:
        if form is not None:
            self.jetons.append(form)
            return _json({"access_token": "jeton", "expires_in": 1499})
        assert headers["Authorization"] == "Bearer jeton"
        assert url.startswith("https://api.francetravail.io/partenaire/evenements/v1/mee/evenements?")
        page = parse_qs(urlsplit(url).query)
        self.demandes.append((page, json))
        return self.search(int(page["page"][0]), int(page["size"][0]), json)

    def search(self, page: int, size: int, question: Mapping[str, Any]) -> Reponse:
        assert isinstance(question.get("secteurActivite", "J"), str)
        found = [e for e in self.evenements if _matches(e, question)]
        total = len(found) if self.total is None else self.total
        return _json({"totalElements": total, "content": found[page * size : (page + 1) * size]})


def _json(corps: object, statut: int = 200) -> Reponse:
    return Reponse(statut, {}, json.dumps(corps).encode())


def _matches(evenement: Mapping[str, Any], question: Mapping[str, Any]) -> bool:
    lettre = question.get("secteurActivite")
    sector = lettre is None or lettre in evenement["codesRome"] or evenement.get("multisectoriel") is True
    return sector and evenement["dateEvenement"][:10] >= question.get("dateDebut", "")


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


@pytest.fixture(scope="module")
def reparation(communes: Communes) -> Reparation:
    return Reparation.load(communes)


@pytest.fixture
def source(reparation: Reparation) -> Evenements:
    return Evenements(reparation, PERIMETRE, CLES, jour=JOUR)


def _with(**champs: object) -> dict[str, Any]:
    """The least an event may say, and these fields."""
    return {
        "id": 1,
        "titre": "Forum des métiers",
        "codesRome": ["K"],
        "dateEvenement": "2026-12-04T09:00:00.000+00:00",
        "codeInsee": "35238",
    } | champs


def _read(source: Evenements, dossier: Path, *evenements: object) -> list[Any]:
    fichier = dossier / "evenements.json"
    fichier.write_text(
        json.dumps({"totalElements": len(evenements), "content": evenements}), encoding="utf-8"
    )
    return list(source.read(fichier))


def _page() -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads(PAGE.read_text("utf-8"))["content"]
    return content


# Reading an event


def test_every_useful_field_of_an_event_is_kept(source: Evenements) -> None:
    portes, *_ = source.read(PAGE)
    assert isinstance(portes, Evenement)
    assert (portes.source, portes.cle, portes.type) == ("evenements", "20001", "Portes ouvertes")
    assert portes.url == "https://evenements.example.org/evenement/20001"
    assert (portes.lieu.commune, portes.lieu.latitude, portes.lieu.longitude) == ("75112", 48.8343, 2.3872)
    assert (portes.jusqu_au, portes.a_distance) == (date(2026, 12, 3), False)
    assert "Venez rencontrer" in portes.texte


def test_an_event_is_about_those_of_its_letters_that_are_ours(source: Evenements) -> None:
    portes, salon, commerce, _ = source.read(PAGE)
    assert isinstance(portes, Evenement)
    assert portes.codes == ("J",), "M is no letter of our métiers"
    assert isinstance(salon, Evenement)
    assert salon.codes == ("G", "J", "K", "N"), "multisectoriel: all of ours"
    assert commerce == Refus("20003", "secteur hors de nos métiers")


def test_whole_rome_codes_are_read_by_their_letter(source: Evenements, tmp_path: Path) -> None:
    (forum,) = _read(source, tmp_path, _with(codesRome=["k1302", "M18", "N"]))
    assert forum.codes == ("K", "N")


def test_an_event_followed_from_home_is_remote_and_needs_no_place(source: Evenements, tmp_path: Path) -> None:
    ailleurs = {"codeInsee": None}
    lus = _read(
        source,
        tmp_path,
        _with(modalites=["à distance"], **ailleurs),
        _with(modalites=["ADIST"], **ailleurs),
        _with(modalites=["en physique", "à distance"]),
        _with(type="Salon en ligne", **ailleurs),
        _with(modalites=["en physique"]),
        _with(modalites=["en physique"], **ailleurs),
    )
    assert [getattr(lu, "a_distance", None) for lu in lus] == [True, True, True, True, False, None]
    assert lus[0].lieu.libelle == "À distance"
    assert lus[2].lieu.commune == "35238"
    assert lus[5] == Refus("1", "sans lieu")


def test_past_events_are_refused_and_those_of_today_are_not(source: Evenements, tmp_path: Path) -> None:
    hier, aujourd_hui = _read(
        source, tmp_path, _with(dateEvenement="2026-11-21"), _with(dateEvenement="2026-11-22")
    )
    assert hier == Refus("1", "déjà passé")
    assert isinstance(aujourd_hui, Evenement)


@pytest.mark.parametrize(
    ("jour", "heure", "fuseau", "debut"),
    [
        ("2026-12-04T08:30:00.000+00:00", "08:30:00", "Europe/Paris", datetime(2026, 12, 4, 9, 30)),
        ("2026-07-04T07:30:00.000+00:00", "07:30:00", "Europe/Paris", datetime(2026, 7, 4, 9, 30)),
        ("2026-12-04T04:30:00.000+00:00", "04:30:00", "Indian/Reunion", datetime(2026, 12, 4, 8, 30)),
        ("2026-12-05T00:30:00Z", "00:30:00", "America/Martinique", datetime(2026, 12, 4, 20, 30)),
        ("2026-12-04T07:00:00.000+06:00", "07:00:00", "Europe/Paris", datetime(2026, 12, 4, 7)),
        ("2026-12-04", "14:00", None, datetime(2026, 12, 4, 14)),
        ("2026-12-04T04:30:00.000+00:00", "04:30:00", None, None),
        ("2026-12-04T04:30:00.000+00:00", "04:30:00", "../../etc/passwd", None),
        ("2026-12-04T04:30:00.000+00:00", None, "Europe/Paris", None),
        ("2026-12-04T04:30:00.000+00:00", "le matin", "Europe/Paris", None),
    ],
)
def test_hours_are_those_of_the_place_or_are_left_out(
    tmp_path: Path, reparation: Reparation, jour: str, heure: object, fuseau: object, debut: datetime | None
) -> None:
    source = Evenements(reparation, PERIMETRE, jour=date(2026, 1, 1))
    (forum,) = _read(source, tmp_path, _with(dateEvenement=jour, heureDebut=heure, timezone=fuseau))
    assert forum.debut == debut
    assert forum.jusqu_au == (debut.date() if debut else date.fromisoformat(jour[:10]))


def test_an_end_before_the_start_is_left_out(source: Evenements, tmp_path: Path) -> None:
    hours = {"heureDebut": "09:00:00", "timezone": "Europe/Paris"}
    good, bad = _read(
        source, tmp_path, _with(heureFin="11:00:00", **hours), _with(heureFin="08:00:00", **hours)
    )
    assert (good.debut, good.fin) == (datetime(2026, 12, 4, 10), datetime(2026, 12, 4, 12))
    assert (bad.debut, bad.fin) == (datetime(2026, 12, 4, 10), None)


@pytest.mark.parametrize(
    ("recu", "montre"),
    [
        ("Job dating", "Job dating"),
        ("13", "Réunion d'information"),
        (32, "Portes ouvertes"),
        ("Café de l'emploi", "Café de l'emploi"),
        (None, "Événement"),
        ("", "Événement"),
    ],
)
def test_a_type_is_shown_as_a_label(source: Evenements, tmp_path: Path, recu: object, montre: str) -> None:
    (forum,) = _read(source, tmp_path, _with(type=recu))
    assert forum.type == montre


def test_a_script_in_a_title_comes_out_as_text(source: Evenements) -> None:
    portes = next(iter(source.read(PAGE)))
    assert isinstance(portes, Evenement)
    assert portes.titre.startswith("Portes ouvertes & visite")
    assert not {"<", ">"} & set(portes.titre + portes.texte)
    assert "alert" not in portes.titre + portes.texte


def test_no_field_names_a_contact_or_counts_places(source: Evenements) -> None:
    kept = " ".join(repr(lu) for lu in source.read(PAGE))
    for absent in ("Contactée", "99 99", "contact.example", "777", "555"):
        assert absent not in kept


@pytest.mark.parametrize(
    ("champs", "raison"),
    [
        ({"id": None}, "sans identifiant"),
        ({"codesRome": None}, "secteur hors de nos métiers"),
        ({"codesRome": ["RNCP35830"]}, "secteur hors de nos métiers"),
        ({"codesRome": [], "multisectoriel": "oui"}, "secteur hors de nos métiers"),
        ({"titre": ""}, "sans titre"),
        ({"dateEvenement": None}, "sans date"),
        ({"dateEvenement": "bientôt"}, "sans date"),
        ({"codeInsee": None}, "sans lieu"),
    ],
    ids=str,
)
def test_what_cannot_be_shown_is_refused_with_its_reason(
    source: Evenements, tmp_path: Path, champs: dict[str, object], raison: str
) -> None:
    (refus,) = _read(source, tmp_path, _with(**champs))
    assert isinstance(refus, Refus)
    assert refus.raison == raison


@pytest.mark.parametrize("valeur", [None, 7, 1.5, True, "texte", [], ["x"], {}, {"x": 1}, [[{}]]], ids=str)
def test_no_field_of_a_wrong_type_stops_a_reading(source: Evenements, tmp_path: Path, valeur: object) -> None:
    evenements = [_with(**{champ: valeur}) for champ in _page()[0]]
    lus = _read(source, tmp_path, valeur, *evenements, _with(id="dernier"))
    assert len(lus) == len(evenements) + 2
    assert isinstance(lus[-1], Evenement)


def test_a_link_that_is_no_link_gives_way_to_the_page_of_the_event(
    source: Evenements, tmp_path: Path
) -> None:
    (forum,) = _read(source, tmp_path, _with(id=11111, urlDetailEvenement="javascript:alert(1)"))
    assert forum.url == "https://mesevenementsemploi.francetravail.fr/mes-evenements-emploi/evenement/11111"


def test_a_file_of_something_else_is_said_so(source: Evenements, tmp_path: Path) -> None:
    fichier = tmp_path / "autre.json"
    fichier.write_text('{"resultats": [{"id": "1"}]}')
    with pytest.raises(FormatInattendu):
        list(source.read(fichier))


# Near a commune


def test_a_search_near_a_commune_asks_for_one_sector_from_today(
    source: Evenements, communes: Communes
) -> None:
    rennes = communes.get("35238")
    passerelle = Passerelle([_with(id=1), _with(id=2, codesRome=["G", "K"]), _with(id=3, codesRome=["J"])])
    found = source.near(Autour(Genre.EVENEMENT, ("K1206", "K1302"), rennes, 30), passerelle)  # type: ignore[arg-type]
    assert [e.cle for e in found] == ["1", "2"]
    ((page, question),) = passerelle.demandes
    assert page == {"page": ["0"], "size": ["100"], "sort": ["dateEvenement"]}
    assert question == {
        "dateDebut": "2026-11-22",
        "secteurActivite": "K",
        "latitude": rennes.latitude,
        "longitude": rennes.longitude,
        "rayon": 30,
    }
    assert passerelle.jetons[0]["scope"] == "api_evenementsv1 evenements"


def test_a_metier_of_two_sectors_still_asks_one_question(source: Evenements, communes: Communes) -> None:
    passerelle = Passerelle([_with(id=1), _with(id=2, codesRome=["G"]), _with(id=3, codesRome=["J"])])
    autour = Autour(Genre.EVENEMENT, ("K1206", "G1202"), communes.get("35238"), 30)
    assert [e.cle for e in source.near(autour, passerelle)] == ["1", "2"]  # type: ignore[arg-type]
    ((_, question),) = passerelle.demandes
    assert "secteurActivite" not in question


def test_what_is_too_far_is_left_out_unless_it_is_remote(source: Evenements, communes: Communes) -> None:
    loin = {"codeInsee": "69383"}
    passerelle = Passerelle([_with(id=1), _with(id=2, **loin), _with(id=3, modalites=["à distance"], **loin)])
    found = source.near(Autour(Genre.EVENEMENT, ("K1206",), communes.get("35238"), 30), passerelle)  # type: ignore[arg-type]
    assert [e.cle for e in found] == ["1", "3"]


def test_an_event_of_another_sector_is_not_given_for_a_metier(source: Evenements, communes: Communes) -> None:
    class SansFiltre(Passerelle):
        def search(self, page: int, size: int, question: Mapping[str, Any]) -> Reponse:
            return super().search(page, size, {**question, "secteurActivite": "J"})

    passerelle = SansFiltre([_with(id=1, codesRome=["J"]), _with(id=2, codesRome=[], multisectoriel=True)])
    found = source.near(Autour(Genre.EVENEMENT, ("K1206",), communes.get("35238"), 30), passerelle)  # type: ignore[arg-type]
    assert [e.cle for e in found] == ["2"]


def test_without_a_code_or_a_key_nothing_is_asked(
    source: Evenements, reparation: Reparation, communes: Communes
) -> None:
    passerelle, rennes = Passerelle([]), communes.get("35238")
    assert source.near(Autour(Genre.EVENEMENT, (), rennes, 30), passerelle) == ()  # type: ignore[arg-type]
    sans_cle = Evenements(reparation, PERIMETRE, jour=JOUR)
    with pytest.raises(SourceEnPanne, match="clé"):
        sans_cle.near(Autour(Genre.EVENEMENT, ("K1206",), rennes, 30), passerelle)  # type: ignore[arg-type]
    assert not passerelle.demandes


# All events


def test_all_pages_are_read_and_each_event_comes_once(source: Evenements) -> None:
    evenements = [_with(id=rang) for rang in range(250)]
    evenements[100] = evenements[99]  # a page moved by one while it was read
    passerelle = Passerelle(evenements)
    lus = list(source.collect(passerelle))  # type: ignore[arg-type]
    assert sorted(int(lu.cle) for lu in lus) == [rang for rang in range(250) if rang != 100]  # type: ignore[union-attr]
    assert [page["page"] for page, _ in passerelle.demandes] == [["0"], ["1"], ["2"]]
    assert {str(question) for _, question in passerelle.demandes} == {"{'dateDebut': '2026-11-22'}"}


def test_the_whole_page_is_collected_past_events_apart(source: Evenements) -> None:
    lus = list(source.collect(Passerelle(_page())))  # type: ignore[arg-type]
    assert [lu.cle for lu in lus if isinstance(lu, Evenement)] == ["20001", "20002"]
    assert [lu.raison for lu in lus if isinstance(lu, Refus)] == ["secteur hors de nos métiers"]


def test_nothing_to_come_is_no_failure(source: Evenements) -> None:
    assert list(source.collect(Passerelle([]))) == []  # type: ignore[arg-type]

    class Vide(Passerelle):
        def search(self, *_: object) -> Reponse:
            return Reponse(204, {}, b"")

    assert list(source.collect(Vide([]))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("sourd", [False, True], ids=["empty page", "same page for ever"])
def test_pages_that_stop_before_the_total_are_a_failure_said_at_the_end(
    source: Evenements, sourd: bool
) -> None:
    class Court(Passerelle):
        def search(self, page: int, size: int, question: Mapping[str, Any]) -> Reponse:
            return super().search(0 if sourd else page, size, question)

    passerelle = Court([_with(id=rang) for rang in range(100)])
    passerelle.total = 250
    lus: list[Any] = []
    with pytest.raises(SourceEnPanne):
        lus.extend(source.collect(passerelle))  # type: ignore[arg-type]
    assert sum(isinstance(lu, Evenement) for lu in lus) == 100
    assert lus[-1].raison == "150 événements hors d'atteinte"
    assert len(passerelle.demandes) == 2


@pytest.mark.parametrize(
    ("reponse", "erreur"),
    [
        (_json({"message": "non"}, 400), SourceEnPanne),
        (_json({}, 404), SourceEnPanne),
        (_json({"content": []}), FormatInattendu),
        (_json({"content": "beaucoup", "totalElements": 3}), FormatInattendu),
        (Reponse(200, {}, b"<html>"), FormatInattendu),
    ],
    ids=["400", "404", "sans total", "texte", "html"],
)
def test_a_refusal_or_another_shape_is_a_failure(
    source: Evenements, reponse: Reponse, erreur: type[Exception]
) -> None:
    class Autre(Passerelle):
        def search(self, *_: object) -> Reponse:
            return reponse

    with pytest.raises(erreur):
        list(source.collect(Autre([])))  # type: ignore[arg-type]


def test_the_sandbox_and_the_day_after_keep_their_token(reparation: Reparation) -> None:
    source = Evenements(reparation, PERIMETRE, CLES, jour=JOUR, bac_a_sable=True)
    passerelle = Passerelle([])
    list(source.collect(passerelle))  # type: ignore[arg-type]
    list(replace(source, jour=date(2026, 11, 23)).collect(passerelle))  # type: ignore[arg-type]
    assert [form["scope"] for form in passerelle.jetons] == ["testapi_evenementsv1 testevenements"]
    assert passerelle.demandes[1][1] == {"dateDebut": "2026-11-23"}
