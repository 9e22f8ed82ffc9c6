"""The files that deploy Rolecall are valid, complete and hold no secret; what the containers run exists here too."""

from __future__ import annotations

import base64
import configparser
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yaml"

SEED = {
    "API_BASE_URL", "AI_SERVICE_URL", "API_TOKEN", "AI_SERVICE_TOKEN", "LINKEDIN_API_KEY", "INDEED_API_KEY", "GLASSDOOR_API_KEY",
    "SENDGRID_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER", "SLACK_WEBHOOK_URL", "POSTGRES_PASSWORD",
    "N8N_USER", "N8N_PASSWORD", "USER_SERVICE_URL", "JOB_SERVICE_URL", "SCRAPER_SERVICE_URL", "PUSH_NOTIFICATION_URL",
    "ALERT_WEBHOOK_URL", "WEBHOOK_URL", "SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_FROM",
}  # fmt: skip
"""Variables of the seed that a person sets (POSTGRES_DB and POSTGRES_USER are fixed here, N8N_HOST is part of WEBHOOK_URL)."""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def example() -> dict[str, str]:
    pairs = (line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#"))
    return dict(pairs)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.compose-spec", "docker-compose.yaml"),
        ("vendor.compose-spec", "docker-compose.override.yml"),
        *(("vendor.github-workflows", f".github/workflows/{name}.yml") for name in ("ci", "deploy", "nightly")),
    ],
)
def test_the_file_keeps_its_published_schema(schema: str, file: str) -> None:
    done = run("check_jsonschema", "--builtin-schema", schema, file)
    assert done.returncode == 0, done.stdout


def test_every_action_is_pinned_by_a_commit_and_no_workflow_may_more_than_read_unless_a_job_says_so() -> None:
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = file.read_text()
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}, file.name
        assert all(re.search(r"@[0-9a-f]{40} # v\d", line) for line in text.splitlines() if "uses:" in line), file.name


def test_every_yaml_file_is_tidy() -> None:
    tracked = subprocess.run(["git", "ls-files", "*.yaml", "*.yml"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    done = run("yamllint", "-s", *(tracked or ["docker-compose.yaml", ".github"]))
    assert done.returncode == 0, done.stdout


def test_the_example_names_every_variable_of_the_seed_and_of_the_compose_file() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", COMPOSE.read_text()))
    assert set(example()) >= SEED | used


def test_a_secret_is_required_and_never_has_a_default() -> None:
    secret = re.compile(r"PASSWORD|TOKEN|KEY|SECRET")
    for name, rest in re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)([^}]*)\}", COMPOSE.read_text()):
        if secret.search(name) and rest:
            assert rest.startswith(":?") or rest == ":-", f"{name}{rest}"
    assert not {name: value for name, value in example().items() if secret.search(name) and value}


