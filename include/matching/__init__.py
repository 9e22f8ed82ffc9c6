"""Matching: CVs read, jobs scored with reasons, letters that say only what the CV says.

Text of ads and CVs is searched for known words and never followed: an instruction hidden in one is just more words.
"""

from include.matching.check import check as check_reasons
from include.matching.job import Job
from include.matching.letters import check_letter, write_letter
from include.matching.matcher import Matcher, Scored
from include.matching.person import cv_text
from include.matching.read_cv import read_cv
from include.matching.store import store_matches
from include.matching.wishes import Wishes

ENGINE = "rolecall-2.0"
"""Stored with each match. A new version re-scores: raise it whenever a score can change (rules, weights, vocabulary)."""

__all__ = [
    "ENGINE",
    "Job",
    "Matcher",
    "Scored",
    "Wishes",
    "check_letter",
    "check_reasons",
    "cv_text",
    "read_cv",
    "store_matches",
    "write_letter",
]
