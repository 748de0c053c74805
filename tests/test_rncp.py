"""The national register: what is read of it, and which certification is in force on a day."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.loading import Connaissances, load_knowledge
from service.catalogue.fiches import Enregistrement, FormatInattendu, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.recherche import Diplome
from service.catalogue.reparation import Reparation
from service.catalogue.sources.rncp import Rncp
from service.catalogue.validite import Registre

DOSSIER = Path(__file__).parent / "catalogue" / "rncp"
JOUR = date(2026, 11, 22)
PERIMETRE = Perimetre(
    rome={"aide-soignant": ("J1501",), "accompagnant": ("K1302",)},
    rncp={"aide-soignant": ("RNCP40692",), "accompagnant": ("RNCP36004",)},
    numeros={"DEAS": "RNCP40692", "DEAES": "RNCP36004"},
)


@pytest.fixture(scope="module")
def rncp() -> Rncp:
    return Rncp(Reparation.load(), PERIMETRE)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The daily zip, with two of its ten tables, an empty third, and accents in its names."""
    chemin = tmp_path_factory.mktemp("rncp") / "export-fiches-csv-2026-11-22.zip"
    with zipfile.ZipFile(chemin, "w") as sortie:
        for table in ("Standard", "Ancienne_Nouvelle"):
            nom = table if table == "Standard" else f"{table}_Certification"
            sortie.write(DOSSIER / f"{table}.csv", f"export_fiches_CSV_{nom}_2026_11_22.csv")
        sortie.writestr("export_fiches_CSV_Blocs_De_Compétences_2026_11_22.csv", b"\xff")
    return chemin


LUS = [
    Enregistrement("RNCP4495", "Aide-soignant", date(2021, 9, 1), False, ("RNCP35830",)),
    Enregistrement("RNCP35830", "Aide-soignant", date(2025, 9, 1), False, ("RNCP40692",)),
    Enregistrement("RNCP40692", "Aide-soignant (nouveau)", date(2030, 8, 31), True),
    Refus("RNCP99001", "certification hors de nos métiers"),
    Refus("RS5000", "certification hors de nos métiers"),
    Enregistrement("RNCP36004", "Accompagnant éducatif et social", None, True),
    Refus("RNCP4504", "sans titre"),
    Refus("RNCP5440", "état inconnu"),
]


def test_ours_are_read_and_all_that_they_replaced_or_that_replaces_them(rncp: Rncp, archive: Path) -> None:
    assert list(rncp.read(archive)) == LUS


