"""The files that go along with an application: made, or the person's own, and kept by the hash of their bytes."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rolecall.errors import InvalidInput
from rolecall.matching.ads.job import Job
from rolecall.matching.papers.paper_pdf import Pages, cv_pdf, letter_pdf
from rolecall.models import Cv
from rolecall.store import Connection
from rolecall.store.documents import put_file

NAMES = {"cv": "CV", "letter": "Letter"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to send.

    :param sha256: of ``body``; :func:`rolecall.store.documents.get_file` finds it again
    :param made: by us from the CV's facts; else it is the person's own file, byte for byte
    """

    what: Literal["cv", "letter"]
    name: str
    sha256: str
    body: bytes
    made: bool = True


def papers_of(
    conn: Connection,
    cv: Cv,
    job: Job,
    letter: str,
    *,
    own_file: bool = True,
    pages: Pages = 2,
    day: date | None = None,
    keep: bool = True,
) -> tuple[Paper, ...]:
    """CV and letter for one job, stored; the CV first. An empty letter makes no file.

    :param own_file: send the file that the person gave, unchanged, where there is one; else the CV is set for this job
    :param day: the date the letter bears
    :param keep: ``False``: nothing is stored, they are only looked at
    :raises InvalidInput: characters that no font here has, and there is no file of the person's own
    """
    found = [_uploaded_cv(conn, cv) if own_file else None]
    if found[0] is None:
        try:
            found = [_kept(conn, cv, "cv", cv_pdf(cv, job=job, pages=pages), keep=keep)]
        except InvalidInput:
            found = [_uploaded_cv(conn, cv)]
            if found[0] is None:
                raise
    if letter.strip():
        with suppress(InvalidInput):  # no font has it: the letter goes as the text it is
            found.append(_kept(conn, cv, "letter", letter_pdf(letter, cv, job, day=day), keep=keep))
    return tuple(paper for paper in found if paper)


def _uploaded_cv(conn: Connection, cv: Cv) -> Paper | None:
    row = conn.execute("select filename, sha256, body from cv_file where cv_id = %s", (cv.id,)).fetchone() if cv.id else None
    return Paper("cv", row["filename"], row["sha256"], bytes(row["body"]), made=False) if row else None


def _kept(conn: Connection, cv: Cv, what: Literal["cv", "letter"], body: bytes, *, keep: bool) -> Paper:
    name = " ".join(filter(None, (re.sub(r"[^\w' -]", " ", cv.name).strip(), NAMES[what])))
    name = f"{' '.join(name.split())[:100]}.pdf"
    sha256 = put_file(conn, f"{what} file", name, body, person_id=cv.user_id) if keep else hashlib.sha256(body).hexdigest()
    return Paper(what, name, sha256, body)
