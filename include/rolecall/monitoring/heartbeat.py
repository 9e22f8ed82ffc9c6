"""A dead man's switch: whoever hears nothing from here knows that nothing runs any more."""

from __future__ import annotations

import httpx

from rolecall.clients.http import request


def send_heartbeat(url: str | None) -> str:
    """Calls the address once; returns what became of it. Failing is an error of this task: nobody else would say so.

    :raises NeverSent, MaybeReceived, RequestRejected: it could not be reached, or did not answer 2xx
    """
    if not url:
        return "no HEARTBEAT_URL is set"
    with httpx.Client(timeout=5.0) as http:
        request(http, "GET", url, service="the dead man's switch", shown="HEARTBEAT_URL")
    return "told"
