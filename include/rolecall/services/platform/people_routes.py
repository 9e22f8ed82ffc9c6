"""The platform API's people: CVs, people and their preferences."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NoReturn

from fastapi import APIRouter, Query, Request
from psycopg.types.json import Jsonb
from pydantic import SecretStr
from pydantic.alias_generators import to_camel

from rolecall import criteria
from rolecall.errors import InvalidInput
from rolecall.matching.cv.json_resume import json_resume
from rolecall.models import text_digest
from rolecall.people import accounts, preferences
from rolecall.people.cvs import own_cvs
from rolecall.people.privacy import BeingSent
from rolecall.services.ai.job_facts import as_cv
from rolecall.services.api_errors import ApiError, not_found, refused
from rolecall.services.database import Database
from rolecall.services.platform.payloads import UserIn, UserPatch, UsersIn
from rolecall.services.platform.rights import admit, for_the_person
from rolecall.services.route_guards import bearer, guarded, is_token, with_any_token
from rolecall.store import Connection
from rolecall.store.visible import see_person
from rolecall.store.watermarks import database_id
from rolecall.text.html import scrub
from rolecall.text.places.place_wishes import doubts

PREFERENCES = """
with before as (select id, preferences from person where id = %(id)s for update), changed as (
    update person set preferences = %(preferences)s, updated_at = now()
    from before where person.id = before.id and before.preferences <> %(preferences)s
    returning person.id
), noted as (
    insert into audit (actor, action, subject, detail)
    select %(actor)s, 'preferences changed', changed.id,
           jsonb_build_object('changed', (
               select jsonb_agg(name order by name)
               from jsonb_object_keys(before.preferences || %(preferences)s::jsonb) name
               where before.preferences -> name is distinct from %(preferences)s::jsonb -> name))
    from changed join before using (id)
)
select id from before
"""


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/cv`` and ``/api/v1/users``."""
    routes = APIRouter(prefix="/api/v1")
    own = APIRouter(route_class=guarded(token))
    opened = APIRouter(route_class=with_any_token())

    @opened.get("/cv/{cv_id}")
    def cv(cv_id: str, request: Request, format: Literal["record", "jsonresume"] = "record") -> dict[str, Any]:
        """The CV, for the service's token or its owner's own; as JSON Resume where that is asked for."""
        with database.connection() as conn:
            found = read_cv(conn, cv_id, token=bearer(request), trusted=is_token(bearer(request), token))
        return found if format == "record" else json_resume(as_cv(found))

    @opened.delete("/cv/{cv_id}")
    def remove(cv_id: str, request: Request) -> dict[str, Any]:
        """Removes a CV, for the service's token or its owner's own: its matches go, what waits to be sent with it is withdrawn, or asked
        anew where another CV of theirs matches. What was sent stays. Returns how many matches and which applications that are."""
        trusted = is_token(bearer(request), token)
        with database.connection() as conn:
            owner = owner_of_cv(conn, cv_id, token=bearer(request), trusted=trusted)
            try:
                done = own_cvs.remove_cv(conn, owner, cv_id, actor="platform API" if trusted else "the person")
            except BeingSent as error:
                raise ApiError(409, error.message, field="id", fix=error.fix, headers={"Retry-After": "60"}) from error
            return done or _no_cv(cv_id)

    @own.get("/users")
    def users(asked: Annotated[UsersIn, Query()]) -> dict[str, Any]:
        """A page of those changed since a time, oldest change first; ``next`` is the cursor of the page after it."""
        with database.unrestricted.connection() as conn:
            return list_users(conn, asked)

    @own.post("/users", status_code=201)
    def create(body: UserIn) -> Any:
        """A new person, for the service's token. ``token`` is the person's own, shown this once."""
        with database.unrestricted.connection() as conn:
            try:
                person = accounts.create(
                    conn, person_id=body.id, name=body.name, email=body.email, phone=body.phone, wishes=_wishes(body.preferences)
                )
            except InvalidInput as error:
                if error.field == "id":
                    raise ApiError(409, error.message, field="id", fix=error.fix) from error
                return refused([error])
            return {**_taken(conn, person, body.preferences), "token": accounts.issue_token(conn, person, actor="platform API")}

    persons = APIRouter(route_class=for_the_person(database, token))

    @persons.get("/users/{user_id}")
    def user(user_id: str) -> dict[str, Any]:
        """The person with their preferences, for the service's token or their own; never a token."""
        with database.connection() as conn:
            see_person(conn, user_id)
            return read_user(conn, user_id)

    @persons.get("/users/{user_id}/cvs")
    def cvs(user_id: str) -> dict[str, Any]:
        """The person's CVs, the one changed last first: ``{"cvs": [{id, filename, uploadedAt, matchedAt, matches, waiting, …}]}``."""
        with database.connection() as conn:
            see_person(conn, user_id)
            read_user(conn, user_id)
            return {"cvs": [{to_camel(name): row[name] for name in SHOWN_OF_CV} for row in own_cvs.own_cvs(conn, user_id)]}

    @persons.patch("/users/{user_id}")
    def change(user_id: str, body: UserPatch, request: Request) -> Any:
        """Changes what is sent and leaves the rest (RFC 7396). Returns the person."""
        patch = scrub(body.model_dump(exclude_unset=True))
        if body.preferences is not None:
            patch["preferences"] = _wishes(body.preferences)
        with database.connection() as conn:
            actor = admit(conn, user_id, bearer(request), token)
            try:
                known = accounts.change(conn, user_id, patch, actor=actor)
            except InvalidInput as error:
                return refused([error])
            return _taken(conn, user_id, body.preferences) if known else _nobody(user_id)

    @persons.patch("/users/{user_id}/preferences")
    def merge_preferences(user_id: str, body: dict[str, Any], request: Request) -> Any:
        """Changes what is sent of the preferences and leaves the rest (RFC 7396). Returns the person."""
        with database.connection() as conn:
            actor = admit(conn, user_id, bearer(request), token)
            try:
                known = accounts.change(conn, user_id, {"preferences": _wishes(body)}, actor=actor)
            except InvalidInput as error:
                return refused([error])
            return _taken(conn, user_id, body) if known else _nobody(user_id)

    @persons.post("/users/{user_id}/token", status_code=201)
    def renew_token(user_id: str, request: Request) -> Any:
        """A new token of the person's own, shown this once; the one before opens nothing any more."""
        with database.connection() as conn:
            issued = accounts.issue_token(conn, user_id, actor=admit(conn, user_id, bearer(request), token))
            return {"id": user_id, "token": issued} if issued else _nobody(user_id)

    @persons.delete("/users/{user_id}/token")
    def revoke_token(user_id: str, request: Request) -> Any:
        """The person's own token opens nothing any more."""
        with database.connection() as conn:
            known = accounts.revoke_token(conn, user_id, actor=admit(conn, user_id, bearer(request), token))
            return {"id": user_id} if known else _nobody(user_id)

    @persons.put("/users/{user_id}/preferences")
    def replace_preferences(user_id: str, body: dict[str, Any], request: Request) -> Any:
        """Replaces the preferences, for the service's token or the person's own; a change is audited. Returns the person."""
        wanted = _wishes(body)
        if wrong := list(preferences.problems_by_name(wanted).values()):
            return refused(wrong)
        criteria.refuse_unknown(wanted.get("criteria") or {})
        with database.connection() as conn:
            actor = admit(conn, user_id, bearer(request), token)
            conn.execute(PREFERENCES, {"id": user_id, "preferences": Jsonb(wanted), "actor": actor})
            return _taken(conn, user_id, wanted)

    routes.include_router(opened)
    routes.include_router(persons)
    routes.include_router(own)
    return routes


