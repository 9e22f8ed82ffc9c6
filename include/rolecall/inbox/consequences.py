"""What follows from a mail, in one transaction with its row, each once; and how a person undoes it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.applying import follow, ledger
from rolecall.applying.ledger import Evidence
from rolecall.errors import InvalidInput
from rolecall.inbox.understood import NOISE, Invitation, MailKind, Understood
from rolecall.store import Connection
from rolecall.text.html import scrub

ACTOR = "the mailbox"
MOST_KEPT = 20_000
"""Characters of a mail's words that are kept."""

ARRIVED = frozenset(
    {MailKind.RECEIVED, MailKind.REJECTED, MailKind.INTERVIEW_INVITATION, MailKind.ASSESSMENT, MailKind.OFFER, MailKind.POSITION_CANCELLED}
)
"""Kinds that nobody writes who did not receive the application."""

STATUS = {
    MailKind.RECEIVED: "received",
    MailKind.ASSESSMENT: "assessment",
    MailKind.INTERVIEW_INVITATION: "interview",
    MailKind.OFFER: "offer",
    MailKind.REJECTED: "rejected",
    MailKind.POSITION_CANCELLED: "rejected",
}
"""What a kind makes of the employer's status."""

BEFORE_AN_ANSWER = (None, "submitted", "viewed")
"""Statuses that a receipt is news after."""

APPLICATIONS = """
select a.id::text, a.company, a.title, array_remove(array[a.answer ->> 'messageId', s.evidence ->> 'messageId'], null) as message_ids,
       array_remove(array[case when a.way = 'mail' then a.prepared ->> 'address' end], null) as addresses
from application a left join submission s on s.key = a.idempotency_key
where a.person_id = %s and a.erased_at is null and a.state in ('submitting', 'submitted', 'uncertain', 'refused')
"""


def applications_of(conn: Connection, person_id: str) -> list[dict[str, Any]]:
    """The person's applications that mails may be about."""
    return conn.execute(APPLICATIONS, (person_id,)).fetchall()


def fingerprint(found: Understood) -> str:
    """The same for one mail however it came: read twice, under another UID, or forwarded."""
    said = "\n".join((found.message_id, found.sender, found.subject, found.text))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def concerns(found: Understood, *, job_alerts: bool = False) -> bool:
    """Whether a mail is kept: it concerns an application, or is a job alert and those are wished for. A security code is nobody's
    business but its reader's."""
    if found.kind == MailKind.NOISE_JOB_ALERT:
        return job_alerts
    return found.kind not in NOISE and found.kind != MailKind.SECURITY_CODE


def keep(conn: Connection, person_id: str, found: Understood, *, mailbox_id: str | None = None) -> dict[str, Any] | None:
    """Keeps a mail and does what follows from it, in the caller's transaction. ``None``: it is known already, and nothing is done."""
    row = conn.execute(
        """
        insert into mail (person_id, mailbox_id, hash, message_id, sent_at, sender, sender_name, subject, body, kind, why, sure,
                          suspicious, application_id, candidates, invitation)
        values (%(person)s, %(mailbox)s, %(hash)s, %(message_id)s, %(sent_at)s, %(sender)s, %(sender_name)s, %(subject)s, %(body)s,
                %(kind)s, %(why)s, %(sure)s, %(suspicious)s, %(application)s, %(candidates)s, %(invitation)s)
        on conflict (person_id, hash) do nothing
        returning *
        """,
        {
            "person": person_id,
            "mailbox": mailbox_id,
            "hash": fingerprint(found),
            "message_id": scrub(found.message_id)[:500],
            "sent_at": min(found.sent_at, datetime.now(UTC)) if found.sent_at else None,  # a clock that runs ahead hides no later mail
            "sender": scrub(found.sender)[:320],
            "sender_name": scrub(found.sender_name)[:300],
            "subject": scrub(found.subject)[:1000],
            "body": scrub(found.text)[:MOST_KEPT],
            "kind": found.kind.value,
            "why": scrub(found.why)[:500],
            "sure": found.sure,
            "suspicious": found.suspicious[:300],
            "application": found.application,
            "candidates": list(found.candidates)[:20],
            "invitation": Jsonb(scrub(_plain(found.invitation))) if found.invitation else None,
        },
    ).fetchone()
    if row is not None:
        _follow_from(conn, row)
    return row


def _plain(invitation: Invitation) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | time) else value for name, value in asdict(invitation).items()}


