"""With 100,000 jobs, 1,000 people and 10,000 applications indexes answer every question of the page, as Postgres itself explains."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg.rows import dict_row

from bench.page import FILL, PATHS, following_paths
from rolecall.people.logins import make_login
from rolecall.store import connect
from rolecall.web.page_app import create_page_app
from tests.services.conftest import make_settings
from tests.web.conftest import BASE

pytestmark = pytest.mark.long

BIG = {"job", "posting", "match", "held_back", "first_match", "application", "application_event", "approval"}
"""Tables of 10,000 rows and more at these sizes."""

NOT_THEIRS = {"/flow", "/market"}
"""For whoever runs Rolecall; and charts, which are drawn of a whole day, once, beside the requests."""


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", []):
        yield from nodes(one)


def test_no_page_reads_a_big_table_from_end_to_end(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"jobs": 100_000, "people": 1_000, "applications": 10_000}
    with psycopg.connect(dsn, row_factory=dict_row, autocommit=True) as conn:
        for statement in FILL.split(";\n"):
            if statement.strip():
                conn.execute(statement, given)  # type: ignore[call-overload]
        conn.execute("vacuum analyze")
    scans: dict[str, set[str]] = {}
    indexes: set[str] = set()
    here, asked = "", psycopg.Connection.execute

    def explained(self: Any, query: Any, params: Any = None, **kwargs: Any) -> Any:
        text = query if isinstance(query, str) else ""
        if here and re.match(r"(?:\s|--.*\n)*(?:select|with)\b", text, re.I) and "set_config" not in text:
            found = asked(self, f"explain (format json) {text}", params, prepare=False).fetchone()
            plan = next(iter(found.values())) if isinstance(found, dict) else found[0]
            for node in nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
                if node["Node Type"].endswith("Seq Scan") and node.get("Relation Name") in BIG:
                    scans.setdefault(here, set()).add(f"{node['Relation Name']}: {' '.join(text.split())[:160]}")
                if "Index Name" in node:
                    indexes.add(node["Index Name"])
        return asked(self, query, params, **kwargs)

    def come_in(http: TestClient, *, operator: bool) -> None:
        with connect(dsn) as conn:
            path = make_login(conn, "p1", base_url=BASE, operator=operator).removeprefix(BASE)
        form = re.search(r'name="csrf" value="(\w+)"', http.get(path).text)
        http.post(path, data={"csrf": form[1] if form else ""})

    app = create_page_app(make_settings(dsn))
    app.state.live.lasts = 0.0
    with TestClient(app, base_url=BASE, follow_redirects=False) as http:
        monkeypatch.setattr(psycopg.Connection, "execute", explained)
        come_in(http, operator=False)
        paths = (*(one for one in PATHS if one not in NOT_THEIRS), *following_paths(http))
        for here in (*paths, "", "/flow"):
            if not here:
                come_in(http, operator=True)
                continue
            answer = http.get(here)
            assert (answer.status_code, len(answer.content) <= 200_000) == (200, True), here
        here = ""
    assert not scans, "\n".join(f"{path}: {found}" for path, every in scans.items() for found in every)
    assert {"job_newest", "job_words", "match_of_person", "application_of_person"} <= indexes
