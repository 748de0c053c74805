"""Remakes the committed index of passages: `python -m training.build_index --date 2026-11-21`.

To be run whenever a métier file or the encoder changes; the application refuses a stale index.
"""

from __future__ import annotations

import argparse
from datetime import date

from knowledge.passages import all_passages
from models.encoder import EncodeurStatique
from models.index import ARTEFACT, Index
from training.knowledge_files import read_metiers


def build(*, jour: str) -> Index:
    """Encode, save, return."""
    index = Index.build(EncodeurStatique.load(), all_passages(read_metiers()), date=jour)
    index.save(ARTEFACT)
    return index


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--date", default=date.today().isoformat(), help="written in the manifest")
    print(build(jour=parser.parse_args().date).manifest)
