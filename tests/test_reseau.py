"""The network client holds whatever a source does: in time, in size, and without going elsewhere."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from service.catalogue.fiches import FormatInattendu
from service.catalogue.sources.reseau import ATTENTE_MAX_S, PAUSE_S, Client, Reponse, SourceEnPanne, _tls
from tests.catalogue.pannes import ATTENTE_S, SCRIPT, Serveur, bomb

LOCAL = frozenset({"127.0.0.1"})
DELAI_S = 0.3
# What a busy machine may add: a fault that nothing stops lasts ten seconds.
MARGE_S = 2.0


@pytest.fixture
def serveur() -> Iterator[Serveur]:
    with Serveur() as serveur:
        yield serveur


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(hotes=LOCAL, delai_s=10, poids_max=100_000) as client:
        yield client


@pytest.fixture
def pressed() -> Iterator[Client]:
    with Client(hotes=LOCAL, delai_s=DELAI_S) as client:
        yield client


class Sommeil:
    """Remembers what it was asked to wait, and does it at once."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def __call__(self, pause: float) -> None:
        self.pauses.append(pause)


PANNES = {
    "refused": "injoignable",
    "closed": "incomplète",
    "redirect": "redirection",
    "unauthorised": "401",
    "forbidden": "403",
    "quota": "429",
    "error": "500",
    "unavailable": "503",
    "heavy": "volumineuse",
    "bomb": "volumineuse",
    "brotli": "compression",
    "truncated": "incomplète",
    "truncated_gzip": "incomplète",
    "huge_headers": "illisible",
    "not_http": "illisible",
}


@pytest.mark.parametrize(("fault", "mot"), PANNES.items(), ids=PANNES)
def test_a_fault_is_told_for_what_it_is(serveur: Serveur, client: Client, fault: str, mot: str) -> None:
    serveur.fault = fault
    with pytest.raises(SourceEnPanne, match=mot):
        client.get(serveur.url + "/offres")


@pytest.mark.parametrize("fault", ["hang", "drip", "drip_headers"])
def test_what_is_slow_is_cut_by_the_deadline(serveur: Serveur, pressed: Client, fault: str) -> None:
    serveur.fault = fault
    debut = time.monotonic()
    with pytest.raises(SourceEnPanne, match="délai"):
        pressed.get(serveur.url + "/offres")
    assert time.monotonic() - debut < MARGE_S


@pytest.mark.parametrize("fault", ["bad_json", "html", "charset", "deep", "nan", "infinite", "empty"])
def test_what_is_not_json_is_one_error(serveur: Serveur, fault: str) -> None:
    serveur.fault = fault
    with Client(hotes=LOCAL, delai_s=10) as client:
        reponse = client.get(serveur.url)
    with pytest.raises(FormatInattendu, match="JSON"):
        reponse.json()


@pytest.mark.parametrize("fault", ["normal", "gzip", "script"])
def test_an_answer_is_given_as_it_is(serveur: Serveur, client: Client, fault: str) -> None:
    serveur.fault = fault
    reponse = client.get(serveur.url)
    assert reponse.statut == 200
    assert reponse.entetes["content-type"] == "application/json"
    assert reponse.json()["resultats"][0]["intitule"] == f"Aide {SCRIPT}"


def test_the_client_speaks_again_to_a_source_that_recovers(serveur: Serveur) -> None:
    with Client(hotes=LOCAL, delai_s=1.0, poids_max=100_000) as client:
        for fault in ("hang", "heavy", "refused"):
            serveur.fault = fault
            with pytest.raises(SourceEnPanne):
                client.get(serveur.url)
        serveur.fault = "normal"
        assert client.get(serveur.url).statut == 200


def test_a_bomb_is_not_decompressed_beyond_the_cap(serveur: Serveur) -> None:
    serveur.fault = "bomb"
    bomb()
    with Client(hotes=LOCAL, delai_s=10, poids_max=10_000) as client:
        tracemalloc.start()
        try:
            with pytest.raises(SourceEnPanne, match="volumineuse"):
                client.get(serveur.url)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 3_000_000, "twenty million bytes must never be held"


def test_a_body_of_just_the_cap_passes(serveur: Serveur) -> None:
    serveur.corps = b" " * 9_998 + b"[]"
    for fault in ("normal", "gzip"):
        serveur.fault = fault
        with Client(hotes=LOCAL, delai_s=10, poids_max=10_000) as client:
            assert client.get(serveur.url).json() == []
        with Client(hotes=LOCAL, delai_s=10, poids_max=9_999) as client, pytest.raises(SourceEnPanne):
            client.get(serveur.url)


