"""Forms as they were read, and as they were shown filled in before anybody said yes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.applying.forms import Field, Form
from rolecall.people.privacy import refuse_the_erased
from rolecall.store import Connection


def keep_form(conn: Connection, address: str, form: Form) -> None:
    """What a form asks, as it was read last."""
    conn.execute(
        "insert into form_read (address, form) values (%s, %s) "
        "on conflict (address) do update set form = excluded.form, read_at = clock_timestamp()",
        (address, Jsonb(asdict(form))),
    )


def forget_form(conn: Connection, address: str) -> None:
    """A form that is not there any more."""
    conn.execute("delete from form_read where address = %s", (address,))


def form_at(conn: Connection, address: str) -> Form | None:
    """What a form asked when it was read last."""
    row = conn.execute("select form from form_read where address = %s", (address,)).fetchone()
    if row is None:
        return None
    said = row["form"]
    return Form(said["system"], *(tuple(_field(one) for one in said[name]) for name in ("fields", "honeypots", "consents")))


def _field(said: dict[str, Any]) -> Field:
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Field(**known)


def picture_of(conn: Connection, person_id: str, application_id: str, *, after: bool = False) -> bytes | None:
    """The form of a person's application as it was filled in when it was prepared, or sent; ``None``: there is none of exactly that.

    :param after: its page after the click
    """
    row = conn.execute(
        "select case when %s then s.after else s.body end as body"
        " from application a join form_shown s on s.person_id = a.person_id and s.form_hash = a.prepared_hash"
        " where a.id = %s::uuid and a.person_id = %s and a.erased_at is null",
        (after, application_id, person_id),
    ).fetchone()
    return bytes(row["body"]) if row and row["body"] else None


def keep_picture(conn: Connection, person_id: str, job_id: str, form_hash: str, picture: bytes, after: bytes = b"") -> None:
    """The filled form as it was shown, or as it was sent with its page after that; the last one of a person's job."""
    refuse_the_erased(conn, person_id)
    conn.execute(
        "insert into form_shown (person_id, job_id, form_hash, body, after) values (%s, %s, %s, %s, %s) on conflict (person_id, job_id) "
        "do update set form_hash = excluded.form_hash, body = excluded.body, after = excluded.after, shown_at = clock_timestamp()",
        (person_id, job_id, form_hash, picture, after or None),
    )
