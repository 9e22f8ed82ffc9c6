"""Whatever a DAG calls of the domain is covered by a property in :mod:`tests.one_is_one.test_one_is_one`, or named in :data:`EXCEPTED`
with its reason; a new one that is neither fails :func:`test_every_sweeper_is_covered_or_excepted_by_name`.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.one_is_one import test_one_is_one
from tests.one_is_one.world import COVERED

__all__ = ["test_one_is_one"]  # imported, its properties are in COVERED

ROOT = Path(__file__).parents[2]

EXCEPTED: dict[str, str] = {
    # one person's run, or one row by its id: whatever it raises is that run's alone
    **dict.fromkeys(
        [
            "rolecall.applying.approval.PendingApproval",
            "rolecall.applying.approval.body",
            "rolecall.applying.approval.enqueue_holds",
            "rolecall.applying.approval.enqueue_question",
            "rolecall.applying.approval.record_answer",
            "rolecall.applying.approval.still_open",
            "rolecall.applying.approval.store_questions",
            "rolecall.applying.effects.enqueue_effects",
            "rolecall.applying.follow.carry_out_decision",
            "rolecall.applying.ledger.Ledger",
            "rolecall.applying.ledger.of_run",
            "rolecall.applying.ledger.words",
            "rolecall.applying.plan.check",
            "rolecall.applying.plan.plan",
            "rolecall.applying.plan.ready",
            "rolecall.applying.prepared_matches.prepare_matches",
            "rolecall.applying.requests.mark_done",
            "rolecall.applying.requests.mark_triggered",
            "rolecall.applying.submit.Pace",
            "rolecall.applying.submit.submit",
            "rolecall.applying.tokens.user_token",
            "rolecall.applying.work.notify_matched",
            "rolecall.applying.webhook.ApplyRequest",
            "rolecall.applying.webhook.accept",
            "rolecall.applying.webhook.rejection_reason",
            "rolecall.applying.webhook.status",
            "rolecall.applying.restored.restore_guard.RestoreGuard",
            "rolecall.applying.restored.sent_log.SentLog",
            "rolecall.store.documents",
            "rolecall.matching.let_go",
            "rolecall.matching.letters.llm.ModelBudget",
            "rolecall.matching.letters.llm.Said",
            "rolecall.matching.letters.llm.improve",
            "rolecall.matching.store_matches",
            "rolecall.people.applying_wishes.current_employer",
            "rolecall.people.applying_wishes.is_employer",
            "rolecall.people.records.note_matched",
            "rolecall.people.records.criteria_of",
            "rolecall.people.records.read_cv_row",
        ],
        "one person's run, or one row by its id",
    ),
    # one search of one board: a mapped task of its own
    **dict.fromkeys(
        [
            "rolecall.boards.fetch.RequestBudget",
            "rolecall.boards.history.replay.replay",
            "rolecall.boards.history.window.landed_window",
            "rolecall.boards.scrape.scrape",
        ],
        "one search, a mapped task",
    ),
    **dict.fromkeys(
        ["rolecall.inbox.reading.mailboxes", "rolecall.inbox.reading.read_mailbox"],
        "one mailbox, a mapped task; its turn, its time, one odd mail: tests/inbox/test_mailbox.py, tests/clients/test_public_hosts.py",
    ),
    "rolecall.boards.deliver_jobs.deliver": "tests/boards/test_deliver.py: what the platform refuses keeps nobody else back",
    **dict.fromkeys(
        [
            "rolecall.boards.scrape_store.delete_old_answers",
            "rolecall.boards.board_report.landed",
            "rolecall.boards.board_report.report",
        ],
        "one board's run, counts only",
    ),
    **dict.fromkeys(
        ["rolecall.boards.BROKEN", "rolecall.boards.page_hosts.page_hosts", "rolecall.boards.searches.wrong_searches"],
        "our own files, no people's rows",
    ),
    **dict.fromkeys(
        [
            "rolecall.monitoring.audit",
            "rolecall.monitoring.workflows.dag_files",
            "rolecall.monitoring.workflows.failed_tasks",
            "rolecall.monitoring.health",
            "rolecall.monitoring.heartbeat",
            "rolecall.monitoring.incidents",
            "rolecall.monitoring.performance.collect",
            "rolecall.monitoring.performance.rules",
            "rolecall.monitoring.quality.as_json",
        ],
        "services and runs, no people's rows",
    ),
    **dict.fromkeys(
        ["rolecall.analytics.figures.is_over", "rolecall.analytics.figures.the_day", "rolecall.analytics.report.report"],
        "figures of the day, already counted",
    ),
    "rolecall.applying.tokens.forget_expired": "one statement over times",
    "rolecall.people.records.due": "the values of one statement, no row",
    "rolecall.people.cvs.own_cvs.is_removed": "of the one CV that is matched",
    "rolecall.maintenance": "deletes by age, a table by itself",
    "rolecall.web": "one person's page, a request by itself",
    **dict.fromkeys(["rolecall.backup"], "copies bytes, reads no row"),
    **dict.fromkeys(
        [
            "rolecall.catalog.Validated",
            "rolecall.clients.session",
            "rolecall.criteria",
            "rolecall.connections",
            "rolecall.defaults",
            "rolecall.endpoints",
            "rolecall.errors",
            "rolecall.models",
            "rolecall.services",
            "rolecall.settings",
            "rolecall.store",
            "rolecall.notifying.send.batches.batches",
            "rolecall.notifying.send.batches.what_is_wrong",
            "rolecall.notifying.send.channels.common.NotConfigured",
            "rolecall.notifying.send.channels.send",
            "rolecall.outbox.available_channels",
            "rolecall.outbox.messages",
            "rolecall.outbox.wakeup",
            "rolecall.text.display",
        ],
        "plumbing that is given one thing at a time",
    ),
}
"""Function or module → why no property here covers it."""


def called_by_dags() -> Iterator[tuple[str, str]]:
    """(dotted name of a domain function, file that calls it) of every DAG and of every operator, sensor and trigger they use."""
    for file in sorted([*(ROOT / "dags").glob("*.py"), *(ROOT / "plugins" / "rolecall").rglob("*.py")]):
        for name in called_in(file.read_text(encoding="utf-8")):
            yield name, file.name


def called_in(source: str) -> Iterator[str]:
    """Dotted names of the domain's functions that a file calls, or hands on to somebody who does."""
    domain = {path.stem for path in (ROOT / "include" / "rolecall").iterdir()}
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "rolecall"
        for alias in node.names
        if f"{node.module}.{alias.name}".split(".")[1] in domain
    }
    for alias in (alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names):
        if alias.name.startswith("rolecall."):
            names |= {alias.asname: alias.name} if alias.asname else {"rolecall": "rolecall"}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Name) or id(node) in inside:
            continue
        function, path = node, list[str]()
        while isinstance(function, ast.Attribute):
            path.insert(0, function.attr)
            function = function.value
        if isinstance(function, ast.Name) and function.id in names:
            name = ".".join([names[function.id], *path])
            if id(node) in called or is_a_function(name):  # one that is handed on is called by somebody
                yield name


