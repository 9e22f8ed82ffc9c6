"""*Market*: charts from the first day on, drawn beside the requests."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from rolecall.analytics.figures import compute
from rolecall.analytics.posting_facts import read_postings
from rolecall.store import Connection
from tests.analytics.world import World
from tests.web.conftest import Visitor


def drawn(visitor: Visitor, path: str = "/market") -> str:
    """The page when its charts are there."""
    for _ in range(900):
        page = visitor.get(path).text
        assert "could not be counted" not in page
        if "counted and drawn" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError("nothing was drawn")


def test_where_nothing_came_in_yet_it_says_when(mira: Visitor) -> None:
    assert "Charts come with the first ads" in drawn(mira)
    for path in ("/market?day=nonsense", "/market?day=9999-01-01", "/market?day=1999-01-01", "/market/1999-01-01/report.pdf"):
        assert mira.get(path).status_code == 404, path


@pytest.mark.long
def test_the_first_day_has_charts_so_far_and_a_day_that_is_over_its_own(db: Connection, mira: Visitor, operator: Visitor) -> None:
    now = datetime.now(UTC)
    today, yesterday = now.date(), now.date() - timedelta(days=1)
    world = World(db)
    for number in range(30):
        world.posting(now - timedelta(days=number % 2), description="Python, SQL", salary_min=50_000, salary_currency="EUR")
    world.match(world.person("ada", now - timedelta(days=1)), world.job(world.posting(now)), now)
    world.ran(now)
    read_postings(db)
    compute(db, yesterday)
    db.commit()
    page = drawn(mira)
    assert "So far, until" in page
    assert ">People<" not in page
    assert f'<option value="{yesterday}">' in page
    pictures = re.findall(rf'src="(/market/{today}/\w+\.svg)"', page)
    assert pictures
    picture = mira.get(pictures[0])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert "prefers-color-scheme:dark" in picture.text
    assert mira.get(f"/market/{today}/report.pdf").content.startswith(b"%PDF")
    assert "known by the end of the day" in drawn(mira, f"/market?day={yesterday}")
    people = [one for one in re.findall(r'id="(\w+)" lang', drawn(operator)) if f"/market/{today}/{one}.svg" not in pictures]
    assert people
    assert mira.get(f"/market/{today}/{people[0]}.svg").status_code == 404
    assert operator.get(f"/market/{today}/{people[0]}.svg").status_code == 200
