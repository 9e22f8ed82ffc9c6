from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.base import ports
from local.base.files import read_json, write_json
from local.base.ports import NAMES, RANGE, Ports, is_free, preferred


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_that_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not is_free(taken)


def test_a_taken_port_is_replaced_by_a_free_one_and_that_is_remembered(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "ports.json"
    write_json(file, {"airflow": taken})
    settled = Ports(file)
    settled.assign()
    assert settled["airflow"] != taken
    assert settled["airflow"] in RANGE
    assert is_free(settled["airflow"])
    assert Ports(file).numbers == settled.numbers


def test_free_ports_stay_the_same_from_start_to_start(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    write_json(file, {name: 21_000 + number for number, name in enumerate(NAMES)})
    free = {name: port for name, port in read_json(file).items() if is_free(port)}
    again = Ports(file)
    again.assign()
    assert {name: again[name] for name in free} == free


def test_all_ports_of_a_stack_differ(tmp_path: Path) -> None:
    settled = Ports(tmp_path / "ports.json")
    settled.assign()
    assert len(set(settled.numbers.values())) == len(NAMES)


def test_two_checkouts_prefer_different_ports(tmp_path: Path) -> None:
    one, other = preferred(tmp_path / "one" / ".rolecall"), preferred(tmp_path / "other" / ".rolecall")
    assert set(one.values()) & set(other.values()) == {ports.AIRFLOW}


def test_a_port_that_is_taken_at_the_last_moment_is_moved_alone(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    settled = Ports(file)
    settled.assign()
    before = dict(settled.numbers)
    settled.move("redis")
    assert {name for name in NAMES if before[name] != settled[name]} == {"redis"}
    assert read_json(file)["redis"] == settled["redis"]


def test_nonsense_in_the_file_of_ports_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    write_json(file, {"airflow": "8080", "redis": 99_999, "postgres": -1, "unknown": 5})
    assert Ports(file).numbers == preferred(tmp_path)


def test_a_machine_without_a_free_port_says_how_to_find_what_holds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    with pytest.raises(RuntimeError, match=r"no free port .* \(ss -ltnp\)"):
        Ports(tmp_path / "ports.json").assign()
