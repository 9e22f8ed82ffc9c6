"""A real browser, logged in to a real stack: the one that runs in ``ROLECALL_HOME``, else one that is started and stopped here."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.base.paths import Home
from tests.integration.conftest import Stack

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
WAIT = 60_000
"""Milliseconds for anything to appear on a busy machine."""

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make setup-dev")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or pytest.skip(f"none of {', '.join(NAMES)} is on the PATH (Debian's package: chromium)")


@pytest.fixture(scope="session")
def stack(chromium: str) -> Iterator[Stack]:
    """A stack that is up. One that ran before goes on running."""
    running = Stack(Home.of().folder)
    if (running.home / "stack.json").exists():
        yield running
        return
    folder = Path(tempfile.mkdtemp(prefix="rolecall-browser-"))
    own = Stack(folder / "home")
    try:
        own.make("up")
        yield own
    finally:
        own.make("down", check=False)
        shutil.rmtree(folder, ignore_errors=True)


class Seen:
    """A page of the web UI, and what went wrong on the way to it.

    :param page: playwright's page
    """

    def __init__(self, page: sync_api.Page, url: str) -> None:
        self.page = page
        self.url = url
        self.bad: list[str] = []
        page.on("response", lambda answer: self.bad.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        page.on("console", lambda said: self.bad.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: self.bad.append(f"script: {error}"))

    def visit(self, path: str) -> None:
        """Opens a page and waits until nothing is loaded any more."""
        self.page.goto(f"{self.url}{path}")
        self.page.wait_for_load_state("networkidle")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[sync_api.Browser]:
    """Chromium, one for all tests: playwright's driver runs once in a thread."""
    with sync_api.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="session")
def signed_in(stack: Stack, browser: sync_api.Browser) -> Iterator[sync_api.BrowserContext]:
    """A browser after the login form."""
    facts = stack.facts
    context = browser.new_context(viewport={"width": 1500, "height": 900})
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(facts["airflow_url"])
    page.fill("input[name=username]", facts["username"])
    page.fill("input[name=password]", facts["password"])
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/auth/" not in url)
    page.close()
    yield context
    context.close()


@pytest.fixture
def seen(stack: Stack, signed_in: sync_api.BrowserContext) -> Iterator[Seen]:
    """A page of the web UI, logged in."""
    page = signed_in.new_page()
    yield Seen(page, stack.facts["airflow_url"])
    page.close()
