"""LHÉO: what is read of a course, which ones are refused, and what a broken file gives."""

from __future__ import annotations

import gzip
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from service.catalogue.fiches import FormatInattendu, Formation, Lieu, Refus, Session
from service.catalogue.perimetre import Perimetre
from service.catalogue.reparation import Reparation
from service.catalogue.sources.lheo import Lheo

DOSSIER = Path(__file__).parent / "catalogue" / "lheo"
EXEMPLE = (DOSSIER / "formation-2.3.xml").read_text(encoding="utf-8")
ANCIEN = DOSSIER / "formations-2.2.xml"
JOUR = date(2026, 11, 22)
PERIMETRE = Perimetre(
    rome={"aide-soignant": ("J1501",)}, rncp={"aide-soignant": ("RNCP40692",)}, numeros={"DEAS": "RNCP40692"}
)
Lire = Callable[..., list[Formation | Refus]]


@pytest.fixture(scope="module")
def lheo() -> Lheo:
    return Lheo(Reparation.load(), PERIMETRE, JOUR)


@pytest.fixture
def lire(lheo: Lheo, tmp_path: Path) -> Lire:
    """Reads the example with some of its words replaced."""

    def read(*echanges: tuple[str, str]) -> list[Formation | Refus]:
        texte = EXEMPLE
        for avant, apres in echanges:
            assert avant in texte
            texte = texte.replace(avant, apres)
        (tmp_path / "lheo.xml").write_text(texte, encoding="utf-8")
        return list(lheo.read(tmp_path / "lheo.xml"))

    return read


def test_a_course_is_read_whole_and_given_once_a_place(lire: Lire) -> None:
    quimperle, saint_denis = lire()
    assert quimperle == Formation(
        source="lheo",
        cle="F1/A1/L1",
        url="https://www.ifas-des-tilleuls.example.org/deas",
        titre="Diplôme d'état d'aide-soignant",
        texte=quimperle.texte if isinstance(quimperle, Formation) else "",
        lieu=Lieu("Quimperlé (29)", "29233", "29", 47.882, -3.5526),
        codes=("RNCP40692",),
        publie_le=date(2026, 1, 5),
        mis_a_jour_le=date(2026, 10, 2),
        jusqu_au=date(2028, 7, 8),
        organisme="Institut des Tilleuls",
        siret="00000000000017",
        rncp="RNCP40692",
        financable=True,
        heures=1540,
        cout=7350,
        sessions=(
            Session(date(2027, 1, 4), date(2027, 12, 17), ouverte=True),
            Session(date(2027, 9, 6), date(2028, 7, 8), ouverte=False),
        ),
    )
    assert isinstance(saint_denis, Formation)
    assert saint_denis == replace(quimperle, cle="F1/A1/L2", lieu=saint_denis.lieu)
    assert saint_denis.lieu.libelle == "Saint-Denis (93)"


def test_no_contact_is_kept(lire: Lire) -> None:
    formation = lire()[0]
    assert isinstance(formation, Formation)
    assert formation.texte.startswith("Accompagner les personnes dans les soins du quotidien.")
    assert not any(mot in repr(formation) for mot in ("@", "01 99", "Inventé", "Odile"))


def test_the_older_namespace_with_rome_codes_and_no_number_is_read_too(lheo: Lheo) -> None:
    formation, refus = lheo.read(ANCIEN)
    assert isinstance(formation, Formation)
    assert (formation.codes, formation.rncp) == (("J1501",), None)
    assert (formation.titre, formation.texte) == (
        "Préparation au métier d'aide-soignant",
        "Découvrir le métier en trois semaines.",
    )
    assert (formation.organisme, formation.url) == ("École du Marais", "https://ecole-du-marais.example.org")
    assert (formation.a_distance, formation.lieu) == (True, Lieu("À distance"))
    assert (formation.sessions, formation.jusqu_au) == ((Session(None, None, None),), None)
    assert (formation.financable, formation.cout, formation.heures) == (False, None, None)
    assert isinstance(refus, Refus)
    assert refus.raison == "certification ou code ROME hors de nos métiers"


