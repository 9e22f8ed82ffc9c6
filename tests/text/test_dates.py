"""Times that others write mean the same on every machine, whatever its zone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from rolecall.boards.__main__ import main
from rolecall.boards.fetch import retry_after
from rolecall.inbox.mail_reader import read
from rolecall.text.dates import iso, mail_date

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["UTC", "America/St_Johns", "Pacific/Kiritimati"], autouse=True)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The machine's."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Sun, 01 Mar 2026 12:00:00 -0000", NOON),  # a time whose zone is not said
        ("Sun, 01 Mar 2026 12:00:00", NOON),
        ("Sun, 01 Mar 2026 12:00:00 GMT", NOON),
        ("Sun, 01 Mar 2026 07:00:00 EST", NOON),
        ("Sun, 01 Mar 2026 13:00:00 +0100", NOON),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Sun, 01 Mar 2026 12:00:00 +99999999999999999999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_of_mails_feeds_and_headers(said: str, meant: datetime | None) -> None:
    assert mail_date(said) == meant
    assert read(f"Date: {said}\n\nHello".encode()).sent_at == meant
    assert retry_after(said, NOON) == (None if meant is None else 0.0)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("2026-03-01T12:00:00", NOON), ("2026-03-01T13:00+01:00", NOON), ("2026-03-01", NOON.replace(hour=0)), ("2026-03-32", None)],
)
def test_a_date_as_iso_8601_has_it(said: str, meant: datetime | None) -> None:
    assert iso(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [("2026-03-01T12:00", NOON), ("2026-03-01T13:00+01:00", NOON), ("2026-03-01", NOON.replace(hour=0))],
)
def test_from_when_a_board_is_replayed(said: str, meant: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, datetime] = {}

    class Done:
        def as_dict(self) -> dict[str, int]:
            return {}

    def replay(dsn: str, board: str, *, since: datetime, until: datetime | None) -> Done:
        asked["since"] = since
        return Done()

    monkeypatch.setattr("rolecall.boards.__main__.replay", replay)
    assert main(["replay", "linkedin", "--since", said]) == 0
    assert asked == {"since": meant}


def test_what_is_no_time_is_refused_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "linkedin", "--since", "the last week"])
    assert "'the last week' is no time, such as 2026-01-31" in capsys.readouterr().err
