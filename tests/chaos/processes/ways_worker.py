"""A process of the drill over ways out: it applies under key after key, as the service does, until it is killed."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime

from rolecall.matching.papers import paper_pdf as _set_in_type  # noqa: F401  # read before the fork, not after each kill
from rolecall.services.ai import submissions
from rolecall.services.ai.forwarding import Forwarder
from rolecall.services.ai.preparing import PrepareOrder, prepare
from rolecall.services.ai.submissions import Order
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.submitters.mail_way import MailSubmitter
from rolecall.services.submitters.recruitee_way import RecruiteeSubmitter

LETTER = "Dear team,\n\nI built pipelines at Lumen Freight.\n\nMira"


def work(dsn: str, sandbox: str, environment: dict[str, str], numbers: list[int]) -> None:
    """Applies for these jobs, one after the other; one that never left is tried again."""
    os.environ.update(environment)
    database = Database(dsn)
    database.open()
    forwarder = Forwarder(database, [RecruiteeSubmitter(sandbox=sandbox), MailSubmitter(sandbox=True)])
    for number in numbers:
        for _ in range(20):
            try:
                asyncio.run(forwarder.apply(order(database, forwarder, number)))
                break
            except ApiError as error:
                if error.status == 409 and "forwarded now" in error.error:
                    break  # a killed sender's; whoever watches ends its lease
                time.sleep(0.01)
    forwarder.close()
    database.close()


def order(database: Database, forwarder: Forwarder, number: int) -> Order:
    """What was prepared for one job, under its key."""
    wanted = PrepareOrder(f"j{number}", "cv-mira", LETTER)
    with database.unrestricted.connection() as conn:
        known = submissions.find(conn, f"k{number}")
        found = None if known else prepare(conn, wanted, forwarder.submitters, today=datetime.now(UTC).date())
    return Order(f"k{number}", wanted.job_id, wanted.cv_id, wanted.cover_letter, "harbor", found.form_hash if found else "")
