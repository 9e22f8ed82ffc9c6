"""People's own tokens: kept sealed and for a while, so that none is ever in a conf, an XCom or a log.

A run carries the id of its request. Only the task that fetches the CV opens the token, and only for the request's own person and CV.
"""

from __future__ import annotations

import os
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from rolecall.errors import InvalidInput
from rolecall.store import Connection

KEPT = timedelta(hours=24)
"""How long a token can be used for its request; then it is erased."""

KEY = "AIRFLOW__CORE__FERNET_KEY"


def fernet() -> MultiFernet:
    """Seals and opens with Airflow's own Fernet key; several keys, the newest first, rotate as Airflow's do.

    :raises InvalidInput: it is not set, or is none
    """
    keys = [key.strip() for key in os.environ.get(KEY, "").split(",") if key.strip()]
    fix = 'set it to the output of `python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`'
    if not keys:
        raise InvalidInput(KEY, "is not set: a person's token cannot be kept safely", fix=fix)
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise InvalidInput(KEY, "holds something that is no Fernet key", fix=fix) from error


def user_token(conn: Connection, request_id: str | None, *, person_id: str, cv_id: str) -> str | None:
    """The token that came with a request, or ``None`` where none did.

    :raises InvalidInput: it has expired, or the request is somebody else's
    """
    if request_id is None:
        return None
    row = conn.execute(
        """
        select person_id = %s and cv_id = %s as own, user_token, token_expires_at is not null as had_one,
               token_expires_at < clock_timestamp() as expired
        from apply_request where id = %s::uuid
        """,
        (person_id, cv_id, request_id),
    ).fetchone()
    if row is None or not row["own"]:
        raise InvalidInput("requestId", "no request of this person and CV has this id", fix="leave it empty; the dispatcher sets it")
    if not row["had_one"]:
        return None
    if row["user_token"] is None or row["expired"]:
        raise InvalidInput("userToken", "the person's token has expired", fix="send the request again with a new token and clear this task")
    try:
        return fernet().decrypt(row["user_token"]).decode()
    except InvalidToken as error:
        raise InvalidInput("userToken", f"it was sealed under another {KEY}", fix="send the request again and clear this task") from error


def forget_expired(conn: Connection) -> int:
    """Erases tokens whose time is over or whose request is done. Returns how many."""
    return conn.execute(
        """
        update apply_request set user_token = null
        where user_token is not null and (token_expires_at < clock_timestamp() or state = 'done')
        """
    ).rowcount
