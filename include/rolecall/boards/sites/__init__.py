"""A file here is a board."""
