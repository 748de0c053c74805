"""What is past its day is erased when the service starts and every hour, whether anybody comes or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.concurrency import run_in_threadpool

from service.dossiers.archives import Archives
from service.dossiers.coffre import CoffreInutilisable

PAUSE_S = 3600.0


@asynccontextmanager
async def keep_clean(archives: Archives, *, pause_s: float = PAUSE_S) -> AsyncIterator[None]:
    """While the service runs; an erasure that has begun is let to end."""
    stop = asyncio.Event()
    task = asyncio.create_task(_every(pause_s, archives, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _every(pause_s: float, archives: Archives, stop: asyncio.Event) -> None:
    while not stop.is_set():
        # A base that does not answer is logged by the store, and tried again.
        with suppress(CoffreInutilisable):
            await run_in_threadpool(archives.erase_expired)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_s)
