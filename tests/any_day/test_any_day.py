"""No test mixes a day that is written down with a clock; and the clocks of ``make test-any-day`` are what they say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rolecall.store import Connection
from tests.any_day import SHIFT, asks, shifted
from tests.any_day.clocks import ZONE, clocks, hour_changes, leap_day

EXCUSE = re.compile(r"#\s*any day:\s*(\S.*)?$")
KEYWORDS = re.compile(r"\b(?:current_(?:timestamp|date|time)|localtimestamp)\b(?!\()|'(?:now|today|yesterday|tomorrow)'::", re.IGNORECASE)


@cache
def mixed() -> dict[asks.Day, str]:
    """Days written down in tests that ask a clock, each with a test and where the clock is asked."""
    found: dict[asks.Day, str] = {}
    for module in asks.modules():
        for name in asks.tests(module) if module.name != __name__ else ():
            followed = asks.follow(module, name)
            if (days := followed.days()) and (clock := followed.asks()):
                found |= dict.fromkeys(days, f"{name} asks a clock: {clock[0]}")
    return found


def excuses(path: Path) -> dict[int, str]:
    """Reasons in comments ``# any day: …``, by line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {number: (match[1] or "").strip() for number, line in enumerate(lines, 1) if (match := EXCUSE.search(line))}


# ── the lint ────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_day_is_written_down_in_a_test_that_asks_a_clock() -> None:
    bad = [
        f"{day.file.relative_to(asks.ROOT)}:{day.line} {day.text[:60]!r} ({why})\n"
        "  → count from the clock it meets, pass the clock in everywhere, or say why any day does: # any day: reason"
        for day, why in sorted(mixed().items(), key=lambda one: (one[0].file, one[0].line))
        if day.line not in excuses(day.file)
    ]
    assert not bad, "\n".join(bad)


def test_every_excuse_gives_a_reason_for_a_day_on_its_line() -> None:
    for path in (path for path in (asks.ROOT / "tests").rglob("*.py") if path.parent != Path(__file__).parent):
        lines = path.read_text(encoding="utf-8").splitlines()
        for line, reason in excuses(path).items():
            assert reason, f"{path}:{line}"
            assert re.search(r"20\d\d", EXCUSE.sub("", lines[line - 1])), f"{path}:{line}"


def read(source: str) -> asks.Module:
    """A file of tests that is not there."""
    return asks.Module("tests.notifying.test_invented", Path(__file__), source)


WISHES = """
from datetime import UTC, datetime
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import enqueue
from rolecall.notifying.wishes.release import Released, release
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

def remind(db, who, *names):
    for name in names:
        enqueue(db, compose("reminder", {**who, "applicationId": name}, available={"email"}))

def test_a_reminder_waits_for_the_quiet_hours_to_end(db):
    remind(db, {}, "a1")
    assert release(db, [], now=NOON) == Released(waiting=1)

def test_what_is_over_the_daily_limit_waits_for_the_next_local_day(db):
    remind(db, {}, "a1")
    db.execute("update notification set sent_at = %s", (NOON,))

def test_a_limit_of_one_person_is_nobody_elses(db):
    remind(db, {}, "a1")
    assert release(db, [], now=NOON) == Released(released=1, waiting=1)

def test_everything_is_passed():
    assert NOON == datetime(2026, 11, 23, 12, tzinfo=UTC)
"""
"""What failed from 24 November 2026 on: a fixed noon, and rows that are due by the database's clock."""


@pytest.mark.parametrize("name", ["test_a_reminder_waits_for_the_quiet_hours_to_end", "test_a_limit_of_one_person_is_nobody_elses"])
def test_the_tests_that_were_green_on_one_day_only_would_have_been_refused(name: str) -> None:
    followed = asks.follow(read(WISHES), name)
    assert [day.text for day in followed.days()] == ["datetime(2026, 11, 23, 12, tzinfo=UTC)"]
    assert "include/rolecall/outbox/sql/enqueue.sql notification.next_at" in followed.asks()


