"""*Approve*: what would be sent, and the person's yes, later or no; the letter in their own words, held against their CV."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from rolecall.applying import decisions
from rolecall.errors import InvalidInput
from rolecall.matching.ads.job import Job
from rolecall.models import Cv, digest
from rolecall.store import Connection
from rolecall.web.language import mark
from rolecall.web.page_context import PageContext, form_of, known_id, opened, person_of, text_of, turn_to, viewer_of
from rolecall.web.templating import ANSWERED, page, refusal, tell
from rolecall.web.viewer import acting_transaction
from rolecall.web.ways import ways_pages

MAX_LETTER = 10_000
MAX_SENTENCE = 1_000

DENIED = mark("Your CV does not say what is marked. Remove it, or say that it is true.")
MISSING = mark("Your CV does not say some sentences in words that we know. Tick those that are true, or change them.")


def router(context: PageContext) -> APIRouter:
    """``/approve``."""
    routes = APIRouter()

    def shown(request: Request, *, said: str = "", undo: list[str] | None = None, wrong: str = "", status: int = 200) -> Response:
        with opened(context, request) as (conn, person):
            everything = decisions.applications_waiting(conn, person["id"], later=True)
            before = [one for one in decisions.answers_to_undo(conn, person["id"]) if one["id"] not in (undo or [])]
        part = "approve_list.html" if request.headers.get("hx-request") else "approve.html"
        now = [one for one in everything if one["answer"] != "later"]
        later = [one for one in everything if one["answer"] == "later"]
        return page(
            request, part, status=status, title="Approve", here="approve", waiting=now, later=later, said=said, undo=undo or [],
            before=before, wrong=wrong, **ways_pages.words(),
        )  # fmt: skip

    @routes.get("/approve")
    def approve(request: Request) -> Response:
        """What waits for a yes."""
        return shown(request)

    @routes.post("/approve")
    def decide(request: Request) -> Response:
        """Yes, later or no to one or several."""
        form = form_of(request)
        answer = text_of(request, "answer")
        if answer not in ("yes", "later", "no") or len(set(form.getlist("answer"))) > 1:
            raise InvalidInput("answer", "says neither yes, later nor no", fix="use one of the buttons")
        pairs = [str(one).partition(":") for one in form.getlist("application")][:100]
        chosen = [(known_id(identity), content_hash) for identity, _, content_hash in pairs]
        if not chosen:
            return shown(request, wrong="Nothing was ticked: tick what you mean, or use the buttons of one card.", status=422)
        viewer = viewer_of(request)
        try:
            with acting_transaction(context.database, viewer, f"answered {answer}", f"{len(chosen)} applications") as conn:
                named = decisions.decide(conn, person_of(conn, request), chosen, answer, by=viewer.actor)  # type: ignore[arg-type]
        except InvalidInput as error:
            return shown(request, wrong=refusal(request, error), status=409)
        seconds = f"{decisions.UNDO.total_seconds():.0f}"
        return shown(
            request,
            said=tell(request, ANSWERED[answer], names=", ".join(named), seconds=seconds),
            undo=[identity for identity, _ in chosen],
        )

    @routes.post("/approve/undo")
    def undo(request: Request) -> Response:
        """Takes answers back, as long as nothing left."""
        viewer = viewer_of(request)
        identities = [known_id(str(one)) for one in form_of(request).getlist("application")][:100]
        try:
            with acting_transaction(context.database, viewer, "took answers back", f"{len(identities)} applications") as conn:
                person = person_of(conn, request)
                named = [decisions.undo(conn, person, identity, by=viewer.actor) for identity in identities]
        except InvalidInput as error:
            return shown(request, wrong=refusal(request, error), status=409)
        return shown(request, said=tell(request, ANSWERED["back"], names=", ".join(named)))

    @routes.get("/approve/{application_id}/letter")
    def letter(request: Request, application_id: str) -> Response:
        """The letter, to be reworded."""
        with opened(context, request) as (conn, person):
            row = _waiting(conn, person["id"], application_id)
            return _letter(request, row, row["letter"] or "", claims_of(conn, row, row["letter"] or ""))

    @routes.post("/approve/{application_id}/letter")
    def reword(request: Request, application_id: str) -> Response:
        """Keeps the person's own wording, where the CV carries it or they say that it is true."""
        text = text_of(request, "letter", most=MAX_LETTER + 1).replace("\r\n", "\n")
        confirmed = [str(one)[:MAX_SENTENCE] for one in form_of(request).getlist("confirmed")][:50]
        viewer = viewer_of(request)
        with opened(context, request) as (conn, person):
            row = _waiting(conn, person["id"], application_id)
            claims = claims_of(conn, row, text)
            if len(text) > MAX_LETTER or not text:
                return _letter(request, row, text[:MAX_LETTER], claims, wrong="A letter has 1 to 10,000 characters.", status=422)
            ticked = set(map(_one_line, confirmed))
            for one in claims:
                one["ticked"] = _one_line(one["sentence"])[:MAX_SENTENCE] in ticked
            asked = [one for one in claims if not one["remembered"]]
            if not all(one["ticked"] for one in asked) or text_of(request, "check"):
                wrong = "" if not asked else DENIED if any(one["claims"] for one in asked) else MISSING
                said = "" if wrong else mark("Your CV or the ad carries every sentence.")
                return _letter(request, row, text, claims, wrong=wrong, said=said, status=422 if wrong else 200)
        unbacked = [_one_line(one["sentence"])[:MAX_SENTENCE] for one in claims]
        with acting_transaction(context.database, viewer, "reworded a letter", f"application:{row['id']}", confirmed=len(unbacked)) as conn:
            decisions.reword_letter(conn, person["id"], row["id"], text, confirmed=unbacked, by=viewer.actor)
        return turn_to(request, f"approve#a-{row['id']}")

    return routes


