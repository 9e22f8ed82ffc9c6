"""The words of each message, who gets it, and that it is written once."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import psycopg
import pytest

from include.errors import InvalidInput
from include.notifying.compose import KINDS, TEMPLATES, compose
from include.notifying.outbox import Draft, enqueue
from include.store import Connection, connect

APPLIED: dict[str, Any] = {
    "applicationId": "a1",
    "userId": "u1",
    "userEmail": "ada@example.com",
    "name": "Ada",
    "phone": "+491701234567",
    "preferences": {},
    "jobTitle": "Data Engineer",
    "companyName": "Northwind R&D",
    "platform": "linkedin",
    "reason": "it timed out",
    "receipt": "R-7",
    "matchScore": 0.876,
}


def by_channel(drafts: list[Draft]) -> dict[str, Draft]:
    return {draft.type: draft for draft in drafts}


def test_the_applied_mail_has_the_seeds_words() -> None:
    mail = by_channel(compose("applied", APPLIED))["email"]
    assert mail.subject == "Auto-Applied to Data Engineer at Northwind R&D"
    assert mail.message.startswith("We've automatically applied to a job that matches your profile!\n")
    assert "Match: 88 %" in mail.message
    assert "LinkedIn" in mail.message
    assert (mail.recipient, mail.person_id, mail.kind, mail.dedupe_key) == ("ada@example.com", "u1", "applied", "applied:a1:email")


def test_an_application_is_told_by_mail_sms_and_push() -> None:
    drafts = by_channel(compose("applied", APPLIED))
    assert {name: draft.recipient for name, draft in drafts.items()} == {"email": "ada@example.com", "sms": "+491701234567", "push": "u1"}
    assert "Auto-Applied to Data Engineer at Northwind R&D" in drafts["sms"].message
    assert drafts["push"].title == "Auto-Applied to Data Engineer at Northwind R&D"
    assert drafts["push"].data == {"kind": "applied", "applicationId": "a1"}


@pytest.mark.parametrize(
    ("changed", "available", "expected"),
    [
        ({"phone": None}, None, {"email", "push"}),
        ({}, {"email", "slack"}, {"email"}),
        ({}, {"slack"}, {"email"}),
        ({"preferences": {"notifications": {"channels": ["sms"]}}}, None, {"sms"}),
        ({"preferences": {"notifications": {"channels": []}}}, None, {"email"}),
        ({"preferences": {"notifications": {"channels": ["sms"], "kinds": {"applied": {"channels": ["push"]}}}}}, None, {"push"}),
        ({"preferences": None}, None, {"email", "sms", "push"}),
        ({"preferences": {"notifications": "all"}}, None, {"email", "sms", "push"}),
    ],
    ids=["no phone", "push not set up", "only slack set up", "chosen", "nothing chosen", "by kind", "no preferences", "odd preferences"],
)
def test_preferences_choose_the_channels_and_a_transactional_message_always_goes(
    changed: dict[str, Any], available: set[str] | None, expected: set[str]
) -> None:
    assert set(by_channel(compose("applied", {**APPLIED, **changed}, available=available))) == expected


def test_an_uncertain_application_is_told_to_the_person_and_to_alerts() -> None:
    drafts = by_channel(compose("uncertain", APPLIED))
    assert set(drafts) == {"email", "sms", "push", "slack"}
    assert "it timed out" in drafts["email"].message
    assert drafts["slack"].recipient == "#alerts"
    assert drafts["slack"].person_id is None


def test_scraping_is_told_in_the_seeds_words() -> None:
    (good,) = compose("scraped_ok", {"key": "r1", "board": "linkedin", "count": 25})
    assert (good.recipient, good.message) == ("#job-scraping", "Successfully scraped 25 jobs from LinkedIn")
    (bad,) = compose("scraped_error", {"key": "r1", "board": "glassdoor", "error": "LoginWall: a login is asked for"})
    assert (bad.recipient, bad.message) == ("#alerts", "Error scraping Glassdoor jobs: LoginWall: a login is asked for")


def test_an_alert_may_name_its_channel() -> None:
    (alert,) = compose("alert", {"key": "k", "title": "CPU", "text": "90 %", "channel": "#performance-alerts"})
    assert (alert.recipient, alert.message) == ("#performance-alerts", "🚨 CPU\n90 %")


class Tags(HTMLParser):
    """Which elements a page has, and its visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("kind", ["applied", "uncertain"])
