"""People: their records, one reader of their preferences, and their right to see and erase everything about them."""

__all__ = ["applying_wishes", "preferences", "privacy", "records"]
