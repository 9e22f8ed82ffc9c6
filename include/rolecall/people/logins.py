"""Coming in to the page: one-time links, passwords, codes, sessions. Only hashes are kept; whatever is shown, is shown once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.fernet import MultiFernet

from rolecall.errors import InvalidInput, RolecallError
from rolecall.models import text_digest
from rolecall.people import second_factor
from rolecall.store import Connection

LINK_LASTS = timedelta(hours=24)
MAILED_LASTS = timedelta(minutes=15)
"""A link that anybody may ask for by naming an address."""

CODE_WAITS = timedelta(minutes=5)
"""After the first step, for the code of the second."""

SESSION_LASTS = timedelta(days=30)
"""Since it was used last."""

TRIES, WINDOW = 10, timedelta(minutes=15)
"""Attempts to come in, for one account and from one address."""

SHORTEST, LONGEST = 10, 1_000
"""Characters of a password."""


@dataclass(frozen=True)
class CameIn:
    """Somebody whose link or password was right.

    :param token: the session's; while a code is missing, what goes with the code (:func:`use_code`)
    """

    token: str
    code_missing: bool = False


class TooManyTries(RolecallError):
    """Too many attempts to log in to one account or from one address (rate limit)."""


@dataclass(frozen=True)
class Session:
    """An open session on the page.

    :param person_id: whose page is shown; ``None``: an operator who has chosen nobody
    :param operator: sees every person's page, and the flow
    """

    id: str
    person_id: str | None
    operator: bool


def make_login(
    conn: Connection,
    person_id: str | None,
    *,
    base_url: str,
    operator: bool = False,
    actor: str = "operator",
    lasts: timedelta = LINK_LASTS,
) -> str:
    """A one-time link to the page. Making one leaves earlier ones as they are.

    :param person_id: whose page it opens; ``None`` only for an operator
    :param base_url: where the page is served: ``http://127.0.0.1:8090``
    :param operator: also every other person's page, and the flow
    :raises InvalidInput: there is no such person
    """
    known = person_id is None or conn.execute("select 1 from person where id = %s", (person_id,)).fetchone()
    if not known or (person_id is None and not operator):
        raise InvalidInput("person", f"there is no person {person_id!r}", fix="./rolecall applications people lists the ids")
    token = _make_link(conn, person_id, lasts, operator=operator)
    _audit(conn, actor, "login link made", person_id)
    return f"{base_url.rstrip('/')}/login/{token}"


def mail_logins(conn: Connection, email: str, *, base_url: str) -> list[dict[str, Any]]:
    """One-time links for who has this address, good for :data:`MAILED_LASTS`: ``[{id, email, preferences, link}]``; mostly one or none."""
    rows = conn.execute(
        "select id, email, preferences from person where lower(email) = lower(%s) order by id limit 3", (email.strip(),)
    ).fetchall()
    return [
        row | {"link": make_login(conn, row["id"], base_url=base_url, actor="the page, asked by mail", lasts=MAILED_LASTS)} for row in rows
    ]


WAITS = "token_sha256 = %s and used_at is null and expires_at > clock_timestamp() and not code_missing"
"""A one-time link that can be used."""


def use_login(conn: Connection, token: str, *, device: str = "") -> CameIn | None:
    """Opens a session by a one-time link; ``None``: the link was used, has expired, or never was."""
    row = conn.execute(
        f"update page_login set used_at = clock_timestamp() where {WAITS} returning person_id, operator",  # noqa: S608
        (text_digest(token),),
    ).fetchone()
    return _first_step(conn, row["person_id"], operator=row["operator"], device=device, how="link") if row else None


def login_waits(conn: Connection, token: str) -> bool:
    """Whether a one-time link can still be used. Nothing is used up by asking."""
    query = f"select 1 from page_login where {WAITS}"  # noqa: S608
    return conn.execute(query, (text_digest(token),)).fetchone() is not None


def use_password(conn: Connection, email: str, password: str, *, device: str = "") -> CameIn | None:
    """Opens a session by e-mail address and password; ``None``: they do not fit."""
    rows = conn.execute(
        "select person_id, password_hash from page_password join person on person.id = person_id where lower(email) = lower(%s) limit 5",
        (email.strip(),),
    ).fetchall()
    fitting = [row for row in rows if _fits(row["password_hash"], password)]
    if not rows:
        _fits(_nobodys(), password)  # as long as for somebody: time tells nobody who is here
    return _first_step(conn, fitting[0]["person_id"], operator=False, device=device, how="password") if fitting else None


def who_needs_a_code(conn: Connection, token: str) -> str | None:
    """The person whose first step is done and who has not given a code yet; ``None``: nobody, or too long ago."""
    row = conn.execute(
        "select person_id from page_login where token_sha256 = %s and code_missing and used_at is null and expires_at > clock_timestamp()",
        (text_digest(token),),
    ).fetchone()
    return row["person_id"] if row else None


def use_code(conn: Connection, token: str, code: str, *, seal: MultiFernet, device: str = "") -> CameIn | None:
    """Opens a session by the code of the second step; ``None``: it does not fit.

    :param token: what came of the first step
    """
    person = who_needs_a_code(conn, token)
    if person is None or not second_factor.fits(conn, person, code, seal=seal):
        return None
    conn.execute("update page_login set used_at = clock_timestamp() where token_sha256 = %s", (text_digest(token),))
    return CameIn(_open(conn, person, operator=False, device=device, how="code"))


def set_password(conn: Connection, person_id: str, password: str, *, actor: str) -> None:
    """Sets a person's password.

    :raises InvalidInput: it is too short or too long
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput("password", f"has {len(password)} characters", fix=f"take {SHORTEST} to {LONGEST:,} characters")
    conn.execute(
        """
        insert into page_password (person_id, password_hash) values (%s, %s)
        on conflict (person_id) do update set password_hash = excluded.password_hash, set_at = now()
        """,
        (person_id, PasswordHasher().hash(password)),
    )
    _audit(conn, actor, "password set", person_id)


