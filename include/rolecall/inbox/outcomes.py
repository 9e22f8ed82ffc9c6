"""How a person's applications stand by their answers: who is silent, what is asked of them, and what came of each way."""

from __future__ import annotations

from typing import Any, LiteralString

from rolecall.applying.follow import DAYS_WISHED
from rolecall.people.applying_wishes import company_key
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
from (select *, coalesce(way, 'other') as way_out from application
      where person_id = %(person)s and erased_at is null and state = 'submitted') a   -- inside, where the index is
group by grouping sets ((a.source), (a.company), (a.way_out))
order by 1, 2, 3
"""


def outcomes(conn: Connection, person_id: str, *, silent_days: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """What a person's applications have come to.

    :param silent_days: whole days since it was sent, or since its last mail, after which an application without an answer is silent;
        ``None``: as many as the person wants to be reminded after
    :return: ``silent`` with a drafted letter each (nothing ever sends it), ``asked`` (tests and things to do, newest first), and
        ``interviews``: :func:`came_of_it`. All of it is read from mails as they stand: a correction by hand changes it
    """
    return {**open_now(conn, person_id, silent_days=silent_days), "interviews": came_of_it(conn, person_id)}


def open_now(conn: Connection, person_id: str, *, silent_days: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """``silent`` and ``asked`` of :func:`outcomes`."""
    given = {"person": person_id, "days": silent_days}
    silent = [row | {"draft": follow_up(row["title"], row["company"])} for row in conn.execute(SILENT, given).fetchall()]
    return {"silent": silent, "asked": conn.execute(ASKED, given).fetchall()}


def came_of_it(conn: Connection, person_id: str) -> list[dict[str, Any]]:
    """``[{board, employer, way, applications, answered, interviews}]``: counts by board, by employer and by way out, two of the three
    ``null`` in each row; the most interviews first. Spellings of one employer are one, under the spelling of most applications."""
    rows = conn.execute(CAME_OF_IT, {"person": person_id}).fetchall()
    employers: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["employer"] is None:
            continue
        key = company_key(row["employer"]) or f"?{row['employer']}"
        known = employers.setdefault(key, {**row, "applications": 0, "answered": 0, "interviews": 0, "most": 0})
        if row["applications"] > known["most"]:
            known |= {"employer": row["employer"], "most": row["applications"]}
        for count in COUNTED:
            known[count] += row[count]
    one_each = [{name: value for name, value in one.items() if name != "most"} for one in employers.values()]
    found = [row for row in rows if row["employer"] is None] + one_each
    found.sort(key=lambda row: (-row["interviews"], -row["applications"], row["board"] or "", row["employer"] or "", row["way"] or ""))
    return found[:MOST]


COUNTED = ("applications", "answered", "interviews")
MOST = 300
"""Rows of counts, as many as are told."""


def follow_up(title: str, company: str) -> str:
    """A short letter that asks how an application stands, for the person to change and send."""
    return (
        f"Dear {company} team,\n\nI applied for the position of {title} and remain very interested in it. "
        "Could you tell me how my application stands, and whether you need anything else from me?\n\nKind regards"
    )
