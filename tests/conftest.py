"""Shared test material: a small deterministic encoder and hand-made passages."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from models.encoder import normalise
from service.conseiller import Conseiller


class FakeEncoder:
    """Follows the protocol Encodeur; it knows only that texts sharing words are close."""

    def __init__(self, dimension: int = 64, version: str = "fake-1") -> None:
        self.dimension = dimension
        self.version = version
        self.mots: frozenset[str] = frozenset()

    def encode(self, textes: Sequence[str]) -> NDArray[np.float32]:
        vecteurs = np.zeros((len(textes), self.dimension), dtype=np.float32)
        for ligne, texte in zip(vecteurs, textes, strict=True):
            for mot in texte.lower().split():
                graine = zlib.crc32(mot.encode())
                ligne += np.random.default_rng(graine).standard_normal(self.dimension)
        return normalise(vecteurs)


@dataclass(frozen=True)
class PassageCourt:
    """The least an index needs."""

    cle: str
    texte: str


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def passages_courts() -> tuple[PassageCourt, ...]:
    return (
        PassageCourt("sage-femme", "accompagner une naissance"),
        PassageCourt("sage-femme", "suivre une grossesse"),
        PassageCourt("ambulancier", "conduire une ambulance"),
        PassageCourt("ambulancier", "brancarder un malade"),
        PassageCourt("ambulancier", "conduire de nuit"),
    )


@pytest.fixture(scope="session")
def conseiller() -> Conseiller:
    """The real one, loaded once: knowledge, encoder, index, weights."""
    return Conseiller.load()
