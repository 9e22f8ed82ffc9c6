"""The webhook's own rules: who may call, what a request must say, and which requests are the same one.

    authentic? → the seed's five fields → known under its key or body? that run : one new row, whose id names the run

The dispatcher starts the run; nothing here talks to Airflow.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints
from pydantic.alias_generators import to_camel

from rolecall.applying import ledger, requests
from rolecall.applying.tokens import KEPT, fernet
from rolecall.criteria import check_transport
from rolecall.models import EmailAddress, Id, digest
from rolecall.people.privacy import refuse_the_erased
from rolecall.store import Connection
from rolecall.store.documents import storable

SIGNATURE, TIMESTAMP, KEY = "x-rolecall-signature", "x-rolecall-timestamp", "idempotency-key"
WINDOW = 300
"""Seconds a signed request may be old, or ahead of our clock."""

MAX_BODY = 64 * 1024
MAX_KEY = 200

Token = Annotated[SecretStr, Field(min_length=1, max_length=8192)]


def _printable(value: object) -> object:
    """A token goes into a header: one printable ASCII word. The message never repeats it."""
    if isinstance(value, str) and not (value.isascii() and value.isprintable() and " " not in value):
        raise ValueError("must be one word of printable ASCII, as it stands in an Authorization header")
    return value


class ApplyRequest(BaseModel):
    """The seed's body. An unknown field is an error: a typing mistake must not change what is applied for."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    cv_id: Id
    user_id: Id
    user_email: EmailAddress
    user_token: Annotated[Token, BeforeValidator(_printable)] | None = None
    criteria: Annotated[dict[Annotated[str, StringConstraints(max_length=200)], Any], AfterValidator(check_transport)] = Field(
        default_factory=dict
    )

    @property
    def body_sha256(self) -> str:
        """Of what is asked for. The token is left out: it proves who asks, and may be a new one the next time."""
        return digest([self.user_id, self.cv_id, self.user_email, self.criteria])


@dataclass(frozen=True)
class Accepted:
    """What the caller hears.

    :param request_id: names the run and the status address
    :param repeated: it is a request we had
    """

    request_id: str
    repeated: bool

    @property
    def run_id(self) -> str:
        """The ``auto_apply`` run of this request, now or soon."""
        return requests.run_id(self.request_id)


class AnotherRequest(Exception):
    """The key names a request of another person or CV."""


class NotStored(Exception):
    """Nobody of this id is stored, and our own AI service applies for stored people only."""


def rejection_reason(headers: Mapping[str, str], signed: bytes, secret: str, *, now: float) -> str | None:
    """Why a call is not let in, or ``None``: it is. Compares in constant time; an unset secret lets nobody in.

    Either ``Authorization: Bearer <WEBHOOK_SECRET>``, or ``X-Rolecall-Timestamp`` (Unix seconds) with ``X-Rolecall-Signature:
    sha256=<hex of HMAC-SHA256(WEBHOOK_SECRET, timestamp + "." + signed)>``.

    :param headers: names in lower case
    :param signed: the body as it came; the request id for a status
    """
    if not secret:
        return "WEBHOOK_SECRET is not set on the server: nobody is let in"
    if SIGNATURE in headers:
        return _signature_problem(headers, signed, secret, now)
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        return "the request carries neither a bearer token nor a signature"
    return None if _same(given.strip(), secret) else "the bearer token is not WEBHOOK_SECRET"


def sign(secret: str, timestamp: str, signed: bytes) -> str:
    """What ``X-Rolecall-Signature`` must say."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + signed, hashlib.sha256).hexdigest()


def _signature_problem(headers: Mapping[str, str], signed: bytes, secret: str, now: float) -> str | None:
    timestamp = headers.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        return f"{TIMESTAMP} is missing or is not a Unix time in whole seconds"
    if not _same(headers[SIGNATURE], sign(secret, timestamp, signed)):
        return f"{SIGNATURE} does not fit the body and the timestamp"
    if abs(now - int(timestamp)) > WINDOW:
        return f"{TIMESTAMP} is more than {WINDOW} s away from our clock"
    return None


def _same(given: str, expected: str) -> bool:
    digests = (hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest() for text in (given, expected))
    return hmac.compare_digest(*digests)


RELEASE = """
delete from apply_request_key k using apply_request r
where k.key = %(body)s and r.id = k.request_id
  and r.requested_at < clock_timestamp() - interval '24 hours'
  and (r.state = 'done' or r.requested_at < clock_timestamp() - %(longest)s)
