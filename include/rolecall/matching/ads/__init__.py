"""Reading ads: their parts, what they require and how strongly, languages, lines of prompt injection."""
