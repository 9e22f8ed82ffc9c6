"""Which matches may be applied for: one application a job, within the person's limits, and why each of the others is held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.applying.policy import HISTORY, Facts, blocking_rule, exceeded_limit, sent_elsewhere, words
from rolecall.models import ApplyOrder, Match
from rolecall.people.applying_wishes import ApplyingWishes, blacklist, company_key, current_employer, is_employer
from rolecall.people.cvs.own_cvs import CV_REMOVED
from rolecall.store import Connection, sql
from rolecall.text.words import fold

NO_ANSWER = "nobody answered in time"
OPEN_AGAIN = [NO_ANSWER, CV_REMOVED]
"""Why an application was cancelled that may be asked for again."""
KNOWN = Path(__file__).parent / "plan.sql"
PENDING = """
select id from application
where person_id = %(person)s and state in ('planned', 'approved') and updated_at > clock_timestamp() - interval '1 day'
"""


@dataclass(frozen=True)
class Candidate:
    """A match that may be applied for.

    :param job_key: canonical job id, or ``source:id`` of a job that only an external service knows
    :param apply_url: where the application goes; two postings with the same address are one job, whatever else they say
    :param own_id: this person's application for it, planned or approved
    :param doubts: jobs that may be this one
    """

    match: Match
    job_key: str
    apply_url: str | None
    company: str
    own_id: Any = None
    doubts: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        """The names under which the job may be locked: those that ``lock_application`` takes."""
        return [self.job_key, self.match.id, f"{self.match.source}:{self.match.id}", f"apply:{self.apply_url}"]


class Chooser:
    """Walks through the matches, best first, and notes why each of the others is held back."""

    def __init__(self, conn: Connection, order: ApplyOrder, preferences: dict[str, Any], wishes: ApplyingWishes, cv_changed: bool) -> None:
        self.skipped: Counter[str] = Counter()
        self.held: list[dict[str, Any]] = []
        self._conn, self._order, self._wishes, self._cv_changed = conn, order, wishes, cv_changed
        self._blacklist, self._consent = blacklist(preferences), preferences.get("auto_apply")
        self._employer = current_employer(preferences)
        self._elsewhere = sent_elsewhere(conn, order.user_id)
        person = {"person": order.user_id}
        self._history = [(row["company_key"], row["days"]) for row in conn.execute(HISTORY, person).fetchall()]
        self._pending = {row["id"] for row in conn.execute(PENDING, person).fetchall()}

    def choose(self, matches: Sequence[Match]) -> list[Candidate]:
        """What may be applied for, best score first."""
        chosen: dict[str, Candidate] = {}
        keys: set[str] = set()
        for candidate in sorted(self._allowed(matches), key=lambda one: (-one.match.match_score, one.job_key)):
            place = candidate.apply_url or candidate.job_key
            if place in chosen or candidate.job_key in keys:
                self.hold(candidate.match, "same_job", "it is the same job as another match, or has the same application form")
            elif candidate.doubts & keys:
                self.hold(candidate.match, "possible_duplicate", "it may be the same job as a better match; say whether it is")
            elif self._within_limits(candidate):
                chosen[place] = candidate
                keys.add(candidate.job_key)
        return list(chosen.values())

    def hold(self, match: Match, rule: str, reason: str) -> None:
        """Notes why a match is not applied for."""
        self.skipped[rule] += 1
        self.held.append(
            {
                "source": match.source,
                "job_id": match.id,
                "title": match.title,
                "company": match.company,
                "score": match.match_score,
                "rule": rule,
                "reason": reason,
            }
        )

    def _allowed(self, matches: Sequence[Match]) -> list[Candidate]:
        values = {
            "person": self._order.user_id,
            "ids": [match.id for match in matches],
            "sources": [match.source for match in matches],
            "open_again": OPEN_AGAIN,
        }
        allowed = []
        for match, row in zip(matches, self._conn.execute(sql(KNOWN), values).fetchall(), strict=True):
            employer = company_key(match.company)
            facts = self._facts(row, employer, match)
            rule = blocking_rule(match, facts)
            if rule:
                self.hold(match, rule.name, words(rule, facts))
            else:
                allowed.append(Candidate(match, row["job_key"], row["apply_url"], employer, row["own_id"], frozenset(row["doubts"])))
        return allowed

    def _facts(self, row: dict[str, Any], employer: str, match: Match) -> Facts:
        return Facts(
            threshold=self._order.threshold,
            apply_url=row["apply_url"],
            url=row["url"] or "",
            source=row["source"] or "",
            job_state=row["job_state"],
            risk=row["risk"],
            company=employer,
            blacklist=self._blacklist,
            employer=is_employer(match.company, self._employer),
            elsewhere=bool(employer) and (fold(match.title), employer) in self._elsewhere,
            own_state=row["own_state"],
            asked_again=bool(row["asked_again"]),
            doubtful=row["doubtful"],
            cv_changed=self._cv_changed,
            hidden=bool(row["hidden"]),
            off=self._wishes.mode_for(match.way, match.source) == "off",
            consent=self._consent if isinstance(self._consent, bool) else None,
        )

    def _within_limits(self, candidate: Candidate) -> bool:
        if candidate.own_id in self._pending:  # it is counted already
            return True
        limit = exceeded_limit(self._wishes, candidate.company, self._history)
        if limit:
            self.hold(candidate.match, limit.name, limit.reason)
            return False
        self._history.append((candidate.company, 0.0))
        return True
