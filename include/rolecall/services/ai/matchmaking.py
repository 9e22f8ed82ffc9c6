"""``POST /api/job-match``: CVs ranked on an engine that stays warm and follows the catalog."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rolecall.criteria import THRESHOLD
from rolecall.errors import RolecallError
from rolecall.matching import ENGINE, Job, Matcher, Scored, write_letter
from rolecall.matching.score.match_criteria import Criteria
from rolecall.matching.score.matcher import Ranking
from rolecall.models import Cv
from rolecall.services.ai import job_facts
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.database import Database
from rolecall.services.submitters import Submitter, obstacle, submitter_for
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import in_log, in_words, put_aside

log = logging.getLogger("rolecall.services")

OPEN = Path(__file__).with_name("open.sql")

VERSION = "select count(*) as jobs, bit_xor(hashtextextended(tag, 0)) as hash from open_now"
TAGS = "select id, tag from open_now"
ROWS = "select * from job where id = any(%(ids)s)"

ASIDE = "matching"
"""Queue of the jobs that the engine cannot read."""

BATCH = 2_000
"""Jobs read at a time while the engine follows the catalog."""


SYSTEMATIC = 3
"""Jobs in a row, and no other, that cannot be answered, or read: no longer one job's fault."""


class EngineBlind(RolecallError):
    """Most jobs cannot be read: "no matches" would be a lie."""


def within(ranked: Sequence[Scored], applied: Container[str], known: Mapping[str, JobFacts], limit: int) -> tuple[list[Scored], bool]:
    """Those to answer with, ``limit`` of them beside what was applied for already, and whether there are more."""
    taken: list[Scored] = []
    fresh = 0
    for scored in ranked:
        job = known.get(scored.job_id)
        if job is None or job.id != scored.job_id:
            continue  # merged away since the engine looked
        if scored.job_id not in applied:
            if fresh == limit:
                return taken, True
            fresh += 1
        taken.append(scored)
    return taken, False


