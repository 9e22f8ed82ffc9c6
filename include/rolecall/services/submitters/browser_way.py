"""By the form itself, in a real browser: jobs on an applicant system whose form is known (``services/browser/form_sites.py``).

Nothing was tried live. Without a browser, or outside the sandbox without ``BROWSER_FORMS=on``, what is prepared is handed over.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

from rolecall.applying.forms import Field, Form, read_form
from rolecall.applying.policy import forbids_machines
from rolecall.errors import InvalidInput, MaybeReceived, NeverSent, NotAsPrepared, RequestRejected
from rolecall.models import digest
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.browser.browser_process import BrowserProcess
from rolecall.services.browser.form_sites import CHALLENGE_HOSTS, CHALLENGES, LOG_IN, FormSite, form_address, site_at
from rolecall.services.submitters import Application
from rolecall.services.submitters.way_out import Destination, WayOut, destination_of

ENDS_INVENTED = "-example"
"""How a tenant of the sandbox ends: nobody's."""


class BrowserWay(WayOut):
    """Jobs whose apply address is a form of a known system, where its terms do not forbid machines."""

    name = "browser_form"
    order: ClassVar[int] = 40
    receipt = "the form's own request was accepted and its page says so"

    def destination(self, job: JobFacts) -> Destination | None:
        """The form's address."""
        url = job.apply_url or job.url
        if forbids_machines(url) or site_at(url) is None:
            return None
        return Destination(self.name, form_address(url), form_address(url), "its form is filled in in a browser, as you would")


def form_digest(form: Form) -> str:
    """Of what a form asks, whatever its controls are called today."""
    return digest(sorted(map(_asked, form.questions)))


@dataclass
class FormShown:
    """A form as it was filled in and shown.

    :param form: of all its steps
    :param picture: JPEG, sensitive answers covered; empty where it was not filled in
    :param why: why it was not
    """

    form: Form
    picture: bytes = field(repr=False, default=b"")
    why: str = ""


Filled = list[tuple[Field, str | tuple[str, ...]]]
Answering = Callable[[Form], tuple[Filled, str]]
"""Given the form that is there: what it is filled with, and why it is not (``""``: it is)."""


CHANGED = "the form asks otherwise than when it was prepared"


@dataclass(frozen=True)
class PreparedAnswers:
    """What was prepared, found again in the form that is there: by the control's name, else by the question, where names change."""

    by_id: dict[str, str | tuple[str, ...]]
    by_question: dict[str, str | tuple[str, ...]]
    asked: set[str]

    @classmethod
    def of(cls, application: Application) -> PreparedAnswers:
        """Of an application whose form was read."""
        by_id = dict(application.answers)
        questions = application.form.questions if application.form is not None else ()
        known = [_asked(one) for one in questions]
        alone = {_asked(one): by_id[one.id] for one in questions if one.id in by_id and known.count(_asked(one)) == 1}
        return cls(by_id, alone, set(known))

    def answers(self, form: Form) -> Filled:
        """Each question of the form that was answered."""
        found = []
        for one in form.questions:
            value = self.by_id.get(one.id, self.by_question.get(_asked(one)))
            if value is not None:
                found.append((one, value))
        return found


