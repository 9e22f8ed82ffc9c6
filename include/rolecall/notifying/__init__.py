"""Telling people: drafts, an outbox in Postgres that nothing falls out of, a Redis stream that only wakes, and the channels."""

__all__ = ["ingest", "reports", "send", "wishes"]
