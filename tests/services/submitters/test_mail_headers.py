"""Nothing that a stranger wrote becomes a header of a person's mail."""

from __future__ import annotations

import email
from email import policy

import pytest

from rolecall.models import Cv
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters import Application
from rolecall.services.submitters.mail_way import SmtpAccount, composed
from rolecall.services.submitters.way_out import Destination


@pytest.mark.parametrize("wrote", ["Nurse =?utf-8?q?x=0D=0ABcc:_evil=40e.example?=", "=?utf-8?b?DQpCY2M6IGE=?=", "Nurse\r\nBcc: x"])
def test_no_title_or_name_makes_a_header(wrote: str) -> None:
    job = JobFacts("j", "j", wrote, "C", "L", "https://x.example", None, "s", "valid", 0, False)
    application = Application("k", job, Cv(name=wrote, email="a@b.example"), "Dear all")
    made = composed(application, Destination("mail", "a@b.example"), SmtpAccount("a@b.example", "h", 1))
    read = email.message_from_bytes(made.as_bytes(), policy=policy.default)
    assert read["Bcc"] is None
    assert not any(line.startswith(b"Bcc") for line in made.as_bytes().splitlines())
