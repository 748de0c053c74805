"""The versions of the tables of dossiers, oldest first; `migrate` brings a base to the newest."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from service.catalogue import migrations


def migrate(connexion: Connection) -> None:
    """Make the tables, or bring them to the newest version; nothing is lost."""
    migrations.migrate(connexion, Path(__file__).parent)
