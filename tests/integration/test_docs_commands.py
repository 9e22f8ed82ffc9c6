"""Every command of README and docs does what it says, typed as it is written into an empty shell beside a running stack."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.base.paths import ROOT
from tests.docs.commands import ALL, ELSEWHERE, EXCEPTED, Command, begins
from tests.inbox.dovecot import PASSWORD, dovecot
from tests.integration.conftest import Stack
from tests.smtp_double import taking

SETTLES = 'curl -X POST "$url/api/v2/dags/settle_application'

LASTING = (
    "./rolecall mailbox add",
    "make judge",
    SETTLES,
    "curl -X PATCH",
    "make demo PAGES",
    "make up",
    "make restore",
    "make down",
    "make rotate-keys",
)
"""What waits for runs, starts or stops, in an order in which each finds what it needs: part of ``make test-all``."""

SAYS = {
    "make status": r"Airflow +http",
    "make judge": r"\[invented\] mails|skipped: ",
    "make backup": r"\.backup: .* read back",
    "make audit-verify": r"the log is what was written",
    "make reconcile": r"The ledger sends again",
    "make up": r"Airflow +http",
    "make down": r"stopped|nothing was running",
    "make restore": r"every table has the same number and hash",
    "make demo PAGES": r"Airflow +http",
    "./rolecall reconcile": r"The ledger sends again",
    "./rolecall audit verify": r"the log is what was written",
    "./rolecall audit application": r'"events": \[',
    "./rolecall applications show": r"key +\S+",
    "./rolecall status": r"Airflow",
    "./rolecall airflow dags list": r"auto_apply",
    "./rolecall analytics export": r"\d+ files in out",
    "./rolecall analytics report": r"analytics-.*\.html",
    "./rolecall analytics compute": r"figures of \d{4}-",
    "./rolecall boards report": r"linkedin: \d+ searches",
    "./rolecall boards replay": r'"answers": \d+',
    "./rolecall catalog explain": r"risk",
    "./rolecall catalog split": r"now \d+ jobs",
    "./rolecall catalog decide": r"now \d+ job",
    "./rolecall connections": r"platform_api +rolecall_platform",
    "./rolecall applications people": r"demo-person",
    "./rolecall applications list": r"demo-person  (submitted|held-back)",
    "./rolecall catalog list": r" j[0-9a-f]{16} ",
    "./rolecall person preview": r"open jobs of the last 14 days",
    "./rolecall person change": r"looks for",
    "./rolecall employers search": r"stripe +https://",
    "./rolecall employers drop": r"is followed no longer",
    "./rolecall mailbox add": r"is read every five minutes, read only",
    "./rolecall sandbox mails": r"@mail\.example",
    "./rolecall help": r"\./rolecall catalog explain",
    "./rolecall python": r"\(True, ",
    "curl -X PATCH": r'"chosen_options":',
    'url=$(python3 -c \'import json; print(json.load(open(".rolecall/stack.json"))["services_url"])': r'"token": ?"\w',
}
"""What a command prints, by how it begins; others need only succeed."""


class Reader:
    """Somebody who reads the docs in a fresh checkout: an own folder, nothing in the shell but a home and a PATH.

    :param stack: the stack of this folder
    """

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder / "checkout"
        self.home = folder / "home"
        self.home.mkdir()
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for name in listed.splitlines():
            if (ROOT / name).is_file() and not name.startswith("tests/"):
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.folder / name)
        (self.folder / ".venv").symlink_to(sys.prefix)
        self.at(stack.home)
        self.ends = ExitStack()

    def at(self, home: Path) -> None:
        """Makes ``.rolecall`` the data of this stack."""
        (self.folder / ".rolecall").unlink(missing_ok=True)
        (self.folder / ".rolecall").symlink_to(home)

    def mailbox(self) -> str:
        """The command that gives a mailbox of the reader's own, its password typed."""
        server = self.ends.enter_context(dovecot())
        server.maildir("reader")
        return f"echo {PASSWORD} | ./rolecall mailbox add demo-person --host 127.0.0.1 --port {server.port} --user reader"

    def smtp(self) -> str:
        """The command that says by which server a person's applications leave: one that asks for no name."""
        port, _ = self.ends.enter_context(taking())
        return f"./rolecall person smtp ada --address ada@mail.example --host 127.0.0.1 --port {port} --security none"

    def types(self, text: str, *, limit: float = 240, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs it; ``more`` is what the page says to set."""
        assert "PYTHON=" not in text, "this would make the environment of these tests anew"
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home), **more}
        command = ["bash", "-euo", "pipefail", "-c", text]
        pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
        with subprocess.Popen(command, cwd=self.folder, env=environment, **pipes) as process:
            try:
                out, errors = process.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGTERM)
                out, errors = process.communicate(timeout=10)
        return subprocess.CompletedProcess(command, process.returncode, out, errors)


@pytest.fixture(scope="module")
def reader(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    one = Reader(stack, tmp_path_factory.mktemp("reader"))
    with one.ends:
        yield one
        with stack.db() as db:  # their mail server ends with them
            db.execute("delete from mailbox where username = 'reader'")


# ── placeholders ────────────────────────────────────────────────────────────────────────────────────────────


def row(stack: Stack, statement: str) -> dict[str, Any]:
    with stack.db() as db:
        found = db.execute(statement).fetchone()
    assert found is not None, f"the demo left nothing for: {statement}"
    return dict(found)


def merged(stack: Stack) -> dict[str, Any]:
    """A job of several postings, and one of them."""
    return row(
        stack,
        """select job_id as job, min(board || '|' || external_id) as posting from posting
        where job_id is not null group by job_id having count(*) > 1 order by job_id limit 1""",
    )


def an_application(stack: Stack) -> str:
    return str(row(stack, "select id from application where state = 'submitted' limit 1")["id"])


def followed(reader: Reader) -> str:
    """An employer that is followed."""
    with reader.stack.db() as db:
        db.execute("insert into employer (board, company, url) values ('lever', 'velforge', 'https://jobs.lever.co/velforge')")
    return "lever velforge"


def two_jobs(stack: Stack) -> list[str]:
    with stack.db() as db:
        return [str(each["id"]) for each in db.execute("select id from job order by id desc limit 2")]


def day(ago: int) -> str:
    return f"{datetime.now(UTC) - timedelta(days=ago):%Y-%m-%d}"


def saved_pages(reader: Reader) -> str:
    """A folder with one saved page, as ``PAGES`` wants it."""
    page = reader.folder / "folder" / "linkedin" / "cook.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(httpx.get(f"{reader.stack.facts['sandbox_url']}/linkedin/jobs/search?keywords=cook&location=&start=0", timeout=20).text)
    return "folder"


Filling = Callable[[Reader], str]


def ada(reader: Reader) -> None:
    """Makes the person of whom the pages speak."""
    with reader.stack.db() as db:
        known = db.execute("select from person where id = 'ada'").fetchone()
    if known is None:
        done = reader.types("./rolecall person add --id ada --email ada@mail.example --name 'Ada Vale'")
        assert done.returncode == 0, done.stderr


def a_cv(reader: Reader) -> str:
    """A CV of Ada's, by its file's name."""
    file = reader.folder / "cook.txt"
    file.write_text("Ada Vale\nCook\n", encoding="utf-8")
    done = reader.types(f"./rolecall person cv ada {file}")
    assert done.returncode == 0, done.stderr
    return file.name


PLACEHOLDERS: dict[str, Filling] = {
    "FROM=…": lambda reader: f"FROM={reader.stack.home / 'backups'}",
    "FROM=/mnt/backups": lambda reader: f"FROM={reader.stack.home / 'backups'}",
    "PAGES=folder": lambda reader: f"PAGES={saved_pages(reader)}",
    "explain JOB": lambda reader: f"explain {merged(reader.stack)['job']}",
    "split JOB 'linkedin|4711'": lambda reader: "split {job} '{posting}'".format(**merged(reader.stack)),
    "decide JOB OTHER": lambda reader: "decide {} {}".format(*two_jobs(reader.stack)),
    "application ID": lambda reader: f"application {an_application(reader.stack)}",
    "applications show ID": lambda reader: f"applications show {an_application(reader.stack)}",
    "employers drop BOARD COMPANY": lambda reader: f"employers drop {followed(reader)}",
    "./rolecall person smtp ada --address ada@mail.example --host smtp.mail.example --user ada": lambda reader: reader.smtp(),
    "person byhand ada JOB_ID --sent": lambda reader: f"person byhand ada {two_jobs(reader.stack)[1]} --sent",
    "person byhand ada JOB_ID --not": lambda reader: f"person byhand ada {two_jobs(reader.stack)[0]} --not",
    "person mark ada JOB_ID --saved": lambda reader: f"person mark ada {two_jobs(reader.stack)[0]} --saved",
    "person token ID": lambda _: "person token ada",
    "login PERSON": lambda _: "login ada",
    "employers search NAME": lambda _: "employers search stripe",
    "./rolecall mailbox add ID --host imap.example.org --user you@example.org": lambda reader: reader.mailbox(),
    "login [PERSON]": lambda _: "login demo-person",
    "person matches ID": lambda _: "person matches demo-person",
    "person preview ID": lambda _: "person preview demo-person",
    "person change ID": lambda _: "person change ada",
    "person cv ID --remove CV": lambda reader: f"person cv ada --remove {a_cv(reader)}",
    "person cv ID": lambda _: "person cv ada",
    "applied URL --person ID": lambda reader: f"applied {two_jobs(reader.stack)[0]} --person demo-person",
    "--day DAY": lambda _: f"--day {day(1)}",
    "--from-date … --to-date …": lambda _: f"--from-date {day(2)} --to-date {day(1)}",
    "$run": lambda reader: waiting_run(reader.stack),
    "Staff nurse @ Clinic": lambda reader: waiting_for(reader.stack),
    "6f1c…": lambda reader: uncertain(reader.stack),
}
"""What stands for something of the reader's own in a command, and what this reader has for it."""

BARE = ("make restore", "make reconcile")
"""Names of commands that the same pages show with what they need."""


def applies(stack: Stack, run: str, **more: Any) -> str:
    """Triggers ``auto_apply`` for Mirela once; returns its path."""
    path = f"/dags/auto_apply/dagRuns/{run}"
    with stack.airflow() as api:
        if api.get(path).status_code == 404:
            conf = {"cvId": "demo-cv", "userId": "demo-person", "userEmail": "mirela.sandoval@mail.example", **more}
            api.post("/dags/auto_apply/dagRuns", json={"dag_run_id": run, "logical_date": None, "conf": conf}).raise_for_status()
    return path


def waiting_run(stack: Stack) -> str:
    """A run that waits for a yes."""
    path = applies(stack, "asks-first", approval=True, threshold=0.2)
    with stack.airflow() as api:
        until(lambda: api.get(f"{path}/taskInstances/plan_applications").json().get("state") == "awaiting_input")
    return "asks-first"


def waiting_for(stack: Stack) -> str:
    """The first thing that it asks about."""
    with stack.airflow() as api:
        path = f"/dags/auto_apply/dagRuns/{waiting_run(stack)}/taskInstances/plan_applications/-1/hitlDetails"
        return str(api.get(path).raise_for_status().json()["options"][0])


def uncertain(stack: Stack) -> str:
    """An application of which nobody knows whether it was received: its answer was lost."""
    facts = stack.facts
    fault = {"target": "ats", "kind": "lost_answer", "times": 1}
    let_in = {"Authorization": f"Bearer {facts['sandbox_token']}"}
    httpx.put(f"{facts['sandbox_url']}/_sandbox/faults", json=fault, headers=let_in, timeout=10).raise_for_status()
    finished(stack, applies(stack, "loses-an-answer", threshold=0.5))
    return str(row(stack, "select id from application where state = 'uncertain' limit 1")["id"])


def finished(stack: Stack, path: str) -> str:
    """Waits for the end of a run; returns its state."""
    ended: list[str] = []
    with stack.airflow() as api:
        until(lambda: bool(ended.append(state) or ended) if (state := api.get(path).json()["state"]) in ("success", "failed") else False)
    return ended[0]


def until(true: Callable[[], bool], limit: float = 120) -> None:
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.5)


