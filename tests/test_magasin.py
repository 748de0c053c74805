"""The store, on SQLite and on PostgreSQL: what is put comes back, what is looked for is found, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from service.catalogue.fiches import Contrat, Enregistrement, Fiche, Genre, Lieu
from service.catalogue.magasin import Magasin
from service.catalogue.migrations import alembic_config, migrate
from service.catalogue.recherche import CatalogueInutilisable, Filtres
from service.catalogue.tables import VERSION, Base
from service.geographie import Commune, Communes, load_communes
from tests.bases import (
    BASES,
    EVENEMENT,
    FORMATION,
    JOUR,
    LYON,
    OFFRE,
    VILLEURBANNE,
    address,
    empty_magasin,
    fill,
    offre,
)  # fmt: skip

TOUT = Filtres()


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


@pytest.fixture(scope="module")
def lyon(communes: Communes) -> Commune:
    return communes.get("69123")


@pytest.fixture(params=BASES)
def magasin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Magasin]:
    with empty_magasin(request.param, tmp_path) as magasin:
        yield magasin


def found(
    magasin: Magasin, commune: Commune, *codes: str, genre: Genre = Genre.OFFRE, filtres: Filtres = TOUT
) -> list[str]:
    """Keys of what is within 20 km."""
    candidats = magasin.around(genre, codes or ("J1501",), commune, 20, filtres, JOUR)
    return sorted(f.cle for f in magasin.fetch(genre, candidats.fiches.tolist()).values())


@pytest.mark.parametrize("fiche", [OFFRE, FORMATION, EVENEMENT], ids=["offre", "formation", "evenement"])
def test_what_is_put_comes_back_the_same(magasin: Magasin, fiche: Fiche) -> None:
    fill(magasin, fiche)
    genre = Genre(type(fiche).__name__.lower())
    assert list(magasin.fetch(genre, [1]).values()) == [fiche]


def test_the_same_key_replaces_what_was_there(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, OFFRE, offre("2"))
    fill(magasin, replace(OFFRE, titre="Nouveau titre", codes=("J1506",)))
    assert found(magasin, lyon) == ["2"]
    assert found(magasin, lyon, "J1506") == ["1"]
    assert {f.titre for f in magasin.fetch(Genre.OFFRE, [1, 2]).values()} == {"Nouveau titre", OFFRE.titre}


def test_sessions_are_replaced_with_their_formation(magasin: Magasin) -> None:
    fill(magasin, FORMATION)
    fill(magasin, replace(FORMATION, sessions=FORMATION.sessions[:1]))
    (formation,) = magasin.fetch(Genre.FORMATION, [1]).values()
    assert formation.sessions == FORMATION.sessions[:1]  # type: ignore[union-attr]


def test_of_twice_the_same_key_in_one_batch_the_last_counts(magasin: Magasin) -> None:
    fill(magasin, OFFRE, replace(OFFRE, titre="Le dernier"))
    assert [f.titre for f in magasin.fetch(Genre.OFFRE, [1, 2]).values()] == ["Le dernier"]


def test_a_fiche_of_two_codes_is_found_once(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, replace(OFFRE, codes=("J1501", "J1506")))
    assert found(magasin, lyon, "J1501", "J1506") == ["1"]


def test_another_genre_or_code_or_zone_is_not_found(
    magasin: Magasin, lyon: Commune, communes: Communes
) -> None:
    fill(magasin, OFFRE, EVENEMENT)
    assert found(magasin, lyon, "J1501", genre=Genre.EVENEMENT) == []
    assert found(magasin, lyon, "K1302") == []
    assert found(magasin, communes.get("97411")) == []


def test_nothing_crosses_the_sea(magasin: Magasin, communes: Communes) -> None:
    guadeloupe, martinique = communes.get("97105"), communes.get("97209")
    there = Lieu("x", "97209", "972", martinique.latitude, martinique.longitude)
    fill(magasin, replace(OFFRE, lieu=there))
    near = magasin.around(Genre.OFFRE, ["J1501"], guadeloupe, 200, Filtres(), JOUR)
    assert len(near) == 0
    assert len(magasin.around(Genre.OFFRE, ["J1501"], martinique, 1, Filtres(), JOUR)) == 1


def test_what_has_ended_is_not_found(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, offre("hier", jusqu_au=date(2026, 11, 21)), offre("ce-jour", jusqu_au=JOUR))
    assert found(magasin, lyon) == ["ce-jour"]


def test_a_departement_alone_is_found_from_that_departement(magasin: Magasin, communes: Communes) -> None:
    fill(magasin, replace(FORMATION, lieu=Lieu("Rhône (69)", departement="69")))
    assert found(magasin, communes.get("69123"), "RNCP40692", genre=Genre.FORMATION) == ["F1"]
    assert found(magasin, communes.get("01004"), "RNCP40692", genre=Genre.FORMATION) == []


def test_what_is_given_at_a_distance_is_found_everywhere(magasin: Magasin, communes: Communes) -> None:
    fill(magasin, replace(FORMATION, lieu=Lieu("À distance"), a_distance=True))
    for code in ("69123", "97411", "2A004"):
        near = magasin.around(Genre.FORMATION, ["RNCP40692"], communes.get(code), 5, Filtres(), JOUR)
        assert len(near) == 1
        assert near.latitudes.tolist() != near.latitudes.tolist()  # NaN: no distance can be told


FILTERED = {
    "a contract": (Filtres(contrats=frozenset({Contrat.CDD, Contrat.INTERIM})), ["cdd"]),
    "full time": (Filtres(temps_plein=True), ["cdd", "complet"]),
    "beginners": (Filtres(debutant=True), ["debutant"]),
    "disabled people": (Filtres(handicap=True), ["handicap"]),
    "alternance": (Filtres(alternance=True), ["apprenti"]),
    "two at once": (Filtres(temps_plein=True, contrats=frozenset({Contrat.CDD})), ["cdd"]),
    "from a day on": (
        Filtres(a_partir_du=date(2027, 1, 1)),
        ["cdd", "complet", "debutant", "handicap"],
    ),
}


@pytest.mark.parametrize(("filtres", "expected"), FILTERED.values(), ids=FILTERED.keys())
def test_a_filter_keeps_what_the_source_says_and_nothing_it_leaves_out(
    magasin: Magasin, lyon: Commune, filtres: Filtres, expected: list[str]
) -> None:
    silent = {"contrat": None, "temps_plein": None, "debutant": None, "handicap": None}
    fill(
        magasin,
        offre("cdd", **silent | {"contrat": Contrat.CDD, "temps_plein": True}),
        offre("complet", **silent | {"temps_plein": True}),
        offre("debutant", **silent | {"debutant": True, "temps_plein": False}),
        offre("handicap", **silent | {"handicap": True, "debut": date(2027, 2, 1)}),
        offre("apprenti", **silent | {"contrat": Contrat.APPRENTISSAGE, "debut": date(2026, 12, 1)}),
    )
    assert found(magasin, lyon, filtres=filtres) == sorted(expected)


def test_without_a_place_the_newest_come_first_page_by_page(magasin: Magasin) -> None:
    days = [date(2026, 11, d) for d in (3, 9, 5, 7, 1)]
    fill(magasin, *(offre(f"{d:%d}", mis_a_jour_le=d) for d in days))
    pages = []
    for debut in (0, 2, 4):
        ids, total = magasin.newest(Genre.OFFRE, ["J1501"], Filtres(), JOUR, debut=debut, limite=2)
        assert total == 5
        pages += [f.cle for f in magasin.fetch(Genre.OFFRE, ids).values()]
    assert pages == ["09", "07", "05", "03", "01"]


PASSED_ON = replace(OFFRE, source="api_alternance", cle="lba", titre="Autre titre", reference="1")
TWIN = replace(OFFRE, source="api_alternance", cle="lba", reference=None)


@pytest.mark.parametrize("double", [PASSED_ON, TWIN], ids=["by-reference", "by-content"])
def test_the_same_offre_at_two_sources_is_found_once(magasin: Magasin, lyon: Commune, double: Fiche) -> None:
    fill(magasin, double, OFFRE)
    assert found(magasin, lyon) == ["1"]


def test_a_duplicate_is_found_again_when_the_first_has_gone(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, TWIN, OFFRE)
    with magasin.writing() as connexion:
        magasin.remove(
            connexion, Genre.OFFRE, [i for i, f in magasin.fetch(Genre.OFFRE, [1, 2]).items() if f == OFFRE]
        )
        magasin.mark_duplicates(connexion)
    assert found(magasin, lyon) == ["lba"]


def test_two_posts_alike_at_one_source_are_two_posts(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, OFFRE, offre("2"))
    assert found(magasin, lyon) == ["1", "2"]


def test_the_same_formation_in_two_places_is_two(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, FORMATION, replace(FORMATION, source="parcoursup", cle="P1", lieu=LYON))
    assert found(magasin, lyon, "RNCP40692", genre=Genre.FORMATION) == ["F1", "P1"]


def test_an_absurd_value_of_a_feed_costs_itself_alone(magasin: Magasin, lyon: Commune) -> None:
    absurd = replace(
        FORMATION, cle="absurde", cout=10**12, heures=-(10**12), organisme="O" * 5000, titre="a\0b\ud800c"
    )
    fill(magasin, FORMATION, absurd)
    assert found(magasin, lyon, "RNCP40692", genre=Genre.FORMATION) == ["F1", "absurde"]
    kept = next(f for f in magasin.fetch(Genre.FORMATION, [1, 2]).values() if f.cle == "absurde")
    assert (kept.cout, kept.heures, kept.titre) == (None, None, "abc")  # type: ignore[union-attr]


def test_text_from_outside_is_only_text(magasin: Magasin, lyon: Commune) -> None:
    hostile = "'; DROP TABLE offre; --"
    fill(magasin, offre(hostile, titre=hostile))
    assert found(magasin, lyon) == [hostile]
    assert found(magasin, lyon, hostile) == []


def test_a_cut_transaction_leaves_nothing(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, OFFRE)
    with pytest.raises(ZeroDivisionError), magasin.writing() as connexion:
        print(magasin.put(connexion, [offre("2")], 1) or 1 / 0)
    assert found(magasin, lyon) == ["1"]


def test_the_register_comes_back(magasin: Magasin) -> None:
    one = Enregistrement("RNCP36004", "DEAES", date(2026, 9, 1), False, ("RNCP50000",))
    fill(magasin)
    with magasin.writing() as connexion:
        magasin.put_register(connexion, [one], 1)
        magasin.put_register(connexion, [replace(one, actif=True)], 1)
    assert magasin.register() == [replace(one, actif=True)]


def test_the_migrations_make_the_tables_that_are_declared(magasin: Magasin) -> None:
    with magasin.migrating() as connexion:
        differences = compare_metadata(MigrationContext.configure(connexion), Base.metadata)
        head = ScriptDirectory.from_config(alembic_config(connexion)).get_current_head()
    assert differences == []
    assert head == VERSION


def test_migrating_again_loses_nothing(magasin: Magasin, lyon: Commune) -> None:
    fill(magasin, OFFRE)
    with magasin.migrating() as connexion:
        migrate(connexion)
    magasin.check()
    assert found(magasin, lyon) == ["1"]


def test_a_catalogue_of_another_version_is_refused_with_the_command(magasin: Magasin) -> None:
    with magasin.migrating() as connexion:
        connexion.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogueInutilisable, match=r"python -m service\.catalogue migrer"):
        magasin.check()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with empty_magasin("sqlite", tmp_path) as magasin, magasin._reading() as connexion:  # noqa: SIM117
        with pytest.raises(Exception, match="readonly"):
            connexion.execute(text("DELETE FROM offre"))


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all" * 100, None], ids=["empty", "rubbish", "absent"]
)
def test_a_file_that_is_no_catalogue_is_told_in_french(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "catalogue.sqlite").write_bytes(content)
    with pytest.raises(CatalogueInutilisable, match=r"catalogue"):
        Magasin(address("sqlite", tmp_path)).check()


def test_the_address_a_host_gives_is_understood() -> None:
    assert Magasin("postgres://u:p@h/db").adresse == "postgresql+psycopg://u:p@h/db"


@pytest.mark.parametrize("adresse", ["mysql://u:p@h/db", "catalogue.sqlite", "", "postgresql+asyncpg://h/db"])
def test_another_kind_of_address_is_refused_without_being_repeated(adresse: str) -> None:
    with pytest.raises(CatalogueInutilisable, match="sqlite:///") as refus:
        Magasin(adresse)
    assert not adresse or adresse not in str(refus.value)


def test_a_server_that_does_not_answer_is_told_in_french() -> None:
    magasin = Magasin("postgresql://u:secret@127.0.0.1:1/db")
    for asked in (magasin.check, lambda: magasin.migrating().__enter__()):
        with pytest.raises(CatalogueInutilisable, match="ne répond pas") as refus:
            asked()
        assert "secret" not in str(refus.value)


def test_places_of_the_same_latitude_are_told_apart(magasin: Magasin, lyon: Commune) -> None:
    far = Lieu("x", "33063", "33", LYON.latitude, -0.58)
    fill(magasin, offre("ici", lieu=VILLEURBANNE), offre("loin", lieu=far))
    assert found(magasin, lyon) == ["ici"]
