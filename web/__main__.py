"""`python -m web`: serves the application; docs/reglages.md lists what may be set."""

from __future__ import annotations

import socket
import sys
import threading
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

import uvicorn

from web.app import create_app
from web.journal import LOG_CONFIG
from web.settings import Settings

# Between our own limit of 16 kB, which answers 431, and what the parser may hold in memory.
HEADERS_BUFFER_BYTES = 32_768
# What uvicorn says when it could not start.
ECHEC = 3


def main() -> None:
    settings = _settings()
    app = create_app(settings)
    serveur = Serveur(uvicorn.Config(app, **server_options(settings)), app.state.arret)
    with suppress(KeyboardInterrupt):
        serveur.run()
    if not serveur.started:
        sys.exit(ECHEC)


class Serveur(uvicorn.Server):
    """Stops as asked: streams end by themselves, and every other answer is finished."""

    def __init__(self, config: uvicorn.Config, arret: threading.Event) -> None:
        super().__init__(config)
        self.arret = arret

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.arret.set()
        await super().shutdown(sockets)


def _settings() -> Settings:
    """The environment's settings; `--port` wins over them."""
    parser = ArgumentParser(prog="python -m web", description="Sert Cap Soin.")
    parser.add_argument("--port", type=int, help="port d'écoute (sinon CAP_SOIN_PORT)")
    port: int | None = parser.parse_args().port
    return Settings() if port is None else Settings(port=port)


def server_options(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told; h11 because it refuses what httptools lets pass (HTTP/0.9, no Host)."""
    return {
        "host": settings.adresse,
        "port": settings.port,
        "http": "h11",
        "ws": "none",
        "h11_max_incomplete_event_size": HEADERS_BUFFER_BYTES,
        # Connections, idle ones included; `security.Capacity` refuses requests well before.
        "limit_concurrency": 2 * settings.connexions_max,
        "timeout_keep_alive": 5,
        "timeout_graceful_shutdown": 10,
        "server_header": False,
        # Tries are counted by address: behind a proxy that is not believed, everyone would have the same.
        "proxy_headers": bool(settings.mandataires),
        "forwarded_allow_ips": list(settings.mandataires),
        "access_log": False,
        "log_config": LOG_CONFIG,
    }


if __name__ == "__main__":
    main()
