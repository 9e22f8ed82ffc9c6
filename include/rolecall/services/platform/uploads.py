"""``POST /api/v1/cv``: a CV as a file becomes a record; the file is kept beside it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Iterable
from pathlib import PurePath
from typing import Any, NamedTuple

import anyio.to_thread
from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from rolecall.applying.requests import prepare_what_waits
from rolecall.errors import InvalidInput, suggesting
from rolecall.matching.cv.files.limits import FileRefused, Limits, TooCostly, TooMuch, WrongKind
from rolecall.matching.read_file import read_file
from rolecall.models import Cv, text_digest
from rolecall.people.cvs.own_cvs import keep_sent_file
from rolecall.people.records import save_cv
from rolecall.services.api_errors import ApiError, not_found
from rolecall.services.database import Database
from rolecall.services.route_guards import bearer, is_token, with_any_token
from rolecall.store import Connection
from rolecall.store.visible import see_person

PATH = "/api/v1/cv"
ENVELOPE = 64 * 1024
"""Bytes that a multipart body may have around the file."""

AT_ONCE = 2
"""Files that are read at the same time, each in a process of its own; others wait their turn, and hold no thread while they do."""

ENDINGS = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/json": ".json",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
SAID = ("userId", "cvId", "filename", "another")
"""What the query, or the form beside its file, may say."""

ID = re.compile(r"[\w.:@-]{1,200}")


class UploadedFile(NamedTuple):
    """What a caller sent: the file, and for whom.

    :param cv_id: the CV in whose place it comes
    :param another: it is one more CV, whatever its name
    """

    data: bytes
    filename: str
    user_id: str | None
    cv_id: str | None
    another: bool = False


def router(database: Database, token: SecretStr, limits: Limits) -> APIRouter:
    """``POST /api/v1/cv``."""
    routes = APIRouter(route_class=with_any_token())
    at_once = anyio.CapacityLimiter(AT_ONCE)

    @routes.post(PATH, status_code=201)
    async def upload(request: Request) -> dict[str, Any]:
        """Stores the CV in the body: ``multipart/form-data`` with ``file`` (and ``userId``, ``cvId``), or the file itself with these in
        the query. The service's token uploads for anybody, a person's own token for that person only. The same file for the same
        person again is the same CV; one of the same name comes in the place of that CV, unless ``another=yes`` says it is one more."""
        given = bearer(request)
        owner = None if is_token(given, token) else await database.run(lambda conn: owner_of(conn, given))
        sent = await _sent(request)
        return await anyio.to_thread.run_sync(store_upload, database, sent, owner, limits, limiter=at_once)

    return routes


def owner_of(conn: Connection, token: str) -> str:
    """The id of the person whose own token this is; from here on the transaction sees their rows alone.

    :raises ApiError: 403, nobody's
    """
    row = conn.execute("select person_of_token(%s) as id", (text_digest(token),)).fetchone()
    if row is None or row["id"] is None:
        raise ApiError(403, "this token opens nothing here", field="Authorization", fix="use the person's own token, or the service's")
    see_person(conn, row["id"])
    return str(row["id"])


async def _sent(request: Request) -> UploadedFile:
    query = request.query_params
    _refuse_unknown(query, SAID)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind != "multipart/form-data":
            another = not query.get("filename") or query.get("another") == "yes"  # what was given no name replaces none of the same name
            name = query.get("filename") or f"cv{ENDINGS.get(kind, '')}"
            return UploadedFile(await request.body(), name, query.get("userId"), query.get("cvId"), another)
        async with request.form(max_files=1, max_fields=8) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise ApiError(422, "file: is missing", field="file", fix="send the CV as the form's part `file`")
            _refuse_unknown(form, ("file", *SAID))
            said = {name: value if isinstance(value := form.get(name), str) else query.get(name) for name in ("userId", "cvId", "another")}
            name = file.filename or f"cv{ENDINGS.get((file.content_type or '').lower(), '')}"
            return UploadedFile(await file.read(), name, said["userId"], said["cvId"], not file.filename or said["another"] == "yes")
    except ClientDisconnect as error:
        raise ApiError(400, "the body ended early", field="body", fix="send it again") from error


def _refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """A misspelt ``cvId`` would make another CV instead of replacing one.

    :raises ApiError: 422, a name is not known
    """
    for name in given:
        if name not in known:
            meant = suggesting([name[:100]], known)
            raise ApiError(422, f"{meant}: is not a field of this request", field=name[:100], fix="remove it, or correct its spelling")


def store_upload(database: Database, sent: UploadedFile, owner: str | None, limits: Limits) -> dict[str, Any]:
    """Reads and stores a file; the CV as it is served, with ``file``: ``{filename, sha256, size, replaced}``, the last being the name of
    the file in whose place it came, or ``None``. Takes seconds: not on the event loop, and not many at once.

    :param owner: the person who uploads, for themselves only; ``None``: the service
    :raises ApiError: the file cannot be read, or is not theirs to store
    """
    if owner and sent.user_id not in (None, "", owner):
        raise ApiError(
            403, "this token uploads for its own person only", field="userId", fix="leave userId out, or use the service's token"
        )
    user_id = owner or sent.user_id
    for field, value in (("userId", user_id), ("cvId", sent.cv_id)):
        if (field == "userId" and not value) or (value and not ID.fullmatch(value)):
            raise ApiError(422, f"{field}: is {'no usable id' if value else 'missing'}", field=field, fix="send the id of a stored person")
    filename = re.sub(r"[^\w. ()-]", "_", PurePath(sent.filename.replace("\\", "/")).name)[-120:] or "cv"
    cv = _read(sent.data, filename, limits)
    hashed = hashlib.sha256(sent.data).hexdigest()
    kept = cv.model_dump(mode="json", by_alias=True, exclude={"id", "user_id"})
    with database.connection() as conn:
        see_person(conn, str(user_id))
        conn.execute("select lock_person(%s)", (user_id,))  # two files of one name at once are one CV
        if conn.execute("select 1 from person where id = %s for share", (user_id,)).fetchone() is None:
            raise not_found("person", str(user_id), field="userId", fix="create the person first")
        replaced = _in_whose_place(conn, str(user_id), sent, filename, hashed)
        cv_id = replaced["id"] if replaced else sent.cv_id or _new_id(conn, str(user_id), hashed)
        if replaced and replaced["sha256"] != hashed:
            keep_sent_file(conn, str(user_id), cv_id)
        try:
            save_cv(conn, cv_id=cv_id, person_id=str(user_id), data=kept)
        except InvalidInput as error:
            raise ApiError(403 if owner else 409, "this id is taken by another person's CV", field="cvId", fix="choose another") from error
        conn.execute(
            """
            insert into cv_file (cv_id, filename, kind, sha256, body, uploaded_by) values (%s, %s, %s, %s, %s, %s)
            on conflict (cv_id) do update set filename = excluded.filename, kind = excluded.kind, sha256 = excluded.sha256,
                body = excluded.body, uploaded_by = excluded.uploaded_by, uploaded_at = now()
            """,
            (cv_id, filename, _kind(sent.data, filename), hashed, sent.data, "person" if owner else "platform"),
        )
        if replaced:
            prepare_what_waits(conn, str(user_id))  # its letters were written from what the CV said before
    before = (replaced["filename"] or cv_id) if replaced and replaced["sha256"] != hashed else None
    file = {"filename": filename, "sha256": hashed, "size": len(sent.data), "replaced": before}
    return {**kept, "id": cv_id, "userId": user_id, "file": file}


IN_WHOSE_PLACE = """
select cv.id, file.filename, file.sha256 from cv left join cv_file file on file.cv_id = cv.id
where cv.person_id = %(person)s
  and (%(cv)s::text is not null and cv.id = %(cv)s
       or %(cv)s::text is null and (file.sha256 = %(hashed)s or not %(another)s and file.filename = %(filename)s))
