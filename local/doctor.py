"""``make doctor``: what this machine has of what Rolecall needs, and what to do about the rest. Any Python 3 does it, nothing is installed.

Ends with 0 where the demo can run; what only a part of Rolecall needs is a note.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.base.paths import ROOT, Home
from local.base.ports import NAMES, SHOWN, is_free, preferred

PYTHONS = ("python3", "python3.13", "python3.12", "python3.11", "python")
FITS = ("3.11.", "3.12.", "3.13.")
TRIED = "import ensurepip, platform, venv; print(platform.python_version())"
"""What a Python must be able to do: it is asked, not looked at."""

INSTALLED = 1.5
DATA = 0.5
"""GB that an installation takes (measured: 1.4), and a demo's data with room to grow."""

MEMORY = 2.5
"""GB: the stack takes 1.6 at rest, tasks the rest."""

INDEX = "https://pypi.org/simple"
SECONDS = 10
"""How long another machine may take to answer."""


@dataclass(frozen=True)
class Finding:
    """One line.

    :param grade: ``ok``, ``note`` (only a part of Rolecall needs it) or ``missing`` (the demo cannot run)
    :param remedy: what to do; ``""`` where there is nothing to do
    """

    grade: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"  {self.grade:8} {self.what}{' → ' if self.remedy else ''}{self.remedy}"


def examine(environment: Mapping[str, str], *, root: Path = ROOT) -> Iterator[Finding]:
    """All findings, in the order in which they would stop somebody."""
    venv = root / (environment.get("VENV") or ".venv")
    home = Home.of(environment)
    installed = _installed(root, venv)
    yield from _tools(environment)
    yield _python(environment, venv)
    yield _room(root, needed=DATA if installed else INSTALLED + DATA)
    yield _memory()
    yield _writable(home.folder)
    if installed:
        yield Finding("ok", "everything is installed")
    else:
        yield _index(environment, venv)
    yield from _ports(home)
    yield from _optional(environment)


def _installed(root: Path, venv: Path) -> bool:
    """Whether the installer came to its end, with one of the two lock files that are here now."""
    try:
        done = (venv / ".installed.lock").read_bytes()
    except OSError:
        return False
    return any(done == (root / name).read_bytes() for name in ("requirements.lock", "requirements-dev.lock"))


def _tools(environment: Mapping[str, str]) -> Iterator[Finding]:
    path = environment.get("PATH")
    for name in ("make", "gcc", "git"):
        if not shutil.which(name, path=path):
            yield Finding("missing", f"no {name} on PATH", f"install it (Debian: apt install {name})")


def _python(environment: Mapping[str, str], venv: Path) -> Finding:
    """The Python that the installer would take: the environment's own, the one that ``PYTHON`` names, or the first that fits."""
    seen = []
    named = environment.get("PYTHON")
    for name in (str(venv / "bin" / "python"), *([named] if named else PYTHONS)):
        found = shutil.which(name, path=environment.get("PATH"))
        if not found:
            continue
        try:
            said = subprocess.run([found, "-c", TRIED], capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        version = said.stdout.strip()
        if version.startswith(FITS):
            return Finding("ok", f"Python {version} ({found})")
        seen.append(f"{name} is Python {version}" if version else f"{name}: {(said.stderr.strip().splitlines() or ['says nothing'])[-1]}")
    what = "no Python 3.11, 3.12 or 3.13 that makes virtual environments"
    return Finding(
        "missing",
        f"{what}{' (' if seen else ''}{'; '.join(seen)}{')' if seen else ''}",
        "install one (Debian: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 …",
    )


def _room(root: Path, *, needed: float) -> Finding:
    free = shutil.disk_usage(root).free / 1e9
    what = f"{free:.1f} GB of disk are free, {needed:.1f} are needed"
    return Finding("ok", what) if free >= needed else Finding("missing", what, f"make room on the disk of {root}")


def _memory() -> Finding:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) * 1024 / 1e9
    except (OSError, StopIteration):
        return Finding("note", f"this system does not say how much memory is free; {MEMORY} GB are needed")
    what = f"{free:.1f} GB of memory are free, {MEMORY} are needed"
    return Finding("ok", what) if free >= MEMORY else Finding("note", what, "end other programs, or expect it to be slow")


