"""Alembic's entry point: online only, over psycopg, one migration at a time across processes."""

from alembic import context
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, create_engine, pool, text

MIGRATION_LOCK = 7_014_105
"""Advisory lock, so that two starting processes do not migrate at once."""

parts = {key: str(value) for key, value in conninfo_to_dict(context.config.attributes["dsn"]).items()}
url = URL.create(
    "postgresql+psycopg",
    username=parts.pop("user", None),
    password=parts.pop("password", None),
    host=parts.pop("host", None),
    port=int(parts.pop("port", None) or 5432),
    database=parts.pop("dbname", None),
    query=parts,
)
engine = create_engine(url, poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