def test_what_is_not_numbered_keeps_the_same_key_from_one_reading_to_the_next(lheo: Lheo) -> None:
    first, again = ([item.cle for item in lheo.read(ANCIEN)] for _ in range(2))
    assert first == again
    assert len(set(first)) == 2


def test_two_places_without_number_have_two_keys(lire: Lire) -> None:
    sans = (
        ('<lieu-de-formation numero="L1">', "<lieu-de-formation>"),
        ('<lieu-de-formation numero="L2">', "<lieu-de-formation>"),
    )
    # The same town too: the street tells them apart.
    ici = (
        (
            "<codepostal>93200</codepostal><ville>ST DENIS</ville>",
            "<codepostal>29300</codepostal><ville>QUIMPERLÉ</ville>",
        ),
    )
    assert len({item.cle for item in lire(*sans, *ici)}) == 2


def test_the_same_place_written_twice_is_one_formation(lire: Lire) -> None:
    assert [item.cle for item in lire(('numero="L2"', 'numero="L1"'))] == ["F1/A1/L1"]


def test_a_very_long_number_makes_a_key_that_can_be_kept(lire: Lire) -> None:
    cles = {item.cle for item in lire(('numero="F1"', f'numero="{"F" * 500}"'))}
    assert len(cles) == 2
    assert all(len(cle) <= 200 for cle in cles)


REFUS = {
    "another certification": ([("40692", "474")], "certification ou code ROME hors de nos métiers"),
    "no title": ([("DIPLÔME D'ÉTAT D'AIDE-SOIGNANT (H/F)", " (H/F) ")], "sans titre"),
    "no page": (
        [
            ("<urlweb>www.ifas-des-tilleuls.example.org/deas", "<urlweb>javascript:alert(1)"),
            ("https://ifas-des-tilleuls.example.org/formation", "odile@example.org"),
            ("https://ifas-des-tilleuls.example.org/session", "-"),
        ],
        "sans adresse de page",
    ),
    "nowhere": (
        [("<lieu-de-formation ", "<ailleurs "), ("</lieu-de-formation>", "</ailleurs>")],
        "sans lieu",
    ),
    "all over": (
        [
            ("20271217", "20261121"),
            ("20270104", "20260105"),
            ("20280708", "20261120"),
            ("20270906", "20260906"),
        ],
        "sessions terminées",
    ),
    "all full": (
        [("<etat-recrutement>1", "<etat-recrutement>2"), ("<etat-recrutement>3", "<etat-recrutement>2")],
        "inscriptions closes",
    ),
    "no action": ([("<action ", "<autre "), ("</action>", "</autre>")], "sans session"),
}


@pytest.mark.parametrize(("echanges", "raison"), REFUS.values(), ids=REFUS)
def test_what_cannot_be_kept_is_refused_in_french(
    lire: Lire, echanges: list[tuple[str, str]], raison: str
) -> None:
    (refus,) = lire(*echanges)
    assert isinstance(refus, Refus)
    assert refus.raison == raison
    assert refus.cle.startswith("F1")


PAGES = {
    "the action first": ([], "https://www.ifas-des-tilleuls.example.org/deas"),
    "then the course": (
        [("<url-action>", "<rien>"), ("</url-action>", "</rien>")],
        "https://ifas-des-tilleuls.example.org/formation",
    ),
    "then a session": (
        [
            ("<url-action>", "<rien>"),
            ("</url-action>", "</rien>"),
            ("<url-formation>", "<nul>"),
            ("</url-formation>", "</nul>"),
        ],
        "https://ifas-des-tilleuls.example.org/session",
    ),
}


@pytest.mark.parametrize(("echanges", "url"), PAGES.values(), ids=PAGES)
def test_the_page_is_the_nearest_to_what_is_asked(
    lire: Lire, echanges: list[tuple[str, str]], url: str
) -> None:
    formation = lire(*echanges)[0]
    assert isinstance(formation, Formation)
    assert formation.url == url


