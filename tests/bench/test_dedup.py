"""The labelled set of ads: the short form of ``bench.dedup``."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from bench.adset import KINDS, Split, build
from bench.dedup import F1, PRECISION, SIBLINGS, judge
from rolecall.catalog import cluster

ADSET = Path(__file__).parents[2] / "bench" / "adset"


@pytest.mark.parametrize("split", get_args(Split))
def test_jobs_are_found_and_no_siblings_are_merged_on_a_seed_that_nobody_tuned_on(split: Split) -> None:
    ads = build(split, seed=2026, jobs=300)
    score = judge(ads, cluster)
    assert sum(1 for _ in ads.sibling_pairs()) >= SIBLINGS
    assert score.siblings == Counter()
    assert score.precision >= PRECISION
    assert score.f1 >= F1


def test_equal_arguments_give_equal_ads_and_every_kind_of_sibling() -> None:
    one, other = build("tune", seed=3, jobs=200), build("tune", seed=3, jobs=200)
    assert (one.postings, one.job_of) == (other.postings, other.job_of)
    assert set(one.siblings.values()) == set(KINDS)


def test_the_labels_owe_nothing_to_the_catalog() -> None:
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else name.name
        for file in ADSET.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in node.names
    }
    assert imported
    assert not any((module or "").startswith("rolecall.catalog") for module in imported)
