"""One place that says what a failed call means: did the request arrive or not?"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpx

from rolecall.errors import AuthFailed, BadAnswer, MaybeReceived, NeverSent, NotAsPrepared, RequestRejected, ServiceBusy
from rolecall.store.json_text import odd_number_as_text, read_json

NOT_SENT = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout),
    *(httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL),
)
"""httpx errors that happen before the first byte of the request leaves: refused, DNS, TLS handshake, a proxy that opens no tunnel, no
free connection."""

MAX_RETRY_AFTER = 3600.0

LONGEST_ANSWER = 120.0
"""Seconds from the first byte of an answer to its last."""

MOST_BYTES = 100_000_000
"""Of an answer, unpacked; the largest, a CV's matches with their letters, have a few."""

OF_THE_WAY = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
"""Headers about how an answer came, not what it is."""


def trusted(base_url: str) -> ssl.SSLContext | bool:
    """Whom a client of this address trusts: the usual authorities; for plain http nobody, which saves reading them (40 ms a task)."""
    return True if not base_url.lower().startswith("http://") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds the answer asks us to wait (delta-seconds form), 0 to 3600, or ``None``."""
    value = response.headers.get("retry-after", "")
    return min(float(value), MAX_RETRY_AFTER) if value.isdecimal() else None


def request(client: httpx.Client, method: str, url: str, *, service: str, shown: str | None = None, **kwargs: Any) -> httpx.Response:
    """Sends one request and returns a 2xx answer, or raises what its failure means. Never repeats by itself.

    :param service: the name people know it by, for messages
    :param shown: what messages call the address, where the address itself is a secret (a webhook)
    :raises NeverSent: refused, DNS, TLS: the service did not see it
    :raises MaybeReceived: time-out, reset, 5xx, unexpected redirect: it may have had its effect
    :raises ServiceBusy: 429
    :raises AuthFailed: 401, 403
    :raises NotAsPrepared: 409 that says that nothing was sent
    :raises RequestRejected: another 4xx
    """
    return checked(exchange(client, method, url, service=service, shown=shown, **kwargs), service, shown)


def exchange(client: httpx.Client, method: str, url: str, *, service: str, shown: str | None = None, **kwargs: Any) -> httpx.Response:
    """Sends one request and returns the whole answer, whatever it says; parameters as of :func:`request`.

    :raises NeverSent: refused, DNS, TLS: the service did not see it
    :raises MaybeReceived: time-out, reset: it may have had its effect
    """
    try:
        with client.stream(method, url, **kwargs) as answer:
            return _whole(answer)
    except NOT_SENT as error:
        raise NeverSent(
            f"{service} cannot be reached at {shown or client.base_url} ({type(error).__name__}: {error})",
            fix="check that it runs and that its URL is right; the request was not sent",
        ) from error
    except httpx.HTTPError as error:
        raise MaybeReceived(
            f"{service} gave no complete answer to {method} {shown or url} ({type(error).__name__}: {error})",
            fix="it may have received the request; look there before repeating it",
        ) from error


def _whole(answer: httpx.Response) -> httpx.Response:
    body = read_whole(answer.iter_bytes(), answer.request)
    headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in OF_THE_WAY]  # bytes: they need not be ASCII
    whole = httpx.Response(answer.status_code, headers=headers, content=body, request=answer.request)
    try:
        b"\xff".decode(whole.encoding or "utf-8", "replace")
    except (LookupError, ValueError):  # a charset that is none of texts (base64, undefined)
        whole.encoding = "utf-8"
    return whole


def read_whole(pieces: Iterable[bytes], request: httpx.Request) -> bytes:
    """An answer's body, unpacked, read to its end.

    :raises httpx.ReadError: it is longer, or takes longer in all, than any answer does: bits that each come in time hold nobody for ever
    """
    until, body = time.monotonic() + LONGEST_ANSWER, bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MOST_BYTES or time.monotonic() > until:
            raise httpx.ReadError("the answer has no end", request=request)
    return bytes(body)


def checked(response: httpx.Response, service: str, shown: str | None = None) -> httpx.Response:
    """A 2xx answer; errors as of :func:`request`."""
    status, call = response.status_code, f"{response.request.method} {shown or response.request.url.path}"
    if 200 <= status < 300:
        return response
    said = " ".join(response.text[:300].split())
    if status == 429:
        raise ServiceBusy(f"{service} answered 429 to {call}", retry_after=retry_after(response), fix="wait and repeat")
    if status in (401, 403):
        raise AuthFailed(f"{service} answered {status} to {call}", fix="check the token in its connection or environment variable")
    if 400 <= status < 500:
        error, fix, not_sent = _own_words(response)
        if status == 409 and not_sent:
            raise NotAsPrepared(f"{service} sent nothing: {error or said}", fix=fix)
        raise RequestRejected(f"{service} answered {status} to {call}: {error or said}", status=status, fix=fix)
    raise MaybeReceived(f"{service} answered {status} to {call}: {said}", fix="it may have had its effect; look there before repeating it")


def _own_words(response: httpx.Response) -> tuple[str, str, bool]:
    """What a service of ours says is wrong, the fix, and whether it says that it sent nothing; ``""``: it is somebody else's answer."""
    try:
        body = read_json(response.content, instead=odd_number_as_text)
    except (ValueError, RecursionError):
        body = None
    said = body if isinstance(body, dict) else {}
    error, fix = (str(said.get(name) or "")[:300] for name in ("error", "fix"))
    return error, fix or "correct the request as it says", said.get("applicationStatus") == "not_sent"


def json_object(response: httpx.Response, service: str) -> dict[str, Any]:
    """The answer's JSON object.

    :raises BadAnswer: it is not JSON, or not an object
    """
    try:
        body = read_json(response.content, instead=odd_number_as_text)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"{service} answered {response.status_code} with something that is not JSON", fix="look at the service") from error
    if not isinstance(body, dict):
        raise BadAnswer(f"{service} answered a JSON {type(body).__name__}, not an object", fix="look at the service")
    return body


class _HostOnly(logging.Filter):
    """httpx logs whole addresses at INFO; the path of a webhook is its password, and a key may be in a query."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(f"{arg.scheme}://{arg.host}/…" if isinstance(arg, httpx.URL) else arg for arg in record.args)
        return True


HOST_ONLY = _HostOnly()
logging.getLogger("httpx").addFilter(HOST_ONLY)
