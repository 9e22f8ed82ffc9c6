"""By e-mail: an ad that names an address for applications, answered from the person's own mailbox.

What SMTP answers says what became of it. Until DATA is begun nothing was sent; from there on only the server's answer to the whole message
tells: taken, declined, or nobody knows. ``Message-ID`` comes from the idempotency key and is known before a byte leaves: by it the
Sent folder, or a bounce, settles what was unclear.
"""

from __future__ import annotations

import hashlib
import re
import smtplib
import socket
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import ClassVar, Literal
from urllib.parse import unquote

from pydantic import SecretStr

from rolecall.clients.public_hosts import MailTls, mail_socket
from rolecall.errors import Blocked, InvalidInput, MaybeReceived, NeverSent, RequestRejected, ServiceBusy
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters import FORWARD_LIMIT, Application
from rolecall.services.submitters.way_out import Destination, WayOut, destination_of
from rolecall.text.mail_domains import is_free_mail

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
MAX_MESSAGE = 20_000_000

VERB_LIMIT = 12.0
"""Seconds a mail server may take for one answer."""

CONVERSATION_LIMIT = 90.0
"""Seconds it may take for all of them: as long as that it holds one of the places in which applications leave."""


RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.org", "example.net")
"""Domains that nobody can own (RFC 2606): the only ones that a sandbox writes to."""


class MailWay(WayOut):
    """Jobs whose apply address is a ``mailto:`` on a domain that is no free-mail provider's."""

    name = "mail"
    order: ClassVar[int] = 30
    receipt = "the server's answer to the whole message, with its Message-ID"

    def destination(self, job: JobFacts) -> Destination | None:
        """The address."""
        url = job.apply_url or ""
        if not url.lower().startswith("mailto:"):
            return None
        address = unquote(url[7:].partition("?")[0]).strip()
        if not ADDRESS.fullmatch(address) or is_free_mail(address.rpartition("@")[2]):
            return None
        return Destination(self.name, address, why="the ad names an address for applications")


def is_reserved(address: str) -> bool:
    """Whether an address is on a domain that nobody owns."""
    domain = address.rpartition("@")[2].lower()
    return any(domain == one or domain.endswith(f".{one}") for one in RESERVED)


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """A person's own way to send mail.

    :param security: how the connection is made safe; ``none`` only on this machine
    """

    address: str
    host: str
    port: int
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: str = ""
    password: SecretStr = field(default=SecretStr(""))
    timeout: float = VERB_LIMIT


def message_id(key: str, address: str) -> str:
    """The same for the same key: known before anything is sent."""
    domain = address.rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def header_text(text: str) -> str:
    """A text as one line of a header: whatever ``EmailMessage`` would read as encoded words stays what it is, a text of a stranger's."""
    line = "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign)[0] != "C")
    while "=?" in line:
        line = line.replace("=?", "= ?")
    return line


def subject_of(title: str, name: str) -> str:
    """The subject of an application: which job, and who."""
    return header_text(f"{title} – {name}")[:200]


def composed(application: Application, destination: Destination, mailbox: SmtpAccount) -> EmailMessage:
    """The message: the letter as its text, the files beside it, from the person to the employer.

    :raises InvalidInput: an address that is none, no letter, or more than 20 MB
    """
    for name, address in (("to", destination.address), ("mailbox", mailbox.address)):
        if not ADDRESS.fullmatch(parseaddr(address)[1]):
            raise InvalidInput(name, "is no e-mail address", fix="correct it, or apply by hand")
    if not application.cover_letter.strip():
        raise InvalidInput("coverLetter", "is empty: a mail without a word is no application", fix="write a letter, or apply by hand")
    message = EmailMessage(policy=policy.SMTP)
    name = header_text(application.cv.name)
    message["From"] = formataddr((name, mailbox.address))
    message["Reply-To"] = formataddr((name, mailbox.address))
    message["To"] = destination.address
    message["Subject"] = subject_of(application.job.title, application.cv.name)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = message_id(application.key, mailbox.address)
    message.set_content(application.cover_letter)
    for one in application.files:
        kind = {"pdf": "pdf"}.get(one.name.rpartition(".")[2].lower(), "octet-stream")
        message.add_attachment(one.body, maintype="application", subtype=kind, filename=header_text(one.name))
    if len(message.as_bytes()) > MAX_MESSAGE:
        raise InvalidInput("files", f"make a mail of more than {MAX_MESSAGE:,} bytes", fix="give smaller ones, or apply by hand")
    return message


