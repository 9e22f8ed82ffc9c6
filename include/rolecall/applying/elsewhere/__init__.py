"""I applied elsewhere: what a person sent themselves is in the ledger, so that it is never sent again for them.

A row is ``submitted``, on the person's own word (a settlement with the evidence ``statement``); its run is ``elsewhere``. A job that the
catalog does not know is noted by its address, its title and its company: it is recognised when it comes.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from rolecall.applying.ledger import Evidence, resolve
from rolecall.applying.ledger import note as keep_evidence
from rolecall.applying.plan import idempotency_key
from rolecall.catalog.company_names import company as read_company
from rolecall.errors import InvalidInput
from rolecall.models import digest, is_web_address
from rolecall.people.privacy import refuse_the_erased
from rolecall.store import Connection
from rolecall.store.dead_letters import about_the_row, in_words
from rolecall.store.documents import storable
from rolecall.text.words import fold

RUN, DATED = "elsewhere", "elsewhere, dated"
"""``application.run_id`` of what a person sent themselves; with a date of theirs it counts against their limits."""

MOST_ROWS = 5_000
MOST_BYTES = 2_000_000
MOST_COLUMNS = 200
COLUMNS = {
    "url": "url", "link": "url", "address": "url", "job_id": "job", "jobid": "job", "id": "job", "title": "title", "job": "title",
    "position": "title", "role": "title", "company": "company", "employer": "company", "date": "on", "applied": "on", "applied_at": "on",
}  # fmt: skip
"""Head of a column, in small letters → what it is."""

Became = Literal["noted", "known", "doubtful", "several"]

FOUND = """
with recursive named as (
    select id from job where id = %(job)s
    union
    select job_id from posting where job_id is not null and (url = any(%(urls)s) or apply_url = any(%(urls)s))
    union
    select id from job where apply_url = any(%(urls)s) or url = any(%(urls)s)
), path as (
    select job.id, job.merged_into, 0 as depth from named join job using (id)
    union all
    select job.id, job.merged_into, depth + 1 from path join job on job.id = path.merged_into where depth < 50
)
select distinct job.id, job.title, job.company, job.source, job.url, job.apply_url
from path join job on job.id = path.id where path.merged_into is null
"""
ALIKE = """
select id, title, company, source, url, apply_url from job
where merged_into is null and lower(title) = lower(%(title)s) order by changed_at desc limit 200
"""
OWN = """
select a.id, a.state, a.state_reason from application a
where a.person_id = %(person)s and (application_job(a) = %(job_key)s or a.id in (
    select application_id from application_lock where person_id = %(person)s and job_key = any(%(names)s)))
order by a.state in ('submitting', 'submitted', 'uncertain', 'refused') desc, a.updated_at desc limit 1
"""
INSERT = """
insert into application (person_id, job_key, job_id, source, apply_url, cv_id, cv_sha256, person_email, title, company, company_key,
                         score, url, state_reason, idempotency_key, run_id)
select %(person)s, %(job_key)s, %(job_id)s, %(source)s, %(apply_url)s, '', '',
       coalesce((select email from person where id = %(person)s), ''), %(title)s, %(company)s, %(company_key)s,
       coalesce((select max(score) from match where person_id = %(person)s and job_id = %(job_id)s), 0), %(url)s, %(why)s, %(key)s, %(run)s
on conflict do nothing returning id, state
"""
LEFT = """
update application set state = 'uncertain', state_reason = %(why)s, run_id = %(run)s, submitted_at = %(at)s
where id = %(id)s and state in ('planned', 'approved', 'cancelled')
"""
OWN_NOW = "update application set run_id = %(run)s where id = %(id)s"

MAY_BE_THIS = """
update application a set state = 'planned', approval_hash = null, approved_by = null, approved_at = null,
    state_reason = 'held back: it may be the job that you applied for yourself'
