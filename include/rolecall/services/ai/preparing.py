"""``POST /api/auto-apply/prepare``: what would be sent, where, and which questions only the person can answer. Nothing leaves.

The hash stands for exactly what is shown: the job, the address, the CV, the letter, the answers, the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rolecall.applying.answers import answer_form, known_answers
from rolecall.applying.answers.canonical import country_code
from rolecall.applying.forms import Field, Form, read_form
from rolecall.applying.forms.form_wording import folded
from rolecall.applying.policy import not_open
from rolecall.errors import InvalidInput
from rolecall.models import digest
from rolecall.services.ai import job_facts
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters import Submitter, submitter_for
from rolecall.services.submitters.way_out import Destination, destination_of
from rolecall.store import Connection

NEEDS_ANSWER = "needs answer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    :param form: the form's page or schema, where the caller has it
    :param form_url: where that came from
    """

    job_id: str
    cv_id: str
    cover_letter: str = ""
    form: str = ""
    form_url: str | None = None


def prepare(conn: Connection, wanted: Wanted, submitters: Sequence[Submitter], *, today: date) -> dict[str, Any] | None:
    """Everything of one application before anybody says yes; ``None``: the job or the CV is not known.

    :raises InvalidInput: the form that was given cannot be read
    """
    job = job_facts.jobs(conn, [wanted.job_id]).get(wanted.job_id)
    cv = job_facts.stored_cv(conn, wanted.cv_id)
    if job is None or cv is None:
        return None
    where = where_to(job, submitters)
    form, unread = form_of(conn, job, where, wanted)
    known = known_answers(conn, cv.user_id) if cv.user_id else []
    given, left = answer_form(form, cv, known, today=today, country=country_of(conn, job.id), letter=wanted.cover_letter)
    files = files_of(conn, wanted.cv_id)
    why = not_open("closed" if job.expired else job.state, job.risk)
    obstacles = [why] if why else []
    obstacles += [NEEDS_ANSWER] * bool(left) + [unread] * bool(unread)
    sent = {
        "jobId": job.id,
        "way": where.way,
        "address": where.address,
        "cv": digest(cv.model_dump(mode="json", exclude={"sure", "spans", "warnings"})),
        "coverLetter": wanted.cover_letter,
        "answers": [[one.field.id, one.value] for one in given],
        "files": [[one["name"], one["sha256"]] for one in files],
    }
    return {
        "way": where.way,
        "address": where.address,
        "why": where.why,
        "obstacles": obstacles,
        "system": form.system,
        "answers": [{**shown(one.field), "value": one.value, "source": one.source} for one in given],
        "open": [{**shown(one.field), "why": one.why} for one in left],
        "staysOff": [one.label for one in form.consents],
        "files": files,
        "coverLetter": wanted.cover_letter,
        "hash": digest(sent),
    }


def where_to(job: JobFacts, submitters: Sequence[Submitter]) -> Destination:
    """The receiver of the sandbox where it takes the job, else the way that its address says."""
    if submitter_for(job, submitters) is not None:
        return Destination("sandbox", job.apply_url or job.url, why="the sandbox's own receiver takes it")
    return destination_of(job)


def form_of(conn: Connection, job: JobFacts, where: Destination, wanted: Wanted) -> tuple[Form, str]:
    """The form's questions, and why they are not known where they are not."""
    if wanted.form:
        return read_form(wanted.form, url=wanted.form_url), ""
    if where.way == "recruitee":
        row = conn.execute(
            "select raw::text as raw from posting where job_id = %s and board = 'recruitee' and not expired "
            "order by last_seen_at desc limit 1",
            (job.id,),
        ).fetchone()
        try:
            return (read_form(row["raw"]), "") if row else (Form("recruitee"), "the form has not been read")
        except InvalidInput:
            return Form("recruitee"), "the form has not been read"
    return Form(where.way), "the form has not been read" if where.way == "hand_over" else ""


def country_of(conn: Connection, job_id: str) -> str:
    """The job's country as two letters, ``""`` where it is not known."""
    row = conn.execute("select country from job where id = %s", (job_id,)).fetchone()
    name = str(row["country"] or "") if row else ""
    return name.upper() if len(name) == 2 else country_code(folded(name))


def files_of(conn: Connection, cv_id: str) -> list[dict[str, Any]]:
    """The files that would go along."""
    rows = conn.execute("select filename, sha256, octet_length(body) as size from cv_file where cv_id = %s", (cv_id,)).fetchall()
    return [{"what": "cv", "name": row["filename"], "sha256": row["sha256"], "bytes": row["size"]} for row in rows]


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
