"""Fifty people at once: the time of each chat turn, and its ratio to a bare page of the same size.

`python -m benchmarks.conversation [SECONDS]`: starts the real server, then an empty one that only sends as
many bytes, and has the same people walk through both. A person thinks 5 to 15 seconds between two turns.
"""

from __future__ import annotations

import asyncio
import html
import random
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import httpx

PERSONNES = 50
SECONDES = 60.0
REFLEXION_S = (5.0, 15.0)
PORT, PORT_NU = 8961, 8962
TOURS = 6
PART_ECRITE = 0.3
GRAINE = 20261122
PAROLES = (
    "jador les ptit vieu, mamie jm occupe delle le mercredi. jai pas le bac",
    "Je suis cuisinier depuis 20 ans, j'ai mal au dos, je ne veux plus porter.",
    "je veux aider des enfants à apprendre, sans travailler la nuit",
    "écouter les gens, les aider avec leurs papiers",
    "pas les bébés, plutôt des adultes handicapés",
)
ETAT = re.compile(r'name="etat" value="([^"]*)"')
CHOIX = re.compile(r'name="choix" value="([^"]*)"')
ESSAI = re.compile(r'name="essai" value="([^"]*)"')
ECARTER = re.compile(r'name="ecarter" value="([^":]*)"')

Temps = Mapping[str, list[float]]


def main(secondes: float = SECONDES) -> None:
    with _server([sys.executable, "-m", "web", "--port", str(PORT)], PORT):
        real, sizes = asyncio.run(_crowd(PORT, secondes))
    every = [t for times in real.values() for t in times]
    size = round(statistics.mean(sizes))
    with _server([sys.executable, "-m", "benchmarks.nu", str(PORT_NU), str(size)], PORT_NU):
        bare, _ = asyncio.run(_crowd(PORT_NU, secondes))
    empty = [t for times in bare.values() for t in times]
    print(f"{PERSONNES} people for {secondes:.0f} s, {len(every)} turns, {size} bytes a page on average")
    for name, times in sorted(real.items()):
        print(f"  {name:12s} {_line(times)}")
    print(f"all turns      {_line(every)}")
    print(f"bare page      {_line(empty)}")
    median, slow = (_at(every, share) / _at(empty, share) for share in (0.5, 0.95))
    print(f"ratio          median {median:.1f} ×, p95 {slow:.1f} ×")


def _line(times: list[float]) -> str:
    return f"n {len(times):4d}   median {_at(times, 0.5):6.1f} ms   p95 {_at(times, 0.95):6.1f} ms"


def _at(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


@contextmanager
def _server(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            httpx.get(f"http://127.0.0.1:{port}/a-propos")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)


async def _crowd(port: int, secondes: float) -> tuple[Temps, list[int]]:
    times: dict[str, list[float]] = defaultdict(list)
    sizes: list[int] = []
    end = time.monotonic() + secondes
    async with asyncio.TaskGroup() as group:
        for rang in range(PERSONNES):
            group.create_task(_person(port, random.Random(GRAINE + rang), end, times, sizes))
    return times, sizes


async def _person(
    port: int, hasard: random.Random, end: float, times: dict[str, list[float]], sizes: list[int]
) -> None:
    await asyncio.sleep(hasard.uniform(0, REFLEXION_S[1]))
    async with _client(port) as client:
        page = ""
        for name, chemin, field in _turns(hasard):
            if time.monotonic() > end:
                return
            data = _sent(page, field, hasard)
            debut = time.perf_counter()
            answer = await client.post(chemin, data=data)
            times[name].append((time.perf_counter() - debut) * 1000)
            sizes.append(len(answer.content))
            page = answer.text
            await asyncio.sleep(hasard.uniform(*REFLEXION_S))


@asynccontextmanager
async def _client(port: int) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:
        yield client


def _turns(hasard: random.Random) -> Iterator[tuple[str, str, str]]:
    """One journey: what the turn is called, where it goes, the field it sends."""
    yield "start", "/conversation", "public"
    for _ in range(TOURS):
        written = hasard.random() < PART_ECRITE
        yield ("words" if written else "choice"), "/conversation", ("texte" if written else "choix")
    yield "results", "/resultats", ""
    yield "what if", "/resultats", "essai"
    yield "not for me", "/resultats", "ecarter"


def _sent(page: str, field: str, hasard: random.Random) -> dict[str, str]:
    etat = ETAT.search(page)
    data = {"etat": html.unescape(etat[1])} if etat else {}
    if field == "public":
        return {"public": hasard.choice(("jeune", "reconversion"))}
    if field == "texte":
        return data | {"texte": hasard.choice(PAROLES), "envoyer": "1"}
    offered = {"choix": CHOIX, "essai": ESSAI, "ecarter": ECARTER}.get(field)
    found = offered.findall(page) if offered else []
    return data | ({field: hasard.choice(found)} if found else {})


if __name__ == "__main__":
    main(*(float(a) for a in sys.argv[1:]))
