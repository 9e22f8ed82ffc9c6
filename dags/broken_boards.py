"""Shows in Airflow's web UI, as one import error, which board files cannot be used and what is wrong in searches.yaml. It holds no DAG.

Every other board goes on; the DAG of a broken one fails by name at its next run, and `#alerts` hears of it.
"""

from __future__ import annotations

from rolecall.boards import BROKEN
from rolecall.boards.searches import wrong_searches
from rolecall.errors import BrokenBoard

if wrong := [*(f"include/rolecall/boards/sites/{problem}" for problem in BROKEN.values()), *wrong_searches()]:
    raise BrokenBoard("; ".join(wrong), fix="mend what is named here: it is read again by itself")
