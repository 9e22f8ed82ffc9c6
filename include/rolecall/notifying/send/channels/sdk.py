"""What a failed call of a provider's own SDK means. Slack's and SendGrid's both send by ``urllib`` and tell failures their own ways."""

from __future__ import annotations

import http.client
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

import httpx

from rolecall.clients.http import checked
from rolecall.errors import MaybeReceived, NeverSent

for name in ("slack_sdk", "python_http_client"):
    logging.getLogger(name).setLevel(logging.INFO)  # at DEBUG they log addresses and headers, secrets and all


@contextmanager
def outcome(service: str, shown: str) -> Iterator[None]:
    """Around one call: an answer that did not come.

    :param shown: what error messages call the address
    :raises NeverSent: there was no connection: nothing has left
    :raises MaybeReceived: anything later
    """
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, URLError) and _while_connecting(error.reason):
            said = f"{service} cannot be reached ({type(error.reason).__name__})"
            raise NeverSent(said, fix="check its connection; the request was not sent") from error
        said = f"{service} gave no complete answer to {shown} ({type(error).__name__})"
        raise MaybeReceived(said, fix="it may have received the request; look there before repeating it") from error


def _while_connecting(reason: object) -> bool:
    """Whether an error was raised before the connection stood: name, address, TLS, a proxy's tunnel."""
    if not isinstance(reason, BaseException):
        return False
    frames = traceback.walk_tb(reason.__traceback__)
    return any(frame.f_code.co_name == "connect" and frame.f_globals.get("__name__") == "http.client" for frame, _ in frames)


def answer(status: int, headers: dict[str, str], text: str, *, service: str, shown: str) -> httpx.Response:
    """The provider's answer, checked like every other one."""
    kept = {name.lower(): value for name, value in headers.items() if name.lower() in ("retry-after", "x-message-id")}
    response = httpx.Response(status, headers=kept, text=text, request=httpx.Request("POST", "https://provider.invalid"))
    return checked(response, service, shown)
