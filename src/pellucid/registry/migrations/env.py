"""How Alembic reaches the registry: over the connection it is given."""

from alembic import context

from pellucid.registry.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
