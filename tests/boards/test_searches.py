"""Which searches run: the file's and people's, each once, and a wrong file says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rolecall.boards import BOARDS
from rolecall.boards.searches import MOST_OF_ONE, from_file, from_people, searches
from rolecall.errors import InvalidInput, UnknownBoard
from rolecall.store import Connection


def written(folder: Path, text: str) -> Path:
    file = folder / "searches.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def person(db: Connection, identity: str, preferences: object) -> None:
    db.execute(
        "insert into person (id, name, email, preferences) values (%s, 'P', 'p@example.com', %s::jsonb)",
        (identity, json.dumps(preferences)),
    )
    db.commit()


def test_the_file_that_ships_is_valid_for_every_board() -> None:
    for name in BOARDS:
        assert all(query.max_results <= 1000 for query in searches(name))
    assert searches("linkedin")


def test_peoples_preferences_are_added_and_each_search_runs_once(tmp_path: Path, dsn: str, db: Connection) -> None:
    file = written(tmp_path, "linkedin:\n  - {keywords: Data Engineer, location: Berlin, max_results: 20}\n")
    person(db, "p1", {"criteria": {"keywords": ["data  engineer", "Analyst"], "locations": ["berlin", "Graz"]}})
    person(db, "p2", {"criteria": {"keywords": "nurse"}})
    person(db, "p3", {"criteria": None})
    person(db, "p4", ["nonsense"])
    person(db, "p5", {"criteria": {"keywords": ["x" * 400, 7, " "]}})
    found = [(query.keywords, query.location, query.max_results) for query in searches("linkedin", dsn, file=file)]
    assert found == [
        ("data engineer", "berlin", 50),
        ("nurse", "", 50),
        ("data engineer", "Graz", 50),
        ("Analyst", "berlin", 50),
        ("Analyst", "Graz", 50),
    ]


@pytest.mark.parametrize(
    ("text", "field", "problem"),
    [
        ("linkedin: [", "searches.yaml", "not YAML"),
        ("[]", "searches.yaml", "no boards"),
        ("monster: []", "monster", "is no board"),
        ("linkedin: {a: 1}", "linkedin", "is no list"),
        ("linkedin: [{keyword: x}]", "linkedin[0]", "keyword"),
        ("linkedin: [{keywords: x}, {keywords: x, max_results: 0}]", "linkedin[1].max", "greater than or equal to 1"),
        ("linkedin: [x]", "linkedin[0]", "is no search"),
    ],
)
def test_a_wrong_file_names_the_line_and_the_fix(tmp_path: Path, text: str, field: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem) as caught:
        from_file(written(tmp_path, text))
    assert field in caught.value.field
    assert "→" in str(caught.value)


def test_an_unknown_board_has_no_searches() -> None:
    with pytest.raises(UnknownBoard):
        searches("monster")


def test_however_many_searches_there_are_each_has_its_turn(tmp_path: Path, dsn: str, db: Connection) -> None:
    """One person's five hundred wishes come before those of the next only once."""
    file = written(tmp_path, "linkedin: []\n")
    person(db, "a", {"criteria": {"keywords": [f"wish {number:03}" for number in range(500)]}})
    person(db, "b", {"criteria": {"keywords": "nurse"}})
    seen: set[str] = set()
    for _ in range(3):
        due = searches("linkedin", dsn, file=file)
        assert len(due) <= 200
        seen |= {query.keywords for query in due}
        db.cursor().executemany(
            "insert into board_search (board, search, max_results, checked_at) values ('linkedin', %s, 50, clock_timestamp()) "
            "on conflict (board, search) do update set checked_at = excluded.checked_at",
            [(query.key,) for query in due],
        )
        db.commit()
    assert len(seen) == 501


def test_one_person_with_thousands_of_wishes_keeps_nobody_elses_search_from_its_turn(db: Connection, dsn: str) -> None:
    many = {"criteria": {"keywords": [f"k{n}" for n in range(3000)], "locations": [f"p{n}" for n in range(3000)]}}
    for name, preferences in (("a-odd", many), ("good", {"criteria": {"keywords": ["nurse"]}})):
        person(db, name, preferences)
    found = from_people(dsn)
    assert (len(found), found[1].keywords) == (MOST_OF_ONE + 1, "nurse")  # everybody's first before anybody's second
    assert db.execute("select queue, person_id from dead_letter").fetchall() == [{"queue": "searches", "person_id": "a-odd"}]
    db.execute("update person set preferences = '{}' where id = 'a-odd'")
    db.commit()
    from_people(dsn)
    assert db.execute("select 1 from dead_letter").fetchall() == []