order by file.sha256 is distinct from %(hashed)s, file.uploaded_at desc, cv.id limit 1
"""


def _in_whose_place(conn: Connection, person_id: str, sent: UploadedFile, filename: str, hashed: str) -> dict[str, Any] | None:
    """Which of the person's CVs the file replaces: the one that was named, the same file, or the newest of the same name."""
    asked = {"person": person_id, "cv": sent.cv_id or None, "another": sent.another, "filename": filename, "hashed": hashed}
    return conn.execute(IN_WHOSE_PLACE, asked).fetchone()


def _new_id(conn: Connection, person_id: str, hashed: str) -> str:
    """The file's own, so that the same file sent twice at once is one CV; another where that CV holds another file by now."""
    own = f"cv-{text_digest(f'{person_id} {hashed}')[:24]}"
    taken = conn.execute("select from cv where id = %s", (own,)).fetchone() is not None
    return f"cv-{secrets.token_hex(12)}" if taken else own


def _read(data: bytes, filename: str, limits: Limits) -> Cv:
    try:
        return read_file(data, filename=filename, limits=limits)
    except FileRefused as error:
        status = (
            422 if isinstance(error, TooCostly) else 413 if isinstance(error, TooMuch) else 415 if isinstance(error, WrongKind) else 422
        )
        raise ApiError(status, error.message, field="file", fix=error.fix, extra={"reason": type(error).__name__}) from error


def _kind(data: bytes, filename: str) -> str:
    if b"%PDF" in data[:1024]:
        return "pdf"
    return "docx" if data.startswith(b"PK") else "json" if filename.lower().endswith(".json") else "text"
