"""*Me*: the CV and what was read of it, wishes, messages, what may be sent, ways in, everything about oneself, and its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from pydantic import SecretStr
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from rolecall.criteria import SPELLINGS
from rolecall.errors import InvalidInput
from rolecall.people import accounts, logins, privacy
from rolecall.people.applying_wishes import MODES
from rolecall.people.cvs.own_cvs import own_cvs
from rolecall.people.matches_in_words import LEFT_OUT
from rolecall.services.platform.rights import zipped_export
from rolecall.services.submitters import smtp_accounts
from rolecall.services.submitters.mail_way import SmtpAccount
from rolecall.text.html import EMPLOYMENT, employment
from rolecall.text.places.place_wishes import doubted
from rolecall.web.cv_pages import LABELS, read_fields
from rolecall.web.language import LANGUAGES, mark, names
from rolecall.web.page_context import PageContext, form_of, mode, opened, person_of, text_of, turn_to, viewer_of
from rolecall.web.templating import page, tell
from rolecall.web.viewer import SESSION, acting_transaction
from rolecall.web.ways import ways_pages

USUAL, OWN = ("email", "sms", "push"), ("telegram", "ntfy")
"""Channels of messages: those in use where nobody chose, and those whose address the person gives."""

CAMEL = {name: to_camel(name) for name in ("salary_min", "salary_currency", "employment_types", "current_employer")}
"""Criterion → the name under which the page stores it."""


def router(context: PageContext) -> APIRouter:
    """``/me``."""
    routes = APIRouter()

    @routes.get("/me")
    def me(request: Request, cv: str = "") -> Response:
        """Everything that is set; what was just done to a CV."""
        return _me(request, done=cv)

    def _me(request: Request, *, token: str = "", done: str = "") -> Response:
        with opened(context, request) as (conn, person):
            cvs = [row | {"read": read_fields(row["data"])} for row in own_cvs(conn, person["id"])]
            sessions = logins.sessions_of(conn, person["id"])
            smtp = smtp_accounts.shown(conn, person["id"])
            said = person["preferences"] if isinstance(person["preferences"], dict) else {}
            own_ways = ways_pages.of_me(conn, person["id"], _mapping(said.get("applying")))
            row = conn.execute(
                "select exists (select from page_password where person_id = %(id)s) as password, "
                "exists (select from page_totp where person_id = %(id)s and confirmed_at is not null) as code, "
                "(select token_sha256 is not null from person where id = %(id)s) as token",
                {"id": person["id"]},
            ).fetchone()
        wished = _mapping(said.get("criteria"))
        return page(
            request,
            "me.html",
            title="Me",
            here="me",
            person=person,
            cvs=cvs,
            done=done,
            sessions=sessions,
            smtp=smtp,
            own_ways=own_ways,
            has=row or {},
            token=token,
            wishes=_lists(wished, SHOWN_AS_LISTS),
            **_shown_terms(wished),
            doubted=doubted(_texts(wished.get("locations") or wished.get("location"))),
            applying=_mapping(said.get("applying")),
            messages=_messages(_mapping(said.get("notifications"))),
            blacklist=_texts(said.get("blacklist")),
            mode=mode(said),
            labels=LABELS,
            own_logins=context.gate.own_logins,
            channels=(*USUAL, *OWN),
            usual=USUAL,
            languages=names(),
            spoken=said.get("language") or "",
        )

    @routes.post("/me/wishes")
    def wishes(request: Request) -> Response:
        """What the person looks for, and whom they never want."""
        return _changed(
            request, {"criteria": _criteria(request), "blacklist": _lines(request, "blacklist") or None}, "changed wishes", "wishes"
        )

    @routes.post("/me/preview")
    def preview(request: Request) -> Response:
        """What the wishes of the form would have given over the last days. Nothing is changed."""
        with opened(context, request) as (_, person):
            asked = {name: value for name, value in _criteria(request).items() if name != "keywords" or value}
        if context.preview is None:
            raise InvalidInput("wishes", "cannot be tried out here", fix="keep them: the next match goes by them")
        found = context.preview(person["id"], asked)
        title, unknown = mark("What these wishes would have given"), doubted(_texts(asked.get("locations")))
        return page(request, "preview.html", title=title, here="me", found=found, left_out=LEFT_OUT, doubted=unknown)

    @routes.post("/me/mode")
    def change_mode(request: Request) -> Response:
        """What may be sent: nothing, what is said yes to, or what fits."""
        wanted = text_of(request, "mode")
        if wanted not in ("look", "ask", "auto"):
            raise InvalidInput("mode", "is none that there is", fix="choose one of the three")
        applying: dict[str, Any] = {"dailyCap": _number(request, "dailyCap"), "weeklyCap": _number(request, "weeklyCap")}
        if wanted != "look":
            applying["approval"] = wanted == "ask"
        if (far := text_of(request, "far")) in MODES:
            codes = text_of(request, "readCodes") == "yes"
            applying |= {"mode": far, "holdMinutes": _number(request, "holdMinutes"), "readCodes": codes}
        return _changed(request, {"auto_apply": wanted != "look", "applying": applying}, f"chose the mode {wanted}", "mode")

    @routes.post("/me/smtp")
    def smtp(request: Request) -> Response:
        """Tries the person's SMTP settings and keeps them, or forgets them."""
        viewer, form = viewer_of(request), form_of(request)
        with acting_transaction(context.database, viewer, "changed SMTP settings", "smtp_account") as conn:
            if text_of(request, "forget"):
                smtp_accounts.forget(conn, person_of(conn, request))
                return turn_to(request, "me#smtp")
        password = form.get("password")
        secret = SecretStr(password if isinstance(password, str) else "")
        port, security = _number(request, "port") or 587, text_of(request, "security")
        account = SmtpAccount(text_of(request, "address"), text_of(request, "host"), port, security, text_of(request, "user"), secret)  # type: ignore[arg-type]
        try:
            smtp_accounts.try_out(account)
        except smtp_accounts.AccountRefused as error:
            raise InvalidInput("smtp", error.message, fix=error.fix) from error
        with acting_transaction(context.database, viewer, "kept SMTP settings", "smtp_account") as conn:
            smtp_accounts.keep(conn, person_of(conn, request), account)
        return turn_to(request, "me#smtp")

    @routes.post("/me/pause")
    def pause(request: Request) -> Response:
        """Stops everything that would leave in the person's name, or goes on."""
        paused = text_of(request, "pause") == "yes"
        return _changed(request, {"auto_apply": not paused}, "paused" if paused else "went on", "mode")

    @routes.post("/me/language")
    def language(request: Request) -> Response:
        """In which language pages and messages speak; empty: as the browser asks."""
        wanted = text_of(request, "language")
        if wanted and wanted not in LANGUAGES:
            raise InvalidInput("language", "is none that there is", fix="choose one of the list")
        return _changed(request, {"language": wanted or None}, "chose a language", "messages")

    @routes.post("/me/messages")
    def messages(request: Request) -> Response:
        """By which channels, when, and when not."""
        begin, end = text_of(request, "from"), text_of(request, "to")
        said = {
            "channels": [str(one) for one in form_of(request).getlist("channels")],
            "delivery": text_of(request, "delivery") or None,
            "timeZone": text_of(request, "timeZone") or None,
            "quietHours": {"from": begin, "to": end} if begin and end else None,
            "telegram": {"chatId": chat} if (chat := text_of(request, "telegramChat")) else None,
            "ntfy": {"topic": topic} if (topic := text_of(request, "ntfyTopic")) else None,
        }
        return _changed(request, {"notifications": said}, "changed messages", "messages")

    def _changed(request: Request, patch: dict[str, Any], action: str, part: str) -> Response:
        viewer = viewer_of(request)
        with acting_transaction(context.database, viewer, action, "preferences") as conn:
            accounts.change(conn, person_of(conn, request), {"preferences": patch}, actor=viewer.actor)
        return turn_to(request, f"me#{part}")

    @routes.post("/me/token")
    def token(request: Request) -> Response:
        """A new token for programs, shown this once, or none any more."""
        viewer, revoked = viewer_of(request), text_of(request, "revoke") == "yes"
        with acting_transaction(context.database, viewer, "revoked a token" if revoked else "made a token", "token") as conn:
            person = person_of(conn, request)
            if revoked:
                accounts.revoke_token(conn, person, actor=viewer.actor)
                return turn_to(request, "me#ways-in")
            issued = accounts.issue_token(conn, person, actor=viewer.actor) or ""
        return _me(request, token=issued)

    @routes.post("/me/password")
    def password(request: Request) -> Response:
        """Sets the password."""
        viewer = viewer_of(request)
        value = form_of(request).get("password")
        with acting_transaction(context.database, viewer, "set a password", "password") as conn:
            logins.set_password(conn, person_of(conn, request), value if isinstance(value, str) else "", actor=viewer.actor)
        return turn_to(request, "me#ways-in")

    @routes.post("/me/session")
    def end_session(request: Request) -> Response:
        """Ends one of the person's sessions."""
        viewer = viewer_of(request)
        with acting_transaction(context.database, viewer, "ended a session", "session") as conn:
            logins.end_session(conn, text_of(request, "session"), person_id=person_of(conn, request), actor=viewer.actor)
        return turn_to(request, "me#ways-in")

    @routes.post("/me/export")
    def export(request: Request) -> Response:
        """Every row about the person, with the files of their CVs."""
        viewer = viewer_of(request)
        with acting_transaction(context.database, viewer, "exported everything", "person") as conn:
            person = person_of(conn, request)
            found = jsonable_encoder(privacy.export(conn, person), custom_encoder={bytes: lambda raw: raw.hex()})
            files = privacy.files(conn, person)
        return zipped_export(found, files, name="rolecall.zip")

    @routes.post("/me/erase")
    def erase(request: Request) -> Response:
        """Erases the person, who has to say so in words."""
        viewer = viewer_of(request)
        words = mark("erase everything")
        if text_of(request, "sure").casefold() not in (words, tell(request, words).casefold()):
            raise InvalidInput("sure", "nothing was erased: the words do not fit", fix="go back and type them as they stand there")
        with acting_transaction(context.database, viewer, "erased a person", "person") as conn:
            privacy.erase(conn, person_of(conn, request))
        own = context.gate.own_logins and not viewer.operator
        response = turn_to(request, "login?erased" if own else "")
        if own:
            response.delete_cookie(SESSION, path=request.scope.get("root_path", "") or "/")
        return response

    return routes


