"""Employers over REST: what is pasted is followed, read, dropped; what cannot be says why."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.services.conftest import API

PATH = "/api/v1/employers"


def test_an_employer_is_followed_once_read_back_and_dropped(client: TestClient) -> None:
    answer = client.post(PATH, json={"url": "https://jobs.eu.lever.co/velforge"}, headers=API)
    assert answer.status_code == 201
    assert answer.json() == {
        "employer": {"system": "lever", "slug": "velforge", "company": "eu/velforge"},
        "new": True,
        "ads": [],
        "message": "velforge on Lever: all its postings are followed",
    }
    assert client.post(PATH, json={"url": "jobs.eu.lever.co/velforge"}, headers=API).status_code == 200
    (one,) = client.get(PATH, headers=API).json()["employers"]
    assert (one["system"], one["company"], one["url"]) == ("lever", "eu/velforge", "https://jobs.eu.lever.co/velforge")
    assert client.delete(f"{PATH}/lever/eu/velforge", headers=API).status_code == 204
    assert client.delete(f"{PATH}/lever/eu/velforge", headers=API).status_code == 404
    assert client.get(PATH, headers=API).json() == {"employers": []}


def test_what_cannot_be_followed_says_why(client: TestClient) -> None:
    for url, problem in (
        ("nothing", "is no web address"),
        ("http://127.0.0.1:1/careers", "private address"),
        ("https://ats.rippling.com/velforge/jobs", "is on rippling, which nobody here can read"),
    ):
        answer = client.post(PATH, json={"url": url}, headers=API)
        assert (answer.status_code, answer.json()["field"]) == (422, "url")
        assert problem in answer.json()["error"]
    assert client.post(PATH, json={"url": "https://jobs.lever.co/a", "ulr": "x"}, headers=API).status_code == 422


def test_the_directory_is_searched_by_name_and_strangers_are_kept_out(client: TestClient) -> None:
    found = client.get(f"{PATH}/search?name=1password", headers=API).json()["employers"]
    assert found[0]["slug"] == "1password"
    assert found[0]["readable"]
    for call in (client.get(PATH), client.post(PATH, json={"url": "x"}), client.get(f"{PATH}/search?name=a")):
        assert call.status_code == 401
