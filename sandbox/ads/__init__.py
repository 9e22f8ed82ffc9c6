"""The invented ads: openings, how each board has them, and their texts."""
