"""The page in a real Chromium: from the first visit to the first approval, at a telephone's and a desk's width, light and dark."""

from __future__ import annotations

import os
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from psycopg.types.json import Jsonb

from rolecall.applying import ledger
from rolecall.people.logins import make_login
from rolecall.store import Connection
from rolecall.web.page_app import create_page_app
from tests.browser.conftest import sync_api
from tests.conftest import free_port
from tests.services.conftest import add_job, add_person, make_settings
from tests.web.conftest import LETTER, states, waits

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: make setup-dev")

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("ROLECALL_PICTURES", "")
LOOKS = [
    (390, "light"),
    pytest.param(390, "dark", marks=pytest.mark.long),
    pytest.param(1440, "light", marks=pytest.mark.long),
    (1440, "dark"),
]
CV = """Mira Example
Senior Data Engineer
Berlin
mira@example.com

Skills
Python, Airflow, PostgreSQL

Experience
Data Engineer, Lumen Freight, 2019-03 to 2025-12
Airflow pipelines in Python
"""


@dataclass
class Site:
    """The page, served; and a link that logs Mira in."""

    url: str
    db: Connection
    applications: list[str]

    def link(self, person: str | None = "mira") -> str:
        made = make_login(self.db, person, base_url=self.url, operator=person is None)
        self.db.commit()
        return made


@pytest.fixture
def site(dsn: str, db: Connection) -> Iterator[Site]:
    """Mira with three applications that wait and one that is unclear."""
    add_person(db, "mira")
    found = waits(db, "j1", "j2", "j3")
    waits(db, "j4", run="r2", company="Lumenfold")
    db.execute(
        "update application set state = 'approved', approval_hash = content_hash where job_id = 'j4';"
        "update application set state = 'submitting' where job_id = 'j4';"
        "update application set state = 'uncertain', state_reason = 'no complete answer within 30 s' where job_id = 'j4'"
    )
    add_job(db, "j5", title="Platform engineer", company="Azulejo Cloud", salary_min=72000, salary_max=85000, salary_currency="EUR")
    db.commit()
    port = free_port()
    with served(create_page_app(make_settings(dsn)), port):
        yield Site(f"http://127.0.0.1:{port}", db, found)


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[None]:
    """The app on a loopback port."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield
    server.should_exit = True
    thread.join(10)


def visit(browser: sync_api.Browser, site: Site, width: int, scheme: str, person: str | None = "mira", locale: str = "en") -> sync_api.Page:
    """A page of somebody who came in; what a script or the policy complains of fails the test."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" and "status of 4" not in said.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda one: complaints.append(f"dialog: {one.message}"))
    page.complaints = complaints  # type: ignore[attr-defined]
    page.goto(site.link(person))
    page.locator("form button").click()
    page.wait_for_url(f"{site.url}/")
    return page


