"""The process ``rolecall.web --host 127.0.0.1 --port 8070``: the page alone, configured by the environment."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
from pathlib import Path

import uvicorn

from rolecall.endpoints import endpoints
from rolecall.people.logins import make_login
from rolecall.services.logs import to_stdout
from rolecall.store import connect
from rolecall.web.page_app import create_page_app

STACK = "ROLECALL_STACK_JSON"
"""Variable that names the embedded stack's ``stack.json``: it always holds a link that was not used."""


def renew_link() -> None:
    """Writes a fresh one-time link into ``stack.json``, where there is one."""
    path = Path(os.environ.get(STACK, ""))
    if not path.is_file():
        return
    with contextlib.suppress(OSError, ValueError):
        stack = json.loads(path.read_text(encoding="utf-8"))
        with connect(endpoints("rolecall_db").dsn, name="page login") as conn:
            stack["page_login_url"] = make_login(conn, None, base_url=stack["page_url"], operator=True, actor="make up")
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(stack, indent=2), encoding="utf-8")
        fresh.replace(path)


def main() -> int:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="rolecall.web", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8070, help="port to listen on")
    options = parser.parse_args()
    to_stdout()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    app = create_page_app(endpoints(), airflow_url=os.environ.get("ROLECALL_AIRFLOW_URL", ""), link_used=renew_link)
    uvicorn.run(
        app, host=options.host, port=options.port, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
