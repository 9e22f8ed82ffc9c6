"""What a demo has led to, in words: what was found where, who matches what and why, what was sent. At most 100 columns wide."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

from local.base.report import say
from local.demo.seed import Seeded
from local.demo.summary import PAIRS
from rolecall.analytics.figures import figures_of_day
from rolecall.boards.base import SUCCESSES
from rolecall.criteria import THRESHOLD
from rolecall.people.matches_in_words import reasons
from rolecall.services.ai import job_facts
from rolecall.services.submitters import obstacle
from rolecall.store import Connection, connect
from rolecall.text.percent import percent

WIDTH = 100

RUNS = """
select board, search, outcome, cards, landed, error from board_run where run_id = any(%s)
order by array_position(%s::text[], board), board, search
"""
BOARDS = "select board, count(*) as many from posting group by board order by many desc, board"
SPREAD = """
select boards, count(*) as jobs, sum(ads - boards)::int as again
from (select job.id, count(distinct posting.board) as boards, count(posting.id) as ads
      from job left join posting on posting.job_id = job.id where job.merged_into is null group by job.id) spread
group by boards order by boards
"""
UNMERGED = "select count(*) as many from posting where job_id is null"
EXAMPLE = """
select job.id, count(distinct posting.board) as boards, count(*) as ads
from job join posting on posting.job_id = job.id
where job.merged_into is null and job.state = 'valid'
group by job.id
having count(distinct posting.board) > 1
order by boards desc, ads, count(distinct posting.title || posting.company) desc, job.id
limit 1
"""
ADS = """
select board, title, company, location, posted_at from posting where job_id = %s order by board, external_id
"""
EVIDENCE = """
select evidence from merge_event where job_id = %s order by id desc limit 1
"""
BEST: LiteralString = f"""
select m.source, m.job_id, m.title, m.company, m.score, m.reasons, coalesce(job.location, '') as location,
       (select count(distinct board) from job_source source where source.job_id = m.job_id) as boards,
       exists (select from application a where a.person_id = m.person_id and a.job_id = m.job_id and a.state = 'submitted') as sent
from {PAIRS} m left join job on job.id = m.job_id
where m.person_id = %s
order by m.score desc, m.title, m.job_id
limit 5
"""  # noqa: S608  # put together from a constant, as the next ones
MATCHES: LiteralString = f"select count(*) as many from {PAIRS} m where m.person_id = %s"  # noqa: S608
OTHERS: LiteralString = f"select count(*) as many, count(distinct m.person_id) as people from {PAIRS} m where m.person_id <> all(%s)"  # noqa: S608
NOT_APPLIED: LiteralString = f"""
select m.job_id, m.source, m.score, m.already_applied, m.can_auto_apply, a.state, a.state_reason, a.obstacle, held.rule, held.reason
from {PAIRS} m
left join application a on a.person_id = m.person_id and a.job_id = m.job_id
left join lateral (
    select rule, reason from held_back h
    where h.person_id = m.person_id and h.source = m.source and h.job_id = m.job_id order by noted_at desc limit 1) held on true
where m.person_id = %s and a.state is distinct from 'submitted'
"""  # noqa: S608
BEYOND = """
select count(*) as many from application a
where a.person_id = %s and a.state = 'submitted' and a.run_id not like 'elsewhere%%' and not exists (
    select from good_match m left join job on job.id = m.job_id
    where m.person_id = a.person_id and m.job_id = a.job_id and job.merged_into is null)
"""
WAITING = "select count(*) as many from application where person_id = %s and state = 'planned' and approval_required"
APPLIED = "select count(*) as many from application where person_id = %s and state = 'submitted' and run_id not like 'elsewhere%%'"
BY_HAND: LiteralString = f"""
select count(*) as many from {PAIRS} m
where m.person_id = %s and exists (
    select from application a
    where a.person_id = m.person_id and a.job_id = m.job_id and a.state = 'submitted' and a.run_id like 'elsewhere%%')
