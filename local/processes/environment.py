"""The environment of each process of the stack, made from scratch: nothing of the user's own Airflow or Python leaks in."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.base.credentials import Credentials
from local.base.paths import IMPORTS, ROOT, Home
from local.base.ports import LOOPBACK, Ports
from local.processes.postgres import binaries
from rolecall.applying.tokens import KEY
from rolecall.connections import resolved, variables
from rolecall.settings import SENDER, Settings

SYSTEM = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_*", "TMPDIR", "LD_LIBRARY_PATH"),
    *("SSL_CERT_*", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "*_PROXY", "*_proxy"),
)
"""What a process needs of the machine it runs on. A difference between two terminals is no reason to restart anything."""

CONFIGURATION = (
    *(name.upper() for name in Settings.model_fields),
    *sorted(variables()),
    *("*_BASE_URL", "*_API_KEY", "*_SERVICE_URL", "*_SERVICE_TOKEN", "*_SERVICE_IDEMPOTENT", "*_WEBHOOK_URL", "ROBOTS_PERMISSION_*"),
    *("SMTP_*", "SENDGRID_*", "TWILIO_*", "N8N_USER", "N8N_PASSWORD", "WEBHOOK_SECRET", "BACKUP_*", "AWS_*", "TZ", "LOG_LEVEL"),
)
"""What configures Rolecall. When ``make up`` finds a difference, the processes that read it are restarted."""


NOT_FOR_TASKS = ("N8N_USER", "N8N_PASSWORD", "WEBHOOK_SECRET", "LOG_LEVEL", "BACKUP_KEY", "AIRFLOW_DSN")
"""Configuration of Airflow itself, and what only backups need."""


@dataclass(frozen=True)
class StackOptions:
    """What the last ``make up`` asked for: the supervisor's only input besides ports and credentials.

    :param system: see :data:`SYSTEM`
    :param configuration: see :data:`CONFIGURATION`
    :param sandbox: whether the sandbox runs
    :param pages: folder of saved pages that the sandbox serves, ``""`` for none
    :param code: hash of the code by name: ``services``, ``sandbox``, ``airflow``, ``store``, ``local``
    """

    system: dict[str, str]
    configuration: dict[str, str]
    sandbox: bool
    pages: str
    code: dict[str, str]

    def same_as(self, other: StackOptions) -> bool:
        """Whether nothing needs a restart to get from one to the other."""
        return {**asdict(self), "system": {}} == {**asdict(other), "system": {}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> StackOptions:
        """The inverse of ``dataclasses.asdict``."""
        return cls(**value)


def stack_options(env: Mapping[str, str] = os.environ) -> StackOptions:
    """Reads what is asked for from an environment.

    :raises RuntimeError: ``PAGES`` is not a folder
    """
    pages = env.get("PAGES", "").strip()
    if pages and not Path(pages).is_dir():
        raise RuntimeError(f"PAGES={pages} is not a folder → give one that holds <board>/*.html")
    return StackOptions(
        system=_matching(env, SYSTEM),
        configuration=_matching(env, CONFIGURATION),
        sandbox=env.get("ROLECALL_SANDBOX", "on").strip().lower() not in ("off", "0", "no", "false"),
        pages=str(Path(pages).resolve()) if pages else "",
        code={name: _hash(*paths) for name, paths in CODE.items()},
    )


def _matching(env: Mapping[str, str], patterns: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in sorted(env.items()) if any(fnmatchcase(name, pattern) for pattern in patterns)}


CODE: dict[str, tuple[str, ...]] = {
    "services": ("include/rolecall",),
    "sandbox": ("sandbox", "include/rolecall/settings.py"),
    "airflow": ("include/rolecall", "plugins", "airflow.cfg"),
    "store": ("include/rolecall/store",),
    "connections": (
        "include/rolecall/connections.py",
        "include/rolecall/maintenance/connection_rows.py",
        "include/rolecall/maintenance/pools.py",
    ),
    "local": ("local",),
}
"""Which code a process keeps in memory. DAG files are not among it: Airflow reads them again by itself."""


def _hash(*paths: str) -> str:
    """Changes when a file below these paths does."""
    made = hashlib.sha256()
    for path in paths:
        found = sorted((ROOT / path).rglob("*")) if (ROOT / path).is_dir() else [ROOT / path]
        for file in found:
            if file.is_file() and "__pycache__" not in file.parts:
                made.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return made.hexdigest()


@dataclass(frozen=True)
class StackEnvironment:
    """Everything an environment is made of."""

    home: Home
    wanted: StackOptions
    credentials: Credentials
    ports: Ports

    def url(self, name: str) -> str:
        """Address of one of our servers."""
        return f"http://{LOOPBACK}:{self.ports[name]}"

    @property
    def username(self) -> str:
        """Who logs in to Airflow (the seed's ``N8N_USER``, else ``admin``)."""
        return self.wanted.configuration.get("N8N_USER") or "admin"

    @property
    def password(self) -> str:
        """The seed's ``N8N_PASSWORD``, else the generated one."""
        return self.wanted.configuration.get("N8N_PASSWORD") or self.credentials.airflow_password

    def database(self, name: str) -> str:
        """Connection URL of a database in the embedded Postgres."""
        return f"postgresql://rolecall:{self.credentials.postgres_password}@{LOOPBACK}:{self.ports['postgres']}/{name}"

    @property
    def own_store(self) -> bool:
        """Whether the ``rolecall`` database is ours, or one that the environment names."""
        return not (self.wanted.configuration.get("ROLECALL_DSN") or self.wanted.configuration.get("POSTGRES_HOST"))

    @property
    def own_redis(self) -> bool:
        """Whether Redis is ours."""
        return not self.wanted.configuration.get("REDIS_URL")

    @property
    def api_token(self) -> str:
        """Bearer of the bundled platform API; a token meant for another platform is not accepted here."""
        elsewhere = self.wanted.configuration.get("API_BASE_URL")
        return (not elsewhere and self.wanted.configuration.get("API_TOKEN")) or self.credentials.api_token

    @property
    def ai_service_token(self) -> str:
        """Bearer of the bundled AI service."""
        elsewhere = self.wanted.configuration.get("AI_SERVICE_URL")
        return (not elsewhere and self.wanted.configuration.get("AI_SERVICE_TOKEN")) or self.credentials.ai_service_token

    @property
    def webhook_secret(self) -> str:
        """Lets callers of ``POST /webhook/auto-apply`` in."""
        return self.wanted.configuration.get("WEBHOOK_SECRET") or self.credentials.webhook_secret

    @property
    def backup_key(self) -> str:
        """Seals backups."""
        return self.wanted.configuration.get("BACKUP_KEY") or self.credentials.backup_key

    @property
    def rolecall(self) -> dict[str, str]:
        """Rolecall's variables as tasks read them: counterparts filled in, tokens of the services they go to."""
        config = {name: value for name, value in self.wanted.configuration.items() if name not in NOT_FOR_TASKS}
        ours = {
            "ROLECALL_SERVICES_URL": self.url("services"),
            "DISK_FOLDER": str(self.home.folder),
            "SUPERVISOR_ALIVE": str(self.home.alive),
        }
        ours |= {} if config.get("PAGE_URL") else {"PAGE_URL": self.url("page")}
        ours |= {} if config.get("AUDIT_ANCHOR_URL") else {"AUDIT_ANCHOR_URL": str(self.home.folder / "anchors")}
        ours |= {} if config.get("REPORT_URL") else {"REPORT_URL": str(self.home.folder / "reports")}
        ours |= {} if config.get("BACKUP_URL") else {"BACKUP_URL": str(self.home.folder / "backups")}
        if self.wanted.sandbox:
            ours |= {"SANDBOX_URL": self.url("sandbox"), "SANDBOX_SMTP_HOST": LOOPBACK, "SANDBOX_SMTP_PORT": str(self.ports["smtp"])}
            if not config.get("API_BASE_URL"):  # stand-ins with a fault switch each; a platform of one's own has its own
                stand_ins = {f"{name}_SERVICE_URL": f"{self.url('sandbox')}/{name.lower()}" for name in ("USER", "JOB")}
                ours |= {name: url for name, url in stand_ins.items() if not config.get(name)}
        if self.own_store:
            ours["ROLECALL_DSN"] = self.database("rolecall")
        if self.own_redis:
            ours["REDIS_URL"] = f"redis://:{self.credentials.redis_password}@{LOOPBACK}:{self.ports['redis']}/0"
        if not config.get("API_BASE_URL"):
            ours["API_TOKEN"] = self.api_token
        if not config.get("AI_SERVICE_URL"):
            ours["AI_SERVICE_TOKEN"] = self.ai_service_token
        return {**config, **ours, **resolved({**config, **ours})}

    @property
    def base(self) -> dict[str, str]:
        """What every process gets."""
        return {
            **_past_proxies(self.wanted.system),
            "PYTHONPATH": IMPORTS,
            "PYTHONUNBUFFERED": "1",
            MARK: str(self.home.folder),
            **KEEP_MARK,
        }

    @property
    def services(self) -> dict[str, str]:
        """The bundled services accept their own tokens, whatever tasks send to others."""
        own = {"API_TOKEN": self.api_token, "AI_SERVICE_TOKEN": self.ai_service_token, KEY: self.credentials.fernet_key}
        return {**self.base, **self.rolecall, **own}

    @property
    def page(self) -> dict[str, str]:
        """The page: the database, where messages go, and what it shows to whoever runs it."""
        own = {"ROLECALL_AIRFLOW_URL": self.url("airflow"), "ROLECALL_STACK_JSON": str(self.home.stack_json)}
        own[KEY] = self.credentials.fernet_key
        return {**self.base, **self.rolecall, **own}

    @property
    def sandbox(self) -> dict[str, str]:
        """The sandbox knows nothing of the real world's credentials."""
        return {**self.base, "SANDBOX_TOKEN": self.credentials.sandbox_token}

    @property
    def airflow(self) -> dict[str, str]:
        """Airflow's components and everything they start."""
        metadata = self.database("airflow").removeprefix("postgresql")
        level = self.wanted.configuration.get("LOG_LEVEL", "").upper()
        return {
            **self.base,
            **{name: value for name, value in self.rolecall.items() if name not in variables()},  # those are connections
            "WEBHOOK_SECRET": self.webhook_secret,
            "BACKUP_KEY": self.backup_key,
            "AIRFLOW_DSN": self.database("airflow"),
            "POSTGRES_BIN": self.wanted.configuration.get("POSTGRES_BIN") or str(binaries()),
            "PYTHONPATH": f"{IMPORTS}{os.pathsep}{ROOT / 'local/preload'}",
            "AIRFLOW_HOME": str(self.home.airflow),
            "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "180",  # a busy machine is slow, and its files are no worse for it
            "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "240",  # after that: who kills a reader leaves no import error
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",  # only who sits at this machine reaches its pages
            "AIRFLOW__CORE__FERNET_KEY": self.credentials.fernet_key,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url('airflow')}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{self.username}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home.airflow / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2{metadata}",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+asyncpg{metadata}",
            "AIRFLOW__API__PORT": str(self.ports["airflow"]),
            "AIRFLOW__API__BASE_URL": self.url("airflow"),
            "AIRFLOW__API__SECRET_KEY": self.credentials.api_secret_key,
            "AIRFLOW__API_AUTH__JWT_SECRET": self.credentials.jwt_secret,
            **({"AIRFLOW__LOGGING__LOGGING_LEVEL": level} if level else {}),
            **_airflows_mail(self.rolecall),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(self.home.airflow / "bundles"),  # its default is /tmp, for everybody
        }

    @property
    def commands(self) -> dict[str, str]:
        """What people run beside Airflow: the same, and the variables that its connections are made from."""
        return {**self.rolecall, **self.airflow}

    def passwords(self) -> str:
        """What Airflow's simple auth manager reads."""
        return json.dumps({self.username: self.password})

    def stack(self) -> dict[str, str]:
        """What tools find in ``stack.json``."""
        return {
            "airflow_url": self.url("airflow"),
            "username": self.username,
            "password": self.password,
            "services_url": self.url("services"),
            "page_url": self.url("page"),
            "sandbox_url": self.url("sandbox") if self.wanted.sandbox else "",
            "sandbox_smtp": f"{LOOPBACK}:{self.ports['smtp']}" if self.wanted.sandbox else "",
            "postgres_dsn": self.rolecall["ROLECALL_DSN"],
            "redis_url": self.rolecall["REDIS_URL"],
            "api_token": self.api_token,
            "ai_service_token": self.ai_service_token,
            "sandbox_token": self.credentials.sandbox_token,
            "webhook_secret": self.webhook_secret,
        }


