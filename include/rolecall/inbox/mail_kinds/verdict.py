"""The kind of a mail: by its form; else by rules over its sentences, what its sentences do, and its words as a whole, together.

Nothing is read as good where anything near it refuses: then it is the refusal that it may be, and not sure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from rolecall.inbox.mail_kinds.acts import Acts, acts_of, mild, model, signs_of
from rolecall.inbox.mail_kinds.mail_words import wording_model
from rolecall.inbox.mail_kinds.masked_titles import MaskedTitles
from rolecall.inbox.mail_kinds.phrase_rules import SILENT, KindFound, classify, look
from rolecall.inbox.mail_kinds.phrases import sentences
from rolecall.inbox.mail_reader import Mail
from rolecall.inbox.understood import MailKind

GOOD = frozenset({MailKind.RECEIVED, MailKind.INTERVIEW_INVITATION, MailKind.ASSESSMENT, MailKind.OFFER})

ASKS = frozenset({MailKind.INTERVIEW_INVITATION, MailKind.ASSESSMENT, MailKind.OFFER})

BAD = frozenset({MailKind.REJECTED, MailKind.POSITION_CANCELLED})

SAID, HINTED = 1.5, 0.75
"""What a rule that is sure, and one that is not, adds to its kind (in the logarithm of how likely it is)."""

DONE, WORDED = 0.5, 2.0
"""What the logarithm of how likely its sentences make a kind counts, and of how likely its words do. With these, and the bounds of a
refusal below, no rejection was read as good where a writer's mails were left out of the fit.
"""

SETTLED = 0.8
"""How likely the sentences must make the kind that the rules say, for the words not to be heard, and in their likelihood's full weight."""

SHORT = 40
"""Words from which on a mail's count as a whole; of fewer, rules and sentences say more."""

LEAST = 0.01
"""How likely every kind is at least, whatever the words."""

REFUSES = 0.5
"""From here on a sentence refuses."""

PERHAPS, AT_ALL = 0.15, 0.2
"""How likely a refusal must be to outrank something good: by everything; and by its words, where a rule or a sentence refuses."""

SOCIAL = 0.9
"""How likely a mail with a calendar entry must be noise by its words, to be no interview."""

SAID_TOO = 0.1
"""How likely a mail with a calendar entry must be an interview by its words, to be surely one."""

AGREED, ALONE = 0.5, 0.99
"""How likely a kind is where rules say the same, and where they say nothing, to be sure."""

HEARD, MEANT = 0.2, 0.3
"""How likely a sentence must do what stands for a kind, or the words make it, where rules say nothing: a mail of no words is of no kind."""

SPEAKS = {
    MailKind.RECEIVED: "got", MailKind.REJECTED: "no", MailKind.POSITION_CANCELLED: "gone", MailKind.INTERVIEW_INVITATION: "meet",
    MailKind.ASSESSMENT: "test", MailKind.ACTION_NEEDED: "do", MailKind.OFFER: "offer", MailKind.SECURITY_CODE: "code",
    MailKind.RECRUITER_OUTREACH: "reach", MailKind.NOISE_JOB_ALERT: "alert", MailKind.OTHER_NOISE: "sell", MailKind.BOUNCE: "sell",
}  # fmt: skip
"""The act that stands for a kind."""

BESIDES = {MailKind.RECEIVED: ("wait", "maybe"), MailKind.REJECTED: ("bye", "gone"), MailKind.POSITION_CANCELLED: ("no",)}
"""Acts that speak for it, too."""


def kind_of(mail: Mail, *, meeting: bool, titles: Iterable[str] = ()) -> KindFound:
    """The kind of a mail, what decided it, and whether that is certain.

    :param meeting: it has a calendar part that asks for a meeting, moves it or calls it off
    :param titles: of the jobs it may be about; their words say nothing of the mail's kind (a *Registered Nurse* is no receipt)
    """
    named = MaskedTitles(titles)
    subject, body = named.masked(sentences(mail.subject)), named.masked(sentences(mail.text))
    of_subject, found = look(subject, body, mild=mild)
    ruled = classify(mail, of_subject, found, meeting=meeting)
    if ruled.by_form and ruled.kind != MailKind.INTERVIEW_INVITATION:
        return ruled
    acts = acts_of(subject, body)
    likely = model().of_mail(signs_of(mail, acts, found.groups))
    if ruled.by_form:
        events = likely[MailKind.OTHER_NOISE] > SOCIAL
        if events:
            return KindFound(MailKind.OTHER_NOISE, acts.most("sell")[1] or "an event", sure=False)
        return KindFound(ruled.kind, ruled.why, sure=likely[ruled.kind] >= SAID_TOO, by_form=True)
    heard = min(sum(map(len, [*subject, *body])) / SHORT, 1.0)
    return combined(ruled, acts, likely, wording_model().likely(subject, body), heard)


def combined(ruled: KindFound, acts: Acts, done: Mapping[str, float], worded: Mapping[str, float], heard: float) -> KindFound:
    """One kind of what the rules say, how likely the sentences make each, and how likely the words do.

    :param heard: what the words count, 0 to 1
    """
    silent = ruled.why == SILENT
    settled = done.get(ruled.kind, 0.0) >= SETTLED
    of_done, of_words = (1.0, 0.0) if settled else (DONE, heard * WORDED)
    weighed = {
        MailKind(kind): of_done * math.log(done[kind] + LEAST) + of_words * math.log(worded[kind] + LEAST)
        for kind in done
        if kind in worded
    }
    likely = _shares(weighed)
    if not silent and ruled.kind in weighed:
        weighed[ruled.kind] += SAID if ruled.sure else HINTED
    shares = _shares(weighed)
    kind = max(shares, key=lambda each: shares[each])
    no, gone = acts.most("no"), acts.most("gone")
    refusing = max(no[0], gone[0])
    speaking = max(acts.most(act)[0] for act in (SPEAKS[kind], *BESIDES.get(kind, ())))
    if silent and max(refusing, speaking) < HEARD and worded[kind] < MEANT:
        return KindFound(MailKind.OTHER_NOISE, SILENT, sure=False)
    refused = not settled and (ruled.kind in BAD or refusing > REFUSES)
    if kind in GOOD and (sum(shares[bad] for bad in BAD) > PERHAPS or (refused and sum(worded[bad] for bad in BAD) > AT_ALL)):
        worse = max(sorted(BAD), key=lambda bad: shares[bad])
        return KindFound(worse, ruled.why if ruled.kind == worse else max(no, gone)[1], sure=False)
    if kind == ruled.kind and not silent:
        agreed = likely[kind] + (likely[MailKind.RECEIVED] if kind in ASKS else 0.0)  # it may say both
        return KindFound(kind, ruled.why, sure=ruled.sure and agreed >= AGREED)
    return KindFound(kind, acts.most(SPEAKS[kind])[1] or "its words", sure=silent and likely[kind] >= ALONE)


def _shares(weighed: Mapping[MailKind, float]) -> dict[MailKind, float]:
    """Logarithms as shares that sum to 1."""
    total = sum(map(math.exp, weighed.values()))
    return {kind: math.exp(value) / total for kind, value in weighed.items()}
