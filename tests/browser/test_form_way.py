"""The whole way of an employer's form, in two Chromiums: the person's, on the page, and the one that fills in."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from cryptography.fernet import Fernet

from rolecall.applying.effects import enqueue_effects
from rolecall.applying.ledger import Ledger
from rolecall.applying.submit import Pace, submit
from rolecall.applying.tokens import KEY
from rolecall.clients import ai_client
from rolecall.clients.ai_client import AiClient
from rolecall.services.ai import submissions
from rolecall.services.ai.ai_app import create_ai_app
from rolecall.services.browser import browser_process
from rolecall.services.submitters.browser_way import BrowserSubmitter
from rolecall.store import Connection
from rolecall.web.page_app import create_page_app
from sandbox.app import Sandbox
from tests.browser.conftest import sync_api
from tests.browser.form_sends import LETTER, ada, job_with_form, planned_forms
from tests.browser.test_page import Site, accessible, looked_at, served, visit
from tests.conftest import free_port
from tests.sandbox.conftest import served as sandboxed
from tests.services.conftest import AI, make_settings
from tests.web.conftest import states

pytestmark = [pytest.mark.browser, pytest.mark.long]


class World:
    """The sandbox, and the AI service that fills in its forms."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client, url: str) -> None:
        self.sandbox, self.client, self.url = sandbox, client, url

    def prepared(self, job: str) -> dict[str, object]:
        body = {"jobId": job, "cvId": "cv-ada", "coverLetter": LETTER}
        answer = self.client.post("/api/auto-apply/prepare", headers=AI, json=body)
        assert answer.status_code == 200, answer.text
        said: dict[str, object] = answer.json()
        return said

    def received(self) -> list[str]:
        return [one["job_id"] for one in self.sandbox.records.receipts()["receipts"]]


@pytest.fixture
def world(dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    for limit in ("FILL_LIMIT", "SHOW_LIMIT", "RECEIPT_LIMIT"):  # a loaded machine is slower than any employer
        monkeypatch.setattr(browser_process, limit, 5 * getattr(browser_process, limit))
    monkeypatch.setattr(BrowserSubmitter, "limit", 150.0)
    monkeypatch.setattr(submissions, "LEASE", 6 * submissions.LEASE)
    monkeypatch.setattr(ai_client, "APPLY_TIMEOUT", 150.0)
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 150.0)
    with sandboxed(sandbox := Sandbox()) as running:
        port = free_port()
        app = create_ai_app(make_settings(dsn, sandbox_url=running.url))
        with served(app, port):
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=url, timeout=150) as client:
                yield World(sandbox, client, url)


def test_a_form_is_prepared_and_sent_over_rest_and_its_key_says_what_became_of_it(world: World, db: Connection) -> None:
    ada(db)
    job_with_form(db, "j1", "ashby", "31")
    said = world.prepared("j1")
    assert (said["way"], said["obstacles"], said["open"]) == ("browser_form", [], [])
    assert not world.received()
    body = {"jobId": "j1", "cvId": "cv-ada", "coverLetter": LETTER, "platform": "linkedin", "hash": said["formHash"]}
    headers = {**AI, "Idempotency-Key": "k-31", "Prefer": "respond-async"}
    wrong = world.client.post("/api/auto-apply", headers={**headers, "Idempotency-Key": "k-0"}, json={**body, "hash": "0" * 64})
    assert (wrong.status_code, wrong.json()["applicationStatus"]) == (409, "not_sent")
    begun = world.client.post("/api/auto-apply", headers=headers, json=body)
    assert (begun.status_code, begun.json()["applicationStatus"]) == (202, "in_progress")
    deadline = time.monotonic() + 150
    while (found := world.client.get(begun.headers["location"], headers=AI).json())["applicationStatus"] == "in_progress":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert found["applicationStatus"] == "submitted"
    assert found["receipt"].startswith("ashby 200")
    assert world.client.post("/api/auto-apply", headers=headers, json=body).json()["receipt"] == found["receipt"]
    assert world.received() == ["ashby/harbor-example/31"]


def sent(world: World, dsn: str, application: str) -> None:
    with AiClient(world.url, "ai-secret") as service:
        submit(Ledger(dsn, application, enqueue_effects), send=service.auto_apply, pace=Pace(100, 0))


def test_the_filled_form_is_shown_said_yes_to_and_its_receipt_kept_with_a_picture(
    browser: sync_api.Browser, world: World, dsn: str, db: Connection
) -> None:
    ada(db, asks=True)
    for job, where in (("j1", "41"), ("j2", "42--changes")):
        job_with_form(db, job, "greenhouse", where)
    ids = planned_forms(db, {job: world.prepared(job) for job in ("j1", "j2")}, "r1")
    assert states(db) == {"j1": "planned", "j2": "planned"}
    port = free_port()
    with served(create_page_app(make_settings(dsn)), port):
        site = Site(f"http://127.0.0.1:{port}", db, list(ids.values()))
        page = visit(browser, site, 1440, "light", person="ada")
        page.goto(f"{site.url}/approve")
        for job in ("j1", "j2"):
            card = page.locator(f"#a-{ids[job]}")
            card.get_by_text("The form as it was filled in").click()
            picture = card.locator(".form-picture")
            picture.wait_for()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth > 500)")
            card.get_by_label("choose").check()
        looked_at(page, "forms-approve")
        accessible(page)
        assert not world.received(), "what was shown was not sent"
        page.get_by_role("button", name="Send them").click()
        page.get_by_role("button", name="Undo").first.wait_for()
        assert states(db) == {"j1": "approved", "j2": "approved"}
        for job in ("j1", "j2"):
            db.execute("update application set hold_until = null where id = %s", (ids[job],))
            db.commit()
            sent(world, dsn, ids[job])
        assert states(db) == {"j1": "submitted", "j2": "planned"}, "it asks otherwise than what was said yes to"
        assert world.received() == ["greenhouse/harbor-example/41"]

        page.goto(f"{site.url}/applications/{ids['j1']}")
        page.get_by_text("greenhouse 200").first.wait_for()
        for what in ("The form as it was shown before it was sent", "What the form said after it was sent"):
            page.get_by_text(what).click()
        for number in range(2):
            picture = page.locator(".form-picture").nth(number)
            picture.wait_for()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth > 500)")
        looked_at(page, "forms-application")
        accessible(page)

        ids = planned_forms(db, {"j2": world.prepared("j2")}, "r2")
        page.goto(f"{site.url}/approve")
        page.locator(f"#a-{ids['j2']}").wait_for()
        sent(world, dsn, ids["j2"])
        assert world.received() == ["greenhouse/harbor-example/41"], "the yes was to another form"
        page.locator(f"#a-{ids['j2']}").get_by_role("button", name="Send it").click()
        page.get_by_role("button", name="Undo").first.wait_for()
        sent(world, dsn, ids["j2"])
        assert world.received() == ["greenhouse/harbor-example/41", "greenhouse/harbor-example/42--changes"]
        page.close()
