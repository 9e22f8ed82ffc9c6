"""Matching: CVs read, jobs scored with reasons, letters that say only what the CV says.

Text of ads and CVs is searched for known words and never followed: an instruction hidden in one is just more words.
"""

from rolecall.matching.ads.job import Job
from rolecall.matching.ads.prompt_injection import strip_prompt_injection
from rolecall.matching.cv.person import cv_text
from rolecall.matching.cv.reader import read_cv
from rolecall.matching.letters.cover_letter import check_letter, write_letter
from rolecall.matching.score.check import check as check_reasons
from rolecall.matching.score.job_wishes import Wishes
from rolecall.matching.score.matcher import Matcher, Scored
from rolecall.matching.score.store_matches import let_go, store_matches

ENGINE = "rolecall-3.6"
"""Stored with each match. A new version re-scores: raise it whenever a score can change (rules, weights, vocabulary)."""

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
