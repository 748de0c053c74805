"""The store of dossiers, on both bases: made once, opened by its keys alone, changed once, gone for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.conversation import Conversation, Reponse
from service.dossiers.codes import CodeIllisible, new_jeton, new_ref
from service.dossiers.dossier import (
    VUS_MAX,
    Auteur,
    Cles,
    Contenu,
    DossierIntrouvable,
    Duree,
    Etape,
    NotesEntretemps,
    Vu,
)
from service.dossiers.tables import CHANGEMENT, CLE, DOSSIER
from tests.bases import BASES
from tests.professionnels import Atelier, workshop

PERMIS = Conversation(tours=(Reponse(question="permis", choix="oui"),))
MARQUE = "mamie Jeannine"
Keep = Callable[..., tuple[int, Cles]]


@pytest.fixture(params=BASES)
def banc(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Atelier]:
    with workshop(request.param, tmp_path) as banc:
        yield banc


@pytest.fixture
def gardes(banc: Atelier) -> tuple[int, Cles]:
    """A dossier for thirty days."""
    return banc.archives.dossiers.keep(PERMIS, Duree.MOIS)


def note(notes: str) -> Callable[[Contenu], tuple[Contenu, str]]:
    """The change that adds a line to the notes."""
    return lambda c: (c.model_copy(update={"notes": f"{c.notes}\n{notes}".strip()}), f"Noté : {notes}")


def stored(banc: Atelier) -> bytes:
    """Every value of the three tables where a person's dossier lives."""
    with banc.archives.coffre.reading() as connexion:
        rows = [r for t in (DOSSIER, CLE, CHANGEMENT) for r in connexion.execute(select(t)).all()]
    return b" ".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for r in rows for v in r
    )


def test_the_code_the_link_and_the_device_open_it_and_nothing_else_does(
    banc: Atelier, gardes: tuple[int, Cles]
) -> None:
    dossiers, (numero, cles) = banc.archives.dossiers, gardes
    assert dossiers.open(cles.appareil).id == numero
    for key in (cles.code, cles.code.lower(), cles.lien):
        assert dossiers.open(dossiers.resume(key)).id == numero
    for wrong in (cles.lien, cles.code, new_jeton(), ""):
        with pytest.raises(DossierIntrouvable):
            dossiers.open(wrong)
    with pytest.raises(DossierIntrouvable):
        dossiers.resume(cles.appareil)
    with pytest.raises(CodeIllisible):
        dossiers.resume("un code")


def test_neither_keys_nor_words_are_stored_as_they_are(banc: Atelier, gardes: tuple[int, Cles]) -> None:
    numero, cles = gardes
    banc.archives.dossiers.act(numero, "a", Auteur.PERSONNE, note(MARQUE))
    found = stored(banc)
    for secret in (cles.code, cles.lien, cles.appareil, MARQUE, "permis"):
        assert secret.encode() not in found


def test_a_form_sent_twice_makes_one_dossier_even_at_the_same_time(banc: Atelier) -> None:
    dossiers, graine = banc.archives.dossiers, new_jeton()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: dossiers.keep(PERMIS, Duree.SEMAINE, graine=graine), range(4)))
    assert len(set(made)) == 1
    other, _ = dossiers.keep(PERMIS, Duree.SEMAINE, graine=new_jeton())
    assert other != made[0][0]


def test_a_form_that_served_makes_nothing_once_its_dossier_is_closed_or_erased(banc: Atelier) -> None:
    dossiers = banc.archives.dossiers
    for closed in (True, False):
        graine = new_jeton()
        numero, cles = dossiers.keep(PERMIS, Duree.SEMAINE, graine=graine)
        dossiers.leave(cles.appareil) if closed else dossiers.erase(numero)
        with pytest.raises(DossierIntrouvable):
            dossiers.keep(PERMIS, Duree.SEMAINE, graine=graine)


def test_an_act_is_made_once_whoever_sends_it_again(banc: Atelier, gardes: tuple[int, Cles]) -> None:
    dossiers, (numero, _) = banc.archives.dossiers, gardes
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: dossiers.act(numero, "le même", Auteur.PERSONNE, note("une fois")), range(8)))
    assert dossiers.get(numero).contenu.notes == "une fois"
    assert [c.quoi for c in dossiers.changes(numero)] == ["Noté : une fois"]


