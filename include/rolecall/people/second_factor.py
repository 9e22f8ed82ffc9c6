"""The second step of logging in: codes of an app (TOTP, RFC 6238), and codes on paper for who lost it. A code counts once."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass

import pyotp
from cryptography.fernet import InvalidToken, MultiFernet

from rolecall.errors import InvalidInput
from rolecall.store import Connection

RECOVERY = 10
"""Codes on paper, made at once."""

STEP, AROUND = 30, 1
"""Seconds that a code is good for; how many steps a clock may be off, either way."""


@dataclass(frozen=True)
class Enrolment:
    """What an app is told once.

    :param secret: base32
    :param uri: ``otpauth://…``, as in a QR code
    """

    secret: str
    uri: str


def begin(conn: Connection, person_id: str, name: str, *, seal: MultiFernet) -> Enrolment:
    """Makes a secret that counts once a code of it was given (:func:`confirm`).

    :param name: what the app calls the account
    :raises InvalidInput: codes are asked for already
    """
    secret = pyotp.random_base32()
    made = conn.execute(
        """
        insert into page_totp (person_id, secret) values (%s, %s)
        on conflict (person_id) do update set secret = excluded.secret, made_at = clock_timestamp() where page_totp.confirmed_at is null
        """,
        (person_id, seal.encrypt(secret.encode())),
    )
    if made.rowcount != 1:
        raise InvalidInput("code", "is asked for already", fix="turn it off first")
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Rolecall"))


def confirm(conn: Connection, person_id: str, code: str, *, seal: MultiFernet) -> list[str] | None:
    """Turns the second step on and returns the codes on paper, shown this once; ``None``: the code does not fit."""
    if _state(conn, person_id) is not False or not _by_app(conn, person_id, code, seal):
        return None
    conn.execute("update page_totp set confirmed_at = clock_timestamp() where person_id = %s", (person_id,))
    conn.execute("delete from page_recovery where person_id = %s", (person_id,))
    codes = [_on_paper() for _ in range(RECOVERY)]
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into page_recovery (person_id, token_sha256) values (%s, %s)", [(person_id, _hashed(person_id, one)) for one in codes]
        )
    return codes


def is_on(conn: Connection, person_id: str) -> bool:
    """Whether a code is asked for."""
    return _state(conn, person_id) is True


def left_on_paper(conn: Connection, person_id: str) -> int:
    """Codes on paper that were not used."""
    row = conn.execute("select count(*) as n from page_recovery where person_id = %s and used_at is null", (person_id,)).fetchone()
    return int(row["n"]) if row else 0


def fits(conn: Connection, person_id: str, code: str, *, seal: MultiFernet) -> bool:
    """Whether a code of the app or on paper is right; it is used up by this."""
    if _by_app(conn, person_id, code, seal):
        return True
    used = conn.execute(
        "update page_recovery set used_at = clock_timestamp() where person_id = %s and token_sha256 = %s and used_at is null",
        (person_id, _hashed(person_id, code)),
    )
    return used.rowcount == 1


def turn_off(conn: Connection, person_id: str) -> None:
    """No code is asked for any more; its secret and the codes on paper go."""
    conn.execute("delete from page_totp where person_id = %s", (person_id,))
    conn.execute("delete from page_recovery where person_id = %s", (person_id,))


def _state(conn: Connection, person_id: str) -> bool | None:
    row = conn.execute("select confirmed_at is not null as confirmed from page_totp where person_id = %s", (person_id,)).fetchone()
    return bool(row["confirmed"]) if row else None


def _by_app(conn: Connection, person_id: str, code: str, seal: MultiFernet) -> bool:
    row = conn.execute("select secret, last_step from page_totp where person_id = %s for update", (person_id,)).fetchone()
    digits = "".join(code.split())
    if row is None or len(digits) != 6 or not (digits.isascii() and digits.isdecimal()):
        return False
    try:
        made = pyotp.TOTP(seal.decrypt(bytes(row["secret"])).decode(), interval=STEP)
    except InvalidToken as error:
        raise InvalidInput(
            "code", "cannot be checked: the key that sealed its secret is gone", fix="ask whoever runs this Rolecall"
        ) from error
    now = int(time.time()) // STEP
    step = next((one for one in range(now - AROUND, now + AROUND + 1) if hmac.compare_digest(made.generate_otp(one), digits)), None)
    if step is None or step <= row["last_step"]:
        return False
    conn.execute("update page_totp set last_step = %s where person_id = %s", (step, person_id))
    return True


def _on_paper() -> str:
    letters = pyotp.random_base32()[:16].lower()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def _hashed(person_id: str, code: str) -> str:
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    return hashlib.sha256(f"{person_id} {plain}".encode("utf-8", "surrogateescape")).hexdigest()
