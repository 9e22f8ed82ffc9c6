"""What ``./rolecall`` means inside a container of docker-compose.yaml, and how its health is asked without a Python."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from local import containers
from local.base.paths import ROOT, Home
from rolecall.errors import RolecallError

ENVIRONMENT = {
    "ROLECALL_IN_CONTAINERS": "1", "ROLECALL_SERVICES_URL": "http://s", "ROLECALL_DSN": "d", "REDIS_URL": "r", "API_TOKEN": "a",
    "AI_SERVICE_TOKEN": "b", "N8N_USER": "ada",
}  # fmt: skip


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "passwords.json").write_text(json.dumps({"ada": "pw"}))
    return {**ENVIRONMENT, "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(tmp_path / "passwords.json")}


def test_the_containers_stack_has_the_keys_of_the_embedded_one(env: dict[str, str]) -> None:
    found = containers.stack(env)
    assert (found["username"], found["password"], found["airflow_url"]) == ("ada", "pw", "http://airflow-api-server:8080")
    assert set(found) == {
        "airflow_url", "username", "password", "services_url", "page_url", "sandbox_url", "postgres_dsn", "redis_url", "api_token",
        "ai_service_token", "sandbox_token", "webhook_secret",
    }  # fmt: skip


def test_without_a_login_it_says_who_makes_it(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "passwords.json").unlink()
    with pytest.raises(RolecallError, match="make compose-up"):
        containers.stack(env)


def test_nobody_invented_comes_into_the_real_world_and_nobody_real_into_the_sandbox(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="nobody invented belongs"):
        containers.up(Home(tmp_path), env)
    with pytest.raises(RuntimeError, match="nobody real belongs"):
        containers.up(Home(tmp_path), {**env, "SANDBOX_URL": "http://sandbox:8090", "ROLECALL_SANDBOX": "off"})


HEALTH = {"scheduler": {"status": "healthy"}, "triggerer": {"status": "unhealthy"}}


@pytest.mark.parametrize(("component", "status"), [("scheduler", 0), ("triggerer", 1), ("dag_processor", 1)])
def test_a_component_is_healthy_when_airflow_calls_it_so(tmp_path: Path, component: str, status: int) -> None:
    (tmp_path / "health").write_text(json.dumps(HEALTH, indent=1))
    assert beats(component, f"file://{tmp_path / 'health'}") == status


def test_a_silent_api_server_is_no_other_containers_fault(tmp_path: Path) -> None:
    assert beats("scheduler", f"file://{tmp_path / 'nothing'}") == 75


def beats(component: str, url: str) -> int:
    environment = {"PATH": "/usr/bin:/bin", "HEALTH_URL": url}
    return subprocess.run(["sh", str(ROOT / "docker" / "beats.sh"), component], env=environment, timeout=30, check=False).returncode