def test_images_are_pinned_and_ports_are_loopback_only(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert re.search(r":[\w.${}:-]+$", service["image"]), name
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_every_service_says_when_it_is_healthy(compose: dict[str, Any]) -> None:
    assert {name for name, service in compose["services"].items() if "healthcheck" not in service} == {"airflow-init"}


def test_a_container_that_hangs_is_ended_by_its_own_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        check = service.get("healthcheck")
        if check is None:
            continue
        found = re.search(r"healthy\.sh (\d+) (\d+) ", " ".join(check["test"]))
        assert found, f"{name}: docker does not start again what only hangs"
        assert int(found[2]) < int(check["timeout"].removesuffix("s")), f"{name}: docker would end the check before it could count"
        assert int(found[1]) * int(check["interval"].removesuffix("s")) >= 120, f"{name}: a slow start is no hang"
        assert service["restart"] == "unless-stopped", name
        assert "build" in service or service["init"], f"{name}: its main process must not be PID 1, which nobody inside can kill"


HUNG = """
sleep 300 & main=$!
kill -STOP $main
for look in 1 2 3; do
    sh {script} 3 5 sh -c 'exit {status}'
    if [ $look -gt {alive} ]; then wait $main; fi
    kill -0 $main 2>/dev/null && echo alive
done
"""


@pytest.mark.parametrize(("status", "alive"), [(1, 2), (2, 2), (7, 3), (0, 3)])
def test_a_stopped_main_process_is_killed_after_three_failures_in_a_row(tmp_path: Path, status: int, alive: int) -> None:
    """In a PID namespace, as in a container: the shell is PID 1. Status 7 stands for one that answers, but is not ready."""
    inside = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no PID namespaces")
    script = (ROOT / "docker" / "healthy.sh").read_text().replace("/tmp/unhealthy", str(tmp_path / "count"))  # noqa: S108
    (tmp_path / "healthy.sh").write_text(script)
    code = HUNG.format(script=tmp_path / "healthy.sh", status=status, alive=alive)
    environment = {"PATH": "/usr/bin:/bin", "ALIVE_STATUS": "7"}
    done = subprocess.run([*inside, "sh", "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["alive"] * alive


def test_failures_count_only_in_a_row(tmp_path: Path) -> None:
    script = (ROOT / "docker" / "healthy.sh").read_text().replace("/tmp/unhealthy", str(tmp_path / "count"))  # noqa: S108
    for command in ("false", "false", "true", "false", "false"):
        subprocess.run(["/bin/sh", "-c", script, "healthy", "3", "5", command], check=False, timeout=30)
    assert (tmp_path / "count").read_text() == "2\n"


def test_what_the_image_copies_is_there() -> None:
    for line in (ROOT / "docker" / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY"):
            *sources, _ = [part for part in line.split()[1:] if not part.startswith("--")]
            assert all((ROOT / source).exists() for source in sources), line


def test_what_needs_the_open_net_can_be_left_out_of_the_image(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker" / "Dockerfile").read_text().replace("\\\n", " ")
    text = text.partition("AS browser")[0]  # that image is Chromium: it is built where it is wanted
    steps = [line.removeprefix("RUN ") for line in text.splitlines() if line.startswith("RUN ")]
    (fetching,) = [step for step in steps if "curl" in step or "apt-get" in step]
    without = {"PATH": "/nowhere", "POSTGRES_CLIENT": "none"}
    done = subprocess.run(["/bin/sh", "-ec", fetching], env=without, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    builds = [service["build"] for service in compose["services"].values() if "build" in service]
    assert all(build["args"] == {"POSTGRES_CLIENT": "${POSTGRES_CLIENT:-18}"} for build in builds)


def test_the_command_of_every_container_exists(compose: dict[str, Any]) -> None:
    commands = {tuple(service["command"][:3]) for service in compose["services"].values() if "build" in service}
    modules = {command[2] for command in commands if command[:2] == ("python", "-m")}
    assert modules == {"rolecall.services", "rolecall.web", "sandbox"}
    for module in modules:
        assert run(module, "--help").returncode == 0, module
    assert {command[1] for command in commands if command[0] == "airflow"} == {
        "api-server", "scheduler", "dag-processor", "triggerer", "celery",
    }  # fmt: skip


OF_THE_NEXT = {"[scheduler] batch_asset_events"}
"""Settings that Airflow 3.4 knows and 3.3 leaves alone: to be taken out here with the next version."""


def test_every_airflow_setting_exists_in_this_version_of_airflow() -> None:
    import airflow

    options = yaml.safe_load((Path(airflow.__file__).parent / "config_templates" / "config.yml").read_text())
    ours = configparser.ConfigParser(interpolation=None)
    ours.read(ROOT / "airflow.cfg")
    unknown = [
        f"[{section}] {name}"
        for section in ours.sections()
        for name in ours[section]
        if name not in options.get(section, {}).get("options", {})
    ]
    assert {name for name in unknown if "simple_auth_manager" not in name} == OF_THE_NEXT


def test_what_runs_is_the_image_and_nothing_of_the_checkout(compose: dict[str, Any]) -> None:
    """So that what was tested is what is deployed."""
    for name, service in compose["services"].items():
        if "build" in service:
            assert not [mount for mount in service["volumes"] if str(mount).startswith((".", "/"))], name


def test_no_container_may_take_the_whole_machine_or_more_rights(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["mem_limit"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if "build" in service:
            assert (service["cap_drop"], service["user"]) == (["ALL"], "${AIRFLOW_UID:-50000}:0"), name
    assert {name for name, service in compose["services"].items() if service.get("read_only")} == {
        "rolecall-services", "rolecall-browser", "rolecall-page", "sandbox", "prometheus",
    }  # fmt: skip


def test_only_the_worker_s_health_check_starts_a_python(compose: dict[str, Any]) -> None:
    checks = {name: " ".join(service["healthcheck"]["test"]) for name, service in compose["services"].items() if "healthcheck" in service}
    assert {name for name, check in checks.items() if re.search(r"python|airflow jobs", check)} == {"airflow-worker"}


def test_postgres_lets_in_as_many_as_the_budget_says(compose: dict[str, Any]) -> None:
    assert "max_connections=${POSTGRES_CONNECTIONS:-200}" in compose["services"]["postgres"]["command"]


def made(file: Path, *pairs: str) -> tuple[dict[str, str], str]:
    script = str(ROOT / "docker" / "env.sh")
    done = subprocess.run(["sh", script, str(file), *pairs], capture_output=True, text=True, timeout=30, check=True)
    lines = [line.split("=", 1) for line in file.read_text().splitlines() if "=" in line and not line.startswith("#")]
    return dict(lines), done.stdout + done.stderr


def test_make_env_writes_every_required_secret_once_and_prints_none(tmp_path: Path) -> None:
    required = set(re.findall(r"\$\{([A-Z0-9_]+):\?", COMPOSE.read_text()))
    first, said = made(tmp_path / ".env", "COMPOSE_PROFILES=sandbox")
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert all(len(first[name]) >= 44 for name in required)
    assert not [name for name in required if first[name] in said]
    again, _ = made(tmp_path / ".env")
    assert again == first
    other, _ = made(tmp_path / "other")
    assert not {first[name] for name in required} & {other[name] for name in required}
    assert len(base64.urlsafe_b64decode(first["AIRFLOW_FERNET_KEY"])) == 32


def test_make_env_keeps_what_is_set_whatever_signs_it_has(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=a&b\\1|$x\nN8N_PASSWORD=\n")
    found, _ = made(tmp_path / ".env", "SLACK_WEBHOOK_URL=https://x/&\\1")
    assert found["POSTGRES_PASSWORD"] == "a&b\\1|$x"
    assert found["SLACK_WEBHOOK_URL"] == "https://x/&\\1"
    assert found["N8N_PASSWORD"]


def test_ci_runs_what_the_readme_says() -> None:
    assert "make test" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert "make test" in (ROOT / "README.md").read_text()


NOT_FOR_USERS = {"hatchling", "editables", "psycopg2-binary", "asyncpg", "python-dateutil"}
"""What builds the package, and the drivers of Airflow's own database, which is whose Airflow it is; and a pin of what others bring."""


def test_the_package_needs_what_requirements_pin() -> None:
    pins = re.findall(r"^([\w.-]+(?:\[[a-z,]+\])?)==([^ #]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert needs == [f"{name}>={version}" for name, version in pins if name not in NOT_FOR_USERS]


def test_what_starts_airflow_in_a_container_makes_connections_and_pools_first() -> None:
    steps = [line for line in (ROOT / "docker" / "init.sh").read_text().splitlines() if line.startswith(("python -m", "airflow "))]
    assert steps == [
        "python -m rolecall.store",
        "airflow db migrate",
        "python -m rolecall.maintenance.connection_rows write",
        "python -m rolecall.maintenance.pools",
    ]
    for module in ("rolecall.maintenance.connection_rows", "rolecall.maintenance.pools"):
        done = subprocess.run(
            [sys.executable, "-m", module], cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (1, "AIRFLOW_DSN: is not set → set it to the address of Airflow's metadata database\n")
