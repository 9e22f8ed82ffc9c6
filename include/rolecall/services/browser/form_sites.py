"""What a form system's pages are told by: a few values a system, no code. From recorded pages (docs/applying.md); none was tried live."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

CHALLENGES = (
    "iframe[src*='hcaptcha.com'][src*='frame=challenge']",
    "iframe[src*='recaptcha'][src*='bframe']",
    "iframe[src*='challenges.cloudflare.com']",
    "iframe[src*='captcha-delivery.com']",
    "[data-challenge]",
)
"""Shown to a person, one of these ends it: nobody is pretended to be."""

CHALLENGE_HOSTS = (
    "www.google.com", "www.gstatic.com", "www.recaptcha.net", "hcaptcha.com", "*.hcaptcha.com", "challenges.cloudflare.com",
    "*.captcha-delivery.com",
)  # fmt: skip
"""What a page may run by itself to tell people from programs."""

LOG_IN = ("input[type=password]",)


CLOSED = r"[?&]error=true|no longer (?:open|available|accepting)|position (?:has been|is) (?:closed|filled)|nicht mehr (?:verfügbar|aktiv)"


@dataclass(frozen=True, slots=True)
class FormSite:
    """One system.

    :param name: as in ``rolecall.applying.forms``
    :param at: address of a form: host and path, with the groups ``tenant`` and ``job``
    :param page: path of the form behind the job's, where it has a page of its own
    :param form: what is there once the form is
    :param submit: the one button that sends
    :param forward: the button to the next step
    :param posts: paths of the request that carries the application
    :param accepted: what the body of an accepted answer says, where its status does not tell
    :param done: what the page shows when it was taken
    :param done_path: path of the page after it
    :param uploaded: what is there once the CV was taken on
    :param code: where a code that it sends by mail is typed, a sign each
    :param code_from: domains that it sends the code from
    :param hosts: its own and its upload store's; ``*.`` stands for any name before
    """

    name: str
    at: re.Pattern[str]
    form: str
    submit: str
    posts: str
    done: str
    page: str = ""
    forward: str = ""
    accepted: str = ""
    done_path: str = ""
    uploaded: str = ""
    closed: str = CLOSED
    applied: str = r"already (?:applied|received)|bereits beworben"
    limit: str = r"application limit|may not apply more than|cannot apply more than"
    code: str = ""
    code_from: tuple[str, ...] = ()
    hosts: tuple[str, ...] = field(default=())

    @property
    def said(self) -> dict[str, Any]:
        """For the process that fills."""
        names = (
            "name",
            "form",
            "submit",
            "forward",
            "posts",
            "accepted",
            "done",
            "done_path",
            "uploaded",
            "closed",
            "applied",
            "limit",
            "code",
        )
        return {name: getattr(self, name) for name in names}


TENANT, JOB = r"(?P<tenant>[\w-]{1,80})", r"(?P<job>[\w-]{1,120})"
S3 = ("s3.amazonaws.com", "*.s3.amazonaws.com", "*.s3-accelerate.amazonaws.com", "s3.*.amazonaws.com", "*.s3.*.amazonaws.com")
"""Amazon's store for uploads, and nothing else that somebody may run there."""