def _wishes(sent: dict[str, Any]) -> dict[str, Any]:
    """Preferences as they can be stored. What is too deep is refused before it would be cut to null, which removes.

    :raises InvalidInput: they are too much, say one thing twice, or a name of theirs is misspelt
    """
    preferences.refuse_too_much(sent)
    preferences.refuse_misspelt(sent)
    kept: dict[str, Any] = scrub(preferences.stored(sent))
    return kept


SHOWN_OF_CV = ("id", "filename", "uploaded_at", "updated_at", "matched_at", "matches", "waiting")


def owner_of_cv(conn: Connection, cv_id: str, *, token: str, trusted: bool) -> str:
    """Whose CV it is; from here on the transaction sees their rows alone.

    :param trusted: the caller is the service itself, not a person
    :raises ApiError: 403, the token is neither the service's nor the owner's; 404, there is no such CV
    """
    asked = {"id": cv_id, "token": text_digest(token)}
    whose = conn.execute("select person_of_cv(%(id)s) as owner, person_of_token(%(token)s) as caller", asked).fetchone() or {}
    if not trusted and (whose["caller"] is None or whose["owner"] not in (None, whose["caller"])):
        raise ApiError(403, "this token does not open this CV", field="Authorization", fix="use its owner's own token, or the service's")
    if whose["owner"] is None:
        _no_cv(cv_id)
    see_person(conn, whose["owner"])
    return str(whose["owner"])


