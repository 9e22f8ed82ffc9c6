"""What only the person can answer, over all that waits for it: each question once, in its own words; what is answered goes on by itself."""

from __future__ import annotations

from typing import Any

from rolecall.applying.answers.bank import options_key
from rolecall.applying.answers.canonical import canonical_meaning
from rolecall.store import Connection

WAITING = """
select a.id::text, a.title, a.company, a.open_questions, job.country
from application a left join job on job.id = application_job(a)
where a.person_id = %s and a.state = 'planned' and a.erased_at is null and a.open_questions <> '[]'
order by a.score desc, a.id limit 500
"""


def open_questions(conn: Connection, person_id: str) -> list[dict[str, Any]]:
    """``[{question, kind, options, required, sensitive, why, country, jobs}]``, what most jobs wait for first."""
    asked: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in conn.execute(WAITING, (person_id,)).fetchall():
        for one in row["open_questions"]:
            said = canonical_meaning(one["question"], country=one.get("country") or "", sensitive=bool(one.get("sensitive")))
            key = (said.key, said.country, options_key(tuple(one.get("options") or ())))
            found = asked.setdefault(key, {**{name: one.get(name) for name in SHOWN}, "country": said.country, "jobs": []})
            name = " @ ".join(filter(None, (row["title"], row["company"])))
            if name not in found["jobs"]:
                found["jobs"].append(name)
    return sorted(asked.values(), key=lambda one: -len(one["jobs"]))


SHOWN = ("question", "kind", "options", "required", "sensitive", "why")
