"""A person's account here: how it is made, changed a little at a time, and opened by a token of its own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from rolecall import criteria
from rolecall.errors import InvalidInput
from rolecall.models import text_digest
from rolecall.people import preferences
from rolecall.store import Connection
from rolecall.store.documents import storable
from rolecall.store.visible import SEE, see_everybody

CHANGED = """
with before as (select * from person where id = %(id)s for update), changed as (
    update person set name = %(name)s, email = %(email)s, phone = %(phone)s, preferences = %(preferences)s, updated_at = now()
    from before where person.id = before.id
      and (before.name, before.email, before.phone, before.preferences) is distinct from
          (%(name)s, %(email)s, %(phone)s::text, %(preferences)s::jsonb)
    returning person.id
)
insert into audit (actor, action, subject, detail)
select %(actor)s, 'account changed', changed.id, jsonb_build_object('changed', %(fields)s::jsonb) from changed
"""


def create(conn: Connection, *, person_id: str | None, name: str, email: str, phone: str | None, wishes: Mapping[str, Any]) -> str:
    """Makes a person and returns their id.

    :param person_id: ``None``: one is made up; it is a pseudonym, never a name or an address
    :raises InvalidInput: the id is taken, or ``wishes`` (their preferences) cannot be understood
    """
    kept = understood(wishes)
    if person_id and conn.execute("select 1 where is_erased(%s)", (person_id,)).fetchone():
        raise InvalidInput("id", "was an erased person's, whose applications are still known by it", fix="leave it out: another is made up")
    person = person_id or f"p-{secrets.token_hex(8)}"
    try:
        conn.execute(
            "insert into person (id, name, email, phone, preferences) values (%s, %s, %s, %s, %s)",
            (person, name, email, phone, Jsonb(storable(kept))),
        )
    except UniqueViolation as error:
        raise InvalidInput("id", "is taken", fix="leave it out, or change the person that has it with PATCH") from error
    return person


def change(conn: Connection, person_id: str, patch: Mapping[str, Any], *, actor: str) -> bool:
    """Merges a patch (RFC 7396: null removes) into name, email, phone and preferences. ``False``: there is no such person.

    :param actor: who did it, for the audit log
    :raises InvalidInput: what comes of it cannot be understood; nothing was changed
    """
    row = conn.execute("select name, email, phone, preferences from person where id = %s for update", (person_id,)).fetchone()
    if row is None:
        return False
    if isinstance(patch.get("preferences"), Mapping):
        patch = {**patch, "preferences": preferences.stored(patch["preferences"])}
    merged = merge(row, patch)
    for field in ("name", "email"):
        if not merged.get(field):
            raise InvalidInput(field, "may not be empty", fix="send text")
    for field in ("email", "phone"):
        if merged.get(field) != row[field] and merged.get(field) and _is_anothers(conn, person_id, merged[field]):
            raise InvalidInput(field, "is another person's", fix="give one of your own")  # their messages would become this person's
    kept = understood(merged.get("preferences") or {})
    conn.execute(
        CHANGED,
        {
            "id": person_id, "name": merged["name"], "email": merged["email"], "phone": merged.get("phone"),
            "preferences": Jsonb(storable(kept)), "actor": actor, "fields": Jsonb(sorted(patch)),
        },
    )  # fmt: skip
    return True


def _is_anothers(conn: Connection, person_id: str, address: str) -> bool:
    """Whether somebody else is reached there. Looks at everybody's rows, and leaves the transaction seeing what it saw."""
    seen = conn.execute(
        "select current_setting('rolecall.person', true) as person, current_setting('rolecall.sees', true) as sees"
    ).fetchone()
    see_everybody(conn)
    found = conn.execute(
        "select from person where id <> %(id)s and lower(%(address)s) in (lower(email), lower(phone))",
        {"id": person_id, "address": address},
    ).fetchone()
    conn.execute(SEE, ((seen or {}).get("person") or "", (seen or {}).get("sees") or ""))
    return found is not None


def merge(target: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7396) applied: objects member by member, ``None`` removes, anything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def understood(wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Preferences as they are stored.

    :raises InvalidInput: the first that cannot be understood
    """
    kept = preferences.stored(wishes)
    preferences.refuse_too_much(kept)
    for wrong in preferences.problems_by_name(kept).values():
        raise wrong
    criteria.refuse_unknown(kept.get("criteria") or {})
    return kept


def issue_token(conn: Connection, person_id: str, *, actor: str) -> str | None:
    """A new token of the person's own; the one before opens nothing any more. Only its hash is kept. ``None``: no such person."""
    token = secrets.token_urlsafe(32)
    return token if _keep(conn, person_id, text_digest(token), "token issued", actor) else None


def revoke_token(conn: Connection, person_id: str, *, actor: str) -> bool:
    """The person's token opens nothing any more. ``False``: no such person."""
    return _keep(conn, person_id, None, "token revoked", actor)


def _keep(conn: Connection, person_id: str, token_sha256: str | None, action: str, actor: str) -> bool:
    # updated_at stays: a token is not something a platform would be told
    done = conn.execute("update person set token_sha256 = %s where id = %s", (token_sha256, person_id)).rowcount == 1
    if done:
        conn.execute("insert into audit (actor, action, subject, detail) values (%s, %s, %s, '{}')", (actor, action, person_id))
    return done
