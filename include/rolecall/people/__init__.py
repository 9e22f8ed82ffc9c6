"""People: their records, one reader of their preferences, and their right to see and erase everything about them."""

__all__ = [
    "accounts",
    "applying_wishes",
    "cvs",
    "job_marks",
    "login_link",
    "logins",
    "own_matches",
    "own_signals",
    "preferences",
    "privacy",
    "records",
]
