"""Rolecall watches itself: health, performance, errors, audit."""

__all__ = ["audit", "chain", "exposition", "health", "heartbeat", "incidents", "performance", "quality", "workflows"]