"""

INSERT = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin, user_token, token_expires_at)
values (%(person)s, %(cv)s, %(email)s, %(criteria)s, 'webhook', %(token)s, clock_timestamp() + %(kept)s)
returning id
"""

SAME_WORK = """
select id from apply_request
where state = 'queued' and merged_into is null and person_id = %(person)s and cv_id = %(cv)s and person_email = %(email)s
  and criteria = %(criteria)s and origin = 'webhook'
order by requested_at limit 1
"""

RENEW = """
update apply_request set user_token = %(token)s, token_expires_at = clock_timestamp() + %(kept)s
where id = (select coalesce(merged_into, id) from apply_request where id = %(id)s) and state <> 'done' and %(token)s::bytea is not null
"""
"""A request that was merged into another one is that one."""


def accept(conn: Connection, asked: ApplyRequest, *, key: str | None = None, stored: bool = False) -> Accepted:
    """Takes a request in, once. The same one again, also at the same instant, is the same row and so the same run.

    The same: the same ``Idempotency-Key`` for this person and CV, else the same body while its run is unfinished or younger than
    24 h, or the same work still waiting in the queue. A newer token replaces the one that is kept.

    :param stored: the person must be stored here: so it is where our own AI service applies; for a foreign one whoever is named is theirs
    :raises AnotherRequest: the key is taken by a request for another person or CV
    :raises Erased: the person was erased here
    :raises NotStored: nobody of this id is stored
    """
    body = f"body:{asked.body_sha256}"
    name = f"key:{key}" if key else body
    token = fernet().encrypt(asked.user_token.get_secret_value().encode()) if asked.user_token else None
    values = {
        "person": asked.user_id,
        "cv": asked.cv_id,
        "email": asked.user_email,
        "criteria": Jsonb(storable(asked.criteria)),
        "token": token,
        "kept": KEPT if token else None,
        "body": body,
        "longest": requests.LONGEST_RUN,
    }
    refuse_the_erased(conn, asked.user_id)
    if stored and not conn.execute("select 1 from person where id = %s", (asked.user_id,)).fetchone():
        raise NotStored(asked.user_id)
    conn.execute("select lock_person(%(person)s)", values)  # the same request at the same instant: one after the other
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", (name,))
    conn.execute(RELEASE, values)
    known = _known(conn, name, asked)
    found = known or (conn.execute(SAME_WORK, values).fetchone() or {}).get("id")
    identity = found or (conn.execute(INSERT, values).fetchone() or {})["id"]
    if found:
        conn.execute(RENEW, {**values, "id": found})
    conn.execute(
        "insert into apply_request_key (key, request_id) select unnest(%s::text[]), %s on conflict do nothing", ([name, body], identity)
    )
    return Accepted(str(identity), repeated=found is not None)


def _known(conn: Connection, name: str, asked: ApplyRequest) -> UUID | None:
    row = conn.execute(
        "select r.id, r.person_id, r.cv_id from apply_request_key k join apply_request r on r.id = k.request_id where k.key = %s", (name,)
    ).fetchone()
    if row is None:
        return None
    if (row["person_id"], row["cv_id"]) != (asked.user_id, asked.cv_id):
        raise AnotherRequest(name)
    identity: UUID = row["id"]
    return identity


@dataclass(frozen=True)
class Status:
    """What a caller may know of a request.

    :param state: ``queued``, ``triggered`` (its run exists), ``done``
    :param applications: of its run, by state
    """

    request_id: str
    run_id: str
    state: str
    requested_at: datetime
    triggered_at: datetime | None
    done_at: datetime | None
    applications: dict[str, int]


def status(conn: Connection, request_id: str) -> Status | None:
    """The request's state, or ``None``: there is none of this id."""
    row = conn.execute(
        """
        select coalesce(into_.id, r.id) as id, coalesce(into_.state, r.state) as state, r.requested_at,
               coalesce(into_.triggered_at, r.triggered_at) as triggered_at, coalesce(into_.done_at, r.done_at) as done_at
        from apply_request r left join apply_request into_ on into_.id = r.merged_into where r.id = %s::uuid
        """,
        (request_id,),
    ).fetchone()
    if row is None:
        return None
    run = requests.run_id(row["id"])
    return Status(request_id, run, row["state"], row["requested_at"], row["triggered_at"], row["done_at"], ledger.of_run(conn, run))