def filled(text: str, reader: Reader) -> str:
    for placeholder, value in PLACEHOLDERS.items():
        if placeholder in text:
            text = text.replace(placeholder, value(reader))
    if re.search(r"\bada\b", text):
        ada(reader)
    return text


# ── the commands ────────────────────────────────────────────────────────────────────────────────────────────

LOGIN = next((each.text.partition("curl ")[0] for each in ALL if each.where == "docs/commands.md" and each.text.startswith("url=")), "")
"""The lines that make ``$url`` and ``$token``: pages that use them rely on these."""


def run_here() -> list[Any]:
    """Each command that is run, the lasting ones last. ``make test`` runs one of each kind, ``make test-all`` all of them."""
    chosen = [each for each in ALL if begins(each.text, EXCEPTED | ELSEWHERE) is None and each.text not in (*BARE, "make demo")]
    ordered = sorted(chosen, key=lambda each: next((place for place, start in enumerate(LASTING, 1) if each.text.startswith(start)), 0))
    kinds: set[str] = set()
    found = []
    for each in ordered:
        kind = " ".join(each.text.split()[:2])
        long = kind in kinds or each.text.startswith(LASTING)
        kinds.add(kind)
        found.append(
            pytest.param(each, id=f"{each.where}: {each.text.strip()[:70]}", marks=[pytest.mark.long] if long else []),
        )
    return found


