"""Invented employers take applications by mail and by Recruitee's interface, and count them."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from rolecall.applying.forms import read_form
from sandbox.ads.content import Catalogue, address_of
from sandbox.ads.jobs import InventedJob
from sandbox.app import Sandbox
from sandbox.receivers.employers import questions_of, tenant_of
from tests.sandbox.conftest import Running, served

PERSON = {"candidate[name]": "Ada Quill", "candidate[email]": "ada@mail.example", "candidate[cover_letter]": "Dear all"}
CV = {"candidate[cv]": ("cv.pdf", b"%PDF-1.7")}


def opening(catalogue: Catalogue, way: str, *, asks: bool | None = None) -> InventedJob:
    found = (job for job in catalogue.jobs if job.apply == way and not job.expired)
    return next(job for job in found if asks is None or bool([one for one in questions_of(job) if one["required"]]) == asks)


def mail_to(address: str, identity: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = "ada@mail.example", address, "Nurse – Ada Quill", identity
    message.set_content("Dear all")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="cv.pdf")
    return message


def test_a_mail_to_the_address_of_an_ad_is_a_receipt_and_another_mail_is_a_message(sandbox: Running, catalogue: Catalogue) -> None:
    job, before = opening(catalogue, "mail"), sandbox.receipts()
    assert address_of(job) in job.html
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=30) as server:
        for address in (address_of(job), address_of(job), "somebody@mail.example"):
            server.send_message(mail_to(address, "<one@mail.example>"))
    after = sandbox.client.get("/_sandbox/receipts", params={"bodies": True}).json()
    assert (after["total"] - before["total"], after["duplicates"] - before["duplicates"]) == (2, 1)
    assert after["ways"]["mail"] == before["ways"].get("mail", 0) + 2
    newest = after["receipts"][-1]
    assert (newest["way"], newest["job_id"], newest["key"]) == ("mail", job.reference, "<one@mail.example>")
    assert newest["body"]["files"] == [{"name": "cv.pdf", "bytes": 8}]
    assert [one["to"] for one in sandbox.messages("email")] == ["somebody@mail.example"]


def test_the_interface_says_its_questions_and_takes_a_candidate_who_answers_what_is_required(
    sandbox: Running, catalogue: Catalogue
) -> None:
    job, before = opening(catalogue, "recruitee", asks=True), sandbox.receipts()
    home = f"/recruitee/{tenant_of(job)}/api/offers/{job.reference.lower()}"
    asked = [field for field in read_form(sandbox.client.get(home).text).fields if field.id.startswith("open_question.")]
    assert [field.label for field in asked] == [one["body"] for one in questions_of(job)]
    silent = sandbox.client.post(f"{home}/candidates", data=PERSON, files=CV)
    assert (silent.status_code, silent.json()) == (422, {"error": ["What is your notice period? can't be blank"]})
    place = "candidate[open_question_answers_attributes][0]"
    answers = {f"{place}[open_question_id]": asked[0].id.removeprefix("open_question."), f"{place}[content]": "3 months"}
    assert sandbox.client.post(f"{home}/candidates", data=PERSON | answers).json() == {"error": ["cv can't be blank"]}
    assert sandbox.client.post(f"{home}/candidates", data=PERSON | answers, files=CV).status_code == 201
    after = sandbox.receipts()
    assert (after["total"] - before["total"], after["receipts"][-1]["way"]) == (1, "recruitee")
    assert sandbox.client.post("/recruitee/nobody/api/offers/x/candidates", data=PERSON, files=CV).status_code == 404


def test_where_the_sandbox_deduplicates_the_interface_declines_who_applied_already(catalogue: Catalogue) -> None:
    job = opening(catalogue, "recruitee", asks=False)
    with served(Sandbox(deduplicates=True)) as running:
        home = f"/recruitee/{tenant_of(job)}/api/offers/{job.reference.lower()}/candidates"
        assert [running.client.post(home, data=PERSON, files=CV).status_code for _ in range(2)] == [201, 422]
        assert running.receipts()["ways"] == {"recruitee": 1}
