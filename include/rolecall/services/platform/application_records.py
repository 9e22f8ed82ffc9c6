"""The platform API's records of what was done for people: applications and delivered notifications."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import SecretStr

from rolecall.services.api_errors import not_found
from rolecall.services.database import Database
from rolecall.services.platform.payloads import ApplicationIn, NotificationStatusIn, StatusIn
from rolecall.services.route_guards import guarded

RECORD = """
insert into application_record (user_id, job_id, cv_id, status, auto_applied, applied_at)
values (%(user_id)s, %(job_id)s, %(cv_id)s, %(status)s, %(auto_applied)s, %(applied_at)s)
on conflict (user_id, job_id) do nothing
returning *
"""

NOTE = """
insert into notification_record as n (id, status, sent_at) values (%(id)s, %(status)s, %(sent_at)s)
on conflict (id) do update set status = excluded.status, sent_at = coalesce(excluded.sent_at, n.sent_at), updated_at = now()
returning *
"""


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/applications`` and ``/api/v1/notifications``."""
    routes = APIRouter(prefix="/api/v1", route_class=guarded(token))

    @routes.post("/applications", status_code=201, responses={200: {"description": "It is there already, unchanged."}})
    def record(body: ApplicationIn, response: Response) -> dict[str, Any]:
        """Records an application: 201. For the same person and job again: 200 and the record that is there, unchanged."""
        values = {**body.model_dump(), "applied_at": body.applied_at or datetime.now(UTC)}
        with database.connection() as conn:
            row = conn.execute(RECORD, values).fetchone()
            if row is None:
                response.status_code = 200
                row = conn.execute(
                    "select * from application_record where user_id = %(user_id)s and job_id = %(job_id)s", values
                ).fetchone()
        return _application(row or {})

    @routes.get("/applications/{application_id}")
    def one(application_id: str) -> dict[str, Any]:
        """A recorded application with its status."""
        with database.connection() as conn:
            row = conn.execute("select * from application_record where id = %s", (application_id,)).fetchone()
        if row is None:
            raise not_found("application", application_id, field="id", fix="send the id that POST /api/v1/applications answered")
        return _application(row)

    @routes.patch("/applications/{application_id}/status")
    def application_status(application_id: str, body: StatusIn) -> dict[str, Any]:
        """Sets the status of a recorded application; the same one again changes nothing."""
        with database.connection() as conn:
            row = conn.execute(
                """
                update application_record set status = %(status)s, updated_at = case when status = %(status)s then updated_at else now() end
                where id = %(id)s returning *
                """,
                {"id": application_id, "status": body.status},
            ).fetchone()
        if row is None:
            raise not_found("application", application_id, field="id", fix="send the id that POST /api/v1/applications answered")
        return _application(row)

    @routes.patch("/notifications/{notification_id}/status")
    def notification_status(notification_id: str, body: NotificationStatusIn) -> dict[str, Any]:
        """Notes what became of a notification, also of one that came from elsewhere; a later answer never erases when it was sent."""
        with database.connection() as conn:
            row = conn.execute(NOTE, {"id": notification_id, **body.model_dump()}).fetchone() or {}
        return {"id": row["id"], "status": row["status"], "sentAt": row["sent_at"], "updatedAt": row["updated_at"]}

    return routes


def _application(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "userId": row["user_id"],
        "jobId": row["job_id"],
        "cvId": row["cv_id"],
        "status": row["status"],
        "autoApplied": row["auto_applied"],
        "appliedAt": row["applied_at"],
        "updatedAt": row["updated_at"],
    }
