"""What is near, end to end: whom is asked, how far one looks, in what order, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loading import load_knowledge
from models.encoder import EncodeurStatique
from models.index import IndexSurDisque
from service.catalogue.catalogue import Catalogue, Etat, Importe, text_to_encode
from service.catalogue.classement import COMPARES_MAX, Candidats, distances, rank
from service.catalogue.direct import Direct
from service.catalogue.fiches import DEMONSTRATION, Enregistrement, Fiche, Genre, Lieu, Lu
from service.catalogue.liste import Liste, without_duplicates
from service.catalogue.magasin import Magasin
from service.catalogue.ouverture import open_catalogue, tell_services
from service.catalogue.perimetre import Perimetre
from service.catalogue.recherche import CatalogueInutilisable, Demande, Filtres, Origine, Resultats
from service.catalogue.reglages import Reglages
from service.catalogue.sources import Autour
from service.catalogue.sources.reseau import Client, SourceEnPanne
from service.catalogue.validite import Registre
from service.geographie import Commune, distance_km, frame, load_communes
from tests.bases import (
    BASES,
    EVENEMENT,
    FORMATION,
    JOUR,
    LYON,
    OFFRE,
    address,
    empty_magasin,
    fill,
    offre,
)  # fmt: skip

CONNAISSANCES = load_knowledge()
COMMUNES = load_communes()
VILLE = COMMUNES.get("69123")
LIBELLES = {"france_travail": "France Travail", "lheo": "Carif-Oref", "essai": "Essai"}
METIER = "aide-soignant"


def place(commune: Commune) -> Lieu:
    return Lieu(commune.nom, commune.code, commune.departement, commune.latitude, commune.longitude)


def at(km: float) -> Lieu:
    """Due north of Lyon."""
    return replace(LYON, latitude=VILLE.latitude + km / 111.195, longitude=VILLE.longitude)


@pytest.fixture(scope="module")
def encodeur() -> EncodeurStatique:
    return EncodeurStatique.load()


@pytest.fixture(params=["liste", *BASES])
def catalogue_of(
    request: pytest.FixtureRequest, tmp_path: Path, encodeur: EncodeurStatique
) -> Iterator[Callable[..., Catalogue]]:
    """The same fiches searched in memory, then in each database."""
    if request.param == "liste":
        yield lambda *fiches: _catalogue(encodeur, demonstration=lambda: fiches)
        return
    with empty_magasin(request.param, tmp_path) as magasin:

        def stored(*fiches: Fiche) -> Catalogue:
            fill(magasin, *fiches)
            return _catalogue(encodeur, importe=lambda: _imported(magasin, encodeur, tmp_path))

        yield stored


def _catalogue(encodeur: EncodeurStatique, **autres: object) -> Catalogue:
    return Catalogue(
        CONNAISSANCES,
        encodeur,
        {METIER: encodeur.encode(["aide-soignant, toilette et soins"])[0]},
        jour=lambda: JOUR,
        libelles=LIBELLES,
        **autres,  # type: ignore[arg-type]
    )


def _imported(magasin: Magasin, encodeur: EncodeurStatique, dossier: Path) -> Importe:
    registre = Registre(magasin.register(), CONNAISSANCES)
    for genre in Genre:
        lots = ([(n, text_to_encode(a, b)) for n, a, b in lot] for lot in magasin.texts(genre, 3))
        IndexSurDisque.build(dossier, genre.value, encodeur, lots, commande="x", date="2026-11-22")
    index = {g: IndexSurDisque.open(dossier, g.value, encodeur, commande="x") for g in Genre}
    perimetre = registre.widen(Perimetre.of(CONNAISSANCES))
    vu_le = dict.fromkeys(Genre, date(2026, 11, 20))
    return Importe(magasin, index, registre, perimetre, vu_le, dict.fromkeys(Genre, 1))


def ask(catalogue: Catalogue, genre: Genre = Genre.OFFRE, **autres: object) -> Resultats:
    demande = Demande(genre=genre, metier=METIER, commune=VILLE)
    return catalogue.search(replace(demande, **autres))  # type: ignore[arg-type]


def keys(resultats: Resultats) -> list[str]:
    return [t.fiche.cle for t in resultats.trouvailles]


def test_what_is_near_comes_with_its_distance_and_its_source(catalogue_of: Callable[..., Catalogue]) -> None:
    found = ask(catalogue_of(offre("a", lieu=at(12))))
    (one,) = found.trouvailles
    assert (found.total, found.rayon_km, found.elargi) == (1, 20, False)
    assert one.distance_km == pytest.approx(12, abs=0.05)
    assert one.source == "France Travail"


@pytest.mark.parametrize(("km", "rayon"), [(25, 40), (60, 80), (130, 150), (190, 200)])
def test_nothing_near_is_looked_for_farther_and_told(
    catalogue_of: Callable[..., Catalogue], km: float, rayon: int
) -> None:
    found = ask(catalogue_of(offre("a", lieu=at(km)), offre("b", lieu=at(199.5))))
    assert (found.rayon_km, found.elargi) == (rayon, True)
    assert "a" in keys(found)


def test_nothing_anywhere_says_how_far_one_looked(catalogue_of: Callable[..., Catalogue]) -> None:
    found = ask(catalogue_of(offre("a", lieu=place(COMMUNES.get("59350")))))
    assert (found.total, found.rayon_km, found.elargi) == (0, 200, True)


def test_a_departement_alone_is_shown_after_the_rest_without_a_distance(
    catalogue_of: Callable[..., Catalogue],
) -> None:
    vague = replace(FORMATION, cle="vague", siret=None, lieu=Lieu("Rhône (69)", departement="69"))
    found = ask(catalogue_of(vague, replace(FORMATION, lieu=at(19))), Genre.FORMATION)
    assert keys(found) == ["F1", "vague"]
    assert found.trouvailles[1].distance_km is None


def test_alone_it_is_not_looked_for_farther(catalogue_of: Callable[..., Catalogue]) -> None:
    vague = replace(FORMATION, lieu=Lieu("Rhône (69)", departement="69"))
    found = ask(catalogue_of(vague), Genre.FORMATION)
    assert (found.total, found.rayon_km, found.elargi) == (1, 20, False)


def test_the_nearer_and_the_newer_come_first(catalogue_of: Callable[..., Catalogue]) -> None:
    catalogue = catalogue_of(
        offre("loin", lieu=at(18)),
        offre("pres", lieu=at(1)),
        offre("vieux", lieu=at(1), mis_a_jour_le=date(2026, 6, 1)),
    )
    assert keys(ask(catalogue)) == ["pres", "vieux", "loin"]


def test_what_resembles_the_words_said_comes_first(
    catalogue_of: Callable[..., Catalogue], encodeur: EncodeurStatique
) -> None:
    catalogue = catalogue_of(
        offre("nuit", texte="Veille de nuit en maison de retraite."),
        offre("bebes", texte="Soins aux bébés en maternité, pouponnière."),
    )
    demande = Demande(genre=Genre.OFFRE, metier=METIER, commune=VILLE)
    for envie, first in (("travailler avec les bébés", "bebes"), ("la nuit en maison de retraite", "nuit")):
        assert keys(catalogue.search(demande, encodeur.encode([envie])[0]))[0] == first


def test_pages_cover_all_once_in_one_order(catalogue_of: Callable[..., Catalogue]) -> None:
    catalogue = catalogue_of(*(offre(f"{n:02d}", lieu=at(n / 2)) for n in range(23)))
    pages = [keys(ask(catalogue, page=n, limite=5)) for n in range(1, 7)]
    assert [len(p) for p in pages] == [5, 5, 5, 5, 3, 0]
    assert sorted(sum(pages, [])) == [f"{n:02d}" for n in range(23)]  # noqa: RUF017 - five short lists
    assert sum(pages, []) == keys(ask(catalogue, limite=100))  # noqa: RUF017


def test_filters_are_applied(catalogue_of: Callable[..., Catalogue]) -> None:
    catalogue = catalogue_of(offre("a"), offre("b", temps_plein=False, debutant=None))
    assert keys(ask(catalogue, filtres=Filtres(temps_plein=True, debutant=True))) == ["a"]


def test_without_a_commune_the_newest_of_the_country(catalogue_of: Callable[..., Catalogue]) -> None:
    catalogue = catalogue_of(
        offre("a", mis_a_jour_le=date(2026, 11, 1)), offre("b", lieu=place(COMMUNES.get("97411")))
    )
    found = ask(catalogue, commune=None)
    assert keys(found) == ["b", "a"]
    assert (found.rayon_km, found.trouvailles[0].distance_km) == (None, None)


def test_an_event_is_found_by_the_letter_it_names_the_soonest_first(
    catalogue_of: Callable[..., Catalogue],
) -> None:
    later = replace(EVENEMENT, cle="E2", debut=EVENEMENT.debut + timedelta(days=60), jusqu_au=None)  # type: ignore[operator]
    assert keys(ask(catalogue_of(later, EVENEMENT), Genre.EVENEMENT)) == ["E1", "E2"]


def test_a_number_that_has_ended_without_a_successor_is_told(
    catalogue_of: Callable[..., Catalogue],
) -> None:
    ended = replace(FORMATION, rncp="RNCP36004", codes=("RNCP36004",))
    found = ask(catalogue_of(ended), Genre.FORMATION, metier="accompagnant-educatif-et-social")
    diplome = found.trouvailles[0].diplome
    assert diplome
    assert (diplome.numero, diplome.en_vigueur, diplome.fin) == ("RNCP36004", False, date(2026, 9, 1))


def test_an_old_number_of_the_register_is_found_and_shown_as_what_replaced_it(
    encodeur: EncodeurStatique, tmp_path: Path
) -> None:
    old = Enregistrement("RNCP35830", "Aide-soignant", date(2025, 9, 1), False, ("RNCP40692",))
    new = Enregistrement("RNCP40692", "Aide-soignant", date(2030, 8, 31), True)
    with empty_magasin("sqlite", tmp_path) as magasin:
        fill(magasin, replace(FORMATION, rncp="RNCP35830", codes=("RNCP35830",)))
        with magasin.writing() as connexion:
            magasin.put_register(connexion, [old, new], 1)
        imported = _imported(magasin, encodeur, tmp_path)
        found = ask(_catalogue(encodeur, importe=lambda: imported), Genre.FORMATION)
    diplome = found.trouvailles[0].diplome
    assert diplome
    assert (diplome.numero, diplome.ancien, diplome.en_vigueur) == ("RNCP40692", "RNCP35830", True)


LIEUX = {
    "an arrondissement of Paris from the city": ("75056", "75114"),
    "the city from an arrondissement": ("75114", "75056"),
    "Lyon across the border of an arrondissement": ("69383", "69266"),
    "Marseille": ("13055", "13208"),
    "across the border of a département": ("01249", "69266"),
    "an island without a bridge from itself": ("29155", "29155"),
    "Corsica": ("2A004", "2A004"),
    "La Réunion": ("97411", "97415"),
}


@pytest.mark.parametrize(("here", "there"), LIEUX.values(), ids=LIEUX.keys())
def test_neighbours_find_each_other(catalogue_of: Callable[..., Catalogue], here: str, there: str) -> None:
    catalogue = catalogue_of(offre("a", lieu=place(COMMUNES.get(there))))
    found = ask(catalogue, commune=COMMUNES.get(here), rayon_km=40)
    assert keys(found) == ["a"]
    assert not found.elargi


def test_corsica_is_not_reached_from_nice_nor_guadeloupe_from_martinique(
    catalogue_of: Callable[..., Catalogue],
) -> None:
    catalogue = catalogue_of(
        offre("calvi", lieu=place(COMMUNES.get("2B050"))), offre("fort", lieu=place(COMMUNES.get("97209")))
    )
    for code in ("06088", "97105"):
        assert ask(catalogue, commune=COMMUNES.get(code)).total == 0


# --- distance ------------------------------------------------------------------------------------------

EVERY = st.sampled_from(list(COMMUNES))


@given(EVERY, EVERY, st.integers(1, 200))
@settings(max_examples=400)
def test_a_frame_holds_all_that_is_within_the_distance(here: Commune, there: Commune, rayon_km: int) -> None:
    sud, nord, ouest, est = frame(here, rayon_km)
    inside = sud <= there.latitude <= nord and ouest <= there.longitude <= est
    assert inside or distance_km(here, there) > rayon_km


@given(EVERY, st.lists(EVERY, min_size=1, max_size=8))
@settings(max_examples=200)
def test_distances_of_many_are_those_of_each(here: Commune, those: list[Commune]) -> None:
    columns = np.array([(0, c.latitude, c.longitude, 0, 0) for c in those], dtype=np.float64).T
    candidats = Candidats(columns[0].astype(np.int64), *columns[1:])
    one_by_one = [distance_km(here, c) for c in those]
    assert distances(here, candidats).tolist() == pytest.approx(one_by_one, abs=1e-6)


@given(st.lists(st.tuples(EVERY, st.booleans()), max_size=30), EVERY, st.integers(1, 200), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_pages_of_any_catalogue_hold_each_fiche_within_the_distance_once(
    drawn: Sequence[tuple[Commune, bool]], here: Commune, rayon_km: int, limite: int
) -> None:
    fiches = [offre(str(n), lieu=place(c), temps_plein=full) for n, (c, full) in enumerate(drawn)]
    catalogue = _catalogue(EncodeurRien(), demonstration=lambda: fiches)  # type: ignore[arg-type]
    asked = {"commune": here, "rayon_km": rayon_km, "limite": limite, "filtres": Filtres(temps_plein=True)}
    first = ask(catalogue, **asked)
    seen = [k for n in range(1, first.total // limite + 2) for k in keys(ask(catalogue, **asked, page=n))]
    assert len(seen) == len(set(seen)) == first.total
    assert first.rayon_km is not None
    assert first.elargi == (first.rayon_km > rayon_km)
    for found in first.trouvailles:
        assert found.distance_km is not None
        assert found.distance_km <= first.rayon_km


class EncodeurRien:
    """Knows no word: everything is as close as everything else."""

    dimension = 256
    version = "rien"
    mots: frozenset[str] = frozenset()

    def encode(self, textes: Sequence[str]) -> np.ndarray:  # type: ignore[type-arg]
        return np.zeros((len(textes), 256), dtype=np.float32)


# --- whom is asked -------------------------------------------------------------------------------------


class EnLigne:
    """A live source that gives what it is told to, or fails."""

    nom = "essai"
    libelle = "Essai"
    genres = frozenset({Genre.OFFRE})

    def __init__(self, fiches: Iterable[Fiche] | None) -> None:
        self.fiches = fiches
        self.asked: list[Autour] = []

    def read(self, fichier: Path) -> Iterator[Lu]:
        raise NotImplementedError

    def collect(self, client: Client) -> Iterator[Lu]:
        raise NotImplementedError

    def near(self, autour: Autour, client: Client) -> Sequence[Fiche]:  # noqa: ARG002
        self.asked.append(autour)
        if self.fiches is None:
            raise SourceEnPanne("En panne.")
        return [f for f in self.fiches if distance_km(autour.commune, f.lieu) <= autour.rayon_km]  # type: ignore[arg-type]


def live(source: EnLigne) -> Direct:
    return Direct([source], lambda _source: Client(hotes=frozenset()))


def test_a_live_source_is_asked_first(encodeur: EncodeurStatique) -> None:
    catalogue = _catalogue(encodeur, direct=live(EnLigne([offre("direct", source="essai")])))
    found = ask(catalogue)
    assert (found.origine, keys(found), found.vu_le) == (Origine.DIRECT, ["direct"], JOUR)
    assert found.trouvailles[0].source == "Essai"


def test_a_live_source_is_asked_farther_once(encodeur: EncodeurStatique) -> None:
    source = EnLigne([offre("loin", source="essai", lieu=at(70))])
    found = ask(_catalogue(encodeur, direct=live(source)))
    assert [a.rayon_km for a in source.asked] == [20, 100]
    assert (keys(found), found.rayon_km, found.elargi) == (["loin"], 80, True)


def test_a_live_source_whose_answers_do_not_pass_the_filters_is_asked_farther(
    encodeur: EncodeurStatique,
) -> None:
    source = EnLigne(
        [offre("ici", source="essai", temps_plein=False), offre("loin", source="essai", lieu=at(70))]
    )
    found = ask(_catalogue(encodeur, direct=live(source)), filtres=Filtres(temps_plein=True))
    assert (keys(found), found.rayon_km) == (["loin"], 80)


def test_nothing_live_says_how_far_it_was_asked(encodeur: EncodeurStatique) -> None:
    found = ask(_catalogue(encodeur, direct=live(EnLigne([]))))
    assert (found.origine, found.total, found.rayon_km) == (Origine.DIRECT, 0, 100)


def test_the_invented_entries_are_those_of_the_day(encodeur: EncodeurStatique) -> None:
    days = [JOUR]
    catalogue = Catalogue(
        CONNAISSANCES,
        encodeur,
        {},
        jour=lambda: days[-1],
        libelles=LIBELLES,
        demonstration=lambda: [offre("a", mis_a_jour_le=days[-1], jusqu_au=None)],
    )
    assert ask(catalogue).trouvailles[0].fiche.mis_a_jour_le == JOUR
    days.append(JOUR + timedelta(days=3))
    assert ask(catalogue).trouvailles[0].fiche.mis_a_jour_le == days[-1]


def test_the_state_says_where_each_genre_comes_from(encodeur: EncodeurStatique, tmp_path: Path) -> None:
    invented = _catalogue(encodeur, demonstration=lambda: [OFFRE])
    assert invented.state()[Genre.OFFRE] == Etat(Origine.DEMONSTRATION, 1, JOUR)
    with empty_magasin("sqlite", tmp_path) as magasin:
        imported = replace(_imported(magasin, encodeur, tmp_path), vu_le={Genre.FORMATION: JOUR})
        mixed = _catalogue(encodeur, importe=lambda: imported, direct=live(EnLigne([])))
    assert mixed.state() == {
        Genre.OFFRE: Etat(Origine.DIRECT, None, None),
        Genre.FORMATION: Etat(Origine.IMPORTE, 1, JOUR),
        Genre.EVENEMENT: Etat(Origine.INDISPONIBLE, 0, None),
    }


def test_a_live_source_that_fails_gives_way_to_what_was_imported(
    encodeur: EncodeurStatique, tmp_path: Path
) -> None:
    with empty_magasin("sqlite", tmp_path) as magasin:
        fill(magasin, OFFRE)
        imported = _imported(magasin, encodeur, tmp_path)
        found = ask(_catalogue(encodeur, importe=lambda: imported, direct=live(EnLigne(None))))
    assert (found.origine, keys(found)) == (Origine.IMPORTE, ["1"])
    assert found.avis == "Essai ne répond pas pour le moment."
    assert found.vu_le == date(2026, 11, 20)


def test_with_keys_nothing_invented_is_ever_shown(encodeur: EncodeurStatique) -> None:
    invented = replace(OFFRE, source=DEMONSTRATION)
    catalogue = _catalogue(encodeur, demonstration=lambda: [invented], direct=live(EnLigne(None)))
    for genre in Genre:
        found = ask(catalogue, genre)
        assert (found.origine, found.trouvailles) == (Origine.INDISPONIBLE, ())
        assert found.avis


def test_with_an_import_nothing_invented_is_ever_shown(encodeur: EncodeurStatique, tmp_path: Path) -> None:
    with empty_magasin("sqlite", tmp_path) as magasin:
        fill(magasin, OFFRE)
        imported = replace(_imported(magasin, encodeur, tmp_path), vu_le={Genre.OFFRE: JOUR})
        found = ask(
            _catalogue(encodeur, importe=lambda: imported, demonstration=lambda: [FORMATION]), Genre.FORMATION
        )
    assert (found.origine, found.total) == (Origine.INDISPONIBLE, 0)


def test_the_same_offre_from_two_live_sources_is_shown_once() -> None:
    double = replace(OFFRE, source="api_alternance", cle="lba")
    assert len(Liste([OFFRE, double])) == 2
    assert without_duplicates([double, OFFRE, offre("2")]) == [OFFRE, offre("2")]


def test_a_store_that_no_longer_answers_is_told_and_nothing_breaks(
    encodeur: EncodeurStatique, tmp_path: Path
) -> None:
    with empty_magasin("sqlite", tmp_path) as magasin:
        fill(magasin, OFFRE)
        imported = _imported(magasin, encodeur, tmp_path)
        catalogue = _catalogue(encodeur, importe=lambda: imported)
        assert ask(catalogue).total == 1
        with magasin.migrating() as connexion:
            connexion.exec_driver_sql("DROP TABLE repere")
        found = ask(catalogue)
    assert (found.origine, found.avis) == (Origine.INDISPONIBLE, "Le catalogue ne répond pas.")


def test_an_import_is_seen_by_a_service_that_runs(encodeur: EncodeurStatique, tmp_path: Path) -> None:
    reglages = Reglages(DATABASE_URL=address("sqlite", tmp_path), index=tmp_path / "index")  # type: ignore[call-arg]
    catalogue = open_catalogue(CONNAISSANCES, COMMUNES, encodeur, {}, reglages, jour=lambda: JOUR)
    assert ask(catalogue).origine is Origine.DEMONSTRATION
    with empty_magasin("sqlite", tmp_path) as magasin:
        fill(magasin, replace(OFFRE, source="essai"))
        for genre in Genre:
            lots = ([(n, a) for n, a, _ in lot] for lot in magasin.texts(genre, 3))
            IndexSurDisque.build(reglages.index, genre.value, encodeur, lots, commande="x", date="2026-11-22")
        tell_services(reglages)
        found = ask(catalogue)
        assert (found.origine, keys(found)) == (Origine.IMPORTE, ["1"])


@pytest.mark.parametrize("adresse", ["mysql://h/db", "postgresql://u:secret@127.0.0.1:1/db"])
def test_a_database_that_cannot_be_reached_is_logged_and_nothing_is_invented(
    adresse: str, encodeur: EncodeurStatique, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reglages = Reglages(DATABASE_URL=adresse, index=tmp_path)  # type: ignore[call-arg]
    catalogue = open_catalogue(CONNAISSANCES, COMMUNES, encodeur, {}, reglages, jour=lambda: JOUR)
    found = ask(catalogue)
    assert (found.origine, found.avis) == (
        Origine.INDISPONIBLE,
        "Le catalogue ne répond pas pour le moment.",
    )
    assert catalogue.state()[Genre.OFFRE].origine is Origine.INDISPONIBLE
    assert caplog.records
    assert "secret" not in caplog.text


def test_a_store_out_of_use_does_not_take_the_live_sources_away(encodeur: EncodeurStatique) -> None:
    def broken() -> Importe:
        raise CatalogueInutilisable("En panne.")

    catalogue = _catalogue(encodeur, importe=broken, direct=live(EnLigne([offre("a", source="essai")])))
    assert keys(ask(catalogue)) == ["a"]


def test_a_database_that_comes_back_is_used_again(encodeur: EncodeurStatique, tmp_path: Path) -> None:
    reglages = Reglages(DATABASE_URL=address("sqlite", tmp_path), index=tmp_path / "index")  # type: ignore[call-arg]
    (tmp_path / "catalogue.sqlite").write_bytes(b"broken" * 100)
    catalogue = open_catalogue(CONNAISSANCES, COMMUNES, encodeur, {}, reglages, jour=lambda: JOUR)
    assert ask(catalogue).origine is Origine.INDISPONIBLE
    (tmp_path / "catalogue.sqlite").unlink()
    with empty_magasin("sqlite", tmp_path) as magasin:
        fill(magasin, replace(OFFRE, source="essai"))
        assert keys(ask(catalogue)) == ["1"]


def test_around_a_large_city_the_nearest_thousands_are_compared_and_all_are_kept() -> None:
    nombre = COMPARES_MAX + 300
    columns = np.arange(nombre, dtype=np.float64)
    candidats = Candidats(columns.astype(np.int64), columns, columns, 0 * columns, np.nan * columns)
    compared: list[int] = []

    def closeness(fiches: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        compared.extend(fiches.tolist())
        return (fiches % 7 == 0).astype(np.float32)

    classes = rank(
        candidats, columns / nombre * 20, genre=Genre.OFFRE, rayon_km=20, jour=JOUR, proximite=closeness
    )
    assert compared == list(range(COMPARES_MAX))
    assert sorted(classes.fiches.tolist()) == list(range(nombre))
    assert classes.fiches[:3].tolist() == [0, 7, 14]
