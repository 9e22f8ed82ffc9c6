"""Assets as OpenLineage data sets, where the provider ``apache-airflow-providers-openlineage`` is installed: each stands for a table."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult

from airflow.sdk import Asset

from rolecall.hooks.store_hook import StoreHook


def as_it_is(uri: SplitResult) -> SplitResult:
    """A ``rolecall://`` address needs no mending; Airflow asks, since without an answer it tells OpenLineage nothing."""
    return uri


def to_openlineage(asset: Asset, lineage_context: Any) -> Any:
    """The table that an asset stands for, as OpenLineage names one of Postgres: ``postgres://host:port``, ``database.schema.table``.

    :raises KeyError: the asset names no table
    """
    from airflow.providers.common.compat.openlineage.facet import Dataset

    hook = StoreHook()
    connection = hook.get_connection(hook.postgres_conn_id)
    table = asset.extra["table"]
    return Dataset(
        namespace=f"postgres://{connection.host}:{connection.port or 5432}", name=f"{connection.schema or 'rolecall'}.public.{table}"
    )
