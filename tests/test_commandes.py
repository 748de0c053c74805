"""`python -m service.catalogue`: what each command does to the catalogue, says, and returns."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from models.index import IndexPerime, IndexSurDisque
from service.catalogue.__main__ import main
from service.catalogue.fiches import Genre
from service.catalogue.importation import Rapport, importer, read_online
from service.catalogue.magasin import Magasin
from service.catalogue.ouverture import open_catalogue
from service.catalogue.reglages import Reglages
from service.catalogue.sources.annuaire import LIBELLES
from service.conseiller import Conseiller
from service.conversation import Endroit
from tests.bases import BASES, JOUR, MAINTENANT, address, empty_magasin
from tests.catalogue.branchement import client_of, local, ordinary, with_keys
from tests.dom import parse
from tests.etats import PROCHE, state
from web.app import create_app
from web.settings import Settings

DOSSIER = Path(__file__).parent / "catalogue"
SOURCES = sorted(LIBELLES.keys() - {"demonstration"})
QUIMPERLE = "29233"
CONTACTS = (
    "Contactée", "impasse du Contact", "06 99 99 99 99", "04 99 99 99 99", "contact.example.org",
    "06 00 00 00 01", "rh@tilleuls", "Mme Essai", "forum@", "Madame Inventée", "04 00 00 00 00",
    "inventee@example.org", "autre@example.org", "0400000000", "0100000000", "partners_665f",
    "odile", "Odile", "secretariat@", "01 99 00 12 34",
)  # fmt: skip
"""Who to call or write to, in the fixtures of every source: fields of contacts, and words of descriptions."""


def reglages_of(base: str, dossier: Path, **cles: str) -> Reglages:
    """Without a key, unless one is given."""
    sans = {"france_travail_id": "", "france_travail_secret": "", "api_alternance_cle": ""}
    return Reglages(DATABASE_URL=base, index=dossier / "index", **sans | cles)  # type: ignore[arg-type]


@pytest.fixture(params=BASES)
def reglages(request: pytest.FixtureRequest, tmp_path: Path) -> Reglages:
    """For each database, which is there and empty."""
    with empty_magasin(request.param, tmp_path):
        return reglages_of(address(request.param, tmp_path), tmp_path)


def offres(chemin: Path, *numeros: str) -> str:
    """A page of France Travail with these offers."""
    lieu = {"libelle": "69 - LYON 03", "commune": "69383"}
    brutes = [
        {"id": n, "intitule": "Aide-soignante", "romeCode": "J1501", "lieuTravail": lieu} for n in numeros
    ]
    chemin.write_text(json.dumps({"resultats": brutes}), encoding="utf-8")
    return str(chemin)


def fixtures(nom: str, dossier: Path) -> list[str]:
    """The files of this source, a year on from now: a date must not end with time what a test keeps."""
    years = date.today().year + 1 - 2026
    copies = []
    for origine in sorted((DOSSIER / nom).iterdir()):
        moved = re.sub(
            rb"(?<!\d)202[5-9](?=[-;]|\d{4}(?!\d))",
            lambda y: b"%d" % (int(y[0]) + years),
            origine.read_bytes(),
        )
        copies.append(dossier / origine.name)
        copies[-1].write_bytes(moved)
    return [str(c) for c in ([_zipped(copies)] if nom == "rncp" else copies)]


def _zipped(tables: list[Path]) -> Path:
    """The register as it is published: one zip, its tables under long names."""
    chemin = tables[0].parent / "export-fiches-csv-2026-11-22.zip"
    with zipfile.ZipFile(chemin, "w") as archive:
        for table in tables:
            archive.write(table, f"export_fiches_CSV_{table.stem}_2026_11_22.csv")
    return chemin


def keys(reglages: Reglages, table: str = "offre") -> list[str]:
    with closing(Magasin(reglages.base)) as magasin, magasin._reading() as connexion:
        return sorted(connexion.scalars(text(f"SELECT cle FROM {table}")))  # noqa: S608


def said(capsys: pytest.CaptureFixture[str], reglages: Reglages, *arguments: str) -> str:
    """What a command that goes well prints."""
    assert main(arguments, reglages) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


# --- what is read, and what is told of it --------------------------------------------------------------


def test_an_import_and_the_status_after_it_count_what_is_kept_and_why_the_rest_is_not(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, reglages, "import", "france_travail", *fixtures("france_travail", tmp_path)) == (
        "france_travail : 3 fiches lues, 2 gardées, 0 retirées, 1 refusées\n"
        "  refusées, code ROME hors de nos métiers : 1\n"
    )
    status = said(capsys, reglages, "status").splitlines()
    assert status[:2] == ["offres : 2", "  france_travail                   2"]
    assert {"formations : 0", "evenements : 0", "certifications du RNCP : 0"} <= set(status)
    assert re.fullmatch(r"france_travail, terminee, le \d\d/\d\d/\d{4} à \d\d:\d\d", status[-3])
    assert status[-2:] == [
        "  lues 3, gardées 2, retirées 0",
        "  refusées, code ROME hors de nos métiers : 1",
    ]


def test_an_import_adds_removes_nothing_and_done_again_changes_nothing(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = offres(tmp_path / "1.json", "a", "b"), offres(tmp_path / "2.json", "b", "c")
    for files in ([first], [second], [first, second]):
        assert "0 retirées, 0 refusées" in said(capsys, reglages, "import", "france_travail", *files)
    assert keys(reglages) == ["a", "b", "c"]


def test_a_refresh_removes_what_is_gone_from_this_source_alone(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, reglages, "import", "api_alternance", *fixtures("api_alternance", tmp_path))
    others = keys(reglages)
    assert others
    said(capsys, reglages, "refresh", "france_travail", offres(tmp_path / "1.json", "a", "b", "c"))
    told = said(capsys, reglages, "refresh", "france_travail", offres(tmp_path / "2.json", "a", "c", "d"))
    assert told == "france_travail : 3 fiches lues, 3 gardées, 1 retirées, 0 refusées\n"
    assert keys(reglages) == sorted(["a", "c", "d", *others])


def test_a_file_cut_short_keeps_what_it_gave_and_removes_nothing(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Path(offres(tmp_path / "1.json", "a", "b", "c"))
    said(capsys, reglages, "import", "france_travail", str(whole))
    cut = Path(offres(tmp_path / "2.json", "d", "e"))
    cut.write_bytes(cut.read_bytes()[:-20])
    assert main(["refresh", "france_travail", str(cut)], reglages) == 1
    out, err = capsys.readouterr()
    assert out == "france_travail : 1 fiches lues, 1 gardées, 0 retirées, 0 refusées\n"
    assert err == "  arrêt : Le fichier n'est pas du JSON lisible jusqu'au bout.\n"
    assert keys(reglages) == ["a", "b", "c", "d"]
    assert "france_travail, interrompue, le" in said(capsys, reglages, "status")


def test_a_source_that_has_lost_most_of_what_it_held_is_not_believed_without_force(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, reglages, "import", "france_travail", offres(tmp_path / "1.json", "a", "b", "c"))
    refresh = ["refresh", "france_travail", offres(tmp_path / "2.json", "c")]
    assert main(refresh, reglages) == 1
    assert capsys.readouterr().err.endswith(
        "2 fiches sur 3 ne sont plus dans la source France Travail : c'est trop pour être sûr. "
        "Rien n'a été retiré. Pour le faire quand même : --force\n"
    )
    assert keys(reglages) == ["a", "b", "c"]
    assert "2 retirées" in said(capsys, reglages, *refresh, "--force")
    assert keys(reglages) == ["c"]


def test_the_vectors_can_be_made_again(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str], conseiller: Conseiller
) -> None:
    said(capsys, reglages, "import", "france_travail", offres(tmp_path / "1.json", "a", "b"))
    for piece in reglages.index.iterdir():
        piece.unlink()
    with pytest.raises(IndexPerime):
        IndexSurDisque.open(reglages.index, "offre", conseiller.encodeur, commande="x")
    assert said(capsys, reglages, "index") == ""
    for genre in Genre:
        IndexSurDisque.open(reglages.index, genre.value, conseiller.encodeur, commande="x")
    with served(conseiller, reglages) as client:
        answer = client.get("/api/v1/offres?metier=aide-soignant&commune=69123").json()
    assert (answer["origine"], answer["total"]) == ("importe", 2)


# --- over the network ----------------------------------------------------------------------------------

LIVE = sorted(["api_alternance", "evenements", "france_travail"])


@pytest.mark.parametrize("nom", LIVE)
def test_a_source_read_over_the_network_is_kept_whole_and_loses_nothing_when_it_fails(
    tmp_path: Path, conseiller: Conseiller, nom: str
) -> None:
    """As `refresh` does it with keys; the command itself knows no address but the real ones."""
    annuaire = with_keys(conseiller)
    with ordinary() as serveur, empty_magasin("sqlite", tmp_path) as magasin:
        source = next(local(s, serveur.url) for s in annuaire.live(JOUR) if s.nom == nom)

        def read() -> Rapport:
            rapport = Rapport(nom)
            with client_of(annuaire, source, page=False) as client:
                lecture = read_online(source, client, complete=True)
                importer(magasin, lecture, rapport, maintenant=MAINTENANT)
            return rapport

        first = read()
        assert (first.panne, first.retirees) == (None, 0)
        assert first.gardees == 1 + (nom == "api_alternance")
        serveur.fault = "error"
        second = read()
        assert (second.gardees, second.retirees) == (0, 0)
        assert second.panne == "127.0.0.1 : service indisponible (500)"
        assert sum(sum(by_source.values()) for by_source in magasin.counts().values()) == first.gardees
        assert [r.etat for r in magasin.readings()] == ["interrompue"]


# --- what cannot be done -------------------------------------------------------------------------------

REFUS = {
    "unknown source": (["import", "pole_emploi", "{file}"], "Source inconnue"),
    "missing file": (["import", "lheo", "{file}x"], "Fichier introuvable"),
    "one missing file of two": (["refresh", "lheo", "{file}", "{file}x"], "Fichier introuvable"),
    "no key at all": (["refresh"], "Aucune source n'a de clé"),
    "no key for this source": (["refresh", "france_travail"], "sans clé"),
    "a source that has no network": (["import", "lheo"], "sans clé"),
}


@pytest.mark.parametrize(("arguments", "phrase"), REFUS.values(), ids=REFUS.keys())
def test_what_cannot_be_done_is_told_in_a_sentence_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], phrase: str
) -> None:
    reglages = reglages_of(address("sqlite", tmp_path), tmp_path)
    there = tmp_path / "lheo.xml"
    there.write_bytes((DOSSIER / "lheo" / "formation-2.3.xml").read_bytes())
    assert main([a.format(file=there) for a in arguments], reglages) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert phrase in err
    assert err.count("\n") == 1
    assert keys(reglages, "formation") == []
    assert not reglages.index.exists()


@pytest.mark.parametrize("commande", ["status", "index"])
def test_before_any_import_there_is_nothing_to_tell_and_none_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], commande: str
) -> None:
    reglages = reglages_of(address("sqlite", tmp_path), tmp_path)
    assert main([commande], reglages) == 2
    assert capsys.readouterr() == ("", "Aucun catalogue n'a encore été importé.\n")
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_source_is_refused_as_a_whole(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "parcoursup", *fixtures("mon_compte_formation", tmp_path)], reglages) == 1
    assert "Il manque des colonnes" in capsys.readouterr().err
    assert keys(reglages, "formation") == []


# --- every source --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tout:
    """What importing the fixtures of every source, one after the other, has said and left on the disk."""

    dits: Mapping[str, str]
    octets: bytes
    """Of the base, its journal, and the vectors."""
    journal: int
    """Bytes of the journal alone."""


@pytest.fixture(scope="module")
def tout(tmp_path_factory: pytest.TempPathFactory) -> Tout:
    dossier, entree = tmp_path_factory.mktemp("tout"), tmp_path_factory.mktemp("entree")
    reglages = reglages_of(address("sqlite", dossier), dossier)
    dits = {}
    with redirect_stdout(io.StringIO()):
        assert main(["migrer"], reglages) == 0
    # Someone who reads keeps the journal from being emptied into the base and removed.
    with closing(sqlite3.connect(dossier / "catalogue.sqlite", isolation_level=None)) as lecteur:
        lecteur.execute("BEGIN")
        lecteur.execute("SELECT count(*) FROM offre").fetchone()
        for nom in SOURCES:
            with redirect_stdout(io.StringIO()) as sortie:
                assert main(["import", nom, *fixtures(nom, entree)], reglages) == 0
            dits[nom] = sortie.getvalue()
        files = {f.name: f.read_bytes() for f in dossier.rglob("*") if f.is_file()}
    return Tout(dits, b"".join(files.values()), len(files["catalogue.sqlite-wal"]))


def test_every_source_that_can_be_imported_has_its_fixture(conseiller: Conseiller) -> None:
    assert sorted(with_keys(conseiller).sources(JOUR)) == SOURCES
    assert all(any((DOSSIER / nom).iterdir()) for nom in SOURCES)


@pytest.mark.parametrize("nom", SOURCES)
def test_every_source_imports_its_fixture_and_refuses_what_is_not_ours(tout: Tout, nom: str) -> None:
    first, *refusals = tout.dits[nom].splitlines()
    counts = re.fullmatch(rf"{nom} : (\d+) fiches lues, (\d+) gardées, 0 retirées, (\d+) refusées", first)
    assert counts
    lues, gardees, refusees = map(int, counts.groups())
    assert gardees >= 1
    assert lues == gardees + refusees
    assert refusees == sum(int(ligne.rpartition(" : ")[2]) for ligne in refusals)


def test_no_contact_of_any_source_is_on_the_disk_not_even_in_the_journal(tout: Tout) -> None:
    given = b"".join(f.read_bytes() for nom in SOURCES for f in sorted((DOSSIER / nom).iterdir()))
    assert [c for c in CONTACTS if c.encode() not in given] == []
    assert tout.journal > 100_000
    assert b"Les Tilleuls d'Essai" in tout.octets
    assert [c for c in CONTACTS if c.encode() in tout.octets] == []


# --- the register, then the courses --------------------------------------------------------------------


def test_an_old_number_that_the_register_knows_is_found_and_shown_with_what_replaced_it(
    reglages: Reglages, tmp_path: Path, capsys: pytest.CaptureFixture[str], conseiller: Conseiller
) -> None:
    flux = next(Path(f) for f in fixtures("lheo", tmp_path) if "2.3" in f)
    flux.write_bytes(flux.read_bytes().replace(b"<code-RNCP>40692<", b"<code-RNCP>4495<"))
    # Replaced long ago: we do not know this one by heart.
    assert "0 gardées" in said(capsys, reglages, "import", "lheo", str(flux))
    assert "4 gardées" in said(capsys, reglages, "import", "rncp", *fixtures("rncp", tmp_path))
    assert "2 gardées" in said(capsys, reglages, "import", "lheo", str(flux))
    endroit = state(Endroit(commune=QUIMPERLE))
    with served(conseiller, reglages) as client:
        page = client.post(PROCHE, data={"etat": endroit, "genre": "formation"})
    (diplome,) = [p.text() for p in parse(page.text).all("p", **{"class": "annonce-diplome"})]
    assert "RNCP40692, qui remplace RNCP4495" in diplome
    assert "Aide-soignant (nouveau)" in diplome
    assert "terminé" not in diplome


@contextmanager
def served(conseiller: Conseiller, reglages: Reglages) -> Iterator[TestClient]:
    """The service over what was imported."""
    connaissances, communes = conseiller.connaissances, conseiller.communes
    catalogue = open_catalogue(connaissances, communes, conseiller.encodeur, {}, reglages, jour=lambda: JOUR)
    with TestClient(create_app(Settings(), conseiller, catalogue)) as client:
        yield client
    importe, _ = catalogue._opened()
    assert importe
    assert isinstance(importe.stock, Magasin)
    # A service keeps it to the end of the program.
    importe.stock.close()
