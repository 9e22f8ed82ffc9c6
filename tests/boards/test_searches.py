"""Which searches run: the file's and people's, each once, and a wrong file says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rolecall.boards import BOARDS, board, identify
from rolecall.boards.employers.follow_employer import employers, follow, unfollow
from rolecall.boards.searches import SANDBOX, from_file, searched, searches
from rolecall.boards.wished_searches import MOST_OF_ONE, SearchWish, searches_of_wishes, wishes_of_people
from rolecall.errors import InvalidInput, UnknownBoard
from rolecall.models import SearchQuery
from rolecall.store import Connection

SANDBOX_ON = {"SANDBOX_URL": "http://127.0.0.1:9"}
KEYS = (
    "ADZUNA_APP_ID",
    "ADZUNA_APP_KEY",
    "USAJOBS_API_KEY",
    "USAJOBS_EMAIL",
    "REED_API_KEY",
    "JOOBLE_API_KEY",
    "FRANCETRAVAIL_CLIENT_ID",
    "FRANCETRAVAIL_CLIENT_SECRET",
)


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


def test_nobodys_searches_ship_and_the_sandboxs_only_with_the_sandbox() -> None:
    for name in BOARDS:
        assert searches(name, env={}) == []
    for name in ("linkedin", "indeed", "glassdoor"):
        found = searches(name, env=SANDBOX_ON)
        assert found
        assert all(query.max_results <= 1000 for query in found)
    assert set(from_file(SANDBOX)) == {"linkedin", "indeed", "glassdoor"}
    assert searched() == ["linkedin", "indeed", "glassdoor"]


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
    found = wishes_of_people(dsn) or []
    assert (len(found), found[1].keywords) == (MOST_OF_ONE + 1, "nurse")  # everybody's first before anybody's second
    assert db.execute("select queue, person_id from dead_letter").fetchall() == [{"queue": "searches", "person_id": "a-odd"}]
    db.execute("update person set preferences = '{}' where id = 'a-odd'")
    db.commit()
    wishes_of_people(dsn)
    assert db.execute("select 1 from dead_letter").fetchall() == []


WISHES = {"criteria": {"keywords": ["nurse", "cook"], "locations": ["Leeds, United Kingdom", "remote"]}}
EVERYTHING = ("remoteok", "weworkremotely", "arbeitnow", "remotive", "themuse")


def test_each_board_is_asked_what_its_own_search_can_do(db: Connection, dsn: str) -> None:
    person(db, "p", WISHES)
    linkedin = {(one.keywords, one.location, one.remote) for one in searches("linkedin", dsn, env={})}
    assert linkedin == {(what, *where) for what in ("nurse", "cook") for where in (("Leeds, United Kingdom", False), ("", True))}
    glassdoor = {(one.keywords, one.location, one.remote) for one in searches("glassdoor", dsn, env={})}
    assert glassdoor == {(what, where, False) for what in ("nurse", "cook") for where in ("Leeds, United Kingdom", "")}
    adzuna = [(one.keywords, one.location) for one in searches("adzuna", dsn, env=dict.fromkeys(KEYS, "key"))]
    assert adzuna == [("nurse", "Leeds, United Kingdom"), ("cook", "Leeds, United Kingdom")]  # it is asked for a country or not at all
    for name in EVERYTHING:
        (only,) = searches(name, dsn, env={})
        assert (only.keywords, only.location, only.max_results) == ("", "", board(name).everything)
    assert searches("greenhouse", dsn, env={}) == []


def test_remote_is_said_to_the_board_that_understands_it() -> None:
    query = SearchQuery(keywords="nurse", remote=True)
    urls = {name: request.url for name in ("linkedin", "indeed") if (request := board(name).search(query))}
    assert "f_WT=2" in urls["linkedin"]
    assert "l=Remote" in urls["indeed"]
    assert query.key != SearchQuery(keywords="nurse").key


@pytest.mark.parametrize("name", EVERYTHING)
def test_without_anybody_or_with_the_sandbox_on_no_board_outside_is_asked(db: Connection, dsn: str, name: str) -> None:
    assert searches(name, dsn, env={}) == []
    person(db, "p", {})
    assert len(searches(name, dsn, env={})) == 1
    assert searches(name, dsn, env=SANDBOX_ON) == []
    stand_in = {**SANDBOX_ON, f"{name.upper()}_BASE_URL": "http://127.0.0.1:1"}
    assert len(searches(name, dsn, env=stand_in)) == 1


def test_a_board_that_needs_keys_is_asked_for_nobody_without_them(db: Connection, dsn: str) -> None:
    person(db, "p", {"criteria": {"keywords": "nurse", "location": "Boston, United States"}})
    wanting = ("adzuna", "usajobs", "jooble")
    assert [searches(name, dsn, env={}) for name in (*wanting, "reed")] == [[]] * 4
    assert [len(searches(name, dsn, env=dict.fromkeys(KEYS, "key"))) for name in wanting] == [1, 1, 1]


def test_every_board_says_what_it_can() -> None:
    asked = [SearchWish("nurse", "Leeds, United Kingdom"), SearchWish("nurse", remote=True)]
    for name, one in BOARDS.items():
        assert one.can <= {"keywords", "location", "remote", "radius", "age", "contract", "nation"}
        found = searches_of_wishes(one, asked)
        assert bool(found) == bool(one.can or one.everything), name
        assert not any(query.remote for query in found) or "remote" in one.can


def test_radius_age_contract_and_country_go_to_the_boards_that_can_and_the_rest_is_filtered_afterwards(db: Connection, dsn: str) -> None:
    wishes = {"keywords": "nurse", "locations": ["within 50 km of Leeds"], "maxAgeDays": 7, "employmentTypes": ["Full time"]}
    person(db, "p", {"criteria": wishes})
    env = dict.fromkeys(KEYS, "key")
    urls = {}
    for name in ("linkedin", "indeed", "glassdoor", "adzuna", "usajobs"):
        (query,) = searches(name, dsn, env=env)
        assert query.location == "Leeds"
        request = board(name).with_credential("a", "b").search(query)
        assert request is not None
        urls[name] = request.url
    assert "location=Leeds&distance=32&f_TPR=r604800&f_JT=F" in urls["linkedin"]
    assert urls["indeed"].startswith("https://uk.indeed.com/jobs?q=nurse&l=Leeds&radius=32&fromage=7&jt=fulltime")
    assert urls["glassdoor"].startswith("https://www.glassdoor.co.uk/Job/jobs.htm?sc.keyword=nurse&locKeyword=Leeds&fromAge=7")
    assert "/jobs/gb/search/1?what=nurse&where=Leeds" in urls["adzuna"]
    assert "distance=50&max_days_old=7&full_time=1" in urls["adzuna"]
    assert "Radius=32&DatePosted=7" in urls["usajobs"]
    (only,) = searches("remoteok", dsn, env={})
    assert only.key == SearchQuery().key  # it gives everything; matching filters


def test_a_site_of_ones_own_is_asked_whatever_the_country() -> None:
    query = SearchQuery(keywords="nurse", location="Vienna")
    for name in ("indeed", "glassdoor"):
        there, elsewhere = board(name).search(query), board(name).search(query, base_url="http://127.0.0.1:1/x")
        assert there is not None
        assert elsewhere is not None
        assert ".glassdoor.at/" in there.url or "//at.indeed.com/" in there.url
        assert elsewhere.url.startswith("http://127.0.0.1:1/x/")


def test_searches_that_say_nothing_more_keep_their_names() -> None:
    """Watermarks and runs are kept under it."""
    assert SearchQuery(keywords="nurse", location="Leeds").key == "nurse @ Leeds"
    more = SearchQuery(keywords="nurse", location="Leeds", radius=50, max_age_days=7, contract="full-time")
    assert more.key == "nurse @ Leeds, 50 km around, 7 days old at most, full-time"


def test_followed_employers_are_searched_for_whole(db: Connection, dsn: str) -> None:
    addresses = (
        "https://jobs.lever.co/hive",
        "https://jobs.eu.lever.co/hive",
        "https://hive.wd5.myworkdayjobs.com/External",
        "https://hive.recruitee.com",
    )
    for address in addresses:
        found = identify(address)
        assert found is not None
        assert follow(db, found, address)
        assert not follow(db, found, address)
    db.commit()
    assert {one.company for one in searches("lever", dsn, env={})} == {"hive", "eu/hive"}
    assert [one.company for one in searches("workday", dsn, env=SANDBOX_ON)] == ["hive.wd5/External"]
    assert unfollow(db, "lever", "HIVE")
    db.commit()
    assert {(one["board"], one["company"]) for one in employers(db)} == {
        ("lever", "eu/hive"),
        ("workday", "hive.wd5/External"),
        ("recruitee", "hive"),
    }


def test_an_employer_whose_system_nobody_here_reads_is_said_by_name(db: Connection) -> None:
    for address in ("https://ats.rippling.com/hive/jobs", "https://jobs.gem.com/hive"):
        found = identify(address)
        assert found is not None
        with pytest.raises(InvalidInput, match=f"hive is on {found.system}, which nobody here can read"):
            follow(db, found, address)
