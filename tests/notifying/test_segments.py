"""How many parts an SMS needs, and that cutting it breaks nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.outbox.segments import Segments, fit, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 0)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("€" * 81, Segments("GSM-7", 162, 2)),
        ("ç", Segments("UCS-2", 1, 1)),
        ("Ç", Segments("GSM-7", 1, 1)),
        ("ع" * 70, Segments("UCS-2", 70, 1)),
        ("ع" * 71, Segments("UCS-2", 71, 2)),
        ("🎉" * 35, Segments("UCS-2", 70, 1)),
        ("🎉" * 36, Segments("UCS-2", 72, 2)),
    ],
)
def test_units_and_parts_are_those_of_the_standard(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize("cluster", ["👩\u200d💻", "👍🏽", "é", "1\ufe0f\u20e3"])
def test_a_cut_never_falls_inside_a_character(cluster: str) -> None:
    for before in range(60, 70):
        kept = fit("x" * before + cluster * 200, 1).removesuffix("...")[before:]
        assert kept.replace(cluster, "") == ""


@given(st.text(max_size=400), st.integers(1, 4))
def test_a_text_that_was_made_to_fit_fits(text: str, count: int) -> None:
    assert segments(fit(text, count)).count <= count
