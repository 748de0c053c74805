"""The invented catalogue: everywhere, for every métier, and never to be taken for real."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from knowledge.loading import Connaissances, load_knowledge
from service.catalogue.fiches import Evenement, Fiche, FormatInattendu, Formation, Genre, Offre
from service.catalogue.perimetre import Perimetre
from service.catalogue.sources.demonstration import Demonstration
from service.geographie import Communes, distance_km, load_communes, zone

JOUR = date(2026, 11, 22)
GENRES = {Genre.OFFRE: Offre, Genre.FORMATION: Formation, Genre.EVENEMENT: Evenement}


@pytest.fixture(scope="module")
def communes() -> Communes:
    return load_communes()


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


@pytest.fixture(scope="module")
def source(connaissances: Connaissances, communes: Communes) -> Demonstration:
    return Demonstration(Perimetre.of(connaissances), connaissances, communes, JOUR)


@pytest.fixture(scope="module")
def fiches(source: Demonstration) -> list[Fiche]:
    return list(source.entries())


def test_there_are_enough_entries_and_not_too_many_each_with_its_own_key(fiches: list[Fiche]) -> None:
    assert 1200 <= len(fiches) <= 1600
    assert len({fiche.cle for fiche in fiches}) == len(fiches)


@pytest.mark.parametrize("genre", Genre)
def test_every_metier_has_several_of_each_genre(
    fiches: list[Fiche], source: Demonstration, genre: Genre
) -> None:
    for slug, rome in source.perimetre.rome.items():
        found = [f for f in fiches if isinstance(f, GENRES[genre]) and f.cle.rpartition("-")[0] == slug]
        assert len(found) >= 3, slug
        assert all(f.codes[0] == rome[0] for f in found)


@pytest.mark.parametrize(
    "code",
    ["75056", "69123", "13055", "59350", "31555", "44109", "97411"],
    ids=["paris", "lyon", "marseille", "lille", "toulouse", "nantes", "saint-denis-974"],
)
def test_around_a_large_town_each_metier_has_offres_a_formation_and_an_evenement(
    fiches: list[Fiche], communes: Communes, source: Demonstration, code: str
) -> None:
    near = [f for f in fiches if distance_km(communes.get(f.lieu.commune or ""), communes.get(code)) <= 20]
    found = Counter((f.cle.rpartition("-")[0], type(f)) for f in near)
    for slug in source.perimetre.rome:
        assert found[slug, Offre] >= 2, slug
        assert found[slug, Formation] >= 1, slug
        assert found[slug, Evenement] >= 1, slug
    assert len({f.lieu.commune for f in near}) >= 4


@pytest.mark.parametrize("territoire", ["corse", "971", "972", "973", "974", "976"])
def test_in_corsica_and_overseas_each_metier_has_one_of_each(
    fiches: list[Fiche], source: Demonstration, territoire: str
) -> None:
    there = [f for f in fiches if zone(f.lieu.departement or "") == territoire]
    found = {(f.cle.rpartition("-")[0], type(f)) for f in there}
    assert found == {(slug, genre) for slug in source.perimetre.rome for genre in GENRES.values()}


def test_there_are_some_in_most_departements(fiches: list[Fiche]) -> None:
    assert len({f.lieu.departement for f in fiches}) >= 70


def test_each_entry_is_where_its_commune_is(fiches: list[Fiche], communes: Communes) -> None:
    for fiche in fiches:
        commune = communes.get(fiche.lieu.commune or "")
        assert (fiche.lieu.latitude, fiche.lieu.longitude) == (commune.latitude, commune.longitude)
        assert fiche.lieu.libelle == commune.libelle


def test_nothing_in_an_entry_can_be_taken_for_real(fiches: list[Fiche]) -> None:
    for fiche in fiches:
        assert fiche.source == "demonstration"
        assert fiche.titre.startswith("Exemple d")
        assert "inventé" in fiche.texte
        assert fiche.url == "/a-propos#demonstration"
        match fiche:
            case Offre():
                assert re.fullmatch(r"Employeur inventé n° \d+", fiche.employeur or "")
                assert fiche.salaire is None
                assert fiche.reference is None
            case Formation():
                assert re.fullmatch(r"Organisme inventé n° \d+", fiche.organisme or "")
                assert fiche.cout is None
                assert fiche.siret is None


def test_titles_say_the_feminine_and_the_masculine_in_full_words(fiches: list[Fiche]) -> None:
    titres = {fiche.titre for fiche in fiches}
    assert "Exemple d'offre : aide-soignante ou aide-soignant" in titres
    assert "Exemple de formation : sage-femme" in titres
    assert not [t for t in titres if re.search(r"[·()/]", t)]


def test_a_formation_leads_to_a_diploma_of_its_metier(
    fiches: list[Fiche], connaissances: Connaissances
) -> None:
    diplomes = {c.rncp.numero: c.titre for c in connaissances.certifications.values() if c.rncp}
    formations = [f for f in fiches if isinstance(f, Formation)]
    assert sum(f.rncp is not None for f in formations) > len(formations) / 2
    for formation in formations:
        if formation.rncp:
            assert formation.codes[1:] == (formation.rncp,)
            assert formation.certification == diplomes[formation.rncp]


def test_offres_differ_in_all_that_one_may_filter(fiches: list[Fiche]) -> None:
    offres = [f for f in fiches if isinstance(f, Offre)]
    assert len({o.contrat for o in offres}) >= 5
    for champ in ("temps_plein", "debutant", "handicap", "alternance"):
        assert len({getattr(o, champ) for o in offres}) == 2, champ
    assert {len(f.sessions) for f in fiches if isinstance(f, Formation)} == {1, 2, 3}
    assert len({f.type for f in fiches if isinstance(f, Evenement)}) == 4


def test_dates_surround_the_day_asked_for(fiches: list[Fiche]) -> None:
    for fiche in fiches:
        assert fiche.publie_le is not None
        assert fiche.mis_a_jour_le is not None
        assert fiche.jusqu_au is not None
        assert fiche.publie_le <= fiche.mis_a_jour_le <= JOUR < fiche.jusqu_au
        match fiche:
            case Evenement():
                assert fiche.debut is not None
                assert fiche.fin is not None
                assert fiche.debut.date() == fiche.jusqu_au == fiche.fin.date()
            case Formation():
                debuts = [s.debut for s in fiche.sessions if s.debut]
                assert debuts == sorted(debuts)
                assert fiche.jusqu_au == fiche.sessions[-1].fin


def test_the_same_day_gives_the_same_entries(source: Demonstration, fiches: list[Fiche]) -> None:
    assert list(source.entries()) == fiches


def test_another_day_moves_the_dates_and_nothing_else(source: Demonstration, fiches: list[Fiche]) -> None:
    later = Demonstration(
        source.perimetre, source.connaissances, source.communes, JOUR + timedelta(days=40)
    ).entries()
    for before, after in zip(fiches, later, strict=True):
        assert (before.cle, before.titre, before.lieu) == (after.cle, after.titre, after.lieu)
        assert before.jusqu_au is not None
        assert after.jusqu_au == before.jusqu_au + timedelta(days=40)


def test_a_file_is_refused_rather_than_ignored(source: Demonstration) -> None:
    with pytest.raises(FormatInattendu, match="démonstration"):
        source.read(Path("offres.json"))
