"""Matches as rows."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from rolecall.models import Match
from rolecall.store import Connection
from rolecall.store.documents import storable

UPSERT = """
insert into match as m (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company,
                        reasons, recommendations, letter, engine)
select %(person)s, %(cv)s, i.*
from jsonb_to_recordset(%(matches)s) as i (
    source text, job_id text, score float8, can_auto_apply boolean, already_applied boolean, title text, company text,
    reasons jsonb, recommendations jsonb, letter text, engine text)
order by i.source, i.job_id
on conflict (person_id, cv_id, source, job_id) do update set
    score = excluded.score, can_auto_apply = excluded.can_auto_apply, already_applied = excluded.already_applied,
    title = excluded.title, company = excluded.company, reasons = excluded.reasons, recommendations = excluded.recommendations,
    letter = excluded.letter, engine = excluded.engine, matched_at = now(), gone_at = null
where (m.score, m.can_auto_apply, m.already_applied, m.title, m.company, m.reasons, m.recommendations, m.letter, m.engine)
    is distinct from (excluded.score, excluded.can_auto_apply, excluded.already_applied, excluded.title, excluded.company,
                      excluded.reasons, excluded.recommendations, excluded.letter, excluded.engine)
    or m.gone_at is not null
"""

GONE = """
update match set gone_at = now()
where person_id = %(person)s and cv_id = %(cv)s and gone_at is null and score >= %(least)s
  and not exists (select from jsonb_to_recordset(%(found)s) as i (source text, job_id text)
                  where (i.source, i.job_id) = (match.source, match.job_id))
"""


def store_matches(conn: Connection, *, person_id: str, cv_id: str, matches: Sequence[Match]) -> int:
    """Upserts one CV's matches in one statement, in the caller's transaction. Returns how many rows are new or changed.

    Equal values change nothing. What was dispatched stays dispatched: ``request_id`` is never touched. One job twice among the
    matches is its better score.
    """
    best: dict[tuple[str, str], Match] = {}
    for match in matches:
        key = (match.source, match.id)
        if key not in best or match.match_score > best[key].match_score:
            best[key] = match
    if not best:
        return 0
    rows = [
        {
            "source": match.source,
            "job_id": match.id,
            "score": match.match_score,
            "can_auto_apply": match.can_auto_apply,
            "already_applied": match.already_applied,
            "title": match.title,
            "company": match.company,
            "reasons": match.match_reasons,
            "recommendations": match.recommendations,
            "letter": match.generated_cover_letter,
            "engine": match.engine,
        }
        for match in best.values()
    ]
    return conn.execute(UPSERT, {"person": person_id, "cv": cv_id, "matches": Jsonb(storable(rows))}).rowcount


def let_go(conn: Connection, *, person_id: str, cv_id: str, found: Sequence[Match], more: bool) -> int:
    """Marks a CV's stored matches that its newest matching did not find any more; nothing is deleted. Returns how many.

    :param more: what was found is cut: a stored match with a lower score than all of it may stand behind the cut
    """
    least = min((match.match_score for match in found), default=0.0) if more else 0.0
    rows = [{"source": match.source, "job_id": match.id} for match in found]
    return conn.execute(GONE, {"person": person_id, "cv": cv_id, "found": Jsonb(storable(rows)), "least": least}).rowcount
