"""Whether a mail's sender may be somebody else, by what the receiving server noted (RFC 8601) and by how it is written. Nothing is looked
up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rolecall.inbox.mail_reader import Mail

RESULT = re.compile(r"\b(dmarc|dkim|spf|compauth)\s?=\s?(\w{1,20})", re.I)
BAD = frozenset({"fail", "softfail", "permerror", "reject", "policy"})


def suspicion(results: Sequence[str]) -> str:
    """Why the sender may be somebody else; ``""``: nothing speaks against it, or nothing was checked.

    Only the first header counts, and others of the same server: it was written last, by the server that received the mail; a sender can
    have written those below it. DMARC decides where it was checked; without it a failed signature or address that nothing makes good.

    >>> suspicion(["mx.example; dkim=fail; spf=pass", "mx.evil; dmarc=pass"])
    ''
    >>> suspicion(["mx.example; dmarc=fail (p=reject); dkim=pass"])
    'the sender could not be confirmed (dmarc=fail)'
    """
    if not results:
        return ""
    server = results[0].partition(";")[0].split()[:1]
    found: dict[str, str] = {}
    for each in results:
        if each.partition(";")[0].split()[:1] == server:
            for method, result in RESULT.findall(each):
                method, result = method.lower(), result.lower()
                if method == "dkim" and found.get("dkim") in BAD and result == "pass":
                    found["dkim"] = result  # of several signatures one that holds is enough
                found.setdefault(method, result)
    for decides in ("dmarc", "compauth"):
        if found.get(decides) == "pass":
            return ""
        if found.get(decides) in BAD:
            return f"the sender could not be confirmed ({decides}={found[decides]})"
    bad = [f"{method}={found[method]}" for method in ("dkim", "spf") if found.get(method) in BAD]
    if bad and "pass" not in (found.get("dkim"), found.get("spf")):
        return f"the sender could not be confirmed ({', '.join(bad)})"
    return ""


TURNED = re.compile("[\u202d\u202e]")
"""Overrides of the writing direction: no language needs them, who uses them shows other letters than are there."""


def disguise(mail: Mail) -> str:
    """Why what a mail shows is not what it says; ``""``: it is."""
    if any(TURNED.search(each) for each in (mail.sender, mail.sender_name, mail.subject, mail.text)):
        return "its letters are turned round (a direction override): it shows something else than it says"
    return ""
