"""``POST /api/auto-apply/prepare``: what would be sent, where, and which questions only the person can answer. Nothing leaves.

The hash stands for exactly what is shown: the job, the address, the CV, the letter, the answers, the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rolecall.applying.answers import answer_form, known_answers
from rolecall.applying.answers.answering import Given, OpenQuestion
from rolecall.applying.answers.canonical import country_code
from rolecall.applying.forms import Field, Form, read_form
from rolecall.applying.forms.form_wording import folded
from rolecall.applying.policy import not_open
from rolecall.errors import InvalidInput
from rolecall.matching.ads.job import Job
from rolecall.matching.papers.stored_papers import papers_of
from rolecall.models import Cv, digest
from rolecall.services.ai import job_facts, shown_forms
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.browser.browser_process import missing
from rolecall.services.submitters import Application, SentFile, Submitter, submitter_for
from rolecall.services.submitters.browser_way import BrowserWay, form_digest
from rolecall.services.submitters.hand_over import HandOver
from rolecall.services.submitters.mail_way import SmtpAccount, message_id, subject_of
from rolecall.services.submitters.recruitee_way import RecruiteeSubmitter
from rolecall.services.submitters.smtp_accounts import account_of
from rolecall.services.submitters.way_out import Destination, destination_of
from rolecall.store import Connection

NEEDS_ANSWER = "needs answer"
UNREAD = "the form has not been read"
NEEDS_SENDER = "needs your SMTP settings: it is sent from your own mailbox"


@dataclass(frozen=True, slots=True)
class PrepareOrder:
    """What is asked for.

    :param form: the form's page or schema, where the caller has it
    :param form_url: where that came from
    """

    job_id: str
    cv_id: str
    cover_letter: str = ""
    form: str = ""
    form_url: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """One application before anybody says yes.

    :param obstacles: why it cannot be sent as it is, in words a person reads
    :param files: what goes along
    """

    job: JobFacts
    cv: Cv
    where: Destination
    form: Form
    given: tuple[Given, ...]
    left: tuple[OpenQuestion, ...]
    files: tuple[SentFile, ...]
    cover_letter: str
    obstacles: tuple[str, ...]
    country: str = ""
    sender: SmtpAccount | None = None

    @property
    def form_hash(self) -> str:
        """Of everything but the letter, which may be reworded until it leaves."""
        return digest(
            {
                "jobId": self.job.id,
                "title": self.job.title,
                "company": self.job.company,
                "way": self.where.way,
                "address": self.where.address,
                "from": self.sender.address if self.sender else "",
                "cv": digest(self.cv.model_dump(mode="json", exclude={"sure", "spans", "warnings"})),
                **({"form": form_digest(self.form)} if self.where.way == BrowserWay.name else {}),
                "answers": [[one.field.id, one.field.label, one.value] for one in self.given],
                "files": [[one.name, one.sha256] for one in self.files if one.what != "letter"],
            }
        )

    @property
    def hash(self) -> str:
        """Of exactly what would be sent."""
        letters = [[one.name, one.sha256] for one in self.files if one.what == "letter"]
        return digest([self.form_hash, self.cover_letter, letters])

    @property
    def said(self) -> dict[str, Any]:
        """As REST says it."""
        return {
            "way": self.where.way,
            "address": self.where.address,
            "why": self.where.why,
            "obstacles": list(self.obstacles),
            "system": self.form.system,
            "answers": [{**shown(one.field), "value": one.value, "source": one.source} for one in self.given],
            "open": [{**shown(one.field), "why": one.why, "country": self.country} for one in self.left],
            "staysOff": [one.label for one in self.form.consents],
            "files": [one.said for one in self.files],
            **self._envelope,
            "coverLetter": self.cover_letter,
            "hash": self.hash,
            "formHash": self.form_hash,
        }

    @property
    def _envelope(self) -> dict[str, str]:
        """From whom a mail comes, and its subject; nothing for another way."""
        return {"from": self.sender.address, "subject": subject_of(self.job.title, self.cv.name)} if self.sender else {}

    def application(self, key: str) -> Application:
        """What a receiver gets under a key."""
        answers = tuple((one.field.id, one.value) for one in self.given)
        flags = frozenset(one.field.id for one in self.given if one.field.kind == "yes_no")
        form = self.form if self.where.way == BrowserWay.name else None
        return Application(key, self.job, self.cv, self.cover_letter, answers, flags, self.files, self.where.address, self.sender, form)

    def evidence(self, key: str) -> dict[str, Any]:
        """What was sent, to whom: noted before it begins to leave, kept with the application."""
        return {
            "way": self.where.way,
            "address": self.where.address,
            "files": [one.said for one in self.files],
            "answers": [{"question": one.field.label, "value": one.value, "source": one.source} for one in self.given],
            "hash": self.hash,
            **({"messageId": message_id(key, self.sender.address)} if self.sender else {}),
            **self._envelope,
        }


def prepare(conn: Connection, wanted: PrepareOrder, submitters: Sequence[Submitter], *, today: date) -> Prepared | None:
    """Everything of one application; ``None``: the job or the CV is not known.

    :raises InvalidInput: the form that was given cannot be read
    """
    job = job_facts.jobs(conn, [wanted.job_id]).get(wanted.job_id)
    cv = job_facts.stored_cv(conn, wanted.cv_id)
    if job is None or cv is None:
        return None
    where = where_to(job, submitters)
    form, unread = form_of(conn, job, where, wanted, submitters)
    known = known_answers(conn, cv.user_id) if cv.user_id else []
    country = country_of(conn, job.id)
    given, left = answer_form(form, cv, known, today=today, country=country, letter=wanted.cover_letter)
    why = not_open("closed" if job.expired else job.state, job.risk)
    obstacles = [why] if why else []
    obstacles += [NEEDS_ANSWER] * bool(left) + [unread] * bool(unread)
    sender, missing = sender_of(conn, cv, where)
    obstacles += [missing] * bool(missing)
    files, unset = files_of(conn, cv, job.id, wanted.cover_letter)
    obstacles += [unset] * bool(unset)
    return Prepared(job, cv, where, form, tuple(given), tuple(left), files, wanted.cover_letter, tuple(obstacles), country, sender)


def sender_of(conn: Connection, cv: Cv, where: Destination) -> tuple[SmtpAccount | None, str]:
    """By whose SMTP settings a mail leaves, and why by nobody's where that is so."""
    if where.way != "mail":
        return None, ""
    try:
        account = account_of(conn, cv.user_id) if cv.user_id else None
    except InvalidInput as error:
        return None, error.message
    return account, "" if account else NEEDS_SENDER


