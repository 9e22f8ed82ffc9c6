"""An answer without end is read as far as its bound, by whoever asks."""

from __future__ import annotations

import asyncio
import gzip
import itertools
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from include.clients import bounded
from include.clients.http import json_object, request
from include.clients.platform import PlatformClient
from include.errors import BadAnswer, ServiceError
from include.monitoring import performance, probes
from include.notifying.channels.common import answered
from include.settings import Settings

PIECE = b"x" * 65_536


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body without end; ``given`` counts the bytes that were taken of it."""

    def __init__(self, piece: bytes = PIECE) -> None:
        self.given, self._piece = 0, piece

    def __iter__(self) -> Iterator[bytes]:
        for _ in itertools.count():
            self.given += len(self._piece)
            yield self._piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def endless(status: int = 200, headers: dict[str, str] | None = None) -> tuple[Endless, httpx.MockTransport]:
    body = Endless()
    return body, httpx.MockTransport(lambda _: httpx.Response(status, stream=body, headers=headers))


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_without_end_is_read_as_far_as_the_bound(status: int) -> None:
    body, transport = endless(status)
    with httpx.Client(transport=transport, base_url="http://platform.example") as client:
        if status == 200:
            assert len(request(client, "GET", "/x", service="it").content) == bounded.MAX_ANSWER
        else:
            with pytest.raises(ServiceError) as caught:
                request(client, "GET", "/x", service="it")
            assert len(str(caught.value)) < 1_000
    assert body.given <= bounded.MAX_ANSWER + len(PIECE)


def test_a_list_without_end_is_a_bad_answer_not_a_full_memory() -> None:
    body, transport = endless()
    with PlatformClient("http://platform.example", "t", transport=transport) as client, pytest.raises(BadAnswer):
        client.get_cv("c1")
    assert body.given <= bounded.MAX_ANSWER + len(PIECE)


def test_a_small_file_that_unpacks_to_much_is_read_as_far_as_the_bound() -> None:
    packed = gzip.compress(b"0" * 50_000_000)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=packed, headers={"content-encoding": "gzip"}))
    with httpx.Client(transport=transport) as client:
        answer = bounded.send(client, "GET", "http://platform.example/", most=1_000)
    assert answer.content == b"0" * 1_000


def test_an_answer_keeps_its_status_headers_text_and_request() -> None:
    said = httpx.Response(201, json={"name": "Zoë"}, headers={"x-more": "1", "content-encoding": "identity"})
    with httpx.Client(transport=httpx.MockTransport(lambda _: said)) as client:
        answer = bounded.send(client, "POST", "http://platform.example/a", json={"b": 1})
    assert (answer.status_code, answer.headers["x-more"], answer.json(), answer.request.url.path) == (201, "1", {"name": "Zoë"}, "/a")


def test_deep_json_is_a_bad_answer_and_what_was_taken_stays_taken() -> None:
    deep = httpx.Response(200, text="[" * 100_000)
    with pytest.raises(BadAnswer, match="not JSON"):
        json_object(deep, "it")
    assert answered(deep) == {}
    assert performance.read("[" * 100_000, service="it") == []


def test_those_who_watch_read_no_more_than_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    body, transport = endless()
    asked = httpx.AsyncClient

    async def look() -> None:
        async with asked(transport=transport) as http:
            assert (await probes.answers_200(http, "http://a.example/health")()).healthy
            assert (await probes.reachable(http, "http://a.example/health")()).healthy
        assert body.given <= len(PIECE)
        monkeypatch.setattr(performance, "sources", lambda settings: {"it": "http://a.example/metrics"})
        monkeypatch.setattr(httpx, "AsyncClient", lambda **_: asked(transport=transport))
        assert (await performance.collect(Settings()))[1] == {"it": "no figure that we know"}

    asyncio.run(look())
    assert body.given <= performance.MAX_ANSWER + 2 * len(PIECE)
