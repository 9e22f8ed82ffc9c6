"""The kind of a mail: by its form; else by rules over its sentences and by what its sentences do, which must agree to be sure.

Nothing is read as good where anything near it refuses: then it is the refusal that it may be, and not sure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from rolecall.inbox.mail_kinds.acts import Acts, acts_of, mild, model, signs_of
from rolecall.inbox.mail_kinds.masked_titles import MaskedTitles
from rolecall.inbox.mail_kinds.phrase_rules import SILENT, KindFound, classify, look
from rolecall.inbox.mail_kinds.phrases import sentences
from rolecall.inbox.mail_reader import Mail
from rolecall.inbox.understood import MailKind

GOOD = frozenset({MailKind.RECEIVED, MailKind.INTERVIEW_INVITATION, MailKind.ASSESSMENT, MailKind.OFFER})

ASKS = frozenset({MailKind.INTERVIEW_INVITATION, MailKind.ASSESSMENT, MailKind.OFFER})

BAD = frozenset({MailKind.REJECTED, MailKind.POSITION_CANCELLED})

SAID, HINTED = 2.0, 1.2
"""What a rule that is sure, and one that is not, adds to its kind (in the logarithm of how likely it is)."""

LEAST = 0.01
"""How likely every kind is at least, whatever the words."""

REFUSES, PERHAPS, HARDLY = 0.5, 0.3, 0.1
"""From here on a sentence refuses; from here on a mail may be a refusal, and from here on where a sentence refuses, too."""

FIRMLY = 0.1
"""What more that takes where rules and words agree on something good."""

RATHER = 0.25
"""What share of both the refusal may have where rules and words do not agree on something good."""

SOCIAL = 0.9
"""How likely a mail with a calendar entry must be noise by its words, to be no interview."""

SAID_TOO = 0.1
"""How likely a mail with a calendar entry must be an interview by its words, to be surely one."""

AGREED, ALONE = 0.3, 0.99
"""How likely a kind is where rules say the same, and where they say nothing, to be sure."""

HEARD = 0.2
"""How likely a sentence must do what stands for a kind, where rules say nothing: a mail of no words is of no kind."""

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
    return combined(ruled, acts, likely)


def combined(ruled: KindFound, acts: Acts, likely: dict[str, float]) -> KindFound:
    """One kind of what the rules say and how likely the words make each."""
    silent = ruled.why == SILENT
    weighed = {MailKind(kind): math.log(share + LEAST) for kind, share in likely.items() if kind != MailKind.BOUNCE}
    if not silent:
        weighed[ruled.kind] += SAID if ruled.sure else HINTED
    kind = max(weighed, key=lambda each: weighed[each])
    if kind == MailKind.RECEIVED and ruled.sure and ruled.kind in ASKS and acts.most(SPEAKS[ruled.kind])[0] >= HEARD:
        kind = ruled.kind  # who asks for something often says first that the application has come
    no, gone = acts.most("no"), acts.most("gone")
    bad = likely[MailKind.REJECTED] + likely[MailKind.POSITION_CANCELLED]
    alike = ruled.kind == kind and (ruled.sure or likely[kind] > 0.5)
    more = FIRMLY if alike and ruled.sure and likely[kind] > 0.5 else 0.0
    rather = not alike and bad > RATHER * (bad + likely[kind])
    cue = max(no[0], gone[0])
    if silent and max(cue, *(acts.most(act)[0] for act in (SPEAKS[kind], *BESIDES.get(kind, ())))) < HEARD:
        return KindFound(MailKind.OTHER_NOISE, SILENT, sure=False)
    ruled_bad = ruled.kind in BAD and (ruled.sure or bad > HARDLY or cue > PERHAPS)
    if kind in GOOD and (ruled_bad or rather or bad > PERHAPS + more or (cue > REFUSES and bad > HARDLY + more)):
        likelier = MailKind.REJECTED if likely[MailKind.REJECTED] >= likely[MailKind.POSITION_CANCELLED] else MailKind.POSITION_CANCELLED
        worse = ruled.kind if ruled.kind in BAD else likelier
        return KindFound(worse, max(no, gone)[1], sure=False)
    if silent and max(acts.most(act)[0] for act in (SPEAKS[kind], *BESIDES.get(kind, ()))) < HEARD:
        return KindFound(MailKind.OTHER_NOISE, SILENT, sure=False)
    if kind == ruled.kind and not silent:
        agreed = likely[kind] + (likely[MailKind.RECEIVED] if kind in ASKS else 0.0)  # it may say both
        return KindFound(kind, ruled.why, sure=ruled.sure and agreed >= AGREED)
    return KindFound(kind, acts.most(SPEAKS[kind])[1] or "its words", sure=silent and likely[kind] >= ALONE)
