"""What changed, told as it happens: a stream of versions, never of contents.

A page hears that there is something newer, and fetches it as it would be fetched by hand. The base is asked,
not another process: any of them may have written. `security.Capacity` bounds how many are open.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

from fastapi.concurrency import run_in_threadpool
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from service.dossiers.coffre import CoffreInutilisable

# A change must be seen by the other within two seconds.
PAUSE_S = 0.5
# Proxies close what stays silent.
SILENCE_S = 15.0
# Then the page asks again, with its cookie: who was signed out since learns nothing more.
VIE_S = 600.0
REPRISE_MS = 2_000
FIN = "fin"
"""The event that says there is nothing to follow any more."""
# nginx would keep it until the end.
SANS_TAMPON = {"X-Accel-Buffering": "no"}

Lire = Callable[[], str | None]
"""The version now; None once it may not be followed any more."""


def stream(lire: Lire, arret: threading.Event) -> EventSourceResponse:
    """An event at each new version, until the end of what is followed, of its time, or of the server."""
    return EventSourceResponse(versions(lire, arret), headers=SANS_TAMPON)


async def versions(lire: Lire, arret: threading.Event) -> AsyncIterator[bytes]:
    """What `stream` sends."""
    begun = spoken = time.monotonic()
    told: str | None = None
    yield format_sse_event(retry=REPRISE_MS)
    while not arret.is_set() and time.monotonic() < begun + VIE_S:
        version = await _read(lire, told)
        if version is None:
            yield format_sse_event(event=FIN, data_str=FIN)
            return
        if version != told:
            told, spoken = version, time.monotonic()
            yield format_sse_event(data_str=version)
        elif time.monotonic() > spoken + SILENCE_S:
            spoken = time.monotonic()
            yield KEEPALIVE_COMMENT
        await asyncio.sleep(PAUSE_S)


async def _read(lire: Lire, told: str | None) -> str | None:
    """A base that does not answer has nothing new."""
    try:
        return await run_in_threadpool(lire)
    except CoffreInutilisable:
        return told or ""
