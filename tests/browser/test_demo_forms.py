"""The demo where there is a Chromium: some of its invented employers are reached by a form, once each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import Stack

pytestmark = [pytest.mark.browser, pytest.mark.long]

SENT = """
select a.person_email as person, job.apply_url as address from application a join job on job.id = application_job(a)
where a.way = 'browser_form' and a.state = 'submitted'
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="rolecall-forms-"))
    running = Stack(folder / "home", browser_forms="")
    try:
        running.output = running.make("demo").stdout
        yield running
    finally:
        running.make("down", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def test_employers_with_a_form_receive_each_application_once_and_the_demo_says_by_which_way(stack: Stack) -> None:
    receipts = stack.demo["receipts"]
    assert receipts["ways"]["form"] > 0, stack.output
    assert (receipts["total"], receipts["duplicates"]) == (stack.demo["applications"]["submitted"], 0)
    assert "by a form, in Chromium" in stack.output


def test_each_receipt_of_a_form_is_an_application_of_the_ledger(stack: Stack) -> None:
    received = [one for one in stack.sandbox("/_sandbox/receipts?bodies=true")["receipts"] if one["way"] == "form"]
    with stack.db() as db:
        sent = db.execute(SENT).fetchall()
    assert sorted(one["body"]["from"] for one in received) == sorted(row["person"] for row in sent)
    for one in received:
        job = one["job_id"].rpartition("/")[2]
        assert [row["person"] for row in sent if job in row["address"]] == [one["body"]["from"]]
