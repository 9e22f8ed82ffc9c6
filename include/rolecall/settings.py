"""Typed settings from the environment, under the seed's variable names.

Build them inside tasks and processes (``Settings()``), never at import: a DAG file must parse with nothing set.
"""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rolecall.errors import InvalidInput

USER_AGENT = "Mozilla/5.0 (compatible; JobBot/1.0; +https://rolecall.example/bot)"
"""Who we say we are to boards: the seed's JobBot string with a contact address. robots.txt token: ``JobBot``."""


NOTIFY_RATES = {"email": 50.0, "sms": 50.0, "push": 100.0, "slack": 1.0, "alert": 1.0}
"""Messages a second by channel. Slack's is documented (one a second and channel, docs.slack.dev/apis/web-api/rate-limits); SendGrid and
Twilio take more than this and queue by themselves (Twilio answers 429 when too many calls are open at once, which is waited for)."""


SENDER = "Rolecall <no-reply@rolecall.example>"
"""Who mails come from where nobody says."""


class Settings(BaseSettings):
    """The environment, typed. Unset means the bundled or sandbox counterpart, as the local stack or compose sets it up."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    rolecall_dsn: SecretStr | None = None
    postgres_host: str = "localhost"
    postgres_port: int = 5432
    postgres_user: str = "rolecall"
    postgres_password: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("redis://localhost:6379/0")

    api_base_url: str = "http://localhost:8000"
    api_token: SecretStr = SecretStr("")
    ai_service_url: str = "http://localhost:8000/ai"
    ai_service_token: SecretStr = SecretStr("")
    user_service_url: str | None = None
    job_service_url: str | None = None
    scraper_service_url: str | None = None

    linkedin_base_url: str = "https://www.linkedin.com"
    indeed_base_url: str = "https://www.indeed.com"
    glassdoor_base_url: str = "https://www.glassdoor.com"
    linkedin_api_key: SecretStr | None = None
    indeed_api_key: SecretStr | None = None
    glassdoor_api_key: SecretStr | None = None
    adzuna_app_id: str | None = None
    adzuna_app_key: SecretStr | None = None
    usajobs_api_key: SecretStr | None = None
    usajobs_email: str | None = None
    raw_answer_days: int = Field(default=90, ge=1)
    """Days for which boards' raw answers are kept, to be read again by a better parser."""

    sendgrid_api_key: SecretStr | None = None
    sendgrid_base_url: str = "https://api.sendgrid.com"
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str = SENDER
    smtp_security: str = "opportunistic"
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_phone_number: str | None = None
    twilio_base_url: str = "https://api.twilio.com"
    slack_webhook_url: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    slack_base_url: str = "https://slack.com"
    push_notification_url: str | None = None
    push_idempotent: bool = False
    alert_webhook_url: SecretStr | None = None
    sendgrid_webhook_key: str | None = None
    notify_rates: str = ""
    public_url: str | None = None
    rolecall_services_url: str | None = None

    webhook_secret: SecretStr = SecretStr("")
    remind_hours: float = 6
    stale_board_hours: int = 26
    silence_hours: str = ""
    deadline_minutes: str = ""
    unseen_days: int = 21
    disk_folder: str = "."
    supervisor_alive: str | None = None
    """The file that the embedded stack's supervisor touches while it lives."""
    disk_free_least: float = 0.05
    max_cpu_usage: float = 0.8
    max_memory_usage: float = 0.85
    max_response_ms: float = 2000
    heartbeat_url: str | None = None
    audit_anchor_url: str | None = None
    audit_anchor_webhook: SecretStr | None = None

    report_url: str = "reports"
    """Folder, or address in an object store (``s3://``, ``gs://``), in which the daily reports are kept."""

    backup_url: str = ".rolecall/backups"
    """Folder, or address in an object store (``s3://``, ``gs://``), in which backups are kept."""
    backup_key: SecretStr = SecretStr("")
    airflow_dsn: SecretStr | None = None
    """Airflow's metadata database, for backups and for keeping its tables to their ages."""
    postgres_bin: str | None = None
    """Folder of ``pg_dump`` and ``pg_restore``; unset: the PATH."""

    airflow_days: int = Field(default=30, ge=2)
    """Days for which Airflow keeps what has ended: runs, their tasks and logs."""
    monitoring_days: int = Field(default=90, ge=7)
    """Days for which notes of ended runs, errors and closed incidents are kept."""

    cv_max_bytes: int = 5_000_000
    cv_max_pages: int = 30

    sandbox_url: str | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _no_trailing_slash(cls, value: object, info: object) -> object:
        name = getattr(info, "field_name", "") or ""
        return value.rstrip("/") if name.endswith("_base_url") and isinstance(value, str) else value

    def notify_rate(self, channel: str) -> float:
        """Messages a second that may leave by a channel, over all workers: ``NOTIFY_RATES`` (``email=14,sms=1``), else our own pace.

        :raises InvalidInput: ``NOTIFY_RATES`` is not written like that
        """
        try:
            said = dict(pair.split("=", 1) for pair in self.notify_rates.replace(" ", "").split(",") if pair)
            rate = float(said.get(channel, NOTIFY_RATES.get(channel, 1.0)))
        except ValueError:
            rate = 0.0
        if not 0 < rate <= 10_000:
            raise InvalidInput("NOTIFY_RATES", f"{self.notify_rates!r} gives no rate for {channel}", fix="write it like email=14,sms=1")
        return rate

    @property
    def dsn(self) -> str:
        """Connection string of the ``rolecall`` database: ``ROLECALL_DSN``, else built from ``POSTGRES_*``."""
        if self.rolecall_dsn is not None:
            return self.rolecall_dsn.get_secret_value()
        from psycopg.conninfo import make_conninfo

        return make_conninfo(
            host=self.postgres_host,
            port=self.postgres_port,
            user=self.postgres_user,
            password=self.postgres_password.get_secret_value(),
            dbname="rolecall",
        )


def named_numbers(text: str, variable: str) -> dict[str, float]:
    """What ``backup=50,scrape_indeed=0`` says, by name.

    :raises InvalidInput: a part is not ``name=number``
    """
    numbers: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        try:
            numbers[name.strip()] = float(number)
        except ValueError as error:
            fix = "write name=number, separated by commas: backup=50,scrape_indeed=0"
            raise InvalidInput(variable, f"{part!r} is not name=number", fix=fix) from error
    return numbers
