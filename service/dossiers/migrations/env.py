"""How Alembic reaches the base of dossiers: by a connection it is given; a catalogue may live beside."""

from __future__ import annotations

from alembic import context

from service.dossiers.tables import METADATA

connexion = context.config.attributes["connection"]
context.configure(
    connection=connexion,
    target_metadata=METADATA,
    render_as_batch=True,
    version_table="alembic_version_dossiers",
    include_name=lambda nom, genre, _parents: genre != "table" or nom in METADATA.tables,
)
with context.begin_transaction():
    context.run_migrations()
