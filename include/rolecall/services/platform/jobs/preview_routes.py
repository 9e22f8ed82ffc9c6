"""``GET /api/v1/matches/preview``: what other wishes, or another threshold, would have given over the last days."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field, SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool

from rolecall import criteria
from rolecall.errors import InvalidInput, first_of
from rolecall.matching.score.match_criteria import Criteria
from rolecall.models import Cv, Id
from rolecall.people.accounts import merge, understood
from rolecall.people.own_matches import below_threshold
from rolecall.services.ai import job_facts
from rolecall.services.ai.job_facts import as_cv
from rolecall.services.ai.matchmaking import OPEN, Matchmaker
from rolecall.services.api_errors import refused
from rolecall.services.database import Database
from rolecall.services.platform.jobs.matches_routes import person_of
from rolecall.services.route_guards import Body, bearer, with_any_token
from rolecall.store import Connection, sql

DAYS = 14

BEST = 10
"""So many of the best are shown whatever their score."""

MOST = 1_000
"""Matches that are counted."""

KEYWORDS_ONLY_SEARCH = "other keywords are what boards are searched for from now on; what they would have brought, nobody knows yet"

CV = "select id, data from cv where person_id = %s order by matched_at desc nulls last, id limit 1"
JOBS = """
select id, exists (select from good_match m where m.person_id = %(person)s and m.job_id = job.id and m.gone_at is null) as found_now
from job join open_now using (id) where created_at > now() - make_interval(days => %(days)s)
"""


class PreviewIn(Body):
    """Query: what would be changed.

    :param criteria: a merge patch of the person's criteria, as JSON
    """

    user_id: Id | None = None
    criteria: Annotated[str, Field(max_length=10_000)] = "{}"
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


def router(database: Database, token: SecretStr, matchmaker: Matchmaker) -> APIRouter:
    """The route, for the service's token with ``userId``, or a person's own. It costs one look of the engine, whatever is asked."""
    routes = APIRouter(prefix="/api/v1", route_class=with_any_token())

    @routes.get("/matches/preview")
    async def preview(asked: Annotated[PreviewIn, Query()], request: Request) -> Any:
        """``{"days", "jobs", "threshold", "now", "then", "new", "more", "matches", "leftOut", "note"}``: of the open jobs that came in the
        last days, how many are matches now, not applied for, and how many would be; the best of those, each with ``isNew``, the ten best
        also below the threshold, with ``heldBack``. ``note``: why there is nothing, or what nobody can know; empty where all is said.
        Nothing is changed.
        """
        try:
            person, cv, before, wishes, found_now = await run_in_threadpool(_known, database, asked, bearer(request), token)
            if cv is None:
                raise InvalidInput("userId", "has no CV yet", fix="upload one: POST /api/v1/cv")
            wanted = Criteria.model_validate(
                {**criteria.hiding(wishes), "threshold": criteria.threshold(wishes), "limit": MOST, "atLeast": BEST}
            )
            answer = await matchmaker.match(as_cv({**cv["data"], "id": cv["id"], "userId": person}), wanted, only=found_now, letters=False)
        except InvalidInput as error:
            return refused([error])
        except ValidationError as error:
            return refused([first_of(error, "criteria")])
        threshold = criteria.threshold(wishes)
        fresh = [one for one in answer["matches"] if not one["alreadyApplied"]]
        then = [one for one in fresh if one["matchScore"] >= threshold]
        return {
            "userId": person,
            "days": DAYS,
            "jobs": len(found_now),
            "threshold": threshold,
            "now": sum(found_now.values()),
            "then": len(then),
            "more": answer["more"],
            "new": sum(not found_now[one["id"]] for one in then),
            "matches": [_shown(one, threshold, found_now) for one in fresh[: asked.limit]],
            "leftOut": answer["leftOut"],
            "note": _note(before, wishes, found_now, fresh, len(then)),
        }

    return routes


def _known(
    database: Database, asked: PreviewIn, given: str, token: SecretStr
) -> tuple[str, dict[str, Any] | None, dict[str, Any], dict[str, Any], dict[str, bool]]:
    """The person, their CV, their wishes as they are and as they would be, and the new jobs with whether they are matches now.

    :raises InvalidInput: what would be changed cannot be understood
    """
    with database.connection() as conn:
        person = person_of(conn, asked.user_id, given, token)
        row = conn.execute("select preferences -> 'criteria' as criteria from person where id = %s", (person,)).fetchone() or {}
        before = row.get("criteria") or {}
        wishes = _changed(before, asked)
        return person, conn.execute(CV, (person,)).fetchone(), before, wishes, _jobs(conn, person)


def _shown(one: Mapping[str, Any], threshold: float, found_now: Mapping[str, bool]) -> dict[str, Any]:
    names = ("id", "source", "title", "company", "location", "url", "matchScore", "matchReasons", "recommendations")
    below = one["matchScore"] < threshold
    held_back = below_threshold(one["matchScore"], threshold, one["matchReasons"]) if below else None
    return {**{name: one[name] for name in names}, "isNew": not below and not found_now[one["id"]], "heldBack": held_back}


def _note(before: Mapping[str, Any], wishes: Mapping[str, Any], jobs: Mapping[str, bool], shown: list[dict[str, Any]], then: int) -> str:
    """What a person would wonder about: nobody is left with a bare zero."""
    said = []
    if not jobs:
        said.append(f"no job that is open now came in during the last {DAYS} days: boards are read at 6, 12 and 18 o'clock (UTC)")
    elif not shown:
        said.append("every one of these jobs would break a wish, or was applied for: leftOut counts which wish")
    elif not then:
        said.append("none would reach the threshold: the best are shown with what speaks against them")
    if before.get("keywords") != wishes.get("keywords"):
        said.append(KEYWORDS_ONLY_SEARCH)
    return "; ".join(said)


def _changed(stored: Any, asked: PreviewIn) -> dict[str, Any]:
    try:
        patch = json.loads(asked.criteria)
    except ValueError:
        patch = None
    if not isinstance(patch, dict):
        raise InvalidInput("criteria", "is no JSON object", fix='send one such as {"remote": ["remote"]}')
    changed = merge(stored, patch)
    if asked.threshold is not None:
        changed = {name: value for name, value in changed.items() if name not in ("minScore", "min_score")} | {"threshold": asked.threshold}
    kept: dict[str, Any] = understood({"criteria": changed})["criteria"]
    return kept


def _jobs(conn: Connection, person: str) -> dict[str, bool]:
    """The open jobs of the last days, and whether each is a match now that was not applied for."""
    applied = job_facts.applied(conn, Cv(user_id=person))
    rows = conn.execute(sql(OPEN) + JOBS, {"person": person, "days": DAYS}).fetchall()
    return {row["id"]: row["found_now"] and row["id"] not in applied for row in rows}
