"""Commands are found in the pages; the few that the stack's tests do not run are known to make all the same."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import fnmatchcase

import pytest

from local.base.paths import ROOT
from local.processes.environment import CONFIGURATION
from tests.docs.commands import ALL, ELSEWHERE, EXCEPTED, WITH_AN_ENGINE, Command, begins, in_page


def shell(text: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "ROLECALL_HOME": "/nonexistent", **more}
    return subprocess.run(["bash", "-c", text], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "command", [each for each in ALL if begins(each.text, EXCEPTED | ELSEWHERE) and "make " in each.text], ids=lambda each: each.text[:60]
)
def test_a_command_that_is_not_run_is_one_that_make_knows(command: Command) -> None:
    done = shell(command.text.replace("make ", "make -n "))
    assert done.returncode == 0, done.stderr
    if only := re.search(r"bench ONLY=(\S+)", command.text):
        assert (ROOT / "bench" / f"{only[1]}.py").is_file()


def test_the_real_world_is_plugged_in_by_variables_that_make_up_reads() -> None:
    [block] = [each.text for each in ALL if each.text.startswith("export API_BASE_URL")]
    shown = shell(block.replace("make up", "env"))
    assert shown.returncode == 0, shown.stderr
    names = re.findall(r"\b([A-Z_]{4,})=", block)
    assert [name for name in names if f"\n{name}=" not in f"\n{shown.stdout}"] == []
    assert [name for name in names if name != "ROLECALL_SANDBOX" and not any(fnmatchcase(name, form) for form in CONFIGURATION)] == []


def test_at_most_five_are_excepted_and_each_is_written_somewhere() -> None:
    assert len(EXCEPTED) <= 5
    assert [start for start in (*EXCEPTED, *ELSEWHERE) if not any(each.text.startswith(start) for each in ALL)] == []


@pytest.mark.parametrize(("start", "file"), ELSEWHERE.items())
def test_what_is_typed_elsewhere_is_typed_there(start: str, file: str) -> None:
    words = re.sub(r"\W+", " ", (ROOT / file).read_text(encoding="utf-8"))
    assert f" {start} " in words


def test_no_command_hides_from_being_run_by_being_written_in_bold() -> None:
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))]
    bold = {found for page in pages for found in re.findall(r"\*\*((?:make|\./rolecall|curl) [^*]+)\*\*", page)}
    assert [one for one in bold if not one.startswith(WITH_AN_ENGINE)] == []


def test_commands_are_found_in_blocks_and_in_sentences() -> None:
    page = """Type `make up`, later `./rolecall boards
report`; `makefile` and `pip install x` are none.

```sh
make demo    # shows it
./rolecall status
```

```sh
url=$(cat address)
curl "$url"
```

```
make nothing
```
"""
    assert in_page(page) == ["make demo", "./rolecall status", 'url=$(cat address)\ncurl "$url"\n', "make up", "./rolecall boards report"]
