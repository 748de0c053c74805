"""The catalogue from the command line: `python -m service.catalogue --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from knowledge.loading import load_knowledge
from models.encoder import EncodeurStatique
from models.index import IndexSurDisque
from service.catalogue.catalogue import COMMANDE_INDEX, text_to_encode
from service.catalogue.fiches import Genre
from service.catalogue.importation import Lecture, Rapport, RetraitRefuse, importer, read_files, read_online
from service.catalogue.magasin import Magasin
from service.catalogue.migrations import migrate
from service.catalogue.ouverture import tell_services
from service.catalogue.perimetre import Perimetre
from service.catalogue.recherche import CatalogueInutilisable
from service.catalogue.reglages import Reglages
from service.catalogue.sources import Source
from service.catalogue.sources.annuaire import Annuaire
from service.catalogue.validite import Registre
from service.geographie import load_communes

LOT_INDEX = 2_000


def main(arguments: Sequence[str] | None = None, reglages: Reglages | None = None) -> int:
    """0 when all went well, 1 when a source broke off or was not believed, 2 when nothing could be done."""
    demande = _parser().parse_args(arguments)
    reglages = reglages or Reglages()
    try:
        with _opened(reglages, nouveau=demande.nouveau) as magasin:
            return int(demande.commande(demande, reglages, magasin))
    except CatalogueInutilisable as erreur:
        print(erreur, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service.catalogue",
        description="Le catalogue des offres, formations et événements.",
    )
    parser.set_defaults(nouveau=False)
    commandes = parser.add_subparsers(required=True, metavar="COMMANDE")
    ajout = commandes.add_parser(
        "import", help="ajouter ou mettre à jour ce que donnent des fichiers, ou la source elle-même"
    )
    ajout.add_argument("source")
    ajout.set_defaults(complete=False, force=False)
    neuf = commandes.add_parser(
        "refresh",
        help="relire en entier une source, ou toutes celles qui ont une clé, et retirer ce qui n'y est plus",
    )
    neuf.add_argument("source", nargs="?")
    neuf.add_argument("--force", action="store_true", help="retirer même si plus de la moitié a disparu")
    neuf.set_defaults(complete=True)
    for lecture in (ajout, neuf):
        lecture.add_argument("fichiers", nargs="*", type=Path)
        lecture.set_defaults(commande=_read, nouveau=True)
    commandes.add_parser("status", help="ce que contient le catalogue").set_defaults(commande=_status)
    commandes.add_parser("index", help="refaire les vecteurs").set_defaults(commande=_index)
    tables = commandes.add_parser("migrer", help="mettre les tables à la version du programme")
    tables.set_defaults(commande=_migrate, nouveau=True)
    return parser


@contextmanager
def _opened(reglages: Reglages, *, nouveau: bool) -> Iterator[Magasin]:
    """The store, its tables brought to this version first; `nouveau`: made when there is none."""
    magasin = Magasin(reglages.base)
    try:
        if nouveau:
            if magasin.fichier:
                magasin.fichier.parent.mkdir(parents=True, exist_ok=True)
            with magasin.migrating() as connexion:
                migrate(connexion)
        magasin.check()
        yield magasin
    finally:
        magasin.close()


def _read(demande: argparse.Namespace, reglages: Reglages, magasin: Magasin) -> int:
    """Files of a source, or the source itself, or all that have a key."""
    annuaire = _annuaire(reglages, magasin)
    how = {"complete": demande.complete, "force": demande.force}
    if demande.fichiers:
        _check_files(demande.fichiers)
        source = _named(demande.source, annuaire.sources(date.today()))
        return _run([read_files(source, demande.fichiers, **how)], reglages, magasin)
    live = {source.nom: source for source in annuaire.live(date.today())}
    named = [_named(demande.source, live)] if demande.source else list(live.values())
    if not named:
        raise CatalogueInutilisable("Aucune source n'a de clé. Donnez une source et ses fichiers.")
    return _run([read_online(s, annuaire.client(s, page=False), **how) for s in named], reglages, magasin)


def _run(lectures: Sequence[Lecture], reglages: Reglages, magasin: Magasin) -> int:
    """Read one source after the other, then encode again what has changed."""
    done, genres = 0, set[Genre]()
    for lecture in lectures:
        rapport = Rapport(lecture.source.nom)
        try:
            with _progress(lecture.source.nom) as advance:
                importer(magasin, lecture, rapport, maintenant=datetime.now(), suivre=advance)
        except RetraitRefuse as erreur:
            rapport.panne = str(erreur)
        _print_report(rapport)
        genres |= rapport.genres
        done = 1 if rapport.panne else done
    _encode(genres, reglages, magasin)
    return done


def _status(_demande: argparse.Namespace, _reglages: Reglages, magasin: Magasin) -> int:
    counts = magasin.counts()
    for genre in Genre:
        print(f"{genre.value}s : {sum(counts[genre.value].values())}")
        for source, nombre in counts[genre.value].items():
            print(f"  {source:24s} {nombre:>9}")
    print(f"certifications du RNCP : {len(magasin.register())}")
    for reading in magasin.readings():
        print(f"\n{reading.source}, {reading.etat}, le {reading.debut:%d/%m/%Y à %H:%M}")
        print(f"  lues {reading.position}, gardées {reading.gardees}, retirées {reading.retirees}")
        _print_refusals(reading.refus)
    return 0


def _index(_demande: argparse.Namespace, reglages: Reglages, magasin: Magasin) -> int:
    _encode(Genre, reglages, magasin)
    return 0


def _encode(genres: Iterable[Genre], reglages: Reglages, magasin: Magasin) -> None:
    """Encode every fiche of these; the pages being served go on with the old vectors until it is done."""
    encodeur = EncodeurStatique.load()
    with _progress("vecteurs") as advance:
        for genre in genres:
            IndexSurDisque.build(
                reglages.index,
                genre.value,
                encodeur,
                _lots(magasin, genre, advance),
                commande=COMMANDE_INDEX,
                date=date.today().isoformat(),
            )
    tell_services(reglages)


def _migrate(_demande: argparse.Namespace, _reglages: Reglages, _magasin: Magasin) -> int:
    """Opening the store is enough."""
    return 0


def _lots(magasin: Magasin, genre: Genre, advance: Callable[[int], None]) -> Iterator[list[tuple[int, str]]]:
    for lot in magasin.texts(genre, LOT_INDEX):
        yield [(numero, text_to_encode(titre, texte)) for numero, titre, texte in lot]
        advance(len(lot))


def _print_report(rapport: Rapport) -> None:
    kept = f"{rapport.gardees} gardées, {rapport.retirees} retirées"
    print(f"{rapport.source} : {rapport.lues} fiches lues, {kept}, {sum(rapport.refus.values())} refusées")
    _print_refusals(rapport.refus)
    if rapport.panne:
        print(f"  arrêt : {rapport.panne}", file=sys.stderr)


def _print_refusals(refus: Mapping[str, int]) -> None:
    for raison, nombre in sorted(refus.items(), key=lambda item: (-item[1], item[0])):
        print(f"  refusées, {raison} : {nombre}")


@contextmanager
def _progress(titre: str) -> Iterator[Callable[[int], None]]:
    """A bar where there is someone to look at it."""
    with tqdm(desc=titre, unit=" fiches", disable=None, smoothing=0.05) as bar:

        def advance(nombre: int) -> None:
            bar.update(nombre)

        yield advance


def _annuaire(reglages: Reglages, magasin: Magasin) -> Annuaire:
    connaissances = load_knowledge()
    perimetre = Registre(magasin.register(), connaissances).widen(Perimetre.of(connaissances))
    return Annuaire(connaissances, load_communes(), reglages, perimetre)


S = TypeVar("S", bound=Source)


def _named(nom: str, sources: Mapping[str, S]) -> S:
    if nom not in sources:
        known = ", ".join(sorted(sources)) or "aucune"
        raise CatalogueInutilisable(f"Source inconnue, ou sans clé. Sources possibles ici : {known}.")
    return sources[nom]


def _check_files(fichiers: Sequence[Path]) -> None:
    for fichier in fichiers:
        if not fichier.exists():
            raise CatalogueInutilisable(f"Fichier introuvable : {fichier}")


if __name__ == "__main__":
    sys.exit(main())
