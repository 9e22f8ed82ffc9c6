"""The words of each message, who gets it, and that it is written once."""

from __future__ import annotations

import re
import runpy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rolecall.errors import InvalidInput
from rolecall.outbox.compose import SMS_PARTS, compose
from rolecall.outbox.kinds import KINDS
from rolecall.outbox.messages import Draft, enqueue
from rolecall.outbox.rendering import LANGUAGES, words
from rolecall.outbox.segments import segments
from rolecall.store import Connection, connect

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
    "reasons": ["You know Airflow, and they ask for it", "The work is in Berlin"],
    "jobUrl": "https://board.example/jobs/1?a=1&b=2",
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
    for row in db.execute("select message from notification where type = 'sms'").fetchall():
        assert segments(row["message"]).count <= SMS_PARTS


def test_a_missing_field_is_named() -> None:
    with pytest.raises(InvalidInput, match="'reason' is undefined"):
        compose("uncertain", {name: value for name, value in APPLIED.items() if name != "reason"})
    with pytest.raises(InvalidInput, match=r"context\.applicationId"):
        compose("applied", {})


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="use one of applied, uncertain, approval_wanted, about_to_leave, status_change, "):
        compose("birthday", {})


JOBS = [{"jobTitle": "Data Engineer", "companyName": "Northwind", "matchScore": 0.91}, {"jobTitle": "Analyst", "companyName": "Contoso"}]
FULL: dict[str, Any] = {
    **APPLIED,
    **{
        "key": "k1",
        "runId": "r1",
        "jobs": JOBS,
        "approveUrl": "https://jobs.example/a?x=1&y=2",
        "again": "",
        "minutes": 10,
        "status": "interview",
        "days": 14,
        "mailbox": "ada@mail.example",
        "host": "imap.mail.example",
    },
    **{"count": 500, "others": ["No news for 14 days: Analyst"], "weekStart": "2026-11-16", "weekEnd": "2026-11-22"},
    **{"matches": 500, "applications": 12, "answers": 1, "uncertain": 2, "service": "User Service", "title": "T", "text": "X"},
    **{"board": "linkedin", "error": "LoginWall"},
}
PERSONAL = [kind for kind, plan in KINDS.items() if plan.personal]


def drafts_of(kind: str, language: str = "en", **changed: Any) -> dict[str, Draft]:
    channels = ["email", "sms", "push"]
    context = {**FULL, "preferences": {"language": language, "notifications": {"channels": channels}}, **changed}
    return by_channel(compose(kind, context, unsubscribe=lambda person, kind: f"https://jobs.example/unsubscribe/{person}-{kind}"))


