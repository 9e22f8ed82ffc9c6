"""A search of one's own: the interview in a terminal, answers by flags, and the whole way from a CV to ten matches."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.base.paths import IMPORTS, ROOT, Home
from local.search import first_search, start
from local.search.ask import Terminal, answers, read
from local.search.own_search import OwnSearch
from rolecall.errors import InvalidInput, RequestRejected
from rolecall.matching import read_cv
from rolecall.people import interview
from rolecall.people.interview import ABOUT_YOU, from_cv, preferences_of
from rolecall.people.preferences import problems_by_name
from rolecall.settings import USER_AGENT, user_agent
from rolecall.store import Connection
from tests.local.keyless_boards import BOARDS, board_of, keyless_boards

CV = """Tomasz Okafor
Senior Data Engineer
Berlin, Germany
tomasz.okafor@mail.example | +49 30 555 0147

Skills
Python, SQL, Airflow, Spark, Kafka, dbt, Snowflake, AWS, Terraform, Docker

Experience
Senior Data Engineer, Veldra Mobility
2021 - present
Batch and streaming pipelines in Python and SQL with Airflow, Spark and Kafka. A warehouse in Snowflake, modelled with dbt.

Data Engineer, Marktfrisch GmbH
2017 - 2021
Moved nightly jobs to Airflow, wrote tests and data contracts, infrastructure on AWS with Terraform.
"""


@pytest.fixture
def cv(tmp_path: Path) -> Path:
    file = tmp_path / "cv.txt"
    file.write_text(CV, encoding="utf-8")
    return file


def nobody() -> Terminal:
    return Terminal(there=False)


# ── what answers mean ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        ("work", "data engineer, analytics engineer", ["data engineer", "analytics engineer"]),
        ("places", "Berlin or remote in the EU; within 50 km of Leeds", ["Berlin", "remote in the EU", "within 50 km of Leeds"]),
        ("places", "anywhere", []),
        ("remote", "home, on-site", ["remote", "onsite"]),
        ("salary", "60000 EUR", {"salaryMin": 60000, "salaryCurrency": "EUR"}),
        ("salary", "60k", {"salaryMin": 60000}),
        ("salary", "4,000 EUR a month", {"salaryMin": 48000, "salaryCurrency": "EUR"}),
        ("languages", "German, Français", ["German", "Français"]),
        ("contract", "permanent, part time", ["full-time", "part-time"]),
        ("employer", "Acme, Inc.; Rosemill", ["Acme, Inc.", "Rosemill"]),
        ("apply", "yes", True),
    ],
)
def test_answers_are_understood_as_people_write_them(question: str, typed: str, meant: object) -> None:
    assert read(ABOUT_YOU, {question: typed}) == {question: meant}


@pytest.mark.parametrize(
    ("question", "typed"), [("email", "ada"), ("remote", "the moon"), ("salary", "much"), ("languages", "Klingon"), ("apply", "perhaps")]
)
def test_an_answer_that_cannot_be_meant_says_how_to_give_one(question: str, typed: str) -> None:
    with pytest.raises(InvalidInput, match="→"):
        answers(ABOUT_YOU, nobody(), {question: typed}, {})


def test_all_answers_are_preferences_that_can_be_stored_and_what_was_taken_back_is_removed() -> None:
    typed = {"work": "nurse", "places": "Leeds", "remote": "hybrid", "salary": "30000 GBP", "languages": "English", "contract": "permanent"}
    made = preferences_of(read(ABOUT_YOU, {**typed, "employer": "Ward Ltd", "apply": "yes"}))
    assert made == {
        "criteria": {
            "keywords": ["nurse"], "locations": ["Leeds"], "remote": ["hybrid"], "languages": ["English"], "employmentTypes": ["full-time"],
            "currentEmployer": ["Ward Ltd"], "salaryMin": 30000, "salaryCurrency": "GBP",
        },
        "auto_apply": True, "applying": {"approval": True},
    }  # fmt: skip
    assert problems_by_name(made) == {}
    taken = preferences_of(read(ABOUT_YOU, {"places": "-", "salary": "-", "apply": "-"}))
    assert taken == {
        "criteria": {"locations": None, "salaryMin": None, "salaryCurrency": None}, "auto_apply": False, "applying": {"approval": True},
    }  # fmt: skip


def test_a_cv_answers_what_it_says_for_sure_and_the_present_employer_is_one_of_it() -> None:
    read_of_it = read_cv(CV.encode(), filename="cv.txt")
    known = from_cv(read_of_it)
    assert (known["name"], known["email"], known["employer"]) == ("Tomasz Okafor", "tomasz.okafor@mail.example", "Veldra Mobility")
    unsure = read_of_it.model_copy(update={"sure": {"name": 0.3}})
    assert "name" not in from_cv(unsure)
    assert any("not sure: 30%" in line for line in interview.shown(unsure))


# ── in a terminal ───────────────────────────────────────────────────────────────────────────────────────────


def typed_into(script: str, lines: list[str], folder: Path) -> str:
    """What a terminal shows while these lines are typed, one at each prompt."""
    main, other = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": IMPORTS, "TERM": "dumb", "LANG": "C.UTF-8"}
    process = subprocess.Popen([sys.executable, "-c", script], stdin=other, stdout=other, stderr=other, env=environment, cwd=folder)
    os.close(other)
    shown, waiting, deadline = "", list(lines), time.monotonic() + 240
    try:
        while time.monotonic() < deadline:
            if not select.select([main], [], [], 0.2)[0]:
                if process.poll() is not None:
                    break
                continue
            try:
                piece = os.read(main, 65_536).decode()
            except OSError:  # the other end is closed
                break
            shown += piece
            if re.search(r"> $", shown) and waiting:
                os.write(main, (waiting.pop(0)).encode())
    finally:
        process.kill()
        process.wait()
        os.close(main)
    return shown.replace("\r\n", "\n")


def test_the_interview_in_a_terminal(tmp_path: Path, cv: Path) -> None:
    """A wrong file and a wrong answer are asked for again, Enter keeps what the CV says, Ctrl-D skips the rest."""
    script = f"""
