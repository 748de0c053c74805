"""Numbers into a belief: weighted sums, softmax, entropy. The weights are a readable file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ARTEFACT = Path(__file__).parent / "artefacts" / "weights.json"


@dataclass(frozen=True)
class Poids:
    """Weights by code, or by the beginning of a code: `publics.bebes` falls back on `publics`."""

    version: str
    temperature: float
    poids: Mapping[str, float]

    @classmethod
    def load(cls, chemin: Path = ARTEFACT) -> Poids:
        raw = json.loads(chemin.read_text(encoding="utf-8"))
        weights = {code: entry["poids"] for code, entry in raw["poids"].items()}
        return cls(raw["version"], raw["temperature"], weights)

    def of(self, code: str) -> float:
        """Raises KeyError for a criterion nobody weighed."""
        return self.poids[code] if code in self.poids else self.poids[code.partition(".")[0]]


def softmax(scores: Sequence[float], temperature: float) -> NDArray[np.float64]:
    """Scores into a belief that sums to 1."""
    shifted = (np.asarray(scores, dtype=np.float64) - max(scores)) / temperature
    exponentials = np.exp(shifted)
    belief: NDArray[np.float64] = exponentials / exponentials.sum()
    return belief


def entropy(belief: NDArray[np.float64]) -> float:
    """0 when one answer is sure, 1 when all are equally likely."""
    positive = belief[belief > 0]
    return float(-(positive * np.log(positive)).sum() / np.log(len(belief)))