def send(message: EmailMessage, mailbox: SmtpAccount, *, may_leave: Callable[[], bool] = lambda: True) -> str:
    """Sends one message, once; the receipt names the server's answer and the Message-ID.

    :param may_leave: asked just before DATA: whether it still may
    :raises NeverSent: the message did not begin to leave
    :raises ServiceBusy: declined for now, before or after the whole of it; it was not taken
    :raises RequestRejected: declined for good; it was not taken
    :raises MaybeReceived: the connection was lost after DATA was begun
    """
    data = re.sub(rb"(?m)^\.", b"..", message.as_bytes())
    try:
        smtp = opened(mailbox)
    except Blocked as error:
        raise NeverSent(error.message, fix=f"{error.fix}; nothing was sent") from error
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise NeverSent(
            f"{mailbox.host} does not let us in ({_short(error)})", fix="check the mailbox's settings; nothing was sent"
        ) from error
    try:
        try:
            _agreed(smtp.mail(mailbox.address))
            _agreed(smtp.rcpt(str(message["To"])))
        except (OSError, smtplib.SMTPException) as error:
            raise NeverSent(f"{mailbox.host} hung up before the message ({_short(error)})", fix="nothing was sent; try again") from error
        if not may_leave():
            raise NeverSent("it took too long until the message could begin", fix="nothing was sent")
        try:
            code, said = smtp.docmd("DATA")
            if code != 354:
                raise _declined(code, said)
            smtp.send(data if data.endswith(b"\r\n") else data + b"\r\n")
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            fix = f"look into your Sent folder for {message['Message-ID']}, and for a bounce, before anything else"
            raise MaybeReceived(f"{mailbox.host} hung up during the message ({_short(error)})", fix=fix) from error
        if not 200 <= code < 300 and not 400 <= code < 600:
            raise MaybeReceived(f"{mailbox.host} gave no answer to the message", fix="look into your Sent folder before anything else")
        if code >= 400:
            raise _declined(code, said)
    finally:
        smtp.close()  # what it says to QUIT changes nothing
    return f"{message['Message-ID']} {code} {said.decode('utf-8', 'replace')[:200]}"


def opened(mailbox: SmtpAccount) -> smtplib.SMTP:
    """A connection that is let in.

    :raises Blocked: the server is on this machine or its network
    :raises OSError, smtplib.SMTPException: it is not
    """
    if mailbox.security == "tls":
        smtp: smtplib.SMTP = _TlsSmtp(mailbox.host, mailbox.port, timeout=mailbox.timeout, context=MailTls())
    else:
        smtp = _Smtp(mailbox.host, mailbox.port, timeout=mailbox.timeout)
    try:
        smtp.ehlo_or_helo_if_needed()
        if mailbox.security == "starttls":
            smtp.starttls(context=MailTls())
            smtp.ehlo()
        if mailbox.user:
            smtp.login(mailbox.user, mailbox.password.get_secret_value())
    except BaseException:
        smtp.close()
        raise
    return smtp


class _Smtp(smtplib.SMTP):
    """To public mail servers only."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return mail_socket(host, port, timeout, lasts=CONVERSATION_LIMIT)


class _TlsSmtp(smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(mail_socket(host, port, timeout, lasts=CONVERSATION_LIMIT), server_hostname=host)


class MailSubmitter:
    """Sends by the person's own SMTP settings.

    :param sandbox: writes only to addresses on domains that nobody can own
    """

    way = MailWay.name
    exact = True
    limit = FORWARD_LIMIT

    def __init__(self, *, sandbox: bool) -> None:
        self._sandbox = sandbox

    def accepts(self, job: JobFacts) -> bool:
        """Whether the job names an address for applications, and no other way comes first."""
        found = destination_of(job)
        return found.way == self.way and not (self._sandbox and not is_reserved(found.address))

    def submit(self, application: Application) -> str:
        """One message by SMTP.

        :raises NeverSent: there are no settings, or what would be sent is no mail
        """
        account = application.sender
        if not isinstance(account, SmtpAccount):
            raise NeverSent("there are no SMTP settings to send it with", fix="./rolecall person smtp; nothing was sent")
        try:
            message = composed(application, Destination(self.way, application.address), account)
        except InvalidInput as error:
            raise NeverSent(error.message, fix=f"{error.fix}; nothing was sent") from error
        except Exception as error:  # whatever it is, nothing has begun to leave
            raise NeverSent(f"it makes no mail ({type(error).__name__})", fix="apply by hand; nothing was sent") from error
        return send(message, account, may_leave=application.may_leave)

    def received(self, key: str) -> str | None:
        """Nobody can be asked: the Sent folder and a bounce tell."""
        return None

    def close(self) -> None:
        """Holds nothing."""


def _agreed(reply: tuple[int, bytes]) -> None:
    if not 200 <= reply[0] < 300:
        raise _declined(*reply)


def _declined(code: int, said: bytes) -> ServiceBusy | RequestRejected:
    told = f"the mail server said {code} {said.decode('utf-8', 'replace')[:200]}"
    if 400 <= code < 500:
        return ServiceBusy(told, fix="it was not taken; it may be sent again later")
    return RequestRejected(told, status=code, fix="it was not taken; check the address")


def _short(error: Exception) -> str:
    """What went wrong, without what was sent: a server may repeat a password."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return "the connection ended" if isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError)) else type(error).__name__
