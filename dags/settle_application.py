"""
### Settle an application by hand

For an application that is *uncertain*: look at the receiving side (your mailbox, the employer's or the platform's page), then say here
what you found, and how you know. Your words are kept with your name and the time, and cannot be changed afterwards. Nothing is sent.

Also to take an application back: one that was not sent never will be; of one that was, the platform is told that it is withdrawn. And
to take a no back, until the job closes: it is planned again, and asked about where the person wants to be asked.

The id is in the message, in the alert, and in the log of the square.
"""

from __future__ import annotations

from airflow.sdk import Param, dag, get_current_context, task

from rolecall import assets
from rolecall.applying import follow
from rolecall.defaults import DAG_DEFAULTS
from rolecall.hooks.store_hook import StoreHook
from rolecall.models import UUID

PARAMS = {
    "applicationId": Param(
        type="string",
        pattern=UUID,
        title="Application",
        description="Its id, like 6f1c2a34-5b1d-4c3e-9f0a-7d2e8b6c1a90: copy it from the message, the alert or the square's log.",
    ),
    "decision": Param(
        "received",
        enum=["received", "not received", "withdraw", "take a no back"],
        title="Decision",
        description="received: the employer has it, it is recorded and counts. not received: they do not have it, or declined; it is "
        "never sent again by itself. withdraw: take it back. take a no back: it was answered no, or withdrawn before it was sent, and may "
        "be applied for after all.",
    ),
    "evidence": Param(
        "statement",
        enum=["receipt", "mail", "screenshot", "statement"],
        title="How you know",
        description="A receipt number, a mail that confirms or declines, a screenshot of the receiving side, or your word.",
    ),
    "detail": Param(
        type="string",
        minLength=3,
        maxLength=2000,
        title="Details",
        description="The receipt's number; the mail's sender, subject and date; where the picture is; or what you saw.",
    ),
    "name": Param(type="string", minLength=2, maxLength=100, title="Your name", description="Who says so. Kept with the decision."),
}


@dag(**{**DAG_DEFAULTS, "max_active_runs": 8}, schedule=None, params=PARAMS, doc_md=__doc__, tags=["rolecall", "applying"])
def settle_application() -> None:
    @task(outlets=[assets.notifications])
    def settle() -> str:
        """Keeps the evidence, resolves the application, and enqueues the effects."""
        context = get_current_context()
        asked, user = context["params"], context["dag_run"].triggering_user_name
        actor = f"{asked['name']} (logged in as {user})" if user else str(asked["name"])
        with StoreHook().get_conn() as conn:
            row = follow.carry_out_decision(conn, asked["applicationId"], asked["decision"], asked["evidence"], asked["detail"], actor)
        return f"{row['title']} @ {row['company']}: {row['state']} ({row['state_reason']})"

    settle()


settle_application()
