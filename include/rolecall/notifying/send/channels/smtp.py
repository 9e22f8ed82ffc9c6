"""E-mail by SMTP (RFC 5321), phase by phase: before the final dot nothing was sent, after it the letter may have arrived.

``SMTP_SECURITY``: ``none``; ``starttls`` (must be offered, certificate checked); ``tls`` (from the first byte, certificate checked);
``opportunistic``, the default: encrypts where the server offers it, and then checks the certificate where a password is to be sent.
A password is never sent unencrypted unless ``none`` asks for it. Gmail: ``smtp.gmail.com``, 587, ``starttls``, an app password.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate

from rolecall.endpoints import Endpoints
from rolecall.errors import AuthFailed, InvalidInput, MaybeReceived, NeverSent, NotThisOne, RequestRejected, ServiceBusy, ServiceError
from rolecall.notifying.send.channels.common import MailLine, SentMessage, required
from rolecall.notifying.send.channels.letter import Letter

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds for the connection, and for each reply."""

LETTERS = 100
"""Letters in one session: mail servers end sessions that go on for ever."""

SECURITY = ("none", "starttls", "tls", "opportunistic")
SERVICE = "the mail server"
LOST = OSError
"""The connection broke or was never made: time-outs, refusals, DNS, TLS; smtplib's own errors are OSErrors too."""

POLICY = SMTP_POLICY.clone(cte_type="7bit", max_line_length=78)
"""CRLF, folded headers, and bodies that pass servers without 8BITMIME."""


def send(letter: Letter, settings: Endpoints, line: MailLine, leaving: Callable[[], None]) -> SentMessage:
    """Sends one letter; the provider id is the ``Message-ID``.

    :param leaving: called when the server has agreed to sender and recipient, before the first byte of the letter
    :raises NeverSent: no connection, no TLS, or it broke before the letter
    :raises AuthFailed: user or password
    :raises ServiceBusy: a 4xx reply: not now
    :raises RequestRejected: a 5xx reply; ``status`` is the SMTP code
    :raises MaybeReceived: the connection broke after the letter left
    """
    mime = as_mime(letter)
    line.transmit(settings, letter, mime.as_bytes(), leaving)
    return SentMessage(str(mime["Message-ID"]))


class MailRoom:
    """One session a thread, used for many letters; a session that fails is never used again. Close it at the end."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._open: set[smtplib.SMTP] = set()

    def transmit(self, settings: Endpoints, letter: Letter, content: bytes, leaving: Callable[[], None]) -> None:
        """Hands over one letter, over the thread's session where it has one that still works."""
        server = self._reusable()
        if server is None:
            server = self._called(settings)
        self._mine.server = None  # until the letter is taken, nobody may rely on the session
        try:
            _transmit(server, letter, content, leaving)
        except BaseException:
            self._hang_up(server)
            raise
        self._mine.letters += 1
        self._mine.server = server

    def close(self) -> None:
        """Closes the sessions of all threads."""
        for server in list(self._open):
            self._hang_up(server)

    def _reusable(self) -> smtplib.SMTP | None:
        """The thread's session, if it is not used up and the server still answers: asked before anything of the letter is said."""
        server: smtplib.SMTP | None = getattr(self._mine, "server", None)
        if server is None:
            return None
        try:
            if self._mine.letters < LETTERS and server.rset()[0] == 250:
                return server
        except LOST:
            pass
        self._hang_up(server)
        return None

    def _called(self, settings: Endpoints) -> smtplib.SMTP:
        try:
            server = _connected(settings)
        except LOST as error:
            raise NeverSent(
                f"{SERVICE} at {settings.smtp_host}:{settings.smtp_port} gave no session ({type(error).__name__}: {error})",
                fix="check SMTP_HOST, SMTP_PORT and SMTP_SECURITY",
            ) from error
        self._mine.letters = 0
        with self._lock:
            self._open.add(server)
        return server

    def _hang_up(self, server: smtplib.SMTP) -> None:
        with self._lock:
            self._open.discard(server)
        _leave(server)


def as_mime(letter: Letter) -> EmailMessage:
    """The MIME message: plain text, with HTML as the richer alternative."""
    mime = EmailMessage(policy=POLICY if _ascii(letter) else POLICY.clone(utf8=True))
    local, domain = letter.sender.rsplit("@", 1)
    mime["From"] = Address(letter.sender_name, local, domain)
    mime["To"] = Address("", *letter.recipient.rsplit("@", 1))
    if letter.cc:
        mime["Cc"] = [Address("", *one.rsplit("@", 1)) for one in letter.cc]
    mime["Subject"] = letter.subject
    mime["Date"] = formatdate(localtime=False)
    mime["Message-ID"] = f"<{letter.id}@{domain}>"  # the same for every attempt: receivers and people can see a repeat
    mime["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies, please
    for name, value in letter.headers.items():
        mime[name] = value
    mime.set_content(letter.text)
    if letter.html:
        mime.add_alternative(letter.html, subtype="html")
    for file in letter.files:
        kind, _, subtype = file.type.partition("/")
        if kind == "text":
            mime.add_attachment(file.content.decode("utf-8", "replace"), subtype=subtype, filename=file.filename)
        else:
            mime.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.filename)
    return mime


