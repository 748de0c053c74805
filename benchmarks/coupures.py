"""Nothing acknowledged is lost when the server is killed: `python -m benchmarks.coupures 100`.

A real server on a base of its own; eight writers, two to each dossier as two tabs are. They
send marked words, several times over now and then, and send again what was not answered. The server is killed
(SIGKILL) at random moments and started again. At the end every acknowledged turn must be there exactly once.

A server that starts spends its time reading models, not the base: here each one is forked by a process that
has read them. `--complet` starts `python -m web` anew each time, to measure how long that takes.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import random
import re
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from sqlalchemy import create_engine, text

from service.conseiller import Conseiller
from service.conversation import Conversation, Parole
from service.dossiers.archives import Archives
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.dossier import Dossier, DossierIntrouvable, Dossiers, Duree
from service.dossiers.reglages import ReglagesDossiers
from web.__main__ import server_options
from web.app import create_app
from web.settings import Settings

RACINE = Path(__file__).parent.parent
ECRIVAINS = 8
TOURS = 20
"""Turns of one writer in one dossier, so that the state stays well under what a form may weigh."""
COPIES = (1, 1, 1, 2, 3)
"""How many times a turn is sent at once."""
REJEU = 0.3
"""How often a turn already answered is sent again."""
VIE_S = (0.2, 2.0)
"""How long a server lives before it is killed."""
DEMARRAGE_MAX_S = 120.0
DELAI_S = 20.0
PAUSE_S = 0.2
SCHEMA = "coupures"
PEPINIERE = "pepiniere"
MARQUE = "repère"
ETAT = re.compile(r'name="etat" value="([^"]*)"')


@dataclass(frozen=True)
class Bilan:
    """What was found when all was over."""

    coupures: int
    acquittes: int
    """Turns answered by a page that says they are kept."""
    perdus: int
    doubles: int
    moities: int
    """Dossiers whose content and changes do not agree, or cannot be read."""
    inconnus: int
    """Words that nobody sent."""
    non_gardes: int
    """Answers that said the base did not keep the turn."""
    refuses: int
    fuites: int
    """Marks in the server's log."""
    integre: bool
    redemarrages_s: tuple[float, ...]

    @property
    def sain(self) -> bool:
        return self.integre and not any((self.perdus, self.doubles, self.moities, self.inconnus, self.fuites))

    def __str__(self) -> str:
        restarts = sorted(self.redemarrages_s)
        return (
            f"{self.coupures} kills, {self.acquittes} acknowledged turns: {self.perdus} lost, {self.doubles} "
            f"duplicated, {self.moities} half written, {self.inconnus} unknown; {self.fuites} marks in the "
            f"log; integrity {'ok' if self.integre else 'BROKEN'}; {self.non_gardes} answered as not kept, "
            f"{self.refuses} refused.\nrestart to the first 200: median {statistics.median(restarts):.1f} s, "
            f"longest {restarts[-1]:.1f} s"
        )


class Serveur:
    """A server on this base, in a process of its own; its log goes to a file."""

    def __init__(self, reglages: ReglagesDossiers, journal: Path, *, complet: bool = False) -> None:
        self.port = _free_port()
        self.journal = journal
        self._complet = complet
        self._env = os.environ | {
            "CAP_SOIN_PORT": str(self.port),
            "CAP_SOIN_LECTEUR": "statique",
            "CAP_SOIN_DOSSIERS": reglages.base,
            "CAP_SOIN_SECRET": reglages.secret.get_secret_value(),
            "DATABASE_URL": "sqlite:////nonexistent/catalogue.sqlite",
        }
        self._parent: subprocess.Popen[str] | None = None
        self._pid: int | None = None

    def start(self) -> float:
        """Seconds until it answers that it is ready."""
        if self._parent is None and not self._complet:
            self._parent = self._launch("benchmarks.coupures", PEPINIERE)
        debut = time.monotonic()
        self._pid = self._launch("web").pid if self._complet else self._fork()
        while not self._is_ready():
            if time.monotonic() - debut > DEMARRAGE_MAX_S:
                raise RuntimeError(f"The server does not start; its log: {self.journal}")
            time.sleep(0.02)
        return time.monotonic() - debut

    def kill(self) -> None:
        if self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
            if self._complet:
                os.waitpid(self._pid, 0)
        self._pid = None

    def stop(self) -> None:
        """Nothing of it runs any more."""
        self.kill()
        if self._parent:
            self._parent.communicate()

    def _launch(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        pipe = None if module == "web" else subprocess.PIPE
        with self.journal.open("a") as sortie:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=RACINE, env=self._env, stdin=pipe, stdout=pipe or sortie, stderr=sortie, text=True,
            )  # fmt: skip

    def _fork(self) -> int:
        """The number of a new server, once the one before is really gone."""
        parent = self._parent
        if parent is None or parent.stdin is None or parent.stdout is None:
            raise RuntimeError("Nothing to fork a server from.")
        parent.stdin.write("\n")
        parent.stdin.flush()
        return int(parent.stdout.readline())

    def _is_ready(self) -> bool:
        connexion = _connexion(self.port)
        try:
            connexion.request("GET", "/api/v1/sante")
            return connexion.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connexion.close()