"""  # noqa: S608

FUNNEL = "select stage, reached from analytics.funnel where day = %(day)s and reached > 0 order by step"
YIELD = "select board, n, useful from analytics.board_yield where day = %(day)s and n > 0 order by useful desc, board"
ASKED_FOR = "select value, share from analytics.demand_skill where day = %(day)s and jobs > 0 order by jobs desc, value limit 6"

WAYS = {"ats": "by the sandbox's ATS", "mail": "by mail", "recruitee": "by Recruitee's interface", "form": "by a form, in Chromium"}
"""Ways out as they are told."""

WITHOUT = ", without those by hand"

SEVERAL = {2: "two", 3: "three"}


def print_story(
    made: Mapping[str, Any],
    stack: Mapping[str, str],
    people: Sequence[Seeded],
    scrapes: Mapping[str, str],
    *,
    every_search: bool,
    installing: float,
) -> None:
    """Prints the summary.

    :param made: the totals
    :param stack: what ``stack.json`` holds
    :param people: whom to tell about
    :param scrapes: DAG → run id of this demo's scrapes
    :param every_search: also those that went well: each is a saved page
    :param installing: seconds it took
    """
    with connect(stack["postgres_dsn"], name="rolecall demo") as conn:
        _searches(conn, scrapes, every_search)
        _jobs(conn, made)
        for person in people:
            _person(conn, person)
        others = conn.execute(OTHERS, ([person.id for person in people],)).fetchone() or {"many": 0, "people": 0}
        _today(conn, stack, int(made["matches"]))
    _sums(made, installing, others)


def _searches(conn: Connection, scrapes: Mapping[str, str], every: bool) -> None:
    """One line a board; one more for each search that did not go well."""
    boards = [dag_id.removeprefix("scrape_") for dag_id in scrapes]
    runs = conn.execute(RUNS, (list(scrapes.values()), boards)).fetchall()
    say("\nFound now")
    for board in dict.fromkeys(run["board"] for run in runs):
        mine = [run for run in runs if run["board"] == board]
        cards, new = sum(run["cards"] for run in mine), sum(run["landed"] for run in mine)
        say(f"  {board:<10} {_many(len(mine), 'search', 'searches')}, {_many(cards, 'ad', 'ads')} seen{_known(cards - new)}, {new} new")
        for run in mine:
            if every or run["outcome"] not in SUCCESSES or run["error"]:
                error = f" ({run['error']})" if run["error"] else ""
                name = run["search"].removesuffix(" @ anywhere") if every else run["search"]
                _fold(f"{name}: {run['outcome']}, {run['cards']} ads{error}", indent=13)
    if every:
        say("  Saved pages come without the ads' own pages: there is no text to match, and nowhere to apply. No match is what to expect.")


def _jobs(conn: Connection, made: Mapping[str, Any]) -> None:
    """How many, and one that several boards have, with what they say."""
    boards = ", ".join(f"{row['board']} {row['many']}" for row in conn.execute(BOARDS).fetchall())
    rows = conn.execute(SPREAD).fetchall()
    spread = ", ".join(f"{row['jobs']} on {_boards(row['boards'])}" for row in rows)
    again, unmerged = sum(row["again"] for row in rows), (conn.execute(UNMERGED).fetchone() or {"many": 0})["many"]
    say("\nIn all")
    say(f"  ads landed        {made['postings']}{f'  ({boards})' if boards else ''}")
    say(f"  jobs              {made['jobs']}{f'  ({spread})' if spread else ''}")
    if again:
        say(f"                    {_many(again, 'ad is', 'ads are')} another ad of a job on the same board")
    if unmerged:
        say(f"                    {_many(unmerged, 'ad is', 'ads are')} not merged yet")
    example = conn.execute(EXAMPLE).fetchone()
    if example is None:
        return
    say(f"    one job, {example['ads']} ads:")
    for ad in conn.execute(ADS, (example["id"],)).fetchall():
        say(_cut(f"      {ad['board']:<10} {ad['title']} · {ad['company']} · {ad['location']}"))
    evidence = conn.execute(EVIDENCE, (example["id"],)).fetchone()
    if evidence:
        _fold(f"because: {in_words(evidence['evidence'])}", indent=6)


def in_words(evidence: Any) -> str:
    """Why postings are one job, on one line, from what ``merge_event`` keeps."""
    found = evidence if isinstance(evidence, dict) else {}
    pieces = found.get("evidence") or found.get("pieces")
    if isinstance(pieces, list):
        said = [str(piece.get("text") or piece.get("label") or piece.get("kind")) for piece in pieces if isinstance(piece, dict)]
        return "; ".join(said)
    description = f"; the description {found['description']}" if found.get("description") not in (None, "none") else ""
    return f"{found.get('rule', 'they say the same')}{description}"


def _person(conn: Connection, person: Seeded) -> None:
    """Somebody's best matches and why, and what was sent for them."""
    matches = (conn.execute(MATCHES, (person.id,)).fetchone() or {"many": 0})["many"]
    applied = (conn.execute(APPLIED, (person.id,)).fetchone() or {"many": 0})["many"]
    sent = _sent(conn, person, applied) if person.opted_in else "only looks, so nothing is sent"
    _fold(f"{person.name}, {person.headline}, {person.city}: {_many(matches, 'match', 'matches')}, {sent}", indent=0, before="\n")
    fates = _fates(conn, person)
    for row in conn.execute(BEST, (person.id,)).fetchall():
        boards = f" · on {SEVERAL.get(row['boards'], row['boards'])} boards" if row["boards"] > 1 else ""
        sent = " · sent" if row["sent"] else ""
        what = " · ".join(filter(None, [row["title"], row["company"], row["location"]]))
        shown = _cut(f"  {percent(row['score'])}  {what}", WIDTH - len(boards + sent))
        say(f"{shown}{boards}{sent}")
        if why := reasons(row["reasons"], WIDTH - 7):
            say(f"       {why}")
        if fate := fates.get((row["source"], row["job_id"])):
            say(_cut(f"       {fate if 'waits' in fate else f'not applied for: {fate}'}"))
    _why_not(fates, matches)


