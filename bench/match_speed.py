"""How fast and how small the matcher is.

    make bench ONLY=match_speed OPTIONS="[--jobs 100000] [--quick]"

Measured, in own CPU time and, for the cold start, in a process of its own: indexing 1,000 new jobs; one CV against the whole index
(explained top 20), without and with criteria; fully explained pairs a second; memory. The ads are invented here: about 2,000 characters,
words of twelve trades shuffled by a seed, so that nearly every text and title is its own. ``--quick``: 5,000 jobs.

Exits with 1 above a bound: 0.5 s a CV, 2,000 pairs/s, 1 s per 1,000 jobs, 3 s cold, 1 GB (bounds of the CV's time and of memory hold
for 100,000 jobs; a smaller index is held to them too).
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date

import psutil

from bench.cvset import load
from rolecall.matching import Job, Matcher
from rolecall.matching.cv.person import read_person
from rolecall.matching.score.explain import ReasonWriter
from rolecall.matching.score.scoring import judge
from rolecall.matching.skills.unlisted_skills import UnlistedSkills
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Cv

TODAY = date(2026, 11, 1)
TITLES = (
    "Data Engineer", "Registered Nurse", "Sales Manager", "Accountant", "Electrician", "Teacher", "Warehouse Operator", "Chef de Partie",
    "Backend Developer", "Marketing Specialist", "Recruiter", "Process Engineer",
)  # fmt: skip
RANKS = ("", "Junior ", "Senior ", "Lead ")
TEAMS = ("", " - Platform", " (m/f/d)", ", Night Shift", ", Berlin", " II", ", Growth", ", Renewables")
TASKS = (
    "Look after",
    "Plan and improve",
    "Take part in",
    "Report on",
    "Build",
    "Be the person to ask about",
    "Keep an eye on",
    "Hand over",
)
COLD = (
    "import time; t=time.perf_counter(); from rolecall.matching import Matcher, Job; from rolecall.models import Cv; "
    "Matcher([Job(id='1', title='Nurse', description='Requirements: triage')]).rank(Cv(headline='Nurse')); print(time.perf_counter()-t)"
)


def invented(number: int, dice: random.Random, skills: list[str]) -> Job:
    """One ad with five duties, eight requirements, three wishes and what the employer says of itself."""
    some = dice.sample(skills, 18)
    duties = [
        f"- {dice.choice(TASKS)} {skill.lower()} for {dice.randint(3, 90)} sites in region {dice.randint(1, 400)}" for skill in some[:5]
    ]
    musts = [f"- Experience with {skill} and {other.lower()}" for skill, other in zip(some[5:10], some[10:15], strict=True)]
    nice = [f"- {skill}" for skill in some[15:]]
    about = [
        f"We are employer {dice.randint(1, 9999)}, and our customers in district {dice.randint(1, 900)} know us for keeping promises."
        for _ in range(8)
    ]
    text = "\n".join(
        [*about[:4], "Your tasks", *duties, "Requirements", f"- {dice.randint(1, 9)}+ years of experience", *musts, "Nice to have", *nice,
         "What we offer", *about[4:]]
    )  # fmt: skip
    title = f"{dice.choice(RANKS)}{dice.choice(TITLES)}{dice.choice(TEAMS)}"
    place = dice.choice(("Berlin", "London", "Graz", "Leeds", "Lyon"))
    return Job(
        id=f"{number:07}", title=title, company=f"Employer {number % 5_000}", location=place, city=place, description=text, source="bench"
    )


def spent(work: Callable[[], object], rounds: int) -> float:
    """Own CPU seconds of the median round."""
    times = []
    for _ in range(rounds):
        gc.collect()
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return statistics.median(times)


def explained(cv: Cv, matcher: Matcher, pairs: int) -> float:
    """Fully explained pairs a CPU second: evidence, reasons, advice and eligibility of ads that are read already."""
    person = read_person(cv, today=TODAY)
    ads = [ad for _, ad in zip(range(pairs), matcher.ads(), strict=False)]
    own = UnlistedSkills(person)

    def work() -> None:
        for ad in ads:
            writer = ReasonWriter(person, ad, judge(person, ad, own.in_ad(ad)))
            writer.all(), writer.advice(), writer.eligibility()

    return len(ads) / spent(work, 3)


def cold() -> float:
    """Seconds from the start of the import to the first answer, in a fresh process; the better of two."""
    command = [sys.executable, "-c", COLD]
    return min(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(2))  # noqa: S603


def main() -> None:
    """Prints the figures with their bounds."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--jobs", type=int, default=100_000)
    options.add_argument("--quick", action="store_true")
    given = options.parse_args()
    count = 5_000 if given.quick else given.jobs
    start = cold()
    dice, skills = random.Random(5), sorted(vocabulary().skills)
    cv = next(iter(load("dev").cvs.values()))
    matcher = Matcher()
    for first in range(0, count, 1_000):
        matcher.add([invented(number, dice, skills) for number in range(first, min(first + 1_000, count))])
    fresh = [invented(count + number, dice, skills) for number in range(1_000)]
    before = time.process_time()
    matcher.add(fresh)
    indexing = time.process_time() - before
    memory = psutil.Process().memory_info().rss / 1e9
    plain = spent(lambda: matcher.rank(cv, limit=20, today=TODAY), 5)
    narrow = {"locations": ["Graz"], "keywords": ["nothing has this word"], "seniority": ["senior"]}
    criteria = spent(lambda: matcher.rank(cv, narrow, limit=20, today=TODAY), 3)
    rows = (
        (f"one CV against {len(matcher):,} jobs, s", plain, 0.5, plain <= 0.5),
        ("  the same, criteria that nothing meets, s", criteria, 0.5, criteria <= 0.5),
        ("fully explained pairs a second", pairs := explained(cv, matcher, 1_000), 2_000, pairs >= 2_000),
        ("1,000 new jobs indexed, s", indexing, 1.0, indexing <= 1.0),
        ("cold start to the first answer, s", start, 3.0, start <= 3.0),
        ("memory of the process, GB", memory, 1.0, memory <= 1.0),
    )
    for name, value, bound, held in rows:
        print(f"  {name:44} {value:10,.3f}   bound {bound:8,}   {'holds' if held else 'MISSED'}")
    if not all(held for *_, held in rows):
        sys.exit("a bound is missed")


if __name__ == "__main__":
    main()
