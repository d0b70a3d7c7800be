"""Alembic's environment: one transaction a migration, on the application's own engine."""

from alembic import context
from flask import current_app

config = context.config
migrate = current_app.extensions["migrate"]


def run() -> None:
    """Apply the migrations."""
    engine = migrate.db.engine
    arguments = dict(migrate.configure_args)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            compare_type=True,
            transactional_ddl=True,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
