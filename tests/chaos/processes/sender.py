"""The process ``tests.chaos.processes.sender DSN URL TOKEN APPLICATION``: one application as the task sends it, to be killed."""

from __future__ import annotations

import sys

from rolecall.applying.effects import enqueue_effects
from rolecall.applying.ledger import Ledger
from rolecall.applying.submit import Pace, Refused, Uncertain, submit
from rolecall.clients.ai_client import AiClient

if __name__ == "__main__":
    dsn, url, token, application = sys.argv[1:]
    print("ready", flush=True)
    with AiClient(url, token) as ai:
        try:
            submit(Ledger(dsn, application, enqueue_effects), send=ai.auto_apply, pace=Pace(batch=1000, delay=0))
        except (Refused, Uncertain):
            sys.exit(3)
