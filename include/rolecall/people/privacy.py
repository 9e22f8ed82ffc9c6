"""Everything about one person: exported on request, erased on request. The rule is in docs/privacy.md."""

# ruff: noqa: S608  # every statement is put together from the constants below; the id is a parameter

from __future__ import annotations

from typing import Any, LiteralString

from rolecall.errors import InvalidInput, RolecallError
from rolecall.store import Connection

APPLICATIONS = "application_id in (select id from application where person_id = %(id)s)"
MESSAGES = (
    "(person_id = %(id)s or recipient in (select email from person where id = %(id)s union select phone from person where id = %(id)s))"
)
DOCUMENTS = """(
    sha256 in (select cv_sha256 from application where person_id = %(id)s)
    or exists (select from person p where p.id = %(id)s and (
        position(to_jsonb(p.email)::text in body::text) > 0
        or (p.phone is not null and position(to_jsonb(p.phone)::text in body::text) > 0)))
    or body ->> 'userId' = %(id)s
    or jsonb_typeof(body) = 'array' and exists (
        select from jsonb_array_elements(body) one
        where coalesce(one ->> 'generatedCoverLetter', one ->> 'generated_cover_letter') in (
            select letter from match where person_id = %(id)s union select letter from application where person_id = %(id)s)))"""

ABOUT: dict[str, LiteralString] = {
    "person": "id = %(id)s",
    "cv": "person_id = %(id)s",
    "cv_file": "cv_id in (select id from cv where person_id = %(id)s)",
    "match": "person_id = %(id)s",
    "figures.first_match": "person_id = %(id)s",
    "figures.funnel": "person_id = %(id)s",
    "held_back": "person_id = %(id)s",
    "apply_request": "person_id = %(id)s",
    "apply_request_key": "request_id in (select id from apply_request where person_id = %(id)s)",
    "application": "person_id = %(id)s",
    "application_event": APPLICATIONS,
    "figures.employer_news": APPLICATIONS,
    "application_lock": "person_id = %(id)s",
    "approval": APPLICATIONS,
    "approval_link": "person_id = %(id)s",
    "letter_edit": APPLICATIONS,
    "job_mark": "person_id = %(id)s",
    "own_order": "person_id = %(id)s",
    "page_password": "person_id = %(id)s",
    "page_login": "person_id = %(id)s",
    "page_session": "person_id = %(id)s",
    "page_totp": "person_id = %(id)s",
    "page_recovery": "person_id = %(id)s",
    "settlement": APPLICATIONS,
    "application_record": "user_id = %(id)s",
    "removed_cv": "person_id = %(id)s",
    "submission": "(cv_id in (select id from cv where person_id = %(id)s union all select cv_id from removed_cv where person_id = %(id)s) "
    "or key in (select idempotency_key from application where person_id = %(id)s))",
    "notification": MESSAGES,
    "delivery_event": f"provider_id in (select provider_id from notification where {MESSAGES})",
    "message_stop": "person_id = %(id)s",
    "digest_schedule": "person_id = %(id)s",
    "told_match": "person_id = %(id)s",
    "sync_person": "person_id = %(id)s",
    "sync_field": "person_id = %(id)s",
    "dead_letter": "person_id = %(id)s",
    "document": DOCUMENTS,
    "person_answer": "person_id = %(id)s",
    "model_answer": "person_id = %(id)s",
    "mailbox": "person_id = %(id)s",
    "smtp_account": "person_id = %(id)s",
    "form_shown": "person_id = %(id)s",
    "mail": "person_id = %(id)s",
    "interview": "person_id = %(id)s",
    "calendar_feed": "person_id = %(id)s",
    "audit": "person_hash = (select keyed_sha256(key, person_id) from audit_key where person_id = %(id)s)",
}
"""Table → which of its rows are about a person."""

SECRET = frozenset({"token_sha256", "password_hash", "user_token", "body_sha256", "body", "secret"})
"""Columns that are no export: credentials, and the bytes of files, which travel beside it."""

DELETED = (
    "message_stop", "digest_schedule", "told_match", "held_back", "person_answer", "model_answer", "document", "match", "apply_request_key",
    "figures.first_match", "figures.funnel", "sync_person", "sync_field",
    "dead_letter", "approval_link", "letter_edit", "job_mark", "own_order", "page_password", "page_login", "page_session",
    "page_totp", "page_recovery",
    "removed_cv", "interview", "mail", "mailbox", "smtp_account", "form_shown", "calendar_feed",
)  # fmt: skip


