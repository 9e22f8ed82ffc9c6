"""The process ``rolecall.services --host 127.0.0.1 --port 8000``: both services in one, configured by the environment."""

from __future__ import annotations

import argparse
import logging
import sys

import uvicorn

from rolecall.endpoints import endpoints
from rolecall.errors import InvalidInput
from rolecall.services import create_app
from rolecall.services.logs import to_stdout
from rolecall.services.submitters import FORWARD_LIMIT


def main() -> int:
    """Serves until it is told to stop; 2 when the environment is incomplete."""
    parser = argparse.ArgumentParser(prog="rolecall.services", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    options = parser.parse_args()
    to_stdout()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        app = create_app(endpoints())
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return 2
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        log_config=None,
        access_log=False,  # the apps write their own line, without queries and tokens
        server_header=False,
        timeout_graceful_shutdown=int(FORWARD_LIMIT) + 10,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
