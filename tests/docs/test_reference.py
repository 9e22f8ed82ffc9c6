"""docs/reference is what runs."""
# ruff: noqa: E402

from tests.airflow_home import use_own_airflow_home

use_own_airflow_home()

import runpy
from pathlib import Path

import pytest

from rolecall.settings import Settings
from rolecall.store import Connection

ROOT = Path(__file__).parents[2]


def test_every_page_of_the_reference_is_what_runs_today(db: Connection) -> None:
    made = runpy.run_path(str(ROOT / "docs" / "generate_reference.py"))["pages"](db)
    for name, text in made.items():
        assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == text, f"{name}: run `make docs`"
    assert {path.name for path in (ROOT / "docs" / "reference").iterdir()} == set(made)
    assert "## application\n" in made["database.md"]
    assert "/api/auto-apply" in made["rest.md"]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_says_what_it_is_for(name: str) -> None:
    lines = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8").splitlines()
    meaning = next(line for line in lines if line.startswith(f"| `{name.upper()}` |")).split("|")[3]
    assert len(meaning.split()) >= 3
