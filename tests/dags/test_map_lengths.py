"""Nothing that a task maps over is longer than Airflow takes (``max_map_length``): each list has a bound of its own, and what is over it
has its turn in the next run."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema.exceptions import ValidationError

from rolecall.applying import plan as planning
from rolecall.applying import requests
from rolecall.boards import searches
from rolecall.catalog import id_ranges
from rolecall.catalog.validation.validate import MOST_PARTS
from rolecall.inbox.reading import mailboxes
from rolecall.models import ApplyOrder
from rolecall.notifying.send.batches import BATCHES, batches
from rolecall.people.records import AT_A_TIME, cvs_to_match
from rolecall.store import Connection
from tests.world import insert

MORE = 1_100
"""More than Airflow maps over."""


PEOPLE = "insert into person (id, name, email) select 'p' || n, 'Ada', 'a' || n || '@x.example' from generate_series(1, %s) n"


def searches_of(db: Connection) -> int:
    db.execute(
        "insert into employer (board, company, url) select 'greenhouse', 'c' || n, 'https://x.example' from generate_series(1, %s) n",
        (MORE,),
    )
    db.commit()
    return len(searches.searches("greenhouse", f"{db.info.dsn} password={db.info.password}"))


def cvs_of(db: Connection, *, only_changed: bool = False) -> int:
    db.execute(PEOPLE, (MORE,))
    db.execute("insert into cv (id, person_id, data, sha256) select 'c' || n, 'p' || n, '{}', 'h' from generate_series(1, %s) n", (MORE,))
    return len(cvs_to_match(db, only_changed=only_changed))


def requests_of(db: Connection) -> int:
    db.execute(
        "insert into apply_request (person_id, cv_id, person_email, criteria, origin)"
        " select 'p' || n, 'c' || n, 'a@x.example', '{}', 'webhook' from generate_series(1, %s) n",
        (MORE,),
    )
    return len(requests.next_requests(db))


def parts_of(db: Connection) -> int:
    db.execute(
        "insert into job (id, merge_key, title, company, url, source, content_hash, state)"
        " select 'j' || n, 'k' || n, 'Nurse', 'Clinic', 'https://x.example', 'linkedin', 'h', 'valid' from generate_series(1, %s) n",
        (MORE,),
    )
    return len(id_ranges(db, size=1))


def mailboxes_of(db: Connection) -> int:
    db.execute(PEOPLE, (MORE,))
    db.execute(
        "insert into mailbox (person_id, host, port, username, secret)"
        " select 'p' || n, 'imap.example', 993, 'u' || n, 'sealed' from generate_series(1, %s) n",
        (MORE,),
    )
    return len(mailboxes(db))


BOUNDS: dict[tuple[str, str], tuple[int, Any]] = {
    ("auto_apply", "apply"): (planning.MAX_PER_RUN, None),  # below: what was said yes to; the rest is cut where it is chosen
    ("dispatch_auto_apply", "start"): (requests.AHEAD, requests_of),
    ("match_changed_people", "match"): (AT_A_TIME, lambda db: cvs_of(db, only_changed=True)),
    ("match_jobs", "match"): (AT_A_TIME, cvs_of),
    ("read_mailboxes", "read"): (1000, mailboxes_of),
    ("scrape_linkedin", "scrape"): (searches.MOST, searches_of),
    ("send_notifications", "deliver"): (BATCHES, lambda db: len(batches(1_000_000_000))),
    ("validate_jobs", "check_jobs"): (MOST_PARTS, parts_of),
}
"""By DAG and mapped task: the most, and how long the list is where there is more of everything. All boards' DAGs are one."""


@pytest.fixture(scope="module")
def limit() -> int:
    from airflow.sdk import conf

    return int(conf.getint("core", "max_map_length"))


def test_every_mapped_task_has_a_bound_below_airflows(bag: Any, limit: int) -> None:
    mapped = {(dag.dag_id, task.task_id) for dag in bag.dags.values() for task in dag.tasks if task.is_mapped}
    boards = {pair for pair in mapped if pair[0].startswith("scrape_")}
    assert (mapped - boards) | {("scrape_linkedin", "scrape")} == set(BOUNDS)
    assert {task for _, task in boards} == {"scrape"}
    assert limit == 1024, "airflow.cfg keeps Airflow's own limit"
    assert {pair: most for pair, (most, _) in BOUNDS.items() if most > limit} == {}


@pytest.mark.parametrize("pair", [pair for pair, (_, of) in BOUNDS.items() if of], ids=".".join)
def test_a_list_of_more_than_airflow_maps_over_is_cut(db: Connection, pair: tuple[str, str]) -> None:
    most, of = BOUNDS[pair]
    assert of(db) == most


def test_searches_that_somebody_gives_a_run_are_bounded_too(bag: Any) -> None:
    param = bag.dags["scrape_linkedin"].params.get_param("searches")
    assert len(param.resolve(value=[{"keywords": f"nurse {n}"} for n in range(searches.MOST)])) == searches.MOST
    with pytest.raises((ValidationError, ValueError)):
        param.resolve(value=[{"keywords": f"nurse {n}"} for n in range(searches.MOST + 1)])


def test_more_yeses_than_one_run_takes_are_sent_by_two(db: Connection) -> None:
    db.execute(
        "insert into application (person_id, cv_id, person_email, cv_sha256, source, job_id, job_key, title, company, url, score,"
        " idempotency_key, state, run_id, approval_required)"
        " select 'p1', 'c1', 'a@x.example', 'h', 'elsewhere', 'j' || n, 'k' || n, 'Nurse', 'Clinic', '', 0.9, 'i' || n, 'planned', 'first',"
        " false from generate_series(1, %s) n",
        (MORE,),
    )
    db.execute("update application set state = 'approved'")
    who = {"person_id": "p1", "cv_id": "c1", "person_email": "a@x.example"}
    asked = insert(db, "apply_request", **who, criteria={}, origin="page", state="triggered")
    order = ApplyOrder.of({"cvId": "c1", "userId": "p1", "userEmail": "a@x.example", "requestId": str(asked["id"])})

    def sent_by(run: str) -> list[str]:
        return [one["application_id"] for one in planning.plan(db, order, run_id=run, cv_sha256="h", matches=[]).applications]

    first = sent_by("r1")
    assert len(first) == planning.MAX_PER_RUN
    assert sent_by("r1") == first
    assert db.execute("select count(distinct (person_id, cv_id)) as n from apply_request where state = 'queued'").fetchone() == {"n": 1}
    db.execute("update application set state = 'submitting' where run_id = 'r1'")
    assert len(sent_by("r2")) == MORE - planning.MAX_PER_RUN
    assert sent_by("r1") == first, "a run that began takes no more"
