"""What the hooks of our HTTP services share."""

from __future__ import annotations

from typing import Any

from airflow.providers.http.hooks.http import HttpHook
from requests import PreparedRequest, Session
from requests.auth import AuthBase, HTTPBasicAuth

from rolecall.clients.session import SessionTransport
from rolecall.endpoints import url
from rolecall.hooks.named import conn_id_of

OURS = ("idempotent", "bundled")
"""Fields of the extra that are about the service; every other one that ``HttpHook`` does not know is a header."""


def base_url(conn: Any) -> str:
    """``scheme://host[:port][/path]`` without a trailing slash, from an Airflow connection.

    ``host`` may be a bare name or a whole URL, as people paste it; ``schema`` is the scheme for a bare name (https by default).
    """
    return url(conn) or "https://"


class Credential(AuthBase):
    """The connection's own, where a call brings none (a person's token): bearer, or basic where there is a login.

    As ``auth`` of a session it also keeps ``requests`` from looking for another one in ``.netrc``.
    """

    def __init__(self, login: str | None, password: str | None) -> None:
        self._login = login
        self._password = password

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if "Authorization" in request.headers or not (self._login or self._password):
            return request
        if self._login:
            return HTTPBasicAuth(self._login, self._password or "")(request)
        request.headers["Authorization"] = f"Bearer {self._password}"
        return request


class ServiceHook(HttpHook):
    """Hands out clients of one service: base address, credential, headers, proxies, TLS and time-out are the connection's.

    :param http_conn_id: host with scheme, token in the password; the extra as for Airflow's ``HttpHook``
        (``timeout``, ``verify``, ``cert``, ``proxies``, ``trust_env``; anything else is a header)
    """

    client_class: Any

    def __init__(self, http_conn_id: str | None = None, **kwargs: Any) -> None:
        super().__init__(http_conn_id=conn_id_of(http_conn_id or self.default_conn_name), **kwargs)

    def client(self) -> Any:
        """A client of the service, over this hook's session; use it as a context manager."""
        session = self.get_conn()
        return self.client_class(self.base_url, transport=SessionTransport(session), seconds=self.merged_extra.get("timeout"))

    def test_connection(self) -> tuple[bool, str]:
        """For the UI's test button: asks the connection's own host for ``/health``, once."""
        try:
            with self.client() as client:
                client.health()
        except Exception as error:
            return False, str(error)
        return True, "healthy"

    def _set_base_url(self, connection: Any) -> None:
        super()._set_base_url(connection)
        self.base_url = base_url(connection)

    def _extract_auth(self, connection: Any) -> Any:
        return super()._extract_auth(connection) if self._auth_type else Credential(connection.login, connection.password)

    def _configure_session_from_extra(self, session: Session, connection: Any, extra_options: dict[str, Any]) -> Session:
        configured: Session = super()._configure_session_from_extra(session, connection, extra_options)
        for name in OURS:
            configured.headers.pop(name, None)
        return configured
