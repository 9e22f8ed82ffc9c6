"""``POST /api/auto-apply``: the same key, the same answer, and never a second forward.

    known key? its answer → what is applied for, by whom → commit the key → forward, once → commit what became of it

The answer says which: ``submitted`` with the receipt, ``refused``, ``uncertain`` (it may have been received). 429: nothing left
the house and the key is free. 409: it is being forwarded now. An answer that arrives after we stopped waiting still settles the row.
What has not begun by then never begins: a forward leaves only while its row says that it is under way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from rolecall.applying.forms import Field, Form
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import (
    AuthFailed,
    BadAnswer,
    InvalidInput,
    MaybeReceived,
    NeverSent,
    NotAsPrepared,
    RequestRejected,
    RolecallError,
    ServiceBusy,
    ServiceError,
    StoreUnavailable,
)
from rolecall.models import Cv
from rolecall.people.applying_wishes import ApplyingWishes
from rolecall.services.ai import job_facts, security_codes, shown_forms, submissions
from rolecall.services.ai.preparing import UNREAD, Prepared, PrepareOrder, prepare
from rolecall.services.ai.submissions import Order, Row, State
from rolecall.services.api_errors import ApiError, not_found
from rolecall.services.database import Database
from rolecall.services.submitters import FORWARD_LIMIT, Application, Submitter, obstacle, submitter_for
from rolecall.services.submitters.browser_way import BrowserSubmitter
from rolecall.store import Connection

log = logging.getLogger("rolecall.services")

AT_ONCE = 32
"""Forwards under way in this process; more callers than that are asked to come back."""

PAUSE = 5
"""Seconds after which a caller may come back when nobody said otherwise."""

CODE_LIMIT = 12.0
"""Seconds a code by mail is waited for: a caller waits 30 for all of it."""

written = Retrying(
    retry=retry_if_exception_type((StoreUnavailable, psycopg.OperationalError)),
    stop=stop_after_delay(10),
    wait=wait_exponential_jitter(multiplier=0.2, max=2),
    reraise=True,
)
"""An outcome is worth waiting for while Postgres restarts; if it stays away, the lease runs out and the row is uncertain."""


@dataclass(frozen=True)
class ForwardOutcome:
    """What became of one forward. ``state`` is ``None`` when nothing left the house."""

    state: State | None
    answer: dict[str, Any]
    retry_after: float | None = None
    changed: bool = False
    """What would be sent is not what was prepared: it is to be prepared anew."""


class Forwarder:
    """Forwards applications and remembers what became of them.

    :param platform: asked for CVs that are not in our own table; ``None``: all CVs are ours
    """

    def __init__(self, database: Database, submitters: Sequence[Submitter], platform: PlatformClient | None = None) -> None:
        self.submitters = list(submitters)
        self._database = database.unrestricted  # asked with the service's own token only
        self._platform = platform
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="forward")
        self._under_way: set[Future[ForwardOutcome]] = set()
        self._places: set[object] = set()

    def close(self) -> None:
        """Waits a little for forwards under way, then lets go."""
        wait(list(self._under_way), timeout=FORWARD_LIMIT)
        self._threads.shutdown(wait=False, cancel_futures=False)
        for submitter in self.submitters:
            submitter.close()

    async def apply(self, order: Order, *, waits: bool = True) -> dict[str, Any]:
        """Sends one application, at most once, and returns ``{"applicationStatus", …}``.

        :param waits: for what becomes of it; else it says ``in_progress``, and :meth:`status` tells later
        :raises ApiError: 404 unknown job or CV, 409 under way, another body under this key, or not what was prepared (``not_sent``),
            422 cannot be applied for, 429 nothing left the house, come back
        """
        try:
            known = await self._database.run(lambda conn: submissions.find(conn, order.key))
            if known is not None:
                return self._repeated(known, order)
            application, submitter, evidence = await self._prepared(order)
            forward = await self._begun(order, submitter, application, evidence)
            if forward is None:
                return self._repeated(await self._database.run(lambda conn: submissions.find(conn, order.key)), order)
        except (StoreUnavailable, psycopg.OperationalError) as error:
            raise _come_back(f"Postgres does not answer ({type(error).__name__})") from error
        if not waits:
            return {**(evidence or {}), "applicationStatus": "in_progress", "idempotencyKey": order.key}
        done, _ = await asyncio.wait({asyncio.wrap_future(forward)}, timeout=submitter.limit)
        if not done and not forward.cancel():
            return await self._given_up(order, submitter.limit)
        if not done:
            await self._freed(order.key)
            raise _come_back("too many applications are being forwarded")
        return {**(evidence or {}), **_answer_or_raise(forward.result())}

    async def prepared(self, wanted: PrepareOrder) -> dict[str, Any]:
        """What would be sent for one job, without an intent.

        :raises ApiError: 404 unknown job or CV, 422 the form cannot be read
        """
        today = datetime.now(UTC).date()
        try:
            found = await self._database.run(lambda conn: prepare(conn, wanted, self.submitters, today=today))
        except InvalidInput as error:
            raise ApiError(422, f"form: {error.message}", field="form", fix=error.fix) from error
        if found is None:
            raise not_found("job or CV", f"{wanted.job_id}, {wanted.cv_id}", field="jobId", fix="send ids that POST /api/job-match knows")
        browser = next((one for one in self.submitters if isinstance(one, BrowserSubmitter)), None)
        if found.where.way == BrowserSubmitter.way and browser is not None and not wanted.form:
            found = await asyncio.to_thread(self._shown, wanted, found, browser)
        return found.said

    def _shown(self, wanted: PrepareOrder, found: Prepared, browser: BrowserSubmitter) -> Prepared:
        """As prepared for the form that is there now, filled in and shown; nothing of the person leaves."""
        now = found

        def answering(form: Form) -> tuple[list[tuple[Field, str | tuple[str, ...]]], str]:
            nonlocal now
            with self._database.connection() as conn:
                shown_forms.keep_form(conn, found.where.address, form)
                now = prepare(conn, wanted, self.submitters, today=datetime.now(UTC).date()) or found
            return [(one.field, one.value) for one in now.given], "; ".join(now.obstacles)

        try:
            shown = browser.show(found.application("shown"), found.where.address, answering)
        except (RequestRejected, NeverSent, ServiceBusy) as error:
            with self._database.connection() as conn:
                shown_forms.forget_form(conn, found.where.address)
            why = (error.message,) if error.message not in found.obstacles else ()
            return replace(now, obstacles=(*(one for one in now.obstacles if one != UNREAD), *why))
        if shown.picture and found.cv.user_id:
            with self._database.connection() as conn:
                shown_forms.keep_picture(conn, found.cv.user_id, found.job.id, now.form_hash, shown.picture)
        return now

    def _code(self, found: Prepared, senders: tuple[str, ...]) -> str:
        """The code that a form sent by mail just now, where the person lets it be read."""
        since = datetime.now(UTC)
        try:
            with self._database.connection() as conn:
                row = conn.execute("select preferences from person where id = %s", (found.cv.user_id,)).fetchone()
                if row is None or not ApplyingWishes.read(row["preferences"] or {}).read_codes:
                    return ""
                mailboxes = security_codes.mailboxes_of(conn, found.cv.user_id or "")
        except (RolecallError, psycopg.Error) as error:
            log.warning("no code is looked for (%s)", type(error).__name__)
            return ""
        wanted = security_codes.CodeWanted(senders, found.job.company, since)
        return security_codes.wait_for_code(mailboxes, wanted, seconds=CODE_LIMIT)

    def _keep_pictures(self, found: Prepared, before: bytes, after: bytes) -> None:
        """How it looked when it was sent, and after that. Nothing depends on it: the receipt does not wait for a picture."""
        try:
            with self._database.connection() as conn:
                shown_forms.keep_picture(conn, found.cv.user_id or "", found.job.id, found.form_hash, before, after)
        except (RolecallError, psycopg.Error) as error:
            log.warning("the picture of a sent form was not kept (%s)", type(error).__name__)

    async def _begun(
        self, order: Order, submitter: Submitter, application: Application, evidence: dict[str, Any] | None
    ) -> Future[ForwardOutcome] | None:
        """The forward under way; ``None``: the key is somebody else's."""
        if len(self._places) >= AT_ONCE:
            raise _come_back("too many applications are being forwarded")
        place = object()
        self._places.add(place)  # before anything is waited for: nobody else takes it meanwhile
        try:
            if not await self._database.run(lambda conn: submissions.begin(conn, order, evidence)):
                self._places.discard(place)
                return None
            forward = self._threads.submit(self._forward, submitter, application)
        except BaseException:
            self._places.discard(place)
            raise
        self._under_way.add(forward)
        forward.add_done_callback(self._under_way.discard)
        forward.add_done_callback(lambda _: self._places.discard(place))
        return forward

    async def _freed(self, key: str) -> None:
        """Frees the key of a forward that had not begun. Where Postgres is away, the row is found as uncertain: nothing is sent twice."""
        try:
            await self._database.run(lambda conn: submissions.free_key(conn, key))
        except (StoreUnavailable, psycopg.OperationalError) as error:
            log.warning("the key of %s could not be freed (%s); it will be found as uncertain", key, type(error).__name__)

    async def status(self, key: str, *, at_receiver: bool = False) -> dict[str, Any]:
        """What became of one application. Where our own books do not know it, the receivers are asked: books may have been restored from
        a backup that is older than what was sent.

        :param at_receiver: asks the receivers whatever the books say
        :raises ApiError: 404, nothing was forwarded under this key; 429, a receiver does not answer: ask again
        """
        row = await self._database.run(lambda conn: submissions.find(conn, key))
        if row is None or at_receiver:
            receipt = await asyncio.to_thread(self._receipt, key)
            if receipt is not None:
                return {"applicationStatus": "submitted", "receipt": receipt, "idempotencyKey": key}
            raise not_found("application under the key", key, field="key", fix="nothing was forwarded under it; it may be sent")
        if row["state"] == "forwarding":
            return {**(row["evidence"] or {}), "applicationStatus": "in_progress", "idempotencyKey": key}
        return {**row["answer"], "idempotencyKey": key}

    def _receipt(self, key: str) -> str | None:
        try:
            return next((receipt for each in self.submitters if (receipt := each.received(key))), None)
        except ServiceError as error:
            raise _come_back(f"a receiver did not say whether it has this application ({error.message})") from error

    def _repeated(self, row: Row | None, order: Order) -> dict[str, Any]:
        if row is None:
            raise _come_back("another request under this key was just given back unsent")
        if row["body_sha256"] != order.sha256:
            fix = "use a key of its own for each application, and send the same body when repeating one"
            raise ApiError(409, "this key was used for another application", field="Idempotency-Key", fix=fix)
        if row["state"] == "forwarding":
            fix = f"ask again later: GET /api/auto-apply/{order.key}"
            extra = {"applicationStatus": "in_progress"}
            raise ApiError(409, "this application is being forwarded now", field="Idempotency-Key", fix=fix, extra=extra)
        answer: dict[str, Any] = row["answer"]
        return answer

    async def _prepared(self, order: Order) -> tuple[Application, Submitter, dict[str, Any] | None]:
        def read(conn: Connection) -> tuple[job_facts.JobFacts | None, Cv | None]:
            return job_facts.jobs(conn, [order.job_id]).get(order.job_id), job_facts.stored_cv(conn, order.cv_id)

        job, cv = await self._database.run(read)
        if job is None:
            raise not_found("job", order.job_id, field="jobId", fix="send an id that POST /api/job-match answered")
        reason = obstacle(job, self.submitters)
        submitter = submitter_for(job, self.submitters)
        if reason or submitter is None:
            raise ApiError(422, f"jobId: {reason}", field="jobId", fix="apply only for matches whose canAutoApply is true")
        if submitter.exact:
            return await self._exactly(order, submitter)
        if cv is None and self._platform is not None:
            cv = await self._foreign_cv(order.cv_id, self._platform)
        if cv is None:
            raise not_found("CV", order.cv_id, field="cvId", fix="send the id of a CV that GET /api/v1/cv/{id} answers")
        if not cv.name or not cv.email:
            raise ApiError(422, "cvId: this CV has no name or no e-mail address", field="cvId", fix="complete it; a receiver needs both")
        return Application(order.key, job, cv, order.cover_letter), submitter, None

    async def _exactly(self, order: Order, submitter: Submitter) -> tuple[Application, Submitter, dict[str, Any]]:
        """What was prepared, if it is still exactly that."""
        wanted = PrepareOrder(order.job_id, order.cv_id, order.cover_letter)
        today = datetime.now(UTC).date()
        found = await self._database.run(lambda conn: prepare(conn, wanted, self.submitters, today=today))
        if found is None:
            raise not_found("CV", order.cv_id, field="cvId", fix="send the id of a CV that is kept here")
        if not order.hash:
            raise _not_as_prepared(f"by {submitter.way} only what was prepared and shown is sent")
        if order.hash not in (found.hash, found.form_hash) or found.where.way != submitter.way:
            raise _not_as_prepared("what would be sent is not what was prepared")
        if found.obstacles:
            raise _not_as_prepared("; ".join(found.obstacles))
        code, shown = partial(self._code, found), partial(self._keep_pictures, found)
        application = replace(found.application(order.key), code=code, shown=shown)
        return application, submitter, found.evidence(order.key)

    @staticmethod
    async def _foreign_cv(cv_id: str, platform: PlatformClient) -> Cv | None:
        try:
            async with asyncio.timeout(FORWARD_LIMIT):
                served = await asyncio.to_thread(platform.get_cv, cv_id)
        except RequestRejected as error:
            if error.status == 404:
                return None
            raise ApiError(422, f"cvId: {error.message}", field="cvId", fix=error.fix) from error
        except (TimeoutError, ServiceError) as error:
            raise _come_back(f"the platform API did not serve the CV: {getattr(error, 'message', 'no answer in time')}") from error
        return job_facts.as_cv({**served, "id": cv_id})

    def _forward(self, submitter: Submitter, application: Application) -> ForwardOutcome:
        if not self._leaves(application.key):
            return ForwardOutcome(None, {"reason": "it waited too long for its turn"})
        application = replace(application, may_leave=lambda: self._leaves(application.key))
        outcome = _outcome(submitter, application)
        try:
            written(self._write, application.key, outcome)
        except (StoreUnavailable, psycopg.Error):
            log.exception("the outcome of %s could not be written; it will be found as uncertain", application.key)
        return outcome

    def _leaves(self, key: str) -> bool:
        """Whether it still may leave: its row was not settled while it waited for a thread. The lease begins anew."""
        try:
            with self._database.connection() as conn:
                return submissions.renew_lease(conn, key)
        except (StoreUnavailable, psycopg.Error):
            log.warning("%s was not forwarded: Postgres does not answer", key)
            return False

    def _write(self, key: str, outcome: ForwardOutcome) -> None:
        with self._database.connection() as conn:
            if outcome.state is None:
                submissions.never_left(conn, key, str(outcome.answer["reason"]))
            else:
                submissions.record_answer(conn, key, outcome.state, outcome.answer)

    async def _given_up(self, order: Order, limit: float) -> dict[str, Any]:
        reason = f"the receiver gave no answer within {limit:g} s; it may have received the application"

        def parked(conn: Connection) -> Row | None:
            submissions.park_uncertain(conn, order.key, reason)
            return submissions.find(conn, order.key)

        try:
            row = await self._database.run(parked)
        except (StoreUnavailable, psycopg.OperationalError):
            row = None
        answer: dict[str, Any] = row["answer"] if row else {"applicationStatus": "uncertain", "reason": reason}
        return answer


