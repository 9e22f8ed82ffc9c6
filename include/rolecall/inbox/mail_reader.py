"""One mail as its reader sees it: headers, the sender's own words, calendar parts, a bounce's report. Any bytes give one, none raise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from rolecall.inbox.seen_text import looks_like_html, seen_of_html
from rolecall.text.dates import mail_date
from rolecall.text.html import SURROGATE, decode, repaired

MOST_BYTES = 2_000_000
"""Of one mail; what comes after it is not looked at (attachments come last)."""

MOST_TEXT = 200_000
"""Characters of one text part before it is read; :data:`MOST_WORDS` after."""

MOST_WORDS = 40_000
MOST_PARTS = 100
MOST_NESTED = 60
"""Multiparts in one mail; real ones have five. Python's parser takes time with their depth for each line."""

MOST_HEADER = 2_000
MULTIPART = re.compile(rb"multipart/", re.I)


@dataclass
class Mail:
    """One mail.

    :param text: the sender's own words, without what is quoted
    :param quoted: what was cut off
    :param calendars: bodies of ``text/calendar`` parts
    :param report: the fields of a delivery report; empty: it is none
    :param returned: Message-IDs of mails that came back
    :param pages: the source of its HTML parts
    """

    subject: str = ""
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    recipients: tuple[str, ...] = ()
    message_id: str = ""
    refers_to: tuple[str, ...] = ()
    sent_at: datetime | None = None
    authentication: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    quoted: str = ""
    calendars: tuple[bytes, ...] = ()
    report: dict[str, str] = field(default_factory=dict)
    returned: tuple[str, ...] = ()
    broken: bool = False
    pages: tuple[str, ...] = ()


def read(raw: bytes) -> Mail:
    """The mail; of one that no parser can take, its headers."""
    head = raw[:MOST_BYTES]
    deep = len(MULTIPART.findall(head)) > MOST_NESTED
    try:
        message = message_from_bytes(only_headers(head) if deep else head)
        mail = _with_headers(message)
        mail.broken = deep
        if not deep:
            _add_parts(mail, message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, KeyError, IndexError):
        # email.* raises what it likes on damaged mails
        mail = _with_headers(message_from_bytes(only_headers(head)))
        mail.broken = True
    return mail


def only_headers(raw: bytes) -> bytes:
    """A mail's headers as a mail of plain text without any."""
    ends = [end for end in (raw.find(b"\n\n"), raw.find(b"\r\n\r\n")) if end >= 0]
    lines = raw[: min([*ends, 100_000])].splitlines(keepends=True)
    kept, skipping = [], False
    for line in lines:
        skipping = line[:1] in b" \t" if skipping and line[:1] in (b" ", b"\t") else line.lower().startswith(b"content-")
        if not skipping:
            kept.append(line)
    return b"".join(kept) + b"\n\n"


def _with_headers(message: Message) -> Mail:
    name, address = parseaddr(header(message, "From"))
    recipients = [
        parseaddr(one)[1].lower()
        for each in ("To", "Cc", "Delivered-To", "X-Original-To")
        for value in (message.get_all(each) or [])[:5]
        for one in decoded(value).split(",")[:50]
    ]
    own, *_ = [*ids(header(message, "Message-ID")), ""]
    return Mail(
        subject=header(message, "Subject"),
        sender=address.lower(),
        sender_name=name,
        reply_to=parseaddr(header(message, "Reply-To"))[1].lower(),
        recipients=tuple(dict.fromkeys(one for one in recipients if "@" in one)),
        message_id=own,
        refers_to=tuple(dict.fromkeys([*ids(header(message, "In-Reply-To")), *ids(header(message, "References", 20_000))])),
        sent_at=mail_date(header(message, "Date")),
        authentication=tuple(decoded(value) for value in (message.get_all("Authentication-Results") or [])[:10]),
        headers={
            each.lower(): header(message, each)
            for each in ("Auto-Submitted", "List-Unsubscribe", "List-Id", "Precedence", "X-LinkedIn-Template", "X-Failed-Recipients",
                         "Return-Path", "Content-Type")
            if message.get(each) is not None
        },
    )  # fmt: skip


ID = re.compile(r"<([^<>\s]{1,500})>")


def ids(text: str) -> list[str]:
    """Message-IDs of a header, without their brackets."""
    return ID.findall(text)[:100]


def header(message: Message, name: str, limit: int = MOST_HEADER) -> str:
    """A header as text on one line; ``""`` where there is none."""
    return decoded(message.get(name), limit)


def decoded(value: object, limit: int = MOST_HEADER) -> str:
    """A raw header's value as text: encoded words decoded, mojibake undone, on one line."""
    text = SURROGATE.sub(lambda found: chr(ord(found[0]) & 0xFF), str(value or "")[:limit])
    pieces: list[str] = []
    try:
        for piece, charset in decode_header(text):
            pieces.append(piece if isinstance(piece, str) else _in_charset(piece, charset))
    except (ValueError, LookupError):  # base64 that is none
        pieces = [text]
    return " ".join(repaired("".join(pieces)).replace("\0", "").split())


def _in_charset(piece: bytes, charset: str | None) -> str:
    if charset:
        try:
            return piece.decode(charset, "replace")
        except LookupError:
            pass
    return decode(piece)


def _parts(message: Message) -> Iterator[Message]:
    """The parts in order, not those of mails attached to it."""
    stack, seen = [message], 0
    while stack and seen < MOST_PARTS:
        part = stack.pop()
        seen += 1
        yield part
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_type() not in ("message/rfc822", "message/delivery-status"):
            stack.extend(one for one in reversed(inner[:MOST_PARTS]) if isinstance(one, Message))