@pytest.fixture(scope="module", autouse=True)
def as_it_was(stack: Stack, reader: Reader) -> Iterator[None]:
    """Whatever was stopped runs again for the tests that follow."""
    yield
    if not (stack.home / "stack.json").exists():
        stack.make("up")


@pytest.mark.parametrize("command", run_here())
def test_a_command_of_the_docs_does_what_it_says(command: Command, reader: Reader, stack: Stack) -> None:
    if command.text.startswith("make restore"):
        restores(command, reader, stack)
        return
    if command.text.startswith("make logs"):
        assert "==>" in reader.types(command.text, limit=20).stdout
        return
    text = filled(command.text, reader)
    before = backfills(stack, text)
    done = reader.types(LOGIN + text if "$url" in text and "url=$(" not in text else text)
    assert done.returncode == 0, f"{text}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    if says := begins(command.text, SAYS):
        assert re.search(says, done.stdout + done.stderr), f"{text}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    if before is not None:
        assert backfills(stack, text) == before + 1
    if "curl " in text:
        assert not done.stdout.lstrip().startswith('{"detail"'), done.stdout
        assert re.search(r'"(dag_run_id|runId|chosen_options|token)": ?["\[]', done.stdout), done.stdout
    if command.text.startswith(SETTLES):
        run = json.loads(done.stdout)["dag_run_id"]
        assert finished(stack, f"/dags/settle_application/dagRuns/{run}") == "success"
    assert not (reader.home / "airflow").exists(), "an Airflow of nobody's was made"


