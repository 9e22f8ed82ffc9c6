"""``make start``: a search of one's own, from a CV to the first matches."""
