"""Ads, read."""
