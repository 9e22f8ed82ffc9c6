"""What OpenLineage is told, where its provider is installed: assets are tables of Postgres."""

from __future__ import annotations

import pytest
from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

from rolecall import assets
from rolecall.lineage import to_openlineage


def test_airflow_finds_the_converter_and_addresses_of_assets_stay_as_they_were() -> None:
    assert "rolecall" in ProvidersManagerTaskRuntime().asset_to_openlineage_converters
    assert {assets.postings.uri, assets.postings.normalized_uri} == {"rolecall://postings/"}


def test_each_asset_is_the_table_it_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openlineage.client", reason="the provider apache-airflow-providers-openlineage is not installed")
    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", "postgres://me:secret@db.example:5433/jobs")
    found = [to_openlineage(one, None) for one in (assets.postings, assets.catalog, assets.matches)]
    assert {one.namespace for one in found} == {"postgres://db.example:5433"}
    assert [one.name for one in found] == ["jobs.public.posting", "jobs.public.job", "jobs.public.match"]
