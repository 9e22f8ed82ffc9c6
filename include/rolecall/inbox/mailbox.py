"""A person's mailbox by IMAP: read only (EXAMINE), from the last UID on. Their app password or refresh token is kept sealed."""

from __future__ import annotations

import imaplib
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.fernet import InvalidToken
from imap_tools import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxUnencrypted

from rolecall.applying.tokens import KEY, fernet
from rolecall.clients.oauth import PROVIDERS, Grant, refreshed
from rolecall.clients.public_hosts import MOST_BYTES, MailTls, mail_socket
from rolecall.errors import AuthFailed, Blocked, InvalidInput, RolecallError, ServiceError
from rolecall.people.privacy import refuse_the_erased
from rolecall.store import Connection

TIMEOUT = 30.0
"""Seconds of one answer."""

CONVERSATION = 180.0
"""Seconds of all of them: what was not read by then is read by the next run."""

MOST_FETCHED = 400_000
"""Bytes of one mail that are fetched: its words come first, attachments last."""

MOST_OF_ONE = 10
"""Mailboxes of one person: each takes a turn of everybody's."""

AT_ONCE = 50
"""Mails of one FETCH, and of one transaction."""

NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.I)
"""How a server says that a login failed for another reason than the password (RFC 5530)."""

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
"""Where a connection without TLS goes through no net."""


SENT_FLAG = "\\Sent"
"""How a server marks the folder of what was sent (RFC 6154)."""

SENT_NAMES = frozenset(
    {"sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte", "envoyés",
     "éléments envoyés", "messages envoyés", "enviados", "elementos enviados", "inviata", "posta inviata", "verzonden items"}
)  # fmt: skip
"""What it is called where no server marks it."""


class MailboxError(RolecallError):
    """A mailbox cannot be read now."""


class LoginRefused(MailboxError):
    """The server does not let the person in: the password was changed, or it is none for programs."""


class FolderMissing(MailboxError):
    """There is no such folder."""


@dataclass(frozen=True)
class Mailbox:
    """Where a person's mails are, and how far they were read.

    :param since: nothing older is looked at
    :param secret: the app password; ``""`` where there is a grant
    :param uidvalidity: of the folder, as last read
    :param grant: where it is read by XOAUTH2
    """

    id: str
    person_id: str
    host: str
    port: int
    username: str
    secret: str
    folder: str
    job_alerts: bool
    since: datetime
    uidvalidity: int | None
    last_uid: int
    grant: Grant | None = None


def load(conn: Connection, mailbox_id: str) -> Mailbox | None:
    """A mailbox, unsealed; ``None``: there is none by this id any more.

    :raises InvalidInput: it was sealed under another key
    """
    row = conn.execute("select * from mailbox where id = %s", (mailbox_id,)).fetchone()
    if row is None:
        return None
    try:
        secret = fernet().decrypt(bytes(row["secret"])).decode()
    except InvalidToken as error:
        fix = "give it again: ./rolecall mailbox add"
        raise InvalidInput("password", f"the mailbox of {row['username']} was sealed under another {KEY}", fix=fix) from error
    fields = ("person_id", "host", "port", "username", "folder", "job_alerts", "since", "uidvalidity", "last_uid")
    grant = Grant.of_text(secret) if row["provider"] else None
    return Mailbox(id=str(row["id"]), secret="" if grant else secret, grant=grant, **{field: row[field] for field in fields})


def keep_grant(conn: Connection, mailbox_id: str, was: Grant, now: Grant) -> None:
    """Keeps what a grant became, unless the person gave another meanwhile. In the caller's transaction."""
    row = conn.execute("select secret, provider from mailbox where id = %s for update", (mailbox_id,)).fetchone()
    if row is None or row["provider"] != was.provider:
        return
    kept = Grant.of_text(fernet().decrypt(bytes(row["secret"])).decode())
    if (kept.client_id, kept.refresh_token) == (was.client_id, was.refresh_token):
        conn.execute("update mailbox set secret = %s where id = %s", (fernet().encrypt(now.as_text().encode()), mailbox_id))


def tried(host: str, port: int, username: str, *, password: str = "", grant: Grant | None = None, folder: str = "INBOX") -> Mailbox:
    """A mailbox that is kept nowhere, to be tried. Without a host: its provider's."""
    host = host or (PROVIDERS[grant.provider].host if grant else "")
    return Mailbox("", "", host, port, username, password, folder, False, datetime.now(UTC), None, 0, grant)


def try_out(asked: Mailbox) -> Mailbox:
    """Opens the folder and reads nothing; the mailbox as it is to be kept: with the access token that was asked for.

    :raises LoginRefused: FolderMissing: MailboxError: it cannot be read
    """
    grants = [asked.grant]
    with opened(asked, grants.append) as folder:
        folder.uidvalidity  # noqa: B018  # asked for, so that what cannot be read is said now
    return replace(asked, grant=grants[-1])


