"""The versions of the tables of dossiers, oldest first; `migrate` brings a base to the newest."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

DOSSIER = Path(__file__).parent


def alembic_config(connexion: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(DOSSIER))
    config.attributes["connection"] = connexion
    return config


def migrate(connexion: Connection) -> None:
    """Make the tables, or bring them to the newest version; nothing is lost."""
    command.upgrade(alembic_config(connexion), "head")
