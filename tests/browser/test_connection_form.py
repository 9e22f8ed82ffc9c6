"""A connection of ours is added, tested and broken in the web UI by hand, and the Test button names what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Seen
from tests.http_double import Answer, Call, HttpDouble, http_double
from tests.integration.conftest import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

NAME, TOKEN = "strangers_platform", "t0ken-of-a-stranger"


@pytest.fixture
def platform(stack: Stack) -> Iterator[HttpDouble]:
    """Somebody's platform: healthy for who brings its token. The connection is gone afterwards."""

    def answer(call: Call) -> Answer:
        known = call.headers.get("authorization") == f"Bearer {TOKEN}"
        return Answer(200, {"status": "healthy"}) if known else Answer(401, {"error": "unknown token"})

    with http_double() as provider:
        provider.answer = answer
        yield provider
    with stack.airflow() as api:
        api.delete(f"/connections/{NAME}")


def press(where: Page | Locator, button: str) -> None:
    """Where a message of Airflow's may lie over it."""
    where.get_by_role("button", name=button).dispatch_event("click")


def test_a_connection_is_added_tested_and_a_wrong_token_is_named(seen: Seen, platform: HttpDouble) -> None:
    seen.visit("/connections")
    page = seen.page
    press(page, "Add Connection")
    form = page.get_by_role("dialog")
    form.locator("input[name=connection_id]").fill(NAME)
    form.get_by_role("combobox").fill("Rolecall plat")
    page.keyboard.press("Enter")
    host, _, port = platform.url.rpartition(":")
    form.locator("input[name=host]").fill(host)
    form.locator("input[name=port]").fill(port)
    form.locator("input[name=password]").fill(TOKEN)
    press(form, "Save")
    form.wait_for(state="detached")

    row = page.get_by_role("row").filter(has_text=NAME)
    press(row, "Test Connection")
    page.get_by_text("healthy").first.wait_for()
    assert len(platform.calls) == 1, "the connection's own host is asked once"
    assert seen.bad == []

    press(row, "Edit Connection")
    form = page.get_by_role("dialog")
    form.locator("input[name=password]").fill("another")
    press(form, "Save")
    form.wait_for(state="detached")
    press(row, "Test Connection")
    page.get_by_text("401").first.wait_for()
