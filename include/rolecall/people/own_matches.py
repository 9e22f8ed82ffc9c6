"""A person's matches as they see them: best first, with reasons; what was held back with its reason, and how much was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from rolecall import criteria
from rolecall.matching.score.own_order import OwnOrder, traits_of
from rolecall.people import own_signals
from rolecall.people.applying_wishes import current_employer, is_employer
from rolecall.people.matches_in_words import LEFT_OUT
from rolecall.store import Connection
from rolecall.text.percent import percent

MINE: LiteralString = """
with mine as (
    select distinct on (m.source, m.job_id) m.*
    from match m
    where m.person_id = %(person)s and m.company <> all(%(hidden)s)
      and (m.gone_at is null or exists (
          select from application a
          where (a.person_id, a.source, a.job_id) = (%(person)s, m.source, m.job_id) and a.state <> 'cancelled'))
    order by m.source, m.job_id, m.gone_at nulls first, m.score desc, m.cv_id
)"""
"""What the newest matching found, and whatever was applied for; nothing of the current employer's."""

PAGE: LiteralString = f"""{MINE}, page as (
    select mine.*, count(*) over () as total, coalesce(own.more, 0) as more
    from mine left join jsonb_to_recordset(%(own)s) as own (source text, job_id text, more float8) using (source, job_id)
    where score >= %(least)s and (%(source)s = '' or source = %(source)s)
    order by score + coalesce(own.more, 0) desc, source, job_id limit %(limit)s offset %(offset)s
)
select page.*, others.cvs as other_cvs, coalesce(nullif(cv_file.filename, ''), nullif(cv.data ->> 'headline', ''), page.cv_id) as cv_name,
       job.city, job.country, job.remote, job.employment_type, job.location, job.url, coalesce(job.state = 'closed', false) as closed,
       coalesce(
           job.description is null and exists (select from posting p where p.job_id = job.id and p.raw ? 'alert'), false
       ) as from_alert,
       application.id::text as application_id, application.state as application_state, held.rule, held.reason as held_back
from page
left join job on job.id = page.job_id
left join cv on cv.id = page.cv_id
left join cv_file on cv_file.cv_id = page.cv_id
left join lateral (
    select jsonb_agg(jsonb_build_object('cvId', o.cv_id, 'matchScore', o.score) order by o.score desc, o.cv_id) as cvs
    from match o
    where (o.person_id, o.source, o.job_id) = (%(person)s, page.source, page.job_id) and o.cv_id <> page.cv_id and o.gone_at is null
) others on true
left join lateral (
    select id, state from application a
    where (a.person_id, a.source, a.job_id) = (%(person)s, page.source, page.job_id) order by created_at desc limit 1
) application on true
left join lateral (
    select rule, reason from held_back h
    where (h.person_id, h.source, h.job_id) = (%(person)s, page.source, page.job_id) order by noted_at desc limit 1
) held on application.id is null or application.state = 'cancelled'
order by page.score + page.more desc, page.source, page.job_id
"""  # noqa: S608  # put together from the constant above

TRAITS: LiteralString = f"""{MINE}
select mine.source, mine.job_id, mine.title, mine.company, mine.reasons, job.city, job.country, job.remote, job.employment_type
from mine left join job on job.id = mine.job_id
"""  # noqa: S608  # put together from the constant above

HELD: LiteralString = f"""{MINE}
select held.reason, count(*) as jobs
from mine
join lateral (
    select rule, reason from held_back h
    where (h.person_id, h.source, h.job_id) = (%(person)s, mine.source, mine.job_id) order by noted_at desc limit 1
) held on held.rule <> 'below_threshold'
where not exists (select from application a where (a.person_id, a.source, a.job_id) = (%(person)s, mine.source, mine.job_id)
                  and a.state <> 'cancelled')
group by held.reason
"""  # noqa: S608  # put together from the constant above

CVS = "select id, matched_at, matching from cv where person_id = %s order by matched_at desc nulls last, id"

ASKED = """
select max(finished_at) at time zone 'UTC' as at, count(*) = 0 or bool_or(error is null) as answered
from board_run where finished_at > now() - interval '8 hours'
"""
"""When boards were last asked, as far as they are asked every few hours, and whether one of them answered."""

REFUSED = "select count(*) filter (where state = 'quarantined') as quarantined, count(*) as jobs from job where merged_into is null"

MOST_WHY = 2

NICE = " is nice to have, "
"""What the text of a reason has that is about something nice to have: nobody is turned down for it."""

LITTLE_IN_COMMON = "the ad and your CV have too little in common"
"""What is left where nothing that is required is missing: most of a score is how alike the two texts are."""