def _criteria(request: Request) -> dict[str, Any]:
    remote = [str(one) for one in form_of(request).getlist("remote")]
    return {
        "keywords": _lines(request, "keywords") or None,
        "locations": _lines(request, "locations") or None,
        "exclude": _lines(request, "exclude") or None,
        "languages": _lines(request, "languages") or None,
        "remote": remote or None,
        **_terms(request),
    }


def _terms(request: Request) -> dict[str, Any]:
    """Pay, contract, employer and threshold, of a form that has them; under one name each, whatever they were stored under."""
    form, terms = form_of(request), dict[str, Any]()
    if "salaryMin" in form:
        floor = _number(request, "salaryMin", most=9)
        terms["salary_min"], terms["salary_currency"] = floor, text_of(request, "salaryCurrency").upper() or None if floor else None
        terms["employment_types"] = [str(one) for one in form.getlist("employmentTypes")] or None
        terms["current_employer"] = _lines(request, "currentEmployer") or None
    written = {CAMEL[name]: value for name, value in terms.items()}
    other = {one: None for name in terms for one in SPELLINGS[name] if one != CAMEL[name]}
    if percent := _number(request, "threshold"):
        if percent > 100:
            raise InvalidInput("threshold", "is no share", fix="type a number from 1 to 100")
        written["threshold"], other = percent / 100, other | {"minScore": None, "min_score": None}
    return other | written


