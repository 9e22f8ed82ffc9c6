"""Who may be sent an application: only a receiver on the sandbox's own origin."""

from __future__ import annotations

import pytest

from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters import SandboxReceiver, obstacle
from rolecall.services.submitters.receivers import submitters
from tests.services.conftest import make_settings


def job(apply_url: str | None, state: str = "valid", expired: bool = False, risk: float = 0.0) -> JobFacts:
    return JobFacts("j1", "j1", "Nurse", "Clinic", "Leeds", "https://board.example/1", apply_url, "linkedin", state, risk, expired)


@pytest.mark.parametrize(
    ("apply_url", "accepted"),
    [
        ("http://127.0.0.1:8100/ats/applications/1", True),
        ("http://127.0.0.1:8100", True),
        ("HTTP://127.0.0.1:8100/x?y#z", True),
        ("https://127.0.0.1:8100/x", False),
        ("http://127.0.0.1:8101/x", False),
        ("http://127.0.0.1/x", False),
        ("http://127.0.0.1:8100@evil.example/x", False),
        ("http://evil.example/http://127.0.0.1:8100/", False),
        ("http://127.0.0.1:8100.evil.example/x", False),
        ("http://127.0.0.1:99999/x", False),
        ("//127.0.0.1:8100/x", False),
        ("mailto:jobs@clinic.example", False),
        ("https://www.linkedin.com/jobs/view/1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_the_sandboxs_own_origin_is_applied_to(apply_url: str | None, accepted: bool) -> None:
    with SandboxReceiver("http://127.0.0.1:8100/") as receiver:
        assert receiver.accepts(job(apply_url)) is accepted


def test_without_a_sandbox_only_open_ways_are_taken() -> None:
    recruitee, mail = submitters(make_settings("postgresql://nowhere", sandbox_url=""))
    assert mail.accepts(job("mailto:jobs@clinic.org"))
    assert recruitee.accepts(job("https://acme.recruitee.com/o/nurse"))
    assert not any(one.accepts(job("https://jobs.lever.co/acme/1")) for one in (recruitee, mail))
    for other in ("https://www.linkedin.com/jobs/view/1", "https://careers.example/1", "mailto:clinic@gmail.com"):
        assert not any(one.accepts(job(other)) for one in (recruitee, mail))


def test_a_sandbox_writes_to_nobody_outside() -> None:
    reached = submitters(make_settings("postgresql://nowhere", sandbox_url="http://127.0.0.1:8100"))
    for invented in ("mailto:jobs@clinic.example", "https://harbor-example.recruitee.com/o/nurse"):
        assert any(one.accepts(job(invented)) for one in reached)
    for outside in ("mailto:jobs@clinic.org", "mailto:jobs@example.com.evil.org", "https://acme.recruitee.com/o/nurse"):
        assert not any(one.accepts(job(outside)) for one in reached)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (job("http://127.0.0.1:8100/1"), None),
        (job("http://127.0.0.1:8100/1", state="warned"), "checks"),
        (job("http://127.0.0.1:8100/1", state="closed"), "closed"),
        (job("http://127.0.0.1:8100/1", expired=True), "closed"),
        (job("http://127.0.0.1:8100/1", risk=0.5), "fraud"),
        (job("http://127.0.0.1:8100/1", risk=0.49), None),
        (job("https://careers.example/1"), "only on a page of its own"),
    ],
)
def test_what_stands_in_the_way_is_said(found: JobFacts, reason: str | None) -> None:
    with SandboxReceiver("http://127.0.0.1:8100") as receiver:
        said = obstacle(found, [receiver])
    assert said is None if reason is None else said is not None and reason in said
