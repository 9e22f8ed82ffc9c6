"""Which jobs are applied for by their form, whom a form's page may ask, and what is bound by the yes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from rolecall.applying.forms import Field, Form
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.ai.preparing import where_to
from rolecall.services.browser.browser_process import FOLDER, end_abandoned
from rolecall.services.browser.form_filling import allowed, quoted
from rolecall.services.browser.form_sites import SITES, form_address, site_at
from rolecall.services.submitters.browser_way import BrowserSubmitter, BrowserWay, PreparedAnswers, form_digest, hosts_of
from tests.browser.form_sends import ADDRESSES, address, application, as_job


def job(url: str) -> JobFacts:
    return as_job(url)


@pytest.mark.parametrize("system", ADDRESSES)
def test_an_address_tells_the_system_the_tenant_and_the_job(system: str) -> None:
    found = site_at(address(system))
    assert found is not None
    assert (found[0].name, *found[1:]) == (system, "harbor-example", "1001")
    again = site_at(form_address(address(system)))
    assert again is not None
    assert again[1:] == found[1:]
    assert form_address(form_address(address(system))) == form_address(address(system))
    assert form_address(address(system), sandbox="http://127.0.0.1:1/") == f"http://127.0.0.1:1/forms/{system}/harbor-example/1001"


@pytest.mark.parametrize(
    "url",
    [
        "http://jobs.lever.co/acme/1",
        "https://jobs.lever.co.evil.example/acme/1",
        "https://jobs.lever.co@evil.example/acme/1",
        "https://evil.example/jobs.lever.co/acme/1",
        "https://www.linkedin.com/jobs/view/1",
        "https://acme.myworkdayjobs.com/1/apply",
        "",
    ],
)
def test_other_addresses_are_no_form_that_is_known(url: str) -> None:
    assert site_at(url) is None
    assert BrowserWay().destination(job(url or "https://board.example/1")) is None


def test_a_sandbox_fills_in_only_forms_of_invented_tenants() -> None:
    sandbox, outside = BrowserSubmitter(sandbox="http://127.0.0.1:1"), BrowserSubmitter()
    for system in set(ADDRESSES) - {"recruitee"}:  # its open interface comes first
        assert sandbox.accepts(job(address(system)))
        assert not sandbox.accepts(job(address(system, tenant="acme")))
        assert outside.accepts(job(address(system, tenant="acme")))
    assert not outside.accepts(job(address("recruitee")))


def test_without_a_browser_it_is_handed_over_and_said_why() -> None:
    found = where_to(job(address("lever")), [])
    assert found.way == "hand_over"
    assert "browser" in found.why
    assert where_to(job(address("lever")), [BrowserSubmitter()]).way == "browser_form"


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://jobs.lever.co/x", True),
        ("https://newassets.hcaptcha.com/x", True),
        ("https://bucket.s3.amazonaws.com/x", True),
        ("https://s3.eu-west-1.amazonaws.com/bucket/x", True),
        ("https://anybodys.execute-api.eu-west-1.amazonaws.com/x", False),
        ("http://jobs.lever.co/x", False),
        ("data:text/plain,x", True),
        ("https://www.google-analytics.com/x", False),
        ("https://lever.co.evil.example/x", False),
        ("file:///etc/passwd", False),
        ("ftp://jobs.lever.co/x", False),
        ("https://[x", False),
    ],
)
def test_a_page_may_ask_only_hosts_that_are_named(url: str, may: bool) -> None:
    lever = next(one for one in SITES if one.name == "lever")
    assert allowed(url, list(hosts_of(lever))) is may


def test_a_sandbox_is_asked_without_tls_at_its_own_port_alone() -> None:
    assert allowed("http://127.0.0.1:8123/forms/x", ["127.0.0.1:8123"])
    assert not allowed("http://127.0.0.1:8124/forms/x", ["127.0.0.1:8123"])


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "cards[1][field0]"])
def test_a_pages_own_name_cannot_leave_its_selector(name: str) -> None:
    assert not set('"\n') & set(quoted(name))
    assert "\\" not in re.sub(r"\\[0-9a-f]+ ", "", quoted(name))


def test_what_is_bound_is_what_is_asked_not_what_controls_are_called() -> None:
    one = Form("x", (Field("a1", "Your name", "text", True), Field("b1", "Area", "single", True, ("A", "B"))))
    renamed = Form("x", tuple(replace(field, id=field.id + "9") for field in one.fields))
    assert form_digest(one) == form_digest(renamed)
    for other in (replace(one.fields[1], options=("A",)), replace(one.fields[1], required=False), replace(one.fields[1], label="Field")):
        assert form_digest(Form("x", (one.fields[0], other))) != form_digest(one)


def test_an_answer_finds_its_question_where_names_change_and_never_one_of_two() -> None:
    sent = application("workable")
    assert sent.form is not None
    prepared = PreparedAnswers.of(sent)
    renamed = Form("workable", tuple(replace(field, id=f"n-{number}") for number, field in enumerate(sent.form.fields)))
    assert [value for _, value in prepared.answers(renamed)] == [value for _, value in prepared.answers(sent.form)]
    twice = (Field("a", "Name", "text"), Field("b", "Name", "text"))
    unclear = replace(sent, form=Form("x", twice), answers=(("a", "Ada"), ("b", "Quill")))
    assert PreparedAnswers.of(unclear).answers(Form("x", tuple(replace(one, id=one.id + "1") for one in twice))) == []


def test_what_a_killed_services_browser_left_is_taken_away_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mine, others, foreign = (FOLDER.format(pid=pid) + "x" for pid in (os.getpid(), os.getppid(), dead.pid))
    reused = FOLDER.format(pid=os.getpid()) + "before"
    for name in (mine, others, foreign, reused, "rolecall-chromium-x", "another-1-x"):
        (tmp_path / name / "profile").mkdir(parents=True)
    before = psutil.Process().create_time() - 3_600
    os.utime(tmp_path / reused, (before, before))  # made by one that had this number before us
    end_abandoned()
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted((mine, others, "rolecall-chromium-x", "another-1-x"))
