"""Free text, read into the fields of a Profil: `lecture_cases.yaml` holds the sentences and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.loading import RACINE, load_knowledge, read_as, read_yaml
from knowledge.schema import Lexique
from models.encoder import EncodeurStatique
from service.francais import split_words
from service.lecture import Lecteur
from service.neutralisation import Neutraliseur
from service.reperage import Reperage

# Any: each case is a text with « lu » or « pas_lu », as the head of the file says.
CAS: list[dict[str, Any]] = read_yaml(RACINE.parent / "tests" / "lecture_cases.yaml")
CAS_SILENCIEUX = [cas for cas in CAS if "pas_lu" in cas]


def sentence(cas: dict[str, Any]) -> str:
    return str(cas["texte"])[:60] or "texte vide"


class Liseuse:
    """Masks, then reads, in the order the Conseiller does."""

    def __init__(self) -> None:
        self.lecteur = Lecteur.load(load_knowledge().metiers, EncodeurStatique.load().mots)
        self._neutraliseur = Neutraliseur.load(self.lecteur.orthographe)

    def read(self, texte: str) -> dict[str, int | str | bool]:
        """Field → value; métiers alluded to are left out."""
        lecture = self.lecteur.read(self._neutraliseur.mask(texte))
        ailleurs = ("metier.", "exerce.")
        return {i.champ: i.valeur for i in lecture.indices if not i.champ.startswith(ailleurs)}


@pytest.fixture(scope="module")
def liseuse() -> Liseuse:
    return Liseuse()


@pytest.mark.parametrize("cas", CAS, ids=sentence)
def test_a_sentence_says_what_it_says(cas: dict[str, Any], liseuse: Liseuse) -> None:
    lu = liseuse.read(cas["texte"])
    attendu = cas.get("lu", {})
    assert {champ: as_expected(lu.get(champ), attendu[champ]) for champ in attendu} == attendu


@pytest.mark.parametrize("cas", CAS_SILENCIEUX, ids=sentence)
def test_a_sentence_says_nothing_else(cas: dict[str, Any], liseuse: Liseuse) -> None:
    lu = liseuse.read(cas["texte"])
    assert {c: v for c, v in lu.items() if any(f"{c}.".startswith(f"{p}.") for p in cas["pas_lu"])} == {}


def test_quoted_words_are_those_typed(liseuse: Liseuse) -> None:
    texte = "Jador LÉ GOSSES, mais surtout pas les vieu !"
    indices = liseuse.lecteur.read(texte).indices
    assert {"GOSSES", "vieu"} <= {i.mots for i in indices}
    assert all(mots in texte for i in indices for mots in i.mots.split(", "))


def test_one_expression_never_gives_two_values_to_one_field() -> None:
    lexique: Lexique = read_as(RACINE / "lexique.yaml", Lexique)
    champs = Reperage((mot, entree) for entree in lexique.champs for mot in entree.mots)
    gestes = Reperage((mot, geste) for geste, mots in lexique.operateurs.items() for mot in mots)
    mots = [mot for entree in lexique.champs for mot in entree.mots]
    mots += [mot for geste in lexique.operateurs.values() for mot in geste]
    for mot in mots:
        words = split_words(mot)
        valeurs = [(t.debut, t.charge.champ) for t in champs.find(words)]
        assert len(valeurs) == len(set(valeurs)), mot
        places = [t.debut for t in gestes.find(words)]
        assert len(places) == len(set(places)), mot


def as_expected(lu: int | str | bool | None, attendu: object) -> object:
    """A degree becomes its sign when the sign is all that is expected."""
    if attendu in ("+", "-") and isinstance(lu, int):
        return "+" if lu > 0 else "-"
    return lu
