"""A code by mail: found only where it is certain that it is the one that was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from rolecall.errors import RolecallError
from rolecall.inbox.mailbox import Mailbox
from rolecall.services.ai.security_codes import CodeWanted, code_in, wait_for_code

NOW = datetime.now(UTC).replace(microsecond=0)
WANTED = CodeWanted(("greenhouse-mail.io",), "Quartz Harbor", NOW)


def mail(
    text: str = "Copy and paste this code into the security code field on your application: K7Q2M9XA\n\nIt ends in an hour.",
    *,
    sender: str = "no-reply@us.greenhouse-mail.io",
    at: datetime = NOW,
    subject: str = "Security code for your application to Quartz Harbor",
    **headers: str,
) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Date"] = sender, "ada@mail.example", subject, format_datetime(at)
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return bytes(made)


def test_the_code_is_read_in_the_systems_own_mail() -> None:
    assert code_in(mail(), WANTED) == "K7Q2M9XA"


@pytest.mark.parametrize(
    "raw",
    [
        mail(sender="no-reply@greenhouse-mail.io.evil.example"),
        mail(sender="no-reply@evilgreenhouse-mail.io"),
        mail(at=NOW - timedelta(hours=1)),
        mail(subject="Security code for your application to Another House"),
        mail("Your security code for your application to Quartz Harbor: K7Q2M9XA or K7Q2M9XB"),
        mail("Thank you for applying to Quartz Harbor. We have received your application K7Q2M9XA.", subject="Thank you for applying"),
        mail(Authentication_Results="mx.example; dmarc=fail header.from=greenhouse-mail.io"),
        b"",
    ],
    ids=["another domain", "a domain that ends alike", "an old one", "another employer", "two codes", "a receipt", "forged", "nothing"],
)
def test_what_is_not_certainly_the_code_is_none(raw: bytes) -> None:
    assert code_in(raw, WANTED) == ""


def test_it_is_waited_for_in_every_mailbox_and_two_codes_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.services.ai.security_codes.PAUSE", 0.01)
    boxes = [Mailbox(name, "ada", "h", 993, "ada", "s", "INBOX", False, NOW, None, 0) for name in ("one", "two")]
    looks: list[str] = []

    def look(box: Mailbox, _: CodeWanted) -> set[str]:
        looks.append(box.id)
        if box.id == "one":
            raise RolecallError("it does not answer")
        return {"K7Q2M9XA"} if len(looks) > 4 else set()

    assert wait_for_code(boxes, WANTED, seconds=5, look=look) == "K7Q2M9XA"
    assert wait_for_code(boxes, WANTED, seconds=0.05, look=lambda box, _: {box.id}) == ""
    assert wait_for_code([], WANTED, seconds=5) == ""


def test_without_an_employers_name_no_mail_is_certain() -> None:
    assert code_in(mail(), CodeWanted(WANTED.senders, " ", NOW)) == ""
