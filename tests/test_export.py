"""What a person takes away: all that is stored of them, in JSON, on paper, in a PDF, in their diary."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from pypdf import PdfReader
from sqlalchemy import insert
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation, Exclusion, Parole, Reponse
from service.dossiers.calendrier import make_calendar
from service.dossiers.codes import new_ref
from service.dossiers.comptes import Role
from service.dossiers.dossier import Auteur, Contenu, Dossier, Duree, Etape, Vu
from service.dossiers.export import Export, export
from service.dossiers.tables import CONSULTATION, ENTRETIEN, METADATA, PARTAGE
from tests.alentours import Alentours
from tests.apart import run_apart
from tests.bases import BASES
from tests.dom import parse
from tests.professionnels import CHEZ_NOUS, DEBUT, Atelier, workshop
from web import pdf
from web.app import create_app
from web.menage import keep_clean
from web.settings import Settings

MOTS = "j'aime les <b>vieux</b> & mamie"
ETAPE = Etape(id="A" * 16, texte="Appeler l'Ifas ; demander un stage", le=date(2027, 1, 12), qui="moi")
ECRIT = {"fiche": {"note": "Vue avec Lina"}}

MONTRE = {
    "dossier.ref": "dossier.ref",
    "dossier.version": "dossier.version",
    "dossier.contenu": "contenu",
    "dossier.atelier": "dossier.atelier",
    "dossier.cree_le": "dossier.cree_le",
    "dossier.expire_le": "dossier.expire_le",
    "changement.numero": "changements.0.numero",
    "changement.auteur": "changements.0.auteur",
    "changement.contenu": "changements.0.quoi",
    "changement.le": "changements.0.le",
    "partage.structure": "partages.0.structure",
    "partage.depuis": "partages.0.depuis",
    "partage.jusqu_au": "partages.0.jusqu_au",
    "consultation.structure": "consultations.0.structure",
    "consultation.nom": "consultations.0.nom",
    "consultation.quoi": "consultations.0.quoi",
    "consultation.le": "consultations.0.le",
    "entretien.ref": "entretiens.0.ref",
    "entretien.structure": "entretiens.0.structure",
    "entretien.compte": "entretiens.0.conseil",
    "entretien.version": "entretiens.0.version",
    "entretien.contenu": "entretiens.0.contenu",
    "entretien.cree_le": "entretiens.0.cree_le",
    "entretien.clos_le": "entretiens.0.clos_le",
    "cle.genre": "cles.0.genre",
    "cle.expire_le": "cles.0.expire_le",
}
"""Where each stored column of a person is in the export."""
TU = {
    "dossier.id": "number of a row",
    "changement.dossier": "number of a row",
    "changement.geste": "digest, of no meaning",
    "partage.dossier": "number of a row",
    "consultation.id": "number of a row",
    "consultation.dossier": "number of a row",
    "entretien.id": "number of a row",
    "entretien.dossier": "number of a row",
    "cle.empreinte": "digest of what opens the dossier",
    "cle.dossier": "number of a row",
    "cle.entretien": "number of a row",
    "cle.atelier": "number of a row",
}
"""What is not in it, and why."""


@pytest.fixture(params=BASES)
def banc(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Atelier]:
    with workshop(request.param, tmp_path) as banc:
        yield banc


@pytest.fixture
def atelier(tmp_path: Path) -> Iterator[Atelier]:
    with workshop("sqlite", tmp_path) as banc:
        yield banc


def full(banc: Atelier) -> tuple[Dossier, str]:
    """A dossier with something in every column, and the secret of its device."""
    dossiers, now = banc.archives.dossiers, banc.horloge()
    tours = (Parole(texte=MOTS), Reponse(question="permis", choix="oui"), Exclusion(metier="ambulancier"))
    numero, cles = dossiers.keep(Conversation(tours=tours), Duree.MOIS)
    vu = Vu(le=now, metiers=("aide-soignant", "infirmier", "sage-femme"), versions={"modele": "m-1"})
    more = {"vus": (vu,), "notes": "Penser au <i>permis</i>", "etapes": (ETAPE,)}
    dossier = dossiers.act(
        numero, "a", Auteur.CONSEIL, lambda c: (c.model_copy(update=more), "Étape ajoutée.")
    )
    structure = banc.structure()
    compte = banc.compte("camille@example.org", structure, Role.CONSEIL)
    mine = {"dossier": numero, "structure": structure.id}
    held = {"ref": new_ref(), "compte": compte.id, "version": 3, "contenu": banc.archives.coffre.seal(ECRIT)}
    with banc.archives.coffre.writing() as connexion:
        connexion.execute(insert(PARTAGE).values(**mine, depuis=now, jusqu_au=now + timedelta(days=7)))
        connexion.execute(insert(CONSULTATION).values(**mine, nom="Camille Essai", quoi="reponses", le=now))
        connexion.execute(insert(ENTRETIEN).values(**mine, **held, cree_le=now, clos_le=now))
    return dossier, cles.appareil


def at(document: object, path: str) -> object:
    for step in path.split("."):
        document = document[int(step)] if isinstance(document, list) else document[step]  # type: ignore[index]
    return document


def test_every_stored_column_of_a_person_is_in_the_export_or_says_why_not() -> None:
    mine = [t for t in METADATA.sorted_tables if t.name == "dossier" or "dossier" in t.c]
    columns = {f"{t.name}.{c.name}" for t in mine for c in t.c}
    assert columns == MONTRE.keys() | TU.keys()


def test_the_export_holds_what_is_stored(banc: Atelier) -> None:
    dossier, _ = full(banc)
    found = json.loads(export(banc.archives, dossier).model_dump_json())
    for path in MONTRE.values():
        assert at(found, path) is not None or path == "dossier.atelier"
    assert Contenu.model_validate(found["contenu"]) == dossier.contenu
    assert found["contenu"]["conversation"]["tours"][0]["texte"] == MOTS
    assert found["changements"][0] | {"le": ""} == {
        "numero": 2,
        "auteur": "conseil",
        "quoi": "Étape ajoutée.",
        "le": "",
    }
    assert (
        found["partages"][0]["structure"]
        == found["consultations"][0]["structure"]
        == "Mission locale d'essai"
    )
    assert found["entretiens"][0]["contenu"] == ECRIT
    assert found["entretiens"][0]["conseil"] == "Camille Essai"
    assert sorted(c["genre"] for c in found["cles"]) == ["appareil", "code", "lien"]
    assert Export.model_validate(found).dossier.ref == dossier.ref


def test_the_workshop_a_dossier_was_begun_in_is_told(atelier: Atelier) -> None:
    structure = atelier.structure("Lycée d'essai")
    compte = atelier.compte("a@example.org", structure)
    row = {"ref": new_ref(), "structure": structure.id, "compte": compte.id, "cree_le": atelier.horloge()}
    with atelier.archives.coffre.writing() as connexion:
        made = connexion.execute(insert(METADATA.tables["atelier"]).values(row)).inserted_primary_key
    numero, _ = atelier.archives.dossiers.keep(Conversation(), Duree.SEMAINE, atelier=made[0])
    assert export(atelier.archives, atelier.archives.dossiers.get(numero)).dossier.atelier == "Lycée d'essai"


def test_another_dossier_is_not_in_it(banc: Atelier) -> None:
    full(banc)
    numero, _ = banc.archives.dossiers.keep(Conversation(), Duree.SEMAINE)
    found = export(banc.archives, banc.archives.dossiers.get(numero))
    assert (found.changements, found.partages, found.consultations, found.entretiens) == ((), (), (), ())
    assert len(found.cles) == 3


# --- from the pages -------------------------------------------------------------------------------------


@pytest.fixture
def site(conseiller: Conseiller, atelier: Atelier) -> Iterator[TestClient]:
    """A browser where a full dossier is open."""
    _, appareil = full(atelier)
    with TestClient(
        create_app(Settings(), conseiller, Alentours(), atelier.archives), headers=CHEZ_NOUS
    ) as site:
        site.cookies.set("dossier", appareil)
        yield site


@pytest.mark.parametrize(
    ("nom", "genre"),
    [
        ("export.json", "application/json"),
        ("export.pdf", "application/pdf"),
        ("rappels.ics", "text/calendar; charset=utf-8"),
    ],
)
def test_a_file_has_a_name_of_ours(site: TestClient, nom: str, genre: str) -> None:
    recu = site.get(f"/dossier/{nom}")
    assert recu.status_code == 200
    assert recu.headers["content-type"] == genre
    fixed = {
        "export.json": "cap-soin-dossier.json",
        "export.pdf": "cap-soin-dossier.pdf",
        "rappels.ics": "cap-soin-rappels.ics",
    }
    assert recu.headers["content-disposition"] == f'attachment; filename="{fixed[nom]}"'


TOLD = (
    "mamie", "Penser au <i>permis</i>", ETAPE.texte, "12 janvier 2027", "Mission locale d'essai", "Camille Essai",
    "Étape ajoutée.", "m-1", "23 novembre 2026", "23 décembre 2026",
)  # fmt: skip


def test_the_page_to_print_tells_all_and_reads_words_as_words(site: TestClient) -> None:
    found = parse(site.get("/dossier/papier").text).by_id("contenu").text()
    for words in (*TOLD, MOTS):
        assert words in found


def test_the_pdf_is_tagged_in_french_and_tells_the_same(site: TestClient) -> None:
    papier = PdfReader(io.BytesIO(site.get("/dossier/export.pdf").content))
    catalogue = papier.trailer["/Root"]
    assert catalogue["/Lang"] == "fr"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert papier.metadata
    assert papier.metadata.title == "Mon dossier Cap Soin"
    found = " ".join(" ".join(page.extract_text() for page in papier.pages).split())
    for words in TOLD:
        assert words in found


def test_where_no_pdf_can_be_made_the_page_to_print_comes_instead(
    site: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "SIGNES_MAX", 10)
    page = site.get("/dossier/export.pdf")
    assert page.status_code == 503
    found = parse(page.text).by_id("contenu").text()
    assert "imprimer" in found
    assert ETAPE.texte in found


def test_the_dates_have_a_page(site: TestClient) -> None:
    site.post("/dossier/etapes", data={"texte": "Relire", "le": "", "qui": ""})
    found = parse(site.get("/dossier/rappels").text).by_id("contenu").text()
    assert found.index("12 janvier 2027") < found.index(ETAPE.texte) < found.index("Relire")


# --- the diary ------------------------------------------------------------------------------------------


def events(etapes: tuple[Etape, ...]) -> list[Calendar]:
    return Calendar.from_ical(make_calendar(etapes, maintenant=DEBUT)).walk("VEVENT")


def test_a_step_is_a_whole_day_told_the_day_before_at_nine() -> None:
    (event,) = events((ETAPE,))
    assert event.decoded("dtstart") == date(2027, 1, 12)
    assert event.decoded("dtend") == date(2027, 1, 13)
    assert event["summary"] == ETAPE.texte
    (alarm,) = event.walk("VALARM")
    told = datetime(2027, 1, 12) + alarm.decoded("trigger")
    assert told == datetime(2027, 1, 11, 9, 0)


def test_a_step_brought_in_again_replaces_itself() -> None:
    moved = ETAPE.model_copy(update={"le": date(2027, 2, 1), "texte": "Plus tard"})
    assert events((ETAPE,))[0]["uid"] == events((moved,))[0]["uid"]


def test_nothing_but_the_words_of_the_step_goes_in_the_diary() -> None:
    written = make_calendar((ETAPE,), maintenant=DEBUT).decode()
    names = {line.partition(":")[0].partition(";")[0] for line in written.splitlines() if line[:1].isalpha()}
    assert names <= {
        "BEGIN", "END", "VERSION", "PRODID", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS",
        "TRANSP", "ACTION", "TRIGGER", "DESCRIPTION",
    }  # fmt: skip


def test_a_step_without_a_date_is_left_out_and_one_done_rings_no_more() -> None:
    done = ETAPE.model_copy(update={"faite": True})
    assert events((ETAPE.model_copy(update={"le": None}),)) == []
    assert events((done,))[0].walk("VALARM") == []


# --- what is past its day -------------------------------------------------------------------------------


def test_what_expires_is_erased_while_the_service_runs_and_at_its_start(atelier: Atelier) -> None:
    dossiers = atelier.archives.dossiers
    first, _ = dossiers.keep(Conversation(), Duree.SEMAINE)
    second, _ = dossiers.keep(Conversation(), Duree.MOIS)

    async def live() -> list[set[int]]:
        seen = []
        atelier.horloge.advance(days=7)
        async with keep_clean(atelier.archives, pause_s=0.01):
            seen.append(await until(atelier, {second}))
            atelier.horloge.advance(days=23)
            seen.append(await until(atelier, set()))
        return seen

    assert rows(atelier) == {first, second}
    assert run_apart(live()) == [{second}, set()]


async def until(atelier: Atelier, wanted: set[int]) -> set[int]:
    for _ in range(500):
        if rows(atelier) == wanted:
            break
        await asyncio.sleep(0.01)
    return rows(atelier)


def rows(atelier: Atelier) -> set[int]:
    with atelier.archives.coffre.reading() as connexion:
        return {row.id for row in connexion.execute(METADATA.tables["dossier"].select())}


def test_stopping_waits_for_no_hour(atelier: Atelier) -> None:
    async def live() -> None:
        async with asyncio.timeout(5), keep_clean(atelier.archives):
            pass

    run_apart(live())
