"""Reports are shown to who may read the DAG that writes them, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

Login = Callable[[str | None], TestClient]


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Login]:
    """A browser of somebody with a role; with ``None``, of somebody without any."""
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.api_fastapi.core_api import security

    from rolecall.apps.figures_pages import app

    monkeypatch.setenv("REPORT_URL", str(tmp_path))
    monkeypatch.setattr(security, "get_auth_manager", SimpleAuthManager)
    monkeypatch.setattr(security.DagModel, "get_team_name", lambda dag_id: None)
    made = app()

    def browser(role: str | None) -> TestClient:
        made.dependency_overrides[security.get_user] = lambda: SimpleAuthManagerUser(username="somebody", role=role)
        return TestClient(made)

    yield browser
    made.dependency_overrides.clear()


@pytest.fixture
def client(login: Login) -> TestClient:
    """Somebody who may look at DAGs."""
    return login("viewer")


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
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/abc", "/abc.pdf", "/2026-13-45"])
def test_what_is_no_day_is_told_in_a_sentence(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (404, "text/plain")
    assert answer.text == "There is no such report: its address ends in a day, such as /figures/2000-01-31."


@pytest.mark.parametrize("path", ["/", "/2026-11-10", "/2026-11-10.pdf"])
def test_who_is_logged_in_without_a_right_to_the_dag_is_not_let_in(login: Login, tmp_path: Path, path: str) -> None:
    for ending in ("html", "pdf"):
        (tmp_path / f"analytics-2026-11-10.{ending}").write_text("secret")
    refused = login(None).get(path)
    assert (refused.status_code, "secret" in refused.text) == (403, False)
    assert login("viewer").get(path).text == "secret"


def test_behind_a_path_prefix_the_way_to_the_newest_report_stays_there(login: Login, tmp_path: Path) -> None:
    (tmp_path / "analytics-2026-11-10.html").write_text("report")
    answer = login("viewer").get("/", follow_redirects=False)
    assert (
        urljoin("https://airflow.example/a/prefix/figures/", answer.headers["location"])
        == "https://airflow.example/a/prefix/figures/2026-11-10"
    )


def test_no_link_that_the_plugin_adds_leaves_a_path_prefix() -> None:
    from rolecall.plugin import Figures

    led = [urljoin("https://airflow.example/a/prefix/", view["href"]) for view in Figures.external_views]
    assert led
    assert all(address.startswith("https://airflow.example/a/prefix/") for address in led)


def test_nobody_else_is_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rolecall.apps.figures_pages import app

    monkeypatch.setenv("REPORT_URL", str(tmp_path))
    (tmp_path / "analytics-2026-11-10.html").write_text("secret")
    with TestClient(app()) as browser:
        answers = [browser.get(path) for path in ("/", "/2026-11-10", "/2026-11-10.pdf")]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert all("secret" not in answer.text for answer in answers)


@pytest.mark.parametrize("day", ["", "2026-11-10", "2026-11-10.pdf"])
@pytest.mark.parametrize("base", ["https://airflow.example", "https://airflow.example/a/prefix"])
def test_a_browser_that_is_not_logged_in_is_sent_to_airflows_login_and_back(monkeypatch: pytest.MonkeyPatch, base: str, day: str) -> None:
    from airflow.api_fastapi.core_api.security import is_safe_url

    from rolecall.apps.figures_pages import app

    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base)
    with TestClient(app()) as browser:
        answer = browser.get(f"/{day}", headers={"Accept": "text/html,*/*;q=0.8"}, follow_redirects=False)
    assert answer.status_code == 303
    login = urlsplit(urljoin(f"{base}/figures/{day}", answer.headers["location"]))
    assert f"{login.scheme}://{login.netloc}{login.path}" == f"{base}/api/v2/auth/login"
    (back,) = parse_qs(login.query)["next"]
    assert urljoin(base, back) == f"{base}/figures/{day}"
    assert is_safe_url(back)
