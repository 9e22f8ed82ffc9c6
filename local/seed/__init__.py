"""The demo's people and CVs, written into the ``rolecall`` database. Writing them again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rolecall.models import Cv
from rolecall.people.records import save_cv, save_person
from rolecall.store import connect

HERE = Path(__file__).parent
PEOPLE = tuple(HERE / f"{trade}.yaml" for trade in ("data_engineer", "nurse", "sales_manager"))
"""In the order in which the demo shows them."""


@dataclass(frozen=True)
class Seeded:
    """Somebody the demo is about.

    :param opted_in: whether Rolecall may apply for them
    """

    id: str
    name: str
    headline: str
    city: str
    opted_in: bool


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
            save_person(conn, person_id=person["id"], **fields)
            save_cv(conn, cv_id=cv["id"], person_id=person["id"], data=_with_text(cv))
            consent = person["preferences"]["auto_apply"] is True
            found.append(Seeded(person["id"], person["name"], cv["headline"], cv["location"].split(",")[0], consent))
    return found


def _with_text(cv: dict[str, Any]) -> dict[str, Any]:
    """The CV with its plain text, as a person would have sent it."""
    roles = [f"{role['title']}, {role['company']} ({role['start']} to {role.get('end', 'now')})\n{role['text']}" for role in cv["roles"]]
    parts = [cv["name"], f"{cv['headline']}, {cv['location']}", cv["summary"], *roles]
    parts += [f"Skills: {', '.join(cv['skills'])}", *cv["education"], f"Languages: {', '.join(cv['languages'])}"]
    data = {name: value for name, value in cv.items() if name != "id"} | {"text": "\n\n".join(parts)}
    return Cv.model_validate(data).model_dump(mode="json", by_alias=True, exclude_none=True)
