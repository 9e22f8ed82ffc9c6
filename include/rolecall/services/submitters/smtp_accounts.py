"""A person's own SMTP settings: tried, sealed as mailbox passwords are, and opened only to send."""

from __future__ import annotations

import smtplib
from typing import Any

from cryptography.fernet import InvalidToken
from pydantic import SecretStr

from rolecall.applying.tokens import KEY, fernet
from rolecall.errors import Blocked, InvalidInput, RolecallError
from rolecall.people.privacy import refuse_the_erased
from rolecall.services.submitters.mail_way import ADDRESS, SmtpAccount, opened
from rolecall.store import Connection

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
"""Where a connection without TLS goes through no net."""

SECURITY = ("tls", "starttls", "none")


class AccountRefused(RolecallError):
    """The mail server cannot be reached, or does not let the person in."""


def checked(account: SmtpAccount) -> None:
    """Refuses what cannot be an account.

    :raises InvalidInput: names the field
    """
    if not ADDRESS.fullmatch(account.address):
        raise InvalidInput("address", "is no e-mail address", fix="give the one that your mails come from")
    if not account.host or len(account.host) > 253 or any(sign.isspace() or sign in "/@" for sign in account.host):
        raise InvalidInput("host", "is no name of a mail server", fix="as in smtp.example.org")
    if account.security not in SECURITY:
        raise InvalidInput("security", "is none of tls, starttls, none", fix="tls for port 465, starttls for port 587")
    if account.security == "none" and account.host not in HERE:
        raise InvalidInput("security", "none is only for a server on this machine", fix="use tls or starttls")


def try_out(account: SmtpAccount) -> None:
    """Logs in and sends nothing.

    :raises InvalidInput: it can be no account
    :raises AccountRefused: the server does not answer, or does not let the person in
    """
    checked(account)
    try:
        opened(account).close()
    except Blocked as error:
        raise AccountRefused(error.message, fix=error.fix) from error
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        said = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
        raise AccountRefused(
            f"{account.host}:{account.port} does not let {account.user or 'us'} in ({type(error).__name__}{said})",
            fix="check host, port and security; Gmail, iCloud and Yahoo want an app password",
        ) from error


def keep(conn: Connection, person_id: str, account: SmtpAccount) -> None:
    """Keeps a person's account, sealed, instead of the one before. Try it first (:func:`try_out`).

    :raises InvalidInput: it can be no account, or there is no such person
    """
    checked(account)
    refuse_the_erased(conn, person_id)
    if conn.execute("select 1 from person where id = %s for share", (person_id,)).fetchone() is None:
        raise InvalidInput("person", f"there is no {person_id}", fix="./rolecall person add")
    sealed = fernet().encrypt(account.password.get_secret_value().encode())
    conn.execute(
        """
        insert into smtp_account (person_id, address, host, port, security, username, secret) values (%s, %s, %s, %s, %s, %s, %s)
        on conflict (person_id) do update
        set address = excluded.address, host = excluded.host, port = excluded.port, security = excluded.security,
            username = excluded.username, secret = excluded.secret, changed_at = clock_timestamp()
        """,
        (person_id, account.address, account.host, account.port, account.security, account.user, sealed),
    )
    conn.execute("insert into audit (actor, action, subject) values ('the person', 'SMTP settings kept', 'smtp_account')")


def shown(conn: Connection, person_id: str) -> dict[str, Any] | None:
    """A person's settings without the password; ``None``: there are none."""
    return conn.execute(
        'select address, host, port, security, username as "user", changed_at as "changedAt" from smtp_account where person_id = %s',
        (person_id,),
    ).fetchone()


def forget(conn: Connection, person_id: str) -> bool:
    """Forgets a person's settings and their password; whether there were any."""
    return conn.execute("delete from smtp_account where person_id = %s", (person_id,)).rowcount == 1


def account_of(conn: Connection, person_id: str) -> SmtpAccount | None:
    """A person's account, opened; ``None``: they have given none.

    :raises InvalidInput: it was sealed under another key
    """
    row = conn.execute("select * from smtp_account where person_id = %s", (person_id,)).fetchone()
    if row is None:
        return None
    try:
        password = fernet().decrypt(bytes(row["secret"])).decode()
    except InvalidToken as error:
        fix = "give them again: ./rolecall person smtp"
        raise InvalidInput("smtp", f"the SMTP settings were sealed under another {KEY}", fix=fix) from error
    return SmtpAccount(row["address"], row["host"], row["port"], row["security"], row["username"], SecretStr(password))
