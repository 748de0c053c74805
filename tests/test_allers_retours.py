"""Random journeys: tabs, replays, back, two devices, a clock that goes forward, an end. Nothing is lost or doubled.

Hypothesis draws the steps; a plain model (lists and sets, no code of ours) says what must be kept after each. Here
a few journeys; two hundred with `CAP_SOIN_PARCOURS=200 pytest tests/test_allers_retours.py`.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from starlette.testclient import TestClient

from service.conseiller import Conseiller
from service.conversation import Conversation
from service.dossiers.archives import Archives
from service.dossiers.codes import ALPHABET, new_jeton
from service.dossiers.dossier import ETAPES_MAX, DossierIntrouvable
from service.dossiers.reglages import ReglagesDossiers
from tests.alentours import Alentours
from tests.dom import parse
from tests.modele_dossier import Appareil, Garde, Onglet, after, plain
from web.app import create_app
from web.settings import Settings

PARCOURS = int(os.environ.get("CAP_SOIN_PARCOURS", "20"))
PAS = 30
MARQUE = "zqxrepere"
DETRESSE = "j'ai plus envie de vivre"
REPONSES = [
    ("publics.bebes", "2"), ("publics.bebes", "-2"), ("publics.enfants", "1"), ("cadres.hopital", "2"),
    ("contraintes.nuit", "non"), ("situations.refus_toilette", "je_ne_sais_pas"), ("etudes_max", "1_an"),
]  # fmt: skip
QUESTIONS = sorted({question for question, _ in REPONSES})
METIERS = ["aide-soignant", "ambulancier", "sage-femme"]
THEMES = ["publics", "contraintes"]
ACCENTS = ["peu", "normal", "beaucoup"]
COMMUNES = ["69123", "29155"]
DUREES = st.sampled_from([7, 30, 90])


class AllersRetours(RuleBasedStateMachine):
    """What people do with a dossier, and what may happen to them."""

    client: ClassVar[TestClient]
    archives: ClassVar[Archives]
    maintenant: ClassVar[datetime] = datetime(2026, 11, 22, 9, 0)
    journal: ClassVar[list[str]]

    onglets = Bundle("onglets")

    def __init__(self) -> None:
        super().__init__()
        self.gardes: list[Garde] = []
        self.mots = 0
        self.journal.clear()

    @property
    def now(self) -> datetime:
        return AllersRetours.maintenant

    # --- one request ------------------------------------------------------------------------------------

    def send(self, appareil: Appareil, chemin: str, data: dict[str, str] | None = None) -> httpx.Response:
        """As this browser does it; whatever comes back is never a failure, and tells nothing in its headers."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        if appareil.cookie:
            headers["Cookie"] = f"dossier={appareil.cookie}"
        self.client.cookies.clear()
        method = "GET" if data is None else "POST"
        answer = self.client.request(method, chemin, data=data, headers=headers, follow_redirects=False)
        assert answer.status_code < 500, f"{method} {chemin}: {answer.status_code}"
        assert MARQUE not in str(answer.headers) + str(answer.url)
        if "dossier" in answer.cookies:
            appareil.cookie = answer.cookies["dossier"] or None
        elif 'dossier=""' in answer.headers.get("set-cookie", ""):
            appareil.cookie = None
        return answer

    def is_alive(self, garde: Garde) -> bool:
        return not garde.efface and self.now < garde.expire_le

    def opened(self, appareil: Appareil) -> Garde | None:
        """The dossier that this browser opens now."""
        garde = appareil.garde
        return garde if garde and self.is_alive(garde) and appareil.cookie in garde.ouvrent else None

    def target(self, onglet: Onglet, etat: str) -> Garde | None:
        """The dossier that an act of this page goes to."""
        page = json.loads(etat) if etat else {}
        garde = self.opened(onglet.appareil)
        if garde is None:
            return None
        if page.get("page"):
            return garde if page["page"].partition(".")[0] == garde.ref else None
        return None if page.get("tours") or page.get("public") else garde

    def act(self, onglet: Onglet, act: dict[str, str], *, chemin: str = "/conversation") -> None:
        self.submit(onglet, chemin, {"etat": onglet.etat, **act})

    def submit(self, onglet: Onglet, chemin: str, envoi: dict[str, str]) -> None:
        """Send it, and say what must be kept then."""
        act = {nom: valeur for nom, valeur in envoi.items() if nom != "etat"}
        garde = self.target(onglet, envoi["etat"])
        page = Conversation.from_json(envoi["etat"]) if envoi["etat"] else Conversation()
        before = garde.tours if garde else plain(page)
        geste = (page.page if garde else None, json.dumps(act, sort_keys=True))
        expected = before if garde and geste in garde.faits else after(before, act)
        distress = act.get("texte") == DETRESSE
        if garde and not distress and expected != before:
            garde.tours = expected
            garde.faits.add(geste)
        answer = self.send(onglet.appareil, chemin, envoi)
        assert answer.status_code == 200
        onglet.dernier = (chemin, envoi)
        onglet.etat = shown(answer)
        page = Conversation.from_json(onglet.etat)
        assert plain(page) == expected
        assert (page.page is not None) == (garde is not None)

    # --- what people do ---------------------------------------------------------------------------------

    @initialize(target=onglets)
    def begin(self) -> Onglet:
        AllersRetours.maintenant += timedelta(hours=1)
        return Onglet(Appareil())

    @rule(onglet=onglets, reponse=st.sampled_from(REPONSES))
    def answer(self, onglet: Onglet, reponse: tuple[str, str]) -> None:
        self.act(onglet, {"choix": ":".join(reponse)})

    @rule(onglet=onglets)
    def write(self, onglet: Onglet) -> None:
        self.mots += 1
        self.act(onglet, {"texte": f"{MARQUE} {self.mots}", "envoyer": "1"})

    @rule(onglet=onglets)
    def call_for_help(self, onglet: Onglet) -> None:
        self.act(onglet, {"texte": DETRESSE, "envoyer": "1"})

    @rule(onglet=onglets, question=st.sampled_from(QUESTIONS), nom=st.sampled_from(["passer", "reprendre"]))
    def skip_or_ask_again(self, onglet: Onglet, question: str, nom: str) -> None:
        self.act(onglet, {nom: question})

    @rule(onglet=onglets)
    def undo(self, onglet: Onglet) -> None:
        self.act(onglet, {"revenir": "1"})

    @rule(
        onglet=onglets,
        metier=st.sampled_from(METIERS),
        nom=st.sampled_from(["ecarter", "remettre"]),
        chemin=st.sampled_from(["/conversation", "/resultats"]),
    )
    def set_aside_or_back(self, onglet: Onglet, metier: str, nom: str, chemin: str) -> None:
        self.act(onglet, {nom: metier}, chemin=chemin)

    @rule(onglet=onglets, theme=st.sampled_from(THEMES), accent=st.sampled_from(ACCENTS))
    def move_a_weight(self, onglet: Onglet, theme: str, accent: str) -> None:
        self.act(onglet, {"importance": f"{theme}:{accent}"}, chemin="/resultats")

    @rule(onglet=onglets, commune=st.sampled_from(COMMUNES))
    def tell_a_place(self, onglet: Onglet, commune: str) -> None:
        self.act(onglet, {"commune": commune}, chemin="/resultats")

    @rule(onglet=onglets)
    def send_again(self, onglet: Onglet) -> None:
        if onglet.dernier:
            self.submit(onglet, *onglet.dernier)

    @rule(onglet=onglets, reponse=st.sampled_from(REPONSES))
    def go_back_and_answer_otherwise(self, onglet: Onglet, reponse: tuple[str, str]) -> None:
        """From the page before, as the browser kept it."""
        if onglet.dernier:
            self.submit(
                onglet, "/conversation", {"etat": onglet.dernier[1]["etat"], "choix": ":".join(reponse)}
            )

    @rule(target=onglets, onglet=onglets)
    def open_a_tab(self, onglet: Onglet) -> Onglet:
        return self.tab(onglet.appareil)

    def tab(self, appareil: Appareil) -> Onglet:
        """A new one, which shows what is kept, or the beginning."""
        kept = self.opened(appareil)
        answer = self.send(appareil, "/conversation")
        if kept is None:
            assert answer.status_code == 303
            return Onglet(appareil)
        nouveau = Onglet(appareil, shown(answer))
        assert plain(Conversation.from_json(nouveau.etat)) == kept.tours
        return nouveau

    # --- the dossier ------------------------------------------------------------------------------------

    @rule(onglet=onglets, duree=DUREES)
    def keep(self, onglet: Onglet, duree: int) -> None:
        answer = self.send(onglet.appareil, "/garder", {"etat": onglet.etat})
        if self.target(onglet, onglet.etat):
            assert answer.headers["location"] == "/dossier"
            return
        demande = hidden(answer, "/dossier") | {"duree": str(duree)}
        codes = {code_of(self.send(onglet.appareil, "/dossier", demande)) for _ in range(2)}
        assert len(codes) == 1, "the form sent twice makes one dossier"
        tours = [t for t in plain(Conversation.from_json(demande["etat"])) if t.get("texte") != DETRESSE]
        dossier = self.archives.dossiers.open(str(onglet.appareil.cookie))
        onglet.appareil.garde = Garde(
            dossier.id,
            dossier.ref,
            [*codes],
            {str(onglet.appareil.cookie)},
            self.now + timedelta(days=duree),
            tours,
        )
        self.gardes.append(onglet.appareil.garde)
        onglet.etat = self.tab(onglet.appareil).etat

    @rule(target=onglets, onglet=onglets, ancien=st.booleans())
    def resume_elsewhere(self, onglet: Onglet, ancien: bool) -> Onglet:
        """On a second device, by the code as it was copied."""
        garde, autre = onglet.appareil.garde, Appareil()
        if garde is None:
            return onglet
        code = garde.codes[0 if ancien else -1]
        answer = self.send(autre, "/reprendre", {"code": f" {code[:4].lower()}-{code[4:]}"})
        if self.is_alive(garde) and code == garde.codes[-1]:
            assert answer.headers["location"] == "/dossier"
            garde.ouvrent.add(str(autre.cookie))
            autre.garde = garde
        else:
            assert answer.status_code in (404, 429)
            assert autre.cookie is None
        return self.tab(autre)

    @rule(onglet=onglets)
    def change_the_code(self, onglet: Onglet) -> None:
        garde = self.opened(onglet.appareil)
        if garde:
            demande = hidden(self.send(onglet.appareil, "/dossier"), "/dossier/code")
            garde.codes.append(code_of(self.send(onglet.appareil, "/dossier/code", demande)))
            garde.ouvrent = {str(onglet.appareil.cookie)}
            assert code_of(self.send(onglet.appareil, "/dossier/code", demande)) == garde.codes[-1]

    @rule(onglet=onglets, duree=DUREES)
    def extend(self, onglet: Onglet, duree: int) -> None:
        garde = self.opened(onglet.appareil)
        answer = self.send(onglet.appareil, "/dossier/duree", {"duree": str(duree)})
        assert answer.status_code == (303 if garde else 404)
        if garde:
            garde.expire_le = self.now + timedelta(days=duree)

    @rule(onglet=onglets)
    def note(self, onglet: Onglet) -> None:
        garde = self.opened(onglet.appareil)
        if garde:
            self.mots += 1
            notes = hidden(self.send(onglet.appareil, "/dossier"), "/dossier/notes#notes")
            envoi = notes | {"notes": f"{MARQUE} {self.mots}"}
            assert self.send(onglet.appareil, "/dossier/notes", envoi).status_code == 303
            garde.notes = envoi["notes"]

    @rule(onglet=onglets)
    def plan_a_step_twice(self, onglet: Onglet) -> None:
        garde = self.opened(onglet.appareil)
        if garde and len(garde.etapes) < ETAPES_MAX:
            self.mots += 1
            etape = hidden(self.send(onglet.appareil, "/dossier"), "/dossier/etapes#etapes")
            for _ in range(2):
                self.send(onglet.appareil, "/dossier/etapes", etape | {"texte": f"{MARQUE} {self.mots}"})
            garde.etapes.append(f"{MARQUE} {self.mots}")

    @rule(onglet=onglets)
    def close_here(self, onglet: Onglet) -> None:
        garde, cookie = self.opened(onglet.appareil), onglet.appareil.cookie
        assert self.send(onglet.appareil, "/dossier/fermer", {}).status_code == 200
        assert onglet.appareil.cookie is None
        if garde:
            garde.ouvrent.discard(str(cookie))

    @rule(onglet=onglets)
    def erase(self, onglet: Onglet) -> None:
        garde = self.opened(onglet.appareil)
        answer = self.send(onglet.appareil, "/dossier/effacer", {})
        assert answer.status_code == (200 if garde else 404)
        if garde:
            garde.efface = True

    @rule(jours=st.sampled_from([1, 8, 40]))
    def time_goes_by(self, jours: int) -> None:
        AllersRetours.maintenant += timedelta(days=jours)

    @rule(onglet=onglets, chemin=st.sampled_from(["/dossier", "/dossier/export.json", "/dossier/papier"]))
    def look(self, onglet: Onglet, chemin: str) -> None:
        """What is gone answers as what never was."""
        garde, appareil = self.opened(onglet.appareil), onglet.appareil
        unknown = Appareil(new_jeton() if appareil.cookie else None)
        answer, never = self.send(appareil, chemin), self.send(unknown, chemin)
        if garde:
            assert answer.status_code == 200
            assert garde.notes in answer.text
        else:
            assert (answer.status_code, answer.text) == (never.status_code, never.text)
            assert MARQUE not in answer.text

    # --- what must hold ---------------------------------------------------------------------------------

    @invariant()
    def every_act_is_kept_once(self) -> None:
        for garde in self.gardes:
            if not self.is_alive(garde):
                with pytest.raises(DossierIntrouvable):
                    self.archives.dossiers.get(garde.numero)
                continue
            dossier = self.archives.dossiers.get(garde.numero)
            contenu = dossier.contenu
            assert plain(contenu.conversation) == garde.tours
            assert (contenu.notes, [e.texte for e in contenu.etapes]) == (garde.notes, garde.etapes)
            changes = self.archives.dossiers.changes(garde.numero)
            assert [change.numero for change in changes] == list(range(2, dossier.version + 1))

    @invariant()
    def nothing_written_is_in_the_log(self) -> None:
        assert not [ligne for ligne in self.journal if MARQUE in ligne]


