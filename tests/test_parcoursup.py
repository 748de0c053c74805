"""Parcoursup: the filières that are ours, where they are, and both forms of the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.loading import load_knowledge
from service.catalogue.fiches import FormatInattendu, Formation, Lieu, Refus
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation
from service.catalogue.sources.parcoursup import FILIERES, Parcoursup

DOSSIER = Path(__file__).parent / "catalogue" / "parcoursup"
OFFICIEL = DOSSIER / "fr-esr-parcoursup.csv"
NUMEROS = {"DEI": "RNCP1", "DEES": "RNCP2", "BTSESF": "RNCP3", "DEASS": "RNCP4"}


@pytest.fixture(scope="module")
def parcoursup() -> Parcoursup:
    return Parcoursup(Reparation.load(), Perimetre(rome={}, rncp={}, numeros=NUMEROS), date(2026, 11, 22))


@pytest.fixture(scope="module")
def lus(parcoursup: Parcoursup) -> dict[str, Formation | Refus]:
    return {item.cle: item for item in parcoursup.read(OFFICIEL)}


def test_a_row_is_read_whole(lus: dict[str, Formation | Refus]) -> None:
    assert lus["900001"] == Formation(
        source="parcoursup",
        cle="900001",
        url="https://dossierappel.parcoursup.fr/Candidats/public/fiches/afficherFicheFormation?g_ta_cod=900001&typeBac=0",
        titre="D.E Infirmier",
        lieu=Lieu("Quimperlé (29)", "29233", "29", 47.882, -3.5526),
        codes=("RNCP1",),
        organisme="IFSI des Tilleuls",
        rncp="RNCP1",
    )


def test_without_a_link_nor_coordinates_the_town_and_the_number_of_the_page_are_enough(
    lus: dict[str, Formation | Refus],
) -> None:
    formation = lus["900002"]
    assert isinstance(formation, Formation)
    assert formation.url.endswith("/afficherFicheFormation?g_ta_cod=900002")
    assert (formation.lieu.commune, formation.lieu.situe) == ("75113", True)


def test_a_course_in_apprenticeship_is_said_so(lus: dict[str, Formation | Refus]) -> None:
    formation = lus["900003"]
    assert isinstance(formation, Formation)
    assert (formation.alternance, formation.codes) == (True, ("RNCP3",))
    assert formation.lieu.libelle == "Saint-Denis (974)"


REFUS = {
    "900004": "filière hors de nos métiers",
    "900005": "sans lieu",
    "900006": "session trop ancienne",
    "900007": "diplôme sans numéro RNCP connu",
}


@pytest.mark.parametrize("cle", REFUS)
def test_what_cannot_be_kept_is_refused_in_french(lus: dict[str, Formation | Refus], cle: str) -> None:
    assert lus[cle] == Refus(cle, REFUS[cle])


@pytest.mark.parametrize(
    ("filiere", "cle"),
    [
        ("D.E Infirmier", "DEI"),
        ("D.E Infirmier - rentrée en février", "DEI"),
        ("D.E Educateur Spécialisé", "DEES"),
        ("D.E Educateur Technique Spécialisé", None),
        ("D.E Educateur de Jeunes Enfants", "DEEJE"),
        ("D.E Ergothérapeute - en apprentissage", "DEERGO"),
        ("BTS   Services   Economie sociale familiale", "BTSESF"),
        ("BTS - Services - Services et prestations des secteurs sanitaire et social", None),
        ("Licence - Portail Psychologie", None),
        ("Licence - Parcours d'Accès Spécifique Santé (PASS)", None),
        ("D.E manipulateur/trice en électroradiologie médicale", None),
        ("BUT - Carrières sociales parcours villes et territoires durables", None),
        ("D.E Infirmière coordinatrice", None),
        ("", None),
    ],
)
def test_filieres(parcoursup: Parcoursup, tmp_path: Path, filiere: str, cle: str | None) -> None:
    numeros = {key: f"RNCP{rang}" for rang, key in enumerate(sorted(set(FILIERES.values())), 1)}
    adaptateur = replace(parcoursup, perimetre=Perimetre({}, {}, numeros))
    (tmp_path / "f.csv").write_text(f"uai,etablissement,filiere,lat,lon\nX,Lycée,{filiere},48.11,-1.68\n")
    (lu,) = adaptateur.read(tmp_path / "f.csv")
    assert (lu.rncp if isinstance(lu, Formation) else None) == (numeros[cle] if cle else None)


def test_every_filiere_leads_to_a_certification_that_we_describe() -> None:
    assert set(FILIERES.values()) <= set(load_knowledge().certifications)


def test_the_short_form_has_no_page_of_its_own_and_stable_keys(parcoursup: Parcoursup) -> None:
    infirmier, bts, refus = parcoursup.read(DOSSIER / "extrait.csv")
    assert isinstance(infirmier, Formation)
    assert isinstance(bts, Formation)
    assert isinstance(refus, Refus)
    assert infirmier.url == bts.url == "https://www.parcoursup.gouv.fr/"
    assert (infirmier.lieu.libelle, bts.lieu.libelle) == ("Quimperlé (29)", "Saint-Denis (974)")
    assert [item.cle for item in parcoursup.read(DOSSIER / "extrait.csv")] == [
        infirmier.cle,
        bts.cle,
        refus.cle,
    ]
    assert len({infirmier.cle, bts.cle, refus.cle}) == 3


def test_a_course_all_online_needs_no_place(parcoursup: Parcoursup, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "uai,etablissement,filiere,lat,lon\nX,Lycée,D.E Infirmier   Entierement en distanciel,,\nY,Lycée,D.E Infirmier,?,?\n"
    )
    ligne, refus = parcoursup.read(tmp_path / "f.csv")
    assert isinstance(ligne, Formation)
    assert (ligne.a_distance, ligne.lieu) == (True, Lieu("À distance"))
    assert isinstance(refus, Refus)


CASSES = {
    "a number for the session": ("2025;", "deux mille;"),
    "coordinates of another kind": ("47.8820, -3.5526", "ici"),
    "coordinates with one number": ("47.8820, -3.5526", "47.8820"),
    "a link that is none": ("https://dossierappel", "javascript:"),
    "a number of page that is none": (";900001\r", ";neuf\r"),
}


@pytest.mark.parametrize(("avant", "apres"), CASSES.values(), ids=CASSES)
def test_one_bad_cell_costs_nothing_else(
    parcoursup: Parcoursup, tmp_path: Path, avant: str, apres: str
) -> None:
    texte = OFFICIEL.read_bytes().decode("utf-8")
    assert avant in texte
    (tmp_path / "f.csv").write_bytes(texte.replace(avant, apres, 1).encode())
    lus = list(parcoursup.read(tmp_path / "f.csv"))
    assert len(lus) == 7
    assert isinstance(lus[0], Formation)
    assert lus[0].lieu.libelle == "Quimperlé (29)"
    assert lus[0].url.startswith("https://")


@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_the_separator_is_what_the_header_shows(
    parcoursup: Parcoursup, tmp_path: Path, separateur: str
) -> None:
    (tmp_path / "f.csv").write_text(
        "uai;etablissement;filiere;lat;lon\nX;Lycée;D.E Infirmier;48.11;-1.68\n".replace(";", separateur)
    )
    assert [type(item) for item in parcoursup.read(tmp_path / "f.csv")] == [Formation]


def test_columns_that_are_not_there_are_named(parcoursup: Parcoursup, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("Session;Établissement\n2025;IFSI\n")
    with pytest.raises(FormatInattendu, match="cod_aff_form"):
        list(parcoursup.read(tmp_path / "f.csv"))


def test_a_file_cut_within_a_row_gives_the_rows_before_then_raises(
    parcoursup: Parcoursup, tmp_path: Path
) -> None:
    octets = OFFICIEL.read_bytes()
    (tmp_path / "f.csv").write_bytes(octets[: octets.index(b"900002") - 30])
    lus = parcoursup.read(tmp_path / "f.csv")
    assert next(lus).cle == "900001"
    with pytest.raises(FormatInattendu, match="coupé"):
        next(lus)


@pytest.mark.parametrize(
    "octets", [b"", b"\x00\xff\xfe" * 50, b"<html>", b"{}"], ids=["empty", "bytes", "html", "json"]
)
def test_what_is_no_such_file_is_said_so(parcoursup: Parcoursup, tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "f.csv").write_bytes(octets)
    with pytest.raises(FormatInattendu):
        list(parcoursup.read(tmp_path / "f.csv"))


def test_a_header_without_a_row_is_not_taken_for_an_empty_catalogue(
    parcoursup: Parcoursup, tmp_path: Path
) -> None:
    (tmp_path / "f.csv").write_text("uai,etablissement,filiere,lat,lon\n")
    with pytest.raises(FormatInattendu, match="vide"):
        list(parcoursup.read(tmp_path / "f.csv"))