def _shown_terms(wishes: dict[str, Any]) -> dict[str, Any]:
    """The same as they are stored, for the form."""
    floor, currency, kinds, employer = (next((wishes[one] for one in SPELLINGS[name] if wishes.get(one)), None) for name in CAMEL)
    return {
        "salary_min": floor if isinstance(floor, str) else f"{floor:.0f}" if isinstance(floor, int | float) and floor < MOST_PAY else "",
        "currency": currency or "",
        "contracts": tuple(EMPLOYMENT),
        "contracted": [employment(one) for one in _texts(kinds)],
        "employers": _texts(employer),
    }


SHOWN_AS_LISTS = ("keywords", "locations", "location", "remote", "languages", "exclude")
"""Wishes, as the form shows them."""

MOST_PAY = 10**12
"""More is a number that nobody means, and that need not be printable."""


def _lists(said: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The same with lists of texts there, whatever another version kept: the form on which it is corrected must open."""
    return said | {name: _texts(said[name]) for name in names if said.get(name) is not None}


def _messages(said: dict[str, Any]) -> dict[str, Any]:
    return _lists(said, ("channels",)) | {name: _mapping(said.get(name)) for name in ("quietHours", "telegram", "ntfy")}


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _lines(request: Request, name: str) -> list[str]:
    """A field of several lines as a list."""
    return [line.strip() for line in text_of(request, name, most=20_000).splitlines() if line.strip()]


def _number(request: Request, name: str, *, most: int = 6) -> int | None:
    text = text_of(request, name, most=most)
    if not text:
        return None
    if not text.isdecimal():
        raise InvalidInput(name, "is no number", fix="type a whole number, or leave it empty")
    return int(text)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
