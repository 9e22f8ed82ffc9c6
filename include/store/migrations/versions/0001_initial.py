"""The first schema."""

from pathlib import Path

from alembic import op

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    """Plain SQL, run as it stands (no ``%`` or ``:name`` interpretation)."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute((Path(__file__).parents[1] / "sql" / "0001_initial.sql").read_text(encoding="utf-8"))