def _outcome(submitter: Submitter, application: Application) -> ForwardOutcome:
    """Forwards once and says what that meant. In doubt: uncertain."""
    try:
        receipt = submitter.submit(application)
    except NotAsPrepared as error:
        return ForwardOutcome(None, {"reason": error.message}, changed=True)
    except (NeverSent, ServiceBusy) as error:
        return ForwardOutcome(None, {"reason": error.message}, getattr(error, "retry_after", None))
    except (AuthFailed, RequestRejected) as error:
        return ForwardOutcome("refused", {"applicationStatus": "refused", "reason": error.message})
    except (MaybeReceived, BadAnswer) as error:
        return ForwardOutcome("uncertain", {"applicationStatus": "uncertain", "reason": error.message})
    except Exception as error:
        log.exception("forwarding %s failed in an unforeseen way", application.key)
        reason = error.message if isinstance(error, RolecallError) else f"forwarding failed ({type(error).__name__})"
        return ForwardOutcome("uncertain", {"applicationStatus": "uncertain", "reason": reason})
    answer = {"applicationStatus": "submitted", "receipt": receipt, "jobId": application.job.id, "platform": application.job.source}
    return ForwardOutcome("submitted", answer)


def _answer_or_raise(outcome: ForwardOutcome) -> dict[str, Any]:
    if outcome.changed:
        raise _not_as_prepared(str(outcome.answer["reason"]))
    if outcome.state is None:
        raise _come_back(outcome.answer["reason"], outcome.retry_after)
    return outcome.answer


def _not_as_prepared(reason: str) -> ApiError:
    fix = "POST /api/auto-apply/prepare, show it, and send its hash; nothing was sent"
    return ApiError(409, reason, field="hash", fix=fix, extra={"applicationStatus": "not_sent"})


def _come_back(reason: str, seconds: float | None = None) -> ApiError:
    """429, not 503: a caller must take a 5xx for "may have been received", and nothing was sent here."""
    pause = str(max(1, round(seconds if seconds is not None else PAUSE)))
    fix = "nothing was sent; repeat the request under the same key"
    return ApiError(429, reason, fix=fix, headers={"Retry-After": pause}, extra={"applicationStatus": "not_sent"})
