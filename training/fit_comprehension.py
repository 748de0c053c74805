"""Fits `models/comprehension.py`: `python -m training.fit_comprehension --date DAY` (half an hour, 2 cores).

multilingual-e5-small, its vocabulary cut to French, learns all we have labelled at once: métiers, fields of
the Profil, distress, other subjects. One author in eight is kept aside: on hands it has never met the network
is measured and calibrated, the thresholds of the guards are set, and `training/fit_ranker.py` learns how far
to believe it. What is measured is what is shipped, at the price of an eighth of the texts.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from knowledge.loading import load_knowledge
from models import comprehension
from models.comprehension import CHAMP, DETRESSE, HORS_SUJET, METIER
from models.encoder import EncodeurStatique
from service.ecoute import hear
from service.lecture import Lecteur
from service.neutralisation import Neutraliseur
from training.calibration import measure, settle
from training.exemples import GRAINE, Etiquettes, Exemple, read_examples, split_by_author
from training.export_comprehension import write_artefact
from training.spelling import misspell
from training.vocabulaire import load_french_teacher

EPOQUES, LOT = 5, 32
PAS, PAS_DES_TETES = 2e-4, 2e-3
MONTEE = 0.08
"""Share of the steps over which the learning rate rises; then it falls to nothing."""
MORCEAUX_MAX = 64
"""Longer texts are cut while learning, not when read: one in forty is longer."""
PART_BRUITEE, MOTS_PAR_FAUTE = 0.5, 12
"""Share of the texts misspelt anew at each epoch, and how far apart the mistakes are."""
DIMENSION = 384
ECHELLE = 4.0
"""The mean of the states is small: the heads learn faster when it is larger. Folded into their weights."""
ABSENCE = -2.0
"""Where the heads start, in log-odds: most things are not said in most texts."""
# What each task weighs in the loss; the fields are many and mostly absent.
POIDS_NOTES, POIDS_CHAMPS, POIDS_GENRES = 3.0, 12.0, 0.3


class Reseau(nn.Module):
    """The transformer and one linear head over the mean of its states."""

    def __init__(self, etiquettes: Etiquettes, textes: Sequence[str]) -> None:
        super().__init__()
        self.corps, self.tokenizer = load_french_teacher(textes)
        self.tetes = nn.Linear(DIMENSION, len(etiquettes.cles))
        self.oubli = nn.Dropout(0.1)
        nn.init.zeros_(self.tetes.weight)
        nn.init.constant_(self.tetes.bias, ABSENCE)

    def forward(self, ids: torch.Tensor, masque: torch.Tensor) -> torch.Tensor:
        states = self.corps(input_ids=ids, attention_mask=masque).last_hidden_state
        weights = masque.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        logits: torch.Tensor = self.tetes(self.oubli(mean * ECHELLE))
        return logits

    def batches(
        self, textes: Sequence[str], ordre: Sequence[Sequence[int]], longueur: int
    ) -> Iterator[tuple[Sequence[int], torch.Tensor, torch.Tensor]]:
        """The texts of each batch as padded pieces and their mask."""
        for places in ordre:
            encoded = self.tokenizer(
                [textes[i] for i in places],
                truncation=True,
                max_length=longueur,
                padding=True,
                # Few distinct shapes: each new one costs the processor a compilation.
                pad_to_multiple_of=8,
                return_tensors="pt",
            )
            yield places, encoded["input_ids"], encoded["attention_mask"]

    def predict(self, textes: Sequence[str]) -> NDArray[np.float32]:
        """Logits, (n, keys)."""
        self.eval()
        sortie = np.zeros((len(textes), self.tetes.out_features), dtype=np.float32)
        ordre = _chunks(sorted(range(len(textes)), key=lambda i: len(textes[i])), 2 * LOT)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for places, ids, masque in self.batches(textes, ordre, comprehension.MORCEAUX_MAX):
                sortie[list(places)] = self(ids, masque).float().numpy()
        return sortie


def train(reseau: Reseau, exemples: Sequence[Exemple], etiquettes: Etiquettes, epoques: int) -> None:
    """Learn all tasks together; the embeddings of pieces stay as the teacher has them."""
    hasard = random.Random(GRAINE)
    body = [p for p in reseau.corps.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": PAS}, {"params": reseau.tetes.parameters(), "lr": PAS_DES_TETES}],
        weight_decay=0.01,
        fused=True,
    )
    steps = epoques * -(-len(exemples) // LOT)
    rhythm = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, s / (MONTEE * steps)) * max(0.02, 1 - s / steps)
    )
    cibles = torch.from_numpy(np.array([e.cible for e in exemples]))
    for epoque in range(epoques):
        reseau.train()
        textes = [_noisy(e.texte, hasard) for e in exemples]
        total = 0.0
        for places, ids, masque in reseau.batches(textes, _shuffled(textes, hasard), MORCEAUX_MAX):
            with torch.autocast("cpu", torch.bfloat16):
                logits = reseau(ids, masque)
            loss = _loss(logits.float(), cibles[list(places)], etiquettes)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(body, 1.0)
            optimiser.step()
            rhythm.step()
            total += loss.item() * len(places)
        print(f"époque {epoque + 1} sur {epoques} : {total / len(exemples):.3f}", flush=True)


def _loss(logits: torch.Tensor, cibles: torch.Tensor, etiquettes: Etiquettes) -> torch.Tensor:
    """What is right should share the belief, what is plainly wrong have none of it; the rest is yes or no."""
    errors = nn.functional.binary_cross_entropy_with_logits(
        logits, cibles.nan_to_num(0).clamp(min=0), reduction="none"
    )
    errors = errors * ~cibles.isnan()
    metiers, champs, detresse = (etiquettes.part(p) for p in (METIER, CHAMP, DETRESSE))
    ranks = _rank_loss(logits[:, metiers], cibles[:, metiers])
    wrong = (cibles[:, metiers] < 0).float()
    notes = POIDS_NOTES * (errors[:, metiers] * (1 + wrong)).mean(1)
    said = POIDS_CHAMPS * errors[:, champs].mean(1)
    alarm = errors[:, detresse.start] + POIDS_GENRES * errors[:, detresse.start + 1 : detresse.stop].sum(1)
    elsewhere = errors[:, etiquettes.part(HORS_SUJET)].sum(1)
    return (ranks + notes + said + alarm + elsewhere).mean()


def _rank_loss(logits: torch.Tensor, cibles: torch.Tensor) -> torch.Tensor:
    judged = ~cibles[:, 0].isnan()
    right = cibles.nan_to_num(0).clamp(min=0)
    shares = right / right.sum(1, keepdim=True).clamp(min=1e-6)
    belief = torch.log_softmax(logits, 1)
    wrong = (cibles.nan_to_num(0) < 0).float()
    return (-(shares * belief).sum(1) + (belief.exp() * wrong).sum(1)) * judged


def _noisy(texte: str, hasard: random.Random) -> str:
    mots = texte.split()
    if not mots or hasard.random() > PART_BRUITEE:
        return texte
    for _ in range(1 + len(mots) // MOTS_PAR_FAUTE):
        i = hasard.randrange(len(mots))
        if len(mots[i]) >= 4:
            mots[i] = misspell(mots[i], hasard)
    return " ".join(mots)


def _shuffled(textes: Sequence[str], hasard: random.Random) -> list[list[int]]:
    """Batches of texts of about one length, in random order."""
    order = list(range(len(textes)))
    hasard.shuffle(order)
    pools = _chunks(order, 16 * LOT)
    lots = [lot for pool in pools for lot in _chunks(sorted(pool, key=lambda i: len(textes[i])), LOT)]
    hasard.shuffle(lots)
    return lots


def _chunks(places: list[int], taille: int) -> list[list[int]]:
    return [places[i : i + taille] for i in range(0, len(places), taille)]


def fit(exemples: Sequence[Exemple], etiquettes: Etiquettes, tous: Sequence[str], epoques: int) -> Reseau:
    """One network, from the same start each time; `tous` sets its vocabulary."""
    torch.manual_seed(GRAINE)
    torch.set_flush_denormal(True)
    reseau = Reseau(etiquettes, tous)
    train(reseau, exemples, etiquettes, epoques)
    return reseau


def _heard(exemples: Sequence[Exemple]) -> list[Exemple]:
    """The same, as the program will hear them."""
    connaissances = load_knowledge()
    lecteur = Lecteur.load(connaissances.metiers, EncodeurStatique.load().mots)
    neutraliseur = Neutraliseur.load(lecteur.orthographe)
    return [replace(e, texte=hear(e.texte, neutraliseur).phrase) for e in exemples]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--date", required=True, help="written in the manifest")
    arguments.add_argument("--epoques", type=int, default=EPOQUES)
    arguments.add_argument("--dossier", type=Path, default=comprehension.ARTEFACT)
    options = arguments.parse_args()
    etiquettes, raw = read_examples(list(load_knowledge().metiers.values()))
    exemples = _heard(raw)
    learned, held = split_by_author(exemples)
    reseau = fit(learned, etiquettes, [e.texte for e in exemples], options.epoques)
    logits = reseau.predict([e.texte for e in held])
    reglages = settle(logits, held, etiquettes)
    mesures = measure(logits, held, etiquettes, reglages)
    print(mesures)
    textes = [e.texte for e in learned]
    write_artefact(
        options.dossier, reseau, etiquettes, reglages, mesures, textes, options.date, echelle=ECHELLE
    )


if __name__ == "__main__":
    main()