class BrowserSubmitter:
    """Fills and sends forms by the one browser of this service.

    :param sandbox: where the sandbox is, which plays the forms of invented tenants; ``None``: the real ones
    """

    way = BrowserWay.name
    exact = True
    limit = 29.0
    """Seconds a caller waits: filling in takes longer than a request."""

    def __init__(self, *, sandbox: str | None = None) -> None:
        self._sandbox = sandbox
        self.process = BrowserProcess()

    def accepts(self, job: JobFacts) -> bool:
        """Whether the job is applied for by a form that is known, and no other way comes first; in a sandbox only an invented tenant's."""
        found = destination_of(job)
        if found.way != self.way:
            return False
        at = site_at(found.address)
        return at is not None and (self._sandbox is None or at[1].endswith(ENDS_INVENTED))

    def submit(self, application: Application) -> str:
        """One form, one click.

        :raises NotAsPrepared: the form asks otherwise than when it was prepared
        """
        prepared, seen = PreparedAnswers.of(application), set[str]()

        def answering(form: Form) -> tuple[Filled, str]:
            seen.update(map(_asked, form.questions))
            return ([], CHANGED) if seen - prepared.asked else (prepared.answers(form), "")

        before = b""

        def leave(said: dict[str, Any]) -> bool:
            nonlocal before
            before = base64.b64decode(said["picture"])
            return application.may_leave()

        done = self._through(application, application.address, answering, leave, complete=lambda: seen == prepared.asked, sends=True)
        outcome, reason = done["outcome"], str(done.get("reason") or "")
        if before and done.get("after"):
            application.shown(before, base64.b64decode(done["after"]))
        if outcome == "submitted":
            return str(done["receipt"])
        if outcome == "refused":
            raise RequestRejected(reason, fix="apply by hand", status=0)
        if outcome == "changed":
            raise NotAsPrepared(reason, fix="it is prepared anew; nothing was sent")
        if outcome == "uncertain":
            raise MaybeReceived(reason, fix="look into your mails, and ask the employer, before anything else")
        raise NeverSent(reason, fix="nothing was sent")

    def show(self, application: Application, address: str, answering: Answering) -> FormShown:
        """Opens a form, fills it in and shows it; nothing is sent.

        :raises RequestRejected: the form cannot be sent to, by its name: closed, applied for before, a challenge
        :raises NeverSent: it could not be opened or filled in
        """
        seen: list[FormShown] = []

        def kept(form: Form) -> tuple[Filled, str]:
            before = seen[-1].form.fields if seen else ()
            seen.append(FormShown(Form(form.system, (*before, *form.fields), form.honeypots, form.consents)))
            return answering(seen[-1].form)

        def shown(said: dict[str, Any]) -> bool:
            seen[-1].picture = base64.b64decode(said["picture"])
            return False

        done = self._through(application, address, kept, shown, sends=False)
        if done["outcome"] == "refused":
            raise RequestRejected(str(done["reason"]), fix="apply by hand", status=0)
        if not seen:
            raise NeverSent(str(done.get("reason")), fix="nothing was sent")
        if done["outcome"] != "shown":
            seen[-1].why = str(done["reason"])
        return seen[-1]

    def received(self, key: str) -> str | None:
        """Nobody can be asked: forms know no keys; the employer's mail settles it."""
        return None

    def close(self) -> None:
        """Ends the browser."""
        self.process.close()

    def _through(
        self,
        application: Application,
        address: str,
        answering: Answering,
        leave: Callable[[dict[str, Any]], bool],
        *,
        sends: bool,
        complete: Callable[[], bool] = lambda: True,
    ) -> dict[str, Any]:
        found = site_at(address)
        if found is None or forbids_machines(address):
            raise NeverSent("its form is of no system that is known", fix="apply by hand; nothing was sent")
        site, tenant, _ = found
        if self._sandbox is not None and not tenant.endswith(ENDS_INVENTED):
            raise NeverSent("a sandbox reaches nobody outside", fix="nothing was sent")
        url = form_address(address, sandbox=self._sandbox)
        files = {one.what: {"name": one.name, "body": base64.b64encode(one.body).decode()} for one in application.files}

        def form(page: str, number: int) -> dict[str, Any]:
            try:
                asked = read_form(page, url=url)
            except InvalidInput as error:
                return {"stop": error.message, "outcome": "never_sent"}
            if asked.system != site.name or not asked.questions:
                return {"stop": f"the page is no form of {site.name}", "outcome": "never_sent"}
            answers, why = answering(asked)
            if why:
                return {"stop": why}
            return {
                "answers": [_filled(one, value) for one, value in answers if one in asked.fields],
                "files": files,
                "traps": [one.id for one in asked.honeypots],
                "off": [_filled(one, "no") for one in asked.consents],
                "sensitive": [_filled(one, "") for one in asked.questions if one.sensitive],
            }

        order = {
            "url": url,
            "site": {**site.said, "challenges": list(CHALLENGES), "log_in": list(LOG_IN)},
            "hosts": [*(hosts_of(site) if self._sandbox is None else ()), urlsplit(url).netloc],
        }
        lacking = []

        def asked_to_leave(said: dict[str, Any]) -> bool:
            if not complete():
                lacking.append(CHANGED)
                return False
            return leave(said)

        done = self.process.apply(order, form=form, leave=asked_to_leave, code=lambda: application.code(site.code_from), sends=sends)
        return {"outcome": "changed", "reason": CHANGED} if lacking else done


def hosts_of(site: FormSite) -> tuple[str, ...]:
    """Whom the page of a form may ask: its own, its upload store, and what tells people from programs."""
    return (*site.hosts, *CHALLENGE_HOSTS)


def _asked(one: Field) -> str:
    return digest([one.label, one.kind, one.required, list(one.options)])


def _filled(one: Field, value: str | tuple[str, ...]) -> dict[str, Any]:
    return {"id": one.id, "label": one.label, "kind": one.kind, "value": list(value) if isinstance(value, tuple) else value}
