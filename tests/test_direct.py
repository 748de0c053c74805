"""A page that asks sources live gets what it can in time, whatever one of them does."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from service.catalogue.direct import GARDE_MAX_S, PLACES, REPOS_S, Direct, Prise
from service.catalogue.fiches import Fiche, FormatInattendu, Genre, Lieu, Offre
from service.catalogue.sources import Autour
from service.catalogue.sources.reseau import Client, SourceEnPanne
from service.geographie import Commune
from tests.catalogue.pannes import Serveur

SAINT_DENIS = Commune("93066", "Saint-Denis", "93", ("93200",), 112_000, 48.9295, 2.3637)
LYON = Commune("69123", "Lyon", "69", ("69001",), 520_000, 45.758, 4.835)
AUTOUR = Autour(Genre.OFFRE, ("J1501", "K1304"), SAINT_DENIS, 20)
DELAI_S = 0.5
MARGE_S = 2.0


def offre(source: str, rang: int = 1) -> Offre:
    return Offre(
        source=source,
        cle=f"{source}-{rang}",
        url="https://example.org/1",
        titre="Aide-soignante ou aide-soignant",
        lieu=Lieu("Saint-Denis (93)"),
        codes=("J1501",),
    )


@dataclass
class Source:
    """A source played by a function; it counts how often it was asked."""

    nom: str
    repond: Callable[[Autour], Iterable[Fiche]] | None = None
    genres: frozenset[Genre] = frozenset({Genre.OFFRE})
    demandes: list[Autour] = field(default_factory=list)

    @property
    def libelle(self) -> str:
        return f"La source {self.nom}"

    def near(self, autour: Autour, _client: Client) -> Iterable[Fiche]:
        self.demandes.append(autour)
        return self.repond(autour) if self.repond else [offre(self.nom, len(self.demandes))]


@dataclass
class Horloge:
    """Goes only when told to."""

    maintenant: float = 1_000_000.0

    def __call__(self) -> float:
        return self.maintenant


@dataclass
class Portier:
    """Holds a source until it is opened; tells when someone waits."""

    ouvert: threading.Event = field(default_factory=threading.Event)
    arrives: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, _: Autour) -> list[Fiche]:
        self.arrives.release()
        self.ouvert.wait(10)
        return [offre("lente")]


@pytest.fixture
def horloge() -> Horloge:
    return Horloge()


@pytest.fixture
def portier() -> Iterator[Portier]:
    portier = Portier()
    yield portier
    portier.ouvert.set()


@pytest.fixture
def make(horloge: Horloge) -> Callable[..., Direct]:
    def direct(*sources: Source, **reglages: float) -> Direct:
        return Direct(sources, nowhere, horloge=horloge, **{"delai_s": 5, **reglages})

    return direct


def nowhere(_: Source) -> Client:
    return Client(hotes=frozenset())


def fail(panne: BaseException) -> Callable[[Autour], Iterable[Fiche]]:
    def repond(_: Autour) -> Iterable[Fiche]:
        raise panne

    return repond


def cles(prise: Prise) -> list[str]:
    return [fiche.cle for fiche in prise.fiches]


def eventually(claim: Callable[[], bool]) -> bool:
    fin = time.monotonic() + 5
    while time.monotonic() < fin and not claim():
        time.sleep(0.01)
    return claim()


# What is asked, and what is kept


def test_every_source_of_the_genre_is_asked_and_keeps_its_rank(make: Callable[..., Direct]) -> None:
    def slowly(_: Autour) -> list[Fiche]:
        time.sleep(0.05)
        return [offre("b", 2), offre("b", 1)]

    autre = Source("c", genres=frozenset({Genre.EVENEMENT}))
    prise = make(Source("b", slowly), Source("a"), autre).near(AUTOUR)
    assert prise == Prise((offre("b", 2), offre("b", 1), offre("a", 1)), 0.0, ())
    assert not autre.demandes


def test_a_fresh_answer_is_not_asked_again(make: Callable[..., Direct], horloge: Horloge) -> None:
    source = Source("a")
    direct = make(source, frais_s=3600)
    direct.near(AUTOUR)
    horloge.maintenant += 3599
    prise = direct.near(AUTOUR)
    assert (cles(prise), prise.age_s, prise.pannes) == (["a-1"], 3599, ())
    horloge.maintenant += 1
    prise = direct.near(AUTOUR)
    assert (cles(prise), prise.age_s) == (["a-2"], 0)


def test_the_age_told_is_that_of_the_oldest_answer(make: Callable[..., Direct], horloge: Horloge) -> None:
    a, b = Source("a"), Source("b", fail(SourceEnPanne("x")))
    direct = make(a, b)
    direct.near(AUTOUR)
    horloge.maintenant += 500
    b.repond = None
    assert direct.near(AUTOUR).age_s == 500


def test_an_empty_answer_is_an_answer(make: Callable[..., Direct]) -> None:
    source = Source("a", lambda _: [])
    direct = make(source)
    assert direct.near(AUTOUR) == direct.near(AUTOUR) == Prise((), 0.0, ())
    assert len(source.demandes) == 1


def test_the_order_of_the_codes_does_not_matter(make: Callable[..., Direct]) -> None:
    source = Source("a")
    direct = make(source)
    direct.near(AUTOUR)
    direct.near(replace(AUTOUR, codes=("K1304", "J1501", "K1304")))
    assert len(source.demandes) == 1


@pytest.mark.parametrize(
    "autre",
    [
        replace(AUTOUR, genre=Genre.FORMATION),
        replace(AUTOUR, codes=("J1501",)),
        replace(AUTOUR, commune=LYON),
        replace(AUTOUR, rayon_km=40),
    ],
    ids=["genre", "codes", "commune", "rayon"],
)
def test_another_question_is_asked(make: Callable[..., Direct], autre: Autour) -> None:
    source = Source("a", genres=frozenset(Genre))
    direct = make(source)
    direct.near(AUTOUR)
    assert cles(direct.near(autre)) == ["a-2"]


def test_two_sources_do_not_mix_their_answers(make: Callable[..., Direct]) -> None:
    direct = make(Source("a"), Source("b"))
    assert cles(direct.near(AUTOUR)) == cles(direct.near(AUTOUR)) == ["a-1", "b-1"]


def test_the_answers_least_used_make_room(make: Callable[..., Direct]) -> None:
    source = Source("a")
    direct = make(source, entrees_max=2)
    autours = [replace(AUTOUR, rayon_km=rayon) for rayon in (10, 20, 30)]
    for autour in (autours[0], autours[1], autours[0], autours[2]):
        direct.near(autour)
    assert [a.rayon_km for a in source.demandes] == [10, 20, 30]
    direct.near(autours[0])
    assert len(source.demandes) == 3, "used since: kept"
    direct.near(autours[1])
    assert len(source.demandes) == 4, "the least used: gone"


# A source that fails


@pytest.mark.parametrize(
    "panne",
    [SourceEnPanne("x"), FormatInattendu("x"), TypeError(), KeyError("x"), RecursionError(), MemoryError(), StopIteration()],
    ids=lambda panne: type(panne).__name__,
)  # fmt: skip
def test_whatever_a_source_raises_the_others_are_shown(make: Callable[..., Direct], panne: Exception) -> None:
    prise = make(Source("a", fail(panne)), Source("b")).near(AUTOUR)
    assert (cles(prise), prise.pannes) == (["b-1"], ("La source a",))


def test_a_source_may_also_fail_while_its_answer_is_read(make: Callable[..., Direct]) -> None:
    def stop_half_way(_: Autour) -> Iterator[Fiche]:
        yield offre("a")
        raise ValueError

    prise = make(Source("a", stop_half_way), Source("b", lambda _: None)).near(AUTOUR)  # type: ignore
    assert prise == Prise((), 0.0, ("La source a", "La source b"))


def test_an_older_answer_stands_in_for_a_day_and_is_then_forgotten(
    make: Callable[..., Direct], horloge: Horloge
) -> None:
    source = Source("a")
    direct = make(source)
    direct.near(AUTOUR)
    source.repond = fail(SourceEnPanne("x"))
    horloge.maintenant += GARDE_MAX_S - 1
    assert direct.near(AUTOUR) == Prise((offre("a", 1),), GARDE_MAX_S - 1, ("La source a",))
    horloge.maintenant += 1
    assert direct.near(AUTOUR) == Prise((), 0.0, ("La source a",))
    assert not direct._releves, "forgotten, not only hidden"


@pytest.mark.parametrize(("frais_s", "garde_s"), [(3600, GARDE_MAX_S + 1), (3601, 3600), (-1, 3600)])
def test_nothing_may_be_kept_longer_than_a_day(
    make: Callable[..., Direct], frais_s: float, garde_s: float
) -> None:
    with pytest.raises(ValueError, match="24 heures"):
        make(frais_s=frais_s, garde_s=garde_s)


# One deadline


def test_sources_that_hang_are_given_up_together(make: Callable[..., Direct], portier: Portier) -> None:
    debut = time.monotonic()
    prise = make(*(Source(nom, portier) for nom in "abcdefgh"), Source("z"), delai_s=DELAI_S).near(AUTOUR)
    assert time.monotonic() - debut < MARGE_S, "eight deadlines in a row would take 4 s"
    assert cles(prise) == ["z-1"]
    assert len(prise.pannes) == 8


def test_a_late_answer_serves_whoever_asks_next(make: Callable[..., Direct], portier: Portier) -> None:
    source = Source("lente", portier)
    direct = make(source, delai_s=DELAI_S)
    assert direct.near(AUTOUR).pannes == ("La source lente",)
    portier.ouvert.set()
    assert eventually(lambda: cles(direct.near(AUTOUR)) == ["lente-1"])
    assert len(source.demandes) == 1


def test_a_question_given_up_is_not_waited_for_again(make: Callable[..., Direct], portier: Portier) -> None:
    source = Source("lente", portier)
    direct = make(source, delai_s=1.0)
    direct.near(AUTOUR)
    debut = time.monotonic()
    assert direct.near(AUTOUR).pannes == ("La source lente",)
    assert time.monotonic() - debut < 0.5
    assert len(source.demandes) == 1


def test_two_people_with_one_question_make_one_request(make: Callable[..., Direct], portier: Portier) -> None:
    source = Source("lente", portier)
    direct = make(source)
    prises: list[Prise] = []
    fils = [threading.Thread(target=lambda: prises.append(direct.near(AUTOUR))) for _ in range(5)]
    for fil in fils:
        fil.start()
    portier.arrives.acquire(timeout=5)
    time.sleep(0.1)
    portier.ouvert.set()
    for fil in fils:
        fil.join()
    assert [cles(prise) for prise in prises] == [["lente-1"]] * 5
    assert len(source.demandes) == 1


def test_a_source_that_hangs_takes_only_its_own_places(make: Callable[..., Direct], portier: Portier) -> None:
    """And gives them back: the next question after the fault is answered."""
    lente, bonne = Source("lente", portier), Source("bonne")
    direct = make(lente, bonne, delai_s=1.0)
    autours = [replace(AUTOUR, rayon_km=rayon) for rayon in range(1, PLACES + 6)]
    prises: list[Prise] = []
    fils = [threading.Thread(target=lambda a=a: prises.append(direct.near(a))) for a in autours]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert [prise.pannes for prise in prises] == [("La source lente",)] * len(autours)
    assert all(len(prise.fiches) == 1 for prise in prises)
    assert len(lente.demandes) == PLACES
    portier.ouvert.set()
    assert eventually(lambda: not direct._appels)
    direct._horloge.maintenant += REPOS_S  # type: ignore[attr-defined]
    assert direct.near(AUTOUR).pannes == ()


def test_a_machine_out_of_threads_is_a_source_that_fails(
    make: Callable[..., Direct], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source("a")
    direct = make(source)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail(RuntimeError("can't start new thread")))
        assert direct.near(AUTOUR).pannes == ("La source a",)
    assert direct.near(AUTOUR).pannes == ()


def test_a_source_that_hangs_does_not_keep_the_program_from_ending() -> None:
    programme = (
        "import threading; from tests.test_direct import *;"
        "source = Source('a', lambda _: threading.Event().wait(60));"
        "print(Direct([source], nowhere, delai_s=0.2).near(AUTOUR).pannes)"
    )
    racine = Path(__file__).parent.parent
    fini = subprocess.run(
        [sys.executable, "-c", programme], cwd=racine, capture_output=True, text=True, timeout=30
    )
    assert (fini.stdout, fini.stderr) == ("('La source a',)\n", "")


# A source left alone


def ask_often(direct: Direct, fois: int) -> None:
    for _ in range(fois):
        direct.near(AUTOUR)


def test_a_source_that_fails_three_times_rests_a_minute_then_is_tried_once(
    make: Callable[..., Direct], horloge: Horloge
) -> None:
    source = Source("a", fail(SourceEnPanne("x")))
    direct = make(source)
    ask_often(direct, 5)
    assert len(source.demandes) == 3
    horloge.maintenant += REPOS_S - 1
    assert direct.near(AUTOUR).pannes == ("La source a",)
    assert len(source.demandes) == 3
    horloge.maintenant += 1
    ask_often(direct, 5)
    assert len(source.demandes) == 4, "one trial; it failed, the rest starts again"
    horloge.maintenant += REPOS_S
    source.repond = lambda _: []
    ask_often(direct, 1)
    source.repond = fail(SourceEnPanne("x"))
    horloge.maintenant += 3600
    ask_often(direct, 5)
    assert len(source.demandes) == 5 + 3, "the trial succeeded: three chances again"


def test_the_trial_is_made_alone(make: Callable[..., Direct], horloge: Horloge, portier: Portier) -> None:
    source = Source("lente", fail(SourceEnPanne("x")))
    direct = make(source)
    ask_often(direct, 3)
    horloge.maintenant += REPOS_S
    source.repond = portier
    trial = threading.Thread(target=direct.near, args=(AUTOUR,))
    trial.start()
    portier.arrives.acquire(timeout=5)
    assert direct.near(replace(AUTOUR, rayon_km=40)).pannes == ("La source lente",)
    assert len(source.demandes) == 4
    portier.ouvert.set()
    trial.join()
    assert direct.near(replace(AUTOUR, rayon_km=40)).pannes == ()


def test_failures_that_are_not_in_a_row_do_not_count(make: Callable[..., Direct]) -> None:
    source = Source("a")
    direct = make(source, frais_s=0)
    for _ in range(3):
        source.repond = fail(SourceEnPanne("x"))
        ask_often(direct, 2)
        source.repond = None
        assert direct.near(AUTOUR).pannes == ()
    assert len(source.demandes) == 9


@pytest.mark.parametrize("attendre_s", [5.0, 600.0])
def test_a_source_is_left_alone_as_long_as_it_asks(
    make: Callable[..., Direct], horloge: Horloge, attendre_s: float
) -> None:
    source = Source("a", fail(SourceEnPanne("x", attendre_s=attendre_s)))
    direct = make(source)
    ask_often(direct, 3)
    assert len(source.demandes) == 1
    horloge.maintenant += attendre_s - 1
    ask_often(direct, 1)
    assert len(source.demandes) == 1
    horloge.maintenant += 1
    source.repond = None
    assert direct.near(AUTOUR).pannes == ()


@pytest.mark.parametrize("fails", [False, True], ids=["answers", "fails"])
def test_how_an_earlier_question_ends_does_not_end_the_rest(
    make: Callable[..., Direct], horloge: Horloge, portier: Portier, fails: bool
) -> None:
    def early(autour: Autour) -> Iterable[Fiche]:
        portier(autour)
        return fail(SourceEnPanne("x"))(autour) if fails else []

    source = Source("lente", early)
    direct = make(source)
    fil = threading.Thread(target=direct.near, args=(AUTOUR,))
    fil.start()
    portier.arrives.acquire(timeout=5)
    horloge.maintenant += 1
    source.repond = fail(SourceEnPanne("x", attendre_s=30))
    direct.near(replace(AUTOUR, rayon_km=40))
    portier.ouvert.set()
    fil.join()
    direct.near(replace(AUTOUR, rayon_km=60))
    assert len(source.demandes) == 2


def test_a_source_that_hangs_rests_too(make: Callable[..., Direct], portier: Portier) -> None:
    source = Source("lente", portier)
    direct = make(source, delai_s=0.1)
    for rayon in range(5):
        direct.near(replace(AUTOUR, rayon_km=rayon))
    assert len(source.demandes) == 3


def test_a_late_failure_counts_once(make: Callable[..., Direct], horloge: Horloge) -> None:
    portes = [threading.Event() for _ in range(2)]

    def hang_then_fail(autour: Autour) -> list[Fiche]:
        portes[autour.rayon_km].wait(10)
        raise SourceEnPanne("x")

    source = Source("a", hang_then_fail)
    direct = make(source, delai_s=DELAI_S)
    for rayon in range(2):
        direct.near(replace(AUTOUR, rayon_km=rayon))
        portes[rayon].set()
    assert eventually(lambda: not direct._appels)
    source.repond = None
    assert direct.near(AUTOUR).pannes == (), "two failures, not four"


def test_one_source_resting_leaves_the_others_awake(make: Callable[..., Direct]) -> None:
    a, b = Source("a", fail(TypeError())), Source("b")
    direct = make(a, b, frais_s=0)
    ask_often(direct, 6)
    assert (len(a.demandes), len(b.demandes)) == (3, 6)


# With the real client


@pytest.mark.parametrize(
    "fault", ["refused", "hang", "drip", "drip_headers", "redirect", "quota", "heavy", "bad_json"]
)
def test_a_fault_of_the_network_leaves_a_page_and_no_thread(fault: str) -> None:
    with Serveur(fault) as serveur:

        class EnLigne(Source):
            def near(self, _: Autour, client: Client) -> list[Fiche]:
                client.get(serveur.url).json()
                return []

        def fabrique(_: Source) -> Client:
            return Client(hotes=frozenset({"127.0.0.1"}), delai_s=1.2)

        direct = Direct([EnLigne("ligne"), Source("b")], fabrique, delai_s=1.0)
        debut = time.monotonic()
        prise = direct.near(AUTOUR)
        assert time.monotonic() - debut < MARGE_S
        assert (cles(prise), prise.pannes) == (["b-1"], ("La source ligne",))
        assert eventually(lambda: not [f for f in threading.enumerate() if f.name == "direct-ligne"])
        direct.close()


def test_closing_closes_the_client_of_every_source() -> None:
    closed: list[str] = []

    def fabrique(source: Source) -> Client:
        client = Client(hotes=frozenset())
        client.close = lambda: closed.append(source.nom)  # type: ignore[method-assign]
        return client

    Direct([Source("a"), Source("b")], fabrique).close()  # type: ignore[arg-type, list-item]
    assert closed == ["a", "b"]
