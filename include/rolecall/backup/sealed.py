"""A stream sealed with AES-256-GCM in chunks: memory stays flat, and no chunk can be changed, moved, dropped or added unseen.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015):
each chunk's nonce is *prefix (7 bytes) | number of the chunk (4) | whether it is the last (1)*. A file's key and prefix are derived
(HKDF-SHA256) from ``BACKUP_KEY`` and the file's own random salt, so that no nonce is ever used twice under one key.

    header = magic (8) | id of the key (8) | salt (16)              authenticated with every chunk
    chunk  = up to 1 MiB, then 16 bytes of tag                      the last one may be shorter, and says that it is the last
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rolecall.backup.backup_errors import DamagedBackup, WrongKey
from rolecall.errors import InvalidInput

MAGIC = b"RCBAK\x00\x01\n"
SALT = 16
PREFIX = 7
HEADER = len(MAGIC) + 8 + SALT
CHUNK = 1 << 20
TAG = 16

LEAST_KEY = 32
"""Characters: what ``openssl rand -hex 32`` makes 64, a URL-safe key of 32 bytes has 43."""


def checked_key(key: str) -> bytes:
    """The key's bytes.

    :raises InvalidInput: it is missing or too short to be random
    """
    if len(key.strip()) < LEAST_KEY:
        problem = "is not set" if not key.strip() else f"is shorter than {LEAST_KEY} characters"
        fix = "make one with `openssl rand -hex 32`, set it, and keep a copy where the backups are not"
        raise InvalidInput("BACKUP_KEY", problem, fix=fix)
    return key.strip().encode()


def derive_key(key: bytes, purpose: bytes, length: int, salt: bytes = b"") -> bytes:
    """A key for one purpose."""
    return HKDF(SHA256(), length, salt or None, b"rolecall backup " + purpose).derive(key)


def key_id(key: bytes) -> bytes:
    """Eight bytes that name a key and tell nothing about it."""
    return derive_key(key, b"id", 8)


class _Cipher:
    def __init__(self, key: bytes, header: bytes) -> None:
        made = derive_key(key, b"file", 32 + PREFIX, header[-SALT:])
        self._aead, self._prefix, self._header, self._number = AESGCM(made[:32]), made[32:], header, 0

    def _nonce(self, last: bool) -> bytes:
        nonce = self._prefix + self._number.to_bytes(4, "big") + bytes([last])
        self._number += 1
        return nonce

    def seal(self, chunk: bytes, last: bool) -> bytes:
        return self._aead.encrypt(self._nonce(last), chunk, self._header)

    def open(self, block: bytes, last: bool) -> bytes:
        number = self._number
        try:
            return self._aead.decrypt(self._nonce(last), block, self._header)
        except InvalidTag as error:
            where = f"the archive is damaged at or after byte {HEADER + number * (CHUNK + TAG)}: changed or cut off"
            raise DamagedBackup(where, fix="fetch it again, or take another backup") from error


class Sealer(io.RawIOBase):
    """Writes what it is given, sealed. A file that was not finished has no last chunk and never opens.

    :param file: where the sealed bytes go
    """

    def __init__(self, file: BinaryIO, key: str) -> None:
        super().__init__()
        raw = checked_key(key)
        header = MAGIC + key_id(raw) + os.urandom(SALT)
        self._file, self._cipher, self._waiting, self._open = file, _Cipher(raw, header), bytearray(), True
        file.write(header)

    def writable(self) -> bool:
        """``True``, as ``io.RawIOBase`` wants it said."""
        return True

    def write(self, data: object) -> int:
        """Seals every full chunk of which it is known that it is not the last."""
        given = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._waiting += given
        while self._open and len(self._waiting) > CHUNK:
            self._file.write(self._cipher.seal(bytes(self._waiting[:CHUNK]), last=False))
            del self._waiting[:CHUNK]
        return len(given)

    def finish(self) -> None:
        """Writes the last chunk."""
        self._file.write(self._cipher.seal(bytes(self._waiting), last=True))
        self.abandon()

    def abandon(self) -> None:
        """Takes nothing more; what was not finished never opens."""
        self._open = False


class Opener(io.RawIOBase):
    """Reads what a :class:`Sealer` wrote; gives out nothing that was not authenticated.

    :raises WrongKey: it was sealed with another key
    :raises Damaged: it is no backup, was changed or cut off
    """

    def __init__(self, file: BinaryIO, key: str) -> None:
        super().__init__()
        raw = checked_key(key)
        header = _exactly(file, HEADER)
        if len(header) < HEADER or not header.startswith(MAGIC):
            raise DamagedBackup(
                "this is no backup of Rolecall, or its beginning is lost", fix="give the path of a file that ends with .backup"
            )
        if header[len(MAGIC) : len(MAGIC) + 8] != key_id(raw):
            raise WrongKey("the archive was sealed with another key", fix="set BACKUP_KEY to the key of the installation that made it")
        self._file, self._cipher = file, _Cipher(raw, header)
        self._next: bytes | None = _exactly(file, CHUNK + TAG)
        self._ready, self._at = b"", 0

    def readable(self) -> bool:
        """``True``, as ``io.RawIOBase`` wants it said."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fills the buffer; 0 at the authenticated end."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._at == len(self._ready) and not self._advance():
            return 0
        taken = min(len(view), len(self._ready) - self._at)
        view[:taken] = self._ready[self._at : self._at + taken]
        self._at += taken
        return taken

    def _advance(self) -> bool:
        while self._next is not None:
            block, following = self._next, _exactly(self._file, CHUNK + TAG)
            self._next = following or None
            self._ready, self._at = self._cipher.open(block, last=not following), 0
            if self._ready:
                return True
        return False


def _exactly(file: BinaryIO, length: int) -> bytes:
    """So many bytes, fewer only at the end of the file."""
    parts: list[bytes] = []
    while length > 0 and (part := file.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
