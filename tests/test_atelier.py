"""A group: each answers alone and keeps what is theirs; the screen of the room shows nobody, however often one looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation, Exclusion, Reponse
from service.dossiers.ateliers import PAS, Atelier, Portrait, portray, publish
from service.dossiers.codes import CodeIllisible, new_code, new_jeton
from service.dossiers.comptes import Role
from service.dossiers.compteurs import Mesure
from service.dossiers.dossier import Auteur, Contenu, DossierIntrouvable, Duree, Vu
from service.dossiers.frein import PAR_ADRESSE
from service.dossiers.tables import CHANGEMENT, CLE, COMPTEUR, CONSULTATION, DOSSIER, PARTAGE
from tests.alentours import Alentours
from tests.bases import BASES
from tests.dom import Node, parse
from tests.professionnels import CHEZ_NOUS, workshop
from tests.professionnels import Atelier as Bureau
from web.app import create_app
from web.settings import Settings

MESSAGE = "Rien ne s'affiche à moins de cinq personnes"


@pytest.fixture(params=BASES)
def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bureau]:
    with workshop(request.param, tmp_path) as bureau:
        yield bureau


@pytest.fixture
def ici(tmp_path: Path) -> Iterator[Bureau]:
    with workshop("sqlite", tmp_path) as bureau:
        yield bureau


@pytest.fixture
def site(conseiller: Conseiller, ici: Bureau) -> Iterator[TestClient]:
    app = create_app(Settings(), conseiller, Alentours(), ici.archives)
    with TestClient(app, headers=CHEZ_NOUS) as site:
        yield site


def begin(bureau: Bureau) -> Atelier:
    compte = bureau.compte("anime@essai.fr", bureau.structure())
    assert compte.structure is not None
    ref = bureau.archives.ateliers.begin(compte.structure.id, compte.id)
    return bureau.archives.ateliers.get(ref, compte.structure.id)


def come(bureau: Bureau, atelier: Atelier, *tours: Reponse | Exclusion, metiers: tuple[str, ...] = ()) -> int:
    """Someone who came in, answered this, and saw these métiers if any."""
    dossiers = bureau.archives.dossiers
    numero, _ = dossiers.keep(Conversation(tours=tours), Duree.SEMAINE, atelier=atelier.id)
    if metiers:
        vu = Vu(le=bureau.horloge(), metiers=metiers, versions={})
        dossiers.act(numero, f"vu{metiers}", Auteur.PERSONNE, lambda c: (c.seen(vu), "Métiers proposés."))
    return numero


def say(bureau: Bureau, numero: int, tour: Reponse) -> None:
    """One more answer of someone who is in the room."""

    def change(contenu: Contenu) -> tuple[Contenu, str]:
        return contenu.model_copy(update={"conversation": contenu.conversation.add(tour)}), "Une réponse."

    bureau.archives.dossiers.act(numero, tour.question, Auteur.PERSONNE, change)


def liked(contenu: Contenu) -> Portrait:
    """A portrait that needs no knowledge: what was answered, as it is."""
    return frozenset(
        f"publics.{r.question.partition('.')[2]}"
        for r in contenu.conversation.tours
        if isinstance(r, Reponse)
    )


def shown(bureau: Bureau, atelier: Atelier) -> Atelier:
    return bureau.archives.ateliers.refresh(
        bureau.archives.ateliers.get(atelier.ref, atelier.structure), liked
    )


BEBES = Reponse(question="publics.bebes", choix="2")
AGEES = Reponse(question="publics.personnes_agees", choix="2")
TROIS = ("aide-soignant", "infirmier", "ambulancier")


# --- what may be shown -----------------------------------------------------------------------------------


def test_a_figure_is_of_five_people_at_least_and_leaves_five_out() -> None:
    room = [frozenset({"publics.bebes"})] * 8 + [frozenset({"publics.enfants", "contraintes.nuit"})] * 6
    shown = publish([*room, frozenset({"familles.social"})])
    assert shown.termine == 15
    assert dict(shown.nombres) == {"publics.bebes": 5, "publics.enfants": 5, "contraintes.nuit": 5}


@pytest.mark.parametrize("combien", range(1, 30))
def test_what_everyone_said_is_never_told_as_such(combien: int) -> None:
    shown = publish([frozenset({"publics.bebes"})] * combien)
    assert shown.nombres.get("publics.bebes", 0) <= max(0, combien - PAS)


@pytest.mark.parametrize("combien", range(1, 24))
def test_a_figure_shown_is_never_small_and_never_near_the_whole_room(combien: int) -> None:
    for said in range(combien + 1):
        room = [frozenset({"publics.bebes"})] * said + [frozenset[str]()] * (combien - said)
        shown = publish(room)
        nombre = shown.nombres.get("publics.bebes", 0)
        assert nombre % PAS == shown.termine % PAS == 0
        assert nombre <= said
        assert nombre == 0 or (nombre >= PAS and combien - nombre >= PAS)


def test_a_portrait_is_made_of_familles_people_liked_and_constraints_refused(conseiller: Conseiller) -> None:
    tours = (
        BEBES,
        Reponse(question="publics.adolescents", choix="-2"),
        Reponse(question="contraintes.nuit", choix="non"),
        Reponse(question="contraintes.week_end", choix="oui"),
    )
    seen = Vu(le=datetime(2026, 11, 23), metiers=("sage-femme", "assistant-maternel", "disparu"), versions={})
    portrait = portray(Contenu(conversation=Conversation(tours=tours), vus=(seen,)), conseiller)
    assert portrait == {"familles.sante", "familles.petite_enfance", "publics.bebes", "contraintes.nuit"}


# --- in the base -----------------------------------------------------------------------------------------


def test_a_code_opens_for_four_hours_and_many_times(bureau: Bureau) -> None:
    atelier, ateliers = begin(bureau), bureau.archives.ateliers
    assert atelier.code is not None
    assert atelier.lien is not None
    for _ in range(2):
        assert ateliers.find(f" {atelier.code[:4].lower()}-{atelier.code[4:]}").id == atelier.id
        assert ateliers.find(atelier.lien).id == atelier.id
    bureau.horloge.advance(hours=4)
    for cle in (atelier.code, atelier.lien, new_code(), new_jeton()):
        with pytest.raises(DossierIntrouvable):
            ateliers.find(cle)
    with pytest.raises(CodeIllisible):
        ateliers.find("court")


def test_another_structure_and_an_unknown_ref_are_the_same_nothing(bureau: Bureau) -> None:
    atelier, other = begin(bureau), bureau.structure("Ailleurs")
    for ref, structure in ((atelier.ref, other.id), ("inconnu", atelier.structure)):
        with pytest.raises(DossierIntrouvable):
            bureau.archives.ateliers.get(ref, structure)
    assert bureau.archives.ateliers.opened(other.id) == []


def test_figures_move_only_when_five_more_people_have_finished(bureau: Bureau) -> None:
    atelier = begin(bureau)
    for _ in range(9):
        come(bureau, atelier, BEBES, metiers=TROIS)
    assert (shown(bureau, atelier).publication.termine, dict(shown(bureau, atelier).publication.nombres)) == (
        5,
        {},
    )
    first = come(bureau, atelier, AGEES, metiers=TROIS)
    ten = shown(bureau, atelier).publication
    assert (ten.termine, dict(ten.nombres)) == (10, {"publics.bebes": 5})
    for _ in range(4):
        come(bureau, atelier, AGEES, metiers=TROIS)
        assert shown(bureau, atelier).publication == ten
    say(bureau, first, BEBES)
    assert shown(bureau, atelier).publication == ten
    bureau.archives.dossiers.erase(first)
    assert shown(bureau, atelier).publication == ten
    for _ in range(2):
        come(bureau, atelier, AGEES, metiers=TROIS)
    assert shown(bureau, atelier).publication.termine == 15


def test_who_has_not_seen_their_metiers_is_in_no_figure(bureau: Bureau) -> None:
    atelier = begin(bureau)
    for _ in range(12):
        come(bureau, atelier, BEBES)
    now = shown(bureau, atelier)
    assert (now.entres, now.publication.termine) == (10, 0)


def test_closed_it_keeps_nothing_and_the_people_keep_everything(bureau: Bureau) -> None:
    atelier = begin(bureau)
    people = [come(bureau, atelier, BEBES, metiers=TROIS) for _ in range(10)]
    shown(bureau, atelier)
    bureau.archives.ateliers.close(atelier)
    bureau.archives.ateliers.close(atelier)
    closed = bureau.archives.ateliers.get(atelier.ref, atelier.structure)
    assert (closed.ouvert, closed.code, closed.publication.termine, closed.entres) == (False, None, 0, 0)
    for numero in people:
        kept = bureau.archives.dossiers.get(numero)
        assert kept.conversation.tours == (BEBES,)
        assert kept.atelier is None
    with bureau.archives.coffre.reading() as connexion:
        assert connexion.scalar(select(func.count()).select_from(CLE).where(CLE.c.atelier.is_not(None))) == 0
        counted = connexion.execute(select(COMPTEUR.c.mesure, COMPTEUR.c.nombre)).all()
    assert {tuple(row) for row in counted} == {(Mesure.ATELIER.value, 1), (Mesure.PARTICIPANT.value, 10)}


def test_left_open_it_closes_by_itself(bureau: Bureau) -> None:
    atelier = begin(bureau)
    numero = come(bureau, atelier, BEBES, metiers=TROIS)
    bureau.horloge.advance(hours=4)
    bureau.archives.ateliers.close_past()
    assert not bureau.archives.ateliers.get(atelier.ref, atelier.structure).ouvert
    assert bureau.archives.dossiers.get(numero).atelier is None


def test_nothing_of_a_group_is_written_clear(ici: Bureau) -> None:
    atelier = begin(ici)
    for _ in range(10):
        come(ici, atelier, BEBES, metiers=TROIS)
    shown(ici, atelier)
    assert ici.archives.coffre.fichier is not None
    written = b"".join(p.read_bytes() for p in ici.archives.coffre.fichier.parent.glob("dossiers.sqlite*"))
    assert atelier.code is not None
    assert atelier.lien is not None
    for secret in (atelier.code, atelier.lien, "publics.bebes"):
        assert secret.encode() not in written
        assert secret not in repr(atelier)


# --- on the pages ----------------------------------------------------------------------------------------


def seed(page: Node) -> str:
    return page.all("input", name="graine")[0].attrs["value"]


def key_shown(html: str) -> str:
    return next(n.text() for n in parse(html).walk() if n.attrs.get("class") == "code-court")


def enter(site: TestClient, code: str) -> str:
    """Come in as someone who has never been here."""
    site.cookies.clear()
    page = parse(site.get("/atelier").text)
    return site.post("/atelier", data={"code": code, "graine": seed(page)}).text


def test_a_whole_class_behind_one_address_comes_in_mistyping_once_each(site: TestClient, ici: Bureau) -> None:
    atelier = begin(ici)
    assert atelier.code is not None
    for _ in range(30):
        site.cookies.clear()
        wrong = site.post("/atelier", data={"code": new_code()})
        assert wrong.status_code == 422
        assert site.post("/atelier", data={"code": "ABC"}).status_code == 422
        assert site.post("/atelier", data={"code": atelier.code}).status_code == 200
    assert ici.archives.ateliers.get(atelier.ref, atelier.structure).entres == 30


def test_someone_who_tries_codes_one_after_the_other_is_stopped_and_keeps_what_was_typed(
    site: TestClient, ici: Bureau
) -> None:
    begin(ici)
    codes = [new_code() for _ in range(PAR_ADRESSE + 1)]
    statuses = [site.post("/atelier", data={"code": code}).status_code for code in codes[:-1]]
    assert set(statuses) == {422}
    last = site.post("/atelier", data={"code": codes[-1]})
    assert last.status_code == 429
    assert parse(last.text).by_id("code").attrs["value"] == codes[-1]


def test_who_comes_in_has_a_dossier_of_seven_days_that_nobody_else_may_open(
    site: TestClient, ici: Bureau
) -> None:
    atelier = begin(ici)
    page = enter(site, atelier.code or "")
    mine = ici.archives.dossiers.open(site.cookies["dossier"])
    assert (mine.expire_le - mine.cree_le).days == Duree.SEMAINE
    code = key_shown(page)
    assert ici.archives.dossiers.open(ici.archives.dossiers.resume(code)).id == mine.id
    site.post("/conversation", data={"public": "jeune"})
    assert ici.archives.dossiers.get(mine.id).conversation.public == "jeune"
    with ici.archives.coffre.reading() as connexion:
        for table in (PARTAGE, CONSULTATION):
            assert connexion.scalar(select(func.count()).select_from(table)) == 0
        assert connexion.scalar(select(func.count()).select_from(CHANGEMENT)) == 1


def test_a_form_sent_twice_makes_one_dossier(site: TestClient, ici: Bureau) -> None:
    atelier = begin(ici)
    form = {"code": atelier.code or "", "graine": seed(parse(site.get("/atelier").text))}
    first, again = site.post("/atelier", data=form), site.post("/atelier", data=form)
    assert key_shown(first.text) == key_shown(again.text)
    with ici.archives.coffre.reading() as connexion:
        assert connexion.scalar(select(func.count()).select_from(DOSSIER)) == 1


def test_a_link_opened_does_nothing_until_the_button(site: TestClient, ici: Bureau) -> None:
    atelier = begin(ici)
    door = site.get(f"/atelier/{atelier.lien}")
    assert door.headers["X-Robots-Tag"] == "noindex"
    assert site.get(f"/atelier/{new_jeton()}").status_code == door.status_code == 200
    assert "dossier" not in site.cookies
    assert site.post(f"/atelier/{new_jeton()}").status_code == 404
    assert site.get("/atelier/court").status_code == 404
    graine = seed(parse(door.text))
    assert site.post(f"/atelier/{atelier.lien}", data={"graine": graine}).status_code == 200
    assert ici.archives.dossiers.open(site.cookies["dossier"]).atelier == atelier.id


def test_the_screen_goes_from_a_sentence_to_figures_and_to_nothing(site: TestClient, ici: Bureau) -> None:
    compte = ici.compte("anime@essai.fr", ici.structure())
    ici.sign_in(site, compte)
    page = site.post("/ateliers")
    ref = page.url.path.rpartition("/")[2]
    assert MESSAGE in parse(page.text).text()
    assert compte.structure is not None
    atelier = ici.archives.ateliers.get(ref, compte.structure.id)
    for combien, attendu in ((4, MESSAGE), (1, "Les totaux viennent à dix personnes."), (5, "des bébés")):
        for _ in range(combien):
            come(ici, atelier, BEBES, metiers=TROIS)
        assert attendu in parse(site.get(f"/ateliers/{ref}").text).text()
    assert "5 personnes ou plus" in site.get(f"/ateliers/{ref}").text
    closed = site.post(f"/ateliers/{ref}/clore")
    assert "Cet atelier est terminé" in closed.text
    assert "personnes ou plus" not in closed.text


def test_only_counsellors_of_this_structure_see_its_screen(site: TestClient, ici: Bureau) -> None:
    atelier = begin(ici)
    path = f"/ateliers/{atelier.ref}"
    assert site.get(path).url.path == "/connexion"
    assert site.post(f"{path}/clore").status_code == site.post("/ateliers").status_code == 404
    strangers = (
        ici.compte("ailleurs@essai.fr", ici.structure("Ailleurs")),
        ici.compte("service@essai.fr", None, Role.ADMIN),
    )
    for compte in strangers:
        ici.sign_in(site, compte)
        refused = site.get(path)
        assert refused.status_code == site.get("/ateliers/inconnu").status_code == 404
        assert refused.text == site.get("/ateliers/inconnu").text
        assert site.post(f"{path}/clore").status_code == 404
    assert ici.archives.ateliers.get(atelier.ref, atelier.structure).ouvert