def looked_at(page: sync_api.Page, name: str) -> None:
    """Keeps a picture where one is asked for; nothing is wider than the window, and nothing complains."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is wider than its window"
    assert page.complaints == []  # type: ignore[attr-defined]


def accessible(page: sync_api.Page) -> None:
    found = axe.Axe().run(page)
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found.response["violations"]] == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_way_from_the_first_visit_to_what_is_sent(
    browser: sync_api.Browser, site: Site, tmp_path: Path, width: int, scheme: str
) -> None:
    page, name = visit(browser, site, width, scheme), f"{width}-{scheme}"
    looked_at(page, f"today-{name}")

    page.get_by_role("link", name="Approve").first.click()
    page.locator(".ask").first.wait_for()
    looked_at(page, f"approve-{name}")
    page.locator(".ask").nth(0).get_by_label("choose").check()
    page.locator(".ask").nth(1).get_by_label("choose").check()
    page.get_by_role("button", name="Send them").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert states(site.db) == {"j1": "approved", "j2": "approved", "j3": "planned", "j4": "uncertain"}
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("waits for your answer again").wait_for()
    page.locator(".ask").first.focus()
    page.keyboard.press("y")
    page.get_by_role("button", name="Undo").wait_for()
    page.locator(".ask").first.focus()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.get_by_text("is not sent").wait_for()
    page.keyboard.press("u")
    page.get_by_text("waits for your answer again").wait_for()
    assert sorted(states(site.db).values()) == ["approved", "planned", "planned", "uncertain"]

    page.get_by_role("link", name="Edit the letter").first.click()
    page.get_by_label("The letter").fill(f"{LETTER}\n\nI hold a PhD.")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Not in your CV").wait_for()
    assert site.db.execute("select 1 from application where letter like '%%PhD%%'").fetchone() is None  # refused
    looked_at(page, f"letter-{name}")

    watched(page, site)

    page.goto(f"{site.url}/applications?state=uncertain")
    page.get_by_role("link", name="Data engineer").click()
    page.get_by_label("What you saw").fill("hr@lumenfold.example, Thank you, 14:03")
    looked_at(page, f"unclear-{name}")
    page.get_by_role("button", name="Received", exact=True).click()
    page.get_by_text("evidence: statement").wait_for()
    assert states(site.db)["j4"] == "submitted"

    page.goto(f"{site.url}/me")
    file = tmp_path / "cv.txt"
    file.write_text(CV)
    page.get_by_label("A CV (PDF, Word, text, JSON Resume)").set_input_files(file)
    page.get_by_role("button", name="Upload and read it").click()
    page.get_by_text("cv.txt", exact=True).wait_for()
    page.get_by_label("Headline").first.fill("Staff data engineer")
    page.get_by_role("button", name="Keep what I corrected").first.click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_label("Headline").first.input_value() == "Staff data engineer"
    page.get_by_label("Work I look for").fill("data engineer")
    page.locator("form[action='/me/wishes']").get_by_role("button", name="Save changes").click()
    page.wait_for_load_state("networkidle")
    looked_at(page, f"me-{name}")
    page.get_by_role("button", name="pause").click()
    page.get_by_text("Nothing is sent", exact=True).wait_for()
    said = site.db.execute("select preferences from person").fetchone() or {}
    assert (said["preferences"]["auto_apply"], said["preferences"]["criteria"]["keywords"]) == (False, ["data engineer"])

    page.goto(f"{site.url}/jobs?show=all")
    looked_at(page, f"jobs-{name}")
    page.get_by_label("Words of the title, employer or place").fill("azulejo")
    page.get_by_text("Quartz Harbor").first.wait_for(state="detached")
    page.get_by_role("link", name="Platform engineer").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Saved: take it back").wait_for()
    page.goto(f"{site.url}/jobs/j1")
    assert page.locator("mark").count() == 2
    looked_at(page, f"job-{name}")

    page.goto(f"{site.url}/me#data")
    with page.expect_download() as given:
        page.get_by_role("button", name="Export").click()
    with zipfile.ZipFile(given.value.path()) as archive:
        assert "mira@example.com" in archive.read("export.json").decode()
    page.get_by_label("Type: erase everything").fill("erase everything")
    page.get_by_role("button", name="Erase everything").click()
    page.wait_for_url(f"{site.url}/login?erased")
    page.get_by_role("status").filter(has_text="Everything about you was erased").wait_for()
    assert site.db.execute("select 1 from person").fetchone() is None


def watched(page: sync_api.Page, site: Site) -> None:
    """The run that sends what was said yes to, as it looks from Today: nothing is loaded again, and the receipt stands in the history."""
    page.goto(f"{site.url}/")
    page.locator("[data-figure=uncertain]", has_text="1").wait_for()
    (sent,) = site.db.execute("select id::text from application where state = 'approved'").fetchall()
    assert ledger.begin(site.db, sent["id"])
    site.db.commit()
    ledger.finish(site.db, sent["id"], ledger.Result("uncertain", "no complete answer within 30 s"))
    site.db.commit()
    page.locator("[data-figure=uncertain]", has_text="2").wait_for()
    ledger.resolve(site.db, sent["id"], "submitted", ledger.Evidence("receipt", "R-1 at the service", "the service"))
    site.db.commit()
    page.locator("[data-figure=uncertain]", has_text="1").wait_for()
    page.goto(f"{site.url}/applications/{sent['id']}")
    page.get_by_text("R-1 at the service").first.wait_for()


def test_times_are_in_the_viewers_zone_and_say_which(browser: sync_api.Browser, site: Site) -> None:
    page = browser.new_context(timezone_id="Asia/Tokyo").new_page()
    page.goto(site.link())
    page.get_by_role("button", name="Log in").click()
    page.locator("footer time").wait_for()
    shown = page.locator("footer time").first
    assert shown.inner_text().endswith("GMT+9")
    assert (shown.get_attribute("title") or "").endswith("UTC")


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [
        pytest.param(1440, "light", "en", marks=pytest.mark.long),
        (1440, "dark", "de"),
        pytest.param(390, "light", "de", marks=pytest.mark.long),
        (390, "dark", "en"),
    ],
)
def test_no_page_shuts_anybody_out(browser: sync_api.Browser, site: Site, width: int, scheme: str, locale: str) -> None:
    """By axe-core: names, labels, contrast, order, landmarks."""
    page = visit(browser, site, width, scheme, person=None, locale=locale)
    one = site.applications[0]
    paths = (
        "/",
        "/jobs",
        "/jobs?show=all&place=berlin",
        "/jobs/j1",
        "/approve",
        f"/approve/{one}/letter",
        "/applications",
        "/applications?view=board",
        f"/applications/{one}",
        "/by-hand",
        "/market",
        "/me",
        "/me/second-factor",
        "/flow",
    )
    for path in (*paths, "/people", "/nowhere", "/jobs?q=nothing+like+this", "/login"):
        page.goto(f"{site.url}{path}")
        accessible(page)
        if PICTURES and not path.startswith("/nowhere"):
            looked_at(page, f"all{path.replace('/', '-').replace('?', '-')[:40]}-{width}-{scheme}-{locale}")


def test_a_letter_has_one_mark_a_sentence_and_a_quiet_one_where_it_may_be_true(browser: sync_api.Browser, site: Site) -> None:
    page = visit(browser, site, 390, "dark")
    page.goto(f"{site.url}/approve/{site.applications[0]}/letter")
    new = "I wrote the rota of the night shift."
    page.get_by_label("The letter").fill(f"{LETTER}\n\n{new} I hold a PhD.")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_label("It is true, and I answer for it").wait_for()
    assert [one.inner_text() for one in page.locator("mark").all()] == ["I hold a PhD."]
    page.get_by_label(new).check()  # on the sentence itself
    accessible(page)
    page.get_by_label("The letter").fill(f"{LETTER}\n\n{new}\n\nI hold a PhD.")
    page.get_by_role("button", name="Only check it").click()
    page.locator("mark").wait_for()
    assert page.get_by_label(new).is_checked(), "an edit elsewhere asks nothing again"
    assert page.locator("input[name=confirmed]").count() == 2
    looked_at(page, "letter-marks")


HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "<svg/onload=alert(1)>", "javascript:alert(1)",
    "{{ 7*7 }}<iframe srcdoc='<script>alert(1)</script>'>", "<a href=\"javascript:alert(1)\">x</a>", "</title><script>alert(1)</script>",
)  # fmt: skip


def test_nothing_that_strangers_write_runs(browser: sync_api.Browser, site: Site) -> None:
    """Titles, companies, places, descriptions, reasons, letters, CVs, names, mails, meetings, answers, questions of forms, errors."""
    evil, one = "".join(HOSTILE), site.applications[0]
    for statement in WRITTEN_BY_STRANGERS:
        site.db.execute(statement, {"x": evil, "one": one, "json": Jsonb(evil)})
    site.db.commit()
    page = visit(browser, site, 1440, "light", person=None)
    page.goto(f"{site.url}/people")
    page.locator("form button", has_text="Show the page of").first.click()
    page.wait_for_url(f"{site.url}/")
    for path in EVERY_PAGE:
        page.goto(f"{site.url}{path.format(one=one)}")
        page.wait_for_load_state("networkidle")
        assert page.complaints == [], path  # type: ignore[attr-defined]
        assert page.locator("script:not([src]), svg, iframe, img:not([src^='/market'])").count() == 0, path
        assert page.locator("a[href^='javascript']").count() == 0, path


@pytest.mark.long
@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_with_everything_on_it_shuts_anybody_out(
    browser: sync_api.Browser, site: Site, width: int, scheme: str, locale: str
) -> None:
    """Every page with mails, meetings, questions, errors, warnings and what was held back; what is refused; lists that are empty."""
    one = site.applications[0]
    for statement in WRITTEN_BY_STRANGERS:
        site.db.execute(statement, {"x": "Quartz & Söhne", "one": one, "json": Jsonb("Quartz & Söhne")})
    site.db.commit()
    page = visit(browser, site, width, scheme, locale=locale)
    for path in (*EVERY_PAGE, "/jobs?show=held", "/jobs?show=saved", "/applications?state=refused", "/nowhere", "/flow"):
        page.goto(f"{site.url}{path.format(one=one)}")
        accessible(page)
        looked_at(page, f"full{path.replace('/', '-').replace('?', '-')[:40]}-{width}-{scheme}-{locale}")
    page.goto(f"{site.url}/me")
    page.locator("textarea[name=locations]").fill("Leipzg, Germany")
    page.locator("form[action='/me/wishes'] button").first.click()
    page.locator(".say.warn", has_text="Leipzig, Germany").wait_for()
    accessible(page)
    page.goto(f"{site.url}/approve/{one}/letter")
    page.locator("textarea[name=letter]").fill("I hold a PhD in falconry.")
    page.locator("form button").last.click()
    page.wait_for_load_state("networkidle")
    accessible(page)


WRITTEN_BY_STRANGERS = (
    "update person set name = %(x)s",
    "update job set title = %(x)s, company = %(x)s, location = %(x)s, description = %(x)s where id in ('j1', 'j5')",
    "update job set url = 'javascript:alert(1)', apply_url = 'javascript:alert(1)' where id = 'j1'",
    """update match set title = %(x)s, company = %(x)s,
       reasons = jsonb_build_array(jsonb_build_object('text', %(x)s::text, 'label', %(x)s::text, 'verdict', 'direct'))""",
    """update application set letter = %(x)s, title = %(x)s, company = %(x)s, open_questions = jsonb_build_array(jsonb_build_object(
           'question', %(x)s::text, 'kind', 'select', 'options', jsonb_build_array(%(x)s::text), 'why', %(x)s::text, 'country', '',
           'required', true, 'sensitive', false))
       where state = 'planned'""",
    """update cv set data = data || jsonb_build_object('text', %(x)s::text, 'headline', %(x)s::text, 'name', %(x)s::text,
           'warnings', jsonb_build_array(%(x)s::text))""",
    """insert into posting (board, external_id, url, title, raw, content_hash, job_id, description_html)
       values ('indeed', 'x', 'javascript:alert(1)', %(x)s, '{}', 'h', 'j1', %(x)s)""",
    """insert into held_back (run_id, person_id, source, job_id, title, company, score, rule, reason)
       values ('r', 'mira', 'linkedin', 'j5', %(x)s, %(x)s, 0.8, 'x', %(x)s)""",
    "insert into job_mark (person_id, job_id, mark, reason) values ('mira', 'j5', 'hidden', %(x)s)",
    "insert into person_answer (person_id, question, asked, value, state) values ('mira', %(x)s, %(x)s, %(json)s, 'confirmed')",
    """insert into mail (person_id, hash, sent_at, sender, sender_name, subject, body, kind, why, application_id)
       values ('mira', 'h', now(), %(x)s, %(x)s, %(x)s, %(x)s, 'rejected', %(x)s, %(one)s::uuid)""",
    """insert into interview (person_id, application_id, mail_id, uid, status, start_at, zone, link, place)
       select 'mira', %(one)s::uuid, id, 'u', 'planned', now() + interval '1 day', 'UTC', 'javascript:alert(1)', %(x)s from mail""",
    "insert into board_run (run_id, board, search, outcome, error, cards) values ('r', 'linkedin', 's', 'Blocked', %(x)s, 0)",
    """insert into incident (key, kind, service, detail, last_detail, opened_at, last_seen_at, reminded_at)
       values ('k', 'health', %(x)s, %(x)s, %(x)s, now(), now(), now())""",
)
EVERY_PAGE = (
    "/", "/jobs", "/jobs?show=all", "/jobs?show=hidden", "/jobs/j1", "/jobs/j5", "/jobs/j5/by-hand", "/approve", "/approve/{one}/letter",
    "/applications", "/applications?view=board", "/applications/{one}", "/by-hand", "/market", "/me", "/me/second-factor", "/people",
    "/flow",
)  # fmt: skip
