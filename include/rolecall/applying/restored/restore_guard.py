"""The restore guard: asks others about applications that a ledger restored from a backup does not know."""

from __future__ import annotations

import logging

import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from rolecall.applying.follow import AskStatus
from rolecall.applying.ledger import Ledger, Row
from rolecall.applying.plan import idempotency_key
from rolecall.applying.restored.sent_log import KEPT_SECONDS, SentLog
from rolecall.errors import BadAnswer, MaybeReceived, NeverSent, RequestRejected, ServiceBusy, ServiceError, StoreUnavailable
from rolecall.store import Connection

log = logging.getLogger(__name__)

NOTHING = frozenset({"", "not_sent"})


def said_by(ask: AskStatus, key: str) -> bool:
    """Whether the service knows an application under this key. A service without the question knows none.

    :raises ServiceError: it does not answer
    """
    asking = Retrying(
        retry=retry_if_exception_type((NeverSent, ServiceBusy, MaybeReceived)),
        stop=stop_after_attempt(3),
        wait=wait_exponential_jitter(multiplier=0.2, max=2),
        reraise=True,
    )
    try:
        answer = asking(ask, key)
    except (RequestRejected, BadAnswer):
        return False
    return str(answer.get("applicationStatus", "")).strip().casefold() not in NOTHING


FAMILY = """
with recursive own as (
    select person_id, job_key from application where idempotency_key = %(key)s
), up as (
    select job.id, job.merged_into, 0 as depth from job join own on job.id = own.job_key
    union all
    select job.id, job.merged_into, depth + 1 from up join job on job.id = up.merged_into where depth < 50
), family as (
    select id, 0 as depth from up where merged_into is null
    union
    select job.id, depth + 1 from family join job on job.merged_into = family.id where depth < 50
)
select distinct own.person_id, family.id from own cross join family
"""
KNOWN = """
select idempotency_key, attempts from application
where person_id = (select person_id from application where idempotency_key = %(key)s)
"""


UNASKABLE = """
select array_remove(array_agg(before.idempotency_key), null) as keys
from (select max(restored_at) as at from restore) restored
join application a on a.idempotency_key = %(key)s and coalesce(a.way, 'sandbox') <> 'sandbox'
left join job on job.id = a.job_id
left join lateral (
    select b.idempotency_key from application b
    where b.attempts > 0 and b.updated_at < restored.at order by b.updated_at desc limit 20) before on true
where least(job.created_at, a.created_at) < restored.at
having count(*) > 0
"""
"""An application by a way of its own (``Match.by_itself``), whose receiver knows no keys, for a job that was there before the restore; and
what had left before it, by the ledger."""


class RestoreGuard:
    """Whether an attempt under a key was made already, although the ledger does not know: Redis is asked always, the service for 90 days
    after a restore, before the first attempt under a key.

    :param sent_log: what left, as Redis knows it
    :param ledger: what it knows, read over its connection
    :param ask: asks the service by key
    """

    def __init__(self, sent_log: SentLog, ledger: Ledger, ask: AskStatus) -> None:
        self._sent_log, self._ledger, self._ask = sent_log, ledger, ask

    def __call__(self, key: str, attempt: int) -> bool:
        """True: it may have been sent. A service that does not answer after a restore is reason enough to wait for a person."""
        if self._sent_log(key, attempt):
            return True
        if not self._restored():
            return False
        try:
            merged = self._merged(key)
            noted = self._sent_log.attempts(list(merged))
            if any(noted.get(other, 0) > known for other, known in merged.items()):
                return True
            if self._nobody_can_say(key):
                return True
            unheard = [other for other, known in merged.items() if not known]
            return any(said_by(self._ask, one) for one in (unheard if attempt > 1 else [key, *unheard]))
        except (ServiceError, StoreUnavailable, psycopg.Error) as error:
            log.warning("nobody could say whether this application left already (%s)", type(error).__name__)
            return True

    def _nobody_can_say(self, key: str) -> bool:
        """Whether it would leave by a way whose receiver cannot be asked, and Redis has lost what the ledger knows to have left: an
        employer's mailbox, interface or form knows no keys, so that after a restore only the Sent folder could tell."""
        found = self._ledger.do(lambda conn: conn.execute(UNASKABLE, {"key": key}).fetchone())
        if found is None:
            return False
        left = [one for one in found["keys"] if one != key]
        return not left or len(self._sent_log.attempts(left)) < len(left)

    def _merged(self, key: str) -> dict[str, int]:
        """Keys under which the same application may have left before its job was merged, each with the attempts the ledger knows."""

        def read(conn: Connection) -> tuple[list[Row], dict[str, int]]:
            family = conn.execute(FAMILY, {"key": key}).fetchall()
            return family, {row["idempotency_key"]: row["attempts"] for row in conn.execute(KNOWN, {"key": key})}

        rows, known = self._ledger.do(read)
        keys = (idempotency_key(row["person_id"], row["id"]) for row in rows)
        return {one: known.get(one, 0) for one in keys if one != key}

    def _restored(self) -> bool:
        since = f"{KEPT_SECONDS} seconds"
        statement = "select 1 from restore where restored_at > clock_timestamp() - %s::interval limit 1"
        try:
            return self._ledger.do(lambda conn: conn.execute(statement, (since,)).fetchone() is not None)
        except psycopg.Error:
            return True