def matches_of(
    conn: Connection, person_id: str, *, least: float = 0.0, source: str = "", limit: int = 50, offset: int = 0
) -> dict[str, Any]:
    """A page of a person's matches, best first, and what was left out; a job that several CVs match stands once, with the best of them.

    ``{"matches": [{id, source, title, company, location, url, closed, fromAlert, matchScore, matchReasons, recommendations, cvId,
    matchedAt, applicationId, applicationState, heldBack, cvName, otherCvs, ownScore, ownBecause}], "total",
    "ownOrder", "cvs", "threshold", "jobs", "catalog", "matchedAt",
    "leftOut": [{rule, reason, jobs}], "note"}``. ``jobs``: how many open ones were looked at; ``catalog``: how many there are, open or not.
    ``fromAlert``: a job alert that came by mail named it, and nothing was read but that mail.
    ``cvId``, ``cvName``: the CV that fits the job best; ``otherCvs``: ``{cvId, matchScore}`` of the person's others that match it.
    ``ownScore``, ``ownBecause``: where the person's own order is on (:mod:`rolecall.people.own_signals`), what places the job, and why.
    ``note``: why there is nothing, where there is nothing.

    :param least: lowest score, 0 to 1
    :param source: only this board's; empty: all
    """
    said = _criteria(conn, person_id)
    hidden = _hidden(conn, person_id, said)
    asked: dict[str, Any] = {
        "person": person_id, "least": least, "source": source, "limit": limit, "offset": offset, "hidden": list(hidden),
    }  # fmt: skip
    order = own_signals.own_order(conn, person_id)
    asked["own"] = Jsonb(own_signals.corrections(order, conn.execute(TRAITS, asked).fetchall()) if order.is_on else [])
    rows = conn.execute(PAGE, asked).fetchall()
    threshold = criteria.threshold(said)
    total = rows[0]["total"] if rows else 0
    return {
        "matches": [_shown(row, threshold, order) for row in rows],
        "total": total,
        "ownOrder": own_signals.shown(order),
        "threshold": threshold,
        **_looked_at(conn, asked, hidden, whole_catalog(conn), any_match=bool(total)),
    }


def whole_catalog(conn: Connection) -> dict[str, int]:
    """``{"jobs", "quarantined"}``: how many jobs there are, open or not, and how many did not pass our checks."""
    return conn.execute(REFUSED).fetchone() or {"quarantined": 0, "jobs": 0}


def what_was_looked_at(conn: Connection, person_id: str, catalog: Mapping[str, int]) -> dict[str, Any]:
    """The same without the matches and their order, which take longest: ``{"cvs", "jobs", "catalog", "matchedAt", "leftOut", "note"}``.

    :param catalog: :func:`whole_catalog`
    """
    hidden = _hidden(conn, person_id, _criteria(conn, person_id))
    asked = {"person": person_id, "hidden": list(hidden)}
    found = conn.execute(f"{MINE} select exists (select from mine) as any_match", asked).fetchone()  # noqa: S608  # a part of ours
    return _looked_at(conn, asked, hidden, catalog, any_match=bool(found and found["any_match"]))


def _looked_at(
    conn: Connection, asked: Mapping[str, Any], hidden: dict[str, int], catalog: Mapping[str, int], *, any_match: bool
) -> dict[str, Any]:
    cvs = conn.execute(CVS, (asked["person"],)).fetchall()
    newest: Mapping[str, Any] = next((row["matching"] for row in cvs if row["matched_at"]), {})
    jobs = newest.get("jobs") if isinstance(newest.get("jobs"), int) else None
    when_asked = None if any_match else conn.execute(ASKED).fetchone()
    return {
        "cvs": len(cvs),
        "jobs": jobs,
        "catalog": catalog["jobs"],
        "matchedAt": cvs[0]["matched_at"] if cvs else None,
        "leftOut": _left_out(newest, hidden, catalog["quarantined"], conn.execute(HELD, asked).fetchall()),
        "note": "" if any_match else _why_nothing(cvs, catalog["jobs"], jobs, when_asked or {"at": None, "answered": True}),
    }


def _criteria(conn: Connection, person_id: str) -> Mapping[str, Any]:
    row = conn.execute("select preferences -> 'criteria' as criteria from person where id = %s", (person_id,)).fetchone()
    return row["criteria"] if row and isinstance(row["criteria"], Mapping) else {}