def test_the_folder_is_read_like_the_zip(rncp: Rncp, archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as entree:
        entree.extractall(tmp_path)
    assert list(rncp.read(tmp_path)) == LUS


def test_a_successor_is_found_from_an_old_number_that_is_the_one_we_know(rncp: Rncp, archive: Path) -> None:
    ancien = Perimetre({}, {"aide-soignant": ("RNCP4495",)}, {"DEAS": "RNCP4495"})
    lus = replace(rncp, perimetre=ancien).read(archive)
    assert [e.numero for e in lus if isinstance(e, Enregistrement)] == ["RNCP4495", "RNCP35830", "RNCP40692"]


@pytest.mark.parametrize("table", ["Standard", "Ancienne_Nouvelle"])
def test_a_table_that_is_not_there_is_said_so(rncp: Rncp, archive: Path, tmp_path: Path, table: str) -> None:
    with zipfile.ZipFile(archive) as entree, zipfile.ZipFile(tmp_path / "f.zip", "w") as sortie:
        for nom in entree.namelist():
            if table not in nom:
                sortie.writestr(nom, entree.read(nom))
    with pytest.raises(FormatInattendu, match="Aucun des fichiers"):
        list(rncp.read(tmp_path / "f.zip"))


def test_a_cut_archive_is_said_so(rncp: Rncp, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "f.zip").write_bytes(archive.read_bytes()[:-200])
    with pytest.raises(FormatInattendu, match="abîmé"):
        list(rncp.read(tmp_path / "f.zip"))


@pytest.mark.parametrize("fichier", ["Standard.csv", "Ancienne_Nouvelle.csv"])
def test_one_table_alone_is_not_the_register(rncp: Rncp, fichier: str) -> None:
    with pytest.raises(FormatInattendu, match="Il manque des colonnes"):
        list(rncp.read(DOSSIER / fichier))


def record(numero: str, fin: str | None = None, *apres: str, actif: bool = True) -> Enregistrement:
    jour = date.fromisoformat(fin) if fin else None
    return Enregistrement(f"RNCP{numero}", f"Titre {numero}", jour, actif, tuple(f"RNCP{n}" for n in apres))


def diplome(numero: str, fin: str | None, en_vigueur: bool | None, ancien: str | None = None) -> Diplome:
    jour = date.fromisoformat(fin) if fin else None
    return Diplome(f"RNCP{numero}", f"Titre {numero}", jour, en_vigueur, f"RNCP{ancien}" if ancien else None)


ANCIEN = record("1", "2025-09-01", "2")
SITUATIONS = {
    "in force": ([record("1", "2030-01-01")], diplome("1", "2030-01-01", True)),
    "its last day": (
        [record("1", "2026-11-22", "2"), record("2", "2030-01-01")],
        diplome("1", "2026-11-22", True),
    ),
    "the day after": (
        [record("1", "2026-11-21", "2"), record("2", "2030-01-01")],
        diplome("2", "2030-01-01", True, "1"),
    ),
    "ended without a successor": ([record("1", "2025-09-01")], diplome("1", "2025-09-01", False)),
    "withdrawn before its end": ([record("1", "2030-01-01", actif=False)], diplome("1", "2030-01-01", False)),
    "active without an end": ([record("1")], diplome("1", None, True)),
    "inactive without an end": (
        [record("1", None, "2", actif=False), record("2", "2030-01-01")],
        diplome("2", "2030-01-01", True, "1"),
    ),
    "two steps": (
        [ANCIEN, record("2", "2026-01-01", "3"), record("3", "2030-01-01")],
        diplome("3", "2030-01-01", True, "1"),
    ),
    "in force, though already replaced": (
        [record("1", "2027-01-01", "2"), record("2", "2030-01-01")],
        diplome("1", "2027-01-01", True),
    ),
    "no further than the first in force": (
        [ANCIEN, record("2", "2027-01-01", "3"), record("3", "2030-01-01")],
        diplome("2", "2027-01-01", True, "1"),
    ),
    "several, the one that lasts": (
        [
            record("1", "2025-09-01", "2", "3", "4"),
            record("2", "2028-01-01"),
            record("3", "2030-01-01"),
            record("4", "2035-01-01", actif=False),
        ],
        diplome("3", "2030-01-01", True, "1"),
    ),
    "several, one of them not described": (
        [record("1", "2025-09-01", "2", "3"), record("3", "2028-01-01")],
        diplome("3", "2028-01-01", True, "1"),
    ),
    "all ended: the last of them": (
        [ANCIEN, record("2", "2026-01-01", "3"), record("3", "2026-06-01")],
        diplome("3", "2026-06-01", False, "1"),
    ),
    "a ring, all ended": ([ANCIEN, record("2", "2025-06-01", "1")], diplome("1", "2025-09-01", False)),
    "its own successor": ([record("1", "2025-09-01", "1")], diplome("1", "2025-09-01", False)),
    "a successor nobody describes": ([ANCIEN], Diplome("RNCP2", "Titre 1", None, None, "RNCP1")),
    "a number nobody knows": ([record("7")], Diplome("RNCP1", "", None, None)),
}


@pytest.mark.parametrize(("enregistrements", "attendu"), SITUATIONS.values(), ids=SITUATIONS)
def test_what_is_in_force(enregistrements: list[Enregistrement], attendu: Diplome) -> None:
    assert Registre(enregistrements).en_vigueur("RNCP1", JOUR) == attendu


CHAINE = [
    record("1", None, "2"),
    record("2", None, "3", "4"),
    record("3"),
    record("4"),
    record("5", None, "3"),
    record("9"),
]
FAMILLES = {
    "1": {"1", "2", "3", "4"},
    "2": {"1", "2", "3", "4"},
    "3": {"1", "2", "3", "5"},
    "4": {"1", "2", "4"},
    "9": {"9"},
    "77": {"77"},
}


@pytest.mark.parametrize("numero", FAMILLES)
def test_same_diploma_over_time_but_not_beside_it(numero: str) -> None:
    assert Registre(CHAINE).same(f"RNCP{numero}") == {f"RNCP{n}" for n in FAMILLES[numero]}


def test_a_ring_has_an_end() -> None:
    assert Registre([record("1", None, "2"), record("2", None, "1")]).same("RNCP1") == {"RNCP1", "RNCP2"}


def test_a_metier_is_found_by_the_old_numbers_of_its_diploma_too() -> None:
    registre = Registre([e for e in LUS if isinstance(e, Enregistrement)])
    large = registre.widen(PERIMETRE)
    assert large.keeps(("RNCP35830",))
    assert not PERIMETRE.keeps(("RNCP35830",))
    assert large.rncp["aide-soignant"] == ("RNCP40692", "RNCP35830", "RNCP4495")
    assert (large.rncp["accompagnant"], large.numeros) == (("RNCP36004",), PERIMETRE.numeros)


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


def test_what_we_know_by_heart_is_the_base(connaissances: Connaissances) -> None:
    registre = Registre((), connaissances)
    dees = connaissances.certifications["DEES"]
    assert dees.rncp is not None
    assert registre.en_vigueur("RNCP37676", JOUR) == Diplome("RNCP41747", dees.titre, None, None, "RNCP37676")
    assert registre.en_vigueur("RNCP37676", date(2026, 8, 31)).en_vigueur is True
    assert registre.en_vigueur("RNCP40692", JOUR).en_vigueur is None
    assert registre.en_vigueur("RNCP36004", JOUR).en_vigueur is False


def test_an_imported_register_is_believed_over_what_we_know(connaissances: Connaissances) -> None:
    lus = [record("40692", "2030-08-31"), record("37676", "2028-08-31"), record("41747", "2031-08-31")]
    registre = Registre(lus, connaissances)
    assert registre.en_vigueur("RNCP40692", JOUR) == diplome("40692", "2030-08-31", True)
    assert registre.en_vigueur("RNCP37676", JOUR) == diplome("37676", "2028-08-31", True)


def test_a_register_that_names_no_successor_does_not_hide_the_one_we_know(
    connaissances: Connaissances,
) -> None:
    registre = Registre([record("37676", "2026-08-31"), record("41747", "2031-08-31")], connaissances)
    assert registre.en_vigueur("RNCP37676", JOUR) == diplome("41747", "2031-08-31", True, "37676")
    nomme = Registre([record("37676", "2026-08-31", "5"), record("5", "2027-01-01")], connaissances)
    assert nomme.en_vigueur("RNCP37676", JOUR).numero == "RNCP5"
