"""The seed's AIJobMatcher node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context

from rolecall import criteria as said
from rolecall.clients.ai_client import MatchAnswer
from rolecall.errors import InvalidInput
from rolecall.hooks.ai_service_hook import AiServiceHook
from rolecall.hooks.language_model_hook import LanguageModelHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.links.ad_link import AdLink
from rolecall.matching import let_go, store_matches
from rolecall.matching.letters.llm import ModelBudget, improve
from rolecall.models import Cv, Match
from rolecall.people.applying_wishes import current_employer, is_employer
from rolecall.people.cvs.own_cvs import is_removed
from rolecall.people.records import criteria_of, note_matched, read_cv_row

MAX_RETURNED = 100

BEST = 10
"""So many of the best are kept for a person whatever their score: nobody sees a bare zero."""


class AIJobMatcherOperator(BaseOperator):
    """Matches one CV with the open jobs and keeps what is at or above the threshold.

    With a CV that belongs to a person the matches are stored, the best ten also below the threshold, and only counts and the best three
    travel on. What the person's current employer offers is not kept. With any other CV
    (no ``id`` or no ``userId``) up to 100 matches are returned as they came.

    :param cv_data: the CV as JSON, or only ``{"id": …}`` of a stored one (templated)
    :param threshold: minimum match score, 0 to 1, where a stored CV's person says none of their own
    :param include_reasons: keep the reasons and recommendations
    :param criteria: wishes of the person, passed on to the AI service (templated); ``None``: those of the stored CV's person, which then
        travel through no XCom and are shown in no UI
    :param llm_conn_id: a ``pydanticai`` connection whose model orders the best matches and words their letters; ``None``: no model.
        Whatever it fails at leaves the engine's own result (see ``include/rolecall/matching/letters/llm.py``)
    :param llm_top: how many of the best it is asked about, 1 to 20
    :param llm_budget: limits of one task: ``tokens``, ``dollars``, ``input_price`` and ``output_price`` per million tokens
    :param ai_conn_id: the AI service
    :param conn_id: the ``rolecall`` database
    :raises InvalidInput: threshold out of bounds, no CV, unknown id
    """

    template_fields: Sequence[str] = ("cv_data", "criteria")
    template_fields_renderers = {"cv_data": "json", "criteria": "json"}  # noqa: RUF012  # Airflow reads it from the class
    ui_color = "#e3f7df"
    operator_extra_links = (AdLink(),)

    def __init__(
        self,
        *,
        cv_data: dict[str, Any] | None = None,
        threshold: float = said.THRESHOLD,
        include_reasons: bool = True,
        criteria: dict[str, Any] | None = None,
        llm_conn_id: str | None = None,
        llm_top: int = 5,
        llm_budget: dict[str, float] | None = None,
        ai_conn_id: str = AiServiceHook.default_conn_name,
        conn_id: str = StoreHook.default_conn_name,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.cv_data = cv_data or {}
        self.threshold = threshold
        self.include_reasons = include_reasons
        self.criteria = criteria
        self.llm_conn_id = llm_conn_id
        self.llm_top = llm_top
        self.llm_budget = llm_budget or {}
        self.ai_conn_id = ai_conn_id
        self.conn_id = conn_id
        self.ad_of: str | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Matches the CV and stores what is at or above the threshold; returns counts."""
        if not 0 <= self.threshold <= 1:
            raise InvalidInput("threshold", f"{self.threshold} is not between 0 and 1", fix="70 % is 0.7")
        cv = self._cv()
        criteria, hook, person = self._criteria(), AiServiceHook(self.ai_conn_id), Cv.model_validate(cv)
        stored = person.id is not None and person.user_id is not None
        threshold = said.threshold(criteria, self.threshold) if stored and self.criteria is None else self.threshold
        asked = {**criteria, "threshold": threshold} | ({"atLeast": BEST} if stored and hook.bundled else {})
        with hook.client() as ai:
            answer = ai.matched(cv, asked)
        for problem in answer.problems:
            self.log.warning("a match was left out: %s", problem)
        self._leave_out_employer(answer, criteria)
        found = sorted(map(self._trimmed, answer.matches), key=lambda match: -match.match_score)
        matches = [match for match in found if match.match_score >= threshold]
        self.log.info("%d of %d matches are at or above %s", len(matches), len(found), threshold)
        self.ad_of = matches[0].id if matches else None
        below = found[len(matches) : max(len(matches), BEST)]
        if self.llm_conn_id and matches:
            matches = self._improved(person, matches)
        return self._keep(person, matches, below, answer) | {"unreadable": len(answer.problems)}

    @staticmethod
    def _leave_out_employer(answer: MatchAnswer, criteria: dict[str, Any]) -> None:
        """Also where a service that does not know this wish answers."""
        employer = current_employer({"criteria": criteria})
        theirs = [match for match in answer.matches if is_employer(match.company, employer)]
        if theirs:
            answer.matches[:] = [match for match in answer.matches if match not in theirs]
            answer.left_out["current_employer"] = answer.left_out.get("current_employer", 0) + len(theirs)

    def _improved(self, cv: Cv, matches: list[Match]) -> list[Match]:
        """The matches as the model orders and words them; as they are where there is no model to be had."""
        try:
            model = LanguageModelHook(str(self.llm_conn_id))
        except Exception as error:  # a missing connection is no reason not to match
            self.log.warning("no model (%s): the engine's own result stands", type(error).__name__)
            return matches
        with StoreHook(self.conn_id).get_conn() as conn:
            done = improve(conn, model, cv, matches, top=min(20, max(1, self.llm_top)), budget=ModelBudget(**self.llm_budget))
        self.log.info(
            "the model: ranked %s, %d letters, %d refused, %d from the cache%s",
            done.ranked, done.letters, done.refused, done.cached, f"; stopped: {done.stopped}" if done.stopped else "",
        )  # fmt: skip
        return done.matches

    def _cv(self) -> dict[str, Any]:
        if not self.cv_data:
            raise InvalidInput("cv_data", "there is no CV", fix='give the CV as JSON, or {"id": "…"} of a stored one')
        if set(self.cv_data) != {"id"}:
            return self.cv_data
        with StoreHook(self.conn_id).get_conn() as conn:
            return read_cv_row(conn, str(self.cv_data["id"]))

    def _criteria(self) -> dict[str, Any]:
        if self.criteria is not None or set(self.cv_data) != {"id"}:
            return self.criteria or {}
        with StoreHook(self.conn_id).get_conn() as conn:
            return criteria_of(conn, str(self.cv_data["id"]))

    def _trimmed(self, match: Match) -> Match:
        return match if self.include_reasons else match.model_copy(update={"match_reasons": [], "recommendations": []})

    def _keep(self, cv: Cv, matches: list[Match], below: list[Match], answer: MatchAnswer) -> dict[str, Any]:
        if cv.id is None or cv.user_id is None:
            return {"count": len(matches), "matches": [match.model_dump(mode="json", by_alias=True) for match in matches[:MAX_RETURNED]]}
        with StoreHook(self.conn_id).get_conn() as conn:
            kept = [*matches, *below]
            if not note_matched(conn, cv.id, {"jobs": answer.jobs, "leftOut": answer.left_out}) and is_removed(conn, cv.id):
                self.log.info("the CV was removed meanwhile: nothing is kept")
                return {"cvId": cv.id, "count": 0, "stored": 0, "best": []}
            stored = store_matches(conn, person_id=cv.user_id, cv_id=cv.id, matches=kept)
            let_go(conn, person_id=cv.user_id, cv_id=cv.id, found=kept, more=answer.more)
        best = [{"id": match.id, "title": match.title, "company": match.company, "matchScore": match.match_score} for match in matches[:3]]
        return {"cvId": cv.id, "count": len(matches), "stored": stored, "best": best}
