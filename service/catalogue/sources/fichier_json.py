"""The items of JSON files, one at a time: pages as an API gives them, a list, or an item a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO

import ijson

from service.catalogue.fiches import FormatInattendu, Refus
from service.catalogue.sources.fichiers import parts, readable

# A longer line is no item of any source; it is not held in memory to make sure.
LIGNE_MAX = 2_000_000
_BOM = b"\xef\xbb\xbf"


def items(chemin: Path, *listes: str, cles: frozenset[str] = frozenset({"id"})) -> Iterator[object]:
    """`listes`: the field of a page that holds its items, whichever it has; `cles`: what tells an item by
    itself, one of its fields. A line that cannot be read is a Refus.

    Raises FormatInattendu.
    """
    with readable():
        for flux in parts(chemin, "*json*"):
            debut = len(_BOM) if flux.read(len(_BOM)) == _BOM else 0
            flux.seek(debut)
            try:
                forme = _shape(flux, listes, cles)
                flux.seek(debut)
                yield from _items(flux, forme)
            except (ijson.JSONError, RecursionError):
                raise FormatInattendu("Le fichier n'est pas du JSON lisible jusqu'au bout.") from None


def _shape(flux: IO[bytes], listes: tuple[str, ...], cles: frozenset[str]) -> str | None:
    """Where the items are, as ijson says it; None for an item a line. Reads no more than it must."""
    keys: list[str] = []
    for prefix, event, value in ijson.parse(flux, multiple_values=True):
        if prefix == "" and event == "start_array":
            return "item"
        if prefix == "" and event == "map_key":
            keys.append(value)
        if prefix in listes and event == "start_array":
            return f"{prefix}.item"
        if prefix == "" and event not in ("start_map", "map_key"):
            break
    if cles.isdisjoint(keys):
        raise FormatInattendu("Le fichier ne contient pas ce que donne cette source.")
    return None


def _items(flux: IO[bytes], forme: str | None) -> Iterator[object]:
    if forme is None:
        return _lines(flux)
    found: Iterator[object] = ijson.items(flux, forme, use_float=True, multiple_values=True)
    return found


def _lines(flux: IO[bytes]) -> Iterator[object]:
    for rang in count(1):
        ligne = flux.readline(LIGNE_MAX)
        if not ligne:
            return
        if not ligne.strip():
            continue
        try:
            yield json.loads(ligne)
        except (ValueError, RecursionError):
            yield Refus(f"ligne {rang}", "ligne illisible")