def test_acts_of_several_at_once_are_all_kept_in_order(banc: Atelier, gardes: tuple[int, Cles]) -> None:
    dossiers, (numero, _) = banc.archives.dossiers, gardes

    def write(rang: int) -> None:
        dossiers.act(numero, f"acte {rang}", Auteur.CONSEIL, note(f"ligne {rang}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    dossier = dossiers.get(numero)
    assert sorted(dossier.contenu.notes.split("\n")) == sorted(f"ligne {rang}" for rang in range(12))
    assert dossier.version == 13
    assert [c.numero for c in dossiers.changes(numero)] == list(range(2, 14))
    assert [c.numero for c in dossiers.changes(numero, after=12)] == [13]


def test_past_its_day_it_opens_nowhere_and_nothing_of_it_remains(
    banc: Atelier, gardes: tuple[int, Cles]
) -> None:
    dossiers, (numero, cles) = banc.archives.dossiers, gardes
    dossiers.act(numero, "a", Auteur.PERSONNE, note(MARQUE))
    banc.horloge.advance(days=30)
    for opening in (
        lambda: dossiers.open(cles.appareil),
        lambda: dossiers.resume(cles.code),
        lambda: dossiers.get(numero),
    ):
        with pytest.raises(DossierIntrouvable):
            opening()
    assert dossiers.version(numero) is None
    assert banc.archives.erase_expired() == 1
    banc.horloge.advance(days=90)
    assert banc.archives.erase_expired() == 0
    assert stored(banc) == b""


def test_its_end_moves_with_what_opens_it(banc: Atelier, gardes: tuple[int, Cles]) -> None:
    dossiers, (numero, cles) = banc.archives.dossiers, gardes
    banc.horloge.advance(days=29)
    dossiers.extend(dossiers.get(numero), Duree.TRIMESTRE)
    banc.horloge.advance(days=89)
    assert dossiers.open(cles.appareil).id == dossiers.open(dossiers.resume(cles.code)).id == numero
    banc.horloge.advance(days=1)
    with pytest.raises(DossierIntrouvable):
        dossiers.resume(cles.lien)


def test_new_keys_end_the_old_ones_and_asked_for_twice_are_the_same(
    banc: Atelier, gardes: tuple[int, Cles]
) -> None:
    dossiers, (numero, old) = banc.archives.dossiers, gardes
    device, graine = dossiers.resume(old.code), new_jeton()
    with ThreadPoolExecutor(2) as pool:
        both = set(pool.map(lambda _: dossiers.renew_keys(dossiers.get(numero), graine=graine), range(2)))
    assert len(both) == 1
    fresh = both.pop()
    assert dossiers.renewed_by(graine) == (dossiers.get(numero), fresh)
    for dead in (
        lambda: dossiers.resume(old.code),
        lambda: dossiers.resume(old.lien),
        lambda: dossiers.open(device),
    ):
        with pytest.raises(DossierIntrouvable):
            dead()
    assert dossiers.open(dossiers.resume(fresh.lien)).id == numero


def test_a_device_that_leaves_leaves_the_others(banc: Atelier, gardes: tuple[int, Cles]) -> None:
    dossiers, (numero, cles) = banc.archives.dossiers, gardes
    device = dossiers.resume(cles.code)
    dossiers.leave(device)
    with pytest.raises(DossierIntrouvable):
        dossiers.open(device)
    assert dossiers.open(cles.appareil).id == numero


def test_erasing_takes_its_keys_and_changes_with_it(banc: Atelier, gardes: tuple[int, Cles]) -> None:
    dossiers, (numero, _) = banc.archives.dossiers, gardes
    other, _ = dossiers.keep(PERMIS, Duree.SEMAINE)
    dossiers.act(numero, "a", Auteur.PERSONNE, note(MARQUE))
    dossiers.erase(numero)
    with pytest.raises(DossierIntrouvable):
        dossiers.act(numero, "b", Auteur.PERSONNE, note("trop tard"))
    with banc.archives.coffre.reading() as connexion:
        assert connexion.scalars(select(DOSSIER.c.id)).all() == [other]
        assert set(connexion.scalars(select(CLE.c.dossier).where(CLE.c.genre != "garde"))) == {other}
        assert connexion.scalars(select(CHANGEMENT.c.dossier)).all() == []


def test_what_is_past_its_time_is_forgotten_and_a_base_never_made_stays_so(
    banc: Atelier, tmp_path: Path
) -> None:
    frein = banc.archives.frein
    frein.count(adresse="192.0.2.0", cle="x")
    banc.horloge.advance(hours=1)
    banc.archives.erase_expired()
    with banc.archives.coffre.reading() as connexion:
        assert connexion.exec_driver_sql("SELECT count(*) FROM essai").scalar() == 0
    with workshop("sqlite", tmp_path / "ailleurs") as elsewhere:
        assert elsewhere.archives.erase_expired() == 0
    assert not (tmp_path / "ailleurs").exists()


def test_a_ranking_shown_again_is_remembered_once_and_the_oldest_go(banc: Atelier) -> None:
    vu = Vu(le=banc.horloge(), metiers=("aide-soignant",), versions={"modele": "1"})
    contenu = Contenu(conversation=PERMIS).seen(vu)
    assert contenu.seen(vu.model_copy(update={"le": vu.le + timedelta(days=1)})) == contenu
    for rang in range(VUS_MAX):
        contenu = contenu.seen(vu.model_copy(update={"versions": {"modele": str(rang)}}))
    assert len(contenu.vus) == VUS_MAX
    assert contenu.vus[-1].versions == {"modele": str(VUS_MAX - 1)}


def test_steps_to_do_come_first_by_date() -> None:
    def etape(texte: str, jour: int | None, faite: bool = False) -> Etape:
        return Etape(id=new_ref(), texte=texte, le=date(2027, 1, jour) if jour else None, faite=faite)

    etapes = (etape("sans date", None), etape("faite", 1, True), etape("tard", 9), etape("tôt", 2))
    agenda = Contenu(conversation=PERMIS, etapes=etapes).agenda
    assert [e.texte for e in agenda] == ["tôt", "tard", "sans date", "faite"]


def test_notes_someone_else_wrote_are_never_written_over() -> None:
    empty = Contenu(conversation=PERMIS)
    mine = empty.noted("à moi", empty.marque_notes)
    assert mine.noted("à moi", empty.marque_notes) == mine
    with pytest.raises(NotesEntretemps) as refused:
        mine.noted("autre", empty.marque_notes)
    assert refused.value.gardees == "à moi"
    assert "à moi" not in str(refused.value)
    assert mine.noted("", mine.marque_notes).notes == ""
