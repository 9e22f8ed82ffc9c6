"""Applying for people, at most once: policy (may we?), plan, pace, submit, and the ledger that remembers."""

__all__ = [
    "approval",
    "decisions",
    "effects",
    "follow",
    "ledger",
    "plan",
    "requests",
    "restore_guard",
    "sent_log",
    "submit",
    "tokens",
    "webhook",
    "work",
]
