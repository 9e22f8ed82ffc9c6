"""``/rolecall/``: the page, for who is logged in to Airflow. Airflow mounts plugin apps without asking who calls: this one asks itself.

Who may read the DAG `auto_apply` may look, who may start it may decide, who may change its connections sees everybody's page and the
flow. Everybody else sees the page of the person whose id or e-mail address is their user name.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any
from urllib.parse import urlencode

import anyio.from_thread
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.sdk import conf
from fastapi import FastAPI, Request
from jwt.exceptions import InvalidTokenError
from starlette.responses import Response

from rolecall.endpoints import endpoints
from rolecall.services.database import Database
from rolecall.web.page_app import create_page_app
from rolecall.web.viewer import Forbidden, Viewer, csrf_of, set_cookie

PREFIX = "/rolecall"
PERSON = "rolecall_person"
"""Cookie: whose page an operator looks at."""

DAG = DagDetails(id="auto_apply")

WHOSE = """
select id from person
where case when %(chosen)s::text is null then id = %(name)s or lower(email) = lower(%(name)s) else id = %(chosen)s end limit 1
"""


class AirflowGate:
    """Airflow's own login, roles and accounts."""

    own_logins = False

    def viewer(self, request: Request, database: Database) -> Viewer | None:
        """Whoever is logged in to Airflow."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer if scheme.lower() == "bearer" else request.cookies.get(COOKIE_NAME_JWT_TOKEN)
        if not token:
            return None
        manager: Any = get_auth_manager()
        try:
            user = anyio.from_thread.run(manager.get_user_from_token, token)
        except InvalidTokenError:
            return None
        if not manager.is_authorized_dag(method="GET", details=DAG, user=user):
            raise Forbidden("your Airflow account may not see auto_apply")
        name = str(user.get_name())
        operator = bool(manager.is_authorized_connection(method="PUT", user=user))
        may_act = bool(manager.is_authorized_dag(method="POST", access_entity=DagAccessEntity.RUN, details=DAG, user=user))
        with database.unrestricted.connection() as conn:
            chosen = request.cookies.get(PERSON) if operator else None
            row = conn.execute(WHOSE, {"name": name, "chosen": chosen}).fetchone()
        if row is None and not operator:
            raise Forbidden("no person here has the name of your Airflow account as their id or e-mail address")
        return Viewer(
            row["id"] if row else None, f"Airflow account {name}, on the page", may_act, operator, csrf_of(f"{_secret()} {user.get_id()}")
        )

    def login(self, request: Request) -> str:
        """Airflow's login, and from there back."""
        root = str(request.scope.get("root_path", ""))
        back = f"{root}/{str(request.scope['path']).removeprefix(root).lstrip('/')}"
        return f"{root.removesuffix(PREFIX)}/api/v2/auth/login?{urlencode({'next': back})}"

    def show(self, request: Request, database: Database, response: Response, viewer: Viewer, person_id: str) -> bool:
        """Remembers whose page an operator looks at."""
        with database.unrestricted.connection() as conn:
            known = conn.execute("select 1 from person where id = %s", (person_id,)).fetchone()
        if known and viewer.operator:
            set_cookie(request, response, PERSON, person_id, seconds=None, secure=False)
        return bool(known and viewer.operator)


@cache
def app() -> FastAPI:
    """The app, mounted under ``/rolecall``."""
    settings = endpoints("rolecall_db", "smtp_default", "platform_api")
    database = Database(settings.dsn)
    database.open()  # nobody runs a mounted app's lifespan
    return create_page_app(settings, gate=AirflowGate(), database=database, airflow_url=conf.get("api", "base_url", fallback=""))


def _secret() -> str:
    """Airflow's own, so that every server of it makes the same forms."""
    return hashlib.sha256(str(conf.get("api", "secret_key", fallback="")).encode()).hexdigest()
