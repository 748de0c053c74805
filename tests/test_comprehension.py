"""The learned reader as shipped: what it understands, where it read it, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.schema import Public
from models import comprehension
from models.comprehension import (
    CHAMP,
    DETRESSE,
    HORS_SUJET,
    METIER,
    SIGNAL,
    Comprehension,
    ComprehensionAbsente,
)
from models.manifest import Manifest, digest_files
from service.conseiller import Conseiller


@pytest.fixture(scope="module")
def lecteur() -> Comprehension:
    return Comprehension.load()


def test_every_metier_has_a_score(lecteur: Comprehension, conseiller: Conseiller) -> None:
    scores = lecteur.hear("je veux aider des personnes agees").scores(METIER)
    assert set(scores) == set(conseiller.connaissances.metiers)


def test_shares_of_the_words_add_up_to_the_score(lecteur: Comprehension) -> None:
    entendu = lecteur.hear("j adore les bebes, pas les ados.")
    place = entendu.cles[CHAMP + "publics.bebes+"]
    silence = entendu.valeurs[place] - entendu.parts[:, place].sum()
    other = lecteur.hear("le soir je fais la cuisine pour un foyer")
    assert silence == pytest.approx(other.valeurs[place] - other.parts[:, place].sum(), abs=1e-3)


def test_the_word_that_weighs_most_is_found(lecteur: Comprehension) -> None:
    texte = "j adore les bebes, pas les ados."
    start = texte.index("bebes")
    assert start <= lecteur.hear(texte).place(CHAMP + "publics.bebes+") < start + len("bebes")


def test_distress_weighs_more_in_a_call_for_help_than_in_the_job(lecteur: Comprehension) -> None:
    appel = lecteur.hear("je veux en finir, la vie ne sert plus a rien").score(DETRESSE + SIGNAL)
    metier = lecteur.hear("je veux accompagner des gens en fin de vie").score(DETRESSE + SIGNAL)
    assert appel > 0 > metier


def test_another_world_is_off_topic(lecteur: Comprehension) -> None:
    ailleurs = lecteur.hear("je veux reparer des moteurs d avion").score(HORS_SUJET + SIGNAL)
    chez_nous = lecteur.hear("je veux tenir la main des malades").score(HORS_SUJET + SIGNAL)
    assert ailleurs > chez_nous


@pytest.mark.parametrize("texte", ["", "a", "mot " * 2000])
def test_any_length_is_heard(lecteur: Comprehension, texte: str) -> None:
    assert np.isfinite(lecteur.hear(texte).valeurs).all()


@pytest.mark.parametrize(
    ("texte", "champ"),
    [
        ("j'adore les personnes âgées, surtout pas les bébés", "bebes"),
        ("j'aime les enfants, surtout pas les personnes âgées", "personnes_agees"),
        ("Les ados me plaisent, surtout pas avec des malades", "personnes_malades"),
    ],
)
def test_a_firm_refusal_stands_though_the_learned_reader_loses_it(
    texte: str, champ: str, conseiller: Conseiller
) -> None:
    assert conseiller.entendre(texte).lecture.profil.publics[Public(champ)] == -2


def test_the_same_text_gives_the_same_numbers(lecteur: Comprehension) -> None:
    first, second = (lecteur.hear("les petits du centre me reclament").valeurs for _ in range(2))
    assert np.array_equal(first, second)


def test_the_version_is_that_of_the_files() -> None:
    files = (comprehension.RESEAU, comprehension.MORCEAUX, comprehension.TETES)
    digest = digest_files(comprehension.ARTEFACT / nom for nom in files)
    assert Manifest.read(comprehension.ARTEFACT).version == digest


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ComprehensionAbsente, match="make train"):
        Comprehension.load(tmp_path)


def test_advice_is_given_without_the_transformer() -> None:
    conseiller = Conseiller.load(transformer=False)
    assert conseiller.entendre("je veux garder des bébés").avis.entendu is None
