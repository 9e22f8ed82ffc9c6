"""Every way a backup or a restore can fail."""

from __future__ import annotations

from rolecall.errors import RolecallError


class BackupError(RolecallError):
    """Base of the errors of backups and restores."""


class WrongKey(BackupError):
    """The archive was sealed with another key."""


class DamagedBackup(BackupError):
    """The archive is not what was written: cut off, flipped, reordered, or no backup at all."""


class DumpFailed(BackupError):
    """``pg_dump`` or ``pg_restore`` failed or was killed."""


class TargetFailed(BackupError):
    """The folder or object store did not take or give what was asked."""


class NotEmpty(BackupError):
    """The stack to restore into holds data already."""


class NotTheSame(BackupError):
    """What was restored differs from what was backed up."""


class HalfInPlace(BackupError):
    """One restored database is in place, the other one is not or cannot be asked: names each, and how to go on."""
