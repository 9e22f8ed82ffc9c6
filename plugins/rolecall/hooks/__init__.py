"""Rolecall's hooks, one class per file."""
