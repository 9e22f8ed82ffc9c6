"""Where Airflow's web UI is, for links in messages."""

from __future__ import annotations

from airflow.sdk import conf


def airflow_url() -> str:
    """``[api] base_url`` without a trailing slash; where nobody set it, as Airflow itself assumes: on this machine, at its port."""
    return str(conf.get("api", "base_url", fallback="") or f"http://localhost:{conf.get('api', 'port', fallback='8080')}").rstrip("/")
