"""The embedded stack's command line: what ``./rolecall`` runs.

./rolecall start                  a search of one's own, from a CV to the first matches: --cv FILE --name N …, or it asks
./rolecall setup                  makes the virtual environment and installs what running needs
./rolecall up                     starts everything in the background
./rolecall down                   stops what was started, and only that
./rolecall status [--all]         what runs, and why something does not
./rolecall logs [PROCESS…]        follows the logs
./rolecall demo                   the whole way once, on the sandbox
./rolecall restore FROM           rebuilds an empty stack from a backup
./rolecall sandbox mails          what the sandbox's mailboxes received: --last N, --read ID shows one
./rolecall completion bash|zsh    completes commands: eval "$(./rolecall completion bash)"
./rolecall doctor                 what this machine has of what is needed, and what to do about the rest
./rolecall help [COMMAND]         this list, or what one command takes
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from local.base import report
from local.base.files import Taken, lock, read_json
from local.base.paths import Home
from local.help import everything, refusal, text
from rolecall.commands import python_arguments, replaced_by
from rolecall.entry import run_command
from rolecall.errors import InvalidInput, RolecallError

if TYPE_CHECKING:
    from local.processes.environment import StackEnvironment

DOWN = 2
"""Exit status where the stack would have to run, or a command cannot be understood."""

BASH = """\
_rolecall() {
    local word=${COMP_WORDS[COMP_CWORD]}
    case $COMP_CWORD:${COMP_WORDS[1]} in
        1:*) COMPREPLY=($(compgen -W "%s" -- "$word")) ;;
%s
        *) COMPREPLY=() ;;
    esac
}
complete -o default -F _rolecall rolecall ./rolecall
"""

ZSH = "autoload -U +X bashcompinit && bashcompinit\n"


def main(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit status; a command that needs the stack's environment replaces this process."""
    home = Home.of()
    name, given = (arguments[0], list(arguments[1:])) if arguments else ("help", [])
    if why := refusal([name, *given], {}):
        report.say(why, file=sys.stderr)
        return DOWN
    # What a command needs is imported where it is known to be meant: a mistyped one is refused at once.
    if name in ("up", "down", "status"):
        from local import stack

        return stack.main([name, *given])
    if name == "start":
        from local.search import start

        return start.main(given)
    if name == "demo":
        from local.demo import run as demo

        return demo.main()
    if name == "restore":
        from local import restore

        return restore.main(given)
    if name == "logs":
        return logs(home, given)
    if name == "help":
        report.say(text())
        return 0
    try:
        if name == "completion":
            report.say(completion(given))
            return 0
        if name == "sandbox":
            from local import mails

            stack_environment(home)  # it runs
            return mails.main({key: str(value) for key, value in read_json(home.stack_json).items()}, given)
        arguments_of_python, environment = python_arguments(name, given), stack_environment(home).commands
    except (RolecallError, RuntimeError) as error:
        report.say(str(error), file=sys.stderr)
        return DOWN
    from local.processes.environment import PYTHON

    return replaced_by([PYTHON, *arguments_of_python], environment)


def stack_environment(home: Home) -> StackEnvironment:
    """The running stack's.

    :raises RolecallError: it is down
    """
    asked = read_json(home.run / "wanted.json").get("wanted")
    if not asked or not home.stack_json.exists() or not supervised(home):
        raise RolecallError("the stack is down", fix="make up")
    from local.base.credentials import credentials
    from local.base.ports import Ports
    from local.processes.environment import StackEnvironment, StackOptions

    return StackEnvironment(
        home, StackOptions.from_json(asked), credentials(home.folder / "secrets.json"), Ports(home.folder / "ports.json")
    )


def supervised(home: Home) -> bool:
    """Whether a supervisor is at work: it holds a lock."""
    try:
        with lock(home.run / "supervisor.lock"):
            return False
    except Taken:
        return True


def logs(home: Home, processes: list[str]) -> int:
    """Follows the logs of all processes, or of those named."""
    files = sorted(home.logs.glob("*.log"))
    chosen = [file for file in files if not processes or file.stem in processes]
    if not chosen:
        there = ", ".join(file.stem for file in files)
        report.say(f"no such log: there are {there}" if there else "nothing has run yet → make up", file=sys.stderr)
        return DOWN
    return replaced_by(["tail", "-n", "20", "-F", *map(str, chosen)], os.environ)


def completion(given: list[str]) -> str:
    """A script for a shell.

    :raises InvalidInput: another shell
    """
    if given not in (["bash"], ["zsh"]):
        raise InvalidInput("completion", "is written for bash and zsh", fix='eval "$(./rolecall completion bash)"')
    lines = everything()
    below: dict[str, set[str]] = {"completion": {"bash", "zsh"}}
    for usage in lines:
        below.setdefault(usage.name, set()).update({usage.word} - {""})
    cases = [
        f'        2:{name}) COMPREPLY=($(compgen -W "{" ".join(sorted(words))}" -- "$word")) ;;' for name, words in below.items() if words
    ]
    return (ZSH if given == ["zsh"] else "") + BASH % (" ".join(sorted(below)), "\n".join(cases))


if __name__ == "__main__":
    sys.exit(run_command(lambda: main(sys.argv[1:])))
