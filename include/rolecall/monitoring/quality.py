"""The catalog's quality after a run: what rules found on which board, and rates that leave the band they usually keep."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.monitoring.incidents import REMIND_AFTER, IncidentChange, Observation, format_distinct, format_duration, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"
RUNS = 30
"""Earlier reports that make the band."""

LEAST_RUNS = 5
"""With fewer there is no usual."""

SIGMAS = 4.0
LEAST_WIDTH = 0.05
"""A rate may always move by so much: five jobs of a hundred."""

LEAST_JOBS = 20
"""A catalog with fewer open jobs is not judged: one job is a jump."""

KEEP = timedelta(days=365)
Band = tuple[float, float]

NAMES = {
    "quarantine_rate": "jobs in quarantine",
    "warning_rate": "jobs with warnings",
    "merge_rate": "jobs that several boards show",
    "doubt_rate": "jobs that may be another one",
    "closed_rate": "jobs that are closed",
}


@dataclass(frozen=True)
class QualityReport:
    """The catalog after one run.

    :param jobs: all of them, closed ones too
    :param rates: name → share of jobs, 0 to 1
    :param found: rule → board of the job → jobs
    :param bands: rate → lowest and highest it usually has; without one before :data:`LEAST_RUNS` reports
    """

    jobs: int
    rates: dict[str, float]
    found: dict[str, dict[str, int]]
    bands: dict[str, Band]

    @property
    def outside(self) -> list[str]:
        """Names of the rates that are outside their bands."""
        return [name for name, (low, high) in self.bands.items() if not low <= self.rates[name] <= high]


def report(conn: Connection, run_id: str, now: datetime, *, remind_after: timedelta = REMIND_AFTER) -> QualityReport:
    """Measures the catalog, stores the report, and writes one alert for each rate that leaves its band and for its return.

    In the caller's transaction. The same run again writes its row anew and alerts nobody twice.
    """
    row = conn.execute(sql(SQL / "quality.sql")).fetchone() or {}
    earlier = conn.execute(
        "select rates from quality_report where run_id <> %s order by reported_at desc limit %s", (run_id, RUNS)
    ).fetchall()
    rates = {name: float(row[name] or 0) for name in NAMES}
    made = QualityReport(int(row["jobs"]), rates, row["found"], bands([each["rates"] for each in earlier], rates))
    conn.execute(
        """
        insert into quality_report (run_id, reported_at, rates, found, bands) values (%s, %s, %s, %s, %s)
        on conflict (run_id) do update
        set reported_at = excluded.reported_at, rates = excluded.rates, found = excluded.found, bands = excluded.bands
        """,
        (run_id, now, Jsonb(made.rates), Jsonb(made.found), Jsonb(made.bands)),
    )
    conn.execute("delete from quality_report where reported_at < %s", (now - KEEP,))
    enqueue(conn, [alert(each) for each in observe(conn, looks(made), now, remind_after=remind_after)])
    return made


def bands(earlier: Sequence[Mapping[str, float]], names: Iterable[str]) -> dict[str, Band]:
    """Median of the last reports, four standard deviations or five hundredths up and down, whichever is more.

    The median, so that one bad run does not move what is usual.

    >>> bands([{"merge_rate": 0.5}] * 5, ["merge_rate"])
    {'merge_rate': (0.45, 0.55)}
    """
    found: dict[str, Band] = {}
    for name in names:
        known = [float(each[name]) for each in earlier if name in each]
        if len(known) >= LEAST_RUNS:
            middle = statistics.median(known)
            spread = statistics.median(abs(value - middle) for value in known) * 1.4826
            width = max(SIGMAS * spread, LEAST_WIDTH)
            found[name] = (round(max(middle - width, 0), 4), round(min(middle + width, 1), 4))
    return found


def looks(made: QualityReport) -> list[Observation]:
    """What the incidents see: every rate that has a band."""
    if made.jobs < LEAST_JOBS:
        return []
    seen = []
    for name, (low, high) in made.bands.items():
        rate, least, most = format_distinct("%", *(100 * share for share in (made.rates[name], low, high)), digits=1)
        shown = f"{NAMES[name]}: {rate}, usually {least} to {most}"
        seen.append(Observation(f"quality:{name}", "quality", "Catalog", name in made.outside, shown))
    return seen


def alert(change: IncidentChange) -> Draft:
    """What is told when a rate leaves its band, stays outside, and is back."""
    text = {
        "opened": f"⚠️ The catalog is unlike itself: {change.detail}",
        "reminded": f"⚠️ The catalog is still unlike itself after {format_duration(change.lasted)}: {change.detail}",
        "closed": f"✅ The catalog is as usual again after {format_duration(change.lasted)}: {change.detail}",
    }[change.change]
    key = f"quality:{change.id}:{change.change}:{change.occurrences}:slack"
    return Draft(dedupe_key=key, kind="health_alert", type="slack", recipient="#alerts", message=text)


def as_json(made: QualityReport) -> dict[str, Any]:
    """For XCom: ``{jobs, rates, found, outside}``."""
    return {"jobs": made.jobs, "rates": made.rates, "found": made.found, "outside": made.outside}
