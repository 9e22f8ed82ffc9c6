"""Sends our clients' requests through a session of ``requests``, such as Airflow's ``HttpHook`` makes with a connection's headers, proxies,
TLS and time-outs, and keeps what decides everything here: whether anything of a request can have arrived."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from rolecall.clients.http import read_whole

LIBRARYS_OWN = frozenset({"accept", "accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent"})
"""Headers that httpx adds by itself: the session, and so the connection, says its own."""

READ = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers of an answer whose body is decoded and whole already."""


class _Left(threading.local):
    """Whether a byte of this thread's request has been handed to the network."""

    yes = False


_left = _Left()


class _Noting:
    """Mixed into a connection: notes that a request begins to leave. What a proxy and a TLS handshake are told is not the request."""

    _connecting = False

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()  # type: ignore[misc]
        finally:
            self._connecting = False

    def send(self, data: Any) -> None:
        if not self._connecting:
            if self.sock is None:  # type: ignore[attr-defined]
                self.connect()
            _left.yes = True
        super().send(data)  # type: ignore[misc]


class _Plain(_Noting, HTTPConnection):
    pass


class _Encrypted(_Noting, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class _Adapter(HTTPAdapter):
    """Never repeats, and notes what leaves, also through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}
        return manager


class SessionTransport(httpx.BaseTransport):
    """For ``httpx.Client(transport=…)``. Sends once, follows no redirect; safe in several threads.

    :param session: its adapters are replaced by ours; everything else it says holds
    """

    def __init__(self, session: requests.Session) -> None:
        self._session = session
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it.

        :raises httpx.ConnectError: nothing of it has left
        :raises httpx.ReadError: it may have arrived
        """
        limits = request.extensions.get("timeout", {})
        _left.yes = False
        try:
            answer = self._session.request(
                request.method,
                str(request.url),
                data=request.read(),
                headers={name: value for name, value in request.headers.items() if name not in LIBRARYS_OWN},
                timeout=(limits.get("connect"), limits.get("read")),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                body = read_whole(_pieces(answer), request)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            kind = httpx.ReadError if _left.yes else httpx.ConnectError
            raise kind(f"{type(error).__name__}: {error}", request=request) from error
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in READ]
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept]  # as http.client reads them
        return httpx.Response(answer.status_code, headers=headers, content=body, request=request)

    def close(self) -> None:
        """Closes the session and its connections."""
        self._session.close()


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """What has come of an answer's body, unpacked, as it comes: ``iter_content`` waits until a piece is full, however slowly it fills."""
    while piece := answer.raw.read1(65_536, decode_content=True):
        yield piece