class BeingSent(RolecallError):
    """An application of the person is leaving at this moment."""


class Erased(InvalidInput):
    """Something is asked for about a person who was erased here and has not come back."""


def refuse_the_erased(conn: Connection, person_id: str) -> None:
    """Nothing is kept about, or applied for, somebody who was erased here, unless they are a person here again.

    :raises Erased: they were
    """
    row = conn.execute("select is_erased(%s) as gone", (person_id,)).fetchone()
    if row and row["gone"]:
        raise Erased("userId", "this person was erased here, as they asked", fix="create the person first where they have come back")


def export(conn: Connection, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Table → rows about the person, without credentials; empty where nobody has this id."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, where in ABOUT.items():
        rows = conn.execute(f"select * from {table} where {where}", {"id": person_id}).fetchall()
        keep = SECRET - {"body"} if table in ("document", "mail", "form_shown") else SECRET
        found[table] = [{name: value for name, value in row.items() if name not in keep} for row in rows]
    return found if found["person"] else {}


def files(conn: Connection, person_id: str) -> list[tuple[str, bytes]]:
    """The files the person's CVs were read from, as (name, bytes)."""
    rows = conn.execute(f"select cv_id, filename, body from cv_file where {ABOUT['cv_file']} order by cv_id", {"id": person_id}).fetchall()
    return [(f"{row['cv_id']}-{row['filename']}", row["body"]) for row in rows]


def erase(conn: Connection, person_id: str) -> dict[str, int] | None:
    """Takes the person out of every table, in the caller's transaction; what the ledger needs stays under the bare id.

    Planned and approved applications are cancelled. Application locks stay: should the same id come back, nothing is sent twice.

    :return: how many rows were deleted or emptied, by table; ``None``: there is no such person
    :raises BeingSent: an application is leaving now
    """
    asked = {"id": person_id}
    conn.execute("select lock_person(%(id)s)", asked)
    if conn.execute("select 1 from person where id = %(id)s for update", asked).fetchone() is None:
        return None
    if conn.execute(LEAVING, asked).fetchone():
        raise BeingSent("an application of this person is being sent", fix="repeat in a minute: it then has an outcome")
    done = {table: conn.execute(statement, asked).rowcount for table, statement in EMPTIED}
    for table in DELETED:
        done[table] = conn.execute(f"delete from {table} where {ABOUT[table]}", asked).rowcount
    for table, statement in LAST:
        done[table] = conn.execute(statement, asked).rowcount
    return done


LEAVING = f"""
select 1 from application where person_id = %(id)s and state = 'submitting' and lease_until > now()
union all select 1 from submission where state = 'forwarding' and lease_until > now() and {ABOUT["submission"]}
"""

EMPTIED: tuple[tuple[str, LiteralString], ...] = (
    (
        "cancelled application",
        "update application set state = 'cancelled', state_reason = 'the person asked to be erased' "
        "where person_id = %(id)s and state in ('planned', 'approved')",
    ),
    (
        "submission",
        "update submission set evidence = null, "
        "answer = jsonb_strip_nulls(jsonb_build_object('applicationStatus', answer -> 'applicationStatus', "
        "'receipt', answer -> 'receipt')) where (answer is not null or evidence is not null) and "
        f"{ABOUT['submission']}",
    ),
    ("delivery_event", f"update delivery_event set reason = '' where reason <> '' and {ABOUT['delivery_event']}"),
)

LAST: tuple[tuple[str, LiteralString], ...] = (
    (
        "application",
        "update application set person_email = '', letter = null, answer = null, state_reason = '', approved_by = null, "
        "prepared = null, prepared_hash = null, open_questions = '[]', obstacle = null, "
        "reasons = '[]', erased_at = now() "
        "where person_id = %(id)s and erased_at is null",
    ),
    ("approval", f"update approval set answered_by = null where answered_by is not null and {APPLICATIONS}"),
    ("settlement", f"update settlement set detail = 'erased', actor = 'erased', answer = null where {APPLICATIONS}"),
    ("application_event", f"update application_event set reason = 'erased' where reason <> '' and {APPLICATIONS}"),
    ("apply_request", "delete from apply_request where person_id = %(id)s"),
    (
        "workflow_error",
        "update workflow_error set message = replace(message, p.email, 'erased'), stack = replace(stack, p.email, 'erased') "
        "from person p where p.id = %(id)s and position(p.email in message || stack) > 0",
    ),
    ("notification", f"delete from notification where {MESSAGES}"),
    ("person", "delete from person where id = %(id)s"),
)