from pathlib import Path
from local.search import first_search, start
from local.search.ask import Terminal
from local.search.own_search import OwnSearch
home, terminal = start.Home(Path({str(tmp_path)!r})), Terminal()
own = OwnSearch.of(home)
read = None if own.answers else start._cv({{}}, own, terminal)[1]
start._ask({{}}, own, terminal, read)
own.note(home)
"""
    typed = [
        "nowhere.pdf\n",
        f"{cv}\n",
        "\n",
        "no address\n",
        "t@okafor.example\n",
        "\n",
        "Berlin; remote in the EU\n",
        "\n",
        "60k EUR\n",
        "\x04",
    ]
    shown = typed_into(script, typed, tmp_path)
    assert "there is no file nowhere.pdf → name a PDF" in shown
    assert "name           Tomasz Okafor" in shown
    assert "no e-mail address → write it like" in shown
    kept = json.loads((tmp_path / "own.json").read_text())
    assert (tmp_path / "own.json").stat().st_mode & 0o777 == 0o600
    assert kept["answers"] == {
        "cv": str(cv), "name": "Tomasz Okafor", "email": "t@okafor.example", "work": "Senior Data Engineer",
        "places": "Berlin; remote in the EU", "salary": "60k EUR", "employer": "Veldra Mobility",
    }  # fmt: skip
    again = typed_into(script, ["\n"] * 20, tmp_path)
    assert "[t@okafor.example] > " in again
    assert json.loads((tmp_path / "own.json").read_text()) == kept


def test_a_place_nobody_knows_is_asked_for_again_and_kept_by_enter_and_by_flags_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    places = tuple(one for one in ABOUT_YOU if one.name == "places")
    for typed, kept in ((["Leipzg", ""], "Leipzg"), (["Leipzg", "Leipzig"], "Leipzig"), (["Leipzg", "Leipzg"], "Leipzg")):
        waiting = list(typed)
        monkeypatch.setattr(Terminal, "line", lambda *_, waiting=waiting: waiting.pop(0))
        assert answers(places, Terminal(there=True), {}, {}) == {"places": kept}
        assert "Leipzg: no place that Rolecall knows → Leipzig?\n  Enter keeps it" in capsys.readouterr().out
    assert answers(places, nobody(), {"places": "Berlin; Leipzg"}, {}) == {"places": "Berlin; Leipzg"}
    assert "mind: Leipzg: no place that Rolecall knows → Leipzig?" in capsys.readouterr().out


# ── by flags ────────────────────────────────────────────────────────────────────────────────────────────────


def test_makes_command_line_answers_and_the_environment_of_a_shell_does_not() -> None:
    env = {"NAME": "my-laptop", "EMAIL": "ada@example.org", "SMTP_HOST": "mail.example.org", "ROLECALL_GIVEN": "EMAIL  SMTP_HOST"}
    assert start.parsed(["--work", "nurse"], env) == {"email": "ada@example.org", "SMTP_HOST": "mail.example.org", "work": "nurse"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "nobody to ask here"),
        ({"cv": "nowhere.pdf"}, "there is no file nowhere.pdf"),
        ({"name": "Ada"}, "email: is missing"),
        ({"name": "Ada", "email": "a@example.org", "salary": "much"}, "no pay we can read"),
        ({"name": "Ada", "email": "a@example.org", "contact": "me"}, "contact: 'me' is no address"),
    ],
)
def test_without_a_terminal_what_is_missing_or_wrong_is_said_before_anything_starts(
    given: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "up", lambda *_: pytest.fail("it was started"))
    with pytest.raises(InvalidInput, match=said):
        start.start(Home(tmp_path), given, {}, nobody())


def test_people_of_a_platform_come_by_sync_and_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(start, "up", lambda _, env: asked.append(env) or {})
    assert start.start(Home(tmp_path), {}, {"API_BASE_URL": "https://api.example.org"}, nobody()) == 0
    assert asked[0]["ROLECALL_SANDBOX"] == "off"
    assert "People come from your platform (https://api.example.org)" in capsys.readouterr().out


def test_mail_settings_are_tried_once_and_a_mail_server_that_is_not_there_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = OwnSearch(answers={"email": "ada@example.org"})
    sent: list[str] = []
    env = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "1", "SMTP_FROM": "ada@example.org"}
    start._mail(own, env, {}, nobody())
    assert "The test mail did not leave" in capsys.readouterr().out
    monkeypatch.setattr(start, "_test_mail", lambda recipient, _: sent.append(recipient))
    for _ in range(2):
        start._mail(own, env, {"SMTP_HOST": ""}, nobody())
    assert sent == ["ada@example.org"]
    assert own.environment == {"SMTP_HOST": "127.0.0.1"}  # of make's command line; what the shell sets stays there
    assert own.under({"SMTP_HOST": "", "TZ": "UTC"}) == {"SMTP_HOST": "127.0.0.1", "TZ": "UTC"}


class Platform:
    """Remembers what is asked of it."""

    def __init__(self, people: list[dict[str, Any]]) -> None:
        self.people, self.done = people, list[tuple[str, dict[str, Any]]]()

    def changed_users(self, *_: object) -> dict[str, Any]:
        return {"users": self.people}

    def change_user(self, person: str, patch: dict[str, Any]) -> None:
        if person == "erased":
            raise RequestRejected("gone", status=404)
        self.done.append((person, patch))

    def create_user(self, user: dict[str, Any]) -> dict[str, Any]:
        self.done.append(("new", user))
        return {"id": "new"}


@pytest.mark.parametrize(
    ("before", "people", "whom"),
    [("", [], "new"), ("", [{"id": "ada", "email": "Ada@X.example"}], "ada"), ("p1", [], "p1"), ("erased", [], "new")],
)
def test_who_came_in_before_is_changed_and_not_made_again(before: str, people: list[dict[str, Any]], whom: str) -> None:
    platform, own = Platform(people), OwnSearch(person=before)
    start._come_in(platform, own, {"name": "Ada", "email": "ada@x.example", "places": None, "work": ["nurse"]})  # type: ignore[arg-type]
    ((person, sent),) = platform.done
    assert (person, own.person) == (whom, whom)
    places = {} if whom == "new" else {"locations": None}
    assert sent["preferences"] == {"criteria": {"keywords": ["nurse"], **places}, "applying": {"approval": True}}


def test_boards_are_told_an_address_only_where_somebody_gave_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_CONTACT", raising=False)
    assert user_agent() == USER_AGENT == "Mozilla/5.0 (compatible; JobBot/1.0)"
    monkeypatch.setenv("BOT_CONTACT", "ada@example.org")
    assert user_agent() == "Mozilla/5.0 (compatible; JobBot/1.0; +ada@example.org)"
    for wrong in ("me", "a@b\r\nX: y", "https://x.example/) evil", "ä@x.example"):
        monkeypatch.setenv("BOT_CONTACT", wrong)
        with pytest.raises(InvalidInput, match="BOT_CONTACT"):
            user_agent()


# ── the whole way ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_from_an_empty_folder_to_ten_matches_of_ones_own_in_five_minutes(tmp_path: Path, cv: Path) -> None:
    """A fresh checkout, nothing installed; the keyless boards answer on loopback. No SQL, no Python, no editor."""
    checkout = tmp_path / "rolecall"
    ignored = shutil.ignore_patterns(".venv", ".rolecall", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
    shutil.copytree(ROOT, checkout, ignore=ignored)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST", "MAKE", "ROLECALL", "PYTHON"))}

    def make(*asked: str) -> str:
        done = subprocess.run(
            ["make", *asked],
            cwd=checkout,
            env={**kept, **boards.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def best(shown: str) -> list[str]:
        return re.findall(r"^ ?\d+  +\d+%  .+ · .+$", shown, re.M)

    with keyless_boards() as boards:
        began = time.monotonic()
        try:
            first = make("start", f"CV={cv}", "PLACES=Berlin; remote", "WORK=data engineer", "CONTACT=https://okafor.example/search")
            took = time.monotonic() - began
            again = make("start")
        finally:
            make("down")
    print(first, f"{took:.0f} s")
    assert len(best(first)) == len(best(again)) == 10
    assert first.count("asked for and in the CV: ") == 10
    assert "Veldra" not in "".join(best(first))
    assert {call.headers["user-agent"] for call in boards.seen} == {f"{USER_AGENT[:-1]}; +https://okafor.example/search)"}
    assert {board_of(call) for call in boards.seen} == set(BOARDS)
    busy = os.getloadavg()[0] > 2 * (os.cpu_count() or 1)  # five minutes are meant for a machine that does nothing else
    assert took < (900 if busy else 300)


def test_a_board_that_failed_and_one_that_left_no_word_are_told(dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    db.execute(
        "insert into board_run (run_id, board, search, outcome, cards, landed, error) values"
        " ('r', 'remoteok', 'anything', 'ok', 60, 60, null), ('r', 'remotive', 'anything', 'Blocked', 0, 0, 'no entry')"
    )
    db.commit()
    wrong = first_search._boards(dsn, "r", ["remoteok", "remotive", "arbeitnow"])
    assert wrong == ["Remotive: no entry", "Arbeitnow: its searches ended without a word → make status says why runs failed"]
    assert "Ads read: Remote OK 60 (60 new), Remotive 0 (0 new)" in capsys.readouterr().out


def test_a_machine_without_internet_is_told_before_anybody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(host: str, port: object) -> list[object]:
        if host == "127.0.0.1":
            return []
        raise socket.gaierror("Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", away)
    plan = first_search.BoardPlan({"remoteok": [], "remotive": []}, [], {})
    assert first_search.offline(plan, {})
    assert not first_search.offline(plan, {"REMOTIVE_BASE_URL": "http://127.0.0.1:1"}), "one of them answers"
    assert not first_search.offline(plan, {"HTTPS_PROXY": "http://proxy.example:3128"}), "the proxy may know"
    assert not first_search.offline(first_search.BoardPlan({}, [], {}), {}), "nobody was asked"
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port: time.sleep(0.5))
    assert first_search.offline(plan, {}, seconds=0.05), "an answer that does not come is none"


def test_without_internet_one_sentence_says_so_and_no_board_is_called_done(
    dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    for board in ("remoteok", "remotive"):
        db.execute(
            "insert into board_run (run_id, board, search, outcome, error) values ('r', %s, 'anything', 'BoardUnavailable', 'no')", (board,)
        )
    db.commit()
    (said,) = first_search._boards(dsn, "r", ["remoteok", "remotive"])
    assert said.startswith("no board answered: is this machine online? →")
    steps = first_search.Steps(None, dsn, datetime.now(UTC), {"scrape_remotive": "r"})  # type: ignore[arg-type]
    steps._tell({"dag_id": "scrape_remotive", "dag_run_id": "r", "state": "failed"})
    assert "reading Remotive did not answer" in capsys.readouterr().out


def test_when_boards_are_read_again_is_said_with_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone, said in (("UTC", r"\w+day \d\d:00 \(UTC\)"), ("Asia/Kolkata", r"\w+day \d\d:30 \(IST, \d\d:00 UTC\)")):
        with monkeypatch.context() as here:
            here.setenv("TZ", zone)
            time.tzset()
            assert re.fullmatch(said, first_search.next_time())
    time.tzset()
