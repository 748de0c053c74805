"""What an operator may set, read once from the environment; docs/reglages.md explains each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

# Names under which a machine reaches itself, and the one Starlette's test client uses.
HOTES_LOCAUX = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})


class Settings(BaseSettings):
    """Environment variables `CAP_SOIN_<NAME>`; the defaults suit one's own machine."""

    model_config = SettingsConfigDict(env_prefix="CAP_SOIN_", frozen=True, extra="ignore")

    adresse: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    hotes: Annotated[tuple[str, ...], NoDecode] = ()
    https: bool = False
    documentation: bool = True
    lecteur: Literal["appris", "statique"] = "appris"
    """`statique` reads without the transformer: less exact, less memory, a few milliseconds faster."""
    connexions_max: Annotated[int, Field(ge=1)] = 200

    @field_validator("hotes", mode="before")
    @classmethod
    def _split_on_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(nom.strip().lower() for nom in value.split(",") if nom.strip())

    @property
    def hotes_connus(self) -> frozenset[str]:
        """Every Host the application answers to."""
        return HOTES_LOCAUX | set(self.hotes)
