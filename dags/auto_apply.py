"""
### Apply for one person

CV → matches → what may be applied for, asking first where the person wants to be asked → **one mapped task a job**, labelled
*title @ company* → record → summary.

Each application is committed before it is sent and is sent **at most once**, whatever breaks: an answer that may or may not
have been received parks it as *uncertain*, which is settled by evidence or by a person. A failed job is its own red square and
nobody else's. The effects of an outcome (the record at the platform, the messages) are enqueued in its transaction.

Start it from this page, over REST or the webhook, or let `dispatch_auto_apply` start it. Defaults are the seed's: 70 % or higher,
5 at a time, 2 s between. States, limits, approval, and what every exit leaves: `docs/applying.md`.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from rolecall import assets, criteria
from rolecall.applying import ledger, requests
from rolecall.applying.effects import enqueue_effects
from rolecall.applying.plan import check
from rolecall.applying.restored.restore_guard import RestoreGuard
from rolecall.applying.restored.sent_log import SentLog
from rolecall.applying.submit import Pace, submit
from rolecall.applying.tokens import user_token
from rolecall.clients.platform_client import PlatformClient
from rolecall.defaults import DAG_DEFAULTS, SUBMIT, deadline, failed_before, red_if_failed
from rolecall.endpoints import redis_url
from rolecall.errors import InvalidInput, RequestRejected
from rolecall.hooks.ai_service_hook import AiServiceHook, ai_is_bundled
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.models import UUID, ApplyOrder
from rolecall.notifying.send.platform_calls import deliver_outbox
from rolecall.operators.application_task import application_task
from rolecall.operators.plan_applications_operator import PlanApplicationsOperator
from rolecall.outbox.wakeup import nudge
from rolecall.store import documents

log = logging.getLogger(__name__)

WHERE = "`./rolecall applications people` lists the ids; the demo's are `{}`."

PARAMS = {
    "cvId": Param(
        type="string",
        minLength=1,
        maxLength=200,
        title="CV",
        description_md="Id of the CV, as the platform API knows it. " + WHERE.format("demo-cv`, `demo-nurse-cv`, `demo-seller-cv"),
    ),
    "userId": Param(
        type="string",
        minLength=1,
        maxLength=200,
        title="Person",
        description_md="Id of the person the CV belongs to. " + WHERE.format("demo-person`, `demo-nurse`, `demo-seller"),
    ),
    "userEmail": Param(
        type="string",
        pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$",
        maxLength=254,
        title="E-mail",
        description="Where the messages go: name@example.com",
    ),
    "criteria": Param(
        {},
        type=["object", "null"],
        **({"propertyNames": {"enum": sorted(criteria.NAMES)}} if ai_is_bundled() else {}),
        title="Criteria",
        description_md=f"Wishes passed on to the matcher, for example `{json.dumps(criteria.EXAMPLE)}`. Empty: no wishes.",
    ),
    "threshold": Param(
        criteria.THRESHOLD,
        type=["number", "null"],
        minimum=0,
        maximum=1,
        title="Threshold",
        description="Lowest score to apply for; 0.7 is 70 %.",
    ),
    "batchSize": Param(
        5, type=["integer", "null"], minimum=1, maximum=100, title="Batch", description="Applications sent before each wait."
    ),
    "delaySeconds": Param(
        2, type=["number", "null"], minimum=0, maximum=3600, title="Wait", description="Seconds from one batch to the next."
    ),
    "approval": Param(
        False, type=["boolean", "null"], title="Ask first", description="Ask before sending, also where the preferences do not."
    ),
    "dryRun": Param(False, type=["boolean", "null"], title="Dry run", description="Plan and show; send nothing."),
    "requestId": Param(None, type=["string", "null"], pattern=UUID, title="Request", description="Set by the dispatcher; leave empty."),
}
"""``null`` in a type: the form asks for no value where there is a default."""

PER_RUN = 8
"""Tasks at once of one run; over all runs the pool says it. Eight are more than a batch: while one batch is sent, the next has started and
holds its slots. Whoever has a thousand jobs leaves four of the pool's places to others. The pace itself is kept in Postgres."""


def wake() -> bool:
    """Wakes the messages: an alert goes out while the run goes on."""
    return nudge(redis_url())


def order() -> ApplyOrder:
    """The run's conf. What it cannot say ends the task at once: the same conf gives the same answer."""
    return ApplyOrder.of(dict(get_current_context()["params"]))


def checked_order() -> ApplyOrder:
    """The run's conf, where everything that it names is there: what a later task would refuse is refused by the first."""
    asked = order()
    if AiServiceHook().bundled:
        criteria.refuse_unknown(asked.criteria)
    with StoreHook().get_conn() as conn:
        check(conn, asked)
    return asked