def read_cv(conn: Connection, cv_id: str, *, token: str, trusted: bool) -> dict[str, Any]:
    """The stored CV with its ``id`` and ``userId``.

    :param trusted: the caller is the service itself, not a person
    :raises ApiError: 403, the token is neither the service's nor the owner's; 404, there is no such CV, or no longer
    """
    owner = owner_of_cv(conn, cv_id, token=token, trusted=trusted)
    row = conn.execute("select data from cv where id = %s", (cv_id,)).fetchone()
    return {**row["data"], "id": cv_id, "userId": owner} if row else _no_cv(cv_id)


CHANGED = """
select * from person
where (%(since)s::timestamptz is null or updated_at >= %(since)s) and (%(at)s::timestamptz is null or (updated_at, id) > (%(at)s, %(id)s))
order by updated_at, id limit %(limit)s
"""


def list_users(conn: Connection, asked: UsersIn) -> dict[str, Any]:
    """``{"users", "next", "place"}``; ``next`` is ``None`` at the end, ``place`` says which database this is: who syncs knows its own."""
    at, _, after = asked.cursor.partition(" ")
    rows = conn.execute(CHANGED, {"since": asked.updated_since, "at": at or None, "id": after, "limit": asked.limit}).fetchall()
    last = rows[-1] if len(rows) == asked.limit else None
    following = f"{last['updated_at'].isoformat()} {last['id']}" if last else None
    return {"users": [as_user(row) for row in rows], "next": following, "place": database_id(conn)}


def read_user(conn: Connection, user_id: str) -> dict[str, Any]:
    """One person.

    :raises ApiError: 404
    """
    row = conn.execute("select * from person where id = %s", (user_id,)).fetchone()
    if row is None:
        raise not_found("person", user_id, field="id", fix="send the id of a stored person")
    return as_user(row)


def _taken(conn: Connection, user_id: str, sent: dict[str, Any] | None) -> dict[str, Any]:
    """The person after a change, with ``warnings`` where a wished place of it is none that anybody here knows."""
    said = (sent or {}).get("criteria")
    wished = [said.get(name) for name in ("locations", "location")] if isinstance(said, dict) else []
    places = [one for given in wished for one in (given if isinstance(given, list) else [given]) if isinstance(one, str)]
    return {**read_user(conn, user_id), **({"warnings": warned} if (warned := doubts(places)) else {})}


def _no_cv(cv_id: str) -> NoReturn:
    raise not_found("CV", cv_id, field="id", fix="send the id of a stored CV")


def _nobody(user_id: str) -> Any:
    raise not_found("person", user_id, field="id", fix="send the id of a stored person")


def as_user(row: dict[str, Any]) -> dict[str, Any]:
    """The person as the contract shows them; never a token."""
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"],
        "phone": row["phone"],
        "preferences": row["preferences"],
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }
