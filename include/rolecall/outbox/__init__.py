"""The write side of messages: what is composed and enqueued in the transaction of the fact. Delivery is in ``notifying``."""

__all__ = [
    "available_channels",
    "compose",
    "kinds",
    "message_wishes",
    "messages",
    "own_addresses",
    "rendering",
    "segments",
    "signed_links",
    "wakeup",
]