def _follow_from(conn: Connection, mail: dict[str, Any]) -> None:
    """Settles, follows and notes what a mail says about its application. One that is suspicious, or nobody's, does nothing."""
    if mail["application_id"] is None or mail["suspicious"]:
        return
    done: dict[str, Any] = {}
    kind, application = MailKind(mail["kind"]), str(mail["application_id"])
    conn.execute("select lock_person(%s)", (mail["person_id"],))
    row = ledger.read(conn, application)
    if row is None or row["person_id"] != mail["person_id"] or row["erased_at"] is not None:
        return
    if row["state"] == "uncertain" and (kind in ARRIVED or kind == MailKind.BOUNCE):
        outcome: ledger.Outcome = "refused" if kind == MailKind.BOUNCE else "submitted"
        if follow.resolve_and_notify(conn, application, outcome, Evidence("mail", _said(mail), ACTOR)) is not None:
            done["settled"] = outcome
            row = ledger.read(conn, application) or row
    status = STATUS.get(kind)
    called_off = (mail["invitation"] or {}).get("method") == "cancel"
    # of an unsure one the person says what it is, by a correction
    if status and mail["sure"] and row["state"] == "submitted" and not called_off and _is_news(conn, row, mail, status):
        done["status_before"] = row["employer_status"]
        done["status"] = status
        if status == "received":  # no news that anybody waits for
            conn.execute(follow.NEWS, {"id": application, "status": status})
        else:
            follow.note_status(conn, row, status)
    if mail["invitation"] and kind == MailKind.INTERVIEW_INVITATION:
        done["interview"] = _note_meeting(conn, mail)
    conn.execute("update mail set effects = %s where id = %s", (Jsonb(done), mail["id"]))
    enqueue_statuses(conn, application)


def _said(mail: dict[str, Any]) -> str:
    when = f", {mail['sent_at']:%Y-%m-%d %H:%M} UTC" if mail["sent_at"] else ""
    return f"{mail['sender']}: {mail['subject']}{when}"


def _is_news(conn: Connection, application: dict[str, Any], mail: dict[str, Any], status: str) -> bool:
    """Whether a mail says something later than what is known: mails may be read in any order."""
    if application["employer_status"] == status:
        return False
    if status == "received":
        return application["employer_status"] in BEFORE_AN_ANSWER
    if mail["sent_at"] is None:
        return True
    newer = conn.execute(
        """
        select 1 from mail
        where application_id = %s and id <> %s and effects ? 'status' and effects ->> 'status' <> 'received' and sent_at > %s
        """,
        (application["id"], mail["id"], mail["sent_at"]),
    ).fetchone()
    return newer is None


NOTE_MEETING = """
insert into interview as i (person_id, application_id, uid, sequence, status, summary, start_at, end_at, day, clock, zone, link, choose,
                            place, mail_id)
values (%(person)s, %(application)s, %(uid)s, %(sequence)s, %(status)s, %(summary)s, %(start)s, %(end)s, %(day)s, %(clock)s, %(zone)s,
        %(link)s, %(choose)s, %(place)s, %(mail)s)
on conflict (person_id, uid) do update
set sequence = excluded.sequence, status = excluded.status,
    summary = case when excluded.status = 'cancelled' then i.summary else excluded.summary end,
    start_at = coalesce(excluded.start_at, i.start_at), end_at = coalesce(excluded.end_at, i.end_at), day = coalesce(excluded.day, i.day),
    clock = coalesce(excluded.clock, i.clock), zone = coalesce(nullif(excluded.zone, ''), i.zone),
    link = coalesce(nullif(excluded.link, ''), i.link), choose = excluded.choose, place = coalesce(nullif(excluded.place, ''), i.place),
    mail_id = excluded.mail_id, updated_at = clock_timestamp()
where i.application_id = excluded.application_id
  and (excluded.sequence > i.sequence or (excluded.sequence = i.sequence and excluded.status = 'cancelled'))
returning id
"""


def _note_meeting(conn: Connection, mail: dict[str, Any]) -> int | None:
    """Makes, moves or calls off a meeting. What an older change says is no news. ``None``: nothing changed."""
    meeting = mail["invitation"]
    if meeting["method"] not in ("", "request", "publish", "cancel"):
        return None  # an answer to a meeting, or a wish for another time
    row = conn.execute(
        NOTE_MEETING,
        {
            "person": mail["person_id"],
            "application": mail["application_id"],
            "uid": meeting["uid"] or f"mail:{mail['id']}",
            "sequence": meeting["sequence"],
            "status": "cancelled" if meeting["method"] == "cancel" else "planned",
            "summary": meeting["summary"] or mail["subject"][:300],
            "mail": mail["id"],
            **{name: meeting[name] for name in ("start", "end", "day", "clock", "zone", "link", "choose", "place")},
        },
    ).fetchone()
    return row["id"] if row else None


STATUSES = """
insert into outbox (topic, key, payload)
select 'application_status', a.id || ':mail:' || m.id, jsonb_build_object('applicationId', a.platform_id, 'status', a.employer_status)
from application a
cross join lateral (select id, effects from mail where application_id = a.id and effects ? 'status'
                    order by sent_at desc nulls last, id desc limit 1) m
where a.platform_id is not null and a.employer_status = m.effects ->> 'status' and (%(only)s::uuid is null or a.id = %(only)s)
on conflict do nothing
"""


