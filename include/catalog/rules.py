"""What a good job looks like, as data: each rule with its id, severity, reason and fix.

``error`` quarantines a job: nobody is shown it. ``warning`` lets it through with the warning: people are shown it, and it is never
applied for by itself. A rule is an SQL condition over ``job`` that is true where the job breaks it, or a Python test of its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import LiteralString

from include.catalog.scams import asks_bank_data, asks_payment, messenger_only, unrealistic_pay

Severity = str
STALE_DAYS = 180


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    :param id: stable name, counted in reports
    :param severity: ``error`` or ``warning``
    :param reason: what is wrong, for a person
    :param fix: what would mend it
    :param risk: how likely fraud is where this is found, 0 to 1; signals add up (``1 - (1 - a) * (1 - b)``)
    :param broken: SQL condition over ``job``, with ``%(now)s``; never null
    :param broken_by: test of the job's text (title and description)
    """

    id: str
    severity: Severity
    reason: str
    fix: str
    broken: LiteralString = ""
    broken_by: Callable[[str], re.Match[str] | None] | None = None
    risk: float = 0.0


WEB_ADDRESS: LiteralString = "'^https?://[^/[:space:]]+[.:][^/[:space:]]+'"
SMALL_MONEY: LiteralString = "('JPY', 'KRW', 'VND', 'IDR', 'COP', 'CLP', 'HUF', 'INR', 'PKR', 'NGN', 'ARS', 'IRR', 'UGX')"
"""Currencies in which millions are ordinary."""

YEARLY: LiteralString = """
    case coalesce(salary_interval, 'year') when 'hour' then 2080 when 'day' then 260 when 'week' then 52 when 'month' then 12 else 1 end
"""

RULES: tuple[Rule, ...] = (
    Rule("no_title", "error", "the title is missing", "read the title from the posting's own page", "title !~ '[[:alpha:]]'"),
    Rule("no_company", "error", "the company is missing", "read the company from the posting's own page", "company !~ '[[:alnum:]]'"),
    Rule(
        "text_as_title",
        "error",
        "the title is longer than 300 characters: it is a text, not a title",
        "check which element of the page the title is read from",
        "char_length(title) > 300",
    ),
    Rule("long_title", "warning", "the title is longer than 150 characters", "check the title", "char_length(title) between 151 and 300"),
    Rule(
        "no_description",
        "warning",
        "there is no description",
        "read the posting's detail page",
        "coalesce(description, '') !~ '[[:alpha:]]'",
    ),
    Rule(
        "short_description",
        "warning",
        "the description has fewer than 80 characters",
        "read the posting's detail page",
        "coalesce(description, '') ~ '[[:alpha:]]' and char_length(description) < 80",
    ),
    Rule(
        "bad_url",
        "error",
        "the address is no web address",
        "check where the link is read from",
        "url !~* " + WEB_ADDRESS + " or coalesce(apply_url, url) !~* " + WEB_ADDRESS,
    ),
    Rule(
        "posted_in_future",
        "warning",
        "it is dated in the future",
        "check the time zone and the format of the date",
        "coalesce(posted_at > %(now)s::timestamptz + interval '1 day', false)",
    ),
    Rule(
        "stale",
        "warning",
        f"it was posted more than {STALE_DAYS} days ago",
        "see whether the board still shows it",
        "coalesce(posted_at < %(now)s::timestamptz - interval '180 days', false)",
    ),
    Rule(
        "salary_upside_down",
        "warning",
        "the lowest salary is above the highest",
        "check the order of the two numbers",
        "coalesce(salary_min > salary_max, false)",
    ),
    Rule(
        "salary_absurd",
        "warning",
        "the salary is nothing anybody is paid: negative, or more than 5 million a year",
        "check the number's format and the interval",
        "coalesce(least(salary_min, salary_max) < 0, false) or coalesce(salary_currency, '') not in " + SMALL_MONEY + " and "
        "coalesce(greatest(salary_min, salary_max) * " + YEARLY + " > 5000000, false)",
    ),
    Rule("asks_payment", "error", "it asks applicants for money", "report it to the board; do not apply", broken_by=asks_payment, risk=0.9),
    Rule(
        "asks_bank_data",
        "error",
        "it asks applicants for bank or identity data",
        "report it to the board; do not apply",
        broken_by=asks_bank_data,
        risk=0.8,
    ),
    Rule(
        "messenger_only",
        "error",
        "it wants applicants to write to a messenger account",
        "apply on the employer's own site, if there is one",
        broken_by=messenger_only,
        risk=0.7,
    ),
    Rule(
        "unrealistic_pay",
        "warning",
        "it promises much money for little",
        "check the employer before applying",
        broken_by=unrealistic_pay,
        risk=0.5,
    ),
)
BY_ID = {rule.id: rule for rule in RULES}
