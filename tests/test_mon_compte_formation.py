"""Mon Compte Formation: a course by département, that the CPF may pay."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from service.catalogue.fiches import FormatInattendu, Formation, Lieu, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation
from service.catalogue.sources.mon_compte_formation import MonCompteFormation

EXPORT = Path(__file__).parent / "catalogue" / "mon_compte_formation" / "export.csv"
PERIMETRE = Perimetre(
    rome={"aide-soignant": ("J1501",)}, rncp={"aide-soignant": ("RNCP40692",)}, numeros={"DEAS": "RNCP40692"}
)


@pytest.fixture(scope="module")
def mcf() -> MonCompteFormation:
    return MonCompteFormation(Reparation.load(), PERIMETRE)


@pytest.fixture(scope="module")
def lus(mcf: MonCompteFormation) -> list[Formation | Refus]:
    return list(mcf.read(EXPORT))


def test_a_row_is_read_whole_without_a_distance_or_a_date(lus: list[Formation | Refus]) -> None:
    assert lus[0] == Formation(
        source="mon_compte_formation",
        cle="00000000000017_DEAS/00000000000017/29",
        url="https://www.moncompteformation.gouv.fr/",
        titre="Aide-soignant",
        texte="Soins du quotidien ;",
        lieu=Lieu("Finistère (29)", departement="29"),
        codes=("RNCP40692",),
        mis_a_jour_le=date(2026, 11, 20),
        organisme="Institut des Tilleuls",
        siret="00000000000017",
        rncp="RNCP40692",
        certification="Diplôme d'État d'aide-soignant",
        financable=True,
        heures=1540,
        cout=7350,
    )


def test_all_sessions_online_and_cells_left_empty(lus: list[Formation | Refus]) -> None:
    formation = lus[1]
    assert isinstance(formation, Formation)
    assert (formation.a_distance, formation.lieu.libelle) == (True, "Ain (01)")
    assert (formation.heures, formation.cout, formation.siret) == (None, None, None)


REFUS = [
    (2, "certification hors de nos métiers"),
    (3, "certification hors de nos métiers"),
    (4, "sans session ouverte"),
    (5, "sans lieu"),
    (6, "sans titre"),
    (7, "sans identifiant"),
]


@pytest.mark.parametrize(("rang", "raison"), REFUS)
def test_what_cannot_be_kept_is_refused_in_french(
    lus: list[Formation | Refus], rang: int, raison: str
) -> None:
    refus = lus[rang]
    assert isinstance(refus, Refus)
    assert refus.raison == raison


@pytest.mark.parametrize(
    ("active", "a_distance", "attendu"),
    [
        ("3", "3", True),
        ("3", "2", False),
        ("3", "", False),
        ("", "3", False),
        ("tous", "-", False),
        ("3.0", "4", True),
    ],
)
def test_remote_only_when_no_session_asks_one_to_travel(
    mcf: MonCompteFormation, tmp_path: Path, active: str, a_distance: str, attendu: bool
) -> None:
    texte = EXPORT.read_text(encoding="utf-8")
    (tmp_path / "f.csv").write_text(texte.replace(";2;3;0;", f";2;{active};{a_distance};"), encoding="utf-8")
    formation = next(mcf.read(tmp_path / "f.csv"))
    assert isinstance(formation, Formation)
    assert formation.a_distance is attendu


def test_the_same_course_in_two_departements_is_two_formations(
    mcf: MonCompteFormation, tmp_path: Path
) -> None:
    entete, ligne, *_ = EXPORT.read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "f.csv").write_text("\n".join([entete, ligne, ligne.replace(";29;53;", ";2A;94;")]))
    ici, la = mcf.read(tmp_path / "f.csv")
    assert isinstance(la, Formation)
    assert ici.cle != la.cle
    assert la.lieu.libelle == "Corse-du-Sud (2A)"


def test_a_gzip_is_read_like_the_plain_file(
    mcf: MonCompteFormation, lus: list[Formation | Refus], tmp_path: Path
) -> None:
    (tmp_path / "f.csv.gz").write_bytes(gzip.compress(EXPORT.read_bytes()))
    assert list(mcf.read(tmp_path / "f.csv.gz")) == lus


def test_a_quote_that_never_closes_is_said_so(mcf: MonCompteFormation, tmp_path: Path) -> None:
    octets = EXPORT.read_bytes().replace(b";Institut", b';"Institut', 1) + b"x" * 200_000
    (tmp_path / "f.csv").write_bytes(octets)
    with pytest.raises(FormatInattendu):
        list(mcf.read(tmp_path / "f.csv"))


def test_a_missing_column_is_named(mcf: MonCompteFormation, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(EXPORT.read_bytes().replace(b"code_rncp", b"rncp"))
    with pytest.raises(FormatInattendu, match="Il manque des colonnes : code_rncp"):
        list(mcf.read(tmp_path / "f.csv"))
