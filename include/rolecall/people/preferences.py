"""A person's preferences, checked: one reader for all who take them in (REST, syncing) and for who acts on them.

```json
{"auto_apply": true, "blacklist": ["Acme Inc"], "language": "de", "criteria": {…}, "applying": {…}, "notifications": {…}}
```

What ``criteria`` may hold: :mod:`rolecall.matching.score.wish_values`; ``applying``:
:mod:`rolecall.people.applying_wishes`; ``notifications``: :mod:`rolecall.outbox.message_wishes`. Names that nobody here reads
are other people's business and are left alone.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ValidationError

from rolecall.criteria import LIMITS, transport_problem
from rolecall.errors import InvalidInput, first_of

MAX_NAMES, MAX_NAME = 1_000, 300
"""Companies in a blacklist, and characters of one."""

MAX_SIZE = 400_000
"""Characters of everything together, so that many small changes do not grow without end; the longest blacklist fits."""

LIKE = 0.85
"""From which likeness on (difflib's ratio) a name is taken for a slip: ``autoaply``, ``notification``; not ``currency``."""

MAX_LEVELS = 100
"""Objects and lists in each other."""

SPELLINGS = {"autoApply": "auto_apply"}
"""Other spelling → how it is stored."""

ACTED_ON = frozenset({"auto_apply", "blacklist", "criteria", "applying"})
"""What must be understood before anything is applied for in somebody's name."""

LIMITING = ACTED_ON - {"criteria"}
"""Of that, what may forbid an application that was planned. Criteria choose among matches; reading them takes a vocabulary."""


def problems_by_name(preferences: Any) -> dict[str, InvalidInput]:
    """What cannot be understood, by top-level name, in the order in which it stands there; empty where all can.

    Nothing is changed and nothing raised, whatever ``preferences`` hold. What is stored as null was not said: :func:`said` leaves it out.
    """
    if not isinstance(preferences, Mapping):
        return {"preferences": InvalidInput("preferences", "are no object", fix="send an object: {…}")}
    found: dict[str, InvalidInput] = {}
    for name, value in preferences.items():
        read = READERS.get(SPELLINGS.get(str(name), str(name)))
        if read is None:
            continue
        try:
            read(value)
        except InvalidInput as error:
            found[name] = error
        except Exception as error:  # a reader's own mistake, or a value no reader foresaw: nobody else's fault
            found[name] = InvalidInput(name, f"cannot be read ({type(error).__name__})", fix="correct it or leave it out")
    return found


def refuse_too_much(preferences: Any) -> None:
    """Checks that preferences are small enough to be kept.

    :raises InvalidInput: it is too long, or nests too deep
    """
    layer, size = [preferences], 0
    for _ in range(MAX_LEVELS):
        size += sum(
            len(one) if isinstance(one, str) else sum(len(str(key)) for key in one) + 2 if isinstance(one, Mapping) else 8 for one in layer
        )
        if size > MAX_SIZE:
            raise InvalidInput(
                "preferences", f"would be longer than {MAX_SIZE:,} characters", fix="take something out of them: null removes"
            )
        layer = [inner for one in layer if isinstance(one, Mapping | list) for inner in (one.values() if isinstance(one, Mapping) else one)]
        if not layer:
            return
    raise InvalidInput("preferences", f"nest more than {MAX_LEVELS} deep", fix="send them flatter")


def refuse_misspelt(preferences: Mapping[str, Any]) -> None:
    """Checks that no name is nearly one that is read here. Other names are other people's business; null removes what stands there.

    :raises InvalidInput: one is
    """
    known = [*READERS, *SPELLINGS]
    for name, value in preferences.items():
        if value is not None and name not in known and (close := difflib.get_close_matches(name, known, 1, LIKE)):
            raise InvalidInput(name[:100], "is read by nobody", fix=f"did you mean {close[0]}?")


def understood(preferences: Mapping[str, Any], names: Collection[str]) -> None:
    """Checks that the named preferences can be understood.

    :raises InvalidInput: the first that cannot
    """
    for wrong in problems_by_name({name: value for name, value in preferences.items() if SPELLINGS.get(name, name) in names}).values():
        raise wrong


def said(preferences: Any) -> Any:
    """Stored preferences without what is null."""
    return {name: value for name, value in preferences.items() if value is not None} if isinstance(preferences, Mapping) else preferences


def stored(preferences: Mapping[str, Any]) -> dict[str, Any]:
    """The same under the names by which they are stored.

    :raises InvalidInput: one thing is said twice, and differently
    """
    for other, name in SPELLINGS.items():
        if other in preferences and preferences.get(name, preferences[other]) != preferences[other]:
            raise InvalidInput(other, f"says something else than {name}", fix="send one of them")
    return {SPELLINGS.get(name, name): value for name, value in preferences.items()}


def _auto_apply(value: Any) -> None:
    if not isinstance(value, bool):
        raise InvalidInput("auto_apply", "is neither true nor false", fix="send true or false")


def _blacklist(value: Any) -> None:
    if not isinstance(value, list):
        raise InvalidInput("blacklist", "is no list", fix='send a list of companies: ["Acme Inc"]')
    if len(value) > MAX_NAMES:
        raise InvalidInput("blacklist", f"has {len(value):,} companies", fix=f"send at most {MAX_NAMES:,}")
    for number, name in enumerate(value):
        if not isinstance(name, str) or len(name) > MAX_NAME:  # an empty line of a form names nobody
            raise InvalidInput(f"blacklist[{number}]", "is no company's name", fix=f"send text of up to {MAX_NAME} characters")


def _criteria(value: Any) -> None:
    from rolecall.matching.score.job_wishes import Wishes  # a vocabulary: half a second that nobody spends who has nothing to check

    if not isinstance(value, Mapping):
        raise InvalidInput("criteria", "are no object", fix='send an object such as {"keywords": ["python"]}, or leave it out')
    if problem := transport_problem(value):
        raise InvalidInput("criteria", problem, fix="send less")
    Wishes.read(value)
    if LIMITS.isdisjoint(value):
        return
    from rolecall.matching.score.match_criteria import Criteria

    try:
        Criteria.model_validate(value)
    except ValidationError as error:
        raise first_of(error, "criteria") from None


def _applying(value: Any) -> None:
    from rolecall.people.applying_wishes import ApplyingWishes

    if not isinstance(value, Mapping):
        raise InvalidInput("applying", "is no object", fix='send an object such as {"dailyCap": 5}, or leave it out')
    ApplyingWishes.read({"applying": value})


def _notifications(value: Any) -> None:
    from rolecall.outbox.message_wishes import check

    check(value)


def _language(value: Any) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME:
        raise InvalidInput("language", "is no language", fix='send a code such as "en" or "de-AT"')


READERS: dict[str, Callable[[Any], None]] = {
    "auto_apply": _auto_apply,
    "blacklist": _blacklist,
    "criteria": _criteria,
    "applying": _applying,
    "notifications": _notifications,
    "language": _language,
}
