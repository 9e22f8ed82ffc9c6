"""Ads of invented jobs on several boards, with the truth about which are one job: ``build("held", seed=7)``.

The truth comes from here and from nothing else: a job is made first, then the ads about it, each by what boards do to ads. A share of the
jobs has a **sibling**: another job of the same employer that differs in one fact. That fact is stated in every ad of both (a fact that no
ad states cannot be asked of anybody); everything else may be reworded, cut, respelled or missing. Nothing of Rolecall's catalog is used.
"""

from bench.adset.jobs import KINDS, Fact, Opening, openings
from bench.adset.postings import AdSet, build
from bench.adset.words import Split

__all__ = ["KINDS", "AdSet", "Fact", "Opening", "Split", "build", "openings"]