def fetched(platform: PlatformClient, cv_id: str, token: str | None) -> dict[str, Any]:
    """The CV as it is served. One that the platform does not have ends the task at once."""
    try:
        return platform.get_cv(cv_id, user_token=token)
    except RequestRejected as error:
        fix = "copy the id from the platform; ./rolecall applications people lists those of the bundled one"
        raise InvalidInput("cvId", f"the platform serves no CV {cv_id!r} ({error.message})", fix=fix) from error


def no_plan(context: Any) -> AirflowException:
    """What a run without a plan ends with: nothing of its own where a task that failed says why."""
    if failed_before(context, "fetch_cv", "find_matches", "plan_applications"):
        return AirflowSkipException("nothing was planned → read the log of the red task of this run")
    return AirflowFailException("nothing was planned, and no task of this run failed: one was skipped by hand → trigger a new run")


@dag(
    **{**DAG_DEFAULTS, "max_active_runs": 256, "dagrun_timeout": requests.LONGEST_RUN},  # a run that waits for a yes holds nothing else
    schedule=None,
    deadline=deadline("auto_apply", minutes=30),
    params=PARAMS,
    doc_md=__doc__,
    tags=["rolecall", "applying"],
)
def auto_apply() -> None:
    @task
    def fetch_cv() -> str:
        """Stores the person's CV as it is served, with their own token where one came with the request; returns its hash."""
        with StoreHook().get_conn() as conn:
            requests.mark_triggered(conn, [get_current_context()["dag_run"].run_id])
        asked = checked_order()
        with PlatformHook().client() as platform, StoreHook().get_conn() as conn:
            token = user_token(conn, asked.request_id, person_id=asked.user_id, cv_id=asked.cv_id)
            return documents.put(conn, "cv", fetched(platform, asked.cv_id, token))

    @task
    def find_matches(cv_sha256: str) -> str:
        """Asks the AI service; stores the readable matches and returns their hash."""
        with AiServiceHook().client() as ai, StoreHook().get_conn() as conn:
            cv = {"id": order().cv_id, "userId": order().user_id, **documents.get(conn, cv_sha256)}
            found, problems = ai.job_match(cv, {**order().criteria, "threshold": order().threshold})
            for problem in problems:
                log.warning("left out: %s", problem)
            return documents.put(conn, "matches", [match.model_dump(mode="json", by_alias=True) for match in found])

    @application_task(
        map_index_template="{{ label }}",
        max_active_tis_per_dagrun=PER_RUN,
        pool="rolecall_applications",
        retries=5,
        retry_policy=SUBMIT,
    )
    def apply(application_id: str, label: str) -> str:
        """Sends one application, at most once."""
        get_current_context()["label"] = label  # names the mapped task in the UI
        service = AiServiceHook()
        pace = Pace(batch=order().batch_size, delay=order().delay_seconds)
        ours = ledger.Ledger(StoreHook().dsn, application_id, enqueue_effects)
        with service.client() as ai:
            row = submit(
                ours,
                send=ai.auto_apply,
                pace=pace,
                idempotent=service.idempotent,
                wake=wake,
                seen_before=RestoreGuard(SentLog(redis_url()), ours, ai.auto_apply_status),
            )
        if row["state"] != "submitted":
            raise AirflowSkipException(f"{row['state']}: {row['state_reason']}")
        return f"{row['state']}: {row['state_reason']}"

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[assets.notifications])
    def record_applications() -> str:
        """Tells the platform what was applied for. What fails here is repeated by `send_notifications`, which its success starts."""
        with PlatformHook().client() as platform:
            delivered = deliver_outbox(StoreHook().dsn, platform)
        log.info(delivered.words)
        return str(delivered)

    @task(trigger_rule=TriggerRule.ALL_DONE, execution_timeout=timedelta(minutes=1))
    def summarize(planned: list[dict[str, str]] | None) -> dict[str, Any]:
        """How many applications of this run are in which state. Skipped where a task failed before there was a plan: that is the error."""
        context = get_current_context()
        with StoreHook().get_conn() as conn:
            requests.mark_done(conn, context["params"].get("requestId"))
            found = ledger.of_run(conn, context["dag_run"].run_id)
        if planned is None:  # after the commit: the request's place is free whatever became of its run
            raise no_plan(context)
        log.info(ledger.words(found))
        return found

    cv = fetch_cv()
    found = find_matches(cv)
    plan = PlanApplicationsOperator(task_id="plan_applications", cv_sha256=cv, matches_sha256=found)
    apply.expand_kwargs(plan.output) >> record_applications() >> summarize(plan.output)
    red_if_failed(cv, found, plan)


auto_apply()
