"""What must hold after every drill, asked in one place; and the table that the drills leave behind."""

from __future__ import annotations

import fcntl
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from rolecall.store import Connection
from tests.chaos.receiver import Pair

PAGE = Path(__file__).parents[2] / "docs/drills.md"
BEGIN, END = "<!-- drills: begin -->", "<!-- drills: end -->"

ROWS = "select cv_id, job_id, state, idempotency_key as key from application where cv_id = any(%s)"
OWED = """
select count(*) filter (where topic = 'record_application') as records from outbox
where key in (select idempotency_key from application where cv_id = any(%s))
"""


@dataclass(frozen=True)
class Verdict:
    """One drill's outcome, counted at the receiving side and in the ledger.

    :param duplicates: receipts beyond the first for a person and job
    :param lost: receipts that the ledger does not know as submitted or uncertain, and jobs that were never planned
    :param invented: applications that count as submitted without a receipt
    :param unfinished: applications still planned, approved or submitting
    :param unrecorded: submitted without a debt of a record, or the other way round
    """

    applications: int
    received: int
    duplicates: int
    lost: int
    invented: int
    unfinished: int
    unrecorded: int
    states: dict[str, int]

    @property
    def uncertain(self) -> int:
        """Parked for evidence or a person."""
        return self.states.get("uncertain", 0)

    def holds(self, *, certain: bool = False) -> None:
        """Fails, saying everything, where something that must hold does not.

        :param certain: this drill's fault leaves no doubt, so nothing may be uncertain
        """
        wrong = (self.duplicates, self.lost, self.invented, self.unfinished, self.unrecorded)
        assert wrong == (0, 0, 0, 0, 0), self
        assert not (certain and self.uncertain), self


def verdict(conn: Connection, received: Counter[Pair], wanted: Iterable[Pair]) -> Verdict:
    """Compares what arrived with what the ledger says, for the people of one drill.

    :param wanted: every person's CV and job that was to be applied for
    """
    pairs = set(wanted)
    cvs = [cv for cv, _ in pairs]
    rows = conn.execute(ROWS, (cvs,)).fetchall()
    state = {(row["cv_id"], row["job_id"]): row["state"] for row in rows}
    owed = conn.execute(OWED, (cvs,)).fetchone()
    conn.commit()
    states = Counter(state.values())
    sure = {pair for pair, one in state.items() if one == "submitted"}
    accounted = {pair for pair, one in state.items() if one in ("submitted", "uncertain")}
    return Verdict(
        applications=len(pairs),
        received=received.total(),
        duplicates=received.total() - len(received),
        lost=len(set(received) - accounted) + len(pairs - set(state)),
        invented=len(sure - set(received)),
        unfinished=sum(states[name] for name in ("planned", "approved", "submitting")),
        unrecorded=abs((owed or {"records": 0})["records"] - len(sure)),
        states=dict(states),
    )


@dataclass(frozen=True)
class Line:
    """One line of the table.

    :param through: ``bare`` (the apply code in processes of its own), ``browser`` (that, and a real Chromium) or ``Airflow``
    :param seconds: from the fault to nothing open, the longest of all times it was run
    """

    drill: str
    through: str
    times: int
    applications: int
    duplicates: int
    lost: int
    uncertain: int
    seconds: float

    @classmethod
    def of(cls, drill: str, through: str, times: int, found: Verdict, seconds: float) -> Line:
        """From a verdict."""
        return cls(drill, through, times, found.applications, found.duplicates, found.lost, found.uncertain, round(seconds, 1))

    def __str__(self) -> str:
        return "| " + " | ".join(f"{value:,}" if isinstance(value, int) else str(value) for value in astuple(self)) + " |"


HEAD = ("drill", "through", "times run", "applications", "duplicates", "lost", "uncertain", "seconds to settle")


def table(lines: Iterable[Line]) -> str:
    """As Markdown, with its sums."""
    known = sorted(lines, key=lambda line: line.through)
    sums = [sum(getattr(line, field.name) for line in known) for field in fields(Line)[2:7]]
    last = "| **all** | | " + " | ".join(f"**{value:,}**" for value in sums) + " | |"
    return "\n".join([f"| {' | '.join(HEAD)} |", "|---|---|" + "---:|" * 6, *map(str, known), last])


def keep(lines: Iterable[Line], page: Path = PAGE) -> str:
    """Writes these lines into the page, over those of the same drill, and returns the page's whole table."""
    with page.open(encoding="utf-8") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)  # two parts of `make chaos` may end at the same moment
        return _merge(list(lines), page)


def _merge(lines: list[Line], page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    known = {(line.drill, line.through): line for line in read(old)} | {(line.drill, line.through): line for line in lines}
    made = table(known.values())
    page.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
    return made


def read(text: str) -> list[Line]:
    """The lines of a table that :func:`table` made."""
    found = []
    for row in re.findall(r"^\| (?!\*\*|drill )(.+) \|$", text, re.MULTILINE):
        drill, through, *numbers, seconds = row.split(" | ")
        found.append(Line(drill, through, *(int(number.replace(",", "")) for number in numbers), float(seconds)))
    return found
