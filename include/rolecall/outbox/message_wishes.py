"""What a person wants to hear, how and when: ``preferences.notifications`` of their row.

```json
{"notifications": {"language": "de", "timeZone": "Europe/Berlin", "channels": ["email", "push"], "delivery": "daily",
                   "digestHour": 8, "quietHours": {"from": "22:00", "to": "07:00"}, "dailyLimit": 5, "optOut": false,
                   "telegram": {"chatId": "123456789"}, "ntfy": {"topic": "https://ntfy.example.org/my-topic"},
                   "kinds": {"reminder": {"delivery": "at_once", "channels": ["push"]}, "weekly_report": {"optOut": true}}}}
```

A kind's own entry wins over the general one. :func:`check` refuses what cannot be understood where it comes in; whatever is stored all
the same counts as not said: a typing mistake loses no message. Transactional kinds obey only ``channels`` and ``language``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError
from pydantic.alias_generators import to_camel

from rolecall.errors import InvalidInput, first_of
from rolecall.outbox.own_addresses import chat_id, ntfy_topic

Delivery = Literal["at_once", "hourly", "daily"]

DEFAULT_DELIVERY: dict[str, Delivery] = {"digest": "daily"}
"""New matches come once a day unless somebody asks otherwise; all else at once."""

DIGEST_HOUR = 8


@dataclass(frozen=True)
class MessageWishes:
    """What holds for one kind of message to one person.

    :param channels: by which it goes; ``None``: the kind's own
    :param quiet: from and to, local time; ``None``: none
    :param daily_limit: messages of all non-transactional kinds a local day; ``None``: no limit
    """

    zone: tzinfo
    channels: list[str] | None = None
    delivery: Delivery = "at_once"
    digest_hour: int = DIGEST_HOUR
    quiet: tuple[time, time] | None = None
    daily_limit: int | None = None
    opted_out: bool = False

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours that hold at ``now`` end, in UTC; ``None`` when none hold.

        Hours are those of the wall clock: when it is put forward or back in the night, they end at the hour that was asked for.
        """
        if self.quiet is None:
            return None
        begin, end = self.quiet
        local = now.astimezone(self.zone)
        wall = local.time()
        inside = begin <= wall < end if begin < end else wall >= begin or wall < end
        if not inside or begin == end:
            return None
        day = local.date() if wall < end else local.date() + timedelta(days=1)
        return datetime.combine(day, end, tzinfo=self.zone).astimezone(UTC)

    def day_begins(self, now: datetime) -> datetime:
        """The local midnight before ``now``, in UTC."""
        return datetime.combine(now.astimezone(self.zone).date(), time(), tzinfo=self.zone).astimezone(UTC)

    def next_day(self, now: datetime) -> datetime:
        """The local midnight after ``now``, in UTC."""
        return datetime.combine(now.astimezone(self.zone).date() + timedelta(days=1), time(), tzinfo=self.zone).astimezone(UTC)

    def next_digest(self, now: datetime) -> datetime:
        """When the next summary is due after ``now``, in UTC: the next full hour, or the next day's hour, on the local clock."""
        if self.delivery == "at_once":
            return now
        if self.delivery == "hourly":
            return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        local = now.astimezone(self.zone)
        today = datetime.combine(local.date(), time(self.digest_hour), tzinfo=self.zone)
        tomorrow = datetime.combine(local.date() + timedelta(days=1), time(self.digest_hour), tzinfo=self.zone)
        return (today if today.astimezone(UTC) > now.astimezone(UTC) else tomorrow).astimezone(UTC)


