"""Who looks at the page, and what they may: the one check that every route passes through."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from fastapi import Request
from psycopg.types.json import Jsonb
from starlette.datastructures import FormData
from starlette.responses import Response

from rolecall.people import logins
from rolecall.services.database import Database
from rolecall.store import Connection
from rolecall.store.visible import see_person

SESSION = "rolecall_session"
VISITOR = "rolecall_visitor"
"""Cookies: who came in, and who is about to."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who came in.

    :param person_id: whose page it is; ``None``: an operator who has chosen nobody
    :param actor: who acts, for the audit log
    :param may_act: may decide and change things; a reader may not
    :param operator: sees everybody's page and the flow
    :param csrf: what every form of theirs carries
    :param session_id: of a session of ours; empty where Airflow let them in
    """

    person_id: str | None
    actor: str
    may_act: bool
    operator: bool
    csrf: str
    session_id: str = ""


class Gate(Protocol):
    """Who comes in: our own sessions, or Airflow's."""

    own_logins: bool
    """Whether the page has a login of its own."""

    def viewer(self, request: Request, database: Database) -> Viewer | None:
        """Whoever asks; ``None``: nobody who is known. May block: called in a thread."""

    def login(self, request: Request) -> str:
        """Where whoever is not known is sent."""

    def show(self, request: Request, database: Database, response: Response, viewer: Viewer, person_id: str) -> bool:
        """Turns an operator's page to another person. ``False``: there is no such person."""


class NotLoggedIn(Exception):
    """Nobody is known by this request."""


class Forbidden(Exception):
    """Somebody is known, and may not."""


class SessionGate:
    """Our own logins: a session in a cookie."""

    own_logins = True

    def viewer(self, request: Request, database: Database) -> Viewer | None:
        """Who the session's cookie stands for; ``None``: nobody."""
        token = request.cookies.get(SESSION)
        if not token:
            return None
        with database.unrestricted.connection() as conn:
            found = logins.session(conn, token)
        if found is None:
            return None
        actor = "operator, on the page" if found.operator else "the person, on the page"
        return Viewer(found.person_id, actor, True, found.operator, csrf_of(token), found.id)

    def login(self, request: Request) -> str:
        """Where to log in."""
        return f"{request.scope.get('root_path', '')}/login"

    def show(self, request: Request, database: Database, response: Response, viewer: Viewer, person_id: str) -> bool:
        """Shows an operator a person's pages from now on; ``False``: there is no such person."""
        with database.unrestricted.connection() as conn:
            return logins.show_person(conn, viewer.session_id, person_id)


def csrf_of(secret: str) -> str:
    """What the forms of whoever holds this secret carry: it cannot be made without it."""
    return hashlib.sha256(f"rolecall form {secret}".encode()).hexdigest()[:40]


def check_form(request: Request, form: FormData, expected: str) -> None:
    """Lets a form through that we made for this visitor.

    :raises Forbidden: it carries no token of ours, or another site sent it
    """
    given = form.get("csrf") or request.headers.get("x-csrf-token") or ""
    origin = request.headers.get("origin", "")
    elsewhere = origin not in ("", "null") and urlsplit(origin).netloc != request.headers.get("host", "")
    if request.headers.get("sec-fetch-site") == "cross-site" or elsewhere:
        raise Forbidden("this form was sent by another site")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forbidden("this form is too old, or was not made here")


def set_cookie(request: Request, response: Response, name: str, value: str, *, seconds: int | None, secure: bool) -> None:
    """A cookie that no script reads, that other sites' forms do not carry, and that leaves only over https where the page is on https."""
    path = request.scope.get("root_path", "") or "/"
    secure = secure or request.url.scheme == "https"
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


def visitor(request: Request) -> str:
    """The secret of a visitor who has not come in yet; a new one where there is none."""
    return request.cookies.get(VISITOR) or secrets.token_urlsafe(18)


@contextmanager
def acting_transaction(database: Database, viewer: Viewer, action: str, subject: str, **detail: Any) -> Iterator[Connection]:
    """One transaction in which somebody acts: what triggers note carries their name, and the act has a row of its own in the audit log."""
    with database.connection() as conn:
        conn.execute("select set_config('rolecall.actor', %s, true)", (viewer.actor[:200],))
        see_person(conn, viewer.person_id or "")
        yield conn
        conn.execute(
            ACTED,
            {
                "actor": viewer.actor[:200],
                "action": f"page: {action}",
                "subject": subject[:200],
                "detail": Jsonb(detail),
                "person": viewer.person_id,
            },
        )


ACTED = """
insert into audit (actor, action, subject, person_hash, detail)
select %(actor)s, %(action)s, %(subject)s, (   -- whom it is about, by hash; no key comes into being for who was erased just now
    select keyed_sha256(audit_person_key(id), id) from person where id = %(person)s), %(detail)s
"""
