"""The sealed stream: what goes in comes out, and nothing else does."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.backup import sealed
from rolecall.backup.backup_errors import DamagedBackup, WrongKey
from rolecall.backup.retention import DAILY, MONTHLY, WEEKLY, backups_to_keep
from rolecall.backup.sealed import CHUNK, HEADER, TAG, Opener, Sealer
from rolecall.errors import InvalidInput

KEY = "k" * 40


def seal(content: bytes, key: str = KEY) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, key)
    sealer.write(content)
    sealer.finish()
    return file.getvalue()


def unseal(whole: bytes, key: str = KEY) -> bytes:
    return io.BufferedReader(Opener(io.BytesIO(whole), key)).read()


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_sealed_opens_whatever_its_length(length: int) -> None:
    content = random.Random(length).randbytes(length)
    assert unseal(seal(content)) == content


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000_000), st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_found(position: int, bit: int) -> None:
    sealed.CHUNK, before = 64, sealed.CHUNK  # many chunks in few bytes
    try:
        whole = bytearray(seal(b"x" * 300))
        whole[position % len(whole)] ^= 1 << bit
        with pytest.raises((DamagedBackup, WrongKey)):
            unseal(bytes(whole))
    finally:
        sealed.CHUNK = before


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000_000))
def test_a_cut_anywhere_is_found(length: int) -> None:
    sealed.CHUNK, before = 64, sealed.CHUNK
    try:
        whole = seal(b"x" * 300)
        with pytest.raises(DamagedBackup):
            unseal(whole[: length % len(whole)])
    finally:
        sealed.CHUNK = before


def test_chunks_that_change_places_are_repeated_or_follow_the_last_are_found() -> None:
    whole = seal(random.Random(1).randbytes(3 * CHUNK))
    size = CHUNK + TAG
    head, a, b, c = whole[:HEADER], *(whole[HEADER + i * size : HEADER + (i + 1) * size] for i in range(3))
    for wrong in (b + a + c, a + a + b + c, a + c, a + b, a + b + c + c):
        with pytest.raises(DamagedBackup):
            unseal(head + wrong)


def test_two_files_of_one_key_do_not_share_chunks() -> None:
    one, other = seal(b"same"), seal(b"same")
    assert one[HEADER:] != other[HEADER:]
    with pytest.raises(DamagedBackup):
        unseal(one[:HEADER] + other[HEADER:])


def test_another_key_is_named_before_anything_is_read() -> None:
    with pytest.raises(WrongKey, match="set BACKUP_KEY"):
        unseal(seal(b"x"), "o" * 40)


@pytest.mark.parametrize(("key", "problem"), [("", "is not set"), ("short", "shorter than 32")])
def test_a_missing_or_short_key_is_refused_with_the_command_that_makes_one(key: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=f"BACKUP_KEY.*{problem}.*openssl rand"):
        Sealer(io.BytesIO(), key)


def test_what_was_not_finished_never_opens() -> None:
    file = io.BytesIO()
    sealer = Sealer(file, KEY)
    sealer.write(b"x" * (2 * CHUNK))
    sealer.abandon()
    with pytest.raises(DamagedBackup):
        unseal(file.getvalue())


START = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
moments = st.lists(st.integers(0, 900 * 24).map(lambda hours: START + timedelta(hours=hours)), max_size=120)


@given(moments)
def test_retention_keeps_the_newest_of_each_period_and_never_more_than_its_numbers(made: list[datetime]) -> None:
    keep = backups_to_keep(made)
    assert keep <= set(made)
    assert len(keep) <= DAILY + WEEKLY + MONTHLY
    assert backups_to_keep(keep) == keep
    if made:
        assert max(made) in keep
        assert sum(moment.date() == max(made).date() for moment in keep) == 1


@given(moments)
def test_retention_keeps_the_last_of_the_last_days_weeks_and_months_that_have_one(made: list[datetime]) -> None:
    keep = backups_to_keep(made)
    for most, period in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        last: dict[str, datetime] = {}
        for moment in sorted(made):
            last[moment.strftime(period)] = moment
        assert {last[name] for name in sorted(last)[-most:]} <= keep


def test_three_years_of_daily_backups_leave_days_weeks_and_months() -> None:
    keep: set[datetime] = set()
    for day in range(3 * 365):
        keep = backups_to_keep({*keep, START + timedelta(days=day)})
    ages = sorted((max(keep) - moment).days for moment in keep)
    assert ages[:7] == list(range(7))
    assert max(age for age in ages if age < 40) >= 21
    assert 330 < ages[-1] < 370
