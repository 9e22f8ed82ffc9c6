"""What the README sends people to is drawn, and no request behind it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.conftest import Seen
from tests.integration.conftest import Stack

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("ROLECALL_PICTURES", "")
"""Folder for screenshots; empty: none are taken."""

WAY = {
    "rolecall://postings": ("scrape_linkedin", "aggregate_jobs"),
    "rolecall://catalog": ("aggregate_jobs", "validate_jobs"),
    "rolecall://valid-jobs": ("validate_jobs", "match_jobs"),
    "rolecall://people": ("sync_data", "match_changed_people"),
    "rolecall://matches": ("match_jobs", "dispatch_auto_apply"),
    "rolecall://notifications": ("auto_apply", "send_notifications"),
}
"""What each asset's graph shows at least."""


def picture(seen: Seen, name: str) -> None:
    if PICTURES:
        seen.page.screenshot(path=Path(PICTURES) / f"{name}.png")


def ids(stack: Stack) -> dict[str, int]:
    with stack.airflow() as api:
        return {asset["name"]: asset["id"] for asset in api.get("/assets").raise_for_status().json()["assets"]}


def test_there_is_an_asset_for_each_step_of_the_way(stack: Stack) -> None:
    assert set(ids(stack)) == set(WAY)


@pytest.mark.parametrize("asset", [pytest.param(one, marks=[pytest.mark.long] if number % 2 else []) for number, one in enumerate(WAY)])
def test_the_scheduling_of_an_asset_is_drawn_with_who_writes_it_and_whom_it_starts(stack: Stack, seen: Seen, asset: str) -> None:
    seen.visit(f"/assets/{ids(stack)[asset]}")
    for label in (asset, *WAY[asset]):
        node = seen.page.locator(".react-flow__node").filter(has_text=label).first
        node.wait_for(state="visible")
    assert seen.page.locator(".react-flow__edge").count() >= 2
    picture(seen, asset.partition("://")[2])
    assert seen.bad == []


@pytest.mark.parametrize("path", ["/dags", "/assets", "/plugins", "/connections"])
def test_a_page_that_people_are_sent_to_opens_without_a_failing_request(seen: Seen, path: str) -> None:
    seen.visit(path)
    picture(seen, path.strip("/"))
    assert seen.bad == []


def test_the_plugins_page_says_what_there_is_and_where(seen: Seen) -> None:
    seen.visit("/plugins")
    for what in ("webhook: POST /webhook/auto-apply", "figures: charted reports", "how long every run waited"):
        seen.page.get_by_text(what).first.wait_for(state="visible")