@dataclass(frozen=True)
class Preferences:
    """``preferences.notifications`` as a mapping that may be asked."""

    said: Mapping[str, Any]

    @classmethod
    def read(cls, preferences: Any) -> Self:
        """From a person's whole preferences, whatever they hold."""
        inner = preferences.get("notifications") if isinstance(preferences, Mapping) else None
        return cls(inner if isinstance(inner, Mapping) else {})

    def for_kind(self, kind: str) -> MessageWishes:
        """What holds for one kind."""
        kinds = self.said.get("kinds")
        own = kinds.get(kind) if isinstance(kinds, Mapping) else None
        own = own if isinstance(own, Mapping) else {}

        def said(name: str) -> Any:
            return own[name] if name in own else self.said.get(name)

        channels, hour, limit = said("channels"), self.said.get("digestHour"), self.said.get("dailyLimit")
        return MessageWishes(
            zone=_zone(self.said.get("timeZone")),
            channels=[str(one) for one in channels] if isinstance(channels, list) else None,
            delivery=_delivery(said("delivery")) or DEFAULT_DELIVERY.get(kind, "at_once"),
            digest_hour=hour if isinstance(hour, int) and 0 <= hour <= 23 else DIGEST_HOUR,
            quiet=_quiet(said("quietHours")),
            daily_limit=limit if isinstance(limit, int) and not isinstance(limit, bool) and limit >= 0 else None,
            opted_out=said("optOut") is True,
        )


def _delivery(value: Any) -> Delivery | None:
    return value if value in ("at_once", "hourly", "daily") else None


def _zone(name: Any) -> tzinfo:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _quiet(value: Any) -> tuple[time, time] | None:
    try:
        return _wall_time(value["from"]), _wall_time(value["to"])
    except (TypeError, KeyError, ValueError):
        return None


WALL_TIME = "must be a time of the person's own clock, such as 22:00; the zone is said in timeZone"


def _wall_time(text: str) -> time:
    """A time of the person's own clock.

    :raises ValueError: it is none, or one of another clock: the zone is said in ``timeZone``
    """
    read = time.fromisoformat(text)
    if read.tzinfo is not None:
        raise ValueError(WALL_TIME)
    return read


# ── what may come in ────────────────────────────────────────────────────────────────────────────────────────


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone's name, such as Europe/Berlin") from None
    return name


def _is_wall_time(text: str) -> str:
    try:
        _wall_time(text)
    except ValueError:  # Python's own words quote the value
        raise ValueError(WALL_TIME) from None
    return text


WallTime = Annotated[str, Field(max_length=20), AfterValidator(_is_wall_time)]


class _Said(BaseModel):
    """Base of what may be said; unknown names are left alone."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", allow_inf_nan=False)


class _QuietHours(_Said):
    begin: WallTime = Field(alias="from")
    end: WallTime = Field(alias="to")


class _OfAKind(_Said):
    channels: list[Literal["email", "sms", "push", "telegram", "ntfy"]] | None = None
    delivery: Delivery | None = None
    quiet_hours: _QuietHours | None = None
    daily_limit: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    opt_out: StrictBool | None = None


class _Telegram(_Said):
    chat_id: Annotated[str, BeforeValidator(chat_id)]


class _Ntfy(_Said):
    topic: Annotated[str, BeforeValidator(ntfy_topic)]


class _Notifications(_OfAKind):
    language: Annotated[str, Field(max_length=35)] | None = None
    time_zone: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_known_zone)] | None = None
    digest_hour: Annotated[int, Field(strict=True, ge=0, le=23)] | None = None
    kinds: dict[str, _OfAKind] | None = None
    telegram: _Telegram | None = None
    ntfy: _Ntfy | None = None


def check(notifications: Any) -> None:
    """Whether ``preferences.notifications`` can be understood.

    :raises InvalidInput: something in it cannot; names it
    """
    try:
        said = _Notifications.model_validate(notifications)
    except ValidationError as error:
        raise first_of(error, "notifications") from None
    chosen = {channel for one in (said, *(said.kinds or {}).values()) for channel in one.channels or ()}
    for channel, given, field in (("telegram", said.telegram, "chatId"), ("ntfy", said.ntfy, "topic")):
        if channel in chosen and given is None:
            raise InvalidInput(f"notifications.{channel}.{field}", "is missing", fix=f"give it, or leave {channel} out of the channels")
