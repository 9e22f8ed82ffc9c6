"""Every DAG parses offline, documents itself and keeps the house rules."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHAIN = {
    "scrape_linkedin",
    "aggregate_jobs",
    "validate_jobs",
    "match_jobs",
    "match_changed_people",
    "dispatch_auto_apply",
    "auto_apply",
    "send_notifications",
    "check_health",
    "monitor_performance",
}


def test_every_dag_file_parses_without_network_or_database(bag: Any) -> None:
    assert bag.import_errors == {}


def test_the_whole_chain_is_there(bag: Any) -> None:
    assert set(bag.dags) >= CHAIN


def test_every_dag_says_what_it_does_and_whose_it_is(bag: Any) -> None:
    for dag in bag.dags.values():
        assert len((dag.doc_md or "").strip()) > 100, dag.dag_id
        assert "rolecall" in dag.tags, dag.dag_id
        assert not dag.catchup, dag.dag_id
        for task in dag.tasks:
            assert task.owner == "rolecall", f"{dag.dag_id}.{task.task_id}"
            assert task.retries >= 1, f"{dag.dag_id}.{task.task_id}"
            assert task.execution_timeout is not None, f"{dag.dag_id}.{task.task_id}"


def test_what_runs_by_the_clock_is_missed_when_it_does_not(bag: Any) -> None:
    from rolecall.monitoring.workflows.silence import allowed_hours
    from rolecall.settings import Settings

    watched = {*allowed_hours(Settings()), "monitor_performance"}  # the watcher: check_health looks for it
    clocks = ("Cron", "Delta", "AssetOrTime", "MultipleCron", "Events")
    timed = {dag.dag_id for dag in bag.dags.values() if type(dag.timetable).__name__.startswith(clocks)}
    timed = {name for name in timed if not name.startswith("scrape_")}  # those without searches have nothing to find
    timed -= {"dispatch_auto_apply"}  # continuous: an hour without anything to start is no good run
    assert "check_health" in timed
    assert not timed - watched, "say in include/rolecall/monitoring/workflows/silence.py how long each may go without a good run"


def test_runs_that_people_wait_for_have_a_deadline(bag: Any) -> None:
    late = {dag.dag_id for dag in bag.dags.values() if dag.deadline}
    assert late >= {"auto_apply", "send_notifications", "match_jobs", "match_changed_people", "scrape_linkedin"}


def test_three_tries_wait_longer_each_time_and_never_together() -> None:
    from rolecall.defaults import ARGS, READ
    from rolecall.errors import InvalidInput, NeverSent, RateLimited

    assert ARGS["retries"] == 2
    waits = [[READ.evaluate(error, number, 2).retry_delay for _ in range(20)] for error in (OSError(), NeverSent("x")) for number in (1, 2)]
    bounds = [(1, 2), (2, 4), (5, 10), (10, 20)]
    for several, (least, most) in zip(waits, bounds, strict=True):
        assert all(least <= wait.total_seconds() <= most for wait in several if wait)
        assert len(set(several)) > 15
    assert READ.evaluate(RateLimited("slow down"), 9, 2).retry_delay.total_seconds() == 300
    assert READ.evaluate(InvalidInput("a", "b", fix="c"), 1, 2).action.value == "fail"


def test_every_mapped_task_is_named_readably(bag: Any) -> None:
    mapped = [(dag.dag_id, task) for dag in bag.dags.values() for task in dag.tasks if task.is_mapped]
    assert mapped
    for dag_id, task in mapped:
        assert task.partial_kwargs.get("map_index_template"), f"{dag_id}.{task.task_id}"


def test_boards_are_scraped_at_six_noon_and_six_utc(bag: Any) -> None:
    assert bag.dags["scrape_linkedin"].timetable.expression == "0 6,12,18 * * *"


def test_a_platform_that_is_down_keeps_no_landed_posting_from_being_merged(bag: Any) -> None:
    for dag in (dag for name, dag in bag.dags.items() if name.startswith("scrape_")):
        (announcing,) = [task for task in dag.tasks if task.outlets]
        assert announcing.upstream_task_ids == {"scrape"}
        assert announcing.trigger_rule == "none_skipped"


def test_a_search_ends_by_itself_before_its_task_is_killed_and_sleeps_in_one_slot_a_board(bag: Any) -> None:
    from rolecall.boards.fetch import RUN_SECONDS, TASK_SECONDS, WHOLE, RequestBudget

    for dag in (dag for name, dag in bag.dags.items() if name.startswith("scrape_")):
        how = dag.get_task("scrape").partial_kwargs
        assert how["max_active_tis_per_dagrun"] == 1
        assert how["execution_timeout"].total_seconds() == TASK_SECONDS >= RequestBudget().seconds + 5 * WHOLE
        assert dag.dagrun_timeout.total_seconds() > RUN_SECONDS


def test_reading_a_file_again_makes_no_new_version_of_its_dags(bag: Any) -> None:
    """What a run ran with is told by its DAG's version: a number that grows without a change tells nothing."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    for file in ("auto_apply", "dispatch_auto_apply", "scrape_boards"):
        again = DagBag(ROOT / "dags" / f"{file}.py", bundle_name="dags-folder", bundle_path=ROOT / "dags")
        assert again.dags
        for dag_id, dag in again.dags.items():
            assert LazyDeserializedDAG.from_dag(dag).hash == LazyDeserializedDAG.from_dag(bag.dags[dag_id]).hash, dag_id