def session(conn: Connection, token: str) -> Session | None:
    """Whose session this is; ``None``: nobody's, or it is over. Being used prolongs it."""
    row = conn.execute(
        """
        with found as (
            select id, person_id, operator, seen_at from page_session where token_sha256 = %(token)s and expires_at > clock_timestamp()
        ), prolonged as (
            update page_session s set seen_at = clock_timestamp(), expires_at = clock_timestamp() + %(lasts)s
            from found where s.id = found.id and found.seen_at < clock_timestamp() - interval '5 minutes'
        )
        select id::text, person_id, operator from found
        """,
        {"token": text_digest(token), "lasts": SESSION_LASTS},
    ).fetchone()
    return Session(row["id"], row["person_id"], row["operator"]) if row else None


def sessions_of(conn: Connection, person_id: str) -> list[dict[str, Any]]:
    """The person's open sessions: ``[{id, device, made_at, seen_at}]``, newest first."""
    return conn.execute(
        """
        select id::text, device, made_at, seen_at from page_session
        where person_id = %s and not operator and expires_at > clock_timestamp() order by seen_at desc limit 50
        """,
        (person_id,),
    ).fetchall()


def end_session(conn: Connection, session_id: str, *, person_id: str | None, actor: str) -> bool:
    """Ends a session. ``False``: there is none of this id.

    :param person_id: only where it is theirs; ``None``: whosever it is
    """
    row = conn.execute(
        "delete from page_session where id::text = %s and (%s::text is null or person_id = %s) returning person_id",
        (session_id, person_id, person_id),
    ).fetchone()
    if row:
        _audit(conn, actor, "session ended", row["person_id"])
    return row is not None


def show_person(conn: Connection, session_id: str, person_id: str) -> bool:
    """Turns an operator's session to another person's page. ``False``: it is no operator's, or there is no such person."""
    return (
        conn.execute(
            "update page_session set person_id = p.id from person p where page_session.id::text = %s and operator and p.id = %s",
            (session_id, person_id),
        ).rowcount
        == 1
    )


def count_try(conn: Connection, *keys: str, tries: int | None = None) -> None:
    """Counts an attempt to come in. Commit it, whatever becomes of the attempt.

    :param keys: the account and the address it comes from
    :param tries: as many as may be made within :data:`WINDOW`; :data:`TRIES` where it is not said
    :raises TooManyTries: one of them has tried more often
    """
    conn.execute("delete from page_attempt where window_start < clock_timestamp() - %s", (WINDOW,))
    most = 0
    for key in sorted(keys):
        row = conn.execute(
            """
            insert into page_attempt (key, window_start, tries) values (%s, clock_timestamp(), 1)
            on conflict (key) do update set tries = page_attempt.tries + 1 returning tries
            """,
            (text_digest(key),),
        ).fetchone()
        most = max(most, (row or {"tries": 0})["tries"])
    if most > (TRIES if tries is None else tries):
        raise TooManyTries("there were too many attempts to log in", fix=f"try again in {WINDOW.total_seconds() / 60:.0f} minutes")


def forget_tries(conn: Connection, *keys: str) -> None:
    """Resets the count of failed attempts, after a login."""
    conn.execute("delete from page_attempt where key = any(%s)", ([text_digest(key) for key in keys],))


def _first_step(conn: Connection, person_id: str | None, *, operator: bool, device: str, how: str) -> CameIn:
    if not operator and person_id and second_factor.is_on(conn, person_id):
        return CameIn(_make_link(conn, person_id, CODE_WAITS, code_missing=True), code_missing=True)
    return CameIn(_open(conn, person_id, operator=operator, device=device, how=how))


def _make_link(conn: Connection, person_id: str | None, lasts: timedelta, *, operator: bool = False, code_missing: bool = False) -> str:
    token = secrets.token_urlsafe(32)
    conn.execute("delete from page_login where expires_at < clock_timestamp()")
    conn.execute(
        """
        insert into page_login (token_sha256, person_id, operator, code_missing, expires_at)
        values (%s, %s, %s, %s, clock_timestamp() + %s)
        """,
        (text_digest(token), person_id, operator, code_missing, lasts),
    )
    return token


def _open(conn: Connection, person_id: str | None, *, operator: bool, device: str, how: str) -> str:
    token = secrets.token_urlsafe(32)
    conn.execute("delete from page_session where expires_at < clock_timestamp()")
    conn.execute(
        "insert into page_session (token_sha256, person_id, operator, device, expires_at) values (%s, %s, %s, %s, clock_timestamp() + %s)",
        (text_digest(token), person_id, operator, device[:200], SESSION_LASTS),
    )
    _audit(conn, "operator" if operator else "the person", f"logged in by {how}", person_id)
    return token


def _fits(hashed: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, password[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return PasswordHasher().hash(secrets.token_urlsafe(16))


def _audit(conn: Connection, actor: str, action: str, person_id: str | None) -> None:
    conn.execute(
        """
        insert into audit (actor, action, subject, person_hash, detail)
        select %(actor)s, %(action)s, case when %(person)s::text is null then 'page' else 'person:' || left(hash, 16) end, hash, '{}'
        from (select case when %(person)s::text is not null then keyed_sha256(audit_person_key(%(person)s), %(person)s) end as hash) hashed
        """,
        {"actor": actor, "action": action, "person": person_id},
    )