def is_a_function(name: str) -> bool:
    """Whether a dotted name is a function's."""
    module, _, last = name.rpartition(".")
    try:
        return inspect.isfunction(getattr(importlib.import_module(module), last, None))
    except ImportError:
        return False


def is_in(name: str, known: dict[str, str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in known)


def test_every_sweeper_is_covered_or_excepted_by_name() -> None:
    called = dict(called_by_dags())
    assert len(called) > 80, "the search finds what DAGs call"
    unknown = {name: file for name, file in called.items() if not is_in(name, COVERED) and not is_in(name, EXCEPTED)}
    assert not unknown, "write a property for it beside this file (one odd row, one good one), or say in EXCEPTED why none is needed"


@pytest.mark.parametrize(
    "source",
    [
        "from rolecall.applying import approval\napproval.remind_everybody(conn)",
        "from rolecall.inbox.reading import forget_old_mails\nforget_old_mails(conn)",
        "import rolecall.notifying.send.batches as sending\nsending.sweep(conn)",
        "import rolecall.people.records\nrolecall.people.records.tidy(conn)",
        "from rolecall.applying.follow import follow_status\nfrom rolecall.matching import rank_everybody\nrank_everybody(follow_status)",
    ],
)
def test_a_new_sweeper_would_be_found_also_beside_those_that_are_known(source: str) -> None:
    assert [name for name in called_in(source) if not is_in(name, COVERED) and not is_in(name, EXCEPTED)] != []


def test_no_exception_is_a_whole_module_of_a_room_that_sweeps_peoples_rows() -> None:
    rooms = ("analytics", "applying", "boards", "catalog", "inbox", "matching", "notifying", "people", "sync")
    excepted = [name for name in EXCEPTED if name.split(".")[1] in rooms]
    assert [name for name in excepted if (ROOT / "include" / name.replace(".", "/")).with_suffix(".py").exists()] == []
    assert [name for name in excepted if (ROOT / "include" / name.replace(".", "/")).is_dir()] == []


@pytest.mark.parametrize("known", ["COVERED", "EXCEPTED"])
def test_nothing_is_covered_or_excepted_that_no_dag_calls_any_more(known: str) -> None:
    called = {name for name, _ in called_by_dags()}
    gone = {one for one in globals()[known] if not any(name == one or name.startswith(f"{one}.") for name in called)}
    assert not gone
