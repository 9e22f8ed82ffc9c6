"""Messages of other producers: from the stream into Postgres, acknowledged after the commit.

They ``XADD notifications`` with the seed's fields ``id, type, recipient, subject, message, userId, title, data`` (data as JSON)
and get the same service as our own; ``html``, ``cc`` and ``bcc`` (addresses with commas between) are read too. Producers of plain
Redis lists push the same as a JSON object. What cannot be read or stored goes to the stream ``notifications:dead``, and its reason to the
dead letters (queue ``stream``).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, get_args

import redis
from pydantic import ValidationError

from rolecall.errors import InvalidInput
from rolecall.models import Channel, Message
from rolecall.outbox.messages import Draft, enqueue
from rolecall.outbox.wakeup import DEAD, GROUP, LIST, STREAM, connect, is_nudge
from rolecall.store import connect as connect_store
from rolecall.store.dead_letters import about_the_row, in_words, put_aside

log = logging.getLogger(__name__)

CONSUMER = "ingest"
BATCH = 500
MAX_TEXT = 500_000
"""Characters of one message; a mail provider's own limit is far above, a mistake far beyond."""

MAX_DEAD = 10_000
MAX_SHOWN = 20_000
"""Characters of a dead letter's field that are kept: enough to recognise it."""

TYPES: tuple[str, ...] = get_args(Channel)


@dataclass(frozen=True)
class Ingested:
    """What one look at the stream gave.

    :param messages: new rows; a message id that is known already adds none
    :param queue_error: Redis could not be read; our own rows do not need it
    """

    nudges: int = 0
    messages: int = 0
    dead: int = 0
    queue_error: str | None = None


@dataclass(frozen=True)
class _Entry:
    id: str
    fields: dict[str, str]


def ingest(redis_url: str, dsn: str) -> Ingested:
    """Takes in everything that waits in the stream, also what another reader left unacknowledged.

    Killed anywhere, it loses nothing: an entry is acknowledged after its row is committed, and a second row for it is refused.
    A Redis that is down is reported in the result, not raised.

    :raises StoreUnavailable: Postgres does not answer; the messages stay in the stream
    """
    total = Ingested()
    try:
        with closing(connect(redis_url)) as client:
            for key in (LIST, STREAM):
                total = _add(total, _take_in_list(client, dsn, key))
            _ensure_group(client)
            for entries in _waiting(client):
                total = _add(total, _take_in(client, dsn, entries))
    except (redis.RedisError, OSError) as error:
        reason = f"Redis cannot be read ({type(error).__name__}) → check REDIS_URL and that it runs; messages of other producers wait there"
        log.warning(reason)
        return replace(total, queue_error=reason)
    return total


def _take_in_list(client: redis.Redis, dsn: str, key: str) -> Ingested:
    """Everything in a plain list. Written to Postgres, then removed by value: killed between the two, it finds the same id again."""
    total = Ingested()
    while client.type(key) == b"list":
        values: Any = client.lrange(key, 0, BATCH - 1)
        drafts: dict[str, Draft] = {}
        dead: dict[str, str] = {}
        for number, value in enumerate(values):
            try:
                drafts[str(number)] = read_message(_from_json(value))
            except Exception as error:  # whatever it is, it is this message's and nobody else's
                dead[str(number)] = _reason(error)
        written = _write(dsn, drafts, dead)
        _note(dsn, {f"{key} {sha256(values[int(place)]).hexdigest()}": reason for place, reason in dead.items()})
        with client.pipeline(transaction=True) as together:
            for place, reason in dead.items():
                text = values[int(place)].decode("utf-8", "replace")
                together.xadd(DEAD, {"reason": reason, "entry": key, "fields": text[:MAX_SHOWN]}, maxlen=MAX_DEAD, approximate=True)
            for value in values:
                together.lrem(key, 1, value)
            together.execute()
        for reason in dead.values():
            log.warning("a message of the list %s went to %s: %s", key, DEAD, reason)
        total = _add(total, Ingested(messages=written, dead=len(dead)))
    return total


def _from_json(value: bytes) -> dict[str, str]:
    """The fields of a message that was pushed as JSON, as a stream would carry them."""
    try:
        body = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "message", f"is not JSON ({type(error).__name__})", fix='push an object such as {"id": "m1", "type": "email", …}'
        ) from error
    if not isinstance(body, dict):
        raise InvalidInput("message", "is not a JSON object", fix='push an object such as {"id": "m1", "type": "email", …}')

    def text(inner: Any) -> str:
        if isinstance(inner, list) and all(isinstance(one, str) for one in inner):
            return ",".join(inner)
        return inner if isinstance(inner, str) else json.dumps(inner)

    return {str(name): text(inner) for name, inner in body.items() if inner is not None}


def _ensure_group(client: redis.Redis) -> None:
    try:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def _waiting(client: redis.Redis) -> Iterator[list[_Entry]]:
    """Batches of entries: first what was read and never acknowledged, then what is new."""
    for entry_ids in _pending(client):
        with client.pipeline(transaction=False) as several:
            for entry_id in entry_ids:
                several.xrange(STREAM, entry_id, entry_id)
            found = several.execute()
        gone = [entry_id for entry_id, rows in zip(entry_ids, found, strict=True) if not rows]
        if gone:
            client.xack(STREAM, GROUP, *gone)
        yield [_entry(row) for rows in found for row in rows]
    while True:
        answer: Any = client.xreadgroup(GROUP, CONSUMER, {STREAM: ">"}, count=BATCH)
        if not answer:
            return
        yield [_entry(row) for row in answer[0][1]]


