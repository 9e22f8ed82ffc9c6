"""Shifts the clock of every Python process that has this folder on its ``PYTHONPATH``, by ``ROLECALL_CLOCK_SHIFT`` seconds.

Waits are by the monotonic clock, which goes on as it is.
"""

import os

if shift := os.environ.get("ROLECALL_CLOCK_SHIFT"):
    import time
    from datetime import UTC, datetime, timedelta

    import time_machine

    time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(shift))).start()
    time.time()  # from here on it ticks
