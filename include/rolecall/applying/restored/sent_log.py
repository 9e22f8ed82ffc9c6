"""The sent log: what has left, remembered outside of Postgres, for the day on which yesterday's backup is restored.

The ledger decides; the log only notices that the ledger has gone back in time. Each attempt is noted in Redis under the application's key
after the intent is committed and before the request leaves. A restored ledger counts attempts from an older number, and what Redis
has seen already is not sent again: it is uncertain. Where Redis is away or empty nothing changes: the ledger alone is right unless it
was restored.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing

import redis

from rolecall.outbox.wakeup import connect

log = logging.getLogger(__name__)

KEPT_SECONDS = 90 * 24 * 3600
"""Longer than any backup that somebody would restore a running installation from."""


class SentLog:
    """Attempts under each idempotency key, in Redis.

    :param redis_url: where
    """

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url

    def __call__(self, key: str, attempt: int) -> bool:
        """Notes that this attempt begins. True: this attempt, or a later one, was seen before: the ledger has gone back. Never raises."""
        try:
            with closing(connect(self._redis_url, timeout=1.0)) as client:
                before = client.set(f"rolecall:sent:{key}", attempt, ex=KEPT_SECONDS, get=True)
                if isinstance(before, bytes) and before.isdigit() and int(before) >= attempt:
                    client.set(f"rolecall:sent:{key}", before, ex=KEPT_SECONDS)
                    return True
        except (redis.RedisError, OSError, ValueError) as error:
            log.warning("the sent log does not answer (%s); the ledger decides alone", type(error).__name__)
        return False

    def attempts(self, keys: Sequence[str]) -> dict[str, int]:
        """The latest attempt under each of these keys that is known; ``{}`` where Redis is away. Never raises."""
        found: dict[str, int] = {}
        try:
            with closing(connect(self._redis_url, timeout=5.0)) as client:
                for start in range(0, len(keys), 1000):
                    some = keys[start : start + 1000]
                    values = client.mget([f"rolecall:sent:{key}" for key in some])
                    found |= {key: int(value) for key, value in zip(some, values, strict=True) if value and value.isdigit()}
        except (redis.RedisError, OSError) as error:
            log.warning("Redis does not answer (%s)", type(error).__name__)
        return found
