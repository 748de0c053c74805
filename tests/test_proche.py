"""« Près de chez vous » : a place is asked for, kept, never in an address; what is found is told as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient

from service.catalogue.ailleurs import AILLEURS
from service.catalogue.fiches import ALTERNANCE, Contrat, Evenement, Formation, Genre, Lieu, Session
from service.catalogue.recherche import Demande, Resultats
from service.conseiller import Conseiller
from service.conversation import Conversation, Endroit, Parole
from service.fil import follow, told
from service.geographie import Communes
from tests.alentours import (
    EVENEMENTS,
    FORMATIONS,
    JOUR,
    LILLE,
    OFFRES,
    OUESSANT,
    SAINT_DENIS,
    TOTAL,
    Alentours,
)
from tests.dom import Node, parse
from tests.etats import ADULTE_ICI, ICI, PAR_NOM, PROCHE, SMS, chez, parole, state
from web import libelles, rendering
from web.app import create_app
from web.routes.recherche import CASES, RAYONS_KM, UTILES
from web.settings import Settings

OFFRES_ICI = {"etat": ICI, "genre": "offre"}


@pytest.fixture(scope="module")
def alentours() -> Alentours:
    return Alentours()


@pytest.fixture(scope="module")
def client(conseiller: Conseiller, alentours: Alentours) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), conseiller, alentours)) as client:
        yield client


def page(client: TestClient, nom: str) -> Node:
    return parse(PAR_NOM[nom].ask(client).text).by_id("contenu")


def send(client: TestClient, data: Mapping[str, object], chemin: str = PROCHE) -> Node:
    return parse(client.post(chemin, data=data).text).by_id("contenu")


def articles(document: Node) -> list[Node]:
    return document.all("article")


def told_place(document: Node) -> str | None:
    """The code of the place carried by the page."""
    etat = document.all("input", name="etat")[0].attrs["value"]
    endroit = Conversation.from_json(etat).endroit
    return endroit.commune if endroit else None


# --- the place, typed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tape", "codes"),
    {
        "one_name": ("guéret", ["23096"]),
        "one_exact_name_among_longer_ones": ("paris", ["75056"]),
        "without_its_article": ("havre", ["76351"]),
        "a_large_town_before_a_namesake_of_forty_people": ("La Rochelle", ["17300"]),
        "as_it_is_shown": ("Saint-Denis (93)", ["93066"]),
        "name_and_postcode": ("st denis, 93200", ["93066"]),
        "namesakes": ("saint denis", ["97411", "93066", "11339", "30247"]),
        "a_postcode_of_two": ("75011", ["75056", "75111"]),
        "nothing": ("zzz", []),
    }.values(),
)
def test_what_is_typed_means_one_commune_or_a_short_list(
    conseiller: Conseiller, tape: str, codes: list[str]
) -> None:
    assert [c.code for c in conseiller.communes.named(tape)] == codes


def test_a_list_of_communes_is_short(conseiller: Conseiller) -> None:
    assert len(conseiller.communes.named("saint")) == 6


def test_the_place_told_last_is_right_and_weighs_on_nothing_else(conseiller: Conseiller) -> None:
    said = Conversation(tours=(Parole(texte=SMS),))
    placed = said.at(Endroit(commune="59350")).at(Endroit(commune=SAINT_DENIS, rayon_km=40))
    personne = told(placed, conseiller)
    profil = personne.profil
    assert (profil.commune, profil.rayon_km) == (SAINT_DENIS, 40)
    assert len(placed.tours) == 2
    assert follow(placed, conseiller).messages == follow(said, conseiller).messages
    assert personne.ecrit == told(said, conseiller).ecrit


def test_going_back_takes_back_an_answer_and_not_the_place() -> None:
    placed = Conversation(tours=(Parole(texte=SMS), Endroit(commune=SAINT_DENIS)))
    assert placed.undo().tours == (Endroit(commune=SAINT_DENIS),)


def test_an_unknown_code_in_the_state_is_no_place(conseiller: Conseiller) -> None:
    assert told(Conversation(tours=(Endroit(commune="99999"),)), conseiller).profil.commune is None


def test_without_a_place_the_page_asks_for_it_and_searches_nothing(
    client: TestClient, alentours: Alentours
) -> None:
    asked = len(alentours.demandes)
    document = page(client, "proche-sans-lieu")
    assert document.by_id("lieu").attrs["type"] == "text"
    assert not articles(document)
    assert len(alentours.demandes) == asked


def test_namesakes_are_buttons_and_what_was_typed_stays(client: TestClient) -> None:
    document = page(client, "proche-lieu-ambigu")
    buttons = document.all("button", name="commune")
    assert [b.attrs["value"] for b in buttons][:2] == ["97411", SAINT_DENIS]
    assert "Seine-Saint-Denis (93)" in buttons[1].text()
    assert document.by_id("lieu").attrs["value"] == "saint denis"
    chosen = send(client, {"etat": parole(SMS), "lieu": "saint denis", "commune": SAINT_DENIS})
    assert told_place(chosen) == SAINT_DENIS
    assert articles(chosen)


@pytest.mark.parametrize("nom", ["proche-lieu-vide", "proche-lieu-inconnu", "resultats-lieu-inconnu"])
def test_a_place_not_found_is_said_next_to_the_field_and_kept(client: TestClient, nom: str) -> None:
    field = page(client, nom).by_id("lieu")
    assert field.attrs["aria-invalid"] == "true"
    assert page(client, nom).by_id(field.attrs["aria-describedby"]).text().endswith(".")
    assert field.attrs["value"] == (PAR_NOM[nom].data or {}).get("lieu", "")


def test_a_place_told_once_is_known_everywhere(client: TestClient) -> None:
    results = send(client, {"etat": parole(SMS), "lieu": "93200", "situer": "1"}, "/resultats")
    assert told_place(results) == SAINT_DENIS
    near = send(client, {"etat": results.all("input", name="etat")[0].attrs["value"]})
    assert near.by_id("lieu").attrs["value"] == "Saint-Denis (93)"


def test_a_search_without_a_new_place_keeps_the_one_told(client: TestClient) -> None:
    document = send(client, {"etat": ICI, "lieu": "Saint-Denis (93)", "genre": "evenement"})
    assert told_place(document) == SAINT_DENIS


def test_suggestions_are_posted_and_can_be_typed_back(client: TestClient, conseiller: Conseiller) -> None:
    options = parse(client.post("/communes", data={"lieu": "saint den"}).text).all("option")
    assert 1 < len(options) <= 6
    for option in options:
        assert len(conseiller.communes.named(option.attrs["value"])) == 1
    assert not parse(client.post("/communes", data={"lieu": " "}).text).all("option")


def test_landmarks_are_large_near_and_apart(communes: Communes) -> None:
    around = communes.landmarks(communes.get(SAINT_DENIS), 20)
    assert "Paris" in [c.nom for c in around]
    assert SAINT_DENIS not in [c.code for c in around]
    assert not [c for c in around if "Arrondissement" in c.nom]


@pytest.fixture
def communes(conseiller: Conseiller) -> Communes:
    return conseiller.communes


# --- what is asked of the catalogue ---------------------------------------------------------------


def test_the_form_becomes_a_request(client: TestClient, alentours: Alentours) -> None:
    send(client, {**OFFRES_ICI, "rayon": "40", "contrat": ["cdi", "cdd"], "debutant": "1", "page": "2"})
    demande = alentours.demandes[-1]
    assert demande.commune
    assert (demande.metier, demande.commune.code) == ("aide-soignant", SAINT_DENIS)
    assert (demande.rayon_km, demande.page, demande.genre) == (40, 2, Genre.OFFRE)
    assert demande.filtres.contrats == {Contrat.CDI, Contrat.CDD}
    assert demande.filtres.debutant
    assert not demande.filtres.temps_plein


def test_alternance_is_one_more_contract_for_a_job(client: TestClient, alentours: Alentours) -> None:
    send(client, {**OFFRES_ICI, "contrat": "cdi", "alternance": "1"})
    assert alentours.demandes[-1].filtres.contrats == {Contrat.CDI, *ALTERNANCE}
    assert not alentours.demandes[-1].filtres.alternance
    send(client, {"etat": ICI, "genre": "formation", "alternance": "1"})
    assert alentours.demandes[-1].filtres.alternance


def test_a_filter_that_makes_no_sense_here_waits_for_its_genre(
    client: TestClient, alentours: Alentours
) -> None:
    document = send(client, {"etat": ICI, "genre": "formation", "contrat": ["cdi"], "temps_plein": "1"})
    assert not alentours.demandes[-1].filtres.contrats
    assert not alentours.demandes[-1].filtres.temps_plein
    assert [i.attrs["value"] for i in document.all("input", name="contrat", type="hidden")] == ["cdi"]
    assert document.all("input", name="temps_plein", type="hidden")


def test_filters_can_be_taken_off_at_once(client: TestClient, alentours: Alentours) -> None:
    send(client, {**OFFRES_ICI, "handicap": "1", "a_partir_du": "2039-12-31", "sans_filtres": "1"})
    filtres = alentours.demandes[-1].filtres
    assert not filtres.handicap
    assert filtres.a_partir_du is None


@pytest.mark.parametrize("texte", ["2027-01-15", "15/01/2027"])
def test_a_date_is_read_as_browsers_or_people_write_it(
    client: TestClient, alentours: Alentours, texte: str
) -> None:
    send(client, {**OFFRES_ICI, "a_partir_du": texte})
    assert alentours.demandes[-1].filtres.a_partir_du == date(2027, 1, 15)


def test_what_was_written_sets_the_order_and_nothing_written_leaves_it(
    client: TestClient, alentours: Alentours, conseiller: Conseiller
) -> None:
    send(client, OFFRES_ICI)
    written = alentours.vecteurs[-1]
    assert written is not None
    assert (written == conseiller.entendre(SMS).vecteur).all()
    send(client, {"lieu": "Guéret", "genre": "offre"})
    assert alentours.vecteurs[-1] is None


def test_the_distance_chosen_is_kept_with_the_place(client: TestClient, alentours: Alentours) -> None:
    document = send(client, {**OFFRES_ICI, "rayon": "80"})
    etat = document.all("input", name="etat")[0].attrs["value"]
    send(client, {"etat": etat, "genre": "formation"})
    assert alentours.demandes[-1].rayon_km == 80


@pytest.mark.parametrize(
    "bad",
    [
        {"rayon": "0"},
        {"rayon": "loin"},
        {"genre": "stage"},
        {"page": "0"},
        {"page": "9999"},
        {"contrat": "x"},
    ],
    ids=str,
)
def test_a_value_no_button_sends_is_refused_and_nothing_is_lost(
    client: TestClient, bad: dict[str, str]
) -> None:
    response = client.post(PROCHE, data={**OFFRES_ICI, "handicap": "1", **bad})
    document = parse(response.text)
    assert response.status_code == 422
    assert "Ce choix n'existe pas ici" in document.by_id("proche").text()
    assert told_place(document) == SAINT_DENIS
    assert not articles(document)


def test_an_unreadable_date_is_said_next_to_its_field(client: TestClient) -> None:
    field = page(client, "proche-date-illisible").by_id("a-partir-du")
    assert field.attrs["aria-describedby"] == "date-erreur"
    assert field.attrs["value"] == "demain"


def test_a_metier_open_without_diploma_shows_jobs_first_and_the_others_courses(
    client: TestClient, conseiller: Conseiller, alentours: Alentours
) -> None:
    for slug, metier in conseiller.connaissances.metiers.items():
        send(client, {"etat": chez(SAINT_DENIS)}, f"/proche/{slug}")
        expected = Genre.OFFRE if metier.acces.sans_diplome else Genre.FORMATION
        assert alentours.demandes[-1].genre is expected


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["proche-offres", "proche-formations", "proche-evenements"])
def test_each_item_says_what_it_is_where_it_comes_from_and_when(client: TestClient, nom: str) -> None:
    found = {"proche-offres": OFFRES, "proche-formations": FORMATIONS, "proche-evenements": EVENEMENTS}[nom]
    for article, trouvaille in zip(articles(page(client, nom)), found, strict=False):
        lien = article.all("a")[0]
        assert lien.attrs["href"] == trouvaille.fiche.url
        assert lien.attrs["rel"] == "noreferrer"
        assert "(autre site)" in lien.text()
        assert trouvaille.source in article.text()
        assert (
            "mis à jour le" in article.text()
            or "publié le" in article.text()
            or "date inconnue" in article.text()
        )
        assert rendering.eloignement(trouvaille).replace("\u00a0", " ") in article.text()


def test_a_job_shows_its_contract_hours_and_pay_as_worded(client: TestClient) -> None:
    first, second = articles(page(client, "proche-offres"))[:2]
    for words in ("CDI", "35 h par semaine", "Mensuel de 1 950 à 2 100 euros", "Débutantes et débutants"):
        assert words in first.text()
    assert second.text().count("non précisé") == 3
    assert "dans le département, lieu à vérifier" in second.text()


def test_a_course_shows_its_next_start_and_its_diploma_as_it_stands(client: TestClient) -> None:
    replaced, ended = articles(page(client, "proche-formations"))[:2]
    assert "RNCP40692, qui remplace RNCP35830" in replaced.text()
    session = FORMATIONS[0].fiche.sessions[1]  # type: ignore[union-attr]
    assert session.debut
    assert rendering.date_fr(session.debut) in replaced.text()
    assert "inscriptions ouvertes" in replaced.text()
    assert "Enregistrement terminé le 31 août 2024 , à vérifier auprès de l'organisme" in ended.text()


def test_an_event_shows_its_day_and_hours(client: TestClient) -> None:
    first, online = articles(page(client, "proche-evenements"))[:2]
    assert "de 14 h à 16 h 30" in first.text()
    assert "à distance" in online.text()


def test_every_date_of_the_list_is_a_time(client: TestClient) -> None:
    for nom in ("proche-offres", "proche-formations", "proche-evenements"):
        for time in page(client, nom).all("time"):
            assert datetime.fromisoformat(time.attrs["datetime"])
            assert time.text()


def test_that_distances_are_as_the_crow_flies_is_said_once_for_the_list(client: TestClient) -> None:
    for nom in ("proche-offres", "proche-formations", "proche-evenements"):
        assert page(client, nom).text().count("à vol d'oiseau") == 1


def test_what_rncp_means_is_said_where_it_is_read(client: TestClient) -> None:
    assert "Répertoire national" in page(client, "proche-formations").text()
    assert "RNCP" not in page(client, "proche-offres").text()


def test_once_the_place_is_known_its_field_is_folded_and_says_it(client: TestClient) -> None:
    document = page(client, "proche-offres")
    folded = next(d for d in document.all("details") if document.by_id("lieu") in d.walk())
    assert "open" not in folded.attrs
    assert folded.all("summary")[0].text() == "Saint-Denis (93), 20 km Changer"
    asking = page(client, "proche-lieu-ambigu")
    assert not [d for d in asking.all("details") if asking.by_id("lieu") in d.walk()]


def test_a_wider_search_is_told(client: TestClient) -> None:
    text = page(client, "proche-elargi").text().replace("\u00a0", " ")
    assert "Rien à 20 km. Voici ce qu'il y a à 40 km." in text
    assert "Rien à" not in page(client, "proche-offres").text()


@pytest.mark.parametrize("nom", ["proche-rien", "proche-source-en-panne", "proche-trop-de-filtres"])
def test_nothing_found_is_said_and_is_no_dead_end(client: TestClient, nom: str) -> None:
    document = page(client, nom)
    assert not articles(document)
    links = {a.attrs["href"] for a in document.all("a")}
    assert {site.url for site in AILLEURS[Genre.OFFRE]} <= links
    assert len(document.all("button", name="genre")) == 3


def test_a_silent_source_is_not_taken_for_an_empty_country(client: TestClient) -> None:
    document = page(client, "proche-source-en-panne")
    assert "France Travail ne répond pas" in document.text()
    assert "Aucune offre" not in document.text()


def test_invented_examples_are_marked_one_by_one_and_above(client: TestClient) -> None:
    document = page(client, "proche-demonstration")
    assert "Tout ici est inventé" in document.text()
    assert all("Exemple inventé" in article.text() for article in articles(document))
    links = {a.attrs["href"] for article in articles(document) for a in article.all("a")}
    assert links == {"/a-propos#demonstration"}
    assert "inventé" not in page(client, "proche-offres").text()
    assert parse(client.get("/a-propos").text).by_id("demonstration")


def test_pages_follow_one_another(client: TestClient) -> None:
    first = page(client, "proche-offres")
    assert [b.attrs["value"] for b in first.all("button", name="page")] == ["2"]
    second = page(client, "proche-offres-page-2")
    assert [b.attrs["value"] for b in second.all("button", name="page")] == ["1", "3"]
    assert articles(second)[0].attrs["id"] == "annonce-21"
    last = send(client, {**OFFRES_ICI, "page": "3"})
    assert len(articles(last)) == TOTAL % 20
    assert [b.attrs["value"] for b in last.all("button", name="page")] == ["2"]


def test_the_map_points_to_the_list(client: TestClient) -> None:
    for nom in ("proche-offres", "proche-offres-page-2"):
        document = page(client, nom)
        marks = document.by_id("plan").all("template")[0].all("a")
        assert marks
        for mark in marks:
            article = document.by_id(mark.attrs["href"].removeprefix("#"))
            assert mark.text().startswith(f"{mark.attrs['data-rang']}. ")
            assert article.all("h3")[0].all("a")[0].text().startswith(mark.text().partition(". ")[2])


def test_tu_for_the_young_and_vous_for_the_others(client: TestClient) -> None:
    assert "Près de chez toi" in page(client, "proche-offres").all("h1")[0].text()
    assert "Près de chez vous" in page(client, "proche-formations").all("h1")[0].text()


def test_headings_go_down_one_step_at_a_time(client: TestClient) -> None:
    for nom in PAR_NOM:
        if nom.startswith(("proche", "metier-", "resultats-avec", "resultats-lieu")):
            levels = [int(n.tag[1]) for n in page(client, nom).walk() if n.tag in ("h1", "h2", "h3", "h4")]
            assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), nom


def test_an_unknown_metier_has_no_page(client: TestClient) -> None:
    assert client.get("/proche/astronaute").status_code == 404
    assert client.post("/proche/astronaute/apercu", data={"etat": ICI}).status_code == 404


# --- the preview ----------------------------------------------------------------------------------


def test_the_advice_asks_nothing_of_the_sources(client: TestClient, alentours: Alentours) -> None:
    asked = len(alentours.demandes)
    for nom in ("resultats-avec-lieu", "metier-avec-lieu"):
        assert page(client, nom).all("form", data_hx_trigger="load")
    assert len(alentours.demandes) == asked


def test_a_preview_is_short_and_counts(client: TestClient, alentours: Alentours) -> None:
    fragment = parse(client.post(f"{PROCHE}/apercu", data={"etat": ADULTE_ICI}).text)
    assert [(d.genre, d.limite) for d in alentours.demandes[-3:]] == [
        (Genre.OFFRE, 1),
        (Genre.FORMATION, 1),
        (Genre.EVENEMENT, 1),
    ]
    assert len(fragment.all("a")) == 3
    assert [t.text().partition(" à")[0] for t in fragment.all("dt")] == [
        f"{TOTAL} offres",
        f"{TOTAL} formations",
        f"{TOTAL} événements",
    ]


def test_a_preview_of_examples_says_once_that_they_are_invented(client: TestClient) -> None:
    invented = parse(client.post(f"{PROCHE}/apercu", data={"etat": chez(LILLE)}).text)
    assert invented.text().count("Exemples inventés") == 1
    found = parse(client.post(f"{PROCHE}/apercu", data={"etat": ICI}).text)
    assert "inventé" not in found.text()


def test_a_preview_asks_all_its_questions_at_once(conseiller: Conseiller) -> None:
    asked: list[int] = []

    class Ensemble(Alentours):
        def search_all(
            self, demandes: Sequence[Demande], vecteur: NDArray[np.float32] | None = None
        ) -> list[Resultats]:
            asked.append(len(demandes))
            return super().search_all(demandes, vecteur)

    with TestClient(create_app(Settings(), conseiller, Ensemble())) as client:
        client.post(f"{PROCHE}/apercu", data={"etat": ICI})
    assert asked == [3]


def test_a_preview_fills_the_place_kept_for_it(client: TestClient) -> None:
    for nom in ("resultats-avec-lieu", "metier-avec-lieu"):
        document = page(client, nom)
        for form in document.all("form", data_hx_trigger="load"):
            fragment = parse(client.post(form.attrs["data-hx-post"], data={"etat": ICI}).text).children[0]
            assert isinstance(fragment, Node)
            assert f"#{fragment.attrs['id']}" == form.attrs["data-hx-target"]
            assert document.by_id(fragment.attrs["id"]) in form.walk()
            assert form.attrs["action"] == form.attrs["data-hx-post"].removesuffix("/apercu")


def test_a_silent_source_leaves_a_calm_sentence_in_the_card(client: TestClient) -> None:
    fragment = parse(client.post(f"{PROCHE}/apercu", data={"etat": chez(OUESSANT)}).text)
    assert "La source ne répond pas" in fragment.text()
    assert not fragment.all("a")


def test_a_preview_needs_a_place(client: TestClient) -> None:
    assert client.post(f"{PROCHE}/apercu", data={"etat": parole(SMS)}).status_code == 400


def test_without_a_place_the_results_ask_once_and_load_nothing(client: TestClient) -> None:
    document = page(client, "resultats")
    assert len(document.all("input", name="lieu")) == 1
    assert not document.all("form", data_hx_trigger="load")
    buttons = [b for b in document.all("button") if b.attrs.get("formaction", "").startswith("/proche/")]
    assert len(buttons) == len(document.all("article"))


def test_a_metier_seen_without_answers_asks_for_the_place(client: TestClient) -> None:
    form = page(client, "metier").all("form", action=PROCHE)[0]
    assert form.all("input", name="lieu")


# --- words and small pieces -----------------------------------------------------------------------


def test_every_closed_list_has_its_words() -> None:
    assert set(libelles.GENRES) == set(AILLEURS) == set(UTILES) == set(Genre)
    assert set(libelles.CONTRATS) == set(Contrat)
    assert set(libelles.FILTRES) == set(CASES)
    assert set(libelles.CONTRATS_A_CHOISIR) | ALTERNANCE | {Contrat.AUTRE} == set(Contrat)


def test_official_sites_are_secure_and_of_the_state() -> None:
    hosts = {site.url.split("/")[2] for sites in AILLEURS.values() for site in sites}
    assert all(site.url.startswith("https://") for sites in AILLEURS.values() for site in sites)
    endings = (".gouv.fr", ".francetravail.fr", "www.parcoursup.fr")
    assert all(host.endswith(endings) for host in hosts), hosts


def test_every_distance_offered_is_searched(client: TestClient, alentours: Alentours) -> None:
    for km in RAYONS_KM:
        send(client, {**OFFRES_ICI, "rayon": str(km)})
        assert alentours.demandes[-1].rayon_km == km


@pytest.mark.parametrize(
    ("debut", "fin", "texte"),
    [
        (datetime(2026, 11, 24, 14), None, "mardi 24 novembre 2026, 14 h"),
        (
            datetime(2026, 11, 24, 9, 30),
            datetime(2026, 11, 24, 12),
            "mardi 24 novembre 2026, de 9 h 30 à 12 h",
        ),
        (datetime(2026, 11, 24), None, "mardi 24 novembre 2026"),
        (datetime(2026, 12, 1, 9), datetime(2026, 12, 3, 17), "mardi 1er décembre 2026, 9 h"),
        (None, None, ""),
    ],
)
def test_a_moment_is_said_as_people_say_it(debut: datetime | None, fin: datetime | None, texte: str) -> None:
    evenement = Evenement(
        source="x", cle="1", url="https://example.org", titre="x", lieu=Lieu("x"), codes=(), type="Forum",
        debut=debut, fin=fin,
    )  # fmt: skip
    assert rendering.moment_fr(evenement).replace("\u00a0", " ") == texte


def test_the_next_session_is_the_first_to_come() -> None:
    days = [JOUR + timedelta(days=n) for n in (700, -350, 350)]
    formation = Formation(
        source="x", cle="1", url="https://example.org", titre="x", lieu=Lieu("x"), codes=(),
        sessions=(Session(), *(Session(day) for day in days)),
    )  # fmt: skip
    assert formation.next_session(JOUR) == Session(days[2])
    assert formation.next_session(date.max) is None


def test_a_conversation_with_a_place_can_still_be_read_again() -> None:
    etat = state(Endroit(commune=SAINT_DENIS, rayon_km=40))
    assert Conversation.from_json(etat).to_json() == etat