@pytest.mark.parametrize("field", ["jobTitle", "companyName", "reason"])
def test_html_in_a_field_is_shown_and_not_obeyed(kind: str, field: str) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=y>"
    page = Tags(by_channel(compose(kind, {**APPLIED, field: evil}))["email"].html or "")
    assert not page.names & {"script", "img"}
    if not (kind == "applied" and field == "reason"):
        assert evil in page.text


def test_a_title_with_newlines_stays_one_line_everywhere() -> None:
    for draft in compose("applied", {**APPLIED, "jobTitle": "Engineer\r\nBcc: everybody@example.com"}):
        assert "\n" not in draft.subject
        assert "Engineer Bcc: everybody@example.com" in draft.message


@pytest.mark.parametrize("value", ["", None, 0, "x" * 5000, "\x00", "\ud800", "🎉" * 300, "عنوان"])
def test_no_value_stops_the_fact_from_being_told(db: Connection, value: Any) -> None:
    strange = {**APPLIED, **dict.fromkeys(("jobTitle", "companyName", "reason", "platform", "receipt", "matchScore"), value)}
    assert enqueue(db, compose("uncertain", strange)) == 4
    assert enqueue(db, compose("applied", strange)) == 3
    longest = db.execute("select max(length(message)) as n from notification where type = 'sms'").fetchone()
    assert longest is not None
    assert longest["n"] <= 300


def test_a_missing_field_is_named() -> None:
    with pytest.raises(InvalidInput, match="'reason' is undefined"):
        compose("uncertain", {name: value for name, value in APPLIED.items() if name != "reason"})
    with pytest.raises(InvalidInput, match=r"context\.applicationId"):
        compose("applied", {})


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="use one of applied, uncertain, scraped_ok"):
        compose("birthday", {})


def test_every_kind_has_its_templates() -> None:
    for kind, plan in KINDS.items():
        assert (TEMPLATES / f"{kind}.txt").exists()
        assert (TEMPLATES / f"{kind}.html").exists() == bool(plan.personal)


# ── the outbox ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_fact_is_written_once(db: Connection) -> None:
    assert enqueue(db, compose("applied", APPLIED)) == 3
    assert enqueue(db, compose("applied", APPLIED)) == 0
    assert enqueue(db, [*compose("uncertain", APPLIED), *compose("uncertain", APPLIED)]) == 4
    assert enqueue(db, []) == 0


def test_drafts_live_and_die_with_the_callers_transaction(dsn: str, db: Connection) -> None:
    with connect(dsn) as other:
        enqueue(other, compose("applied", APPLIED))
        other.rollback()
    assert db.execute("select count(*) as n from notification").fetchone() == {"n": 0}


def test_a_row_holds_what_the_draft_says(db: Connection) -> None:
    draft = Draft(
        dedupe_key="k",
        kind="alert",
        type="slack",
        recipient=" #x ",
        message="m\nm",
        subject="a\nb",
        title="c\td",
        data={"n": [1, {"x": None}]},
    )
    enqueue(db, [draft])
    row = db.execute("select * from notification").fetchone()
    assert row is not None
    assert (row["recipient"], row["subject"], row["title"], row["message"]) == ("#x", "a b", "c d", "m\nm")
    assert (row["state"], row["attempts"], row["data"], row["person_id"]) == ("queued", 0, {"n": [1, {"x": None}]}, None)


def test_two_writers_of_one_fact_leave_one_row(dsn: str, db: Connection) -> None:
    with connect(dsn) as first:
        enqueue(first, compose("scraped_ok", {"key": "r1", "board": "linkedin", "count": 1}))
        with connect(dsn) as second:
            second.execute("set lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):  # waits for the first to decide
                enqueue(second, compose("scraped_ok", {"key": "r1", "board": "linkedin", "count": 1}))
            second.rollback()
        first.commit()
    assert enqueue(db, compose("scraped_ok", {"key": "r1", "board": "linkedin", "count": 1})) == 0
