"""How a person's applications leave: their SMTP settings, what is about to leave without a yes, and what they send by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, SecretStr

from rolecall.applying import decisions, follow
from rolecall.applying.elsewhere import SentElsewhere, note
from rolecall.errors import InvalidInput
from rolecall.models import Text
from rolecall.people.job_marks import mark_job
from rolecall.services.api_errors import ApiError, not_found
from rolecall.services.database import Database
from rolecall.services.platform.people_routes import read_user
from rolecall.services.platform.rights import admit
from rolecall.services.route_guards import Body, bearer, with_any_token
from rolecall.services.submitters import smtp_accounts
from rolecall.services.submitters.mail_way import SmtpAccount
from rolecall.store import Connection


class SmtpIn(Body):
    """``PUT /api/v1/users/{id}/smtp``: tried at once, kept sealed."""

    address: Annotated[Text, Field(min_length=3, max_length=320)]
    host: Annotated[Text, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: Annotated[str, Field(max_length=320)] = ""
    password: SecretStr = SecretStr("")


class ByHandIn(Body):
    """``POST /api/v1/users/{id}/by-hand``: what the person did with a job that no machine applies for."""

    job_id: Annotated[Text, Field(min_length=1, max_length=200)]
    decision: Literal["sent", "not"]


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/users/{id}/smtp``, ``…/held``, ``…/stop``, ``…/by-hand``, for the service's token or the person's own."""
    routes = APIRouter(prefix="/api/v1/users", route_class=with_any_token())

    @routes.get("/{user_id}/smtp")
    def smtp(user_id: str, request: Request) -> dict[str, Any]:
        """The settings, without the password."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            found = smtp_accounts.shown(conn, read_user(conn, user_id)["id"])
        if found is None:
            raise not_found("SMTP settings of", user_id, field="user_id", fix="PUT them")
        return found

    @routes.put("/{user_id}/smtp")
    def keep_smtp(user_id: str, body: SmtpIn, request: Request) -> dict[str, Any]:
        """Logs in, sends nothing, and keeps the settings where that works."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            person = read_user(conn, user_id)["id"]
        account = SmtpAccount(body.address, body.host, body.port, body.security, body.user, body.password)
        try:
            smtp_accounts.try_out(account)
            with database.connection() as conn:
                admit(conn, user_id, bearer(request), token)
                smtp_accounts.keep(conn, person, account)
                return smtp_accounts.shown(conn, person) or {}
        except (InvalidInput, smtp_accounts.AccountRefused) as error:
            raise ApiError(422, error.message, field=getattr(error, "field", "host"), fix=error.fix) from error

    @routes.delete("/{user_id}/smtp")
    def forget_smtp(user_id: str, request: Request) -> dict[str, Any]:
        """Forgets the settings and their password."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            return {"forgotten": smtp_accounts.forget(conn, user_id)}

    @routes.get("/{user_id}/held")
    def held(user_id: str, request: Request) -> dict[str, Any]:
        """What leaves without a yes unless it is stopped."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            rows = decisions.applications_on_hold(conn, read_user(conn, user_id)["id"])
        return {"held": [{"id": one["id"], "title": one["title"], "company": one["company"], "until": one["hold_until"]} for one in rows]}

    @routes.post("/{user_id}/stop")
    def stop(user_id: str, request: Request) -> dict[str, Any]:
        """Stops all of it: each waits for the person's yes."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            return {"stopped": decisions.stop_held(conn, read_user(conn, user_id)["id"], by="the person")}

    @routes.post("/{user_id}/by-hand")
    def by_hand(user_id: str, body: ByHandIn, request: Request) -> dict[str, Any]:
        """I sent it (their word is the evidence), or I will not (the job is hidden): either closes it."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            person = read_user(conn, user_id)["id"]
            try:
                return {"words": close_by_hand(conn, person, body.job_id, body.decision, actor="the person")}
            except InvalidInput as error:
                raise ApiError(422, error.message, field=error.field, fix=error.fix) from error

    return routes


def close_by_hand(conn: Connection, person_id: str, job_id: str, decision: str, *, actor: str) -> str:
    """Closes what was handed over: ``sent``, on the person's word, or ``not``. In words.

    :raises InvalidInput: there is no such job
    """
    if decision == "sent":
        return note(conn, person_id, SentElsewhere(job=job_id), actor=actor).words
    mark_job(conn, person_id, job_id, "hidden", reason="I will not apply")
    follow.withdraw_unsent(conn, person_id, job_id, actor=f"{actor}, who will not apply")
    return "it is not applied for, and not shown again"
