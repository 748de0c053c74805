"""Fits the weights of the criteria on the labelled phrasings: `python -m training.fit_ranker --date DAY`.

Each phrasing is seen three ways, as people use the product: its text alone, the answers it amounts to
alone, and both. The belief in the right métiers is raised, the belief in plainly wrong ones lowered, and
weights stay positive and near the hand-set ones they start from, so that the file remains readable.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge.loading import Connaissances
from models.ranker import ARTEFACT, Poids
from service.conseiller import Conseiller
from service.criteres import CRITERES, Situation
from service.profil import Profil, ProfilNeutre
from training import fit_affinite
from training.fit_affinite import Corpus
from training.judgements_files import Enonce, paroles, read_phrasings

BON = 0.3
# A plainly wrong métier shown costs a person more than a right one gains them.
COUT_INTERDIT = 2.0
# Pull towards the hand-set weights, per phrasing view.
RETENUE = 0.002


@dataclass(frozen=True)
class Vues:
    """What the criteria found, for every phrasing view, every métier and every weight."""

    constats: NDArray[np.float64]
    """(views, métiers, weights)"""
    voulus: NDArray[np.float64]
    """(views, métiers): 1 right, 0.3 acceptable, 0 otherwise."""
    interdits: NDArray[np.float64]
    """(views, métiers): 1 plainly wrong."""


def views_of(enonce: Enonce, affinites: dict[str, float], conseiller: Conseiller) -> Iterator[ProfilNeutre]:
    """The text alone, the answers alone, both; `affinites` come from a model that never saw the author."""
    texte = Profil(envies=enonce.texte)
    answers = Profil.model_validate(enonce.champs)
    for profil in (texte, answers, answers.completed_by(texte)):
        neutre = conseiller.neutral_view(profil)
        yield replace(neutre, affinites=affinites) if profil.envies else neutre


def collect(enonces: Sequence[Enonce], predictions: NDArray[np.float64], conseiller: Conseiller) -> Vues:
    """Run every criterion on every view."""
    connaissances, codes = conseiller.connaissances, list(Poids.load().poids)
    cles = sorted(connaissances.metiers)
    constats, voulus, interdits = [], [], []
    for enonce, row in zip(enonces, predictions, strict=True):
        for neutre in views_of(enonce, dict(zip(cles, row.tolist(), strict=True)), conseiller):
            constats.append([_values(neutre, cle, connaissances, codes) for cle in cles])
            voulus.append([1.0 if c in enonce.ideal else BON if c in enonce.bon else 0.0 for c in cles])
            interdits.append([float(c in enonce.interdits) for c in cles])
    return Vues(np.array(constats), np.array(voulus), np.array(interdits))


def fit(vues: Vues, start: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Positive weights that best share the belief."""
    bounds = [(0.05, 8.0)] * len(start)
    found = minimize(
        _loss, start, args=(vues, start, temperature), jac=True, bounds=bounds, method="L-BFGS-B"
    )
    weights: NDArray[np.float64] = found.x
    return weights


def _loss(
    weights: NDArray[np.float64], vues: Vues, start: NDArray[np.float64], temperature: float
) -> tuple[float, NDArray[np.float64]]:
    scores = vues.constats @ weights / temperature
    belief = np.exp(scores - scores.max(axis=1, keepdims=True))
    belief /= belief.sum(axis=1, keepdims=True)
    good = (belief * vues.voulus).sum(axis=1, keepdims=True) + 1e-9
    wrong = (belief * vues.interdits).sum(axis=1, keepdims=True)
    loss = float((-np.log(good) + COUT_INTERDIT * wrong).mean())
    slope = -belief * (vues.voulus / good - 1) + COUT_INTERDIT * belief * (vues.interdits - wrong)
    gradient = np.einsum("vm,vmw->w", slope, vues.constats) / len(scores) / temperature
    drift = weights - start
    return loss + RETENUE * float(drift @ drift), gradient + 2 * RETENUE * drift


def _values(
    neutre: ProfilNeutre, cle: str, connaissances: Connaissances, codes: Sequence[str]
) -> NDArray[np.float64]:
    situation = Situation.of(neutre, connaissances.metiers[cle], connaissances)
    values = np.zeros(len(codes))
    for constat in filter(None, (critere(situation) for critere in CRITERES)):
        code = constat.code if constat.code in codes else constat.code.partition(".")[0]
        values[codes.index(code)] += constat.valeur
    return values


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True)
    arguments.add_argument("--sortie", type=Path, default=ARTEFACT)
    options = arguments.parse_args()
    conseiller = Conseiller.load()
    raw = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    enonces = read_phrasings()
    cles = sorted(conseiller.connaissances.metiers)
    corpora = [
        Corpus(e, cles, conseiller.neutraliseur, conseiller.encodeur)
        for e in (enonces, paroles(conseiller.connaissances.metiers.values()))
    ]
    vues = collect(enonces, fit_affinite.cross_predict(*corpora), conseiller)
    start = np.array([entry["a_la_main"] for entry in raw["poids"].values()])
    weights = fit(vues, start, raw["temperature"])
    for entry, weight, hand in zip(raw["poids"].values(), weights, start, strict=True):
        entry["poids"] = round(float(weight), 2)
        entry["origine"] = "fitted" if abs(weight - hand) > 0.01 else "hand"
    raw["version"] = f"fit-{options.date}"
    raw["origine"] = (
        f"training.fit_ranker on {len(enonces)} phrasings, {options.date}; a_la_main is the start."
    )
    options.sortie.write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