def _sent(conn: Connection, person: Seeded, applied: int) -> str:
    """How many applications, and how many of them are for none of the matches: a run without the person's wishes looks further."""
    beyond = (conn.execute(BEYOND, (person.id,)).fetchone() or {"many": 0})["many"]
    sent = _many(applied, "application", "applications")
    by_hand = (conn.execute(BY_HAND, (person.id,)).fetchone() or {"many": 0})["many"]
    sent += f", {by_hand} by hand" if by_hand else ""
    waiting = (conn.execute(WAITING, (person.id,)).fetchone() or {"many": 0})["many"]
    sent += f", {waiting} {'waits' if waiting == 1 else 'wait'} for a yes on the page" if person.asks else ""
    return f"{sent}: {applied - beyond} for these, {beyond} by runs that looked beyond their wishes" if beyond else sent


def _fates(conn: Connection, person: Seeded) -> dict[tuple[str, str], str]:
    """For an opted-in person: why each of the matches that were not applied for was not, by source and id."""
    rows = conn.execute(NOT_APPLIED, (person.id,)).fetchall() if person.opted_in else []
    jobs = job_facts.jobs(conn, [row["job_id"] for row in rows])
    return {(row["source"], row["job_id"]): why_not(row, jobs.get(row["job_id"])) for row in rows}


def _why_not(fates: Mapping[tuple[str, str], str], matches: int) -> None:
    """The reasons counted, most frequent first."""
    if not fates:
        return
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (source, _), reason in fates.items():
        found[reason][source] += 1
    say(f"  {len(fates)} of {matches} not applied for")
    for reason, sources in sorted(found.items(), key=lambda each: (-each[1].total(), each[0])):
        where = ", ".join(f"{source} {count}" for source, count in sources.most_common())
        say(_cut(f"  {sources.total():>3}  {reason} ({where})"))


def why_not(row: Mapping[str, Any], job: job_facts.JobFacts | None) -> str:
    """Why a match was not applied for: what its application or the last run that held it back says, else what stands in its way now."""
    if row["state"] == "planned":
        return f"waits: {row['obstacle']}" if row.get("obstacle") else "waits for a yes on the page, or for its turn"
    if row["state"]:
        return f"the application is {row['state']}" + (f": {row['state_reason']}" if row["state_reason"] else "")
    if row["rule"]:
        return str(row["reason"])
    if row["already_applied"]:
        return "applied for before"
    if row["score"] < THRESHOLD:
        return f"the score is below {THRESHOLD:.0%}"
    if row["can_auto_apply"]:
        return "no run has taken it up yet"
    if job is None:
        return "the service that knows it takes no automatic application for it"
    return str(obstacle(job, []))


