"""Runs migrations on the connection that `ivr.storage.migrate` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from ivr.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll back DDL; Alembic only assumes otherwise because of the driver's own transactions, unused here.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