SITES = (
    FormSite(
        "greenhouse", re.compile(rf"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/{TENANT}/jobs/{JOB}/?"),
        form="form#application-form", submit="form#application-form button[type=submit]", posts=r"/jobs/[\w-]+/?$",
        done="[class*=confirmation]", done_path=r"/confirmation/?$", code="[id^=security-input-]", code_from=("greenhouse-mail.io",),
        hosts=("*.greenhouse.io", *S3),
    ),
    FormSite(
        "lever", re.compile(rf"jobs(?:\.eu)?\.lever\.co/{TENANT}/{JOB}(?:/apply)?/?"), page="/apply",
        form="#application-form", submit="#btn-submit", posts=r"/apply/?$",
        done="[data-qa=msg-submit-success]", done_path=r"/thanks/?$", uploaded=".resume-upload-success",
        hosts=("*.lever.co", *S3),
    ),
    FormSite(
        "ashby", re.compile(rf"jobs\.ashbyhq\.com/{TENANT}/{JOB}(?:/application)?/?"), page="/application",
        form="[data-field-path]", submit=".ashby-application-form-submit-button", posts=r"/non-user-graphql\?op=ApiSubmit",
        accepted="FormSubmitSuccess", done=".ashby-application-form-success-container",
        hosts=("*.ashbyhq.com", *S3),
    ),
    FormSite(
        "workable", re.compile(rf"apply\.workable\.com/{TENANT}/j/{JOB}(?:/apply)?/?"), page="/apply",
        form="form[data-ui=application-form]", submit="[data-ui=apply-button]", posts=r"/jobs/[\w-]+/apply/?$",
        done="[data-ui=successful-submit]",
        hosts=("*.workable.com", *S3),
    ),
    FormSite(
        "personio", re.compile(rf"{TENANT}\.jobs\.personio\.(?:de|com)/job/{JOB}/?"),
        form="input[name=first_name]", submit="form button[type=submit]", posts=r"/application",
        done="[class*=success i], [data-success]",
        hosts=("*.personio.de", "*.personio.com", *S3),
    ),
    FormSite(
        "recruitee", re.compile(rf"{TENANT}\.recruitee\.com/o/{JOB}(?:/c/new)?/?"), page="/c/new",
        form="#offer-application-form", submit="#offer-application-form button[type=submit]", posts=r"/candidates/?$",
        done="text=/All done!|successfully submitted/", done_path=r"/applied/?$",
        hosts=("*.recruitee.com", *S3),
    ),
    FormSite(
        "teamtailor", re.compile(rf"{TENANT}(?:\.[a-z]{{2}})?\.teamtailor\.com/jobs/{JOB}(?:/applications/new)?/?"),
        page="/applications/new",
        form="form#job-application-form", submit="form#job-application-form [type=submit]", posts=r"/applications/?$",
        done="text=/application (?:has been )?(?:received|sent)/i",
        hosts=("*.teamtailor.com", "*.teamtailor-cdn.com", *S3),
    ),
    FormSite(
        "smartrecruiters", re.compile(rf"jobs\.smartrecruiters\.com/oneclick-ui/company/{TENANT}/publication/{JOB}/?"),
        form="oc-oneclick-form", submit="[data-test=footer-submit]", forward="[data-test=footer-next]", posts=r"/candidates?/?$",
        done="[data-test=success-page-confirmation]",
        hosts=("*.smartrecruiters.com", *S3),
    ),
    FormSite(
        "breezy", re.compile(rf"{TENANT}\.breezy\.hr/p/{JOB}(?:/apply)?/?"), page="/apply",
        form="form[name=form]", submit="form[name=form] button.button.green", posts=r"/apply/?$",
        done="text=/application (?:was |has been )?(?:received|submitted)/i",
        hosts=("*.breezy.hr", *S3),
    ),
)  # fmt: skip


def site_at(url: str) -> tuple[FormSite, str, str] | None:
    """The system of a form's address, with tenant and job; ``None``: none that is known."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("#")[0].partition("?")[0]
    if scheme != "https":
        return None
    for site in SITES:
        if found := site.at.fullmatch(place):
            return site, found["tenant"], found["job"]
    return None


def form_address(url: str, *, sandbox: str | None = None) -> str:
    """Where the form of an address is opened; in a sandbox, where that plays it.

    :raises LookupError: no system that is known
    """
    found = site_at(url)
    if found is None:
        raise LookupError(url)
    site, tenant, job = found
    if sandbox is not None:
        return f"{sandbox.rstrip('/')}/forms/{site.name}/{tenant}/{job}"
    bare = url.partition("#")[0].partition("?")[0].rstrip("/")
    return bare if not site.page or bare.endswith(site.page) else bare + site.page
