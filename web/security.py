"""The gate in front of the application: small ASGI layers, each with one refusal.

They know nothing of métiers. A layer refuses by raising `Refusal`; `errors.SafetyNet`, just outside
them, turns it into a French page or a problem document. `SecurityHeaders` is outside both, so that
every answer carries the same headers, refusals and failures included.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import Refusal

IMAGES = "img-src 'self' data:"
CSP = (
    f"default-src 'none'; script-src 'self'; style-src 'self'; {IMAGES}; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
PERMISSIONS = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "accelerometer=(), gyroscope=(), magnetometer=(), browsing-topics=()"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
HSTS = "max-age=31536000; includeSubDomains"
ANSWERED_FROM_DISK = frozenset({200, 206, 304})
# A file whose URL holds its digest (?v=) or the version it was published under never changes; the
# others may after a release.
PUBLISHED = re.compile(r"[-/]\d+\.\d+\.\d+", re.ASCII)
CACHE_VERSIONED = "public, max-age=31536000, immutable"
CACHE_STATIC = "public, max-age=3600"

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_FETCH_SITES = frozenset({"same-origin", "none"})

HEADERS_MAX_BYTES = 16_384
HEADERS_MAX = 100
URL_MAX_BYTES = 4_096
BODY_MAX_BYTES = 65_536
BODY_DEADLINE_S = 10.0
RETRY_AFTER_S = 5
STREAM = "/flux"
"""How the address of every stream ends."""
STREAMS_MAX = 100
HOST = re.compile(r"(?P<nom>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", re.ASCII)


class SecurityHeaders:
    """The same headers on every answer; nothing is cached but the static files.

    `tuiles` is the one origin, if any, from which the operator lets images come.
    """

    def __init__(self, app: ASGIApp, *, https: bool, tuiles: str | None = None) -> None:
        self.app = app
        self.headers = HEADERS | ({"Strict-Transport-Security": HSTS} if https else {})
        if tuiles:
            self.headers["Content-Security-Policy"] = CSP.replace(IMAGES, f"{IMAGES} {tuiles}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                headers["Cache-Control"] = _cache_control(scope, message["status"])
                if headers.get("content-type", "").startswith("text/html"):
                    headers.add_vary_header("HX-Request")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _cache_control(scope: Scope, status: int) -> str:
    if not scope["path"].startswith("/static/") or status not in ANSWERED_FROM_DISK:
        return "no-store"
    versioned = scope["query_string"].startswith(b"v=") or PUBLISHED.search(scope["path"])
    return CACHE_VERSIONED if versioned else CACHE_STATIC


class Capacity:
    """Refuses at once what would make everyone wait: so many requests are served at a time.

    A stream (`flux`) stays open for minutes and costs next to nothing: streams have a count of their own, and
    one too many is told to stay away, since its page works without. The server's own limit, further out,
    answers in English and without our headers.
    """

    def __init__(self, app: ASGIApp, *, at_once: int, streams: int = STREAMS_MAX) -> None:
        self.app = app
        self.at_once = at_once
        self.streams = streams
        self.served = 0
        self.streamed = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "GET" and scope["path"].endswith(STREAM):
            await self._stream(scope, receive, send)
            return
        if self.served >= self.at_once:
            raise Refusal(503, headers={"Retry-After": str(RETRY_AFTER_S)})
        self.served += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.served -= 1

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.streamed >= self.streams:
            # The one status after which a browser does not try again.
            await Response(status_code=204)(scope, receive, send)
            return
        self.streamed += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.streamed -= 1


class KnownHosts:
    """Refuses a request addressed to a name that is not ours (DNS rebinding, forged links)."""

    def __init__(self, app: ASGIApp, *, hotes: frozenset[str]) -> None:
        self.app = app
        self.hotes = hotes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = HOST.fullmatch(Headers(scope=scope).get("host", "").lower())
            if host is None or host["nom"] not in self.hotes:
                raise Refusal(400, "L'adresse demandée n'est pas celle de ce service.")
        await self.app(scope, receive, send)


class RequestLimits:
    """Refuses a request whose line or headers are far larger than any real one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            _check_sizes(scope)
            _check_framing(Headers(scope=scope))
        await self.app(scope, receive, send)


def _check_sizes(scope: Scope) -> None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > URL_MAX_BYTES:
        raise Refusal(414)
    headers = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > HEADERS_MAX or size > HEADERS_MAX_BYTES:
        raise Refusal(431)


def _check_framing(headers: Headers) -> None:
    # Two ways to tell where the body ends: a proxy in front may believe the other one.
    if "content-length" in headers and "transfer-encoding" in headers:
        raise Refusal(400)
    # A few compressed bytes can unfold into gigabytes; no client of ours needs it.
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "Envoyez le contenu sans compression.")


class SameOrigin:
    """Refuses an unsafe request sent by another site, without any token in the forms.

    A script that is no browser sends neither Sec-Fetch-Site nor Origin: it may call us as long as
    it brings no cookie, since there is then no session to abuse.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        unsafe = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
        if unsafe and not _is_from_us(Headers(scope=scope)):
            raise Refusal(403, "Cette demande vient d'un autre site. Revenez à notre page.")
        await self.app(scope, receive, send)


def _is_from_us(headers: Headers) -> bool:
    fetch_sites = headers.getlist("sec-fetch-site")
    if fetch_sites:
        return OWN_FETCH_SITES.issuperset(fetch_sites)
    origins = headers.getlist("origin")
    if origins:
        return all(_host_of(origin) == headers.get("host", "").lower() for origin in origins)
    return "cookie" not in headers


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin.lower()).netloc or None
    except ValueError:
        return None


class BoundedBody:
    """Reads the whole body before the application does: not too large, not too slow.

    FastAPI's own `max_body_size` has no deadline and answers outside `SecurityHeaders`.
    """

    def __init__(
        self, app: ASGIApp, *, max_bytes: int = BODY_MAX_BYTES, deadline_s: float = BODY_DEADLINE_S
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.deadline_s = deadline_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await self._read_in_time(scope, receive)
        if body is not None:
            await self.app(scope, _replay(body, receive), send)

    async def _read_in_time(self, scope: Scope, receive: Receive) -> bytes | None:
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal():
            raise Refusal(400)
        if len(declared) > len(str(self.max_bytes)) or int(declared) > self.max_bytes:
            raise Refusal(413)
        try:
            async with asyncio.timeout(self.deadline_s):
                return await self._read(receive)
        except TimeoutError:
            raise Refusal(408) from None

    async def _read(self, receive: Receive) -> bytes | None:
        """None when the person has gone before the end: there is nobody left to answer."""
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self.max_bytes:
                raise Refusal(413)
            more = message.get("more_body", False)
        return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again
