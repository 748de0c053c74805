"""Tunes the distilled encoder on what is said of the same métier in different words.

    python -m training.finetune --rome DIR --date 2026-11-21      # DIR: the ROME 4.0 archive

Contrastive: of a batch of pairs, each text must find its own partner. Pairs come from the ROME archive
(titles, definitions and skills of a métier) and from ours (phrasings for the same métier, passages of
its file). Two pairs of a batch are never of the same métier, so that no right answer counts as wrong.
`enonces.jsonl` and the `paroles` of the files are kept for measuring. One thread, one seed: the same
inputs give the same digest.
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from knowledge.passages import Genre, all_passages
from knowledge.schema import Metier
from models.encoder import ARTEFACT
from models.manifest import Manifest, digest_files, digest_texts
from training.corpus import Fiche, fiches, fold, hold_out
from training.judgements_files import Enonce, read_phrasings
from training.knowledge_files import read_metiers
from training.spelling import misspell

Table = NDArray[np.float32]
Paire = tuple[str, str]
Groupes = Mapping[str, Sequence[str]]

CIBLE = Path(".cache/encodeur_accorde")
NOM = "encodeur-statique-accorde"
GRAINE = 20261122
# Rounds, step and scale were chosen on métiers of the ROME kept apart and on two files of phrasings kept
# apart. `enonces.jsonl` had no say; MELO was looked at, and agreed.
TOURS = 24
PAS = 1e-3
MONTEE = 20
"""Batches before the step is whole; it then falls in a straight line to nothing."""
ECHELLE = 10.0
"""Cosines × this, before the softmax: lower is softer."""
RETENUE = 0.15
"""Share of the families of the ROME left out by `--retenir`, to be measured by `training.evaluate rome`."""
LONGUEUR_FAUTIVE = 5
FICHIERS = ("model.safetensors", "tokenizer.json", "config.json")


@dataclass(frozen=True)
class Source:
    """Texts by métier; a pair takes its left text and its right text from the same métier."""

    gauche: Groupes
    droite: Groupes
    lot: int
    """Pairs a batch; each is of another métier."""
    passages: int = 1
    """Times each métier is drawn in a round."""
    fautes: float = 0.0
    """Share of the left texts with one misspelt word."""


def finetune(
    rome: Path, *, date: str, depart: Path = ARTEFACT, cible: Path = CIBLE, retenir: bool = False
) -> Manifest:
    """Write the tuned artefact, in the format of the one it starts from."""
    origine = Manifest.read(depart)
    if origine.nom == NOM:
        raise ValueError(f"{depart} is tuned already: start from `python -m training.distill`")
    toutes = fiches(rome)
    apprises = hold_out(toutes, part=RETENUE, graine=GRAINE)[0] if retenir else toutes
    matiere = sources(apprises, read_phrasings(), read_metiers())
    lots = plan(matiere, TOURS, random.Random(GRAINE))
    tokenizer = Tokenizer.from_file(str(depart / "tokenizer.json"))
    table = tune(load_file(depart / "model.safetensors")["embeddings"], tokenizer, lots)
    _save(table, depart, cible)
    manifest = _manifest(origine, cible, matiere, lots, date=date)
    manifest.write(cible)
    return manifest


def sources(
    apprises: Iterable[Fiche], enonces: Iterable[Enonce], metiers: Iterable[Metier]
) -> tuple[Source, ...]:
    """What may be paired with what, and how often."""
    apprises = list(apprises)
    titres = {f.code: [forme for titre in f.titres for forme in titre] for f in apprises}
    formes = {f"{f.code} {i}": titre for f in apprises for i, titre in enumerate(f.titres)}
    definitions = {f.code: f.definitions for f in apprises if f.definitions}
    competences = {f.code: f.competences for f in apprises if f.competences}
    dits = _by_metier(enonces)
    passages = _passages(metiers)
    return (
        Source(titres, titres, lot=512, passages=3, fautes=0.15),
        Source(formes, formes, lot=1024, fautes=0.5),
        Source(titres, {f.code: f.nom for f in apprises}, lot=512, fautes=0.15),
        Source(titres, definitions, lot=512, passages=2),
        Source(titres, competences, lot=512, passages=2),
        Source(dits, dits, lot=len(dits), passages=15),
        Source(dits, passages, lot=len(dits), passages=10),
    )


def plan(matiere: Sequence[Source], tours: int, hasard: random.Random) -> list[list[Paire]]:
    """Every batch of the training, in the order it is shown."""
    lots = [
        lot
        for _ in range(tours)
        for source in matiere
        for _ in range(source.passages)
        for lot in _batches(source, hasard)
    ]
    hasard.shuffle(lots)
    return lots


def tune(table: NDArray[np.generic], tokenizer: Tokenizer, lots: Sequence[Sequence[Paire]]) -> Table:
    """The table after training; only the vectors of tokens that were seen have moved."""
    # Only this function needs torch: the rest is tested without it.
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.losses import MultipleNegativesRankingLoss
    from sentence_transformers.models import StaticEmbedding

    torch.manual_seed(GRAINE)
    torch.set_num_threads(1)
    module = StaticEmbedding(tokenizer, embedding_weights=table.astype(np.float32))
    module.embedding.sparse = True
    poids = module.embedding.weight
    perte = MultipleNegativesRankingLoss(SentenceTransformer(modules=[module], device="cpu"), scale=ECHELLE)
    pas = torch.optim.SparseAdam([poids], lr=PAS)
    for rang, lot in enumerate(lots):
        pas.param_groups[0]["lr"] = PAS * _rate(rang, len(lots))
        pas.zero_grad()
        perte([module.preprocess(list(cote)) for cote in zip(*lot, strict=True)], None).backward()
        pas.step()
    return np.asarray(poids.detach().numpy(), dtype=np.float32)


def _rate(rang: int, total: int) -> float:
    return min(1.0, (rang + 1) / MONTEE) * (1 - rang / total)


def _batches(source: Source, hasard: random.Random) -> Iterator[list[Paire]]:
    """Every métier once, in a new order; a last batch under half the size is too easy to be of use."""
    cles = sorted(source.gauche.keys() & source.droite.keys())
    hasard.shuffle(cles)
    for debut in range(0, len(cles), source.lot):
        lot = cles[debut : debut + source.lot]
        if 2 * len(lot) >= source.lot:
            yield [_draw(source, cle, hasard) for cle in lot]


def _draw(source: Source, cle: str, hasard: random.Random) -> Paire:
    gauche = hasard.choice(source.gauche[cle])
    autres = [texte for texte in source.droite[cle] if texte != gauche] or [gauche]
    droite = hasard.choice(autres)
    return (_misspell_one(gauche, hasard) if hasard.random() < source.fautes else gauche), droite


def _misspell_one(texte: str, hasard: random.Random) -> str:
    """One word of the folded text misspelt; short words are left alone."""
    mots = fold(texte).split()
    longs = [rang for rang, mot in enumerate(mots) if len(mot) >= LONGUEUR_FAUTIVE]
    if longs:
        rang = hasard.choice(longs)
        mots[rang] = misspell(mots[rang], hasard)
    return " ".join(mots)


def _by_metier(enonces: Iterable[Enonce]) -> dict[str, list[str]]:
    textes: defaultdict[str, list[str]] = defaultdict(list)
    for enonce in enonces:
        for slug in enonce.ideal:
            textes[slug].append(enonce.texte)
    return dict(textes)


def _passages(metiers: Iterable[Metier]) -> dict[str, list[str]]:
    """Without the `paroles`, which `training.evaluate` measures with."""
    textes: defaultdict[str, list[str]] = defaultdict(list)
    for passage in all_passages(metiers):
        if passage.genre is not Genre.PAROLE:
            textes[passage.metier].append(passage.texte)
    return dict(textes)


def _save(table: Table, depart: Path, cible: Path) -> None:
    cible.mkdir(parents=True, exist_ok=True)
    for nom in ("tokenizer.json", "config.json", "modules.json"):
        if depart.resolve() != cible.resolve():
            shutil.copyfile(depart / nom, cible / nom)
    save_file({"embeddings": table.astype(np.float16)}, cible / "model.safetensors")
    (cible / "model.safetensors").chmod(0o644)  # safetensors writes for its owner alone


def _manifest(
    origine: Manifest, cible: Path, matiere: Sequence[Source], lots: Sequence[Sequence[Paire]], *, date: str
) -> Manifest:
    textes = (t for s in matiere for groupes in (s.gauche, s.droite) for cle in groupes for t in groupes[cle])
    return Manifest(
        nom=NOM,
        version=digest_files([cible / nom for nom in FICHIERS]),
        entrees={**origine.entrees, "depart": origine.version, "paires": digest_texts(textes)},
        commande="python -m training.distill --rome DIR && python -m training.finetune --rome DIR",
        date=date,
        mesures={**origine.mesures, "lots": len(lots)},
        origine=origine.origine,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rome", type=Path, required=True, help="folder of the ROME 4.0 archive")
    parser.add_argument("--date", required=True, help="ISO day written in the manifest")
    parser.add_argument("--depart", type=Path, default=ARTEFACT, help="the distilled encoder")
    parser.add_argument("--cible", type=Path, default=CIBLE, help="where the tuned one goes")
    parser.add_argument("--retenir", action="store_true", help="leave out the métiers of `evaluate rome`")
    a = parser.parse_args()
    print(finetune(a.rome, date=a.date, depart=a.depart, cible=a.cible, retenir=a.retenir))
