"""Rolecall's operators, one class per file."""
