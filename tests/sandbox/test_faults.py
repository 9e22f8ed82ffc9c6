"""Faults: what they do, how often, and that the effect did or did not happen."""

from __future__ import annotations

import smtplib
import time

import httpx
import pytest

from rolecall.boards import board
from tests.sandbox.conftest import Running

SEARCH = "/linkedin/jobs/search?keywords=nurse"
PAGES = {
    "linkedin": SEARCH,
    "indeed": "/indeed/jobs?q=nurse",
    "glassdoor": "/glassdoor/Job/jobs.htm?sc.keyword=nurse",
}


def apply(sandbox: Running, key: str) -> httpx.Response:
    """Sends one application."""
    return sandbox.client.post("/ats/applications/job-1", json={"jobId": "job-1", "cvId": "cv-1"}, headers={"Idempotency-Key": key})


def received(sandbox: Running, key: str) -> int:
    """How often an application arrived."""
    total: int = sandbox.client.get("/_sandbox/receipts", params={"key": key}).json()["total"]
    return total


def test_a_status_without_effect_and_one_after_it(sandbox: Running) -> None:
    sandbox.fault(target="ats", kind="status", status=500)
    assert (apply(sandbox, "before").status_code, received(sandbox, "before")) == (500, 0)
    sandbox.fault(target="ats", kind="status", status=503, after=True)
    assert (apply(sandbox, "after").status_code, received(sandbox, "after")) == (503, 1)
    assert apply(sandbox, "then").status_code == 201


def test_a_lost_answer_was_received_and_a_dead_receiver_got_nothing(sandbox: Running) -> None:
    for kind, count in (("lost_answer", 1), ("down", 0)):
        sandbox.fault(target="ats", kind=kind)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            apply(sandbox, kind)
        assert received(sandbox, kind) == count


def test_latency_waits_and_then_works(sandbox: Running) -> None:
    for after in (False, True):
        sandbox.fault(target="ats", kind="latency", seconds=0.3, after=after)
        began = time.monotonic()
        assert apply(sandbox, f"slow-{after}").status_code == 201
        assert time.monotonic() - began > 0.29


def test_a_late_answer_that_nobody_waits_for_was_received_all_the_same(sandbox: Running) -> None:
    sandbox.fault(target="ats", kind="latency", seconds=1, after=True)
    with pytest.raises(httpx.ReadTimeout), httpx.Client(base_url=sandbox.url, timeout=0.2) as hasty:
        hasty.post("/ats/applications/job-1", json={"jobId": "job-1", "cvId": "cv-1"}, headers={"Idempotency-Key": "hasty"})
    deadline = time.monotonic() + 60
    while not received(sandbox, "hasty"):  # it was on its way when nobody waited any more
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert received(sandbox, "hasty") == 1


def test_times_and_skip_choose_the_requests_that_are_hit(sandbox: Running) -> None:
    sandbox.fault(target="ats", kind="status", status=500, skip=2, times=2)
    assert [apply(sandbox, f"n{number}").status_code for number in range(6)] == [201, 201, 500, 500, 201, 201]
    shown = sandbox.client.get("/_sandbox/faults").json()["faults"]
    assert [(one["passed"], one["taken"], one["spent"]) for one in shown] == [(2, 2, True)]


def test_a_fault_without_an_end_lasts_until_it_is_cleared(sandbox: Running) -> None:
    sandbox.fault(target="linkedin", kind="status", status=999, times=None)
    sandbox.fault(target="indeed", kind="status", status=403, times=None)
    assert {sandbox.client.get(SEARCH).status_code for _ in range(5)} == {999}
    assert sandbox.client.delete("/_sandbox/faults/linkedin").json()["cleared"] == 1
    assert sandbox.client.get(SEARCH).status_code == 200
    assert sandbox.client.get(PAGES["indeed"]).status_code == 403
    assert sandbox.client.delete("/_sandbox/faults").json() == {"cleared": 1, "faults": []}


def test_a_path_limits_a_fault(sandbox: Running) -> None:
    sandbox.fault(target="linkedin", kind="status", status=500, path="/jobPosting/", times=None)
    assert sandbox.client.get(SEARCH).status_code == 200
    assert sandbox.client.get("/linkedin/jobs-guest/jobs/api/jobPosting/1").status_code == 500


def test_too_many_requests_say_when_to_come_back(sandbox: Running) -> None:
    sandbox.fault(target="linkedin", kind="rate_limit", seconds=7)
    answer = sandbox.client.get(SEARCH)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_robots_txt_can_fail_too(sandbox: Running) -> None:
    sandbox.fault(target="robots", kind="status", status=503)
    assert sandbox.client.get("/robots.txt").status_code == 503


@pytest.mark.parametrize("name", list(PAGES))
def test_walls_and_redesigns_have_their_names(sandbox: Running, name: str) -> None:
    def outcome() -> str:
        return board(name).read(sandbox.client.get(PAGES[name]).content, url=f"{sandbox.url}{PAGES[name]}").outcome

    assert outcome() == "ok"
    sandbox.fault(target=name, kind="login_wall")
    assert outcome() == "LoginWall"
    sandbox.fault(target=name, kind="layout")
    assert outcome() == "LayoutChanged"
    assert outcome() == "ok"


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize(("part", "field"), [("location", "location"), ("date", "posted_at")])
def test_one_part_of_the_cards_can_vanish(sandbox: Running, name: str, part: str, field: str) -> None:
    sandbox.fault(target=name, kind="layout", part=part)
    page = board(name).read(sandbox.client.get(PAGES[name]).content, url=f"{sandbox.url}{PAGES[name]}")
    assert page.outcome == "ok"
    assert not any(getattr(one, field) for one in page.postings)
    assert all(one.title and one.company for one in page.postings)


@pytest.mark.parametrize(
    ("kind", "values", "error", "count"),
    [
        ("status", {"status": 451}, smtplib.SMTPSenderRefused, 0),
        ("status", {"status": 554, "after": True}, smtplib.SMTPDataError, 1),
        ("rate_limit", {}, smtplib.SMTPSenderRefused, 0),
        ("down", {}, smtplib.SMTPServerDisconnected, 0),
        ("lost_answer", {}, smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_mail_faults(sandbox: Running, kind: str, values: dict[str, object], error: type[Exception], count: int) -> None:
    before = len(sandbox.messages("email"))
    sandbox.fault(target="smtp", kind=kind, **values)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=30) as server:
        with pytest.raises(error):
            server.sendmail("a@rolecall.example", ["b@rolecall.example"], b"Subject: x\r\n\r\ny")
        if error is smtplib.SMTPServerDisconnected:
            server.close()
    assert len(sandbox.messages("email")) - before == count


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "moon", "kind": "status"},
        {"target": "ats", "kind": "explode"},
        {"target": "ats", "kind": "login_wall"},
        {"target": "ats", "kind": "status", "status": 99},
        {"target": "ats", "kind": "latency", "seconds": -1},
        {"target": "ats", "kind": "status", "times": 0},
        {"target": "ats", "kind": "status", "surprise": True},
        {"target": "smtp", "kind": "status", "status": 999},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox: Running, wrong: dict[str, object]) -> None:
    assert sandbox.client.put("/_sandbox/faults", json=wrong).status_code == 422
    assert sandbox.client.get("/_sandbox/faults").json()["faults"] == []