def _today(conn: Connection, stack: Mapping[str, str], matches: int) -> None:
    """The figures of today so far, as the DAG `analytics` counts them, and where their charts are."""
    now = datetime.now(UTC)
    with figures_of_day(conn, now.date(), now):
        funnel, boards, skills = (conn.execute(query, {"day": now.date()}).fetchall() for query in (FUNNEL, YIELD, ASKED_FOR))
    say(f"\nToday so far ({now.date()} until {now:%H:%M} UTC)")
    named = {"interview": "interview or test"}
    pairs = ", ".join(
        f"{row['reached']}{' pairs' if number == 0 else ''} {named.get(row['stage'], row['stage'])}" for number, row in enumerate(funnel)
    )
    say(f"  person and job    {pairs}")
    matched = sum(row["reached"] for row in funnel if row["stage"] == "matched")
    if (further := matched - matches) > 0:
        said = f"{further} of the {matched} matched are none of today's matches: a run beyond wishes, or an earlier look, found them"
        _fold(said, indent=20)
    if boards:
        _fold(f"new and useful    {', '.join('{board} {useful} of {n} ads'.format(**row) for row in boards)}", indent=2)
    if skills:
        _fold(f"asked for most    {', '.join('{value} {share:.0%}'.format(**row) for row in skills)}", indent=2)
    say(f"  charts            {stack['airflow_url']}/figures/{now.date()}")


def _sums(made: Mapping[str, Any], installing: float, others: Mapping[str, int]) -> None:
    applications, receipts, messages = made["applications"], made["receipts"], made["notifications"]
    say("\nTogether")
    whose = f": {made['matches'] - others['many']} of those above, {others['many']} of {_many(others['people'], 'other person', 'others')}"
    say(f"  matches           {made['matches']}, of people's own wishes{whose if others['many'] else ''}")
    without = WITHOUT if made.get("handed_over") else ""
    states = ", ".join(f"{count} {state}" for state, count in applications.items())
    say(f"  applications      {states}, of all runs so far{without}")
    if receipts["total"] is not None:
        ways = ", ".join(f"{count} {WAYS.get(way, way)}" for way, count in (receipts.get("ways") or {}).items())
        by_way = f" ({ways})" if ways else ""
        say(f"  receipts          {receipts['total']} counted by the other side{by_way}, {receipts['duplicates']} duplicates")
    if (before := made.get("before")) and not made["twice"] and not receipts["duplicates"]:
        now = applications["submitted"]
        new = f", {now - before} of them new" if now != before else ""
        say(f"  applied twice     no job: {before} applied for before, {now} now{new}")
    if by_hand := made.get("handed_over"):
        say(f"  sent by hand      {by_hand}, where a board's terms forbid that a machine applies")
    if (answers := made.get("answers") or {}).get("read"):
        arrived = answers["read"] - answers["interviews"] - answers["rejected"] - answers["assessments"]
        settled = f" ({answers['settled']} settled a doubt)" if answers["settled"] else ""
        more = f"{_many(answers['interviews'], 'interview', 'interviews')}, {answers['rejected']} declined, "
        more += f"{_many(answers['assessments'], 'test', 'tests')}, {_many(arrived, 'receipt', 'receipts')}{settled}"
        say(f"  answers           {answers['read']} by mail: {more}")
    if hung_up := made.get("hung_up"):
        then = "its answer by mail settled that" if hung_up["state"] == "submitted" else f"it is {hung_up['state']} and not sent again"
        _fold(
            f"red square        1 in auto_apply is meant: {hung_up['company']} took the mail and hung up, so that nobody knew whether it"
            f" had arrived; {then} (task apply of run {hung_up['run_id']})",
            indent=2,
        )
    say(f"  messages          {', '.join(f'{count} {channel}' for channel, count in messages.items())}")
    if receipts["total"] is not None and messages["email"]:
        say("                    ./rolecall sandbox mails lists the e-mails, with --read ID one is shown")
    say(f"  time              {made['seconds']:.0f} s running, {installing:.0f} s installing")


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _boards(number: int) -> str:
    return "no board" if not number else "one board" if number == 1 else f"{SEVERAL.get(number, number)} boards"


def _known(number: int) -> str:
    """What was seen and is not new was known, from a run before or another search of this one."""
    return f", {number} known already" if number > 0 else ""


def _cut(line: str, width: int = WIDTH) -> str:
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def _fold(text: str, *, indent: int, before: str = "") -> None:
    for number, line in enumerate(textwrap.wrap(text, WIDTH - indent)):
        say((before if number == 0 else "") + " " * indent + line)
