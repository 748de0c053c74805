"""What an operator sets for the catalogue: where it is kept, the keys of the sources (docs/reglages.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

BASE = "sqlite:///donnees/catalogue.sqlite"


class Reglages(BaseSettings):
    """Environment variables `CAP_SOIN_<NAME>`, and DATABASE_URL as hosts name it."""

    model_config = SettingsConfigDict(env_prefix="CAP_SOIN_", frozen=True, extra="ignore")

    base: Annotated[str, Field(validation_alias="DATABASE_URL")] = BASE
    index: Path = Path("donnees/index")
    """Folder of the vectors, shared by all processes."""
    france_travail_id: str = ""
    france_travail_secret: SecretStr = SecretStr("")
    api_alternance_cle: SecretStr = SecretStr("")
    bac_a_sable: bool = False
    """France Travail's sandbox: same addresses, invented data."""
    france_travail_par_seconde: Annotated[float, Field(gt=0, le=50)] = 3.0
    """Requests a second of each process to each API: an operator of several divides the quota."""