def where_to(job: JobFacts, submitters: Sequence[Submitter]) -> Destination:
    """The receiver of the sandbox where it takes the job, else the way that its address says."""
    taken = submitter_for(job, submitters)
    if taken is not None and taken.way == "sandbox":
        return Destination("sandbox", job.apply_url or job.url, why="the sandbox's own receiver takes it")
    found = destination_of(job)
    if found.way == BrowserWay.name and (taken is None or taken.way != found.way):
        lacks = missing() or "BROWSER_FORMS is not on"
        return Destination(HandOver.name, found.address, why=f"its form could be filled in in a browser, and is not: {lacks}")
    return found


def form_of(conn: Connection, job: JobFacts, where: Destination, wanted: PrepareOrder, submitters: Sequence[Submitter]) -> tuple[Form, str]:
    """The form's questions, and why they are not known where they are not.

    Recruitee's are those its board said; of an offer that another board has, the interface is asked.
    """
    if wanted.form:
        return read_form(wanted.form, url=wanted.form_url), ""
    if where.way == "recruitee":
        row = conn.execute(
            "select raw::text as raw from posting where job_id = %s and board = 'recruitee' and not expired "
            "order by last_seen_at desc limit 1",
            (job.id,),
        ).fetchone()
        taken = submitter_for(job, submitters)
        said = row["raw"] if row else taken.questions(where) if isinstance(taken, RecruiteeSubmitter) else None
        try:
            return (read_form(said), "") if said else (Form("recruitee"), UNREAD)
        except InvalidInput:
            return Form("recruitee"), UNREAD
    if where.way == BrowserWay.name:
        kept = shown_forms.form_at(conn, where.address)
        return (kept, "") if kept is not None else (Form(where.way), UNREAD)
    return Form(where.way), UNREAD if where.way == "hand_over" else ""


def country_of(conn: Connection, job_id: str) -> str:
    """The job's country as two letters, ``""`` where it is not known."""
    row = conn.execute("select country from job where id = %s", (job_id,)).fetchone()
    name = str(row["country"] or "") if row else ""
    return name.upper() if len(name) == 2 else country_code(folded(name))


def files_of(conn: Connection, cv: Cv, job_id: str, letter: str) -> tuple[tuple[SentFile, ...], str]:
    """The files that go along, and why there is no CV among them where that is so."""
    row = conn.execute("select * from job where id = %s", (job_id,)).fetchone() or {"id": job_id}
    try:
        papers = papers_of(conn, cv, Job.of(row), letter)
    except InvalidInput as error:
        return (), error.message
    return tuple(SentFile(one.what, one.name, one.body) for one in papers), ""


def shown(field: Field) -> dict[str, Any]:
    """A question as REST says it."""
    return {
        "id": field.id,
        "question": field.label,
        "kind": field.kind,
        "options": list(field.options),
        "required": field.required,
        "sensitive": field.sensitive,
    }
