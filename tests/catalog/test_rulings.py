"""Rulings: people split jobs and settle doubts; no later run undoes that, and applications follow."""

from __future__ import annotations

import pytest

from rolecall.boards.landing import land
from rolecall.catalog import Aggregated, aggregate
from rolecall.catalog.__main__ import explained, newest
from rolecall.catalog.profile import job_id
from rolecall.catalog.rulings import decide, doubts, explain, split
from rolecall.errors import InvalidInput
from rolecall.store import Connection
from tests.catalog.conftest import LONG, Land, jobs, posting, sources
from tests.catalog.test_aggregate import apply_for, locked

TEMPLATE = LONG.replace("warehouse", "payroll")


def two_boards(landed: Land) -> str:
    landed(board="linkedin", external_id="1")
    landed(board="indeed", external_id="2", company="CRUMB & CO GmbH", location="Graz", description=LONG[:130])
    return job_id("indeed", "2")


def test_a_merge_is_explained_posting_by_posting_with_weights_that_reach_the_bound(db: Connection, landed: Land) -> None:
    together = two_boards(landed)
    aggregate(db)
    found = explain(db, "linkedin|1")
    assert found["job"] == together
    assert [one["name"] for one in found["postings"]] == ["indeed|2", "linkedin|1"]
    for one in found["postings"]:
        assert one["with"] in ("indeed|2", "linkedin|1")
        assert one["score"] == sum(piece["weight"] for piece in one["evidence"]) >= 8
        assert {"company", "title", "place", "description"} == {piece["kind"] for piece in one["evidence"]}
    assert found["fields"]["description"] == "linkedin|1"
    lines = "\n".join(explained(found))
    assert "one job with indeed|2" in lines
    assert "+3  company: the same employer: CRUMB & CO GmbH = Crumb & Co" in lines


def test_a_split_takes_a_merge_back_and_sticks_on_every_later_run(db: Connection, landed: Land) -> None:
    together = two_boards(landed)
    aggregate(db)
    apply_for(db, together)
    ruled = split(db, together, ["linkedin|1"], actor="Ada", reason="two ovens")
    assert set(ruled.jobs) == {job_id("indeed", "2"), job_id("linkedin", "1")}
    assert locked(db) == set(ruled.jobs), "who applied for the one applied for both"
    assert aggregate(db) == Aggregated()
    aggregate(db, full=True)
    landed(board="linkedin", external_id="1", description=LONG + " Now with a company car.")
    aggregate(db)
    assert sorted(map(sorted, sources(db).values())) == [["indeed|2"], ["linkedin|1"]]
    assert explain(db, together)["rulings"][0]["reason"] == "two ovens"
    assert db.execute("select actor, action from audit where action = 'split job'").fetchall() == [{"actor": "Ada", "action": "split job"}]


def test_a_posting_that_fits_both_sides_of_a_split_joins_neither_and_is_doubted(db: Connection, landed: Land) -> None:
    together = two_boards(landed)
    aggregate(db)
    split(db, together, ["linkedin|1"], actor="Ada")
    landed(board="glassdoor", external_id="3")
    aggregate(db)
    assert len(jobs(db)) == 3
    assert {(row["job_id"], row["other_job_id"]) for row in doubts(db)} == {
        tuple(sorted((job_id("glassdoor", "3"), other))) for other in (job_id("indeed", "2"), job_id("linkedin", "1"))
    }


def test_one_of_five_hundred_copies_is_split_off_and_the_others_stay_together(db: Connection) -> None:
    land(db, [posting(external_id=f"{number:03}") for number in range(500)])
    aggregate(db)
    split(db, job_id("linkedin", "000"), ["linkedin|007"], actor="Ada")
    assert sorted(map(len, sources(db).values())) == [1, 499]


def test_a_doubt_is_noted_with_its_evidence_and_goes_when_its_reason_goes(db: Connection, landed: Land) -> None:
    landed(board="linkedin", external_id="1")
    landed(board="indeed", external_id="2", description=TEMPLATE)
    aggregate(db)
    (doubt,) = doubts(db)
    assert 5 <= doubt["score"] < 8
    assert "one template, filled in anew: payroll / warehouse" in [piece["text"] for piece in doubt["evidence"]]
    landed(board="indeed", external_id="2", title="Baker", description=TEMPLATE)
    aggregate(db)
    assert doubts(db) == []


@pytest.mark.parametrize(("decision", "count"), [("same", 1), ("different", 2)])
def test_a_person_settles_a_doubt_for_good(db: Connection, landed: Land, decision: str, count: int) -> None:
    landed(board="linkedin", external_id="1")
    landed(board="indeed", external_id="2", description=TEMPLATE)
    aggregate(db)
    (doubt,) = doubts(db)
    decide(db, doubt["job_id"], doubt["other_job_id"], decision, actor="Ada")  # type: ignore[arg-type]
    aggregate(db, full=True)
    assert len(jobs(db)) == count
    assert doubts(db) == []
    row = db.execute("select decision, decided_by from possible_duplicate").fetchone()
    assert row == {"decision": decision, "decided_by": "Ada"}


def test_what_cannot_be_ruled_is_refused_by_name(db: Connection, landed: Land) -> None:
    together = two_boards(landed)
    aggregate(db)
    with pytest.raises(InvalidInput, match="there is no j0"):
        explain(db, "j0")
    with pytest.raises(InvalidInput, match=r"has no linkedin\|9"):
        split(db, together, ["linkedin|9"], actor="Ada")
    with pytest.raises(InvalidInput, match="these are all"):
        split(db, together, ["linkedin|1", "indeed|2"], actor="Ada")
    with pytest.raises(InvalidInput, match="both are the job"):
        decide(db, together, "linkedin|1", "same", actor="Ada")


def test_the_newest_jobs_are_listed_with_their_boards_and_what_keeps_them_from_people(db: Connection, landed: Land) -> None:
    assert newest(db, 5) == ["no job is stored here"]
    together = two_boards(landed)
    aggregate(db)
    (line,) = newest(db, 5)
    assert together in line
    assert line.endswith("  (indeed, linkedin)  new")
    db.commit()  # later than the others
    landed(board="linkedin", external_id="7", title="Pilot")
    aggregate(db)
    assert len(newest(db, 1)) == 1
    assert "Pilot" in newest(db, 1)[0]
