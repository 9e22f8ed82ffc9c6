"""How a person's applications stand by their answers: who is silent, what is asked of them, and what came of each way."""

from __future__ import annotations

from typing import Any, LiteralString

from rolecall.applying.follow import DAYS_WISHED
from rolecall.store import Connection

SILENT: LiteralString = f"""
select a.id::text as "applicationId", a.company, a.title, extract(day from now() - last.at)::int as days
from application a {DAYS_WISHED}
cross join lateral (
    select greatest(a.submitted_at, max(coalesce(m.sent_at, m.read_at))) as at from mail m
    where m.application_id = a.id and m.suspicious = ''
) last
where a.person_id = %(person)s and a.erased_at is null and a.state = 'submitted'
  and (a.employer_status is null or a.employer_status in ('submitted', 'received', 'viewed'))
  and coalesce(%(days)s, wish.days) > 0 and last.at < now() - make_interval(days => coalesce(%(days)s, wish.days))
order by last.at, a.id
limit 200
"""  # noqa: S608  # a part of ours

ASKED = """
select m.id as "mailId", m.application_id::text as "applicationId", m.kind, m.subject, m.sent_at as "sentAt", m.invitation ->> 'day' as day
from mail m join application a on a.id = m.application_id
where m.person_id = %(person)s and a.erased_at is null and m.suspicious = '' and m.kind in ('assessment', 'action_needed')
  and coalesce(a.employer_status, '') not in ('rejected', 'offer')
  and not exists (
      select from mail newer
      where newer.application_id = m.application_id and newer.kind in ('interview_invitation', 'offer', 'rejected', 'position_cancelled')
        and newer.suspicious = '' and coalesce(newer.sent_at, newer.read_at) > coalesce(m.sent_at, m.read_at)
  )
order by m.sent_at desc nulls last, m.id desc
limit 200
"""

CAME_OF_IT = """
select a.source as board, a.company as employer, a.way_out as way, count(*) as applications,
       count(*) filter (where exists (select from mail m where m.application_id = a.id and m.suspicious = ''
                                      and m.kind not in ('bounce', 'received'))) as answered,
       count(*) filter (where exists (select from interview i where i.application_id = a.id and i.status = 'planned')) as interviews
from (select *, coalesce(way, 'other') as way_out from application) a
where a.person_id = %(person)s and a.erased_at is null and a.state = 'submitted'
group by grouping sets ((a.source), (a.company), (a.way_out))
order by interviews desc, applications desc, 1, 2, 3
limit 300
"""


def outcomes(conn: Connection, person_id: str, *, silent_days: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """What a person's applications have come to.

    :param silent_days: whole days since it was sent, or since its last mail, after which an application without an answer is silent;
        ``None``: as many as the person wants to be reminded after
    :return: ``silent`` with a drafted letter each (nothing ever sends it), ``asked`` (tests and things to do, newest first), and
        ``interviews``: counts by board, by employer and by way out, two of the three ``null`` in each row. All of it is read from mails
        as they stand: a correction by hand changes it
    """
    given = {"person": person_id, "days": silent_days}
    silent = [row | {"draft": follow_up(row["title"], row["company"])} for row in conn.execute(SILENT, given).fetchall()]
    return {"silent": silent, "asked": conn.execute(ASKED, given).fetchall(), "interviews": conn.execute(CAME_OF_IT, given).fetchall()}


def follow_up(title: str, company: str) -> str:
    """A short letter that asks how an application stands, for the person to change and send."""
    return (
        f"Dear {company} team,\n\nI applied for the position of {title} and remain very interested in it. "
        "Could you tell me how my application stands, and whether you need anything else from me?\n\nKind regards"
    )