def enqueue_statuses(conn: Connection, only: str | None = None) -> int:
    """Enqueues for the platform the statuses that mails told, once each, when it has the application: of all, or of one ``only``.
    Returns how many are new."""
    return conn.execute(STATUSES, {"only": only}).rowcount


# ── by hand ─────────────────────────────────────────────────────────────────────────────────────────────────────


def correct(conn: Connection, mail_id: int, application_id: str | None, *, actor: str, kind: MailKind | None = None) -> dict[str, Any]:
    """A person says which application a mail is about (``None``: none of theirs), or what it is: what followed from it is undone, and
    follows anew. Nothing is ever sent because of it.

    :raises InvalidInput: there is no such mail, or the application is not the same person's
    """
    mail = conn.execute("select * from mail where id = %s for update", (mail_id,)).fetchone()
    if mail is None:
        raise InvalidInput("mail", f"there is no mail {mail_id}", fix="take the id from the list")
    conn.execute("select lock_person(%s)", (mail["person_id"],))
    if application_id is not None:
        asked = (application_id, mail["person_id"])
        own = conn.execute("select 1 from application where id::text = %s and person_id = %s", asked).fetchone()
        if own is None:
            raise InvalidInput("applicationId", "is none of this person's", fix="take the id from the list of their applications")
    _undo(conn, mail, actor)
    mended = conn.execute(
        """
        update mail set application_id = %s::uuid, kind = coalesce(%s, kind), suspicious = '', sure = true, candidates = '{}',
                        effects = '{}', corrected_at = clock_timestamp(), corrected_by = %s
        where id = %s returning *
        """,
        (application_id, kind.value if kind else None, actor[:200], mail_id),
    ).fetchone()
    assert mended is not None  # noqa: S101  # it is locked
    _follow_from(conn, mended)
    return conn.execute("select * from mail where id = %s", (mail_id,)).fetchone() or mended


SAME_MEETING = """
select * from mail where application_id = %s and id <> %s and effects ? 'interview' and invitation ->> 'uid' = %s
order by sent_at nulls first, id
"""
SKIP_STATUS = """
update mail set effects = jsonb_set(effects, '{status_before}', %s)
where application_id = %s and id <> %s and effects ->> 'status_before' = %s
"""


def _undo(conn: Connection, mail: dict[str, Any], actor: str) -> None:
    done, application = mail["effects"], mail["application_id"]
    if application is None or not done:
        return
    for gone in conn.execute("delete from interview where mail_id = %s returning uid", (mail["id"],)).fetchall():
        for other in conn.execute(SAME_MEETING, (application, mail["id"], gone["uid"])).fetchall():
            _note_meeting(conn, other)  # as it stood before this mail moved it, or called it off
    if "status" in done:
        changed = conn.execute(
            """
            update application set employer_status = %s, employer_status_at = clock_timestamp()
            where id = %s and employer_status = %s returning *
            """,
            (done["status_before"], application, done["status"]),
        ).fetchone()
        conn.execute(
            "delete from outbox where topic = 'application_status' and key = %s and done_at is null", (f"{application}:mail:{mail['id']}",)
        )
        if changed is None:  # a later mail said something else: what it goes back to is no longer what this one said
            before = (Jsonb(done["status_before"]), application, mail["id"], done["status"])
            conn.execute(SKIP_STATUS, before)
        elif changed["platform_id"]:
            conn.execute(
                "insert into outbox (topic, key, payload) values ('application_status', %s, %s) on conflict do nothing",
                (
                    f"{application}:corrected:{mail['id']}",
                    Jsonb({"applicationId": changed["platform_id"], "status": done["status_before"] or "submitted"}),
                ),
            )
    if "settled" in done:
        ledger.note(conn, str(application), "unknown", Evidence("statement", f"the mail was about something else: {_said(mail)}", actor))
        row = conn.execute(
            """
            update application a set state = 'uncertain', submitted_at = null, state_reason = %s
            where id = %s and state = %s
              and not exists (select from settlement s where s.application_id = a.id and s.outcome = a.state and s.evidence <> 'mail')
              and not exists (select from mail m where m.application_id = a.id and m.id <> %s and m.effects ? 'settled')
            returning idempotency_key
            """,
            ("the mail that settled it was about something else", application, done["settled"], mail["id"]),
        ).fetchone()
        if row is not None:  # nobody is told that it is unclear again: who corrects it knows, and the page and the health check say it
            conn.execute(
                "delete from outbox where topic = 'record_application' and key = %s and done_at is null", (row["idempotency_key"],)
            )
