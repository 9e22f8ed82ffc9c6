"""Invented CVs and job ads with labels by stated rules: ``load("dev")``, ``load("test")``. README.md says how the labels came about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bench.cvset.facts import Split
from rolecall.models import Cv, JobPosting

DATA = Path(__file__).parent / "data"


class Pair(NamedTuple):
    """One judged pair: ``label`` 1 = a fair recruiter would invite, ``grade`` 0..3, ``reason`` the rule that decided."""

    cv_id: str
    job_id: str
    label: int
    grade: int
    reason: str


@dataclass(frozen=True)
class CvSet:
    """One split. ``cvs`` and ``jobs`` by id (``Cv.id``, ``JobPosting.external_id``); every pair names one of each."""

    cvs: dict[str, Cv]
    jobs: dict[str, JobPosting]
    pairs: tuple[Pair, ...]


def load(split: Split) -> CvSet:
    """Reads one committed split.

    :raises FileNotFoundError: for a split other than ``dev`` and ``test``
    """
    return CvSet(
        cvs={row["id"]: Cv.model_validate(row) for row in rows(f"{split}.cvs.jsonl")},
        jobs={row["external_id"]: JobPosting.model_validate(row) for row in rows(f"{split}.jobs.jsonl")},
        pairs=tuple(Pair(*row) for row in rows(f"{split}.pairs.jsonl")),
    )


def rows(name: str) -> list[Any]:
    """The JSON values of one committed file, line by line."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
