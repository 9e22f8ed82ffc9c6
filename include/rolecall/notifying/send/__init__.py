"""Delivery: claimed rows go out through their channels."""
