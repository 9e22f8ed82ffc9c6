"""Files are read in a process of their own: what it runs into is one refused file, and nothing of ours is in its reach."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rolecall.errors import InvalidInput
from rolecall.matching import read_cv
from rolecall.matching.cv.files.child_process import ROOT, RUN, run_in_child
from rolecall.matching.cv.files.limits import Damaged, Encrypted, Limits, TooCostly, TooMuch
from rolecall.matching.read_file import read_file
from tests.matching.cv import cv_pdfs
from tests.matching.cv.files.test_docx import tables, word

HERE = "tests.matching.cv.files.test_child_process"


def environment(data: bytes) -> list[str]:
    return sorted(os.environ)


def forever(data: bytes) -> None:
    while True:
        pass


def asleep(data: bytes) -> None:
    time.sleep(600)


def greedy(data: bytes) -> int:
    return len(bytearray(10**10))


def crash(data: bytes) -> None:
    ctypes.string_at(0)


def deep(data: bytes) -> int:
    return deep(data) + 1


def told(data: bytes, kind: str) -> None:
    if kind == "field":
        raise InvalidInput("roles.0.title", "is no text", fix="send a text")
    raise Encrypted("it is locked", fix="unlock it")


def test_what_the_process_finds_comes_back() -> None:
    assert run_in_child(f"{HERE}:echo", "Zoë".encode(), 7, limits=Limits()) == {"said": "Zoë", "given": "7"}


def echo(data: bytes, given: str) -> dict[str, Any]:
    return {"said": data.decode(), "given": given}


@pytest.mark.parametrize(
    ("function", "limits", "error", "said"),
    [
        ("forever", Limits(cpu=1), TooCostly, "1 s of computing"),
        ("asleep", Limits(seconds=0.5), TooCostly, "not read within 0.5 s"),
        ("greedy", Limits(), TooCostly, "memory"),
        ("deep", Limits(), TooCostly, "nests too deep"),
        ("crash", Limits(), Damaged, "breaks its reader"),
    ],
)
def test_what_the_process_runs_into_is_a_refusal_with_a_name_and_a_fix(
    function: str, limits: Limits, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        run_in_child(f"{HERE}:{function}", b"", limits=limits)
    assert isinstance(caught.value, InvalidInput)
    assert caught.value.fix


def test_an_error_keeps_its_kind_its_field_and_its_fix_on_the_way() -> None:
    with pytest.raises(Encrypted, match="it is locked → unlock it"):
        run_in_child(f"{HERE}:told", b"", "kind", limits=Limits())
    with pytest.raises(InvalidInput, match=r"roles\.0\.title: is no text → send a text") as caught:
        run_in_child(f"{HERE}:told", b"", "field", limits=Limits())
    assert caught.value.field == "roles.0.title"


def test_no_secret_of_ours_is_in_the_reach_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "secret")
    monkeypatch.setenv("ROLECALL_DSN", "postgresql://u:secret@localhost/rolecall")
    known = run_in_child(f"{HERE}:environment", b"", limits=Limits())
    assert "PATH" in known
    assert not {"API_TOKEN", "ROLECALL_DSN"} & set(known)


@pytest.mark.parametrize(
    ("filename", "data"),
    [
        ("cv.txt", b"Kim Lee\nCook\nkim@mail.example\n\nExperience\nCook, Elm Inn   2019 - today\nSoup\n\nSkills\nKnives, SQL"),
        ("cv.md", b"# Kim Lee\n**Cook**\n\n## Skills\n- Knives\n- SQL"),
        ("cv.json", b'{"basics": {"name": "Kim Lee", "label": "Cook"}, "skills": [{"name": "Knives"}]}'),
    ],
)
def test_a_file_is_read_the_same_in_a_process_of_its_own(filename: str, data: bytes) -> None:
    today = datetime.now(UTC).date()  # a role that goes on counts up to it: midnight may fall between the two
    assert read_file(data, filename=filename, today=today) == read_cv(data, filename=filename, today=today)


def test_real_cvs_are_read_the_same_in_a_process_of_their_own(shared: Path) -> None:
    today = datetime.now(UTC).date()
    for path in sorted((shared / "cv").glob("*.pdf"))[:3]:
        assert read_file(path.read_bytes(), filename=path.name, today=today) == read_cv(path.read_bytes(), filename=path.name, today=today)


def test_a_file_beyond_the_limit_of_size_does_not_reach_the_process() -> None:
    with pytest.raises(TooMuch, match="bytes are too many"):
        read_file(b"x" * 101, filename="cv.txt", limits=Limits(size=100))


@pytest.mark.parametrize("made", ["one line", "tables", "letters"])
def test_the_process_takes_a_few_seconds_of_computing_for_what_was_made_to_be_costly(made: str) -> None:
    prose = "Senior data engineer in Berlin, kim@mail.example, www.mail.example/kim, 2019 - 2021, Python and SQL. "
    data = {"one line": (prose * 2_000)[:200_000].encode(), "tables": word(tables(30)), "letters": b"a" * 200_000}[made]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    read_file(data)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{made}: {taken:.2f} s of CPU, its start included")
    assert taken < 6.0, "on an idle machine it is one"


TEXT = b"Kim Lee\nCook\nkim@mail.example\nBerlin\n\nExperience\nCook, Elm Inn   2019 - 2021\nSoup\n\nSkills\nKnives, SQL"
UNREAD = (
    *("psycopg", "httpx", "bs4", "tokenizers", "rapidfuzz"),
    *("rolecall.boards", "rolecall.catalog", "rolecall.store", "rolecall.matching.letters", "rolecall.matching.score"),
    *("rolecall.matching.ads.prompt_injection", "rolecall.matching.ads.machine_lines", "rolecall.matching.skills.vectors"),
)
"""What reading a CV needs nothing of: half of its time was reading these."""


def ran(code: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
    """What a process like the reading one does."""
    given = ("rolecall.matching.read_file:as_json", "60", "1500000000", "cv", "2026-11-28", "5000000", "30", "200000")
    return subprocess.run([sys.executable, "-c", code, *given], input=data, cwd=ROOT, capture_output=True, check=False)


@pytest.mark.parametrize("kind", ["text", "docx", "pdf"])
def test_who_reads_a_cv_loads_no_board_no_catalog_no_letters_and_starts_nobody_else(kind: str) -> None:
    data = {"text": TEXT, "docx": word(tables(3)), "pdf": cv_pdfs.one_column(cv_pdfs.PEOPLE["en"])}[kind]
    alone = "import subprocess\nsubprocess.Popen = None\n"
    told = "import atexit, sys\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    done = ran(alone + told + RUN.replace("os._exit(0)", "sys.exit(0)"), data)
    assert done.returncode == 0, done.stderr
    assert b'"read"' in done.stdout
    loaded = done.stderr.decode().split()
    assert "rolecall.matching.cv.reader" in loaded
    assert [module for module in loaded if module.startswith(UNREAD)] == []
