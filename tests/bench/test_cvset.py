"""The labelled CV–job set: made again byte by byte, splits apart, labels by the stated rules."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from bench.cvset import DATA, load, rows
from bench.cvset.build import files
from bench.cvset.facts import Ad, Person, Split, ads, people, trades
from bench.cvset.rules import grade, label
from bench.cvset.wording import phrase

SPLITS: tuple[Split, ...] = ("dev", "test")
SEED = 20260601

NURSE = Person("p", "nursing", "icu", 1, 4, ("ventilation", "meds", "monitoring", "handover"), True, {"German": True}, False, None)
WARD = Ad("j", "nursing", "icu", 1, 2, ("ventilation", "meds", "monitoring", "handover"), (), True, None, True, "en", None)


def test_the_generator_makes_the_committed_data_again() -> None:
    for name, text in files().items():
        assert (DATA / name).read_text(encoding="utf-8") == text, f"{name} differs: make bench ONLY=cvset/build"


def test_the_committed_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 1_500_000


def test_splits_share_no_person_no_ad_and_no_text() -> None:
    dev, test = load("dev"), load("test")
    assert not dev.cvs.keys() & test.cvs.keys()
    assert not dev.jobs.keys() & test.jobs.keys()
    assert not {cv.name for cv in dev.cvs.values()} & {cv.name for cv in test.cvs.values()}
    assert not {cv.text for cv in dev.cvs.values()} & {cv.text for cv in test.cvs.values()}
    assert not {job.description for job in dev.jobs.values()} & {job.description for job in test.jobs.values()}


def test_some_trades_are_only_in_test_and_their_words_too() -> None:
    kept = {name for name, trade in trades().items() if trade.test_only}
    assert len(kept) >= 3
    assert not kept & {person.trade for person in people("dev", SEED)}
    assert not kept & {ad.trade for ad in ads("dev", SEED)} | kept & {ad.decoy for ad in ads("dev", SEED)}


def test_each_split_has_phrases_the_other_never_draws() -> None:
    options, rng = ("common", "for dev", "for test"), random.Random(1)
    shared, kept = trades()["nursing"], trades()["legal"]
    drawn = {split: {phrase(options, split, shared, rng) for _ in range(200)} for split in SPLITS}
    assert drawn == {"dev": {"common", "for dev"}, "test": {"common", "for test"}}
    assert {phrase(options, "test", kept, rng) for _ in range(200)} == set(options)


@pytest.mark.parametrize("split", SPLITS)
def test_pairs_name_known_records_once_and_enough_of_each_kind(split: Split) -> None:
    cvset = load(split)
    assert all(pair.cv_id in cvset.cvs and pair.job_id in cvset.jobs for pair in cvset.pairs)
    assert len({pair[:2] for pair in cvset.pairs}) == len(cvset.pairs)
    assert 0.06 <= sum(pair.label for pair in cvset.pairs) / len(cvset.pairs) <= 0.10
    assert {pair.grade for pair in cvset.pairs} == {0, 1, 2, 3}


@pytest.mark.parametrize("split", SPLITS)
def test_committed_labels_follow_the_rules_over_the_committed_facts(split: Split) -> None:
    facts = {row["id"]: row for row in rows(f"{split}.facts.jsonl")}
    for pair in load(split).pairs:
        person, ad = Person(**facts[pair.cv_id]), Ad(**facts[pair.job_id])
        relevance, reason = grade(person, ad)
        assert (pair.grade, pair.label, pair.reason) == (relevance, label(relevance), reason)


@pytest.mark.parametrize("split", SPLITS)
def test_every_fact_that_decides_a_label_can_be_read_in_the_texts(split: Split) -> None:
    cvset = load(split)
    for person in people(split, SEED):
        text, trade = cvset.cvs[person.id].text.lower(), trades()[person.trade]
        for skill in person.skills:
            assert any(option.lower() in text for option in trade.skills[skill]), (person.id, skill)
        assert any(option.lower() in text for option in trade.credential) or not person.credential, person.id
        assert ("visa sponsorship" in text) == person.needs_visa
        assert all(language.lower() in text for language in person.languages)
    for ad in ads(split, SEED):
        text, trade = (cvset.jobs[ad.id].description or "").lower(), trades()[ad.trade]
        for skill in (*ad.musts, *ad.nices):
            assert any(option.lower() in text for option in trade.skills[skill]), (ad.id, skill)
        assert any(option.lower() in text for option in trade.credential) or not ad.credential, ad.id
        assert ad.min_years is None or str(ad.min_years) in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (3, "role, musts, level and years fit")),
        ({"level": 2, "min_years": 5}, (2, "close fit")),
        ({"level": 3}, (1, "too junior")),
        ({"min_years": 6}, (1, "years short by more than one")),
        ({"language": "French"}, (1, "language demanded, not fluent")),
        ({"musts": ("ventilation", "hygiene", "family", "emergency")}, (1, "too few musts")),
        ({"family": "elderly", "musts": ("meds", "wound", "dementia", "mobility")}, (0, "sister role, few musts")),
        ({"trade": "hr", "family": "recruiter"}, (0, "another trade")),
    ],
    ids=lambda value: str(value),
)
def test_the_first_rule_that_applies_gives_grade_and_reason(change: dict[str, object], expected: tuple[int, str]) -> None:
    assert grade(NURSE, Ad(**{**WARD.__dict__, **change})) == expected


def test_a_missing_licence_or_permit_or_too_many_levels_keep_a_person_out() -> None:
    for change, reason in (
        ({"credential": False}, "credential demanded, not held"),
        ({"needs_visa": True}, "needs a visa, none sponsored"),
        ({"level": 3}, "too senior"),
    ):
        assert grade(Person(**{**NURSE.__dict__, **change}), WARD) == (1, reason)


def test_the_labeller_knows_nothing_of_the_matcher() -> None:
    for path in Path(DATA.parent).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith("include.") and name != "rolecall.models"], path.name
