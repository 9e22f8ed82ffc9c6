"""How an application reaches an employer: one file a way, found by itself, chosen by where the job is applied for."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from rolecall.services.ai.job_facts import JobFacts


@dataclass(frozen=True, slots=True)
class Destination:
    """Where one application goes.

    :param way: the name of the way
    :param address: where it is sent, or opened by hand
    :param schema_url: what says the form's questions; ``None``: there is none, or only its page says them
    :param why: why it is this way, in words a person reads
    """

    way: str
    address: str
    schema_url: str | None = None
    why: str = ""


class WayOut:
    """One way.

    :cvar name: what it is called in answers, receipts and wishes
    :cvar order: ways are asked in this order; the last one takes everything
    :cvar sends: whether it sends by itself; else a person does
    :cvar receipt: what proves that an application arrived by it
    """

    name: ClassVar[str]
    order: ClassVar[int] = 50
    sends: ClassVar[bool] = True
    receipt: ClassVar[str]

    def destination(self, job: JobFacts) -> Destination | None:
        """Where a job is applied for by this way; ``None``: not by this one."""
        raise NotImplementedError


@cache
def all_ways() -> tuple[WayOut, ...]:
    """One of each way, in the order in which they are asked."""
    folder = Path(__file__).parent
    modules = [importlib.import_module(f"{__package__}.{one.name}") for one in pkgutil.iter_modules([str(folder)]) if one.name != "way_out"]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    return tuple(sorted((one() for one in classes if issubclass(one, WayOut) and one is not WayOut), key=lambda one: one.order))


def destination_of(job: JobFacts) -> Destination:
    """Where a job is applied for. There is always a way: the last one is by hand."""
    return next(found for way in all_ways() if (found := way.destination(job)) is not None)
