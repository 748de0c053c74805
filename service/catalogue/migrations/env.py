"""How Alembic reaches the catalogue: a connection is given by `migrer`, nothing is read from a file."""

from __future__ import annotations

from alembic import context

from service.catalogue.tables import Base

connexion = context.config.attributes["connection"]
context.configure(connection=connexion, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