class Matchmaker:
    """Ranks CVs. One thread does it, beside the event loop, and so the engine needs no locks. A question's letters are written one at a
    time: another question is ranked between two of them, not after the last."""

    def __init__(self, database: Database, submitters: Sequence[Submitter]) -> None:
        self._database = database.unrestricted  # asked with the service's own token only
        self._submitters = submitters
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="matching")
        self._matcher = Matcher()
        self._jobs: dict[str, Job] = {}
        self._aside: set[str] = set()
        self._why = ""
        self._tags: dict[str, str] = {}
        self._version: tuple[int, int | None] = (0, None)
        self._dropped = 0

    def warm_up(self) -> None:
        """Reads the catalog in the background, so that the first question does not wait for it."""
        self._thread.submit(self._warm)

    def close(self) -> None:
        """Stops after the question at hand."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def match(self, cv: Cv, criteria: Criteria, *, only: Container[str] | None = None, letters: bool = True) -> dict[str, Any]:
        """The open jobs that fit best, as ``{"matches", "more", "engine", "jobs", "leftOut", "ignoredCriteria"}``.

        ``more``: there are further ones past the limit. ``jobs``: how many are open. ``leftOut``: criterion, or ``threshold``, → jobs
        that it left out, of those that look best for this CV.

        :param only: ids of the jobs to look at; ``None``: all
        :param letters: whether letters are written
        :raises InvalidInput: a wish that cannot be read
        :raises EngineBlind: most jobs cannot be read
        """
        loop = asyncio.get_running_loop()
        ranking, applied, known = await loop.run_in_executor(self._thread, self._ranked, cv, criteria, only)
        taken, more = within(ranking.best, applied, known, criteria.limit)
        lines = self._lines(cv, criteria, [(scored, known[scored.job_id]) for scored in taken], applied, letters)
        matches: list[dict[str, Any]] = []
        while (line := await loop.run_in_executor(self._thread, next, lines, None)) is not None:  # others' turns come in between
            matches.append(line)
        return {
            "matches": matches,
            "more": more,
            "engine": ENGINE,
            "jobs": len(self._matcher),
            "leftOut": dict(ranking.left_out) | ({"threshold": ranking.below} if ranking.below else {}),
            "ignoredCriteria": criteria.ignored,
        }

    def _warm(self) -> None:
        try:
            with self._database.connection() as conn:
                self._follow(conn)
        except Exception as error:
            log.warning("the engine could not be warmed up (%s); the first question will do it", type(error).__name__)

    def _ranked(self, cv: Cv, criteria: Criteria, only: Container[str] | None) -> tuple[Ranking, set[str], dict[str, JobFacts]]:
        """The best, what was applied for already, and what the catalog says of them."""
        with self._database.connection() as conn:
            self._follow(conn)
            applied = job_facts.applied(conn, cv)
        wanted = criteria.limit + len(applied) + 1
        at_least = criteria.at_least + len(applied) if criteria.at_least else 0
        ranking = self._matcher.ranking(
            cv, criteria.wishes, limit=wanted, threshold=criteria.threshold or 0.0, at_least=at_least, only=only
        )
        with self._database.connection() as conn:
            return ranking, applied, job_facts.jobs(conn, [one.job_id for one in ranking.best])

    def _lines(
        self, cv: Cv, criteria: Criteria, taken: Sequence[tuple[Scored, JobFacts]], applied: set[str], letters: bool
    ) -> Iterator[dict[str, Any]]:
        letters_from = 2.0 if not letters else THRESHOLD if criteria.threshold is None else criteria.threshold
        answered = failed = 0
        for scored, job in taken:
            try:
                letter = write_letter(cv, scored.job) if scored.score >= letters_from and scored.job_id not in applied else ""
                line = self._line(scored, job, letter, already=scored.job_id in applied)
            except Exception as error:  # whatever it is, it is this job's and no other's
                log.warning("job %s is left out of an answer: %s", scored.job_id, in_log(error))
                failed += 1
                if failed >= SYSTEMATIC and not answered:
                    raise  # not one of them: it is our mistake, and "no matches" would be a lie
                continue
            answered += 1
            yield line

    def _line(self, scored: Scored, job: JobFacts, letter: str, *, already: bool) -> dict[str, Any]:
        return {
            "id": job.id,
            "title": job.title,
            "company": job.company,
            "location": job.location,
            "url": job.url,
            "source": job.source,
            "matchScore": scored.score,
            "confidence": scored.confidence,
            "way": taken.way if (taken := submitter_for(job, self._submitters)) else "hand_over",
            "canAutoApply": obstacle(job, self._submitters) is None,
            "alreadyApplied": already,
            "generatedCoverLetter": letter or None,
            "matchReasons": [reason.model_dump(mode="json", by_alias=True) for reason in scored.reasons],
            "recommendations": [*scored.eligibility, *scored.recommendations],
            "recommendationReasons": [reason.model_dump(mode="json", by_alias=True) for reason in scored.advice],
            "engine": ENGINE,
        }

    def _follow(self, conn: Connection) -> None:
        """Brings the engine up to date: nothing to do while the version is the same, else only what changed is read."""
        open_now = sql(OPEN)
        row = conn.execute(open_now + VERSION).fetchone() or {}
        version = (row["jobs"], row["hash"])
        if version == self._version:
            return
        tags = {row["id"]: row["tag"] for row in conn.execute(open_now + TAGS)}
        gone = self._tags.keys() - tags.keys()
        changed = [identity for identity, tag in tags.items() if self._tags.get(identity) != tag]
        for start in range(0, len(changed), BATCH):
            rows = conn.execute(ROWS, {"ids": changed[start : start + BATCH]}).fetchall()
            self._take_in(conn, rows)
            if len(self._aside) >= max(SYSTEMATIC, len(self._jobs) + 1):
                # all are read again at the next question, and what this one put aside is rolled back
                self._tags = {identity: tag for identity, tag in self._tags.items() if identity not in self._aside}
                raise EngineBlind(
                    f"the engine could read {len(self._jobs):,} of {len(self._jobs) + len(self._aside):,} jobs: {self._why}",
                    fix="look at the service's log: it is a mistake of the engine's, not of the jobs",
                )
        self._matcher.remove(gone)
        for identity in gone:
            self._jobs.pop(identity, None)
        self._aside -= gone
        self._tags, self._version = tags, version
        self._tidy(len(gone) + len(changed))

    def _take_in(self, conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Reads jobs; one that cannot be read is put aside (queue ``matching``) until it changes, and keeps no other from being matched."""
        try:
            read = [Job.of(row) for row in rows]
            self._matcher.add(read)
        except Exception as error:
            if len(rows) == 1:
                identity, self._why = rows[0]["id"], in_words(error)
                log.warning("job %s cannot be read by the engine: %s", identity, in_log(error))
                self._matcher.remove([identity])
                self._jobs.pop(identity, None)
                self._aside.add(identity)
                put_aside(conn, ASIDE, identity, self._why)
                return
            for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
                self._take_in(conn, half)
            return
        self._jobs.update((job.id, job) for job in read)
        self._aside.difference_update(job.id for job in read)
        conn.execute("delete from dead_letter where queue = %s and key = any(%s)", (ASIDE, [job.id for job in read]))

    def _tidy(self, touched: int) -> None:
        """The index keeps a slot for whatever was replaced; once those are the majority it is built anew."""
        self._dropped += touched
        if self._dropped > 2 * len(self._jobs) + 1_000:
            self._matcher.replace(self._jobs.values())
            self._dropped = 0
