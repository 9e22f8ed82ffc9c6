"""`make status` is ten lines at most, and none of them hides what is wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from local import stack
from local.base.files import lock, write_json
from local.base.paths import ROOT, Home
from local.base.ports import Ports
from local.processes.process_failures import FailureLog, ProcessFailure
from local.search.own_search import OwnSearch
from local.search.search_status import search_lines
from local.status import LINES, NOT_SENT_FOR, UNREADY, State, brief, everything
from rolecall.maintenance.connection_rows import ConnectionStatus
from rolecall.monitoring.incidents import Observation, OpenIncident, observe, open_incidents
from rolecall.monitoring.workflows.failed_tasks import failure, record
from rolecall.monitoring.workflows.runs import FailedLately, failed_of_last_day
from rolecall.store import Connection
from tests.local.test_ports import taken  # noqa: F401
from tests.world import insert

NOW = 1_000_000.0
SINCE = datetime.fromtimestamp(NOW, UTC).replace(month=1, day=30, hour=14, minute=3).astimezone(timezone(timedelta(hours=-5)))
STACK = {"airflow_url": "http://127.0.0.1:20001", "username": "admin", "password": "pw", "services_url": "http://s", "sandbox_url": ""}


def process(state: str = "ready", **how: Any) -> dict[str, Any]:
    known = {"state": state, "pid": 1 if state == "ready" else None, "since": NOW, "deaths": 0}
    return {**known, "reason": "", "waiting_for": "", "log": "l", **how}


def test_a_stack_that_is_well_says_so_and_where_to_go() -> None:
    lines = brief(State("", STACK, {"redis": process(), "migrate": process("done")}), NOW)
    assert lines[0] == "Rolecall is ready: 1 process"
    assert lines[1].split() == ["Airflow", "http://127.0.0.1:20001", "user", "admin", "password", "pw"]
    assert lines[2:] == ["more          ./rolecall status --all"]


def test_status_says_for_whom_nothing_is_sent(db: Connection) -> None:
    for person, preferences in (("ada", {"auto_apply": True}), ("bo", {"auto_apply": False}), ("cy", {})):
        insert(db, "person", id=person, name=person.title(), email=f"{person}@example.com", preferences=preferences)
    names = [row["name"] for row in db.execute(NOT_SENT_FOR).fetchall()]
    assert names == ["Bo", "Cy"]
    said = "\n".join(brief(State("", STACK, {}, not_sent_for=[*names, "Di", "Ed"]), NOW))
    assert "stands still  nothing is sent for Bo, Cy, Di and 1 more: they never said that anything may be sent, or paused it" in said


def test_outside_the_sandbox_it_says_who_looks_which_boards_are_read_and_what_is_not_set_up(dsn: str, db: Connection) -> None:
    assert search_lines(dsn, OwnSearch(), {})[0] == "people        nobody is in yet → make start"
    for person in ("ada", "bo", "cy", "di"):
        insert(
            db, "person", id=person, name=person.title(), email=f"{person}@example.com", preferences={"criteria": {"keywords": ["nurse"]}}
        )
    outcomes = {"remoteok": "ok", "remotive": "EmptyResult", "linkedin": "RobotsDenied", "themuse": "BoardUnavailable"}
    for board, outcome in outcomes.items():
        db.execute("insert into board_run (run_id, board, search, outcome) values ('r', %s, 'anything', %s)", (board, outcome))
    db.commit()
    people, boards, lacks = search_lines(dsn, OwnSearch(answers={"cv": "cv.pdf"}), {"SMTP_HOST": "mail.example.org"})
    assert people.startswith("people        Ada: no matches: there is no CV yet")
    assert people.endswith("; and 1 more")
    assert "read Remote OK, Remotive; denied LinkedIn (RobotsDenied); failed The Muse (BoardUnavailable); not asked yet " in boards
    assert "We Work Remotely" in boards.partition("not asked yet ")[2]
    assert "; off Adzuna, " in boards
    assert re.search(r"; last \d\d \w{3} \d\d:\d\d \(UTC\), next \w+day ", boards)
    assert lacks == "not set up    an address for boards, employers' forms → make start says how"
    assert brief(State("", STACK, {}, search=[people, boards, lacks]), NOW)[2:5] == [people, boards, lacks]
    insert(
        db,
        "board_answer",
        board="remotive",
        url="http://127.0.0.1:8090/remotive/jobs",
        status=200,
        sha256="s",
        body=b"",
        fetched_at=datetime.now(UTC),
    )
    db.execute("update board_run set finished_at = now(), outcome = 'ok' where board = 'remotive'")
    db.commit()
    seen = search_lines(dsn, OwnSearch(), {}, sandbox="http://127.0.0.1:8090")[1]
    assert "read Remote OK; " in seen, "what the sandbox answered is no look at the board"
    assert "Remotive" in seen.partition("not asked yet ")[2]
    assert search_lines("postgresql://nobody@127.0.0.1:1/none", OwnSearch(), {}) == []


def full(unready: int) -> State:
    log = "\n".join(f"line {number}" for number in range(40))
    return State(
        "not everything is ready", STACK,
        {f"process{number}": process("failing", reason=f"ended with status 1\n{log}", waiting_for="redis") for number in range(unready)},
        ["port 8080 was taken by nginx (pid 4), so Airflow is at 20001"],
        [ProcessFailure("scheduler", "killed by SIGKILL", NOW - 60, NOW - 39),
         ProcessFailure("redis", "hung: no sign of life for 61 s", NOW - 30)],
        [OpenIncident("machine localhost: Value: 95 % Threshold: 80 %", SINCE), OpenIncident("scrape_indeed: Blocked: 403", SINCE)],
        {"auto_apply.py": "SyntaxError: invalid syntax"},
        [FailedLately("auto_apply", 2, "ada", "apply: Refused: 403"), FailedLately("sync_data", 1, "s1", "no task says why")],
        {"preferences": 2, "stream": 1},
        {"slack": (4, "SLACK_WEBHOOK_URL is not set")},
        [ConnectionStatus("slack_default", "person", ("host", "password"), {}), ConnectionStatus("platform_api", "variables", (), {})],
        ["backup"], ["auto_apply"],
    )  # fmt: skip


@pytest.mark.parametrize("unready", range(15))
def test_ten_lines_whatever_is_wrong_and_every_kind_of_trouble_is_among_them(unready: int) -> None:
    lines = brief(full(unready), NOW)
    said = "\n".join(lines)
    assert len(lines) <= LINES
    for part in (
        "not well", "20001", "8080 was taken by nginx", "2 in the last day (scheduler 1, redis 1)",
        "redis: hung: no sign of life for 61 s, not",
        "2 open: machine localhost: Value: 95 % Threshold: 80 % since 30 Jan 14:03; scrape_indeed: Blocked: 403 since 30 Jan 14:03",
        "Airflow cannot read dags/auto_apply.py: SyntaxError: invalid syntax",
        "failed runs of the last day: 3 (auto_apply 2, sync_data 1); the last of auto_apply: apply: Refused: 403",
        "3 rows put aside (preferences 2, stream 1) → ./rolecall dead-letters", "4 by slack: SLACK_WEBHOOK_URL is not set",
        "connections changed by hand: slack_default (host, password) → ./rolecall connections",
        "backup: paused", "auto_apply after a restore",
    ):  # fmt: skip
        assert part in said
    assert "line 3" not in said
    assert said.count("process") >= min(unready, 1)


@pytest.mark.parametrize("length", range(0, 120, 3))
def test_what_is_too_long_for_a_line_is_cut_between_words_so_that_no_figure_is_half(length: int) -> None:
    what = f"memory_high of machine {'v' * length}.example: Value: 95 % Threshold: 85 %"
    said = "\n".join(brief(State("", STACK, {}, incidents=[OpenIncident(what, SINCE)]), NOW))
    shown = said.partition("1 open: ")[2].partition(" since ")[0]
    assert shown == what or shown.removesuffix("…").split() == what.split()[: len(shown.split())]
    assert (shown != what) == shown.endswith("…")


def test_all_shows_every_process_with_its_last_words(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    everything(full(12), home, NOW)
    said = capsys.readouterr().out
    assert "process11" in said
    assert "line 39" in said
    assert "scheduler: killed by SIGKILL, ready again after 21 s" in said
    assert "UTC  scrape_indeed: Blocked: 403" in said
    assert "2 failed runs of auto_apply during the last day → http://127.0.0.1:20001/dags/auto_apply/runs" in said
    assert "1 failed run of sync_data" in said
    assert "the last, ada: apply: Refused: 403" in said
    assert "dags/auto_apply.py  SyntaxError: invalid syntax" in said


def test_a_stack_that_starts_says_so_in_sentences() -> None:
    processes = {
        "redis": process(),
        "services": process("starting", pid=1, waiting_for="no answer (ConnectError)"),
        "scheduler": process("waiting", waiting_for="migrate"),
    }
    assert brief(State(UNREADY, {}, processes), NOW)[:3] == [
        "Rolecall is starting: 1 of 3 processes are ready",
        "services      starting: no answer (ConnectError)",
        "scheduler     waits for migrate",
    ]
    processes["services"] = process("restarting", deaths=1, reason="ended with status 1\nTraceback")
    assert brief(State(UNREADY, {}, processes), NOW)[:2] == [
        "Rolecall is not well: not everything is ready",
        "services      restarting: ended with status 1",
    ]


def test_what_is_wrong_now_is_read_from_both_lists_of_incidents_with_the_days_failed_runs(db: Connection) -> None:
    now = datetime.now(UTC)
    observe(db, [Observation("health:AI", "health", "AI Service", True, "time-out\nafter 5 s")], now - timedelta(hours=2))
    observe(db, [Observation("cpu_high:m", "performance", "machine m", True, "95 %")], now - timedelta(hours=3))
    observe(db, [Observation("cpu_high:m", "performance", "machine m", False, "50 %")], now)
    observe(db, [Observation("memory_high:m", "performance", "machine m", True, "Value: 90 %\nThreshold: 85 %")], now - timedelta(hours=4))
    db.execute("insert into board_incident (board, kind, error, opened_run) values ('indeed', 'Blocked', 'Blocked: 403', 'r')")
    for hours, state in ((1, "failed"), (2, "failed"), (3, "success"), (30, "failed")):
        db.execute("insert into dag_run_end values ('auto_apply', %s, %s, 1, 1, %s)", (f"r{hours}", state, now - timedelta(hours=hours)))
    assert [each.what for each in open_incidents(db)] == [
        "scrape_indeed: Blocked: 403",
        "AI Service: time-out after 5 s",
        "memory_high of machine m: Value: 90 % Threshold: 85 %",
    ]
    for run_id, message in (("r2", "older"), ("r1", "no CV\nof ada")):
        why = failure(
            ValueError(message), workflow="auto_apply", node="plan", run_id=run_id, map_index=-1, try_number=1, link="", happened_at=now
        )
        record(db, why, remind_after=timedelta(hours=6))
    db.execute("insert into dag_run_end values ('sync_data', 'r', 'failed', 1, 1, %s)", (now - timedelta(hours=1),))
    assert failed_of_last_day(db) == [
        FailedLately("auto_apply", 2, "r1", "plan: ValueError: no CV"), FailedLately("sync_data", 1, "r", "no task says why")
    ]  # fmt: skip


def test_a_processor_that_the_demo_kept_busy_is_said_to_be_the_demos_own_work_and_no_fault() -> None:
    incidents = [OpenIncident("cpu_high of machine localhost: Value: 99.9 % Threshold: 80 %", SINCE)]
    during = (SINCE.timestamp() - 100, SINCE.timestamp() + 50)
    for demo, whose in ((during, "the demo's own work"), ((0.0, 0.0), "whatever runs on it"), ((NOW, NOW + 9), "whatever runs on it")):
        said = "\n".join(brief(State("", STACK, {}, incidents=incidents, demo=demo), NOW))
        assert f"the processor was busy, with {whose} (99.9 %, told from 80 % on); nothing is broken, and it closes by itself" in said


def test_a_dag_file_that_is_told_of_as_unread_is_not_listed_twice() -> None:
    incidents = [OpenIncident("dags/auto_apply.py: SyntaxError: invalid syntax", SINCE)]
    said = "\n".join(brief(State("", STACK, {}, incidents=incidents, unread={"auto_apply.py": "SyntaxError: invalid syntax"}), NOW))
    assert said.count("auto_apply.py") == 1
    assert "open:" not in said


def running(home: Home, **document: Any) -> None:
    write_json(home.run / "status.json", {"asked": 1, "ready": False, "problem": "", "processes": {}, **document})
    home.alive.touch()


def test_a_supervisor_that_hangs_is_not_believed(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    running(home, ready=True, processes={"redis": process()})
    with lock(home.run / "supervisor.lock"):
        os.utime(home.alive, (time.time() - 300, time.time() - 300))
        assert stack.status(home) == 1
    assert capsys.readouterr().out.startswith("Rolecall is not well: the supervisor has hung for 300 s → make down, make up")


def test_restarts_are_counted_for_a_day_also_after_the_supervisor_was_replaced(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    FailureLog(home.failures).note("scheduler", "killed by SIGKILL", time.time() - 80_000)
    FailureLog(home.failures).back("scheduler", time.time() - 79_990)
    running(home)
    with lock(home.run / "supervisor.lock"):
        stack.status(home)
    assert "restarts      1 in the last day (scheduler 1); the last: " in capsys.readouterr().out


def test_a_busy_port_is_told_with_who_has_it_and_where_airflow_is_instead(home: Home, taken: int) -> None:  # noqa: F811
    write_json(home.folder / "ports.json", {"airflow": taken})
    ports = Ports(home.folder / "ports.json")
    (said,) = ports.assign()
    assert said.startswith(f"port {taken} was taken by ")
    assert said.endswith(f", so Airflow is at {ports['airflow']}")
    again = Ports(home.folder / "ports.json")
    assert again.assign() == []
    assert again.why == {"airflow": said}


def test_ctrl_c_leaves_no_traceback_while_a_command_is_still_loading(home: Home) -> None:
    slow = "import time; print('loading', flush=True); time.sleep(60)"
    environment = {**os.environ, "PYTHONPATH": str(home.folder), "ROLECALL_HOME": str(home.folder)}
    package = home.folder / "local"
    package.mkdir()
    (package / "__init__.py").write_text((ROOT / "local" / "__init__.py").read_text())
    (package / "stack.py").write_text(slow)
    child = subprocess.Popen(
        [sys.executable, "-m", "local.stack", "status"], cwd=home.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"loading\n"
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=30)
    assert errors == b""
    assert child.returncode == -signal.SIGINT


def test_ctrl_c_in_a_command_is_answered_in_words(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object, **__: object) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
        return 0

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(stack, "status", interrupted)
    monkeypatch.setenv("ROLECALL_HOME", str(home.folder))
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        assert stack.main(["status"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert "interrupted" in capsys.readouterr().err


def test_status_of_an_environment_that_was_not_installed_to_its_end_is_one_line(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    done = subprocess.run(
        ["make", "--no-print-directory", "status", f"VENV={venv}", f"ROLECALL_HOME={tmp_path}/home"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "not installed, or not to its end → make up\n", "")


def test_make_status_never_ends_with_an_error_of_make(home: Home) -> None:
    running(home)
    with lock(home.run / "supervisor.lock"):
        done = subprocess.run(
            ["make", "--no-print-directory", "status", f"ROLECALL_HOME={home.folder}"],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.stdout.startswith("Rolecall is not well: not everything is ready")
    assert done.stderr == ""
