"""Time to answer one question of fact: `python -m benchmarks.reponses`.

As everywhere here, each figure is also a ratio to a fixed piece of work done in the same run: compare ratios.
"""

from __future__ import annotations

import json
import time
import zlib
from pathlib import Path

from benchmarks.run import CHAUFFE, REFERENCE
from service.conseiller import Conseiller
from service.profil import Profil

QUESTIONS = Path(__file__).parent.parent / "training" / "judgements" / "questions.jsonl"
P95_MAX_MS = 15.0


def main() -> None:
    reference = sorted(_reference_ms() for _ in range(30))[15]
    conseiller = Conseiller.load(transformer=False)
    with QUESTIONS.open(encoding="utf-8") as lignes:
        textes = [json.loads(ligne)["texte"] for ligne in lignes]
    for texte in textes[:CHAUFFE]:
        conseiller.reponses.answer(texte, Profil())
    durations = sorted(_timed_ms(conseiller, texte) for texte in textes)
    print(f"reference (zlib, 1 MB)  {reference:8.2f} ms")
    for name, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99)):
        value = durations[int(len(durations) * share)]
        print(f"answer, {name:15s} {value:8.2f} ms   {value / reference:8.2f} × reference")
    p95 = durations[int(len(durations) * 0.95)]
    if p95 > P95_MAX_MS:
        raise SystemExit(f"p95 {p95:.1f} ms: more than {P95_MAX_MS} ms")


def _timed_ms(conseiller: Conseiller, texte: str) -> float:
    debut = time.perf_counter()
    conseiller.reponses.answer(texte, Profil())
    return (time.perf_counter() - debut) * 1000


def _reference_ms() -> float:
    debut = time.perf_counter()
    zlib.compress(REFERENCE, 6)
    return (time.perf_counter() - debut) * 1000


if __name__ == "__main__":
    main()
