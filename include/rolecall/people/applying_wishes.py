"""What a person wants of automatic applications: ``preferences.applying`` of their row.

```json
{"auto_apply": true, "blacklist": ["Acme Inc"],
 "applying": {"dailyCap": 5, "weeklyCap": 20, "companyCap": 2, "companyCapDays": 30, "coolDownDays": 14, "approval": true,
              "approvalHours": 24, "dryRun": false, "remindAfterDays": 14, "readCodes": false, "mode": "prepare", "ways": {"mail": "send"},
              "boards": {"recruitee": "off"}, "holdMinutes": 10}}
```

What is not set does not limit; without ``approval`` the person is asked, so that preferences that were replaced without it, or switched on
again, send nothing by themselves. What is not understood stops the run with the field's name: a limit with a typing mistake must not
become no limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError
from pydantic.alias_generators import to_camel

from rolecall.criteria import SPELLINGS
from rolecall.errors import InvalidInput

Count = Annotated[int, Field(strict=True, ge=0, le=10_000)]
Days = Annotated[int, Field(strict=True, ge=0, le=3650)]


Mode = Literal["off", "prepare", "send"]
"""How far it goes by itself: not at all; everything up to the person's yes; all the way, where no question is open."""

Way = Literal["mail", "recruitee", "browser_form", "sandbox", "hand_over"]
"""Ways out, by name. One with a typing mistake must not become no limit."""

MODES: tuple[Mode, ...] = ("off", "prepare", "send")


class ApplyingWishes(BaseModel):
    """One person's limits.

    :param daily_cap: applications in 24 hours
    :param weekly_cap: applications in 7 days
    :param company_cap: applications to one company in ``company_cap_days``
    :param cool_down_days: days between two applications to one company
    :param approval: ask before anything is sent; ``None``: they never said, and are asked (:meth:`asks`)
    :param approval_hours: how long an answer is waited for; no answer means no
    :param dry_run: plan and show; send nothing
    :param remind_after_days: silence after which the person is reminded; 0: never
    :param read_codes: a code that a form sends by mail may be read in their mailbox
    :param mode: how far it goes by itself (:meth:`mode_for`); ``None``: they never said
    :param boards: the same for one board
    :param ways: the same for one way (``mail``, ``recruitee``, ``browser_form``)
    :param hold_minutes: how long something that leaves without a yes can be stopped
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    daily_cap: Count | None = None
    weekly_cap: Count | None = None
    company_cap: Count | None = None
    company_cap_days: Days = 30
    cool_down_days: Days | None = None
    approval: StrictBool | None = None
    approval_hours: Annotated[int, Field(strict=True, ge=1, le=48)] = 24
    dry_run: StrictBool = False
    remind_after_days: Days | None = None
    read_codes: StrictBool = False
    mode: Mode | None = None
    boards: dict[str, Mode] = Field(default_factory=dict, max_length=100)
    ways: dict[Way, Mode] = Field(default_factory=dict, max_length=20)
    hold_minutes: Annotated[int, Field(strict=True, ge=0, le=1440)] = 10

    def mode_for(self, way: str | None, board: str) -> Mode:
        """How far one application goes: as the person said of its way or its board, the more careful of both, else of all.

        To an employer nothing leaves without a yes where they never said; what a service takes for itself (the sandbox, a foreign one)
        is asked about as :meth:`asks` says.
        """
        ways: dict[str, Mode] = dict(self.ways.items())
        boards = {name.casefold(): mode for name, mode in self.boards.items()}
        named = [one for one in (ways.get(way or ""), boards.get(board.casefold())) if one is not None]
        if named:
            return min(named, key=MODES.index)
        if way in (None, "sandbox"):
            return "off" if self.mode == "off" else "send"
        return self.mode or "prepare"

    def asks(self, *, stored: bool) -> bool:
        """Whether the person is asked first. Nobody of whom we keep preferences is applied for without having said so.

        :param stored: the person is ours; of somebody else's, the request says all
        """
        return stored and self.mode != "send" if self.approval is None else self.approval

    @classmethod
    def read(cls, preferences: Mapping[str, Any]) -> ApplyingWishes:
        """The person's wishes.

        :raises InvalidInput: one of them cannot be understood; names it
        """
        try:
            return cls.model_validate(preferences.get("applying") or {})
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            field = ".".join(("preferences", "applying", *map(str, first["loc"])))
            raise InvalidInput(field, str(first["msg"]), fix="correct it (docs/applying.md lists the fields)") from None


def company_key(name: str) -> str:
    """Equal for spellings of one company; empty where the name says nothing, which never blocks."""
    from rolecall.catalog.company_names import company  # the catalog's rules: 40 ms that a task which only sends does not spend

    return company(name).key


def current_employer(preferences: Mapping[str, Any]) -> frozenset[str]:
    """What the person's current employer is known by (:func:`rolecall.catalog.company_names.employers`), of their criteria."""
    from rolecall.catalog.company_names import employers

    return employers(_named(preferences, "current_employer"))


def is_employer(name: str, known: frozenset[str]) -> bool:
    """Whether a company may be the current employer; whoever has none is compared with nobody."""
    if not known:
        return False
    from rolecall.catalog.company_names import is_one_of

    return is_one_of(name, known)


def _named(preferences: Mapping[str, Any], criterion: str) -> list[str]:
    criteria = preferences.get("criteria")
    values = [criteria.get(spelling) for spelling in SPELLINGS[criterion]] if isinstance(criteria, Mapping) else []
    return [str(one) for value in values for one in ([value] if isinstance(value, str) else value if isinstance(value, list) else [])]


def blacklist(preferences: Mapping[str, Any]) -> frozenset[str]:
    """The companies the person never wants to apply to, as keys: of their blacklist, and of their criteria's."""
    named = preferences.get("blacklist")
    names = list(named) if isinstance(named, list) else []
    criteria = preferences.get("criteria")
    criteria = criteria if isinstance(criteria, Mapping) else {}
    for spelling in SPELLINGS["blacklist"]:
        more = criteria.get(spelling)
        names += more.split(",") if isinstance(more, str) else more if isinstance(more, list) else []
    return frozenset(filter(None, (company_key(str(name)) for name in names)))
