"""Rolecall watches itself: health, performance, errors, audit."""