def _writable(folder: Path) -> Finding:
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if os.access(there, os.W_OK | os.X_OK):
        return Finding("ok", f"{folder} can be written")
    return Finding("missing", f"{there} cannot be written", "use a folder of yours: ROLECALL_HOME=/path/to/folder make …")


def _index(environment: Mapping[str, str], venv: Path) -> Finding:
    """Whether the package index answers, by the address that pip is set to."""
    address = environment.get("PIP_INDEX_URL") or _of_pip(venv) or INDEX
    shown = address.rpartition("@")[2].removeprefix("https://")  # an address may hold a password
    try:
        urllib.request.urlopen(f"{address.rstrip('/')}/pip/", timeout=SECONDS).close()  # noqa: S310 - the index that pip would ask
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        return Finding("missing", f"the package index {shown} does not answer ({why})", "look at the connection, and at a proxy's settings")
    return Finding("ok", f"the package index {shown} answers")


def _of_pip(venv: Path) -> str:
    for python in (str(venv / "bin" / "python"), "python3"):
        try:
            command = [python, "-m", "pip", "config", "get", "global.index-url"]
            said = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if said.returncode == 0:
            return said.stdout.strip()
    return ""


def _ports(home: Home) -> Iterator[Finding]:
    if (home.folder / "stack.json").exists():
        yield Finding("ok", "a stack of this folder is up or was (make status says which)")
        return
    taken = {name: port for name, port in preferred(home.folder).items() if not is_free(port)}
    for name, port in taken.items():
        yield Finding("note", f"port {port} is taken: {SHOWN.get(name, name)} will be at another, which make up says")
    if len(taken) < len(NAMES):
        yield Finding("ok", f"{len(NAMES) - len(taken)} of {len(NAMES)} ports that it likes are free")


def _optional(environment: Mapping[str, str]) -> Iterator[Finding]:
    path = environment.get("PATH")
    yield _browser(path)
    if not (shutil.which("dovecot", path=path) or Path("/usr/sbin/dovecot").exists()):
        yield Finding("note", "no Dovecot: the tests on a real mailbox are skipped", "Debian: apt install dovecot-imapd")
    engines = [name for name in ("docker", "podman") if shutil.which(name, path=path)]
    yield Finding("ok" if engines else "note", f"{' and '.join(engines) or 'no docker or podman'}: only docker-compose.yaml needs one")
    yield _mail(environment)


def _browser(path: str | None) -> Finding:
    if found := next((where for name in ("chromium", "chromium-browser") if (where := shutil.which(name, path=path))), ""):
        return Finding("ok", f"Chromium ({found}): employers' forms can be filled in (make start BROWSER_FORMS=on)")
    what = "no Chromium: applications by an employer's form are handed over to you, and make test-browser is skipped"
    return Finding("note", what, "Debian: apt install chromium")


def _mail(environment: Mapping[str, str]) -> Finding:
    """Whether the mail server that is named answers. Nothing is sent, nobody logs in."""
    host = environment.get("SMTP_HOST", "")
    if not host:
        return Finding("note", "no SMTP_HOST: mails go to the sandbox's mailbox", "set SMTP_HOST and what belongs to it (.env.example)")
    said = environment.get("SMTP_PORT") or "587"
    remedy = "look at SMTP_HOST and SMTP_PORT; some networks block this port"
    try:
        port = int(said)
        kind = smtplib.SMTP_SSL if port == 465 else smtplib.SMTP
        with kind(host, port, timeout=SECONDS) as server:
            server.ehlo()
    except ValueError:
        return Finding("note", f"SMTP_PORT is {said!r}", "give a number, such as 587")
    except (OSError, smtplib.SMTPException) as error:
        return Finding("note", f"the mail server {host}:{said} does not answer ({error or type(error).__name__})", remedy)
    return Finding("ok", f"the mail server {host}:{said} answers")


def main() -> int:
    """Prints a line a finding; 0 where nothing is missing."""
    socket.setdefaulttimeout(SECONDS)
    missing = 0
    print("What Rolecall needs, and what this machine has:")
    for finding in examine(os.environ):
        print(finding, flush=True)
        missing += finding.grade == "missing"
    print(f"the demo cannot run yet: {missing} missing, each with its remedy above" if missing else "the demo can run → make demo")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