def _connected(settings: Endpoints) -> smtplib.SMTP:
    """A session that is ready for a letter."""
    host, security = required(settings, "smtp_host", "SMTP"), settings.smtp_security.strip().lower()
    if security not in SECURITY:
        raise InvalidInput("SMTP_SECURITY", f"{settings.smtp_security!r} is unknown", fix=f"use one of {', '.join(SECURITY)}")
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, settings.smtp_port, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, settings.smtp_port, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        encrypted = security == "tls" or _encrypt(server, security, checked=bool(settings.smtp_user))
        _log_in(server, settings, allowed=encrypted or security == "none")
    except BaseException:
        server.close()
        raise
    return server


def _encrypt(server: smtplib.SMTP, security: str, *, checked: bool) -> bool:
    """Whether the session is encrypted now."""
    offered = server.has_extn("starttls")
    if security == "starttls" and not offered:
        raise NeverSent(f"{SERVICE} does not offer STARTTLS", fix="check SMTP_HOST and SMTP_PORT, or set SMTP_SECURITY to what it offers")
    if security == "none" or not offered:
        return False
    context = ssl.create_default_context()
    if security == "opportunistic" and not checked:  # unchecked encryption beats none; no password is at stake
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    server.starttls(context=context)
    server.ehlo_or_helo_if_needed()
    return True


def _log_in(server: smtplib.SMTP, settings: Endpoints, *, allowed: bool) -> None:
    if not settings.smtp_user:
        return
    if not allowed:
        raise AuthFailed(
            f"{SERVICE} offers no encryption, so the password was not sent",
            fix="use a port with TLS, or set SMTP_SECURITY=none to allow it",
        )
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    try:
        server.login(settings.smtp_user, password)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:  # not now
            raise
        raise AuthFailed(
            f"{SERVICE} refused user and password (SMTP {error.smtp_code})", fix="check SMTP_USER and SMTP_PASSWORD"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise AuthFailed(f"{SERVICE} takes no password", fix="unset SMTP_USER, or check SMTP_PORT and SMTP_SECURITY") from error


def _transmit(server: smtplib.SMTP, letter: Letter, content: bytes, leaving: Callable[[], None]) -> None:
    try:
        _expect(server.mail(letter.sender, [] if _ascii(letter) else ["SMTPUTF8"]), 250)
        _expect(server.rcpt(letter.recipient), 250, 251, busy=NotThisOne)
        for copy in (*letter.cc, *letter.bcc):  # a copy that is refused keeps nobody from the letter
            if server.rcpt(copy)[0] not in (250, 251):
                log.warning("%s refused a copy of %s", SERVICE, letter.id)
    except smtplib.SMTPNotSupportedError as error:
        raise InvalidInput("recipient", "the mail server takes only ASCII addresses", fix="use an address without accents") from error
    except LOST as error:
        raise NeverSent(f"{SERVICE} hung up before the letter ({type(error).__name__})", fix="it is tried again later") from error
    leaving()
    try:
        _expect(server.data(content), 250, busy=NotThisOne)
    except smtplib.SMTPDataError as error:  # the reply to DATA itself: the letter has not left
        raise _refused(error.smtp_code, error.smtp_error, NotThisOne) from error
    except LOST as error:
        raise MaybeReceived(
            f"{SERVICE} hung up while taking the letter ({type(error).__name__})", fix="it may have arrived; look for its Message-ID there"
        ) from error


def _expect(reply: tuple[int, bytes], *codes: int, busy: type[ServiceBusy] = ServiceBusy) -> None:
    if reply[0] not in codes:
        raise _refused(*reply, busy)


def _refused(code: int, said: bytes | str, busy: type[ServiceBusy]) -> ServiceError:
    """What a reply means: 4xx is "not now", 5xx is "no"; 421 is the server's own fault, whatever was asked (RFC 5321, 4.2.1 and 3.8).

    :param busy: what "not now" is at this point: after ``RCPT`` and ``DATA`` it is about this letter (a full box, greylisting)
    """
    words = " ".join((said.decode("utf-8", "replace") if isinstance(said, bytes) else said).split())[:200]
    if 400 <= code < 500:
        return (ServiceBusy if code == 421 else busy)(f"{SERVICE} answered {code} {words}", fix="it is tried again later")
    return RequestRejected(f"{SERVICE} answered {code} {words}", status=code, fix="correct the address or the sender as it says")


def _ascii(letter: Letter) -> bool:
    return "".join((letter.sender, letter.recipient, *letter.cc, *letter.bcc)).isascii()


def _leave(server: smtplib.SMTP) -> None:
    """Closes the session; errors are ignored, as the outcome of the letter is known."""
    try:
        server.quit()
    except OSError:
        server.close()