S1, S2 = (
    Session(date(2027, 1, 4), date(2027, 12, 17), True),
    Session(date(2027, 9, 6), date(2028, 7, 8), False),
)
SESSIONS = {
    "the last day of a session is still good": (
        [("20260831", "20261122")],
        (Session(date(2025, 9, 1), JOUR, None), S1, S2),
        date(2028, 7, 8),
    ),
    "a closed one is dropped": ([("<etat-recrutement>3", "<etat-recrutement>2")], (S1,), date(2027, 12, 17)),
    "without end, its start counts": (
        [("20280708", "00000000"), ("20270906", "20280101")],
        (S1, Session(date(2028, 1, 1), None, False)),
        date(2028, 1, 1),
    ),
    "begun without an end, it is over": (
        [("20280708", "00000000"), ("20270906", "20260906")],
        (S1,),
        date(2027, 12, 17),
    ),
    "begun and endless, it goes on": (
        [("20280708", "99999999"), ("20270906", "20260906")],
        (S1, Session(date(2026, 9, 6), None, False)),
        None,
    ),
    "begun, entries at any time": (
        [
            ("20280708", "00000000"),
            ("20270906", "20260906"),
            ("<modalites-entrees-sorties>0", "<modalites-entrees-sorties>1"),
        ],
        (S1, Session(date(2026, 9, 6), None, False)),
        None,
    ),
    "one that is not dated hides the end of all": (
        [("20280708", "00000000"), ("20270906", "00000000")],
        (S1, Session(None, None, False)),
        None,
    ),
    "an end before its start": (
        [("20280708", "20260101")],
        (S1, Session(date(2027, 9, 6), date(2026, 1, 1), False)),
        date(2027, 12, 17),
    ),
    "words for dates": (
        [("20280708", "à définir"), ("20270906", "bientôt")],
        (S1, Session(None, None, False)),
        None,
    ),
}


@pytest.mark.parametrize(("echanges", "sessions", "jusqu_au"), SESSIONS.values(), ids=SESSIONS)
def test_sessions(
    lire: Lire, echanges: list[tuple[str, str]], sessions: tuple[Session, ...], jusqu_au: date | None
) -> None:
    formation = lire(*echanges)[0]
    assert isinstance(formation, Formation)
    assert (formation.sessions, formation.jusqu_au) == (sessions, jusqu_au)


def test_of_several_certifications_ours_is_kept(lire: Lire) -> None:
    plusieurs = (
        "<certification><code-RNCP>40692",
        "<certification><code-RNCP>RNCP474</code-RNCP></certification><certification><code-RNCP>rncp 40692",
    )
    formation = lire(plusieurs)[0]
    assert isinstance(formation, Formation)
    assert (formation.codes, formation.rncp) == (("RNCP40692",), "RNCP40692")


@pytest.mark.parametrize("vide", ["", "?", "deux mille", "-3", "0", "99999999", "9" * 400])
def test_a_price_or_hours_that_are_no_number_are_unknown(lire: Lire, vide: str) -> None:
    formation = lire(("7 350,40", vide), (">1540<", f">{vide}<"))[0]
    assert isinstance(formation, Formation)
    assert (formation.cout, formation.heures) == (None, None)


@pytest.mark.parametrize(
    "balise",
    [
        "<periode>",
        "<session ",
        "<domaine-formation>",
        "<organisme-formation-responsable>",
        "<coordonnees>",
        "<adresse>",
    ],
)
def test_a_missing_part_never_raises(lire: Lire, balise: str) -> None:
    nom = balise.strip("<> ")
    assert lire((balise, balise.replace(nom, "perdu")), (f"</{nom}>", "</perdu>"))


def test_gzip_and_zip_are_read_like_the_plain_file(lheo: Lheo, tmp_path: Path) -> None:
    octets = EXEMPLE.encode()
    (tmp_path / "lheo.xml.gz").write_bytes(gzip.compress(octets))
    with zipfile.ZipFile(tmp_path / "lheo.zip", "w") as archive:
        archive.writestr("Académie/un.XML", octets)
        archive.writestr("lisez-moi.txt", "rien")
        archive.writestr("deux.xml", ANCIEN.read_bytes())
    cles = ["F1/A1/L1", "F1/A1/L2"]
    assert [item.cle for item in lheo.read(tmp_path / "lheo.xml.gz")] == cles
    assert [item.cle for item in lheo.read(tmp_path / "lheo.zip")] == cles + [
        item.cle for item in lheo.read(ANCIEN)
    ]