def _pending(client: redis.Redis) -> Iterator[list[Any]]:
    """Ids that some reader of the group was given and never acknowledged, in batches. An acknowledgement needs no claim."""
    start: Any = "-"
    ids: list[Any] = []
    while True:
        rows: Any = client.xpending_range(STREAM, GROUP, min=start, max="+", count=BATCH)
        if not rows:
            break
        ids += [row["message_id"] for row in rows]
        start = b"(" + rows[-1]["message_id"]
    for first in range(0, len(ids), BATCH):
        yield ids[first : first + BATCH]


def _entry(row: Any) -> _Entry:
    def text(value: bytes) -> str:
        return value.decode("utf-8", "replace")

    return _Entry(text(row[0]), {text(key): text(value) for key, value in row[1].items()})


def _take_in(client: redis.Redis, dsn: str, entries: Sequence[_Entry]) -> Ingested:
    drafts: dict[str, Draft] = {}
    dead: dict[str, str] = {}
    nudges = 0
    for entry in entries:
        if is_nudge(entry.fields):
            nudges += 1
            continue
        try:
            drafts[entry.id] = read_message(entry.fields)
        except Exception as error:  # whatever it is, it is this message's and nobody else's
            dead[entry.id] = _reason(error)
    written = _write(dsn, drafts, dead)
    _note(dsn, {f"{STREAM} {entry_id}": reason for entry_id, reason in dead.items()})
    with client.pipeline(transaction=True) as together:
        for entry in entries:
            if entry.id in dead:
                letter: dict[Any, Any] = {
                    "reason": dead[entry.id],
                    "entry": entry.id,
                    "fields": json.dumps({name: text[:MAX_SHOWN] for name, text in entry.fields.items()}, ensure_ascii=False),
                }
                together.xadd(DEAD, letter, maxlen=MAX_DEAD, approximate=True)
        if entries:
            together.xack(STREAM, GROUP, *(entry.id for entry in entries))
            together.xdel(STREAM, *(entry.id for entry in entries))
        together.execute()
    for entry_id, reason in dead.items():
        log.warning("entry %s of the stream went to %s: %s", entry_id, DEAD, reason)
    return Ingested(nudges=nudges, messages=written, dead=len(dead))


def _write(dsn: str, drafts: dict[str, Draft], dead: dict[str, str]) -> int:
    """One statement for all; where that cannot be stored, one each, so that one message stops no other."""
    if not drafts:
        return 0
    with connect_store(dsn, name="ingest") as conn:
        try:
            with conn.transaction():
                return enqueue(conn, drafts.values())
        except Exception as error:
            if not about_the_row(error):
                raise
        written = 0
        for entry_id, draft in drafts.items():
            try:
                with conn.transaction():
                    written += enqueue(conn, [draft])
            except Exception as error:
                if not about_the_row(error):
                    raise
                dead[entry_id] = _reason(error)
        return written


def _reason(error: Exception) -> str:
    """In words that Redis takes too: no half of a character."""
    return in_words(error).encode("utf-8", "replace").decode()


def _note(dsn: str, dead: dict[str, str]) -> None:
    """Makes what went to the dead stream visible to whoever watches."""
    if dead:
        with connect_store(dsn, name="ingest") as conn:
            for key, reason in dead.items():
                put_aside(conn, "stream", key, reason)


def read_message(fields: dict[str, str]) -> Draft:
    """The draft that a message of another producer asks for.

    :raises InvalidInput: names the field and the fix
    """
    if fields.get("type") not in TYPES:
        raise InvalidInput("type", f"{fields.get('type')!r} is no channel", fix=f"send one of {', '.join(TYPES)}")
    address = "userId" if fields["type"] == "push" else "recipient"  # the seed's push goes to a user id
    recipient = fields.get("recipient") or fields.get(address, "")
    try:
        copies = {name: [one.strip() for one in fields.get(name, "").split(",") if one.strip()] for name in ("cc", "bcc")}
        known = {name: fields[name] for name in ("id", "type", "subject", "message", "html", "userId", "title") if name in fields}
        message = Message.model_validate({**known, **copies, "recipient": recipient, "data": _data(fields)})
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(".".join(map(str, first["loc"])), first["msg"], fix="send the fields that the contract names") from error
    for name, value in (("recipient", message.recipient), ("message", message.message)):
        if not value.strip():
            raise InvalidInput(name, "is empty", fix="say where it goes and what it says")
    if len(message.message) > MAX_TEXT:
        raise InvalidInput("message", f"{len(message.message):,} characters", fix=f"send at most {MAX_TEXT:,}")
    return Draft(
        dedupe_key=f"stream:{message.id}",
        person_id=message.user_id,
        kind="message",
        type=message.type,  # type: ignore[arg-type]  # one of TYPES, checked above
        recipient=message.recipient,
        subject=message.subject,
        title=message.title,
        message=message.message,
        html=message.html,
        data=message.data,
        cc=message.cc,
        bcc=message.bcc,
    )


def _data(fields: dict[str, str]) -> dict[str, Any]:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    try:
        data = json.loads(fields.get("data") or "{}", parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("data", f"is not JSON ({error})", fix='send a JSON object such as {"jobId": "j1"}') from error
    if not isinstance(data, dict):
        raise InvalidInput("data", "is not a JSON object", fix='send a JSON object such as {"jobId": "j1"}')
    return data


def _add(one: Ingested, other: Ingested) -> Ingested:
    return Ingested(one.nudges + other.nudges, one.messages + other.messages, one.dead + other.dead)
