"""Matching: CVs read, jobs scored with reasons, letters that say only what the CV says.

Text of ads and CVs is searched for known words and never followed: an instruction hidden in one is just more words.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rolecall.matching.ads.job import Job
    from rolecall.matching.ads.prompt_injection import strip_prompt_injection
    from rolecall.matching.cv.reader import read_cv
    from rolecall.matching.cv.spans import cv_text
    from rolecall.matching.letters.cover_letter import check_letter, write_letter
    from rolecall.matching.score.check import check as check_reasons
    from rolecall.matching.score.job_wishes import Wishes
    from rolecall.matching.score.matcher import Matcher, Scored
    from rolecall.matching.score.store_matches import let_go, store_matches

ENGINE = "rolecall-3.7"
"""Stored with each match. A new version re-scores: raise it whenever a score can change (rules, weights, vocabulary)."""

PLACES = {
    "Job": "ads.job:Job",
    "Matcher": "score.matcher:Matcher",
    "Scored": "score.matcher:Scored",
    "Wishes": "score.job_wishes:Wishes",
    "check_letter": "letters.cover_letter:check_letter",
    "check_reasons": "score.check:check",
    "cv_text": "cv.spans:cv_text",
    "let_go": "score.store_matches:let_go",
    "read_cv": "cv.reader:read_cv",
    "store_matches": "score.store_matches:store_matches",
    "strip_prompt_injection": "ads.prompt_injection:strip_prompt_injection",
    "write_letter": "letters.cover_letter:write_letter",
}
"""Where each name is. It is read when it is asked for: the process that reads a stranger's file needs no scores and no letters."""

__all__ = [
    "ENGINE",
    "Job",
    "Matcher",
    "Scored",
    "Wishes",
    "ads",
    "check_letter",
    "check_reasons",
    "cv",
    "cv_text",
    "let_go",
    "letters",
    "read_cv",
    "read_file",
    "score",
    "skills",
    "store_matches",
    "strip_prompt_injection",
    "write_letter",
]


def __getattr__(name: str) -> Any:
    """A name of :data:`PLACES`, or a module of this room."""
    if name in PLACES:
        module, _, given = PLACES[name].partition(":")
        found = getattr(import_module(f"{__name__}.{module}"), given)
        globals()[name] = found
        return found
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
