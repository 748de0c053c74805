"""Fits the weights of the criteria on the labelled phrasings: `python -m training.fit_ranker --date DAY`.

A phrasing is seen up to three ways, as people use the product: the answers it amounts to alone, its text
alone, and both; texts only of authors whom the learned readers never met, or they would be believed too much.
The belief in the right métiers is raised, the belief in plainly wrong ones lowered, and weights stay positive
and near the hand-set ones they start from, so that the file remains readable.
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
from service.avis import join_attractions
from service.conseiller import Conseiller
from service.criteres import CRITERES, Situation
from service.profil import Profil, ProfilNeutre
from training import fit_affinite
from training.exemples import read_examples, split_by_author
from training.fit_affinite import Corpus
from training.judgements_files import Enonce, paroles, read_phrasings

Comparaison = dict[str, dict[str, float]]
BON = 0.3
# A plainly wrong métier shown costs a person more than a right one gains them.
COUT_INTERDIT = 15.0
# A refusal is a refusal: fitted, this weight lets a long list of likes outweigh one thing that was ruled out.
A_LA_MAIN = "obstacle"
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
    auteurs: NDArray[np.str_]
    """(views,)"""

    def of(self, kept: NDArray[np.bool_]) -> Vues:
        """Some of the views."""
        return Vues(self.constats[kept], self.voulus[kept], self.interdits[kept], self.auteurs[kept])


def views_of(enonce: Enonce, row: NDArray[np.float64], conseiller: Conseiller) -> Iterator[ProfilNeutre]:
    """The answers alone, and where no learned model met the author, the text alone and both."""
    answers = Profil.model_validate(enonce.champs)
    if answers != Profil():
        yield conseiller.neutral_view(answers)
    if np.isnan(row).any():
        return
    texte = Profil(envies=enonce.texte)
    affinites = _unseen(conseiller, enonce.texte, row)
    for profil in (texte, answers.completed_by(texte)):
        yield replace(conseiller.neutral_view(profil), affinites=affinites)


def _unseen(conseiller: Conseiller, texte: str, row: NDArray[np.float64]) -> dict[str, float]:
    """As `service/avis.py` joins them, the linear opinion replaced by one that never met the author."""
    lineaire = dict(zip(sorted(conseiller.connaissances.metiers), row.tolist(), strict=True))
    entendu = conseiller.entendre(texte).avis.entendu
    return join_attractions(lineaire, entendu) if entendu else lineaire


def collect(enonces: Sequence[Enonce], predictions: NDArray[np.float64], conseiller: Conseiller) -> Vues:
    """Run every criterion on every view: three a phrasing, its answers alone where its text was learned.

    `predictions` are the linear opinions, one row a phrasing; a row of NaN says that the text was learned.
    """
    cles = sorted(conseiller.connaissances.metiers)
    codes = list(Poids.load().poids)
    constats, voulus, interdits, auteurs = [], [], [], []
    for enonce, row in zip(enonces, predictions, strict=True):
        for neutre in views_of(enonce, row, conseiller):
            constats.append([_values(neutre, cle, conseiller.connaissances, codes) for cle in cles])
            voulus.append([1.0 if c in enonce.ideal else BON if c in enonce.bon else 0.0 for c in cles])
            interdits.append([float(c in enonce.interdits) for c in cles])
            auteurs.append(enonce.auteur)
    return Vues(np.array(constats, np.float32), np.array(voulus), np.array(interdits), np.array(auteurs))


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


def compare(vues: Vues, start: NDArray[np.float64], temperature: float, codes: Sequence[str]) -> Comparaison:
    """Hand weights, fitted ones, and these without each criterion; fitted on half of the authors at once."""
    auteurs = sorted(set(vues.auteurs.tolist()))
    even = np.isin(vues.auteurs, auteurs[::2])
    halves = [(fit(vues.of(~half), start, temperature), vues.of(half)) for half in (even, ~even)]
    without = {code: [(_without(w, i), v) for w, v in halves] for i, code in enumerate(codes)}
    return {
        "a_la_main": measure([(start, v) for _, v in halves]),
        "ajustes": measure(halves),
        **{f"sans {code}": measure(pairs) for code, pairs in without.items()},
    }


def measure(pairs: Sequence[tuple[NDArray[np.float64], Vues]]) -> dict[str, float]:
    """hit@1, hit@3 and interdits@3 over views, each with its own weights."""
    firsts = [np.argsort(-(v.constats @ w), axis=1)[:, :3] for w, v in pairs]
    right = (
        np.concatenate([np.take_along_axis(v.voulus, f, 1) for f, (_, v) in zip(firsts, pairs, strict=True)])
        == 1
    )
    wrong = np.concatenate(
        [np.take_along_axis(v.interdits, f, 1) for f, (_, v) in zip(firsts, pairs, strict=True)]
    )
    figures = {"hit@1": right[:, 0], "hit@3": right.any(axis=1), "interdits@3": wrong.any(axis=1)}
    return {nom: round(float(valeurs.mean()), 4) for nom, valeurs in figures.items()}


def _without(weights: NDArray[np.float64], place: int) -> NDArray[np.float64]:
    return np.where(np.arange(len(weights)) == place, 0.0, weights)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True)
    arguments.add_argument("--sortie", type=Path, default=ARTEFACT)
    options = arguments.parse_args()
    conseiller = Conseiller.load()
    raw = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    start = np.array([entry["a_la_main"] for entry in raw["poids"].values()])
    vues = collect(*_material(conseiller), conseiller)
    weights = fit(vues, start, raw["temperature"])
    weights[list(raw["poids"]).index(A_LA_MAIN)] = raw["poids"][A_LA_MAIN]["a_la_main"]
    for entry, weight, hand in zip(raw["poids"].values(), weights, start, strict=True):
        entry["poids"] = round(float(weight), 2)
        entry["origine"] = "fitted" if abs(weight - hand) > 0.01 else "hand"
    raw["version"] = f"fit-{options.date}"
    views = len(vues.auteurs)
    raw["origine"] = (
        f"training.fit_ranker on {views} views of phrasings, {options.date}; a_la_main: the start."
    )
    raw["mesures"] = compare(vues, start, raw["temperature"], list(raw["poids"]))
    options.sortie.write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _material(conseiller: Conseiller) -> tuple[Sequence[Enonce], NDArray[np.float64]]:
    """The phrasings, and the linear opinions on those whose authors the transformer never met."""
    metiers = conseiller.connaissances.metiers
    enonces = read_phrasings()
    _, tenus = split_by_author(read_examples(list(metiers.values()))[1])
    unmet = {e.auteur for e in tenus}
    ecrits, fiches = (
        Corpus(e, sorted(metiers), conseiller.neutraliseur, conseiller.encodeur)
        for e in (enonces, paroles(metiers.values()))
    )
    predictions = fit_affinite.cross_predict(ecrits, fiches)
    predictions[[e.auteur not in unmet for e in enonces]] = np.nan
    return enonces, predictions


if __name__ == "__main__":
    main()
