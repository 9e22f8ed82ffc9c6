"""The runbook has each kind of incident that the watching rooms open, and no other."""

from __future__ import annotations

import re

from local.base.paths import ROOT
from rolecall.monitoring.incidents import QUIET


def test_every_kind_of_incident_is_in_the_runbook() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z ]+)` \|", page, re.M)) == set(QUIET)
