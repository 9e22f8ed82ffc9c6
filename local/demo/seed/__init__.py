"""The demo's people and CVs, written into the ``rolecall`` database. Writing them again changes nothing; they live in the sandbox only."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rolecall.boards.employers.follow_employer import unfollow_sandboxed
from rolecall.models import Cv
from rolecall.people import privacy
from rolecall.people.records import save_cv, save_person
from rolecall.store import connect

HERE = Path(__file__).parent
PEOPLE = tuple(HERE / f"{trade}.yaml" for trade in ("data_engineer", "nurse", "sales_manager"))
"""In the order in which the demo shows them."""


@dataclass(frozen=True)
class Seeded:
    """Somebody the demo is about.

    :param opted_in: whether Rolecall may apply for them
    :param asks: whether each application waits for their yes
    :param set_back: names of the preferences that had been changed since, and are the demo's again
    """

    id: str
    name: str
    headline: str
    city: str
    opted_in: bool
    asks: bool
    email: str = ""
    set_back: tuple[str, ...] = ()


def seed(dsn: str, files: Sequence[Path] = PEOPLE) -> list[Seeded]:
    """Creates or updates each file's person and CV. Returns who they are, in the order of the files.

    :raises rolecall.errors.StoreUnavailable: the database does not answer
    """
    found = []
    with connect(dsn, name="rolecall demo") as conn:
        for file in files:
            content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
            person, cv = content["person"], content["cv"]
            fields = {name: person[name] for name in ("name", "email", "phone", "preferences")}
            known = conn.execute("select preferences from person where id = %s", (person["id"],)).fetchone()
            save_person(conn, person_id=person["id"], **fields)
            save_cv(conn, cv_id=cv["id"], person_id=person["id"], data=_with_text(cv))
            consent = person["preferences"]["auto_apply"] is True
            asks = consent and person["preferences"]["applying"]["approval"] is True
            changed = _differing(known["preferences"], person["preferences"]) if known else ()
            city = cv["location"].split(",")[0]
            found.append(Seeded(person["id"], person["name"], cv["headline"], city, consent, asks, person["email"], changed))
    return found


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of what is not the same in both; of objects in both, of what is in them (``criteria.salaryMin``)."""
    found: list[str] = []
    for name in sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)):
        before, after = one.get(name), other.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found += [f"{name}.{part}" for part in _differing(before, after)]
        else:
            found.append(name)
    return tuple(found)


def _with_text(cv: dict[str, Any]) -> dict[str, Any]:
    """The CV with its plain text, as a person would have sent it."""
    roles = [f"{role['title']}, {role['company']} ({role['start']} to {role.get('end', 'now')})\n{role['text']}" for role in cv["roles"]]
    parts = [cv["name"], f"{cv['headline']}, {cv['location']}", cv["summary"], *roles]
    parts += [f"Skills: {', '.join(cv['skills'])}", *cv["education"], f"Languages: {', '.join(cv['languages'])}"]
    data = {name: value for name, value in cv.items() if name != "id"} | {"text": "\n\n".join(parts)}
    return Cv.model_validate(data).model_dump(mode="json", by_alias=True, exclude_none=True)


ENDED = """
update posting p
set expired = true, changed_at = now(), content_hash = encode(sha256(convert_to(p.content_hash || 'sandbox', 'UTF8')), 'hex')
where p.board = any(%s) and not p.expired
  and p.last_seen_at <= (
    select max(a.fetched_at) from board_answer a where a.board = p.board and a.url ~ '^https?://(127\\.|localhost[:/]|\\[::1\\])')
"""
"""What was seen after the sandbox answered last is an ad of the real board."""


def take_out(dsn: str, boards: Sequence[str], *, patience: float = 60.0) -> tuple[int, int]:
    """Ends what lives in the sandbox only, once it is off: the demo's people are erased, the ads that it invented have ended, and
    employers that were added to try it out are followed no longer.

    :param boards: those that the sandbox played and that have no address of their own now
    :param patience: seconds that an application of theirs may take to leave
    :return: how many people, how many ads
    """
    gone, until = 0, time.monotonic() + patience
    with connect(dsn, name="rolecall demo") as conn:
        for file in PEOPLE:
            person = yaml.safe_load(file.read_text(encoding="utf-8"))["person"]["id"]
            while True:
                try:
                    with conn.transaction():
                        gone += privacy.erase(conn, person) is not None
                    break
                except privacy.BeingSent:
                    if time.monotonic() > until:
                        raise
                    time.sleep(1)
        ended = conn.execute(ENDED, (list(boards),)).rowcount
        unfollow_sandboxed(conn)
    return gone, ended