def add(conn: Connection, person_id: str, *, host: str, port: int, username: str, password: str = "", grant: Grant | None = None,
        folder: str = "INBOX", job_alerts: bool = False) -> str:  # fmt: skip
    """Keeps a mailbox, sealed; the same one again gets the new password or grant. Returns its id. Try :func:`opened` first.

    :raises InvalidInput: there is no such person, or they have given :data:`MOST_OF_ONE` others
    :raises Erased: the person was erased
    """
    refuse_the_erased(conn, person_id)
    if conn.execute("select 1 from person where id = %s for update", (person_id,)).fetchone() is None:
        raise InvalidInput("person", f"there is no {person_id}", fix="./rolecall person add")
    others = "select count(*) as n from mailbox where person_id = %s and (host, username, folder) <> (%s, %s, %s)"
    count = conn.execute(others, (person_id, host, username, folder)).fetchone()
    if count and count["n"] >= MOST_OF_ONE:
        raise InvalidInput("mailbox", f"there are {MOST_OF_ONE} already", fix="forget one first, or let mails be forwarded into another")
    sealed = fernet().encrypt((grant.as_text() if grant else password).encode())
    row = conn.execute(
        """
        insert into mailbox (person_id, host, port, username, secret, provider, folder, job_alerts) values (%s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (person_id, host, username, folder) do update
        set port = excluded.port, secret = excluded.secret, provider = excluded.provider, job_alerts = excluded.job_alerts,
            tried_at = null, refused_at = null, refusal = ''
        returning id
        """,
        (person_id, host, port, username, sealed, grant.provider if grant else "", folder, job_alerts),
    ).fetchone()
    assert row is not None  # noqa: S101  # it returns a row
    conn.execute("insert into audit (actor, action, subject) values (%s, 'mailbox added', %s)", ("the person", f"mailbox {row['id']}"))
    return str(row["id"])


def remove(conn: Connection, mailbox_id: str) -> bool:
    """Forgets a mailbox and its password; what was kept of its mails stays. Returns whether it was there."""
    return conn.execute("delete from mailbox where id = %s", (mailbox_id,)).rowcount > 0


@contextmanager
def opened(mailbox: Mailbox, keep: Callable[[Grant], None] | None = None) -> Iterator[OpenFolder]:
    """The folder, opened with EXAMINE: no flag changes by reading.

    :param keep: is given the grant that has a new access token, before it is used
    :raises LoginRefused: FolderMissing: MailboxError: in the server's words, without the password
    """
    where = f"{mailbox.host}:{mailbox.port}"
    grant, is_new = _granted(mailbox.grant, keep) if mailbox.grant else (None, True)
    try:
        if mailbox.port != 993 and mailbox.host in HERE:
            client: BaseMailBox = _PlainMailBox(mailbox.host, mailbox.port, timeout=TIMEOUT)
        else:
            client = _TlsMailBox(mailbox.host, mailbox.port, timeout=TIMEOUT, ssl_context=MailTls())
    except Blocked as error:
        raise MailboxError(error.message, fix=error.fix) from error
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"{where} does not answer as a mail server ({error})", fix="check --host and --port (993 with TLS)") from error
    try:
        try:
            if grant is None:
                client.login(mailbox.username, mailbox.secret, initial_folder=None)
            elif not _lets_in(client, mailbox.username, grant, where):
                again = None if is_new else _granted(replace(grant, access_token=""), keep)[0]  # taken back before its time
                if again is None or not _lets_in(client, mailbox.username, again, where):
                    fix = "let the provider give a refresh token that reads mail by IMAP, and give that"
                    raise LoginRefused(f"{where} does not let {mailbox.username} in by the token of {grant.provider}", fix=fix)
            client.folder.set(mailbox.folder, readonly=True)
        except MailboxLoginError as error:
            if NOT_NOW.search(str(error)):
                raise MailboxError(f"{where} lets nobody in now", fix="it is read again in some minutes") from error
            fix = "make an app password in the mail provider's settings and give that (Gmail, iCloud and Yahoo ask for one)"
            raise LoginRefused(f"{where} does not let {mailbox.username} in", fix=fix) from error
        except MailboxFolderSelectError as error:
            raise FolderMissing(f"{where} has no folder {mailbox.folder!r}", fix="name one that is there: --folder INBOX") from error
        yield OpenFolder(client, where)
    except (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError) as error:
        raise MailboxError(f"{where} ended the conversation ({type(error).__name__})", fix="it is read again in some minutes") from error
    finally:
        with suppress(ImapToolsError, imaplib.IMAP4.error, OSError, EOFError):  # a server that has gone needs no good-bye
            client.logout()


