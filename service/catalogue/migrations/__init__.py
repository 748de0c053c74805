"""The versions of the tables, oldest first; `migrate` brings a catalogue to the newest."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

DOSSIER = Path(__file__).parent


def alembic_config(connexion: Connection, dossier: Path = DOSSIER) -> Config:
    """`dossier`: the folder of the versions."""
    config = Config()
    config.set_main_option("script_location", str(dossier))
    config.attributes["connection"] = connexion
    return config


def migrate(connexion: Connection, dossier: Path = DOSSIER) -> None:
    """Make the tables, or bring them to the newest version; nothing is lost."""
    command.upgrade(alembic_config(connexion, dossier), "head")
