"""So many bytes, sent by the same server without a thought: `python -m benchmarks.nu PORT BYTES`."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from web.journal import LOG_CONFIG


def main(port: int, taille: int) -> None:
    page = "x" * taille

    async def answer(request: Request) -> HTMLResponse:
        await request.body()
        return HTMLResponse(page)

    app = Starlette(routes=[Route("/{chemin:path}", answer, methods=["GET", "POST"])])
    uvicorn.run(app, port=port, http="h11", access_log=False, log_config=LOG_CONFIG)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
