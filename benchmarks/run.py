"""Speed and memory of what a person waits for: `make bench`.

Absolute figures depend on the machine, so each is also given as a ratio to a fixed piece of work done in the
same run (compressing one megabyte): compare ratios between machines and commits, never milliseconds.
"""

from __future__ import annotations

import json
import resource
import statistics
import time
import zlib
from collections.abc import Callable
from itertools import product
from pathlib import Path

from knowledge.schema import Niveau
from service.conseiller import Conseiller
from service.parcours import Depart
from service.profil import Profil
from service.reseau import network

JUGEMENTS = Path(__file__).parent.parent / "training" / "judgements" / "enonces.jsonl"
REFERENCE = bytes(range(256)) * 4096
ARTEFACTS = Path(__file__).parent.parent / "models" / "artefacts"
TEXTES = 300
TEXTES_DU_MAITRE = 200
CHAUFFE = 20


def main() -> None:
    reference = _median_ms(lambda: zlib.compress(REFERENCE, 6), 30)
    debut = time.perf_counter()
    conseiller = Conseiller.load()
    start_up = time.perf_counter() - debut
    rows = [json.loads(ligne) for ligne in JUGEMENTS.read_text(encoding="utf-8").splitlines()]
    profils = [Profil(envies=row["texte"]) for row in rows[:TEXTES]]
    for profil in profils[:CHAUFFE]:
        conseiller.orienter(profil, 26)
    durations = sorted(_timed_ms(conseiller, profil) for profil in profils)
    ways = sorted(_ways_ms(conseiller, depart) for depart in _departures())
    textes = [p.envies for p in profils] * 10
    debut = time.perf_counter()
    conseiller.encodeur.encode(textes)
    rate = len(textes) / (time.perf_counter() - debut)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"reference (zlib, 1 MB)       {reference:8.2f} ms")
    print(f"start-up                     {start_up:8.2f} s    {start_up * 1000 / reference:8.1f} × reference")
    for name, share in (("orientation, median", 0.5), ("orientation, p95", 0.95)):
        value = durations[int(len(durations) * share)]
        print(f"{name:28s} {value:8.2f} ms   {value / reference:8.2f} × reference")
    for name, share in (("26 parcours, median", 0.5), ("26 parcours, p95", 0.95)):
        value = ways[int(len(ways) * share)]
        print(f"{name:28s} {value:8.2f} ms   {value / reference:8.2f} × reference")
    print(f"encoder                      {rate:8.0f} texts/s")
    if slow := _teacher_rate(textes[:TEXTES_DU_MAITRE]):
        print(f"e5-small, same texts         {slow:8.0f} texts/s    encoder: {rate / slow:.0f} × faster")
    print(f"memory, highest              {memory:8.0f} MB")
    size = sum(f.stat().st_size for f in ARTEFACTS.rglob("*") if f.is_file()) / 1e6
    print(f"artefacts                    {size:8.1f} MB")


def _departures() -> list[Depart]:
    """People who differ, so that none is known from the one before."""
    known = product((None, *Niveau), (None, 16, 17, 19, 28, 41, 53), (frozenset(), frozenset({"DEAES"})))
    return [Depart(acquis=acquis, niveau=niveau, age=age) for niveau, age, acquis in known]


def _ways_ms(conseiller: Conseiller, depart: Depart) -> float:
    reseau = network(conseiller.connaissances)
    debut = time.perf_counter()
    for slug in conseiller.slugs:
        reseau.vers(slug, depart)
    return (time.perf_counter() - debut) * 1000


def _teacher_rate(textes: list[str]) -> float | None:
    """Texts a second through sentence-transformers, on one thread too; None without the extra `training`."""
    try:
        import torch

        from training.teacher import load_teacher
    except ModuleNotFoundError:
        print("e5-small                     not measured: pip install .[training]")
        return None
    torch.set_num_threads(1)
    maitre = load_teacher()
    debut = time.perf_counter()
    maitre.encode(textes, show_progress_bar=False)
    return len(textes) / (time.perf_counter() - debut)


def _timed_ms(conseiller: Conseiller, profil: Profil) -> float:
    debut = time.perf_counter()
    conseiller.orienter(profil, 26)
    return (time.perf_counter() - debut) * 1000


def _median_ms(work: Callable[[], object], times: int) -> float:
    durations = []
    for _ in range(times):
        debut = time.perf_counter()
        work()
        durations.append((time.perf_counter() - debut) * 1000)
    return statistics.median(durations)


if __name__ == "__main__":
    main()
