"""What the person's own wishes say about an application in the moment before it is sent: they may have changed since it was planned."""

from __future__ import annotations

from rolecall.applying.policy import exceeded
from rolecall.errors import InvalidInput
from rolecall.people import preferences
from rolecall.people.applying_wishes import ApplyingWishes, blacklist, company_key
from rolecall.store import Connection

HISTORY = """
select a.id, a.state, a.company_key, extract(epoch from clock_timestamp() - at)::float8 / 86400 as days
from application a
cross join lateral (
    select case when a.state in ('planned', 'approved') then clock_timestamp()
                else (select max(e.at) from application_event e
                      where e.application_id = a.id and e.to_state in ('submitting', 'uncertain')) end as at
) sent
where a.person_id = %(person)s and at is not null
  and (a.state in ('submitting', 'submitted', 'refused', 'uncertain')
       or (a.state in ('planned', 'approved') and a.updated_at > clock_timestamp() - interval '1 day'))
"""
"""What counts against a person's limits: what was sent, when it was, and what is about to be."""

WISHES = """
select a.person_id, a.company, a.company_key, a.approval_hash, p.preferences
from application a join person p on p.id = a.person_id
where a.id = %s for share of p
"""
"""The person's row is locked: who changes their wishes is answered after the intent is committed, or before this reads them."""


def objection(conn: Connection, application_id: str) -> str | None:
    """Why the person would not want it sent by now, in words they read; ``None``: nothing speaks against it, or the person is not ours.

    Call it under the person's lock, in the transaction that commits the intent. What the database can tell by itself (consent, the CV, the
    job, another application for it) is asked by ``application_hold``.
    """
    row = conn.execute(WISHES, (application_id,)).fetchone()
    if row is None:
        return None
    said = preferences.said(row["preferences"])
    try:
        preferences.understood(said, preferences.LIMITING)
        wishes = ApplyingWishes.read(said)
    except InvalidInput as error:
        return f"the preferences cannot be understood any more: {error.message}"
    company = row["company_key"] or company_key(row["company"])
    if company in blacklist(said):
        return "the company is on the blacklist by now"
    if wishes.dry_run:
        return "the preferences ask for a dry run by now"
    if wishes.asks(stored=True) and not row["approval_hash"]:
        return "the preferences ask for an approval by now"
    sent = conn.execute(HISTORY, {"person": row["person_id"]}).fetchall()
    history = [(one["company_key"], one["days"]) for one in sent if one["state"] not in ("planned", "approved")]
    limit = exceeded(wishes, company, history)
    return limit.reason if limit else None
