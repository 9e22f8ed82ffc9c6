"""Which connection a name of ours stands for here."""

from __future__ import annotations

CONN_IDS = {
    "store": ("rolecall_db", "Rolecall's own Postgres database"),
    "platform": ("platform_api", "the platform API"),
    "ai": ("ai_service", "the AI service"),
    "redis": ("redis_default", "the Redis whose stream wakes the messages"),
}
"""The connections that every installation has, by what they are for. Airflow's section ``[rolecall]`` may give other ids:
``store_conn_id``, ``platform_conn_id``, …"""

USUAL = {conn_id: name for name, (conn_id, _) in CONN_IDS.items()}


def conn_id_of(given: str) -> str:
    """The id that ``[rolecall]`` gives instead of ours; any other one as it is.

    >>> conn_id_of("somebody_elses")
    'somebody_elses'
    """
    from airflow.sdk import conf

    name = USUAL.get(given)
    return str(conf.get("rolecall", f"{name}_conn_id", fallback="") or given) if name else given
