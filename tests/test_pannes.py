"""Whatever a source does, the page comes in time and says so calmly: real adapters, pages and API, end to end.

The sources are played by `tests.catalogue.pannes`; only their host differs from the real ones. Faults that
make one wait cost a deadline each, and are asked no more often than needed.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.catalogue.ailleurs import AILLEURS
from service.catalogue.catalogue import Catalogue, Importe
from service.catalogue.direct import ECHECS_MAX, Direct
from service.catalogue.fiches import DEMONSTRATION, FormatInattendu, Genre
from service.catalogue.perimetre import Perimetre
from service.catalogue.sources import Autour, SourceEnLigne
from service.catalogue.sources.annuaire import DELAI_IMPORT_S, DELAI_PAGE_S, LIBELLES, Annuaire
from service.catalogue.sources.reseau import SourceEnPanne
from service.catalogue.validite import Registre
from service.conseiller import Conseiller
from service.conversation import Endroit
from tests.bases import EVENEMENT, FORMATION, JOUR, OFFRE, empty_magasin, fill
from tests.catalogue.branchement import (
    CLE,
    IDENTIFIANT,
    JETON,
    ORDINAIRE,
    SECRET,
    client_of,
    local,
    ordinary,
    with_keys,
)
from tests.catalogue.pannes import FAUTES, Serveur
from tests.dom import Node, parse
from tests.etats import PROCHE, Recu, chez, state
from web.app import create_app
from web.settings import Settings

REQUIS_S = 3.0
LYON = "69123"
ICI = state(Endroit(commune=LYON))
OFFRES, JOBS = "/offres/search", "/job/v1/search"
NOMS = {source: LIBELLES[source] for source in ("france_travail", "api_alternance", "evenements")}
AVIS = {
    Genre.OFFRE: f"{NOMS['france_travail']} et {NOMS['api_alternance']} ne répondent pas pour le moment.",
    Genre.FORMATION: f"{NOMS['api_alternance']} ne répond pas pour le moment.",
    Genre.EVENEMENT: f"{NOMS['evenements']} ne répond pas pour le moment.",
}
REPONSES = frozenset({"normal", "script", "gzip"})
"""Not faults."""
LENTES = ("hang", "drip", "drip_headers")
VITES = tuple(sorted(FAUTES.keys() - REPONSES - {*LENTES}))
FAUTE_ET_GENRE = [(faute, genre) for faute in (*LENTES, *VITES) for genre in Genre]
RIEN = {("empty", Genre.EVENEMENT)}
"""An empty answer is what this source documents for « nothing »."""
LU_LE = date(2026, 11, 19)


@dataclass(frozen=True)
class Banc:
    """The service as people meet it, its sources played by one server."""

    serveur: Serveur
    client: TestClient
    sources: tuple[SourceEnLigne, ...]
    annuaire: Annuaire

    def page(self, genre: Genre) -> Node:
        """What « Près de chez vous » shows, in time."""
        recu = in_time(lambda: self.client.post(PROCHE, data={"etat": ICI, "genre": genre.value}))
        document = parse(recu.text)
        assert not [s for s in document.all("script") if "src" not in s.attrs]
        return document.by_id("contenu")

    def preview(self) -> str:
        """What joins the card of a métier."""
        recu = in_time(lambda: self.client.post(f"{PROCHE}/apercu", data={"etat": ICI}))
        assert "<script" not in recu.text
        return parse(recu.text).text()

    def api(self, genre: Genre) -> dict[str, Any]:
        chemin = f"/api/v1/{genre.value}s?metier=aide-soignant&commune={LYON}"
        recu = in_time(lambda: self.client.get(chemin))
        return json.loads(recu.text)  # type: ignore[no-any-return]


Ouvrir = Callable[..., Banc]


def in_time(ask: Callable[[], Recu]) -> Recu:
    """The answer, no error and never late."""
    debut = time.monotonic()
    recu = ask()
    assert time.monotonic() - debut < REQUIS_S
    assert recu.status_code == 200
    return recu


@pytest.fixture(scope="module")
def annuaire(conseiller: Conseiller) -> Annuaire:
    return with_keys(conseiller)


@pytest.fixture
def serveur() -> Iterator[Serveur]:
    with ordinary() as serveur:
        yield serveur


@pytest.fixture(scope="module")
def importe(conseiller: Conseiller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Importe]:
    """One of each genre, imported the 19th."""
    registre = Registre(connaissances=conseiller.connaissances)
    perimetre = registre.widen(Perimetre.of(conseiller.connaissances))
    with empty_magasin("sqlite", tmp_path_factory.mktemp("magasin")) as magasin:
        fill(magasin, OFFRE, FORMATION, EVENEMENT)
        yield Importe(magasin, {}, registre, perimetre, dict.fromkeys(Genre, LU_LE), dict.fromkeys(Genre, 1))


@pytest.fixture
def ouvrir(conseiller: Conseiller, annuaire: Annuaire, serveur: Serveur) -> Iterator[Ouvrir]:
    """Opens the service anew, so that no source is left alone because of the test before."""
    with ExitStack() as ouverts:

        def open_it(
            faute: str, importe: Importe | None = None, *, patient: bool = False, **reglages: object
        ) -> Banc:
            serveur.fault = faute
            return ouverts.enter_context(_opened(conseiller, annuaire, serveur, importe, patient, reglages))

        yield open_it


@contextmanager
def _opened(
    conseiller: Conseiller,
    annuaire: Annuaire,
    serveur: Serveur,
    importe: Importe | None,
    patient: bool,
    reglages: dict[str, object],
) -> Iterator[Banc]:
    """`patient`: with the deadlines of an import, for what has nothing to do with time."""
    sources = tuple(local(source, serveur.url) for source in annuaire.live(JOUR))
    catalogue = Catalogue(
        conseiller.connaissances,
        conseiller.encodeur,
        conseiller.centres,
        jour=lambda: JOUR,
        libelles=LIBELLES,
        importe=lambda: importe,
        demonstration=lambda: [replace(OFFRE, source=DEMONSTRATION, titre="Inventée")],
        direct=Direct(
            sources,
            lambda s: client_of(annuaire, s, page=not patient),
            delai_s=DELAI_IMPORT_S if patient else DELAI_PAGE_S,
            **reglages,  # type: ignore[arg-type]
        ),
    )
    with TestClient(create_app(Settings(), conseiller, catalogue)) as client:
        yield Banc(serveur, client, sources, annuaire)


def notices(document: Node) -> list[str]:
    return [p.text() for p in document.all("p") if p.attrs.get("class") == "message-etat calme"]


def links(document: Node) -> list[str]:
    return [a.attrs["href"] for a in document.all("a")]


def titles(document: Node) -> list[str]:
    """Of what was found, without what is said to screen readers."""
    headings = [h for article in document.all("article") for h in article.all("h3")]
    return [h.text().partition(" (autre site)")[0] for h in headings]


def official(genre: Genre) -> set[str]:
    return {site.url for site in AILLEURS[genre]}


# --- nothing behind the sources ------------------------------------------------------------------------


@pytest.mark.parametrize("genre", Genre)
def test_on_a_good_day_no_script_of_a_source_becomes_markup(ouvrir: Ouvrir, genre: Genre) -> None:
    banc = ouvrir("normal", patient=True)
    document = banc.page(genre)
    assert titles(document)
    assert not notices(document)
    assert not [nom for node in document.walk() for nom in node.attrs if nom.startswith("on")]
    assert all(lien.startswith(("https://", "/", "#")) for lien in links(document))
    assert not [img for img in document.all("img") if "src" in img.attrs]
    banc.preview()
    found = banc.api(genre)
    assert (found["origine"], found["total"]) == ("direct", len(titles(document)))
    assert all("<" not in annonce["titre"] for annonce in found["resultats"])


@pytest.mark.parametrize(("faute", "genre"), FAUTE_ET_GENRE)
def test_a_fault_leaves_a_page_that_says_so_and_shows_where_else_to_look(
    ouvrir: Ouvrir, faute: str, genre: Genre
) -> None:
    document = ouvrir(faute).page(genre)
    assert not titles(document)
    assert "Inventée" not in document.text()
    assert official(genre) <= set(links(document))
    # The place is kept, to try again.
    assert document.by_id("lieu").attrs["value"].startswith("Lyon")
    titre = document.by_id("proche-titre").text()
    if (faute, genre) in RIEN:
        assert titre.startswith("Aucun événement")
        assert not notices(document)
    else:
        assert titre == "La source ne répond pas"
        assert notices(document) == [_avis(faute, genre)]


def _avis(faute: str, genre: Genre) -> str:
    """France Travail says « nothing » with an empty answer: then only the other one has failed."""
    return AVIS[Genre.FORMATION] if faute == "empty" else AVIS[genre]


@pytest.mark.parametrize("faute", ["hang", *VITES])
def test_a_fault_leaves_a_preview_that_says_so_and_the_three_genres_wait_together(
    ouvrir: Ouvrir, faute: str
) -> None:
    dit = ouvrir(faute).preview()
    assert "la source ne répond pas" in dit.lower()
    assert ("Le reste de la page est complet." in dit) == (faute != "empty")


@pytest.mark.parametrize("faute", ["hang", *VITES])
def test_a_fault_leaves_an_answer_of_the_api_that_says_so(ouvrir: Ouvrir, faute: str) -> None:
    banc = ouvrir(faute)
    for genre in Genre:
        found = banc.api(genre)
        assert (found["resultats"], found["total"]) == ([], 0)
        if (faute, genre) in RIEN:
            assert (found["origine"], found["avis"]) == ("direct", None)
        else:
            assert (found["origine"], found["avis"]) == ("indisponible", _avis(faute, genre))


@pytest.mark.parametrize("genre", Genre)
def test_lists_of_anything_else_are_not_taken_for_nothing_near(
    ouvrir: Ouvrir, serveur: Serveur, genre: Genre
) -> None:
    serveur.corps = json.dumps(
        {"resultats": [None, 7], "jobs": ["x"], "data": [[]], "content": [7], "totalElements": 1}
    ).encode()
    assert notices(ouvrir("normal").page(genre)) == [AVIS[genre]]


def test_the_results_ask_nothing_of_a_source(ouvrir: Ouvrir) -> None:
    banc = ouvrir("hang")
    recu = in_time(lambda: banc.client.post("/resultats", data={"etat": chez(LYON)}))
    document = parse(recu.text)
    assert [f for f in document.all("form") if f.attrs.get("data-hx-post", "").endswith("/apercu")]
    assert banc.serveur.recues == []


# --- some of it answers --------------------------------------------------------------------------------


# With « refused » nobody listens: the other source is as silent.
@pytest.mark.parametrize("faute", ["hang", *(f for f in VITES if f != "refused")])
def test_without_a_token_the_other_source_is_shown_and_the_silence_told(
    ouvrir: Ouvrir, serveur: Serveur, faute: str
) -> None:
    serveur.normal = {JOBS: ORDINAIRE}
    banc = ouvrir(faute)
    document = banc.page(Genre.OFFRE)
    assert titles(document) == ["Apprentie aide-soignante"]
    assert notices(document) == ["France Travail ne répond pas pour le moment."]
    assert not [tete for tete in banc.serveur.recues if OFFRES in tete]


@pytest.mark.parametrize("faute", ["error", "redirect", "bad_json", "closed"])
def test_what_was_answered_before_stands_in_and_its_age_is_told(ouvrir: Ouvrir, faute: str) -> None:
    now = [time.monotonic()]
    banc = ouvrir("normal", horloge=lambda: now[0])
    before = titles(banc.page(Genre.OFFRE))
    banc.serveur.fault = faute
    now[0] += 2 * 3600
    document = banc.page(Genre.OFFRE)
    assert titles(document) == before
    assert notices(document) == [f"{AVIS[Genre.OFFRE]} Une partie de ces résultats date d'environ 2 h."]


@pytest.mark.parametrize("faute", ["hang", *VITES])
def test_what_was_imported_stands_in_with_its_date(ouvrir: Ouvrir, importe: Importe, faute: str) -> None:
    banc = ouvrir(faute, importe)
    for genre, fiche in {Genre.OFFRE: OFFRE, Genre.FORMATION: FORMATION, Genre.EVENEMENT: EVENEMENT}.items():
        if (faute, genre) in RIEN:
            continue
        document = banc.page(genre)
        assert titles(document) == [fiche.titre]
        assert notices(document) == [_avis(faute, genre)]
        assert LU_LE.isoformat() in [t.attrs["datetime"] for t in document.all("time")]
        assert official(genre) <= set(links(document))


# --- when it lasts -------------------------------------------------------------------------------------


def test_a_source_that_hangs_makes_nobody_wait_after_the_third_time(ouvrir: Ouvrir) -> None:
    banc = ouvrir("hang")
    for _ in range(ECHECS_MAX):
        banc.preview()
        _let_questions_end()
    asked = len(banc.serveur.recues)
    waited = []
    for genre in (*Genre, *Genre):
        debut = time.monotonic()
        document = banc.page(genre)
        waited.append(time.monotonic() - debut)
        assert notices(document) == [AVIS[genre]]
    # The quickest: the others may have been slowed down by something else on this machine.
    assert min(waited) < 0.5
    assert len(banc.serveur.recues) == asked


def _let_questions_end() -> None:
    """Whoever asks again what is still on its way adds no failure."""
    while any(thread.name.startswith("direct-") for thread in threading.enumerate()):
        time.sleep(0.01)


def test_a_source_that_hangs_while_a_crowd_asks_keeps_nobody_beyond_the_deadline(
    ouvrir: Ouvrir, conseiller: Conseiller
) -> None:
    banc = ouvrir("hang")
    places = [c.code for c in conseiller.communes if c.departement == "69"][:8]

    def ask(code: str) -> Sequence[str]:
        data = {"etat": state(Endroit(commune=code)), "genre": "offre"}
        recu = in_time(lambda: banc.client.post(PROCHE, data=data))
        return notices(parse(recu.text).by_id("contenu"))

    with ThreadPoolExecutor(len(places)) as crowd:
        assert list(crowd.map(ask, places)) == [[AVIS[Genre.OFFRE]]] * len(places)


def test_the_service_answers_as_before_once_the_source_is_back(ouvrir: Ouvrir) -> None:
    banc = ouvrir("error")
    assert not titles(banc.page(Genre.OFFRE))
    banc.serveur.fault = "normal"
    document = banc.page(Genre.OFFRE)
    assert len(titles(document)) == 2
    assert not notices(document)


# --- keys ----------------------------------------------------------------------------------------------

SECRETS = (IDENTIFIANT, SECRET, CLE, JETON)


@pytest.mark.parametrize("faute", ["echo", *VITES])
def test_no_key_is_ever_shown_nor_logged_nor_told_by_an_error(
    ouvrir: Ouvrir, serveur: Serveur, caplog: pytest.LogCaptureFixture, faute: str
) -> None:
    if faute == "echo":
        serveur.corps = json.dumps({"message": " ".join(SECRETS)}).encode()
    caplog.set_level(logging.DEBUG)
    banc = ouvrir("normal" if faute == "echo" else faute)
    said = [banc.preview(), *(_failure(banc, source) for source in banc.sources)]
    if faute != "refused":
        # They were given to whom they are meant for.
        assert any(JETON in tete for tete in serveur.recues)
        assert any(CLE in tete for tete in serveur.recues)
    assert not [cle for cle in SECRETS if cle in "\n".join([*said, caplog.text])]


def _failure(banc: Banc, source: SourceEnLigne) -> str:
    """Everything that the failure of an adapter says, and the adapter itself."""
    genre = min(source.genres)
    codes = tuple(sorted(banc.annuaire.perimetre.codes(genre, "aide-soignant")))
    autour = Autour(genre, codes, banc.annuaire.communes.get(LYON), 20)
    with client_of(banc.annuaire, source, page=True) as client:
        try:
            source.near(autour, client)
        except (SourceEnPanne, FormatInattendu) as panne:
            return f"{''.join(traceback.format_exception(panne))} {vars(panne)} {_shown(source)}"
    return _shown(source)


def _shown(source: SourceEnLigne) -> str:
    # The identifier is no secret by itself; what goes with it is.
    return repr(source).replace(IDENTIFIANT, "")