from application_lock l cross join lateral doubtful_siblings(%(person)s, l.job_key, l.application_id) sibling
where l.application_id = %(id)s and a.id = sibling.application_id and a.state = 'approved'
"""
"""What was about to leave for a job that may be this one waits; the database would not let it leave anyway."""


@dataclass(frozen=True, slots=True)
class SentElsewhere:
    """One application of a person's own.

    :param job: id of a job of the catalog
    :param on: when it was sent; ``None``: not said
    """

    url: str = ""
    job: str = ""
    title: str = ""
    company: str = ""
    on: date | None = None

    @property
    def label(self) -> str:
        """What a person calls it."""
        named = " @ ".join(filter(None, (self.title, self.company)))
        return named or self.url or self.job


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of one.

    :param became: ``noted``; ``known``: the ledger had it; ``doubtful``: it may be a job of the ledger; ``several`` are called so
    :param in_catalog: whether the catalog knows the job
    :param words: for the person
    """

    became: Became
    in_catalog: bool
    words: str


def note(conn: Connection, person_id: str, sent: SentElsewhere, *, actor: str) -> Noted:
    """Notes one application, in the caller's transaction, under the person's lock. Noting it again changes nothing.

    :param actor: who says so
    :raises InvalidInput: nothing names the job, or the person was erased
    """
    if not (sent.url or sent.job or (sent.title and sent.company)):
        raise InvalidInput("applied", "names no job", fix="give its address, or its title and company")
    if sent.url and not (is_web_address(sent.url[:8].lower() + sent.url[8:]) and urlsplit(sent.url).netloc):
        raise InvalidInput("url", f"{sent.url[:80]!r} is no address", fix="copy it from the ad: https://…")
    refuse_the_erased(conn, person_id)
    conn.execute("select lock_person(%s)", (person_id,))
    jobs = _jobs(conn, sent)
    if len(jobs) > 1:
        ids = ", ".join(f"{job['id']} ({job['title']} @ {job['company']})" for job in jobs[:5])
        return Noted("several", True, f"{sent.label}: several jobs are called so: {ids} → ./rolecall applied JOB_ID for the right one")
    if sent.job and not jobs:
        raise InvalidInput("job_id", f"there is no job {sent.job!r}", fix="./rolecall catalog list shows ids; or give the ad's address")
    return _noted(conn, person_id, sent, jobs[0] if jobs else None, actor)


def note_application(conn: Connection, person_id: str, application_id: str, *, actor: str) -> Noted | None:
    """The same, of an application that the ledger has; ``None``: it is not the person's.

    :raises InvalidInput: the person was erased
    """
    refuse_the_erased(conn, person_id)
    conn.execute("select lock_person(%s)", (person_id,))
    own = conn.execute(
        "select id, state, state_reason, title, company from application where id = %s::uuid and person_id = %s",
        (application_id, person_id),
    ).fetchone()
    if own is None:
        return None
    name = " @ ".join(filter(None, (own["title"], own["company"])))
    values = {"person": person_id, "id": own["id"], "why": "you applied for it yourself", "run": RUN, "at": datetime.now(UTC)}
    return _word(conn, own, name, values, actor)


def _jobs(conn: Connection, sent: SentElsewhere) -> list[dict[str, Any]]:
    """The jobs of the catalog that it may be."""
    bare = sent.url.partition("#")[0].partition("?")[0].rstrip("/")
    urls = list(dict.fromkeys(filter(None, (sent.url, bare, bare and f"{bare}/"))))
    found = conn.execute(FOUND, {"job": sent.job or None, "urls": urls}).fetchall() if urls or sent.job else []
    if found or not (sent.title and sent.company):
        return found
    whose = read_company(sent.company).key
    return [job for job in conn.execute(ALIKE, {"title": sent.title}).fetchall() if whose and read_company(job["company"]).key == whose]


