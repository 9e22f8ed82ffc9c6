"""A DAG file that Airflow cannot read is told of once, by its name and the first line of the error, and once that it is read again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rolecall.monitoring.workflows.dag_files import KILLED, first_line, import_errors, watch
from rolecall.store import Connection
from tests.maintenance.test_maintain import airflow, insert  # noqa: F401 - a fixture
from tests.world import messages

NOW = datetime.now(UTC)
HOURS = timedelta(hours=6)
DAG = "from airflow.sdk import dag\n"


def _trace(code: str, name: str = "wish.py") -> str:
    import traceback

    try:
        exec(compile(code, name, "exec"), {})  # noqa: S102 - ours
    except BaseException:
        return traceback.format_exc(limit=-2)
    raise AssertionError("it was meant to fail")


@pytest.mark.parametrize(
    ("trace", "says"),
    [
        (_trace("import nowhere_to_be_found"), "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        (_trace("raise ValueError('first line\\n  second\\nthird: 3')"), "ValueError: first line"),
        (_trace("raise KeyError"), "KeyError"),
        (_trace("from rolecall.errors import InvalidInput as I\nraise I('HOURS', 'no', fix='5')"), "InvalidInput: HOURS: no"),
        ("ValueError: The name of a DAG is too long", "ValueError: The name of a DAG is too long"),
        ("DAG 'a' has a cycle: b", "DAG 'a' has a cycle: b"),
        ("", "no reason given"),
    ],
)  # fmt: skip
def test_the_first_line_of_what_a_traceback_says(trace: str, says: str) -> None:
    assert first_line(trace).startswith(says)
    assert "second" not in first_line(trace)


def test_a_syntax_error_and_a_time_out_are_named() -> None:
    with pytest.raises(SyntaxError):
        compile("def f(:", "wish.py", "exec")
    assert first_line(_trace("compile('def f(:', 'wish.py', 'exec')")).startswith("SyntaxError: invalid syntax")
    took = "DagBag import timeout for /dags/slow.py after 180.0s.\nPlease take a look at these docs"
    trace = (
        f'Traceback\n  File "/dags/slow.py", line 4, in <module>\n    time.sleep(900)\nairflow.sdk.exceptions.AirflowTaskTimeout: {took}'
    )
    assert first_line(trace) == "AirflowTaskTimeout: DagBag import timeout for /dags/slow.py after 180.0s."


def test_a_refused_file_is_told_once_reminded_of_and_told_again_when_it_is_read(db: Connection) -> None:
    for minutes in (0, 5, 365):
        watch(db, {"wish.py": "SyntaxError: invalid syntax"}, NOW + timedelta(minutes=minutes), remind_after=HOURS)
        db.commit()
    for minutes in (370, 375):
        watch(db, {}, NOW + timedelta(minutes=minutes), remind_after=HOURS)
        db.commit()
    assert messages(db) == [
        "🟥 Airflow cannot read dags/wish.py: SyntaxError: invalid syntax",
        "🟥 Airflow still cannot read dags/wish.py after 6 h 5 min: SyntaxError: invalid syntax",
        "✅ Airflow reads dags/wish.py again after 6 h 10 min",
    ]


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., None]:
    """Writes a file into the folder of DAGs."""

    def write(name: str, text: str = DAG, *, minutes: float = 60) -> None:
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, ((NOW - timedelta(minutes=minutes)).timestamp(),) * 2)

    return write


def test_refused_files_and_those_whose_reader_was_killed_are_found(
    airflow: Connection, tmp_path: Path, file: Callable[..., None]  # noqa: F811
) -> None:  # fmt: skip
    insert(airflow, "dag", dag_id="good", bundle_name="dags", relative_fileloc="good.py", is_stale=False)
    insert(airflow, "dag", dag_id="slow", bundle_name="dags", relative_fileloc="slow.py", is_stale=True)
    insert(airflow, "import_error", filename="wish.py", bundle_name="dags", stacktrace=_trace("raise ValueError('no\\nno')"), timestamp=NOW)
    for name in ("good.py", "wish.py", "slow.py"):
        file(name)
    file("helper.py", "nothing = 1")
    file("new.py", minutes=1)
    assert import_errors(airflow, tmp_path, NOW) == {"wish.py": "ValueError: no"}  # no processor at work: nothing is said about the others
    began = NOW - timedelta(minutes=5)
    insert(airflow, "job", job_type="DagProcessorJob", state="running", start_date=began, latest_heartbeat=NOW)
    assert import_errors(airflow, tmp_path, NOW) == {"wish.py": "ValueError: no"}  # it has only just begun
    assert import_errors(airflow, tmp_path, NOW + timedelta(minutes=8)) == {
        "slow.py": KILLED,
        "wish.py": "ValueError: no",
    }
