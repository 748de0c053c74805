"""Files as the sources publish them: plain, .gz, .zip or a folder, read as they flow, never whole.

What is true of any file is here; what one source writes in its cells is left to its adapter.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatch
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from service.catalogue.fiches import CLE_MAX, FormatInattendu

LIGNE_MAX = 1 << 20
# A course that costs or lasts more than this is a mistake of the feed.
NOMBRE_MAX = 1_000_000
_ABIMES = (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, NotImplementedError, csv.Error)
_ESPACES = re.compile(r"\s")
_NOMBRE = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_SEPARATEURS = ";,\t"


@contextmanager
def readable() -> Iterator[None]:
    """Around the reading of a file: one that is broken or cut raises FormatInattendu."""
    try:
        yield
    except _ABIMES as erreur:
        raise FormatInattendu("Le fichier est abîmé ou coupé.") from erreur


def parts(chemin: Path, motif: str) -> Iterator[IO[bytes]]:
    """Each file of a folder or of a zip whose name matches `motif`, opened in turn; a file alone, packed
    with gzip or not, whatever its name. Raises FormatInattendu when nothing matches."""
    found = False
    for flux in _opened(chemin, motif.lower()):
        found = True
        with flux:
            yield flux
    if not found:
        raise FormatInattendu("Aucun des fichiers attendus n'est là.")


def _opened(chemin: Path, motif: str) -> Iterator[IO[bytes]]:
    if chemin.is_dir():
        files = sorted(f for f in chemin.iterdir() if f.is_file() and fnmatch(f.name.lower(), motif))
        yield from (f.open("rb") for f in files)
        return
    with chemin.open("rb") as flux:
        magie = flux.read(4)
    if magie == b"PK\x03\x04":
        yield from _unzipped(chemin, motif)
    elif magie[:2] == b"\x1f\x8b":
        yield cast(IO[bytes], gzip.GzipFile(chemin))
    else:
        yield chemin.open("rb")


def _unzipped(chemin: Path, motif: str) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(chemin) as archive:
        for membre in archive.infolist():
            if membre.is_dir() or not fnmatch(PurePosixPath(membre.filename).name.lower(), motif):
                continue
            if membre.flag_bits & 1:
                raise FormatInattendu("L'archive est protégée par un mot de passe.")
            yield archive.open(membre)


def rows(flux: IO[bytes], colonnes: frozenset[str], *autres: frozenset[str]) -> Iterator[Mapping[str, str]]:
    """Rows of a CSV, separated by what its header shows, cells stripped, a missing one empty. Raises
    FormatInattendu when the columns of no known form of it are there, and at the end when it is cut."""
    texte = _lines(flux)
    entete = next(texte, "").removeprefix("\ufeff")
    separateur = max(_SEPARATEURS, key=entete.count)
    titres = [titre.strip() for titre in next(csv.reader([entete], delimiter=separateur), [])]
    if not any(forme <= set(titres) for forme in (colonnes, *autres)):
        raise FormatInattendu(f"Il manque des colonnes : {', '.join(sorted(colonnes - set(titres)))}.")
    last: list[str] = []
    for row in filter(None, csv.reader(texte, delimiter=separateur)):
        if last:
            yield _named(titres, last)
        last = row
    if len(last) < len(titres):
        raise FormatInattendu("Le fichier est vide, ou coupé au milieu d'une ligne.")
    yield _named(titres, last)


def _lines(flux: IO[bytes]) -> Iterator[str]:
    """Text of each line; a carriage return within one is a blank, and no line fills the memory."""
    for ligne in iter(partial(flux.readline, LIGNE_MAX), b""):
        yield ligne.decode("utf-8", "replace").rstrip("\r\n").replace("\r", " ") + "\n"


def _named(titres: list[str], row: list[str]) -> Mapping[str, str]:
    return dict.fromkeys(titres, "") | dict(zip(titres, map(str.strip, row), strict=False))


def key(*parties: str) -> str:
    """What identifies an item, never longer than the catalogue keeps."""
    lisible = "/".join(parties)
    return lisible if len(lisible) <= CLE_MAX else digest(*parties)


def digest(*parties: str) -> str:
    """The same for the same parts, in files and processes to come."""
    return hashlib.blake2b("\0".join(parties).encode("utf-8", "replace"), digest_size=12).hexdigest()


def decimal(brut: str) -> float | None:
    """« 1 435,50 », « 12000.00 », « -0.60303 »."""
    bare = _ESPACES.sub("", brut)
    return float(bare.replace(",", ".")) if _NOMBRE.fullmatch(bare) and len(bare) < 20 else None


def amount(brut: str) -> int | None:
    """Hours or euros, rounded. Zero is what feeds write for « not known »: it makes no course free."""
    value = decimal(brut.removesuffix("€"))
    return round(value) if value is not None and 0.5 <= value <= NOMBRE_MAX else None


def siret(brut: str) -> str | None:
    """Fourteen digits, or nothing."""
    bare = _ESPACES.sub("", brut)
    return bare if len(bare) == 14 and bare.isascii() and bare.isdigit() else None
