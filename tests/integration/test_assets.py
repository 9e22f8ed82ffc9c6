"""The picture behind Assets → Scheduling, as the web UI asks for it: Airflow's own query on the driver that is chosen here."""

from __future__ import annotations

from tests.integration.conftest import Stack


def test_the_graphs_of_every_asset_are_answered_and_hold_who_writes_it_and_whom_it_starts(stack: Stack) -> None:
    with stack.airflow() as api:
        assets = api.get("/assets").raise_for_status().json()["assets"]
        assert len(assets) >= 5
        for asset in assets:
            node = f"asset:{asset['id']}"
            for kind in ("scheduling", "data"):
                graph = api.get(f"{stack.facts['airflow_url']}/ui/dependencies", params={"node_id": node, "dependency_type": kind})
                edges = graph.raise_for_status().json()["edges"]
                assert any(edge["target_id"] == node for edge in edges), f"nothing writes {asset['name']}"
                assert kind == "data" or any(edge["source_id"] == node for edge in edges), f"{asset['name']} starts nothing"
