"""What an operator sets for what people keep (docs/reglages.md)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SQLITE = "sqlite:///"
BASE = f"{SQLITE}donnees/dossiers.sqlite"
SECRET_MIN = 32
OCTETS_SECRET = 48


class ReglagesDossiers(BaseSettings):
    """Environment variables `CAP_SOIN_<NAME>`; a PostgreSQL DATABASE_URL serves here too."""

    model_config = SettingsConfigDict(env_prefix="CAP_SOIN_", frozen=True, extra="ignore")

    serveur: Annotated[str, Field(validation_alias="DATABASE_URL")] = ""
    dossiers: str = BASE
    """Where dossiers are kept, unless DATABASE_URL is that of a PostgreSQL server."""
    secret: SecretStr = SecretStr("")
    """What seals contents and short codes; shared by all processes, and never changed."""
    secret_fichier: Path = Path("donnees/secret")
    """Where a secret is drawn the first time, when none is set."""
    seance_inactive_min: Annotated[int, Field(ge=1, le=1440)] = 30
    """Minutes without a request after which a counsellor is signed out."""
    seance_max_h: Annotated[int, Field(ge=1, le=72)] = 12
    """Hours after which a counsellor signs in again, whatever happens."""
    oidc_emetteur: str = ""
    """Address of the identity provider (OpenID Connect); the client and its secret go with it."""
    oidc_client: str = ""
    oidc_secret: SecretStr = SecretStr("")
    oidc_nom: str = "ProConnect"
    """What its button says."""
    oidc_courriels_surs: bool = False
    """The provider verifies every e-mail it gives, and does not say so each time (`email_verified`)."""

    @property
    def base(self) -> str:
        return self.serveur if self.serveur.startswith("postgresql") else self.dossiers

    @property
    def fichier(self) -> Path | None:
        """The SQLite file, None for a server."""
        found = self.base.removeprefix(SQLITE)
        return Path(found) if found != self.base else None

    def read_secret(self) -> bytes:
        """The secret that is set, else the one of the file, drawn now if need be. Raises ValueError."""
        donne = self.secret.get_secret_value()
        if donne:
            if len(donne) < SECRET_MIN:
                raise ValueError(f"CAP_SOIN_SECRET doit compter au moins {SECRET_MIN} caractères.")
            return donne.encode()
        return _read_or_draw(self.secret_fichier)


def _read_or_draw(chemin: Path) -> bytes:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    drawn = secrets.token_urlsafe(OCTETS_SECRET).encode()
    try:
        # Only the first of several processes makes the file, and only its owner may read it.
        descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = chemin.read_bytes().strip()
        if len(found) < SECRET_MIN:
            raise ValueError(f"Le fichier du secret est incomplet : {chemin}") from None
        return found
    with os.fdopen(descripteur, "wb") as fichier:
        fichier.write(drawn)
    return drawn
