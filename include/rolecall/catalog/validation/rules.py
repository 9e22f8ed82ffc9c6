"""What a good job looks like, as data: each rule with its id, severity, reason and fix.

``error`` quarantines a job: nobody is shown it. ``warning`` lets it through with the warning: people are shown it, and it is never
applied for by itself. ``note`` is counted, nothing more. A rule is an SQL condition over ``job`` that is true where the job breaks it,
or a Python test of what the ad says. :data:`VERSION` changes with any of them, and every job is then looked at again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, LiteralString

from rolecall.catalog.validation import scams, signs
from rolecall.catalog.validation.signs import AdClaims

Severity = Literal["note", "warning", "error"]
STALE_DAYS = 180


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """One rule.

    :param id: stable name, counted in reports
    :param severity: ``error``, ``warning`` or ``note``
    :param reason: what is wrong, for a person
    :param fix: what would mend it
    :param risk: how likely fraud is where this is found, 0 to 1; signals add up (``1 - (1 - a) * (1 - b)``)
    :param broken: SQL condition over ``job``, with ``%(now)s``; never null
    :param broken_by: test of what the ad says
    """

    id: str
    severity: Severity
    reason: str
    fix: str
    broken: LiteralString = ""
    broken_by: Callable[[AdClaims], bool] | None = None
    risk: float = 0.0


WEB_ADDRESS: LiteralString = "'^https?://[^/[:space:]]+[.:][^/[:space:]]+'"
MAIL_ADDRESS: LiteralString = "'^mailto:[^@[:space:]]+@[^@?[:space:]]+[.][^@?[:space:]]+([?][^[:space:]]*)?$'"
YEARLY: LiteralString = """
    case coalesce(salary_interval, 'year') when 'hour' then 2080 when 'day' then 260 when 'week' then 52 when 'month' then 12 else 1 end
"""
BAND: LiteralString = """
    case salary_currency
        when 'USD' then array[4000, 3000000] when 'EUR' then array[4000, 2000000] when 'GBP' then array[4000, 2000000]
        when 'CHF' then array[10000, 2000000] when 'CAD' then array[5000, 3000000] when 'AUD' then array[5000, 3000000]
        when 'SEK' then array[50000, 20000000] when 'NOK' then array[50000, 20000000] when 'DKK' then array[40000, 15000000]
        when 'PLN' then array[15000, 8000000] when 'CZK' then array[80000, 40000000] when 'INR' then array[60000, 200000000]
        when 'JPY' then array[500000, 500000000] when 'BRL' then array[10000, 10000000] when 'MXN' then array[40000, 40000000]
        when 'ZAR' then array[30000, 30000000] when 'SGD' then array[8000, 3000000]
        else array[0, case when coalesce(salary_currency, '') in ('', 'NZD', 'ILS', 'AED', 'CNY', 'HKD') then 5000000 else 100000000000 end]
    end
