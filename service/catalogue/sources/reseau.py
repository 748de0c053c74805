"""The network, once for all sources. Nothing else of the catalogue opens a connection.

What a source, or someone in its place, could do to us, and what stops it:

- be slow (hang, one byte at a time, in the body, the headers, TLS or DNS): one deadline covers the whole
  answer, and each wait is given what is left of it;
- be huge, or a compression bomb: reading stops at `poids_max` bytes, counted once decompressed;
- lead elsewhere (SSRF): exact hosts only, https only, no redirection, no proxy taken from the environment;
  a name that resolves to a private address is refused, and the address checked is the one connected to;
- follow people or learn keys: no cookie is kept, nothing is logged, and no message quotes an address, a
  parameter, a header or a body;
- answer nonsense: bad JSON, another charset, bottomless nesting and NaN are one error, `FormatInattendu`.

`127.0.0.1` and `localhost`, when listed, may be spoken to in clear: that is for tests.
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, NoReturn

import httpcore
import httpx

from service.catalogue.fiches import FormatInattendu

LOCAUX = frozenset({"127.0.0.1", "localhost"})
# Beyond an hour a source is down rather than busy; none documents a longer wait.
ATTENTE_MAX_S = 3600.0
# What an import waits when the source is busy and does not say for how long.
PAUSE_S = 5.0
_RENDUS = frozenset({400, 404})
# 419: what the specification of API Alternance writes for 429.
_TROP = frozenset({419, 429})
_DEBUT_D_ECHAPPEMENT = re.compile(r"\\ud[89a-f]", re.IGNORECASE)

Parametre = str | int | float | bool
Parametres = Mapping[str, Parametre | Sequence[Parametre]]


class SourceEnPanne(RuntimeError):
    """A source did not answer as it should; the message is French and quotes nothing of what was received."""

    def __init__(self, raison: str, *, attendre_s: float | None = None, statut: int | None = None) -> None:
        super().__init__(raison)
        self.attendre_s = attendre_s
        """What the source asks us to wait (`Retry-After`), in seconds, at most an hour."""
        self.statut = statut
        """Status of the answer, when there was one that no adapter reads."""


@dataclass(frozen=True)
class Reponse:
    """An answer that an adapter may read: any 2xx, 400 or 404. Its repr shows no more than the status."""

    statut: int
    entetes: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    corps: bytes = field(repr=False)

    def json(self) -> Any:
        """The body, whose shape only the adapter knows. Raises FormatInattendu."""
        try:
            texte = self.corps.decode("utf-8-sig")
            lu = json.loads(texte, parse_constant=_refuse_number, parse_float=_read_float)
            if _DEBUT_D_ECHAPPEMENT.search(texte):
                # Half of an emoji, cut by the source: no page and no base could write it.
                lu = json.loads(json.dumps(lu, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise FormatInattendu("la réponse n'est pas du JSON lisible") from None
        return lu


class Client:
    """Speaks to the hosts listed, and to no other. One per source; may be shared by threads."""

    def __init__(
        self,
        *,
        hotes: frozenset[str],
        delai_s: float = 2.0,
        poids_max: int = 5_000_000,
        cadence_s: float = 0.0,
        patience_s: float = 0.0,
        sommeil: Callable[[float], None] = time.sleep,
    ) -> None:
        """`cadence_s`: least time between two requests. `patience_s`: what may be waited, over the retries
        of one request, when the source is busy (429, and once on 503); 0 while a person waits."""
        self.hotes, self.delai_s, self.poids_max = hotes, delai_s, poids_max
        self.cadence_s, self.patience_s, self._sommeil = cadence_s, patience_s, sommeil
        self._echeance = _Echeance()
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(), network_backend=_Acces(self._echeance), keepalive_expiry=15.0
        )
        self._tour = threading.Lock()
        self._prochain = 0.0

    def get(
        self,
        url: str,
        *,
        params: Parametres | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reponse:
        """Raises SourceEnPanne."""
        return self._send(self._prepare("GET", url, params=params, headers=headers))

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reponse:
        """With a JSON body (whatever can be written in JSON) or a form. Raises SourceEnPanne."""
        return self._send(self._prepare("POST", url, json=json, data=form, headers=headers))

    def close(self) -> None:
        self._pool.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(
        self,
        method: str,
        url: str,
        *,
        params: Parametres | None = None,
        headers: Mapping[str, str] | None = None,
        **corps: Any,
    ) -> httpx.Request:
        """httpx encodes; it does not send, for its client keeps cookies and logs addresses whole."""
        ours = {"accept": "application/json", "accept-encoding": "gzip", "user-agent": "Cap-Soin/1"}
        try:
            adresse = httpx.URL(url)
            if params:
                adresse = adresse.copy_merge_params(params)
            theirs = {name.lower(): value for name, value in (headers or {}).items()}
            request = httpx.Request(method, adresse, headers=ours | theirs, **corps)
        except (httpx.InvalidURL, ValueError):
            raise SourceEnPanne("la demande ne peut pas être formée (adresse ou clé illisible)") from None
        self._check(request.url)
        return request

    def _check(self, adresse: httpx.URL) -> None:
        local = adresse.host in LOCAUX
        if adresse.host not in self.hotes or adresse.userinfo:
            raise SourceEnPanne("cet hôte n'est pas celui de la source")
        if not local and (adresse.scheme != "https" or adresse.port not in (None, 443)):
            raise SourceEnPanne("seul https est accepté")

    def _send(self, request: httpx.Request) -> Reponse:
        patience, retried = self.patience_s, False
        while True:
            self._take_turn()
            reponse = self._ask(request)
            busy = reponse.statut in _TROP or (reponse.statut == 503 and not retried)
            attendre_s = _asked_wait(reponse.entetes)
            pause = max(1.0, PAUSE_S if attendre_s is None else attendre_s)
            if not busy or pause > patience:
                return _accept(reponse, request.url.host, attendre_s)
            patience, retried = patience - pause, reponse.statut == 503 or retried
            self._sommeil(pause)

    def _take_turn(self) -> None:
        """Wait for one's turn, `cadence_s` after the one before; give up at once if it is too far."""
        if not self.cadence_s:
            return
        with self._tour:
            now = time.monotonic()
            debut = max(now, self._prochain)
            pause = debut - now
            if pause > self.delai_s + self.patience_s:
                raise SourceEnPanne("trop de demandes à la fois", attendre_s=pause)
            self._prochain = debut + self.cadence_s
        if pause:
            self._sommeil(pause)

    def _ask(self, request: httpx.Request) -> Reponse:
        hote = request.url.host
        self._echeance.fin = time.monotonic() + self.delai_s
        try:
            return self._read(request)
        except httpcore.TimeoutException:
            raise SourceEnPanne(f"{hote} : pas de réponse complète dans le délai") from None
        except (httpcore.NetworkError, OSError):
            raise SourceEnPanne(f"{hote} : injoignable") from None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, zlib.error):
            raise SourceEnPanne(f"{hote} : réponse incomplète ou illisible") from None

    def _read(self, request: httpx.Request) -> Reponse:
        """One exchange. The body is read only where an adapter would read it."""
        url = request.url
        adresse = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with self._pool.stream(
            request.method,
            adresse,
            headers=request.headers.raw,
            content=request.read(),
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self.delai_s)},
        ) as answer:
            entetes = _lower(answer.headers)
            if not (200 <= answer.status < 300 or answer.status in _RENDUS):
                return Reponse(answer.status, entetes, b"")
            chunks = _decompress(answer.iter_stream(), entetes.get("content-encoding", ""), self.poids_max)
            return Reponse(answer.status, entetes, self._gather(chunks))

    def _gather(self, chunks: Iterable[bytes]) -> bytes:
        corps = bytearray()
        for chunk in chunks:
            self._echeance.left()
            corps += chunk
            if len(corps) > self.poids_max:
                raise SourceEnPanne("réponse trop volumineuse")
        return bytes(corps)


