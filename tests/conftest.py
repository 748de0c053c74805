"""Shared test material: a small deterministic encoder, hand-made passages, the real site."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray
from starlette.testclient import TestClient

from models.encoder import normalise
from service.conseiller import Conseiller
from tests.alentours import Alentours
from web.app import create_app
from web.settings import Settings

# Time is measured in benchmarks/: a machine that runs every test at once is slow.
settings.register_profile("essais", deadline=None)
settings.load_profile("essais")


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


@pytest.fixture(scope="session", autouse=True)
def nothing_is_kept_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever a test asks to keep goes to a folder of the tests."""
    dossier = tmp_path_factory.mktemp("archives")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAP_SOIN_DOSSIERS", f"sqlite:///{dossier / 'dossiers.sqlite'}")
        patch.setenv("CAP_SOIN_SECRET_FICHIER", str(dossier / "secret"))
        yield


@pytest.fixture(scope="module")
def client(conseiller: Conseiller) -> Iterator[TestClient]:
    """The whole site, with what is near made up; anew for each file, since a client keeps its cookies."""
    with TestClient(create_app(Settings(), conseiller, Alentours())) as client:
        yield client