# Where a request may go


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/",
        "https://api.example.org.evil.fr/",
        "https://evil.fr/api.example.org",
        "https://api.example.org@evil.fr/",
        "https://cle:secret@api.example.org/",
        "http://api.example.org/",
        "https://api.example.org:22/",
        "ftp://api.example.org/",
        "file:///etc/passwd",
        "api.example.org",
        "https://[",
        "https://api.example.org\x00/",
    ],
)
def test_no_other_host_nor_scheme_is_spoken_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("resolved"))
    with Client(hotes=frozenset({"api.example.org"})) as client, pytest.raises(SourceEnPanne) as panne:
        client.get(url)
    assert "secret" not in str(panne.value)


def test_a_local_host_that_is_not_listed_is_refused(serveur: Serveur) -> None:
    with Client(hotes=frozenset({"api.example.org"})) as client, pytest.raises(SourceEnPanne, match="hôte"):
        client.get(serveur.url)
    assert not serveur.recues


@pytest.mark.parametrize(
    "adresse",
    ["127.0.0.1", "10.0.0.4", "169.254.169.254", "192.168.1.1", "0.0.0.1", "224.0.0.1", "::1", "fd00::1", "fe80::1%1", "::ffff:127.0.0.1"],
)  # fmt: skip
def test_a_public_name_that_leads_inside_is_refused(adresse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among public addresses too: which one is connected to must not be left to chance."""
    infos = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("203.0.114.9", adresse)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: infos)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))
    with Client(hotes=frozenset({"api.example.org"})) as client, pytest.raises(SourceEnPanne, match="privée"):
        client.get("https://api.example.org/")


def test_the_address_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a second look-up could answer otherwise (DNS rebinding); and each address has its chance."""
    infos = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("1.2.3.4", "1.2.3.5", "1.2.3.4")]
    tried: list[str] = []

    def refuse(adresse: tuple[str, int], *_a: object, **_k: object) -> socket.socket:
        tried.append(adresse[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: infos)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with (
        Client(hotes=frozenset({"api.example.org"})) as client,
        pytest.raises(SourceEnPanne, match="injoignable"),
    ):
        client.get("https://api.example.org/")
    assert tried == ["1.2.3.4", "1.2.3.5"]


def test_a_name_that_never_resolves_is_cut_by_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    fin = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: fin.wait(10) and [])
    debut = time.monotonic()
    hotes = frozenset({"api.example.org"})
    with Client(hotes=hotes, delai_s=DELAI_S) as client, pytest.raises(SourceEnPanne, match="délai"):
        client.get("https://api.example.org/")
    assert time.monotonic() - debut < MARGE_S
    fin.set()


def test_a_handshake_that_never_ends_is_cut_by_the_deadline(serveur: Serveur, pressed: Client) -> None:
    debut = time.monotonic()
    with pytest.raises(SourceEnPanne, match="délai"):
        pressed.get(serveur.url.replace("http:", "https:"))
    assert time.monotonic() - debut < MARGE_S


def test_certificates_are_verified() -> None:
    assert _tls().check_hostname
    assert _tls().verify_mode is ssl.CERT_REQUIRED


def test_a_redirection_is_not_followed(serveur: Serveur, client: Client) -> None:
    serveur.fault = "redirect"
    with pytest.raises(SourceEnPanne):
        client.get(serveur.url + "/offres")
    assert [tete.split()[1] for tete in serveur.recues] == ["/offres"]


