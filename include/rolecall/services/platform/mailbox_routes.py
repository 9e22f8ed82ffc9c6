"""``/api/v1/users/{id}/mailboxes``: the mailboxes whose answers are read; given with an app password or a refresh token, and forgotten."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from pydantic import Field, SecretStr

from rolecall.clients import oauth
from rolecall.errors import InvalidInput
from rolecall.inbox import mailbox
from rolecall.models import Text
from rolecall.services.api_errors import ApiError, not_found
from rolecall.services.database import Database
from rolecall.services.platform.people_routes import read_user
from rolecall.services.platform.rights import admit
from rolecall.services.route_guards import Body, bearer, with_any_token
from rolecall.store import Connection

LISTED = """
select id, host, port, username as "user", folder, provider, job_alerts as "jobAlerts", checked_at as "checkedAt", refusal
from mailbox where person_id = %s order by host, username, folder
"""


class GrantIn(Body):
    """A refresh token, and the client that it was given to."""

    provider: Literal["google", "microsoft"]
    client_id: Annotated[Text, Field(min_length=1, max_length=oauth.MOST)]
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr


class MailboxIn(Body):
    """``POST /api/v1/users/{id}/mailboxes``: tried at once, kept sealed. Either ``password`` or ``oauth``."""

    user: Annotated[Text, Field(min_length=1, max_length=320)]
    host: Annotated[Text, Field(max_length=253)] = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    folder: Annotated[Text, Field(min_length=1, max_length=300)] = "INBOX"
    job_alerts: bool = False
    password: SecretStr | None = None
    oauth: GrantIn | None = None

    def asked(self) -> mailbox.Mailbox:
        """The mailbox, to be tried.

        :raises InvalidInput: names what is missing or wrong
        """
        given = self.oauth
        if given is None and not (self.password and self.password.get_secret_value()):
            raise InvalidInput("password", "is missing", fix="give an app password, or oauth")
        if given is not None and self.password is not None:
            raise InvalidInput("password", "is given beside oauth", fix="give one of them")
        if given is None and not self.host:
            raise InvalidInput("host", "is missing", fix="name the IMAP server")
        grant = None
        if given is not None:
            secret, token = given.client_secret.get_secret_value(), given.refresh_token.get_secret_value()
            grant = oauth.given(given.provider, given.client_id, secret, token)
        password = self.password.get_secret_value() if self.password else ""
        return mailbox.tried(self.host, self.port, self.user, password=password, grant=grant, folder=self.folder)


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/users/{id}/mailboxes``, for the service's token or the person's own."""
    routes = APIRouter(prefix="/api/v1/users", route_class=with_any_token())

    def person(conn: Connection, user_id: str, request: Request) -> str:
        admit(conn, user_id, bearer(request), token)
        return str(read_user(conn, user_id)["id"])

    @routes.get("/{user_id}/mailboxes")
    def listed(user_id: str, request: Request) -> dict[str, Any]:
        """The mailboxes, without what opens them; ``refusal`` says why one cannot be read."""
        with database.connection() as conn:
            return {"mailboxes": jsonable_encoder(conn.execute(LISTED, (person(conn, user_id, request),)).fetchall())}

    @routes.post("/{user_id}/mailboxes", status_code=201)
    def keep(user_id: str, body: MailboxIn, request: Request) -> dict[str, Any]:
        """Opens the folder, reads nothing, and keeps the mailbox where that works; the same one again gets the new password or token."""
        with database.connection() as conn:
            person(conn, user_id, request)
        try:
            kept = mailbox.try_out(body.asked())
            with database.connection() as conn:
                made = mailbox.add(
                    conn, person(conn, user_id, request), host=kept.host, port=kept.port, username=kept.username, password=kept.secret,
                    grant=kept.grant, folder=kept.folder, job_alerts=body.job_alerts,
                )  # fmt: skip
        except mailbox.FolderMissing as error:
            raise ApiError(422, error.message, field="folder", fix=error.fix) from error
        except mailbox.LoginRefused as error:
            raise ApiError(422, error.message, field="oauth" if body.oauth else "password", fix=error.fix) from error
        except mailbox.MailboxError as error:
            raise ApiError(422, error.message, field="host", fix=error.fix) from error
        except InvalidInput as error:
            raise ApiError(422, error.message, field=error.field, fix=error.fix) from error
        return {"id": made}

    @routes.delete("/{user_id}/mailboxes/{mailbox_id}")
    def forget(user_id: str, mailbox_id: str, request: Request) -> dict[str, Any]:
        """Forgets a mailbox with its password or token; what was kept of its mails stays."""
        with database.connection() as conn:
            own = "select id::text from mailbox where id::text = %s and person_id = %s"
            row = conn.execute(own, (mailbox_id, person(conn, user_id, request))).fetchone()
            if row is None:
                raise not_found("mailbox", mailbox_id, field="mailbox_id", fix="take the id from the list")
            return {"forgotten": mailbox.remove(conn, row["id"])}

    return routes
