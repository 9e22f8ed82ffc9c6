"""Skills, titles, words and their meaning."""
