"""One e-mail, ready for either way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """One attachment: a safe name, a media type and the bytes."""

    filename: str
    type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Checked parts of one e-mail: single-line headers, plain addresses.

    :param id: the notification's id, safe inside a ``Message-ID``
    :param unsubscribe_url: where one click stops this kind; ``""`` for what cannot be stopped
    """

    id: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    unsubscribe_url: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Further headers: ours, and one-click unsubscribing (RFC 2369, RFC 8058)."""
        own = {"X-Rolecall-Notification": self.id}
        if not self.unsubscribe_url:
            return own
        return {**own, "List-Unsubscribe": f"<{self.unsubscribe_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
