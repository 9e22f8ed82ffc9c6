"""Which postings are one job: equal normalised title, company and place, and descriptions that do not speak against it.

Three rules, all blind to the order in which postings come:

1. Postings are candidates when their **key** is equal: title with its ranks, level and contract, company, place. A posting that lacks
   one of the three is alone. When in doubt they are different jobs: Senior and Staff, I and II, two cities never share a key.
2. Candidates whose titles carry different **requisition numbers** are different openings. One without a number joins the others where
   they are one job, and stays alone where they are not.
3. Candidates whose **descriptions clearly differ** (too few of the shorter one's word triples in the other) are different openings, too.
   A description that was cut is like the one it was cut from. A posting without one joins or stays alone by the same rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from include.catalog.normalise import company, place, title
from include.catalog.words import words
from include.models import JobPosting, Remote

ALIKE = 0.85
"""Least share of the shorter text's word triples that the other text has too."""

MAX_TEXT = 20_000
"""Characters of a description that are compared."""

LEAST_WORDS = 8
"""A shorter description is none."""

MAX_TEXTS = 200
"""Different descriptions under one key that are compared pair by pair. Of more, each is a job of its own: openings, not copies."""

LONGEST_KEY = 400


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """A posting among candidates; ordered by its key (board, external id), by code points.

    :param text: hash of its description, empty without one
    :param requisition: the employer's number of the opening, as its title says it
    """

    board: str
    external_id: str
    id: int
    text: str = ""
    requisition: str = ""

    @property
    def job_id(self) -> str:
        """The id of the job whose smallest posting this is."""
        return job_id(self.board, self.external_id)


def job_id(board: str, external_id: str) -> str:
    """``j`` and the first 16 hex digits of the SHA-256 of ``board|external_id``."""
    return "j" + hashlib.sha256(f"{board}|{external_id}".encode()).hexdigest()[:16]


def merge_key(
    *,
    board: str,
    external_id: str,
    title_text: str,
    company_text: str,
    location: str,
    city: str | None = None,
    region: str | None = None,
    country: str | None = None,
    remote: Remote | None = None,
) -> str:
    """Equal for postings that are candidates for one job; one of its own for a posting that says too little."""
    where = place(location[:300], city, region, country, remote)
    what = title(title_text[:1000], where.city or "")
    if what.remote and where.remote is None:
        where = place(location[:300], city, region, country, what.remote)
    who = company(company_text[:500])
    if not (what.core and who.key and where.known):
        return f"alone: {job_id(board, external_id)}"
    key = f"{what.key} @ {who.key} @ {where.key}"
    return key if len(key) <= LONGEST_KEY else "long: " + hashlib.sha256(key.encode()).hexdigest()


def leaders(members: Sequence[Member], texts: Mapping[str, str]) -> dict[Member, Member]:
    """For each of the candidates under one key the smallest posting of its job.

    :param texts: hash → description, needed where the candidates have more than one
    """
    found: dict[Member, Member] = {}
    for numbered in _apart(members, {member: member.requisition for member in members}):
        distinct = sorted({member.text for member in numbered if member.text})
        part = _parts(distinct, texts) if len(distinct) > 1 else {}
        for together in _apart(numbered, {member: part.get(member.text, "") for member in numbered}):
            found.update(dict.fromkeys(together, min(together)))
    return found


def _apart(members: Sequence[Member], marks: Mapping[Member, str]) -> list[list[Member]]:
    """Members with different marks apart. Those without a mark stay with the others if these are together, else each is alone."""
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(marks[member], []).append(member)
    unmarked = groups.pop("", [])
    if len(groups) < 2:
        return [list(members)]
    return [*groups.values(), *([member] for member in unmarked)]


def _parts(distinct: Sequence[str], texts: Mapping[str, str]) -> dict[str, str]:
    """Hash of a text → the smallest hash among those it is joined with by likeness, directly or by way of others."""
    if len(distinct) > MAX_TEXTS:
        return {name: name for name in distinct}
    triples = {name: shingles(texts[name]) for name in distinct}
    root = {name: name for name in distinct}

    def top(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for number, one in enumerate(distinct):
        for other in distinct[number + 1 :]:
            first, second = sorted((top(one), top(other)))
            if first != second and likeness(triples[one], triples[other]) >= ALIKE:
                root[second] = first
    return {name: top(name) for name in distinct}


def shingles(text: str) -> frozenset[int]:
    """The text's word triples, as numbers that are the same on every machine."""
    found = words(text[:MAX_TEXT])
    return frozenset(
        int.from_bytes(hashlib.blake2b(" ".join(found[place : place + 3]).encode(), digest_size=8).digest())
        for place in range(len(found) - 2)
    )


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of the smaller set that is in the other, 0 to 1: a snippet is like the text it was cut from."""
    least = min(len(one), len(other))
    return len(one & other) / least if least else 1.0


def text_hash(description: str | None) -> str:
    """Equal for equal descriptions; empty for none, or one too short to tell anything."""
    start = (description or "")[:MAX_TEXT]
    return hashlib.sha256(start.encode("utf-8", "replace")).hexdigest()[:32] if len(start.split(None, LEAST_WORDS)) >= LEAST_WORDS else ""


def cluster(postings: Iterable[JobPosting]) -> list[set[tuple[str, str]]]:
    """The same rules over postings in memory: sets of (board, external id), one a job, in a fixed order."""
    groups: dict[str, list[Member]] = {}
    texts: dict[str, str] = {}
    for number, posting in enumerate(postings):
        key = merge_key(
            board=posting.board,
            external_id=posting.external_id,
            title_text=posting.title,
            company_text=posting.company,
            location=posting.location,
            city=posting.city,
            region=posting.region,
            country=posting.country,
            remote=posting.remote,
        )
        name = text_hash(posting.description)
        texts[name] = posting.description or ""
        member = Member(posting.board, posting.external_id, number, name, title(posting.title).requisition)
        groups.setdefault(key, []).append(member)
    jobs: dict[Member, set[tuple[str, str]]] = {}
    for members in groups.values():
        for member, leader in leaders(members, texts).items():
            jobs.setdefault(leader, set()).add((member.board, member.external_id))
    return [jobs[leader] for leader in sorted(jobs)]
