"""The map of the flow, as *Assets* in the web UI draws it: nothing starts from nowhere, and nothing ends there."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rolecall import assets
from rolecall.defaults import after_task

ROOT = Path(__file__).parents[2]

Drawn = dict[str, tuple[set[str], set[str]]]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """Asset → DAGs that write it, DAGs that it starts: from what Airflow stores of each DAG and draws."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

    found: Drawn = defaultdict(lambda: (set(), set()))
    for dag in DagBag(ROOT / "dags", bundle_name="dags-folder", bundle_path=ROOT / "dags").dags.values():
        stored: dict[str, Any] = DagSerialization.to_dict(dag)["dag"]
        for each in stored.get("dag_dependencies", []):
            if each["dependency_type"] == "asset":
                into, starts = found[each["label"]]
                if each["source"] == dag.dag_id:
                    into.add(dag.dag_id)
                if each["target"] == dag.dag_id:
                    starts.add(dag.dag_id)
    return dict(found)


def declared() -> set[str]:
    from airflow.sdk import Asset

    from rolecall import assets

    return {value.name for value in vars(assets).values() if isinstance(value, Asset)}


def test_every_asset_is_written_by_something_and_starts_something(drawn: Drawn) -> None:
    assert set(drawn) == declared()
    assert {asset for asset, (into, starts) in drawn.items() if not into or not starts} == set()


def test_the_picture_is_the_one_of_the_readme(drawn: Drawn) -> None:
    way = ["rolecall://postings", "rolecall://catalog", "rolecall://valid-jobs", "rolecall://matches"]
    dags = ["scrape_linkedin", "aggregate_jobs", "validate_jobs", "match_jobs", "dispatch_auto_apply"]
    for asset, before, after in zip(way, dags, dags[1:], strict=False):
        assert before in drawn[asset][0]
        assert drawn[asset][1] == {after}
    assert drawn["rolecall://people"] == ({"sync_data"}, {"match_changed_people"})
    assert "match_changed_people" in drawn["rolecall://matches"][0]
    assert "auto_apply" in drawn["rolecall://notifications"][0]
    assert drawn["rolecall://notifications"][1] == {"send_notifications"}


def test_an_event_says_the_day_the_rows_and_the_board() -> None:
    from airflow.sdk.execution_time.context import OutletEventAccessors

    events = OutletEventAccessors()
    context = {
        "dag": SimpleNamespace(dag_id="scrape_linkedin"),
        "task": SimpleNamespace(outlets=[assets.postings]),
        "outlet_events": events,
    }
    after_task(context, {"new": 3, "kept": 2, "words": "five", "fine": True})
    extra = events[assets.postings].extra
    assert date.fromisoformat(extra.pop("day"))
    assert extra == {"rows": {"new": 3, "kept": 2}, "board": "linkedin"}
    after_task({**context, "dag": SimpleNamespace(dag_id="aggregate_jobs"), "outlet_events": (other := OutletEventAccessors())}, 7)
    assert other[assets.postings].extra["rows"] == {"rows": 7}
    assert "board" not in other[assets.postings].extra
