"""Prints what there is to read: the ten best of 300 real ads for six real CVs, or reasons of real pairs.

    make bench ONLY=top OPTIONS="[--reasons 200 --seed 29]"

CVs are six files of ``../shared/realdata/livecareer_cv/pdf``, of six trades that the ads hold several jobs for (there is hardly one for
builders, teachers or avionics technicians; a search category says little of a person's trade); ads are those of ``field_match`` and of
``../shared/captures/ashby``, drawn by a seed. ``--reasons``: that many reasons of the best ad for each of as many CVs as it takes, each
under an id that only says which it is; ``bench/reasons_read.tsv`` holds ids and what a reader found, no text.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from judge.__main__ import SHARED
from judge.ranking import DAY, job_of, lines
from rolecall.matching import Job, Matcher, read_cv
from rolecall.matching.score.matcher import Scored
from rolecall.text.html import text_of_html

CVS = {
    "accountant": "ACCOUNTANT_808d96cada",
    "chef": "CHEF_949d9acba1",
    "brand and product manager": "CHEF_494d7612f0",
    "regional sales manager": "BUSINESS-DEVELOPMENT_84c8ca1de5",
    "customer service supervisor": "ADVOCATE_58ee78c86b",
    "claims manager in car insurance": "AUTOMOBILE_d8e434f760",
}
ADS, OF_AN_EMPLOYER, BEST, SEED = 300, 12, 10, 29


def real_ads(shared: Path, seed: int = SEED) -> list[Job]:
    """Three hundred of them."""
    found = [job_of(ad) for ad in lines(shared / "realdata" / "field_match" / "ads_dev.jsonl")]
    for path in sorted((shared / "captures" / "ashby").glob("*.json")):
        for job in json.loads(path.read_text(encoding="utf-8"))["jobs"][:OF_AN_EMPLOYER]:
            text = text_of_html(job.get("descriptionHtml") or "")
            found.append(Job.of({"id": job["id"], "title": job["title"], "company": path.stem, "description": text, "source": "ashby"}))
    return random.Random(seed).sample(found, ADS)


def top(shared: Path) -> None:
    """The ten best for each of six."""
    matcher = Matcher(real_ads(shared))
    for trade, name in CVS.items():
        path = shared / "realdata" / "livecareer_cv" / "pdf" / f"{name}.pdf"
        cv = read_cv(path.read_bytes(), filename=path.name)
        print(f"\n{trade} ({path.stem}): {', '.join(role.title for role in cv.roles[:3])}; {cv.years} years")
        for place, one in enumerate(matcher.rank(cv, limit=BEST, today=DAY), 1):
            print(f"  {place:2}  {one.score:.3f}  {one.job.title[:70]}  [{one.job.company}]")


def pairs(shared: Path, seed: int) -> Iterator[tuple[str, Scored]]:
    """CVs drawn by a seed, each with its best ad of three hundred."""
    matcher = Matcher(real_ads(shared, seed))
    cvs = lines(shared / "realdata" / "livecareer_cv" / "dev.jsonl")
    for row in random.Random(seed).sample(cvs, len(cvs)):
        cv = read_cv(row["text"].encode(), filename="cv.txt")
        for one in matcher.rank(cv, limit=1, today=DAY):
            yield f"{cv.headline} ({row['field']})", one


def reasons(shared: Path, count: int, skip: int, seed: int) -> None:
    """As many reasons, each with its id and both quotes."""
    told = 0
    for who, one in pairs(shared, seed):
        if told >= skip:
            print(f"\n{who} → {one.job.title} ({one.score:.2f})")
        for reason in one.reasons:
            told += 1
            if skip < told <= skip + count:
                name = hashlib.sha256(f"{who}|{one.job_id}|{reason.kind}|{reason.label}|{reason.verdict}".encode()).hexdigest()[:10]
                print(f"  {name}  {reason.text}   «{reason.ad_quote[:70]}» «{reason.cv_quote[:70]}»".replace("\n", " "))
        if told >= skip + count:
            return


def main() -> None:
    """One or the other."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reasons", type=int, default=0, metavar="N", help="print that many reasons instead")
    options.add_argument("--skip", type=int, default=0, metavar="N", help="begin after that many")
    options.add_argument("--seed", type=int, default=SEED, metavar="N", help="other pairs")
    given = options.parse_args()
    if not (SHARED / "realdata").is_dir():
        sys.exit(f"{SHARED} is not here: there is nothing real to read")
    if given.reasons:
        reasons(SHARED, given.reasons, given.skip, given.seed)
    else:
        top(SHARED)


if __name__ == "__main__":
    main()