class _Echeance(threading.local):
    """When the answer being read by this thread must be complete."""

    fin = 0.0

    def left(self) -> float:
        """Seconds left, never 0, which a socket would take for « do not wait »."""
        left = self.fin - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _Acces(httpcore.NetworkBackend):
    """Opens connections: resolves within the deadline, refuses private addresses, tries all the others."""

    def __init__(self, echeance: _Echeance) -> None:
        self._echeance = echeance
        self._tcp = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (what is left replaces it)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        adresses = self._resolve(host, port)
        for rank, adresse in enumerate(adresses):
            # A dead address must leave time for those after it.
            share = self._echeance.left() / (len(adresses) - rank)
            try:
                stream = self._tcp.connect_tcp(adresse, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _Flux(stream, self._echeance)
        self._echeance.left()
        raise httpcore.ConnectError

    def _resolve(self, host: str, port: int) -> list[str]:
        """Addresses of a host, none of them private. `getaddrinfo` has no deadline of its own: a thread
        that outlives ours ends with it, and keeps nobody from leaving."""
        found: list[str] = []

        def ask() -> None:
            try:
                infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):
                return
            found.extend(dict.fromkeys(str(info[4][0]) for info in infos))

        thread = threading.Thread(target=ask, daemon=True, name="resolution")
        thread.start()
        thread.join(self._echeance.left())
        adresses = tuple(found)
        if host not in LOCAUX and not all(_is_public(adresse) for adresse in adresses):
            raise SourceEnPanne(f"{host} : adresse privée refusée")
        return list(adresses)


