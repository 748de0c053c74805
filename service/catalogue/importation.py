"""A source read into the store: by batches that are each whole, taken up again where they stopped, with a
report of what was refused and why."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from multiprocessing.connection import Connection as PipeConnection
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from service.catalogue.fiches import CLE_MAX, Enregistrement, FormatInattendu, Genre, Lu, Refus
from service.catalogue.magasin import IMPORTATION, Magasin
from service.catalogue.reperes import genre_of
from service.catalogue.sources import Source, SourceEnLigne
from service.catalogue.sources.reseau import Client, SourceEnPanne

LOT = 1_000
# A feed that has lost more than this share of what it held is more likely broken than emptied.
PERTE_MAX = 0.5
MORCEAU = 1 << 20


class RetraitRefuse(RuntimeError):
    """So much would be removed that the feed is not believed; the message is French."""


@dataclass
class Rapport:
    """What one reading did."""

    source: str
    lues: int = 0
    gardees: int = 0
    retirees: int = 0
    refus: Counter[str] = field(default_factory=Counter)
    genres: set[Genre] = field(default_factory=set)
    """What was added, changed or removed."""
    panne: str | None = None
    """Why it stopped before the end, if it did."""


@dataclass(frozen=True)
class Lecture:
    """What is to be read, and what follows from having read it to its end."""

    source: Source
    fichiers: tuple[Path, ...]
    elements: Callable[[], Iterator[Lu]]
    complete: bool
    """True when what this reading does not see is gone at the source."""
    force: bool = False
    """True to remove even more than PERTE_MAX."""


def read_files(source: Source, fichiers: Sequence[Path], *, complete: bool, force: bool = False) -> Lecture:
    """The files of a source, one after the other."""

    def elements() -> Iterator[Lu]:
        for fichier in fichiers:
            yield from source.read(fichier)

    return Lecture(source, tuple(fichiers), lambda: _ahead(elements), complete, force)


def read_online(source: SourceEnLigne, client: Client, *, complete: bool, force: bool = False) -> Lecture:
    """All that a source gives over the network; cut, it is asked again from the start."""
    return Lecture(source, (), lambda: source.collect(client), complete, force)


def importer(
    magasin: Magasin,
    lecture: Lecture,
    rapport: Rapport,
    *,
    maintenant: datetime,
    suivre: Callable[[int], None] = lambda _lus: None,
) -> None:
    """Read to the end, or as far as the source goes, and fill the report; `suivre` is told the size of each
    batch once it is kept.

    Raises RetraitRefuse, with all that was read kept and nothing removed.
    """
    with magasin.writing() as connexion:
        vue, position = _begin(connexion, lecture, maintenant)
    # What a killed reading has kept is read again, and passed over.
    elements = islice(lecture.elements(), position, None)
    for lot in _batches(elements, rapport):
        with magasin.writing() as connexion:
            _put(magasin, connexion, lot, vue, rapport)
        suivre(len(lot))
    _finish(magasin, lecture, vue, rapport, maintenant)


def _begin(connexion: Connection, lecture: Lecture, maintenant: datetime) -> tuple[int, int]:
    """The number of this reading, and how many items of it are already kept."""
    i = IMPORTATION.c
    origine = _digest(lecture.fichiers)
    # Only the last one: what another has seen since, this one would take for gone.
    last = connexion.execute(
        select(i.id, i.position, i.origine, i.etat, i.complete)
        .where(i.source == lecture.source.nom)
        .order_by(i.id.desc())
    ).first()
    if (
        last
        and origine
        and (last.origine, last.etat, last.complete) == (origine, "en_cours", lecture.complete)
    ):
        return last.id, last.position
    vue = (connexion.scalar(select(func.max(i.id))) or 0) + 1
    started = {"id": vue, "source": lecture.source.nom, "origine": origine, "complete": lecture.complete}
    counts = {"etat": "en_cours", "position": 0, "gardees": 0, "retirees": 0, "refus": {}}
    connexion.execute(insert(IMPORTATION), [started | counts | {"debut": maintenant, "fin": None}])
    return vue, 0


def _put(magasin: Magasin, connexion: Connection, lot: Sequence[Lu], vue: int, rapport: Rapport) -> None:
    """One batch, and the note of how far we are, in the same transaction."""
    refus = Counter(element.raison for element in lot if isinstance(element, Refus))
    register = [element for element in lot if isinstance(element, Enregistrement)]
    fiches = [e for e in lot if not isinstance(e, Refus | Enregistrement)]
    # A key that had to be cut could be another's.
    if too_long := sum(len(f.cle) > CLE_MAX for f in fiches):
        refus["identifiant trop long"] += too_long
        fiches = [f for f in fiches if len(f.cle) <= CLE_MAX]
    magasin.put(connexion, fiches, vue)
    magasin.put_register(connexion, register, vue)
    _note(connexion, vue, len(lot), len(fiches) + len(register), refus)
    rapport.lues += len(lot)
    rapport.genres |= {genre_of(fiche) for fiche in fiches}
    rapport.gardees += len(fiches) + len(register)
    rapport.refus += refus


def _note(connexion: Connection, vue: int, lus: int, gardees: int, refus: Counter[str]) -> None:
    i = IMPORTATION.c
    before = connexion.execute(select(i.position, i.gardees, i.refus).where(i.id == vue)).one()
    now = {
        "position": before.position + lus,
        "gardees": before.gardees + gardees,
        "refus": dict(Counter(before.refus) + refus),
    }
    connexion.execute(update(IMPORTATION).where(i.id == vue).values(now))


def _finish(magasin: Magasin, lecture: Lecture, vue: int, rapport: Rapport, maintenant: datetime) -> None:
    with magasin.writing() as connexion:
        doubtful = None
        if lecture.complete and not rapport.panne:
            doubtful = _remove_gone(magasin, connexion, lecture, vue, rapport)
        magasin.mark_duplicates(connexion)
        etat = "interrompue" if rapport.panne or doubtful else "terminee"
        done = {"etat": etat, "retirees": rapport.retirees, "fin": maintenant}
        connexion.execute(update(IMPORTATION).where(IMPORTATION.c.id == vue).values(done))
    if doubtful:
        raise RetraitRefuse(doubtful)


def _remove_gone(
    magasin: Magasin, connexion: Connection, lecture: Lecture, vue: int, rapport: Rapport
) -> str | None:
    """Remove what the source no longer has, or say why it is not believed."""
    unseen = magasin.unseen(connexion, lecture.source.nom, vue)
    for genre, gone in unseen.items():
        held = magasin.held(connexion, genre, lecture.source.nom)
        if held and len(gone) / held > PERTE_MAX and not lecture.force:
            return (
                f"{len(gone)} fiches sur {held} ne sont plus dans la source {lecture.source.libelle} : "
                "c'est trop pour être sûr. Rien n'a été retiré. Pour le faire quand même : --force"
            )
    for genre, gone in unseen.items():
        magasin.remove(connexion, genre, gone)
        rapport.retirees += len(gone)
        rapport.genres |= {genre} if gone else set()
    return None


def _batches(elements: Iterator[Lu], rapport: Rapport) -> Iterator[list[Lu]]:
    """Up to where the source breaks off, and what it gave before."""
    while rapport.panne is None:
        lot: list[Lu] = []
        try:
            lot.extend(islice(elements, LOT))
        except (FormatInattendu, SourceEnPanne) as erreur:
            rapport.panne = str(erreur)
        if lot:
            yield lot
        else:
            return


def _ahead(elements: Callable[[], Iterator[Lu]]) -> Iterator[Lu]:
    """The same, read by a process of its own: one core mends what is read while the other keeps it."""
    # Forked: an adapter need not know how to be copied. It has no connection, and starts no thread.
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    reader = fork.Process(target=_read_into, args=(elements, receiver, sender), daemon=True)
    reader.start()
    sender.close()
    end: object = None
    try:
        while isinstance(end := receiver.recv(), list):
            yield from end
    except EOFError:
        end = SourceEnPanne("La lecture du fichier s'est arrêtée d'un coup.")
    finally:
        # Someone who stops listening has the reader stop too.
        receiver.close()
        reader.join()
    if isinstance(end, Exception):
        raise end


def _read_into(
    elements: Callable[[], Iterator[Lu]], receiver: PipeConnection, sender: PipeConnection
) -> None:
    """Lists of items, then None, or what broke the reading off."""
    # Its own copy of the other end would keep the pipe alive when the importer is killed.
    receiver.close()
    lot: list[Lu] = []
    end: Exception | None = None
    try:
        for element in elements():
            lot.append(element)
            if len(lot) == LOT:
                sender.send(lot)
                lot = []
    except BrokenPipeError:
        return
    except Exception as erreur:
        end = erreur
    with suppress(BrokenPipeError):
        sender.send(lot)
        sender.send(end)


def _digest(fichiers: Sequence[Path]) -> str:
    """Changes with the files and their order; empty without files."""
    if not fichiers:
        return ""
    digest = hashlib.sha256()
    for chemin in fichiers:
        inside = sorted(p for p in chemin.rglob("*") if p.is_file()) if chemin.is_dir() else [chemin]
        for fichier in inside:
            with fichier.open("rb") as flux:
                while morceau := flux.read(MORCEAU):
                    digest.update(morceau)
    return digest.hexdigest()
