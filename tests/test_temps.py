"""How long a training is accepted, and whether a job was done or is wished for, as sentences say it."""

from __future__ import annotations

import pytest

from service.profil import EtudesMax
from service.temps import is_past, training_limit


@pytest.mark.parametrize(
    ("texte", "limite"),
    [
        ("pas 6 ans d etudes", EtudesMax.TROIS_ANS),
        ("1 an d ecole ok", EtudesMax.UN_AN),
        ("une formation de trois ans", EtudesMax.TROIS_ANS),
        ("six mois de formation maximum", EtudesMax.SIX_MOIS),
        ("je veux pas trois ans d ecole", EtudesMax.UN_AN),
        ("cinq ans d etudes", EtudesMax.CINQ_ANS),
        ("14 ans de caisse", None),
        ("des enfants de 3 ans", None),
    ],
)
def test_a_length_of_training_is_read_and_nothing_else(texte: str, limite: EtudesMax | None) -> None:
    found = training_limit(texte)
    assert (found[0] if found else None) is limite


@pytest.mark.parametrize(
    ("texte", "mot", "passe"),
    [
        ("Caissière 14 ans chez un marchand", "Caissière", True),
        ("j'étais cuisinier à l'armée", "cuisinier", True),
        ("ancienne infirmière", "infirmière", True),
        ("je suis ambulancier depuis 2016", "ambulancier", True),
        ("je veux devenir infirmière", "infirmière", False),
        ("être ambulancier me plairait", "ambulancier", False),
        ("mon rêve : aide-soignante", "aide-soignante", False),
    ],
)
def test_a_job_done_is_not_a_job_wished_for(texte: str, mot: str, passe: bool) -> None:
    debut = texte.index(mot)
    assert is_past(texte, debut, debut + len(mot)) is passe
