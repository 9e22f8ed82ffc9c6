"""Two of everything: somebody whose data is odd, and somebody whose is good and who must not notice."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, example, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from rolecall.store import Connection
from tests.world import insert

COVERED: dict[str, str] = {}
"""Domain function → the property that covers it."""


def covers(*functions: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Says which functions a property covers, by their dotted names."""

    def note(test: Callable[..., None]) -> Callable[..., None]:
        COVERED.update(dict.fromkeys(functions, test.__name__))
        return test

    return note


FEW = 25
EXAMPLES = int(os.environ.get("ONE_IS_ONE_EXAMPLES", FEW))
"""Of each property; ``ONE_IS_ONE_EXAMPLES=500`` looks further, and elsewhere each time."""

often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == FEW,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Each example writes rows and runs a sweeper over them."""

# ── odd values ──────────────────────────────────────────────────────────────────────────────────────────────

STORABLE = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
texts = st.one_of(
    st.text(STORABLE, max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            "22:00Z",
            "25:00",
            "x" * 5_000,
            "{{ 7*7 }}",
            "{0.__class__}",
            "%s %(a)s",
            "<script>",
            "a\nBcc: b@c.example",
            "Mars/Base",
            "null",
        ]
    ),
)
numbers = st.one_of(st.integers(), st.sampled_from([10**20, -1, 0, 2**63, 10**400]), st.floats(allow_nan=False, allow_infinity=False))
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
"""JSON that Postgres keeps."""


def some(*names: str, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with some of the names we read, holding anything; or no object at all."""
    return st.one_of(st.fixed_dictionaries({}, optional=dict.fromkeys(names, values) | known), values)


OF_A_KIND = ("channels", "delivery", "quietHours", "dailyLimit", "optOut")
quiet = st.fixed_dictionaries({"from": texts | st.just("22:00Z"), "to": texts | st.just("07:00")})
kinds = st.dictionaries(st.sampled_from(["reminder", "digest", "weekly_report", "applied"]), some(*OF_A_KIND), max_size=3)
preferences = st.fixed_dictionaries(
    {},
    optional={
        "auto_apply": st.just(True) | values,
        "blacklist": values,
        "language": values,
        "criteria": some("keywords", "exclude", "locations", "remote", "salary_min", "seniority", "limit", "threshold"),
        "applying": some("dailyCap", "approval", "remindAfterDays", "approvalHours"),
        "notifications": some(*OF_A_KIND, "timeZone", "digestHour", "language", quietHours=quiet, kinds=kinds | values),
    },
)
"""Whatever a person's row may hold: written before it was checked, by hand, by another version."""

LONG = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(4_000))
"""Too long for an index, however well it is packed."""

KNOWN: list[dict[str, Any]] = [
    {"auto_apply": True, "criteria": None},
    {"auto_apply": True, "criteria": "remote only"},
    {"auto_apply": True, "criteria": ["remote"]},
    {"auto_apply": "true", "blacklist": "Acme"},
    {"applying": {"remindAfterDays": 10**20}},
    {"applying": {"remindAfterDays": "soon", "dailyCap": "five"}},
    {"notifications": {"quietHours": {"from": "22:00Z", "to": "07:00"}}},
    {"notifications": {"quietHours": {"from": "00:00", "to": "07:00+02:00"}, "timeZone": "../etc/passwd", "dailyLimit": 10**30}},
    {"notifications": {"kinds": {"reminder": {"quietHours": {"from": "22:00Z", "to": "23:00Z"}}}, "channels": [["sms"]], "language": 7}},
]
"""What once stopped everybody: every property about people begins with these."""


def from_the_known(**others: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Tries each of :data:`KNOWN` as ``odd``, with these values for the property's other arguments."""

    def begin(test: Callable[..., None]) -> Callable[..., None]:
        for odd in KNOWN:
            test = example(odd=odd, **others)(test)
        return test

    return begin


GOOD: dict[str, Any] = {"auto_apply": True, "criteria": {"keywords": ["nurse"]}, "applying": {"approval": False}}

# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────

TABLES = (
    "person, cv, match, notification, outbox, apply_request, application, posting, job, dead_letter, sync_cursor, sync_erased, told_match, "
    "digest_schedule, board_run, performance_sample"
)


def empty(db: Connection) -> None:
    """Every example begins with nothing."""
    db.rollback()
    db.execute(f"truncate {TABLES} restart identity cascade")
    db.commit()


def two_people(db: Connection, odd: Any, *, email: str = "odd@mail.example", name: str = "Odd", phone: str | None = None) -> None:
    """``a-odd`` comes first in every order, ``good`` after."""
    empty(db)
    insert(db, "person", id="a-odd", name=name, email=email, phone=phone, preferences=Jsonb(odd))
    insert(db, "person", id="good", name="Good", email="good@mail.example", preferences=GOOD)
    for person in ("a-odd", "good"):
        insert(db, "cv", id=f"cv-{person}", person_id=person, data={"skills": ["sql"]}, sha256="x")
        insert(
            db, "match", person_id=person, cv_id=f"cv-{person}", source="indeed", job_id="j1", score=0.9, can_auto_apply=True,
            already_applied=False, title="Nurse", company="Ward",
        )  # fmt: skip
    db.commit()


def application(db: Connection, person: str, *states: str, **more: Any) -> dict[str, Any]:
    """An application of a person, taken through the states."""
    row = insert(
        db, "application", person_id=person, job_key=f"k-{person}", job_id="j1", source="indeed", cv_id=f"cv-{person}", cv_sha256="x",
        person_email=f"{person}@mail.example", title="Nurse", company="Ward", score=0.9, idempotency_key=f"key-{person}", run_id="r",
        **more,
    )  # fmt: skip
    for state in states:
        db.execute("update application set state = %s, submitted_at = now() - interval '20 days' where id = %s", (state, row["id"]))
    db.commit()
    return row


def messages(db: Connection, person: str, *kinds: str) -> set[str]:
    """The kinds of messages that were written for a person."""
    db.commit()
    return {row["kind"] for row in db.execute("select kind from notification where person_id = %s", (person,)).fetchall()} & {*kinds}


def aside(db: Connection) -> set[str]:
    """Queues in which something was put aside."""
    db.commit()
    return {row["queue"] for row in db.execute("select queue from dead_letter").fetchall()}