def _hidden(conn: Connection, person_id: str, said: Mapping[str, Any]) -> dict[str, int]:
    """Names under which the person's current employer stands among their matches → how many jobs."""
    employer = current_employer({"criteria": said})
    if not employer:
        return {}
    rows = conn.execute(
        "select company, count(distinct (source, job_id)) as jobs from match where person_id = %s and gone_at is null group by company",
        (person_id,),
    ).fetchall()
    return {row["company"]: row["jobs"] for row in rows if is_employer(row["company"], employer)}


def _left_out(newest: Mapping[str, Any], hidden: Mapping[str, int], quarantined: int, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts = dict(newest["leftOut"]) if isinstance(newest.get("leftOut"), Mapping) else {}
    if hidden:
        counts["current_employer"] = max(counts.get("current_employer", 0), sum(hidden.values()))
    if quarantined:
        counts["quarantined"] = quarantined
    lines = [{"rule": rule, "reason": LEFT_OUT.get(rule, rule), "jobs": jobs} for rule, jobs in counts.items() if jobs]
    lines += [{"rule": "held_back", "reason": f"found, and not applied for: {row['reason']}", "jobs": row["jobs"]} for row in held]
    return sorted(lines, key=lambda line: (-line["jobs"], line["reason"]))


def _why_nothing(cvs: list[dict[str, Any]], jobs: int, looked_at: int | None, asked: Mapping[str, Any]) -> str:
    """Why there is nothing, and what to do: nobody is left with a bare zero.

    :param asked: a row of :data:`ASKED`
    """
    if not cvs:
        return "there is no CV yet → add one: ./rolecall person cv ID FILE"
    if not cvs[0]["matched_at"]:
        return "the CV has not been matched yet: that happens within a minute, unless the machine is busy → look again then"
    if not jobs and not asked["answered"]:
        return f"no job has come in yet: no board answered, last asked at {asked['at']:%H:%M} UTC → make status"
    if not jobs and asked["at"]:
        return f"no job has come in yet: boards were asked at {asked['at']:%H:%M} UTC → ./rolecall boards report"
    if not jobs:
        return "no job has come in yet: boards are read at 6, 12 and 18 o'clock (UTC) → ./rolecall boards report"
    if not looked_at:
        return "no job is open at the moment: boards are read at 6, 12 and 18 o'clock (UTC) → ./rolecall boards report"
    return "every open job breaks a wish: how many, and which wish, is counted below → change it"


def _shown(row: dict[str, Any], threshold: float, order: OwnOrder) -> dict[str, Any]:
    return {
        "id": row["job_id"],
        "source": row["source"],
        "title": row["title"],
        "company": row["company"],
        "location": row["location"],
        "url": row["url"],
        "closed": row["closed"],
        "fromAlert": row["from_alert"],
        "matchScore": row["score"],
        "matchReasons": row["reasons"],
        "recommendations": row["recommendations"],
        "cvId": row["cv_id"],
        "cvName": row["cv_name"],
        "otherCvs": row["other_cvs"] or [],
        "ownScore": round(row["score"] + row["more"], 4),
        "ownBecause": order.words(traits_of(row)) if row["more"] else [],
        "matchedAt": row["matched_at"],
        "applicationId": row["application_id"],
        "applicationState": row["application_state"],
        "heldBack": _held_back(row, threshold),
    }


def _held_back(row: dict[str, Any], threshold: float) -> str | None:
    if row["application_state"] not in (None, "cancelled") or row["rule"] not in (None, "below_threshold") or row["score"] >= threshold:
        reason: str | None = row["held_back"] if row["rule"] != "below_threshold" else None
        return reason
    return below_threshold(row["score"], threshold, row["reasons"])


def below_threshold(score: float, threshold: float, reasons: Any) -> str:
    """Why a match below the threshold is held back, in words."""
    why = weaknesses(reasons)
    return f"below your threshold: {percent(score)} of {threshold:.0%}{', because ' + '; '.join(why) if why else ''}"


def weaknesses(reasons: Any) -> list[str]:
    """What speaks most against a match, in words, the weightiest first; nothing where a service gave no evidence.

    What comes close speaks for a match, only less: it is no reason against it. Nor is what would be nice to have why a score is low.
    """
    given = [one for one in reasons if isinstance(one, Mapping) and one.get("text")] if isinstance(reasons, list) else []
    missing = [one for one in given if one.get("verdict") == "missing"]
    heaviest = sorted((one for one in missing if NICE not in str(one["text"])), key=lambda one: -_weight(one))
    told = list(dict.fromkeys(str(one["text"])[:200] for one in heaviest))[:MOST_WHY]
    return told or ([LITTLE_IN_COMMON] if any("verdict" in one for one in given) else [])


def _weight(reason: Mapping[str, Any]) -> float:
    weight = reason.get("weight")
    return float(weight) if isinstance(weight, int | float) else 0.0
