"""`python -m web`: serves the application; docs/reglages.md lists what may be set."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import uvicorn

from web.app import create_app
from web.journal import LOG_CONFIG
from web.settings import Settings

# Between our own limit of 16 kB, which answers 431, and what the parser may hold in memory.
HEADERS_BUFFER_BYTES = 32_768


def main() -> None:
    settings = _settings()
    uvicorn.run(create_app(settings), **server_options(settings))


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
        "proxy_headers": False,
        "access_log": False,
        "log_config": LOG_CONFIG,
    }


if __name__ == "__main__":
    main()
