"""The Redis stream ``notifications``: it wakes ``send_notifications`` and carries other producers' messages. It is no truth of its own.

Redis may be lost, flushed or trimmed: our messages are rows in Postgres, and a sweep finds them. What is dealt with is deleted
from the stream, so that its length is what still waits.
"""

from __future__ import annotations

import logging
from contextlib import closing

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

STREAM = "notifications"
LIST = "notifications:list"
"""Where producers that only know ``LPUSH`` or ``RPUSH`` leave the seed's messages, as JSON. A list found under the stream's own name is
read as well, and makes room for it."""

DEAD = "notifications:dead"
GROUP = "rolecall"
NUDGE = "nudge"
"""The only field of a wake-up."""

MAX_WAITING = 100_000
"""The stream is cut to about this many entries when nobody reads it, far below Redis' memory limit."""


def connect(redis_url: str, *, timeout: float = 5.0) -> redis.Redis:
    """A client that answers or fails within ``timeout`` seconds a call, without retries of its own."""
    return redis.Redis.from_url(
        redis_url, socket_timeout=timeout, socket_connect_timeout=min(timeout, 2.0), retry=Retry(NoBackoff(), 0), protocol=2
    )


def nudge(redis_url: str) -> bool:
    """Wakes ``send_notifications``: one payload-free entry a batch, sent after the commit. Never raises.

    ``False``: Redis did not take it (logged); the five-minute sweep sends what waits.
    """
    try:
        with closing(connect(redis_url, timeout=1.0)) as client:
            client.xadd(STREAM, {NUDGE: "1"}, maxlen=MAX_WAITING, approximate=True)
    except (redis.RedisError, OSError, ValueError) as error:
        log.warning("the wake-up of notifications did not reach Redis (%s); the next sweep sends what waits", type(error).__name__)
        return False
    return True


def is_nudge(fields: dict[str, str]) -> bool:
    """Whether an entry only wakes."""
    return fields.keys() <= {NUDGE}
