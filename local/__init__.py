"""The embedded stack: Postgres, Redis, services, sandbox and Airflow on one machine, started and stopped as one."""

import signal
import sys

if sys.argv[:1] == ["-m"]:  # `-m local.…`, still importing: Ctrl-C ends it without a traceback until the command listens itself
    signal.signal(signal.SIGINT, signal.SIG_DFL)
