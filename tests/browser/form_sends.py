"""Applications to the sandbox's re-made forms, by the browser submitter itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psutil

from rolecall.applying.answers import answer_form, known_answers, save_answer
from rolecall.applying.forms import Field, Form, read_form
from rolecall.applying.plan import plan
from rolecall.models import ApplyOrder, Cv, Match, digest
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.browser.form_sites import form_address
from rolecall.services.submitters import Application, SentFile
from rolecall.store import Connection
from sandbox.forms.asked import STANDARD
from sandbox.forms.draw import drawn
from tests.world import add_job, insert

ADDRESSES = {
    "greenhouse": "https://job-boards.greenhouse.io/{tenant}/jobs/{job}",
    "lever": "https://jobs.lever.co/{tenant}/{job}",
    "ashby": "https://jobs.ashbyhq.com/{tenant}/{job}",
    "workable": "https://apply.workable.com/{tenant}/j/{job}",
    "personio": "https://{tenant}.jobs.personio.de/job/{job}",
    "recruitee": "https://{tenant}.recruitee.com/o/{job}",
    "teamtailor": "https://{tenant}.teamtailor.com/jobs/{job}",
    "smartrecruiters": "https://jobs.smartrecruiters.com/oneclick-ui/company/{tenant}/publication/{job}",
    "breezy": "https://{tenant}.breezy.hr/p/{job}",
}
CV = Cv.model_validate({"name": "Ada Quill", "email": "ada@mail.example"})
FILE = SentFile("cv", "ada.pdf", b"%PDF-1.7 bytes")


def address(system: str, job: str = "1001", tenant: str = "harbor-example") -> str:
    return ADDRESSES[system].format(tenant=tenant, job=job)


def as_job(url: str) -> JobFacts:
    return JobFacts("j1", "j1", "Nurse", "Harbor", "Leeds", "https://board.example/1", url, "x", "valid", 0.0, False)


def asked_of(system: str) -> Form:
    return read_form(drawn(system, STANDARD[system], setup={}))


def answer(one: Field) -> str | tuple[str, ...]:
    if one.kind in ("file", "consent", "email", "phone"):
        return {"file": "cv", "consent": "yes", "email": CV.email, "phone": "+44 20 7946 0000"}[one.kind]
    if one.options:
        return (one.options[0], one.options[2]) if one.kind == "multi" else one.options[1]
    if one.kind == "single" or "location" in one.id:
        return "Leeds, England"
    return {"first": "Ada", "last": "Quill"}.get(one.label.split()[0].lower(), "Ada Quill")


def application(system: str, job: str = "1001", *, key: str = "k-1", tenant: str = "harbor-example") -> Application:
    form, url = asked_of(system), address(system, job, tenant)
    answers = tuple((one.id, answer(one)) for one in form.questions if one.kind != "consent" or one.required)
    return Application(key, as_job(url), CV, "Dear all", answers, files=(FILE,), address=url, form=form)


def chromium_of(pid: int) -> list[psutil.Process]:
    """The processes of the browser that a driver runs, the first one first."""
    with suppress(psutil.Error):
        found = [one for one in psutil.Process(pid).children(recursive=True) if "chrom" in one.name()]
        return sorted(found, key=lambda one: (any("--type=" in word for word in one.cmdline()), one.pid))
    return []


LETTER = "Dear team"


def ada(db: Connection, *, asks: bool = False) -> None:
    """A person whose CV and answers fill in every re-made form.

    :param asks: she is asked before anything is sent
    """
    data = {"name": "Ada Quill", "email": "ada@mail.example", "phone": "+44 20 7946 0000", "location": "Leeds, England"}
    data |= {"headline": "Data engineer", "text": "Data engineer in Leeds. Python, Airflow."}
    applying = {"approval": asks, "mode": "prepare" if asks else "send", "holdMinutes": 0}
    insert(db, "person", id="ada", name="Ada Quill", email="ada@mail.example", preferences={"auto_apply": True, "applying": applying})
    insert(db, "cv", id="cv-ada", person_id="ada", data=data, sha256=digest(data))
    insert(db, "cv_file", cv_id="cv-ada", filename="ada.pdf", kind="pdf", sha256="x", body=b"%PDF-1.7 Ada", uploaded_by="person")
    save_answer(db, "ada", "privacy_consent", "yes")
    cv, today = Cv.model_validate({**data, "id": "cv-ada"}), datetime.now(UTC).date()
    for system in STANDARD:
        _, left = answer_form(asked_of(system), cv, known_answers(db, "ada"), today=today, country="", letter=LETTER)
        for one in left:
            said = answer(one.field)
            save_answer(db, "ada", one.field.label, said if isinstance(said, str) else list(said), options=one.field.options)
    db.commit()


def job_with_form(db: Connection, job_id: str, system: str, job: str) -> str:
    """A job that is applied for by a form; the form's address."""
    url = address(system, job)
    text = "We look for a data engineer with Python and Airflow."
    add_job(db, job_id, apply_url=url, title=f"Data engineer {job_id}", company=f"Harbor {job_id}", url=f"https://b.example/{job_id}",
            content_hash=job_id, validated_hash=job_id, description=text)  # fmt: skip
    return form_address(url)


def planned_forms(db: Connection, prepared: Mapping[str, Any], run: str) -> dict[str, str]:
    """Plans what was prepared, by job; all of Ada's applications: job → application."""
    matches = [
        Match.model_validate(
            {"id": job, "title": f"Data engineer {job}", "company": f"Harbor {job}", "source": "linkedin", "matchScore": 0.9,
             "canAutoApply": True, "generatedCoverLetter": LETTER, "way": said["way"], "prepared": said}
        )
        for job, said in prepared.items()
    ]  # fmt: skip
    row = db.execute("select sha256 from cv where id = 'cv-ada'").fetchone() or {}
    order = ApplyOrder(cv_id="cv-ada", user_id="ada", user_email="ada@mail.example")
    made = plan(db, order, run_id=run, cv_sha256=row["sha256"], matches=matches)
    db.commit()
    assert len(made.applications) + len(made.to_decide) >= len(prepared), made.words
    rows = db.execute("select id, job_id from application").fetchall()
    db.commit()  # what follows takes long: nothing waits in a transaction
    return {str(one["job_id"]): str(one["id"]) for one in rows}
