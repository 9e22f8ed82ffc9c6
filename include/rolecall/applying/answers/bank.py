"""What a person told about themselves, kept by question, options and country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from rolecall.applying.answers.canonical import canonical_meaning
from rolecall.applying.forms.form_wording import folded, is_sensitive, yes_and_no
from rolecall.applying.requests import prepare_what_waits
from rolecall.errors import InvalidInput
from rolecall.models import digest
from rolecall.people.privacy import refuse_the_erased
from rolecall.store import Connection

State = Literal["confirmed", "from_cv", "never"]
MAX_VALUE = 10_000

DECLINING = "decline_sensitive"
"""The person allowed "prefer not to say" wherever it is offered to a sensitive question that they did not answer."""

PRIVACY = "privacy_consent"
"""The person's standing permission for the tick without which no application is taken; never for more than that."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    :param question: a canonical key, or ``text:`` with the question's folded words
    :param options: which set of options it was given to, ``""`` where it holds for any
    :param country: two letters, ``""`` where it holds anywhere
    :param asked: the question as it was asked
    :param value: a text, or several where several were chosen; empty for ``never``
    """

    question: str
    state: State
    asked: str
    value: str | tuple[str, ...] = ""
    options: str = ""
    country: str = ""
    told_at: datetime | None = None


def options_key(options: Sequence[str]) -> str:
    """A set of options, whatever order they stand in; ``""`` for none and for a plain yes and no."""
    if not options or yes_and_no(tuple(options)):
        return ""
    return digest(sorted(folded(option) for option in options))[:16]


def save_answer(
    conn: Connection, person_id: str, asked: str, value: str | Sequence[str], *, options: Sequence[str] = (), country: str = ""
) -> Answer:
    """Keeps a person's own answer to a question, instead of any they gave to the same before.

    :param asked: the question in the form's words, or a canonical key
    :param options: what could be chosen
    :param country: of the job that asked, two letters
    :raises InvalidInput: no question, no answer, or one that cannot be chosen
    """
    _checked(asked)
    said = (value,) if isinstance(value, str) else tuple(value)
    if not said or not all(isinstance(one, str) and one.strip() and len(one) <= MAX_VALUE for one in said):
        raise InvalidInput("value", f"is empty, or longer than {MAX_VALUE:,} characters", fix="give the answer, or say never")
    if options and not all(folded(one) in {folded(option) for option in options} for one in said):
        raise InvalidInput("value", "is none of the options", fix=f"choose of: {', '.join(options[:10])}")
    return _kept(conn, person_id, asked, "confirmed", said[0] if isinstance(value, str) else said, options, country)


def mark_never_answered(conn: Connection, person_id: str, asked: str, *, options: Sequence[str] = (), country: str = "") -> Answer:
    """The person will not answer this: it stays empty where it may, and is not asked again."""
    _checked(asked)
    return _kept(conn, person_id, asked, "never", "", options, country)


def forget_answer(conn: Connection, person_id: str, question: str, *, options: str = "", country: str = "") -> bool:
    """Takes an answer out of the bank; whether there was one."""
    done = conn.execute(
        "delete from person_answer where (person_id, question, options, country) = (%s, %s, %s, %s)",
        (person_id, question, options, country),
    )
    return done.rowcount == 1


def known_answers(conn: Connection, person_id: str) -> list[Answer]:
    """Everything in a person's bank, by question."""
    rows = conn.execute(
        "select question, options, country, state, asked, value, told_at from person_answer where person_id = %s"
        " order by question, country, options",
        (person_id,),
    ).fetchall()
    return [_answer(row) for row in rows]


def _answer(row: dict[str, Any]) -> Answer:
    value = row["value"]
    return Answer(
        row["question"],
        row["state"],
        row["asked"],
        tuple(value) if isinstance(value, list) else value or "",
        row["options"],
        row["country"],
        row["told_at"],
    )


def _checked(asked: str) -> None:
    if not folded(asked) or len(asked) > 2_000:
        raise InvalidInput("question", "is empty, or longer than 2,000 characters", fix="give the question as the form asks it")


def _kept(
    conn: Connection, person_id: str, asked: str, state: State, value: str | tuple[str, ...], options: Sequence[str], country: str
) -> Answer:
    refuse_the_erased(conn, person_id)
    if asked in (DECLINING, PRIVACY):
        question, where = asked, ""
    else:
        said = canonical_meaning(asked, country=country.upper(), sensitive=is_sensitive(asked))
        if said.contrary:
            raise InvalidInput(
                "question",
                "asks for the contrary of a question that is known",
                fix="answer it as the form shows it elsewhere, without the turn",
            )
        question, where = said.key, said.country
    kept = options_key(options)
    conn.execute(
        """
        insert into person_answer (person_id, question, options, country, state, asked, value)
        values (%s, %s, %s, %s, %s, %s, %s)
        on conflict (person_id, question, options, country) do update
        set state = excluded.state, asked = excluded.asked, value = excluded.value, told_at = clock_timestamp()
        """,
        (person_id, question, kept, where, state, asked, Jsonb(list(value) if isinstance(value, tuple) else value)),
    )
    prepare_what_waits(conn, person_id, unanswered=True)
    return Answer(question, state, asked, value, kept, where)
