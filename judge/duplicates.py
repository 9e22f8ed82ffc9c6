"""Which ads are one job, on real ads (``captures/ashby``) as other boards might show them (``bench.adset.noise``: ours, so the changes are
invented; employers, siblings and texts are real). Half of the employers and of the kinds of changes are held out; the figures are theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from bench.adset.postings import AdSet, Name
from bench.adset.real import build_real
from bench.dedup import Clusters, minhash, normalised
from judge.measure import Figure, Row, Skipped, share
from rolecall.catalog import cluster
from rolecall.models import JobPosting

PRECISION, RECALL = 0.997, 0.93


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """Precision, recall and siblings that were merged; ``short``: without MinHash and the hard form."""
    folder = shared / "captures" / "ashby"
    if not folder.is_dir():
        yield Skipped("ashby ads on other boards", f"{folder} is not there")
        return
    for hard in (False,) if short else (False, True):
        ads = build_real("held", folder, noises="held", hard=hard)
        name = f"ashby, held employers{', changed up to three times' if hard else ''}"
        ways: dict[str, Callable[[Sequence[JobPosting]], Clusters]] = {"normalised key": normalised}
        ways |= {} if short else {"MinHash 0.8": minhash}
        ours = _measured(ads, cluster)
        for baseline, way in ways.items():
            theirs = _measured(ads, way)
            for number, (measure, bound) in enumerate(
                (("precision", PRECISION), ("recall", RECALL), ("F1", None), ("siblings merged", 0.0))
            ):
                figure, count = ours[number]
                kept = bound if not hard or measure == "siblings merged" else None
                label = measure if baseline == "normalised key" else f"{measure} beside MinHash"
                yield Row(
                    name,
                    label,
                    *figure,
                    baseline,
                    theirs[number][0].ours,
                    count,
                    kept,
                    real=True,
                    less_is_better=measure == "siblings merged",
                )


def _measured(ads: AdSet, way: Callable[[Sequence[JobPosting]], Clusters]) -> list[tuple[Figure, int]]:
    """Each figure with the number of its pairs; employers are what is drawn again."""
    found = list(way(ads.postings))
    group_of = {name: number for number, group in enumerate(found) for name in group}
    employer = {(one.board, one.external_id): str(one.raw.get("employer", "")) for one in ads.postings}
    jobs: dict[int, list[Name]] = {}
    for name, job in ads.job_of.items():
        jobs.setdefault(job, []).append(name)
    claimed = [pair for group in found for pair in combinations(sorted(group), 2)]
    true = [pair for group in jobs.values() for pair in combinations(sorted(group), 2)]
    right = [float(ads.job_of[one] == ads.job_of[other]) for one, other in claimed]
    hit = [float(group_of[one] == group_of[other]) for one, other in true]
    apart = [(one, other) for one, other, _ in ads.sibling_pairs()]
    merged = [float(group_of[one] == group_of[other]) for one, other in apart]
    precision, recall = share(right, unit=[employer[one] for one, _ in claimed]), share(hit, unit=[employer[one] for one, _ in true])
    both = [2 * one * other / (one + other) if one + other else 0.0 for one, other in zip(precision, recall, strict=True)]
    return [
        (precision, len(claimed)),
        (recall, len(true)),
        (Figure(*both), len(true)),
        (share(merged, unit=[employer[one] for one, _ in apart]), len(apart)),
    ]
