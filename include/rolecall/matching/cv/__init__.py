"""CVs, read."""
