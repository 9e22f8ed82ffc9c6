"""Numbers that are none cost nobody the rest of what was said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from rolecall.applying import requests
from rolecall.boards import BOARDS, read
from rolecall.clients.http import json_object
from rolecall.people.records import cvs_to_match, save_cv, save_person
from rolecall.store import Connection
from rolecall.store.json_text import odd_number_as_none, odd_number_as_text, read_json

FEEDS = Path(__file__).parents[1] / "boards" / "resources" / "feeds"
ASKED_WITH_MORE = {"bamboohr", "workday"}  # which employer it is stands in the address
LONG = "9" * 5_000
ODD = [LONG, "-" + LONG, "9" * 400, "NaN", "-Infinity", "1e999", "-1E+5000"]


@pytest.mark.parametrize("number", ODD)
def test_a_number_that_is_none_is_empty_or_described_and_the_rest_is_read(number: str) -> None:
    text = f'{{"odd": {number}, "list": [{number}, 1, 2.5, -3e2]}}'
    assert read_json(text)["list"][1:] == [1, 2.5, -300.0]
    if number != "9" * 400:  # Python's whole numbers can be longer than a float
        assert read_json(text)["odd"] is None
        assert isinstance(read_json(text, instead=odd_number_as_text)["odd"], str)
        assert len(read_json(text.encode(), instead=odd_number_as_text)["odd"]) < 30


@pytest.mark.parametrize("broken", ["", "{", f"[{LONG}", f'{{"a": {LONG},}}'])
def test_what_is_no_json_is_none(broken: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        read_json(broken, instead=odd_number_as_none)


@pytest.mark.parametrize("name", ["auto_apply", "blacklist", "criteria", "applying"])
def test_a_stored_number_of_five_thousand_digits_is_its_persons_trouble_alone(db: Connection, name: str) -> None:
    for person in ("odd", "zoe"):
        save_person(db, person_id=person, name=person, email=f"{person}@mail.example", phone=None, preferences={"auto_apply": True})
        save_cv(db, cv_id=f"cv-{person}", person_id=person, data={})
        db.execute(
            "insert into match (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company) "
            "values (%s, %s, 'indeed', 'j1', 0.9, true, false, 'Engineer', 'Acme')",
            (person, f"cv-{person}"),
        )
    db.execute(
        "update person set preferences = preferences || jsonb_build_object(%s::text, %s::jsonb) where id = 'odd'",
        (name, f'{{"salaryMin": {LONG}, "dailyCap": {LONG}}}'),
    )
    requests.queue_new_matches(db)
    assert [one["conf"]["userId"] for one in requests.next_requests(db)] == ["zoe"]
    assert {"cv_data": {"id": "cv-zoe"}} in cvs_to_match(db)


@pytest.mark.parametrize("number", ODD)
def test_an_answer_of_a_service_with_one_odd_number_is_read(number: str) -> None:
    response = httpx.Response(200, content=f'{{"users": [{{"id": "a", "n": {number}}}, {{"id": "b"}}]}}'.encode())
    assert [user["id"] for user in json_object(response, "the platform")["users"]] == ["a", "b"]


@pytest.mark.parametrize("number", ODD)
@pytest.mark.parametrize(
    "feed", [feed for feed in sorted(FEEDS.glob("*.json")) if feed.stem in BOARDS and feed.stem not in ASKED_WITH_MORE]
)
def test_a_boards_answer_with_an_odd_number_anywhere_is_read_as_without_it(feed: Path, number: str) -> None:
    content = feed.read_text(encoding="utf-8")
    expected = read(feed.stem, content)
    found = read(feed.stem, content.replace("{", f'{{"oddNumber": {number}, ', 1))
    assert without_raw(found.postings) == without_raw(expected.postings)
    assert found.postings


def without_raw(postings: Any) -> list[Any]:
    return [posting.model_dump(exclude={"raw", "fetched_at", "posted_at", "scraped_at"}) for posting in postings]