"""
"""Lowest and highest yearly pay that is believed in a currency: part-time at the legal least, and the best paid of a large firm."""


def _words(test: Callable[[str], re.Match[str] | None]) -> Callable[[AdClaims], bool]:
    return lambda ad: test(ad.text) is not None


RULES: tuple[ValidationRule, ...] = (
    ValidationRule("no_title", "error", "the title is missing", "read the title from the posting's own page", "title !~ '[[:alpha:]]'"),
    ValidationRule(
        "no_company", "error", "the company is missing", "read the company from the posting's own page", "company !~ '[[:alnum:]]'"
    ),
    ValidationRule(
        "text_as_title",
        "error",
        "the title is longer than 300 characters: it is a text, not a title",
        "check which element of the page the title is read from",
        "char_length(title) > 300",
    ),
    ValidationRule(
        "long_title", "warning", "the title is longer than 150 characters", "check the title", "char_length(title) between 151 and 300"
    ),
    ValidationRule(
        "no_description",
        "warning",
        "there is no description",
        "read the posting's detail page",
        "coalesce(description, '') !~ '[[:alpha:]]'",
    ),
    ValidationRule(
        "short_description",
        "warning",
        "the description has fewer than 80 characters",
        "read the posting's detail page",
        "coalesce(description, '') ~ '[[:alpha:]]' and char_length(description) < 80",
    ),
    ValidationRule(
        "bad_url",
        "error",
        "the address is no web address",
        "check where the link is read from",
        f"url !~* {WEB_ADDRESS} or coalesce(apply_url, url) !~* {WEB_ADDRESS} and coalesce(apply_url, url) !~* {MAIL_ADDRESS}",
    ),
    ValidationRule(
        "posted_in_future",
        "warning",
        "it is dated in the future",
        "check the time zone and the format of the date",
        "coalesce(posted_at > %(now)s::timestamptz + interval '1 day', false)",
    ),
    ValidationRule(
        "stale",
        "warning",
        f"it was posted more than {STALE_DAYS} days ago",
        "see whether the board still shows it",
        "coalesce(posted_at < %(now)s::timestamptz - interval '180 days', false)",
    ),
    ValidationRule(
        "salary_upside_down",
        "warning",
        "the lowest salary is above the highest",
        "check the order of the two numbers",
        "coalesce(salary_min > salary_max, false)",
    ),
    ValidationRule(
        "salary_absurd",
        "warning",
        "the salary is nothing anybody is paid: negative, or above every yearly pay in its currency",
        "check the number's format and the interval",
        f"coalesce(least(salary_min, salary_max) < 0, false) or coalesce(greatest(salary_min, salary_max) * {YEARLY} > ({BAND})[2], false)",
    ),
    ValidationRule(
        "salary_too_low",
        "warning",
        "the salary is below every yearly pay in its currency",
        "check the interval: pay by the hour or month may be read as yearly",
        f"coalesce(greatest(salary_min, salary_max) >= 0 and greatest(salary_min, salary_max) * {YEARLY} < ({BAND})[1], false)",
    ),
    ValidationRule(
        "no_place",
        "warning",
        "nobody says where the work is",
        "read the place from the posting's own page",
        "location !~ '[[:alnum:]]' and city is null and country is null and remote is distinct from 'remote'",
    ),
    ValidationRule(
        "twice_on_board",
        "note",
        "one board shows it more than once",
        "nothing: it is one job here",
        "exists (select from posting p where p.job_id = job.id and not p.expired group by p.board having count(*) > 1)",
    ),
    ValidationRule(
        "dated_after_seen",
        "note",
        "it is dated later than we first saw it: the board gives old ads a new date",
        "nothing: the first sight counts",
        "coalesce(posted_at <= %(now)s::timestamptz + interval '1 day' and "
        "posted_at > (select min(p.first_seen_at) from posting p where p.job_id = job.id) + interval '2 days', false)",
    ),
    ValidationRule(
        "url_off_board",
        "warning",
        "the address is not on the board's site",
        "check where the link is read from; open it with care",
        broken_by=signs.off_board,
        risk=0.2,
    ),
    ValidationRule(
        "boilerplate", "warning", "the description is the board's own words", "read the posting's detail page", broken_by=signs.boilerplate
    ),
    ValidationRule(
        "unread_language",
        "warning",
        "the description is in no language that matching reads",
        "nothing: a person has to read it",
        broken_by=signs.unread_language,
    ),
    ValidationRule(
        "asks_payment",
        "error",
        "it asks applicants for money",
        "report it to the board; do not apply",
        broken_by=_words(scams.asks_payment),
        risk=0.9,
    ),
    ValidationRule(
        "asks_bank_data",
        "error",
        "it asks applicants for bank or identity data",
        "report it to the board; do not apply",
        broken_by=_words(scams.asks_bank_data),
        risk=0.8,
    ),
    ValidationRule(
        "messenger_only",
        "error",
        "it wants applicants to write to a messenger account",
        "apply on the employer's own site, if there is one",
        broken_by=_words(scams.messenger_only),
        risk=0.7,
    ),
    ValidationRule(
        "unrealistic_pay",
        "warning",
        "it promises much money for little",
        "check the employer before applying",
        broken_by=_words(scams.unrealistic_pay),
        risk=0.5,
    ),
    ValidationRule(
        "free_mail",
        "warning",
        "applications go to a free mail account in the employer's name",
        "apply on the employer's own site, if there is one",
        broken_by=signs.free_mail,
        risk=0.5,
    ),
    ValidationRule(
        "look_alike_domain",
        "error",
        "an address looks like the employer's, and is not",
        "do not open it; report it to the board",
        broken_by=signs.look_alike,
        risk=0.8,
    ),
)


VERSION = hashlib.sha256(b"".join((Path(__file__).parent / f"{name}.py").read_bytes() for name in ("rules", "scams", "signs"))).hexdigest()[
    :16
]
"""Of the rules as they are written: any change gives another."""