MARK = "ROLECALL_STACK"
"""Carried by every process of a stack and all that they start: how ``make down`` knows its own, whoever their parent is by then."""

KEEP_MARK = {"SPT_NOENV": "1"}
"""Tells setproctitle, which Airflow uses, not to write its titles over the environment that carries the mark."""

PYTHON = sys.executable


def _airflows_mail(config: Mapping[str, str]) -> dict[str, str]:
    """Airflow's own mails go the way ours do: by SendGrid where its key is set, else by SMTP."""
    name, address = parseaddr(config.get("SMTP_FROM") or SENDER)
    if config.get("SENDGRID_API_KEY"):
        backend = "airflow.providers.sendgrid.utils.emailer.send_email"
        sender = {"SENDGRID_MAIL_FROM": address, "SENDGRID_MAIL_SENDER": name}
        return {"AIRFLOW__EMAIL__EMAIL_BACKEND": backend, "AIRFLOW__EMAIL__EMAIL_CONN_ID": "sendgrid_default", **sender}
    return {"AIRFLOW__EMAIL__EMAIL_CONN_ID": "smtp_default", "AIRFLOW__EMAIL__FROM_EMAIL": config.get("SMTP_FROM") or SENDER}


def _past_proxies(system: Mapping[str, str]) -> dict[str, str]:
    """Calls on this machine never go through a proxy."""
    direct = dict(system)
    for name in ("NO_PROXY", "no_proxy"):
        direct[name] = ",".join(filter(None, [direct.get(name, ""), LOOPBACK, "localhost"]))
    return direct
