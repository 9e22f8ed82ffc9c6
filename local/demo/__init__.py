"""``make demo``: invented people, the whole way once, and what came of it."""
