"""``make rotate-keys``: new keys for what is sealed and signed.

A new key is put before the old one and the stack is started again with both; what is sealed is sealed anew; then the old key is dropped.
Whatever stops this in between leaves a stack that runs with both, and the next call goes on from there.
"""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys

from local import stack
from local.base import report
from local.base.credentials import credentials
from local.base.files import read_json, write_json
from local.base.paths import Home
from local.base.ports import Ports
from local.processes.environment import PYTHON, StackEnvironment, StackOptions
from rolecall.commands import python_arguments
from rolecall.errors import RolecallError


def rotate(home: Home) -> int:
    """Returns the exit status.

    :raises RuntimeError: the stack is down, or does not come up again
    """
    asked = read_json(home.run / "wanted.json").get("wanted")
    if not asked or not home.stack_json.exists():
        raise stack.Failed("the stack is down → make up")
    wanted, file = StackOptions.from_json(asked), home.folder / "secrets.json"
    kept = credentials(file)
    newest = base64.urlsafe_b64encode(os.urandom(32)).decode()
    report.say("a new key is put before the old one, sessions and signatures get new ones, and the stack is started again")
    keys = {
        "fernet_key": f"{newest},{kept.fernet_key}",
        "jwt_secret": secrets.token_urlsafe(64),
        "api_secret_key": secrets.token_urlsafe(32),
    }
    write_json(file, {**read_json(file), **keys})
    stack.down(home)
    sandbox = {"ROLECALL_SANDBOX": "on" if wanted.sandbox else "off", "PAGES": wanted.pages}
    stack.up(home, {**os.environ, **wanted.configuration, **sandbox})
    around = StackEnvironment(home, wanted, credentials(file), Ports(home.folder / "ports.json"))
    command = [PYTHON, *python_arguments("keys", ["rotate"])]
    if subprocess.run(command, env=around.commands, check=False, timeout=600).returncode:
        report.say("not everything could be sealed anew: both keys stay → make rotate-keys again", file=sys.stderr)
        return 1
    write_json(file, {**read_json(file), "fernet_key": newest})
    report.say("the old key is dropped: what runs forgets it at the next make up")
    return 0


def main() -> int:
    """Entry point of the Makefile."""
    report.hear_ctrl_c()
    try:
        return rotate(Home.of())
    except (RolecallError, RuntimeError, PermissionError) as error:
        report.say(stack.reason(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        report.say("\ninterrupted: both keys are known → make rotate-keys again", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