def _granted(grant: Grant, keep: Callable[[Grant], None] | None) -> tuple[Grant, bool]:
    """The grant with an access token that is still good, and whether it was asked for just now.

    :raises LoginRefused: the refresh token is refused
    :raises MailboxError: nobody exchanges it now
    """
    if grant.lets_in(datetime.now(UTC)):
        return grant, False
    try:
        made = refreshed(grant)
    except AuthFailed as error:
        raise LoginRefused(error.message, fix=error.fix) from error
    except ServiceError as error:
        raise MailboxError(error.message, fix="it is read again in some minutes") from error
    if keep is not None:
        keep(made)
    return made, True


def _lets_in(client: BaseMailBox, username: str, grant: Grant, where: str) -> bool:
    """Whether the server takes the access token. What it says of one that it does not take is answered with nothing, as it asks for.

    :raises MailboxError: it lets nobody in now
    """
    said = [f"user={username}\x01auth=Bearer {grant.access_token}\x01\x01".encode()]
    try:
        client.client.authenticate("XOAUTH2", lambda challenge: said.pop() if said else b"")
    except imaplib.IMAP4.abort:
        raise  # the connection broke: that is no answer
    except imaplib.IMAP4.error as error:
        if NOT_NOW.search(str(error)):
            raise MailboxError(f"{where} lets nobody in now", fix="it is read again in some minutes") from None
        return False
    return True


class _Bounded(imaplib.IMAP4):
    def read(self, size: int) -> bytes:
        if size > MOST_BYTES:
            raise self.abort(f"an answer of {size:,} bytes was not asked for")
        return super().read(size)


class _PlainImap(_Bounded):
    """To public mail servers only."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return mail_socket(self.host, int(self.port), timeout, lasts=CONVERSATION)


class _TlsImap(_Bounded, imaplib.IMAP4_SSL):
    """The same, with TLS from the first byte."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        made: socket.socket = self.ssl_context.wrap_socket(
            mail_socket(self.host, int(self.port), timeout, lasts=CONVERSATION), server_hostname=self.host
        )
        return made


class _PlainMailBox(MailBoxUnencrypted):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _PlainImap(self._host, self._port, self._timeout)


class _TlsMailBox(MailBox):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _TlsImap(self._host, self._port, ssl_context=self._ssl_context, timeout=self._timeout)


class OpenFolder:
    """An IMAP folder opened with EXAMINE (read only)."""

    def __init__(self, client: BaseMailBox, where: str) -> None:
        self._client, self._imap, self._where = client, client.client, where

    def turn_to_sent(self) -> str | None:
        """Opens the folder in which the server keeps what was sent, instead; its name, or ``None`` where there is none."""
        folders = self._client.folder.list()
        marked = [one.name for one in folders if SENT_FLAG in one.flags]
        named = [one.name for one in folders if one.name.rpartition(one.delim or "/")[2].casefold() in SENT_NAMES]
        for name in (marked or named)[:1]:
            self._client.folder.set(name, readonly=True)
            return name
        return None

    def holds(self, message_id: str) -> bool:
        """Whether a mail with this Message-ID is in the folder."""
        bare = message_id.strip("<> ")
        if not bare or any(sign in '"\\' or not " " < sign < "\x7f" for sign in bare):
            return False
        _, said = self._imap.uid("SEARCH", "HEADER", "Message-ID", f'"{bare}"')
        return any(each.isdigit() for line in said if line for each in line.split())

    @property
    def uidvalidity(self) -> int:
        """The folder's UIDVALIDITY.

        :raises MailboxError: it has none
        """
        _, said = self._imap.response("UIDVALIDITY")
        try:
            return int(said[0])
        except (TypeError, ValueError, IndexError) as error:
            raise MailboxError(f"{self._where} gives no UIDVALIDITY", fix="choose another folder") from error

    def uids(self, after: int, since: datetime) -> list[int]:
        """UIDs above ``after``, of mails that came since a day, in order."""
        _, said = self._imap.uid("SEARCH", f"UID {after + 1}:*", "SINCE", since.strftime("%d-%b-%Y"))
        found = {int(each) for line in said if line for each in line.split() if each.isdigit()}
        return sorted(uid for uid in found if uid > after)  # "n:*" gives the last one, too, where it is below n

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """UID → the beginning of the mail. One that has gone meanwhile is missing."""
        self._imap.sock.taken = 0  # type: ignore[attr-defined]  # what an answer may hold is counted by answer
        _, said = self._imap.uid("FETCH", ",".join(map(str, uids)), f"(UID BODY.PEEK[]<0.{MOST_FETCHED}>)")
        found: dict[int, bytes] = {}
        for place, each in enumerate(said):
            if isinstance(each, tuple):
                after = said[place + 1] if place + 1 < len(said) and isinstance(said[place + 1], bytes) else b""
                words = [*each[0].replace(b"(", b" ").split(), *after.replace(b")", b" ").split()]
                if b"UID" in words[:-1] and words[words.index(b"UID") + 1].isdigit():
                    found[int(words[words.index(b"UID") + 1])] = each[1]
        return found
