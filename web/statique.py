"""What is compressed: files, once, and pages that are the same for everyone.

On a slow line the style sheet and htmx are most of a first visit. A page made for someone stays plain: it
holds what the person typed next to what a stranger could make it say, and compressed together their length
would tell one from the other (BREACH).
"""

from __future__ import annotations

import gzip
import os
import re
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

TEXTES = frozenset({".css", ".js", ".json", ".svg", ".txt"})
"""What shrinks; fonts and pictures are compressed already."""
GZIP = re.compile(r"gzip( *; *q=(?!0(\.0*)?$)[\d.]+)?", re.ASCII)
"""Accepted, unless with a preference of nought."""


class CompressedFiles(StaticFiles):
    """Answers with gzip whoever accepts it; a part of a file is a part of the plain one."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        plain = super().file_response(full_path, stat_result, scope, status_code)
        if Path(full_path).suffix not in TEXTES:
            return plain
        plain.headers.add_vary_header("Accept-Encoding")
        asked = Headers(scope=scope)
        wanted = any(GZIP.fullmatch(c.strip().lower()) for c in asked.get("accept-encoding", "").split(","))
        if plain.status_code == 304 or "range" in asked or not wanted:
            return plain
        response = _compressed(plain, _gzip(str(full_path), stat_result.st_mtime_ns))
        known = self.is_not_modified(response.headers, asked)
        return NotModifiedResponse(response.headers) if known else response


def _compressed(plain: Response, body: bytes) -> Response:
    """Two encodings are two representations: each has its own tag."""
    kept = {name: plain.headers[name] for name in ("content-type", "last-modified", "vary")}
    etag = plain.headers["etag"].rstrip('"') + '-gzip"'
    return Response(body, headers={**kept, "etag": etag, "content-encoding": "gzip"})


@lru_cache(maxsize=256)
def _gzip(chemin: str, _modified_ns: int) -> bytes:
    return gzip.compress(Path(chemin).read_bytes(), mtime=0)


class CompressedPages:
    """Compresses the answer to an address alone: no form, no query, no cookie, so nothing of anyone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.compressing = GZipMiddleware(app, minimum_size=1_000, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.compressing if _is_for_everyone(scope) else self.app
        await app(scope, receive, send)


def _is_for_everyone(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"].startswith("/static/"):
        return False
    return scope["method"] == "GET" and not scope["query_string"] and "cookie" not in Headers(scope=scope)
