"""What is inside a backup: a tar stream of parts, and the manifest that says what each part must be.

Long members are written while they are made, in parts of 8 MiB (``rolecall.dump/000000``, ``…/000001``): nobody has to know their length
before, and nothing lies on a disk in the clear. The manifest comes last.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, Self

from rolecall.backup.backup_errors import DamagedBackup
from rolecall.backup.sealed import Opener, Sealer

PART = 8 << 20
BLOCK = 1 << 20
MANIFEST = "manifest.json"
FORMAT = 1

Manifest = dict[str, Any]
Take = Callable[[str, bytes], None]
"""Gets each part of each member, in order, with the member's name; what it gets is authenticated."""


class Packer:
    """Writes members into an archive; a context manager. The archive opens only if it was closed inside the block.

    :param file: where the sealed bytes go
    :param made_at: into every member's header
    """

    def __init__(self, file: BinaryIO, key: str, made_at: datetime) -> None:
        self._sealer = Sealer(file, key)
        self._tar = tarfile.open(fileobj=self._sealer, mode="w|", bufsize=BLOCK, format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._mtime = int(made_at.timestamp())
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, blocks: Iterable[bytes]) -> None:
        """One member, as it comes."""
        made, length, number = hashlib.sha256(), 0, 0
        for block in _parts(blocks):
            self._write(f"{name}/{number:06d}", block)
            made.update(block)
            length, number = length + len(block), number + 1
        self.files[name] = {"bytes": length, "parts": number, "sha256": made.hexdigest()}

    def add_json(self, name: str, value: object) -> None:
        """One JSON document."""
        self.add(name, [json.dumps(value, indent=1, sort_keys=True, default=str, ensure_ascii=False).encode()])

    def close(self, manifest: Manifest) -> Manifest:
        """Writes the manifest and ends the archive; returns the manifest with the files in it."""
        whole = {"format": FORMAT, **manifest, "files": self.files}
        self._write(MANIFEST, json.dumps(whole, sort_keys=True).encode())
        self._tar.close()
        self._sealer.finish()
        return whole

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._sealer.abandon()

    def _write(self, name: str, content: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = len(content), self._mtime, 0o600
        self._tar.addfile(entry, io.BytesIO(content))


def _parts(blocks: Iterable[bytes]) -> Iterable[bytes]:
    waiting = bytearray()
    for block in blocks:
        waiting += block
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    yield bytes(waiting)


def read(file: BinaryIO, key: str, take: Take = lambda name, part: None) -> Manifest:
    """Reads the whole archive once and checks it: every byte is authentic, every member is what the manifest says, none is missing.

    :param take: gets what is inside
    :raises WrongKey, Damaged: see :class:`~rolecall.backup.sealed.Opener`
    """
    opener = Opener(file, key)
    buffered = io.BufferedReader(opener, PART)
    found: dict[str, dict[str, Any]] = {}
    sums: dict[str, Any] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(fileobj=buffered, mode="r|") as tar:
            for entry in tar:
                member = tar.extractfile(entry)
                content = member.read() if member else b""
                if entry.name == MANIFEST:
                    manifest = json.loads(content)
                    continue
                name, _, number = entry.name.rpartition("/")
                about = found.setdefault(name, {"bytes": 0, "parts": 0})
                if manifest is not None or int(number) != about["parts"]:
                    raise DamagedBackup(f"{name} is not in order", fix="take another backup")
                sums.setdefault(name, hashlib.sha256()).update(content)
                about["bytes"], about["parts"] = about["bytes"] + len(content), about["parts"] + 1
                take(name, content)
        while buffered.read(PART):  # the end is authentic too
            pass
    except (tarfile.TarError, ValueError, KeyError) as error:
        raise DamagedBackup(f"the archive cannot be read ({type(error).__name__})", fix="take another backup") from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise DamagedBackup("the archive has no manifest of this format", fix="restore it with the version of Rolecall that made it")
    whole = {name: {**about, "sha256": sums[name].hexdigest()} for name, about in found.items()}
    if whole != manifest["files"]:
        wrong = sorted(name for name in {*whole, *manifest["files"]} if whole.get(name) != manifest["files"].get(name))
        raise DamagedBackup(f"not as the manifest says: {', '.join(wrong)}", fix="take another backup")
    return manifest