def _noted(conn: Connection, person_id: str, sent: SentElsewhere, job: Mapping[str, Any] | None, actor: str) -> Noted:
    known: Mapping[str, Any] = job or {}
    title, employer = known.get("title") or sent.title, known.get("company") or sent.company
    job_key = str(known.get("id") or "elsewhere:" + digest([sent.url or fold(sent.title), read_company(sent.company).key])[:40])
    apply_url = known.get("apply_url") or sent.url or None
    source = str(known.get("source") or RUN)
    name = " @ ".join(filter(None, (title, employer))) or sent.url
    why = f"you applied for it yourself{f' on {sent.on}' if sent.on else ''}"
    at = datetime(sent.on.year, sent.on.month, sent.on.day, 12, tzinfo=UTC) if sent.on else datetime.now(UTC)
    values = {
        "person": person_id, "job_key": job_key, "job_id": str(known.get("id") or job_key), "source": source, "apply_url": apply_url,
        "title": title, "company": employer, "company_key": read_company(employer).key, "url": known.get("url") or sent.url or None,
        "why": why, "key": idempotency_key(person_id, job_key), "run": DATED if sent.on else RUN, "at": at,
        "names": [job_key, f"{source}:{job_key}", *(f"apply:{url}" for url in (apply_url, sent.url) if url)],
    }  # fmt: skip
    values = {key: storable(value) if isinstance(value, str | list) else value for key, value in values.items()}
    own = conn.execute(OWN, values).fetchone()
    made = own or conn.execute(INSERT, values).fetchone()
    if made is None:
        return Noted("doubtful", bool(job), f"{name}: another application of yours has its address; nothing more is sent for it")
    return _word(conn, made, name, {**values, "id": made["id"]}, actor, in_catalog=bool(job))


def _word(conn: Connection, own: Mapping[str, Any], name: str, values: Mapping[str, Any], actor: str, *, in_catalog: bool = True) -> Noted:
    """The person's word on one application of the ledger."""
    if own["state"] not in ("planned", "approved", "cancelled"):
        return Noted("known", in_catalog, _known(conn, own, name, values, actor))
    conn.execute(LEFT, values)
    resolve(conn, str(own["id"]), "submitted", Evidence("statement", values["why"], actor))
    conn.execute(MAY_BE_THIS, values)
    more = "" if in_catalog else "; the catalog does not know it: it is recognised by its address, title and company when it comes"
    return Noted("noted", in_catalog, f"{name}: noted, never sent again for you{more}")


def _known(conn: Connection, own: Mapping[str, Any], name: str, values: Mapping[str, Any], actor: str) -> str:
    """What the person's word means for an application that has left, or may have: evidence, and the end of not knowing."""
    state, why = str(own["state"]), str(values["why"])
    if state == "submitted":
        return f"{name}: in the ledger already (submitted)"
    if state == "uncertain":
        both = f"{why}; whether what was sent for you arrived, too, nobody knows"
        resolve(conn, str(own["id"]), "submitted", Evidence("statement", both, actor))
        conn.execute(OWN_NOW, {**values, "id": own["id"]})
        return f"{name}: noted. What was sent for you may have arrived, too: nobody knows; nothing more is sent"
    keep_evidence(conn, str(own["id"]), "submitted", Evidence("statement", why, actor))
    if state == "submitting":
        return f"{name}: it is being sent for you at this moment; your word is kept with it, and nothing more is sent"
    return f"{name}: noted. What was sent for you was refused ({own['state_reason']}); nothing more is sent"


