"""To the charted report: what the boards gave and cost."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperatorLink, conf


class FiguresLink(BaseOperatorLink):
    """The list of the daily reports, each with a chart of every board."""

    name = "Boards' figures"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """The page's address."""
        return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/figures/"
