"""Answers of other parties, read up to a bound: what is said beyond it never reaches our memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of one answer, unpacked; the largest we ask for is a page of a list."""

DESCRIBING_BYTES = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def send(client: httpx.Client, method: str, url: str, *, most: int = MAX_ANSWER, **kwargs: object) -> httpx.Response:
    """As ``client.request``, with a body cut after ``most`` bytes: JSON that was cut is no JSON any more.

    :raises httpx.HTTPError: as there, also while the answer is read
    """
    with client.stream(method, url, **kwargs) as response:  # type: ignore[arg-type]
        return _whole(response, _cut(response.iter_bytes(), most))


async def get(client: httpx.AsyncClient, url: str, *, most: int = MAX_ANSWER) -> httpx.Response:
    """The same for an asynchronous GET; with ``most=0`` only the status is of interest."""
    async with client.stream("GET", url) as response:
        return _whole(response, await _cut_async(response.aiter_bytes(), most))


def _whole(response: httpx.Response, content: bytes) -> httpx.Response:
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in DESCRIBING_BYTES]
    return httpx.Response(response.status_code, headers=headers, content=content, request=response.request, extensions=response.extensions)


def _cut(pieces: Iterator[bytes], most: int) -> bytes:
    read, size = [], 0
    while size < most and (piece := next(pieces, None)) is not None:
        read.append(piece)
        size += len(piece)
    return b"".join(read)[:most]


async def _cut_async(pieces: AsyncIterator[bytes], most: int) -> bytes:
    read, size = [], 0
    while size < most and (piece := await anext(pieces, None)) is not None:
        read.append(piece)
        size += len(piece)
    return b"".join(read)[:most]
