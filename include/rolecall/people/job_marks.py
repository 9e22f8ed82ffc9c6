"""What a person says about a job: saved, or hidden with a reason. A hidden job is never applied for (:mod:`rolecall.applying.policy`)."""

from __future__ import annotations

from typing import Literal

from rolecall.errors import InvalidInput
from rolecall.store import Connection

Mark = Literal["saved", "hidden"]


def mark_job(conn: Connection, person_id: str, job_id: str, mark: Mark | None, *, reason: str = "") -> None:
    """Marks a job; ``None`` takes the mark away.

    :raises InvalidInput: there is no such job
    """
    if mark is None:
        conn.execute("delete from job_mark where person_id = %s and job_id = %s", (person_id, job_id))
        return
    if not conn.execute("select 1 from job where id = %s and merged_into is null", (job_id,)).fetchone():
        raise InvalidInput("job", "there is no such job", fix="look for it under Jobs")
    conn.execute(
        """
        insert into job_mark (person_id, job_id, mark, reason) values (%s, %s, %s, %s)
        on conflict (person_id, job_id) do update set mark = excluded.mark, reason = excluded.reason, marked_at = now()
        """,
        (person_id, job_id, mark, reason[:500]),
    )