@pytest.mark.parametrize(("name", "asset"), [("aggregate_jobs", "postings"), ("validate_jobs", "catalog"), ("match_jobs", "valid-jobs")])
def test_what_nobody_announced_is_merged_checked_and_matched_by_the_clock(bag: Any, name: str, asset: str) -> None:
    table = bag.dags[name].timetable
    assert [one.name for one in table.asset_condition.objects] == [f"rolecall://{asset}"]
    assert table.timetable.expression


@pytest.mark.parametrize(("run_type", "postings", "skipped"), [("scheduled", 0, True), ("scheduled", 1, False), ("manual", 0, False)])
def test_a_run_by_the_clock_that_finds_nothing_new_wakes_nobody(
    bag: Any, monkeypatch: pytest.MonkeyPatch, run_type: str, postings: int, skipped: bool
) -> None:
    from contextlib import nullcontext
    from types import SimpleNamespace

    from airflow.sdk.exceptions import AirflowSkipException

    from rolecall.catalog.aggregate import Aggregated

    merge = bag.dags["aggregate_jobs"].get_task("merge_postings").python_callable
    stand_ins = {
        "StoreHook": lambda: SimpleNamespace(get_conn=nullcontext),
        "aggregate": lambda conn, full: Aggregated(postings=postings),
        "get_current_context": lambda: {"dag_run": SimpleNamespace(run_type=run_type)},
    }
    for stand_in, value in stand_ins.items():
        monkeypatch.setitem(merge.__globals__, stand_in, value)
    with pytest.raises(AirflowSkipException) if skipped else nullcontext():
        assert merge({"full": False})["postings"] == postings


def test_auto_apply_has_the_seeds_defaults_and_bounds(bag: Any) -> None:
    params = bag.dags["auto_apply"].params
    assert (params["threshold"], params["batchSize"], params["delaySeconds"]) == (0.7, 5, 2)
    for name, wrong in (("threshold", 7), ("batchSize", 0), ("delaySeconds", -1), ("userEmail", "nobody"), ("cvId", "")):
        param = params.get_param(name)
        with pytest.raises(Exception, match="Failed validating"):
            param.resolve(value=wrong)


def test_an_application_is_never_retried_blindly(bag: Any) -> None:
    from airflow.sdk import RetryAction

    from rolecall.applying.submit import InFlight, Refused, Stopped, Uncertain
    from rolecall.errors import AuthFailed, NeverSent, ServiceBusy, StoreUnavailable

    policy = bag.dags["auto_apply"].get_task("apply").partial_kwargs["retry_policy"]
    decide = {error: policy.evaluate(error("x"), 1, 5).action for error in (Uncertain, Refused, AuthFailed)}
    assert set(decide.values()) == {RetryAction.FAIL}
    again = (NeverSent, ServiceBusy, StoreUnavailable, InFlight, Stopped, ConnectionError)
    assert {policy.evaluate(error("x"), 1, 5).action for error in again} == {RetryAction.RETRY}


@pytest.mark.parametrize("path", sorted((ROOT / "dags").glob("*.py")), ids=lambda path: path.stem)
def test_a_dag_file_is_a_table_of_contents(path: Path) -> None:
    """No SQL, no HTTP, no loops over rows: at most ten lines a task."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("task" in ast.unparse(decorator) for decorator in node.decorator_list):
            assert len(node.body) <= 8, f"{path.name}: {node.name} holds logic that belongs in include/rolecall/"
    imported = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not imported & {"httpx", "psycopg", "requests", "redis"}


def test_plugins_are_importable_but_not_executed_as_plugins() -> None:
    assert "rolecall/" in (ROOT / "plugins" / ".airflowignore").read_text().split()
    stems = [path.stem for path in (ROOT / "plugins").rglob("*.py") if path.stem != "__init__"]
    assert len(stems) == len(set(stems)), "Airflow imports plugin files under their bare stems"


def test_every_plugin_of_ours_is_registered_by_an_entry_point_that_loads() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]["airflow.plugins"]
    installed = {one.name: one for one in importlib.metadata.entry_points(group="airflow.plugins") if one.name in named}
    assert {name: one.value for name, one in installed.items()} == named, "run `make setup-dev`"
    ours = {
        one
        for one in vars(importlib.import_module("rolecall.plugin")).values()
        if isinstance(one, type) and one.__module__ == "rolecall.plugin"
    }
    assert {one.load() for one in installed.values()} == ours


def test_the_domain_never_imports_airflow() -> None:
    domain, beside = ROOT / "include" / "rolecall", {path.stem for path in (ROOT / "plugins" / "rolecall").iterdir()}
    for path in set(domain.rglob("*.py")) - {domain / "assets.py", domain / "defaults.py"}:
        tree = ast.parse(path.read_text())
        names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in names if name.split(".")[0] in ("airflow", "local", "sandbox")], path
        assert not [name for name in names if name.startswith("rolecall.") and name.split(".")[1] in beside], f"{path}: Airflow's side"


def test_the_generated_page_is_what_the_dags_say(bag: Any) -> None:
    import runpy

    generated = runpy.run_path(str(ROOT / "docs" / "generate_dags.py"))["render"](bag.dags)
    assert (ROOT / "docs" / "DAGS.md").read_text() == generated, "run `make docs`"


MOVED = {("sweep_applications", "seal_audit"): "a DAG of its own now"}
"""Tasks of the version before the rooms that are elsewhere."""


def test_every_dag_and_task_of_an_older_version_is_there_so_that_its_runs_keep_their_places(bag: Any) -> None:
    old = json.loads((ROOT / "tests/upgrade/resources/airflow.json").read_text(encoding="utf-8"))["tasks"]
    assert set(old) <= set(bag.dags)
    assert {(dag, task) for dag, tasks in old.items() for task in tasks if task not in bag.dags[dag].task_ids} == set(MOVED)
