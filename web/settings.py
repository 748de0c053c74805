"""What an operator may set, read once from the environment; docs/reglages.md explains each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

# Names under which a machine reaches itself, and the one Starlette's test client uses.
HOTES_LOCAUX = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})

# One origin, which goes into the security policy: no {s} for subdomains, nothing that could end a directive.
GABARIT = re.compile(r"(?P<origine>https://[a-z0-9][a-z0-9.-]*(:\d{1,5})?)(/[\w./?=&%:@{}+~-]*)", re.ASCII)
PLACES = ["{x}", "{y}", "{z}"]


@dataclass(frozen=True)
class Tuiles:
    """A tile server for the map of results, and whom to credit for it."""

    gabarit: str
    """Address of a tile, with {z}, {x} and {y}."""
    credit: str
    origine: str
    """What the browser must be allowed to ask for images: `https://tuiles.example`."""


class Settings(BaseSettings):
    """Environment variables `CAP_SOIN_<NAME>`; the defaults suit one's own machine."""

    model_config = SettingsConfigDict(env_prefix="CAP_SOIN_", frozen=True, extra="ignore")

    adresse: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    hotes: Annotated[tuple[str, ...], NoDecode] = ()
    mandataires: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses of the proxies in front of us: what they say of who calls is believed, and nobody else."""
    https: bool = False
    documentation: bool = True
    lecteur: Literal["appris", "statique"] = "appris"
    """`statique` reads without the transformer: less exact, less memory, a few milliseconds faster."""
    connexions_max: Annotated[int, Field(ge=1)] = 200
    tuiles: str = ""
    tuiles_credit: str = ""

    @field_validator("hotes", "mandataires", mode="before")
    @classmethod
    def _split_on_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(nom.strip().lower() for nom in value.split(",") if nom.strip())

    @model_validator(mode="after")
    def _tiles_are_usable(self) -> Self:
        if self.tuiles and (_origin(self.tuiles) is None or not self.tuiles_credit.strip()):
            raise ValueError(
                "CAP_SOIN_TUILES doit être une adresse https qui contient {z}, {x} et {y}, et "
                "CAP_SOIN_TUILES_CREDIT doit dire d'où vient ce fond de carte."
            )
        return self

    @property
    def fond_de_carte(self) -> Tuiles | None:
        """None: the map is drawn on our own outlines, and asks nothing of anyone."""
        origine = _origin(self.tuiles)
        return Tuiles(self.tuiles, self.tuiles_credit.strip(), origine) if origine else None

    @property
    def hotes_connus(self) -> frozenset[str]:
        """Every Host the application answers to."""
        return HOTES_LOCAUX | set(self.hotes)


def _origin(gabarit: str) -> str | None:
    """Of the template of a tile; None when it is not one."""
    found = GABARIT.fullmatch(gabarit)
    complete = sorted(re.findall(r"\{[^}]*\}?|\}", gabarit)) == PLACES
    return found["origine"] if found and complete else None