@dataclass
class Cahier:
    """One dossier, and all that was said of it."""

    numero: int
    appareil: str
    envoyes: set[str] = field(default_factory=set)
    acquittes: set[str] = field(default_factory=set)


class Paire:
    """Two writers fill the same dossiers, one after the other."""

    def __init__(self, dossiers: Dossiers) -> None:
        self._dossiers = dossiers
        self._verrou = threading.Lock()
        self.cahiers: list[Cahier] = []

    def cahier(self, rang: int) -> Cahier:
        with self._verrou:
            if rang == len(self.cahiers):
                numero, cles = self._dossiers.keep(Conversation(), Duree.SEMAINE)
                self.cahiers.append(Cahier(numero, cles.appareil))
            return self.cahiers[rang]

    def first_page(self, rang: int) -> str:
        return self._dossiers.open(self.cahier(rang).appareil).conversation.to_json()


class Ecrivain(threading.Thread):
    """One tab: sends, sends again, and goes on only from a page that came."""

    def __init__(self, nom: int, paire: Paire, port: int, fini: threading.Event, graine: int) -> None:
        super().__init__(name=f"ecrivain-{nom}")
        self.nom = nom
        self.non_gardes = 0
        self.refuses = 0
        self._paire, self._port, self._fini = paire, port, fini
        self._hasard = random.Random(graine * ECRIVAINS + nom)

    def run(self) -> None:
        rang = 0
        while not self._fini.is_set():
            cahier, etat = self._paire.cahier(rang), self._paire.first_page(rang)
            for tour in range(TOURS):
                if self._fini.is_set():
                    return
                etat = self._say(cahier, etat, f"{MARQUE} e{self.nom}c{rang}t{tour}")
            rang += 1

    def _say(self, cahier: Cahier, etat: str, mots: str) -> str:
        """The page that this turn leads to, sent until it comes."""
        envoi = urlencode({"etat": etat, "texte": mots, "envoyer": "1"})
        cahier.envoyes.add(mots)
        while not self._fini.is_set():
            pages = self._post(cahier, envoi, self._hasard.choice(COPIES))
            kept = [page for page in pages if json.loads(page).get("page")]
            self.non_gardes += len(pages) - len(kept)
            if kept:
                cahier.acquittes.add(mots)
                if self._hasard.random() < REJEU:
                    self._post(cahier, envoi, 1)
                return kept[0]
            time.sleep(PAUSE_S)
        return etat

    def _post(self, cahier: Cahier, envoi: str, copies: int) -> list[str]:
        """What the pages that came carry, of so many copies sent at the same time."""
        connexions = [
            http.client.HTTPConnection("127.0.0.1", self._port, timeout=DELAI_S) for _ in range(copies)
        ]
        headers = {
            "Cookie": f"dossier={cahier.appareil}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        sent = [c for c in connexions if _sent(c, envoi, headers)]
        pages = [page for connexion in sent if (page := self._page(connexion)) is not None]
        for connexion in connexions:
            connexion.close()
        return pages

    def _page(self, connexion: http.client.HTTPConnection) -> str | None:
        try:
            answer = connexion.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return None
        found = ETAT.search(body)
        if answer.status != http.HTTPStatus.OK or found is None:
            self.refuses += 1
            return None
        return html.unescape(found[1])


def serve_on_demand() -> None:
    """A server forked at each line received, its number told; the next one once it is dead."""
    reglages, conseiller = Settings(), Conseiller.load(transformer=False)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            # What it writes belongs in the log, not among the numbers.
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            uvicorn.run(create_app(reglages, conseiller), **server_options(reglages))
            os._exit(0)
        print(pid, flush=True)
        os.waitpid(pid, 0)


def _connexion(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=DELAI_S)


def _sent(connexion: http.client.HTTPConnection, envoi: str, headers: dict[str, str]) -> bool:
    try:
        connexion.request("POST", "/conversation", envoi, headers)
    except OSError:
        return False
    return True


def measure(coupures: int, adresse: str, dossier: Path, *, graine: int = 0, complet: bool = False) -> Bilan:
    """So many kills on this base, which must be empty; `dossier` receives the log."""
    reglages = ReglagesDossiers(
        DATABASE_URL="",
        dossiers=adresse,
        secret=secrets.token_urlsafe(48),
    )
    archives = Archives(reglages)
    serveur = Serveur(reglages, dossier / "journal.txt", complet=complet)
    paires = [Paire(archives.dossiers) for _ in range(ECRIVAINS // 2)]
    fini = threading.Event()
    ecrivains = [Ecrivain(i, paires[i // 2], serveur.port, fini, graine) for i in range(ECRIVAINS)]
    try:
        restarts = _kill(coupures, serveur, ecrivains, fini, random.Random(graine))
        return _count(archives, paires, ecrivains, restarts, serveur.journal)
    finally:
        fini.set()
        serveur.stop()
        archives.close()


def _kill(
    coupures: int, serveur: Serveur, ecrivains: list[Ecrivain], fini: threading.Event, hasard: random.Random
) -> tuple[float, ...]:
    """Seconds each restart took."""
    serveur.start()
    for ecrivain in ecrivains:
        ecrivain.start()
    restarts = []
    for _ in range(coupures):
        time.sleep(hasard.uniform(*VIE_S))
        serveur.kill()
        restarts.append(serveur.start())
    time.sleep(VIE_S[1])
    fini.set()
    for ecrivain in ecrivains:
        ecrivain.join()
    return tuple(restarts)


def _count(
    archives: Archives,
    paires: list[Paire],
    ecrivains: list[Ecrivain],
    restarts: tuple[float, ...],
    journal: Path,
) -> Bilan:
    perdus = doubles = moities = inconnus = 0
    cahiers = [cahier for paire in paires for cahier in paire.cahiers]
    for cahier in cahiers:
        try:
            dossier = archives.dossiers.get(cahier.numero)
        except (DossierIntrouvable, CoffreInutilisable):
            perdus, moities = perdus + len(cahier.acquittes), moities + 1
            continue
        times = Counter(t.texte for t in dossier.contenu.conversation.tours if isinstance(t, Parole))
        perdus += len(cahier.acquittes - times.keys())
        doubles += sum(nombre - 1 for nombre in times.values())
        inconnus += len(times.keys() - cahier.envoyes)
        moities += not _agrees(archives.dossiers, dossier, set(times))
    fichier = archives.coffre.fichier
    return Bilan(
        coupures=len(restarts),
        acquittes=sum(len(cahier.acquittes) for cahier in cahiers),
        perdus=perdus,
        doubles=doubles,
        moities=moities,
        inconnus=inconnus,
        non_gardes=sum(e.non_gardes for e in ecrivains),
        refuses=sum(e.refuses for e in ecrivains),
        fuites=journal.read_text(encoding="utf-8").count(MARQUE),
        integre=fichier is None or _is_whole(fichier),
        redemarrages_s=restarts,
    )


def _agrees(dossiers: Dossiers, dossier: Dossier, mots: set[str]) -> bool:
    """One change a turn, numbered without a gap, and each says what was written."""
    changes = dossiers.changes(dossier.id)
    numbered = [change.numero for change in changes] == list(range(2, dossier.version + 1))
    told = Counter(m for change in changes for m in re.findall(rf"« ({MARQUE} \w+) »", change.quoi))
    return numbered and told == Counter(mots)


def _is_whole(fichier: Path) -> bool:
    with sqlite3.connect(fichier) as connexion:
        return list(connexion.execute("PRAGMA integrity_check")) == [("ok",)]


def empty_schema(postgresql: str, schema: str = SCHEMA) -> str:
    """The address of an empty schema of this PostgreSQL base."""
    moteur = create_engine(postgresql)
    with moteur.begin() as connexion:
        connexion.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connexion.execute(text(f"CREATE SCHEMA {schema}"))
    moteur.dispose()
    return f"{postgresql}?options=-csearch_path%3D{schema}"


def _free_port() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port: int = prise.getsockname()[1]
        return port


def main() -> None:
    if sys.argv[1:] == [PEPINIERE]:
        serve_on_demand()
        return
    parser = ArgumentParser(prog="python -m benchmarks.coupures", description=__doc__)
    parser.add_argument("coupures", type=int, nargs="?", default=100)
    parser.add_argument(
        "--postgresql", metavar="URL", help="a base where the schema `coupures` may be emptied"
    )
    parser.add_argument("--graine", type=int, default=0)
    parser.add_argument("--complet", action="store_true", help="start `python -m web` anew each time")
    choisi = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporaire:
        dossier = Path(temporaire)
        adresse = (
            empty_schema(choisi.postgresql)
            if choisi.postgresql
            else f"sqlite:///{dossier / 'dossiers.sqlite'}"
        )
        bilan = measure(choisi.coupures, adresse, dossier, graine=choisi.graine, complet=choisi.complet)
    print(bilan)
    sys.exit(not bilan.sain)


if __name__ == "__main__":
    main()
