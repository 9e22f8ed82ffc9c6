"""Applications to the sandbox's re-made forms, by the browser submitter itself."""

from __future__ import annotations

from rolecall.applying.forms import Field, Form, read_form
from rolecall.models import Cv
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters import Application, SentFile
from sandbox.forms.asked import STANDARD
from sandbox.forms.draw import drawn

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