def shape(value: Any) -> Any:
    """Which parts there are, and which fields each part speaks of."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return len(value)
    names = {"jobTitle", "companyName", "platform", "reason", "days", "count", "receipt", "matchScore", "uncertain", "approveUrl", "status"}
    return {name for name in names if re.search(rf"\b{name}\b", value)}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_says_the_same(language: str) -> None:
    def comparable(spoken: dict[str, Any]) -> dict[str, Any]:
        kinds = {kind: {part: text for part, text in spoken[kind].items() if part != "slack"} for kind in PERSONAL}
        return {**{kind: {p: shape(t) for p, t in parts.items() if p != "short"} for kind, parts in kinds.items()}} | {
            "say": set(spoken["say"]),
            "statuses": set(spoken["statuses"]),
            "months": len(spoken["months"]),
        }

    assert comparable(words(language)) == comparable(words("en"))


@pytest.mark.parametrize("kind", PERSONAL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_told_in_every_language(kind: str, language: str) -> None:
    drafts = drafts_of(kind, language)
    assert set(drafts) >= {"email", "sms", "push"}
    assert f'lang="{language}"' in (drafts["email"].html or "")
    for draft in drafts.values():
        assert draft.message.strip()
        assert "{{" not in draft.subject + draft.message + (draft.html or "")
    assert segments(drafts["sms"].message).count <= SMS_PARTS
    if language != "en":
        assert drafts["email"].subject != drafts_of(kind)["email"].subject


@pytest.mark.parametrize(
    ("preferences", "begin"),
    [
        ({"language": "de"}, "Automatisch beworben: "),
        ({"language": "fr-CA"}, "Candidature envoyée : "),
        ({"language": "de", "notifications": {"language": "es_MX"}}, "Candidatura enviada: "),
        ({"language": "tlh"}, "Auto-Applied to "),
        ({"language": 7}, "Auto-Applied to "),
    ],
)
def test_a_person_is_written_to_in_their_language(preferences: dict[str, Any], begin: str) -> None:
    assert by_channel(compose("applied", {**APPLIED, "preferences": preferences}))["email"].subject.startswith(begin)


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_field_that_is_missing_is_named_whichever_it_is(kind: str) -> None:
    needed = {"userId", "userEmail", "phone", "preferences", *KINDS[kind].about}
    for name in needed:
        with pytest.raises(InvalidInput, match=name):
            compose(kind, {field: value for field, value in FULL.items() if field != name})
    with pytest.raises(InvalidInput, match=r"is (undefined|missing)"):
        compose(kind, {name: FULL[name] for name in needed})


def test_approval_is_asked_for_with_the_jobs_and_with_where_and_by_whom_it_is_answered() -> None:
    drafts = drafts_of("approval_wanted")
    assert drafts["email"].subject == "May we apply to these 2 jobs?"
    assert "Data Engineer\nNorthwind · 91 % match\n" in drafts["email"].message
    assert "by somebody with an account there: https://jobs.example/a?x=1&y=2\n" in drafts["email"].message
    assert "tell whoever runs Rolecall for you" in drafts["email"].message
    one = drafts_of("approval_wanted", jobs=JOBS[:1])["push"]
    assert one.subject == "May we apply? Data Engineer at Northwind"
    assert one.data == {"kind": "approval_wanted", "applicationId": "a1", "runId": "r1"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_that_needs_an_account_is_given_as_the_persons_own_link(language: str) -> None:
    drafts = drafts_of("approval_wanted", language)
    assert "href" not in (drafts["email"].html or "")
    assert not [text for text in (drafts["sms"].message, drafts["push"].message) if "://" in text]
    for text in (drafts["email"].message, drafts["sms"].message, drafts["push"].message):
        assert "Airflow" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_of_the_persons_own_stands_in_the_mail_only_and_nobody_is_sent_to_airflow(language: str) -> None:
    drafts = drafts_of("approval_wanted", language, answerUrl="https://jobs.example/answer/abc")
    assert 'href="https://jobs.example/answer/abc"' in (drafts["email"].html or "")
    assert "https://jobs.example/answer/abc" in drafts["email"].message
    for draft in (drafts["email"], drafts["sms"], drafts["push"]):
        assert "Airflow" not in draft.message
    assert not [text for text in (drafts["sms"].message, drafts["push"].message) if "://" in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_that_contradicted_itself_is_said_to_have_changed_nothing(language: str) -> None:
    first, again = (drafts_of("approval_wanted", language, again=again)["email"].message for again in ("", "None was ticked"))
    assert len(again.splitlines()) == len(first.splitlines()) + 1


def test_a_hundred_jobs_leave_what_is_to_be_done_within_reach() -> None:
    mail = drafts_of("approval_wanted", jobs=JOBS * 50)["email"]
    assert mail.subject == "May we apply to these 100 jobs?"
    assert mail.message.count("Data Engineer") == 5
    assert "and 90 more\n\nAnswered in Airflow" in mail.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_applied_for_can_be_read_with_its_reasons_and_its_letter(language: str) -> None:
    mail = drafts_of("applied", language, letter="Dear team")["email"]
    assert "https://board.example/jobs/1?a=1&b=2\n" in mail.message
    assert 'href="https://board.example/jobs/1?a=1&amp;b=2"' in (mail.html or "")
    assert "- You know Airflow, and they ask for it\n- The work is in Berlin\n" in mail.message
    assert [one["text"] for one in mail.attachments] == ["Dear team"]


def test_an_application_without_link_reasons_and_letter_says_nothing_of_them() -> None:
    mail = drafts_of("applied", jobUrl=None, reasons=[], letter=None)["email"]
    assert "http" not in mail.message
    assert "Why it matches" not in mail.message
    assert "letter" not in mail.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_to_check_an_application_reads_how_to_answer(language: str) -> None:
    mail = drafts_of("uncertain", language)["email"].message
    for needed in ("settle_application", "Airflow", "Trigger", "a1"):
        assert needed in mail


def test_each_new_status_is_its_own_message(db: Connection) -> None:
    assert "invited to an interview" in drafts_of("status_change")["email"].message
    assert "neuer_stand_7" in drafts_of("status_change", status="neuer_stand_7")["email"].message
    assert enqueue(db, [*drafts_of("status_change").values(), *drafts_of("status_change", status="rejected").values()]) == 6


def test_five_hundred_matches_are_one_digest_that_shows_the_best() -> None:
    mail = drafts_of("digest")["email"]
    assert mail.subject == "500 new matches for you"
    assert "These are the best 2." in mail.message
    assert "- No news for 14 days: Analyst" in mail.message


def test_only_what_may_be_stopped_can_be_stopped() -> None:
    for kind in PERSONAL:
        html = drafts_of(kind)["email"].html or ""
        assert ("/unsubscribe/u1-" in html) == (not KINDS[kind].transactional)
    unwanted = {"notifications": {"kinds": {kind: {"optOut": True} for kind in PERSONAL}}}
    told = [kind for kind in PERSONAL if compose(kind, {**FULL, "preferences": unwanted})]
    assert told == ["applied", "uncertain", "approval_wanted", "about_to_leave", "status_change", "mailbox_refused"]


def test_a_failed_service_is_told_to_alerts_and_to_the_alert_webhook() -> None:
    drafts = by_channel(compose("health_alert", {"key": "h", "service": "User Service", "status": 503, "node": "check"}))
    assert drafts["slack"].message == "🚨 Service User Service is down! Status: 503"
    assert (drafts["alert"].message, drafts["alert"].data) == (drafts["slack"].message, {"node": "check", "service": "User Service"})
    assert set(by_channel(compose("health_alert", {"key": "h", "service": "S", "status": 1}, available={"slack"}))) == {"slack"}


def test_the_letter_that_went_out_is_attached() -> None:
    mail = by_channel(compose("applied", {**APPLIED, "letter": "Dear team"}))["email"]
    assert mail.attachments == [{"filename": "cover-letter.txt", "type": "text/plain", "text": "Dear team"}]


def test_a_right_to_left_name_cannot_turn_the_sentence_around_it() -> None:
    mail = by_channel(compose("applied", {**APPLIED, "jobTitle": "مهندس بيانات", "companyName": "evil\u202emoc.x"}))["email"]
    assert mail.subject == "Auto-Applied to \u2068مهندس بيانات\u2069 at evilmoc.x"


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    jobs = [{**JOBS[0], "url": "javascript:alert(1)"}]
    mail = drafts_of("digest", jobs=jobs)["email"]
    assert "javascript" not in (mail.html or "") + mail.message


def test_the_examples_are_what_the_templates_say() -> None:
    docs = Path(__file__).parents[2] / "docs"
    for name, content in runpy.run_path(str(docs / "generate_mails.py"))["render"]().items():
        assert (docs / name).read_text() == content, f"{name}: run `make docs`"


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
