"""The last step of a restore: what was restored beside takes its place. A failure is injected at each step of it."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from rolecall.backup import restore as module
from rolecall.backup.backup_errors import BackupError, HalfInPlace
from rolecall.backup.make import Installation, make_backup
from rolecall.backup.restore import beside_of, emptied_of, open_archive, put_in_place, restore
from rolecall.backup.target import Target
from rolecall.errors import StoreUnavailable

Names = dict[str, str]
REFUSED = psycopg.errors.ObjectInUse("database is being accessed by other users")
GONE = StoreUnavailable("Postgres did not answer (connection refused)")


def named(dsn: str) -> str:
    return dsn.rsplit("/", 1)[1] if "://" in dsn else dsn.split("dbname=")[1].split()[0]


class Servers:
    """The two databases, each with the restored one beside it; a table says which is which."""

    def __init__(self, empty: Installation, admin: psycopg.Connection) -> None:
        self.admin = admin
        self.dsns = empty.dsns
        self.beside = {name: beside_of(dsn) for name, dsn in self.dsns.items()}
        for name, dsn in self.dsns.items():
            for address, what in ((dsn, "empty"), (self.beside[name], "restored")):
                admin.execute(f"create database {named(address)}")  # type: ignore[arg-type]
                with psycopg.connect(address) as conn:
                    conn.execute(f"create table {what} ()")  # type: ignore[arg-type]

    def what(self, dsn: str) -> str:
        if not self.admin.execute("select 1 from pg_database where datname = %s", [named(dsn)]).fetchone():
            return "none"
        with psycopg.connect(dsn) as conn:
            (found,) = conn.execute("select string_agg(tablename, ',') from pg_tables where schemaname = 'public'").fetchone() or ("",)
        return str(found)

    @property
    def in_place(self) -> Names:
        return {name: self.what(dsn) for name, dsn in self.dsns.items()}

    @property
    def kept(self) -> Names:
        return {name: self.what(dsn) for name, dsn in self.beside.items()}

    def put(self) -> None:
        put_in_place(self.beside, self.dsns)


@pytest.fixture
def servers(empty: Installation, dsn: str) -> Iterator[Servers]:
    with psycopg.connect(dsn.rsplit("/", 1)[0] + "/postgres", autocommit=True) as admin:
        made = Servers(empty, admin)
        yield made
        for each in made.dsns.values():
            for address in (each, beside_of(each), emptied_of(each)):
                admin.execute(f"drop database if exists {named(address)} with (force)")  # type: ignore[arg-type]


@pytest.fixture
def two_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The databases count as those of two servers: their names change one after the other."""
    monkeypatch.setattr(module, "_by_server", lambda dsns: [[name] for name in dsns])


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes some changes of names fail, counted from 1; ``after=True``: once they are committed."""

    def fail(at: set[int], error: BaseException, *, after: bool = False) -> None:
        honest, count = module.rename, iter(range(1, 100))

        def rename(pairs: list[tuple[str, str]]) -> None:
            wrong = next(count) in at
            if wrong and not after:
                raise error
            honest(pairs)
            if wrong:
                raise error

        monkeypatch.setattr(module, "rename", rename)

    return fail


def test_both_take_their_places_and_the_empty_ones_go(servers: Servers) -> None:
    servers.put()
    assert set(servers.in_place.values()) == {"restored"}
    assert set(servers.kept.values()) == {"none"}
    assert {servers.what(emptied_of(dsn)) for dsn in servers.dsns.values()} == {"none"}


@pytest.mark.parametrize("locked", ["rolecall", "airflow"])
@pytest.mark.parametrize("which", ["dsns", "beside"])
def test_one_database_that_cannot_be_renamed_leaves_both_as_they_were(servers: Servers, locked: str, which: str) -> None:
    with psycopg.connect(getattr(servers, which)[locked]), pytest.raises(BackupError, match=r"nothing was changed → mend that"):
        servers.put()
    assert set(servers.in_place.values()) == {"empty"}
    assert set(servers.kept.values()) == {"restored"}
    servers.put()
    assert set(servers.in_place.values()) == {"restored"}


@pytest.mark.usefixtures("two_servers")
@pytest.mark.parametrize("locked", ["rolecall", "airflow"])
def test_on_two_servers_the_first_change_is_taken_back_when_the_second_fails(servers: Servers, locked: str) -> None:
    with psycopg.connect(servers.beside[locked]), pytest.raises(BackupError, match="nothing was changed"):
        servers.put()
    assert set(servers.in_place.values()) == {"empty"}
    assert set(servers.kept.values()) == {"restored"}


@pytest.mark.usefixtures("two_servers")
@pytest.mark.parametrize("error", [REFUSED, GONE])
def test_where_even_that_fails_it_says_what_is_where_and_the_steps_it_names_finish_it(
    servers: Servers, failing: Callable[..., None], error: Exception
) -> None:
    failing({2, 3, 4}, error)
    first, second = servers.dsns
    with pytest.raises(HalfInPlace) as told:
        servers.put()
    text = str(told.value)
    here, there = named(servers.dsns[second]), named(servers.beside[second])
    assert f"{first} is restored and in place, {second} is restored as {there}, not yet as {here}" in text
    assert servers.in_place == {first: "restored", second: "empty"}
    for step in re.findall(r"alter database \w+ rename to \w+", text):
        servers.admin.execute(step)  # type: ignore[arg-type]
    assert set(servers.in_place.values()) == {"restored"}


@pytest.mark.parametrize("apart", [False, True])
def test_a_change_whose_answer_was_lost_is_seen_to_have_happened(
    servers: Servers, failing: Callable[..., None], request: pytest.FixtureRequest, apart: bool
) -> None:
    if apart:
        request.getfixturevalue("two_servers")
    failing({2 if apart else 1}, GONE, after=True)
    servers.put()
    assert set(servers.in_place.values()) == {"restored"}


def test_a_server_that_went_away_meanwhile_is_not_said_to_be_unchanged(
    servers: Servers, failing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing({1}, GONE, after=True)
    monkeypatch.setattr(module, "restore_progress", lambda beside: dict.fromkeys(beside, "unknown"))
    with pytest.raises(HalfInPlace, match=r"rolecall does not say whether it is in place.*once it answers, and if it has"):
        servers.put()


@pytest.mark.usefixtures("two_servers")
def test_ctrl_c_between_the_two_leaves_neither(servers: Servers, failing: Callable[..., None]) -> None:
    failing({2}, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        servers.put()
    assert set(servers.in_place.values()) == {"empty"}
    assert set(servers.kept.values()) == {"restored"}


def test_what_a_killed_attempt_left_is_no_obstacle(servers: Servers) -> None:
    servers.admin.execute(f"create database {named(emptied_of(servers.dsns['airflow']))}")  # type: ignore[arg-type]
    servers.put()
    assert set(servers.in_place.values()) == {"restored"}


@pytest.mark.usefixtures("two_servers")
@pytest.mark.parametrize(("at", "kind"), [({1}, BackupError), ({2}, BackupError), ({2, 3, 4}, HalfInPlace)])
def test_a_whole_restore_keeps_what_it_says_is_there_and_removes_the_rest(
    installation: Installation, empty: Installation, folder: Path, failing: Callable[..., None], at: set[int], kind: type[BackupError]
) -> None:
    made = make_backup(installation, Target(folder))
    failing(at, REFUSED)
    with pytest.raises(BackupError) as told:
        restore(empty, partial(open_archive, folder / made.note.name))
    assert type(told.value) is kind
    with psycopg.connect(installation.dsns["rolecall"].rsplit("/", 1)[0] + "/postgres") as conn:
        there = {row[0] for row in conn.execute("select datname from pg_database").fetchall()}
    first, second = empty.dsns.values()
    expected = {named(first), named(beside_of(second))} if kind is HalfInPlace else set()
    assert there & {named(name(dsn)) for dsn in empty.dsns.values() for name in (str, beside_of, emptied_of)} == expected
    with psycopg.connect(installation.dsns["rolecall"].rsplit("/", 1)[0] + "/postgres", autocommit=True) as admin:
        for name in expected:
            admin.execute(f"drop database {name} with (force)")  # type: ignore[arg-type]


def killed_at_the_second_server(empty: Installation, archive: Path) -> None:
    """Restores in a process of its own, which is killed when the first server has committed and the second one has not."""

    def child() -> None:
        module._by_server = lambda dsns: [[name] for name in dsns]
        honest, count = module.rename, iter(range(1, 100))

        def rename(pairs: list[tuple[str, str]]) -> None:
            if next(count) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            honest(pairs)

        module.rename = rename
        restore(empty, partial(open_archive, archive))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def there(empty: Installation) -> set[str]:
    with psycopg.connect(empty.dsns["rolecall"].rsplit("/", 1)[0] + "/postgres") as conn:
        known = {row[0] for row in conn.execute("select datname from pg_database").fetchall()}
    return known & {named(name(dsn)) for dsn in empty.dsns.values() for name in (str, beside_of, emptied_of)}


@pytest.mark.usefixtures("two_servers")
def test_what_a_kill_between_two_servers_left_is_named_and_finished_by_the_same_command(
    installation: Installation, empty: Installation, folder: Path, databases: Callable[[str], str]
) -> None:
    made = make_backup(installation, Target(folder))
    killed_at_the_second_server(empty, folder / made.note.name)
    rolecall, airflow = empty.dsns["rolecall"], empty.dsns["airflow"]
    assert there(empty) == {named(rolecall), named(beside_of(airflow))}
    with psycopg.connect(installation.dsns["airflow"]) as conn:
        conn.execute("insert into variable values (2, 'later', 'x', false)")
    other = make_backup(installation, Target(folder / "other"))
    with pytest.raises(HalfInPlace, match=f"killed between two servers; left to do: airflow as {named(beside_of(airflow))}, not yet as"):
        restore(empty, partial(open_archive, folder / "other" / other.note.name))
    assert named(beside_of(airflow)) in there(empty)
    restored = restore(empty, partial(open_archive, folder / made.note.name))
    assert "finished" in restored.warnings[-1]
    assert there(empty) == {named(rolecall), named(airflow)}
    with psycopg.connect(airflow) as conn:
        assert conn.execute("select is_paused from dag where dag_id = 'auto_apply'").fetchone() == (True,)
        assert conn.execute("select count(*) from variable").fetchone() == (1,)
    with psycopg.connect(rolecall.rsplit("/", 1)[0] + "/postgres", autocommit=True) as admin:
        for dsn in empty.dsns.values():
            for address in (dsn, beside_of(dsn), emptied_of(dsn)):
                admin.execute(f"drop database if exists {named(address)} with (force)")  # type: ignore[arg-type]
