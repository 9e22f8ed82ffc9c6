"""When a demo is over: with stand-ins for Airflow's answers, and the real rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.dag_runs import follow
from local.dag_runs.follow import Follower
from rolecall.store import Connection

SINCE = datetime.now(UTC)
SCRAPES = {"scrape_linkedin": "demo__1"}


def at(seconds: float) -> str:
    return (SINCE + timedelta(seconds=seconds)).isoformat()


def run(dag_id: str, run_id: str = "r1", state: str = "success", start: float = 1) -> dict[str, Any]:
    return {"dag_id": dag_id, "dag_run_id": run_id, "state": state, "start_date": at(start), "end_date": at(start + 2)}


class Airflow:
    """Answers look by look; the last look repeats."""

    def __init__(self, *looks: list[dict[str, Any]], events: tuple[dict[str, Any], ...] = ()) -> None:
        self._looks, self._events = list(looks), list(events)

    def runs_since(self, moment: datetime) -> list[dict[str, Any]]:
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

    def asset_events_since(self, moment: datetime) -> list[dict[str, Any]]:
        return self._events

    def assets(self) -> list[dict[str, Any]]:
        return [{"id": 1, "scheduled_dags": [{"dag_id": "aggregate_jobs"}]}]

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        return [{"task_id": "apply", "map_index": 0, "end_date": None, "state": "failed", "rendered_map_index": "Nurse @ Ward"}]


class Clock:
    """Time that passes only while somebody sleeps, a thousand times faster."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += 5


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(follow, "time", made)
    return made


def followed(airflow: Airflow, dsn: str, limit: float = 900) -> follow.Followed:
    return Follower(airflow, dsn, SINCE, SCRAPES).until_quiet(limit)  # type: ignore[arg-type]


def event(seconds: float, *created: str) -> dict[str, Any]:
    runs = [{"dag_id": dag_id} for dag_id in created]
    return {"source_dag_id": "scrape_linkedin", "asset_id": 1, "timestamp": at(seconds), "created_dagruns": runs}


def test_it_is_over_when_every_run_is_and_nothing_is_owed(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    over = run("scrape_linkedin", "demo__1")
    found = followed(Airflow([], [{**over, "state": "running"}], [over]), dsn)
    assert (found.waiting_for, found.failed) == ([], [])
    assert "scrape_linkedin        done in 2.0 s" in capsys.readouterr().out


def test_a_failed_run_is_named_with_the_tasks_that_failed(dsn: str) -> None:
    found = followed(Airflow([run("scrape_linkedin", "demo__1"), run("auto_apply", state="failed")]), dsn)
    assert found.failed == ["auto_apply (r1) failed: apply Nurse @ Ward"]


def test_runs_of_somebody_else_are_not_waited_for(dsn: str) -> None:
    others = [run("scrape_linkedin", "scheduled__1", "running"), run("scrape_indeed", "x", "running")]
    assert followed(Airflow([run("scrape_linkedin", "demo__1"), *others]), dsn).waiting_for == []


def test_an_announcement_that_nobody_has_answered_yet_is_waited_for(dsn: str) -> None:
    scrape = run("scrape_linkedin", "demo__1")
    unanswered = followed(Airflow([scrape], events=(event(5),)), dsn)
    assert unanswered.waiting_for == ["aggregate_jobs is due"]
    assert followed(Airflow([scrape], events=(event(5, "aggregate_jobs"),)), dsn).waiting_for == []
    assert followed(Airflow([scrape, run("aggregate_jobs", start=6)], events=(event(5),)), dsn).waiting_for == []


def test_what_is_owed_in_the_database_is_waited_for(dsn: str, db: Connection) -> None:
    with db.transaction():
        db.execute("insert into outbox (topic, key, payload) values ('record_application', 'k', '{}')")
    found = followed(Airflow([run("scrape_linkedin", "demo__1")]), dsn)
    assert found.waiting_for == ["1 calls owed to the platform"]


def test_a_slow_machine_is_waited_for_as_long_as_something_moves(dsn: str, clock: Clock) -> None:
    scrape, apply = run("scrape_linkedin", "demo__1"), run("auto_apply", state="running")
    busy = [[scrape, apply, *(run("match_jobs", f"r{number}") for number in range(look // 20))] for look in range(130)]
    assert followed(Airflow(*busy, [scrape]), dsn).waiting_for == []
    assert clock.now > 2 * follow.STUCK_AFTER


def test_what_never_moves_is_given_up_with_what_was_left(dsn: str, clock: Clock) -> None:
    found = followed(Airflow([run("scrape_linkedin", "demo__1", "queued")]), dsn)
    assert found.waiting_for == ["scrape_linkedin is queued"]
    assert follow.STUCK_AFTER < clock.now < 2 * follow.STUCK_AFTER


def test_what_moves_for_ever_ends_at_the_limit(dsn: str, clock: Clock) -> None:
    endless = [[run("match_jobs", f"r{number}", "running")] for number in range(100)]
    assert followed(Airflow(*endless), dsn, limit=60).waiting_for == ["match_jobs is running", "scrape_linkedin has not been started"]
    assert clock.now == 65


def test_an_airflow_that_is_restarted_in_between_is_asked_again(dsn: str) -> None:
    class Restarted(Airflow):
        def runs_since(self, moment: datetime) -> list[dict[str, Any]]:
            if len(self._looks) > 1:
                self._looks.pop(0)
                raise RuntimeError("Airflow gave no answer")
            return super().runs_since(moment)

    assert followed(Restarted([], [run("scrape_linkedin", "demo__1")]), dsn).waiting_for == []


def test_no_line_is_said_twice_and_runs_of_one_dag_are_told_apart(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    both = [run("auto_apply", name, "running") for name in ("a", "b")]
    ended = [run("auto_apply", name) for name in ("a", "b")]
    followed(Airflow([], both, both, ended), dsn)
    said = [line.split("s  ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert len(said) == len(set(said))
    assert [" ".join(line.split()) for line in said if line.startswith("auto_apply (2)")] == [
        "auto_apply (2) running",
        "auto_apply (2) done in 2.0 s",
    ]
