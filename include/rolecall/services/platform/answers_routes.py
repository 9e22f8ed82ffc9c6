"""A person's answers to questions of forms: seen, given, taken back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from pydantic import SecretStr

from rolecall.applying.answers import bank
from rolecall.applying.answers.open_questions import open_questions
from rolecall.errors import InvalidInput
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.platform.payloads import AnswerIn
from rolecall.services.platform.people_routes import read_user
from rolecall.services.platform.rights import admit
from rolecall.services.route_guards import bearer, with_any_token


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/users/{id}/answers``, for the service's token or the person's own."""
    routes = APIRouter(prefix="/api/v1/users", route_class=with_any_token())

    @routes.get("/{user_id}/answers")
    def answers(user_id: str, request: Request) -> dict[str, Any]:
        """Everything in the person's bank, by question; ``open``: what their applications wait for, each question once."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            person = read_user(conn, user_id)["id"]
            return {
                "userId": person,
                "answers": [shown(one) for one in bank.known_answers(conn, person)],
                "open": open_questions(conn, person),
            }

    @routes.put("/{user_id}/answers")
    def answer(user_id: str, body: AnswerIn, request: Request) -> dict[str, Any]:
        """Keeps one answer, instead of any given to the same question before."""
        if body.never == (body.value is not None):
            raise ApiError(422, "value: give an answer, or never, not both", field="value", fix="send value, or never: true")
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            person = read_user(conn, user_id)["id"]
            try:
                if body.value is None:
                    return shown(bank.mark_never_answered(conn, person, body.question, options=body.options, country=body.country))
                return shown(bank.save_answer(conn, person, body.question, body.value, options=body.options, country=body.country))
            except InvalidInput as error:
                raise ApiError(422, error.message, field=error.field, fix=error.fix) from error

    @routes.delete("/{user_id}/answers")
    def forget(user_id: str, question: str, request: Request, options: str = "", country: str = "") -> dict[str, Any]:
        """Takes an answer out of the bank: the question is asked again."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            return {
                "question": question,
                "forgotten": bank.forget_answer(conn, user_id, question, options=options, country=country.upper()),
            }

    return routes


def shown(one: bank.Answer) -> dict[str, Any]:
    """An answer as REST says it."""
    told = asdict(one)
    return {"toldAt" if name == "told_at" else name: value for name, value in told.items()}
