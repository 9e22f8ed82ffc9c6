"""The write side of messages: what is composed and enqueued in the transaction of the fact. Delivery is in ``notifying``."""