def backfills(stack: Stack, text: str) -> int | None:
    """How many there are of the DAG that a command names, once none is at work; ``None``: it is about something else."""
    named = re.search(r"backfill create --dag-id (\w+)", text)
    if named is None:
        return None
    with stack.airflow() as api:

        def all_of_them() -> list[dict[str, Any]]:
            return list(api.get("/backfills", params={"dag_id": named[1]}).raise_for_status().json()["backfills"])

        until(lambda: all(each["completed_at"] for each in all_of_them()))
        return len(all_of_them())


def restores(command: Command, reader: Reader, stack: Stack) -> None:
    """Into an empty folder, once the stack is down."""
    key = json.loads((stack.home / "secrets.json").read_text())["backup_key"]
    text = filled(command.text, reader)
    if not any((stack.home / "backups").glob("*.backup")):
        stack.make("backup")
    if (stack.home / "stack.json").exists():
        stack.make("down")
    empty = reader.home / f"restored-{len(list(reader.home.iterdir()))}"
    reader.at(empty)
    try:
        done = reader.types(text, BACKUP_KEY=key)
        assert done.returncode == 0, done.stderr
        assert re.search(SAYS["make restore"], done.stdout), done.stdout
    finally:
        reader.at(stack.home)


def test_the_demo_was_run_as_the_readme_says(stack: Stack) -> None:
    assert any(each.text == "make demo" for each in ALL)
    assert "receipts" in stack.output  # this folder's stack is made by that command


def test_what_a_reader_fills_in_is_written_somewhere() -> None:
    assert [text for text in (*BARE, *PLACEHOLDERS) if not any(text in each.text for each in ALL)] == []
