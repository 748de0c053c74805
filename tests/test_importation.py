"""Reading a source into the store: each thing once, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from service.catalogue.fiches import Enregistrement, FormatInattendu, Lu, Refus
from service.catalogue.importation import LOT, Rapport, RetraitRefuse, importer, read_files
from service.catalogue.magasin import Magasin
from tests.bases import BASES, FORMATION, MAINTENANT, address, empty_magasin, offre

RACINE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Lignes:
    """A source of the tests: one key a line; `!` refuses, `+` is a formation, `#` of the register; words break it."""

    nom: str = "essai"
    libelle: str = "Essai"
    pause_s: float = 0.0

    def read(self, fichier: Path) -> Iterator[Lu]:
        for ligne in fichier.read_text(encoding="utf-8").split():
            if ligne == "CASSE":
                raise FormatInattendu("Le fichier est coupé.")
            if ligne == "MEURT":
                os._exit(1)
            if ligne == "BOGUE":
                print(1 / 0)
            if ligne.startswith("!"):
                yield Refus(ligne, "sans lieu")
            elif ligne.startswith("+"):
                yield replace(FORMATION, cle=ligne, source=self.nom)
            elif ligne.startswith("#"):
                yield Enregistrement(ligne[1:], "Un diplôme", None, True)
            else:
                if self.pause_s:
                    time.sleep(self.pause_s)
                yield offre(ligne, source=self.nom)


@pytest.fixture(params=BASES)
def magasin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Magasin]:
    with empty_magasin(request.param, tmp_path) as magasin:
        yield magasin


def feed(dossier: Path, *lignes: str) -> Path:
    chemin = dossier / "flux.txt"
    chemin.write_text("\n".join(lignes), encoding="utf-8")
    return chemin


def keys(magasin: Magasin, source: str = "essai") -> list[str]:
    with magasin._reading() as connexion:
        return sorted(connexion.scalars(text("SELECT cle FROM offre WHERE source = :s"), {"s": source}))


def read(magasin: Magasin, chemin: Path, *, complete: bool = True, force: bool = False) -> Rapport:
    lecture = read_files(Lignes(), [chemin], complete=complete, force=force)
    rapport = Rapport("essai")
    importer(magasin, lecture, rapport, maintenant=MAINTENANT)
    return rapport


def test_all_is_kept_and_what_is_refused_is_counted_by_reason(magasin: Magasin, tmp_path: Path) -> None:
    rapport = read(magasin, feed(tmp_path, "a", "!b", "c", "!d", "#RNCP1234"))
    assert (rapport.lues, rapport.gardees, rapport.refus) == (5, 3, {"sans lieu": 2})
    assert keys(magasin) == ["a", "c"]
    assert [e.numero for e in magasin.register()] == ["RNCP1234"]
    assert magasin.readings()[0].refus == {"sans lieu": 2}


def test_a_refresh_removes_what_is_gone_and_an_import_does_not(magasin: Magasin, tmp_path: Path) -> None:
    read(magasin, feed(tmp_path, "a", "b", "c"))
    assert read(magasin, feed(tmp_path, "a", "b", "d"), complete=False).retirees == 0
    assert keys(magasin) == ["a", "b", "c", "d"]
    assert read(magasin, feed(tmp_path, "a", "b", "e")).retirees == 2
    assert keys(magasin) == ["a", "b", "e"]


def test_a_refresh_leaves_the_other_sources_alone(magasin: Magasin, tmp_path: Path) -> None:
    lecture = read_files(Lignes(nom="autre"), [feed(tmp_path, "x")], complete=True)
    importer(magasin, lecture, Rapport("autre"), maintenant=MAINTENANT)
    read(magasin, feed(tmp_path, "a"))
    assert keys(magasin, "autre") == ["x"]


def test_a_feed_that_has_lost_most_of_what_it_held_is_not_believed(magasin: Magasin, tmp_path: Path) -> None:
    read(magasin, feed(tmp_path, "a", "b", "c"))
    with pytest.raises(RetraitRefuse, match="--force"):
        read(magasin, feed(tmp_path, "a"))
    assert keys(magasin) == ["a", "b", "c"]
    assert read(magasin, feed(tmp_path, "a"), force=True).retirees == 2
    assert keys(magasin) == ["a"]


def test_a_feed_that_breaks_off_keeps_what_came_before_and_removes_nothing(
    magasin: Magasin, tmp_path: Path
) -> None:
    read(magasin, feed(tmp_path, "a", "b"))
    rapport = read(magasin, feed(tmp_path, "c", "d", "CASSE", "e"))
    assert rapport.panne == "Le fichier est coupé."
    assert keys(magasin) == ["a", "b", "c", "d"]
    assert magasin.readings()[0].etat == "interrompue"


def test_an_identifier_too_long_to_be_kept_is_refused(magasin: Magasin, tmp_path: Path) -> None:
    rapport = read(magasin, feed(tmp_path, "a" * 201, "b"))
    assert rapport.refus == {"identifiant trop long": 1}
    assert keys(magasin) == ["b"]


def test_a_reader_that_dies_is_a_feed_that_breaks_off(magasin: Magasin, tmp_path: Path) -> None:
    read(magasin, feed(tmp_path, "a", "b"))
    rapport = read(magasin, feed(tmp_path, "c", "MEURT", "d"))
    assert rapport.panne == "La lecture du fichier s'est arrêtée d'un coup."
    assert keys(magasin) == ["a", "b"]


def test_a_mistake_of_an_adapter_is_not_taken_for_a_bad_feed(magasin: Magasin, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        read(magasin, feed(tmp_path, "a", "BOGUE"))
    assert magasin.readings()[0].etat == "en_cours"


class Coupure(BaseException):
    """Stands for the end of the process."""


def test_a_reading_cut_short_goes_on_where_it_was(magasin: Magasin, tmp_path: Path) -> None:
    chemin = feed(tmp_path, *(f"{n:05d}" for n in range(LOT * 3)))

    def cut(_lus: int) -> None:
        if len(keys(magasin)) == 2 * LOT:
            raise Coupure

    lecture = read_files(Lignes(), [chemin], complete=True)
    with pytest.raises(Coupure):
        importer(magasin, lecture, Rapport("essai"), maintenant=MAINTENANT, suivre=cut)
    batches: list[int] = []
    rapport = Rapport("essai")
    importer(magasin, lecture, rapport, maintenant=MAINTENANT, suivre=batches.append)
    assert batches == [LOT]
    assert rapport.retirees == 0
    assert keys(magasin) == [f"{n:05d}" for n in range(LOT * 3)]
    assert magasin.readings()[0].position == LOT * 3


def test_another_file_is_another_reading(magasin: Magasin, tmp_path: Path) -> None:
    def cut(_lus: int) -> None:
        raise Coupure

    lecture = read_files(Lignes(), [feed(tmp_path, "a", "b")], complete=True)
    with pytest.raises(Coupure):
        importer(magasin, lecture, Rapport("essai"), maintenant=MAINTENANT, suivre=cut)
    assert read(magasin, feed(tmp_path, "b", "c")).lues == 2
    assert keys(magasin) == ["b", "c"]


def test_a_cut_reading_is_not_taken_up_after_another(magasin: Magasin, tmp_path: Path) -> None:
    """What the second one has seen would be taken for gone by the first."""

    def cut(_lus: int) -> None:
        raise Coupure

    names = [f"{n:05d}" for n in range(LOT + 10)]
    old = feed(tmp_path, *names)
    with pytest.raises(Coupure):
        importer(
            magasin,
            read_files(Lignes(), [old], complete=True),
            Rapport("essai"),
            maintenant=MAINTENANT,
            suivre=cut,
        )
    read(magasin, feed(tmp_path, *names, "nouveau"))
    read(magasin, feed(tmp_path, *names))
    assert keys(magasin) == names


def test_of_two_genres_one_not_believed_keeps_both(magasin: Magasin, tmp_path: Path) -> None:
    read(magasin, feed(tmp_path, "a", "b", "c", "+x", "+y", "+z"))
    with pytest.raises(RetraitRefuse):
        read(magasin, feed(tmp_path, "a", "b", "+x"))
    assert keys(magasin) == ["a", "b", "c"]
    assert magasin.counts()["formation"] == {"essai": 3}


TUE = """
import sys
from pathlib import Path
from service.catalogue import importation
from service.catalogue.importation import Rapport, importer, read_files
from service.catalogue.magasin import Magasin
from tests.bases import MAINTENANT
from tests.test_importation import Lignes
importation.LOT = 40
magasin = Magasin(sys.argv[1])
lecture = read_files(Lignes(pause_s=0.0002), [Path(sys.argv[2])], complete=True)
importer(magasin, lecture, Rapport("essai"), maintenant=MAINTENANT)
"""


@pytest.mark.lent
@pytest.mark.parametrize("nom", BASES)
def test_an_import_killed_again_and_again_ends_without_duplicate_or_loss(nom: str, tmp_path: Path) -> None:
    chemin = feed(tmp_path, *(f"{n:05d}" for n in range(2000)))
    arguments = [sys.executable, "-c", TUE, address(nom, tmp_path), str(chemin)]
    killed = 0
    with empty_magasin(nom, tmp_path) as magasin:
        for _ in range(40):
            process = subprocess.Popen(arguments, cwd=RACINE, env={**os.environ, "PYTHONPATH": str(RACINE)})
            before = len(keys(magasin))
            while process.poll() is None and len(keys(magasin)) < before + 400:
                time.sleep(0.01)
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
            # What is there is whole: each fiche with its index row.
            assert len(keys(magasin)) == reperes(magasin)
        assert process.returncode == 0
        assert killed >= 3
        assert not readers_of(chemin)
        assert keys(magasin) == [f"{n:05d}" for n in range(2000)]
        assert reperes(magasin) == 2000
        assert magasin.readings()[0].position == 2000


def readers_of(chemin: Path) -> list[str]:
    """Processes that still have this file on their command line, after a moment to end."""
    time.sleep(0.5)
    lines = [p / "cmdline" for p in Path("/proc").iterdir() if p.name.isdigit()]
    return [p.parent.name for p in lines if p.exists() and str(chemin).encode() in p.read_bytes()]


def reperes(magasin: Magasin) -> int:
    with magasin._reading() as connexion:
        return int(connexion.scalar(text("SELECT count(*) FROM repere")) or 0)
