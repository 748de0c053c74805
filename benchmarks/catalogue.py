"""The catalogue at full size: `make bench-catalogue`, or `python -m benchmarks.catalogue 118000 1000000`.

For each number of offres: feeds are invented, imported, encoded and indexed by the same commands an operator
uses, each in a process of its own so that its memory is known; then searched, beside a scan of the whole
table in the same run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import Connection, create_engine, text

from benchmarks.flux import write_formations, write_offres
from service.catalogue.catalogue import Catalogue
from service.catalogue.fiches import Genre
from service.catalogue.ouverture import open_catalogue
from service.catalogue.recherche import RAYON_KM, Demande
from service.catalogue.reglages import Reglages
from service.conseiller import Conseiller
from service.geographie import frame

JOUR = date(2026, 11, 22)
FORMATIONS_PAR_OFFRE = 33_000 / 118_000
RECHERCHES, CHAUFFE, PARCOURS = 400, 50, 12
ENVIE = "j'aime m'occuper des personnes âgées, en équipe, sans travailler la nuit"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("offres", nargs="*", type=int, default=[118_000])
    conseiller = Conseiller.load(transformer=False)
    for nombre in parser.parse_args().offres:
        with tempfile.TemporaryDirectory(prefix="cap-soin-bench-") as dossier:
            _measure(nombre, Path(dossier), conseiller)


def _measure(offres: int, dossier: Path, conseiller: Conseiller) -> None:
    formations = round(offres * FORMATIONS_PAR_OFFRE)
    print(f"{offres} offres, {formations} formations")
    known = (conseiller.connaissances, conseiller.communes, JOUR)
    write_offres(dossier / "offres.jsonl", offres, *known)
    write_formations(dossier / "formations.xml", formations, *known)
    adresse, index = f"sqlite:///{dossier / 'catalogue.sqlite'}", dossier / "index"
    imports = [
        _imported(source, dossier / fichier, adresse, index)
        for source, fichier in (("france_travail", "offres.jsonl"), ("lheo", "formations.xml"))
    ]
    wall, memory = sum(t for t, _ in imports), max(m for _, m in imports)
    print(
        f"  import, vectors and index    {wall:9.1f} s     {wall / (offres + formations) * 1e6:9.0f} µs each"
    )
    print(f"  memory, highest              {memory:9.0f} MB")
    size = sum(f.stat().st_size for f in (dossier / "catalogue.sqlite", *index.iterdir())) / 1e6
    print(f"  on disk                      {size:9.0f} MB")
    reglages = Reglages(DATABASE_URL=adresse, index=index)
    catalogue = open_catalogue(
        *known[:2], conseiller.encodeur, conseiller.centres, reglages, jour=lambda: JOUR
    )
    _searched(catalogue, conseiller, adresse)


def _imported(source: str, fichier: Path, adresse: str, index: Path) -> tuple[float, float]:
    """Seconds and megabytes of one import, vectors included, as an operator runs it."""
    environ = {**os.environ, "DATABASE_URL": adresse, "CAP_SOIN_INDEX": str(index)}
    command = [sys.executable, "-m", "service.catalogue", "import", source, str(fichier)]
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the import of {source} failed")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def _searched(catalogue: Catalogue, conseiller: Conseiller, adresse: str) -> None:
    hasard = Random(7)
    everywhere = list(conseiller.communes)
    places = hasard.choices(everywhere, [c.population for c in everywhere], k=RECHERCHES + CHAUFFE)
    slugs = hasard.choices(list(conseiller.connaissances.metiers), k=RECHERCHES + CHAUFFE)
    demandes = [
        Demande(genre=Genre.OFFRE, metier=slug, commune=place)
        for slug, place in zip(slugs, places, strict=True)
    ]
    vecteur = conseiller.direction(ENVIE)
    each = [_ms(partial(catalogue.search, demande, vecteur)) for demande in demandes]
    times = sorted(each[CHAUFFE:])
    founds = [catalogue.search(demande, vecteur).total for demande in demandes[:100]]
    print(f"  found by a search, median    {statistics.median(founds):9.0f}   highest {max(founds)}")
    median, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    with create_engine(adresse).connect() as connexion:
        scans = [_ms(partial(_scan, connexion, catalogue, demande)) for demande in demandes[:PARCOURS]]
    scan = statistics.median(scans)
    print(f"  search, median               {median:9.2f} ms")
    print(f"  search, p95                  {p95:9.2f} ms")
    print(f"  a scan of the whole table    {scan:9.2f} ms    {scan / median:9.0f} × a search")


def _scan(connexion: Connection, catalogue: Catalogue, demande: Demande) -> int:
    """The same question asked of the table, without the index of places."""
    assert demande.commune  # noqa: S101
    sud, nord, ouest, est = frame(demande.commune, RAYON_KM)
    code = min(catalogue.perimetre.rome[demande.metier or ""])
    chosen = text(
        "SELECT count(*) FROM offre WHERE codes LIKE :code AND latitude BETWEEN :sud AND :nord "
        "AND longitude BETWEEN :ouest AND :est"
    )
    values = {"code": f"%{code}%", "sud": sud, "nord": nord, "ouest": ouest, "est": est}
    return int(connexion.scalar(chosen, values) or 0)


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
