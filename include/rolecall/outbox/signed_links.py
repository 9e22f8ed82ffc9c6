"""Signed addresses for people: one click stops one kind of message (RFC 8058).

``<PUBLIC_URL>/unsubscribe/<token>``; the token names person and kind and is signed with a key made from ``API_TOKEN``, which the
senders and the bundled services share. It does not expire: an old letter's link must work.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from rolecall.endpoints import Endpoints, endpoints

HERE = ("127.0.0.1", "localhost")
PURPOSE = b"rolecall unsubscribe 1"


def unsubscribe_url(person_id: str, kind: str, *, settings: Endpoints | None = None) -> str:
    """Where a click stops messages of ``kind`` to a person; ``""`` where no public address or no key is set.

    Letters that stay on this machine, in the sandbox, may name an address of this machine.
    """
    settings = settings or endpoints("platform_api", "smtp_default", "sendgrid_default")
    key = settings.api_token.get_secret_value()
    stays = settings.smtp_host in HERE and not settings.sendgrid_api_key
    base = settings.public_url or (settings.rolecall_services_url if stays else None)
    return f"{base.rstrip('/')}/unsubscribe/{sign(key, person_id, kind)}" if base and key else ""


def sign(key: str, person_id: str, kind: str) -> str:
    """The token: URL-safe, says who and what, cannot be made without the key."""
    content = json.dumps([person_id, kind], ensure_ascii=False, separators=(",", ":")).encode()
    return f"{_encoded(content)}.{_encoded(_mac(key, content))}"


def read(key: str, token: str) -> tuple[str, str] | None:
    """Person and kind of a token; ``None`` where it is not ours."""
    content, _, mac = token.partition(".")
    try:
        plain, given = _decoded(content), _decoded(mac)
    except ValueError:
        return None
    if not key or not hmac.compare_digest(_mac(key, plain), given):
        return None
    person_id, kind = json.loads(plain)
    return person_id, kind


def _mac(key: str, content: bytes) -> bytes:
    purpose = hmac.digest(key.encode(), PURPOSE, hashlib.sha256)
    return hmac.digest(purpose, content, hashlib.sha256)[:18]


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii", "strict") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
