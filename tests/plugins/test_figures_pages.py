"""Reports are shown to who is logged in to Airflow, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Somebody who is logged in."""
    from airflow.api_fastapi.core_api.security import get_user

    from rolecall.web.figures_pages import app

    monkeypatch.setenv("REPORT_URL", str(tmp_path))
    made = app()
    made.dependency_overrides[get_user] = lambda: object()
    with TestClient(made) as browser:
        yield browser
    made.dependency_overrides.clear()


def test_the_newest_report_is_a_click_away(client: TestClient, tmp_path: Path) -> None:
    for day in ("2026-11-09", "2026-11-10"):
        (tmp_path / f"analytics-{day}.html").write_text(f"<h1>{day}</h1>")
    answer = client.get("/")
    assert (answer.status_code, answer.text) == (200, "<h1>2026-11-10</h1>")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert client.get("/2026-11-09").text == "<h1>2026-11-09</h1>"


def test_a_report_for_print_is_a_pdf(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "analytics-2026-11-10.pdf").write_bytes(b"%PDF-1.4")
    answer = client.get("/2026-11-10.pdf")
    assert (answer.headers["content-type"], answer.content) == ("application/pdf", b"%PDF-1.4")


def test_where_there_is_no_report_the_page_says_so(client: TestClient) -> None:
    assert client.get("/").status_code == 404
    assert "no report of 2026-11-10" in client.get("/2026-11-10").text


@pytest.mark.parametrize("path", ["/..%2f..%2fetc%2fpasswd", "/2026-11-10%2f..", "/x.pdf"])
def test_only_days_lead_to_files(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (404, 422)


def test_nobody_else_is_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rolecall.web.figures_pages import app

    monkeypatch.setenv("REPORT_URL", str(tmp_path))
    (tmp_path / "analytics-2026-11-10.html").write_text("secret")
    with TestClient(app()) as browser:
        answers = [browser.get(path) for path in ("/", "/2026-11-10", "/2026-11-10.pdf")]
    assert {answer.status_code for answer in answers} == {401}
    assert all("secret" not in answer.text for answer in answers)