class _Flux(httpcore.NetworkStream):
    """A connection whose every wait is what is left of the deadline, so that headers cannot drip either."""

    def __init__(self, stream: httpcore.NetworkStream, echeance: _Echeance) -> None:
        self._stream, self._echeance = stream, echeance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._echeance.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._echeance.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._echeance.left())
        return _Flux(stream, self._echeance)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _is_public(adresse: str) -> bool:
    ip = ipaddress.ip_address(adresse)
    return ip.is_global and not ip.is_multicast


def _lower(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    lowered: dict[str, str] = {}
    for name, value in headers:
        cle, valeur = name.decode("latin-1").lower(), value.decode("latin-1")
        lowered[cle] = f"{lowered[cle]}, {valeur}" if cle in lowered else valeur
    return lowered


def _decompress(chunks: Iterable[bytes], encoding: str, poids_max: int) -> Iterable[bytes]:
    """Never more than `poids_max` bytes and one at a time, however little they take on the wire."""
    if encoding.lower() in ("", "identity"):
        yield from chunks
        return
    if encoding.lower() not in ("gzip", "x-gzip"):
        raise SourceEnPanne("compression inconnue")
    decompressor = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    for chunk in chunks:
        yield decompressor.decompress(chunk, poids_max + 1)
    if not decompressor.eof:
        raise zlib.error


def _accept(reponse: Reponse, hote: str, attendre_s: float | None) -> Reponse:
    statut = reponse.statut
    if 200 <= statut < 300 or statut in _RENDUS:
        return reponse
    if 300 <= statut < 400:
        raise SourceEnPanne(f"{hote} : redirection refusée ({statut})")
    if statut in (401, 403):
        raise SourceEnPanne(f"{hote} : accès refusé, clé ou abonnement à vérifier ({statut})", statut=statut)
    if statut in _TROP:
        raise SourceEnPanne(f"{hote} : quota dépassé ({statut})", attendre_s=attendre_s)
    raison = "service indisponible" if statut >= 500 else "réponse inattendue"
    raise SourceEnPanne(f"{hote} : {raison} ({statut})", attendre_s=attendre_s)


def _asked_wait(entetes: Mapping[str, str]) -> float | None:
    """What the source asks us to wait: `Retry-After` (seconds or a date), else `x-ratelimit-reset`."""
    for name in ("retry-after", "x-ratelimit-reset"):
        wait = _read_wait(entetes.get(name, ""))
        if wait is not None:
            return min(max(0.0, wait), ATTENTE_MAX_S)
    return None


def _read_wait(valeur: str) -> float | None:
    now = datetime.now(UTC).timestamp()
    try:
        seconds = float(valeur)
    except ValueError:
        try:
            return parsedate_to_datetime(valeur).timestamp() - now
        except (ValueError, OverflowError):
            return None
    if not math.isfinite(seconds):
        return None
    # A reset is told as a delay by some, as a moment since 1970 by others.
    return seconds - now if seconds > 1e9 else seconds


def _refuse_number(_: str) -> NoReturn:
    raise ValueError


def _read_float(brut: str) -> float:
    valeur = float(brut)
    if not math.isfinite(valeur):
        raise ValueError
    return valeur
