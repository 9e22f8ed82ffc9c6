"""What employers wrote, in a real Chromium: what a mail settled, an interview with its calendar entry, a no, and the correction by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from rolecall.applying import approval, ledger
from rolecall.inbox.reading import take_in
from tests.browser.conftest import sync_api
from tests.browser.test_page import Site, accessible, looked_at, site, visit
from tests.web.applications.test_inbox_pages import INVITED, RECEIVED, REJECTED, calendar
from tests.web.conftest import states

__all__ = ["site"]
pytestmark = pytest.mark.browser


def answered(site: Site) -> dict[str, str]:
    """Three applications that left, one of them unclear, and what their employers wrote; ids by job."""
    db = site.db
    approval.record_answer(db, "r1", ["Data engineer @ Quartz Harbor", "Data engineer @ Quartz Harbor 1"], by="Airflow account x")
    for identity in site.applications[:2]:
        assert ledger.begin(db, identity)
        ledger.finish(db, identity, ledger.Result("submitted", "said", {"applicationStatus": "submitted"}))
    db.execute(
        "update application set answer = coalesce(answer, '{}') || jsonb_build_object('messageId', 'sent-' || job_id || '@mail.example')"
    )
    starts = datetime.now(UTC) + timedelta(days=3)
    for number, (job, text, entry) in enumerate((("j4", RECEIVED, ""), ("j1", INVITED, calendar(starts)), ("j2", REJECTED, ""))):
        made = EmailMessage()
        made["From"], made["Subject"], made["Date"] = "Quartz <jobs@quartz.example>", "Your application", format_datetime(datetime.now(UTC))
        made["Message-ID"], made["In-Reply-To"] = f"<answer-{number}@quartz.example>", f"<sent-{job}@mail.example>"
        made.set_content(text)
        if entry:
            made.add_attachment(entry.encode(), maintype="text", subtype="calendar")
        assert take_in(db, "mira", made.as_bytes()) is not None
    db.commit()
    return {row["job_id"]: str(row["id"]) for row in db.execute("select id, job_id from application").fetchall()}


def test_answers_are_shown_where_they_matter_and_a_correction_undoes_all_of_it(browser: sync_api.Browser, site: Site) -> None:
    ids = answered(site)
    page = visit(browser, site, 390, "dark")
    page.get_by_text("This mail settled that it arrived").first.wait_for()
    page.locator(".tag", has_text="a no").first.wait_for()
    page.locator(".tag", has_text="interview").first.wait_for()
    with page.expect_download() as entry:
        page.get_by_role("link", name="for your calendar (.ics)").first.click()
    assert "BEGIN:VEVENT" in entry.value.path().read_text()
    looked_at(page, "answers-today")
    accessible(page)
    assert states(site.db)["j4"] == "submitted"

    page.goto(f"{site.url}/applications")
    page.get_by_text("What came of it").first.wait_for()
    looked_at(page, "answers-applications")

    for job in ("j4", "j1", "j2"):
        page.goto(f"{site.url}/applications/{ids[job]}#answers")
        page.get_by_text("No, that was another job").first.click()
        page.get_by_label("It is about").first.select_option("")
        page.get_by_role("button", name="Correct it").first.click()
        page.wait_for_url(f"{site.url}/#answers")
    page.get_by_text("This mail settled that it arrived").first.wait_for(state="detached")
    assert page.get_by_role("link", name="for your calendar (.ics)").count() == 0
    found = states(site.db)
    assert (found["j4"], found["j1"]) == ("uncertain", "submitted")
    assert site.db.execute("select count(*) as n from interview").fetchone() == {"n": 0}
    assert site.db.execute("select count(employer_status) as n from application").fetchone() == {"n": 0}
