"""A person's CVs: which there are, and one that is removed, with its matches and what waited to be sent with it.

What was sent stays as it was: the application, the CV as it was served, and the file that went along.
"""

from __future__ import annotations

from typing import Any

from rolecall.people.privacy import BeingSent
from rolecall.store import Connection
from rolecall.store.documents import put_file

CV_REMOVED = "its CV was removed"
"""Why an application was cancelled that another CV of the person may be taken for."""

OWN = """
select cv.id, cv.data, cv.updated_at, cv.matched_at, file.filename, file.uploaded_at,
       (select count(*) from good_match m where (m.person_id, m.cv_id) = (cv.person_id, cv.id) and m.gone_at is null) as matches,
       (select count(*) from application a
        where (a.person_id, a.cv_id) = (cv.person_id, cv.id) and a.state in ('planned', 'approved')) as waiting
from cv left join cv_file file on file.cv_id = cv.id where cv.person_id = %s order by cv.updated_at desc, cv.id
"""


def own_cvs(conn: Connection, person_id: str) -> list[dict[str, Any]]:
    """A person's CVs, the one changed last first: ``{id, data, updated_at, matched_at, filename, uploaded_at, matches, waiting}``.

    ``matches`` counts those at or above the person's threshold, ``waiting`` the applications that are prepared with it and were not sent.
    """
    return conn.execute(OWN, (person_id,)).fetchall()


SENT_WITH = """
select file.filename, file.body from cv_file file
where file.cv_id = %(cv)s and exists (
    select from application a where (a.person_id, a.cv_id) = (%(person)s, %(cv)s) and a.state in ('submitted', 'uncertain', 'refused'))
"""


def keep_sent_file(conn: Connection, person_id: str, cv_id: str) -> None:
    """Keeps a CV's file among the documents where an application left with it: the CV is about to go, or to get another file."""
    row = conn.execute(SENT_WITH, {"person": person_id, "cv": cv_id}).fetchone()
    if row is not None:
        put_file(conn, "cv file", row["filename"], bytes(row["body"]), person_id=person_id)


LEAVING = """
select 1 from application
where (person_id, cv_id) = (%(person)s, %(cv)s) and state = 'submitting' and lease_until > clock_timestamp()
union all select 1 from submission where cv_id = %(cv)s and state = 'forwarding' and lease_until > clock_timestamp()
"""

WITHDRAWN = """
with gone as (
    update application set state = 'cancelled', state_reason = %(reason)s, approval_hash = null, approved_by = null, approved_at = null,
        hold_until = null
    where (person_id, cv_id) = (%(person)s, %(cv)s) and state in ('planned', 'approved')
    returning id, title, company, source, job_id
), unasked as (
    update approval p set answer = 'none', answered_by = %(actor)s, answered_at = clock_timestamp()
    from gone where p.application_id = gone.id and p.answer is null
), anew as (    -- of their other CVs that match: dispatched once more
    update match m set request_id = null
    from gone where (m.person_id, m.source, m.job_id) = (%(person)s, gone.source, gone.job_id) and m.cv_id <> %(cv)s and m.gone_at is null
    returning m.source, m.job_id
)
select title, company, exists (select from match m where (m.person_id, m.source, m.job_id) = (%(person)s, gone.source, gone.job_id)
    and m.cv_id <> %(cv)s and m.gone_at is null and m.score >= match_threshold(person.preferences)) as again
from gone join person on person.id = %(person)s order by title, company, gone.id
"""

REMOVED = (
    "update apply_request set state = 'done', done_at = clock_timestamp(), user_token = null "
    "where (person_id, cv_id) = (%(person)s, %(cv)s) and state = 'queued'",
    "delete from match where (person_id, cv_id) = (%(person)s, %(cv)s)",
    "insert into removed_cv (cv_id, person_id) values (%(cv)s, %(person)s)",
    "delete from cv where id = %(cv)s and person_id = %(person)s",
    "notify rolecall_apply",
)
"""What goes with a CV, in this order: a matching that stores its matches now waits for the CV's row, and finds it gone."""


def remove_cv(conn: Connection, person_id: str, cv_id: str, *, actor: str) -> dict[str, Any] | None:
    """Removes one of a person's CVs, in the caller's transaction.

    Its matches go. What waited to be sent with it is withdrawn, and asked anew where another CV of theirs matches the job.

    :param actor: who did it, for the audit log
    :return: ``{id, filename, matches, withdrawn: [title @ company], askedAnew: [title @ company]}``; ``None``: they have no such CV
    :raises BeingSent: an application is leaving with it now
    """
    values = {"person": person_id, "cv": cv_id, "actor": actor[:200], "reason": CV_REMOVED}
    conn.execute("select lock_person(%(person)s)", values)
    if conn.execute("select 1 from cv where id = %(cv)s and person_id = %(person)s for update", values).fetchone() is None:
        return None
    if conn.execute(LEAVING, values).fetchone():
        raise BeingSent("an application is being sent with this CV", fix="repeat in a minute: it then has an outcome")
    (known,) = [row for row in own_cvs(conn, person_id) if row["id"] == cv_id]
    keep_sent_file(conn, person_id, cv_id)
    conn.execute("select set_config('rolecall.actor', %(actor)s, true)", values)
    waited = conn.execute(WITHDRAWN, values).fetchall()
    for statement in REMOVED:
        conn.execute(statement, values)
    said: dict[bool, list[str]] = {True: [], False: []}
    for row in waited:
        said[row["again"]].append(f"{row['title'] or 'a job'} @ {row['company'] or 'an unnamed company'}")
    return {
        "id": cv_id,
        "filename": known["filename"] or "",
        "matches": known["matches"],
        "withdrawn": said[False],
        "askedAnew": said[True],
    }


def is_removed(conn: Connection, cv_id: str | None) -> bool:
    """Whether this was a CV that its person removed."""
    return conn.execute("select from removed_cv where cv_id = %s", (cv_id,)).fetchone() is not None
