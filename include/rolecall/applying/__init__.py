"""Applying for people, at most once: policy (may we?), plan, pace, submit, and the ledger that remembers."""

__all__ = [
    "approval",
    "choosing",
    "decisions",
    "effects",
    "follow",
    "ledger",
    "plan",
    "policy",
    "requests",
    "restored",
    "submit",
    "tokens",
    "webhook",
    "work",
]
