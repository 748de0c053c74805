"""A small server that plays what sources do when they are ill, on raw sockets: no library would send it all.

    with Serveur() as serveur:
        serveur.fault = "drip"  # one of FAUTES; may change between two requests
        serveur.normal["/token"] = b'{"access_token": "x"}'  # a path answered well whatever the fault
        serveur.corps = ...  # what "normal" and "script" answer: your source's format, SCRIPT in a title
        client = Client(hotes=frozenset({"127.0.0.1"}), delai_s=0.3)  # and serveur.url as base

`serveur.recues` holds the head of every request; "status" answers `serveur.statut` and `serveur.entetes`.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

SCRIPT = "<script>alert('capsoin')</script>"
LOURD = 200_000_000
ATTENTE_S = 7


class Serveur:
    """Listens on 127.0.0.1 until it is left; `fault` and `normal` are read at each request."""

    def __init__(self, fault: str = "normal") -> None:
        self.fin = threading.Event()
        self.normal: dict[str, bytes] = {}
        self.recues: list[str] = []
        self.statut, self.entetes = "200 OK", list[str]()
        self.corps = json.dumps({"resultats": [{"id": "100A", "intitule": f"Aide {SCRIPT}"}]}).encode()
        self._fils: list[threading.Thread] = []
        self._ecoute: socket.socket | None = None
        self._port = 0
        self._fault = ""
        self.fault = fault

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def fault(self) -> str:
        return self._fault

    @fault.setter
    def fault(self, fault: str) -> None:
        """« refused » stops listening; any other starts again on the same port."""
        if fault not in FAUTES:
            raise KeyError(fault)
        self._fault = fault
        if self._ecoute is None:
            self._listen()
        if fault == "refused":
            self._stop_listening()

    def __enter__(self) -> Serveur:
        return self

    def __exit__(self, *_: object) -> None:
        self.fin.set()
        self._stop_listening()
        for fil in self._fils:
            fil.join(5)

    def _listen(self) -> None:
        self._ecoute = socket.create_server(("127.0.0.1", self._port), backlog=64)
        self._port = self._ecoute.getsockname()[1]
        self._start(self._accept, self._ecoute)

    def _stop_listening(self) -> None:
        if self._ecoute is not None:
            # Closing alone would leave the thread in accept().
            with suppress(OSError):
                self._ecoute.shutdown(socket.SHUT_RDWR)
            self._ecoute.close()
            self._ecoute = None

    def _start(self, target: Callable[[socket.socket], None], prise: socket.socket) -> None:
        fil = threading.Thread(target=target, args=(prise,), daemon=True)
        self._fils.append(fil)
        fil.start()

    def _accept(self, ecoute: socket.socket) -> None:
        while True:
            try:
                prise, _ = ecoute.accept()
            except OSError:
                return
            self._start(self._serve, prise)

    def _serve(self, prise: socket.socket) -> None:
        """One request a connection. The client may leave at any time: that is what is tested."""
        with prise, suppress(OSError):
            prise.settimeout(10)
            tete = _read_request(prise)
            if not tete:
                return
            self.recues.append(tete)
            chemin = tete.split(" ")[1].split("?")[0]
            pieces = (
                iter([_answer(self.normal[chemin])]) if chemin in self.normal else FAUTES[self.fault](self)
            )
            for piece in pieces:
                prise.sendall(piece)


def _read_request(prise: socket.socket) -> str:
    """Head of the request; its body is read too, or closing would reset the connection."""
    tete, _, corps = b"", b"", b""
    while b"\r\n\r\n" not in tete:
        morceau = prise.recv(65536)
        if not morceau:
            return ""
        tete += morceau
    tete, _, corps = tete.partition(b"\r\n\r\n")
    texte = tete.decode("latin-1")
    longueurs = [
        line.split(":")[1] for line in texte.split("\r\n") if line.lower().startswith("content-length:")
    ]
    while longueurs and len(corps) < int(longueurs[0]):
        corps += prise.recv(65536)
    return texte


def _head(statut: str, *entetes: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {statut}", "Connection: close", *entetes, "", ""]).encode("latin-1")


def _answer(
    corps: bytes, statut: str = "200 OK", *entetes: str, type_mime: str = "application/json"
) -> bytes:
    return _head(statut, f"Content-Type: {type_mime}", f"Content-Length: {len(corps)}", *entetes) + corps


def _always(reponse: bytes) -> Callable[[Serveur], Iterator[bytes]]:
    return lambda _: iter([reponse])


def _hang(serveur: Serveur) -> Iterator[bytes]:
    serveur.fin.wait(30)
    yield b""


def _slowly(serveur: Serveur, reponse: bytes) -> Iterator[bytes]:
    for place in range(len(reponse)):
        if serveur.fin.wait(0.1):
            return
        yield reponse[place : place + 1]


def _drip(serveur: Serveur) -> Iterator[bytes]:
    """Whole headers, then a byte every 100 ms."""
    reponse = _answer(serveur.corps)
    debut = reponse.index(b"\r\n\r\n") + 4
    yield reponse[:debut]
    yield from _slowly(serveur, reponse[debut:])


def _drip_headers(serveur: Serveur) -> Iterator[bytes]:
    return _slowly(serveur, _answer(serveur.corps))


def _redirect(serveur: Serveur) -> Iterator[bytes]:
    yield _answer(b"", "302 Found", f"Location: {serveur.url}/ailleurs")


def _heavy(_: Serveur) -> Iterator[bytes]:
    """A list that would be JSON, if anyone read all of it."""
    yield _head("200 OK", "Content-Type: application/json") + b"[0"
    morceau = b",0" * 32768
    for _rang in range(LOURD // len(morceau)):
        yield morceau
    yield b"]"


@cache
def bomb() -> bytes:
    """Twenty thousand bytes on the wire, twenty million once decompressed."""
    return gzip.compress(b" " * (LOURD // 10))


def _bomb(_: Serveur) -> Iterator[bytes]:
    yield _answer(bomb(), "200 OK", "Content-Encoding: gzip")


def _truncated(serveur: Serveur) -> Iterator[bytes]:
    yield _answer(serveur.corps)[:-5]


def _truncated_gzip(serveur: Serveur) -> Iterator[bytes]:
    yield _answer(gzip.compress(serveur.corps)[:-12], "200 OK", "Content-Encoding: gzip")


def _normal(serveur: Serveur) -> Iterator[bytes]:
    yield _answer(serveur.corps)


def _status(serveur: Serveur) -> Iterator[bytes]:
    yield _answer(b"[]", serveur.statut, *serveur.entetes)


def _zipped(serveur: Serveur) -> Iterator[bytes]:
    yield _answer(gzip.compress(serveur.corps), "200 OK", "Content-Encoding: gzip")


FAUTES: dict[str, Callable[[Serveur], Iterator[bytes]]] = {
    "normal": _normal,
    "script": _normal,
    "gzip": _zipped,
    "status": _status,
    "cookie": _always(_answer(b"[]", "200 OK", "Set-Cookie: suivi=1; Path=/")),
    "refused": _always(b""),
    "hang": _hang,
    "closed": _always(b""),
    "drip": _drip,
    "drip_headers": _drip_headers,
    "redirect": _redirect,
    "unauthorised": _always(_answer(b'{"message": "jeton"}', "401 Unauthorized")),
    "forbidden": _always(_answer(b'{"message": "abonnement"}', "403 Forbidden")),
    "quota": _always(
        _answer(b"quota", "429 Too Many Requests", f"Retry-After: {ATTENTE_S}", type_mime="text/plain")
    ),
    "quota_reset": _always(_answer(b"", "429 Too Many Requests", f"x-ratelimit-reset: {ATTENTE_S}")),
    "error": _always(_answer(b"<h1>500</h1>", "500 Internal Server Error", type_mime="text/html")),
    "unavailable": _always(_answer(b"", "503 Service Unavailable")),
    "heavy": _heavy,
    "bomb": _bomb,
    "brotli": _always(_answer(b"\x0b\x02\x80[]\x03", "200 OK", "Content-Encoding: br")),
    "truncated": _truncated,
    "truncated_gzip": _truncated_gzip,
    "huge_headers": _always(_answer(b"{}", "200 OK", "X-Long: " + "a" * 1_000_000)),
    "not_http": _always(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "bad_json": _always(_answer(b'{"resultats": [')),
    "html": _always(_answer(b"<!DOCTYPE html><title>Maintenance</title>", type_mime="text/html")),
    "charset": _always(_answer('{"intitule": "Aide à domicile"}'.encode("latin-1"))),
    "deep": _always(_answer(b"[" * 100_000 + b"]" * 100_000)),
    "nan": _always(_answer(b'{"latitude": NaN}')),
    "infinite": _always(_answer(b'{"latitude": 1e999}')),
    "empty": _always(_head("204 No Content")),
    "wrong_schema": _always(_answer(b'{"resultats": 12, "jobs": "x", "data": [null, 7], "results": {}}')),
}
"""The first are answers; then what no client could read, then what no adapter could."""
