"""A DAG file that Airflow cannot read takes its DAGs away without a word: it is told of once, and once more that it is read again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rolecall.endpoints import Endpoints
from rolecall.monitoring.incidents import IncidentChange, Observation, format_duration, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection, connect

KIND = "dag file"
LONGEST = 300
"""Characters of what is said about one file."""

GRACE = timedelta(minutes=10)
"""How long a file may take until it counts as not read."""

KILLED = "not read to its end: that takes too long, or ends the process that reads it; see the DAG processor's log"


def check(settings: Endpoints, dsn: str, folder: str, now: datetime) -> list[IncidentChange]:
    """Looks at all files and tells what changed; nothing where ``AIRFLOW_DSN`` is not set.

    :param dsn: of Rolecall's database
    :raises StoreUnavailable: a database does not answer
    """
    if not settings.airflow_dsn:
        return []
    with connect(settings.airflow_dsn.get_secret_value(), name="dag files") as airflow:
        found = import_errors(airflow, Path(folder), now)
    with connect(dsn, name="dag files") as conn:
        return watch(conn, found, now, remind_after=timedelta(hours=settings.remind_hours))


def import_errors(airflow: Connection, folder: Path, now: datetime) -> dict[str, str]:
    """The files that Airflow cannot read: name → the first line of the error.

    :param airflow: to Airflow's metadata database
    :param folder: of the DAG files
    """
    found = {
        row["filename"]: first_line(row["stacktrace"] or "") for row in airflow.execute("select filename, stacktrace from import_error")
    }
    known = {row["file"] for row in airflow.execute("select distinct relative_fileloc as file from dag where not is_stale")}
    row = airflow.execute("select max(start_date) as at from job where job_type = 'DagProcessorJob' and state = 'running'").fetchone()
    if row and row["at"]:  # a processor that kills its reader leaves no error, and its DAGs count as removed
        for file in folder.glob("*.py"):
            with suppress(FileNotFoundError):  # taken away meanwhile
                since = max(row["at"], datetime.fromtimestamp(file.stat().st_mtime, UTC))
                if file.name not in known | set(found) and since < now - GRACE and defines_dags(file):
                    found[file.name] = KILLED
    return dict(sorted(found.items()))


def defines_dags(file: Path) -> bool:
    """Airflow's own rule (``dag_discovery_safe_mode``), the file speaks of both, and ours: it is not only there to say what is wrong."""
    text = file.read_bytes().lower()
    return b"dag" in text and b"airflow" in text and b"it holds no dag" not in text


def first_line(trace: str) -> str:
    """The first line of what a traceback says: ``SyntaxError: invalid syntax``. Its class goes without its module.

    >>> first_line('Traceback …\\n  File "a.py", line 1, in f\\n    raise E\\nx.y.E: one\\n two\\nthree')
    'E: one'
    """
    lines = [line for line in trace.splitlines() if line.strip()]
    frames = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    behind = lines[frames[-1] + 1 :] if frames else lines
    line = next((line for line in behind if not line.startswith(" ")), behind[-1] if behind else "no reason given").strip()
    name, colon, rest = line.partition(": ")
    return (f"{name.rpartition('.')[2]}{colon}{rest}" if " " not in name else line)[:LONGEST]


def watch(conn: Connection, found: Mapping[str, str], now: datetime, *, remind_after: timedelta) -> list[IncidentChange]:
    """Opens and closes incidents, writes the alerts. Returns what changed.

    :param found: what :func:`import_errors` returned
    """
    known = [row["service"] for row in conn.execute("select service from incident where kind = %s and closed_at is null", (KIND,))]
    names = {f"dags/{name}": error for name, error in found.items()}
    looks = [Observation(f"{KIND}:{name}", KIND, name, name in names, names.get(name, "it is read again")) for name in {*known, *names}]
    changes = observe(conn, looks, now, remind_after=remind_after)
    enqueue(conn, alerts(changes))
    return changes


def alerts(changes: list[IncidentChange]) -> list[Draft]:
    """What is told about DAG files, to ``#alerts``."""
    drafts = []
    for each in changes:
        if each.change == "closed":
            text = f"✅ Airflow reads {each.service} again after {format_duration(each.lasted)}"
        elif each.change == "opened":
            text = f"🟥 Airflow cannot read {each.service}: {each.detail}"
        else:
            text = f"🟥 Airflow still cannot read {each.service} after {format_duration(each.lasted)}: {each.detail}"
        key = f"dag-file:{each.id}:{each.change}:{each.occurrences}:slack"
        drafts.append(Draft(dedupe_key=key, kind="health_alert", type="slack", recipient="#alerts", message=text))
    return drafts