def test_no_proxy_is_taken_from_the_environment(serveur: Serveur, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Client(hotes=LOCAL, delai_s=10) as client:
        assert client.get(serveur.url).statut == 200


# What is sent, and what is kept


def test_what_is_asked_arrives_whole(serveur: Serveur, client: Client) -> None:
    client.get(
        serveur.url + "/offres?sort=1",
        params={"codeROME": "J1501", "commune": "93066"},
        headers={"Authorization": "Bearer k"},
    )
    client.post(serveur.url + "/token", form={"grant_type": "client_credentials"})
    client.post(serveur.url + "/search", json={"q": "é"}, headers={"User-Agent": "x"})
    get, form, body = (tete.lower() for tete in serveur.recues)
    assert get.startswith("get /offres?sort=1&coderome=j1501&commune=93066 http/1.1")
    assert "authorization: bearer k" in get
    assert "user-agent: cap-soin/1" in get
    assert "accept-encoding: gzip\r\n" in get
    assert "content-type: application/x-www-form-urlencoded" in form
    assert "content-type: application/json" in body
    assert body.count("user-agent") == 1


def test_no_cookie_is_kept(serveur: Serveur, client: Client) -> None:
    serveur.fault = "cookie"
    client.get(serveur.url)
    client.get(serveur.url)
    assert len(serveur.recues) == 2
    assert not [tete for tete in serveur.recues if "cookie" in tete.lower()]


@pytest.mark.parametrize("fault", ["normal", "hang", "error", "quota", "refused", "redirect"])
def test_neither_messages_nor_logs_nor_repr_tell_what_was_asked(
    serveur: Serveur, pressed: Client, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    serveur.fault = fault
    said = ""
    with caplog.at_level(logging.DEBUG):
        try:
            said = repr(
                pressed.get(serveur.url + "/c4nari", params={"q": "c4nari"}, headers={"X-Key": "c4nari"})
            )
        except SourceEnPanne as panne:
            said = f"{panne!r} {panne} {panne.__cause__!r}"
    assert said
    assert "c4nari" not in said + caplog.text
    assert "resultats" not in said + caplog.text


def test_a_key_that_cannot_be_sent_is_told_without_being_quoted(serveur: Serveur, client: Client) -> None:
    for cle in ("clé-secrète", "a\r\nX-Autre: b"):
        with pytest.raises(SourceEnPanne) as panne:
            client.get(serveur.url, headers={"Authorization": cle})
        assert cle not in str(panne.value)
    assert not serveur.recues


# Statuses, waits and quota


@pytest.mark.parametrize(
    "statut", ["200 OK", "204 No Content", "206 Partial Content", "400 Bad Request", "404 Not Found"]
)
def test_an_adapter_judges_these_by_itself(serveur: Serveur, client: Client, statut: str) -> None:
    serveur.statut = statut
    serveur.fault = "status"
    assert client.get(serveur.url).statut == int(statut[:3])


@pytest.mark.parametrize(
    ("entete", "attendu"),
    [
        ("Retry-After: 7", 7),
        ("Retry-After: 0", 0),
        ("Retry-After: 1.5", 1.5),
        ("Retry-After: -4", 0),
        ("Retry-After: 99999999", ATTENTE_MAX_S),
        ("Retry-After: nan", None),
        ("Retry-After: inf", None),
        ("Retry-After: bientôt", None),
        (f"Retry-After: {'9' * 5000}", None),
        ("X-Other: 3", None),
        ("X-RateLimit-Reset: 12", 12),
        ("Retry-After: ?\r\nX-RateLimit-Reset: 12", 12),
        ("Retry-After: 3\r\nX-RateLimit-Reset: 12", 3),
    ],
)
@pytest.mark.parametrize("statut", ["429 Too Many Requests", "419 Quota", "503 Service Unavailable"])
def test_what_the_source_asks_us_to_wait_is_passed_on(
    serveur: Serveur, client: Client, entete: str, attendu: float | None, statut: str
) -> None:
    serveur.statut, serveur.entetes = statut, entete.split("\r\n")
    serveur.fault = "status"
    with pytest.raises(SourceEnPanne, match="indisponible" if statut[0] == "5" else "quota") as panne:
        client.get(serveur.url)
    assert panne.value.attendre_s == attendu


@pytest.mark.parametrize("forme", ["date", "moment"])
def test_a_wait_told_as_a_moment_becomes_seconds(serveur: Serveur, client: Client, forme: str) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=120)
    entete = (
        f"Retry-After: {format_datetime(moment, usegmt=True)}"
        if forme == "date"
        else f"x-ratelimit-reset: {moment.timestamp():.0f}"
    )
    serveur.statut, serveur.entetes = "429 Too Many Requests", [entete]
    serveur.fault = "status"
    with pytest.raises(SourceEnPanne) as panne:
        client.get(serveur.url)
    assert 100 < (panne.value.attendre_s or 0) <= 121


@pytest.mark.parametrize(
    ("fault", "patience_s", "pauses"),
    [
        ("quota", 0, []),
        ("quota", ATTENTE_S - 1, []),
        ("quota", 2 * ATTENTE_S, [ATTENTE_S, ATTENTE_S]),
        ("quota_reset", ATTENTE_S, [ATTENTE_S]),
        ("unavailable", 10 * PAUSE_S, [PAUSE_S]),
        ("unavailable", 0, []),
        ("error", 1000, []),
        ("forbidden", 1000, []),
    ],
)
def test_an_import_waits_as_asked_and_no_longer_than_its_patience(
    serveur: Serveur, fault: str, patience_s: float, pauses: list[float]
) -> None:
    serveur.fault, sommeil = fault, Sommeil()
    with (
        Client(hotes=LOCAL, delai_s=10, patience_s=patience_s, sommeil=sommeil) as client,
        pytest.raises(SourceEnPanne),
    ):
        client.get(serveur.url)
    assert sommeil.pauses == pauses
    assert len(serveur.recues) == len(pauses) + 1


def test_an_import_goes_on_once_the_source_is_free(serveur: Serveur) -> None:
    serveur.fault = "quota"

    def rest(pause: float) -> None:
        serveur.fault = "normal"

    with Client(hotes=LOCAL, delai_s=10, patience_s=60, sommeil=rest) as client:
        assert client.post(serveur.url, json={"q": "1"}).statut == 200
    assert len(serveur.recues) == 2


@pytest.mark.parametrize(("fault", "statut"), [("unauthorised", 401), ("forbidden", 403), ("error", None)])
def test_an_adapter_is_told_whether_its_key_is_refused(
    serveur: Serveur, client: Client, fault: str, statut: int | None
) -> None:
    serveur.fault = fault
    with pytest.raises(SourceEnPanne) as panne:
        client.get(serveur.url)
    assert panne.value.statut == statut


def test_a_source_that_says_wait_zero_is_not_hammered(serveur: Serveur) -> None:
    serveur.statut, serveur.entetes = "429 Too Many Requests", ["Retry-After: 0"]
    serveur.fault, sommeil = "status", Sommeil()
    with (
        Client(hotes=LOCAL, delai_s=10, patience_s=3, sommeil=sommeil) as client,
        pytest.raises(SourceEnPanne),
    ):
        client.get(serveur.url)
    assert sommeil.pauses == [1, 1, 1]


def test_threads_take_turns_within_the_quota(serveur: Serveur) -> None:
    """The pauses are those of a queue: about one, two, three steps of the pace, whoever comes first."""
    sommeil = Sommeil()
    with Client(hotes=LOCAL, delai_s=100, cadence_s=20, sommeil=sommeil) as client:
        fils = [threading.Thread(target=client.get, args=(serveur.url,)) for _ in range(4)]
        for fil in fils:
            fil.start()
        for fil in fils:
            fil.join()
    assert [round(pause / 20) for pause in sorted(sommeil.pauses)] == [1, 2, 3]


def test_a_turn_too_far_is_refused_at_once_and_costs_nobody_theirs(serveur: Serveur) -> None:
    sommeil = Sommeil()
    with Client(hotes=LOCAL, delai_s=5, cadence_s=3, sommeil=sommeil) as client:
        client.get(serveur.url)
        client.get(serveur.url)
        for _ in range(2):
            with pytest.raises(SourceEnPanne, match="à la fois") as panne:
                client.get(serveur.url)
            assert 5 < (panne.value.attendre_s or 0) <= 6
    assert len(serveur.recues) == 2


# JSON


def test_json_reads_what_sources_really_send() -> None:
    corps = '\ufeff{"intitule": "Aide à domicile 🙂", "salaire": 12.5, "vide": null}'.encode()
    assert Reponse(200, {}, corps).json() == {"intitule": "Aide à domicile 🙂", "salaire": 12.5, "vide": None}


def test_half_an_emoji_can_still_be_written_on_a_page() -> None:
    lu = Reponse(200, {}, rb'{"a": "aide \ud83d", "b": "\ud83d\ude42", "c": "\\ud83d"}').json()
    assert lu == {"a": "aide ?", "b": "🙂", "c": r"\ud83d"}


@pytest.mark.parametrize(
    "corps", [b"", b"9" * 5000, b"[1,]", b"\xff\xfe[\x00]\x00", b'{"a": -Infinity}', b"[-1e400]"]
)
def test_json_is_strict(corps: bytes) -> None:
    with pytest.raises(FormatInattendu):
        Reponse(200, {}, corps).json()
