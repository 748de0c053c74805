"""A real server on a real socket, sent what nobody sends by accident: it refuses and stays up."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service.conseiller import Conseiller
from web.__main__ import server_options
from web.app import create_app
from web.settings import Settings

ICI = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((ICI / "bad_inputs.yaml").read_text(encoding="utf-8"))
ANSWER_S = 3.0


@pytest.fixture(scope="module")
def port(conseiller: Conseiller) -> Iterator[int]:
    """The port of a server started as `python -m web` starts it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    reglages = Settings(port=port)
    server = uvicorn.Server(uvicorn.Config(create_app(reglages, conseiller), **server_options(reglages)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(timeout=10)


def exchange(port: int, request: bytes) -> bytes:
    """The first answer to these exact bytes; empty when the server closes or says nothing."""
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S) as connection:
        answer = b""
        # A refusal may come before all is sent.
        with suppress(ConnectionError):
            connection.sendall(request)
        try:
            while not is_whole(answer):
                piece = connection.recv(65_536)
                if not piece:
                    break
                answer += piece
        except (ConnectionError, TimeoutError):
            pass
        return answer


def is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    return bool(end) and length is not None and len(body) >= int(length[1])


def bytes_of(case: dict[str, Any]) -> bytes:
    if "raw" in case:
        return str(case["raw"]).encode("latin-1")
    times = case.get("times", 1)
    path, body = case["path"], b""
    if case["method"] == "POST":
        body = bytes.fromhex(case.get("body_hex", "")) or case.get("body", "").encode()
        body *= times
    elif times > 1:
        path += "a" * times
    headers = {"host": "localhost", "connection": "close", "content-length": len(body)}
    headers |= {"content-type": "application/json"} | case.get("headers", {})
    lines = [f"{case['method']} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def status_of(answer: bytes) -> int | str:
    found = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    return int(found[1]) if found else "closed"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_bad_request_is_answered_as_expected_and_the_service_lives_on(
    port: int, case: dict[str, Any]
) -> None:
    answer = exchange(port, bytes_of(case))
    assert status_of(answer) in case["status"], answer[:300]
    assert b"ailleurs.example" not in answer
    assert b"\r\nset-cookie" not in answer.lower()
    assert b"Traceback" not in answer
    alive = exchange(port, b"GET /api/v1/sante HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status_of(alive) == 200


def test_headers_that_never_end_are_refused(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 100_000
    assert status_of(exchange(port, request)) in (400, 431, "closed")


@pytest.mark.parametrize("framing", ["content-length: 10000000", "transfer-encoding: chunked"])
def test_ten_megabytes_are_refused_before_they_are_read(port: int, framing: str) -> None:
    head = f"POST /api/v1/orientation HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n"
    started = time.monotonic()
    answer = exchange(port, head.encode() + b"989680\r\n" + b"a" * 10_000_000)
    assert status_of(answer) == 413
    assert time.monotonic() - started < 1


def test_the_server_does_not_say_what_it_is_made_of(port: int) -> None:
    answer = exchange(port, b"GET /rien HTTP/1.1\r\nHost: localhost\r\n\r\n").lower()
    assert status_of(answer.upper()) == 404
    assert b"\r\nserver:" not in answer
    assert b"uvicorn" not in answer


def test_slow_people_do_not_stop_the_others(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"POST /api/v1/orientation HTTP/1.1\r\nHost: localhost\r\n"
                           b"Content-Length: 50\r\n\r\n{")  # fmt: skip
    alive = exchange(port, b"GET /api/v1/sante HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for connection in slow:
        connection.close()
    assert status_of(alive) == 200


@pytest.fixture(scope="module")
def client(conseiller: Conseiller) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), conseiller)) as client:
        yield client


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
fields = st.sampled_from(
    ["age", "envies", "publics", "cadres", "diplomes", "experiences", "commune", "exclus", "permis"]
)


@settings(max_examples=60, deadline=None)
@given(body=st.dictionaries(fields, json_values) | json_values)
def test_any_json_is_accepted_or_refused(client: TestClient, body: object) -> None:
    answer = client.post(
        "/api/v1/orientation",
        content=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (200, 400, 422)


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_accepted_or_refused(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/api/v1/orientation", content=body, headers=headers)
    assert answer.status_code in (200, 400, 422)


@settings(max_examples=60, deadline=None)
@given(envies=st.text(max_size=2000), diplome=st.text(max_size=120))
def test_any_text_gets_an_orientation(client: TestClient, envies: str, diplome: str) -> None:
    profil = {"envies": envies, "diplomes": [diplome]}
    assert client.post("/api/v1/orientation", json=profil).status_code == 200


@pytest.mark.lent
def test_schemathesis_finds_nothing(port: int, tmp_path: Path) -> None:
    site = f"http://127.0.0.1:{port}"
    program = str(Path(sys.executable).parent / "schemathesis")
    run = subprocess.run(
        [program, "--config-file", str(ICI / "schemathesis.toml"), "run", f"{site}/openapi.json", "--url", site, "--checks", "all",
         "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "1",
         "--no-color"],
        env=os.environ
        | {"SCHEMATHESIS_HOOKS": "tests.schemathesis_hooks", "PYTHONPATH": str(ICI.parent)},
        cwd=ICI.parent, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
