"""A person's answers by mail: what each says, which application it is about, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rolecall.inbox import mail_reader
from rolecall.inbox.authentic import disguise, suspicion
from rolecall.inbox.invitations import invitation
from rolecall.inbox.mail_kinds import kind_of
from rolecall.inbox.understood import NOISE, Invitation, MailKind, Understood
from rolecall.inbox.whose import Whose, title_of, whose

__all__ = ["NOISE", "Invitation", "MailKind", "Understood", "understand"]

MEETINGS = frozenset({MailKind.INTERVIEW_INVITATION, MailKind.ASSESSMENT, MailKind.OFFER})
CALENDAR_METHODS = frozenset({"request", "publish", "cancel", "counter", "add", ""})


def understand(raw: bytes, *, applications: Sequence[Any] = ()) -> Understood:
    """What one mail says. Never raises, whatever the bytes are; reads nothing but them; takes time with their length, up to 2 MB.

    :param raw: the mail as it came (RFC 5322)
    :param applications: those it may be about, as mappings or objects with ``id``, ``company``, ``title`` and what is known of
        ``message_ids``, ``addresses``, ``tokens``, ``domains`` (:func:`rolecall.inbox.whose.read`)
    :return: ``application`` is the id of one of them only where that is certain; ``suspicious`` says why a mail must settle nothing
    """
    mail = mail_reader.read(bytes(raw))
    found = invitation(mail)
    meeting = found is not None and bool(found.uid) and found.method in CALENDAR_METHODS
    verdict = kind_of(mail, meeting=meeting, titles=map(title_of, applications))
    suspicious = suspicion(mail.authentication) or disguise(mail)
    of = Whose(None) if verdict.kind in NOISE else whose(mail, applications)
    return Understood(
        kind=verdict.kind,
        application=None if suspicious else of.application,
        why=f"{verdict.why}; {of.why}" if of.why else verdict.why,
        invitation=found if verdict.kind in MEETINGS or meeting else None,
        candidates=of.candidates,
        suspicious=suspicious,
        sure=verdict.sure,
        subject=mail.subject,
        sender=mail.sender,
        sender_name=mail.sender_name,
        message_id=mail.message_id,
        refers_to=mail.refers_to,
        sent_at=mail.sent_at,
        text=mail.text,
    )
