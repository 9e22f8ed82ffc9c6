"""A person's own order: learned from enough signals, never more than a nudge, and always in words."""

from __future__ import annotations

import random
from typing import Any

from rolecall.matching.score.own_order import LEAST, MOST, Kind, Signal, learned, traits_of


def job(company: str, **more: Any) -> dict[str, float]:
    return traits_of({"title": "Senior Data Engineer", "company": company, "city": "Leeds", "remote": "remote", **more})


def signals(kind: Kind, company: str, count: int, because: str = "", **more: Any) -> list[Signal]:
    return [Signal(kind, job(company, **more), because) for _ in range(count)]


def test_fewer_signals_than_enough_change_nothing_and_say_so() -> None:
    few = learned(signals("hidden", "Acme", LEAST - 1))
    assert (few.is_on, few.correction(job("Acme")), few.words()) == (False, 0.0, [])
    assert learned(signals("hidden", "Acme", LEAST)).is_on


def test_what_was_hidden_goes_down_and_what_was_saved_goes_up_in_words() -> None:
    order = learned(signals("hidden", "Acme", 12) + signals("saved", "Birch", 12))
    assert order.correction(job("Acme")) < 0 < order.correction(job("Birch"))
    assert order.correction(job("Cedar")) == 0.0 or abs(order.correction(job("Cedar"))) < order.correction(job("Birch"))
    assert "down: employer acme (wanted 0 times, not wanted 12 times)" in order.words(job("Acme"))
    assert not any("acme" in said for said in order.words(job("Birch")))


def test_a_reason_narrows_what_is_learned_to_what_it_names() -> None:
    blamed = learned(signals("hidden", "Acme", 10, "place", city="Hull") + signals("saved", "Birch", 12))
    assert "employer:acme" not in blamed.weights
    assert blamed.correction(traits_of({"title": "Nurse", "company": "Acme", "city": "Hull"})) < 0
    unknown = learned(signals("hidden", "Acme", 10, "pay") + signals("saved", "Birch", 12))
    assert "employer:acme" not in unknown.weights, "what is wrong with the pay is not the employer's whole fault"


def test_it_is_a_nudge_and_the_same_for_the_same_signals_in_any_order() -> None:
    given = signals("hidden", "Acme", 200) + signals("interview", "Birch", 200) + signals("rejected", "Cedar", 30)
    order = learned(given)
    assert all(abs(order.correction(job(name))) <= MOST for name in ("Acme", "Birch", "Cedar"))
    assert order == learned(random.Random(1).sample(given, len(given)))


def test_all_of_one_kind_or_of_no_known_trait_is_no_error() -> None:
    assert learned(signals("applied", "Acme", 40)).correction(job("Acme")) >= 0
    assert learned([Signal("hidden", {}, "other")] * 40).words() == []


def test_how_a_match_stands_is_a_trait_too() -> None:
    reasons = [
        {"kind": "skill", "verdict": "direct"},
        {"kind": "skill", "verdict": "missing"},
        {"kind": "title", "verdict": "strong"},
        "text",
    ]
    assert {name: value for name, value in job("Acme", reasons=reasons).items() if ":" not in name} == {"skills": 0.0, "title": 0.4}
