"""Rolecall's sensors, one class per file."""
