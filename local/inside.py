"""``python -m local.inside MODULE …``: runs a module with the environment that tasks of the running stack have.

For commands that look at the stack's data: ``python -m local.inside include.monitoring.audit verify``.
"""

from __future__ import annotations

import subprocess
import sys

from local.credentials import credentials
from local.environment import PYTHON, Surroundings, Wanted
from local.files import read_json
from local.paths import Home
from local.ports import Ports


def main(arguments: list[str]) -> int:
    """Runs it; returns its exit status, 2 where the stack does not run."""
    home = Home.of()
    wanted = read_json(home.run / "wanted.json").get("wanted")
    if not arguments or not home.stack_json.exists() or not wanted:
        print("the stack does not run → make up" if arguments else __doc__)
        return 2
    around = Surroundings(home, Wanted.from_json(wanted), credentials(home.folder / "secrets.json"), Ports(home.folder / "ports.json"))
    return subprocess.run([PYTHON, "-m", *arguments], env=around.airflow, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
