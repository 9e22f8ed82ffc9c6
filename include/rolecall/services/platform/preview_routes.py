"""``GET /api/v1/matches/preview``: what other wishes, or another threshold, would have given over the last days."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field, SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool

from rolecall import criteria
from rolecall.errors import InvalidInput, first_of
from rolecall.matching.score.match_criteria import Criteria
from rolecall.models import Id
from rolecall.people.accounts import merge, understood
from rolecall.services.ai.job_facts import as_cv
from rolecall.services.ai.matchmaking import Matchmaker
from rolecall.services.api_errors import refused
from rolecall.services.database import Database
from rolecall.services.platform.matches_routes import person_of
from rolecall.services.web import Body, bearer, with_any_token
from rolecall.store import Connection

DAYS = 14

CV = "select id, data from cv where person_id = %s order by matched_at desc nulls last, id limit 1"
JOBS = """
select id, exists (select from good_match m where m.person_id = %(person)s and m.job_id = job.id and m.gone_at is null) as found_now
from job where merged_into is null and created_at > now() - make_interval(days => %(days)s)
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
        """``{"days", "jobs", "threshold", "now", "then", "new", "matches", "leftOut"}``: of the open jobs that came in the last days, how
        many are matches now, and how many would be; the best of those, each with ``isNew``. Nothing is changed."""
        try:
            person, cv, wishes, found_now = await run_in_threadpool(_known, database, asked, bearer(request), token)
            if cv is None:
                raise InvalidInput("userId", "has no CV yet", fix="upload one: POST /api/v1/cv")
            wanted = Criteria.model_validate({**criteria.hiding(wishes), "threshold": criteria.threshold(wishes), "limit": 100})
            answer = await matchmaker.match(as_cv({**cv["data"], "id": cv["id"], "userId": person}), wanted, only=found_now, letters=False)
        except InvalidInput as error:
            return refused([error])
        except ValidationError as error:
            return refused([first_of(error, "criteria")])
        then = [one for one in answer["matches"] if not one["alreadyApplied"]]
        names = ("id", "source", "title", "company", "location", "url", "matchScore", "matchReasons", "recommendations")
        return {
            "userId": person,
            "days": DAYS,
            "jobs": len(found_now),
            "threshold": wanted.threshold,
            "now": sum(found_now.values()),
            "then": len(then),
            "more": answer["more"],
            "new": sum(not found_now[one["id"]] for one in then),
            "matches": [{**{name: one[name] for name in names}, "isNew": not found_now[one["id"]]} for one in then[: asked.limit]],
            "leftOut": answer["leftOut"],
        }

    return routes


def _known(
    database: Database, asked: PreviewIn, given: str, token: SecretStr
) -> tuple[str, dict[str, Any] | None, dict[str, Any], dict[str, bool]]:
    """The person, their CV, their wishes as they would be, and the new jobs with whether they are matches now.

    :raises InvalidInput: what would be changed cannot be understood
    """
    with database.connection() as conn:
        person = person_of(conn, asked.user_id, given, token)
        row = conn.execute("select preferences -> 'criteria' as criteria from person where id = %s", (person,)).fetchone() or {}
        wishes = _changed(row.get("criteria") or {}, asked)
        return person, conn.execute(CV, (person,)).fetchone(), wishes, _jobs(conn, person)


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
    return {row["id"]: row["found_now"] for row in conn.execute(JOBS, {"person": person, "days": DAYS}).fetchall()}
