"""How much of a file is read, and the errors of files that are not."""

from __future__ import annotations

from dataclasses import dataclass

from rolecall.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of reading one file.

    :param size: bytes of the file
    :param pages: pages of a PDF
    :param text: characters of text
    :param cpu: whole seconds of CPU time of the process that reads it
    :param seconds: wall time of that process, on a machine with other things to do
    :param memory: bytes of address space of that process
    """

    size: int = 5_000_000
    pages: int = 30
    text: int = 200_000
    cpu: int = 10
    seconds: float = 60.0
    memory: int = 1_500_000_000


class FileRefused(InvalidInput):
    """Base of the reasons why a file is not read. ``str(error)`` names the fix."""

    def __init__(self, problem: str, *, fix: str) -> None:
        super().__init__("cv", problem, fix=fix)


class NoText(FileRefused):
    """A scan, or a file with pictures only."""


class Encrypted(FileRefused):
    """The file asks for a password."""


class TooMuch(FileRefused):
    """Too many bytes, pages or characters, or it unpacks to far more than its size (a zip bomb)."""


class TooCostly(TooMuch):
    """Reading it ran into a limit of time, memory or nesting: the file is broken, or an attack."""


class Damaged(FileRefused):
    """The file cannot be opened as what it says it is."""


class WrongKind(FileRefused):
    """A kind of file that is not read."""
