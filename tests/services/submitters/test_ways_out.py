"""The ways an application leaves by: chosen by its address, and each says truly what became of it, whatever breaks where."""

from __future__ import annotations

import email
import socket
from email import policy

import httpx
import pytest
from pydantic import SecretStr

from rolecall.errors import InvalidInput, MaybeReceived, NeverSent, RequestRejected, RolecallError, ServiceBusy
from rolecall.models import Cv
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters import Application, SentFile
from rolecall.services.submitters.mail_way import SmtpAccount, composed, message_id, send
from rolecall.services.submitters.recruitee_way import RecruiteeInterface, RecruiteeSubmitter, fields_of
from rolecall.services.submitters.way_out import all_ways, destination_of
from tests.smtp_double import BODY, DATA, EHLO, GREETING, MAIL, RCPT, dying, taking

CV = Cv.model_validate({"name": "Ada Quill", "email": "ada@mail.example", "phone": "+44 20 1"})


def job(apply_url: str | None, url: str = "https://board.example/1") -> JobFacts:
    return JobFacts("j1", "j1", "Nurse", "Clinic", "Leeds", url, apply_url, "x", "valid", 0.0, False)


def application(
    apply_url: str, key: str = "k-1", letter: str = "Dear Sir or Madam,\n.a line that begins with a dot\nAda", **more: object
) -> Application:
    return Application(key, job(apply_url), CV, letter, files=(SentFile("cv", "ada.pdf", b"%PDF-1.7 bytes"),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("apply_url", "way", "address"),
    [
        ("https://acme.recruitee.com/o/nurse-2/c/new", "recruitee", "https://acme.recruitee.com/api/offers/nurse-2/candidates"),
        ("https://acme.recruitee.com/o/nurse-2", "recruitee", "https://acme.recruitee.com/api/offers/nurse-2/candidates"),
        ("https://acme.recruitee.com.evil.example/o/nurse-2", "hand_over", "https://acme.recruitee.com.evil.example/o/nurse-2"),
        ("https://acme.recruitee.com@evil.example/o/nurse-2", "hand_over", "https://acme.recruitee.com@evil.example/o/nurse-2"),
        ("https://acme.recruitee.com/o/../x/o/y", "hand_over", "https://acme.recruitee.com/o/../x/o/y"),
        ("mailto:jobs@clinic.example?subject=x", "mail", "jobs@clinic.example"),
        ("mailto:jobs%40clinic.example", "mail", "jobs@clinic.example"),
        ("mailto:clinic.jobs@gmail.com", "hand_over", "mailto:clinic.jobs@gmail.com"),
        ("mailto:a@clinic.example,b@clinic.example", "hand_over", "mailto:a@clinic.example,b@clinic.example"),
        ("mailto:a@clinic.example%0d%0aBcc: x@y.example", "hand_over", "mailto:a@clinic.example%0d%0aBcc: x@y.example"),
        ("https://www.linkedin.com/jobs/view/1", "hand_over", "https://www.linkedin.com/jobs/view/1"),
        ("https://careers-acme.icims.com/jobs/1", "hand_over", "https://careers-acme.icims.com/jobs/1"),
        ("https://careers.example/1", "hand_over", "https://careers.example/1"),
        (None, "hand_over", "https://board.example/1"),
    ],
)
def test_the_way_is_chosen_by_the_address(apply_url: str | None, way: str, address: str) -> None:
    found = destination_of(job(apply_url))
    assert (found.way, found.address) == (way, address)
    assert found.why


def test_where_terms_forbid_machines_that_is_said_and_every_way_has_a_name_and_a_receipt() -> None:
    assert "forbid" in destination_of(job("https://uk.indeed.com/viewjob?jk=1")).why
    assert [way.name for way in all_ways()] == ["recruitee", "mail", "browser_form", "hand_over"]
    assert all(way.receipt for way in all_ways())


# ── e-mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def mailbox(port: int, timeout: float = 5.0) -> SmtpAccount:
    return SmtpAccount("ada@mail.example", "127.0.0.1", port, "none", timeout=timeout)


def mailed(port: int, key: str = "k-1", timeout: float = 5.0) -> str:
    one = application("mailto:jobs@clinic.example", key)
    return send(composed(one, destination_of(one.job), mailbox(port)), mailbox(port, timeout))


def test_a_mail_arrives_whole_from_the_person_under_an_id_known_before() -> None:
    with taking() as (port, kept):
        receipt = mailed(port)
    assert message_id("k-1", "ada@mail.example") in receipt
    assert " 250 " in receipt
    (taken,) = kept.taken
    message = email.message_from_bytes(taken, policy=policy.default)
    assert message["Message-ID"] == message_id("k-1", "ada@mail.example") != message_id("k-2", "ada@mail.example")
    assert (message["From"], message["Reply-To"], message["To"]) == (
        "Ada Quill <ada@mail.example>",
        "Ada Quill <ada@mail.example>",
        "jobs@clinic.example",
    )
    assert message.get_body().get_content().splitlines() == ["Dear Sir or Madam,", ".a line that begins with a dot", "Ada"]  # type: ignore[union-attr]
    assert [(part.get_filename(), part.get_content()) for part in message.iter_attachments()] == [("ada.pdf", b"%PDF-1.7 bytes")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("at", "told"),
    [(GREETING, NeverSent), (EHLO, NeverSent), (MAIL, NeverSent), (RCPT, NeverSent), (DATA, MaybeReceived), (BODY, MaybeReceived)],
    ids=["greeting", "EHLO", "MAIL", "RCPT", "DATA", "the message"],
)
def test_a_server_that_dies_at_any_verb_is_told_apart_by_whether_it_may_have_the_message(at: int, told: type[RolecallError]) -> None:
    with dying(at) as (port, took), pytest.raises(told) as said:
        mailed(port)
    assert "→" in str(said.value)
    assert bool(took) <= (told is MaybeReceived), "what may have been taken is never said to be unsent"


@pytest.mark.parametrize("at", [MAIL, RCPT, DATA, BODY], ids=["MAIL", "RCPT", "DATA", "the message"])
@pytest.mark.parametrize(("answer", "told"), [(b"450 later\r\n", ServiceBusy), (b"550 nobody here\r\n", RequestRejected)])
def test_a_server_that_declines_at_any_verb_took_nothing(at: int, answer: bytes, told: type[RolecallError]) -> None:
    with dying(at, answer) as (port, took), pytest.raises(told):
        mailed(port)
    assert took == []


def test_a_server_that_dies_after_it_said_that_it_took_the_message_took_it() -> None:
    with dying(BODY, b"250 taken as 7\r\n") as (port, took):
        assert "250 taken as 7" in mailed(port)
    assert len(took) == 1


def test_a_server_that_says_nothing_after_the_message_is_uncertain_and_one_that_is_not_there_never_got_it() -> None:
    with dying(99) as (port, _):
        assert "250" in mailed(port)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(NeverSent):
        mailed(port)


def test_what_is_no_mail_is_not_composed() -> None:
    destination = destination_of(job("mailto:jobs@clinic.example"))
    with pytest.raises(InvalidInput, match="coverLetter"):
        composed(application("mailto:jobs@clinic.example", letter=" "), destination, mailbox(1))
    with pytest.raises(InvalidInput, match="mailbox"):
        composed(application("mailto:jobs@clinic.example"), destination, SmtpAccount("no address", "h", 1))
    assert "open sesame" not in repr(SmtpAccount("a@b.example", "h", 1, password=SecretStr("open sesame")))


# ── Recruitee's open interface ──────────────────────────────────────────────────────────────────────────────────────


def interface(answer: httpx.Response | Exception, seen: list[httpx.Request]) -> RecruiteeInterface:
    def give(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return RecruiteeInterface(transport=httpx.MockTransport(give))


URL = "https://acme.recruitee.com/o/nurse"


def test_an_application_to_recruitee_has_the_interfaces_names_and_its_number_as_receipt() -> None:
    seen: list[httpx.Request] = []
    one = application(
        URL,
        answers=(("open_question.5", "Yes"), ("open_question.6", ("A", "B")), ("open_question.7", "3 months"), ("cv", "cv")),
        flags=frozenset({"open_question.5"}),
    )
    receipt = interface(httpx.Response(201, json={"candidate": {"id": 77}}), seen).submit(one, destination_of(one.job))
    assert receipt == "recruitee candidate 77"
    assert str(seen[0].url) == "https://acme.recruitee.com/api/offers/nurse/candidates"
    body = seen[0].read().decode()
    for part in (
        'name="candidate[name]"',
        "Ada Quill",
        'name="candidate[cv]"; filename="ada.pdf"',
        "[0][flag]",
        "[1][multi_content][]",
        "[2][content]",
    ):
        assert part in body
    assert fields_of(one)["candidate[open_question_answers_attributes][0][flag]"] == "true"
    with pytest.raises(InvalidInput):
        fields_of(application(URL, answers=(("mood", "fine"),)))


def test_a_yes_to_a_question_of_free_text_is_sent_as_text_and_a_flag_is_nothing_but_yes_or_no() -> None:
    place = "candidate[open_question_answers_attributes][0]"
    assert fields_of(application(URL, answers=(("open_question.5", "Yes"),)))[f"{place}[content]"] == "Yes"
    with pytest.raises(InvalidInput):
        fields_of(application(URL, answers=(("open_question.5", "perhaps"),), flags=frozenset({"open_question.5"})))


def test_the_sandbox_asks_the_interface_of_invented_tenants_only() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json={"offer": {"open_questions": []}})

    way = RecruiteeSubmitter(sandbox="http://127.0.0.1:9", transport=httpx.MockTransport(answer))
    assert way.questions(destination_of(job("https://acme.recruitee.com/o/nurse"))) is None
    assert way.questions(destination_of(job("https://acme-example.recruitee.com/o/nurse/c/new"))) == '{"offer":{"open_questions":[]}}'
    assert seen == ["http://127.0.0.1:9/recruitee/acme-example/api/offers/nurse"]
    silent = RecruiteeSubmitter(sandbox="http://127.0.0.1:9", transport=httpx.MockTransport(lambda _: httpx.Response(404)))
    assert silent.questions(destination_of(job("https://acme-example.recruitee.com/o/nurse"))) is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(422, json={"error": "already applied"}), RequestRejected),
        (httpx.Response(200, json={}), MaybeReceived),
        (httpx.Response(429, headers={"Retry-After": "9"}), ServiceBusy),
        (httpx.Response(500), MaybeReceived),
        (httpx.Response(201, text="<html>"), RolecallError),
        (httpx.ReadTimeout("slow"), MaybeReceived),
        (httpx.RemoteProtocolError("cut"), MaybeReceived),
        (httpx.ConnectError("refused"), NeverSent),
    ],
)
def test_what_recruitee_answers_says_whether_it_may_be_sent_again(answer: httpx.Response | Exception, told: type[RolecallError]) -> None:
    one = application(URL)
    with pytest.raises(told):
        interface(answer, []).submit(one, destination_of(one.job))