def _add_parts(mail: Mail, message: Message) -> None:
    plain: list[str] = []
    html: list[str] = []
    calendars: list[bytes] = []
    returned: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            mail.report |= _report(part)
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            returned += _returned(part)
        elif kind == "text/calendar" or (kind.startswith("application/") and str(part.get_filename() or "").lower().endswith(".ics")):
            calendars.append(_bytes(part)[:200_000])
        elif kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
            text = _in_charset(_bytes(part), part.get_content_charset())[:MOST_TEXT]
            (html if kind == "text/html" or looks_like_html(text) else plain).append(text)
    forwarded = bool(FORWARDED_SUBJECT.match(mail.subject))
    shown = "\n\n".join(seen_of_html(each, forwarded=forwarded) for each in html[:3])
    written = "\n".join(plain[:5])
    words = shown if len(shown.split()) >= 5 or not written.strip() else written
    words = repaired(words[: 4 * MOST_WORDS]).replace("\0", "")
    mail.text, mail.quoted = own_words(words[:MOST_WORDS], forwarded=forwarded)
    mail.calendars, mail.pages = tuple(calendars[:5]), tuple(html[:3])
    mail.returned = tuple(dict.fromkeys(returned))


def _bytes(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        found = None
    if isinstance(found, bytes):
        return found
    return str(part.get_payload()).encode("utf-8", "surrogateescape") if isinstance(part.get_payload(), str) else b""


def _report(part: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    blocks = part.get_payload()
    for block in blocks[:20] if isinstance(blocks, list) else []:
        if isinstance(block, Message):
            found |= {name.lower(): decoded(value) for name, value in list(block.items())[:50]}
    return found


def _returned(part: Message) -> list[str]:
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return ids(header(inner[0], "Message-ID"))
    return ids(header(message_from_bytes(only_headers(_bytes(part))), "Message-ID"))


FORWARDED_SUBJECT = re.compile(r"\s{0,5}(?:fwd?|wg|tr|rv|i|enc|doorst)\s{0,2}:", re.I)
FORWARDED = re.compile(
    r"^\W{0,20}(?:forwarded message|weitergeleitete nachricht|message transf[ée]r[ée]|mensaje reenviado|begin forwarded message)\b.{0,40}$",
    re.I,
)
QUOTED = re.compile(
    r"^(?:"
    r">.*"
    r"|on .{4,200}\bwrote\s?:"
    r"|am .{4,200}\bschrieb\b.{0,150}:"
    r"|le .{4,200}\ba [ée]crit\s?:"
    r"|el .{4,200}\bescribi[óo]\s?:"
    r"|il .{4,200}\bha scritto\s?:"
    r"|-{3,20}\s?(?:original message|urspr[üu]ngliche nachricht|message d.origine|mensaje original|original appointment)\s?-{0,20}"
    r")$",
    re.I,
)
HEADER_LINE = re.compile(r"^\W{0,3}(?:from|von|de|da|van)\W{0,3}:\s?\S", re.I)
NEXT_HEADER = re.compile(
    r"^\W{0,3}(?:sent|date|to|subject|gesendet|datum|an|betreff|envoy[ée]|[àa]|objet|enviado|para|asunto|fecha)\W{0,3}:", re.I
)
SIGNATURE = re.compile(r"^--\s?$")


LONGEST_SIGNATURE = 12


MOST_FORWARDS = 20
"""Times that a mail was forwarded, as far as it is followed."""


def own_words(text: str, *, forwarded: bool = False, followed: int = 0) -> tuple[str, str]:
    """(the sender's words, what they quote). Of a forwarded mail, the words that were forwarded."""
    lines = text.splitlines()
    said, kept = False, list[str]()
    for number, line in enumerate(lines):
        bare = line.strip()[:300]
        if followed < MOST_FORWARDS and (FORWARDED.match(bare) or (forwarded and _header_block(lines, number))):
            after = number + 1
            while after < len(lines) and after < number + 12 and (not lines[after].strip() or ":" in lines[after][:40]):
                after += 1
            return own_words("\n".join(lines[after:]), followed=followed + 1)
        if said and (_header_block(lines, number) or (SIGNATURE.match(bare) and len(lines) - number <= LONGEST_SIGNATURE)):
            return "\n".join(kept).strip(), "\n".join(lines[number:])
        introduces = QUOTED.match(bare) or (
            bare.lower().startswith(("on ", "am ", "le ", "el ", "il "))
            and QUOTED.match(f"{bare} {''.join(lines[number + 1 : number + 2]).strip()[:200]}")
        )
        if introduces and not bare.startswith(">"):
            below = next((each for each in lines[number + 1 : number + 5] if each.strip().startswith(">")), None)
            if said and below is None:
                return "\n".join(kept).strip(), "\n".join(lines[number:])
            continue
        if not bare.startswith(">"):
            kept.append(line)
            said = said or bool(bare)
    return "\n".join(kept).strip(), "\n".join(line for line in lines if line.lstrip().startswith(">"))


def _header_block(lines: list[str], number: int) -> bool:
    """Whether the headers of another mail begin in this line."""
    if not HEADER_LINE.match(lines[number].strip()[:100]):
        return False
    return sum(bool(NEXT_HEADER.match(line.strip()[:100])) for line in lines[number + 1 : number + 6]) >= 2
