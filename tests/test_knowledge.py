"""The content of knowledge/: each file by itself, the files together, and what a wrong file says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from knowledge import check
from knowledge.loading import RACINE, FicheInvalide, load_knowledge, read_as
from knowledge.schema import Certification, Diplome, Metier, Titre, Voix

METIERS = sorted((RACINE / "metiers").glob("*.yaml"))
CERTIFICATIONS = sorted((RACINE / "certifications").glob("*.yaml"))

# Names and codes, searched or linked but not read as prose.
NOT_PROSE = {
    "autres_noms", "paroles", "signes", "rome", "sources", "source", "slug", "cle", "sigle",
    "glossaire", "requiert", "certifications", "en_savoir_plus", "rome_version", "riasec",
}  # fmt: skip
MOTS_MAX = 30
MOTS_FACILES_MAX = 10
ONE_SENTENCE = re.compile(r"[A-ZÀÉ][^.!?:;]+\.")
AUJOURDHUI = date(2026, 11, 21)
PROMISES = re.compile(
    r"faite?s? pour (vous|toi)|vous êtes faite?|tu es faite? pour|garanti|idéal pour",
    re.IGNORECASE,
)
TYPOGRAPHIC_GENDER = re.compile(r"[·•‧]|\w\((e|ne|se|trice|ère)s?\)|\w[-.]e[-.]s\b", re.IGNORECASE)
SAID_TO_VOUS = re.compile(r"(?<!rendez-)\b(vous|votre|vos)\b", re.IGNORECASE)
SAID_TO_TU = re.compile(r"\b(tu|te|toi|ton|ta|tes)\b|\bt'", re.IGNORECASE)
# Everyone writes these without knowing what the letters stand for.
KNOWN_ACRONYMS = {"CAP", "BTS", "BUT", "BEP", "RNCP"}

metier_files = pytest.mark.parametrize("chemin", METIERS, ids=lambda c: c.stem)
certification_files = pytest.mark.parametrize("chemin", CERTIFICATIONS, ids=lambda c: c.stem)
shown_files = pytest.mark.parametrize(
    ("chemin", "forme"),
    [(c, Metier) for c in METIERS] + [(c, Certification) for c in CERTIFICATIONS],
    ids=lambda v: v.stem if isinstance(v, Path) else "",
)


def test_the_contract_has_26_metiers_and_37_certifications() -> None:
    assert (len(METIERS), len(CERTIFICATIONS)) == (26, 37)


@metier_files
def test_a_metier_file_is_named_after_its_slug(chemin: Path) -> None:
    assert read_as(chemin, Metier).slug == chemin.stem


@certification_files
def test_a_certification_file_is_named_after_its_key(chemin: Path) -> None:
    assert read_as(chemin, Certification).cle == chemin.stem


@metier_files
def test_nobody_is_offered_less_than_the_smic(chemin: Path) -> None:
    assert read_as(chemin, Metier).salaire.bas >= check.SMIC_MENSUEL


@metier_files
def test_an_acronym_of_the_resume_is_in_the_glossaire(chemin: Path) -> None:
    metier = read_as(chemin, Metier)
    acronyms = set(re.findall(r"\b[A-Z]{2,}\b", metier.resume)) - KNOWN_ACRONYMS
    assert acronyms <= {s.sigle for s in metier.glossaire}


@metier_files
def test_a_metier_is_for_someone_and_somewhere(chemin: Path) -> None:
    intensites = read_as(chemin, Metier).intensites
    for axe in (intensites.publics, intensites.activites, intensites.cadres):
        assert max(i.note for i in axe.values()) >= 3


@metier_files
def test_each_parole_is_said_once(chemin: Path) -> None:
    paroles = [check.plain(p) for p in read_as(chemin, Metier).paroles]
    assert len(paroles) == len(set(paroles))


@metier_files
def test_easy_reading_has_one_short_sentence_a_line(chemin: Path) -> None:
    phrases = [p for _, partie in read_as(chemin, Metier).facile for p in partie]
    wrong = [p for p in phrases if len(p.split()) > MOTS_FACILES_MAX or not ONE_SENTENCE.fullmatch(p)]
    assert not wrong


@metier_files
def test_easy_reading_has_no_acronym(chemin: Path) -> None:
    phrases = [p for _, partie in read_as(chemin, Metier).facile for p in partie]
    assert not [p for p in phrases if re.search(r"[A-Z]{2,}", p)]


@pytest.mark.parametrize(
    ("feminin", "masculin", "attendu"),
    [
        ("Aide-soignante", "Aide-soignant", "d'aide-soignante ou d'aide-soignant"),
        ("Éducatrice", "Éducateur", "d'éducatrice ou d'éducateur"),
        ("Infirmière", "Infirmier", "d'infirmière ou d'infirmier"),
        ("Monitrice", "Moniteur", "de monitrice ou de moniteur"),
        ("Sage-femme", "Sage-femme", "de sage-femme"),
    ],
)
def test_a_title_follows_de_in_both_genders(feminin: str, masculin: str, attendu: str) -> None:
    assert Titre(feminin=feminin, masculin=masculin).apres_de == attendu


@shown_files
def test_sentences_shown_are_short(chemin: Path, forme: type[BaseModel]) -> None:
    long = [
        sentence
        for texte in shown(read_as(chemin, forme))
        for sentence in re.split(r"(?<=[.!?])\s+", texte)
        if len(sentence.split()) > MOTS_MAX
    ]
    assert not long


@shown_files
def test_nothing_is_promised(chemin: Path, forme: type[BaseModel]) -> None:
    assert not [t for t in shown(read_as(chemin, forme)) if PROMISES.search(t)]


@shown_files
def test_both_genders_are_written_in_full_words(chemin: Path, forme: type[BaseModel]) -> None:
    assert not [t for t in shown(read_as(chemin, forme)) if TYPOGRAPHIC_GENDER.search(t)]


@shown_files
def test_tu_and_vous_are_not_mixed(chemin: Path, forme: type[BaseModel]) -> None:
    for voix in voices(read_as(chemin, forme)):
        assert not SAID_TO_VOUS.search(voix.tu), voix.tu
        assert not SAID_TO_TU.search(voix.vous), voix.vous


@certification_files
def test_an_ended_registration_is_replaced_or_explained(chemin: Path) -> None:
    certification = read_as(chemin, Certification)
    rncp = certification.rncp
    if rncp and rncp.fin and rncp.fin < AUJOURDHUI:
        assert rncp.successeur or certification.remarque


@pytest.mark.parametrize(
    ("ecrit", "cle"),
    [
        ("diplome aide soignant", "DEAS"),
        ("CAP_AEPE", "CAPAEPE"),
        ("cap petite enfance", "CAPPE"),
        ("TP ADVF", "ADVF"),
        ("bts e.s.f.", "BTSESF"),
        ("Bac Pro ASSP", "BACASSP"),
        ("BAC_ST2S", "BACST2S"),
        ("educ spe", "DEES"),
        ("BAFA", "BAFA"),
        ("psc 1", "PSC1"),
        ("bac +3", "LICENCE"),
    ],
)
def test_a_diploma_is_known_as_people_write_it(ecrit: str, cle: str) -> None:
    assert written_names()[check.plain(ecrit)] == cle


@pytest.mark.parametrize(
    ("ancien", "actuel"),
    [("DEAVS", "DEAES"), ("DEAMP", "DEAES"), ("MCAD", "CSAD"), ("CAPPE", "CAPAEPE")],
)
def test_holders_of_an_older_diploma_hold_the_current_one(ancien: str, actuel: str) -> None:
    diplomes = {d.cle: d for d in read_as(RACINE / "diplomes.yaml", list[Diplome])}
    assert diplomes[ancien].equivaut == actuel


def test_the_files_agree_with_each_other() -> None:
    assert list(check.contradictions(load_knowledge())) == []


@pytest.mark.parametrize(
    ("fichier", "avant", "apres", "attendu"),
    [
        ("metiers/aide-soignant.yaml", "famille: sante", "famille: santee", "famille"),
        ("metiers/aide-soignant.yaml", "famille: sante", "famile: sante", "famil"),
        ("metiers/aide-soignant.yaml", "slug: aide-soignant", "slug: aide", "slug"),
        ("metiers/aide-soignant.yaml", "feminin: Aide-soignante", "feminin: ''", "titre.feminin"),
        ("metiers/aide-soignant.yaml", "    bebes:", "    # bebes:", "bebes"),
        ("metiers/aide-soignant.yaml", "{bas: 1867", "{bas: 9867", "salaire"),
        ("metiers/aide-soignant.yaml", "source: csp}", "source: ailleurs}", "ailleurs"),
        ("metiers/aide-soignant.yaml", "[DEAS, BACASSP]", "[DEAS, INCONNU]", "INCONNU"),
        ("metiers/aide-soignant.yaml", "vers: infirmier", "vers: infirmiere", "infirmiere"),
        ("certifications/DECESF.yaml", "requiert: [BTSESF", "requiert: [BTSX", "BTSX"),
        ("certifications/DEAS.yaml", "numero: RNCP40692", "numero: '40692'", "rncp.numero"),
        ("certifications/DEAS.yaml", "niveau: 4", "niveau: [4", "DEAS.yaml"),
        ("diplomes.yaml", "equivaut: CSAD", "equivaut: MCAD", "MCAD"),
        (
            "certifications/DEES.yaml",
            "calendrier: parcoursup",
            "calendrier: afelnet",
            "calendrier : « afelnet »",
        ),
        ("passerelles/bac.yaml", "vers: DEA", "vers: DEX", "vers : « DEX »"),
        ("passerelles/aide-menager.yaml", "vers: EF", "vers: aide-soignant", "vers : « aide-soignant »"),
        ("passerelles/DEAES.yaml", "vers: accompagnant-eleves-handicap", "vers: DEES", "vers : « DEES »"),
        ("passerelles/DEAS.yaml", "vers: DEAP", "vers: DEAS", "aussi l'origine"),
        ("passerelles/DEAS.yaml", "vers: DEASS", "vers: DEES", "2 fois"),
        ("passerelles/DEAS.yaml", "effet: admission", "effet: avancee", "mois"),
        ("passerelles/DEAS.yaml", "effet: admission", "effet: admission\n    annees: 2", "annees"),
        ("passerelles/travail.yaml", "source: arrete_2009", "source: ailleurs", "ailleurs"),
    ],
)
def test_a_wrong_file_says_which_file_and_which_field(
    copie: Path, fichier: str, avant: str, apres: str, attendu: str
) -> None:
    replace(copie / fichier, avant, apres)
    with pytest.raises(FicheInvalide) as erreur:
        load_knowledge(copie)
    assert fichier.split("/")[-1] in str(erreur.value)
    assert attendu in str(erreur.value)


def test_check_refuses_an_unusable_file(copie: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(copie / "certifications/DEAS.yaml", "mois: 11", "mois: onze")
    assert check.main(["--racine", str(copie)]) == 1
    assert "certifications/DEAS.yaml : mois" in capsys.readouterr().err


def test_check_refuses_a_salary_below_the_smic(copie: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(copie / "metiers/aide-soignant.yaml", "{bas: 1867", "{bas: 1802")
    assert check.main(["--racine", str(copie), "--aujourdhui", str(AUJOURDHUI)]) == 1
    assert "metiers/aide-soignant : salaire.bas : 1802" in capsys.readouterr().out


def test_a_passerelle_from_nowhere_says_which_file(copie: Path) -> None:
    texte = (copie / "passerelles/bac.yaml").read_text(encoding="utf-8")
    (copie / "passerelles/DEUST.yaml").write_text(texte.replace("origine: bac", "origine: DEUST"), "utf-8")
    with pytest.raises(FicheInvalide, match=r"passerelles/DEUST\.yaml : origine"):
        load_knowledge(copie)


def test_check_refuses_the_validation_of_a_diploma_closed_to_it(copie: Path) -> None:
    replace(copie / "passerelles/aide-menager.yaml", "vers: EF", "vers: DEI")
    assert [e for e in check.contradictions(load_knowledge(copie)) if "vers DEI par la VAE" in e]


def test_check_lists_what_is_ended_old_or_unsure(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--aujourdhui", str(AUJOURDHUI)]) == 0
    ended, old, unsure, to_confirm = sections(capsys.readouterr().out)[1:5]
    assert "certifications/DEAES : RNCP36004, terminé le 01/09/2026" in ended
    assert "DEES" not in ended, "a replaced number is followed, not listed"
    assert "état du 31 janvier 2025" in old
    assert "ROME 4.0" not in old
    assert "passerelles/DEME : passerelles." in unsure
    assert "passerelles/aide-soignant vers DEI (avancee)" in to_confirm
    assert "passerelles/agent-de-service-hospitalier" not in to_confirm
    assert "calendriers/parcoursup, répondre aux propositions" in to_confirm


def test_a_year_later_every_source_is_to_be_read_again(capsys: pytest.CaptureFixture[str]) -> None:
    check.main(["--aujourdhui", "2027-12-01"])
    assert "ROME 4.0" in sections(capsys.readouterr().out)[2]


@pytest.fixture
def copie(tmp_path: Path) -> Path:
    racine = tmp_path / "knowledge"
    shutil.copytree(RACINE, racine, ignore=shutil.ignore_patterns("*.py", "*.csv", "__pycache__"))
    return racine


def replace(chemin: Path, avant: str, apres: str) -> None:
    texte = chemin.read_text(encoding="utf-8")
    assert avant in texte, f"{avant!r} n'est plus dans {chemin.name}"
    chemin.write_text(texte.replace(avant, apres, 1), encoding="utf-8")


def written_names() -> dict[str, str]:
    certifications = [read_as(chemin, Certification) for chemin in CERTIFICATIONS]
    diplomes = read_as(RACINE / "diplomes.yaml", list[Diplome])
    return {
        check.plain(nom): d.cle
        for d in (*certifications, *diplomes)
        for nom in (d.cle, d.titre, *d.autres_noms)
    }


def sections(sortie: str) -> list[str]:
    return sortie.split("\n\n")


def shown(valeur: object) -> Iterator[str]:
    """The prose of a file, as a person may read it."""
    yield from walk(valeur, lambda v: isinstance(v, str) and not isinstance(v, Enum))


def voices(valeur: object) -> Iterator[Voix]:
    yield from walk(valeur, lambda v: isinstance(v, Voix))


def walk(valeur: object, wanted: Callable[[object], bool]) -> Iterator[Any]:
    if wanted(valeur):
        yield valeur
    elif isinstance(valeur, BaseModel):
        for nom, contenu in valeur:
            if nom not in NOT_PROSE:
                yield from walk(contenu, wanted)
    elif isinstance(valeur, dict):
        for contenu in valeur.values():
            yield from walk(contenu, wanted)
    elif isinstance(valeur, list):
        for contenu in valeur:
            yield from walk(contenu, wanted)
