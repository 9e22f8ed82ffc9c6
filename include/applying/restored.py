"""``python -m include.applying.restored NAME``: confirms a ledger that was restored from a backup, in the name of whoever compared it."""

from __future__ import annotations

import sys

from include.applying.ledger import confirm_restored
from include.settings import Settings
from include.store import connect

if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit("usage: python -m include.applying.restored NAME      the name of the person who compared it with the receiving side")
    with connect(Settings().dsn, name="restored") as conn:
        confirm_restored(conn, sys.argv[1].strip())
