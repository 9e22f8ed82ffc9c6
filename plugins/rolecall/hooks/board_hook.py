"""A job board: where it is asked, and the key of one that wants one."""

from __future__ import annotations

from rolecall.hooks.connection import connection
from rolecall.hooks.service_hook import ServiceHook, base_url


class BoardHook(ServiceHook):
    """The connection ``board_<name>``. Without it, or without a host in it, a board is asked where it is.

    How it is asked (pace, robots.txt, who we say we are) is the board's own file, not the connection's.
    """

    default_conn_name = "board_linkedin"
    conn_type = "rolecall_board"
    hook_name = "Rolecall job board"

    @property
    def address(self) -> str:
        """Where it is asked; ``""``: where the board is."""
        conn = connection(self.http_conn_id)
        return base_url(conn) if conn is not None and conn.host else ""

    @property
    def credential(self) -> tuple[str, str]:
        """Login and password; empty where there is none."""
        conn = connection(self.http_conn_id)
        return (conn.login or "", conn.password or "") if conn is not None else ("", "")

    def test_connection(self) -> tuple[bool, str]:
        """For the UI's test button: asks the connection's own host for ``/robots.txt``, once."""
        try:
            session = self.get_conn()
            with session:
                answer = session.get(f"{self.base_url}/robots.txt", timeout=10, allow_redirects=False, stream=True)
        except Exception as error:
            return False, f"{self.base_url} cannot be reached ({type(error).__name__})"
        return answer.status_code < 500, f"{self.base_url} answered {answer.status_code} to /robots.txt"
