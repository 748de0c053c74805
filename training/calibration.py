"""From raw scores to log-odds that mean what they say, and thresholds of the guards: on authors never met.

One slope and one shift for all the fields of the Profil (Platt's method); one shift for each guard, so that
above zero it speaks. A guard's threshold is where it disturbs a given share of ordinary phrasings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from models.comprehension import CHAMP, DETRESSE, HORS_SUJET, METIER
from training.exemples import Etiquettes, Exemple

FAUSSES_ALARMES = {DETRESSE: 0.008, HORS_SUJET: 0.012}
"""Share of ordinary phrasings each guard may disturb."""
# A field is assumed above this probability; the reader has its own, lower one for asking.
CERTAIN = 0.5


@dataclass(frozen=True)
class Reglages:
    """`score = pente × raw + decalage`, one of each per key."""

    pente: NDArray[np.float32]
    decalage: NDArray[np.float32]

    def apply(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Calibrated scores, same shape."""
        return logits * self.pente + self.decalage


def settle(logits: NDArray[np.float32], exemples: Sequence[Exemple], etiquettes: Etiquettes) -> Reglages:
    """Slopes and shifts from what the network says of authors it never met."""
    pente = np.ones(len(etiquettes.cles), dtype=np.float32)
    decalage = np.zeros(len(etiquettes.cles), dtype=np.float32)
    champs = etiquettes.part(CHAMP)
    judged = _rows(exemples, "enonce")
    said = np.array([exemples[i].cible[champs] > 0 for i in judged])
    platt = LogisticRegression(C=np.inf).fit(logits[judged][:, champs].reshape(-1, 1), said.reshape(-1))
    pente[champs], decalage[champs] = platt.coef_[0, 0], platt.intercept_[0]
    ordinary = _rows(exemples, "enonce", "debut")
    for prefixe, share in FAUSSES_ALARMES.items():
        signal = etiquettes.part(prefixe).start
        decalage[signal] = -float(np.quantile(logits[ordinary, signal], 1 - share))
    return Reglages(pente, decalage)


def measure(
    logits: NDArray[np.float32],
    exemples: Sequence[Exemple],
    etiquettes: Etiquettes,
    reglages: Reglages,
) -> dict[str, float]:
    """How good the network is on authors it never met."""
    scores = reglages.apply(logits)
    judged = _rows(exemples, "enonce")
    figures = _ranking(scores[judged][:, etiquettes.part(METIER)], [exemples[i] for i in judged], etiquettes)
    champs = etiquettes.part(CHAMP)
    said = np.array([exemples[i].cible[champs] > 0 for i in judged])
    read = scores[judged][:, champs] > np.log(CERTAIN / (1 - CERTAIN))
    figures["champs.precision"] = float(said[read].mean())
    figures["champs.rappel"] = float(read[said].mean())
    figures["champs.precision_moyenne"] = float(
        average_precision_score(said, scores[judged][:, champs], average="micro")
    )
    for prefixe, genre in ((DETRESSE, "detresse"), (HORS_SUJET, "hors_sujet")):
        rows = _rows(exemples, genre)
        signal = etiquettes.part(prefixe).start
        true = np.array([exemples[i].cible[signal] == 1 for i in rows])
        heard = scores[rows, signal] > 0
        figures[f"{genre}.rappel"] = float(heard[true].mean())
        figures[f"{genre}.sosies"] = float(heard[~true].mean())
    return {nom: round(valeur, 4) for nom, valeur in figures.items()} | {"enonces_tenus": len(judged)}


def _ranking(
    scores: NDArray[np.float32], exemples: Sequence[Exemple], etiquettes: Etiquettes
) -> dict[str, float]:
    firsts = [[etiquettes.metiers[i] for i in row] for row in np.argsort(-scores, axis=1)[:, :3]]
    enonces = [e.enonce for e in exemples if e.enonce]
    pairs = list(zip(firsts, enonces, strict=True))
    return {
        "hit@1": float(np.mean([first[0] in e.ideal for first, e in pairs])),
        "hit@3": float(np.mean([bool(set(first) & set(e.ideal)) for first, e in pairs])),
        "interdits@3": float(np.mean([bool(set(first) & set(e.interdits)) for first, e in pairs])),
    }


def _rows(exemples: Sequence[Exemple], *genres: str) -> list[int]:
    return [i for i, e in enumerate(exemples) if e.genre in genres]
