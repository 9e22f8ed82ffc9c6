"""Rolecall watches itself: health, performance, errors, audit."""

__all__ = ["audit", "chain", "exposition", "failed_tasks", "health", "heartbeat", "incidents", "performance", "quality", "runs", "watch"]
