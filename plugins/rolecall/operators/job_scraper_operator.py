"""The seed's JobScraper node."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import BaseOperator, Context

from rolecall.boards.fetch import RUN_SECONDS, RequestBudget
from rolecall.boards.history.replay import replay
from rolecall.boards.history.window import Window, landed_window
from rolecall.boards.scrape import scrape
from rolecall.hooks.board_hook import BoardHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.links.figures_link import FiguresLink
from rolecall.models import SearchQuery


def window_of(context: Context) -> Window | None:
    """What a run reads again in place of asking its board; ``None``: it asks."""
    run = context["dag_run"]
    return landed_window(run.run_type, run.logical_date, replay=bool(context["params"].get("replay")))


def budget_of(context: Context) -> RequestBudget:
    """What is left for a search: boards are asked in the first part of a run, however many searches it has."""
    began = context["dag_run"].start_date or datetime.now(UTC)
    left = RUN_SECONDS - (datetime.now(UTC) - began).total_seconds()
    return RequestBudget(seconds=max(0.0, min(RequestBudget().seconds, left)))


class JobScraperOperator(BaseOperator):
    """Runs one search on one board and lands what it finds; returns counts and the outcome by name, never rows.

    In a run of the past, or one with the parameter ``replay``, it never asks the board: what all its searches landed is read again.

    :param platform: a registered board: ``linkedin``, ``indeed``, …
    :param keywords: as typed into the board's search box (templated)
    :param location: as typed (templated); empty means anywhere
    :param max_results: cards to take at most, 1 to 10,000
    :param company: the employer's board, only on services that give every employer one (templated)
    :param remote: only work from home, on boards that can be asked for it
    :param radius: kilometres around the place, likewise
    :param max_age_days: only ads so young, likewise
    :param contract: only this kind of contract (``full-time``, …), likewise
    :param conn_id: the ``rolecall`` database
    """

    template_fields: Sequence[str] = ("keywords", "location", "max_results", "company")
    ui_color = "#d7ecff"
    operator_extra_links = (FiguresLink(),)

    def __init__(
        self,
        *,
        platform: str = "linkedin",
        keywords: str = "",
        location: str = "",
        max_results: int = 50,
        company: str = "",
        remote: bool = False,
        radius: int | None = None,
        max_age_days: int | None = None,
        contract: str = "",
        conn_id: str = StoreHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.platform = platform
        self.keywords = keywords
        self.location = location
        self.max_results = max_results
        self.company = company
        self.remote = remote
        self.radius = radius
        self.max_age_days = max_age_days
        self.contract = contract
        self.conn_id = conn_id
        self.replays = False

    @property
    def query(self) -> SearchQuery:
        """The search.

        :raises pydantic.ValidationError: a field is out of range
        """
        return SearchQuery.model_validate({name: getattr(self, name) for name in SearchQuery.model_fields})

    @property
    def label(self) -> str:
        """What a mapped task is called in the UI."""
        return "replay of what was landed" if self.replays else self.query.key

    @property
    def board(self) -> BoardHook:
        """The board's connection."""
        return BoardHook(f"board_{self.platform}")

    @property
    def base_url(self) -> str | None:
        """Where the connection ``board_<platform>`` leads; ``None``: there is none, or it names no host."""
        return self.board.address or None

    def execute(self, context: Context) -> dict[str, Any]:
        """Runs one search on its board, or reads stored answers again for a backfill; returns counts."""
        window = window_of(context)
        if window is not None:
            self.replays = True
            return replay(StoreHook(self.conn_id).dsn, self.platform, since=window.since, until=window.until).as_dict()
        result = asyncio.run(
            scrape(
                self.platform,
                self.query,
                dsn=StoreHook(self.conn_id).dsn,
                run_id=context["dag_run"].run_id,
                base_url=self.base_url,
                credential=self.board.credential,
                budget=budget_of(context),
                permission=os.environ.get(f"ROBOTS_PERMISSION_{self.platform.upper()}"),
            )
        )
        return result.as_dict()
