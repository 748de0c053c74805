"""What is written down about the traffic: method, route, status, time. Nothing a person typed.

The route is the declared one (`/api/v1/metiers/{slug}`), since an address may hold words or a code;
no query, no body, no network address. uvicorn's own access log, which holds them, stays off.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("cap_soin.acces")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})

LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ligne": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"sortie": {"class": "logging.StreamHandler", "formatter": "ligne"}},
    "loggers": {
        "cap_soin": {"handlers": ["sortie"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["sortie"], "level": "INFO", "propagate": False},
        "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
    "root": {"handlers": ["sortie"], "level": "WARNING"},
}


class AccessLog:
    """One line per answered request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.monotonic()

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                elapsed_ms = round((time.monotonic() - started) * 1000)
                method = scope["method"] if scope["method"] in METHODS else "AUTRE"
                logger.info("%s %s %s %s ms", method, route_of(scope), message["status"], elapsed_ms)
            await send(message)

        await self.app(scope, receive, note)


def route_of(scope: Scope) -> str:
    """The declared path that served the request, « (aucune) » when none did."""
    return getattr(scope.get("route"), "path", "(aucune)")