def _waiting(conn: Connection, person_id: str, application_id: str) -> dict[str, Any]:
    identity = known_id(application_id)
    found = next((one for one in decisions.applications_waiting(conn, person_id, later=True) if one["id"] == identity), None)
    if found is None:
        raise InvalidInput("application", "this letter cannot be changed any more", fix="look at Applications")
    return found


def _letter(
    request: Request, row: dict[str, Any], text: str, claims: list[dict[str, Any]], *, wrong: str = "", said: str = "", status: int = 200
) -> Response:
    return page(
        request,
        "letter.html",
        status=status,
        title=tell(request, mark("Letter to %(company)s"), company=row["company"] or ""),
        here="approve",
        row=row,
        text=text,
        claims=claims,
        wrong=wrong,
        said=said,
    )


def claims_of(conn: Connection, row: dict[str, Any], letter: str) -> list[dict[str, Any]]:
    """The sentences that do not pass by themselves, each once and in the letter's order.

    ``[{sentence, claims, missing, remembered, ticked}]``. ``claims``: what the CV has not, or has otherwise; where there is none,
    ``missing``: words that no part of it carries. Only of the latter a yes that the person gave to the same text counts again
    (``remembered``).
    """
    from rolecall.matching.cv.person import read_person  # a vocabulary: half a second that nobody waits for who only looks
    from rolecall.matching.letters.claims import marked_sentences

    cv = conn.execute(
        "select cv.data, cv.person_id, person.name from cv join person on person.id = person_id where cv.id = %s", (row["cv_id"],)
    ).fetchone()
    if cv is None:
        return []
    person = Cv.model_validate({**cv["data"], "name": cv["data"].get("name") or cv["name"]})
    ad = conn.execute("select description from job where id = %s", (row["catalog_id"],)).fetchone() or {}
    job = Job(id=row["job_id"], title=row["title"] or "", company=row["company"] or "", description=ad.get("description") or "")
    known = decisions.sentences_said_true(conn, cv["person_id"])
    return [
        {
            "sentence": one.sentence,
            "claims": one.denied,
            "missing": one.missing,
            "remembered": not one.denied and digest([_one_line(one.sentence)[:MAX_SENTENCE]]) in known,
            "ticked": False,
        }
        for one in marked_sentences(letter, read_person(person), job)
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())
