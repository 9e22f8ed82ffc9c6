"""Base URL of an HTTP connection."""

from __future__ import annotations

from typing import Any


def base_url(conn: Any) -> str:
    """``scheme://host[:port][/path]`` without a trailing slash, from an Airflow connection.

    ``host`` may be a bare name or a whole URL, as people paste it; ``schema`` is the scheme for a bare name (https by default).
    """
    host = (conn.host or "").rstrip("/")
    if "://" in host:
        scheme, rest = host.split("://", 1)
    else:
        scheme, rest = conn.schema or "https", host
    name, slash, path = rest.partition("/")
    port = f":{conn.port}" if conn.port and ":" not in name else ""
    return f"{scheme}://{name}{port}{slash}{path}"
