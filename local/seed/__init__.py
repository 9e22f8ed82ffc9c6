"""The demo's person and CV, written into the ``rolecall`` database. Writing them again changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from include.models import Cv
from include.people import save_cv, save_person
from include.store import connect

PERSON = Path(__file__).with_name("person.yaml")


def seed(dsn: str, file: Path = PERSON) -> str:
    """Creates or updates the person and the CV in ``file``. Returns the person's name.

    :raises include.errors.StoreUnavailable: the database does not answer
    """
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    person, cv = content["person"], content["cv"]
    with connect(dsn, name="rolecall demo") as conn:
        save_person(
            conn,
            person_id=person["id"],
            name=person["name"],
            email=person["email"],
            phone=person["phone"],
            preferences=person["preferences"],
        )
        save_cv(conn, cv_id=cv["id"], person_id=person["id"], data=_with_text(cv))
    return str(person["name"])


def _with_text(cv: dict[str, Any]) -> dict[str, Any]:
    """The CV with its plain text, as a person would have sent it."""
    roles = [f"{role['title']}, {role['company']} ({role['start']} to {role.get('end', 'now')})\n{role['text']}" for role in cv["roles"]]
    parts = [cv["name"], f"{cv['headline']}, {cv['location']}", cv["summary"], *roles]
    parts += [f"Skills: {', '.join(cv['skills'])}", *cv["education"], f"Languages: {', '.join(cv['languages'])}"]
    data = {name: value for name, value in cv.items() if name != "id"} | {"text": "\n\n".join(parts)}
    return Cv.model_validate(data).model_dump(mode="json", by_alias=True, exclude_none=True)
