"""What can be set and is no address or credential: typed, from the environment. Those are connections (:mod:`rolecall.endpoints`).

Build them inside tasks and processes (``Settings()``), never at import: a DAG file must parse with nothing set.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from rolecall.errors import InvalidInput

USER_AGENT = "Mozilla/5.0 (compatible; JobBot/1.0)"
"""Who we say we are: the seed's JobBot string. robots.txt token: ``JobBot``."""

CONTACT = re.compile(r"(?:https?://[\x21-\x7e]+|[^@\s<>,;]+@[^@\s<>,;]+)", re.ASCII)


def user_agent() -> str:
    """Who we say we are to boards and employers: :data:`USER_AGENT`, with the address that ``BOT_CONTACT`` names.

    :raises InvalidInput: it is no address
    """
    said = Settings().bot_contact
    return USER_AGENT.replace(")", f"; +{contact(said, 'BOT_CONTACT')})") if said else USER_AGENT


def contact(text: str, field: str = "contact") -> str:
    """An e-mail or web address that can stand in a user agent.

    :raises InvalidInput: it is none
    """
    said = text.strip()
    if len(said) > 200 or not said.isascii() or not CONTACT.fullmatch(said) or set(said) & set("();"):
        raise InvalidInput(field, f"{said[:80]!r} is no address", fix="give an e-mail address or a web page of yours")
    return said


NOTIFY_RATES = {"email": 50.0, "sms": 50.0, "push": 100.0, "telegram": 25.0, "ntfy": 1.0, "slack": 1.0, "alert": 1.0}
"""Messages a second by channel. Slack's is documented (one a second and channel, docs.slack.dev/apis/web-api/rate-limits), and so are
Telegram's (about 30, core.telegram.org/bots/faq) and ntfy's (60 at once, then one each five seconds: a 429 is waited for); SendGrid and
Twilio take more than this and queue by themselves (Twilio answers 429 when too many calls are open at once, which is waited for)."""


SENDER = "Rolecall <no-reply@rolecall.example>"
"""Who mails come from where nobody says."""


class Settings(BaseSettings):
    """The environment, typed."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    raw_answer_days: int = Field(default=90, ge=1)
    """Days for which boards' raw answers are kept, to be read again by a better parser."""

    bot_contact: str = ""
    """Where boards and employers reach who runs this: sent in the user agent."""

    sendgrid_webhook_key: str | None = None
    """The key that SendGrid's signed event webhook is verified with."""
    notify_rates: str = ""
    """Messages a second by channel where our own pace does not fit: ``email=14,sms=1``."""
    public_url: str | None = None
    """Where the bundled services are reached from outside: providers' reports, links in letters."""
    page_url: str | None = None
    """Where people reach the page."""
    rolecall_services_url: str | None = None
    """Where the bundled services are reached by the stack's own commands."""

    webhook_secret: SecretStr = SecretStr("")
    remind_hours: float = 6
    """Hours after which an open incident is told of again."""
    stale_board_hours: int = 26
    """Hours without a good answer after which a board is told of."""
    silence_hours: str = ""
    deadline_minutes: str = ""
    unseen_days: int = 21
    """Days after which a posting that its board no longer shows is taken for closed."""
    disk_folder: str = "."
    """A folder of the disk whose free room is watched."""
    supervisor_alive: str | None = None
    """The file that the embedded stack's supervisor touches while it lives."""
    disk_free_least: float = 0.05
    """Least free share of that disk, 0 to 1."""
    max_cpu_usage: float = 0.8
    """Share of all processors, 0 to 1, above which ``monitor_performance`` warns."""
    max_memory_usage: float = 0.85
    """Share of memory, likewise."""
    max_response_ms: float = 2000
    """Milliseconds of an answer, likewise."""
    heartbeat_url: str | None = None
    audit_anchor_url: str | None = None
    audit_anchor_webhook: SecretStr | None = None
    """Where each seal of the audit log is sent, too: an address that keeps what it is told."""

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
    """Largest file of a CV that is read."""
    cv_max_pages: int = 30
    """Most pages of a CV that are read."""

    browser_forms: Literal["", "on", "off"] = ""
    """Whether forms are filled in in a browser: unset, only those of the sandbox; ``on``, employers' too."""

    private_mail_hosts: str = ""
    """Mail servers on this machine or its network that people may name: ``host`` or ``host:port``, separated by commas."""

    google_token_url: str = "https://oauth2.googleapis.com/token"
    """Where refresh tokens of mailboxes at Google are exchanged."""
    microsoft_token_url: str = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    """Where refresh tokens of mailboxes at Microsoft are exchanged."""

    sandbox_url: str | None = None

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
