"""The seed's JobScraper node."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context

from include.boards.scrape import scrape
from include.models import SearchQuery
from include.settings import Settings
from rolecall.hooks.store_hook import StoreHook


class JobScraperOperator(BaseOperator):
    """Runs one search on one board and lands what it finds; returns counts and the outcome by name, never rows.

    :param platform: a registered board: ``linkedin``, ``indeed``, …
    :param keywords: as typed into the board's search box (templated)
    :param location: as typed (templated); empty means anywhere
    :param max_results: cards to take at most, 1 to 10,000
    :param company: the employer's board, only on services that give every employer one (templated)
    :param conn_id: the ``rolecall`` database
    """

    template_fields: Sequence[str] = ("keywords", "location", "max_results", "company")
    ui_color = "#d7ecff"

    def __init__(
        self,
        *,
        platform: str = "linkedin",
        keywords: str = "",
        location: str = "",
        max_results: int = 50,
        company: str = "",
        conn_id: str = StoreHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.platform = platform
        self.keywords = keywords
        self.location = location
        self.max_results = max_results
        self.company = company
        self.conn_id = conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        query = SearchQuery(keywords=self.keywords, location=self.location, max_results=self.max_results, company=self.company)
        result = asyncio.run(
            scrape(
                self.platform,
                query,
                dsn=StoreHook(self.conn_id).dsn,
                run_id=context["dag_run"].run_id,
                base_url=getattr(Settings(), f"{self.platform}_base_url", None),
                permission=os.environ.get(f"ROBOTS_PERMISSION_{self.platform.upper()}"),
            )
        )
        return result.as_dict()