def read_csv(data: bytes) -> Iterator[tuple[int, SentElsewhere | InvalidInput]]:
    """Line number and application of each row of a CSV file with a head; a row that cannot be meant is the reason.

    :raises InvalidInput: it is no such file
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput("csv", f"{len(data):,} bytes are too many", fix=f"send at most {MOST_BYTES:,}")
    try:  # spreadsheets write "Unicode text" as UTF-16
        text = data.decode("utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        yield from _rows(csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidInput("csv", f"cannot be read ({error})", fix="save it anew: a quotation mark may have no end") from error


def _rows(rows: csv.DictReader[str]) -> Iterator[tuple[int, SentElsewhere | InvalidInput]]:
    if len(rows.fieldnames or []) > MOST_COLUMNS:  # each row costs as much as its head is long
        raise InvalidInput("csv", f"more than {MOST_COLUMNS} columns", fix="leave out those that are not needed")
    columns = {name: COLUMNS[known] for name in rows.fieldnames or [] if (known := _head(name)) in COLUMNS}
    if not {"url", "job", "title"} & set(columns.values()):
        raise InvalidInput("csv", "its first line names no column that we know", fix="use url, or title and company; date and job_id too")
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise InvalidInput("csv", f"more than {MOST_ROWS:,} rows", fix="split the file")
        said = {columns[name]: (value or "").strip() for name, value in row.items() if name in columns and isinstance(value, str)}
        if any(said.values()):
            yield rows.line_num, _row(said)


def _head(name: str | None) -> str:
    return "_".join(fold(name or "").split())


def _row(said: Mapping[str, str]) -> SentElsewhere | InvalidInput:
    try:
        on = day(said["on"]) if said.get("on") else None
    except InvalidInput as error:
        return error
    return SentElsewhere(**{name: said.get(name, "")[:2000] for name in ("url", "job", "title", "company")}, on=on)


EASTERNMOST = timedelta(hours=14)
"""How far ahead of UTC the day begins for some."""


def day(text: str) -> date:
    """A day as people write it: ``2026-01-31``, ``31.01.2026``, with or without a time.

    :raises InvalidInput: it is none, or to come
    """
    for form, length in (("%Y-%m-%d", 10), ("%d.%m.%Y", 10)):
        try:
            found = datetime.strptime(text.strip()[:length], form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        if found <= (datetime.now(UTC) + EASTERNMOST).date() and found.year >= 1990:
            return found
    raise InvalidInput("date", f"{text[:30]!r} is no past day", fix="write it like 2026-01-31")


def note_csv(conn: Connection, person_id: str, data: bytes, *, actor: str) -> tuple[Counter[str], list[str]]:
    """Notes every row, each by itself; returns counts and a line for each row that was not plainly noted, by its number in the file.

    :raises InvalidInput: it is no such file, or the person was erased
    """
    counts, lines, seen = Counter[str](), list[str](), dict[tuple[str, ...], int]()
    refuse_the_erased(conn, person_id)
    for number, sent in list(read_csv(data)):  # one row too many is told before the first is noted
        if isinstance(sent, InvalidInput):
            counts["wrong"] += 1
            lines.append(f"line {number}: {sent}")
            continue
        same = (sent.url, sent.job) if sent.url or sent.job else (fold(sent.title), fold(sent.company))
        if same in seen:
            counts["duplicate"] += 1
            lines.append(f"line {number}: {sent.label} stands in line {seen[same]} already")
            continue
        seen[same] = number
        try:
            with conn.transaction():
                done = note(conn, person_id, sent, actor=actor)
        except Exception as error:
            if not about_the_row(error):
                raise
            counts["wrong"] += 1
            lines.append(f"line {number}: {in_words(error)}")
            continue
        counts[done.became if done.in_catalog or done.became != "noted" else "unknown"] += 1
        if done.became != "noted" or not done.in_catalog:
            lines.append(f"line {number}: {done.words}")
    return counts, lines


WORDS = {
    "noted": "noted", "unknown": "noted, of jobs that the catalog does not know", "known": "known before", "duplicate": "twice in the file",
    "doubtful": "maybe a job that you applied for", "several": "not clear which job", "wrong": "not understood",
}  # fmt: skip


def summary(counts: Mapping[str, int]) -> str:
    """``12 noted, 3 known before``."""
    return ", ".join(f"{counts[name]} {words}" for name, words in WORDS.items() if counts.get(name)) or "the file holds no application"
