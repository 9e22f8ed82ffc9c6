"""The process ``sandbox --port 8090 --smtp-port 8025 [--state FOLDER] [--pages FOLDER]``: the sandbox, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import uvicorn

from sandbox.ads.content import SEED
from sandbox.app import Sandbox, create_app
from sandbox.edge import Protocol
from sandbox.receivers import smtp
from sandbox.receivers.employers import Mailboxes

LOOPBACK = ("127.0.0.1", "::1", "localhost")
log = logging.getLogger("sandbox")


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="sandbox", description="A small internet on loopback for Rolecall.")
    parser.add_argument("--host", default="127.0.0.1", help="address of HTTP and SMTP (default: loopback only)")
    parser.add_argument("--port", type=int, default=8090, help="HTTP port")
    parser.add_argument("--smtp-port", type=int, default=8025, help="SMTP port; 0 for no mail sink")
    parser.add_argument("--state", type=Path, help="folder that keeps receipts and messages over restarts (default: memory)")
    parser.add_argument("--pages", type=Path, help="folder of saved pages, FOLDER/<board>/*.html")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the invented ads")
    parser.add_argument("--deduplicate", action="store_true", help="the ATS answers a repeated key with its first receipt")
    chosen = parser.parse_args()
    if chosen.pages and not chosen.pages.is_dir():
        parser.error(f"--pages: {chosen.pages} is not a folder → give the folder that holds linkedin/*.html")
    return chosen


async def serve(chosen: argparse.Namespace) -> int:
    """Serves HTTP and SMTP until told to stop; returns the exit code."""
    sandbox = Sandbox.at(chosen.state, chosen.pages, seed=chosen.seed, token=os.environ.get("SANDBOX_TOKEN") or None)
    sandbox.deduplicates = chosen.deduplicate
    if chosen.host not in LOOPBACK and not sandbox.token:
        log.warning("listening on %s without SANDBOX_TOKEN: whoever reaches it can read what it received", chosen.host)
    config = uvicorn.Config(
        create_app(sandbox),
        host=chosen.host,
        port=chosen.port,
        http=Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    mail = None
    if chosen.smtp_port:
        mail = await smtp.serve(sandbox.records, sandbox.faults, chosen.host, chosen.smtp_port, Mailboxes(sandbox.catalogue()))
    server = uvicorn.Server(config)
    try:
        await server.serve()
    finally:
        if mail is not None:
            mail.close()
        sandbox.records.close()
    return 0 if server.started else 1


def main() -> int:
    """Runs the sandbox; 1 when a port is taken."""
    chosen = options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stdout)
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it has stopped; the records close after that
    try:
        return asyncio.run(serve(chosen))
    except OSError as error:
        log.error("cannot listen on %s: %s → choose other ports", chosen.host, error)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
