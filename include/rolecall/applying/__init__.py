"""Applying for people, at most once: policy (may we?), plan, pace, submit, and the ledger that remembers."""
