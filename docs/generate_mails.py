"""Writes what people are sent, as examples: ``docs/notification-examples.md`` in every language, ``docs/mails/*.html`` in English."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "include")]

from rolecall.outbox.compose import compose  # noqa: E402  # found through the line above
from rolecall.outbox.kinds import KINDS  # noqa: E402
from rolecall.outbox.rendering import LANGUAGES, words  # noqa: E402

HEAD = """\
# What people are sent

Written by `make docs` from the templates themselves (`include/rolecall/outbox/templates/`); edit those, not this page. The same as
HTML, in English: `docs/mails/`. People, companies and jobs are invented.
"""

JOBS = [
    {"jobTitle": "Senior Data Engineer", "companyName": "Northwind Freight", "matchScore": 0.91, "url": "https://board.example/jobs/1"},
    {"jobTitle": "Analytics Engineer (m/f/d)", "companyName": "Quartz & Harbor", "matchScore": 0.84, "url": "https://board.example/jobs/2"},
    {"jobTitle": "Data Platform Engineer", "companyName": "Lumen Energy", "matchScore": 0.78, "url": "https://board.example/jobs/3"},
]
CONTEXT: dict[str, Any] = {
    **{"applicationId": "a1", "key": "k1", "runId": "r1", "userId": "u1", "userEmail": "ada@example.com", "phone": "+491701234567"},
    **{"jobTitle": "Senior Data Engineer", "companyName": "Northwind Freight", "platform": "linkedin", "matchScore": 0.91},
    **{"receipt": "R-2041", "reason": "no complete answer within 10 seconds", "status": "interview", "days": 14},
    **{
        "jobs": JOBS,
        "approveUrl": "https://airflow.example/dags/auto_apply/runs/r1/tasks/plan_applications/required_actions",
        "answerUrl": "https://jobs.example/answer/mZ3k-a-random-text-of-43-characters",
        "again": "",
        "minutes": 10,
        "mailbox": "ada@example.com",
        "host": "imap.example.com",
        "stopUrl": "https://jobs.example/stop/mZ3k-a-random-text-of-43-characters",
        "jobUrl": "https://board.example/jobs/1",
        "reasons": [
            "'five years of Python' is asked for; your CV says 'Python since 2016'",
            "the work is in Berlin, where you want to work",
        ],
        "count": 23,
        "others": ["No news for 14 days: Data Analyst at Contour"],
    },
    **{"weekStart": "2026-11-16", "weekEnd": "2026-11-22", "matches": 23, "applications": 12, "answers": 3, "uncertain": 1},
}


def render() -> dict[str, str]:
    """The files, by path below ``docs/``."""
    personal = [kind for kind, plan in KINDS.items() if plan.personal]
    files = {f"mails/{kind}.html": _drafts(kind, "en")["email"].html or "" for kind in personal}
    sections = [HEAD, *(_section(kind) for kind in personal), _team()]
    return {**files, "notification-examples.md": "\n".join(sections)}


def _drafts(kind: str, language: str) -> dict[str, Any]:
    preferences = {"language": language, "notifications": {"channels": ["email", "sms", "push"]}}
    context = {**CONTEXT, "preferences": preferences}
    return {draft.type: draft for draft in compose(kind, context, unsubscribe=lambda *_: "https://jobs.example/unsubscribe/…")}


def _section(kind: str) -> str:
    parts = [f"## {kind}\n"]
    for language in LANGUAGES:
        drafts = _drafts(kind, language)
        mail = f"Subject: {drafts['email'].subject}\n\n{drafts['email'].message}"
        parts.append(f"**{words(language)['language']}**\n\n```text\n{mail}\n```\n\nSMS: {drafts['sms'].message}\n")
    return "\n".join(parts)


def _team() -> str:
    rows = [(kind, plan.team, words("en")[kind]["slack"].replace("\n", "<br>")) for kind, plan in KINDS.items() if plan.team]
    lines = "\n".join(f"| {kind} | {channel} | `{text}` |" for kind, channel, text in rows)
    return f"## To the team, by Slack\n\n| kind | channel | text |\n|---|---|---|\n{lines}\n"


def main() -> None:
    """Writes the files that changed."""
    for name, content in render().items():
        path = ROOT / "docs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
