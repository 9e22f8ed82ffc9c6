"""Where backups are kept: a folder, or an object store behind the same path interface (``s3://``, ``gs://``).

A backup is two objects: the archive and, written last, a note of its size and SHA-256. Without its note an archive is no backup, so that a
half-written upload is never taken for one, on any store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from rolecall.backup.backup_errors import BackupError, DamagedBackup, TargetFailed
from rolecall.backup.retention import backups_to_keep

ENDING = ".backup"
NOTE = ".backup.json"
STAMP = "%Y%m%dT%H%M%SZ"

ABANDONED = timedelta(days=1)
"""Age from which an archive without a note is the leftover of a run that died."""


@dataclass(frozen=True)
class Note:
    """One backup, as its note tells. Holds nothing secret.

    :param bytes: of the archive as stored
    :param sha256: of the same
    """

    name: str
    made_at: datetime
    bytes: int
    sha256: str


class Counting:
    """A file that knows how much was written to it, and its SHA-256."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sum, self.bytes = file, hashlib.sha256(), 0

    def write(self, block: bytes) -> int:
        """Writes a block and counts its bytes."""
        self.sum.update(block)
        self.bytes += len(block)
        return self._file.write(block)


class Target:
    """One place for backups.

    :param root: a path with ``pathlib``'s interface: ``Path``, ``UPath``, Airflow's ``ObjectStoragePath``
    """

    def __init__(self, root: Any) -> None:
        self.root = root

    @staticmethod
    def name(made_at: datetime) -> str:
        """The archive's name; sorts by time."""
        return f"rolecall-{made_at.astimezone(UTC).strftime(STAMP)}{ENDING}"

    def names(self) -> set[str]:
        """Names of all files there, those of unfinished backups included."""
        with storage_errors("list the backups"):
            return {path.name for path in self._files()}

    @contextmanager
    def writing(self, name: str) -> Iterator[Counting]:
        """The archive to be written. Removed again when the block is left by an error.

        :raises TargetFailed: the store does not take it
        """
        try:
            with storage_errors(f"write {name}"):
                self.root.mkdir(parents=True, exist_ok=True)
                with (self.root / name).open("wb") as file:
                    yield Counting(file)
        except BaseException:
            with suppress(Exception):
                (self.root / name).unlink(missing_ok=True)
            raise

    def commit(self, note: Note) -> None:
        """Writes the note: from now on it is a backup."""
        text = json.dumps({**asdict(note), "made_at": note.made_at.isoformat()}, indent=1, sort_keys=True)
        with storage_errors(f"write the note of {note.name}"):
            (self.root / (note.name + ".json")).write_text(text + "\n", encoding="utf-8")

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """The archive, to be read."""
        with storage_errors(f"read {name}"), (self.root / name).open("rb") as file:
            yield file

    def backups(self) -> list[Note]:
        """Every complete backup, newest first."""
        with storage_errors("list the backups"):
            found = [self._note(path) for path in self._files() if path.name.endswith(NOTE)]
            return sorted((note for note in found if note), key=lambda note: note.made_at, reverse=True)

    def prune(self, now: datetime) -> list[str]:
        """Removes what retention does not keep, and leftovers of runs that died. Returns the archives that are gone."""
        notes = self.backups()
        keep = backups_to_keep(note.made_at for note in notes)
        gone = [note.name for note in notes if note.made_at not in keep]
        with storage_errors("remove old backups"):
            whole = {note.name for note in notes}
            gone += [
                path.name
                for path in self._files()
                if path.name.endswith(ENDING) and path.name not in whole and is_abandoned(path.name, now)
            ]
            for name in gone:
                (self.root / (name + ".json")).unlink(missing_ok=True)  # first: without its note it is no backup any more
                (self.root / name).unlink(missing_ok=True)
        return gone

    def _files(self) -> list[Any]:
        return list(self.root.iterdir()) if self.root.exists() else []

    def _note(self, path: Any) -> Note | None:
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            note = Note(said["name"], datetime.fromisoformat(said["made_at"]), int(said["bytes"]), said["sha256"])
            whole = (self.root / note.name).stat().st_size == note.bytes
        except (ValueError, KeyError, TypeError, FileNotFoundError):
            return None
        return note if whole else None


def is_abandoned(name: str, now: datetime) -> bool:
    """Whether an archive's name says that it was begun more than a day ago."""
    with suppress(ValueError):
        return datetime.strptime(name, f"rolecall-{STAMP}{ENDING}").replace(tzinfo=UTC) < now - ABANDONED
    return False


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turns what a folder or store says into :class:`TargetFailed`, without addresses: they may hold credentials."""
    try:
        yield
    except BackupError:
        raise
    except FileNotFoundError as error:
        raise TargetFailed(f"cannot {what}: it is not there", fix="see `./rolecall backup list`") from error
    except OSError as error:
        fix = (
            "free space there, or set BACKUP_URL to another place" if error.errno == 28 else "see that BACKUP_URL exists and lets us write"
        )
        raise TargetFailed(f"cannot {what}: {error.strerror or type(error).__name__}", fix=fix) from error
    except Exception as error:
        if not type(error).__module__.startswith(("botocore", "aiobotocore", "s3fs", "gcsfs", "google", "aiohttp")):
            raise
        fix = "see that the object store answers and that its credentials are right, then run it again"
        raise TargetFailed(f"cannot {what}: the store answered {type(error).__name__}", fix=fix) from error


def matches(note: Note, size: int, sha256: str) -> None:
    """Checks what was read against the note.

    :raises Damaged: it is not what was written
    """
    if (size, sha256) != (note.bytes, note.sha256):
        raise DamagedBackup(f"{note.name} is not what was written ({size} of {note.bytes} bytes)", fix="take another backup")
