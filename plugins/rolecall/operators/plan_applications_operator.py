"""Plans one person's applications, and asks where they want to be asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, conf
from airflow.sdk.execution_time.hitl import HITLUser

from rolecall.airflow_url import airflow_url
from rolecall.applying import approval
from rolecall.applying.plan import plan, ready
from rolecall.applying.prepared_matches import prepare_matches
from rolecall.endpoints import redis_url
from rolecall.hooks.ai_service_hook import AiServiceHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.links.ad_link import AdLink
from rolecall.models import ApplyOrder, Match
from rolecall.outbox.wakeup import nudge
from rolecall.settings import Settings
from rolecall.store import Connection, documents

PLANNING_LIMIT = timedelta(minutes=15)
"""Of the planning. How long an answer is waited for is the person's wish."""

Planned = list[dict[str, str]]


class PlanApplicationsOperator(HITLOperator):
    """Commits to what will be applied for and returns it for mapping: ``[{"application_id", "label"}]``.

    Where the person's preferences (or the run's ``approval`` param) ask for it, the task then waits in ``awaiting_input``, holding no
    slot: one list, tick which. *Decide later* is preset; a contradictory answer changes nothing and is asked again; no answer in time is
    no. Answered in Airflow (*Required Actions*, or ``PATCH …/hitlDetails``) by the person's own account where they have one, else by
    whoever may; on the page; or by the one-time link in the mail. What needs no yes is not held by the
    question: a run of its own sends it.

    :param cv_sha256: hash of the CV as fetched (templated: an XCom)
    :param matches_sha256: hash of the matches (templated: an XCom)
    :param conn_id: the ``rolecall`` database
    """

    template_fields: Sequence[str] = ("subject", "body", "cv_sha256", "matches_sha256")
    operator_extra_links = (AdLink(),)

    def __init__(self, *, cv_sha256: Any, matches_sha256: Any, conn_id: str = StoreHook.default_conn_name, **kwargs: Any) -> None:
        kwargs["execution_timeout"] = None  # HITLOperator would take it for the person's time to answer
        super().__init__(subject="", options=[approval.LATER], defaults=[approval.LATER], multiple=True, **kwargs)
        self.execution_timeout = PLANNING_LIMIT
        self.cv_sha256 = cv_sha256
        self.matches_sha256 = matches_sha256
        self.conn_id = conn_id

    def execute(self, context: Context) -> Planned:
        """Plans; returns at once, or waits for the person."""
        order = ApplyOrder.of(context["params"])
        run_id = str(context["run_id"])
        with StoreHook(self.conn_id).get_conn() as conn:
            matches = [Match.model_validate(match) for match in documents.get(conn, self.matches_sha256)]
            self.ad_of = matches[0].id if matches else None
            if any(match.by_itself for match in matches):
                with AiServiceHook().client() as ai:
                    matches = prepare_matches(ai.prepare, order, matches)
            planned = plan(conn, order, run_id=run_id, cv_sha256=self.cv_sha256, matches=matches)
            self.log.info(planned.words)
            held = approval.enqueue_holds(conn, order.user_id, run_id, page_url=Settings().page_url)
            if planned.to_decide:
                approval.store_questions(conn, run_id, planned.to_decide)
                asked = approval.PendingApproval(
                    order.user_id, order.user_email, planned.to_decide, timedelta(hours=planned.approval_hours)
                )
                self._tell(conn, context, asked)
        if held:
            nudge(redis_url())
        if not planned.to_decide:
            return planned.applications
        return self._wait(context, asked)

    def _tell(self, conn: Connection, context: Context, asked: approval.PendingApproval, again: str | None = None) -> None:
        url = self.generate_link_to_ui_from_context(context=context, base_url=airflow_url())
        run_id, page = str(context["run_id"]), Settings().page_url
        approval.enqueue_question(conn, run_id=run_id, asked=asked, url=url, page_url=page, again=again)

    def _wait(self, context: Context, asked: approval.PendingApproval) -> Planned:
        nudge(redis_url())
        self.subject = f"{len(asked.decisions)} applications for your approval"
        self.body = approval.body(asked.decisions)
        self.options = [*(one.label for one in asked.decisions), approval.LATER, approval.NONE]
        self.response_timeout = asked.left
        self.assigned_users = accounts_of(asked.person_id, asked.email) or None
        waiting: Callable[[Context], Planned] = super().execute
        return waiting(context)  # raises TaskAwaitingInput

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Planned:
        """Keeps who said what, and goes on with the ticked ones; asks again where the answer contradicts itself."""
        if "error" in event:
            self.process_trigger_event_error(event)
        user = event.get("responded_by_user")
        order = ApplyOrder.of(context["params"])
        by = None if event.get("timedout") or user is None else account(user, accounts_of(order.user_id, order.user_email))
        run_id = str(context["run_id"])
        with StoreHook(self.conn_id).get_conn() as conn:
            try:
                approved = approval.record_answer(conn, run_id, event["chosen_options"], by=by)
            except approval.Contradictory as error:
                self.log.warning("%s answered: %s. Nothing was changed; it is asked again", by, error)
                asked = approval.still_open(conn, run_id, now=datetime.now(UTC))
                if asked is None:  # all of it was withdrawn or taken over meanwhile
                    return ready(conn, run_id)
                self._tell(conn, context, asked, again=error.message)
            else:
                self.log.info("%s: %d approved", by or "nobody answered in time", len(approved))
                return approved
        return self._wait(context, asked)


def accounts_of(person_id: str, email: str) -> list[HITLUser]:
    """The person's own accounts in Airflow: only they (and, with Airflow's simple login, its admins) may answer. Empty: they have none.

    ``[rolecall] approvers`` says so by id; with Airflow's simple login an account of the person's id or e-mail address is theirs.
    """
    given = (conf.getjson("rolecall", "approvers", fallback={}) or {}).get(person_id, [])
    if not given and str(conf.get("core", "auth_manager")).endswith(".SimpleAuthManager"):
        names = [one.split(":")[0].strip() for one in str(conf.get("core", "simple_auth_manager_users", fallback="")).split(",")]
        given = [name for name in names if name and name.casefold() in (person_id.casefold(), email.casefold())]
    return [{"id": str(one), "name": str(one)} for one in ([given] if isinstance(given, str) else given)]


def account(user: Any, own: Sequence[HITLUser] = ()) -> str:
    """Who answered: the person, by an account of theirs, or another account of Airflow's."""
    values = user if isinstance(user, dict) else {"id": getattr(user, "id", ""), "name": getattr(user, "name", "")}
    name, identity = str(values.get("name") or ""), str(values.get("id") or "")
    shown = name if name == identity or not identity else f"{name} ({identity})" if name else identity
    said = f"Airflow account {shown or 'without a name'}"
    return f"the person, by their {said}" if identity and identity in [one["id"] for one in own] else said