@pytest.mark.parametrize(
    ("body", "asked", "days"),
    [
        ("assert datetime.now(UTC).year", True, 0),
        ("assert time.time() > 0 and '2026-11-23T10:00'", True, 1),
        ("db.execute('select 1 where now() > %s', ('2026-11-23',))", True, 1),
        ("assert helper()", True, 0),
        ("release(db, [])", True, 0),
        ("assert years_of(None, today=date(2026, 11, 23))", False, 1),
        ("assert years_of(None)", True, 0),
        ("db.execute('insert into told_match (person_id) values (1)')", False, 0),  # told_at is the clock, and nothing compares it
        ("assert 'report-2026-11-23.html' and '/2010-04-01/Accounts'", False, 0),
        ("assert 'Sun, 01 Mar 2026 09:31:00 GMT'", False, 1),
    ],
)
def test_what_asks_a_clock_and_what_is_a_day(body: str, asked: bool, days: int) -> None:
    source = (
        "import time\nfrom datetime import UTC, date, datetime\n"
        "from rolecall.matching.cv.cv_dates import years_of\nfrom rolecall.notifying.wishes.release import release\n"
        f"def helper():\n    return datetime.now(UTC)\ndef test_it(db):\n    {body}\n"
    )
    followed = asks.follow(read(source), "test_it")
    assert (bool(followed.asks()), len(followed.days())) == (asked, days)


def test_statements_ask_the_clock_by_functions_which_can_be_shifted() -> None:
    files = [path for folder in ("include", "plugins", "dags", "local", "tests") for path in (asks.ROOT / folder).rglob("*")]
    texts = {
        path: path.read_text(encoding="utf-8") for path in files if path.suffix in (".py", ".sql") and path.parent != Path(__file__).parent
    }
    assert [f"{path}: {match[0]}" for path, text in texts.items() for match in KEYWORDS.finditer(text)] == []


# ── the clocks ──────────────────────────────────────────────────────────────────────────────────────────────


def test_python_and_postgres_go_by_one_clock(db: Connection) -> None:
    before = datetime.now(UTC)
    db.execute("insert into person (id, name, email) values ('u1', 'Ada', 'a@example.com')")
    row = db.execute("select now() as now, clock_timestamp() as clock, created_at from person").fetchone()
    assert row is not None
    assert all(timedelta(seconds=-1) < moment - before < timedelta(minutes=2) for moment in row.values())


def test_a_process_that_a_test_starts_goes_by_the_clock_of_the_test() -> None:
    year = "import datetime; print(datetime.datetime.now(datetime.UTC).timestamp())"
    shift = 800 * 86_400
    done = subprocess.run([sys.executable, "-c", year], env=shifted({}, str(shift)), capture_output=True, text=True, check=True)
    ours = subprocess.run([sys.executable, "-c", year], env={}, capture_output=True, text=True, check=True)
    assert shift - 1 < float(done.stdout) - float(ours.stdout) < shift + 120 - 1


def test_without_a_shift_nothing_is_added_to_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHIFT, raising=False)
    assert shifted({"A": "b"}) == {"A": "b"}


@pytest.mark.parametrize("days", [0, 40, 130, 500, 800])
def test_the_clocks_are_ahead_whatever_the_day(days: int) -> None:
    now = datetime.now(UTC) + timedelta(days=days)
    assert all(clock.moment is None or clock.moment > now for clock in clocks(now))
    assert (leap_day(now).month, leap_day(now).day) == (2, 29)
    for forward in (True, False):
        change, zone = hour_changes(now, forward=forward), ZoneInfo(ZONE)
        before, after = ((change + timedelta(seconds=seconds)).astimezone(zone).hour for seconds in (-1, 0))
        assert (after - before) % 24 == (2 if forward else 0)


# ── the locale ──────────────────────────────────────────────────────────────────────────────────────────────


PRODUCT = ("include", "plugins", "dags", "local", "sandbox", "docs", "bench", "judge")


def without_encoding(path: Path) -> list[str]:
    """Where a file's text is read or written in the machine's encoding."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    texts = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in ("read_text", "write_text")]
    bare = [call for call in texts if not any(word.arg in ("encoding", None) for word in call.keywords)]
    return [f"{path.relative_to(asks.ROOT)}:{call.lineno}" for call in bare]


def test_texts_are_read_and_written_as_utf8_whatever_the_locale() -> None:
    bad = [place for folder in PRODUCT for path in (asks.ROOT / folder).rglob("*.py") for place in without_encoding(path)]
    assert not bad, f"{bad} → say encoding='utf-8': the machine's locale may say another"


def test_a_german_message_keeps_its_umlauts_where_the_locale_has_none() -> None:
    code = "from rolecall.outbox.rendering import words; print(ascii(words('de')))"
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(asks.ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=ascii_only, capture_output=True, text=True, check=True, cwd=asks.ROOT)
    assert "\\xfc" in done.stdout
