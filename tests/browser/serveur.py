"""The application on a free port, and Debian's chromium. Shared by the tests and the captures."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, Playwright
from starlette.types import ASGIApp

from service.conseiller import Conseiller
from tests.alentours import Alentours
from web.app import create_app
from web.settings import Settings

CHROMIUM = "/usr/bin/chromium"
# Without these, chromium calls its maker at start-up.
ARGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
START_S = 20


@contextmanager
def serve(conseiller: Conseiller) -> Iterator[str]:
    """Address of the application, stopped on leaving."""
    with run(create_app(Settings(), conseiller, Alentours())) as address:
        yield address


@contextmanager
def run(app: ASGIApp) -> Iterator[str]:
    """Address of a running server, stopped on leaving."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        _wait(server)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_S)
        listening.close()


def _wait(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_S
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not start")
        time.sleep(0.05)


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
    try:
        yield browser
    finally:
        browser.close()
