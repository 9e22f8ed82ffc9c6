"""Work on what strangers send, done in a process of its own with limits of CPU time, memory and wall time.

A file that never ends, fills the memory or crashes a library costs one refused file and nothing else: the process that asked goes on
answering meanwhile. ``rolecall.matching.cv.files.child_process`` is that process; :func:`run_in_child` starts it.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from rolecall.errors import InvalidInput
from rolecall.matching.cv.files.limits import Damaged, Encrypted, Limits, NoText, TooCostly, TooMuch, WrongKind

ROOT = Path(__file__).parents[5]
REFUSALS = {kind.__name__: kind for kind in (Damaged, Encrypted, NoText, TooCostly, TooMuch, WrongKind)}
PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables the process gets: no password of ours is in its reach."""

RUN = "import os, sys\nfrom rolecall.matching.cv.files.child_process import main\nmain()\nsys.stdout.flush()\nos._exit(0)"
"""What the process does. Not ``-m``: that would make this module twice, and the second one would not know that it is inside already. It
ends without taking everything down in order, which costs a tenth of what reading does."""

SHORTER = "send a shorter CV, exported anew as PDF, DOCX or text"

_inside = False


def run_in_child(function: str, data: bytes, *given: str | int, limits: Limits) -> Any:
    """What ``module:function`` makes of the data, called as ``function(data, *given)``; inside such a process already, it is just called.

    :param function: gives something JSON-able
    :raises InvalidInput: as the function raised it; as :class:`~rolecall.matching.cv.files.limits.TooCostly`, a limit was met; as
        :class:`~rolecall.matching.cv.files.limits.Damaged`, the process broke
    """
    if _inside:
        return _called(function, data, given)
    command = [sys.executable, "-c", RUN, function, str(limits.cpu), str(limits.memory), *map(str, given)]
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    child = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env=env
    )
    try:
        said, _ = child.communicate(data, timeout=limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise TooCostly(f"the file was not read within {limits.seconds:g} s", fix=SHORTER) from error
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
    if child.returncode in (-getattr(signal, "SIGXCPU", 0), -signal.SIGKILL):
        raise TooCostly(f"reading the file took more than {limits.cpu} s of computing", fix=SHORTER)
    if child.returncode != 0:
        raise Damaged("the file breaks its reader (damaged, or made to)", fix="export the CV again, as PDF, DOCX or text")
    answer = json.loads(said)
    if "refused" in answer:
        raise _raised(**answer["refused"])
    return answer["read"]


def _raised(kind: str, field: str, problem: str, fix: str) -> InvalidInput:
    known = REFUSALS.get(kind)
    return known(problem, fix=fix) if known else InvalidInput(field, problem, fix=fix)


def _called(function: str, data: bytes, given: tuple[str | int, ...]) -> Any:
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)(data, *given)


def _bound(cpu: int, memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the parent alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))


def _answer(function: str, data: bytes, given: tuple[str, ...]) -> dict[str, Any]:
    try:
        return {"read": _called(function, data, given)}
    except InvalidInput as error:
        problem = error.message.removeprefix(f"{error.field}: ")
        return {"refused": {"kind": type(error).__name__, "field": error.field, "problem": problem, "fix": error.fix}}
    except MemoryError:
        pass
    except RecursionError:
        return {"refused": {"kind": "TooCostly", "field": "cv", "problem": "the file nests too deep", "fix": SHORTER}}
    return {"refused": {"kind": "TooCostly", "field": "cv", "problem": "the file needs too much memory to be read", "fix": SHORTER}}


def main() -> None:
    """Reads standard input, writes one JSON object: ``{"read": …}`` or ``{"refused": {kind, field, problem, fix}}``."""
    global _inside
    function, cpu, memory, *given = sys.argv[1:]
    _bound(int(cpu), int(memory))
    _inside = True
    sys.stdout.write(json.dumps(_answer(function, sys.stdin.buffer.read(), tuple(given))))