def shown(answer: httpx.Response) -> str:
    """The hidden field of the page that came."""
    field = next(n for n in parse(answer.text).all("input", name="etat") if n.attrs["value"])
    return field.attrs["value"]


def hidden(answer: httpx.Response, action: str) -> dict[str, str]:
    """What the form of the page that goes there sends by itself."""
    form = next(f for f in parse(answer.text).all("form") if f.attrs.get("action") == action)
    return {n.attrs["name"]: n.attrs["value"] for n in form.all("input", type="hidden")}


def code_of(answer: httpx.Response) -> str:
    """The code that the page shows."""
    found = re.search(rf"\b([{ALPHABET}]{{4}}) ([{ALPHABET}]{{4}})\b", parse(answer.text).text())
    assert found, "a code is shown"
    return found[1] + found[2]


class Oreille(logging.Handler):
    """All that is logged, as it would be written."""

    def __init__(self, lignes: list[str]) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter())
        self.lignes = lignes

    def emit(self, record: logging.LogRecord) -> None:
        self.lignes.append(self.format(record))


@pytest.fixture(scope="module")
def machine(
    conseiller: Conseiller, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[type[AllersRetours]]:
    """One service for all journeys, whose clock only goes forward."""
    base = tmp_path_factory.mktemp("parcours") / "dossiers.sqlite"
    reglages = ReglagesDossiers(DATABASE_URL="", dossiers=f"sqlite:///{base}", secret="s" * 40)  # type: ignore[arg-type, call-arg]
    archives = Archives(reglages, horloge=lambda: AllersRetours.maintenant)
    oreille, ours = Oreille([]), logging.getLogger("cap_soin")
    ours.addHandler(oreille)
    ours.setLevel(logging.INFO)
    with TestClient(create_app(Settings(), conseiller, Alentours(), archives)) as client:
        AllersRetours.client, AllersRetours.archives, AllersRetours.journal = client, archives, oreille.lignes
        yield AllersRetours
    ours.removeHandler(oreille)
    ours.setLevel(logging.NOTSET)


@pytest.mark.lent
def test_journeys_lose_nothing_double_nothing_and_end_when_asked(machine: type[AllersRetours]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=PARCOURS,
            stateful_step_count=PAS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
