"""Mails that answer applications: the kind of each, rejections taken for something good, noise taken for an answer, and whose it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from judge.invented import mails as invented
from judge.measure import Row, Skipped, developed_on, share
from rolecall.inbox import NOISE, MailKind, Understood, understand

BAD_NEWS = frozenset({MailKind.REJECTED, MailKind.POSITION_CANCELLED})
GOOD = frozenset({MailKind.RECEIVED, MailKind.INTERVIEW_INVITATION, MailKind.ASSESSMENT, MailKind.OFFER})
WORDS = {
    "received": ("thank you for applying", "received", "application submitted", "thank you for your application"),
    "rejected": ("unfortunately", "regret", "not selected", "other candidates", "not be moving forward", "leider", "malheureusement"),
    "interview_invitation": ("interview", "gespräch", "entretien", "entrevista"),
    "offer": ("offer", "angebot", "offre", "oferta"),
    "noise_job_alert": ("job alert", "new jobs"),
}  # fmt: skip
"""The baseline: the first kind one of whose words is anywhere in the mail, rejections first."""

OTHERS = {
    "second set": invented.SECOND,
    "fourth set": invented.FOURTH,
    "fifth set": invented.FIFTH,
    "sixth set, by a third hand": invented.SIXTH,
}


class One(NamedTuple):
    """A mail with its label and what was understood."""

    kind: str
    found: Understood
    baseline: str


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """By half of the real mails, and over the invented ones: share of right kinds, and what must never happen."""
    folder = shared / "mails"
    if (folder / "PROVENANCE.tsv").exists():
        real = list(labelled(folder))
        for half, developed in (("developed on", True), ("held", False)):
            ours = [one for name, one in real if developed_on(name) is developed]
            yield from figures(f"mails, {half}", ours, real=True, bound=None if developed else 0.95)
    else:
        yield Skipped("mails", f"{folder} is not there")
    made = [(one, understand(one.raw, applications=[{"id": "it", "company": one.company, "title": one.title}])) for one in invented.mails()]
    yield from figures("mails", [One(one.kind, found, baseline(found)) for one, found in made], real=False, bound=0.95)
    for which, file in OTHERS.items():
        written = [(one.name, One(one.kind, found := understand(one.raw), baseline(found))) for one in invented.second_mails(file)]
        for half, developed in (("developed on", True), ("held", False)):
            ours = [one for name, one in written if developed_on(name) is developed]
            yield from figures(f"mails, {which}, {half}", ours, real=False, bound=None if developed else 0.95)
    third = [(name, One(kind, found := understand(raw), baseline(found))) for name, kind, raw in invented.third_mails()]
    for half, developed in (("developed on", True), ("held", False)):
        ours = [one for name, one in third if developed_on(name) is developed]
        yield from figures(f"mails, third set, by another hand, {half}", ours, real=False, bound=None if developed else 0.95)
    assigned = [float(found.application is not None) for one, found in made if MailKind(one.kind) in NOISE]
    yield Row("mails", "noise assigned to an application", *share(assigned), "", None, len(assigned), 0, real=False, less_is_better=True)


def labelled(folder: Path) -> Iterator[tuple[str, One]]:
    """(file's name, mail) of each labelled one."""
    for name, kind, raw in labelled_bytes(folder):
        yield name, One(kind, found := understand(raw), baseline(found))


def labelled_bytes(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """(file's name, label, bytes) of each labelled one."""
    with (folder / "PROVENANCE.tsv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines, delimiter="\t"):
            if line["label"] in set(MailKind):
                yield Path(line["file"]).name, line["label"], (folder / line["file"]).read_bytes()


def figures(name: str, found: list[One], *, real: bool, bound: float | None) -> Iterator[Row]:
    """The rows of one set."""
    right = [float(one.found.kind == one.kind) for one in found]
    plain = share([float(one.baseline == one.kind) for one in found])
    yield Row(name, "kind right", *share(right), "first word found", plain.ours, len(found), bound, real=real)
    if no := [float(one.found.kind in GOOD) for one in found if one.kind in BAD_NEWS]:
        yield Row(name, "bad news read as good", *share(no), "", None, len(no), 0, real=real, less_is_better=True)
    if noise := [float(one.found.kind not in NOISE) for one in found if one.kind in NOISE]:
        yield Row(name, "noise read as an answer", *share(noise), "", None, len(noise), None, real=real, less_is_better=True)


def baseline(found: Understood) -> str:
    """What the table of words says."""
    text = f"{found.subject}\n{found.text}".lower()
    order = ("noise_job_alert", "rejected", "offer", "interview_invitation", "received")
    return next((kind for kind in order if any(word in text for word in WORDS[kind])), "other_noise")
