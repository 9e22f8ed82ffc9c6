"""One e-mail, ready for either way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Checked parts of one e-mail: single-line headers, one plain recipient.

    :param id: the notification's id, safe inside a ``Message-ID``
    """

    id: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str | None = None
