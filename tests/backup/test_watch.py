"""Size and age of backups are watched; what must be set is named."""

from __future__ import annotations

import pytest

from rolecall.backup.configuration import configuration
from rolecall.backup.make import Installation
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.monitoring.health import WAITING
from rolecall.store import Connection


def backups(db: Connection, *made: tuple[float, int]) -> None:
    """Backups so many hours old, so many bytes large."""
    for number, (hours, size) in enumerate(made):
        db.execute(
            "insert into backup (name, place, made_at, bytes, sha256, seconds, tables)"
            " values (%s, 'x', now() - make_interval(secs => %s), %s, 'x', 1, '{}')",
            (str(number), hours * 3600, size),
        )


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([], None),
        ([(1, 100)], None),
        ([(25.9, 100)], None),
        ([(26.1, 100)], "the newest good backup is of"),
        ([(1, 51), (25, 100), (49, 100)], None),
        ([(1, 49), (25, 100), (49, 100)], "less than half as large"),
        ([(1, 100), (25, 20), (49, 100)], None),
    ],
    ids=["never any", "fresh", "a day old", "too old", "a little smaller", "shrunk", "recovered"],
)
def test_a_backup_that_is_old_or_has_shrunk_is_told(db: Connection, made: list[tuple[float, int]], said: str | None) -> None:
    backups(db, *made)
    found = db.execute(WAITING["Backup"]).fetchone()
    assert (found is None) if said is None else (found is not None and said in next(iter(found.values())))


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKUP_KEY", raising=False)
    monkeypatch.delenv("AIRFLOW_DSN", raising=False)
    with pytest.raises(InvalidInput, match=r"BACKUP_KEY: is not set → make one with"):
        Installation.of(Endpoints())
    monkeypatch.setenv("BACKUP_KEY", "k" * 43)
    with pytest.raises(InvalidInput, match="AIRFLOW_DSN"):
        Installation.of(Endpoints())
    monkeypatch.setenv("AIRFLOW_DSN", "postgresql://u:S3cr3t@h/airflow")
    installation = Installation.of(Endpoints(), {"AIRFLOW__CORE__FERNET_KEY": "f" * 44})
    assert not any(secret in repr(installation) for secret in ("k" * 43, "f" * 44, "S3cr3t"))


@pytest.mark.parametrize(
    "name",
    ["API_TOKEN", "POSTGRES_PASSWORD", "SLACK_WEBHOOK_URL", "TWILIO_ACCOUNT_SID", "AIRFLOW_DSN", "BACKUP_KEY", "AWS_SECRET_ACCESS_KEY"],
)
def test_of_a_secret_only_that_it_is_set_is_kept(name: str) -> None:
    assert configuration({name: "https://u:S3cr3t@x/S3cr3t?S3cr3t"}) == {name: "(set)"}


def test_of_an_address_neither_user_nor_query_is_kept() -> None:
    kept = configuration(
        {"BACKUP_URL": "s3://key:S3cr3t@bucket/folder?token=S3cr3t", "REDIS_URL": "redis://:S3cr3t@h:6379/0", "HOME": "/x"}
    )
    assert kept == {"BACKUP_URL": "s3://bucket/folder", "REDIS_URL": "redis://h:6379/0"}