def test_a_file_in_another_encoding_is_read(lheo: Lheo, tmp_path: Path) -> None:
    (tmp_path / "lheo.xml").write_bytes(EXEMPLE.replace('"UTF-8"', '"ISO-8859-15"').encode("iso-8859-15"))
    formation = next(lheo.read(tmp_path / "lheo.xml"))
    assert isinstance(formation, Formation)
    assert formation.lieu.libelle == "Quimperlé (29)"


@pytest.mark.parametrize("gzipped", [False, True], ids=["plain", "gzip"])
def test_a_cut_file_gives_what_came_before_then_raises(lheo: Lheo, tmp_path: Path, gzipped: bool) -> None:
    debut, _, fin = EXEMPLE.partition("<formation ")
    # Long enough for the cut to be far from what is whole.
    remplissage = f"<extras>{'x' * 1_000_000}</extras>"
    entier = f"{debut}<formation {fin.partition('</offres>')[0]}{remplissage}{remplissage}".encode()
    if gzipped:
        entier = gzip.compress(entier, compresslevel=0)
    (tmp_path / "lheo").write_bytes(entier[:-1_000_000])
    items = lheo.read(tmp_path / "lheo")
    assert [getattr(next(items), "cle", None) for _ in range(2)] == ["F1/A1/L1", "F1/A1/L2"]
    with pytest.raises(FormatInattendu, match="coupé"):
        next(items)


BOMBE = """<?xml version="1.0"?><!DOCTYPE lheo [<!ENTITY a "boum"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<lheo><offres><formation><intitule-formation>&b;</intitule-formation></formation></offres></lheo>"""
EXTERNE = """<?xml version="1.0"?><!DOCTYPE lheo [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<lheo><offres><formation><intitule-formation>&a;</intitule-formation></formation></offres></lheo>"""
INATTENDUS = {
    "billion laughs": (BOMBE.encode(), "entités"),
    "external entity": (EXTERNE.encode(), "entités"),
    "another XML": (b"<html><body>Erreur</body></html>", "pas un fichier LHÉO complet"),
    "the index of LHEO": (b"<lheo-index><resumes-offres/></lheo-index>", "pas un fichier LHÉO complet"),
    "no course": (b"<lheo><offres></offres></lheo>", "aucune formation"),
    "JSON": (b'{"erreur": 500}', "mal form"),
    "empty": (b"", "mal form"),
    "an encoding nobody knows": (b'<?xml version="1.0" encoding="klingon"?><lheo/>', "mal form"),
    "an empty archive": (b"PK\x03\x04 et puis rien", "abîmé"),
    "gzip of nothing": (b"\x1f\x8b et puis rien", "abîmé"),
}


@pytest.mark.parametrize(("octets", "message"), INATTENDUS.values(), ids=INATTENDUS)
def test_what_is_not_lheo_is_said_so(lheo: Lheo, tmp_path: Path, octets: bytes, message: str) -> None:
    (tmp_path / "f").write_bytes(octets)
    with pytest.raises(FormatInattendu, match=message):
        list(lheo.read(tmp_path / "f"))


def test_an_archive_without_xml_is_said_so(lheo: Lheo, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr("lisez-moi.txt", "rien")
    with pytest.raises(FormatInattendu, match="Aucun"):
        list(lheo.read(tmp_path / "f.zip"))


def test_memory_does_not_grow_with_the_file(lheo: Lheo, tmp_path: Path) -> None:
    debut, _, fin = EXEMPLE.partition("<formation ")
    formation = f"<formation {fin.partition('</offres>')[0]}"
    (tmp_path / "gros.xml").write_text(f"{debut}{formation * 200}</offres></lheo>", encoding="utf-8")
    tracemalloc.start()
    assert sum(1 for _ in lheo.read(tmp_path / "gros.xml")) == 400
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # As elements, all of it takes several times that.
    assert peak < 3_000_000
