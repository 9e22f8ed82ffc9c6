"""Postings read into facts: title, skills, place, pay. Read once a wording, so that a day counts the same whenever it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rolecall.catalog.normalise import title as read_title
from rolecall.matching.score.job_wishes import RANK_NAMES, yearly
from rolecall.matching.skills.titles import occupations
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import readable_rows
from rolecall.text.places import located as read_place

SQL = Path(__file__).parent / "sql"

AT_A_TIME = 5_000
"""Postings a transaction: a run that is killed goes on where it was."""

MAX_TEXT = 20_000
"""Characters of a description in which skills are looked for."""

REMOTE = {"remote": "remote", "hybrid": "hybrid", "onsite": "on site"}
SENIORITY = tuple(name.removeprefix("an ").removeprefix("a ").removesuffix("'s") for name in RANK_NAMES)

Row = dict[str, Any]

COLUMNS = (
    *("posting_id", "known_at", "content", "board", "first_seen_at", "own_job_id", "posted_at"),
    *("title", "skills", "place", "country", "remote", "seniority", "salary", "currency"),
)
KEEP = """
insert into figures.posting select * from new_wording order by posting_id
on conflict (posting_id, known_at) do update set
    content = excluded.content, title = excluded.title, skills = excluded.skills, place = excluded.place, country = excluded.country,
    remote = excluded.remote, seniority = excluded.seniority, salary = excluded.salary, currency = excluded.currency,
    posted_at = excluded.posted_at
"""


def read_postings(conn: Connection) -> int:
    """Reads every posting whose wording was not read yet; commits after each 5,000. Returns how many were read."""
    conn.execute("set statement_timeout = 0")  # another run that is reading is waited for, however much it has to read
    conn.execute("select pg_advisory_lock(hashtext('rolecall facts'))")
    try:
        return _read_all(conn)
    finally:
        conn.rollback()
        conn.execute("select pg_advisory_unlock(hashtext('rolecall facts'))")
        conn.execute("reset statement_timeout")
        conn.commit()


def _read_all(conn: Connection) -> int:
    unread = [row["id"] for row in conn.execute(sql(SQL / "unread.sql")).fetchall()]
    conn.commit()
    for start in range(0, len(unread), AT_A_TIME):
        asked = {"ids": unread[start : start + AT_A_TIME], "max_text": MAX_TEXT}
        postings = conn.execute(sql(SQL / "postings.sql"), asked).fetchall()
        _keep(conn, (facts for _, facts in readable_rows(conn, "facts", postings, read, key="posting_id")))
        conn.commit()
    return len(unread)


def _keep(conn: Connection, rows: Iterator[Row]) -> None:
    conn.execute("create temp table if not exists new_wording (like figures.posting) on commit delete rows")
    with conn.cursor() as cursor, cursor.copy(f"copy new_wording ({', '.join(COLUMNS)}) from stdin") as copy:
        for row in rows:
            copy.write_row([row[name] for name in COLUMNS])
    conn.execute(KEEP)


def read(posting: Row) -> Row:
    """The facts of one posting, see ``figures.posting``; what its words do not say is ``None``."""
    text = posting["title"]
    where = read_place(posting["location"], posting["city"], posting["region"], posting["country"], posting["remote"])
    what = read_title(text, where.city or "")
    occupation = occupations().find(text)
    low, high = (yearly(_number(posting[name]), posting["salary_interval"]) for name in ("salary_min", "salary_max"))
    named = [amount for amount in (low, high) if amount]
    paid = bool(named and posting["salary_currency"])
    remote = where.remote or what.remote
    city = where.city.title() if where.city else None
    return {
        **posting,
        "title": occupation.name if occupation else None,
        "skills": sorted({hit.skill for hit in vocabulary().find(f"{text}\n{posting['description'] or ''}")}),
        "place": ", ".join(part for part in (city, where.region and where.region.upper(), where.country) if part) or None,
        "country": where.country,
        "remote": REMOTE[remote] if remote else None,
        "seniority": SENIORITY[what.rank] if what.rank is not None else None,
        "salary": sum(named) / len(named) if paid else None,
        "currency": posting["salary_currency"] if paid else None,
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
