"""A real IMAP server for tests: Debian's dovecot-imapd, on a port and folders of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import free_port, running

PASSWORD = "an-app-password"

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


TOKENS = """
tokeninfo_url = {url}/tokeninfo?access_token=
username_attribute = email
"""
"""Whom an access token is asked about: ``XOAUTH2`` lets in whom it names."""


class Dovecot:
    """A running server: a maildir for everybody who logs in."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def maildir(self, user: str) -> Path:
        """The user's maildir, made."""
        made = self.folder / "mail" / user
        for part in ("new", "cur", "tmp"):
            (made / part).mkdir(parents=True, exist_ok=True)
        for path in (self.folder / "mail", made, *made.iterdir()):
            shutil.chown(path, "nobody", "nogroup")
        return made

    def deliver(self, user: str, raws: list[bytes], *, first: int = 0) -> None:
        """Puts mails into the user's INBOX, in order."""
        new = self.maildir(user) / "new"
        for number, raw in enumerate(raws, first):
            file = new / f"{1_700_000_000 + number}.M{number}.test"
            file.write_bytes(raw)
            os.utime(file, (time.time(),) * 2)  # when it came, by the clock of the test
            shutil.chown(file, "nobody", "nogroup")

    def renumber(self, user: str) -> None:
        """Gives the folder another UIDVALIDITY, and its mails other UIDs."""
        for file in self.maildir(user).glob("dovecot*"):
            file.unlink()
        listed = self.maildir(user) / "dovecot-uidlist"
        listed.write_text("3 V424242 N1000 G0123456789abcdef0123456789abcdef\n")
        shutil.chown(listed, "nobody", "nogroup")

    def names(self, user: str) -> set[str]:
        """The files of the INBOX: their places and names hold its flags."""
        return {f"{path.parent.name}/{path.name}" for part in ("new", "cur") for path in (self.maildir(user) / part).iterdir()}


@contextmanager
def dovecot(tokens: str = "http://127.0.0.1:9") -> Iterator[Dovecot]:
    """The server, for the length of the block; the test is skipped where Dovecot is not installed.

    :param tokens: who knows access tokens
    """
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    if not Path(program).exists():
        pytest.skip("Dovecot is not here → install Debian's package dovecot-imapd")
    if os.geteuid():
        pytest.skip(f"Dovecot's processes change their user, which {getpass.getuser()} may not → run as root")
    with tempfile.TemporaryDirectory(prefix="rolecall-imap-", ignore_cleanup_errors=True) as made:
        folder, port = Path(made), free_port()
        folder.chmod(0o755)
        (folder / "run").mkdir()
        (folder / "home").mkdir(mode=0o777)
        (folder / "oauth2.conf").write_text(TOKENS.format(url=tokens))
        configuration = folder / "dovecot.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, port=port, password=PASSWORD, owner="nobody", group="nogroup"))
        with running([program, "-F", "-c", str(configuration)], folder / "output", signal.SIGTERM) as process:
            deadline = time.monotonic() + 30
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                        if probe.recv(100).startswith(b"* OK"):
                            break
                except OSError:
                    pass
                if process.poll() is not None or time.monotonic() > deadline:
                    log = folder / "log"
                    pytest.fail(f"Dovecot did not start:\n{(folder / 'output').read_text()}{log.read_text() if log.exists() else ''}")
                time.sleep(0.05)
            yield Dovecot(folder, port)
