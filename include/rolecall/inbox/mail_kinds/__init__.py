"""Which kind a mail is: by its form, by rules over its sentences, and by what its sentences do."""

from __future__ import annotations

from rolecall.inbox.mail_kinds.verdict import kind_of

__all__ = ["kind_of"]
