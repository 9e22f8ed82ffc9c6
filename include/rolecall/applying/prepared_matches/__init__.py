"""Before anything is planned, what would be sent is prepared: the way, the answers, the files, and which questions are open."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Protocol

from rolecall.errors import BadAnswer, RequestRejected, ServiceError
from rolecall.models import ApplyOrder, Match
from rolecall.store.dead_letters import in_log

log = logging.getLogger(__name__)

IN_A_ROW = 3
"""Matches that fail one after the other before it is the service's fault: the others wait for the next run."""


class Prepare(Protocol):
    """The port that prepares one application: ``AiClient.prepare``."""

    def __call__(self, *, job_id: str, cv_id: str, cover_letter: str) -> dict[str, Any]: ...


def prepare_matches(prepare: Prepare, order: ApplyOrder, matches: Sequence[Match]) -> list[Match]:
    """The matches; those that would leave for an employer with what was prepared of them. One that cannot be prepared has nothing, and
    waits for the next run."""
    failed, done = 0, []
    for match in matches:
        wanted = match.by_itself and match.can_auto_apply and not match.already_applied and match.match_score >= order.threshold
        if not wanted or failed >= IN_A_ROW:
            done.append(match)
            continue
        try:
            prepared = prepare(job_id=match.id, cv_id=order.cv_id, cover_letter=match.generated_cover_letter or "")
            failed = 0
        except ServiceError as error:
            failed += not isinstance(error, (RequestRejected, BadAnswer))
            log.warning("job %s could not be prepared: %s", match.id, in_log(error))
            prepared = None
        done.append(match.model_copy(update={"prepared": prepared}))
    return done
