"""The project's own tables that are written as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it is there: in Python alone the table of skills takes a quarter of a second."""


def read_table(file: Path) -> Any:
    """What a file of ours holds."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  # both of them are safe
